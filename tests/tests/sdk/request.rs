//! The request: what is sent, byte for byte, and what is refused before a byte leaves.

use std::time::Duration;

use askui_workspaces::{
    CallOptions, Credentials, Error, RetryPolicy,
    chrono::{DateTime, FixedOffset, Utc},
    types::{self, CreateSubjectAccessTokenCommandName as Name},
};

use crate::{
    server::{CREATED, Server, create, json},
    wire::Wire,
};

type Body = types::builder::CreateSubjectAccessTokenCommand;

/// What is set, and its bytes on the wire.
type Names = Vec<(String, String)>;
type Expiries = [(fn(Body) -> Body, &'static str); 9];

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
    (|body| body, ""),
    (|body| body.expires_at(None::<DateTime<Utc>>), r#""expiresAt":null,"#),
    (
        |body| body.expires_at(Some(utc("2030-01-02T03:04:05Z"))),
        r#""expiresAt":"2030-01-02T03:04:05Z","#,
    ),
    (
        |body| body.expires_at(utc("2030-01-02T03:04:05Z")),
        r#""expiresAt":"2030-01-02T03:04:05Z","#,
    ),
    (
        |body| {
            let elsewhere: DateTime<FixedOffset> = "2030-01-02T03:04:05+05:30".parse().expect("a date");
            body.expires_at(elsewhere.with_timezone(&Utc))
        },
        r#""expiresAt":"2030-01-01T21:34:05Z","#,
    ),
    (
        |body| body.expires_at(utc("2030-01-02T03:04:05.006Z")),
        r#""expiresAt":"2030-01-02T03:04:05.006Z","#,
    ),
    (
        |body| body.expires_at(utc("2030-01-02T03:04:05.000007Z")),
        r#""expiresAt":"2030-01-02T03:04:05.000007Z","#,
    ),
    (
        |body| body.expires_at(utc("2030-01-02T03:04:05.000000008Z")),
        r#""expiresAt":"2030-01-02T03:04:05.000000008Z","#,
    ),
    (
        // What is set last counts.
        |body| {
            body.expires_at(utc("2030-01-02T03:04:05Z"))
                .expires_at(None::<DateTime<Utc>>)
        },
        r#""expiresAt":null,"#,
    ),
];

/// Every name with every expiry, and their body on the wire.
fn bodies() -> Vec<(Body, String)> {
    let mut bodies = Vec::new();
    for (name, name_bytes) in names() {
        for (expire, expiry_bytes) in EXPIRIES {
            let body = expire(types::CreateSubjectAccessTokenCommand::builder().name(name.as_str()));
            bodies.push((body, format!("{{{expiry_bytes}\"name\":{name_bytes}}}")));
        }
    }
    bodies
}

fn built(body: Body) -> types::CreateSubjectAccessTokenCommand {
    body.try_into().expect("a valid body")
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
    for (body, expected) in bodies() {
        let call = client.create_access_token();
        let ways = [
            call.clone().body_map(|_| body.clone()),
            call.clone().body(body.clone()),
            call.clone().body(built(body.clone())),
            call.body(built(body)).body_map(|body| body),
        ];
        for call in ways {
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

#[test]
fn a_body_that_is_read_back_is_the_same() {
    for (body, expected) in bodies() {
        let read: types::CreateSubjectAccessTokenCommand =
            serde_json::from_str(&expected).unwrap_or_else(|error| panic!("{expected}: {error}"));
        assert_eq!(read.expires_at, built(body).expires_at, "{expected}");
        assert_eq!(serde_json::to_string(&read).expect("it is JSON"), expected);
    }
}

#[tokio::test]
async fn a_wrong_value_that_is_set_right_is_sent() {
    let server = Server::start().await;
    server
        .client()
        .create_access_token()
        .body_map(|body| body.name(""))
        .body_map(|body| body.name("right"))
        .send()
        .await
        .expect("what is set last counts");
    assert_eq!(server.received_one().await.body, br#"{"name":"right"}"#);
}

/// Names that break a rule, and what is said of them.
fn wrong_names() -> [(String, &'static str); 4] {
    [
        (String::new(), "is 0 characters long, but must be at least 1"),
        ("x".repeat(129), "is 129 characters long, but must be at most 128"),
        ("🔑".repeat(129), "is 129 characters long, but must be at most 128"),
        (
            "x".repeat(100_000),
            "is 100000 characters long, but must be at most 128",
        ),
    ]
}

#[tokio::test]
async fn what_breaks_a_rule_is_not_sent() {
    let server = Server::start().await;
    let client = server.client();
    let call = || client.create_access_token();
    let unset = "is required, and was not set";
    let mut rejected = vec![
        (call(), unset),
        (call().body_map(|body| body), unset),
        (call().body(Body::default()), unset),
        (
            call().body_map(|body| body.expires_at(utc("2030-01-02T03:04:05Z"))),
            unset,
        ),
    ];
    for (name, fault) in wrong_names() {
        let body = Body::default().name(name.clone());
        rejected.push((call().body_map(|body| body.name(name)), fault));
        rejected.push((call().body(body.clone()), fault));
        rejected.push((call().body_map(|_| body.expires_at(None::<DateTime<Utc>>)), fault));
    }
    for (call, fault) in rejected {
        let error = call.send().await.expect_err(fault);
        let reason = format!("`CreateSubjectAccessTokenCommand.name` {fault}");
        assert_eq!(
            error.to_string(),
            format!("create_access_token was not sent: $ {reason}")
        );
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

#[test]
fn a_name_is_checked_however_it_is_made() {
    for (name, fault) in wrong_names() {
        let expected = format!("`CreateSubjectAccessTokenCommand.name` {fault}");
        let errors = [
            Name::try_from(name.as_str()).expect_err(fault).to_string(),
            name.parse::<Name>().expect_err(fault).to_string(),
            serde_json::from_value::<Name>(name.clone().into())
                .expect_err(fault)
                .to_string(),
            Name::try_from(name).expect_err(fault).to_string(),
        ];
        for error in errors {
            assert_eq!(error, expected);
        }
    }
    for (name, _) in names() {
        let parsed = name.parse::<Name>().expect("a valid name");
        assert_eq!(Name::try_from(name.as_str()).expect("a valid name"), parsed);
        assert_eq!(*parsed, name);
        assert_eq!(String::from(parsed), name);
    }
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
            .retry(hasty)
            .build()
            .expect("a client");
        let call = client.create_access_token().body_map(|body| body.name("ci"));
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
        let call = client.create_access_token().body_map(|body| body.name("ci"));
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
