//! Schemas that stand in each other deeper than is followed, or without end.

use serde_json::{Value, json};
use xtask::{
    generate::{Inputs, Options},
    input::source::Source,
};

use crate::{
    description::{with_component, with_property},
    text::{api, kind, notes},
};

/// Deeper than anything that is followed.
const DEPTH: usize = 150;

/// The notes on a description, of which everything is generated.
fn generated(description: &Value) -> Vec<String> {
    let inputs = Inputs {
        description: Source::parse("description.json", &description.to_string()).unwrap(),
        overlay: None,
    };
    let generated = inputs.generate(Options::default());
    let generated = generated.unwrap_or_else(|errors| panic!("{}", errors[0]));
    generated.notes.iter().map(ToString::to_string).collect()
}

/// A description with a component for each of these schemas, `C0` and so on, of which `T` is the first.
fn chain(schema: impl Fn(usize, Value) -> Value) -> Value {
    let refer = |number: usize| json!({"$ref": format!("#/components/schemas/C{number}")});
    let mut description = with_component(&refer(0));
    for number in 0..DEPTH {
        description["components"]["schemas"][format!("C{number}")] = schema(number, refer(number + 1));
    }
    description["components"]["schemas"][format!("C{DEPTH}")] = json!({"type": "string"});
    description
}

#[test]
fn schemas_that_stand_too_deep_are_any_json() {
    type Outer = fn(Value) -> Value;
    for (outer, step) in [
        ((|inner| json!({"type": "array", "items": inner})) as Outer, "/items"),
        (
            |inner| json!({"type": "object", "additionalProperties": inner}),
            "/additionalProperties",
        ),
        (
            |inner| json!({"type": "object", "properties": {"a": inner}}),
            "/properties/a",
        ),
        (|inner| json!({"allOf": [inner]}), "/allOf/0"),
        (|inner| json!({"anyOf": [inner, {"type": "integer"}]}), "/anyOf/0"),
        (
            |inner| json!({"prefixItems": [inner, {"type": "integer"}], "items": false, "minItems": 2}),
            "/prefixItems/0",
        ),
    ] {
        let property = (0..DEPTH).fold(json!({"type": "string"}), |inner, _| outer(inner));
        let place = step.repeat(99);
        let note =
            format!("note[too-deep]: #/components/schemas/T/properties/p{place}: schemas stand in each other more");
        let notes = notes(&with_property(&property));
        assert!(notes.iter().any(|found| found.starts_with(&note)), "{notes:#?}");
    }
}

#[test]
fn parts_that_stand_too_deep_are_any_json() {
    let inner = json!({"type": "string"});
    let property = (0..DEPTH).fold(inner, |inner, _| json!({"allOf": [inner, {"maxLength": 9}]}));
    let notes = notes(&with_property(&property));
    let start = "note[too-deep]: #/components/schemas/T/properties/p/allOf/0/allOf/0";
    assert!(notes[0].starts_with(start), "{notes:#?}");
    assert!(
        notes[0].contains(": parts stand in each other more than 100 deep: any JSON is taken"),
        "{notes:#?}"
    );
}

#[test]
fn what_is_as_deep_as_a_file_can_be_is_generated() {
    let property = (0..110).fold(json!({}), |items, _| json!({"type": "array", "items": items}));
    let notes = generated(&with_property(&property));
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("note[too-deep]: "), "{notes:#?}");
}

#[test]
fn long_chains_of_references_are_followed_as_far_as_is_allowed() {
    let notes = generated(&chain(|_, next| next));
    let too_long = "more than 100 references lead from one to the next: any JSON is taken";
    for number in 0..50 {
        let start = format!("note[too-deep]: #/components/schemas/C{number}/$ref: {too_long}");
        assert!(
            notes.iter().any(|note| note.starts_with(&start)),
            "no {start} in {notes:#?}"
        );
    }

    // As types, they may be as many as there are.
    assert_eq!(
        generated(&chain(|_, next| json!({"properties": {"next": next}}))),
        [""; 0]
    );

    let extended = chain(|number, next| json!({"allOf": [next, {"properties": {format!("a{number}"): {}}}]}));
    let notes = generated(&extended);
    let start = "note[too-deep]: #/components/schemas/C50/allOf/0: parts stand in each other more than 100 deep";
    assert!(notes[0].starts_with(start), "{notes:#?}");
}

#[test]
fn references_in_a_circle_are_noted() {
    let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let itself = "a `$ref` to nothing but itself: any JSON is taken; correct it in openapi/overlay.yaml";
    let back = "it refers back to what it is a part of, which adds nothing";
    for (first, second, expected, kinds) in [
        (
            refer("Second"),
            refer("T"),
            vec![("Second/$ref", itself), ("T/$ref", itself)],
            ["any", "any"],
        ),
        (
            json!({"allOf": [refer("Second")]}),
            json!({"allOf": [refer("T")]}),
            vec![("Second/allOf/0/$ref", itself), ("T/allOf/0/$ref", itself)],
            ["any", "any"],
        ),
        (
            json!({"allOf": [refer("Second"), {"properties": {"a": {"type": "string"}}}]}),
            json!({"allOf": [{"properties": {"b": {"type": "string"}}}, refer("T")]}),
            vec![("T/allOf/0/$ref", back), ("Second/allOf/1/$ref", back)],
            ["struct {b?: String, a?: String}", "struct {b?: String, a?: String}"],
        ),
    ] {
        let mut description = with_component(&first);
        description["components"]["schemas"]["Second"] = second;
        let found = notes(&description);
        for (place, text) in expected {
            let note = format!("note[circular-reference]: #/components/schemas/{place}: {text}");
            assert!(found.contains(&note), "no {note} in {found:#?}");
        }
        let api = api(&description);
        assert_eq!([kind(&api, "T"), kind(&api, "Second")], kinds, "{first}");
        generated(&description);
    }
}

#[test]
fn null_within_null_is_null() {
    let nothing = json!({"type": "null"});
    for property in [
        json!({"anyOf": [{"type": ["string", "null"]}, nothing]}),
        json!({"oneOf": [nothing, {"anyOf": [{"type": "string"}, nothing]}]}),
        json!({"anyOf": [{"anyOf": [{"type": "string", "nullable": true}, nothing]}, nothing], "description": "d"}),
    ] {
        let description = with_property(&property);
        let api = api(&description);
        assert_eq!(kind(&api, "T"), "struct {p?: String | null}", "{property}");
        assert_eq!(notes(&description), [""; 0], "{property}");
    }
}
