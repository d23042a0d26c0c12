//! The mock server, as the tests of an application use it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use askui_workspaces::{
    Error, Null, RetryPolicy,
    chrono::{DateTime, Utc},
    mock::{MockServer, Times},
    reqwest::{self, StatusCode},
    types::{
        CreateAccessTokenError as Failure, CreateSubjectAccessTokenResponseDto as Created, HTTPValidationError,
        StringErrorResponse, ValidationError,
    },
};
use serde_json::{Value, json};

use crate::server::{create, create_fails};

const EXPIRY: &str = "2030-01-02T03:04:05Z";

fn expiry() -> DateTime<Utc> {
    EXPIRY.parse().expect("a time")
}

/// What a panic says.
fn message(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("it panics");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap_or_default()
}

#[tokio::test]
async fn every_documented_answer_is_a_variant() {
    let server = MockServer::start().await;
    let client = server.client();
    let mut created = Created::fixture();
    created.token.name = "ci".into();
    created.token_string = "a-new-token".into();
    server.create_access_token().created(created.clone()).up_to_n_times(1);
    let answer = create(&client).await.expect("it is created");
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.into_inner(), created);

    let mut fault = ValidationError::fixture();
    fault.loc = vec!["body".into(), "name".into()];
    fault.msg = "too short".into();
    let mut invalid = HTTPValidationError::fixture();
    invalid.detail = Some(vec![fault]);
    server.create_access_token().unauthorized("a").up_to_n_times(1);
    server.create_access_token().forbidden("b").up_to_n_times(1);
    server
        .create_access_token()
        .unprocessable_entity(invalid.clone())
        .up_to_n_times(1);
    server
        .create_access_token()
        .internal_server_error(StringErrorResponse::fixture())
        .up_to_n_times(1);
    for expected in [
        Failure::Unauthorized("a".into()),
        Failure::Forbidden("b".into()),
        Failure::UnprocessableEntity(invalid),
        Failure::InternalServerError(StringErrorResponse::fixture()),
    ] {
        assert_eq!(create_fails(&client).await.api_error(), Some(&expected));
    }
}

#[tokio::test]
async fn answers_that_are_not_documented() {
    let server = MockServer::start().await;
    let page = "<html>502</html>";
    server
        .create_access_token()
        .status(502)
        .body(page, "text/html")
        .header("x-request-id", "r")
        .up_to_n_times(1);
    let error = create_fails(&server.client()).await;
    assert!(matches!(error, Error::UnexpectedResponse(_)), "{error:?}");
    assert_eq!(
        (error.status(), error.request_id()),
        (Some(StatusCode::BAD_GATEWAY), Some("r"))
    );
    assert_eq!(error.body().map(|body| body.text().into_owned()).as_deref(), Some(page));

    // What is not as documented need not be JSON either, whatever the status.
    server
        .create_access_token()
        .created(Created::fixture())
        .body("{", "application/json")
        .up_to_n_times(1);
    assert_eq!(create_fails(&server.client()).await.status(), Some(StatusCode::CREATED));

    // An hour is longer than any attempt takes.
    server
        .create_access_token()
        .created(Created::fixture())
        .delay(Duration::from_secs(3600));
    let client = server
        .builder()
        .retry(RetryPolicy::never())
        .attempt_timeout(Duration::from_millis(50));
    let error = create_fails(&client.build().expect("a client")).await;
    assert!(error.is_timeout() && error.may_have_been_processed(), "{error:?}");
}

