//! What the description says and the client does not.

use serde_json::{Value, json};

use crate::{
    description::{with_component, with_property},
    text::notes,
};

#[test]
fn what_is_lost_is_noted() {
    for (property, code, note) in [
        (json!(false), "never-valid", ": no value fits it, so it is left out"),
        (
            json!({"type": "text"}),
            "unknown-type",
            ": `text` is no type of JSON Schema: any JSON is taken",
        ),
        (
            json!({"type": []}),
            "malformed-keyword",
            "/type: `type` is not what it should be, and not used",
        ),
        (
            json!({"type": "array", "items": false}),
            "never-valid",
            "/items: no item fits it, so only an empty list is valid: any JSON is taken",
        ),
        (
            json!({"allOf": [false, {"type": "string"}]}),
            "never-valid",
            "/allOf/0: no value fits it: the others alone make the type",
        ),
        (
            json!({"type": "integer", "format": "unix-time"}),
            "unchecked-format",
            ": the format `unix-time` is not checked",
        ),
        (
            json!({"anyOf": []}),
            "empty-union",
            "/anyOf: a choice of no schemas: any JSON is taken",
        ),
        (
            json!({"anyOf": [{"$ref": "#/components/schemas/T/properties/p"}, {"type": "string"}, {"type": "number"}]}),
            "recursive-alternative",
            "/anyOf/0: the union that it stands in, to which it adds nothing",
        ),
        (
            json!({"type": "string", "maxLength": -1}),
            "invalid-limit",
            "/maxLength: `maxLength` is -1, which is no limit, and not checked",
        ),
        (
            json!({"type": "number", "multipleOf": 0}),
            "invalid-limit",
            "/multipleOf: `multipleOf` is 0, which is no limit, and not checked",
        ),
        (
            json!({"type": "string", "minLength": 2, "maxLength": 1}),
            "impossible-limits",
            ": no string is as long as this asks for: `minLength` and `maxLength` are not checked",
        ),
        (
            json!({"type": "number", "minimum": 2, "exclusiveMaximum": 2}),
            "impossible-limits",
            ": no number is as large as this asks for: its limits are not checked",
        ),
        (
            json!({"properties": []}),
            "malformed-keyword",
            "/properties: `properties` is not what it should be, and not used",
        ),
        (
            json!({"properties": {"a": {}}, "required": true}),
            "malformed-keyword",
            "/required: `required` is not what it should be, and not used",
        ),
        (
            json!({"allOf": [{"type": "string"}, {"type": "integer"}]}),
            "conflicting-types",
            ": its parts have different types: any JSON is taken",
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, {}]}),
            "open-tuple",
            "/prefixItems: a list that may be shorter or longer: its items are any JSON",
        ),
        (
            json!({"type": "string", "format": "email"}),
            "unchecked-format",
            ": the format `email` is not checked: a String",
        ),
        (
            json!({"type": "string", "not": {"const": "a"}}),
            "unchecked-keyword",
            "/not: `not` is not checked by the client",
        ),
        (
            json!({"type": "string", "pattern": "(?i)a"}),
            "invalid-pattern",
            "/pattern: no pattern of ECMA-262 (Invalid group modifier): it is not checked by the client",
        ),
    ] {
        let expected = format!("note[{code}]: #/components/schemas/T/properties/p{note}");
        assert_eq!(notes(&with_property(&property)), [expected]);
    }
}

#[test]
fn what_is_lost_of_choices_and_unions_is_noted() {
    for (property, code, note) in [
        (
            json!({"type": "string", "enum": ["a", 1, true]}),
            "enum-type-mismatch",
            "/enum: not of the type string, and left out of the choice: if they are strings, put them in quotes: `1`, `true`",
        ),
        (
            json!({"type": "integer", "enum": ["1"]}),
            "enum-type-mismatch",
            "/enum: not of the type integer, and left out of the choice: `\"1\"`",
        ),
        (
            json!({"type": "array", "items": {}, "enum": [[1]]}),
            "unchecked-keyword",
            "/enum: `enum` lists what is no string, number or boolean, and is not checked by the client",
        ),
        (
            json!({
                "type": "object",
                "properties": {"a": {}, "b": {}},
                "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
            }),
            "unchecked-keyword",
            "/anyOf: its alternatives only demand properties, which is not checked by the client",
        ),
        (
            json!({"enum": []}),
            "never-valid",
            "/enum: no value is valid: the choice is not checked",
        ),
        (
            json!({"oneOf": [{"type": "object", "properties": {"a": {}}}, {"type": "string"}], "discriminator": {}}),
            "unusable-discriminator",
            "/discriminator: without a `propertyName`: the alternatives are told apart by what fits",
        ),
        (
            json!({
                "oneOf": [
                    {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}},
                    {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}}},
                ],
                "discriminator": {"propertyName": "kind", "mapping": {"t": "T"}},
            }),
            "unusable-mapping",
            "/discriminator/mapping/t: \"T\" is no alternative: a value of it is kept as `Unknown`",
        ),
        (
            json!({
                "oneOf": [
                    {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}},
                    {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}}},
                ],
                "discriminator": {"propertyName": "kind", "mapping": ["a", "b"]},
            }),
            "unusable-mapping",
            "/discriminator/mapping: no object of values and the components that they stand for: it is left aside",
        ),
        (
            json!({
                "oneOf": [
                    {"type": "object", "required": ["a"], "properties": {"a": {}}},
                    {"type": "object", "required": ["b"], "properties": {"b": {}}},
                ],
                "discriminator": {"propertyName": "kind"},
            }),
            "unusable-discriminator",
            "/discriminator: `kind` does not tell all alternatives apart: what fits decides",
        ),
        (
            json!({"anyOf": [
                {"title": "one", "type": "object", "properties": {"a": {}}},
                {"title": "other", "type": "object", "required": ["b"], "properties": {"b": {}}},
            ]}),
            "overlapping-alternatives",
            "/anyOf: a value with properties of both `one` and `other` is kept as `Unknown`: if that is meant, describe one object \
             with the properties of all in openapi/overlay.yaml",
        ),
        (
            json!({"anyOf": [{"properties": {"a": {"type": "integer"}}}, {"type": "integer"}, {"properties": {"a": {}}}]}),
            "unstable-name",
            "/anyOf/0: nothing but its place tells it from another alternative, so its name changes with their order; \
             a `title` would name it",
        ),
    ] {
        let expected = format!("note[{code}]: #/components/schemas/T/properties/p{note}");
        let mut notes = notes(&with_property(&property));
        // The same holds of the others that are called alike.
        notes.retain(|note| code != "unstable-name" || note == &expected);
        assert_eq!(notes, [expected]);
    }
}

