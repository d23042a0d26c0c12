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

/// A property of that schema has that type, and its title names nothing.
fn check_property(rule: &str, property: &Value, expected: &str) {
    let mut description = with_property(property);
    description["components"]["schemas"]["T"]["title"] = "Other".into();
    let api = api(&description);
    let found = field(&api, "T", "p");
    assert_eq!(ty(&api, &found.ty), expected, "{rule}");
    for keywords in [&found.keywords, &def(&api, "T").keywords] {
        assert!(!keywords.iter().any(|(keyword, _)| keyword == "title"), "{rule}");
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
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
            "a limited string is a string",
            json!({"type": "string", "minLength": 1}),
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
            "[String]",
        ),
        (
            "a map of what names decide",
            json!({"additionalProperties": {"type": "string"}, "patternProperties": {"^n": {"type": "integer"}}}),
            "{TPValue}",
        ),
        (
            "properties without a type",
            json!({"type": "dict", "properties": {"a": {}}}),
            "TP",
        ),
        (
            "several types, each with its own keywords",
            json!({"type": ["string", "object", "array"], "maxLength": 3, "properties": {"a": {}}, "items": {"type": "integer"}}),
            "TP",
        ),
        (
            "null in OpenAPI 2",
            json!({"type": "string", "x-nullable": true}),
            "String | null",
        ),
        (
            "items, and a word that is no type",
            json!({"type": "list", "items": {"type": "string"}}),
            "[String]",
        ),
        ("items without a type", json!({"items": {"type": "string"}}), "TP"),
        (
            "a map",
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            "{i64}",
        ),
    ] {
        check_property(rule, &property, expected);
    }
}

#[test]
fn numbers_hold_the_values_that_the_description_names() {
    for (rule, property, expected) in [
        (
            "unsigned by an example beyond the signed",
            json!({"type": "integer", "minimum": 0, "example": 18_446_744_073_709_551_615_u64}),
            "u64",
        ),
        (
            "an example beyond 64 bits",
            json!({"type": "integer", "example": 1e30}),
            "Number",
        ),
        (
            "an example beyond the bits of the format, which is wrong",
            json!({"type": "integer", "format": "int32", "examples": [1, 4_294_967_296_i64]}),
            "i32",
        ),
        (
            "an example that is no number",
            json!({"type": "integer", "format": "int32", "example": "4294967296"}),
            "i32",
        ),
        ("a type twice", json!({"type": ["integer", "integer"]}), "i64"),
        (
            "items that are only evaluated by what is left",
            json!({"type": "array", "unevaluatedItems": {"type": "integer"}}),
            "[i64]",
        ),
        (
            "a number with a limit that no float is",
            json!({"type": "number", "maximum": 9_223_372_036_854_775_807_i64}),
            "Number",
        ),
        (
            "a number with an example that no float is",
            json!({"type": "number", "examples": [1.5, 9_007_199_254_740_993_i64]}),
            "Number",
        ),
        (
            "a number with a large default that a float is",
            json!({"type": "number", "default": 9_007_199_254_740_992_i64, "minimum": -1e30}),
            "f64",
        ),
    ] {
        check_property(rule, &property, expected);
    }
}

#[test]
fn numbers_have_the_bits_that_their_limits_ask_for() {
    for (rule, property, expected) in [
        (
            "a float has 64 bits, whatever its format",
            json!({"type": "number", "format": "float"}),
            "f64",
        ),
        (
            "a number whose format is that of integers",
            json!({"type": "number", "format": "int64"}),
            "Number",
        ),
        (
            "an integer has the bits of its format",
            json!({"type": "integer", "format": "int32", "maximum": 9}),
            "i32",
        ),
        (
            "unless a limit is beyond them",
            json!({"type": "integer", "format": "int32", "exclusiveMaximum": 2_147_483_649_i64}),
            "i64",
        ),
        (
            "the last value of a format is within it",
            json!({"type": "integer", "format": "int32", "exclusiveMaximum": 2_147_483_648_i64}),
            "i32",
        ),
        (
            "an unsigned format, and a limit below 0",
            json!({"type": "integer", "format": "uint64", "minimum": -1}),
            "i64",
        ),
        (
            "the lower limit of OpenAPI 3.0 is a flag",
            json!({"type": "integer", "format": "uint32", "minimum": -1, "exclusiveMinimum": true}),
            "u32",
        ),
        (
            "unsigned by an inclusive limit",
            json!({"type": "integer", "minimum": 0, "maximum": 18_446_744_073_709_551_615_u64}),
            "u64",
        ),
        (
            "unsigned by an exclusive limit",
            json!({"type": "integer", "minimum": 0, "exclusiveMaximum": 18_446_744_073_709_551_616.0}),
            "u64",
        ),
        (
            "unsigned by a limit beyond the signed",
            json!({"type": "integer", "exclusiveMinimum": -1, "maximum": 9_223_372_036_854_775_808_u64}),
            "u64",
        ),
        (
            "signed, by limits that JavaScript has rounded",
            json!({"type": "integer", "minimum": -9.223_372_036_854_776e18, "maximum": 9_223_372_036_854_776_000_u64}),
            "i64",
        ),
        (
            "beyond 64 bits",
            json!({"type": "integer", "minimum": -1, "maximum": 18_446_744_073_709_551_615_u64}),
            "Number",
        ),
        (
            "a smaller limit wins over a larger one",
            json!({"type": "integer", "maximum": 1e30, "exclusiveMaximum": 10}),
            "i64",
        ),
    ] {
        check_property(rule, &property, expected);
    }
}

