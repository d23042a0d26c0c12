//! What the overlay keeps of a large description, and what goes with the rest.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::{
    generate::{Generated, Inputs, Options},
    input::diagnostic::Errors,
};

/// Three operations: two with names that collide, and one that uses a base with a child that only extends it.
fn description() -> Value {
    let body = |name: &str| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        json!({"required": true, "content": {"application/json": {"schema": schema}}})
    };
    let operation = |id: &str, tag: &str, component: &str| {
        json!({
            "operationId": id,
            "tags": [tag],
            "requestBody": body(component),
            "responses": {"204": {"description": "done"}},
            "x-unknown": true,
        })
    };
    let text = json!({"type": "string", "format": "unheard-of"});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {
            "/tokens": {"post": operation("create_token_tokens_post", "tokens", "Token")},
            "/workspaces/{id}/tokens": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/Id"}}],
                "post": operation("create_token_workspaces__id__tokens_post", "tokens", "Token"),
            },
            "/pets": {"post": operation("create_pet_pets_post", "pets", "Pet")},
            "/shapes": {"post": operation("create_shape_shapes_post", "shapes", "Shape")},
        },
        "webhooks": {"created": {"post": {"responses": {}}}},
        "components": {"schemas": {
            "Id": {"type": "string"},
            "Token": {"type": "object", "properties": {"owner": {"$ref": "#/components/schemas/Owner"}}},
            "Owner": {"type": "object", "properties": {"name": text}},
            "Pet": {
                "type": "object",
                "properties": {"kind": {"type": "string"}},
                "required": ["kind"],
                "discriminator": {"propertyName": "kind"},
            },
            "Cat": {"allOf": [
                {"$ref": "#/components/schemas/Pet"},
                {"type": "object", "properties": {"lives": {"type": "integer"}}},
            ]},
            "Shape": {
                "oneOf": [{"$ref": "#/components/schemas/Square"}],
                "discriminator": {"propertyName": "kind", "mapping": {"square": "Square", "round": "#/components/schemas/Circle"}},
            },
            "Square": {"type": "object", "properties": {"kind": {"type": "string"}}},
            "Circle": {"type": "object", "properties": {"kind": {"type": "string"}, "edge": {"$ref": "#/components/schemas/Edge"}}},
            "Edge": {"type": "object", "properties": {"width": {"type": "integer"}}},
            "Unused": {"type": "object", "properties": {"name": text}},
        }},
    })
}

fn generated(keep: &Value) -> Result<Generated, Errors> {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    let overlay = json!({"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "x-keep": keep, "actions": [
        {"target": "$.info", "description": "A name.", "update": {"title": "Pets"}},
    ]});
    for (file, content) in [("api.json", description()), ("overlay.yaml", overlay)] {
        fs::write(folder.path().join("openapi").join(file), content.to_string()).unwrap();
    }
    Inputs::read(folder.path())?.generate(Options::default())
}

#[test]
fn what_is_kept_has_the_names_that_it_has_among_all() {
    let (shorter, longer) = ("create_token", "create_token_of_workspaces");
    for (keep, operations, types) in [
        (
            json!({"operations": ["POST /tokens"]}),
            vec![shorter],
            vec!["Owner", "Token"],
        ),
        (
            json!({"operations": ["create_token_workspaces__id__tokens_post"]}),
            vec![longer],
            vec!["Id", "Owner", "Token"],
        ),
        (
            json!({"tags": ["tokens"]}),
            vec![shorter, longer],
            vec!["Id", "Owner", "Token"],
        ),
        // A child is one of the values of its base, though nothing refers to it.
        (
            json!({"tags": ["pets"]}),
            vec!["create_pet"],
            vec!["Cat", "Pet", "PetBase"],
        ),
        // So is what the mapping of a discriminator names alone.
        (
            json!({"tags": ["shapes"]}),
            vec!["create_shape"],
            vec!["Circle", "Edge", "Shape", "Square"],
        ),
        (
            json!({"tags": ["pets"], "operations": ["POST /tokens"]}),
            vec!["create_pet", shorter],
            vec!["Cat", "Owner", "Pet", "PetBase", "Token"],
        ),
    ] {
        let generated = generated(&keep).unwrap();
        let mut named = generated
            .api
            .operations
            .iter()
            .map(|operation| &operation.name)
            .collect::<Vec<_>>();
        named.sort();
        assert_eq!(named, operations, "{keep}");
        let mut defined = generated.api.types.iter().map(|def| &def.name).collect::<Vec<_>>();
        defined.sort();
        assert_eq!(defined, types, "{keep}");
    }
}

#[test]
fn nothing_is_noted_of_what_is_not_kept() {
    let notes = |keep: &Value| {
        let notes = generated(keep).unwrap().notes;
        notes.iter().map(|note| note.pointer().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(notes(&json!({"operations": ["POST /pets"]})), [""; 0]);
    let owner = "#/components/schemas/Owner/properties/name";
    assert_eq!(notes(&json!({"operations": ["POST /tokens"]})), [owner]);
}
