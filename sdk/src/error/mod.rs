use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use reqwest::{StatusCode, header::HeaderMap};

pub use self::{
    build_error::BuildError,
    invalid_request::{InvalidRequest, Rule, Violation},
    no_answer::NoAnswer,
    undocumented::Undocumented,
};
pub(crate) use self::{no_answer::Cause, undocumented::Fault};
use crate::{
    Body,
    call::Operation,
    response::{Answer, Quoted},
};

mod build_error;
mod invalid_request;
mod no_answer;
mod undocumented;

/// Why a call failed: five kinds, by what a caller does about them.
///
/// `E` is the operation's own enum of documented failures, for example
/// [`CreateAccessTokenError`](crate::types::CreateAccessTokenError). Status, headers, request id and body are at hand
/// wherever an answer came, whichever the kind. `Display` is one line that a person can act on; neither it nor `Debug`
/// prints a credential, the body of a success, or a header outside a short list (`Content-Type`, `Content-Length`,
/// `Date`, `Retry-After`, `Server`, the request id, and `Location` without its query).
///
/// # Examples
///
/// ```no_run
/// use askui_workspaces::{Client, Error, types::CreateAccessTokenError};
///
/// # async fn example(client: Client) {
/// let call = client.create_access_token().body_map(|body| body.name("ci"));
/// match call.send().await {
///     Ok(created) => println!("created {}", created.token.name),
///     Err(Error::Documented(failure)) => match failure.error() {
///         CreateAccessTokenError::Unauthorized(_) => {
///             eprintln!("renew the credentials: {failure}");
///         }
///         _ => eprintln!("{failure}"),
///     },
///     Err(error) if error.may_have_been_sent() => {
///         eprintln!("{error}: look before creating another");
///     }
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
#[non_exhaustive]
pub enum Error<E> {
    /// The request breaks rules of the API's description, and nothing was sent. Correct it; repeating it as it is cannot help.
    InvalidRequest(InvalidRequest),
    /// Nothing was sent, since the client does not have the credentials that it needs, or a file cannot be read.
    NotSent(NotSent),
    /// No answer came: no connection, no TLS, a time limit, a broken connection. [`NoAnswer::may_have_been_sent`] says
    /// whether the server may have acted.
    NoAnswer(NoAnswer),
    /// A failure that the document describes for this operation, with the body that it promises.
    Documented(Box<Documented<E>>),
    /// Anything else that the server can answer: a status that the document does not list, or a body that is not as
    /// documented.
    Undocumented(Box<Undocumented>),
}

/// A request that was not sent, since it needs credentials that the client does not have, or a file that cannot be read.
#[derive(Debug, Clone)]
pub struct NotSent {
    operation: &'static str,
    reason: String,
    /// What a provider of credentials says.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// A failure that the document describes: the typed body in `E`, and the answer it was read from.
///
/// The [`Error`] around it has the headers, the request id and the body as it came.
pub struct Documented<E> {
    operation: &'static Operation,
    error: E,
    answer: Answer,
}

impl<E> Error<E> {
    /// The status of the answer; `None` if none came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.answer().map(|answer| answer.status)
    }

