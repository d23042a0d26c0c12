//! Bases that have a discriminator, and do not list what extends them.

use serde_json::{Value, json};
use xtask::{input::diagnostic::Note, parse::Parsed};

use crate::{
    description::with_component,
    parents::{assert_generated, refer},
    text::{kind, notes, parsed},
};

/// A base with a discriminator, and components by their names.
fn base(mapping: &Value, required: &Value, others: &[(&str, Value)]) -> Value {
    let mut description = with_component(&json!({
        "type": "object",
        "required": required,
        "properties": {"id": {"type": "string"}, "kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }));
    for (name, schema) in others {
        description["components"]["schemas"][name] = schema.clone();
    }
    description
}

fn extending(base: &str, property: &str) -> Value {
    json!({"allOf": [refer(base), {"type": "object", "properties": {property: {"type": "integer"}}}]})
}

/// Expects `T` to be that type, and everything that is said of it to stand somewhere in the description.
fn check(rule: &str, description: &Value, expected: &str) {
    let Parsed { mut api, notes } = parsed(description);
    assert_eq!(kind(&api, "T"), expected, "{rule}");
    let pointers = api.types.iter().map(|def| &def.pointer);
    for at in pointers.chain(notes.iter().map(Note::pointer)) {
        assert!(at.resolve(description).is_some(), "{rule}: {at}");
    }
    assert_generated(&mut api);
}

#[test]
fn a_base_with_a_discriminator_is_one_enum_of_all_that_extend_it() {
    let required = json!(["kind"]);
    for (rule, mapping, others, expected) in [
        (
            "mapped by reference, by name, by another file, and not at all",
            json!({"a": "#/components/schemas/A", "b": "B", "c": "./x.yaml#/components/schemas/C"}),
            vec![
                ("A", extending("T", "a")),
                ("B", extending("T", "b")),
                ("C", extending("T", "c")),
                ("D", extending("T", "d")),
            ],
            "enum by kind A[a|A](A), B[b|B](B), C[c|C](C), D[D](D)",
        ),
        (
            "what the mapping says, though the base lists all values",
            json!({"a": "A", "b": "B"}),
            vec![
                ("A", extending("U", "a")),
                ("B", extending("U", "b")),
                (
                    "U",
                    json!({
                        "allOf": [refer("T")],
                        "required": ["kind"],
                        "properties": {"kind": {"enum": ["a", "b", "U"]}},
                    }),
                ),
            ],
            "enum by kind A[a](A), B[b](B), U[U](U)",
        ),
        (
            "a grandchild",
            json!({}),
            vec![
                ("A", extending("T", "a")),
                ("B", extending("A", "b")),
                ("C", extending("T", "c")),
            ],
            "enum by kind A[B|A](A), C[C](C)",
        ),
        (
            "a child that is a base in turn",
            json!({"a": "A", "b": "B"}),
            vec![
                ("A", {
                    let mut child = extending("T", "a");
                    child["discriminator"] = json!({"propertyName": "kind"});
                    child
                }),
                ("B", extending("A", "b")),
                ("C", extending("T", "c")),
            ],
            "enum by kind A[a|b|B](A), C[C](C)",
        ),
    ] {
        check(rule, &base(&mapping, &required, &others), expected);
    }
}

#[test]
fn a_base_that_has_values_of_its_own_is_one_of_the_enum() {
    let required = json!(["kind"]);
    for (rule, mapping, required, others, expected) in [
        (
            "the base itself",
            json!({"t": "#/components/schemas/T"}),
            &required,
            vec![("A", extending("T", "a"))],
            "enum by kind A[A](A), TBase[t](TBase)",
        ),
        (
            "the base itself, and of others one that has another value",
            json!({"t": "T", "a": "A"}),
            &required,
            vec![("A", extending("T", "a")), ("B", extending("T", "b"))],
            "enum by kind A[a|A](A), B[B](B), TBase[t](TBase)",
        ),
        (
            "the base itself, without its tag",
            json!({}),
            &json!([]),
            vec![("A", extending("T", "a")), ("B", json!({"allOf": [refer("T")]}))],
            "enum by kind A[A](A), B[B](B), TBase[T](TBase)",
        ),
        (
            "what is mapped, and does not extend it",
            json!({"x": "X"}),
            &required,
            vec![
                ("A", extending("T", "a")),
                ("X", json!({"type": "object", "properties": {"x": {}}})),
            ],
            "enum by kind A[A](A), X[x](X), TBase[T](TBase)",
        ),
        (
            "what stands beside a reference",
            json!({}),
            &required,
            vec![
                ("A", extending("T", "a")),
                (
                    "B",
                    json!({"allOf": [{"$ref": "#/components/schemas/U"}], "properties": {"b": {}}}),
                ),
                ("U", refer("T")),
            ],
            "enum by kind A[A](A), B[B](B)",
        ),
        (
            "what extends itself",
            json!({}),
            &required,
            vec![
                (
                    "A",
                    json!({"allOf": [refer("T"), refer("A"), {"properties": {"a": {}}}]}),
                ),
                ("B", extending("T", "b")),
            ],
            "enum by kind A[A](A), B[B](B)",
        ),
        (
            "nothing",
            json!({"t": "T"}),
            &required,
            vec![],
            "struct {id?: String, kind: String}",
        ),
    ] {
        check(rule, &base(&mapping, required, &others), expected);
    }
}

#[test]
fn what_others_extend_below_a_base_is_one_of_these() {
    let required = json!(["kind"]);
    let child = |kind: Value| {
        let mut child = extending("T", "a");
        child["allOf"][1]["properties"]["kind"] = kind;
        child
    };
    for (rule, mapping, kind_of_a, expected) in [
        (
            "by names",
            json!({}),
            json!({}),
            "enum by kind B[C|B](B), ABase[A](ABase)",
        ),
        (
            "by a mapping of the base, of which others are no part",
            json!({"a": "A", "b": "B", "d": "D"}),
            json!({"type": "string"}),
            "enum by kind B[b|C](B), ABase[a](ABase)",
        ),
        (
            "but not one that has other values",
            json!({}),
            json!({"const": "a"}),
            "struct {id?: String, kind: AKind, a?: i64}",
        ),
    ] {
        let others = [
            ("A", child(kind_of_a)),
            ("B", extending("A", "b")),
            ("C", extending("B", "c")),
            ("D", extending("T", "d")),
        ];
        let Parsed { mut api, .. } = parsed(&base(&mapping, &required, &others));
        assert_eq!(kind(&api, "A"), expected, "{rule}");
        assert_generated(&mut api);
    }
}

#[test]
fn what_is_wrong_with_the_discriminator_of_a_base_is_said_once() {
    let mapping_at = "note[unusable-mapping]: #/components/schemas/T/discriminator/mapping";
    let no_object =
        format!("{mapping_at}: no object of values and the components that they stand for: it is left aside");
    let kept = |target: &str| format!("{mapping_at}/x: {target} is no component: a value of it is kept as `Unknown`");
    let alone = format!("{mapping_at}/x: \"Missing\" is no component: a value of it is nothing but `T`");
    let child = [("A", extending("T", "a"))];
    for (mapping, others, expected) in [
        (json!("A"), &child[..], no_object.clone()),
        (json!(["A"]), &child[..], no_object.clone()),
        (json!([]), &[], no_object),
        (json!({"x": 1}), &child[..], kept("1")),
        (json!({"x": "Missing"}), &child[..], kept("\"Missing\"")),
        (json!({"x": "Missing"}), &[], alone),
    ] {
        for required in [json!([]), json!(["kind"])] {
            let notes = notes(&base(&mapping, &required, others));
            let of_mapping = notes.iter().filter(|note| note.contains("unusable-"));
            assert_eq!(of_mapping.collect::<Vec<_>>(), [&expected], "{mapping} {required}");
        }
    }
    let mut unnamed = base(&json!({}), &json!([]), &child);
    unnamed["components"]["schemas"]["T"]["discriminator"] = json!({"propertyName": 1});
    let expected = "note[unusable-discriminator]: #/components/schemas/T/discriminator: \
                    without a `propertyName`: what extends it is not told apart";
    let notes = notes(&unnamed);
    assert_eq!(notes.iter().filter(|note| *note == expected).count(), 1, "{notes:#?}");
}

/// It is the generator's own name, and the description's own extension is not mistaken for it.
#[test]
fn what_a_base_is_itself_has_a_name_that_no_value_carries() {
    let mut description = base(&json!({"a": "A"}), &json!([]), &[("A", extending("T", "a"))]);
    let discriminator = &mut description["components"]["schemas"]["T"]["discriminator"];
    discriminator["x-itself"] = "A".into();
    check("x-itself", &description, "enum by kind A[a](A), TBase[T](TBase)");
}

#[test]
fn what_is_wrong_with_a_family_is_reported_where_it_stands() {
    let others = [("A", extending("T", "a")), ("B", json!({"allOf": [refer("T")]}))];
    let mut description = base(&json!({"x": "#/components/schemas/Missing"}), &json!([]), &others);
    description["components"]["schemas"]["T"]["properties"]["id"]["format"] = "a".into();
    let notes = notes(&description);
    for expected in [
        "note[unusable-mapping]: #/components/schemas/T/discriminator/mapping/x: \
         \"#/components/schemas/Missing\" is no component: a value of it is kept as `Unknown`",
        "note[unchecked-format]: #/components/schemas/T/properties/id: the format `a` is not checked: a String",
        "note[optional-discriminator]: #/components/schemas/T/properties/kind: \
         `kind` need not be there: without it, what fits decides",
    ] {
        assert!(notes.iter().any(|note| note == expected), "{expected}\n{notes:#?}");
    }
}

#[test]
fn what_many_bases_consist_of_is_found_once() {
    // Each extends all before it: found again for each that asks, this would take minutes.
    let name = |number: usize| format!("B{number}");
    let base = |number: usize| {
        json!({
            "type": "object",
            "discriminator": {"propertyName": "k"},
            "required": ["k"],
            "properties": {"k": {"type": "string"}},
            "allOf": (0..number).map(|above| refer(&name(above))).collect::<Vec<_>>(),
        })
    };
    let mut description = with_component(&json!({"type": "object", "properties": {"b": refer("B0")}}));
    for number in 0..28 {
        description["components"]["schemas"][name(number)] = base(number);
    }
    let Parsed { api, .. } = parsed(&description);
    let union = kind(&api, "B0");
    assert_eq!(union.split(", ").count(), 27, "{union}");
}
