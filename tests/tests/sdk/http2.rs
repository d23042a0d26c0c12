//! HTTP/2, which other crates of an application may turn on: the SDK's own client does not speak it, and with a client of the
//! application's own, a server that says that it did not process a request is believed.

use std::{env, net::SocketAddr, process::Command};

use askui_workspaces::{Client, Credentials, RetryPolicy, bytes::Bytes, http::Response, reqwest};
use h2::{Reason, server};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::{
    faults::{
        certificates::Authority,
        faulty::Faulty,
        rows::{created, serve},
    },
    server::{CREATED, create},
};

/// What a server does with the request on its first connection.
#[derive(Clone, Copy, Debug)]
enum First {
    /// GOAWAY without an error, by which no stream was processed.
    GoAway,
    /// GOAWAY without an error, by which the stream was processed; no response.
    GoAwayAfter,
    /// `REFUSED_STREAM`.
    Refused,
    /// A reset that says nothing about the request.
    Cancelled,
}

/// A server that responds on each connection but the first, and says when a request comes.
async fn start(first: First) -> (SocketAddr, mpsc::UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
    let address = listener.local_addr().expect("it is bound");
    let (heard, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut act = Some(first);
        while let Ok((socket, _)) = listener.accept().await {
            let heard = heard.clone();
            match act.take() {
                Some(First::GoAway) => tokio::spawn(go_away(socket, 0, heard)),
                Some(First::GoAwayAfter) => tokio::spawn(go_away(socket, 1, heard)),
                Some(First::Refused) => tokio::spawn(respond(socket, Some(Reason::REFUSED_STREAM), heard)),
                Some(First::Cancelled) => tokio::spawn(respond(socket, Some(Reason::CANCEL), heard)),
                None => tokio::spawn(respond(socket, None, heard)),
            };
        }
    });
    (address, requests)
}

/// Resets the first stream with that reason; creates the token that all others ask for.
async fn respond(socket: TcpStream, mut reset: Option<Reason>, heard: mpsc::UnboundedSender<()>) {
    let mut connection = server::handshake(socket).await.expect("HTTP/2");
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        // The test may have heard enough.
        let _ = heard.send(());
        if let Some(reason) = reset.take() {
            respond.send_reset(reason);
        } else {
            let created = Response::builder().status(201).body(()).expect("a head");
            let mut stream = respond.send_response(created, false).expect("the client waits");
            let body = Bytes::from_static(CREATED.as_bytes());
            stream.send_data(body, true).expect("the client waits");
        }
    }
}

/// Reads a whole request, and says by GOAWAY that streams up to `last` were processed. Below the library, which would process
/// what it has read.
async fn go_away(mut socket: TcpStream, last: u32, heard: mpsc::UnboundedSender<()>) {
    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
        [&length[1..], &[kind, 0, 0, 0, 0, 0], payload].concat()
    }

    let mut preface = [0; 24];
    socket.read_exact(&mut preface).await.expect("HTTP/2");
    socket.write_all(&frame(4, &[])).await.expect("the client reads");
    loop {
        let mut prefix = [0; 9];
        socket.read_exact(&mut prefix).await.expect("a frame");
        let length = u32::from_be_bytes([0, prefix[0], prefix[1], prefix[2]]);
        let mut payload = vec![0; length as usize];
        socket.read_exact(&mut payload).await.expect("a frame");
        let is_data_or_headers = prefix[3] < 2;
        let is_end_of_stream = prefix[4] & 1 == 1;
        if is_data_or_headers && is_end_of_stream {
            break;
        }
    }
    let _ = heard.send(());
    let payload = [last.to_be_bytes(), 0_u32.to_be_bytes()].concat();
    socket.write_all(&frame(7, &payload)).await.expect("the client reads");
    socket.shutdown().await.expect("it is open");
    // Closing with bytes unread would reset the connection, and the client might not read what was sent.
    let _ = socket.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn a_request_that_the_server_says_it_did_not_process_is_retried() {
    for (first, requests) in [
        (First::GoAway, 2),
        (First::Refused, 2),
        (First::GoAwayAfter, 1),
        (First::Cancelled, 1),
    ] {
        let (address, mut heard) = start(first).await;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .http2_prior_knowledge()
            .build()
            .expect("a client");
        let client = Client::builder()
            .endpoint(format!("http://{address}"))
            .credentials(Credentials::bearer("any-token"))
            .retry(RetryPolicy::default().base_delay(std::time::Duration::ZERO))
            .reqwest_client(http)
            .build()
            .expect("a client");
        match create(&client).await {
            Ok(created) => assert!(requests == 2 && created.token.name == "ci", "{first:?}"),
            Err(error) => {
                assert_eq!(requests, 1, "{first:?}: {error:?}");
                assert!(error.may_have_been_processed() && !error.is_retryable(), "{error:?}");
            }
        }
        for _ in 0..requests {
            heard.recv().await.expect("a request");
        }
        assert!(heard.try_recv().is_err(), "{first:?}");
    }
}

