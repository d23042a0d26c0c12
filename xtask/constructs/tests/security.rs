//! What operations ask for before they let a request in: what is sent on the wire for it, what is not sent, and that no log and
//! no error has it.

use std::{
    error::Error as StdError,
    fmt::{Debug, Write as _},
    io,
    pin::Pin,
    process,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
};

use askui_workspaces::{Client, ClientBuilder, Credentials, Error, mock, reqwest};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// The credentials of these tests, each with its own characters that have to be encoded.
const TOKEN: &str = "the-token-itself~1";
const HEADER_KEY: &str = "the-header-key/2=";
const QUERY_KEY: &str = "the query+key/3&é";
const COOKIE_KEY: &str = "the-cookie-key/4=";
const COOKIE_HEADER: &str = "other=the-cookie-header-5";
const USER: &str = "the-user";
const PASSWORD: &str = "the päss:word/6";
/// `the-user:the päss:word/6`.
const ENCODED: &str = "dGhlLXVzZXI6dGhlIHDDpHNzOndvcmQvNg==";
/// As it is in the query.
const ENCODED_QUERY_KEY: &str = "the%20query%2Bkey%2F3%26%C3%A9";

const SECRETS: [&str; 8] = [
    TOKEN,
    HEADER_KEY,
    QUERY_KEY,
    COOKIE_KEY,
    "the-cookie-header-5",
    PASSWORD,
    ENCODED,
    ENCODED_QUERY_KEY,
];

fn bearer() -> Credentials {
    Credentials::bearer(TOKEN)
}

fn header_key() -> Credentials {
    Credentials::api_key("HeaderKey", HEADER_KEY)
}

fn query_key() -> Credentials {
    Credentials::api_key("QueryKey", QUERY_KEY)
}

fn cookie_key() -> Credentials {
    Credentials::api_key("CookieKey", COOKIE_KEY)
}

fn cookie_header() -> Credentials {
    Credentials::api_key("CookieHeader", COOKIE_HEADER)
}

fn user() -> Credentials {
    Credentials::basic(USER, PASSWORD)
}

fn all() -> Credentials {
    [header_key(), query_key(), cookie_key(), cookie_header(), user()]
        .into_iter()
        .fold(bearer(), Credentials::and)
}

/// What a call comes to: nothing, or the texts of its error and of the causes, all that a log can show.
type Outcome<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>;

type Call = fn(&Client) -> Outcome<'_>;

macro_rules! call {
    ($operation:ident $($setters:tt)*) => {
        |client| Box::pin(async {
            match client.$operation()$($setters)*.send().await {
                Ok(_) => Ok(()),
                Err(error) => Err(shown(&error)),
            }
        })
    };
}

