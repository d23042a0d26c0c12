//! Faults of servers and networks, each made for real on loopback: what a caller is told, whether the call is repeated,
//! and that no message holds a secret. `cargo test -p askui-workspaces-tests faults -- --nocapture` prints the table.

pub(crate) mod certificates;
pub(crate) mod faulty;
pub(crate) mod rows;

use std::{
    env, fmt,
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    process::Command,
    time::Duration,
};

use askui_workspaces::{Client, Credentials, Error, RetryPolicy};
use tokio::sync::mpsc;

use crate::{
    secrets::{TOKEN, check_error},
    server::{Called, create},
};
use faulty::Faulty;
use rows::{Row, rows, slow_rows, with_proxy};

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    kind: &'static str,
    /// 0 if there is none.
    status: u16,
    /// Which predicates of the error are true.
    flags: String,
    /// How often the server received the request.
    pub(crate) received: usize,
    /// How often the client tried.
    attempts: usize,
}

impl Outcome {
    fn of(called: &Called, received: usize) -> Self {
        let error = match called {
            Ok(created) => {
                return Self {
                    kind: "Created",
                    status: created.status().as_u16(),
                    flags: String::new(),
                    received,
                    attempts: received,
                };
            }
            Err(error) => error,
        };
        let flags = [
            (error.is_connect(), "connect"),
            (error.is_timeout(), "timeout"),
            (error.may_have_been_processed(), "processed"),
            (error.is_retryable(), "retryable"),
        ];
        let flags = flags.iter().filter(|(is_true, _)| *is_true).map(|(_, name)| *name);
        Self {
            kind: match error {
                Error::InvalidRequest(_) => "InvalidRequest",
                Error::Credentials(_) => "Credentials",
                Error::Transport(_) => "Transport",
                Error::Api(_) => "Api",
                Error::UnexpectedResponse(_) => "Unexpected",
                _ => "another kind",
            },
            status: error.status().map_or(0, |status| status.as_u16()),
            flags: flags.collect::<Vec<_>>().join(", "),
            received,
            attempts: error.attempts() as usize,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, flags, .. } = self;
        let status = if self.status == 0 {
            String::new()
        } else {
            self.status.to_string()
        };
        write!(
            f,
            "{kind:<12} {status:<3} {flags:<30} {:>8} {:>8}",
            self.received, self.attempts
        )
    }
}

fn print(fault: &str, outcome: &dyn fmt::Display) {
    println!("{fault:<56} {outcome}");
}

/// Prints one row of the table, and says what is not as it should be.
#[must_use]
fn check(row: &Row, called: &Called, received: usize) -> Option<String> {
    let outcome = Outcome::of(called, received);
    print(&row.fault, &outcome);
    if let Err(error) = called {
        check_error(error);
        let length = error.body().map_or(0, |body| body.as_bytes().len());
        if !error.to_string().contains(&row.says) || length > LIMIT {
            return Some(format!("{}: {length} bytes, {error}", row.fault));
        }
    }
    (outcome != row.expected).then(|| format!("{}: {called:?}\nexpected: {}", row.fault, row.expected))
}

/// The longest body that clients take here.
const LIMIT: usize = 1024 * 1024;

fn client(row: &Row, address: SocketAddr) -> Client {
    let builder = (row.client)(address)
        .credentials(Credentials::access_token(TOKEN))
        .retry(RetryPolicy::default().base_delay(Duration::ZERO))
        .max_response_size(LIMIT);
    match row.own.clone() {
        Some(http) => builder.reqwest_client(http),
        None => builder,
    }
    .build()
    .expect("a client")
}

#[tokio::test]
async fn a_caller_is_told_what_happened_whether_it_may_have_taken_effect_and_whether_to_repeat() {
    print(
        "fault",
        &"error        status and predicates             received attempts",
    );
    check_all(&rows()).await;
    // Alone, so that a limit does not pass by the work of others.
    check_all(&slow_rows()).await;
}