    /// Every header of the answer; `None` if none came. The client's own credential, should the server repeat it, is
    /// replaced by `[redacted]`.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.answer().map(|answer| &answer.headers)
    }

    /// What the server calls this request in its own logs, where a header of the answer says so: quote it to support.
    ///
    /// Read from `X-Request-Id`, `Request-Id`, `X-Correlation-Id`, `X-Amzn-RequestId`, `X-Amz-Cf-Id` or `CF-Ray`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.answer().and_then(Answer::request_id)
    }

    /// The body of the answer as it came; `None` if no answer came. It has at most
    /// [`max_response_size`](crate::ClientBuilder::max_response_size) bytes, 16 MiB by default, or as much as
    /// [`ByteStream::collect`](crate::ByteStream::collect) was allowed. [`Body::text`] has it as text.
    ///
    /// In a success that is not as documented it may hold a secret, such as a token that was created all the same: keep
    /// it out of logs. In a failure the client's own credential, should the server repeat it, is replaced by
    /// `[redacted]`.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        self.answer().map(|answer| &answer.body)
    }

    /// The failure, if it is one that the document describes for this operation.
    #[must_use]
    pub fn documented(&self) -> Option<&E> {
        match self {
            Self::Documented(failure) => Some(&failure.error),
            _ => None,
        }
    }

    /// How often the request was sent, or sending it was tried: 1 unless it was repeated, 0 if it is
    /// [invalid](Self::InvalidRequest) or was [not sent](Self::NotSent).
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::InvalidRequest(_) | Self::NotSent(_) => 0,
            Self::NoAnswer(no_answer) => no_answer.attempts,
            Self::Documented(_) | Self::Undocumented(_) => self.answer().map_or(0, |answer| answer.attempts),
        }
    }

    /// Whether a time limit ended the call: while connecting, while waiting, or while reading the answer.
    ///
    /// The request may have taken effect, unless [`may_have_been_sent`](Self::may_have_been_sent) says no. `Display` names
    /// the limit: raise it with [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout),
    /// [`timeout`](crate::ClientBuilder::timeout) or [`connect_timeout`](crate::ClientBuilder::connect_timeout) if it is
    /// too low for the operation.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.ended_by().is_some_and(Cause::is_timeout)
    }

    /// Whether no connection could be made: name resolution, refusal, TLS, a proxy that does not let it through.
    ///
    /// The request has not taken effect, since the server has not seen it, unless an earlier attempt had a connection, or the
    /// application's own client followed a redirect first: [`may_have_been_sent`](Self::may_have_been_sent) says so. Check the endpoint, the network and the
    /// certificates, which the end of the chain of [`source`](StdError::source) names.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::NoAnswer(no_answer) if no_answer.cause.is_connect())
    }

    /// Whether the same call, made again later, may succeed, and cannot do the work twice.
    ///
    /// True by the rules of [`RetryPolicy`](crate::RetryPolicy): the request certainly was not carried out (no connection,
    /// 429, or 503 with `Retry-After`), or its method may be carried out twice and the failure is of the kind that passes.
    /// The client has by then repeated it as often as its policy says: wait for [`retry_after`](Self::retry_after), or
    /// some seconds, and call again. Where it is false, correct the request, or look whether it took effect.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::InvalidRequest(_) | Self::NotSent(_) => false,
            Self::NoAnswer(error) => error.is_retryable(),
            Self::Documented(error) => error.answer.is_retryable(error.operation),
            Self::Undocumented(error) => error.is_retryable(),
        }
    }

    /// How long the server asks to wait before another request, by the answer's `Retry-After`, counted from when the
    /// answer came; zero if the date in it has passed.
    ///
    /// It says nothing about whether the request took effect: see [`is_retryable`](Self::is_retryable).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.answer().and_then(|answer| answer.retry_after)
    }

    /// Whether the request, or a part of it, may have reached the server, which may then have acted on it.
    ///
    /// `false` when it is [invalid](Self::InvalidRequest), was [not sent](Self::NotSent), or no attempt had a connection; repeating it is then safe. `true`
    /// in every other case, also where an answer came: a success with a body that is not as documented took effect. Look
    /// at what the server has before you repeat a request that creates something.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        match self {
            Self::InvalidRequest(_) | Self::NotSent(_) => false,
            Self::NoAnswer(no_answer) => no_answer.may_have_been_sent(),
            Self::Documented(_) | Self::Undocumented(_) => true,
        }
    }

    fn answer(&self) -> Option<&Answer> {
        match self {
            Self::InvalidRequest(_) | Self::NotSent(_) | Self::NoAnswer(_) => None,
            Self::Documented(failure) => Some(&failure.answer),
            Self::Undocumented(undocumented) => Some(undocumented.answer()),
        }
    }

    fn ended_by(&self) -> Option<&Cause> {
        match self {
            Self::NoAnswer(no_answer) => Some(&no_answer.cause),
            Self::Undocumented(undocumented) => undocumented.ended_by(),
            Self::InvalidRequest(_) | Self::NotSent(_) | Self::Documented(_) => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::NotSent(error) => error.fmt(f),
            Self::NoAnswer(error) => error.fmt(f),
            Self::Documented(error) => error.fmt(f),
            Self::Undocumented(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(error) => error.fmt(f),
            Self::NotSent(error) => error.fmt(f),
            Self::NoAnswer(error) => error.fmt(f),
            Self::Documented(error) => error.fmt(f),
            Self::Undocumented(error) => error.fmt(f),
        }
    }
}

