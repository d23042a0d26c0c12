//! Objects: their properties, named and others.

use serde_json::Value;

use super::{
    description::{Description, Node},
    keywords::is_unchecked,
    reports::Reports,
    secrets,
    shape::{Member, ObjectShape},
    vocabulary::{is_malformed, list},
};
use crate::input::{pointer::Pointer, rule::Rule};

/// The keywords of an object that make its type.
const OBJECT_KEYWORDS: [&str; 6] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "discriminator",
];

/// An object that is nothing but one.
pub(super) fn object<'a>(node: &Node<'a>, owner: &str) -> ObjectShape<'a> {
    ObjectShape {
        members: named(node, owner).collect(),
        required: required(&node.schema),
        additional: additional(node),
    }
}

/// The named properties of an object.
pub(super) fn named<'a>(node: &Node<'a>, owner: &str) -> impl Iterator<Item = Member<'a>> + use<'a> {
    let owner = owner.to_owned();
    let members = node.named_children("properties").into_iter();
    members.map(move |(name, node)| Member {
        name,
        node,
        owner: owner.clone(),
    })
}

/// The names that an object requires; what is no list of names requires none.
pub(super) fn required(schema: &Value) -> Vec<String> {
    let names = list(schema, "required").iter().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// The schema of the properties that an object does not name, where it says one.
pub(super) fn additional<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let all = all_additional(node);
    let first = all.first()?;
    let is_additional = node
        .schema
        .get("additionalProperties")
        .is_some_and(|values| *values != Value::Bool(false));
    if is_additional || all.iter().all(|others| others.schema == first.schema) {
        return Some(first.clone());
    }
    Some(Node::any(node.at.child("patternProperties")))
}

/// All that an object says of the properties that it does not name: what holds for any, then what their names decide.
fn all_additional<'a>(node: &Node<'a>) -> Vec<Node<'a>> {
    let additional = node.child("additionalProperties");
    let additional = additional.filter(|values| *values.schema != Value::Bool(false));
    let patterns = node.named_children("patternProperties").into_iter();
    additional.into_iter().chain(patterns.map(|(_, node)| node)).collect()
}

/// Notes what is not used of a schema that is an object, besides `keywords`, which others use.
pub(super) fn note_unused(description: &Description<'_>, node: &Node<'_>, keywords: &[&str], reports: &mut Reports) {
    let (schema, at) = (&*node.schema, &node.at);
    note_unchecked(description, schema, at, &[&OBJECT_KEYWORDS, keywords].concat(), reports);
    if schema.get("patternProperties").is_some_and(Value::is_object) {
        let place = at.child("patternProperties");
        reports.note(Rule::UncheckedNames, &place, "the names are not checked by the client");
        let marks = |node: &Node<'_>| secrets::marks(&node.schema, &description.secrets);
        let is_lost = additional(node).is_some_and(|values| !marks(&values)) && all_additional(node).iter().any(marks);
        if is_lost {
            reports.exposed_secret(&place, "that only the name of its property tells from other values");
        }
    }
}

/// Notes every keyword of `schema` that is malformed, or neither an annotation nor one of `keywords`. All that such a keyword can do is to
/// allow less: a client without it takes and sends more, and the server has the last word.
pub(super) fn note_unchecked(
    description: &Description<'_>,
    schema: &Value,
    at: &Pointer,
    keywords: &[&str],
    reports: &mut Reports,
) {
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        let is_malformed = is_malformed(keyword, value);
        if is_malformed || is_unchecked(keyword, keywords) {
            let place = at.child(keyword);
            if is_malformed {
                reports.malformed(keyword, at);
            } else {
                let text = format!("`{keyword}` is not checked by the client");
                reports.note(Rule::UncheckedKeyword, &place, text);
            }
            if secrets::marks_keyword(keyword, value, &description.secrets) {
                reports.exposed_secret(&place, "within what is not checked");
            }
        }
    }
}
