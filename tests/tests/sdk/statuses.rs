//! What a server answers, and what the caller is told of it: of the kind, the status, the headers and the body.

pub(crate) mod rows;

use std::panic::{self, AssertUnwindSafe};

use askui_workspaces::{
    Error,
    reqwest::StatusCode,
    types::{CreateAccessTokenError, ValidationErrorLocItem},
};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::server::{CREATED, Called, Failure, Server, create, create_fails, json as json_answer};
use rows::{Outcome, Row, WRONG, rows};

#[tokio::test]
async fn every_answer_comes_to_what_the_table_says() {
    let server = Server::start().await;
    let client = server.client();
    let mut failed = Vec::new();
    for row in rows() {
        let mut answer = ResponseTemplate::new(row.status)
            .insert_header("x-request-id", "req-1")
            .insert_header("x-custom", "kept")
            .set_body_raw(row.body.clone(), row.content_type);
        let location = (row.status / 100 == 3).then(|| server.uri() + "/elsewhere");
        if let Some(location) = &location {
            // What follows the path may be a secret, and is not shown.
            answer = answer.insert_header("location", format!("{location}?code=zebra"));
        }
        server.answer_with(answer).await;
        let called = create(&client).await;
        let what = format!("{} {}", row.status, String::from_utf8_lossy(&row.body));
        let request = server.received_one().await;
        let address = format!("{}/api/v1/access-tokens", server.uri());
        assert_eq!(request.url.path(), "/api/v1/access-tokens", "{what}");
        // A row that fails must not hide the others.
        let checked = panic::catch_unwind(AssertUnwindSafe(|| {
            check(&row, called, location.as_deref(), &address, &what);
        }));
        if checked.is_err() {
            failed.push(what);
        }
    }
    assert!(failed.is_empty(), "rows that failed: {failed:#?}");
}

fn check(row: &Row, called: Called, location: Option<&str>, address: &str, what: &str) {
    match (&row.outcome, called) {
        (Outcome::Created(token, token_string), Ok(created)) => {
            assert_eq!(created.status().as_u16(), row.status, "{what}");
            assert_eq!(created.headers()["x-custom"], "kept", "{what}");
            assert_eq!(created.request_id(), Some("req-1"), "{what}");
            assert_eq!(created.token_string.expose_secret(), *token_string, "{what}");
            assert_eq!(json!(created.into_inner().token), *token, "{what}");
        }
        (_, Ok(created)) => panic!("{what}: {created:?}"),
        (_, Err(error)) => {
            check_answer(row, &error, what);
            check_kind(row, &error, location, address, what);
        }
    }
}

/// Nothing of the answer is lost, whichever the kind.
fn check_answer(row: &Row, error: &Failure, what: &str) {
    assert_eq!(error.status().map(|status| status.as_u16()), Some(row.status), "{what}");
    let headers = error.headers().expect(what);
    assert_eq!(headers["x-custom"], "kept", "{what}");
    let content_type = headers.get("content-type");
    let content_type = content_type.map_or("", |value| value.to_str().expect(what));
    assert_eq!(content_type, row.content_type, "{what}");
    assert_eq!(error.request_id(), Some("req-1"), "{what}");
    let body = error.body().expect(what);
    assert_eq!(body.as_bytes(), row.body, "{what}");
    assert_eq!(body.text(), String::from_utf8_lossy(&row.body), "{what}");
    // A redirect or a rejection says that nothing was done.
    let may_have_been_processed = !matches!(row.status, 300..=302 | 304..=407 | 409..=498);
    assert_eq!(error.may_have_been_processed(), may_have_been_processed, "{what}");
    assert!(!error.is_connect() && !error.is_timeout(), "{what}");
    // A header that is not on the list of those that an error shows.
    assert!(!format!("{error}{error:?}").contains("kept"), "{what}: {error:?}");
}

