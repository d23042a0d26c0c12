//! What changes of types.

use serde_json::json;

use crate::{
    checkout::schema,
    row::{BREAKING, COMPATIBLE, NOTHING, Row, check},
};

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn rows() -> Vec<Row> {
    vec![
        (
            "a type is added",
            schema(
                "Toy",
                &json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            ),
            &["added types::Toy (struct)"],
            COMPATIBLE,
        ),
        (
            "a field of a response is added",
            schema("Pet", &json!({"properties": {"age": {"type": "integer"}}})),
            &["added field types::Pet.age: Option<i64>"],
            COMPATIBLE,
        ),
        (
            "a required field of a response is added",
            schema(
                "Problem",
                &json!({"required": ["detail", "code"], "properties": {"code": {"type": "integer"}}}),
            ),
            &["added field types::Problem.code: i64"],
            COMPATIBLE,
        ),
        (
            "an optional field of a request is added",
            schema("NewPet", &json!({"properties": {"age": {"type": "integer"}}})),
            &["added field types::NewPet.age: Option<i64>"],
            COMPATIBLE,
        ),
        (
            "a required field of a request is added",
            schema(
                "NewPet",
                &json!({"required": ["name", "age"], "properties": {"age": {"type": "integer"}}}),
            ),
            &["breaking added field types::NewPet.age: i64, required"],
            BREAKING,
        ),
        (
            "a field is removed",
            schema("Pet", &json!({"properties": {"tag": null}})),
            &["breaking removed field types::Pet.tag: Option<String>"],
            BREAKING,
        ),
        (
            "a field of a request is removed",
            schema("NewPet", &json!({"properties": {"tag": null}})),
            &["breaking removed field types::NewPet.tag: Option<String>"],
            BREAKING,
        ),
        (
            "a field has another type",
            schema("Pet", &json!({"properties": {"id": {"type": "string"}}})),
            &["breaking changed field types::Pet.id: i64 => String"],
            BREAKING,
        ),
        (
            "an optional field becomes nullable",
            schema("Pet", &json!({"properties": {"tag": {"type": ["string", "null"]}}})),
            &["breaking changed field types::Pet.tag: Option<String> => Option<Option<String>>"],
            BREAKING,
        ),
        (
            "a required field becomes nullable",
            schema("Pet", &json!({"properties": {"name": {"type": ["string", "null"]}}})),
            &["breaking changed field types::Pet.name: String => Option<String>"],
            BREAKING,
        ),
        (
            "a field of a request becomes required",
            schema("NewPet", &json!({"required": ["name", "tag"]})),
            &["breaking changed field types::NewPet.tag: Option<String> => String, now required"],
            BREAKING,
        ),
        (
            "a field has another name in JSON",
            schema("Pet", &json!({"properties": {"tag": null, "Tag": {"type": "string"}}})),
            &["changed how it is written, read or shown"],
            COMPATIBLE,
        ),
        (
            "a limit is tightened",
            schema("NewPet", &json!({"properties": {"name": {"maxLength": 64}}})),
            &["breaking tightened field name: maxLength 128 => 64"],
            BREAKING,
        ),
        (
            "a limit is added, one is tightened, and one is loosened",
            schema(
                "NewPet",
                &json!({"properties": {"name": {"minLength": 2, "maxLength": 200, "pattern": "^[a-z]+$"}}}),
            ),
            &[
                "breaking tightened field name: minLength 1 => 2",
                "breaking tightened field name: pattern none => \"^[a-z]+$\"",
                "loosened field name: maxLength 128 => 200",
            ],
            BREAKING,
        ),
        (
            "the properties are counted, and a limit is tightened",
            schema(
                "NewPet",
                &json!({"minProperties": 2, "properties": {"name": {"maxLength": 64}}}),
            ),
            &[
                "breaking tightened minProperties none => 2",
                "breaking tightened field name: maxLength 128 => 64",
            ],
            BREAKING,
        ),
        (
            "a limit of what is only received is tightened",
            schema("Pet", &json!({"properties": {"name": {"maxLength": 64}}})),
            &["changed how it is written, read or shown"],
            COMPATIBLE,
        ),
        (
            "what has a limit is something else",
            schema(
                "NewPet",
                &json!({"properties": {"name": {"type": "integer", "minLength": null, "maxLength": null, "minimum": 5}}}),
            ),
            &["breaking changed field types::NewPet.name: String => i64"],
            BREAKING,
        ),
        (
            "a limit is loosened, and another one goes",
            schema(
                "NewPet",
                &json!({"properties": {"name": {"minLength": null, "maxLength": 256}}}),
            ),
            &[
                "loosened field name: minLength 1 => none",
                "loosened field name: maxLength 128 => 256",
            ],
            COMPATIBLE,
        ),
        (
            "a value is added, and one removed",
            schema("NewPet", &json!({"properties": {"kind": {"enum": ["dog", "fish"]}}})),
            &[
                "breaking removed variant types::NewPetKind::Cat",
                "added variant types::NewPetKind::Fish",
            ],
            BREAKING,
        ),
        (
            "a type is something else",
            schema(
                "Problem",
                &json!({"type": "string", "enum": ["bad", "worse"], "required": null, "properties": null}),
            ),
            &["breaking changed types::Problem: struct => enum"],
            BREAKING,
        ),
        (
            "the server is another one",
            json!({"servers": [{"url": "https://example.org"}]}),
            &["changed endpoint: https://example.com => https://example.org"],
            COMPATIBLE,
        ),
        (
            "documentation changes",
            schema("Pet", &json!({"description": "An animal."})),
            &[],
            COMPATIBLE,
        ),
        ("nothing changes", json!({}), &[], NOTHING),
    ]
}

#[test]
fn each_change_of_a_type_is_reported_once_with_what_it_does_to_callers() {
    check(rows());
}
