//! The connection: what a caller is told when it fails, and whether repeating the call is safe.

use std::{
    error::Error as StdError,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::Duration,
};

use askui_workspaces::{
    Client, ClientBuilder, Credentials, Error, RetryPolicy, TransportErrorKind, reqwest, types::CreateAccessTokenError,
};

use crate::{
    server::{CREATED, Failure, Server, create, create_fails},
    wire::Wire,
};

/// Far above what an answer on this machine takes: no test waits for it.
const LONG: Duration = Duration::from_secs(30);

fn is_without_response(error: &Failure, kind: TransportErrorKind) -> bool {
    let nothing = error.status().is_none() && error.headers().is_none() && error.body().is_none();
    matches!(error, Error::Transport(error) if error.kind() == kind && !error.is_within_response())
        && error.operation() == "create_access_token"
        && nothing
        && error.request_id().is_none()
        && error.api_error().is_none()
        // `Display` has it all.
        && error.source().is_none()
}

fn https_client(listener: &TcpListener) -> ClientBuilder {
    Client::builder()
        .endpoint(format!("https://{}", listener.local_addr().expect("it is bound")))
        .credentials(Credentials::bearer("any-token"))
        .retry(RetryPolicy::never())
}

fn check_no_connection(error: &Failure, kind: TransportErrorKind) {
    assert!(is_without_response(error, kind), "{error:?}");
    assert!(
        error.is_connect() && !error.is_timeout() && !error.may_have_been_processed(),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.starts_with("create_access_token failed: no connection to "),
        "{text}"
    );
    assert!(text.ends_with("); the request was not sent"), "{text}");
}

#[tokio::test]
async fn a_refused_connection_is_safe_to_repeat() {
    // The port of an outgoing connection: nobody listens on it, and nobody else is given it.
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    let held = TcpStream::connect(address).expect("it listens");
    let refusing = held.local_addr().expect("it is connected");
    let client = Client::builder()
        .endpoint(format!("http://{refusing}"))
        .credentials(Credentials::bearer("any-token"))
        .retry(RetryPolicy::never())
        .build()
        .expect("a loopback endpoint is valid");
    check_no_connection(&create_fails(&client).await, TransportErrorKind::Connect);
}

#[tokio::test]
async fn a_failed_handshake_is_safe_to_repeat() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let client = https_client(&listener).build().expect("a valid endpoint");
    let server = tokio::task::spawn_blocking(move || {
        let (mut stream, _) = listener.accept().expect("the client connects");
        let mut hello = [0; 4096];
        let length = stream.read(&mut hello).expect("the client speaks first");
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .expect("the client reads");
        String::from_utf8_lossy(&hello[..length]).into_owned()
    });
    check_no_connection(&create_fails(&client).await, TransportErrorKind::Tls);
    let hello = server.await.expect("the connection was served");
    assert!(!hello.contains("any-token") && !hello.contains("POST"), "{hello}");
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_safe_to_repeat() {
    // The system accepts connections for a listener that never does.
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let client = https_client(&silent)
        .connect_timeout(Duration::from_millis(100))
        .build()
        .expect("a valid endpoint");
    let error = create_fails(&client).await;
    assert!(is_without_response(&error, TransportErrorKind::Timeout), "{error:?}");
    assert!(
        error.is_connect() && error.is_timeout() && !error.may_have_been_processed(),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.starts_with("create_access_token timed out while connecting to 127.0.0.1:")
            && text.contains(" (`connect_timeout`)"),
        "{text}"
    );
    assert!(text.ends_with("; the request was not sent"), "{text}");
}

