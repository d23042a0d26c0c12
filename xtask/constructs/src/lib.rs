//! The client that the generator makes from `constructs.yaml`, compiled with the SDK's runtime.
//!
//! `src/generated/` is checked in, so that reviewers see a change of the generator as a diff of its output. The list of modules and
//! exports below matches `sdk/src/lib.rs`.

#![allow(
    rustdoc::broken_intra_doc_links,
    reason = "the runtime's documentation links to types of the bundled description"
)]

#[path = "../../../sdk/src/additional.rs"]
mod additional;
#[path = "../../../sdk/src/call.rs"]
mod call;
#[path = "../../../sdk/src/client.rs"]
mod client;
#[path = "../../../sdk/src/clock.rs"]
mod clock;
#[path = "../../../sdk/src/connections.rs"]
mod connections;
#[path = "../../../sdk/src/credentials.rs"]
mod credentials;
#[path = "../../../sdk/src/decimal.rs"]
mod decimal;
#[path = "../../../sdk/src/endpoint.rs"]
mod endpoint;
#[path = "../../../sdk/src/error/mod.rs"]
mod error;
#[path = "../../../sdk/src/fitting.rs"]
mod fitting;
// The generator formats what it writes, without rustfmt.
#[rustfmt::skip]
#[allow(
    clippy::all,
    clippy::pedantic,
    reason = "generated code is held to rustc's lints and `missing_docs`, not to a style"
)]
#[warn(rustdoc::broken_intra_doc_links)]
mod generated;
#[path = "../../../sdk/src/interceptor.rs"]
mod interceptor;
#[path = "../../../sdk/src/losses.rs"]
mod losses;
#[cfg(feature = "mock")]
#[path = "../../../sdk/src/mock/mod.rs"]
pub mod mock;
#[path = "../../../sdk/src/multipart/mod.rs"]
mod multipart;
#[path = "../../../sdk/src/null.rs"]
mod null;
#[path = "../../../sdk/src/nullable.rs"]
mod nullable;
#[path = "../../../sdk/src/objects.rs"]
mod objects;
#[path = "../../../sdk/src/options.rs"]
mod options;
#[path = "../../../sdk/src/provider.rs"]
mod provider;
#[path = "../../../sdk/src/proxy.rs"]
mod proxy;
#[path = "../../../sdk/src/received.rs"]
mod received;
#[path = "../../../sdk/src/redactor.rs"]
mod redactor;
#[path = "../../../sdk/src/response.rs"]
mod response;
#[path = "../../../sdk/src/retry.rs"]
mod retry;
#[cfg(feature = "schemars")]
#[path = "../../../sdk/src/schemas.rs"]
mod schemas;
#[path = "../../../sdk/src/secret.rs"]
mod secret;
#[path = "../../../sdk/src/security.rs"]
mod security;
#[path = "../../../sdk/src/send/mod.rs"]
mod send;
#[path = "../../../sdk/src/stream.rs"]
mod stream;
#[path = "../../../sdk/src/time.rs"]
mod time;
#[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
#[path = "../../../sdk/src/tls.rs"]
mod tls;
#[path = "../../../sdk/src/trace.rs"]
mod trace;
#[path = "../../../sdk/src/unions.rs"]
mod unions;
#[path = "../../../sdk/src/upload.rs"]
mod upload;
#[path = "../../../sdk/src/validate.rs"]
mod validate;
#[path = "../../../sdk/src/value.rs"]
mod value;
#[path = "../../../sdk/src/words.rs"]
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
