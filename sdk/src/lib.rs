//! The AskUI Workspaces API for Rust: create the access tokens that AskUI programs run on.
//!
//! ```no_run
//! use askui_workspaces::{Client, Error, types::CreateAccessTokenError};
//!
//! # async fn example(expiry: chrono::DateTime<chrono::Utc>) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::from_env()?; // reads ASKUI_TOKEN
//! let created = client
//!     .create_access_token()
//!     .body_map(|body| body.name("ci").expires_at(expiry))
//!     .send()
//!     .await?;
//! println!("created {}; its text: {:?}", created.token.name, created.token_string);
//! store(created.token_string.expose_secret());
//! # Ok(())
//! # }
//! # fn store(_: &str) {}
//! ```
//!
//! # What is here
//!
//! | | |
//! |---|---|
//! | [`Client`], [`ClientBuilder`] | where the API is, and who calls it; one method per operation |
//! | [`Credentials`], [`Secret`] | what proves it, kept out of every log |
//! | [`builder`] | a call in the making: its body, then `send()` |
//! | [`types`] | every schema of the API's document, and for each operation an enum of its documented failures |
//! | [`CallOptions`], [`RetryPolicy`] | how long a call may take, and how often it is repeated |
//! | [`Response`] | a success, with its status and headers |
//! | [`Body`], [`ByteStream`], [`Upload`] | what is not JSON: answers in memory, answers as they come, files to send |
//! | [`Unlisted`] | a value that a newer server may send |
//! | [`Error`] | the four ways in which a call can fail |
//!
//! [`types`], [`builder`] and the methods of [`Client`] are generated from the vendor's OpenAPI document; the rest is
//! written by hand.
//!
//! # Credentials
//!
//! [`Client::from_env`] reads an access token from `ASKUI_TOKEN`; [`Credentials::basic`] takes one, and [`Credentials::bearer`] the
//! token of a signed-in user. [`ClientBuilder::credentials_provider`] asks for them before each attempt, so that they can be
//! renewed while the client lives. They go to the configured endpoint alone, and into no log.
//!
//! # When a call fails
//!
//! There are four kinds of [`Error`], by what you do about them, and each says whether the server may have acted:
//!
//! ```no_run
//! # use askui_workspaces::{Client, Error, types::CreateAccessTokenError};
//! # async fn example(client: Client) {
//! match client.create_access_token().body_map(|body| body.name("ci")).send().await {
//!     Ok(created) => println!("created {}", created.token.name),
//!     // A failure that the API's document lists: one variant for each status.
//!     Err(Error::Documented(failure)) => match failure.error() {
//!         CreateAccessTokenError::Unauthorized(body) => eprintln!("renew the credentials: {}", body.detail),
//!         CreateAccessTokenError::UnprocessableEntity(_) => eprintln!("correct the request: {failure}"),
//!         _ => eprintln!("{failure}"),
//!     },
//!     // The request breaks a rule of the API, and never left.
//!     Err(Error::NotSent(error)) => eprintln!("{}", error.reason()),
//!     // It was not carried out, or may be carried out twice; the client has tried as often as its policy says.
//!     Err(error) if error.is_retryable() => eprintln!("{error}; again after {:?}", error.retry_after()),
//!     // The server may have acted: look before you create another.
//!     Err(error) => eprintln!("{error}: status {:?}, request {:?}", error.status(), error.request_id()),
//! }
//! # }
//! ```
//!
//! # What a call does
//!
//! It asks for credentials, sends the request, and reads the answer, each time within
//! [`attempt_timeout`](ClientBuilder::attempt_timeout). What certainly was not carried out, or may be carried out twice, is
//! sent again as [`RetryPolicy`] says, within the [`timeout`](ClientBuilder::timeout) of the call. Dropping the future of
//! `send()` ends the call; the server may have acted by then.
//!
//! Each call is a [`tracing`](https://docs.rs/tracing) span, a child of its caller's, at the level `INFO`, and each attempt an
//! event in it at the level `DEBUG`, both of the target `askui_workspaces`:
//!
//! | field | |
//! |---|---|
//! | `operation` | the name of the method: `create_access_token` |
//! | `otel.name`, `otel.kind`, `otel.status_code` | `POST /api/v1/access-tokens`, `client`, `ERROR` if it failed |
//! | `http.request.method`, `url.template` | `POST`, `/api/v1/access-tokens` |
//! | `server.address`, `server.port` | those of the endpoint |
//! | `http.response.status_code` | if an answer came |
//! | `http.request.resend_count` | from the second attempt on |
//! | `error.type` | the status of a failure, or `not_sent`, `timeout`, `no_connection`, `broken_connection`, `body_too_long`, `undocumented_status`, `undocumented_body` |
//!
//! No field holds a header, a body, a query or a parameter.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, with the certificates that the operating system trusts.
//! - `rustls-ring`: the same with the cryptography of ring, or what the application has installed as the `CryptoProvider` of
//!   its process. It compiles in half the time, since the usual one is a large library in C. A [`reqwest::Client`] of your
//!   own then needs that provider, or features of reqwest that you choose.
//! - `native-tls`: TLS by the operating system's library.
//! - `mock`: a server for the tests of those who use the SDK, generated from the same document: `mock::MockServer`.
//! - `schemars`: JSON Schemas of the [`types`], which implement `schemars::JsonSchema`, as [`Secret`], [`Unlisted`] and
//!   [`Upload`] do; `types::define_schemas` gives all at once. They are derived from the types, and say besides what the
//!   API's document does, such as limits that only the server checks. An enum's schema lists the documented values, though
//!   the type takes others. A description is the type's or field's documentation.
//!
//! Of several kinds of TLS, the first in this list is used.
//!
//! With no TLS, give a [`reqwest::Client`] of your own to [`ClientBuilder::reqwest_client`].
//!
//! # Versions
//!
//! It needs Rust 1.85 and runs on tokio. The minimum is raised with the second number of the version only, and stays at least six
//! months behind the newest Rust. [`chrono`], [`reqwest`], [`serde_json`] and [`uuid`], whose types are in its own, are there under
//! their names.

// On docs.rs, items that need a feature say so.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod client;
mod credentials;
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
#[cfg(feature = "mock")]
pub mod mock;
mod multipart;
mod nullable;
mod objects;
mod options;
mod received;
mod response;
mod retry;
#[cfg(feature = "schemars")]
mod schemas;
mod secret;
mod send;
mod stream;
mod surroundings;
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
mod tls;
mod trace;
mod unions;
mod upload;
mod words;

pub use chrono;
pub use reqwest;
#[cfg(feature = "schemars")]
pub use schemars;
pub use serde_json;
pub use uuid;

pub use client::{Client, ClientBuilder};
pub use credentials::Credentials;
pub use error::{BuildError, Documented, Error, NoAnswer, NotSent, Undocumented};
pub use generated::{builder, types};
pub use options::CallOptions;
pub use response::{Body, Response};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use stream::ByteStream;
pub use unions::Unlisted;
pub use upload::Upload;
