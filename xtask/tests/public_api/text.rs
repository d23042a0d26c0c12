//! Small descriptions, and the public API of their clients as text.

use serde_json::{Map, Value, json};
use xtask::{
    analyze, bridge,
    parse::{self, Parsed},
    report::{Item, ItemPath, PublicApi, Report},
};

/// A description with these paths and schemas.
pub(crate) fn description(paths: &Value, schemas: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1.0.0"},
        "servers": [{"url": "https://example.com"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "Bearer": {"type": "http", "scheme": "bearer"},
                "Basic": {"type": "apiKey", "in": "header", "name": "Authorization"},
            },
        },
    })
}

/// JSON of that schema, as a body or a response has it.
pub(crate) fn content(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

pub(crate) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A description with one operation, `call_it`, and the object `Pet`.
pub(crate) fn with_operation(rest: &Value) -> Value {
    let mut operation = json!({"operationId": "call_it", "responses": {"204": {"description": "None."}}});
    let rest = rest.as_object().unwrap().clone();
    operation.as_object_mut().unwrap().extend(rest);
    let pet = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    description(&json!({"/pets": {"post": operation}}), &json!({"Pet": pet}))
}

/// Where the component `T` stands in the operations of a description.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    Sent,
    Received,
    Failed,
    Both,
    Nowhere,
}

/// A description with these schemas, of which `T` stands there.
pub(crate) fn with_t(place: Use, schemas: &Value) -> Value {
    let content = content(&reference("T"));
    let body = json!({"required": true, "content": content});
    let response = json!({"description": "Some.", "content": content});
    let none = json!({"description": "None."});
    let (body, responses) = match place {
        Use::Sent => (Some(body), json!({"204": none})),
        Use::Received => (None, json!({"200": response})),
        Use::Failed => (None, json!({"204": none, "400": response})),
        Use::Both => (Some(body), json!({"200": response})),
        Use::Nowhere => (None, json!({"204": none})),
    };
    let mut operation = Map::from_iter([
        ("operationId".into(), json!("call_it")),
        ("responses".into(), responses),
    ]);
    operation.extend(body.map(|body| ("requestBody".into(), body)));
    description(&json!({"/t": {"post": operation}}), schemas)
}

/// The public API of the client of a description.
pub(crate) fn public_api(description: &Value) -> PublicApi {
    let parsed = parse::parse(description, None, false);
    let Parsed { mut api, .. } = parsed.unwrap_or_else(|errors| panic!("{}", errors[0]));
    analyze::analyze(&mut api);
    if let Err(error) = bridge::run(&mut api) {
        panic!("{error}");
    }
    PublicApi::of(&api)
}

pub(crate) fn operation<'a>(api: &'a PublicApi, name: &str) -> &'a Item {
    &api.items[&ItemPath::Operation(name.into())]
}

pub(crate) fn type_named<'a>(api: &'a PublicApi, name: &str) -> &'a Item {
    &api.items[&ItemPath::Type(name.into())]
}

/// Every member of an item, as the report shows it.
pub(crate) fn members(item: &Item) -> Vec<String> {
    let members = item.members.iter().map(|(path, member)| {
        let required = if member.is_required { ", required" } else { "" };
        format!("{}{required}", member.label(path))
    });
    members.collect()
}

/// What the report says of the way from one description to another, each line with single spaces.
pub(crate) fn report(before: &Value, after: &Value) -> Vec<String> {
    let report = Report::between(&public_api(before), &public_api(after)).to_string();
    let lines = report.lines().skip(1).filter(|line| !line.is_empty());
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}
