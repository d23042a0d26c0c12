//! What changes of operations.

use serde_json::{Value, json};

use crate::{
    checkout::{changes, checkout, get, merge, pets, piped, post, text},
    row::{BREAKING, COMPATIBLE, Row, check},
};

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn rows() -> Vec<Row> {
    let limit = |limit: &Value| {
        let mut parameter = json!({"name": "limit", "in": "query", "schema": {"type": "integer"}});
        merge(&mut parameter, limit);
        parameter
    };
    let with = |parameter: &Value| get(&json!({"parameters": [limit(&json!({})), parameter]}));
    let tagged = json!({"name": "tag", "in": "query", "schema": {"type": "string"}});
    let json = |mut schema: Value| {
        schema["$ref"] = Value::Null;
        json!({"content": {"application/json": {"schema": schema}}})
    };
    let no_content = json!({"description": "Done."});
    vec![
        (
            "an operation is added",
            json!({"paths": {"/pets/{id}": {"delete": {
                "operationId": "delete_pet",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"204": no_content, "404": no_content},
            }}}}),
            &["added Client::delete_pet: DELETE /pets/{id}"],
            COMPATIBLE,
        ),
        (
            "an operation is removed",
            get(&Value::Null),
            &["breaking removed Client::list_pets: GET /pets"],
            BREAKING,
        ),
        (
            "an operation is renamed, and changed",
            get(&json!({"operationId": "find_pets", "responses": {"404": null}})),
            &[
                "breaking renamed Client::list_pets => Client::find_pets",
                "breaking removed status types::FindPetsError::NotFound(Problem)",
            ],
            BREAKING,
        ),
        (
            "an operation is renamed, and a parameter gets a limit",
            get(&json!({"operationId": "find_pets", "parameters": [limit(&json!({"schema": {"minimum": 1}}))]})),
            &[
                "breaking renamed Client::list_pets => Client::find_pets",
                "breaking tightened parameter limit: minimum none => 1",
            ],
            BREAKING,
        ),
        (
            "a parameter gets a limit, and is required",
            get(&json!({"parameters": [
                limit(&json!({"required": true, "schema": {"exclusiveMaximum": 10}})),
            ]})),
            &[
                "breaking changed parameter builder::ListPets::limit(i64), now required",
                "breaking tightened parameter limit: exclusiveMaximum none => 10",
            ],
            BREAKING,
        ),
        (
            "an operation moves",
            json!({"paths": {"/pets": null, "/animals": pets()["paths"]["/pets"]}}),
            &[
                "breaking changed request: POST /pets => POST /animals",
                "breaking changed request: GET /pets => GET /animals",
            ],
            BREAKING,
        ),
        (
            "an operation is called by another method",
            json!({"paths": {"/pets": {"post": null, "put": pets()["paths"]["/pets"]["post"]}}}),
            &["breaking changed request: POST /pets => PUT /pets"],
            BREAKING,
        ),
        (
            "an operation is deprecated",
            get(&json!({"deprecated": true})),
            &["changed it is deprecated now"],
            COMPATIBLE,
        ),
        (
            "credentials are no longer taken",
            get(&json!({"security": [{"Bearer": []}]})),
            &["breaking removed credentials access token"],
            BREAKING,
        ),
        (
            "credentials are asked for in another way",
            get(&json!({"security": [{"Bearer": [], "Key": []}, {}]})),
            &[
                "added credentials API key `Key` in the header `X-Key` and bearer token",
                "breaking removed credentials access token",
                "breaking removed credentials bearer token",
                "added credentials none",
            ],
            BREAKING,
        ),
        (
            "an API key moves",
            json!({
                "components": {"securitySchemes": {"Basic": {"type": "apiKey", "in": "query", "name": "key"}}},
            }),
            &[
                "added credentials API key `Basic` in the query parameter `key`",
                "breaking removed credentials access token",
            ],
            BREAKING,
        ),
        (
            "an optional parameter is added",
            with(&tagged),
            &["added parameter builder::ListPets::tag(String)"],
            COMPATIBLE,
        ),
        (
            "a required parameter is added",
            with(&json!({"name": "tag", "in": "query", "required": true, "schema": {"type": "string"}})),
            &["breaking added parameter builder::ListPets::tag(String), required"],
            BREAKING,
        ),
        (
            "a parameter becomes required",
            get(&json!({"parameters": [limit(&json!({"required": true}))]})),
            &["breaking changed parameter builder::ListPets::limit(i64), now required"],
            BREAKING,
        ),
        (
            "a parameter has another type",
            get(&json!({"parameters": [limit(&json!({"schema": {"type": "string"}}))]})),
            &["breaking changed parameter builder::ListPets::limit: (i64) => (String)"],
            BREAKING,
        ),
        (
            "a parameter is sent elsewhere",
            get(&json!({"parameters": [limit(&json!({"in": "header"}))]})),
            &["changed how it is sent, or how its response is read"],
            COMPATIBLE,
        ),
        (
            "a parameter is removed",
            get(&json!({"parameters": null})),
            &["breaking removed parameter builder::ListPets::limit(i64)"],
            BREAKING,
        ),
        (
            "a body is no longer required",
            post(&json!({"requestBody": {"required": false}})),
            &["changed body builder::CreatePet::body(NewPet), no longer required"],
            COMPATIBLE,
        ),
        (
            "a body has another type",
            post(&json!({"requestBody": json(json!({"type": "string"}))})),
            &["breaking changed body builder::CreatePet::body: (NewPet) => (String)"],
            BREAKING,
        ),
        (
            "a status is added",
            get(&json!({"responses": {"403": no_content}})),
            &["added status types::ListPetsError::Forbidden"],
            COMPATIBLE,
        ),
        (
            "a status is removed",
            post(&json!({"responses": {"409": null}})),
            &["breaking removed status types::CreatePetError::Conflict(Problem)"],
            BREAKING,
        ),
        (
            "a status has another body",
            post(&json!({"responses": {"409": json(json!({"type": "string"}))}})),
            &["breaking changed status types::CreatePetError::Conflict: (Problem) => (String)"],
            BREAKING,
        ),
        (
            "a success has another type",
            get(
                &json!({"responses": {"200": json(json!({"type": "array", "items": {"$ref": null, "type": "string"}}))}}),
            ),
            &["breaking changed success builder::ListPets::send(): Vec<Pet> => Vec<String>"],
            BREAKING,
        ),
        (
            "a second success is added",
            post(&json!({"responses": {"202": no_content}})),
            &["breaking changed success builder::CreatePet::send(): Pet => CreatePetSuccess"],
            BREAKING,
        ),
    ]
}

