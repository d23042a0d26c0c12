//! The table: a fault, and what becomes of a call.

use std::{
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};

use askui_workspaces::{Client, ClientBuilder, reqwest};
use flate2::{Compression, write::GzEncoder};

use super::{
    LIMIT, Outcome,
    certificates::Authority,
    faulty::{Connection, Serve},
};
use crate::{secrets::NEW, server};

pub(crate) struct Row {
    pub(crate) fault: String,
    /// What the server does with each connection.
    pub(crate) serve: Serve,
    /// A client of the server at that address.
    pub(crate) client: Box<dyn Fn(SocketAddr) -> ClientBuilder>,
    /// An application's own HTTP client, which asks for compressed answers.
    pub(crate) own: Option<reqwest::Client>,
    pub(crate) expected: Outcome,
    /// What stands in the message.
    pub(crate) says: String,
    /// A server that is not to be called.
    pub(crate) elsewhere: Option<TcpListener>,
}

impl Row {
    pub(crate) fn new(fault: &str, serve: Serve, expected: Outcome) -> Self {
        Self {
            fault: fault.into(),
            serve,
            client: Box::new(plain),
            own: None,
            expected,
            says: String::new(),
            elsewhere: None,
        }
    }

    fn client(self, client: impl Fn(SocketAddr) -> ClientBuilder + 'static) -> Self {
        let client = Box::new(client);
        Self { client, ..self }
    }

    fn own(self, http: reqwest::Client) -> Self {
        let own = Some(http);
        Self { own, ..self }
    }

    pub(crate) fn says(self, says: &str) -> Self {
        let says = says.into();
        Self { says, ..self }
    }
}

/// An answer below HTTP/1.1 in full, to a request that came whole.
fn sends(fault: &str, answer: impl AsRef<[u8]> + Send + Sync + 'static, expected: Outcome) -> Row {
    let serve = serve(move |connection| {
        connection.request();
        connection.send(&answer);
    });
    Row::new(fault, serve, expected)
}

fn does(fault: &str, act: impl Fn(&mut Connection) + Send + Sync + 'static, expected: Outcome) -> Row {
    let serve = serve(move |connection| {
        connection.request();
        act(connection);
    });
    Row::new(fault, serve, expected)
}

pub(crate) fn serve(serve: impl Fn(&mut Connection) + Send + Sync + 'static) -> Serve {
    Arc::new(serve)
}

pub(crate) fn nothing() -> Serve {
    serve(|_| ())
}

pub(crate) fn succeeds(status: u16, received: usize) -> Outcome {
    Outcome {
        kind: "Created",
        status,
        flags: String::new(),
        received,
        attempts: received,
    }
}

/// A failure without a response.
pub(crate) fn transport(flags: &str) -> Outcome {
    Outcome {
        kind: "Transport",
        status: 0,
        flags: flags.into(),
        received: 1,
        attempts: 1,
    }
}

fn no_connection(flags: &str) -> Outcome {
    transport(flags).received(0).attempts(3)
}

/// What no retry can help.
fn lasting(flags: &str) -> Outcome {
    transport(flags).received(0)
}

pub(crate) fn closed() -> Outcome {
    transport("processed")
}

/// A connection that fails within a response.
fn truncated(status: u16) -> Outcome {
    Outcome { status, ..closed() }
}

fn documented(status: u16) -> Outcome {
    let kind = "Api";
    Outcome {
        kind,
        status,
        ..closed()
    }
}

fn unexpected(status: u16) -> Outcome {
    let kind = "Unexpected";
    Outcome {
        kind,
        status,
        ..closed()
    }
}

/// A status that says that nothing was done.
fn rejected(status: u16) -> Outcome {
    unexpected(status).flags("")
}

impl Outcome {
    pub(crate) fn received(self, received: usize) -> Self {
        Self { received, ..self }
    }

    fn attempts(self, attempts: usize) -> Self {
        Self { attempts, ..self }
    }

