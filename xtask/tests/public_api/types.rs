//! What a caller sees of types.

use serde_json::{Value, json};

use crate::text::{Use, members, public_api, reference, report, type_named, with_t};

/// A type of one kind: where it stands, its schemas, what it is, and what a caller sees of it besides the traits that all
/// have: `Clone`, `Debug` and `PartialEq`.
type Row = (&'static str, Use, Value, &'static str, &'static [&'static str]);

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn structs() -> Vec<Row> {
    let object =
        |required: Value, properties: Value| json!({"type": "object", "required": required, "properties": properties});
    let optional = json!({"a": {"type": "string"}});
    vec![
        (
            "an object that is sent and received",
            Use::Both,
            json!({"T": object(json!(["name", "maybe"]), json!({
                "name": {"type": "string"},
                "maybe": {"type": ["string", "null"]},
                "count": {"type": ["integer", "null"]},
                "days": {"type": "array", "items": {"type": "string", "format": "date"}},
            }))}),
            "struct, non-exhaustive",
            &[
                "field types::T.count: Option<Option<i64>>",
                "field types::T.days: Option<Vec<chrono::naive::NaiveDate>>",
                "field types::T.maybe: Option<String>, required",
                "field types::T.name: String, required",
                "trait types::T: Deserialize",
                "trait types::T: Serialize",
                "function types::T::fixture()",
            ],
        ),
        (
            "an object that is sent, of which one property is a constant and others are not named",
            Use::Sent,
            json!({"T": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"const": "t"}},
                "additionalProperties": {"type": "number"},
            }}),
            "struct, non-exhaustive",
            &[
                "field types::T.extra: std::collections::HashMap<String, f64>",
                "field types::T.kind: TKind",
                "trait types::T: Deserialize",
                "trait types::T: Serialize",
            ],
        ),
        (
            "an object that is received, with a secret",
            Use::Received,
            json!({"T": object(json!([]), json!({"secret": {"type": "string", "format": "password"}}))}),
            "struct, non-exhaustive",
            &[
                "field types::T.secret: Option<Secret>",
                "trait types::T: Default",
                "trait types::T: Deserialize",
                "function types::T::fixture()",
            ],
        ),
        (
            "a failure that says what is wrong",
            Use::Failed,
            json!({"T": object(json!(["detail"]), json!({"detail": {"type": "string"}}))}),
            "struct, non-exhaustive",
            &[
                "field types::T.detail: String",
                "trait types::T: Deserialize",
                "trait types::T: Display",
                "trait types::T: Serialize",
                "function types::T::fixture()",
            ],
        ),
        (
            "properties with defaults have getters",
            Use::Received,
            json!({"T": object(json!([]), json!({
                "size": {"type": "integer", "format": "int32", "default": 5},
                "text": {"type": "string", "default": "a"},
                "order": {"enum": ["up", "down"], "default": "up"},
                "list": {"type": "array", "items": {"type": "string"}, "default": []},
            }))}),
            "struct, non-exhaustive",
            &[
                "field types::T.list: Option<Vec<String>>",
                "field types::T.order: Option<TOrder>",
                "field types::T.size: Option<i32>",
                "field types::T.text: Option<String>",
                "trait types::T: Default",
                "trait types::T: Deserialize",
                "trait types::T: Serialize",
                "function types::T::fixture()",
                "function types::T::order() -> TOrder",
                "function types::T::size() -> i32",
                "function types::T::text() -> &str",
            ],
        ),
        (
            "an object that holds itself, and one with the name of what Rust has",
            Use::Nowhere,
            json!({
                "T": object(json!(["t"]), json!({"t": reference("T"), "option": reference("Option")})),
                "Option": object(json!([]), optional),
            }),
            "struct, non-exhaustive",
            &[
                "field types::T.option: Option<types::Option>",
                "field types::T.t: Box<T>",
                "trait types::T: Deserialize",
                "trait types::T: Serialize",
            ],
        ),
    ]
}

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn others() -> Vec<Row> {
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    vec![
        (
            "another name for a string",
            Use::Sent,
            json!({"T": {"type": "string"}}),
            "tuple struct",
            &[
                "trait String: From<T>",
                "field types::T.0: String",
                "trait types::T: Deref with Target = String",
                "trait types::T: Deserialize",
                "trait types::T: Display",
                "trait types::T: Eq",
                "trait types::T: From<String>",
                "trait types::T: FromStr with Err = std::convert::Infallible",
                "trait types::T: Hash",
                "trait types::T: Ord",
                "trait types::T: PartialOrd",
                "trait types::T: Serialize",
            ],
        ),
        (
            "another name for an integer",
            Use::Sent,
            json!({"T": {"type": "integer"}}),
            "tuple struct",
            &[
                "trait i64: From<T>",
                "field types::T.0: i64",
                "trait types::T: Deref with Target = i64",
                "trait types::T: Deserialize",
                "trait types::T: Display",
                "trait types::T: From<i64>",
                "trait types::T: FromStr with Err = <i64 as std::str::FromStr>::Err",
                "trait types::T: Serialize",
                "trait types::T: TryFrom<&str> with Error = <i64 as std::str::FromStr>::Err",
                "trait types::T: TryFrom<String> with Error = <i64 as std::str::FromStr>::Err",
            ],
        ),
        (
            "another name for an object",
            Use::Sent,
            json!({"T": {"allOf": [reference("U")], "description": "As U."}, "U": object}),
            "tuple struct",
            &[
                "field types::T.0: U",
                "trait types::T: Deref with Target = U",
                "trait types::T: Deserialize",
                "trait types::T: From<U>",
                "trait types::T: Serialize",
                "trait types::U: From<T>",
            ],
        ),
        (
            "another name for an object that holds it",
            Use::Sent,
            json!({
                "T": {"anyOf": [reference("A"), {"type": "null"}]},
                "A": {"type": "object", "required": ["t"], "properties": {"t": reference("T")}},
            }),
            "tuple struct",
            &[
                "trait Box<A>: From<T>",
                "field types::T.0: Box<A>",
                "trait types::T: Deref with Target = Box<A>",
                "trait types::T: Deserialize",
                "trait types::T: From<Box<A>>",
                "trait types::T: Serialize",
            ],
        ),
        (
            "a list of itself",
            Use::Received,
            json!({"T": {"type": "array", "items": reference("T")}}),
            "tuple struct",
            &[
                "trait Vec<T>: From<T>",
                "field types::T.0: Vec<T>",
                "trait types::T: Deref with Target = Vec<T>",
                "trait types::T: Deserialize",
                "trait types::T: From<Vec<T>>",
                "trait types::T: Serialize",
                "function types::T::fixture()",
            ],
        ),
        (
            "one of several strings",
            Use::Received,
            json!({"T": {"enum": ["a", "b c"]}}),
            "enum, non-exhaustive",
            &[
                "trait types::T: Deserialize",
                "trait types::T: Display",
                "trait types::T: Eq",
                "trait types::T: From<&str>",
                "trait types::T: From<String>",
                "trait types::T: FromStr with Err = std::convert::Infallible",
                "trait types::T: Hash",
                "trait types::T: Ord",
                "trait types::T: PartialOrd",
                "trait types::T: Serialize",
                "variant types::T::A",
                "variant types::T::BC",
                "variant types::T::Unknown(String)",
                "function types::T::as_str() -> &str",
                "function types::T::fixture()",
            ],
        ),
        (
            "one of several scalars",
            Use::Sent,
            json!({"T": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}),
            "enum, non-exhaustive",
            &[
                "trait types::T: Deserialize",
                "trait types::T: Display",
                "trait types::T: From<&str>",
                "trait types::T: From<String>",
                "trait types::T: From<i64>",
                "trait types::T: Serialize",
                "variant types::T::Integer(i64)",
                "variant types::T::String(String)",
            ],
        ),
        (
            "one of several types with a tag, of which one has no property for it",
            Use::Sent,
            json!({
                "T": {"oneOf": [reference("A"), reference("B")], "discriminator": {"propertyName": "kind"}},
                "A": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "A"}}},
                "B": object,
            }),
            "enum, non-exhaustive",
            &[
                "trait types::T: Deserialize",
                "trait types::T: From<A>",
                "trait types::T: From<B>",
                "trait types::T: Serialize",
                "variant types::T::A(A)",
                "variant types::T::B(B)",
                "variant types::T::Unknown(Unlisted)",
            ],
        ),
        (
            "one of several types, of which two values of the tag stand for one",
            Use::Sent,
            json!({
                "T": {
                    "oneOf": [reference("A"), reference("B")],
                    "discriminator": {"propertyName": "kind", "mapping": {"a": "A", "b": "B", "c": "B"}},
                },
                "A": object,
                "B": object,
            }),
            "enum, non-exhaustive",
            &[
                "trait types::T: Deserialize",
                "trait types::T: From<A>",
                "trait types::T: Serialize",
                "variant types::T::A(A)",
                "variant types::T::B(B)",
                "variant types::T::C(B)",
                "variant types::T::Unknown(Unlisted)",
            ],
        ),
        (
            "one of several types that hold it, or a secret",
            Use::Received,
            json!({
                "T": {"anyOf": [
                    {"type": "object", "required": ["t"], "properties": {"t": reference("T")}},
                    {"type": "string", "format": "password"},
                ]},
            }),
            "enum, non-exhaustive",
            &[
                "trait types::T: Deserialize",
                "trait types::T: From<Secret>",
                "trait types::T: From<TObject>",
                "variant types::T::Object(Box<TObject>)",
                "variant types::T::String(Secret)",
                "function types::T::fixture()",
            ],
        ),
        (
            "a list of which each item has its own type",
            Use::Sent,
            json!({"T": {
                "type": "array",
                "prefixItems": [{"type": "number"}, {"anyOf": [reference("T"), {"type": "null"}]}],
                "minItems": 2,
                "maxItems": 2,
            }}),
            "tuple struct",
            &[
                "field types::T.0: f64",
                "field types::T.1: Box<Option<T>>",
                "trait types::T: Deserialize",
                "trait types::T: Serialize",
            ],
        ),
    ]
}