fn check_kind(row: &Row, error: &Failure, location: Option<&str>, address: &str, what: &str) {
    let text = error.to_string();
    let end = format!(" (POST {address}, request id req-1)");
    let (begin, place) = match (&row.outcome, error) {
        (Outcome::Documented(words, typed), Error::Api(failure)) => {
            assert_eq!(parts(failure.error()), (row.status, typed.clone()), "{what}");
            assert_eq!(error.api_error().expect(what).to_string(), *words, "{what}");
            assert_eq!(failure.operation(), "create_access_token");
            // The words are in the error's own, so a chain that is printed does not say them twice.
            assert!(std::error::Error::source(error).is_none(), "{what}");
            assert_eq!(text, format!("create_access_token failed: {words}{end}"));
            return;
        }
        (Outcome::UndocumentedBody(reason), Error::UnexpectedResponse(_)) => {
            (format!(" with a body that cannot be decoded: {reason}"), String::new())
        }
        (Outcome::UndocumentedStatus, Error::UnexpectedResponse(_)) => (
            ", which is not documented (".to_owned(),
            location.map_or(String::new(), |location| format!(", Location: {location}")),
        ),
        _ => panic!("{what}: {error:?}"),
    };
    let effect = match row.status {
        201 => "; the server processed the request",
        200..=299 => "; the server may have processed the request",
        _ => "",
    };
    let begin = format!("create_access_token got {}{begin}", name(row.status));
    let end = format!("({}{place}){effect}{end}", describe_body(row));
    assert!(text.starts_with(&begin), "{what}: {text:?} begins not with {begin:?}");
    assert!(text.ends_with(&end), "{what}: {text:?} ends not with {end:?}");
    assert!(error.api_error().is_none(), "{what}");
    assert!(!format!("{text}{error:?}").contains(WRONG), "{what}: {error:?}");
}