#[test]
fn each_change_of_an_operation_is_reported_once_with_what_it_does_to_callers() {
    check(rows());
}

#[test]
fn nothing_changes_when_fastapi_gives_a_route_of_several_methods_another_one_of_them() {
    let described = |first: &str| {
        let operation = |method: &str| {
            json!({
                "summary": "Relay",
                "operationId": format!("relay_api_v1_relay_{first}"),
                "requestBody": {"content": {"application/x-www-form-urlencoded": {
                    "schema": {"$ref": format!("#/components/schemas/Body_relay_api_v1_relay_{first}")},
                }}},
                "responses": {"200": {"description": method, "content": {"application/json": {"schema": {}}}}},
            })
        };
        let mut description = json!({
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "servers": [{"url": "https://example.com"}],
            "paths": {"/api/v1/relay": {"delete": operation("d"), "put": operation("u"), "get": operation("g"), "post": operation("o")}},
            "components": {"schemas": {}},
        });
        description["components"]["schemas"][format!("Body_relay_api_v1_relay_{first}")] =
            json!({"type": "object", "properties": {"a": {"type": "string"}}});
        description.to_string()
    };
    let checkout = checkout("a.json", &described("get"), "0.1.0");
    let builder = std::fs::read_to_string(checkout.path().join("sdk/src/generated/mod.rs")).unwrap();
    for method in ["relay", "relay_post", "relay_put", "relay_delete"] {
        assert!(builder.contains(&format!("pub fn {method}(")), "{method}");
    }
    for other in ["put", "post", "delete"] {
        let output = piped(
            checkout.path(),
            &["update", "-", "--dry-run"],
            described(other).as_bytes(),
        );
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{report}{}", text(&output.stderr));
        assert!(changes(&report).is_empty(), "{report}");
        assert_eq!(text(&output.stderr), "", "no note changes");
    }
}
