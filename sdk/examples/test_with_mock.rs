//! Testing code that uses the SDK: `cargo run --example test_with_mock`.
//!
//! In an application the functions that begin with `it_` are tests, with `#[tokio::test]`.

use askui_workspaces::{
    Client, Error,
    mock::MockServer,
    types::{CreateAccessTokenError, CreateSubjectAccessTokenResponseDto},
};

/// The code under test: the token for a pipeline, or `None` if whoever asks has to sign in again.
async fn pipeline_token(client: &Client) -> Result<Option<String>, Error<CreateAccessTokenError>> {
    let call = client.create_access_token().name("pipeline");
    match call.send().await {
        Ok(created) => Ok(Some(created.token_string.expose_secret().to_owned())),
        Err(error) if matches!(error.api_error(), Some(CreateAccessTokenError::Unauthorized(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn it_gives_the_token() {
    let server = MockServer::start().await;
    let mut created = CreateSubjectAccessTokenResponseDto::fixture();
    created.token_string = "a-token".into();
    server
        .create_access_token()
        .with_name("pipeline")
        .created(created)
        .expect(1);

    let token = pipeline_token(&server.client()).await.expect("it is created");
    assert_eq!(token.as_deref(), Some("a-token"));
}

async fn it_notices_that_nobody_is_signed_in() {
    let server = MockServer::start().await;
    server.create_access_token().unauthorized("Not signed in");

    let token = pipeline_token(&server.client()).await.expect("it is no error");
    assert_eq!(token, None);
}

async fn it_waits_when_the_server_is_busy() {
    let server = MockServer::start().await;
    let busy = server.create_access_token().status(429).up_to_n_times(1);
    let created = server
        .create_access_token()
        .created(CreateSubjectAccessTokenResponseDto::fixture());

    assert!(pipeline_token(&server.client()).await.is_ok());
    assert_eq!((busy.calls(), created.calls()), (1, 1));
}

#[tokio::main]
async fn main() {
    it_gives_the_token().await;
    it_notices_that_nobody_is_signed_in().await;
    it_waits_when_the_server_is_busy().await;
    println!("all of it holds");
}
