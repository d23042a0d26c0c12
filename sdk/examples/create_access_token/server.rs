//! A server that answers as the API's document says, for those who have no credentials at hand.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use askui_workspaces::{
    chrono::{DateTime, Utc},
    uuid::{Builder, Uuid},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{method, path},
};

/// The access token that the server takes.
pub(crate) const ACCESS_TOKEN: &str = "embedded-server-access-token";

/// `Basic ` and the base64 of [`ACCESS_TOKEN`].
const AUTHORIZATION: &str = "Basic ZW1iZWRkZWQtc2VydmVyLWFjY2Vzcy10b2tlbg==";

/// Starts the server on a free port of this machine. It stops when it is dropped.
pub(crate) async fn start() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/api/v1/access-tokens"))
        .respond_with(CreateAccessToken)
        .mount(&server)
        .await;
    server
}

struct CreateAccessToken;

impl Respond for CreateAccessToken {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        if header("authorization") != Some(AUTHORIZATION) {
            return ResponseTemplate::new(401).set_body_json(json!({"detail": "Not authenticated"}));
        }
        if header("content-type") != Some("application/json") {
            let fault = fault(&["body"], "Input should be a JSON object", "model_attributes_type");
            return ResponseTemplate::new(422).set_body_json(json!({"detail": [fault]}));
        }
        match checked(&request.body) {
            Ok(body) => ResponseTemplate::new(201).set_body_json(created(&body)),
            Err(faults) => ResponseTemplate::new(422).set_body_json(json!({"detail": faults})),
        }
    }
}

/// The body, or what is wrong with it, as the API would put it.
fn checked(body: &[u8]) -> Result<Value, Vec<Value>> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Err(vec![fault(&["body"], "JSON decode error", "json_invalid")]);
    };
    let mut faults = Vec::new();
    match body
        .get("name")
        .map(|name| name.as_str().map(|name| name.chars().count()))
    {
        None => faults.push(fault(&["body", "name"], "Field required", "missing")),
        Some(None) => faults.push(fault(
            &["body", "name"],
            "Input should be a valid string",
            "string_type",
        )),
        Some(Some(0)) => faults.push(fault(
            &["body", "name"],
            "String should have at least 1 character",
            "string_too_short",
        )),
        Some(Some(129..)) => faults.push(fault(
            &["body", "name"],
            "String should have at most 128 characters",
            "string_too_long",
        )),
        Some(Some(_)) => {}
    }
    let is_time = |value: &Value| {
        let time = value.as_str().map(DateTime::parse_from_rfc3339);
        matches!(time, Some(Ok(_)))
    };
    if body
        .get("expiresAt")
        .is_some_and(|value| !value.is_null() && !is_time(value))
    {
        faults.push(fault(
            &["body", "expiresAt"],
            "Input should be a valid datetime",
            "datetime_parsing",
        ));
    }
    if faults.is_empty() { Ok(body) } else { Err(faults) }
}

fn fault(location: &[&str], message: &str, kind: &str) -> Value {
    json!({"loc": location, "msg": message, "type": kind})
}

fn created(body: &Value) -> Value {
    json!({
        "token": {
            "id": random_uuid(),
            "createdAt": Utc::now(),
            "name": body["name"],
            "expiresAt": body["expiresAt"],
            "creatorId": random_uuid(),
        },
        "tokenString": format!("works-nowhere-{}", random_uuid().simple()),
    })
}

/// Random enough to look at, without a dependency for it.
fn random_uuid() -> Uuid {
    let random = || RandomState::new().build_hasher().finish().to_le_bytes();
    let (first, second) = (random(), random());
    let bytes = std::array::from_fn(|index| if index < 8 { first[index] } else { second[index - 8] });
    Builder::from_random_bytes(bytes).into_uuid()
}