#[test]
fn a_type_has_what_can_be_seen_of_it() {
    for (rule, place, schemas, declaration, expected) in structs().into_iter().chain(others()) {
        let api = public_api(&with_t(place, &schemas));
        let item = type_named(&api, "T");
        let mut members = members(item);
        for name in ["Clone", "Debug", "PartialEq"] {
            let common = format!("trait types::T: {name}");
            assert!(members.contains(&common), "{rule}: {common}");
            members.retain(|member| *member != common);
        }
        assert_eq!(members, expected, "{rule}");
        let open = if item.is_non_exhaustive { ", non-exhaustive" } else { "" };
        assert_eq!(format!("{}{open}", item.declaration), declaration, "{rule}");
    }
}

#[test]
fn what_follows_from_another_change_is_not_reported() {
    let object = |required: Value, properties: Value| json!({"T": {"type": "object", "required": required, "properties": properties}});
    let before = object(json!([]), json!({"a": {"type": "string"}}));
    for (rule, before, after, expected) in [
        (
            "a setter, from its field",
            with_t(Use::Sent, &before),
            with_t(Use::Sent, &object(json!([]), json!({"a": {"type": "integer"}}))),
            &["breaking changed field types::T.a: Option<String> => Option<i64>"][..],
        ),
        (
            "what is required, where nobody made a value before",
            with_t(Use::Received, &before),
            with_t(
                Use::Both,
                &object(json!(["b"]), json!({"a": {"type": "string"}, "b": {"type": "string"}})),
            ),
            &[
                "breaking removed trait types::T: Default",
                "added field types::T.b: String, required",
            ],
        ),
    ] {
        let report = report(&before, &after);
        let at = report.iter().position(|line| line == "types::T (struct)").unwrap();
        let changes = report[at + 1..]
            .iter()
            .filter(|line| !line.contains(" changes, ") && !line.contains(" change, "));
        let mut changes = changes.collect::<Vec<_>>();
        changes.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(changes, expected, "{rule}");
    }
}