#[test]
fn alternatives_that_cannot_hold_at_once_are_not_noted() {
    let object = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties});
    let first = object(&["k"], json!({"k": {"type": "string", "enum": ["a"]}, "x": {}}));
    let with = |mut schema: Value, keyword: &str, value: Value| {
        schema[keyword] = value;
        schema
    };
    for (keyword, first, second, is_noted) in [
        ("anyOf", first.clone(), object(&[], json!({"y": {}})), true),
        ("oneOf", first.clone(), object(&[], json!({"y": {}})), false),
        (
            "anyOf",
            first.clone(),
            object(&["k"], json!({"k": {"type": "string"}, "y": {}})),
            true,
        ),
        (
            "anyOf",
            first.clone(),
            object(&["k"], json!({"k": {"type": "integer"}, "y": {}})),
            false,
        ),
        (
            "anyOf",
            first.clone(),
            object(&[], json!({"k": {"type": "integer"}, "y": {}})),
            true,
        ),
        // One of them has a name for everything, keeps it, or forbids it.
        ("anyOf", first.clone(), object(&[], json!({"x": {}})), false),
        (
            "anyOf",
            first.clone(),
            with(object(&[], json!({"y": {}})), "additionalProperties", json!({})),
            false,
        ),
        (
            "anyOf",
            first.clone(),
            with(object(&[], json!({"y": {}})), "additionalProperties", json!(false)),
            false,
        ),
        ("anyOf", first, json!({"type": "integer"}), false),
    ] {
        let schema = json!({keyword: [first, second]});
        let notes = notes(&with_component(&schema));
        let found = notes
            .iter()
            .any(|note| note.starts_with("note[overlapping-alternatives]"));
        assert_eq!(found, is_noted, "{schema}");
    }
}

#[test]
fn what_is_lost_of_a_part_is_noted_where_it_stands() {
    for (parts, expected) in [
        (
            json!([{"type": "string", "not": {"const": "a"}}, {"not": {"const": "b"}, "maxLength": 3}]),
            [
                ("overridden-keyword", "0/not: `not` of another part holds instead"),
                ("unchecked-keyword", "1/not: `not` is not checked by the client"),
            ],
        ),
        (
            json!([{"type": "integer", "not": {"const": 1}}, {"if": {"const": 3}}]),
            [
                ("unchecked-keyword", "1/if: `if` is not checked by the client"),
                ("unchecked-keyword", "0/not: `not` is not checked by the client"),
            ],
        ),
        (
            json!([{"items": {"type": "string", "not": {}}}, {"type": "array", "contains": {}}]),
            [
                (
                    "unchecked-keyword",
                    "1/contains: `contains` is not checked by the client",
                ),
                ("unchecked-keyword", "0/items/not: `not` is not checked by the client"),
            ],
        ),
        (
            json!([{"properties": {"a": {"type": "integer"}}, "not": {}}, {"patternProperties": {"b": {}}}]),
            [
                ("unchecked-keyword", "0/not: `not` is not checked by the client"),
                (
                    "unchecked-names",
                    "1/patternProperties: the names are not checked by the client",
                ),
            ],
        ),
    ] {
        let description = with_property(&json!({"allOf": parts}));
        let expected =
            expected.map(|(code, note)| format!("note[{code}]: #/components/schemas/T/properties/p/allOf/{note}"));
        assert_eq!(notes(&description), expected, "{parts}");
    }
}