#[tokio::test]
async fn headers_of_an_answer_arrive() {
    let server = MockServer::start().await;
    server
        .create_access_token()
        .created(Created::fixture())
        .header("x-request-id", "r")
        .header("Link", "<a>")
        .header("link", "<b>")
        .up_to_n_times(1);
    let answer = create(&server.client()).await.expect("it is created");
    assert_eq!(answer.headers()["x-request-id"], "r");
    assert_eq!(
        answer.headers().get_all("link").iter().collect::<Vec<_>>(),
        ["<a>", "<b>"]
    );
    assert_eq!(answer.headers()["content-type"], "application/json");

    let media_type = "application/json; charset=utf-8";
    for name in ["Content-Type", "content-type", "CONTENT-TYPE"] {
        server
            .create_access_token()
            .created(Created::fixture())
            .header(name, media_type)
            .up_to_n_times(1);
        let answer = create(&server.client()).await.expect("it is created");
        let sent = answer.headers().get_all("content-type").iter().collect::<Vec<_>>();
        assert_eq!(sent, [media_type], "{name}");
    }
}

#[tokio::test]
async fn clients_retry_without_waiting() {
    let server = MockServer::start().await;
    let built = server.builder().build().expect("a client");
    for client in [server.client(), built] {
        // As long as the policy permits: a client that waits would take two minutes.
        let busy = server
            .create_access_token()
            .status(429)
            .header("Retry-After", 60)
            .up_to_n_times(2);
        let created = server
            .create_access_token()
            .created(Created::fixture())
            .up_to_n_times(1);
        create(&client).await.expect("the third attempt");
        assert_eq!((busy.calls(), created.calls()), (2, 1));
    }
}

#[tokio::test]
async fn the_first_mock_that_takes_a_request_answers() {
    let server = MockServer::start().await;
    let client = server.client();
    let named = server.create_access_token().with_name("ci").forbidden("named");
    let expiring = server
        .create_access_token()
        .with_expires_at(expiry())
        .forbidden("expiring");
    let endless = server.create_access_token().with_expires_at(Null).forbidden("endless");
    let long = server
        .create_access_token()
        .when(|request| request.body.name.len() > 5)
        .forbidden("long");
    let rest = server.create_access_token().forbidden("rest");
    let call = || client.create_access_token();
    for (call, taken) in [
        (call().name("ci").expires_at(expiry()), "named"),
        (call().name("x").expires_at(expiry()), "expiring"),
        (call().name("x").expires_at(Null), "endless"),
        (call().name("longer"), "long"),
        (call().name("x"), "rest"),
    ] {
        let error = call.send().await.expect_err("forbidden");
        assert_eq!(error.api_error(), Some(&Failure::Forbidden(taken.into())));
    }
    let mocks = [named, expiring, endless, long, rest];
    assert!(mocks.iter().all(|mock| mock.calls() == 1), "{mocks:?}");
    assert_eq!(mocks[1].requests()[0].body.expires_at, Some(Some(expiry())));
    assert_eq!(server.received_requests().len(), 5);
    assert_eq!(
        server.received_requests()[0].headers["content-type"],
        "application/json"
    );
    assert_eq!(
        format!("{:?}", server.received_requests()[0]),
        "POST /api/v1/access-tokens"
    );
}

#[tokio::test]
async fn an_answer_is_made_of_its_request() {
    let server = MockServer::start().await;
    server.create_access_token().created_with(|request| {
        let mut created = Created::fixture();
        created.token.name = request.body.name.clone();
        created
    });
    assert_eq!(create(&server.client()).await.expect("it is created").token.name, "ci");

    server.reset();
    server.create_access_token().created_with(|_| panic!("none today"));
    let error = create_fails(&server.client()).await;
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    let refused = server.take_rejected_requests();
    assert_eq!(
        refused[0].to_string(),
        "POST /api/v1/access-tokens was rejected with 500: a closure of the test panicked: none today"
    );
}

/// A request, and what is wrong with it.
struct Row {
    method: &'static str,
    path: &'static str,
    authorization: Option<&'static str>,
    media_type: Option<&'static str>,
    body: String,
    status: u16,
    reason: &'static str,
}

