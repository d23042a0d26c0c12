//! What the description says of values that helps to make plausible ones.

use serde_json::Value;

use super::{
    description::{Description, MAX_DEPTH, Node},
    json::json,
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
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
    let items = followed.child("items").filter(|_| depth < MAX_DEPTH);
    let exclusive_minimum = bound("exclusiveMinimum").map(|bound| bound.saturating_add(1));
    let exclusive_maximum = bound("exclusiveMaximum").map(|bound| bound.saturating_sub(1));
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
        minimum: bound("minimum").max(exclusive_minimum),
        maximum: bound("maximum").or(exclusive_maximum),
        min_items: count("minItems"),
        items: items.map(|items| Box::new(hints_within(description, &items, depth + 1))),
    }
}
