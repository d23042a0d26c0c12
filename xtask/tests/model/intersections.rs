//! Several schemas of one thing: two parts of an `allOf`, and a `$ref` with keywords beside it.

use serde_json::{Value, json};

use crate::{
    description::with_component,
    text::{api, field, kind, notes, ty},
};

fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A description of `T`, beside which there are other components.
fn description(component: &Value) -> Value {
    let mut description = with_component(component);
    let next = |to: &str, name: &str| json!({"properties": {"next": refer(to), name: {"type": "integer"}}});
    for (name, schema) in [
        (
            "Pet",
            json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}),
        ),
        (
            "Dog",
            json!({"allOf": [refer("Pet"), {"properties": {"bark": {"type": "boolean"}}}]}),
        ),
        (
            "Status",
            json!({"type": "string", "enum": ["draft", "submitted", "done"]}),
        ),
        ("Pets", json!({"type": "array", "items": refer("Pet")})),
        ("Pot", json!({"oneOf": [refer("Pet"), refer("Pan")]})),
        (
            "Pan",
            json!({"type": "object", "properties": {"lid": {"type": "string"}}}),
        ),
        ("Count", json!({"type": "integer"})),
        ("One", next("One", "x")),
        ("Two", next("Two", "y")),
        (
            "NullOne",
            json!({"type": ["object", "null"], "properties": {"a": {"type": "string"}}}),
        ),
        (
            "NullTwo",
            json!({"type": ["object", "null"], "properties": {"b": {"type": "string"}}}),
        ),
    ] {
        description["components"]["schemas"][name] = schema;
    }
    description
}

/// The type of the property `p` of `T`, and what it is if it is a type of its own.
fn property(description: &Value) -> (String, String) {
    let api = api(description);
    let found = &field(&api, "T", "p").ty;
    let own = found.refers_to().map_or(String::new(), |id| kind(&api, &api[id].name));
    (ty(&api, found), own)
}

/// What two parts say of a property, its type, and what that is if it is a type of its own.
type Row = (Value, Value, &'static str, &'static str);

const PET: &str = "struct {name: String, age?: i64}";
const DOG: &str = "struct {name: String, age?: i64, bark?: bool}";

fn list(items: &Value) -> Value {
    json!({"type": "array", "items": items})
}

/// Of the two, one says all.
fn narrower() -> Vec<Row> {
    let (time, text) = (
        json!({"type": "string", "format": "date-time"}),
        json!({"type": "string"}),
    );
    vec![
        // The same, or described anew.
        (text.clone(), text.clone(), "String", ""),
        (text.clone(), json!({"description": "d"}), "String", ""),
        (refer("Pet"), refer("Pet"), "Pet", PET),
        (refer("Pet"), json!({"description": "d", "readOnly": true}), "Pet", PET),
        // One is narrower.
        (refer("Pet"), refer("Dog"), "Dog", DOG),
        (refer("Dog"), refer("Pet"), "Dog", DOG),
        (refer("Pot"), refer("Pan"), "Pan", "struct {lid?: String}"),
        (json!({"type": "object"}), refer("Pet"), "Pet", PET),
        (refer("Pet"), json!({"type": "object"}), "Pet", PET),
        (text.clone(), time.clone(), "DateTime", ""),
        (time.clone(), text.clone(), "DateTime", ""),
        (json!({"type": "number"}), json!({"type": "integer"}), "i64", ""),
        (refer("Count"), json!({"type": "number"}), "i64", ""),
        (json!({"type": ["string", "integer"]}), text.clone(), "String", ""),
        // One only adds a rule.
        (json!({"type": "integer"}), json!({"maximum": 5}), "i64", ""),
        (json!({"minimum": 5}), json!({"type": "integer"}), "i64", ""),
        (list(&text), json!({"minItems": 2}), "[String]", ""),
        (refer("Pets"), json!({"maxItems": 2}), "Pets", "[Pet]"),
        (refer("Pet"), json!({"minProperties": 1}), "Pet", PET),
        (
            refer("Pet"),
            json!({"required": ["age"]}),
            "TP",
            "struct {name: String, age: i64}",
        ),
        (text.clone(), json!({"maxLength": 5}), "String", ""),
    ]
}