/// One that would be right.
fn right() -> Row {
    Row {
        method: "POST",
        path: "/api/v1/access-tokens",
        authorization: Some("Basic czNjcmV0"),
        media_type: Some("application/json"),
        body: json!({"name": "ci"}).to_string(),
        status: 422,
        reason: "",
    }
}

fn of_body(body: &Value, reason: &'static str) -> Row {
    Row {
        body: body.to_string(),
        reason,
        ..right()
    }
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let unauthorized = |authorization, reason| Row { authorization, status: 401, reason, ..right() };
    let sent_as = |media_type, reason| Row { media_type, reason, ..right() };
    let text = |body: &str, reason| Row { body: body.into(), reason, ..right() };
    let unknown = "`Authorization` holds no credentials of a known kind, where the operation takes `Bearer` (a bearer token: `Credentials::bearer`) or `Basic` (an access token: `Credentials::access_token`)";
    vec![
        unauthorized(None, "no `Authorization` header, where the operation takes `Bearer` (a bearer token: `Credentials::bearer`) or `Basic` (an access token: `Credentials::access_token`)"),
        unauthorized(Some("s3cret"), unknown),
        unauthorized(Some("Digest s3cret"), unknown),
        unauthorized(Some("Basic s3cret*"), unknown),
        unauthorized(Some("Bearer "), unknown),
        Row { path: "/api/v1/acces-tokens", status: 404, reason: "no operation of the description is POST /api/v1/acces-tokens", ..right() },
        Row { method: "GET", status: 405, reason: "no operation of the description is GET /api/v1/access-tokens: that path has POST", ..right() },
        sent_as(None, "body: the body is sent without a `Content-Type`, and the description has `application/json`"),
        sent_as(Some("text/plain"), "body: the body is sent as `text/plain`, and the description has `application/json`"),
        Row { media_type: None, body: String::new(), reason: "body: Field required", ..right() },
        text("{", "body: JSON decode error"),
        of_body(&json!(["s3cret"]), "body: Input should be a valid dictionary"),
        of_body(&json!({}), "body.name: Field required"),
        of_body(&json!({"name": null}), "body.name: Input should be a valid string"),
        of_body(&json!({"name": ""}), "body.name: String should have at least 1 character"),
        of_body(&json!({"name": "s3cret".repeat(22)}), "body.name: String should have at most 128 characters"),
        of_body(&json!({"name": "ci", "expiresAt": "s3cret"}), "body.expiresAt: Input should be a valid datetime"),
        of_body(&json!({"name": "", "expiresAt": 1}), "body.expiresAt: Input should be a valid string; body.name: String should have at least 1 character"),
    ]
}

#[tokio::test]
async fn what_is_not_as_documented_is_refused_as_documented() {
    let server = MockServer::start().await;
    server.create_access_token().created(Created::fixture()).expect(0);
    let http = reqwest::Client::new();
    for row in rows() {
        let method = row.method.parse().expect("a method");
        let mut request = http
            .request(method, format!("{}{}", server.uri(), row.path))
            .body(row.body.clone());
        for (name, value) in [("authorization", row.authorization), ("content-type", row.media_type)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), row.status, "{}", row.reason);
        let body = answer.text().await.expect("its body");
        let refused = server.take_rejected_requests();
        assert_eq!((refused.len(), refused[0].reason.as_str()), (1, row.reason));
        assert!(
            !format!("{} {refused:?} {body}", refused[0]).contains("s3cret"),
            "{refused:?} {body}"
        );
        let said = match row.status {
            401 => serde_json::from_str::<StringErrorResponse>(&body)
                .expect(&body)
                .to_string(),
            422 => serde_json::from_str::<HTTPValidationError>(&body)
                .expect(&body)
                .to_string(),
            _ => body,
        };
        assert_eq!(said, row.reason);
    }
}

