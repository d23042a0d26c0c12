//! A row for each rule: what stands in the document, and what becomes of it.

use serde_json::{Value, json};

use super::{Lowered, lower};
use crate::{
    api::{Property, Scheme, Shape, Words},
    diagnostic::Diagnostic,
    pointer::Pointer,
};

/// A document of one operation whose answer is the component `T`.
fn document(component: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "security": [],
        "paths": {"/x": {"post": {
            "operationId": "do_it_x_post",
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

fn lowered(document: &Value) -> Lowered {
    lower(document).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn schemas(lowered: &Lowered) -> Value {
    let document = serde_json::to_value(&lowered.document).unwrap();
    document["components"]["schemas"].clone()
}

#[test]
fn rules_for_properties() {
    let with_null = |kind: Value| json!({"anyOf": [kind, {"type": "null"}], "title": "Expiresat"});
    let time = json!({"type": "string", "format": "date-time"});
    let nullable_time = json!({"type": "string", "format": "date-time", "nullable": true});
    let other = "#/components/schemas/HttpOther";
    for (rule, property, expected) in [
        (
            "titles name nothing",
            json!({"type": "string", "title": "Title"}),
            json!({"type": "string"}),
        ),
        (
            "any version of UUID",
            json!({"type": "string", "format": "uuid4"}),
            json!({"type": "string", "format": "uuid"}),
        ),
        ("a time", time.clone(), time.clone()),
        (
            "a secret",
            json!({"type": "string", "format": "password"}),
            json!({"type": "string", "format": "password"}),
        ),
        ("anyOf with null", with_null(time.clone()), nullable_time.clone()),
        (
            "oneOf with null",
            json!({"oneOf": [{"type": "null"}, time]}),
            nullable_time.clone(),
        ),
        (
            "null among the types",
            json!({"type": ["string", "null"], "format": "date-time"}),
            nullable_time,
        ),
        (
            "a list of one type",
            json!({"type": ["integer"]}),
            json!({"type": "integer"}),
        ),
        (
            "a component",
            json!({"$ref": "#/components/schemas/HTTPOther"}),
            json!({"$ref": other}),
        ),
        (
            "a component or null",
            with_null(json!({"$ref": "#/components/schemas/HTTPOther"})),
            json!({"allOf": [{"$ref": other}], "nullable": true}),
        ),
        (
            "a limited string is a type",
            json!({"type": "string", "minLength": 1}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "a length of at least 0 is no limit",
            json!({"type": "string", "minLength": 0}),
            json!({"type": "string"}),
        ),
        (
            "an object is a type",
            json!({"type": "object", "properties": {}}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "a choice is a type",
            json!({"enum": ["a", "b"]}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "a constant is a choice",
            json!({"const": "a"}),
            json!({"$ref": "#/components/schemas/TProp"}),
        ),
        (
            "items",
            json!({"type": "array", "items": {"type": "string", "maxLength": 3}}),
            json!({"type": "array", "items": {"$ref": "#/components/schemas/TPropItem"}}),
        ),
        (
            "a map",
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
        ),
    ] {
        let schema = json!({"type": "object", "properties": {"prop": property}, "title": "Other"});
        let lowered = schemas(&lowered(&document(&schema)));
        assert_eq!(lowered["T"]["properties"]["prop"], expected, "{rule}");
        assert_eq!(lowered["T"].get("title"), None, "{rule}");
    }
}

#[test]
fn what_progenitor_would_lose_is_kept() {
    let schema = json!({
        "type": "object",
        "description": "A thing.",
        "required": ["name", "until"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 5, "description": "Its name."},
            "until": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "since": {"type": ["string", "null"], "format": "date-time", "default": "now"},
            "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        },
    });
    let Lowered { api, .. } = lowered(&document(&schema));

    let thing = &api.schemas["T"];
    assert_eq!((thing.name.as_str(), thing.doc.as_str()), ("T", "A thing."));
    let Shape::Object(properties) = &thing.shape else {
        panic!("{thing:?}");
    };
    let states = |name: &str| {
        let property = properties.iter().find(|property| property.name == name).unwrap();
        (property.required, property.nullable, property.has_three_states())
    };
    assert_eq!(states("name"), (true, false, false));
    assert_eq!(states("until"), (true, true, false));
    assert_eq!(states("since"), (false, true, true));
    let docs = properties
        .iter()
        .map(|Property { doc, .. }| doc.as_str())
        .collect::<Vec<_>>();
    assert_eq!(
        docs,
        [
            "Its name.\n\n1 to 5 characters.",
            "The property `until`.",
            "The property `since`.\n\nThe server's default is `\"now\"`.",
            "The property `loc`.",
        ]
    );
    assert_eq!(properties[3].words, Words::Place);

    let name = &api.schemas["TName"];
    assert!(
        matches!(&name.shape, Shape::Text { subject, min: Some(1), max: Some(5) } if subject == "T.name"),
        "{name:?}"
    );
    assert!(matches!(&api.schemas["TLocItem"].shape, Shape::Union(docs) if docs == &["A string.", "An integer."]));
    assert_eq!(api.schemas["HttpOther"].name, "HTTPOther");

    let operation = &api.operations[0];
    assert_eq!(operation.name, "do_it");
    assert_eq!(operation.security, [Scheme::Bearer, Scheme::Basic]);
}

#[test]
fn security_is_the_operations_own_or_the_documents() {
    for (own, of_document, expected) in [
        (None, json!([{"Bearer": []}]), vec![Scheme::Bearer]),
        (Some(json!([])), json!([{"Bearer": []}]), vec![]),
        (Some(json!([{"Basic": []}])), json!([]), vec![Scheme::Basic]),
    ] {
        let mut document = document(&json!({"type": "object", "properties": {}}));
        document["security"] = of_document;
        let operation = &mut document["paths"]["/x"]["post"];
        operation.as_object_mut().unwrap().remove("security");
        if let Some(own) = own {
            operation["security"] = own;
        }
        assert_eq!(lowered(&document).api.operations[0].security, expected);
    }
}

#[test]
fn what_is_lost_is_noted() {
    let schema = json!({"type": "object", "properties": {"mail": {"type": "string", "format": "email"}}});
    let notes = lowered(&document(&schema)).notes;
    let texts = notes.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        texts,
        ["note: #/components/schemas/T/properties/mail: the format `email` is not checked: a String"]
    );
}

#[test]
fn what_cannot_be_expressed_is_a_fault_with_its_place() {
    let good = || json!({"type": "object", "properties": {}});
    for (place, value, message) in [
        ("/openapi", json!("3.0.3"), "the document is OpenAPI 3.0.3"),
        ("/openapi", json!(3.1), "the document is OpenAPI 3.1"),
        ("/info", json!({"version": "1"}), "`title` is missing"),
        ("/servers", json!([]), "no server"),
        (
            "/servers",
            json!([{"url": "http://example.com"}]),
            "no server with an `https` address",
        ),
        (
            "/components/schemas/T",
            json!({"$ref": "#/components/schemas/None"}),
            "does not exist",
        ),
        ("/components/schemas/T", json!({"$ref": "other.yaml"}), "another file"),
        ("/components/schemas/T", json!({"$ref": "#/paths/x"}), "not a component"),
        ("/components/schemas/T", json!(false), "no value fits"),
        (
            "/components/schemas/T",
            json!({"type": ["string", "integer"]}),
            "cannot be expressed",
        ),
        (
            "/components/schemas/T",
            json!({"type": "text"}),
            "no type of JSON Schema",
        ),
        (
            "/components/schemas/T",
            json!({"type": "string", "pattern": "a"}),
            "does not know `pattern`",
        ),
        (
            "/components/schemas/T",
            json!({"type": "integer", "minimum": 1}),
            "does not know `minimum`",
        ),
        ("/components/schemas/T", json!({"enum": [1]}), "not all strings"),
        ("/paths/~1x/post/operationId", json!(1), "no `operationId`"),
        ("/paths/~1x/post/responses", json!(null), "no `responses`"),
        ("/paths/~1x/post/responses", json!({}), "without a success"),
        (
            "/paths/~1x/post/responses",
            json!({"default": {}}),
            "the status `default`",
        ),
        (
            "/paths/~1x/post/responses/200",
            json!({"description": "ok"}),
            "a body without a schema",
        ),
        (
            "/paths/~1x/post/responses/200/content",
            json!({"text/plain": {}}),
            "the content text/plain",
        ),
        (
            "/paths/~1x/post/security",
            json!([{"None": []}]),
            "`None` is not defined",
        ),
        ("/paths/~1x/post/security", json!([{}]), "of no scheme, or of several"),
        ("/paths/~1x/post/tags", json!([]), ""),
        (
            "/components/securitySchemes/Basic",
            json!({"type": "openIdConnect"}),
            "do not know the security scheme",
        ),
    ] {
        let mut document = document(&good());
        match document.pointer_mut(place) {
            Some(node) => *node = value,
            // The one row for a keyword that is not there yet, and is harmless.
            None => document["paths"]["/x"]["post"]["tags"] = value,
        }
        match lower(&document) {
            Ok(_) => assert_eq!(message, "", "{place}"),
            Err(faults) => {
                let fault = faults.iter().find(|fault| fault.to_string().contains(message));
                let fault = fault.unwrap_or_else(|| panic!("{place}: {faults:?} do not say {message}"));
                assert!(fault.pointer().is_some(), "{fault}");
                assert!(fault.to_string().contains("\n  do: "), "{fault}");
            }
        }
    }
}

#[test]
fn all_faults_are_reported_at_once() {
    let mut document = document(&json!({"type": "string", "pattern": "a"}));
    document["paths"]["/y"] = json!({"get": {"operationId": "y", "parameters": []}});
    let faults = lower(&document).unwrap_err();
    let pointers = faults
        .iter()
        .filter_map(Diagnostic::pointer)
        .map(Pointer::to_string)
        .collect::<Vec<_>>();
    assert_eq!(
        pointers,
        [
            "#/components/schemas/T/pattern",
            "#/paths/~1y/get/parameters",
            "#/paths/~1y/get/responses"
        ]
    );
    assert!(
        faults[1].to_string().contains("- target: $.paths['/y'].get\n"),
        "{}",
        faults[1]
    );
}
