//! The traits that generated types derive, in the order in which they are written.

use crate::model::{
    call_inputs::Input,
    operation::Response,
    ty::{Format, Ty},
    typedef::{EnumBase, Kind, TypeDef},
    unions,
};

/// The traits that a type derives. `Serialize` and `Deserialize` are those of serde.
#[must_use]
pub fn derives(def: &TypeDef) -> Vec<&'static str> {
    let traits = def.traits;
    let is_string = matches!(def.kind, Kind::Alias(Ty::Str(Format::Text)));
    let is_ordered_enum = matches!(&def.kind, Kind::Enum { base, .. } if *base != EnumBase::Any);
    let is_derived = match &def.kind {
        // It is read and written as the value.
        Kind::Enum { .. } => (false, false),
        Kind::Union { variants, tag } => (false, !unions::writes_tags(variants, tag.as_deref())),
        Kind::Struct { .. } | Kind::Tuple(_) | Kind::Alias(_) => (true, true),
    };
    let derives = [
        ("Deserialize", is_derived.0),
        ("Serialize", is_derived.1 && !traits.is_serialized_by_mocks_alone),
        ("Clone", true),
        ("Debug", true),
        ("Default", traits.default && !def.kind.has_tag()),
        ("PartialEq", !is_string),
        ("Eq", is_string || is_ordered_enum),
        ("Hash", is_string || is_ordered_enum),
        ("Ord", is_string),
        ("PartialEq", is_string),
        ("PartialOrd", is_string || is_ordered_enum),
        ("Ord", is_ordered_enum),
    ];
    named(derives)
}

/// The traits that the enum of an operation's failures or successes derives. A stream can be read once, so it is neither
/// copied nor compared.
#[must_use]
pub fn response_derives(responses: &[Response]) -> Vec<&'static str> {
    let is_stream = responses.iter().any(Response::is_stream);
    let derives = [("Clone", !is_stream), ("Debug", true), ("PartialEq", !is_stream)];
    named(derives)
}

/// The traits that an operation's call derives.
#[must_use]
pub fn call_derives(inputs: &[Input<'_>]) -> Vec<&'static str> {
    named([("Debug", true), ("Clone", !inputs.iter().any(Input::is_bytes))])
}

fn named<const N: usize>(derives: [(&'static str, bool); N]) -> Vec<&'static str> {
    let derives = derives.into_iter().filter(|(_, has)| *has);
    derives.map(|(name, _)| name).collect()
}