impl<E: StdError + 'static> StdError for Error<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::InvalidRequest(error) => error.source(),
            Self::NotSent(error) => error.source(),
            Self::NoAnswer(error) => error.source(),
            Self::Documented(error) => error.source(),
            Self::Undocumented(error) => error.source(),
        }
    }
}

impl<E> From<InvalidRequest> for Error<E> {
    fn from(error: InvalidRequest) -> Self {
        Self::InvalidRequest(error)
    }
}

impl<E> From<NotSent> for Error<E> {
    fn from(error: NotSent) -> Self {
        Self::NotSent(error)
    }
}

impl<E> From<NoAnswer> for Error<E> {
    fn from(error: NoAnswer) -> Self {
        Self::NoAnswer(error)
    }
}

impl<E> From<Undocumented> for Error<E> {
    fn from(error: Undocumented) -> Self {
        Self::Undocumented(Box::new(error))
    }
}

impl NotSent {
    pub(crate) fn new(operation: &'static str, reason: impl Into<String>) -> Self {
        Self {
            operation,
            reason: reason.into(),
            source: None,
        }
    }

    pub(crate) fn with_source(self, source: Arc<dyn StdError + Send + Sync>) -> Self {
        let source = Some(source);
        Self { source, ..self }
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Why it was not sent.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not sent: {}", self.operation, self.reason)
    }
}

impl StdError for NotSent {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl<E> Documented<E> {
    pub(crate) fn new(operation: &'static Operation, error: E, answer: Answer) -> Self {
        Self {
            operation,
            error,
            answer,
        }
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation.name
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The failure: one variant per documented status.
    #[must_use]
    pub fn error(&self) -> &E {
        &self.error
    }

    /// The failure alone.
    #[must_use]
    pub fn into_error(self) -> E {
        self.error
    }
}

impl<E: fmt::Display> fmt::Display for Documented<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.operation.name, self.error)?;
        write_circumstances(f, &self.answer)
    }
}

impl<E: fmt::Debug> fmt::Debug for Documented<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Documented")
            .field("operation", &self.operation)
            .field("error", &self.error)
            .field("answer", &self.answer)
            .finish()
    }
}

/// Its source is that of the failure, since `Display` has the failure's own words.
impl<E: StdError + 'static> StdError for Documented<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// `502 Bad Gateway`, or the bare number of a status that HTTP gives no name.
fn write_status(f: &mut fmt::Formatter<'_>, status: StatusCode) -> fmt::Result {
    match status.canonical_reason() {
        Some(reason) => write!(f, "{} {reason}", status.as_u16()),
        None => write!(f, "{}", status.as_u16()),
    }
}

/// ` (request id r1, 3 attempts, Retry-After 30s)`: as much of it as there is.
fn write_circumstances(f: &mut fmt::Formatter<'_>, answer: &Answer) -> fmt::Result {
    let mut separator = " (";
    if let Some(id) = answer.request_id() {
        write!(f, "{separator}request id {}", Quoted(id))?;
        separator = ", ";
    }
    if answer.attempts > 1 {
        write!(f, "{separator}{} attempts", answer.attempts)?;
        separator = ", ";
    }
    if let Some(time) = answer.retry_after.filter(|time| !time.is_zero()) {
        write!(f, "{separator}the server asks to wait {time:?}")?;
        separator = ", ";
    }
    f.write_str(if separator == ", " { ")" } else { "" })
}
