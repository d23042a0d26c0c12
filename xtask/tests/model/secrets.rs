//! Secrets, which are never any value that is printed.

use serde_json::json;
use xtask::input::rule::Rule;

use crate::{
    description::{analyzed, with_property},
    text::{api, errors_text, field, ty},
};

#[test]
fn a_secret_stays_one_whatever_stands_beside_it() {
    for property in [
        json!({"anyOf": [{"type": "string"}, {"type": "null"}], "format": "password"}),
        json!({"type": ["string", "null"], "format": "password", "maxLength": 9}),
        json!({"type": "string", "format": "password", "nullable": true, "minLength": 1}),
    ] {
        let api = api(&with_property(&property));
        assert_eq!(ty(&api, &field(&api, "T", "p").ty), "Secret | null", "{property}");
    }
}

#[test]
fn a_secret_that_would_be_printed_is_an_error_where_it_stands() {
    let secret = json!({"type": "string", "format": "password"});
    let reference = json!({"$ref": "#/components/schemas/Secret"});
    for (property, place) in [
        (json!({"type": "integer", "format": "password"}), ""),
        (json!({"type": ["string", "integer"], "format": "password"}), "/type/1"),
        (
            json!({"type": "array", "items": {"type": "string"}, "format": "password"}),
            "",
        ),
        (json!({"type": "array", "items": [reference]}), ""),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, reference]}),
            "",
        ),
        (json!({"type": "array", "contains": reference}), "/contains"),
        (
            json!({"type": "array", "items": {"allOf": [reference, {"type": "integer"}]}}),
            "/items",
        ),
        (
            json!({"properties": {"a": reference}, "patternProperties": {"b": secret, "c": {}}}),
            "/patternProperties",
        ),
        (
            json!({"patternProperties": {"b": reference}, "additionalProperties": true}),
            "/patternProperties",
        ),
        (
            json!({"properties": {"a": reference}, "if": {"properties": {"b": secret}}}),
            "/if",
        ),
        (json!({"properties": {"a": reference}, "contains": secret}), "/contains"),
        (
            json!({"allOf": [{"properties": {"a": reference}}, {"properties": {"a": {"type": "integer"}}}]}),
            "/allOf/1/properties/a",
        ),
        (
            json!({"allOf": [{"properties": {}, "propertyNames": secret}, {"minProperties": 1}]}),
            "/allOf/0/propertyNames",
        ),
    ] {
        let mut description = with_property(&property);
        description["components"]["schemas"]["Secret"] = secret.clone();
        let errors = analyzed(&description, true).unwrap_err();
        assert_eq!(errors.len(), 1, "{property}: {}", errors_text(&errors));
        let expected = format!("#/components/schemas/T/properties/p{place}");
        assert_eq!(errors[0].pointer().unwrap().to_string(), expected, "{property}");
        assert_eq!(errors[0].rule(), Rule::ExposedSecret);
        assert!(errors[0].message().contains("which would be printed"), "{}", errors[0]);
        // Otherwise, no operation is left that it could be printed of.
        assert!(analyzed(&description, false).unwrap().api.operations.is_empty());
    }
}
