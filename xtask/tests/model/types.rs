//! The types of schemas.

use serde_json::{Value, json};
use xtask::{
    analyze::{Message, message_of},
    model::typedef::Kind,
};

use crate::{
    description::{with_component, with_property},
    text::{api, def, field, kind, ty},
};

#[test]
fn properties_have_types() {
    let with_null = |kind: Value| json!({"anyOf": [kind, {"type": "null"}], "title": "Expiresat"});
    let time = json!({"type": "string", "format": "date-time"});
    for (rule, property, expected) in [
        (
            "titles name nothing",
            json!({"type": "string", "title": "Title"}),
            "String",
        ),
        (
            "any version of UUID",
            json!({"type": "string", "format": "uuid4"}),
            "Uuid",
        ),
        ("a time", time.clone(), "DateTime"),
        ("a secret", json!({"type": "string", "format": "password"}), "Secret"),
        ("anyOf with null", with_null(time.clone()), "DateTime | null"),
        (
            "oneOf with null",
            json!({"oneOf": [{"type": "null"}, time]}),
            "DateTime | null",
        ),
        (
            "null among the types",
            json!({"type": ["string", "null"], "format": "date-time"}),
            "DateTime | null",
        ),
        ("a list of one type", json!({"type": ["integer"]}), "i64"),
        ("null alone", json!({"type": "null"}), "null"),
        ("null alone in a list", json!({"type": ["null"]}), "null"),
        (
            "null as the only alternative",
            json!({"anyOf": [{"type": "null"}]}),
            "null",
        ),
        ("null as a constant", json!({"const": null}), "null"),
        ("null as the only value", json!({"enum": [null]}), "null"),
        ("any JSON may be null as it is", with_null(json!({})), "any"),
        (
            "null in the only part",
            json!({"allOf": [{"type": ["string", "null"]}, {"description": "d"}]}),
            "String | null",
        ),
        (
            "null in the only alternative",
            json!({"oneOf": [{"type": ["string", "null"]}]}),
            "String | null",
        ),
        (
            "a component",
            json!({"$ref": "#/components/schemas/HTTPOther"}),
            "HTTPOther",
        ),
        (
            "a component or null",
            with_null(json!({"$ref": "#/components/schemas/HTTPOther"})),
            "HTTPOther | null",
        ),
        (
            "a limited string is a type",
            json!({"type": "string", "minLength": 1}),
            "TP",
        ),
        (
            "a length of at least 0 is no limit",
            json!({"type": "string", "minLength": 0}),
            "String",
        ),
        (
            "an object is a type",
            json!({"type": "object", "properties": {"a": {}}}),
            "TP",
        ),
        ("an enum is a type", json!({"enum": ["a", "b"]}), "TP"),
        ("a constant is an enum", json!({"const": "a"}), "TP"),
        (
            "items",
            json!({"type": "array", "items": {"type": "string", "maxLength": 3}}),
            "[TPItem]",
        ),
        (
            "a map",
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            "{i64}",
        ),
    ] {
        let mut description = with_property(&property);
        description["components"]["schemas"]["T"]["title"] = "Other".into();
        let api = api(&description);
        let found = field(&api, "T", "p");
        assert_eq!(ty(&api, &found.ty), expected, "{rule}");
        for keywords in [&found.keywords, &def(&api, "T").keywords] {
            assert!(!keywords.iter().any(|(keyword, _)| keyword == "title"), "{rule}");
        }
    }
}

#[test]
fn types_with_names_are_of_six_kinds() {
    for (schema, expected) in [
        (
            json!({"type": "object", "required": ["aB"], "properties": {"aB": {"type": "boolean"}, "type": {}}}),
            "struct {a_b: bool, type_?: any}",
        ),
        (
            json!({"properties": {"a": {"type": "number"}}, "additionalProperties": {"type": "integer", "format": "int32"}}),
            "struct {a?: f64, ...: i32}",
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false, "minItems": 2}),
            "(String, i64)",
        ),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}, {"$ref": "#/components/schemas/HTTPOther"}]}),
            "enum String(String), Integer(i64), HttpOther(HTTPOther)",
        ),
        (
            json!({"oneOf": [
                {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}},
                {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["b", "c"]}}},
            ]}),
            "enum by kind A[a](TPObject), B[b|c](TPObject2)",
        ),
        (json!({"enum": ["a", "b", "a"]}), "\"a\" | \"b\""),
        (
            json!({"type": "string", "minLength": 1, "maxLength": 5}),
            "1..5 characters",
        ),
        (json!({"type": "string", "maxLength": 5}), "..5 characters"),
    ] {
        let api = api(&with_property(&schema));
        assert_eq!(kind(&api, "TP"), expected, "{schema}");
    }
    let api = api(&with_component(
        &json!({"type": ["array", "null"], "items": {"type": "string"}}),
    ));
    assert_eq!(kind(&api, "T"), "[String]");
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
    let api = api(&with_component(&schema));
    let thing = def(&api, "T");
    assert_eq!(thing.doc.text(thing.kind.description()), "A thing.");
    for (name, states, doc, message) in [
        (
            "name",
            (true, false, false),
            "Its name.\n\n1 to 5 characters.",
            Message::None,
        ),
        ("until", (true, true, false), "The property `until`.", Message::None),
        (
            "since",
            (false, true, true),
            "The property `since`.\n\nThe server's default is `\"now\"`.",
            Message::None,
        ),
        ("loc", (false, false, false), "The property `loc`.", Message::Location),
    ] {
        let field = field(&api, "T", name);
        let found = (field.required, field.ty.is_nullable(), field.has_three_states());
        assert_eq!(found, states, "{name}");
        assert_eq!(field.doc, doc, "{name}");
        assert_eq!(message_of(&api, field), message, "{name}");
    }

    assert_eq!(kind(&api, "TName"), "1..5 characters");
    let Kind::Text { subject, .. } = &def(&api, "TName").kind else {
        unreachable!("it is a text");
    };
    assert_eq!(subject, "T.name");
    assert_eq!(kind(&api, "TLocItem"), "enum String(String), Integer(i64)");
    let Kind::Union { variants, .. } = &def(&api, "TLocItem").kind else {
        unreachable!("it is a union");
    };
    let docs = variants.iter().map(|variant| variant.doc.as_str());
    assert_eq!(docs.collect::<Vec<_>>(), ["A string.", "An integer."]);
    assert_eq!(def(&api, "HTTPOther").key, "HttpOther");
}
