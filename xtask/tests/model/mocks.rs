//! What the mock server needs: how it rejects, and plausible values.

use serde_json::{Value, json};
use xtask::model::{json::Json, operation::RejectionMessage};

use crate::{
    description::with_component,
    text::{api, def, value},
};

/// The fixture of an object with a property of that schema has that value for it.
fn check_fixture(rule: &str, property: &Value, expected: &Value) {
    let component = json!({
        "type": "object",
        "required": ["p", "w", "shown"],
        "properties": {
            "p": property,
            "w": {"type": "string", "writeOnly": true},
            "optional": {"type": "string"},
            "shown": {"type": "boolean"},
        },
        "example": {"shown": true},
    });
    let api = api(&with_component(&component));
    let fixture = def(&api, "T").fixture.as_ref().map(value);
    assert_eq!(fixture, Some(json!({"p": expected, "shown": true})), "{rule}");
}

#[test]
fn fixtures_are_what_the_description_would_have() {
    for (rule, property, expected) in [
        ("a text", json!({"type": "string"}), json!("p")),
        (
            "a text of a length",
            json!({"type": "string", "minLength": 3, "maxLength": 5}),
            json!("ppp"),
        ),
        (
            "an example",
            json!({"type": "string", "examples": ["e", "f"]}),
            json!("e"),
        ),
        (
            "an example that is too long",
            json!({"type": "string", "example": "long", "maxLength": 3}),
            json!("p"),
        ),
        ("a default", json!({"type": "integer", "default": 7}), json!(7)),
        (
            "a default of another type",
            json!({"type": "integer", "default": "many"}),
            json!(0),
        ),
        (
            "a number of 32 bits",
            json!({"type": "integer", "format": "int32", "example": 5_000_000_000_i64}),
            json!(0),
        ),
        ("a constant", json!({"const": "c"}), json!("c")),
        ("the first of several", json!({"enum": ["a", "b"]}), json!("a")),
        (
            "the one of several that is the default",
            json!({"enum": ["a", "b"], "default": "b"}),
            json!("b"),
        ),
        (
            "null",
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            json!(null),
        ),
        (
            "a mail address",
            json!({"type": "string", "format": "email"}),
            json!("someone@example.com"),
        ),
        (
            "a time",
            json!({"type": "string", "format": "date-time", "example": "tomorrow"}),
            json!("2030-01-02T03:04:05Z"),
        ),
        (
            "a list",
            json!({"type": "array", "items": {"type": "string"}}),
            json!([]),
        ),
        (
            "a list of some",
            json!({"type": "array", "minItems": 2, "items": {"type": "string", "example": "e"}}),
            json!(["e", "e"]),
        ),
        (
            "a map",
            json!({"type": "object", "additionalProperties": true}),
            json!({}),
        ),
        (
            "the first of several types",
            json!({"oneOf": [{"type": "integer"}, {"type": "object", "properties": {"a": {"type": "string"}}}]}),
            json!(0),
        ),
        (
            "the first of several types that ends",
            json!({"oneOf": [{"$ref": "#/components/schemas/T"}, {"type": "boolean"}]}),
            json!(false),
        ),
    ] {
        check_fixture(rule, &property, &expected);
    }
}

#[test]
fn a_number_is_within_its_bounds() {
    for (rule, property, expected) in [
        ("bounds", json!({"type": "integer", "exclusiveMinimum": 2}), json!(3)),
        (
            "a bound that is a flag",
            json!({"type": "integer", "minimum": 2, "exclusiveMinimum": true}),
            json!(3),
        ),
        (
            "the smaller of two bounds",
            json!({"type": "integer", "maximum": -2, "exclusiveMaximum": -4}),
            json!(-5),
        ),
        (
            "bounds below nothing",
            json!({"type": "number", "maximum": -2}),
            json!(-2.0),
        ),
    ] {
        check_fixture(rule, &property, &expected);
    }
}

#[test]
fn what_holds_itself_without_end_or_is_too_large_has_no_fixture() {
    let endless = json!({"type": "object", "required": ["t"], "properties": {"t": {"$ref": "#/components/schemas/T"}}});
    assert_eq!(def(&api(&with_component(&endless)), "T").fixture, None::<Json>);

    // Each level holds the next one twice.
    let mut description = with_component(&json!({"$ref": "#/components/schemas/C0"}));
    for level in 0..40 {
        let next = json!({"$ref": format!("#/components/schemas/C{}", level + 1)});
        let schema = json!({"type": "object", "required": ["a", "b"], "properties": {"a": next, "b": next}});
        description["components"]["schemas"][format!("C{level}")] = schema;
    }
    description["components"]["schemas"]["C40"] = json!({"type": "boolean"});
    let api = api(&description);
    for (name, has_fixture) in [("C0", false), ("C30", false), ("C35", true), ("C39", true)] {
        assert_eq!(def(&api, name).fixture.is_some(), has_fixture, "{name}");
    }
}

#[test]
fn mocks_reject_as_the_description_says() {
    let failure = json!({"description": "", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Failure"},
    }}});
    let text = json!({"description": "", "content": {"text/plain": {}}});
    for (responses, unauthorized, invalid) in [
        (json!({}), (401, "", "None"), (422, "", "None")),
        (
            json!({"401": failure, "400": failure}),
            (401, "application/json", "Text(Some(\"detail\"))"),
            (400, "application/json", "Text(Some(\"detail\"))"),
        ),
        (
            json!({"4XX": text, "422": {"description": ""}}),
            (401, "text/plain", "Text(None)"),
            (422, "", "None"),
        ),
        (
            json!({"default": failure, "400": text}),
            (401, "application/json", "Text(Some(\"detail\"))"),
            (400, "text/plain", "Text(None)"),
        ),
    ] {
        let mut description = with_component(&json!({"type": "object", "properties": {}}));
        description["components"]["schemas"]["Failure"] =
            json!({"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}});
        for (status, response) in responses.as_object().unwrap() {
            description["paths"]["/x"]["post"]["responses"][status] = response.clone();
        }
        let api = api(&description);
        let operation = &api.operations[0];
        for (rejection, expected) in [(&operation.unauthorized, unauthorized), (&operation.invalid, invalid)] {
            let message = format!("{:?}", rejection.message);
            let found = (rejection.status, rejection.media_type.as_str(), message.as_str());
            assert_eq!(found, expected, "{responses}");
        }
    }
}

#[test]
fn mocks_name_what_is_not_valid_in_the_list_that_a_failure_has() {
    let violation = json!({
        "type": "object",
        "required": ["loc", "msg", "type"],
        "properties": {
            "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
            "msg": {"type": "string"},
            "type": {"type": "string"},
        },
    });
    let mut description = with_component(&json!({"type": "object", "properties": {}}));
    description["components"]["schemas"]["Violation"] = violation;
    description["components"]["schemas"]["Failure"] = json!({
        "type": "object",
        "properties": {"detail": {"type": "array", "items": {"$ref": "#/components/schemas/Violation"}}},
    });
    description["paths"]["/x"]["post"]["responses"]["422"] = json!({"description": "", "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Failure"}},
    }});
    let api = api(&description);
    let invalid = &api.operations[0].invalid;
    let RejectionMessage::List {
        list,
        item,
        text,
        place,
        rule,
    } = &invalid.message
    else {
        panic!("{:?}", invalid.message);
    };
    assert_eq!((list.as_str(), text.as_str()), ("detail", "msg"));
    assert_eq!((place.as_deref(), rule.as_deref()), (Some("loc"), Some("type")));
    assert_eq!(value(item), json!({"loc": [], "msg": "msg", "type": "type"}));
}
