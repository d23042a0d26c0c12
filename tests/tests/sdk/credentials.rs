//! Credentials: the `Authorization` header, byte for byte, and what cannot become one.

use askui_workspaces::{Client, Credentials, CredentialsErrorKind, Error};

use crate::server::{Server, create};

type Scheme = fn(&'static str) -> Credentials;

const BEARER: Scheme = |token| Credentials::bearer(token);
const ACCESS: Scheme = |token| Credentials::access_token(token);

#[tokio::test]
async fn the_authorization_header_is_exactly_the_scheme_and_the_token() {
    let cases: [(Scheme, &str, &str); 8] = [
        (BEARER, "askui-token-1", "Bearer askui-token-1"),
        (BEARER, "a.b-c_d~e+f/g==", "Bearer a.b-c_d~e+f/g=="),
        (BEARER, "x", "Bearer x"),
        (ACCESS, "askui-token-1", "Basic YXNrdWktdG9rZW4tMQ=="),
        // `+`, `/` and `=`: the standard alphabet, with padding.
        (ACCESS, "~~~???!", "Basic fn5+Pz8/IQ=="),
        // No colon is added, and one that is there is nothing special.
        (ACCESS, "a:b", "Basic YTpi"),
        (ACCESS, "x", "Basic eA=="),
        (ACCESS, "schlüssel-🔑", "Basic c2NobMO8c3NlbC3wn5SR"),
    ];
    let server = Server::start().await;
    for (scheme, token, expected) in cases {
        let client = server.builder().credentials(scheme(token)).build().expect(expected);
        create(&client).await.expect(expected);
        let request = server.received().await.pop().expect("it was received");
        let values = request.headers.get_all("authorization").iter().collect::<Vec<_>>();
        assert_eq!(values, [expected]);
    }
}

#[tokio::test]
async fn credentials_replace_an_authorization_header_of_the_applications_own_client() {
    use askui_workspaces::reqwest;

    let server = Server::start().await;
    let default = reqwest::header::HeaderValue::from_static("Bearer from-the-application");
    let http = reqwest::Client::builder()
        .no_proxy()
        .default_headers([(reqwest::header::AUTHORIZATION, default)].into_iter().collect())
        .build()
        .expect("a client");
    let client = server
        .builder()
        .credentials(Credentials::bearer("from-the-credentials"))
        .reqwest_client(http)
        .build()
        .expect("a client");
    create(&client).await.expect("the token is created");
    let request = server.received_one().await;
    let values = request.headers.get_all("authorization").iter().collect::<Vec<_>>();
    assert_eq!(values, ["Bearer from-the-credentials"]);
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let server = Server::start().await;
    let client = server.builder().build().expect("credentials are not needed to build");
    let error = create(&client).await.expect_err("the operation is secured");
    assert!(
        matches!(&error, Error::Credentials(error) if error.kind() == CredentialsErrorKind::Missing),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "create_access_token was not sent: it needs `Bearer` (a bearer token: `Credentials::bearer`) or `Basic` (an access \
         token: `Credentials::access_token`), and the client has no credentials: give it what it needs with \
         `ClientBuilder::credentials`"
    );
    assert!(error.status().is_none() && !error.may_have_been_processed());
    assert_eq!(server.received().await.len(), 0);
}

#[test]
fn what_cannot_be_a_header_is_refused_without_being_repeated() {
    let empty = "no client: the credential is empty";
    let space =
        "no client: the credential begins or ends with white space (a line break from a file, perhaps): remove it";
    let characters =
        "no client: the bearer token holds characters that an HTTP header cannot carry: check where it comes from";
    let scheme = "no client: the credential begins with the name of a scheme: give the token alone";
    let line_break = "no client: the credential holds a line break: give it in one line";
    let control = "no client: the credential holds control characters: check where it comes from";
    let mark = "no client: the credential begins with a byte order mark (from a file, perhaps): remove it";
    let quotes = "no client: the credential has quotes around it: remove them";
    let name =
        "no client: the credential begins with the name of a variable (such as `ASKUI_TOKEN=`): give its value alone";
    let encoded =
        "no client: the access token is in base64 already: give it as AskUI shows it, since the client encodes it";
    let cases: [(Scheme, &str, &str); 29] = [
        (ACCESS, "hidden\ntoken", line_break),
        (ACCESS, "hidden\u{2028}token", line_break),
        (ACCESS, "hidden\u{1b}token", control),
        (ACCESS, "\u{feff}hidden-token", mark),
        (BEARER, "\u{feff}hidden-token", mark),
        (ACCESS, "\"hidden-token\"", quotes),
        (BEARER, "'hidden-token'", quotes),
        (ACCESS, "\u{201c}hidden-token\u{201d}", quotes),
        (ACCESS, "ASKUI_TOKEN=hidden-token", name),
        (ACCESS, "token=hidden-token", name),
        (ACCESS, "export ASKUI_TOKEN=hidden-token", name),
        (ACCESS, "aGlkZGVuLXRva2Vu", encoded),
        (BEARER, "", empty),
        (ACCESS, "", empty),
        (BEARER, " ", space),
        (BEARER, "hidden-token\n", space),
        (BEARER, "hidden-token\r\n", space),
        (BEARER, " hidden-token", space),
        (BEARER, "\thidden-token", space),
        (BEARER, "hidden-token\u{a0}", space),
        (ACCESS, "hidden-token\n", space),
        (ACCESS, " hidden-token ", space),
        (BEARER, "hidden-token\nx-injected: 1", line_break),
        (BEARER, "hidden-token\r\nx-injected: 1", line_break),
        (BEARER, "hidden-token\0", control),
        (BEARER, "hidden token", characters),
        (BEARER, "hidden-tökén", characters),
        (BEARER, "Bearer hidden-token", scheme),
        (ACCESS, "basic hidden-token", scheme),
    ];
    for (scheme, token, expected) in cases {
        let error = Client::builder()
            .credentials(scheme(token))
            .build()
            .expect_err("not a header value");
        assert_eq!(error.to_string(), expected, "{token:?}");
        let debug = format!("{error:?} {error:#?}");
        assert!(!debug.contains("hidden") && !debug.contains("injected"), "{debug}");
    }
}
