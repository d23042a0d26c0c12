//! What is emitted, where the bundled description and that of the constructs have nothing of the kind.

use serde_json::{Value, json};
use xtask::{bridge, emit};

use crate::text::api;

/// The generated `types.rs` for these components, of which `Sent` is a body, `Received` a success, `Failed` a failure.
fn types(components: &Value) -> String {
    let content =
        |name: &str| json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}});
    let description = json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {"/x": {"post": {
            "operationId": "do_it",
            "requestBody": {"required": true, "content": content("Sent")},
            "responses": {
                "200": {"description": "ok", "content": content("Received")},
                "409": {"description": "Taken", "content": content("Failed")},
                "599": {"description": "Odd", "content": content("Failed")},
            },
        }}},
        "components": {"schemas": components},
    });
    let mut api = api(&description);
    let output = bridge::run(&mut api).unwrap_or_else(|error| panic!("{error}"));
    let code = emit::emit(output, &api).unwrap_or_else(|error| panic!("{error}"));
    code.into_iter().find(|code| code.path == "types.rs").unwrap().text
}

fn object(properties: &Value, required: &Value) -> Value {
    json!({"type": "object", "properties": properties, "required": required})
}

fn empty() -> Value {
    object(&json!({}), &json!([]))
}

/// The derives of a generated type.
fn derives<'a>(code: &'a str, name: &str) -> &'a str {
    let before = code.split(&format!("pub struct {name} {{")).next().unwrap();
    before.rsplit("#[derive(").next().unwrap().split(')').next().unwrap()
}

#[test]
fn only_what_is_sent_can_serialize_a_secret() {
    let secret = json!({"type": "string", "format": "password"});
    let refers = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let code = types(&json!({
        "Sent": object(&json!({"login": refers("Login")}), &json!(["login"])),
        "Login": object(&json!({"password": secret}), &json!([])),
        "Received": object(&json!({"tokens": {"type": "array", "items": refers("Token")}}), &json!(["tokens"])),
        "Token": object(&json!({"text": {"anyOf": [secret, {"type": "null"}]}}), &json!(["text"])),
        "Failed": object(&json!({"detail": {"type": "string"}}), &json!(["detail"])),
    }));
    for (name, serializes) in [
        ("Sent", true),
        ("Login", true),
        ("Received", false),
        ("Token", false),
        ("Failed", true),
    ] {
        let derives = derives(&code, name);
        assert_eq!(derives.contains("Serialize"), serializes, "{name}: {derives}");
        assert!(derives.contains("Deserialize"), "{name}: {derives}");
    }
    assert!(code.contains("pub password: Option<crate::Secret>"), "{code}");
    assert!(code.contains("pub text: Option<crate::Secret>"), "{code}");
}

#[test]
fn failures_say_what_they_can() {
    for (failed, display) in [
        (
            object(&json!({"detail": {"type": "string"}}), &json!(["detail"])),
            "crate::words::text(f, &self.detail)",
        ),
        (
            object(&json!({"message": {"type": "string"}}), &json!(["message"])),
            "crate::words::text(f, &self.message)",
        ),
        (object(&json!({"code": {"type": "integer"}}), &json!(["code"])), ""),
        (object(&json!({"detail": {"type": "string"}}), &json!([])), ""),
    ] {
        let code = types(&json!({"Sent": empty(), "Received": empty(), "Failed": failed}));
        assert_eq!(
            code.contains("impl std::fmt::Display for Failed"),
            !display.is_empty(),
            "{failed}"
        );
        assert!(code.contains(display), "{failed}");
        // Without a message of the server's, the description's own has to do.
        assert_eq!(code.contains("&\"Taken\""), display.is_empty(), "{failed}");
        assert!(
            code.contains("/// `409 Conflict`: Taken.\n    Conflict(Failed)"),
            "{code}"
        );
        assert!(code.contains("/// `599`: Odd.\n    Status599(Failed)"), "{code}");
    }
}

#[test]
fn a_type_named_like_one_of_the_prelude_shadows_nothing() {
    let code = types(&json!({
        "Sent": object(&json!({"when": {"$ref": "#/components/schemas/Option"}}), &json!([])),
        "Received": empty(),
        "Failed": empty(),
        "Option": object(&json!({"price": {"type": "number"}}), &json!([])),
    }));
    assert!(code.contains("pub when: std::option::Option<Option>"), "{code}");
}

#[test]
fn failures_that_hold_each_other_are_not_followed_for_ever() {
    let each = |name: &str| json!({"type": "array", "items": {"$ref": format!("#/components/schemas/{name}")}});
    let code = types(&json!({
        "Sent": empty(),
        "Received": empty(),
        "Failed": object(&json!({"detail": each("Other")}), &json!([])),
        "Other": object(&json!({"detail": each("Failed")}), &json!([])),
    }));
    assert!(!code.contains("Display for Failed"), "{code}");
}

#[test]
fn names_on_the_wire_are_left_alone() {
    let names = ["a::uuid::b", "::std::vec::Vec", "HTTPThing", "type"];
    let properties = names.map(|name| (name.to_owned(), json!({"type": "string"})));
    let code = types(&json!({
        "Sent": object(&Value::Object(properties.into_iter().collect()), &json!([])),
        "Received": empty(),
        "Failed": empty(),
        "HTTPThing": empty(),
    }));
    for name in names {
        assert!(code.contains(&format!("rename = {name:?}")), "{name}: {code}");
    }
}
