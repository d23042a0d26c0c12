//! A server on this machine that answers as it is told, and keeps what it receives.

use askui_workspaces::{
    Client, ClientBuilder, Credentials, Error, Response, RetryPolicy,
    types::{CreateAccessTokenError, CreateSubjectAccessTokenResponseDto},
};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use crate::logs;

/// The answer to a request that the API accepts.
pub(crate) const CREATED: &str = r#"{
    "token": {
        "id": "2f4b1d1e-6e5e-4b8e-9f0a-1b2c3d4e5f60",
        "createdAt": "2030-01-02T03:04:05Z",
        "name": "ci",
        "expiresAt": null,
        "creatorId": "someone"
    },
    "tokenString": "a-new-token"
}"#;

/// What a call of the operation under test comes to.
pub(crate) type Called = Result<Response<CreateSubjectAccessTokenResponseDto>, Failure>;

pub(crate) type Failure = Error<CreateAccessTokenError>;

pub(crate) struct Server(MockServer);

impl Server {
    /// A server that creates every token it is asked for.
    pub(crate) async fn start() -> Self {
        Self::answering(json(201, CREATED)).await
    }

    pub(crate) async fn answering(answer: impl Respond + 'static) -> Self {
        logs::watch();
        let server = Self(MockServer::start().await);
        server.answer_with(answer).await;
        server
    }

    /// Answers so from now on, and forgets what was received.
    pub(crate) async fn answer_with(&self, answer: impl Respond + 'static) {
        self.0.reset().await;
        Mock::given(any()).respond_with(answer).mount(&self.0).await;
    }

    pub(crate) fn uri(&self) -> String {
        self.0.uri()
    }

    /// Begins a client for this server, without credentials.
    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder().endpoint(self.uri())
    }

    /// A client for this server with credentials that do not matter, which repeats nothing.
    pub(crate) fn client(&self) -> Client {
        self.builder()
            .credentials(Credentials::bearer("any-token"))
            .retry(RetryPolicy::never())
            .build()
            .expect("a loopback endpoint and a plain token are valid")
    }

    pub(crate) async fn received(&self) -> Vec<Request> {
        self.0.received_requests().await.expect("requests are recorded")
    }

    /// The request that was received, which must be the only one.
    pub(crate) async fn received_one(&self) -> Request {
        let mut requests = self.received().await;
        assert_eq!(requests.len(), 1, "requests received: {requests:?}");
        requests.remove(0)
    }
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

/// A valid call.
pub(crate) async fn create(client: &Client) -> Called {
    client.create_access_token().name("ci").send().await
}

/// The failure of a valid call.
pub(crate) async fn create_fails(client: &Client) -> Failure {
    create(client).await.expect_err("the call was meant to fail")
}