const INNER: &str = "ASKUI_WORKSPACES_TESTS_HTTP2";

/// The authority of the test is trusted by the process that `SSL_CERT_FILE` is set for.
#[tokio::test]
async fn the_sdks_own_client_speaks_http_1_to_a_server_that_offers_both() {
    if let Ok(endpoint) = env::var(INNER) {
        let client = Client::builder()
            .endpoint(endpoint)
            .credentials(Credentials::bearer("any-token"))
            .build()
            .expect("the authority is there");
        create(&client).await.expect("the token is created");
        return;
    }
    let authority = Authority::new();
    let mut config = authority.certify("127.0.0.1", 2999);
    let offers = std::sync::Arc::make_mut(&mut config);
    offers.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let server = Faulty::start(serve(move |connection| {
        connection.encrypt(std::sync::Arc::clone(&config));
        if connection.request().is_some() {
            connection.send(created());
        }
    }));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, authority.pem()).expect("it is written");
    let output = Command::new(env::current_exe().expect("this test is a program"))
        .args([
            "--exact",
            "http2::the_sdks_own_client_speaks_http_1_to_a_server_that_offers_both",
        ])
        .env(INNER, format!("https://{}", server.address()))
        .env("SSL_CERT_FILE", &file)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let requests = server.requests();
    assert!(
        requests.len() == 1 && requests[0].starts_with("POST /api/v1/access-tokens HTTP/1.1\r\n"),
        "{requests:?}"
    );
}

/// `SSL_CERT_FILE` and `SSL_CERT_DIR` lead nowhere.
#[tokio::test]
async fn certificates_are_needed_for_tls_alone() {
    if let Ok(endpoint) = env::var(INNER) {
        let build = |endpoint: &str| {
            Client::builder()
                .endpoint(endpoint)
                .allow_insecure_http(true)
                .credentials(Credentials::bearer("any-token"))
                .build()
        };
        let loopback = build(&endpoint).expect("no certificates are needed");
        create(&loopback).await.expect("the token is created");
        build("http://elsewhere.invalid").expect("no certificates are needed");
        let error = build("https://elsewhere.invalid").expect_err("certificates are needed");
        let text = error.to_string();
        assert!(
            text.starts_with("no client: TLS could not be set up: install the system's certificates")
                && text.contains(" ("),
            "{text}"
        );
        assert!(std::error::Error::source(&error).is_none());
        let server = askui_workspaces::mock::MockServer::start().await;
        drop(server.client());
        return;
    }
    let server = Faulty::start(serve(|connection| {
        connection.request();
        connection.send(created());
    }));
    let output = Command::new(env::current_exe().expect("this test is a program"))
        .args(["--exact", "http2::certificates_are_needed_for_tls_alone"])
        .env(INNER, format!("http://{}", server.address()))
        .env("SSL_CERT_FILE", "/nowhere/file")
        .env("SSL_CERT_DIR", "/nowhere")
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