#[tokio::test]
async fn an_answer_that_never_begins_leaves_it_open_whether_the_server_acted() {
    for answer in [
        "",
        "HTTP/1.1 201 Cre",
        "HTTP/1.1 201 Created\r\ncontent-ty",
        "not HTTP at all\r\n\r\n",
    ] {
        let wire = Wire::sending(answer);
        let error = create_fails(&wire.client()).await;
        assert!(
            is_without_response(&error, TransportErrorKind::Closed),
            "{answer:?}: {error:?}"
        );
        assert!(
            error.may_have_been_processed() && !error.is_connect() && !error.is_timeout(),
            "{error:?}"
        );
        let text = error.to_string();
        assert!(
            text.starts_with("create_access_token failed: the connection to ")
                && text.contains(" failed before a response came ("),
            "{text}"
        );
        assert!(
            text.ends_with("); the server may have processed the request, so check before retrying"),
            "{text}"
        );
        assert!(
            wire.request().await.ends_with(r#"{"name":"ci"}"#),
            "the server had the whole request"
        );
    }
}

#[tokio::test]
async fn a_server_that_never_answers_ends_in_the_time_limit() {
    // The system accepts connections for a listener that never does.
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let client = Client::builder()
        .endpoint(format!("http://{}", silent.local_addr().expect("it is bound")))
        .credentials(Credentials::bearer("any-token"))
        .timeout(Duration::from_millis(100))
        .build()
        .expect("a loopback endpoint is valid");
    let error = create_fails(&client).await;
    assert!(is_without_response(&error, TransportErrorKind::Timeout), "{error:?}");
    assert!(
        error.is_timeout() && error.may_have_been_processed() && !error.is_connect(),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text == "create_access_token timed out after 100ms (`timeout`); the server may have processed the request, so check \
                 before retrying",
        "{text}"
    );
}

#[tokio::test]
async fn an_answer_that_ends_too_soon_keeps_what_came() {
    let effect = "; the server processed the request";
    for (status, partial, effect) in [
        ("201 Created", CREATED, effect),
        ("201 Created", "", effect),
        ("422 Unprocessable Entity", r#"{"detail":[]}"#, ""),
        ("500 Internal Server Error", r#"{"detail":"No."}"#, ""),
        ("500 Internal Server Error", "", ""),
        ("502 Bad Gateway", "<!doctype", ""),
    ] {
        // Complete but for a byte that was announced and never comes; then complete but for the last chunk.
        let announced = format!("content-length: {}\r\n\r\n{partial}", partial.len() + 1);
        let chunk = if partial.is_empty() {
            String::new()
        } else {
            format!("{:x}\r\n{partial}\r\n", partial.len())
        };
        let chunked = format!("transfer-encoding: chunked\r\n\r\n{chunk}");
        for rest in [announced, chunked] {
            let wire = Wire::sending(format!(
                "HTTP/1.1 {status}\r\nx-request-id: req-1\r\nx-custom: kept\r\n{rest}"
            ));
            let authority = wire.authority();
            let error = create_fails(&wire.client()).await;
            wire.request().await;
            assert!(
                matches!(&error, Error::Transport(error) if error.is_within_response()
                    && error.kind() == TransportErrorKind::Closed),
                "{error:?}"
            );
            assert_eq!(error.status().map(|status| status.to_string()).as_deref(), Some(status));
            assert_eq!(error.headers().expect("it was answered")["x-custom"], "kept");
            assert_eq!(error.body().expect("it was answered").text(), partial);
            assert_eq!(error.may_have_been_processed(), !status.starts_with("422"), "{error:?}");
            assert!(
                !error.is_connect() && !error.is_timeout() && error.source().is_none(),
                "{error:?}"
            );
            let body = match partial.len() {
                0 => "no body".to_owned(),
                length => format!("{length} bytes"),
            };
            assert_eq!(
                error.to_string(),
                format!(
                    "create_access_token got {status}, but the connection failed before its body was complete \
                     ({body}){effect} (POST http://{authority}/api/v1/access-tokens, request id req-1)"
                )
            );
        }
    }
}

#[tokio::test]
async fn an_answer_that_stalls_ends_in_the_time_limit_and_keeps_what_came() {
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let wire = Wire::serving(move |mut stream| {
        stream
            .write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\npartial")
            .expect("the client reads");
        // Open until the test is done.
        let _ = wait.recv();
    });
    let client = wire
        .builder()
        .timeout(Duration::from_secs(2))
        .build()
        .expect("a client");
    let authority = wire.authority();
    let error = create_fails(&client).await;
    drop(done);
    wire.request().await;
    assert!(
        matches!(&error, Error::Transport(error) if error.is_within_response()),
        "{error:?}"
    );
    assert!(
        error.is_timeout() && error.may_have_been_processed() && !error.is_connect(),
        "{error:?}"
    );
    assert_eq!(error.status(), Some(reqwest::StatusCode::CREATED));
    assert_eq!(error.body().expect("it was answered").text(), "partial");
    assert_eq!(
        error.to_string(),
        format!(
            "create_access_token got 201 Created, but reading its body timed out after 2s (`timeout`) (7 bytes); the server \
             processed the request (POST http://{authority}/api/v1/access-tokens)"
        )
    );
}

#[tokio::test]
async fn an_endless_answer_is_left_at_the_limit() {
    const LIMIT: usize = 16 * 1024 * 1024;

    for (status, effect) in [
        ("201 Created", "; the server processed the request"),
        ("500 Internal Server Error", ""),
    ] {
        let wire = Wire::serving(move |mut stream| {
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            let head = format!("HTTP/1.1 {status}\r\ntransfer-encoding: chunked\r\n\r\n");
            let mut open = stream.write_all(head.as_bytes()).is_ok();
            while open {
                open = stream.write_all(chunk.as_bytes()).is_ok();
            }
        });
        let client = wire.builder().timeout(LONG).build().expect("a client");
        let authority = wire.authority();
        let error = create_fails(&client).await;
        // It ends only because the client closed the connection.
        wire.request().await;
        assert!(matches!(error, Error::UnexpectedResponse(_)), "{error:?}");
        assert_eq!(error.status().map(|status| status.to_string()).as_deref(), Some(status));
        let length = error.body().expect("it was answered").as_bytes().len();
        assert!(length <= LIMIT && length > LIMIT / 2, "{length}");
        assert!(error.may_have_been_processed() && !error.is_timeout() && error.source().is_none());
        assert_eq!(
            error.to_string(),
            format!(
                "create_access_token got {status} with a body of more than {LIMIT} bytes{effect} \
                 (POST http://{authority}/api/v1/access-tokens)"
            )
        );
    }
}

#[tokio::test]
async fn an_answer_just_below_the_limit_is_read() {
    let padded = format!("{CREATED}{}", " ".repeat(16 * 1024 * 1024 - CREATED.len()));
    let wire = Wire::sending(format!(
        "HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n{padded}",
        padded.len()
    ));
    let client = wire.builder().timeout(LONG).build().expect("a client");
    create(&client).await.expect("it is within the limit");
    wire.request().await;
}

#[tokio::test]
async fn an_applications_own_client_is_used() {
    let server = Server::start().await;
    let marker = reqwest::header::HeaderValue::from_static("1");
    let http = reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .default_headers(
            [(reqwest::header::HeaderName::from_static("x-own"), marker)]
                .into_iter()
                .collect(),
        )
        .build()
        .expect("a client");
    let client = server
        .builder()
        .credentials(Credentials::bearer("any-token"))
        .reqwest_client(http)
        .build()
        .expect("a client");
    create(&client).await.expect("the token is created");
    let request = server.received_one().await;
    assert_eq!(request.headers["x-own"], "1");
    assert_eq!(request.headers["accept"], "application/json");
    assert_eq!(request.headers.len(), 7, "{:?}", request.headers);
}

/// Used from several tasks at once, as applications do: this has to compile as much as to run.
#[tokio::test]
async fn clients_calls_and_errors_go_where_applications_take_them() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn sent<T: Send>(value: T) -> T {
        value
    }
    fn is_error<T: StdError + Send + Sync + 'static>() {}
    async fn question_mark(client: Client) -> Result<String, Box<dyn StdError + Send + Sync>> {
        let created = create(&client).await?;
        Ok(created.into_inner().token.name)
    }

    is_error::<Failure>();
    is_error::<askui_workspaces::BuildError>();
    is_error::<CreateAccessTokenError>();
    // An `InvalidRequest` is a little larger until it is boxed as the other kinds are.
    assert!(size_of::<Failure>() <= 48, "{}", size_of::<Failure>());

    let server = Server::start().await;
    let client = server.client();
    shared(&client);
    sent(client.create_access_token().name("ci").send())
        .await
        .expect("the token is created");
    let tasks = [client.clone(), client].map(|client| tokio::spawn(question_mark(client)));
    for task in tasks {
        assert_eq!(
            task.await.expect("it does not panic").expect("the token is created"),
            "ci"
        );
    }
    assert_eq!(server.received().await.len(), 3);

    let nobody = server.builder().build().expect("credentials are not needed to build");
    let error = question_mark(nobody).await.expect_err("the operation is secured");
    assert!(
        matches!(error.downcast_ref::<Failure>(), Some(Error::Credentials(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_that_an_own_client_follows_does_not_hide_that_the_request_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let nowhere = format!("http://{}/x", listener.local_addr().expect("it is bound"));
    drop(listener);
    let answer = wiremock::ResponseTemplate::new(302).insert_header("location", nowhere);
    let server = Server::answering(answer).await;
    let builder = server.builder().credentials(Credentials::bearer("any-token"));
    let client = builder
        .reqwest_client(reqwest::Client::new())
        .build()
        .expect("a client");
    let error = create_fails(&client).await;
    assert!(matches!(error, Error::Transport(_)) && error.is_connect(), "{error:?}");
    assert!(error.may_have_been_processed(), "{error:?}");
    assert!(error.to_string().contains("may have processed"), "{error}");
    server.received_one().await;
}
