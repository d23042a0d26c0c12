//! Objects: their properties, named and others.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    description::Description,
    keywords::is_unchecked,
    node::Node,
    reports::Reports,
    secrets,
    shape::{Member, ObjectShape},
    vocabulary::{demands, is_conditional, is_malformed, list},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::rules,
};

/// The keywords of an object that make its type.
const OBJECT_KEYWORDS: [&str; 7] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "discriminator",
    "unevaluatedProperties",
];

/// An object that is nothing but one.
pub(super) fn object<'a>(node: &Node<'a>, owner: &str) -> ObjectShape<'a> {
    let mut members = Vec::new();
    for member in named(node, owner) {
        add(&mut members, member);
    }
    ObjectShape {
        members,
        required: required(&node.schema),
        additional: additional(node),
        is_closed: is_closed(&node.schema),
    }
}

/// Whether a schema forbids the properties that it does not name.
pub(super) fn is_closed(schema: &Value) -> bool {
    let is_forbidden = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(false));
    is_forbidden("additionalProperties") || is_forbidden("unevaluatedProperties")
}

/// The named properties of an object: its own, and those that it has under a condition.
pub(super) fn named<'a>(node: &Node<'a>, owner: &str) -> Vec<Member<'a>> {
    let mut members = Vec::new();
    let mut next = vec![(node.clone(), false)];
    while let Some((node, is_conditional)) = next.pop() {
        let properties = node.named_children("properties").into_iter();
        members.extend(properties.map(|(name, node)| Member {
            name,
            node,
            owner: owner.to_owned(),
            is_conditional,
        }));
        let mut conditional = node.named_children("dependentSchemas");
        conditional.reverse();
        next.extend(conditional.into_iter().map(|(_, node)| (node, true)));
        next.extend(
            ["else", "then"]
                .into_iter()
                .filter_map(|keyword| Some((node.child(keyword)?, true))),
        );
        if is_conditional {
            next.extend(node.children("allOf").into_iter().rev().map(|part| (part, true)));
        }
    }
    members
}

/// Adds a property, which may be one of several under a condition: then it is what one of them says, or what is said without any.
pub(super) fn add<'a>(members: &mut Vec<Member<'a>>, member: Member<'a>) {
    match members.iter_mut().find(|other| other.name == member.name) {
        None => members.push(member),
        Some(other) if other.is_conditional && !member.is_conditional => *other = member,
        Some(other) if other.is_conditional => other.node = either(&other.node, &member.node),
        Some(_) => {}
    }
}

/// A schema that allows what either of two allows.
fn either<'a>(one: &Node<'a>, other: &Node<'a>) -> Node<'a> {
    let mut alternatives = match one.schema.get("anyOf") {
        Some(Value::Array(alternatives)) if matches!(one.schema, Cow::Owned(_)) => alternatives.clone(),
        _ => vec![one.schema.clone().into_owned()],
    };
    if alternatives.contains(&other.schema) {
        return one.clone();
    }
    alternatives.push(other.schema.clone().into_owned());
    Node::of(Cow::Owned(json!({"anyOf": alternatives})), one.at.clone())
}

/// The names that an object requires; what is no list of names requires none.
pub(super) fn required(schema: &Value) -> Vec<String> {
    let names = list(schema, "required").iter().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// The schema of the properties that an object does not name, where it says one.
pub(super) fn additional<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let all = all_additional(node).into_iter();
    all.reduce(|one, other| {
        if demands(&one.schema) && demands(&other.schema) {
            either(&one, &other)
        } else {
            Node::any(one.at)
        }
    })
}

/// All that an object says of the properties that it does not name: what holds for any, then what their names decide.
fn all_additional<'a>(node: &Node<'a>) -> Vec<Node<'a>> {
    let additional = node.child("additionalProperties");
    let additional = additional.or_else(|| {
        node.child("unevaluatedProperties")
            .filter(|values| values.schema.is_object())
    });
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
        if is_conditional(keyword, value) {
            let text = format!(
                "the condition of `{keyword}` is not checked by the client: the properties may always be absent"
            );
            reports.note(Rule::ConditionalProperties, &at.child(keyword), text);
            continue;
        }
        let (is_malformed, is_unchecked) = (is_malformed(keyword, value), is_unchecked(keyword, keywords));
        let place = at.child(keyword);
        if is_malformed {
            reports.malformed(keyword, at);
        } else if is_unchecked {
            let text = format!("`{keyword}` is not checked by the client");
            reports.note(Rule::UncheckedKeyword, &place, text);
        }
        let makes_no_type = is_malformed || is_unchecked || rules::KEYWORDS.contains(&keyword.as_str());
        if makes_no_type && secrets::marks_keyword(keyword, value, &description.secrets) {
            reports.exposed_secret(&place, "within what makes no type");
        }
    }
}
