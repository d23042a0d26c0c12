//! The endpoint: which addresses are taken, and what is made of them.

use askui_workspaces::{BuildError, Client, Credentials};

use crate::server::{Server, create};

fn build(endpoint: &str, allow_insecure_http: bool) -> Result<Client, BuildError> {
    Client::builder()
        .endpoint(endpoint)
        .allow_insecure_http(allow_insecure_http)
        .build()
}

#[test]
fn the_default_is_the_server_of_the_document() {
    let client = Client::builder().build().expect("the default is valid");
    assert_eq!(
        format!("{client:?}"),
        "Client { endpoint: https://workspaces.askui.com/, credentials: None, .. }"
    );
}

#[tokio::test]
async fn a_path_prefix_is_kept_and_slashes_at_its_end_do_not_matter() {
    let server = Server::start().await;
    for (prefix, path) in [
        ("", "/api/v1/access-tokens"),
        ("/", "/api/v1/access-tokens"),
        ("//", "/api/v1/access-tokens"),
        ("/prefix", "/prefix/api/v1/access-tokens"),
        ("/prefix/", "/prefix/api/v1/access-tokens"),
        ("/prefix///", "/prefix/api/v1/access-tokens"),
        ("/two/parts", "/two/parts/api/v1/access-tokens"),
        ("/two/parts/", "/two/parts/api/v1/access-tokens"),
        ("/esc%2Faped%20é/", "/esc%2Faped%20%C3%A9/api/v1/access-tokens"),
        ("/dots/../prefix/.", "/prefix/api/v1/access-tokens"),
    ] {
        let client = server
            .builder()
            .endpoint(server.uri() + prefix)
            .credentials(Credentials::bearer("any-token"))
            .build()
            .unwrap_or_else(|error| panic!("{prefix}: {error}"));
        create(&client).await.expect(prefix);
        let request = server.received().await.pop().expect("it was received");
        assert_eq!((request.url.path(), request.url.query()), (path, None), "{prefix}");
    }
}

#[test]
fn https_anywhere_and_http_on_this_machine_are_accepted() {
    for endpoint in [
        "https://workspaces.askui.com",
        "https://example.com:8443/prefix",
        "HTTPS://EXAMPLE.COM",
        "https://10.0.0.1",
        "https://[2001:db8::1]",
        "http://127.0.0.1",
        "http://127.0.0.1:8080/prefix/",
        "http://127.1.2.3",
        "http://127.255.255.255",
        "http://[::1]",
        "http://[::1]:8080",
        "http://[0:0:0:0:0:0:0:1]",
        "http://localhost",
        "http://localhost:8080",
        "http://LOCALHOST",
        "HTTP://LocalHost",
        // Other spellings of 127.0.0.1, by the rules for URLs.
        "http://127.1",
        "http://2130706433",
        "http://0x7f.0.0.1",
    ] {
        for allow in [false, true] {
            build(endpoint, allow).unwrap_or_else(|error| panic!("{endpoint}: {error}"));
        }
    }
}

#[test]
fn http_elsewhere_needs_permission() {
    for endpoint in [
        "http://example.com/",
        "http://workspaces.askui.com/",
        "http://localhost.example.com/",
        "http://example.localhost/",
        "http://127.0.0.1.example.com/",
        "http://10.0.0.1/",
        "http://192.168.1.1:8080/prefix",
        "http://128.0.0.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[::2]/",
        "http://[2001:db8::1]/",
    ] {
        let error = build(endpoint, false).expect_err(endpoint);
        assert_eq!(
            error.to_string(),
            format!(
                "no client: the endpoint {endpoint} is http, which sends credentials in the clear: use https, or permit \
                 it with `Client::builder().allow_insecure_http(true)` or \
                 `ClientBuilder::from_env()?.allow_insecure_http(true)`"
            )
        );
        build(endpoint, true).unwrap_or_else(|error| panic!("{endpoint}: {error}"));
    }
}

#[test]
fn what_is_not_an_address_of_the_api_is_refused_with_what_to_do() {
    let user = "the endpoint holds a user name or password: give credentials with `credentials` instead";
    let query = "the endpoint has a query or fragment: give the address without it";
    let not_a_url = "give an absolute one, such as https://workspaces.askui.com";
    let https = ", where https is needed";
    for (endpoint, expected) in [
        ("https://someone:hidden@example.com", user),
        ("https://someone@example.com", user),
        ("https://:hidden@example.com", user),
        ("http://someone:hidden@127.0.0.1", user),
        ("http://someone:hidden@example.com", user),
        ("http://localhost:hidden@example.com", user),
        ("ftp://someone:hidden@example.com", user),
        ("https://someone:hidden@example.com/?query#fragment", user),
        ("https://someone:hidden@example.com:port", not_a_url),
        ("https://someone:hidden@", not_a_url),
        ("https://example.com?token=hidden", query),
        ("https://example.com/?", query),
        ("https://example.com/#hidden", query),
        ("https://example.com#", query),
        ("http://example.com/?token=hidden", query),
        ("ftp://example.com", https),
        ("file:///etc/passwd", https),
        ("ws://localhost", https),
        ("wss://example.com", https),
        ("mailto:someone@example.com", https),
        ("localhost:8080", "or `http://localhost:8080` if it is on this machine"),
        ("", not_a_url),
        ("/api", not_a_url),
        (
            "example.com",
            "the endpoint has no scheme: give it as `https://example.com`",
        ),
        ("//example.com", not_a_url),
        ("127.0.0.1:8080", "the endpoint has no scheme"),
        ("https://", not_a_url),
        (
            "https://workspaces.askui.com/api/v1",
            "ends in `/api/v1`, with which the paths of the API begin: give https://workspaces.askui.com/",
        ),
        (
            "https://gateway.example/x/api/v1/access-tokens/",
            "begin: give https://gateway.example/x",
        ),
        ("https://exa mple.com", not_a_url),
        ("https://example.com:99999", not_a_url),
        ("http://[::1", not_a_url),
    ] {
        for allow in [false, true] {
            let error = build(endpoint, allow).expect_err(endpoint);
            let text = error.to_string();
            assert!(text.starts_with("no client: the endpoint "), "{endpoint}: {text}");
            assert!(text.contains(expected), "{endpoint}: {text}");
            assert!(!format!("{text} {error:?}").contains("hidden"), "{endpoint}: {error:?}");
        }
        let builder = Client::builder().endpoint(endpoint);
        assert!(!format!("{builder:?}").contains("hidden"), "{builder:?}");
    }
}
