//! The AskUI Workspaces API for Rust: create the access tokens that AskUI programs run on.
//!
//! ```toml
//! [dependencies]
//! askui-workspaces = "0.1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! ```no_run
//! use askui_workspaces::{Client, chrono::{Duration, Utc}};
//!
//! # fn store(_: &str) {}
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::from_env()?; // reads ASKUI_TOKEN
//!     let expiry = Utc::now() + Duration::days(30);
//!     let created = client
//!         .create_access_token()
//!         .name("ci")
//!         .expires_at(expiry)
//!         .send()
//!         .await?;
//!     println!("created the token {}", created.token.name);
//!     store(created.token_string.expose_secret());
//!     Ok(())
//! }
//! ```
//!
//! # What is here
//!
//! | item | what it is for |
//! |---|---|
//! | [`Client`], [`ClientBuilder`] | calls the API: one method for each operation |
//! | [`Credentials`], [`Secret`] | who calls, kept out of every log |
//! | [`builder`] | a call: set its parameters and its body, then `send()` it |
//! | [`IntoValue`] | what setters take |
//! | [`types`] | every schema of the API's description, and for each operation an enum of its documented failures |
//! | [`Response`] | a success, with its status and headers |
//! | [`Error`], [`InvalidRequest`] | the ways in which a call can fail |
//! | [`CallOptions`], [`RetryPolicy`] | how long a call may take, and how often it is retried |
//! | [`Body`], [`ByteStream`] | a response that is not JSON: in memory, or piece by piece as it comes |
//! | [`Upload`] | a file to send, from memory or from disk |
//! | [`Null`] | a property that is null and nothing else |
//! | [`Unlisted`] | a value of a type that the description does not list, from a newer server |
//! | [`mock`] | a server for your tests |
//!
//! [`types`], [`builder`], the methods of [`Client`] and those of the mock server are generated from the vendor's OpenAPI
//! description; the rest is written by hand.
//!
//! # Calls
//!
//! A method of [`Client`] begins a call, which has a setter for each parameter and for each property of an object that is its body
//! (JSON, form or multipart). Setters take [what converts](IntoValue); the last value counts. `body` sets a complete body, also one
//! that is no object. Nested objects are made by `T::new`, which takes what is required, or by `T::default()` where nothing
//! is required; their fields are public.
//!
//! ```no_run
//! # use askui_workspaces::{Client, types::CreateSubjectAccessTokenCommand as Command};
//! # async fn example(client: Client, command: Command) -> Result<(), Box<dyn std::error::Error>> {
//! let by_properties = client.create_access_token().name("ci");
//! let of_a_value = client.create_access_token().body(command).name("ci");
//! // A call owns its client, and can be sent from a task of its own.
//! let task = tokio::spawn(by_properties.send());
//! let (one, two) = (of_a_value.send().await?, task.await??);
//! # Ok(())
//! # }
//! ```
//!
//! For a property that may be absent, setters also take an [`Option`], of which `None` leaves it out. [`Null`] sends null. So an
//! application that has no value does not clear the one that the server has. A bare `None` needs a type: `None::<String>`.
//!
//! A setter of a file takes an [`Upload`], or what becomes one: a `Vec<u8>`, or a `&Path` or `PathBuf`, whose file is opened when the
//! call is sent and read piece by piece.
//!
//! `send` sends the request and reads the response. It names everything that is required and was not set, and everything that breaks a rule of the API's description, in one
//! [`InvalidRequest`]; nothing is sent then. The values of an enum are no such rule: enums are open, so that you can send a value that is
//! newer than this crate.
//!
//! A setter has the name of its parameter or property in snake case. Parameters come first: a property that has the name of a
//! parameter, or is called `body`, `new`, `options` or `send`, has the setter `body_NAME`; a property that is itself called
//! `body_NAME` then has `body_body_NAME`. So the name of a property's setter depends on the parameters alone, and no property that
//! the API gains changes it. What only the server writes (`readOnly`) and what can have one value alone has no setter.
//!
//! # Credentials
//!
//! [`Client::from_env`] reads an access token from `ASKUI_TOKEN`. In code, [`Credentials::access_token`] takes an access token, and
//! [`Credentials::bearer`] the token of a signed-in user; [`ClientBuilder::credentials`] takes either, or several that
//! [`Credentials::and`] joins. The documentation of an operation says what it asks for:
//!
//! ```
//! use askui_workspaces::{Client, Credentials};
//!
//! # fn example(token: String) -> Result<Client, askui_workspaces::BuildError> {
//! let client = Client::builder().credentials(Credentials::bearer(token)).build()?;
//! # Ok(client)
//! # }
//! ```
//!
//! A [`CredentialsProvider`] renews them while the client lives: before they expire, and when the server rejects them. They are sent to the configured endpoint alone, and appear in no log.
//!
//! # Values
//!
//! What is absent, null and empty is told apart: a property that may be absent is an [`Option`], and an empty list is sent as such.
//! `None` in a response also stands for a null that the description does not allow. Numbers keep every digit that 64 bits
//! hold: in a number that may be a fraction, an `f64`, integers beyond 2^53 are rounded. A time without a zone in a response is read
//! as UTC; digits beyond nanoseconds are dropped.
//!
//! Types are plain: making a value never fails. What breaks a rule of the API's description (a length, a bound, a pattern, a count) is
//! found when the call is sent, and so is what JSON and RFC 3339 cannot express (a number that is not finite, a year beyond 9999).
//! Nothing is sent then, and [`InvalidRequest`] lists everything that is wrong, each with its path, rule, limit and measure.
//! Responses are never refused for a rule. Lengths are counted in characters; patterns are those of ECMA-262. Matching backtracks, so
//! bound what users give you before it meets a pattern that repeats within a repetition, such as `(a+)+`.
//!
//! # When a call fails
//!
//! There are five kinds of [`Error`], by what you do about them, and each says whether the server may have processed the request:
//!
//! ```no_run
//! # use askui_workspaces::{Client, Error, types::CreateAccessTokenError};
//! # async fn example(client: Client) {
//! let call = client.create_access_token().name("ci");
//! match call.send().await {
//!     Ok(created) => println!("created {}", created.token.name),
//!     // A failure that the API documents: one variant for each status.
//!     Err(Error::Api(failure)) => match failure.error() {
//!         CreateAccessTokenError::Unauthorized(body) => {
//!             eprintln!("renew the credentials: {}", body.detail);
//!         }
//!         CreateAccessTokenError::UnprocessableEntity(_) => {
//!             eprintln!("correct the request: {failure}");
//!         }
//!         _ => eprintln!("{failure}"),
//!     },
//!     // The request breaks rules of the API, and was not sent.
//!     Err(Error::InvalidRequest(error)) => {
//!         for violation in error.violations() {
//!             eprintln!("{violation}"); // $.name has 129 characters, at most 128 are allowed
//!         }
//!     }
//!     // There are no credentials for it.
//!     Err(Error::Credentials(error)) => eprintln!("{error}"),
//!     // A retry may help and cannot do the work twice. The client has tried
//!     // as often as its policy says.
//!     Err(error) if error.is_retryable() => {
//!         eprintln!("{error}; again after {:?}", error.retry_after());
//!     }
//!     // The server may have processed it: check before you create another.
//!     Err(error) => {
//!         let (status, request) = (error.status(), error.request_id());
//!         eprintln!("{error}: status {status:?}, request {request:?}");
//!     }
//! }
//! # }
//! ```
//!
//! The documentation of each operation's method lists its statuses, as [`Client::create_access_token`] does.
//!
//! `?` turns the error of any operation into the untyped [`Error`], so that a function can call several operations. Match its status
//! first, and [`downcast_ref`](ApiFailure::downcast_ref) the failure where you need the body of one operation's failure:
//!
//! ```no_run
//! use askui_workspaces::{ApiFailure, Client, Error, types::CreateAccessTokenError};
//!
//! async fn create(client: &Client) -> Result<String, Error> {
//!     let created = client.create_access_token().name("ci").send().await?;
//!     Ok(created.token.name.clone())
//! }
//!
//! fn explain(error: &Error) -> String {
//!     match error.status().map(|status| status.as_u16()) {
//!         Some(401) => "renew the credentials".into(),
//!         Some(422) => match error.api_error().and_then(ApiFailure::downcast_ref) {
//!             Some(CreateAccessTokenError::UnprocessableEntity(body)) => format!("correct {body}"),
//!             _ => error.to_string(),
//!         },
//!         _ => error.to_string(),
//!     }
//! }
//! ```
//!
//! In a function that returns `Box<dyn std::error::Error>`, `?` keeps the type of the operation: `downcast_ref` finds an
//! `Error<CreateAccessTokenError>` there, not an `Error`. To find an `Error`, convert first:
//!
//! ```
//! # use askui_workspaces::{Client, Error};
//! # async fn example(client: Client) -> Result<(), Box<dyn std::error::Error>> {
//! let call = client.create_access_token().name("ci");
//! let created = call.send().await.map_err(<Error>::from)?;
//! # Ok(())
//! # }
//! ```
//!
//! A file that cannot be read is an [`Error::Transport`] of the kind [`RequestBody`](TransportErrorKind::RequestBody).
//!
//! # Testing your code
//!
//! With the feature `mock`, which belongs in your `dev-dependencies`, the module [`mock`] has a server for your tests. It knows
//! every operation and every documented response, and rejects what the description does not allow:
//!
//! ```
//! # #[cfg(feature = "mock")]
//! # mod with_mock {
//! use askui_workspaces::mock::MockServer;
//!
//! # pub
//! async fn it_asks_for_new_credentials() {
//!     let server = MockServer::start().await;
//!     server.create_access_token().unauthorized("Not signed in").expect(1);
//!
//!     let client = server.client();
//!     let call = client.create_access_token().name("ci");
//!     let error = call.send().await.expect_err("it is not signed in");
//!     assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
//! }
//! # }
//! # #[cfg(feature = "mock")]
//! # #[tokio::main]
//! # async fn main() { with_mock::it_asks_for_new_credentials().await }
//! # #[cfg(not(feature = "mock"))]
//! # fn main() {}
//! ```
//!
//! # What a call does
//!
//! It asks for credentials, sends the request, and reads the response, each time within
//! [`attempt_timeout`](ClientBuilder::attempt_timeout). A request is retried only if the server cannot have processed it, or if
//! processing it twice is the same as once: [`RetryPolicy`] has the rules. All attempts end with the
//! [`timeout`](ClientBuilder::timeout) of the call. Dropping the future of `send()` ends the call; the server may have processed the
//! request by then. The client speaks HTTP/1.1.
//!
//! Each call is a [`tracing`](https://docs.rs/tracing) span `call` in that of its caller, and each attempt is a span `attempt` in it, both
//! at the level `INFO` and of the target `askui_workspaces`. A wait before a retry is an event at the level `DEBUG`. The fields are those of
//! OpenTelemetry's conventions for HTTP clients:
//!
//! | field | of | value |
//! |---|---|---|
//! | `operation` | call | the name of the method: `create_access_token` |
//! | `otel.name`, `otel.kind` | call | the operation, `internal` |
//! | `otel.name`, `otel.kind` | attempt | `POST /api/v1/access-tokens`, `client` |
//! | `http.request.method`, `url.template`, `url.full` | attempt | the method, the path as documented, the address without its query |
//! | `server.address`, `server.port` | attempt | those of the endpoint |
//! | `http.response.status_code` | attempt | if a response came |
//! | `http.request.resend_count` | attempt | from the second attempt on |
//! | `error.type`, `otel.status_code` | both | the status of a failure or one of the words below, and `ERROR` |
//!
//! `credentials`, `connect`, `tls`, `proxy`, `timeout`, `connection_closed`, `request_body`, `client`, `unexpected_status`, `decode`,
//! `response_too_large`, and `cancelled` if the future was dropped. No field holds a header, a body or a query.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, with the certificates that the operating system trusts.
//! - `rustls-ring`: the same, with ring for the cryptography, or with the `CryptoProvider` that the application has installed
//!   for its process. It compiles in half the time, since the default is a large library in C. A [`reqwest::Client`] of your
//!   own then needs that provider, or features of reqwest that you choose.
//! - `native-tls`: TLS by the operating system's library.
//! - `socks`: proxies that speak SOCKS.
//! - `mock`: the module [`mock`], and `Serialize` for responses that hold a [`Secret`], which without it cannot be written.
//! - `schemars`: all [`types`] implement `schemars::JsonSchema`, as [`Secret`], [`Unlisted`] and [`Upload`] do, and
//!   `types::define_schemas` gives the schemas of all at once. They say what the types are, and which
//!   rules hold for their values. The schema of an enum lists the documented values, though the type takes
//!   others. Descriptions are those of this documentation.
//!
//! If several kinds of TLS are chosen, the first of this list is used. With none, give a [`reqwest::Client`] of your own to
//! [`ClientBuilder::reqwest_client`].
//!
//! # Versions
//!
//! The crate needs Rust 1.85 and runs on tokio. While it is at `0.x`, only a new `x` may break your code or ask for a newer Rust;
//! the Rust that it asks for is always at least six months old. [`bytes`], [`chrono`], [`http`], [`reqwest`], [`serde_json`] and [`uuid`], whose
//! types appear in its own, are re-exported. [`chrono`] has `Utc::now()`, but not `Local`: for that, depend on chrono with its feature
//! `clock`.
//!
// Where the module is not there, the link leads to what it needs.
#![cfg_attr(feature = "mock", doc = "[`mock`]: mod@mock")]
#![cfg_attr(not(feature = "mock"), doc = "[`mock`]: #features")]
// On docs.rs, items that need a feature say so.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod additional;
mod call;
mod client;
mod clock;
mod connections;
mod credentials;
mod decimal;
mod endpoint;
mod error;
mod fitting;
// The generator formats what it writes, without rustfmt.
#[rustfmt::skip]
#[allow(
    clippy::all,
    clippy::pedantic,
    reason = "generated code is held to rustc's lints and `missing_docs`, not to a style"
)]
mod generated;
mod interceptor;
mod losses;
#[cfg(feature = "mock")]
pub mod mock;
mod multipart;
mod null;
mod nullable;
mod objects;
mod options;
mod provider;
mod proxy;
mod received;
mod redactor;
mod response;
mod retry;
#[cfg(feature = "schemars")]
mod schemas;
mod secret;
mod security;
mod send;
mod stream;

mod time;
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
mod tls;
mod trace;
mod unions;
mod upload;
mod validate;
mod value;
mod words;

pub use bytes;
pub use chrono;
pub use http;
pub use reqwest;
#[cfg(feature = "schemars")]
pub use schemars;
pub use serde_json;
pub use uuid;

pub use client::{Client, ClientBuilder};
pub use credentials::Credentials;
pub use error::{
    ApiError, ApiFailure, BuildError, CredentialsError, CredentialsErrorKind, Error, InvalidRequest, Rule,
    TransportError, TransportErrorKind, UnexpectedKind, UnexpectedResponse, Violation,
};
pub use generated::{builder, types};
pub use interceptor::{InterceptedRequest, InterceptedResponse, Interceptor};
pub use null::Null;
pub use options::CallOptions;
pub use provider::{CredentialsFuture, CredentialsProvider, CredentialsRequest, ProviderError};
pub use response::{Body, Response, ResponseParts};
pub use retry::{AttemptOutcome, RetryDecision, RetryPolicy};
pub use secret::Secret;
pub use stream::ByteStream;
pub use unions::Unlisted;
pub use upload::Upload;
pub use value::IntoValue;
