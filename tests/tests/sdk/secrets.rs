//! Secrets: neither the credential nor a new token is in anything that a log can show.

use std::{
    error::Error as StdError,
    fmt::{Debug, Write as _},
};

use askui_workspaces::{Body, Client, Credentials, Error, Secret, reqwest};
use serde_json::json;
use wiremock::{Request, Respond, ResponseTemplate};

use crate::{
    server::{CREATED, Failure, Server, create, create_fails, json as json_answer},
    wire::Wire,
};

/// The client's credential, and its form in an `Authorization` header of the scheme `Basic`. Both hold characters that
/// some writers of JSON escape.
pub(crate) const TOKEN: &str = "key-7f3a2>>>???~~~-91c4";
pub(crate) const ENCODED: &str = "a2V5LTdmM2EyPj4+Pz8/fn5+LTkxYzQ=";

/// The token that the server made.
pub(crate) const NEW: &str = "brand-new-token-4242";

/// Digits alone, for a token that comes as a number.
pub(crate) const NEW_NUMBER: &str = "9876543210123";

fn check(shown: &str) {
    for secret in [TOKEN, ENCODED, NEW, NEW_NUMBER] {
        assert!(!shown.contains(secret), "{secret} is in:\n{shown}");
    }
}

fn check_debug(value: &impl Debug) {
    check(&format!("{value:?}\n{value:#?}"));
}

/// Checks whatever a log can show of an error and of its causes.
pub(crate) fn check_error(error: &(dyn StdError + 'static)) {
    let mut shown = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        writeln!(shown, "{error}\n{error:#}\n{error:?}\n{error:#?}").expect("a string takes every text");
        next = error.source();
    }
    check(&shown);
}

/// Checks an error that the server's answer led to, and what the caller can read of that answer.
fn check_failure(error: &Failure) {
    check_error(error);
    check_debug(error.body().expect("it was answered"));
    for (name, value) in error.headers().expect("it was answered") {
        check(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
    }
    if error.status().is_some_and(|status| !status.is_success()) {
        check(&error.body().map(Body::text).expect("it was answered"));
    }
}

fn both_schemes() -> [Credentials; 2] {
    [Credentials::bearer(TOKEN), Credentials::access_token(TOKEN)]
}

fn created_with(token_string: &str) -> String {
    CREATED.replace("a-new-token", token_string)
}

#[tokio::test]
async fn nothing_on_the_way_to_an_answer_prints_a_secret() {
    let default = reqwest::header::HeaderValue::from_static(TOKEN);
    let http = reqwest::Client::builder()
        .default_headers([(reqwest::header::COOKIE, default)].into_iter().collect())
        .build()
        .expect("a client");
    let server = Server::answering(json_answer(201, &created_with(NEW))).await;
    for credentials in both_schemes() {
        check_debug(&credentials);
        let builder = server.builder().credentials(credentials.clone());
        check_debug(&builder);
        check_debug(&builder.clone().reqwest_client(http.clone()));
        let client = builder.build().expect("a client");
        check_debug(&client);
        let call = client.create_access_token().name("ci");
        check_debug(&call);
        check_debug(&call.clone().name(""));

        let created = call.send().await.expect("the token is created");
        assert_eq!(created.token_string.expose_secret(), NEW);
        check_debug(&created);
        check_debug(&created.token_string);
        check_debug(&created.into_inner());

        let error = client.create_access_token().name(TOKEN.repeat(10)).send().await;
        check_error(&error.expect_err("the name is too long"));
    }
    check_debug(&[Secret::from(TOKEN), Secret::from(NEW.to_owned())]);
    check_debug(&Some(Secret::from(TOKEN)));
}

#[test]
fn a_client_that_cannot_be_built_prints_no_secret() {
    for credentials in [Credentials::bearer, Credentials::access_token] {
        for token in [format!("{TOKEN}\n"), format!(" {TOKEN}"), format!("{TOKEN}\n{TOKEN}")] {
            if let Err(error) = Client::builder().credentials(credentials(token)).build() {
                check_error(&error);
            }
        }
    }
    for endpoint in [
        format!("https://user:{NEW}@example.com"),
        format!("http://{NEW}@example.com"),
        format!("https://example.com/?token={NEW}"),
        format!("https://example.com/#{NEW}"),
        format!("https://user:{NEW}@example.com:port"),
    ] {
        let builder = Client::builder().endpoint(endpoint);
        check_debug(&builder);
        check_error(&builder.build().expect_err("not an endpoint"));
    }
}

/// Repeats the `Authorization` header, and the token that is in it, in its body and in every header.
fn repeating(status: u16, content_type: &'static str, body: fn(&str) -> String) -> impl Respond {
    move |request: &Request| {
        let header = request.headers["authorization"].to_str().expect("it is text");
        let said = if header == format!("Basic {ENCODED}") {
            format!("{header} {ENCODED} {TOKEN}")
        } else {
            assert_eq!(header, format!("Bearer {TOKEN}"));
            format!("{header} {TOKEN}")
        };
        ResponseTemplate::new(status)
            .set_body_raw(body(&said), &format!("{content_type}; echo={said}"))
            .insert_header("x-request-id", &said)
            .insert_header("location", format!("/login?{said}&{TOKEN}"))
            .insert_header("retry-after", &said)
            .insert_header("server", &said)
            .insert_header("www-authenticate", &said)
            .insert_header("x-custom", format!("kept {said}"))
    }
}

/// Writes every character as `\uXXXX`, as JSON permits; writers do so for `>`, `/` and others.
fn escaped(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut escaped, unit| {
        write!(escaped, "\\u{unit:04x}").expect("a string takes every text");
        escaped
    })
}