    fn flags(self, flags: &str) -> Self {
        let flags = flags.into();
        Self { flags, ..self }
    }
}

fn plain(address: SocketAddr) -> ClientBuilder {
    Client::builder().endpoint(format!("http://{address}"))
}

fn https(address: SocketAddr) -> ClientBuilder {
    Client::builder().endpoint(format!("https://{address}"))
}

/// With a limit that a machine full of work keeps, so that the head of an answer comes within it.
fn impatient(address: SocketAddr) -> ClientBuilder {
    plain(address).attempt_timeout(Duration::from_millis(800))
}

fn body() -> String {
    server::CREATED.replace("a-new-token", NEW)
}

pub(crate) fn answer(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut answer = format!("{head}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

pub(crate) fn created() -> Vec<u8> {
    answer("HTTP/1.1 201 Created", body())
}

fn chunked(chunks: &str) -> String {
    format!("HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n{chunks}")
}

/// With the new token as its content, compressed.
fn gzip() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body().as_bytes()).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// What needs neither time nor an environment.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = connections();
    rows.extend(tls());
    rows.extend(without_end());
    rows.extend(lengths());
    rows.extend(compression());
    rows.extend(heads());
    rows.extend(bodies());
    rows.extend(repeated());
    rows.extend([301, 302, 303, 307, 308].map(redirect));
    rows
}

fn connections() -> Vec<Row> {
    // The port of an outgoing connection: nobody listens on it, and nobody else is given it.
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let held = TcpStream::connect(listener.local_addr().expect("it is bound")).expect("it listens");
    let refusing = held.local_addr().expect("it is connected");
    let refused = move |_| {
        // Held for as long as the rows are.
        let _ = &held;
        plain(refusing)
    };
    let refused_too = move |_| plain(refusing);
    vec![
        Row::new("refused", nothing(), no_connection("connect, retryable"))
            .client(refused)
            .says("Connection refused"),
        Row::new("refused, own client", nothing(), no_connection("connect, retryable"))
            .client(refused_too)
            .own(own_client())
            .says("the request was not sent"),
        Row::new(
            "reset within the request",
            serve(|connection| {
                connection.first_byte();
                connection.reset();
            }),
            closed().received(0),
        ),
        does("reset before the answer", Connection::reset, closed()),
        does(
            "reset within the head",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\ncontent-ty");
                connection.reset();
            },
            closed(),
        ),
        does(
            "reset within the body",
            |connection| {
                connection.send(&created()[..200]);
                connection.reset();
            },
            truncated(201),
        )
        .says("the server processed the request"),
        sends("closed before the answer", "", closed()),
        sends("closed within the status line", "HTTP/1.1 201", closed()),
        sends("closed within the head", "HTTP/1.1 201 Created\r\ncontent-ty", closed()),
    ]
}

fn tls() -> Vec<Row> {
    let authority = Authority::new();
    let row = |fault, name, year, expected| {
        let config = authority.certify(name, year);
        let serve = serve(move |connection: &mut Connection| {
            connection.encrypt(Arc::clone(&config));
            if connection.request().is_some() {
                connection.send(created());
            }
        });
        Row::new(fault, serve, expected)
    };
    vec![
        row(
            "TLS: none (a certificate that is trusted), own client",
            "127.0.0.1",
            2999,
            succeeds(201, 1),
        )
        .client(https)
        .own(authority.trusted()),
        row(
            "TLS: an authority that is not trusted",
            "127.0.0.1",
            2999,
            lasting("connect"),
        )
        .client(https)
        .says("no authority that this machine trusts has issued the certificate"),
        row(
            "TLS: an expired certificate, own client",
            "127.0.0.1",
            2021,
            lasting("connect"),
        )
        .client(https)
        .own(authority.trusted())
        .says("the certificate has expired: renew it, or correct the clock of this machine"),
        row(
            "TLS: the certificate of another host, own client",
            "elsewhere.invalid",
            2999,
            lasting("connect"),
        )
        .client(https)
        .own(authority.trusted())
        .says("elsewhere.invalid"),
        Row::new(
            "TLS: hello to a plain port",
            serve(|connection| {
                connection.first_byte();
                connection.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
                connection.stay();
            }),
            lasting("connect"),
        )
        .client(https)
        .says("there is no TLS on this port"),
        row("TLS: plain HTTP to its port", "127.0.0.1", 2999, closed().received(0)),
    ]
}

