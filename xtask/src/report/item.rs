//! What a public API consists of: operations and types, and their members.

use std::{collections::BTreeMap, fmt};

use super::{limits::Limits, representation::Representation};

/// An operation or a type, by its name in Rust.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemPath {
    /// An operation.
    Operation(String),
    /// A type that a request or a response holds.
    Type(String),
}

impl fmt::Display for ItemPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(name) => write!(f, "Client::{name}"),
            Self::Type(name) => write!(f, "types::{name}"),
        }
    }
}

/// An operation or a type.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is: `struct`, say.
    pub declaration: String,
    /// Whether members can be added to it without breaking the code that matches on it.
    pub is_non_exhaustive: bool,
    /// Whether callers make values of it.
    pub is_built: bool,
    /// The names of the types that an operation alone has: its call, its failures, and its successes where it has several.
    pub own_types: Vec<String>,
    /// What callers can use or rely on, by its path.
    pub members: BTreeMap<String, Member>,
    /// What the client demands of what is sent.
    pub limits: Limits,
    /// What no member shows.
    pub representation: Representation,
    /// Its documentation, and that of its members.
    pub docs: Vec<String>,
}

/// Something that a caller can use by its name, or rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is.
    pub kind: MemberKind,
    /// Its types.
    pub signature: String,
    /// Whether a request is not sent without it.
    pub is_required: bool,
    /// The paths of other members, be it of the type that is the body. Where one of these changes, so does this, which is not worth
    /// a line.
    pub follows_from: Vec<String>,
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// The method and path that an operation calls.
    Request,
    /// Credentials with which an operation can be called.
    Credentials,
    /// That an operation's use is discouraged.
    Deprecation,
    /// A parameter of an operation.
    Parameter,
    /// The body of an operation.
    Body,
    /// What an operation returns.
    Success,
    /// A status that an operation may respond with.
    Status,
    /// A field of a struct.
    Field,
    /// A variant of an enum.
    Variant,
    /// A function of a type.
    Function,
    /// A function of a call that sets a property of the body.
    Setter,
    /// A trait that a type implements.
    Trait,
}

impl fmt::Display for MemberKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Credentials => "credentials",
            Self::Deprecation => "deprecation",
            Self::Parameter => "parameter",
            Self::Body => "body",
            Self::Success => "success",
            Self::Status => "status",
            Self::Field => "field",
            Self::Variant => "variant",
            Self::Function => "function",
            Self::Setter => "setter",
            Self::Trait => "trait",
        })
    }
}

impl Member {
    pub(super) fn new(kind: MemberKind, signature: impl Into<String>) -> Self {
        Self {
            kind,
            signature: signature.into(),
            is_required: false,
            follows_from: Vec::new(),
        }
    }

    /// The member with its path, as a person would look for it.
    #[must_use]
    pub fn label(&self, path: &str) -> String {
        let Self { kind, signature, .. } = self;
        let name = name_of(path);
        match kind {
            MemberKind::Request | MemberKind::Credentials => format!("{kind} {signature}"),
            MemberKind::Trait => format!("{kind} {path}{signature}"),
            MemberKind::Parameter
            | MemberKind::Body
            | MemberKind::Setter
            | MemberKind::Status
            | MemberKind::Variant
            | MemberKind::Function => format!("{kind} {name}{signature}"),
            MemberKind::Success | MemberKind::Field | MemberKind::Deprecation => {
                format!("{kind} {name}: {signature}")
            }
        }
    }
}

impl Item {
    pub(super) fn add(&mut self, path: impl Into<String>, member: Member) {
        self.members.insert(path.into(), member);
    }

    /// Adds a trait that the type at `path` implements.
    pub(super) fn implement(&mut self, path: &str, name: &str) {
        self.add(format!("{path}: {name}"), Member::new(MemberKind::Trait, ""));
    }

    /// The item as it would be if each of these names were the other one.
    #[must_use]
    pub fn renamed(&self, names: &[(String, String)]) -> Self {
        let rename = |text: &str| {
            let is_of_name = |character: char| character.is_alphanumeric() || character == '_';
            let words = text.split_inclusive(|character: char| !is_of_name(character));
            let words = words.map(|word| {
                let name = word.trim_end_matches(|character: char| !is_of_name(character));
                match names.iter().find(|(old, _)| old == name) {
                    Some((_, new)) => format!("{new}{}", &word[name.len()..]),
                    None => word.to_owned(),
                }
            });
            words.collect::<String>()
        };
        let members = self.members.iter().map(|(path, member)| {
            let renamed = Member {
                signature: rename(&member.signature),
                follows_from: member.follows_from.iter().map(|path| rename(path)).collect(),
                ..member.clone()
            };
            (rename(path), renamed)
        });
        Self {
            declaration: rename(&self.declaration),
            own_types: self.own_types.iter().map(|name| rename(name)).collect(),
            members: members.collect(),
            ..self.clone()
        }
    }
}

/// A path without what follows a space, which tells members of one name apart.
pub(super) fn name_of(path: &str) -> &str {
    match path.split_once(' ') {
        Some((name, _)) if !name.ends_with(':') => name,
        _ => path,
    }
}