/// A content type, and a body that holds what the server says.
type Says = (&'static str, fn(&str) -> String);

const VERBATIM: [Says; 7] = [
    ("text/plain", str::to_owned),
    ("text/html", |said| format!("<!doctype html><p>{said}</p>")),
    ("application/json", |said| json!({ "detail": said }).to_string()),
    ("application/json", |said| json!({ "error": said }).to_string()),
    ("application/json", |said| {
        json!({"detail": [{"loc": ["header", said], "msg": said, "type": said}]}).to_string()
    }),
    ("application/json", |said| {
        json!({"detail": [{"loc": ["header"], "msg": "wrong", "type": "x", "input": said}]}).to_string()
    }),
    ("application/json", |said| json!({ said: said }).to_string()),
];

const ESCAPED: [Says; 6] = [
    ("application/json", |said| {
        format!(r#"{{"detail":"{}"}}"#, escaped(said))
    }),
    ("application/json", |said| {
        format!(r#"{{"detail":"{}"}}"#, said.replace('/', r"\/").replace('>', r"\u003e"))
    }),
    ("application/json", |said| {
        let said = escaped(said);
        format!(r#"{{"detail":[{{"loc":["{said}"],"msg":"{said}","type":"{said}"}}]}}"#)
    }),
    ("application/json", |said| format!(r#"{{"{}":true}}"#, escaped(said))),
    // Not one whole document, in which only slashes are escaped.
    ("application/x-ndjson", |said| {
        let said = said.replace('/', r"\/");
        format!("{{\"detail\":\"{said}\"}}\n{{\"detail\":\"{said}\"}}")
    }),
    ("text/plain", |said| {
        format!(r#"error: {{"detail":"{}"}}"#, said.replace('/', r"\/"))
    }),
];

async fn check_repeating(bodies: &[Says]) {
    let server = Server::start().await;
    for credentials in both_schemes() {
        let client = server.builder().credentials(credentials).build().expect("a client");
        for status in [401, 403, 422, 500, 200, 201, 302, 400, 404, 502] {
            for (content_type, body) in bodies {
                server.answer_with(repeating(status, content_type, *body)).await;
                let error = create_fails(&client).await;
                check_failure(&error);
                // What is not secret is still there.
                assert!(
                    error.request_id().is_some_and(|id| id.contains("[redacted]")),
                    "{error:?}"
                );
                let custom = &error.headers().expect("it was answered")["x-custom"];
                assert!(
                    custom.to_str().is_ok_and(|custom| custom.starts_with("kept ")),
                    "{custom:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_credential_gets_it_into_no_error() {
    check_repeating(&VERBATIM).await;
}

#[tokio::test]
async fn a_server_that_escapes_the_credential_in_json_gets_it_into_no_error() {
    check_repeating(&ESCAPED).await;
}

#[tokio::test]
async fn a_server_that_repeats_the_credential_gets_it_into_no_header_of_a_success() {
    let server = Server::answering(repeating(201, "application/json", |_| created_with(NEW))).await;
    for credentials in both_schemes() {
        let client = server.builder().credentials(credentials).build().expect("a client");
        let created = create(&client).await.expect("the token is created");
        check_debug(&created);
        for value in created.headers().values() {
            check(&String::from_utf8_lossy(value.as_bytes()));
        }
    }
}

#[tokio::test]
async fn what_a_server_says_of_the_credential_is_redacted_and_the_rest_is_kept() {
    let server = Server::start().await;
    let client = server
        .builder()
        .credentials(Credentials::access_token(TOKEN))
        .build()
        .expect("a client");
    let body = |said: &str| json!({ "detail": format!("not {said} again") }).to_string();
    for said in [
        TOKEN.to_owned(),
        ENCODED.to_owned(),
        escaped(TOKEN),
        ENCODED.replace('/', r"\/"),
        ENCODED.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D"),
        ENCODED.replace('/', "%2f").replace('+', "%2b").replace('=', "%3d"),
    ] {
        // The escapes are JSON's own, so they go in as they are.
        let sent = body("@").replace('@', &said);
        server.answer_with(json_answer(401, &sent)).await;
        let error = create_fails(&client).await;
        assert_eq!(
            error.to_string(),
            format!(
                "create_access_token failed: 401 Unauthorized: not [redacted] again (POST {}/api/v1/access-tokens)",
                server.uri()
            )
        );
        let kept: serde_json::Value =
            serde_json::from_slice(error.body().expect("it was answered").as_bytes()).expect("it is still JSON");
        assert_eq!(kept["detail"], "not [redacted] again");
    }
}

/// The failure that these bytes lead to.
async fn failure_of(answer: String) -> Failure {
    let wire = Wire::sending(answer);
    let client = wire
        .builder()
        .credentials(Credentials::bearer(TOKEN))
        .build()
        .expect("a client");
    let error = create_fails(&client).await;
    assert!(wire.request().await.contains(TOKEN));
    error
}

#[tokio::test]
async fn an_answer_that_breaks_off_prints_no_secret() {
    for answer in [
        format!("HTTP/1.1 404 {TOKEN}\r\ncontent-length: 0\r\n\r\n"),
        format!("HTTP/1.1 499 {TOKEN}\r\nx-request-id: {TOKEN}\r\ncontent-length: 0\r\n\r\n"),
        format!("HTTP/1.1 500 No\r\nlocation: {TOKEN}\r\ncontent-length: 999\r\n\r\n{{\"detail\":\"{TOKEN}"),
        format!("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n17\r\n{TOKEN}\r\n{TOKEN}"),
        format!(
            "HTTP/1.1 500 No\r\ncontent-length: 999\r\n\r\n{}",
            &TOKEN[..TOKEN.len() - 1]
        ),
        format!("HTTP/1.1 201 Yes\r\nlocation: {TOKEN}\r\ncontent-length: 999\r\n\r\n{{\"tokenString\":\"{NEW}\""),
        format!("HTTP/1.1 201 Created\r\ntransfer-encoding: {TOKEN}\r\n\r\n{NEW}"),
    ] {
        check_failure(&failure_of(answer).await);
    }
    for no_answer in [
        TOKEN.to_owned(),
        format!("HTTP/1.1 {TOKEN}\r\n\r\n"),
        format!("HTTP/1.1 201 Created\r\n{TOKEN}\r\n\r\n{NEW}"),
        format!("HTTP/1.1 201 Created\r\ncontent-length: {TOKEN}\r\n\r\n{NEW}"),
    ] {
        let error = failure_of(no_answer).await;
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
        check_error(&error);
    }
}

#[tokio::test]
async fn a_success_that_is_not_as_documented_keeps_the_new_token_for_the_caller_alone() {
    let known = r#"{"name":"ci","expiresAt":null,"creatorId":"me"}"#;
    let server = Server::start().await;
    let client = server.client();
    for body in [
        format!(r#"{{"token":{known},"tokenString":["{NEW}"]}}"#),
        format!(r#"{{"token":{known},"tokenString":{{"value":"{NEW}"}}}}"#),
        format!(r#"{{"token":{known},"tokenString":{{"{NEW}":true}}}}"#),
        format!(r#"{{"token":{known},"tokenString":{NEW_NUMBER}}}"#),
        format!(r#"{{"token":{known},"tokenString":-{NEW_NUMBER}.5}}"#),
        format!(r#"{{"token":{known},"tokenString":{NEW_NUMBER}{NEW_NUMBER}{NEW_NUMBER}}}"#),
        format!(r#"{{"token":{known},"tokenString":"{NEW}","tokenString":"{NEW}"}}"#),
        format!(r#"{{"token":{known},"tokenString":"{NEW}\x"}}"#),
        format!(r#"{{"token":{known},"tokenString":"{NEW}"#),
        format!(r#"{{"token":{known},"tokenString":{NEW}}}"#),
        format!(r#"{{"token":{known},"tokenString":"{NEW}"}}{NEW}"#),
        format!(r#"{{"tokenString":"{NEW}","token":"#),
        format!(r#"{{"tokenString":"{NEW}"}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":"{NEW}"}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":"{NEW}, expected {NEW}"}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":["{NEW}"]}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":{{"{NEW}":"{NEW}"}}}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":{{"name":"ci","expiresAt":"{NEW}","creatorId":"me"}}}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":{{"id":"{NEW}","name":"ci","expiresAt":null,"creatorId":"me"}}}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":{{"id":{NEW_NUMBER},"name":"ci"}}}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":{{"name":{{"{NEW}":1}},"expiresAt":null}}}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":{{"createdAt":"invalid type: {NEW}, expected {NEW}"}}}}"#),
        format!(r#"{{"tokenString":"{NEW}","token":{{"id":"missing field `{NEW}`"}}}}"#),
        format!(r#"{{"access_token":"{NEW}"}}"#),
        format!(r#""{NEW}""#),
        format!(r#"["{NEW}"]"#),
        NEW_NUMBER.to_owned(),
        NEW.to_owned(),
    ] {
        for status in [201, 200] {
            server.answer_with(json_answer(status, &body)).await;
            let error = create_fails(&client).await;
            assert!(matches!(error, Error::UnexpectedResponse(_)), "{body}: {error:?}");
            check_failure(&error);
            let kept = error.body().expect("it was answered");
            assert_eq!(kept.as_bytes(), body.as_bytes());
            assert_eq!(kept.text(), body);
            // Only a success that the document lists is known to be one.
            let effect = if status == 201 {
                "; the server processed the request ("
            } else {
                "; the server may have processed the request ("
            };
            assert!(error.to_string().contains(effect), "{body}: {error}");
        }
    }
}

#[tokio::test]
async fn a_body_full_of_the_credential_is_redacted_too() {
    // Large enough that a work that grows with the square of the length would be felt.
    let times = 4 * 1024 * 1024 / TOKEN.len();
    let server = Server::answering(ResponseTemplate::new(500).set_body_raw(TOKEN.repeat(times), "text/plain")).await;
    let client = server
        .builder()
        .credentials(Credentials::bearer(TOKEN))
        .build()
        .expect("a client");
    let error = create_fails(&client).await;
    assert_eq!(
        error.body().map(Body::text).as_deref(),
        Some("[redacted]".repeat(times).as_str())
    );
}