/// A client of an application's own, which asks for compressed responses.
fn own_client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    let builder = builder.redirect(reqwest::redirect::Policy::none());
    builder.build().expect("a client")
}

/// What ends in a timeout.
pub(crate) fn slow_rows() -> Vec<Row> {
    vec![
        Row::new(
            "TLS: silence, until the attempt times out",
            serve(Connection::stay),
            no_connection("connect, timeout, retryable"),
        )
        .client(|address| https(address).attempt_timeout(Duration::from_millis(100)))
        .says("timed out after 100ms (`attempt_timeout`) while connecting to 127.0.0.1:"),
        does(
            "silence, own client with a timeout",
            Connection::stay,
            closed().flags("timeout, processed"),
        )
        .own(
            reqwest::Client::builder()
                .no_proxy()
                .timeout(Duration::from_millis(100))
                .build()
                .expect("a client"),
        )
        .says("timed out by a timeout of its HTTP client"),
        Row::new(
            "TLS: silence",
            serve(Connection::stay),
            no_connection("connect, timeout, retryable"),
        )
        .client(|address| https(address).connect_timeout(Duration::from_millis(100))),
        does("silence", Connection::stay, closed().flags("timeout, processed")).client(impatient),
        does(
            "a slow head",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\nx-slow: ");
                connection.send_slowly(b'x');
            },
            closed().flags("timeout, processed"),
        )
        .client(impatient)
        .says("timed out after 800ms (`attempt_timeout`)"),
        does(
            "a slow body",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\ncontent-length: 100000\r\n\r\n");
                connection.send_slowly(b' ');
            },
            truncated(201).flags("timeout, processed"),
        )
        .client(|address| {
            impatient(address)
                .attempt_timeout(Duration::from_secs(20))
                .timeout(Duration::from_millis(800))
        })
        .says("reading its body timed out after 800ms (`timeout`)"),
        does(
            "a body that stops",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\ncontent-length: 100000\r\n\r\n");
                connection.stay();
            },
            truncated(201).flags("timeout, processed"),
        )
        .client(impatient)
        .says("reading its body timed out after 800ms (`attempt_timeout`)"),
    ]
}

fn without_end() -> Vec<Row> {
    vec![
        does(
            "a body without end, in chunks",
            |connection| {
                connection.send(chunked(""));
                connection.send_for_ever(format!("10000\r\n{}\r\n", " ".repeat(0x10000)));
            },
            unexpected(201),
        )
        .says("a body of more than 1048576 bytes"),
        does(
            "a body without end or length",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\n\r\n");
                connection.send_for_ever([b' '; 0x10000]);
            },
            unexpected(201),
        )
        .says("a body of more than 1048576 bytes"),
        does(
            "a head without end",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\n");
                connection.send_for_ever("x-many: of them\r\n");
            },
            closed(),
        ),
        does(
            "a header without end",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\nx-long: ");
                connection.send_for_ever([b'x'; 0x10000]);
            },
            closed(),
        ),
    ]
}