fn shown<E: StdError + 'static>(error: &Error<E>) -> String {
    let mut text = String::new();
    let mut next = Some(error as &(dyn StdError + 'static));
    while let Some(error) = next {
        writeln!(text, "{error}\n{error:#}\n{error:?}\n{error:#?}").expect("a string takes every text");
        next = error.source();
    }
    if let Some(headers) = error.headers() {
        for value in headers.values() {
            text.push_str(&String::from_utf8_lossy(value.as_bytes()));
        }
    }
    text.push_str(&error.body().map(|body| body.text().into_owned()).unwrap_or_default());
    text
}

fn check(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

fn check_debug(value: &impl Debug) {
    check(&format!("{value:?} {value:#?}"));
}

static LINES: AtomicUsize = AtomicUsize::new(0);

/// Searches all that is logged from now on, by this crate and those below it, at the finest level.
fn watch() {
    static ONCE: Once = Once::new();

    struct Search;

    impl io::Write for Search {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8_lossy(line);
            if SECRETS.iter().any(|secret| text.contains(secret)) {
                // A panic would be lost in a task that nobody waits for.
                let _ = writeln!(io::stderr(), "a secret was logged: {text}");
                process::exit(1);
            }
            LINES.fetch_add(1, Ordering::Relaxed);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(|| Search)
            .init();
    });
}

async fn server() -> MockServer {
    watch();
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(204);
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn client(server: &MockServer, credentials: Option<Credentials>) -> Client {
    let builder = Client::builder().endpoint(server.uri());
    let builder = match credentials {
        Some(credentials) => builder.credentials(credentials),
        None => builder,
    };
    check_debug(&builder);
    let client = builder.build().expect("a client");
    check_debug(&client);
    client
}

async fn received(server: &MockServer) -> Vec<Request> {
    let requests = server.received_requests().await.expect("they are recorded");
    server.reset().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(204))
        .mount(server)
        .await;
    requests
}

/// The address and the headers of a request that a credential can be in.
fn sent(request: &Request) -> Vec<String> {
    let query = request.url.query().map(|query| format!("?{query}"));
    let headers = ["authorization", "x-key", "cookie"].into_iter().flat_map(|name| {
        let values = request.headers.get_all(name).iter();
        values.map(move |value| format!("{name}: {}", value.to_str().expect("it is text")))
    });
    query.into_iter().chain(headers).collect()
}

#[tokio::test]
async fn what_an_operation_asks_for_is_sent_where_it_belongs() {
    let authorization = format!("authorization: Bearer {TOKEN}");
    let basic = format!("authorization: Basic {ENCODED}");
    let header = format!("x-key: {HEADER_KEY}");
    let query = format!("?api%20key={ENCODED_QUERY_KEY}");
    let cookie = format!("cookie: session={COOKIE_KEY}");
    let rows: Vec<(Credentials, Call, Vec<String>)> = vec![
        (header_key(), call!(secured_by_header), vec![header.clone()]),
        (query_key(), call!(secured_by_query), vec![query.clone()]),
        (
            query_key(),
            call!(secured_by_query.page("1 2")),
            vec![format!("?page=1+2&{}", &query[1..])],
        ),
        (cookie_key(), call!(secured_by_cookie), vec![cookie.clone()]),
        // One header holds all cookies, those of parameters too.
        (
            cookie_key(),
            call!(secured_by_cookie.theme("dark")),
            vec![format!("{cookie}; theme=dark")],
        ),
        (
            cookie_key().and(cookie_header()),
            call!(secured_by_cookies),
            vec![format!("cookie: {COOKIE_HEADER}; {}", &cookie["cookie: ".len()..])],
        ),
        (user(), call!(secured_by_user), vec![basic.clone()]),
        (
            Credentials::basic("a-key", ""),
            call!(secured_by_user),
            vec!["authorization: Basic YS1rZXk6".into()],
        ),
        (
            Credentials::access_token("askui-token-1"),
            call!(secured_by_access_token),
            vec!["authorization: Basic YXNrdWktdG9rZW4tMQ==".into()],
        ),
        (bearer(), call!(secured_by_tokens), vec![authorization.clone()]),
        // All schemes of an alternative, each in its place; nothing else that the client has.
        (
            query_key().and(header_key()),
            call!(secured_by_both),
            vec![query.clone(), header.clone()],
        ),
        (all(), call!(secured_by_both), vec![query.clone(), header.clone()]),
        (all(), call!(secured_by_user), vec![basic.clone()]),
        (all(), call!(only_default), vec![]),
        // The first alternative that the client has.
        (all(), call!(secured_by_either), vec![authorization.clone()]),
        (bearer(), call!(secured_by_either), vec![authorization.clone()]),
        (
            header_key().and(query_key()),
            call!(secured_by_either),
            vec![query.clone(), header.clone()],
        ),
        (
            header_key().and(bearer()),
            call!(secured_by_either),
            vec![authorization.clone()],
        ),
        (bearer(), call!(secured_by_digest_or_token), vec![authorization.clone()]),
        // An operation that can do without sends all or nothing.
        (all(), call!(secured_if_wanted), vec![basic.clone(), header.clone()]),
        (header_key(), call!(secured_if_wanted), vec![]),
        (bearer(), call!(secured_if_wanted), vec![]),
        // A parameter that is the key satisfies the scheme, and is sent as it was set.
        (header_key(), call!(secured_by_parameter), vec![header.clone()]),
        (
            header_key(),
            call!(secured_by_parameter.x_key("own")),
            vec!["x-key: own".into()],
        ),
        (
            bearer(),
            call!(secured_by_parameter.x_key("own")),
            vec!["x-key: own".into()],
        ),
    ];
    let server = server().await;
    for (index, (credentials, call, expected)) in rows.into_iter().enumerate() {
        check_debug(&credentials);
        let outcome = call(&client(&server, Some(credentials))).await;
        let requests = received(&server).await;
        assert_eq!(requests.len(), 1, "row {index}: {outcome:?}");
        assert_eq!(sent(&requests[0]), expected, "row {index}");
    }
    assert!(
        LINES.load(Ordering::Relaxed) > 0,
        "nothing was logged, so nothing was searched"
    );
}

#[tokio::test]
async fn what_the_client_cannot_give_is_told_before_anything_is_sent() {
    let header = "`HeaderKey` (an API key in the header `X-Key`: `Credentials::api_key`)";
    let query = "`QueryKey` (an API key in the query, `api key`: `Credentials::api_key`)";
    let token = "`Bearer` (a bearer token: `Credentials::bearer`)";
    let user = "`User` (a user name and a password: `Credentials::basic`)";
    let digest = "`Digest` (HTTP authentication by `digest`)";
    let has = "and the client has";
    let several = "give it what it needs with `ClientBuilder::credentials`, joined by `Credentials::and`";
    let rows: Vec<(Option<Credentials>, Call, String)> = vec![
        (
            None,
            call!(secured_by_header),
            format!("{header}, {has} no credentials: give it what it needs with `ClientBuilder::credentials`"),
        ),
        (
            Some(bearer()),
            call!(secured_by_both),
            format!("{header} and {query}, {has} a bearer token: {several}"),
        ),
        (
            Some(header_key()),
            call!(secured_by_both),
            format!("{header} and {query}, {has} the API key `HeaderKey`: {several}"),
        ),
        (
            Some(header_key().and(cookie_key())),
            call!(secured_by_either),
            format!(
                "{token}, or {header} and {query}, {has} the API key `HeaderKey` and the API key `CookieKey`: give"
            ),
        ),
        // The name of the header is not that of the scheme.
        (
            Some(Credentials::api_key("X-Key", HEADER_KEY)),
            call!(secured_by_header),
            format!("{header}, {has} the API key `X-Key`: give"),
        ),
        // The value of AskUI's token looks like a user name and a password, and is none.
        (
            Some(Credentials::access_token(TOKEN)),
            call!(secured_by_user),
            format!("{user}, {has} an access token: give"),
        ),
        (
            Some(super_user()),
            call!(secured_by_access_token),
            format!("`Access` (an access token: `Credentials::access_token`), {has} a user name and a password: give"),
        ),
        (
            Some(all()),
            call!(secured_by_certificate),
            "`Certificate` (a client certificate: `ClientBuilder::reqwest_client`), and the client has".into(),
        ),
        (
            Some(all()),
            call!(secured_by_certificate_and_key),
            format!("`Certificate` (a client certificate: `ClientBuilder::reqwest_client`) and {header}, {has}"),
        ),
        (Some(all()), call!(secured_by_digest), format!("{digest}, {has}")),
        (
            Some(header_key()),
            call!(secured_by_digest_or_token),
            format!("{digest} or {token}, {has}"),
        ),
        (
            Some(all()),
            call!(secured_by_nobody_knows),
            format!("`Un`defined` (not defined in the description), {has}"),
        ),
        (
            Some(all()),
            call!(secured_twice),
            format!("{token} and `User` (it needs the header `authorization` a second time), {has}"),
        ),
        (
            Some(all()),
            call!(secured_by_fixed),
            format!("`QueryKey` (it needs the query parameter `api key`, for which the path has a value), {has}"),
        ),
        (
            Some(all()),
            call!(secured_by_no_list),
            format!("`security` (malformed in the description), {has}"),
        ),
        (
            None,
            call!(secured_by_parameter),
            format!("{header}, {has} no credentials"),
        ),
    ];
    let server = server().await;
    for (credentials, call, expected) in rows {
        let error = call(&client(&server, credentials)).await.expect_err(&expected);
        check(&error);
        assert!(
            error.contains(&format!(" was not sent: it needs {expected}")),
            "{error}"
        );
        assert!(received(&server).await.is_empty(), "{expected}");
    }
}

fn super_user() -> Credentials {
    Credentials::basic("root", PASSWORD)
}

#[tokio::test]
async fn a_certificate_is_the_matter_of_the_applications_own_http_client() {
    let server = server().await;
    let with = |credentials: Credentials| {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let builder = Client::builder().endpoint(server.uri()).reqwest_client(http);
        builder.credentials(credentials).build().expect("a client")
    };
    with(bearer()).secured_by_certificate().send().await.expect("204");
    with(header_key())
        .secured_by_certificate_and_key()
        .send()
        .await
        .expect("204");
    let requests = received(&server).await;
    assert_eq!(requests.len(), 2);
    assert!(sent(&requests[0]).is_empty());
    assert_eq!(sent(&requests[1]), [format!("x-key: {HEADER_KEY}")]);
    let error = with(bearer()).secured_by_certificate_and_key().send().await;
    assert!(matches!(error, Err(Error::Credentials(_))));
    assert!(received(&server).await.is_empty());
}

#[tokio::test]
async fn a_provider_can_give_several_and_is_asked_only_where_one_is_needed() {
    let server = server().await;
    let builder = || Client::builder().endpoint(server.uri());
    let client = builder()
        .credentials_fn(|_| async { Ok::<_, io::Error>(all()) })
        .build()
        .expect("a client");
    client.secured_by_both().send().await.expect("204");
    client.secured_by_user().send().await.expect("204");
    assert_eq!(received(&server).await.len(), 2);

    let failing = builder()
        .credentials_fn(|_| async { Err::<Credentials, _>(io::Error::other("sealed")) })
        .build()
        .expect("a client");
    for outcome in [call!(secured_by_both) as Call, call!(secured_if_wanted)] {
        let error = outcome(&failing).await.expect_err("there are no credentials");
        assert!(error.contains("its credentials provider failed"), "{error}");
    }
    for (call, asks_for) in [
        (call!(secured_by_digest) as Call, "HTTP authentication"),
        (call!(secured_by_certificate), "a client certificate"),
    ] {
        let error = call(&failing).await.expect_err("no credentials would help");
        assert!(error.contains(asks_for), "{error}");
    }
    assert!(received(&server).await.is_empty());
}

#[test]
fn what_cannot_be_sent_is_refused_without_being_repeated() {
    let control =
        "no client: the user name or the password holds control characters (a line break, perhaps): remove them";
    for (credentials, expected) in [
        (
            Credentials::basic("hidden:user", "p"),
            "no client: the user name holds a colon, which would end it (RFC 7617)",
        ),
        (Credentials::basic("hidden\n", "p"), control),
        (Credentials::basic("u", "hidden\r\nx-injected: 1"), control),
        (
            Credentials::basic("", ""),
            "no client: the user name and the password are empty",
        ),
        (
            Credentials::api_key("HeaderKey", ""),
            "no client: the credential is empty",
        ),
        (
            Credentials::api_key("HeaderKey", "hidden\n"),
            "no client: the credential begins or ends with white space (a line break from a file, perhaps): remove it",
        ),
        (
            bearer().and(Credentials::api_key("QueryKey", "hidden\r\nx-injected: 1")),
            "no client: the credential holds a line break: give it in one line",
        ),
    ] {
        let error = Client::builder().credentials(credentials).build().expect_err(expected);
        assert_eq!(error.to_string(), expected);
        let debug = format!("{error:?} {error:#?}");
        assert!(!debug.contains("hidden") && !debug.contains("injected"), "{debug}");
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_credentials_gets_them_into_no_error() {
    watch();
    let server = MockServer::start().await;
    let echo = |request: &Request| {
        let said = sent(request).join(" ");
        ResponseTemplate::new(403)
            .insert_header("location", request.url.as_str())
            .insert_header("x-custom", said.as_str())
            .set_body_string(format!(
                "{} {said} {PASSWORD} {QUERY_KEY} {USER}:{PASSWORD}",
                request.url
            ))
    };
    Mock::given(any()).respond_with(echo).mount(&server).await;
    let calls: [Call; 7] = [
        call!(secured_by_header),
        call!(secured_by_query),
        call!(secured_by_cookies),
        call!(secured_by_user),
        call!(secured_by_both),
        call!(secured_by_either),
        call!(secured_by_tokens),
    ];
    for call in calls {
        let error = call(&client(&server, Some(all()))).await.expect_err("403");
        check(&error);
        assert!(error.contains("[redacted]"), "{error}");
    }
}

#[tokio::test]
async fn a_request_that_gets_no_answer_prints_no_address() {
    watch();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let builder: ClientBuilder = Client::builder().endpoint(format!("http://{address}"));
    let builder = builder.retry(askui_workspaces::RetryPolicy::never());
    let client = builder.credentials(all()).build().expect("a client");
    let call: Call = call!(secured_by_query);
    check(&call(&client).await.expect_err("nobody listens"));
}

#[tokio::test]
async fn the_mock_server_asks_for_what_the_description_asks_for() {
    let server = mock::MockServer::start().await;
    server.secured_by_header().no_content().expect(1);
    server.secured_by_query().no_content().expect(1);
    server.secured_by_cookies().no_content().expect(1);
    server.secured_by_user().no_content().expect(1);
    server.secured_by_access_token().no_content().expect(1);
    server.secured_by_tokens().no_content().expect(1);
    server.secured_by_both().no_content().expect(1);
    server.secured_by_either().no_content().expect(3);
    server.secured_if_wanted().no_content().expect(2);
    server.secured_by_certificate_and_key().no_content().expect(1);
    let client = server.client();
    for call in [
        call!(secured_by_header) as Call,
        call!(secured_by_query),
        call!(secured_by_cookies),
        call!(secured_by_user),
        call!(secured_by_access_token),
        call!(secured_by_tokens),
        call!(secured_by_both),
        call!(secured_by_either),
        call!(secured_if_wanted),
        call!(secured_by_certificate_and_key),
    ] {
        call(&client).await.expect("204");
    }

    let http = reqwest::Client::new();
    let get = |path: &str| http.get(format!("{}/security/{path}", server.uri()));
    let missing = "an API key or a client certificate is missing, where the operation takes `";
    for (request, reason) in [
        (get("header"), missing),
        (get("header").header("X-Key", ""), missing),
        (get("query?apikey=1"), missing),
        (get("cookie").header("Cookie", "sessions=1; session="), missing),
        (get("both?api%20key=1"), missing),
        (get("both").header("X-Key", "1"), missing),
        (get("certificate/key"), missing),
        (
            get("user"),
            "no `Authorization` header, where the operation takes `User`",
        ),
        (
            get("user").bearer_auth("1"),
            "`Authorization` holds a bearer token, where",
        ),
        // A token without a colon is no user name and password.
        (
            get("user").header("Authorization", "Basic YS1rZXk="),
            "`Authorization` holds an access token, where",
        ),
        (
            get("either?api%20key=1"),
            "no `Authorization` header, where the operation takes `Bearer`",
        ),
        (
            get("optional").bearer_auth("1"),
            "`Authorization` holds a bearer token, where",
        ),
        (get("digest"), missing),
    ] {
        let response = request.send().await.expect("a response");
        let refused = server.take_rejected_requests().remove(0);
        assert_eq!(
            (response.status().as_u16(), refused.status.as_u16()),
            (401, 401),
            "{refused}"
        );
        assert!(refused.reason.starts_with(reason), "{refused}");
    }
    for request in [
        get("either?api%20key=1").header("X-Key", "1"),
        get("either").bearer_auth("1"),
        get("optional"),
    ] {
        assert_eq!(request.send().await.expect("a response").status(), 204);
    }
}