/// Each has something that the other has not.
fn wider() -> Vec<Row> {
    let object = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
    vec![
        (object("a"), object("b"), "TP", "struct {a: String, b: String}"),
        (
            refer("Pet"),
            object("b"),
            "TP",
            "struct {name: String, age?: i64, b: String}",
        ),
        (
            list(&object("a")),
            list(&object("b")),
            "[TPItem]",
            "struct {a: String, b: String}",
        ),
        (refer("Pets"), list(&refer("Dog")), "[Dog]", DOG),
        (
            json!({"type": "object", "additionalProperties": object("a")}),
            json!({"additionalProperties": object("b")}),
            "{TPValue}",
            "struct {a: String, b: String}",
        ),
        (refer("Status"), json!({"const": "draft"}), "TP", "\"draft\""),
        (
            refer("Status"),
            json!({"enum": ["done", "draft"]}),
            "TP",
            "\"draft\" | \"done\"",
        ),
        // Null, where both allow it.
        (
            refer("NullOne"),
            refer("NullTwo"),
            "TP | null",
            "struct {a?: String, b?: String}",
        ),
        (refer("NullOne"), object("b"), "TP", "struct {a?: String, b: String}"),
        (
            json!({"type": ["string", "null"]}),
            json!({"type": ["string", "null"], "format": "date"}),
            "Date | null",
            "",
        ),
        (
            json!({"type": ["string", "null"]}),
            json!({"format": "date"}),
            "Date | null",
            "",
        ),
    ]
}

#[test]
fn a_property_of_two_parts_is_what_both_say() {
    for (before, after, expected, own) in narrower().into_iter().chain(wider()) {
        let row = format!("{before} and {after}");
        for (found, of) in [
            (
                property(&description(&json!({"allOf": [
                    {"type": "object", "properties": {"p": before}}, {"properties": {"p": after}},
                ]}))),
                "properties",
            ),
            (
                property(&description(&json!({"properties": {"p": {"allOf": [before, after]}}}))),
                "an allOf",
            ),
        ] {
            assert_eq!(found, (expected.to_owned(), own.to_owned()), "{row} in {of}");
        }
    }
}

#[test]
fn keywords_beside_a_reference_count_since_openapi_3_1() {
    for (keywords, expected, own, note) in [
        (
            json!({"required": ["age"]}),
            "TP",
            "struct {name: String, age: i64}",
            None,
        ),
        (
            json!({"properties": {"chip": {"type": "string"}}}),
            "TP",
            "struct {name: String, age?: i64, chip?: String}",
            None,
        ),
        (
            json!({"additionalProperties": {"type": "integer"}}),
            "TP",
            "struct {name: String, age?: i64, ...: i64}",
            None,
        ),
        (
            json!({"oneOf": [{"properties": {"fur": {"type": "string"}}}, {"properties": {"fin": {"type": "string"}}}]}),
            "TP",
            "enum Fur(TPFur), Fin(TPFin)",
            None,
        ),
        (
            json!({"type": "object", "description": "d", "default": {}}),
            "Pet",
            PET,
            None,
        ),
        (json!({"minProperties": 1}), "Pet", PET, None),
        (
            json!({"not": {"minProperties": 9}}),
            "Pet",
            PET,
            Some("unchecked-keyword"),
        ),
    ] {
        let mut schema = refer("Pet");
        schema
            .as_object_mut()
            .expect("an object")
            .extend(keywords.as_object().cloned().expect("an object"));
        let mut description = description(&json!({"properties": {"p": schema}}));
        assert_eq!(
            property(&description),
            (expected.to_owned(), own.to_owned()),
            "{keywords}"
        );
        let notes = self::notes(&description);
        let is_expected = match (note, notes.as_slice()) {
            (Some(code), [single]) => single.starts_with(&format!("note[{code}]: ")),
            (None, []) => true,
            _ => false,
        };
        assert!(is_expected, "{keywords}: {notes:?}");
        // Before, they count for nothing, which is nothing to report.
        description["openapi"] = json!("3.0.3");
        assert_eq!(
            property(&description),
            ("Pet".to_owned(), PET.to_owned()),
            "{keywords} in 3.0"
        );
        assert_eq!(self::notes(&description), [""; 0]);
    }
}

#[test]
fn what_both_say_of_themselves_is_one_type() {
    let both = json!({"allOf": [refer("One"), refer("Two")]});
    for (component, type_name, expected) in [
        (both.clone(), "T", "struct {next?: TNext, x?: i64, y?: i64}"),
        (both.clone(), "TNext", "struct {next?: TNext, x?: i64, y?: i64}"),
        (
            json!({"properties": {"p": both}}),
            "TP",
            "struct {next?: TPNext, x?: i64, y?: i64}",
        ),
    ] {
        let api = api(&description(&component));
        assert_eq!(kind(&api, type_name), expected);
    }
}