#[test]
fn null_is_a_type_or_a_state() {
    for (rule, property, expected) in [
        ("null alone", json!({"type": "null"}), "null"),
        ("null alone in a list", json!({"type": ["null"]}), "null"),
        (
            "null as the only alternative",
            json!({"anyOf": [{"type": "null"}]}),
            "null",
        ),
        ("null as a constant", json!({"const": null}), "null"),
        ("null as the only value", json!({"enum": [null]}), "null"),
        (
            "any JSON may be null as it is",
            json!({"anyOf": [{}, {"type": "null"}]}),
            "any",
        ),
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
    ] {
        check_property(rule, &property, expected);
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
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
            json!({"properties": {"a": {"type": "number"}}, "additionalProperties": false}),
            "struct {a?: f64, ...: never}",
        ),
        (
            json!({
                "allOf": [{"properties": {"a": {"type": "number"}}}, {"properties": {"b": {"type": "integer"}}}],
                "unevaluatedProperties": false,
            }),
            "struct {a?: f64, b?: i64, ...: never}",
        ),
        (
            json!({
                "properties": {"a": {"type": "number"}},
                "patternProperties": {"^x-": {"type": "string"}},
                "additionalProperties": false,
            }),
            "struct {a?: f64, ...: String}",
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
            "enum by kind A[a](TPA), B[b|c](TPB)",
        ),
        (
            json!({
                "oneOf": [
                    {"type": "object", "properties": {"kind": {"enum": ["a"]}}},
                    {"type": "object", "properties": {"kind": {"const": "b"}}},
                ],
                "discriminator": {"propertyName": "kind"},
            }),
            "enum by kind A[a](TPA), B[b](TPB)",
        ),
    ] {
        let api = api(&with_property(&schema));
        assert_eq!(kind(&api, "TP"), expected, "{schema}");
    }
}

