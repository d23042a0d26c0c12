//! A `reqwest::Client` of your own, for a proxy or a private certificate authority: `cargo run --example own_http_client`.

use std::time::Duration;

use askui_workspaces::{
    Client, Credentials,
    mock::MockServer,
    reqwest::{self, redirect},
    types::CreateSubjectAccessTokenResponseDto,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = MockServer::start().await;
    let created = CreateSubjectAccessTokenResponseDto::fixture();
    server.create_access_token().created(created).expect(1);

    let http = reqwest::Client::builder()
        // A redirect that is followed turns a `POST` into a `GET`, and hides that the request was sent.
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        // Elsewhere: `.proxy(reqwest::Proxy::https("http://proxy.example:3128")?)`, and for certificates of your own
        // `.tls_certs_merge([reqwest::Certificate::from_pem(&pem)?])`.
        .no_proxy()
        .build()?;
    let client = Client::builder()
        .endpoint(server.uri())
        .credentials(Credentials::bearer("token-of-a-signed-in-user"))
        .reqwest_client(http)
        .build()?;

    let created = client.create_access_token().name("ci").send().await?;
    println!("created {}", created.token.name);
    Ok(())
}
