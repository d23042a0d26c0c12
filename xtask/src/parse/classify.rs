//! Which shape a schema has.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    choice::choice,
    compose::composed,
    description::{CORRECT, Description},
    node::Node,
    objects::{note_unchecked, note_unused, object},
    parts::only_union,
    reports::{Reports, Unfollowed},
    scalars::{integer, number, string},
    secrets,
    shape::{Alternative, Shape, TupleShape, Union, UnionShape},
    unions::union,
    vocabulary::{has_any, has_items, has_properties, is_marked, list, of_one_type, text, without},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::ty::{Format, Ty},
};

/// The types of JSON Schema, and the one that Swagger had for files.
const TYPES: [&str; 8] = [
    "array", "boolean", "file", "integer", "null", "number", "object", "string",
];

/// The shape of a schema that allows no null; `owner` is the name that its type would have.
pub(super) fn classify<'a>(
    description: &Description<'a>,
    node: &Node<'a>,
    owner: &str,
    reports: &mut Reports,
) -> Shape<'a> {
    let (schema, at) = (&*node.schema, &node.at);
    // A reference to a component that is a file is not followed: in a form, the component is an `Upload`.
    if description.is_upload(at) {
        return Shape::Ty(Ty::Str(Format::Upload));
    }
    match schema {
        Value::Bool(true) | Value::Null => return Shape::any(),
        Value::Bool(false) => {
            reports.note(Rule::NeverValid, at, "a schema that no value fits: any JSON is taken");
            return Shape::any();
        }
        Value::Object(_) => {}
        _ => {
            reports.any_instead(&Unfollowed {
                rule: Rule::MalformedSchema,
                at: at.clone(),
                message: "a schema that is no object".into(),
                help: CORRECT,
            });
            return Shape::any();
        }
    }
    if let Some(reference) = schema.get("$ref") {
        // A secret counts even before 3.1.
        let marks_secret = || secrets::marks(&without(schema, &["$ref"]), &description.secrets);
        if reference.is_string() && (!description.is_only_reference(schema) || marks_secret()) {
            return composed(description, node, owner, reports);
        }
        if description.refers_with_keywords() {
            note_unchecked(description, schema, at, &["$ref"], reports);
        }
        return match description.referenced(schema, at) {
            Ok((schema, at)) => Shape::Reference(Node::at(schema, at)),
            Err(why) => {
                reports.any_instead(&why);
                Shape::any()
            }
        };
    }
    if schema.get("$recursiveRef").is_some() {
        reports.any_instead(&Unfollowed {
            rule: Rule::RecursiveReference,
            at: at.child("$recursiveRef"),
            message: "`$recursiveRef`, which OpenAPI 3.1 does not have".into(),
            help: "put a `$ref` to the schema that is meant in its place, in openapi/overlay.yaml",
        });
        return Shape::any();
    }
    if !has_any(schema, &["allOf", "anyOf", "oneOf"]) && is_marked(schema) {
        let is_string = match schema.get("type") {
            None => !has_properties(schema) && !has_items(schema),
            Some(kind) => kind == "string",
        };
        if !is_string && !schema.get("type").is_some_and(Value::is_array) {
            reports.exposed_secret(at, "that is no string");
        } else if is_string {
            return string_shape(description, node, reports);
        }
    }
    if schema.get("allOf").is_some_and(Value::is_array) {
        return composed(description, node, owner, reports);
    }
    if schema.get("const").is_some() || schema.get("enum").is_some_and(Value::is_array) {
        if let Some(choice) = choice(schema, at, reports) {
            note_unchecked(description, schema, at, &["const", "enum", "type"], reports);
            return choice;
        }
        let node = Node {
            schema: Cow::Owned(without(schema, &["const", "enum"])),
            ..node.clone()
        };
        return classify(description, &node, owner, reports);
    }
    if let Some(only) = only_union(node) {
        return union(description, only, reports);
    }
    if ["anyOf", "oneOf"]
        .iter()
        .any(|union| schema.get(*union).is_some_and(Value::is_array))
    {
        return composed(description, node, owner, reports);
    }
    of_type(description, node, owner, reports)
}

/// The shape of a schema that neither refers to others nor consists of them.
fn of_type<'a>(description: &Description<'a>, node: &Node<'a>, owner: &str, reports: &mut Reports) -> Shape<'a> {
    let (schema, at) = (&*node.schema, &node.at);
    let kind = text(schema, "type").filter(|kind| {
        let is_known = TYPES.contains(kind);
        if !is_known {
            let instead = if has_properties(schema) || has_items(schema) {
                "what else the schema says makes the type"
            } else {
                "any JSON is taken"
            };
            let text = format!("`{kind}` is no type of JSON Schema: {instead}");
            reports.note(Rule::UnknownType, at, text);
        }
        is_known
    });
    if schema.get("type").is_some_and(Value::is_array) {
        return several_types(description, node, reports);
    }
    match kind {
        Some("string" | "file") => string_shape(description, node, reports),
        Some("integer") => {
            note_unchecked(description, schema, at, &["type", "format"], reports);
            note_format(schema, at, reports);
            integer(schema, at, reports)
        }
        Some("number") => {
            note_unchecked(description, schema, at, &["type", "format"], reports);
            note_format(schema, at, reports);
            number(schema, at, reports)
        }
        Some("boolean") => {
            note_unchecked(description, schema, at, &["type", "format"], reports);
            note_format(schema, at, reports);
            Shape::Ty(Ty::Bool)
        }
        Some("array") => array(description, node, reports),
        Some("object") => object_shape(description, node, owner, reports),
        Some("null") => {
            note_unchecked(description, schema, at, &["type", "format"], reports);
            Shape::Ty(Ty::Null)
        }
        _ if has_properties(schema) => object_shape(description, node, owner, reports),
        _ if schema.get("items").is_some() && !has_any(schema, &["type", "prefixItems"]) => {
            untyped_array(description, node, reports)
        }
        _ if has_items(schema) => array(description, node, reports),
        _ => any_type(description, node, reports),
    }
}

