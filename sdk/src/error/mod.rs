use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use reqwest::{StatusCode, header::HeaderMap};

pub(crate) use self::transport::{Doing, Seen, TransportCause};
pub use self::{
    api_error::{ApiError, ApiFailure},
    build_error::BuildError,
    credentials_error::{CredentialsError, CredentialsErrorKind},
    invalid_request::{InvalidRequest, Rule, Violation},
    transport::{TransportError, TransportErrorKind},
    unexpected_response::{UnexpectedKind, UnexpectedResponse},
};
use crate::{
    Body, CallOptions,
    call::Operation,
    response::{RawResponse, SingleLine},
    retry,
};

mod api_error;
mod build_error;
mod credentials_error;
mod diagnosis;
mod invalid_request;
mod transport;
mod unexpected_response;

/// Why a call failed, by what a caller does about it.
///
/// `E` is the operation's own enum of documented failures, for example
/// [`CreateAccessTokenError`](crate::types::CreateAccessTokenError). Without it, `Error` is the error of any operation:
/// `?` turns the error of each operation into it.
///
/// Status, headers, request id and body are at hand
/// wherever a response came, whichever the kind. `Display` is one line that a person can act on; neither it nor `Debug`
/// prints a credential, the body of a success, or a header outside a short list (`Content-Type`, `Content-Length`,
/// `Date`, `Retry-After`, `Server`, the request id, and `Location` without its query).
///
/// # Examples
///
/// ```no_run
/// use askui_workspaces::{Client, Error, types::CreateAccessTokenError};
///
/// # async fn example(client: Client) {
/// let call = client.create_access_token().name("ci");
/// match call.send().await {
///     Ok(created) => println!("created {}", created.token.name),
///     Err(Error::Api(failure)) => match failure.error() {
///         CreateAccessTokenError::Unauthorized(_) => {
///             eprintln!("renew the credentials: {failure}");
///         }
///         _ => eprintln!("{failure}"),
///     },
///     Err(error) if error.may_have_been_processed() => {
///         eprintln!("{error}: check before creating another");
///     }
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
///
/// A function that calls several operations:
///
/// ```no_run
/// use askui_workspaces::{Client, Error};
///
/// async fn token(client: &Client) -> Result<String, Error> {
///     let call = client.create_access_token().name("ci");
///     let created = call.send().await?;
///     Ok(created.token_string.expose_secret().to_owned())
/// }
/// ```
///
/// To tell its failures apart, match the [`status`](Self::status); [`ApiFailure::downcast_ref`] has the body of one operation's failure.
#[non_exhaustive]
pub enum Error<E = ApiFailure> {
    /// The request breaks rules of the API, or cannot be written. Nothing was sent: correct the request.
    InvalidRequest(InvalidRequest),
    /// The credentials are missing or of the wrong kind, or their provider failed.
    Credentials(CredentialsError),
    /// Trouble on the network: no connection, no TLS, a timeout, a connection that closed before or within the response. Also a file
    /// of this machine that cannot be read, so that nothing was sent or the request is incomplete
    /// ([`RequestBody`](TransportErrorKind::RequestBody)).
    Transport(TransportError),
    /// A failure that the OpenAPI description documents for this operation, with the body that it promises.
    Api(ApiError<E>),
    /// Any other response: a status that is not documented, or a body that cannot be decoded or is too large.
    UnexpectedResponse(UnexpectedResponse),
}

/// What an error knows of its call.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) operation: &'static Operation,
    /// How often the request was sent, or sending it was tried.
    pub(crate) attempts: u32,
    pub(crate) is_idempotent: bool,
    /// Whether a 503 with `Retry-After` counts as not processed.
    pub(crate) retry_unavailable: bool,
    /// Whether the server may have processed an earlier attempt.
    pub(crate) processed_before: bool,
}

impl Context {
    pub(crate) fn new(operation: &'static Operation, options: &CallOptions, attempts: u32) -> Self {
        Self {
            operation,
            attempts,
            is_idempotent: options.is_idempotent(&operation.method),
            retry_unavailable: options.retry.retries_unavailable(),
            processed_before: false,
        }
    }

    /// Whether the same request may be sent again after a complete response with that status.
    pub(crate) fn may_retry_after(&self, status: StatusCode, has_retry_after: bool) -> bool {
        let is_unprocessed = retry::is_unprocessed(status)
            || (self.retry_unavailable && status == StatusCode::SERVICE_UNAVAILABLE && has_retry_after);
        let is_harmless = self.is_idempotent || (is_unprocessed && !self.processed_before);
        is_harmless && (is_unprocessed || retry::is_transient(status))
    }
}

