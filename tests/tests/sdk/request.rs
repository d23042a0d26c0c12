//! The request: what is sent, byte for byte, and what is refused before a byte leaves.

use std::time::Duration;

use askui_workspaces::{
    CallOptions, Credentials, Error, Null, RetryPolicy,
    builder::CreateAccessToken,
    chrono::{DateTime, FixedOffset, Utc},
    types::CreateSubjectAccessTokenCommand as Body,
};

use crate::{
    server::{CREATED, Server, create, json},
    wire::Wire,
};

/// What is set, and its bytes on the wire.
type Names = Vec<(String, String)>;
type Expiries = [(fn(CreateAccessToken) -> CreateAccessToken, &'static str); 11];

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("a date")
}

fn names() -> Names {
    let plain = |name: String| (name.clone(), format!("\"{name}\""));
    vec![
        plain("a".into()),
        plain("ci pipeline".into()),
        plain("x".repeat(128)),
        plain("é".into()),
        plain("é".repeat(128)),
        plain("名前".into()),
        plain("🔑".repeat(128)),
        ("a \"quoted\" \\ name/".into(), r#""a \"quoted\" \\ name/""#.into()),
        (
            "line\nbreak\r\ttab\u{0}\u{1b}\u{7f}".into(),
            "\"line\\nbreak\\r\\ttab\\u0000\\u001b\u{7f}\"".into(),
        ),
    ]
}

const EXPIRIES: Expiries = [
    (|call| call, ""),
    (|call| call.expires_at(None::<DateTime<Utc>>), ""),
    (|call| call.expires_at(Null), r#""expiresAt":null,"#),
    (
        |call| call.expires_at(Some(utc("2030-01-02T03:04:05Z"))),
        r#""expiresAt":"2030-01-02T03:04:05Z","#,
    ),
    (
        |call| call.expires_at(utc("2030-01-02T03:04:05Z")),
        r#""expiresAt":"2030-01-02T03:04:05Z","#,
    ),
    (
        |call| {
            let elsewhere: DateTime<FixedOffset> = "2030-01-02T03:04:05+05:30".parse().expect("a date");
            call.expires_at(elsewhere)
        },
        r#""expiresAt":"2030-01-01T21:34:05Z","#,
    ),
    (
        |call| call.expires_at(utc("2030-01-02T03:04:05.006Z")),
        r#""expiresAt":"2030-01-02T03:04:05.006Z","#,
    ),
    (
        |call| call.expires_at(utc("2030-01-02T03:04:05.000007Z")),
        r#""expiresAt":"2030-01-02T03:04:05.000007Z","#,
    ),
    (
        |call| call.expires_at(utc("2030-01-02T03:04:05.000000008Z")),
        r#""expiresAt":"2030-01-02T03:04:05.000000008Z","#,
    ),
    (
        // What is set last counts.
        |call| {
            call.expires_at(utc("2030-01-02T03:04:05Z"))
                .expires_at(None::<DateTime<Utc>>)
        },
        "",
    ),
    (
        |call| call.expires_at(utc("2030-01-02T03:04:05Z")).expires_at(Null),
        r#""expiresAt":null,"#,
    ),
];

/// Every name with every expiry, as a call sets them, and the body on the wire.
fn bodies(call: &CreateAccessToken) -> Vec<(CreateAccessToken, String)> {
    let mut bodies = Vec::new();
    for (name, name_bytes) in names() {
        for (expire, expiry_bytes) in EXPIRIES {
            let call = expire(call.clone().name(name.as_str()));
            bodies.push((call, format!("{{{expiry_bytes}\"name\":{name_bytes}}}")));
        }
    }
    bodies
}

fn read(text: &str) -> Body {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[tokio::test]
async fn the_request_line_and_every_header_are_as_documented() {
    let wire = Wire::sending(format!(
        "HTTP/1.1 201 Created\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{CREATED}",
        CREATED.len()
    ));
    let authority = wire.authority();
    create(&wire.client()).await.expect("the token is created");

    let request = wire.request().await;
    let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.split("\r\n");
    assert_eq!(lines.next(), Some("POST /api/v1/access-tokens HTTP/1.1"));
    let mut headers = lines.collect::<Vec<_>>();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            "accept: application/json",
            "authorization: Bearer any-token",
            "content-length: 13",
            "content-type: application/json",
            &format!("host: {authority}"),
            &format!(
                "user-agent: askui-workspaces/{} ({}; rust)",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS
            ),
        ]
    );
    assert_eq!(body, r#"{"name":"ci"}"#);
}

#[tokio::test]
async fn the_body_is_exactly_what_was_set() {
    let server = Server::start().await;
    let client = server.client();
    let mut sent = Vec::new();
    let begun = client.create_access_token();
    for (call, expected) in bodies(&begun) {
        let whole = begun.clone().name("another").expires_at(Null).body(read(&expected));
        for call in [call, whole] {
            call.send().await.unwrap_or_else(|error| panic!("{expected}: {error}"));
            sent.push(expected.clone());
        }
    }
    let received = server.received().await;
    assert_eq!(received.len(), sent.len());
    for (request, expected) in received.iter().zip(sent) {
        assert_eq!(String::from_utf8_lossy(&request.body), expected);
        assert_eq!(request.headers["content-length"], expected.len().to_string());
        assert_eq!(
            (request.url.path(), request.url.query()),
            ("/api/v1/access-tokens", None)
        );
        assert_eq!(request.headers.len(), 6, "{:?}", request.headers);
    }
}

#[tokio::test]
async fn a_body_that_is_read_back_is_the_same() {
    let client = Server::start().await.client();
    for (_, expected) in bodies(&client.create_access_token()) {
        assert_eq!(serde_json::to_string(&read(&expected)).expect("it is JSON"), expected);
    }
}

#[tokio::test]
async fn setters_change_a_complete_body() {
    let server = Server::start().await;
    let mut body = Body::new("right");
    body.expires_at = Some(Some(utc("2030-01-02T03:04:05Z")));
    let call = server.client().create_access_token().body(body).expires_at(Null);
    call.send().await.expect("201");
    assert_eq!(
        server.received_one().await.body,
        br#"{"expiresAt":null,"name":"right"}"#
    );
}

/// Nothing in a call is borrowed, neither before nor while it is sent.
#[tokio::test]
async fn a_call_can_be_spawned() {
    fn is_owned<T: Send + 'static>(value: T) -> T {
        value
    }

    let server = Server::start().await;
    let client = server.client();
    let call = is_owned(client.create_access_token());
    let sent = is_owned(call.name("ci").send());
    drop(client);
    let created = tokio::spawn(sent).await.expect("it does not panic").expect("201");
    assert_eq!(created.token.name, "ci");
    let client = server.client();
    let created = tokio::spawn(client.create_access_token().name("ci").send()).await;
    created.expect("it does not panic").expect("201");
}

#[tokio::test]
async fn a_wrong_value_that_is_set_right_is_sent() {
    let server = Server::start().await;
    server
        .client()
        .create_access_token()
        .name("")
        .name("right")
        .send()
        .await
        .expect("what is set last counts");
    assert_eq!(server.received_one().await.body, br#"{"name":"right"}"#);
}

/// Names that break a rule, and what is said of them.
fn wrong_names() -> [(String, &'static str); 4] {
    [
        (String::new(), "has 0 characters, at least 1 is required"),
        ("x".repeat(129), "has 129 characters, at most 128 are allowed"),
        ("🔑".repeat(129), "has 129 characters, at most 128 are allowed"),
        ("x".repeat(100_000), "has 100000 characters, at most 128 are allowed"),
    ]
}

#[tokio::test]
async fn what_breaks_a_rule_is_not_sent() {
    let server = Server::start().await;
    let client = server.client();
    let call = || client.create_access_token();
    let mut rejected = vec![
        (call(), "$.name is required".to_owned()),
        (
            call().expires_at(utc("2030-01-02T03:04:05Z")),
            "$.name is required".to_owned(),
        ),
    ];
    for (name, fault) in wrong_names() {
        let reason = format!("$.name {fault}");
        rejected.push((call().name(name.clone()), reason.clone()));
        rejected.push((call().body(Body::new(name.clone())), reason.clone()));
        let expiry = DateTime::<Utc>::MAX_UTC;
        let both = format!("{reason}; $.expiresAt is after the year 9999");
        rejected.push((call().name(name).expires_at(expiry), both));
    }
    for (call, reason) in rejected {
        let error = call.send().await.expect_err(&reason);
        assert_eq!(error.to_string(), format!("create_access_token was not sent: {reason}"));
        let Error::InvalidRequest(invalid) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(invalid.operation(), "create_access_token");
        assert!(!error.may_have_been_processed() && !error.is_connect() && !error.is_timeout());
        assert!(error.status().is_none() && error.headers().is_none() && error.body().is_none());
        assert!(error.request_id().is_none() && error.api_error().is_none());
        assert!(std::error::Error::source(&error).is_none());
    }
    assert_eq!(server.received().await.len(), 0);
}

#[tokio::test]
async fn a_call_has_its_clients_options_and_may_change_them() {
    type Change = fn(CallOptions) -> CallOptions;

    let hasty = RetryPolicy::default().base_delay(Duration::ZERO);
    let rows: [(Change, usize); 3] = [
        (|options| options, 3),
        (|options| options.retry(RetryPolicy::never()), 1),
        (
            |options| options.retry(RetryPolicy::never().max_attempts(2).base_delay(Duration::ZERO)),
            2,
        ),
    ];
    for (change, expected) in rows {
        let busy = json(429, r#"{"detail": "No."}"#).insert_header("retry-after", "0");
        let server = Server::answering(busy).await;
        let client = server
            .builder()
            .credentials(Credentials::bearer("any-token"))
            .retry(hasty.clone())
            .build()
            .expect("a client");
        let call = client.create_access_token().name("ci");
        let error = call.options(change).send().await.expect_err("the server is busy");
        assert_eq!(server.received().await.len(), expected, "{error}");
        assert_eq!(error.retry_after(), Some(Duration::ZERO));
        assert!(error.is_retryable() && error.attempts() as usize == expected);
    }
}

#[tokio::test]
async fn an_answer_is_cut_off_at_the_size_that_the_call_permits() {
    let server = Server::start().await;
    let client = server.client();
    for (limit, is_enough) in [(CREATED.len(), true), (CREATED.len() - 1, false), (0, false)] {
        let call = client.create_access_token().name("ci");
        match call.options(|options| options.max_response_size(limit)).send().await {
            Ok(created) => assert!(is_enough && created.token.name == "ci"),
            Err(error) => {
                assert!(!is_enough, "{error}");
                assert_eq!(error.body().expect("it is answered").text(), &CREATED[..limit]);
                let text = format!("with a body of more than {limit} bytes; the server processed the request");
                let text = format!(
                    "create_access_token got 201 Created {text} (POST {}/api/v1/access-tokens)",
                    server.uri()
                );
                assert_eq!(error.to_string(), text);
            }
        }
    }
}

#[tokio::test]
async fn a_success_has_its_body_as_it_came_and_comes_apart() {
    let body = CREATED.replacen('{', r#"{"undocumented": [1.50], "#, 1);
    let server = Server::answering(json(201, &body).insert_header("x-custom", "kept")).await;
    let created = create(&server.client()).await.expect("the token is created");
    assert_eq!(created.body().map(|body| body.text().into_owned()), Some(body.clone()));
    assert!(!format!("{created:?}").contains("a-new-token"));
    let parts = created.into_parts();
    assert_eq!(parts.value.token_string.expose_secret(), "a-new-token");
    assert_eq!(
        (parts.status.as_u16(), &parts.headers["x-custom"]),
        (201, &"kept".parse().expect("a header"))
    );
    assert_eq!(
        parts.body.as_ref().map(askui_workspaces::Body::as_bytes),
        Some(body.as_bytes())
    );
    assert!(!format!("{parts:?}").contains("a-new-token"));
}
