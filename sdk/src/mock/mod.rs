//! A server for your tests: it responds as they say, and rejects what the API's description does not allow.
//!
//! It needs the feature `mock`:
//!
//! ```toml
//! [dev-dependencies]
//! askui-workspaces = { version = "0.1", features = ["mock"] }
//! ```
//!
//! # Examples
//!
//! A function, and its tests, each of which would be a `#[tokio::test]`:
//!
//! ```
//! use askui_workspaces::{Client, Error, types::CreateAccessTokenError};
//!
//! /// The token for a pipeline, or `None` if whoever asks for it has to sign in again.
//! async fn pipeline_token(
//!     client: &Client,
//! ) -> Result<Option<String>, Error<CreateAccessTokenError>> {
//!     let call = client.create_access_token().name("ci");
//!     match call.send().await {
//!         Ok(created) => Ok(Some(created.token_string.expose_secret().to_owned())),
//!         Err(Error::Api(failure)) => match failure.error() {
//!             CreateAccessTokenError::Unauthorized(_) => Ok(None),
//!             _ => Err(Error::Api(failure)),
//!         },
//!         Err(error) => Err(error),
//!     }
//! }
//!
//! use askui_workspaces::{mock::MockServer, types::CreateSubjectAccessTokenResponseDto};
//!
//! async fn it_creates_a_token() {
//!     let server = MockServer::start().await;
//!     // All of it is plausible; the test sets what matters to it.
//!     let mut created = CreateSubjectAccessTokenResponseDto::fixture();
//!     created.token_string = "a-token".into();
//!     server.create_access_token().with_name("ci").created(created).expect(1);
//!
//!     let token = pipeline_token(&server.client()).await.expect("it is created");
//!     assert_eq!(token.as_deref(), Some("a-token"));
//! }
//!
//! async fn it_notices_that_nobody_is_signed_in() {
//!     let server = MockServer::start().await;
//!     server.create_access_token().unauthorized("Not signed in");
//!
//!     let token = pipeline_token(&server.client()).await.expect("it is no error");
//!     assert_eq!(token, None);
//! }
//!
//! async fn it_retries() {
//!     let server = MockServer::start().await;
//!     let busy = server.create_access_token().status(429);
//!     let busy = busy.header("Retry-After", 5).up_to_n_times(1);
//!     let created = CreateSubjectAccessTokenResponseDto::fixture();
//!     let created = server.create_access_token().created(created);
//!
//!     assert!(pipeline_token(&server.client()).await.is_ok());
//!     assert_eq!((busy.calls(), created.calls()), (1, 1));
//!     assert_eq!(created.requests()[0].body.name.as_str(), "ci");
//! }
//! # #[tokio::main]
//! # async fn main() {
//! #     it_creates_a_token().await;
//! #     it_notices_that_nobody_is_signed_in().await;
//! #     it_retries().await;
//! # }
//! ```
//!
//! # What it does
//!
//! [`MockServer`] has a function for each operation, called like that of [`Client`]. It begins a stub: a [`StubBuilder`] says which
//! requests the stub matches (`with_…`, one for each parameter and each property of the body; `when` for anything else), and then
//! how the server responds to them, with one function for each documented status and `status` for any other. From then on the
//! [`Stub`] is active: there is nothing to await, and nothing to mount.
//!
//! If several stubs match, the oldest one responds, until it has done so as often as [`up_to_n_times`](Stub::up_to_n_times) says.
//!
//! A request that breaks the description is rejected with the response that the description has for it:
//!
//! | a request with | gets |
//! |---|---|
//! | no credentials, or others than the operation asks for; which token or key it is does not matter | 401 |
//! | a parameter or a body that is missing or not valid | 422, or 400 where only that is documented |
//! | a path or method that no operation has | 404, 405 |
//! | nothing wrong, but no stub that matches | 501 |
//!
//! When the server is dropped, the test fails if a stub did not get the requests that it [expects](Stub::expect), or if any
//! request was rejected; the message says which and why. A test that is about rejections looks at them with
//! [`MockServer::take_rejected_requests`]. If the test fails by itself, the same is printed.
//!
//! The SDK's client refuses most of these requests itself, before they are sent. The server catches code that calls the API
//! in another way, and values that the SDK sends though the description does not list them.
//!
//! Every type that a server responds with has a function `fixture`, which makes a value of it: with what the description gives
//! as example or default, and without what may be left out or null.

mod define;
mod deserialize;
mod detail;
mod multipart;
mod operation;
mod parsed_request;
mod route;
mod server;
mod stub;
mod wire;

use std::{fmt, sync::Arc};

use serde::de::DeserializeOwned;

use crate::{Client, ClientBuilder, Credentials, clock::Clock, endpoint::Endpoint, generated::mock::operations};
use route::Route;
use server::{Responder, Shared};

