//! Definitions of types: what the description says of a type besides what it is.

use super::{
    description::Description,
    docs::doc,
    hints::hints,
    keywords::{Became, keywords},
    node::Node,
};
use crate::model::{
    names,
    rules::Rules,
    typedef::{Boxing, Kind, Traits, TypeDef, Usage},
};

/// The definition of the type that a schema became, and that has that name.
pub(super) fn definition<'a>(
    description: &Description<'a>,
    name: &str,
    kind: Kind,
    node: &Node<'a>,
    rules: Rules,
) -> TypeDef {
    // Keywords beside an `anyOf` with null belong to the place where the type is used.
    let own = description.resolve(&node.at);
    let own = own.map(|own| Node::at(own, node.at.clone()));
    let said = own.as_ref().filter(|own| own.schema.is_object()).unwrap_or(node);
    let mut keywords = keywords(&said.schema, &Became::of(&kind));
    rules.write(&mut keywords);
    let hints = own.map(|own| hints(description, &own)).unwrap_or_default();
    TypeDef {
        boxing: Boxing::None,
        key: names::typify(name),
        name: name.to_owned(),
        pointer: node.at.clone(),
        doc: doc(&node.schema, &rules),
        keywords,
        rules,
        hints,
        kind,
        usage: Usage::default(),
        traits: Traits::default(),
        fixture: None,
    }
}