impl<E> Error<E> {
    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::InvalidRequest(error) => error.operation(),
            Self::Credentials(error) => error.operation(),
            Self::Transport(error) => error.operation(),
            Self::Api(error) => error.operation(),
            Self::UnexpectedResponse(error) => error.operation(),
        }
    }

    /// The status of the response, if there was one, whichever the kind of the error.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(|response| response.status)
    }

    /// Every header of the response; `None` if none came. The client's own credential, should the server repeat it, is
    /// replaced by `[redacted]`.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.response().map(|response| &response.headers)
    }

    /// What the server calls this request in its own logs, where a header of the response says so: quote it to support.
    ///
    /// Read from `X-Request-Id`, `Request-Id`, `X-Correlation-Id`, `X-Amzn-RequestId`, `X-Amz-Cf-Id` or `CF-Ray`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.response().and_then(RawResponse::request_id)
    }

    /// The body of the response as it came; `None` if no response came. It has at most
    /// [`max_response_size`](crate::ClientBuilder::max_response_size) bytes, 16 MiB by default, or as much as
    /// [`ByteStream::collect`](crate::ByteStream::collect) was allowed. [`Body::text`] has it as text.
    ///
    /// In a success that cannot be decoded it may hold a secret, such as a token that was created all the same: keep
    /// it out of logs. In a failure the client's own credential, should the server repeat it, is replaced by
    /// `[redacted]`.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        self.response().map(|response| &response.body)
    }

    /// The failure, if it is one that the OpenAPI description documents for this operation.
    #[must_use]
    pub fn api_error(&self) -> Option<&E> {
        match self {
            Self::Api(failure) => Some(failure.error()),
            _ => None,
        }
    }

    /// The same error with another type of documented failure.
    #[must_use]
    pub fn map_api_error<F>(self, change: impl FnOnce(E) -> F) -> Error<F> {
        match self {
            Self::InvalidRequest(error) => Error::InvalidRequest(error),
            Self::Credentials(error) => Error::Credentials(error),
            Self::Transport(error) => Error::Transport(error),
            Self::Api(error) => Error::Api(error.map(change)),
            Self::UnexpectedResponse(error) => Error::UnexpectedResponse(error),
        }
    }

    /// How often the request was sent, or sending it was tried: 1 unless it was retried, 0 if the first attempt had no
    /// request to send.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::InvalidRequest(_) => 0,
            Self::Credentials(error) => error.context().attempts,
            Self::Transport(error) => error.context().attempts,
            Self::Api(error) => error.response().context.attempts,
            Self::UnexpectedResponse(error) => error.response().context.attempts,
        }
    }

    /// Whether the call timed out: while waiting for credentials, while connecting, while waiting for the response, or while
    /// reading it.
    ///
    /// The server may have processed the request, unless [`may_have_been_processed`](Self::may_have_been_processed) says
    /// no. `Display` names the timeout: raise it with
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout),
    /// [`timeout`](crate::ClientBuilder::timeout) or [`connect_timeout`](crate::ClientBuilder::connect_timeout) if it is
    /// too low for the operation.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Credentials(error) => error.kind() == CredentialsErrorKind::Timeout,
            Self::Transport(error) => error.is_timeout(),
            Self::InvalidRequest(_) | Self::Api(_) | Self::UnexpectedResponse(_) => false,
        }
    }

    /// Whether no connection could be made: name resolution, refusal, TLS, a proxy that does not let it through, or a
    /// timeout while connecting.
    ///
    /// The server has not seen this attempt. It may have seen an earlier one:
    /// [`may_have_been_processed`](Self::may_have_been_processed) says so. Check the endpoint, the network, the proxy and the
    /// certificates, as `Display` says.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_connect())
    }

    /// Whether the same call, made again later, may succeed, and cannot do the work twice.
    ///
    /// True by the rules of [`RetryPolicy`](crate::RetryPolicy): the server certainly did not process the request (no
    /// connection, 429), or processing it twice is the same as once; and the failure is of the kind that passes. A
    /// certificate that is not trusted or a host name that does not exist is not: a retry is safe then, but cannot help.
    ///
    /// The client has by then retried it as often as its policy says: wait for [`retry_after`](Self::retry_after), or
    /// some seconds, and call again. Where it is false, correct the request or the settings, or check whether the server
    /// processed it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::InvalidRequest(_) => false,
            Self::Credentials(error) => error.is_retryable(),
            Self::Transport(error) => error.is_retryable(),
            Self::Api(error) => error.response().is_retryable(),
            Self::UnexpectedResponse(error) => error.response().is_retryable(),
        }
    }

    /// How long the server asks to wait before another request, by `Retry-After`, counted from when the
    /// response came; zero if the date in it has passed.
    ///
    /// It says nothing about whether the request was processed: see [`is_retryable`](Self::is_retryable).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.response().and_then(|response| response.retry_after)
    }

    /// Whether the server may have processed the request, or an earlier attempt of it.
    ///
    /// `false` if nothing was sent, if no connection could be made, or if the response says that nothing was done: 429,
    /// and the other statuses by which a server rejects a request (400, 401, 403, 404, 422 and the like). `true`
    /// in every other case, also where a response came: if a success cannot be decoded, the request was processed. Check
    /// what the server has before you retry a request that creates something.
    #[must_use]
    pub fn may_have_been_processed(&self) -> bool {
        match self {
            Self::InvalidRequest(_) => false,
            Self::Credentials(error) => error.context().processed_before,
            Self::Transport(error) => error.may_have_been_processed(),
            Self::Api(error) => error.response().may_have_been_processed(),
            Self::UnexpectedResponse(error) => error.response().may_have_been_processed(),
        }
    }

    fn response(&self) -> Option<&RawResponse> {
        match self {
            Self::InvalidRequest(_) | Self::Credentials(_) => None,
            Self::Transport(error) => error.response(),
            Self::Api(error) => Some(error.response()),
            Self::UnexpectedResponse(error) => Some(error.response()),
        }
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::Credentials(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Api(error) => error.fmt(f),
            Self::UnexpectedResponse(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::Credentials(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Api(error) => error.fmt(f),
            Self::UnexpectedResponse(error) => error.fmt(f),
        }
    }
}

/// `Display` has the whole message, so only what it leaves out is a source: the error of a credentials provider.
impl<E: fmt::Debug + fmt::Display> StdError for Error<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Credentials(error) => error.source(),
            Self::InvalidRequest(_) | Self::Transport(_) | Self::Api(_) | Self::UnexpectedResponse(_) => None,
        }
    }
}