fn lengths() -> Vec<Row> {
    let length = |value: &str| format!("HTTP/1.1 201 Created\r\n{value}\r\n\r\n{}", body());
    let own = body().len();
    let chunk = format!("{own:x}\r\n{}\r\n", body());
    vec![
        sends(
            "content-length too short",
            length("content-length: 10"),
            unexpected(201),
        )
        .says("it is not JSON"),
        sends(
            "content-length too long",
            length(&format!("content-length: {}", own + 1)),
            truncated(201),
        )
        .says("before its body was complete"),
        sends(
            "content-length twice, different",
            length("content-length: 10\r\ncontent-length: 11"),
            closed(),
        ),
        sends("content-length negative", length("content-length: -1"), closed()),
        sends(
            "content-length larger than any number",
            length("content-length: 99999999999999999999999"),
            closed(),
        ),
        sends(
            "content-length of 2^64 - 1",
            length("content-length: 18446744073709551615"),
            closed(),
        ),
        sends(
            "content-length of 2^63",
            length("content-length: 9223372036854775808"),
            truncated(201),
        ),
        sends(
            "chunks: none (whole)",
            chunked(&format!("{chunk}0\r\n\r\n")),
            succeeds(201, 1),
        ),
        sends("chunks: the last is missing", chunked(&chunk), truncated(201)),
        sends("chunks: one breaks off", chunked(&chunk[..100]), truncated(201)),
        sends(
            "chunks: a size that is no number",
            chunked(&format!("size\r\n{chunk}0\r\n\r\n")),
            truncated(201),
        ),
        sends(
            "chunks: a negative size",
            chunked(&format!("-5\r\n{chunk}0\r\n\r\n")),
            truncated(201),
        ),
        sends(
            "chunks: a size larger than any number",
            chunked(&format!("fffffffffffffffff\r\n{chunk}")),
            truncated(201),
        ),
        sends(
            "chunks: another size than it has",
            chunked(&format!("5\r\n{}\r\n0\r\n\r\n", body())),
            truncated(201),
        ),
        sends(
            "content-length and chunks",
            format!("HTTP/1.1 201 Created\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n"),
            succeeds(201, 1),
        ),
    ]
}

fn compression() -> Vec<Row> {
    let head = "HTTP/1.1 201 Created\r\ncontent-encoding: gzip";
    let own = own_client();
    vec![
        sends("gzip: none, own client", answer(head, gzip()), succeeds(201, 1)).own(own.clone()),
        sends("gzip: not asked for", answer(head, gzip()), unexpected(201))
            .says("it is compressed (Content-Encoding: gzip), though the request did not ask for it"),
        sends(
            "brotli: not asked for",
            answer("HTTP/1.1 201 Created\r\ncontent-encoding: br", gzip()),
            unexpected(201),
        )
        .says("(Content-Encoding: br)"),
        sends(
            "identity: not asked for",
            answer("HTTP/1.1 201 Created\r\ncontent-encoding: identity", body()),
            succeeds(201, 1),
        ),
        sends("gzip: broken, own client", answer(head, &gzip()[..60]), truncated(201)).own(own.clone()),
        does(
            "gzip: a bomb without end, own client",
            |connection| {
                connection.send("HTTP/1.1 201 Created\r\ncontent-encoding: gzip\r\n\r\n");
                let mut bomb = GzEncoder::new(connection.stream(), Compression::best());
                while bomb.write_all(&[0; LIMIT]).is_ok() {}
            },
            unexpected(201),
        )
        .own(own.clone())
        .says("a body of more than 1048576 bytes"),
    ]
}

