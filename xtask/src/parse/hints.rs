//! What the description says of values that helps to make plausible ones.

use serde_json::Value;

use super::{
    bounds::Bounds,
    description::{Description, MAX_DEPTH},
    json::json,
    node::Node,
    vocabulary::{list, text},
};
use crate::model::typedef::Hints;

/// The hints of a schema, where references were followed.
pub(super) fn hints<'a>(description: &Description<'a>, node: &Node<'a>) -> Hints {
    hints_within(description, node, 0)
}

/// As [`hints`]; a list that is an item of itself is not followed for ever.
fn hints_within<'a>(description: &Description<'a>, node: &Node<'a>, depth: usize) -> Hints {
    let Some(schema) = description.followed(node) else {
        return Hints::default();
    };
    let followed = Node::of(schema, node.at.clone());
    let schema = &*followed.schema;
    let keyword = |keyword: &str| schema.get(keyword).map(json);
    let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    let bounds = Bounds::of(schema);
    // A plausible value is not as far from 0 as that.
    let near = |bound: i128| i64::try_from(bound).unwrap_or(if bound < 0 { i64::MIN } else { i64::MAX });
    let items = followed.child("items").filter(|_| depth < MAX_DEPTH);
    Hints {
        constant: keyword("const"),
        examples: list(schema, "examples")
            .iter()
            .chain(schema.get("example"))
            .map(json)
            .collect(),
        default: keyword("default"),
        values: list(schema, "enum").iter().map(json).collect(),
        format: text(schema, "format").map(str::to_owned),
        length: (count("minLength"), count("maxLength")),
        minimum: bounds.min.map(near),
        maximum: bounds.max.map(near),
        min_items: count("minItems"),
        items: items.map(|items| Box::new(hints_within(description, &items, depth + 1))),
    }
}