/// Notes a format of what is no string, unless it is one of numbers.
fn note_format(schema: &Value, at: &Pointer, reports: &mut Reports) {
    let of_numbers = ["double", "float", "int32", "int64", "uint32", "uint64"];
    if let Some(format) = text(schema, "format").filter(|format| !of_numbers.contains(format)) {
        reports.note(
            Rule::UncheckedFormat,
            at,
            format!("the format `{format}` is not checked"),
        );
    }
}

fn string_shape<'a>(description: &Description<'a>, node: &Node<'a>, reports: &mut Reports) -> Shape<'a> {
    let keywords = ["type", "format", "contentMediaType"];
    note_unchecked(description, &node.schema, &node.at, &keywords, reports);
    string(&node.schema, &node.at, reports)
}

fn object_shape<'a>(description: &Description<'a>, node: &Node<'a>, owner: &str, reports: &mut Reports) -> Shape<'a> {
    note_unused(description, node, &[], reports);
    Shape::Object(object(node, owner))
}

/// A schema of any type.
fn any_type<'a>(description: &Description<'a>, node: &Node<'a>, reports: &mut Reports) -> Shape<'a> {
    let keywords = ["type", "format", "discriminator"];
    note_unchecked(description, &node.schema, &node.at, &keywords, reports);
    Shape::any()
}

/// A schema of several types: of each, with the keywords that say something of it.
fn several_types<'a>(description: &Description<'a>, node: &Node<'a>, reports: &mut Reports) -> Shape<'a> {
    let schema = &*node.schema;
    let types = list(schema, "type");
    if types.is_empty() {
        return any_type(description, node, reports);
    }
    let at = node.at.child("type");
    let each = types.iter().enumerate();
    let each = each.filter(|(index, kind)| !types[..*index].contains(kind));
    let alternatives = each.map(|(index, kind)| {
        let own = schema.as_object().into_iter().flatten();
        let own = own.filter(|(keyword, _)| of_one_type(keyword).is_none_or(|types| types.iter().any(|of| kind == of)));
        let mut schema = own
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect::<Map<_, _>>();
        schema.insert("type".into(), kind.clone());
        Node::of(Cow::Owned(Value::Object(schema)), at.child(index))
    });
    let only = Union {
        alternatives: alternatives.collect(),
        discriminator: None,
        at: at.clone(),
    };
    union(description, only, reports)
}

/// A schema that only says what a list would hold, so that other values are valid as well.
fn untyped_array<'a>(description: &Description<'a>, node: &Node<'a>, reports: &mut Reports) -> Shape<'a> {
    let text = "`items` without `type: array`: what is no list is valid, too, and kept as JSON; add the type in \
                openapi/overlay.yaml, if it is always a list";
    reports.note(Rule::UntypedItems, &node.at, text);
    let list = Alternative {
        word: "array".into(),
        node: node.clone(),
        shape: Some(Box::new(array(description, node, reports))),
    };
    let other = Alternative {
        word: "value".into(),
        node: Node::any(node.at.child("type")),
        shape: None,
    };
    Shape::Union(UnionShape {
        alternatives: vec![list, other],
        tag: None,
    })
}

fn array<'a>(description: &Description<'a>, node: &Node<'a>, reports: &mut Reports) -> Shape<'a> {
    let (schema, at) = (&*node.schema, &node.at);
    let mut keywords = vec!["type", "items", "prefixItems"];
    if !has_items(schema) && schema.get("unevaluatedItems").is_some_and(Value::is_object) {
        keywords.push("unevaluatedItems");
    }
    note_unchecked(description, schema, at, &keywords, reports);
    let items = node.children("prefixItems");
    if !items.is_empty() {
        let count = Some(items.len() as u64);
        let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        return Shape::Tuple(TupleShape {
            is_closed: schema.get("items") == Some(&Value::Bool(false)) || limit("maxItems") == count,
            has_all: limit("minItems") == count,
            at: at.child("prefixItems"),
            items,
        });
    }
    let items = node.child("items").or_else(|| {
        // Without `items`, no item is evaluated.
        let values = node.child("unevaluatedItems")?;
        values.schema.is_object().then_some(values)
    });
    if let Some(items) = items.as_ref().filter(|items| *items.schema == Value::Bool(false)) {
        let text = "no item fits it, so only an empty list is valid: any JSON is taken";
        reports.note(Rule::NeverValid, &items.at, text);
    }
    if items.as_ref().is_some_and(|items| items.schema.is_array()) {
        // What `prefixItems` was before 2020-12.
        let text = "a list that may be shorter or longer: its items are any JSON";
        reports.note(Rule::OpenTuple, &at.child("items"), text);
    }
    let items = items.filter(|items| matches!(*items.schema, Value::Object(_) | Value::Bool(true)));
    Shape::List(items.unwrap_or_else(|| Node::any(at.child("items"))))
}