pub use crate::generated::mock::request;
pub use server::{ReceivedRequest, RejectedRequest};
pub use stub::{Stub, StubBuilder, Times};

#[allow(
    unused_imports,
    reason = "which of these are needed depends on the API's description"
)]
pub(crate) use {
    define::{fixtures, operation},
    operation::{Operation, Rejection, RejectionMessage, Request, operation_of, read},
    parsed_request::{ParameterStyle, ParsedRequest},
    stub::within,
};

/// A server on a free port of this machine, for one test. See the [module](self) for what it does.
///
/// # Panics
///
/// When it is dropped, as [`verify`](Self::verify) does, unless the test has failed already.
pub struct MockServer {
    server: wiremock::MockServer,
    shared: Arc<Shared>,
}

impl MockServer {
    /// Starts a server without stubs.
    pub async fn start() -> Self {
        let server = wiremock::MockServer::start().await;
        let endpoint = Endpoint::new(&server.uri(), true);
        let route = |operation| Some(Route::new(operation, endpoint.as_ref().ok()?));
        let routes = operations().into_iter().filter_map(route);
        let shared = Arc::new(Shared::new(routes.collect()));
        let everything = wiremock::Mock::given(wiremock::matchers::any());
        everything
            .respond_with(Responder(Arc::clone(&shared)))
            .mount(&server)
            .await;
        Self { server, shared }
    }

    /// Where it is: `http://127.0.0.1:` and a port.
    #[must_use]
    pub fn uri(&self) -> String {
        self.server.uri()
    }

    /// A client for it, with credentials of every kind that it takes. It is what [`builder`](Self::builder) builds.
    ///
    /// # Panics
    ///
    /// If the TLS library cannot be set up.
    #[must_use]
    pub fn client(&self) -> Client {
        match self.builder().build() {
            Ok(client) => client,
            Err(error) => panic!("{error}"),
        }
    }

    /// Begins a client for it, with credentials of every kind that it takes.
    ///
    /// The client retries calls as it would without the mock server, but does not wait: neither for `Retry-After` nor between attempts.
    /// Timeouts are what they are.
    pub fn builder(&self) -> ClientBuilder {
        let security = operations().into_iter().flat_map(|operation| operation.call.security);
        let schemes = security.copied().flatten();
        let credentials = schemes.filter_map(|scheme| Credentials::for_scheme(*scheme, "a-mock-token"));
        let mut builder = Client::builder().endpoint(self.uri());
        if let Some(all) = credentials.reduce(Credentials::and) {
            builder = builder.credentials(all);
        }
        builder.has_certificate = true;
        builder.clock = Clock::NoWait;
        builder
    }

    /// Every request that it received, rejected ones included, as they came. [`Stub::requests`] has those that a stub responded
    /// to, by their types.
    #[must_use]
    pub fn received_requests(&self) -> Vec<ReceivedRequest> {
        self.shared.received_requests()
    }

    /// The requests that it rejected, which then no longer fail the test.
    #[must_use]
    pub fn take_rejected_requests(&self) -> Vec<RejectedRequest> {
        self.shared.take_rejected_requests()
    }

    /// Forgets all stubs, and all requests.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Checks what the stubs expect, and that no request was rejected.
    ///
    /// # Panics
    ///
    /// If a stub responded to fewer or more requests than it expects, or if any request was rejected. The message says which, and
    /// why.
    #[track_caller]
    pub fn verify(&self) {
        if let Some(report) = self.shared.report() {
            // Once is enough.
            self.reset();
            panic!("{report}");
        }
    }

    /// Begins a stub.
    #[allow(dead_code, reason = "whether it is needed depends on the API's description")]
    pub(crate) fn stub<R: Request>(&self) -> StubBuilder<R> {
        StubBuilder::new(&self.shared)
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MockServer").field(&self.uri()).finish()
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        match self.shared.report() {
            // A second panic would end the process, and hide the first.
            Some(report) if std::thread::panicking() => eprintln!("{report}"),
            Some(report) => panic!("{report}"),
            None => {}
        }
    }
}

/// A plausible value, from JSON in generated code. A test reads all of them.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
#[track_caller]
pub(crate) fn fixture<T: DeserializeOwned>(json: &str) -> T {
    match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => panic!("the fixture is not of its type, which is a bug of the generator: {error}"),
    }
}

/// Fails if what a type is written as is not read as the same value.
#[cfg(test)]
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn assert_fixture<T: DeserializeOwned + serde::Serialize + PartialEq + fmt::Debug>(value: &T) {
    let json = serde_json::to_string(value).expect("it can be written");
    assert_eq!(fixture::<T>(&json), *value, "{json}");
}
