//! The types of an API that have a name.

use std::borrow::Cow;

use super::{
    json::Json,
    rules::Rules,
    ty::{Int, Ty},
};
use crate::input::pointer::Pointer;

/// A type that has a name.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its name: the description's own where Rust allows it.
    pub name: String,
    /// Its name in upper camel case, which tells it from all others: types are sorted by it.
    pub key: String,
    /// Where its schema stands.
    pub pointer: Pointer,
    /// What it is.
    pub kind: Kind,
    /// Where recursion puts the value on the heap, if it is another name for a type.
    pub boxing: Boxing,
    /// Its documentation.
    pub doc: Doc,
    /// What the description says of its values besides their type, keyword by keyword.
    pub keywords: Vec<(String, Json)>,
    /// What it demands.
    pub rules: Rules,
    /// What plausible values are made from.
    pub hints: Hints,
    /// What holds it.
    pub usage: Usage,
    /// Which traits it implements.
    pub traits: Traits,
    /// A plausible value of it, where a response holds it, and it does not hold itself without end.
    pub fixture: Option<Json>,
}

impl TypeDef {
    /// Whether callers make values of it: what only a server sends is read.
    #[must_use]
    pub fn has_new(&self) -> bool {
        matches!(self.kind, Kind::Struct { .. }) && self.usage.is_sent
    }
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// An object with named properties.
    Struct {
        /// Its properties.
        fields: Vec<Field>,
        /// The type of all other properties, where it keeps them (`additionalProperties`).
        additional: Option<Ty>,
        /// Whether it forbids them. It ignores them all the same, but another alternative of a union may be meant.
        is_closed: bool,
    },
    /// A list of which each item has a type of its own.
    Tuple(Vec<Item>),
    /// One of several types.
    Union {
        /// The types.
        variants: Vec<Variant>,
        /// The property whose value says which; without one, they are told apart by their form.
        tag: Option<String>,
    },
    /// One of several values that are neither lists nor objects.
    Enum {
        /// What the values are, also those that the description does not list.
        base: EnumBase,
        /// The values.
        values: Vec<EnumValue>,
    },
    /// Another name for a type.
    Alias(Ty),
}