#[test]
fn types_with_names_are_of_six_kinds_also_where_others_make_them() {
    for (schema, expected) in [
        (
            json!({
                "oneOf": [{"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}}],
                "discriminator": {"propertyName": "kind", "mapping": {
                    "a": "#/components/schemas/T", "b": "#/components/schemas/HTTPOther",
                }},
            }),
            "enum by kind A[a](TPObject), HttpOther[b](HTTPOther)",
        ),
        (json!({"enum": ["a", "b", "a"]}), "\"a\" | \"b\""),
        (json!({"enum": [1, 2.0, 2]}), "1 | 2 in i64"),
        (
            json!({"type": "integer", "enum": [2], "allOf": [{"enum": [1, 2]}]}),
            "2 in i64",
        ),
        (
            json!({"allOf": [{"type": "integer", "enum": [1, 2]}, {"enum": [2]}]}),
            "2 in i64",
        ),
        (
            json!({"allOf": [{"type": "string", "enum": ["a", "b"]}, {"const": "b"}]}),
            "\"b\"",
        ),
        (json!({"type": "integer", "format": "int32", "enum": [1]}), "1 in i32"),
        (
            json!({"enum": [18_446_744_073_709_551_615_u64]}),
            "18446744073709551615 in u64",
        ),
        (json!({"type": "number", "enum": [1, 2]}), "1 | 2 in any"),
        (
            json!({"type": ["string", "integer"], "enum": ["a", 1]}),
            "\"a\" | 1 in any",
        ),
        (json!({"type": "string", "const": "a", "enum": ["a", "b"]}), "\"a\""),
        (json!({"oneOf": [{"const": 1}, {"const": 2}]}), "1 | 2 in i64"),
        (
            json!({"oneOf": [
                {"type": "object", "title": "Left", "properties": {"a": {}}},
                {"type": "object", "required": ["b", "c"], "properties": {"b": {}, "c": {}}},
                {"type": "array", "items": {"type": "string"}},
                {"type": "array", "items": {"type": "integer"}},
            ]}),
            "enum Left(TPLeft), B(TPB), StringArray([String]), IntegerArray([i64])",
        ),
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
            Message::Text,
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

    assert_eq!(kind(&api, "TLocItem"), "enum String(String), Integer(i64)");
    let Kind::Union { variants, .. } = &def(&api, "TLocItem").kind else {
        unreachable!("it is a union");
    };
    let docs = variants.iter().map(|variant| variant.doc.as_str());
    assert_eq!(docs.collect::<Vec<_>>(), ["A string.", "An integer."]);
    assert_eq!(def(&api, "HTTPOther").key, "HttpOther");
}

#[test]
fn properties_that_only_some_objects_have_may_be_absent() {
    let text = json!({"type": "string"});
    for (rule, component, expected) in [
        (
            "then and else",
            json!({"properties": {"a": text}, "if": {}, "then": {"required": ["b"], "properties": {"b": text}}, "else": {"properties": {"c": {}}}}),
            "struct {a?: String, b?: String, c?: any}",
        ),
        (
            "one that is always there",
            json!({"required": ["a"], "properties": {"a": text}, "then": {"properties": {"a": {"const": "x"}}}}),
            "struct {a: String}",
        ),
        (
            "of two types",
            json!({"properties": {}, "then": {"properties": {"b": text}}, "else": {"properties": {"b": {"type": "integer"}}}}),
            "struct {b?: TB}",
        ),
        (
            "in parts",
            json!({"allOf": [
                {"$ref": "#/components/schemas/HTTPOther"},
                {"if": {}, "then": {"properties": {"b": {"properties": {"x": text}, "required": ["x"]}}}},
                {"if": {}, "then": {"allOf": [{"properties": {"b": {"properties": {"y": text}, "required": ["y"]}}}]}},
            ]}),
            "struct {b?: TB}",
        ),
        (
            "by others",
            json!({"properties": {"a": text}, "dependentSchemas": {"a": {"properties": {"b": text}}}}),
            "struct {a?: String, b?: String}",
        ),
        (
            "required, and not described",
            json!({"required": ["a", "b"], "properties": {"a": text}}),
            "struct {a: String, b?: any}",
        ),
        (
            "required, and not described, among all others",
            json!({"required": ["b"], "properties": {"a": text}, "unevaluatedProperties": {"type": "integer"}}),
            "struct {a?: String, ...: i64}",
        ),
    ] {
        assert_eq!(kind(&api(&with_component(&component)), "T"), expected, "{rule}");
    }
}

#[test]
fn what_is_built_has_the_tag_that_may_be_absent() {
    let object = |kind: Value| json!({"type": "object", "properties": {"kind": kind}});
    let union = |names: Value| {
        json!({
            "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
            "discriminator": {"propertyName": "kind", "mapping": names},
        })
    };
    for (kind, mapping, other, expected) in [
        (json!({"const": "a"}), json!({}), json!({}), Some("a")),
        (json!({"enum": [1]}), json!({}), json!({}), Some("1")),
        (json!({"enum": [true]}), json!({}), json!({}), Some("true")),
        (
            json!({"enum": ["a", "c"], "default": "c"}),
            json!({}),
            json!({}),
            Some("c"),
        ),
        (json!({"enum": ["a", "c"]}), json!({}), json!({}), None),
        (json!({"type": "string"}), json!({"x": "A"}), json!({}), Some("x")),
        (
            json!({"type": "string"}),
            json!({"x": "A"}),
            json!({"x": "A"}),
            Some("x"),
        ),
        (json!({"type": "string"}), json!({"x": "A"}), json!({"y": "A"}), None),
        (
            json!({"type": "string", "format": "uuid"}),
            json!({"x": "A"}),
            json!({}),
            None,
        ),
        (
            json!({"type": ["string", "null"]}),
            json!({"x": "A"}),
            json!({}),
            Some("x"),
        ),
        (
            json!({"anyOf": [{"enum": ["a"]}, {"type": "null"}]}),
            json!({}),
            json!({}),
            Some("a"),
        ),
    ] {
        let mut description = with_component(&union(mapping.clone()));
        let schemas = &mut description["components"]["schemas"];
        schemas["A"] = object(kind.clone());
        schemas["B"] = object(json!({"const": "b"}));
        if other != json!({}) {
            schemas["Other"] = union(other);
        }
        let api = api(&description);
        assert_eq!(field(&api, "A", "kind").tag.as_deref(), expected, "{kind} {mapping}");
    }
}
