//! The rules about schemas.

use serde_json::{Value, json};
use xtask::input::rule::Rule;

use crate::{Expected, Row, description::with_property, reports_on};

/// Where the property stands whose schema a row gives.
const PROPERTY: &str = "#/components/schemas/T/properties/p";

pub(crate) fn rows() -> Vec<Row> {
    let row = |(rule, schema, expected): (Rule, Value, Expected)| Row {
        rule,
        reports: reports_on(&with_property(&schema), matches!(expected, Expected::Error(_))),
        expected,
    };
    let at = |place: &str| format!("{PROPERTY}{place}");
    let notes = [typed(), composed(), followed()].into_iter().flatten();
    let notes = notes.map(|(rule, schema, place)| row((rule, schema, Expected::Note(at(place)))));
    let secrets = secrets().into_iter();
    let secrets = secrets.map(|(rule, schema, place)| row((rule, schema, Expected::Error(at(place)))));
    let deep = row((
        Rule::TooDeep,
        (0..100).fold(json!({}), |items, _| json!({"type": "array", "items": items})),
        Expected::Note(at(&"/items".repeat(99))),
    ));
    notes.chain(secrets).chain([deep]).collect()
}

/// A rule, the schema of a property, and where in it the rule is reported.
type Schema = (Rule, Value, &'static str);

/// Schemas of one type.
fn typed() -> Vec<Schema> {
    vec![
        (Rule::NeverValid, json!(false), ""),
        (
            Rule::NeverValid,
            json!({"type": "array", "items": {"allOf": [false]}}),
            "/items/allOf/0",
        ),
        (Rule::UnknownType, json!({"type": "text"}), ""),
        (Rule::UntypedItems, json!({"items": {}}), ""),
        (Rule::LargeInteger, json!({"type": "integer", "maximum": 1e30}), ""),
        (
            Rule::UncheckedKeyword,
            json!({"type": "integer", "not": {"const": 2}}),
            "/not",
        ),
        (
            Rule::ConditionalProperties,
            json!({"type": "object", "if": {}, "then": {"properties": {"a": {}}}}),
            "/then",
        ),
        (
            Rule::UncheckedKeyword,
            json!({"type": "array", "contains": {"type": "string"}}),
            "/contains",
        ),
        (Rule::UncheckedFormat, json!({"type": "string", "format": "email"}), ""),
        (
            Rule::InvalidLimit,
            json!({"type": "string", "maxLength": 1.5}),
            "/maxLength",
        ),
        (
            Rule::InvalidPattern,
            json!({"type": "string", "pattern": r"^a\Z"}),
            "/pattern",
        ),
        (
            Rule::ImpossibleLimits,
            json!({"type": "string", "minLength": 2, "maxLength": 1}),
            "",
        ),
        (
            Rule::UncheckedNames,
            json!({"patternProperties": {"^a": {}}}),
            "/patternProperties",
        ),
        (
            Rule::UndescribedProperty,
            json!({"properties": {"a": {}}, "required": ["b"]}),
            "",
        ),
        (Rule::MalformedKeyword, json!({"properties": []}), "/properties"),
        (
            Rule::MalformedKeyword,
            json!({"properties": {"a": {}}, "required": true}),
            "/required",
        ),
        (Rule::MalformedKeyword, json!({"anyOf": {}}), "/anyOf"),
        (Rule::MalformedKeyword, json!({"enum": "a"}), "/enum"),
        (Rule::MalformedKeyword, json!({"type": {}}), "/type"),
        (
            Rule::MalformedKeyword,
            json!({"type": "string", "required": true}),
            "/required",
        ),
        (
            Rule::MalformedKeyword,
            json!({"type": "array", "items": "string"}),
            "/items",
        ),
        (
            Rule::MalformedKeyword,
            json!({"allOf": [{"additionalProperties": "string"}, {"properties": {"a": {}}}]}),
            "/allOf/0/additionalProperties",
        ),
        (Rule::BinaryText, json!({"type": "string", "format": "binary"}), ""),
        (
            Rule::EnumTypeMismatch,
            json!({"type": "string", "enum": ["a", 1]}),
            "/enum",
        ),
        (
            Rule::OpenTuple,
            json!({"prefixItems": [{"type": "string"}, {}]}),
            "/prefixItems",
        ),
        (
            Rule::OpenTuple,
            json!({"type": "array", "items": [{"type": "string"}]}),
            "/items",
        ),
    ]
}

/// Schemas that consist of others.
fn composed() -> Vec<Schema> {
    let properties = |letter: &str| {
        let alternatives = (0..7).map(|number| json!({"properties": {format!("{letter}{number}"): {}}}));
        alternatives.collect::<Vec<_>>()
    };
    vec![
        (Rule::EmptyUnion, json!({"oneOf": []}), "/oneOf"),
        (
            Rule::UnusableDiscriminator,
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}], "discriminator": {"propertyName": "a"}}),
            "/discriminator",
        ),
        (
            Rule::UnusableMapping,
            json!({
                "oneOf": [{"type": "string"}, {"type": "integer"}],
                "discriminator": {"propertyName": "a", "mapping": {"x": "#/components/schemas/Missing"}},
            }),
            "/discriminator/mapping/x",
        ),
        (
            Rule::OptionalDiscriminator,
            json!({
                "oneOf": [{"$ref": "#/components/schemas/T"}, {"$ref": "#/components/schemas/HTTPOther"}],
                "discriminator": {"propertyName": "p"},
            }),
            "",
        ),
        (
            Rule::OverlappingAlternatives,
            json!({"anyOf": [
                {"type": "object", "properties": {"a": {}}},
                {"type": "object", "required": ["b"], "properties": {"b": {}}},
            ]}),
            "/anyOf",
        ),
        (
            Rule::UnstableName,
            json!({"oneOf": [{"properties": {"a": {}}}, {"properties": {"a": {"type": "string"}}}]}),
            "/oneOf/0",
        ),
        (
            Rule::RecursiveAlternative,
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}, {"$ref": PROPERTY}]}),
            "/oneOf/2",
        ),
        (
            Rule::DuplicateAlternative,
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "string"}]}),
            "/oneOf/2",
        ),
        (
            Rule::ConflictingTypes,
            json!({"allOf": [{"type": "string"}, {"type": "integer"}]}),
            "",
        ),
        (
            Rule::OverriddenKeyword,
            json!({"allOf": [{"type": "string", "format": "date"}, {"format": "uuid"}]}),
            "/allOf/0/format",
        ),
        (
            Rule::TooManyCombinations,
            json!({"anyOf": properties("a"), "oneOf": properties("b")}),
            "",
        ),
    ]
}

