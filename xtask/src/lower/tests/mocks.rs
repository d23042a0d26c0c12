//! What the mock server is told: what it checks, how it refuses, and what fixtures are.

use super::*;

#[test]
fn mocks_check_what_the_document_says() {
    let whole = json!({"$ref": "T"});
    for (rule, property, expected) in [
        (
            "limits that no type checks",
            json!({"type": "integer", "maximum": 9, "multipleOf": 3, "title": "N", "default": 3}),
            json!({"type": "integer", "maximum": 9, "multipleOf": 3}),
        ),
        (
            "null before OpenAPI 3.1",
            json!({"type": "string", "nullable": true, "pattern": "^a"}),
            json!({"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "null"}]}),
        ),
        (
            "exclusive limits before OpenAPI 3.1",
            json!({"type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 2, "exclusiveMaximum": false}),
            json!({"type": "number", "exclusiveMinimum": 1, "maximum": 2}),
        ),
        (
            "any version of UUID",
            json!({"type": "string", "format": "uuid4"}),
            json!({"type": "string", "format": "uuid"}),
        ),
        (
            "a format that is not checked",
            json!({"type": "string", "format": "color"}),
            json!({"type": "string"}),
        ),
        (
            "a reference, and what stands beside it",
            json!({"$ref": "#/components/schemas/T", "description": "d", "minProperties": 1}),
            json!({"$ref": "T", "minProperties": 1}),
        ),
        (
            "a reference to another place",
            json!({"$ref": "#/components/schemas/T/properties/other"}),
            json!({"$ref": "#/components/schemas/T/properties/other"}),
        ),
        (
            "what stands within",
            json!({"type": "array", "items": {"oneOf": [{"const": 1}, false]}}),
            json!({"type": "array", "items": {"oneOf": [{"const": 1}, false]}}),
        ),
    ] {
        let component = json!({
            "type": "object",
            "required": ["p", "id"],
            "properties": {"p": property, "id": {"type": "string", "readOnly": true}, "other": {"type": "integer"}},
        });
        let Lowered { api, .. } = lowered(&document(&component));
        assert_eq!(api.operations[0].checks.body.as_ref(), Some(&whole), "{rule}");
        assert_eq!(api.definitions["T"]["properties"]["p"], expected, "{rule}");
        // What only the server writes is nothing that a request lacks.
        assert_eq!(api.definitions["T"]["required"], json!(["p"]), "{rule}");
    }
}

#[test]
fn fixtures_are_what_the_document_would_have() {
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
        ("bounds", json!({"type": "integer", "exclusiveMinimum": 2}), json!(3)),
        (
            "bounds below nothing",
            json!({"type": "number", "maximum": -2}),
            json!(-2.0),
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
        let Lowered { api, .. } = lowered(&document(&component));
        let fixture = api.schemas["T"].fixture.as_ref();
        assert_eq!(fixture, Some(&json!({"p": expected, "shown": true})), "{rule}");
    }
    // One that holds itself without end has none.
    let endless = json!({"type": "object", "required": ["t"], "properties": {"t": {"$ref": "#/components/schemas/T"}}});
    assert_eq!(lowered(&document(&endless)).api.schemas["T"].fixture, None);
}

#[test]
fn mocks_refuse_as_the_document_says() {
    let string = json!({"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}});
    let with = |responses: Value| {
        let mut document = document(&json!({"type": "object", "properties": {}}));
        document["components"]["schemas"]["Failure"] = string.clone();
        for (status, response) in responses.as_object().unwrap() {
            document["paths"]["/x"]["post"]["responses"][status] = response.clone();
        }
        lowered(&document).api
    };
    let failure = json!({"description": "", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Failure"},
    }}});
    let text = json!({"description": "", "content": {"text/plain": {}}});
    for (responses, unauthorized, invalid) in [
        (json!({}), (401, "", "Nothing"), (422, "", "Nothing")),
        (
            json!({"401": failure, "400": failure}),
            (401, "application/json", "Text(Some(\"detail\"))"),
            (400, "application/json", "Text(Some(\"detail\"))"),
        ),
        (
            json!({"4XX": text, "422": {"description": ""}}),
            (401, "text/plain", "Text(None)"),
            (422, "", "Nothing"),
        ),
        (
            json!({"default": failure, "400": text}),
            (401, "application/json", "Text(Some(\"detail\"))"),
            (400, "text/plain", "Text(None)"),
        ),
    ] {
        let api = with(responses);
        let checks = &api.operations[0].checks;
        for (refusal, (status, media_type, says)) in [(&checks.unauthorized, unauthorized), (&checks.invalid, invalid)]
        {
            assert_eq!((refusal.status, refusal.media_type.as_str()), (status, media_type));
            assert_eq!(format!("{:?}", refusal.says), says);
        }
    }
}
