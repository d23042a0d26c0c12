//! What schemas demand of values besides their types, and where that holds.

use serde_json::{Value, json};

use crate::{
    description::{with_component, with_property},
    text::{api, def, field, kind, rules},
};

/// What holds for the property `p` of `T`.
fn of_property(schema: &Value) -> String {
    rules(&field(&api(&with_property(schema)), "T", "p").rules)
}

#[test]
fn what_holds_for_a_property_is_merged() {
    let other = json!({"$ref": "#/components/schemas/HTTPOther"});
    for (schema, expected) in [
        (
            json!({"type": "string", "minLength": 1, "maxLength": 5.0}),
            r#" where {"minLength":1,"maxLength":5}"#,
        ),
        (json!({"type": "string", "minLength": 0}), ""),
        (
            json!({"allOf": [{"type": "string", "maxLength": 9}, {"maxLength": 4, "pattern": "a"}, {"pattern": "b"}]}),
            r#" where {"maxLength":4,"pattern":"a","allOf":[{"pattern":"b"}]}"#,
        ),
        (
            json!({"allOf": [{"type": "integer", "minimum": 2}, {"minimum": 1, "multipleOf": 3}, {"multipleOf": 2}]}),
            r#" where {"minimum":2,"multipleOf":3,"allOf":[{"multipleOf":2}]}"#,
        ),
        (
            json!({"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]}),
            r#" where {"maxLength":5}"#,
        ),
        (
            json!({"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}], "minLength": 2}),
            r#" where {"minLength":2,"maxLength":5}"#,
        ),
        (
            json!({"type": ["string", "null"], "maxLength": 5}),
            r#" where {"maxLength":5}"#,
        ),
        (
            json!({"oneOf": [{"type": "string", "maxLength": 5}]}),
            r#" where {"maxLength":5}"#,
        ),
        (
            json!({"minimum": 1, "maxLength": 2}),
            r#" where {"maxLength":2,"minimum":1}"#,
        ),
        (
            json!({"type": "array", "maxItems": 2, "items": {"type": "array", "items": {"type": "string", "pattern": "a"}}}),
            r#" where {"maxItems":2,"items":{"items":{"pattern":"a"}}}"#,
        ),
        (
            json!({"allOf": [{"type": "array", "items": {"type": "string", "maxLength": 9}}, {"items": {"minLength": 2}}]}),
            r#" where {"items":{"minLength":2,"maxLength":9}}"#,
        ),
        (
            json!({"additionalProperties": {"type": "string", "maxLength": 2}, "propertyNames": {"maxLength": 3}}),
            r#" where {"propertyNames":{"maxLength":3},"additionalProperties":{"maxLength":2}}"#,
        ),
        // What a name decides holds for some properties alone.
        (
            json!({"patternProperties": {"^a": {"type": "string", "maxLength": 2}}}),
            "",
        ),
        // A component has its rules itself.
        (other.clone(), ""),
        (json!({"allOf": [other], "description": "d"}), ""),
        (
            json!({"$ref": "#/components/schemas/HTTPOther", "maxLength": 2}),
            r#" where {"maxLength":2}"#,
        ),
        (
            json!({"anyOf": [{"$ref": "#/components/schemas/HTTPOther"}, {"type": "null"}]}),
            "",
        ),
        // An object within has them, too.
        (
            json!({"type": "object", "properties": {"a": {}}, "minProperties": 1}),
            "",
        ),
    ] {
        assert_eq!(of_property(&schema), expected, "{schema}");
    }
}

#[test]
fn before_openapi_3_1_a_limit_may_be_a_flag() {
    let limited =
        json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": false});
    let mut description = with_property(&limited);
    description["openapi"] = "3.0.3".into();
    let api = api(&description);
    let expected = r#" where {"exclusiveMinimum":1,"maximum":5}"#;
    assert_eq!(rules(&field(&api, "T", "p").rules), expected);
}

#[test]
fn what_holds_under_a_condition_is_no_rule() {
    let schema = json!({"type": "object", "properties": {"a": {}}, "then": {"properties": {"b": {"type": "string", "maxLength": 2}}}, "if": {}});
    let api = api(&with_component(&schema));
    assert_eq!(kind(&api, "T"), "struct {a?: any, b?: String}");
}

#[test]
fn types_with_names_have_their_own_rules() {
    for (schema, own, kind_of) in [
        (
            json!({"type": "string", "maxLength": 2}),
            r#" where {"maxLength":2}"#,
            r#"String where {"maxLength":2}"#,
        ),
        (
            json!({"type": "object", "properties": {"a": {}}, "minProperties": 1, "additionalProperties": {"type": "integer", "minimum": 1}}),
            r#" where {"minProperties":1,"additionalProperties":{"minimum":1}}"#,
            "struct {a?: any, ...: i64}",
        ),
        (
            json!({"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer", "minimum": 1}]}),
            "",
            r#"enum String(String where {"maxLength":2}), Integer(i64 where {"minimum":1})"#,
        ),
        // Of two alternatives of one type, a value may keep the rules of either.
        (
            json!({"anyOf": [{"type": "string", "maxLength": 2}, {"type": "string", "pattern": "a"}, {"type": "integer"}]}),
            "",
            "enum String(String), Integer(i64)",
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "string", "maxLength": 2}, {"type": "integer"}], "minItems": 2, "maxItems": 2}),
            r#" where {"minItems":2,"maxItems":2}"#,
            r#"(String where {"maxLength":2}, i64)"#,
        ),
    ] {
        let api = api(&with_component(&schema));
        assert_eq!(rules(&def(&api, "T").rules), own, "{schema}");
        assert_eq!(kind(&api, "T"), kind_of, "{schema}");
    }
}