/// Forgets which operation the documented failure belongs to; [`ApiFailure::downcast_ref`] finds it again.
impl<E: StdError + Send + Sync + 'static> From<Error<E>> for Error {
    fn from(error: Error<E>) -> Self {
        error.map_api_error(ApiFailure::new)
    }
}

impl<E> From<InvalidRequest> for Error<E> {
    fn from(error: InvalidRequest) -> Self {
        Self::InvalidRequest(error)
    }
}

impl<E> From<CredentialsError> for Error<E> {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl<E> From<TransportError> for Error<E> {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl<E> From<UnexpectedResponse> for Error<E> {
    fn from(error: UnexpectedResponse) -> Self {
        Self::UnexpectedResponse(error)
    }
}

/// An error of the application's own code.
pub(crate) type Source = Arc<dyn StdError + Send + Sync>;

/// `502 Bad Gateway`, or the bare number of a status that HTTP gives no name.
fn write_status(f: &mut fmt::Formatter<'_>, status: StatusCode) -> fmt::Result {
    match status.canonical_reason() {
        Some(reason) => write!(f, "{} {reason}", status.as_u16()),
        None => write!(f, "{}", status.as_u16()),
    }
}

/// ` (POST https://host/path, request id r1, 3 attempts, the server asks to wait 30s)`: as much of it as there is.
fn write_circumstances(f: &mut fmt::Formatter<'_>, response: &RawResponse) -> fmt::Result {
    write!(f, " ({} {}", response.context.operation.method, response.address)?;
    if let Some(proxy) = &response.proxy {
        write!(f, " through {proxy}")?;
    }
    if let Some(id) = response.request_id() {
        write!(f, ", request id {}", SingleLine(id))?;
    }
    if response.context.attempts > 1 {
        write!(f, ", {} attempts", response.context.attempts)?;
    }
    if let Some(time) = response.retry_after.filter(|time| !time.is_zero()) {
        write!(f, ", the server asks to wait {time:?}")?;
    }
    f.write_str(")")
}

/// What a caller has to know before retrying.
fn write_processed(f: &mut fmt::Formatter<'_>, may_have_been_processed: bool) -> fmt::Result {
    f.write_str(if may_have_been_processed {
        "; the server may have processed the request, so check before retrying"
    } else {
        "; the request was not sent"
    })
}
