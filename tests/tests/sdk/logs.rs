//! Logs: whatever this SDK and the crates below it tell `tracing` and `log`, at the finest level, in every test of this
//! program, is searched for tokens: one that is found ends them all. And what the SDK's own span and events hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Debug,
    io,
    net::SocketAddr,
    process::{self, Command},
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError},
    time::Duration,
};

use askui_workspaces::{Client, ClientBuilder, Credentials, RetryPolicy};
use tracing::{
    Event, Instrument as _, Subscriber,
    field::{Field, Visit},
    instrument::WithSubscriber as _,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer, Registry,
    fmt::format::FmtSpan,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use crate::{
    faults::{
        certificates::Authority,
        faulty::{Connection, Faulty},
        rows::{answer, created, serve},
    },
    secrets::{ENCODED, NEW, NEW_NUMBER, TOKEN},
    server::create,
};

/// The credentials and the new tokens of all tests, plain and as `Basic` has them.
const SECRETS: [&str; 8] = [
    TOKEN,
    ENCODED,
    NEW,
    NEW_NUMBER,
    "any-token",
    "a-new-token",
    "askui-token-1",
    "YXNrdWktdG9rZW4tMQ==",
];

/// Crates whose words are searched too.
const CRATES: [&str; 4] = ["askui_workspaces", "hyper_util", "reqwest", "rustls"];

/// Which of the crates have been heard.
static HEARD: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

/// Searches all that is logged from now on; every server of the tests begins with it.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();

    ONCE.call_once(|| {
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_writer(|| Search);
        Registry::default().with(lines).init();
    });
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn holds_secret(line: &str) -> bool {
    SECRETS.iter().any(|secret| line.contains(secret))
}

/// Takes lines, and ends the program at one that holds a secret.
struct Search;

impl io::Write for Search {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if holds_secret(&text) {
            // A panic would be lost in a task that nobody waits for, or leave a server waiting for its client.
            let _ = writeln!(io::stderr(), "a secret was logged: {text}");
            process::exit(1);
        }
        lock(&HEARD).extend(CRATES.iter().filter(|name| text.contains(&format!(" {name}:"))));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_crates_below_are_searched_too() {
    let authority = Authority::new();
    let config = authority.certify("127.0.0.1", 2999);
    let server = Faulty::start(serve(move |connection| {
        connection.encrypt(Arc::clone(&config));
        connection.request();
        connection.send(created());
    }));
    for credentials in [Credentials::access_token(TOKEN), Credentials::bearer(TOKEN)] {
        let client = Client::builder()
            .endpoint(format!("https://{}", server.address()))
            .credentials(credentials)
            .reqwest_client(authority.trusted())
            .build()
            .expect("a client");
        create(&client).await.expect("the token is created");
    }
    assert_eq!(*lock(&HEARD), BTreeSet::from(CRATES));
    for secret in SECRETS {
        assert!(holds_secret(&format!("TRACE reqwest: {secret:?}\n")));
    }
}

/// The program runs itself again, to log a secret.
#[test]
fn a_secret_that_is_logged_ends_the_tests() {
    const INNER: &str = "ASKUI_WORKSPACES_TESTS_LEAK";

    if let Ok(facade) = env::var(INNER) {
        watch();
        if facade == "log" {
            log::trace!("a header: {ENCODED}");
        } else {
            tracing::trace!("a header: {ENCODED}");
        }
        return;
    }
    for facade in ["tracing", "log"] {
        let output = Command::new(env::current_exe().expect("this test is a program"))
            .args(["--exact", "logs::a_secret_that_is_logged_ends_the_tests"])
            .env(INNER, facade)
            .output()
            .expect("it runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{facade}: {stderr}");
        assert!(
            stderr.contains("a secret was logged: ") && stderr.contains(ENCODED),
            "{stderr}"
        );
    }
}

/// A span or an event of the SDK.
#[derive(Clone, Debug, Default)]
struct Told {
    name: &'static str,
    /// The name of the span around it.
    parent: Option<&'static str>,
    fields: BTreeMap<&'static str, String>,
}

/// Keeps what the SDK tells, in its order.
#[derive(Clone, Default)]
struct Keep {
    spans: Arc<Mutex<Vec<(u64, Told)>>>,
    events: Arc<Mutex<Vec<Told>>>,
}

const TARGET: &str = "askui_workspaces";

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keep {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target() == TARGET {
            let parent = context.span(id).and_then(|span| span.parent());
            let mut told = Told {
                name: metadata.name(),
                parent: parent.map(|parent| parent.name()),
                ..Told::default()
            };
            attributes.record(&mut told);
            lock(&self.spans).push((id.into_u64(), told));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = lock(&self.spans);
        // Numbers are used again, once a span is closed.
        let told = spans.iter_mut().rev().find(|(number, _)| *number == id.into_u64());
        if let Some((_, told)) = told {
            values.record(told);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() == TARGET {
            let parent = context.event_span(event);
            let mut told = Told {
                parent: parent.map(|parent| parent.name()),
                ..Told::default()
            };
            event.record(&mut told);
            lock(&self.events).push(told);
        }
    }
}

impl Told {
    /// Where a field is told twice, a collector takes either or both.
    fn keep(&mut self, field: &Field, value: String) {
        let before = self.fields.insert(field.name(), value);
        assert_eq!(before, None, "{field} is told twice");
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.keep(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value.into());
    }
}

/// A call, and what is told of it besides what is told of every call.
struct Row {
    call: &'static str,
    /// What the server does with each request.
    act: fn(&mut Connection),
    client: fn(ClientBuilder) -> ClientBuilder,
    /// The `error.type` of the call.
    error: Option<&'static str>,
    /// Each attempt.
    attempts: Vec<Fields>,
}

type Fields = Vec<(&'static str, &'static str)>;

const STATUS: &str = "http.response.status_code";
const RESENT: &str = "http.request.resend_count";
const ERROR: &str = "error.type";
const FAILED: (&str, &str) = ("otel.status_code", "ERROR");

impl Row {
    /// A call of one attempt.
    fn new(
        call: &'static str,
        act: fn(&mut Connection),
        error: Option<&'static str>,
        attempt: &[(&'static str, &'static str)],
    ) -> Self {
        Self {
            call,
            act,
            client: |builder| builder,
            error,
            attempts: vec![attempt.to_vec()],
        }
    }

    fn client(self, client: fn(ClientBuilder) -> ClientBuilder) -> Self {
        Self { client, ..self }
    }
}

/// An answer that holds a secret wherever it can.
fn private(status: &str, body: &str) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\nx-private: {NEW}\r\nset-cookie: {NEW}\r\nlocation: /?{NEW}#{TOKEN}"
    );
    answer(&head, body)
}

fn rows() -> Vec<Row> {
    let busy = |resent: &'static str| vec![(RESENT, resent), (STATUS, "429"), (ERROR, "429")];
    vec![
        Row::new(
            "created",
            |connection| {
                connection.send(created());
            },
            None,
            &[(STATUS, "201")],
        ),
        Row::new(
            "a documented failure",
            |connection| {
                connection.send(private("403 No", &format!("{{\"detail\":\"{NEW}\"}}")));
            },
            Some("403"),
            &[(STATUS, "403"), (ERROR, "403")],
        ),
        Row::new(
            "a redirect",
            |connection| {
                connection.send(private("302 Found", NEW));
            },
            Some("unexpected_status"),
            &[(STATUS, "302")],
        ),
        Row::new(
            "a success that is not as documented",
            |connection| {
                connection.send(private("201 Created", &format!("{{\"tokenString\":\"{NEW}\"}}")));
            },
            Some("decode"),
            &[(STATUS, "201")],
        ),
        Row::new(
            "a body that is too large",
            |connection| {
                connection.send(created());
            },
            Some("response_too_large"),
            &[(STATUS, "201"), (ERROR, "response_too_large")],
        )
        .client(|builder| builder.max_response_size(10)),
        Row::new(
            "a body that breaks off",
            |connection| {
                connection.send(&created()[..200]);
            },
            Some("connection_closed"),
            &[(STATUS, "201"), (ERROR, "connection_closed")],
        ),
        Row::new(
            "no answer",
            |_| (),
            Some("connection_closed"),
            &[(ERROR, "connection_closed")],
        ),
        Row::new("silence", Connection::stay, Some("timeout"), &[(ERROR, "timeout")])
            .client(|builder| builder.timeout(Duration::from_millis(100))),
        Row::new("no credentials", |_| (), Some("credentials"), &[(ERROR, "credentials")])
            .client(|builder| builder.credentials_fn(|_| async { Err::<Credentials, _>(NEW) })),
        Row {
            attempts: vec![vec![(STATUS, "429"), (ERROR, "429")], busy("1"), busy("2")],
            ..Row::new(
                "busy, again and again",
                |connection| {
                    connection.send(private("429 Busy", NEW));
                },
                Some("429"),
                &[],
            )
        },
    ]
}

/// The spans that a call is expected to leave, the call's first.
fn spans(row: &Row, address: SocketAddr) -> Vec<BTreeMap<&'static str, String>> {
    let owned = |fields: &[(&'static str, &str)]| {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        fields.collect::<BTreeMap<_, _>>()
    };
    let mut call = owned(&[
        ("otel.name", "create_access_token"),
        ("otel.kind", "internal"),
        ("operation", "create_access_token"),
    ]);
    if let Some(error) = row.error {
        call.extend(owned(&[(ERROR, error), FAILED]));
    }
    let attempts = row.attempts.iter().map(|fields| {
        let mut attempt = owned(&[
            ("otel.name", "POST /api/v1/access-tokens"),
            ("otel.kind", "client"),
            ("http.request.method", "POST"),
            ("server.address", "127.0.0.1"),
            ("server.port", &address.port().to_string()),
            ("url.template", "/api/v1/access-tokens"),
        ]);
        attempt.extend(owned(fields));
        if attempt.contains_key(ERROR) {
            attempt.extend(owned(&[FAILED]));
        }
        if row.error != Some("credentials") {
            attempt.insert("url.full", format!("http://{address}/prefix/api/v1/access-tokens"));
        }
        attempt
    });
    let attempts = attempts.collect::<Vec<_>>();
    [vec![call], attempts].concat()
}

#[tokio::test]
async fn a_call_is_a_span_of_its_caller_and_tells_nothing_that_is_private() {
    for row in rows() {
        let act = row.act;
        let server = Faulty::start(serve(move |connection| {
            connection.request();
            act(connection);
        }));
        let builder = Client::builder()
            .endpoint(format!("http://{}/prefix", server.address()))
            .credentials(Credentials::access_token(TOKEN))
            .retry(RetryPolicy::default().base_delay(Duration::ZERO));
        let client = (row.client)(builder).build().expect("a client");

        let kept = Keep::default();
        let call = async {
            let call = client.create_access_token().name("a-private-name");
            // What it comes to is for other tests.
            let _ = call.send().instrument(tracing::info_span!("caller")).await;
        };
        call.with_subscriber(Registry::default().with(kept.clone())).await;

        let told = lock(&kept.spans)
            .iter()
            .map(|(_, told)| told.clone())
            .collect::<Vec<_>>();
        let names = told.iter().map(|told| (told.name, told.parent)).collect::<Vec<_>>();
        let mut expected = vec![("attempt", Some("call")); row.attempts.len() + 1];
        expected[0] = ("call", Some("caller"));
        assert_eq!(names, expected, "{}", row.call);
        let fields = told.iter().map(|told| told.fields.clone()).collect::<Vec<_>>();
        assert_eq!(fields, spans(&row, server.address()), "{}", row.call);

        let events = lock(&kept.events).clone();
        assert_eq!(events.len(), row.attempts.len() - 1, "{}: {events:?}", row.call);
        for event in &events {
            assert_eq!(event.parent, Some("call"), "{}: {event:?}", row.call);
            assert_eq!(event.fields["message"], "wait before another attempt");
            assert_eq!(event.fields["seconds"], "0.0");
        }
        let told = format!("{told:?}{events:?}");
        assert!(
            !holds_secret(&told) && !told.contains("private"),
            "{}: {told}",
            row.call
        );
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_does_not_look_like_a_success() {
    let (heard, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let server = Faulty::start(serve(move |connection| {
        connection.request();
        let _ = heard.send(());
        connection.stay();
    }));
    let client = Client::builder()
        .endpoint(format!("http://{}", server.address()))
        .credentials(Credentials::access_token(TOKEN))
        .build()
        .expect("a client");
    let kept = Keep::default();
    let call = async {
        tokio::select! {
            _ = client.create_access_token().name("ci").send() => panic!("there is no response"),
            _ = requests.recv() => {}
        }
    };
    call.with_subscriber(Registry::default().with(kept.clone())).await;
    for (_, told) in &*lock(&kept.spans) {
        assert_eq!(
            (told.fields[ERROR].as_str(), told.fields[FAILED.0].as_str()),
            ("cancelled", "ERROR")
        );
    }
    assert_eq!(lock(&kept.spans).len(), 2);
}
