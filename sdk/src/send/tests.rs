use std::{
    convert::Infallible,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use reqwest::Method;

use super::*;
use crate::{Client, ClientBuilder, RetryPolicy, clock::TestClock, connections::Http, security::Requirements};

fn operation(method: Method) -> &'static Operation {
    Box::leak(Box::new(Operation {
        name: "operation",
        method,
        path: "/things",
        accept: HeaderValue::from_static("application/json"),
        security: &[&[Scheme::Bearer("Bearer")], &[]],
    }))
}

/// Answers one connection after the other with the texts it is given, and closes each; while it gives the last answer it
/// listens no more.
struct Server {
    endpoint: String,
    heads: thread::JoinHandle<Vec<String>>,
}

impl Server {
    fn new(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
        let answers = answers
            .iter()
            .map(|answer| answer.replacen("\r\n", "\r\nConnection: close\r\n", 1));
        let answers = answers.collect::<Vec<_>>();
        let heads = thread::spawn(move || {
            let mut heads = Vec::new();
            let mut listener = Some(listener);
            let last = answers.len().saturating_sub(1);
            for (index, answer) in answers.into_iter().enumerate() {
                let accepted = listener.as_ref().map(TcpListener::accept);
                let (mut socket, _) = accepted.expect("it listens").expect("a client");
                if index == last {
                    listener = None;
                }
                let mut request = BufReader::new(socket.try_clone().expect("a second handle"));
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    if request.read_line(&mut head).expect("a request") == 0 {
                        return heads;
                    }
                }
                heads.push(head);
                socket.write_all(answer.as_bytes()).expect("the client reads");
            }
            heads
        });
        Self { endpoint, heads }
    }

    fn stage(&self, change: impl FnOnce(ClientBuilder) -> ClientBuilder, part: f64) -> (Client, Arc<TestClock>) {
        let builder = Client::builder().endpoint(&self.endpoint);
        let mut client = change(builder).build().expect("a client");
        let stage = TestClock::new(part);
        let inner = Arc::get_mut(&mut client.inner).expect("there is one");
        inner.clock = Clock::Test(Arc::clone(&stage));
        (client, stage)
    }

    /// The heads of the requests that came; answers that nobody asked for are left.
    fn requests(self) -> Vec<String> {
        if !self.heads.is_finished() {
            // A connection without a request ends the wait for one.
            let address = self.endpoint.trim_start_matches("http://");
            drop(std::net::TcpStream::connect(address));
        }
        self.heads.join().expect("the server does not panic")
    }
}

fn waits(stage: &TestClock) -> Vec<u128> {
    let waits = stage.waits.lock().expect("no test panics here");
    waits.iter().map(Duration::as_millis).collect()
}