fn heads() -> Vec<Row> {
    let before = |first: &str| [first.as_bytes(), &created()].concat();
    vec![
        sends(
            "100 Continue first",
            before("HTTP/1.1 100 Continue\r\n\r\n"),
            succeeds(201, 1),
        ),
        sends(
            "103 Early Hints first",
            before("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"),
            succeeds(201, 1),
        ),
        sends("100 Continue, then nothing", "HTTP/1.1 100 Continue\r\n\r\n", closed()),
        sends(
            "101 Switching Protocols",
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nx",
            unexpected(101),
        ),
        sends(
            "204 with a body",
            answer("HTTP/1.1 204 No Content", body()),
            unexpected(204),
        )
        .says("the server may have processed the request"),
        sends(
            "304 with a body",
            answer("HTTP/1.1 304 Not Modified", body()),
            rejected(304),
        ),
        sends(
            "HTTP/1.0",
            format!("HTTP/1.0 201 Created\r\n\r\n{}", body()),
            succeeds(201, 1),
        ),
        sends("HTTP/0.9", body(), closed()),
        sends(
            "HTTP/2",
            b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\x01\0\0\0\x05\0\x01\0\0",
            closed(),
        ),
        sends("HTTP/3.7", answer("HTTP/3.7 201 Created", body()), closed()),
        sends("not HTTP", "220 mail.example.com ESMTP\r\n", closed()),
        sends("bytes without sense", [0, 255, 13, 10, 13, 10, 254], closed()),
        sends(
            "a status of two digits",
            answer("HTTP/1.1 20 Created", body()),
            closed(),
        ),
        sends(
            "a status that HTTP does not have",
            answer("HTTP/1.1 999 What", "what"),
            unexpected(999),
        ),
        sends(
            "a header without a name",
            answer("HTTP/1.1 201 Created\r\n: x", body()),
            closed(),
        ),
        sends(
            "a header of control characters",
            answer("HTTP/1.1 201 Created\r\nx: \0\x01", body()),
            closed(),
        ),
        sends(
            "a header folded over two lines",
            answer("HTTP/1.1 201 Created\r\nx: a\r\n b", body()),
            closed(),
        ),
        sends(
            "101 headers",
            answer(&format!("HTTP/1.1 201 Created{}", "\r\nx: y".repeat(100)), body()),
            closed(),
        ),
    ]
}

fn bodies() -> Vec<Row> {
    let html = "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/html";
    let detail = r#"{"detail":"No."}"#;
    vec![
        sends(
            "JSON as text/html",
            answer("HTTP/1.1 201 Created\r\ncontent-type: text/html", body()),
            succeeds(201, 1),
        ),
        sends(
            "JSON as text/html, a documented failure",
            answer(html, detail),
            documented(500),
        )
        .says("No."),
        sends(
            "HTML, a documented failure",
            answer(html, "<h1>Oops</h1>"),
            unexpected(500),
        )
        .says("text/html, 13 bytes"),
        sends(
            "HTML, a success",
            answer("HTTP/1.1 201 Created\r\ncontent-type: text/html", NEW),
            unexpected(201),
        ),
        sends(
            "no body, a success",
            answer("HTTP/1.1 201 Created", ""),
            unexpected(201),
        )
        .says("it is empty"),
        sends(
            "not UTF-8, a success",
            answer("HTTP/1.1 201 Created", [body().as_bytes(), b"\xff"].concat()),
            unexpected(201),
        )
        .says("it is not JSON"),
        sends(
            "not UTF-8 within a string, a success",
            answer(
                "HTTP/1.1 201 Created",
                [&body().as_bytes()[..body().len() - 2], b"\xff\"}"].concat(),
            ),
            unexpected(201),
        ),
        sends(
            "not UTF-8, a documented failure",
            answer("HTTP/1.1 403 No", b"{\"detail\":\"\xff\"}"),
            rejected(403),
        ),
        sends(
            "JSON a hundred thousand arrays deep",
            answer("HTTP/1.1 201 Created", "[".repeat(100_000)),
            unexpected(201),
        ),
        sends(
            "502 of a gateway",
            answer("HTTP/1.1 502 Bad Gateway", "<h1>Bad</h1>"),
            unexpected(502),
        ),
        sends(
            "503 without Retry-After",
            answer("HTTP/1.1 503 Service Unavailable", ""),
            unexpected(503),
        ),
    ]
}