/// `404 Not Found`, or the number alone where HTTP has no name for it.
fn name(status: u16) -> String {
    match StatusCode::from_u16(status).expect("a status").canonical_reason() {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

fn describe_body(row: &Row) -> String {
    let length = match row.body.len() {
        0 => return "no body".into(),
        1 => "1 byte".into(),
        length => format!("{length} bytes"),
    };
    match row.content_type {
        "" => length,
        content_type => format!("{content_type}, {length}"),
    }
}

/// The status that a variant stands for, and its body.
fn parts(error: &CreateAccessTokenError) -> (u16, Value) {
    match error {
        CreateAccessTokenError::Unauthorized(body) => (401, json!(body)),
        CreateAccessTokenError::Forbidden(body) => (403, json!(body)),
        CreateAccessTokenError::UnprocessableEntity(body) => (422, json!(body)),
        CreateAccessTokenError::InternalServerError(body) => (500, json!(body)),
        other => panic!("a variant without a row: {other:?}"),
    }
}

#[tokio::test]
async fn the_place_of_a_fault_is_names_and_indices() {
    let body = r#"{"detail":[{"loc":["body",0,"0",-1],"msg":"wrong","type":"value_error"}]}"#;
    let server = Server::answering(json_answer(422, body)).await;
    let Error::Api(failure) = create_fails(&server.client()).await else {
        panic!("422 is documented");
    };
    let CreateAccessTokenError::UnprocessableEntity(body) = failure.into_error() else {
        panic!("422 is the variant `UnprocessableEntity`");
    };
    let Some([fault]) = body.detail.as_deref() else {
        panic!("{body:?}");
    };
    assert_eq!((fault.msg.as_str(), fault.type_.as_str()), ("wrong", "value_error"));
    assert_eq!(fault.to_string(), "body[0][0].-1: wrong");
    assert!(
        matches!(
            fault.loc.as_slice(),
            [
                ValidationErrorLocItem::String(body),
                ValidationErrorLocItem::Integer(0),
                ValidationErrorLocItem::String(zero),
                ValidationErrorLocItem::Integer(-1),
            ] if body == "body" && zero == "0"
        ),
        "{fault:?}"
    );
}

#[tokio::test]
async fn a_success_is_its_value() {
    let answer = json_answer(201, CREATED).insert_header("x-custom", "kept");
    let server = Server::answering(answer).await;
    let mut created = create(&server.client()).await.expect("the token is created");
    assert_eq!(created.status(), StatusCode::CREATED);
    assert_eq!(created.headers()["x-custom"], "kept");
    assert_eq!(created.request_id(), None);
    created.token.name.push_str(", by another name");
    assert_eq!(created.token.name, "ci, by another name");
    assert!(created.token.id.is_some() && created.token.created_at.is_some() && created.token.expires_at.is_none());
    assert_eq!(created.clone().into_inner().token_string.expose_secret(), "a-new-token");
}

#[tokio::test]
async fn a_byte_order_mark_before_json_is_skipped() {
    let marked = |body: &str| format!("\u{feff}{body}");
    let server = Server::answering(json_answer(201, &marked(CREATED))).await;
    let client = server.client();
    let created = create(&client).await.expect("the token is created");
    assert_eq!(created.token_string.expose_secret(), "a-new-token");
    server
        .answer_with(json_answer(403, &marked(r#"{"detail":"No."}"#)))
        .await;
    assert!(matches!(
        create_fails(&client).await.api_error(),
        Some(CreateAccessTokenError::Forbidden(_))
    ));
    for body in ["", "\u{feff}{}"] {
        server.answer_with(json_answer(201, &marked(body))).await;
        assert!(create_fails(&client).await.api_error().is_none(), "{body:?}");
    }
}

#[tokio::test]
async fn the_request_id_is_the_most_telling_header() {
    type Headers = &'static [(&'static str, &'static str)];

    let cases: [(Headers, Option<&str>); 11] = [
        (&[], None),
        (&[("X-Request-Id", "a")], Some("a")),
        (&[("Request-Id", "b")], Some("b")),
        (&[("X-Correlation-Id", "c")], Some("c")),
        (&[("X-Amzn-RequestId", "d")], Some("d")),
        (&[("X-Amz-Cf-Id", "e")], Some("e")),
        (&[("CF-Ray", "f")], Some("f")),
        (&[("CF-Ray", "f"), ("X-Request-Id", "a")], Some("a")),
        (&[("X-Request-Id", "")], None),
        // What says nothing hides nothing.
        (&[("X-Request-Id", ""), ("CF-Ray", "f")], Some("f")),
        (&[("X-Request-Id", "größer"), ("CF-Ray", "f")], Some("f")),
    ];
    let server = Server::start().await;
    let client = server.client();
    for (headers, expected) in cases {
        let with_headers = |status, body| {
            headers.iter().fold(json_answer(status, body), |answer, (name, value)| {
                answer.insert_header(*name, *value)
            })
        };
        server.answer_with(with_headers(201, CREATED)).await;
        let created = create(&client).await.expect("the token is created");
        assert_eq!(created.request_id(), expected, "{headers:?}");
        for (status, body) in [(403, r#"{"detail":"No."}"#), (403, "no"), (404, "")] {
            server.answer_with(with_headers(status, body)).await;
            let error = create_fails(&client).await;
            assert_eq!(error.request_id(), expected, "{headers:?}");
            let end = expected.map_or(String::new(), |id| format!(", request id {id})"));
            assert!(error.to_string().ends_with(&end), "{error}");
            assert_eq!(error.to_string().contains("request id"), expected.is_some(), "{error}");
        }
    }
}

#[tokio::test]
async fn long_words_of_a_server_are_cut_in_display_and_kept_in_the_value() {
    let words = "ä".repeat(2000);
    let body = json!({ "detail": words }).to_string();
    let server = Server::answering(json_answer(500, &body).insert_header("x-request-id", "req-1")).await;
    let error = create_fails(&server.client()).await;
    assert_eq!(
        error.to_string(),
        format!(
            "create_access_token failed: 500 Internal Server Error: {}… (POST {}/api/v1/access-tokens, request id req-1)",
            "ä".repeat(500),
            server.uri()
        )
    );
    let kept = error.api_error().map(parts).expect("500 is documented");
    assert_eq!(kept, (500, json!({ "detail": words })));
}
