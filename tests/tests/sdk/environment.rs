//! What is read from the environment. A process cannot safely change its own, so the test runs itself again in another.

use std::{env, process::Command};

use askui_workspaces::Client;

use crate::server::{Server, create};

const INNER: &str = "ASKUI_WORKSPACES_TESTS_INNER";

/// The proxy is the server itself: a request that came by the proxy has another address in it.
#[tokio::test]
async fn token_endpoint_and_proxy_come_from_the_environment() {
    if env::var_os(INNER).is_some() {
        let client = Client::from_env().expect("the environment is complete");
        create(&client).await.expect("loopback is called directly");
        let client = Client::builder()
            .endpoint("http://elsewhere.invalid")
            .allow_insecure_http(true)
            .credentials(askui_workspaces::Credentials::bearer("any-token"))
            .build()
            .expect("http was permitted");
        create(&client).await.expect("another machine is called by the proxy");
        return;
    }

    let server = Server::start().await;
    let output = Command::new(env::current_exe().expect("this test is a program"))
        .args([
            "--exact",
            "environment::token_endpoint_and_proxy_come_from_the_environment",
        ])
        .env(INNER, "1")
        .env("ASKUI_TOKEN", "askui-token-1")
        .env("ASKUI_WORKSPACES_ENDPOINT", server.uri() + "/prefix")
        .env("HTTP_PROXY", server.uri())
        .env("http_proxy", server.uri())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        // With this one set, as in a CGI program, `HTTP_PROXY` is not trusted.
        .env_remove("REQUEST_METHOD")
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    let received = server.received().await;
    let urls = received.iter().map(|request| request.url.as_str()).collect::<Vec<_>>();
    assert_eq!(
        urls,
        [
            "http://localhost/prefix/api/v1/access-tokens",
            "http://elsewhere.invalid/api/v1/access-tokens"
        ]
    );
    assert_eq!(received[0].headers["authorization"], "Basic YXNrdWktdG9rZW4tMQ==");
}