fn repeated() -> Vec<Row> {
    vec![
        sends(
            "429",
            answer("HTTP/1.1 429 Too Many Requests\r\nconnection: close", ""),
            rejected(429).flags("retryable").received(3).attempts(3),
        )
        .says("3 attempts"),
        sends(
            "503 with Retry-After: 0",
            answer(
                "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\nconnection: close",
                "",
            ),
            // A gateway says so too after the server behind it timed out.
            unexpected(503),
        ),
        sends(
            "429 with Retry-After of a day",
            answer("HTTP/1.1 429 Too Many Requests\r\nretry-after: 86400", ""),
            rejected(429).flags("retryable"),
        ),
        sends(
            "a proxy asks who we are",
            answer("HTTP/1.1 407 Proxy Authentication Required", ""),
            rejected(407),
        ),
    ]
}

fn redirect(status: u16) -> Row {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let location = format!("http://{}/elsewhere", elsewhere.local_addr().expect("it is bound"));
    let head = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}?key={NEW}#{NEW}");
    let fault = format!("redirect with {status}");
    let says = format!(", Location: {location})");
    // 303 shows the result of a request that was processed.
    let expected = if status == 303 {
        unexpected(status)
    } else {
        rejected(status)
    };
    let row = sends(&fault, answer(&head, ""), expected).says(&says);
    let elsewhere = Some(elsewhere);
    Row { elsewhere, ..row }
}

/// What a client of `https://server.invalid` does with a proxy: the table has the value of `HTTPS_PROXY`, with the address of
/// the server of the row in place of `PROXY`.
pub(crate) fn with_proxy() -> Vec<(&'static str, Row)> {
    const USUAL: &str = "http://PROXY";
    let responds = |fault: &str, response: &'static str, expected: Outcome| {
        let serve = serve(move |connection| {
            connection.request();
            connection.send(response);
        });
        let server = |_| Client::builder().endpoint("https://server.invalid");
        Row::new(fault, serve, expected).client(server)
    };
    let through = "no connection to server.invalid:443 through the proxy http://";
    let refused = "(`HTTPS_PROXY`): it refused to connect to the server";
    vec![
        (
            USUAL,
            responds(
                "a proxy that responds to CONNECT with 403",
                "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
                lasting("connect").received(1),
            )
            .says(through),
        ),
        (
            USUAL,
            responds(
                "a proxy that responds to CONNECT with 302",
                "HTTP/1.1 302 Found\r\nLocation: http://login.proxy.example/\r\n\r\n",
                lasting("connect").received(1),
            )
            .says(refused),
        ),
        (
            "http://a-user:a-proxy-password@PROXY",
            responds(
                "a proxy that rejects the password",
                "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
                lasting("connect").received(1),
            )
            .says("(`HTTPS_PROXY`): it asks for a user name and password, or rejects those it got"),
        ),
        (
            USUAL,
            responds(
                "a proxy that closes",
                "",
                no_connection("connect, retryable").received(3),
            )
            .says(through),
        ),
        (
            USUAL,
            responds(
                "a proxy that speaks SOCKS",
                "\x05\0\x05\0\r\n\r\n",
                lasting("connect").received(1),
            )
            .says(refused),
        ),
        (
            "http://127.0.0.1:1",
            responds("a proxy that is down", "", no_connection("connect, retryable"))
                .says("through the proxy http://127.0.0.1:1/ (`HTTPS_PROXY`) (Connection refused"),
        ),
        (
            // Resolvers refuse a label so long without asking anybody.
            "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.proxy.invalid:3128",
            responds("a proxy whose name does not exist", "", lasting("connect"))
                .says(".proxy.invalid:3128/ (`HTTPS_PROXY`): there is no host of that name"),
        ),
        (
            "",
            responds("a name that does not exist", "", lasting("connect"))
                .client(|_| {
                    let label = "a".repeat(64);
                    Client::builder()
                        .endpoint(format!("http://{label}.name.invalid"))
                        .allow_insecure_http(true)
                })
                .says("there is no host of that name"),
        ),
    ]
}