/// Schemas that cannot be followed.
fn followed() -> Vec<Schema> {
    let within_parts = |part: Value| json!({"allOf": [part, {"properties": {"a": {}}}]});
    vec![
        (Rule::DanglingReference, json!({"$ref": "#/nowhere"}), "/$ref"),
        (
            Rule::DanglingReference,
            within_parts(json!({"$ref": "#/nowhere"})),
            "/allOf/0/$ref",
        ),
        (Rule::ExternalReference, json!({"$ref": "other.yaml#/T"}), "/$ref"),
        (
            Rule::ExternalReference,
            within_parts(json!({"$ref": "other.yaml#/T"})),
            "/allOf/0/$ref",
        ),
        (Rule::MalformedReference, json!({"$ref": 5}), "/$ref"),
        (
            Rule::RecursiveReference,
            json!({"$recursiveRef": "#"}),
            "/$recursiveRef",
        ),
        (
            Rule::MalformedReference,
            within_parts(json!({"$ref": 5})),
            "/allOf/0/$ref",
        ),
        (Rule::CircularReference, json!({"$ref": PROPERTY}), "/$ref"),
        (Rule::MalformedSchema, json!("string"), ""),
    ]
}

/// Secrets, marked or not.
fn secrets() -> Vec<Schema> {
    vec![
        (
            Rule::ExposedSecret,
            json!({"type": "integer", "format": "password"}),
            "",
        ),
        (
            Rule::ExposedSecret,
            json!({"type": "array", "contains": {"format": "password"}}),
            "/contains",
        ),
    ]
}
