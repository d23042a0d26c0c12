//! What to do about each failure: `cargo run --example handle_failures`.
//!
//! A server of its own answers in every way that the API's document lists, and in some that it does not.

use std::time::Duration;

use askui_workspaces::{
    Client, Error, RetryPolicy,
    mock::MockServer,
    types::{CreateAccessTokenError, CreateSubjectAccessTokenResponseDto, HTTPValidationError},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = MockServer::start().await;
    let client = server.builder().retry(RetryPolicy::never()).build()?;

    let created = CreateSubjectAccessTokenResponseDto::fixture();
    server.create_access_token().with_name("good").created(created);
    server
        .create_access_token()
        .with_name("401")
        .unauthorized("The token has expired");
    server
        .create_access_token()
        .with_name("403")
        .forbidden("Not a member of the workspace");
    let fault = HTTPValidationError::fixture();
    server
        .create_access_token()
        .with_name("422")
        .unprocessable_entity(fault);
    server
        .create_access_token()
        .with_name("500")
        .internal_server_error("Out of order");
    server
        .create_access_token()
        .with_name("429")
        .status(429)
        .header("Retry-After", 7);
    server.create_access_token().with_name("502").status(502);

    for name in ["good", "401", "403", "422", "500", "429", "502", ""] {
        println!("{name:>5}: {}", advice(&client, name).await);
    }
    Ok(())
}

/// Creates a token, or says what to do.
async fn advice(client: &Client, name: &str) -> String {
    let call = client.create_access_token().name(name);
    let error = match call.send().await {
        Ok(created) => return format!("created {}", created.token.name),
        Err(error) => error,
    };
    match &error {
        Error::Api(failure) => match failure.error() {
            CreateAccessTokenError::Unauthorized(body) => format!("sign in again ({})", body.detail),
            CreateAccessTokenError::Forbidden(body) => format!("ask for the permission ({})", body.detail),
            CreateAccessTokenError::UnprocessableEntity(_) => format!("correct the request: {failure}"),
            // It does not say whether a token was created.
            _ => format!("look before you create another: {failure}"),
        },
        Error::InvalidRequest(error) => format!("correct the request: {error}"),
        Error::Credentials(error) => format!("give the client its credentials: {error}"),
        _ if error.is_retryable() => {
            let wait = error.retry_after().unwrap_or(Duration::from_secs(1));
            format!("call again in {wait:?}; nothing was created")
        }
        _ => format!("look before you create another: {error}"),
    }
}
