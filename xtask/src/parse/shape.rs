//! The shapes that a schema can have. A shape holds the schemas within it as they stand: `build` makes types of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::node::Node;
use crate::{
    input::pointer::Pointer,
    model::{ty::Ty, typedef::EnumBase},
};

/// What a schema is.
pub(super) enum Shape<'a> {
    /// A type without a name of its own.
    Ty(Ty),
    /// Whatever a `$ref` leads to.
    Reference(Node<'a>),
    /// Whatever another schema is, which alone demands anything.
    Same(Node<'a>),
    /// The parts of an `allOf` that are no objects, as one schema.
    Merged(Merged),
    /// One of several strings, numbers and booleans.
    Enum(Choice),
    /// A list.
    List(Node<'a>),
    /// A list whose first items have schemas of their own.
    Tuple(TupleShape<'a>),
    /// An object: a struct if it has named properties, a map otherwise.
    Object(ObjectShape<'a>),
    /// One of several types.
    Union(UnionShape<'a>),
}

impl Shape<'_> {
    /// Any JSON.
    pub(super) fn any() -> Self {
        Self::Ty(Ty::Any)
    }
}

pub(super) struct Merged {
    pub(super) schema: Value,
    /// The places of the keywords in the parts, by their places in the merged schema.
    pub(super) places: BTreeMap<Pointer, Pointer>,
}

/// Several values of which a schema is one.
pub(super) struct Choice {
    pub(super) base: EnumBase,
    /// The values, and the names that the description gives them.
    pub(super) values: Vec<(Option<String>, Value)>,
}

pub(super) struct TupleShape<'a> {
    pub(super) items: Vec<Node<'a>>,
    /// Whether there are no other items.
    pub(super) is_closed: bool,
    /// Whether all of them have to be there.
    pub(super) has_all: bool,
    pub(super) at: Pointer,
}

pub(super) struct ObjectShape<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// The names of the required properties.
    pub(super) required: Vec<String>,
    /// The schema of all other properties, where it keeps them.
    pub(super) additional: Option<Node<'a>>,
    /// Whether it forbids all other properties.
    pub(super) is_closed: bool,
}

/// A property of an object, as the description has it.
#[derive(Clone)]
pub(super) struct Member<'a> {
    pub(super) name: String,
    pub(super) node: Node<'a>,
    /// The name of the type that it stands in, after which its own type is named.
    pub(super) owner: String,
    /// Whether only some objects have it: those for which a condition holds.
    pub(super) is_conditional: bool,
}

pub(super) struct UnionShape<'a> {
    pub(super) alternatives: Vec<Alternative<'a>>,
    /// The property whose value says which alternative it is, and for each alternative the values that stand for it.
    pub(super) tag: Option<(String, Vec<Vec<String>>)>,
}

/// One of several schemas.
pub(super) struct Alternative<'a> {
    /// What a person would call it: its component, or its type.
    pub(super) word: String,
    pub(super) node: Node<'a>,
    /// Its shape, where that is more than what its schema says by itself.
    pub(super) shape: Option<Box<Shape<'a>>>,
}

/// What a schema consists of.
#[derive(Clone, Default)]
pub(super) struct Parts<'a> {
    /// The name of the type that they become.
    pub(super) owner: String,
    /// What holds in any case, the later ones over the earlier ones.
    pub(super) all: Vec<Part<'a>>,
    /// Of each of these, one holds besides.
    pub(super) unions: Vec<Union<'a>>,
    /// The references from a part to what it is a part of, which add nothing.
    pub(super) circular: Vec<Pointer>,
    /// The unions whose alternatives only demand something of the properties.
    pub(super) demands: Vec<Pointer>,
    /// Where all that was found stands, so that nothing is found twice, or without end.
    pub(super) found: BTreeSet<Pointer>,
    /// What the part stands in that is being added.
    pub(super) within: Vec<Pointer>,
}

/// One of the schemas that all hold.
#[derive(Clone)]
pub(super) struct Part<'a> {
    pub(super) node: Node<'a>,
    /// The name of the type that it stands in.
    pub(super) owner: String,
}

/// Schemas of which one holds.
#[derive(Clone)]
pub(super) struct Union<'a> {
    pub(super) alternatives: Vec<Node<'a>>,
    pub(super) discriminator: Option<Value>,
    pub(super) at: Pointer,
}
