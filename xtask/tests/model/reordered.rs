//! Names stay when the description has its parts in another order.

use std::collections::BTreeMap;

use serde_json::Value;
use xtask::{
    input::source::Source,
    model::{Api, typedef::Kind},
};

use crate::text::{api, kind};

/// A description with the members of every object the other way round; lists keep their order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            Value::Object(members.map(|(name, value)| (name.clone(), reversed(value))).collect())
        }
        Value::Array(items) => items.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

/// The same with the members of every object begun in the middle.
fn rotated(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let middle = members.len() / 2;
            let members = members.iter().skip(middle).chain(members.iter().take(middle));
            Value::Object(members.map(|(name, value)| (name.clone(), rotated(value))).collect())
        }
        Value::Array(items) => items.iter().map(rotated).collect(),
        other => other.clone(),
    }
}

/// What each type and each operation is, by its name; the fields of structs and the operations in the order of their names.
fn names(api: &Api) -> BTreeMap<String, Vec<String>> {
    let types = api.types.iter().map(|def| {
        let mut parts = match &def.kind {
            Kind::Struct { .. } => {
                let text = kind(api, &def.name);
                let fields = text.trim_start_matches("struct {");
                let fields = fields.strip_suffix('}').unwrap_or(fields);
                fields.split(", ").map(str::to_owned).collect::<Vec<_>>()
            }
            _ => vec![kind(api, &def.name)],
        };
        parts.sort();
        parts.push(def.pointer.to_string());
        (def.name.clone(), parts)
    });
    let operations = api.operations.iter().map(|operation| {
        let mut parts = vec![
            operation.pointer.to_string(),
            operation.failures_name.clone(),
            operation.successes_name.clone(),
        ];
        parts.extend(operation.parameters.iter().map(|parameter| parameter.ident.clone()));
        parts.extend(operation.responses().map(|response| response.variant.clone()));
        (format!("Client::{}", operation.name), parts)
    });
    types.chain(operations).collect()
}

#[test]
fn names_stay_whatever_the_order() {
    for (file, text) in [
        ("constructs.yaml", include_str!("../../constructs/constructs.yaml")),
        (
            "askui-workspaces.yaml",
            include_str!("../../../openapi/askui-workspaces.yaml"),
        ),
    ] {
        let description = Source::parse(file, text).unwrap().value;
        let expected = names(&api(&description));
        for (order, description) in [("reversed", reversed(&description)), ("rotated", rotated(&description))] {
            assert_eq!(names(&api(&description)), expected, "{file}, {order}");
        }
    }
}

#[test]
fn of_two_that_would_have_one_name_the_same_one_has_it_whatever_the_order() {
    let description = serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {
            "/a": {"get": {"operationId": "list", "responses": {"200": {"description": "", "content": {"application/json": {
                "schema": {"type": "object", "properties": {"x": {"enum": ["a"]}}},
            }}}}}},
            "/a/{id}": {"get": {"operationId": "list", "responses": {"204": {"description": ""}}}},
        },
        "components": {"schemas": {
            "list_response": {"type": "object", "properties": {"first": {}}},
            "ListResponse": {"type": "object", "properties": {"second": {}}},
            "Twice": {"type": "object", "properties": {"a-b": {"enum": ["x", "X"]}, "a_b": {"enum": ["y"]}, "aB": {}}},
        }},
    });
    let expected = [
        ("ListResponse", "struct {second?: any}"),
        ("ListResponse2", "struct {first?: any}"),
        ("ListResponse3", "struct {x?: ListResponseX}"),
        ("TwiceAB", "\"y\""),
        ("TwiceAB2", "\"x\" | \"X\""),
    ];
    for description in [description.clone(), reversed(&description), rotated(&description)] {
        let api = api(&description);
        for (name, text) in expected {
            assert_eq!(kind(&api, name), text, "{name}");
        }
        assert!(
            kind(&api, "Twice").contains("a_b?: TwiceAB,"),
            "{}",
            kind(&api, "Twice")
        );
        let operations = api
            .operations
            .iter()
            .map(|operation| (operation.name.as_str(), operation.path.as_str()));
        let operations = operations.collect::<BTreeMap<_, _>>();
        assert_eq!(operations, BTreeMap::from([("list", "/a"), ("list_of_id", "/a/{id}")]));
    }
}