const OK: &str = "HTTP/1.1 200 OK\r\n\r\n{}";
const TOO_MANY: &str = "HTTP/1.1 429 Too Many Requests\r\n\r\n";
const BROKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{";
/// The connection ends before an answer begins.
const NOTHING: &str = "";

/// What a row changes about its client.
type Change = fn(ClientBuilder) -> ClientBuilder;

struct Row {
    method: Method,
    policy: RetryPolicy,
    answers: Vec<String>,
    /// That of the last answer, if there is one.
    status: Option<u16>,
    /// In milliseconds; there is one request more than there are waits.
    waits: Vec<u128>,
}

/// A row with the usual policy.
fn row(method: Method, answers: &[&str], status: Option<u16>, waits: &[u128]) -> Row {
    Row {
        method,
        policy: RetryPolicy::default(),
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        status,
        waits: waits.to_vec(),
    }
}

impl Row {
    async fn check(self) {
        let server = Server::new(&self.answers.iter().map(String::as_str).collect::<Vec<_>>());
        let long = Duration::from_secs(600);
        let (client, stage) = server.stage(|builder| builder.retry(self.policy).timeout(long), 1.0);
        let call = client.call(operation(self.method.clone()), None);
        let (status, attempts) = match call.send().await {
            Ok(received) => (Some(received.0.response.status()), received.0.attempt.number),
            Err(failure) => {
                let error = Error::<Infallible>::from(failure);
                (error.status(), error.attempts())
            }
        };
        let row = format!("{} {:?}", self.method, self.answers);
        assert_eq!(status.map(|status| status.as_u16()), self.status, "{row}");
        assert_eq!(waits(&stage), self.waits, "{row}");
        assert_eq!(attempts as usize, self.waits.len() + 1, "{row}");
        assert_eq!(server.requests().len(), self.waits.len() + 1, "{row}");
    }
}

#[tokio::test]
async fn a_call_is_repeated_if_it_was_not_carried_out_or_may_be_carried_out_twice() {
    let cut = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 9\r\n\r\n";
    for row in [
        row(Method::POST, &[TOO_MANY, OK], Some(200), &[500]),
        row(Method::POST, &[cut, OK], Some(200), &[500]),
        row(
            Method::POST,
            &[&cut.replace("Content", "Retry-After: 2\r\nContent"), OK],
            Some(200),
            &[2500],
        ),
        row(Method::POST, &[NOTHING, OK], None, &[]),
        row(Method::POST, &[BROKEN, OK], Some(200), &[]),
        row(Method::GET, &[NOTHING, BROKEN, OK], Some(200), &[500, 1000]),
        row(Method::GET, &[NOTHING; 4], None, &[500, 1000]),
        row(Method::GET, &[BROKEN; 4], Some(200), &[500, 1000]),
    ] {
        row.check().await;
    }
    let idempotent = [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS];
    for number in [302, 400, 401, 404, 408, 500, 501, 502, 503, 504] {
        for method in idempotent.iter().chain(&[Method::POST, Method::PATCH]) {
            let passes = [408, 502, 503, 504].contains(&number) && idempotent.contains(method);
            let (last, waits) = if passes { (200, &[500][..]) } else { (number, &[][..]) };
            let answer = format!("HTTP/1.1 {number} Status\r\n\r\n");
            row(method.clone(), &[&answer, OK], Some(last), waits).check().await;
        }
    }
}

#[tokio::test]
async fn a_policy_says_how_often_and_after_what_time() {
    let usual = RetryPolicy::default;
    for (policy, waits) in [
        (usual(), &[500, 1000][..]),
        (usual().max_attempts(5), &[500, 1000, 2000, 4000]),
        (
            usual().max_attempts(5).max_delay(Duration::from_millis(1500)),
            &[500, 1000, 1500, 1500],
        ),
        (usual().max_delay(Duration::from_millis(100)), &[100, 100]),
        (usual().base_delay(Duration::ZERO), &[0, 0]),
        (usual().base_delay(Duration::MAX), &[8000, 8000]),
        (usual().max_attempts(2), &[500]),
        (usual().max_attempts(0), &[]),
        (RetryPolicy::never(), &[]),
    ] {
        let row = row(Method::POST, &[TOO_MANY; 6], Some(429), waits);
        Row { policy, ..row }.check().await;
    }
    let patient = usual().max_attempts(u32::MAX);
    assert_eq!(patient.longest_wait(40), Some(Duration::from_secs(8)));
}

#[tokio::test]
async fn a_retry_waits_as_long_as_the_server_asks_and_a_random_time_on_top() {
    for (retry_after, wait) in [
        ("2", Some(2500)),
        ("0", Some(500)),
        ("60", Some(60_500)),
        ("61", None),
        ("99999999999999999999", None),
        // RFC 9110 has no fractions, but servers do; they are rounded up.
        ("1.5", Some(2500)),
        ("0.503", Some(1500)),
        ("1.000", Some(1500)),
        (".5", Some(1500)),
        (" 3 ", Some(3500)),
        ("Thu, 01 Jan 1970 00:00:07 GMT", Some(7500)),
        ("Thursday, 01-Jan-70 00:00:07 GMT", Some(7500)),
        ("Thu Jan  1 00:00:07 1970", Some(7500)),
        ("Thu, 01 Jan 2099 00:00:00 GMT", None),
        // By the response's own clock, whatever this machine's says.
        (
            "Fri, 01 Jan 2100 00:00:09 GMT\r\nDate: Fri, 01 Jan 2100 00:00:04 GMT",
            Some(5500),
        ),
        (
            "Fri, 01 Jan 2100 00:00:04 GMT\r\nDate: Fri, 01 Jan 2100 00:00:09 GMT",
            Some(500),
        ),
        // These say nothing, so the backoff alone counts.
        ("soon", Some(500)),
        ("-1", Some(500)),
        ("1,5", Some(500)),
        ("1.5.5", Some(500)),
        (".", Some(500)),
        ("", Some(500)),
    ] {
        let answer = format!("HTTP/1.1 429 Too Many Requests\r\nRetry-After: {retry_after}\r\n\r\n");
        match wait {
            Some(wait) => row(Method::POST, &[&answer, OK], Some(200), &[wait]),
            None => row(Method::POST, &[&answer, OK], Some(429), &[]),
        }
        .check()
        .await;
    }
}

#[tokio::test]
async fn a_503_with_retry_after_retries_what_is_not_idempotent_only_if_asked_to() {
    const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\n\r\n";
    const SILENT: &str = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
    let usual = RetryPolicy::default;
    for (method, policy, answer, waits) in [
        (Method::POST, usual(), BUSY, &[][..]),
        (Method::POST, usual().retry_unavailable(true), BUSY, &[2500]),
        (Method::POST, usual().retry_unavailable(true), SILENT, &[]),
        (Method::PUT, usual(), BUSY, &[2500]),
    ] {
        let status = if waits.is_empty() { 503 } else { 200 };
        let row = row(method, &[answer, OK], Some(status), waits);
        Row { policy, ..row }.check().await;
    }
}

#[tokio::test]
async fn a_call_can_be_declared_idempotent_or_not() {
    for (method, is_idempotent, first, requests) in [
        (Method::POST, true, NOTHING, 2),
        (Method::POST, true, BROKEN, 2),
        (Method::POST, true, "HTTP/1.1 502 Bad Gateway\r\n\r\n", 2),
        (Method::POST, true, "HTTP/1.1 500 Error\r\n\r\n", 1),
        (Method::DELETE, false, NOTHING, 1),
        (Method::DELETE, false, TOO_MANY, 2),
    ] {
        let server = Server::new(&[first, OK]);
        let (client, _) = server.stage(|builder| builder, 0.0);
        let options = CallOptions::default().idempotent(is_idempotent);
        let outcome = client.call(operation(method.clone()), Some(&options)).send().await;
        assert_eq!(server.requests().len(), requests, "{method} {first}");
        if let (Err(failure), 1) = (outcome, requests) {
            assert!(!Error::<Infallible>::from(failure).is_retryable());
        }
    }
}

#[tokio::test]
async fn calls_share_a_budget_of_retries() {
    // Each call would be tried three times; the budget has three retries.
    let server = Server::new(&[TOO_MANY; 8]);
    let (client, stage) = server.stage(|builder| builder.retry_budget(3), 0.0);
    for attempts in [3, 2, 1, 1] {
        let client = client.clone();
        let Ok(received) = client.call(operation(Method::GET), None).send().await else {
            panic!("it is answered");
        };
        assert_eq!(received.0.attempt.number, attempts);
    }
    assert_eq!(waits(&stage).len(), 3);
    drop(server.requests());
    // Ten calls that need no retry give one back.
    let answers = [[OK; 10].as_slice(), &[TOO_MANY; 3]].concat();
    let server = Server::new(&answers);
    let (client, _) = server.stage(|builder| builder.retry_budget(0), 0.0);
    let full = Client::builder()
        .retry_budget(1)
        .endpoint(&server.endpoint)
        .build()
        .expect("a client");
    assert!(full.inner.budget.take() && !full.inner.budget.take());
    for _ in 0..10 {
        assert!(full.call(operation(Method::GET), None).send().await.is_ok());
    }
    assert!(full.inner.budget.take() && !full.inner.budget.take());
    assert!(!client.inner.budget.take());
    drop(client);
    server.requests();
}

#[tokio::test]
async fn a_success_may_say_when_as_well() {
    let server = Server::new(&["HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\n\r\n"]);
    let (client, stage) = server.stage(|builder| builder, 1.0);
    let Ok(mut received) = client.call(operation(Method::GET), None).send().await else {
        panic!("it is answered");
    };
    assert_eq!(received.0.take().retry_after, Some(Duration::from_secs(7)));
    assert!(waits(&stage).is_empty());
}

#[tokio::test]
async fn an_attempt_ends_in_its_time_and_in_that_of_the_call() {
    // The limits of the call and of each attempt, and when each attempt would have been given up, all in milliseconds. The
    // second begins after half a second.
    for (timeout, attempt_timeout, expected) in [
        (10_000, 2_000, [2_000, 2_500]),
        (10_000, 20_000, [10_000, 10_000]),
        (2_200, 2_000, [2_000, 2_200]),
    ] {
        let server = Server::new(&[TOO_MANY, OK]);
        let limits = |builder: ClientBuilder| {
            builder
                .timeout(Duration::from_millis(timeout))
                .attempt_timeout(Duration::from_millis(attempt_timeout))
        };
        let (client, stage) = server.stage(limits, 1.0);
        let outcome = client.call(operation(Method::GET), None).send().await;
        assert!(outcome.is_ok());
        let deadlines = stage.deadlines.lock().expect("no test panics here");
        let deadlines = deadlines.iter().map(Duration::as_millis).collect::<Vec<_>>();
        assert_eq!(deadlines, expected);
    }
}

#[tokio::test]
async fn an_attempt_that_may_have_taken_effect_is_not_forgotten() {
    /// Good for the first attempt alone.
    fn once(builder: ClientBuilder) -> ClientBuilder {
        let calls = Arc::new(AtomicU32::new(0));
        builder.credentials_fn(move |_| {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            async move {
                if call == 0 {
                    Ok(Credentials::bearer("a-token"))
                } else {
                    Err("the vault is sealed")
                }
            }
        })
    }
    let unchanged: Change = |builder| builder;
    let refused = "no connection to ";
    let sealed = "its credentials provider failed; the server may have processed an earlier attempt";
    for (method, answer, change, was_sent, attempts, text) in [
        (Method::PUT, NOTHING, unchanged, true, 3, refused),
        (Method::PUT, BROKEN, unchanged, true, 3, refused),
        (Method::POST, TOO_MANY, unchanged, false, 3, refused),
        (Method::DELETE, NOTHING, once, true, 1, sealed),
        (
            Method::POST,
            TOO_MANY,
            once,
            false,
            1,
            "was not sent: its credentials provider failed",
        ),
    ] {
        let server = Server::new(&[answer]);
        let (client, _) = server.stage(change, 1.0);
        let Err(unanswered) = client.call(operation(method), None).send().await else {
            panic!("nobody listens");
        };
        let error = Error::<Infallible>::from(unanswered);
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(
            (error.may_have_been_processed(), error.attempts()),
            (was_sent, attempts),
            "{error}"
        );
        let text = error.to_string();
        assert_eq!(text.contains("check before retrying"), was_sent, "{text}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_a_repetition_cannot_help_is_not_repeated() {
    for (change, text) in [
        (
            (|builder| builder.max_response_size(1)) as Change,
            "a body of more than 1 bytes",
        ),
        (
            |builder| builder.attempt_timeout(Duration::ZERO),
            "its credentials provider took longer than 0ns (`attempt_timeout`)",
        ),
    ] {
        let server = Server::new(&[OK, OK]);
        let (client, stage) = server.stage(change, 1.0);
        let Err(unanswered) = client.call(operation(Method::GET), None).send().await else {
            panic!("there is no time, or no room");
        };
        let error = Error::<Infallible>::from(unanswered);
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(waits(&stage), []);
    }
}

#[tokio::test]
async fn waits_are_random_and_end_with_the_calls_time() {
    // What is drawn, the call's limit in milliseconds, and the waits there is time for.
    for (part, timeout, expected) in [
        (1.0, 10_000, &[500, 1000][..]),
        (0.5, 10_000, &[250, 500]),
        (0.0, 10_000, &[0, 0]),
        (1.0, 1501, &[500, 1000]),
        (1.0, 1500, &[500]),
        (1.0, 500, &[]),
    ] {
        let server = Server::new(&[TOO_MANY; 3]);
        let (client, stage) = server.stage(|builder| builder.timeout(Duration::from_millis(timeout)), part);
        let Ok(received) = client.call(operation(Method::GET), None).send().await else {
            panic!("it is answered");
        };
        assert_eq!(received.status(), 429);
        assert_eq!(waits(&stage), expected, "{part} {timeout}");
        assert_eq!(server.requests().len(), expected.len() + 1);
    }
}

#[tokio::test]
async fn what_never_reached_the_server_is_repeated() {
    let server = Server::new(&[]);
    let (client, stage) = server.stage(|builder| builder, 1.0);
    server.requests();
    let Err(unanswered) = client.call(operation(Method::POST), None).send().await else {
        panic!("nobody listens");
    };
    let error = Error::<Infallible>::from(unanswered);
    assert_eq!(waits(&stage), [500, 1000]);
    assert!(error.is_connect() && error.is_retryable() && !error.may_have_been_processed());
    let text = error.to_string();
    assert!(
        text.starts_with("operation failed: no connection to ")
            && text.ends_with(" (Connection refused (os error 111)) in 3 attempts; the request was not sent"),
        "{text}"
    );
}

#[tokio::test]
async fn an_answer_that_is_streamed_is_repeated_until_it_begins() {
    let server = Server::new(&[NOTHING, TOO_MANY, BROKEN]);
    let (client, stage) = server.stage(|builder| builder, 1.0);
    let Ok(opened) = client.call(operation(Method::GET), None).open().await else {
        panic!("the third answer begins");
    };
    assert_eq!(waits(&stage), [500, 1000]);
    let mut response = opened.stream::<Infallible>().expect("a stream");
    assert_eq!(
        response.chunk().await.expect("no fault"),
        Some(Bytes::from_static(b"{"))
    );
    let error = Error::<Infallible>::from(response.chunk().await.expect_err("eight bytes are missing"));
    assert!(error.is_retryable() && error.attempts() == 3);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_length_that_is_only_announced_takes_little_memory() {
    let server = Server::new(&["HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n{"]);
    let (client, _) = server.stage(|builder| builder, 0.0);
    let Ok(mut opened) = client.call(operation(Method::POST), None).open().await else {
        panic!("the answer begins");
    };
    let read = read(
        &mut opened.response,
        16_000_000,
        &mut opened.body,
        &Progress::new(Instant::now()),
    )
    .await;
    assert!(matches!(read, Err(BodyFailure::Transport(_))));
    assert_eq!(opened.body.as_bytes(), b"{");
    assert!(opened.body.as_vec().capacity() <= 64 * 1024);
}

#[tokio::test]
async fn a_body_is_sent_again_unless_it_is_a_stream() {
    let in_memory = || reqwest::Body::from("text");
    let stream = || reqwest::Body::wrap(reqwest::Body::from("text"));
    for (body, attempts) in [(in_memory(), 3), (stream(), 1)] {
        let server = Server::new(&[TOO_MANY; 3]);
        let (client, _) = server.stage(|builder| builder, 0.0);
        let call = client.call(operation(Method::PUT), None);
        let Ok(received) = call.bytes("text/plain", body).send().await else {
            panic!("it is answered");
        };
        assert_eq!(received.0.attempt.number, attempts);
        let requests = server.requests();
        assert_eq!(requests.len(), attempts as usize);
        for request in requests {
            assert!(request.contains("\r\ncontent-type: text/plain\r\n"), "{request}");
        }
    }
    let server = Server::new(&[TOO_MANY; 3]);
    let (client, _) = server.stage(|builder| builder, 0.0);
    let call = client.call(operation(Method::PUT), None);
    let call = call.multipart(&[], |form| form.field("a", &"b"));
    let Ok(received) = call.send().await else {
        panic!("it is answered");
    };
    assert_eq!(received.0.attempt.number, 3);
    for request in server.requests() {
        assert!(
            request.contains("\r\ncontent-type: multipart/form-data; boundary="),
            "{request}"
        );
    }
}

/// A client whose credentials are numbered: each time they are asked for, they are others.
fn numbered(builder: ClientBuilder) -> ClientBuilder {
    let asked = AtomicU32::new(0);
    builder.credentials_fn(move |_| {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        async move { Ok::<_, Infallible>(Credentials::bearer(format!("credential-{number}"))) }
    })
}

#[tokio::test]
async fn a_provider_of_credentials_is_asked_before_each_attempt() {
    let echo = "HTTP/1.1 400 Bad Request\r\nX-Echo: credential-2\r\n\r\ncredential-2 credential-1";
    let server = Server::new(&[TOO_MANY, TOO_MANY, echo]);
    let (client, _) = server.stage(numbered, 0.0);
    assert!(format!("{client:?}").contains("credentials: Provider"));
    let Ok(received) = client.call(operation(Method::POST), None).send().await else {
        panic!("it is answered");
    };
    // Only what this attempt sent can come back by the server's doing.
    assert_eq!(received.0.body.text(), "[redacted] credential-1");
    assert_eq!(received.0.response.headers()["x-echo"], "[redacted]");
    for (number, request) in server.requests().iter().enumerate() {
        let header = format!("\r\nauthorization: Bearer credential-{number}\r\n");
        assert!(request.contains(&header), "{request}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_of_credentials_that_hangs_lets_nothing_be_sent() {
    let client = Client::builder()
        .endpoint("http://localhost")
        .credentials_fn(|_| std::future::pending::<Result<Credentials, Infallible>>())
        .attempt_timeout(Duration::from_secs(7))
        .build()
        .expect("a client");
    let Err(failure @ Failure::Credentials(_)) = client.call(operation(Method::GET), None).send().await else {
        panic!("there are no credentials");
    };
    let error = Error::<Infallible>::from(failure);
    assert_eq!(
        error.to_string(),
        "operation was not sent: its credentials provider took longer than 7s (`attempt_timeout`)"
    );
    assert!(error.is_timeout() && !error.is_connect() && !error.may_have_been_processed());
}

#[tokio::test]
async fn credentials_that_cannot_be_sent_are_told_without_them() {
    fn failing(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials_fn(|_| async { Err::<Credentials, _>("the vault is sealed") })
    }
    const BEARER: &[Scheme] = &[Scheme::Bearer("Bearer")];
    const KEY: &[Scheme] = &[Scheme::HeaderKey("Key", "x-key")];
    fn of_another_kind(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials(Credentials::access_token("a-secret"))
    }
    fn illegal(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials_fn(|_| async { Ok::<_, Infallible>(Credentials::bearer("a-secret\n2")) })
    }
    fn key(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials(Credentials::api_key("Key", "a-secret-ö"))
    }
    let cases: [(Change, Requirements, &str, Option<&str>); 5] = [
        (
            failing,
            &[BEARER, &[]],
            "its credentials provider failed",
            Some("the vault is sealed"),
        ),
        (
            of_another_kind,
            &[BEARER],
            "it needs `Bearer` (a bearer token: `Credentials::bearer`), and the client has an access token: give it what it \
             needs with `ClientBuilder::credentials`",
            None,
        ),
        (
            illegal,
            &[BEARER, &[]],
            "the credential holds a line break: give it in one line",
            None,
        ),
        (
            key,
            &[KEY],
            "the API key `Key` holds characters that an HTTP header cannot carry",
            None,
        ),
        (
            |builder| builder,
            &[BEARER, KEY],
            "it needs `Bearer` (a bearer token: `Credentials::bearer`) or `Key` (an API key in the header `x-key`: \
             `Credentials::api_key`), and the client has no credentials: give it what it needs with \
             `ClientBuilder::credentials`",
            None,
        ),
    ];
    for (change, security, reason, source) in cases {
        let server = Server::new(&[OK]);
        let (client, stage) = server.stage(change, 1.0);
        let Operation {
            name,
            method,
            path,
            accept,
            ..
        } = operation(Method::GET);
        let method = method.clone();
        let operation = Box::leak(Box::new(Operation {
            name,
            method,
            path,
            accept: accept.clone(),
            security,
        }));
        let Err(unanswered) = client.call(operation, None).send().await else {
            panic!("it cannot be sent: {reason}");
        };
        let error = Error::<Infallible>::from(unanswered);
        assert!(
            error
                .to_string()
                .starts_with(&format!("operation was not sent: {reason}")),
            "{error}"
        );
        assert_eq!(
            std::error::Error::source(&error).map(ToString::to_string).as_deref(),
            source
        );
        assert!(!error.is_retryable() && !error.may_have_been_processed() && error.attempts() == 0);
        assert!(!format!("{error:?}").contains("a-secret"));
        assert_eq!(waits(&stage), []);
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn an_open_operation_is_called_with_credentials_if_there_are_some() {
    fn with(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials(Credentials::bearer("a-token"))
    }
    let cases: [(Change, bool); 2] = [(|builder| builder, false), (with, true)];
    for (change, expected) in cases {
        let server = Server::new(&[OK]);
        let (client, _) = server.stage(change, 1.0);
        let outcome = client.call(operation(Method::GET), None).send().await;
        assert!(outcome.is_ok());
        let requests = server.requests();
        assert_eq!(
            requests[0].contains("\r\nauthorization: Bearer a-token\r\n"),
            expected,
            "{requests:?}"
        );
    }
}

/// Waits for a body that moves each 20 seconds, so many times, and then no more.
async fn moving(times: u32, attempt_timeout: u64, timeout: u64) -> Result<(), TimeLimit> {
    let clock = Clock::System;
    let seconds = |seconds| deadline(clock.now(), Duration::from_secs(seconds));
    let attempt = Attempt {
        number: 1,
        start: clock.now(),
        deadline: seconds(attempt_timeout),
        end: seconds(timeout),
        processed_before: false,
    };
    let options = CallOptions::default().attempt_timeout(Duration::from_secs(attempt_timeout));
    let progress = Progress::new(Instant::now());
    let body = async {
        for _ in 0..times {
            tokio::time::sleep(Duration::from_secs(20)).await;
            progress.advance();
        }
        if times == 0 {
            std::future::pending::<()>().await;
        }
    };
    within(&clock, &attempt, &options, &progress, pin!(body)).await
}

#[tokio::test(start_paused = true)]
async fn a_body_that_moves_has_the_time_of_the_call() {
    assert!(matches!(moving(5, 30, 120).await, Ok(())));
    assert!(matches!(moving(7, 30, 120).await, Err(TimeLimit::Call)));
    assert!(matches!(moving(5, 19, 120).await, Err(TimeLimit::Attempt)));
    assert!(matches!(moving(0, 30, 120).await, Err(TimeLimit::Attempt)));
}

#[tokio::test]
async fn an_application_may_advance_the_clock_of_its_tests() {
    let server = Server::new(&[OK]);
    let client = Client::builder().endpoint(&server.endpoint).build().expect("a client");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(24 * 60 * 60)).await;
    tokio::time::resume();
    assert!(client.call(operation(Method::GET), None).send().await.is_ok());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let client = Client::builder()
        .endpoint("http://localhost:1")
        .build()
        .expect("a client");
    let call = client.call(operation(Method::GET), None);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(failure)) = pin!(call.send()).poll(&mut context) else {
        panic!("it has nothing to wait for");
    };
    let error = Error::<Infallible>::from(failure);
    let text = error.to_string();
    assert!(
        text.starts_with("operation failed: there is no tokio runtime; call it within `#[tokio::main]`")
            && text.ends_with("; the request was not sent"),
        "{text}"
    );
    assert!(!error.may_have_been_processed() && !error.is_retryable() && error.attempts() == 0);
}

#[tokio::test]
async fn a_proxy_that_responds_in_place_of_the_server_is_named() {
    let server = Server::new(&["HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\n\r\n"]);
    let mut client = Client::builder().endpoint(&server.endpoint).build().expect("a client");
    let inner = Arc::get_mut(&mut client.inner).expect("there is one");
    let Http::PerRuntime(http) = &mut inner.http else {
        panic!("it is the SDK's own");
    };
    http.proxy = Some(crate::proxy::ProxyInUse::test(
        "the proxy http://proxy:3128/ (`HTTP_PROXY`)",
    ));
    let Ok(received) = client.call(operation(Method::GET), None).send().await else {
        panic!("it is answered");
    };
    let Err(error) = received.unexpected_status::<Infallible, ()>() else {
        panic!("a proxy's status");
    };
    let text = error.to_string();
    let named = "/things through the proxy http://proxy:3128/ (`HTTP_PROXY`))";
    assert!(text.ends_with(named), "{text}");
    server.requests();
}

#[test]
fn one_client_serves_several_runtimes() {
    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().expect("a runtime")
    }
    let kept_alive = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.expect("a client");
            thread::spawn(move || {
                let mut request = BufReader::new(socket.try_clone().expect("a second handle"));
                let mut line = String::new();
                while request.read_line(&mut line).is_ok_and(|read| read > 0) {
                    if line == "\r\n" {
                        socket.write_all(kept_alive.as_bytes()).expect("the client reads");
                    }
                    line.clear();
                }
            });
        }
    });
    let client = Client::builder()
        .endpoint(endpoint)
        .retry(RetryPolicy::never())
        .attempt_timeout(Duration::from_secs(20))
        .build()
        .expect("a client");
    let call = || async {
        let call = client.call(operation(Method::POST), None);
        call.send().await.is_ok()
    };
    let idle = runtime();
    assert!(idle.block_on(call()));
    // A connection is free now, but the runtime that drives it stands still.
    let second = runtime();
    assert!(second.block_on(call()));
    drop(idle);
    assert!(second.block_on(call()));
    for _ in 0..10 {
        assert!(runtime().block_on(call()));
    }
    assert!(second.block_on(call()));
    let Http::PerRuntime(http) = &client.inner.http else {
        panic!("it is the SDK's own");
    };
    assert!(http.runtimes() <= 8);
}

const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\n\r\n";

/// The tokens that requests were sent with.
fn tokens(server: Server) -> Vec<String> {
    let requests = server.requests();
    let tokens = requests.iter().filter_map(|request| {
        let (_, rest) = request.split_once("authorization: Bearer ")?;
        Some(rest.lines().next()?.to_owned())
    });
    tokens.collect()
}

#[tokio::test]
async fn credentials_are_kept_until_they_expire() {
    // The clock of the test stands at the beginning of 1970, and each wait for the server moves it.
    let later = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\n\r\n";
    let server = Server::new(&[OK, OK, later, OK]);
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let provider = move |builder: ClientBuilder| {
        builder.credentials_fn(move |request: crate::CredentialsRequest| {
            assert!(request.rejected().is_none());
            let number = count.fetch_add(1, Ordering::Relaxed);
            let expiry =
                chrono::DateTime::<chrono::Utc>::UNIX_EPOCH + chrono::TimeDelta::seconds(60 + 60 * i64::from(number));
            async move { Ok::<_, Infallible>(Credentials::bearer(format!("token-{number}")).expires_at(expiry)) }
        })
    };
    let (client, _) = server.stage(provider, 0.0);
    for _ in 0..3 {
        assert!(client.call(operation(Method::GET), None).send().await.is_ok());
    }
    assert_eq!(tokens(server), ["token-0", "token-0", "token-0", "token-1"]);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn credentials_that_the_server_rejects_are_renewed_once() {
    /// Gives others each time, and says in them what it was told.
    fn renewing(builder: ClientBuilder) -> ClientBuilder {
        let asked = AtomicU32::new(0);
        builder.retry(RetryPolicy::never()).credentials_fn(move |request| {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            let told = if request.rejected().is_some() {
                "renewed"
            } else {
                "first"
            };
            async move { Ok::<_, Infallible>(Credentials::bearer(format!("{told}-{number}"))) }
        })
    }
    fn stubborn(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials_fn(|_| async { Ok::<_, Infallible>(Credentials::bearer("the-same")) })
    }
    fn once(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials_fn(|request| async move {
            match request.rejected() {
                None => Ok(Credentials::bearer("the-first")),
                Some(_) => Err("the vault is sealed"),
            }
        })
    }
    fn fixed(builder: ClientBuilder) -> ClientBuilder {
        builder.credentials(Credentials::bearer("fixed"))
    }
    let cases: [(Change, &[&str], u16, &[&str]); 5] = [
        (renewing, &[UNAUTHORIZED, OK], 200, &["first-0", "renewed-1"]),
        (
            renewing,
            &[UNAUTHORIZED, UNAUTHORIZED, OK],
            401,
            &["first-0", "renewed-1"],
        ),
        (stubborn, &[UNAUTHORIZED, OK], 401, &["the-same"]),
        (once, &[UNAUTHORIZED, OK], 401, &["the-first"]),
        (fixed, &[UNAUTHORIZED, OK], 401, &["fixed"]),
    ];
    for (change, answers, status, expected) in cases {
        let server = Server::new(answers);
        let (client, stage) = server.stage(change, 1.0);
        let Ok(received) = client.call(operation(Method::POST), None).send().await else {
            panic!("it is answered");
        };
        assert_eq!(received.status(), status);
        assert_eq!(received.0.attempt.number as usize, expected.len());
        assert_eq!(waits(&stage), []);
        assert_eq!(tokens(server), expected);
    }
}

#[tokio::test]
async fn credentials_that_the_server_rejected_are_not_used_again() {
    /// The first would be valid for long, and the others say nothing of it.
    fn replaced(builder: ClientBuilder) -> ClientBuilder {
        let asked = AtomicU32::new(0);
        builder.credentials_fn(move |_| {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            let credentials = Credentials::bearer(format!("token-{number}"));
            let credentials = match number {
                0 => credentials.expires_at(chrono::DateTime::<chrono::Utc>::MAX_UTC),
                _ => credentials,
            };
            async move { Ok::<_, Infallible>(credentials) }
        })
    }
    let server = Server::new(&[OK, UNAUTHORIZED, OK, OK]);
    let (client, _) = server.stage(replaced, 1.0);
    for _ in 0..3 {
        assert!(client.call(operation(Method::GET), None).send().await.is_ok());
    }
    assert_eq!(tokens(server), ["token-0", "token-0", "token-1", "token-2"]);
}

#[tokio::test]
async fn what_an_own_client_redirects_may_have_been_processed() {
    /// A client that follows redirects, with credentials that can be renewed.
    fn following(builder: ClientBuilder) -> ClientBuilder {
        let asked = AtomicU32::new(0);
        builder.reqwest_client(reqwest::Client::new()).credentials_fn(move |_| {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            async move { Ok::<_, Infallible>(Credentials::bearer(format!("token-{number}"))) }
        })
    }
    let moved = "HTTP/1.1 303 See Other\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
    for (method, response, expected) in [
        (Method::POST, UNAUTHORIZED, 2),
        (Method::POST, TOO_MANY, 2),
        (Method::GET, UNAUTHORIZED, 3),
        (Method::GET, TOO_MANY, 3),
    ] {
        let responses = [moved, response, OK];
        let server = Server::new(&responses[..expected]);
        let (client, _) = server.stage(following, 0.0);
        let Ok(received) = client.call(operation(method.clone()), None).send().await else {
            panic!("it responds");
        };
        assert_eq!(received.status() == 200, expected == 3, "{method}");
        if expected == 2 {
            let Err(error) = received.unexpected_status::<Infallible, ()>() else {
                panic!("{method} has no such status");
            };
            assert!(error.may_have_been_processed() && !error.is_retryable(), "{error}");
        }
        assert_eq!(server.requests().len(), expected, "{method}");
    }
}

#[tokio::test]
async fn one_header_holds_the_cookies_of_call_and_client() {
    let server = Server::new(&[OK]);
    let (client, _) = server.stage(
        |builder| builder.header(COOKIE, HeaderValue::from_static("sticky=1")),
        0.0,
    );
    let call = client.call(operation(Method::GET), None).cookie("page", &"2");
    assert!(call.send().await.is_ok());
    let requests = server.requests();
    assert!(requests[0].contains("\r\ncookie: page=2; sticky=1\r\n"), "{requests:?}");
}

#[test]
fn a_rejected_retry_is_not_retried_where_an_attempt_before_may_have_been_processed() {
    for (method, processed_before, status, expected) in [
        (Method::POST, false, 429, true),
        (Method::POST, true, 429, false),
        (Method::GET, true, 429, true),
        (Method::GET, true, 502, true),
        (Method::POST, false, 502, false),
    ] {
        let options = CallOptions::default();
        let context = Context {
            processed_before,
            ..Context::new(operation(method), &options, 2)
        };
        let status = StatusCode::from_u16(status).expect("a status");
        assert_eq!(context.may_retry_after(status, false), expected, "{context:?}");
    }
}

#[tokio::test]
async fn a_provider_that_says_so_is_asked_again() {
    let cases: [(fn() -> crate::ProviderError, usize); 2] = [
        (|| crate::ProviderError::new("sealed"), 1),
        (|| crate::ProviderError::retryable("busy"), 3),
    ];
    for (fail, times) in cases {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let provider = move |builder: ClientBuilder| {
            builder.credentials_fn(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
                async move { Err::<Credentials, _>(fail()) }
            })
        };
        let server = Server::new(&[OK]);
        let (client, _) = server.stage(provider, 0.0);
        let Err(failure) = client.call(operation(Method::POST), None).send().await else {
            panic!("there are no credentials");
        };
        let error = Error::<Infallible>::from(failure);
        assert_eq!(error.is_retryable(), times > 1, "{error:?}");
        assert!(!error.may_have_been_processed());
        assert_eq!(asked.load(Ordering::Relaxed) as usize, times);
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn one_call_alone_asks_for_credentials_that_have_expired() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let provided = crate::provider::Provided::new(crate::provider::FromFn(move |_| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::task::yield_now().await;
            let expiry =
                chrono::DateTime::<chrono::Utc>::UNIX_EPOCH + chrono::TimeDelta::seconds(i64::from(number) * 1000);
            Ok::<_, Infallible>(Credentials::bearer(format!("token-{number}")).expires_at(expiry))
        }
    }));
    let now = chrono::DateTime::<chrono::Utc>::UNIX_EPOCH;
    assert!(provided.credentials(now, None).await.is_ok());
    let calls = (0..10).map(|_| provided.credentials(now, None));
    let mut calls = calls.map(Box::pin).collect::<Vec<_>>();
    let mut given = Vec::new();
    std::future::poll_fn(|context| {
        calls.retain_mut(|call| match call.as_mut().poll(context) {
            std::task::Poll::Ready(credentials) => {
                given.push(credentials.expect("it has some"));
                false
            }
            std::task::Poll::Pending => true,
        });
        if calls.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    assert!(
        given
            .iter()
            .all(|credentials| credentials.is_same(&Credentials::bearer("token-1")))
    );
}

#[tokio::test]
async fn an_interceptor_sees_each_attempt_and_passes_a_trace_on() {
    #[derive(Default)]
    struct Trace {
        statuses: Arc<Mutex<Vec<(u32, u16)>>>,
    }
    impl crate::Interceptor for Trace {
        fn request(&self, request: &mut InterceptedRequest<'_>) {
            assert!(request.url().ends_with("/things") && request.operation() == "operation");
            assert!(!format!("{request:?}").contains("a-token"), "{request:?}");
            let trace = format!(
                "00-0af7651916cd43dd8448eb211c80319c-000000000000000{}-01",
                request.attempt()
            );
            let trace = HeaderValue::try_from(trace).expect("it is ASCII");
            request.set_header(reqwest::header::HeaderName::from_static("traceparent"), trace);
        }

        fn response(&self, response: &InterceptedResponse<'_>) {
            let mut statuses = self.statuses.lock().expect("no test panics here");
            statuses.push((response.attempt(), response.status().as_u16()));
        }
    }
    let trace = Trace::default();
    let statuses = Arc::clone(&trace.statuses);
    let server = Server::new(&[TOO_MANY, OK]);
    let change = |builder: ClientBuilder| builder.interceptor(trace).credentials(Credentials::bearer("a-token"));
    let (client, _) = server.stage(change, 0.0);
    assert!(client.call(operation(Method::POST), None).send().await.is_ok());
    assert_eq!(*statuses.lock().expect("no test panics here"), [(1, 429), (2, 200)]);
    for (index, request) in server.requests().iter().enumerate() {
        let header = format!(
            "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-000000000000000{}-01\r\n",
            index + 1
        );
        assert!(request.contains(&header), "{request}");
    }
}

#[tokio::test]
async fn headers_of_client_and_call_are_sent_besides_those_of_the_api() {
    let name = |name: &'static str| reqwest::header::HeaderName::from_static(name);
    let value = HeaderValue::from_static;
    let server = Server::new(&[OK]);
    let change = |builder: ClientBuilder| {
        builder
            .credentials(Credentials::bearer("a-token"))
            .header(name("x-client"), value("1"))
            .header(name("accept"), value("text/html"))
            .header(name("authorization"), value("other"))
    };
    let (client, _) = server.stage(change, 0.0);
    let options = client.inner.options.clone();
    let options = options
        .header(name("x-call"), value("2"))
        .header(name("x-call"), value("3"));
    assert!(client.call(operation(Method::GET), Some(&options)).send().await.is_ok());
    let requests = server.requests();
    for (header, is_sent) in [
        ("x-client: 1", true),
        ("x-call: 2\r\nx-call: 3", true),
        ("accept: application/json", true),
        ("authorization: Bearer a-token", true),
        ("text/html", false),
        ("other", false),
    ] {
        assert_eq!(requests[0].contains(header), is_sent, "{header} in {requests:?}");
    }
}

#[tokio::test]
async fn an_application_may_know_better_what_to_retry() {
    let error = "HTTP/1.1 500 Error\r\n\r\n";
    let retry = RetryPolicy::default().classifier(|attempt| {
        assert!(attempt.attempt() > 0 && attempt.operation() == "operation" && *attempt.method() == Method::POST);
        match (
            attempt.status().map(|status| status.as_u16()),
            attempt.transport_error(),
        ) {
            (Some(500), None) | (None, Some(crate::TransportErrorKind::Closed)) => crate::RetryDecision::Retry,
            (Some(429), None) => {
                assert!(attempt.is_retryable());
                crate::RetryDecision::Stop
            }
            _ => crate::RetryDecision::Default,
        }
    });
    for (first, requests) in [
        (error, 2),
        (TOO_MANY, 1),
        (NOTHING, 2),
        ("HTTP/1.1 404 No\r\n\r\n", 1),
        (OK, 1),
    ] {
        let server = Server::new(&[first, OK]);
        let (client, _) = server.stage(|builder| builder.retry(retry.clone()), 0.0);
        // What it comes to is for other tests.
        let _ = client.call(operation(Method::POST), None).send().await;
        assert_eq!(server.requests().len(), requests, "{first}");
    }
}
