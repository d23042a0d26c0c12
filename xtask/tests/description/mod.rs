//! Small descriptions, and what the generator makes of them.

use serde_json::{Value, json};
use xtask::{
    analyze,
    input::diagnostic::Errors,
    parse::{self, Parsed},
};

/// A description with one operation, `POST /x`, which takes and returns the component `T`.
pub(crate) fn with_component(component: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "security": [],
        "paths": {"/x": {"post": {
            "operationId": "do_it_x_post",
            "requestBody": {"required": true, "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/T"},
            }}},
            "responses": {"200": {"description": "ok", "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/T"},
            }}}},
            "security": [{"Bearer": []}, {"Basic": []}],
        }}},
        "components": {
            "schemas": {"T": component, "HTTPOther": {"type": "object", "properties": {}}},
            "securitySchemes": {
                "Bearer": {"type": "http", "scheme": "bearer"},
                "Basic": {"type": "apiKey", "in": "header", "name": "Authorization"},
            },
        },
    })
}

/// As [`with_component`], where `T` is an object with that one property, `p`.
pub(crate) fn with_property(property: &Value) -> Value {
    with_component(&json!({"type": "object", "properties": {"p": property}}))
}

/// A description with one operation, `POST /x`, which takes that content as `multipart/form-data`. The component `T` is a file.
pub(crate) fn with_form(content: &Value) -> Value {
    let mut description = with_component(&json!({"type": "string", "format": "binary"}));
    description["paths"]["/x"]["post"]["requestBody"] = json!({"content": {"multipart/form-data": content}});
    description["paths"]["/x"]["post"]["responses"] = json!({"204": {"description": "ok"}});
    description
}

/// The analyzed model of a description.
pub(crate) fn analyzed(description: &Value, is_strict: bool) -> Result<Parsed, Errors> {
    let mut parsed = parse::parse(description, None, is_strict)?;
    analyze::analyze(&mut parsed.api);
    Ok(parsed)
}
