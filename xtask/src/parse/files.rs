//! Finds the schemas that become `Upload`: binary parts of a form (`multipart/form-data`), also in a list or as one of several
//! types. This runs before any type is built, and `classify` asks for the result first. Any other binary schema is text
//! (`scalars::string`), as it is within an object, which is sent as JSON.

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use super::{
    description::{Description, is_within, target},
    media_type::{Encoding, is_binary, is_json, is_text, sent},
    node::Node,
    null::without_null,
    objects::note_unchecked,
    references::References,
    reports::Reports,
    site::every_operation,
    vocabulary::{demands, has_any, is, members, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::rules,
};

/// What a schema is to a form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// The form: its properties are the parts.
    Form,
    /// The parts of one name; without a type, they are files.
    Part,
    /// The parts of one name that an `encoding` makes text or JSON. Without a type, they are no files.
    TextPart,
    /// Other parts: of a name that the description does not give, or one of several types.
    Other,
}

/// What operations send.
#[derive(Default)]
struct Bodies<'a> {
    /// The schemas of forms (`multipart/form-data`), each with the names of the parts that its `encoding` makes text or JSON.
    forms: Vec<(Pointer, BTreeSet<&'a str>)>,
    /// The content of all other bodies.
    others: Vec<&'a Value>,
}

/// The schemas that are files.
pub(super) fn files(
    description: &Description<'_>,
    references: &References,
    reports: &mut Reports,
) -> BTreeSet<Pointer> {
    let Bodies {
        forms,
        others: mut json,
    } = bodies(description);
    let roots = forms
        .iter()
        .map(|(at, text_parts)| (at.clone(), Role::Form, text_parts));
    let mut next = roots.collect::<VecDeque<_>>();
    // The files without the references that lead to them, and objects, which are sent as JSON.
    let (mut seen, mut files, mut ends, mut json_places) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    while let Some((at, role, text_parts)) = next.pop_front() {
        let of_form = (role == Role::Form).then_some(text_parts);
        if !seen.insert((at.clone(), role, of_form)) {
            continue;
        }
        let schema = match description.resolve(&at) {
            Some(schema) => schema,
            None if role == Role::Form => &Value::Bool(true),
            None => continue,
        };
        if is_untyped(schema) || role == Role::Form && is_any_object(schema) {
            match role {
                Role::Part => {
                    let text = "without a type it is a file: if it is text or JSON, say so in openapi/overlay.yaml";
                    reports.note(Rule::UntypedPart, &at, text);
                    files.insert(at);
                }
                Role::TextPart => {}
                Role::Form | Role::Other => {
                    let text = "any JSON: what it holds is sent as text or JSON, never as a file";
                    reports.note(Rule::AnyPart, &at, text);
                }
            }
            continue;
        }
        if role != Role::Form && is_file(description, &Node::at(schema, at.clone())) {
            ends.extend(description.end_of(schema, &at).ok().map(|(_, end)| end));
            files.insert(at);
            continue;
        }
        let inner = if role == Role::Form { role } else { Role::Other };
        let mut add = |at: Pointer, role: Role| next.push_back((at, role, text_parts));
        if let Some(target) = target(schema) {
            add(target, inner);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            children(schema, keyword, &at).for_each(|child| add(child, inner));
        }
        if role == Role::Form {
            for child in children(schema, "properties", &at) {
                let is_text = text_parts.contains(child.segments().last().unwrap_or_default().as_str());
                add(child, if is_text { Role::TextPart } else { Role::Part });
            }
            children(schema, "patternProperties", &at).for_each(|child| add(child, Role::Other));
            add(at.child("additionalProperties"), Role::Other);
        } else {
            children(schema, "prefixItems", &at).for_each(|child| add(child, Role::Other));
            add(at.child("items"), role);
            if schema.get("properties").is_some() {
                json.push(schema);
                json_places.insert(at);
            }
        }
    }
    for (at, schema) in ends.iter().filter_map(|at| Some((at, description.resolve(at)?))) {
        let keywords = ["type", "format", "contentMediaType", "allOf", "anyOf", "oneOf"];
        note_unchecked(description, schema, at, &keywords, reports);
        for keyword in rules::KEYWORDS
            .into_iter()
            .filter(|keyword| schema.get(*keyword).is_some())
        {
            let text = format!("`{keyword}` of a file is not checked by the client");
            reports.note(Rule::UncheckedKeyword, &at.child(keyword), text);
        }
    }
    if !files.is_empty() {
        json_places.extend(references.used_by(json));
        for at in files.iter().filter(|at| is_within(&json_places, at)) {
            let text = "a file, and within JSON as well: there it is sent as text, so it must be in memory, and UTF-8";
            reports.note(Rule::FileInJson, at, text);
        }
    }
    files
}

/// What operations send.
fn bodies<'a>(description: &Description<'a>) -> Bodies<'a> {
    let mut bodies = Bodies::default();
    for (_, operation, at) in every_operation(description.root) {
        let body = operation.get("requestBody");
        let Some(Ok((body, at))) = body.map(|body| description.end_of(body, &at.child("requestBody"))) else {
            continue;
        };
        let content = body.get("content").and_then(Value::as_object);
        let Some((encoding, media_type, value)) = content.and_then(sent) else {
            continue;
        };
        if encoding != Encoding::Multipart {
            bodies.others.push(value);
            continue;
        }
        let text_parts = members(value, "encoding").filter(|(_, encoding)| {
            let media_type = text(encoding, "contentType").unwrap_or_default();
            is_json(media_type) || is_text(media_type)
        });
        let text_parts = text_parts.map(|(name, _)| name.as_str()).collect();
        let at = at.child("content").child(media_type).child("schema");
        bodies.forms.push((at, text_parts));
    }
    bodies
}

/// Whether a schema is that of a file, or a reference to one.
pub(super) fn is_file<'a>(description: &Description<'a>, node: &Node<'a>) -> bool {
    let Some(schema) = description.followed(node) else {
        return false;
    };
    let followed = Node::of(schema, node.at.clone());
    let mut parts = followed
        .children("allOf")
        .into_iter()
        .filter_map(|part| description.followed(&part));
    is_binary(&followed.schema) || parts.any(|part| is_binary(&part))
}

/// The places of the schemas in `schema` under `keyword`, be they a list or named.
fn children(schema: &Value, keyword: &str, at: &Pointer) -> impl Iterator<Item = Pointer> + use<> {
    let place = at.child(keyword);
    let keys = match schema.get(keyword) {
        Some(Value::Object(named)) => named.keys().cloned().collect(),
        Some(Value::Array(list)) => (0..list.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    };
    keys.into_iter().map(move |key| place.child(key))
}

/// Whether a schema says nothing of an object but that it is one.
fn is_any_object(schema: &Value) -> bool {
    let telling = [
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "properties",
        "patternProperties",
        "additionalProperties",
    ];
    let is_object = schema.get("type").is_none() || is(schema, "type", "object");
    is_object && !has_any(schema, &telling)
}

/// Whether a schema says nothing of a value, which in a form means that it is any bytes.
fn is_untyped(schema: &Value) -> bool {
    let schema = without_null(schema).schema;
    let is_schema = schema.is_object() || *schema == Value::Bool(true);
    is_schema && !demands(&schema) && schema.get("default").is_none()
}