#[tokio::test]
async fn a_test_fails_with_all_that_it_did_not_expect() {
    let server = MockServer::start().await;
    let client = server.client();
    server.verify();
    server
        .create_access_token()
        .with_name("ci")
        .created(Created::fixture())
        .expect(2);
    server
        .create_access_token()
        .with_name("other")
        .created(Created::fixture())
        .expect(1..)
        .up_to_n_times(1);
    create(&client).await.expect("it is created");
    let third = client.create_access_token().name("third").send();
    assert_eq!(
        third.await.expect_err("no stub matches it").status(),
        Some(StatusCode::NOT_IMPLEMENTED)
    );
    let text = message(|| server.verify());
    let lines = text.lines().collect::<Vec<_>>();
    let expected = [
        ("the mock server did not get the requests that the test expects", ""),
        ("  create_access_token, responding with 201 at ", "for `name` = \"ci\""),
        ("      expected 2 requests, received 1 request", ""),
        (
            "  create_access_token, responding with 201 at ",
            "for `name` = \"other\"",
        ),
        ("      expected at least 1 request, received 0 requests", ""),
        (
            "  POST /api/v1/access-tokens was rejected with 501: no stub matches it: `server.create_access_token()` begins one",
            "",
        ),
        (
            "      the stub at ",
            "asks for `name` = \"ci\": the request has \"third\"",
        ),
        (
            "      the stub at ",
            "asks for `name` = \"other\": the request has \"third\"",
        ),
    ];
    assert_eq!(lines.len(), expected.len(), "{text}");
    for (line, (start, end)) in lines.iter().zip(expected) {
        assert!(line.starts_with(start) && line.ends_with(end), "{line}");
        assert_eq!(start.ends_with(" at "), line.contains("mock.rs:"), "{line}");
    }
    // It was told.
    drop(server);

    let server = MockServer::start().await;
    server.create_access_token().unauthorized("never asked").expect(1);
    assert!(message(|| drop(server)).ends_with("expected 1 request, received 0 requests"));
}

#[tokio::test]
async fn a_refused_request_alone_fails_a_test() {
    for fails in [|server: MockServer| server.verify(), |server: MockServer| drop(server)] {
        let server = MockServer::start().await;
        let mock = server.create_access_token().created(Created::fixture()).expect(1);
        create(&server.client()).await.expect("what the test expects");
        let answer = reqwest::get(format!("{}/nowhere", server.uri())).await;
        assert_eq!(answer.expect("an answer").status(), StatusCode::NOT_FOUND);
        assert_eq!(mock.calls(), 1);
        assert_eq!(
            message(|| fails(server)),
            "the mock server did not get the requests that the test expects\n  \
             GET /nowhere was rejected with 404: no operation of the description is GET /nowhere"
        );
    }
}

#[tokio::test]
async fn what_no_request_can_have_is_the_tests_own_fault() {
    let server = MockServer::start().await;
    for (run, expected) in [
        (
            (|server| drop(server.create_access_token().status(99))) as fn(&MockServer),
            "99 is no status of a response: use 200 to 999",
        ),
        (
            |server| drop(server.create_access_token().status(100)),
            "100 is no status of a response: use 200 to 999",
        ),
        (
            |server| drop(server.create_access_token().status(199)),
            "199 is no status of a response: use 200 to 999",
        ),
        (
            |server| drop(server.create_access_token().status(429).header("a b", 1)),
            "this is not a valid header: `a b`",
        ),
    ] {
        let text = message(|| run(&server));
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn numbers_of_requests_are_said_in_words() {
    for (times, expected) in [
        (Times::from(1), "1 request"),
        (Times::from(0), "0 requests"),
        (Times::from(2..), "at least 2 requests"),
        (Times::from(1..=3), "1 to 3 requests"),
        (Times::from(1..3), "1 to 2 requests"),
        (Times::from(..2), "at most 1 request"),
        (Times::from(..=2), "at most 2 requests"),
        (Times::from(..), "any number of requests"),
    ] {
        assert_eq!(times.to_string(), expected);
    }
}
