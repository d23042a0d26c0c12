//! What a client offers to the people who call it, read from its generated files.
//!
//! Two clients are compared by their surfaces (see [`report`](crate::report)). A surface is read from text and not from the
//! syntax trees that the graft makes, so that one that was just generated and one that lies in the tree are alike.

mod read;
#[cfg(test)]
mod tests;
mod text;

use std::{collections::BTreeMap, fmt};

use quote::ToTokens as _;
use syn::{ImplItem, Item, visit_mut::VisitMut as _};

use read::{builders, operation, setters, types};
use text::{Undocument, docs, is_of_name, literal, name_of_result};

use crate::{diagnostic::Diagnostic, write::Code};

/// What a client offers.
#[derive(Debug, Default)]
pub struct Surface {
    /// The API's title and version.
    pub title: String,
    /// The address that a client calls if it is given no other.
    pub server: String,
    /// The operations, and then the types.
    pub groups: BTreeMap<Owner, Group>,
}

/// What has members: an operation or a type, by its Rust name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// An operation.
    Operation(String),
    /// A type, whether a request or an answer holds it.
    Type(String),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(name) => write!(f, "Client::{name}"),
            Self::Type(name) => write!(f, "types::{name}"),
        }
    }
}

/// What belongs to an operation or a type.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// What it is: `struct`, say.
    pub head: String,
    /// Whether members may be added to it without breaking those who match on it.
    pub is_open: bool,
    /// The names that an operation's own items have: its builder, its failures, and its successes where it has several.
    pub own: Vec<String>,
    /// By their paths.
    pub members: BTreeMap<String, Member>,
    /// The whole of its code, without documentation.
    pub code: String,
    /// Its documentation.
    pub docs: String,
}

/// Something that a caller can use by its name, or rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is.
    pub kind: Kind,
    /// Its types.
    pub signature: String,
    /// Whether a request is not sent without it.
    pub is_demanded: bool,
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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
    /// What an operation answers with.
    Success,
    /// A status that an operation may answer with.
    Status,
    /// A field of a struct.
    Field,
    /// A variant of an enum.
    Variant,
    /// A function of a type.
    Function,
    /// A function of a type's builder.
    Setter,
    /// A trait that a type implements.
    Trait,
    /// How many characters a string has at least.
    AtLeast,
    /// How many characters a string has at most.
    AtMost,
}

impl fmt::Display for Kind {
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
            Self::AtLeast => "minimum length",
            Self::AtMost => "maximum length",
        })
    }
}

impl Member {
    fn new(kind: Kind, signature: impl Into<String>) -> Self {
        Self {
            kind,
            signature: signature.into(),
            is_demanded: false,
        }
    }

    /// What stands between its path and its signature.
    #[must_use]
    pub fn joint(&self) -> &'static str {
        match self.kind {
            Kind::Parameter
            | Kind::Body
            | Kind::Setter
            | Kind::Status
            | Kind::Variant
            | Kind::Function
            | Kind::Trait => "",
            _ => ": ",
        }
    }
}

impl Group {
    /// The group as it would be if each of these names were the other one.
    #[must_use]
    pub fn renamed(&self, names: &[(String, String)]) -> Self {
        let rename = |text: &str| {
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
            let signature = rename(&member.signature);
            (
                rename(path),
                Member {
                    signature,
                    ..member.clone()
                },
            )
        });
        Self {
            head: rename(&self.head),
            members: members.collect(),
            own: self.own.iter().map(|name| rename(name)).collect(),
            ..self.clone()
        }
    }

    fn add(&mut self, item: &Item) {
        let mut item = item.clone();
        Undocument(&mut self.docs).visit_item_mut(&mut item);
        self.code.push_str(&item.to_token_stream().to_string());
    }

    /// Takes over what another group has, as its own.
    fn absorb(&mut self, name: &str, group: Group) {
        self.own.push(name.to_owned());
        // What a failure says comes from the document's descriptions, and is read by people alone.
        self.docs.push_str(&group.code);
        self.docs.push_str(&group.docs);
        self.members.extend(group.members.into_iter().map(|(path, mut member)| {
            if member.kind == Kind::Variant {
                member.kind = Kind::Status;
            }
            (path, member)
        }));
    }
}

impl Surface {
    /// The surface of a client with these files.
    ///
    /// # Errors
    ///
    /// If one is missing or is not Rust.
    pub fn of(code: &[Code]) -> Result<Self, Diagnostic> {
        let parse = |path: &str| {
            let code = code.iter().find(|code| code.path == path);
            let file = code.and_then(|code| syn::parse_file(&code.text).ok());
            file.ok_or_else(|| {
                Diagnostic::new(format!("the generated file `{path}` is missing, or is not Rust"))
                    .help("run `cargo xtask generate`")
            })
        };
        let client = parse("mod.rs")?;
        let mut types = types(&parse("types.rs")?);
        setters(&mut types, &parse("types/builder.rs")?);
        let mut surface = Self {
            title: docs(&client.attrs).trim().trim_end_matches('.').to_owned(),
            ..Self::default()
        };
        let mut builders = builders(&parse("builder.rs")?);
        for item in client.items {
            match item {
                Item::Const(item) if item.ident == "SERVER" => surface.server = literal(&item.expr).unwrap_or_default(),
                Item::Impl(item) => {
                    for function in item.items {
                        if let ImplItem::Fn(method) = function {
                            let name = name_of_result(&method.sig.output);
                            let builder = builders.remove(&name).unwrap_or_default();
                            let group = operation(&method, &name, builder, &mut types);
                            let owner = Owner::Operation(method.sig.ident.to_string());
                            surface.groups.insert(owner, group);
                        }
                    }
                }
                _ => {}
            }
        }
        let types = types.into_iter().map(|(name, group)| (Owner::Type(name), group));
        surface.groups.extend(types);
        Ok(surface)
    }
}