async fn check_all(rows: &[Row]) {
    let servers = rows.iter().map(|row| Faulty::start(row.serve.clone()));
    let servers = servers.collect::<Vec<_>>();
    // All clients first, since making one takes its time.
    let clients = rows
        .iter()
        .zip(&servers)
        .map(|(row, server)| client(row, server.address()));
    let calls = clients.collect::<Vec<_>>().into_iter().map(|client| {
        // The client is dropped with its call, and its connections with the client.
        tokio::spawn(async move { create(&client).await })
    });
    let calls = calls.collect::<Vec<_>>();

    let mut faults = Vec::new();
    for ((row, server), call) in rows.iter().zip(servers).zip(calls) {
        let called = call.await.expect("no panic");
        let requests = server.requests();
        faults.extend(check(row, &called, requests.len()));
        for request in requests {
            let asks = request.contains("accept-encoding");
            assert_eq!(asks, row.own.is_some(), "{request}");
        }
        if let Some(elsewhere) = &row.elsewhere {
            assert_untouched(elsewhere);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Checks that nobody has connected.
fn assert_untouched(listener: &TcpListener) {
    listener.set_nonblocking(true).expect("a listener can");
    let accepted = listener.accept().map_err(|error| error.kind());
    assert!(matches!(accepted, Err(ErrorKind::WouldBlock)), "{accepted:?}");
}

const INNER: &str = "ASKUI_WORKSPACES_TESTS_PROXY";

/// The system's proxy is read from the environment, which a process cannot safely change: so the test runs itself again, once
/// for each row.
#[tokio::test]
async fn what_the_systems_proxy_and_names_do_is_told_too() {
    let by_proxy = with_proxy();
    if let Ok(index) = env::var(INNER) {
        let (_, row) = &by_proxy[index.parse::<usize>().expect("a number")];
        let nowhere = SocketAddr::from(([0; 4], 0));
        let called = create(&client(row, nowhere)).await;
        // The proxy's own address and what came to it are known outside.
        let row = Row::new(&row.fault, rows::nothing(), row.expected.clone().received(0)).says(&row.says);
        assert_eq!(check(&row, &called, 0), None);
        let error = called.expect_err("there is no server");
        assert!(!format!("{error}{error:?}").contains("a-proxy-password"), "{error:?}");
        return;
    }
    for (index, (proxy, row)) in by_proxy.into_iter().enumerate() {
        let server = Faulty::start(row.serve.clone());
        let proxy = proxy.replace("PROXY", &server.address().to_string());
        let output = Command::new(env::current_exe().expect("this test is a program"))
            .args([
                "--exact",
                "faults::what_the_systems_proxy_and_names_do_is_told_too",
                "--nocapture",
            ])
            .env(INNER, index.to_string())
            .envs([("HTTPS_PROXY", &proxy), ("https_proxy", &proxy)])
            .envs(
                [
                    "HTTP_PROXY",
                    "http_proxy",
                    "ALL_PROXY",
                    "all_proxy",
                    "NO_PROXY",
                    "no_proxy",
                ]
                .map(|name| (name, "")),
            )
            .env_remove("REQUEST_METHOD")
            .output()
            .expect("it runs");
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{}: {stdout}{}",
            row.fault,
            String::from_utf8_lossy(&output.stderr)
        );
        for line in stdout.lines().filter(|line| line.contains("Transport")) {
            println!("{line}");
        }
        let requests = server.requests();
        assert_eq!(requests.len(), row.expected.received, "{}", row.fault);
        for request in requests {
            assert!(
                request.starts_with("CONNECT server.invalid:443 HTTP/1.1\r\n"),
                "{request}"
            );
            assert!(!request.to_lowercase().contains("\r\nauthorization"), "{request}");
        }
    }
}

/// After an answer the server closes the connection: before the next request, or as it comes.
#[tokio::test]
async fn a_connection_that_was_closed_since_is_not_used_and_a_request_on_it_not_repeated() {
    let answer = rows::created();
    let kept = answer.clone();
    let (closed, mut noticed) = mpsc::unbounded_channel();
    let between = Faulty::start(rows::serve(move |connection| {
        connection.request();
        connection.send(&kept);
        connection.close();
        // The client closes its side once it has noticed, and no earlier.
        connection.stay();
        let _ = closed.send(());
    }));
    let within = Faulty::start(rows::serve(move |connection| {
        connection.request();
        connection.send(&answer);
        connection.request();
    }));
    for (server, row) in [
        (
            between,
            Row::new(
                "closed by the server between two calls",
                rows::nothing(),
                rows::succeeds(201, 2),
            ),
        ),
        (
            within,
            Row::new(
                "closed by the server as the second request comes",
                rows::nothing(),
                rows::closed().received(2),
            )
            .says("the server may have processed the request"),
        ),
    ] {
        let client = client(&row, server.address());
        create(&client).await.expect("the first call");
        if row.expected.kind == "Created" {
            noticed.recv().await.expect("the connection is served");
        }
        let called = create(&client).await;
        assert_eq!(check(&row, &called, server.requests().len()), None);
    }
}
