//! What a caller sees of operations.

use serde_json::{Value, json};

use crate::text::{content, description, members, operation, public_api, reference, with_operation};

#[test]
fn an_operation_has_what_its_caller_sets_and_gets() {
    let problem = json!({"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}});
    let list = json!({"type": "array", "items": {"type": "string"}});
    let path = json!({"/pets/{id}": {"post": {
        "operationId": "change_pet",
        "deprecated": true,
        "security": [{"Bearer": []}, {}],
        "parameters": [
            {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
            {"name": "X-Tag", "in": "header", "schema": list},
        ],
        "requestBody": {"required": true, "content": content(&reference("Pet"))},
        "responses": {
            "200": {"description": "Changed.", "content": content(&reference("Pet"))},
            "202": {"description": "Later."},
            "404": {"description": "Unknown.", "content": content(&reference("Problem"))},
            "4XX": {"description": "Other.", "content": {"text/plain": {}}},
        },
    }}});
    let pet = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    let api = public_api(&description(&path, &json!({"Pet": pet, "Problem": problem})));
    assert_eq!(api.title, "Pets 1.0.0");
    assert_eq!(api.server, "https://example.com");
    let operation = operation(&api, "change_pet");
    assert_eq!(
        operation.declaration,
        "builder::ChangePet, failing with types::ChangePetError"
    );
    assert_eq!(operation.own_types, ["ChangePet", "ChangePetError", "ChangePetSuccess"]);
    assert_eq!(
        members(operation),
        [
            "trait builder::ChangePet: Clone",
            "trait builder::ChangePet: Debug",
            "body builder::ChangePet::body(Pet), required",
            "parameter builder::ChangePet::id(i64), required",
            "setter builder::ChangePet::name(Option<String>)",
            "success builder::ChangePet::send(): ChangePetSuccess",
            "parameter builder::ChangePet::x_tag(Vec<String>)",
            "credentials bearer token",
            "credentials none",
            "deprecation deprecated: its use is discouraged",
            "request POST /pets/{id}",
            "trait types::ChangePetError: Clone",
            "trait types::ChangePetError: Debug",
            "trait types::ChangePetError: Display",
            "trait types::ChangePetError: Error",
            "trait types::ChangePetError: PartialEq",
            "status types::ChangePetError::ClientError(Body)",
            "status types::ChangePetError::NotFound(Problem)",
            "trait types::ChangePetSuccess: Clone",
            "trait types::ChangePetSuccess: Debug",
            "trait types::ChangePetSuccess: PartialEq",
            "status types::ChangePetSuccess::Accepted",
            "status types::ChangePetSuccess::Ok(Pet)",
        ]
    );
}

#[test]
fn inputs_and_successes_have_the_types_of_their_content() {
    let parameter = |schema: Value| json!({"name": "p", "in": "query", "required": true, "schema": schema});
    let body = |required: bool, content: Value| json!({"requestBody": {"required": required, "content": content}});
    let success = |content: Value| json!({"responses": {"200": {"description": "Ok.", "content": content}}});
    let text = json!({"schema": {"type": "string"}});
    for (rule, rest, expected) in [
        (
            "a parameter that may be null can be left out",
            json!({"parameters": [parameter(json!({"type": ["string", "null"]}))]}),
            &["parameter builder::CallIt::p(String)"][..],
        ),
        (
            "a parameter with limits is plain",
            json!({"parameters": [parameter(json!({"type": "string", "maxLength": 3}))]}),
            &["parameter builder::CallIt::p(String), required"],
        ),
        (
            "an object has a setter for each property, also as a form",
            body(
                false,
                json!({"application/x-www-form-urlencoded": {"schema": reference("Pet")}}),
            ),
            &[
                "body builder::CallIt::body(Pet)",
                "setter builder::CallIt::name(Option<String>)",
            ],
        ),
        (
            "a list has none",
            body(
                true,
                content(&json!({"type": "array", "items": {"type": "string", "format": "uuid"}})),
            ),
            &["body builder::CallIt::body(Vec<uuid::Uuid>), required"],
        ),
        (
            "a call with bytes cannot be cloned",
            body(true, json!({"image/png": {}})),
            &[
                "body builder::CallIt::body(reqwest::Body), required",
                "no trait builder::CallIt: Clone",
            ],
        ),
        (
            "no content",
            json!({}),
            &["success builder::CallIt::send(): ()", "credentials none"],
        ),
        (
            "no success",
            json!({"responses": {"404": {"description": "Unknown."}}}),
            &[
                "success builder::CallIt::send(): Body",
                "status types::CallItError::NotFound",
            ],
        ),
        (
            "JSON",
            success(content(&json!({"type": "string", "format": "date-time"}))),
            &["success builder::CallIt::send(): chrono::DateTime<chrono::Utc>"],
        ),
        (
            "text",
            success(json!({"text/plain": text})),
            &["success builder::CallIt::send(): Body"],
        ),
        (
            "events",
            success(json!({"text/event-stream": text})),
            &["success builder::CallIt::send(): ByteStream"],
        ),
        (
            "one of several successes is a stream, which is neither copied nor compared",
            json!({"responses": {
                "200": {"description": "Ok.", "content": {"text/event-stream": text}},
                "202": {"description": "Later."},
            }}),
            &[
                "success builder::CallIt::send(): CallItSuccess",
                "status types::CallItSuccess::Ok(ByteStream)",
                "trait types::CallItSuccess: Debug",
                "no trait types::CallItSuccess: Clone",
                "no trait types::CallItSuccess: PartialEq",
            ],
        ),
    ] {
        let api = public_api(&with_operation(&rest));
        let members = members(operation(&api, "call_it"));
        for expected in expected {
            let (is_there, member) = match expected.strip_prefix("no ") {
                Some(member) => (false, member),
                None => (true, *expected),
            };
            assert_eq!(
                members.iter().any(|other| other == member),
                is_there,
                "{rule}: {expected}: {members:#?}"
            );
        }
    }
}

#[test]
fn names_are_changed_as_whole_words() {
    let operation = json!({
        "requestBody": {"required": true, "content": content(&reference("Pet"))},
        "responses": {
            "200": {"description": "Ok.", "content": content(&json!({"type": "array", "items": reference("Pet")}))},
            "404": {"description": "Unknown."},
        },
    });
    let api = public_api(&with_operation(&operation));
    let names = [("CallIt", "Dial"), ("Pet", "Dog")].map(|(old, new)| (old.to_owned(), new.to_owned()));
    let renamed = self::operation(&api, "call_it").renamed(&names);
    let members = members(&renamed);
    for expected in [
        "body builder::Dial::body(Dog), required",
        "success builder::Dial::send(): Vec<Dog>",
        "status types::CallItError::NotFound",
    ] {
        assert!(members.contains(&expected.to_owned()), "{expected}: {members:#?}");
    }
    let setter = &renamed.members["builder::Dial::name"];
    assert_eq!(setter.follows_from, ["builder::Dial::body", "types::Dog.name"]);
}