impl Kind {
    /// What a type of this kind is, where the description says nothing of it.
    #[must_use]
    pub fn description(&self) -> &'static str {
        match self {
            Self::Struct { .. } => "An object.",
            Self::Union { .. } => "One of several types.",
            Self::Enum { base, .. } => match base {
                EnumBase::String => "One of several strings.",
                EnumBase::Int(_) => "One of several integers.",
                EnumBase::Any => "One of several values.",
            },
            Self::Tuple(_) => "A list of a certain length.",
            Self::Alias(_) => "A value.",
        }
    }

    /// The types that it is made of, as they stand in its declaration.
    #[must_use]
    pub fn parts(&self) -> Vec<&Ty> {
        match self {
            Self::Struct { fields, additional, .. } => fields.iter().map(|field| &field.ty).chain(additional).collect(),
            Self::Tuple(items) => items.iter().map(|item| &item.ty).collect(),
            Self::Union { variants, .. } => variants.iter().map(|variant| &variant.ty).collect(),
            Self::Alias(ty) => vec![ty],
            Self::Enum { .. } => Vec::new(),
        }
    }

    /// What holds for its parts, besides their types.
    pub fn rules(&self) -> impl Iterator<Item = &Rules> {
        let (fields, items, variants) = match self {
            Self::Struct { fields, .. } => (&fields[..], &[][..], &[][..]),
            Self::Tuple(items) => (&[][..], &items[..], &[][..]),
            Self::Union { variants, .. } => (&[][..], &[][..], &variants[..]),
            Self::Alias(_) | Self::Enum { .. } => (&[][..], &[][..], &[][..]),
        };
        let fields = fields.iter().map(|field| &field.rules);
        let items = items.iter().map(|item| &item.rules);
        fields.chain(items).chain(variants.iter().map(|variant| &variant.rules))
    }

    /// As [`parts`](Self::parts), to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Ty> {
        match self {
            Self::Struct { fields, additional, .. } => fields
                .iter_mut()
                .map(|field| &mut field.ty)
                .chain(additional.as_mut())
                .collect(),
            Self::Tuple(items) => items.iter_mut().map(|item| &mut item.ty).collect(),
            Self::Union { variants, .. } => variants.iter_mut().map(|variant| &mut variant.ty).collect(),
            Self::Alias(ty) => vec![ty],
            Self::Enum { .. } => Vec::new(),
        }
    }

    /// The keywords that a type of this kind says by what it is.
    #[must_use]
    pub fn own_keywords(&self) -> &'static [&'static str] {
        match self {
            Self::Tuple(_) => &["minItems", "maxItems"],
            Self::Enum { .. } => &["const", "enum"],
            Self::Struct { .. } | Self::Union { .. } | Self::Alias(_) => &[],
        }
    }

    /// Whether a union knows it by a property that may be absent or null.
    #[must_use]
    pub fn has_tag(&self) -> bool {
        matches!(self, Self::Struct { fields, .. } if fields.iter().any(|field| field.tag.is_some()))
    }

    /// Whether the generator writes the type itself, because typify would make something else of it.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Union { .. } | Self::Enum { .. } | Self::Tuple(_))
    }
}

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in JSON.
    pub wire_name: String,
    /// The name of its field.
    pub ident: String,
    /// The type of its values.
    pub ty: Ty,
    /// Whether recursion puts it on the heap.
    pub boxing: Boxing,
    /// Whether it has to be there.
    pub required: bool,
    /// Whether it is optional, and null is another value of it than absent.
    pub keeps_null: bool,
    /// Whether null can be written wherever it is sent, as it can in JSON.
    pub writes_null: bool,
    /// Who writes it.
    pub access: Access,
    /// Its documentation.
    pub doc: String,
    /// What the description says of its values besides their type, keyword by keyword.
    pub keywords: Vec<(String, Json)>,
    /// What holds for its values besides.
    pub rules: Rules,
    /// The one value that it can have (`const`, or an `enum` of one value).
    pub constant: Option<Json>,
    /// The value, as a text, by which a union knows the object, if it may be absent or null: one that is built has it all the same.
    pub tag: Option<String>,
    /// What plausible values are made from.
    pub hints: Hints,
}

impl Field {
    /// Whether it can be absent, null, or a value, and these are three different things: an `Option` of an `Option`. typify knows
    /// one `Option` alone; `emit::types` adds the outer one, which `emit::bodies` and `report::signature` follow.
    #[must_use]
    pub fn has_three_states(&self) -> bool {
        self.ty.is_nullable() && !self.required
    }

    /// Whether a value has to be given for it.
    #[must_use]
    pub fn is_demanded(&self) -> bool {
        self.required && !self.ty.is_nullable()
    }

    /// How many `Option`s stand around what a setter asks for: one if it may be absent, two if it may be null, which can be written.
    #[must_use]
    pub fn setter_options(&self) -> usize {
        if self.ty.is_nullable() && self.writes_null {
            2
        } else {
            usize::from(!self.is_demanded())
        }
    }

    /// What typify puts around the type of its values, from the inside outwards. With three states, the outer `Option` is not
    /// among them.
    #[must_use]
    pub fn wrappers(&self) -> Vec<Wrapper> {
        Wrapper::around(self.boxing, !self.is_demanded())
    }
}

/// What stands around the type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    /// `Box`.
    Box,
    /// `Option`.
    Option,
}

impl Wrapper {
    /// What stands around a value, from the inside outwards.
    #[must_use]
    pub fn around(boxing: Boxing, is_optional: bool) -> Vec<Self> {
        let wrappers = [
            (Self::Box, boxing == Boxing::Value),
            (Self::Option, is_optional),
            (Self::Box, boxing == Boxing::Option),
        ];
        let wrappers = wrappers.into_iter().filter(|(_, has)| *has);
        wrappers.map(|(wrapper, _)| wrapper).collect()
    }
}

