//! The JSON Schemas of the types: they say what the document says, and what a caller can hand to others.

mod contract;
mod yaml;

use askui_workspaces::{Secret, Unlisted, Upload, schemars::schema_for, types};
use roas_overlay::{
    apply::{Apply as _, ApplyOptions},
    v1_0::Overlay,
};
use serde_json::{Value, json};

use crate::document::DOCUMENT;

const OVERLAY: &str = include_str!("../../../openapi/overlay.yaml");

/// The document with what is amended in it.
fn amended() -> Value {
    let mut document = yaml::parsed(DOCUMENT);
    let overlay: Overlay = serde_json::from_value(yaml::parsed(OVERLAY)).expect("an overlay");
    overlay
        .apply(&mut document, ApplyOptions::ErrorOnZeroMatch.into())
        .expect("it fits the document");
    document
}

#[test]
fn types_say_what_the_document_says() {
    match contract::hold(&amended()) {
        Ok(compared) => println!("{compared:?}"),
        Err(differences) => panic!("{differences}"),
    }
}

#[test]
fn whatever_the_document_says_else_is_found() {
    let nullable = json!({"anyOf": [{"type": "string"}, {"type": "null"}]});
    for (place, value) in [
        // Properties, and which of them have to be there.
        ("CreateSubjectAccessTokenCommand/required", json!(["name", "expiresAt"])),
        ("CreateSubjectAccessTokenCommand/required", json!([])),
        (
            "CreateSubjectAccessTokenCommand/properties/more",
            json!({"type": "string"}),
        ),
        ("SubjectAccessTokenResponseDto/required", json!(["name", "creatorId"])),
        ("HTTPValidationError/required", json!(["detail"])),
        // Null.
        (
            "CreateSubjectAccessTokenCommand/properties/expiresAt",
            json!({"type": "string", "format": "date-time"}),
        ),
        (
            "SubjectAccessTokenResponseDto/properties/expiresAt",
            json!({"type": "string", "format": "date-time"}),
        ),
        (
            "SubjectAccessTokenResponseDto/properties/id/type",
            json!(["string", "null"]),
        ),
        ("SubjectAccessTokenResponseDto/properties/creatorId", nullable.clone()),
        ("HTTPValidationError/properties/detail/items/nullable", json!(true)),
        // Types and formats.
        (
            "SubjectAccessTokenResponseDto/properties/creatorId/type",
            json!("integer"),
        ),
        (
            "SubjectAccessTokenResponseDto/properties/creatorId/enum",
            json!(["someone"]),
        ),
        (
            "SubjectAccessTokenResponseDto/properties/createdAt/format",
            json!("date"),
        ),
        ("SubjectAccessTokenResponseDto/properties/id/format", json!("email")),
        (
            "CreateSubjectAccessTokenResponseDto/properties/tokenString/format",
            json!(null),
        ),
        (
            "ValidationError/properties/loc/items/anyOf",
            json!([{"type": "string"}, {"type": "number"}]),
        ),
        ("ValidationError/properties/loc/type", json!("object")),
        // References.
        (
            "HTTPValidationError/properties/detail/items/$ref",
            json!("#/components/schemas/StringErrorResponse"),
        ),
        (
            "CreateSubjectAccessTokenResponseDto/properties/token",
            json!({"type": "object"}),
        ),
        // What no type stands for.
        ("CreateSubjectAccessTokenCommand/properties/name/maxLength", json!(127)),
        ("CreateSubjectAccessTokenCommand/properties/name/minLength", json!(0)),
        ("CreateSubjectAccessTokenCommand/properties/name/pattern", json!("^a")),
        ("CreateSubjectAccessTokenCommand/properties/name/default", json!("a")),
        ("CreateSubjectAccessTokenCommand/additionalProperties", json!(false)),
        ("StringErrorResponse/additionalProperties", json!({"type": "string"})),
        ("StringErrorResponse/deprecated", json!(true)),
        // Descriptions.
        ("StringErrorResponse/description", json!("Something else.")),
        (
            "StringErrorResponse/properties/detail/description",
            json!("Something else."),
        ),
        (
            "ValidationError/properties/loc/items/description",
            json!("Something else."),
        ),
        // Whole components.
        ("New", json!({"type": "string"})),
        ("StringErrorResponse", json!({"type": "string"})),
    ] {
        let mut document = amended();
        let (outer, name) = place
            .rsplit_once('/')
            .map_or(("", place), |(outer, name)| (outer, name));
        let outer = format!("/components/schemas/{outer}");
        let outer = document.pointer_mut(outer.trim_end_matches('/')).expect("it is there");
        outer[name] = value.clone();
        let differences = contract::hold(&document).expect_err(place);
        let component = place.split('/').next().expect("a component");
        assert!(
            differences.contains(&format!("#/components/schemas/{component}")),
            "{differences}"
        );
    }
}

#[test]
fn a_schema_says_what_its_type_takes() {
    let described = |mut schema: Value| {
        let keywords = schema.as_object_mut().expect("an object");
        keywords.remove("$schema");
        schema
    };
    let command = schema_for!(types::CreateSubjectAccessTokenCommand).to_value();
    assert_eq!(
        described(command),
        json!({
            "title": "CreateSubjectAccessTokenCommand",
            "description": "What to create an access token from.\n\nFrom `#/components/schemas/CreateSubjectAccessTokenCommand`.",
            "type": "object",
            "properties": {
                "expiresAt": {
                    "description": "When the token is to cease to work; null, or leaving it out, asks for no expiry.\n\n\
                                    `None` leaves it out, `Some(None)` is null.",
                    "type": ["string", "null"],
                    "format": "date-time",
                },
                "name": {
                    "description": "What people will know the token by.\n\n1 to 128 characters.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 128,
                },
            },
            "required": ["name"],
        })
    );
    for (schema, expected) in [
        (
            schema_for!(Secret),
            json!({"title": "Secret", "type": "string", "format": "password"}),
        ),
        (
            schema_for!(Upload),
            json!({"title": "Upload", "type": "string", "format": "binary"}),
        ),
        (schema_for!(Unlisted), json!({"title": "Unlisted"})),
    ] {
        assert_eq!(described(schema.to_value()), expected);
    }
}
