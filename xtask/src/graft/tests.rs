//! What the graft makes of progenitor's output, for what the bundled document does not hold.

use serde_json::{Value, json};

use crate::{generate::generate, graft, lower::lower};

/// The generated `types.rs` for these components, of which `Sent` is a body, `Received` a success, `Failed` a failure.
fn types(components: &Value) -> String {
    let content =
        |name: &str| json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}});
    let document = json!({
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
    let lowered = lower(&document).unwrap();
    let modules = graft::graft(generate(&lowered.document, &lowered.api).unwrap(), &lowered.api).unwrap();
    let types = modules.iter().find(|module| module.path == "types.rs").unwrap();
    prettyplease::unparse(&types.file)
}

fn object(properties: &Value, required: &Value) -> Value {
    json!({"type": "object", "properties": properties, "required": required})
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
    let simple = object(&json!({}), &json!([]));
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
        let code = types(&json!({"Sent": simple, "Received": simple, "Failed": failed}));
        assert_eq!(
            code.contains("impl std::fmt::Display for Failed"),
            !display.is_empty(),
            "{failed}"
        );
        assert!(code.contains(display), "{failed}");
        // Without words of the server's, the document's own have to do.
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
        "Received": object(&json!({}), &json!([])),
        "Failed": object(&json!({}), &json!([])),
        "Option": object(&json!({"price": {"type": "number"}}), &json!([])),
    }));
    assert!(code.contains("pub when: std::option::Option<Option>"), "{code}");
}

#[test]
fn failures_that_hold_each_other_are_not_followed_for_ever() {
    let each = |name: &str| json!({"type": "array", "items": {"$ref": format!("#/components/schemas/{name}")}});
    let code = types(&json!({
        "Sent": object(&json!({}), &json!([])),
        "Received": object(&json!({}), &json!([])),
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
        "Received": object(&json!({}), &json!([])),
        "Failed": object(&json!({}), &json!([])),
        "HTTPThing": object(&json!({}), &json!([])),
    }));
    for name in names {
        assert!(code.contains(&format!("rename = {name:?}")), "{name}: {code}");
    }
}