/// Where recursion puts a value on the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boxing {
    /// Nowhere.
    None,
    /// Its value, within the `Option` if it has one.
    Value,
    /// Its `Option`.
    Option,
}

/// Who writes a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Client and server.
    Both,
    /// The server (`readOnly`).
    Server,
    /// The client (`writeOnly`).
    Client,
}

/// An item of a tuple.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its type.
    pub ty: Ty,
    /// What holds for it besides.
    pub rules: Rules,
    /// Whether it stands on the heap, because it may hold the tuple in turn.
    pub is_boxed: bool,
    /// Its documentation.
    pub doc: String,
}

/// One of the types of a union.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// What holds for it besides.
    pub rules: Rules,
    /// Whether it stands on the heap, because it may hold the union in turn.
    pub is_boxed: bool,
    /// Its documentation.
    pub doc: String,
    /// Whether it is a string, number or boolean that can be printed.
    pub is_scalar: bool,
    /// The values of the union's tag that stand for it.
    pub tags: Vec<String>,
    /// The tag that has to be written with it, because it has no property for it.
    pub written_tag: Option<String>,
    /// Whether only some of its objects have a property for the tag, so that the others lose it.
    pub may_lose_tag: bool,
    /// When it is tried, where the form decides: what asks for more comes first.
    pub order: usize,
    /// What it makes of properties.
    pub known: Known,
}

/// What a type makes of the properties of an object, or of the objects in a list.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The properties that it has names for.
    pub names: Vec<String>,
    /// What it makes of all others.
    pub others: Others,
    /// The properties that can have few values only, and these as texts.
    pub constants: Vec<(String, Vec<String>)>,
    /// Whether a struct is somewhere in it, which may lose properties that another type has a name for.
    pub holds_struct: bool,
}

/// What a type makes of properties that it has no names for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Others {
    /// It forbids them.
    Forbidden,
    /// It loses them.
    #[default]
    Ignored,
    /// It keeps them.
    Kept,
}

/// What the values of an enum are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnumBase {
    /// Strings.
    String,
    /// Integers.
    Int(Int),
    /// Numbers, or values of several types.
    Any,
}

/// One of the values of an enum.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// The value: an integer, where a number is one.
    pub value: Json,
    /// The name of its variant.
    pub ident: String,
}

impl EnumValue {
    /// The value as a text: a string as it is, anything else as JSON.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match &self.value {
            Json::String(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        }
    }
}

/// Documentation.
#[derive(Clone, Debug, Default)]
pub struct Doc {
    /// What the type is: the description's own text, or what uses it.
    pub summary: Option<String>,
    /// What it demands, a paragraph each.
    pub rules: Vec<String>,
}

/// What holds a type.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Whether a request does.
    pub is_sent: bool,
    /// Whether a response does.
    pub is_received: bool,
}

/// Which traits a type implements besides those that all have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// `Default`.
    pub default: bool,
    /// Whether it implements `Serialize` for mocks alone, since it holds a secret that is only received.
    pub is_serialized_by_mocks_alone: bool,
}

/// What the description says of a value that helps to make a plausible one.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// `const`.
    pub constant: Option<Json>,
    /// `examples` and `example`.
    pub examples: Vec<Json>,
    /// `default`.
    pub default: Option<Json>,
    /// `enum`.
    pub values: Vec<Json>,
    /// `format`.
    pub format: Option<String>,
    /// `minLength` and `maxLength`.
    pub length: (Option<u64>, Option<u64>),
    /// The least integer.
    pub minimum: Option<i64>,
    /// The greatest integer.
    pub maximum: Option<i64>,
    /// `minItems`.
    pub min_items: Option<u64>,
    /// The same of the items of a list.
    pub items: Option<Box<Hints>>,
}

impl Doc {
    /// The text, which begins with `fallback` where there is nothing better.
    #[must_use]
    pub fn text(&self, fallback: &str) -> String {
        let summary = self.summary.as_deref().unwrap_or(fallback);
        let mut text = summary.to_owned();
        for rule in &self.rules {
            text.push_str("\n\n");
            text.push_str(rule);
        }
        text
    }
}
