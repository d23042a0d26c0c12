use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use reqwest::{StatusCode, header::HeaderMap};

use crate::{
    Body,
    call::{Call, Operation},
    options::TimeLimit,
    response::{Answer, Quoted},
    retry,
};

/// Why a call failed: four kinds, by what a caller does about them.
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
    /// The request breaks the API's rules and no byte of it left. Correct it; repeating it as it is cannot help.
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

/// A request that was not sent, since it breaks a rule of the API's document or cannot be written down.
#[derive(Debug, Clone)]
pub struct NotSent {
    operation: &'static str,
    reason: String,
    /// What a provider of credentials says.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// A request that got no answer: there was no connection, it broke, or time ran out. `Display` says which.
#[derive(Debug)]
pub struct NoAnswer {
    operation: &'static Operation,
    /// The server's name or address, and its port.
    server: Box<str>,
    cause: Cause,
    attempts: u32,
    /// Whether redirects may have been followed, so that `cause` may be about a later request than ours.
    may_have_redirected: bool,
    /// Whether an earlier attempt may have reached the server, and have taken effect.
    may_have_been_sent_before: bool,
}

/// What ended an attempt before its answer was complete.
#[derive(Debug)]
pub(crate) enum Cause {
    /// Without its URL, which can hold what its caller would not want to see in a log.
    Transport(reqwest::Error),
    /// The time limit of that setting.
    Timeout { limit: Duration, setting: TimeLimit },
    /// After an attempt that may have been sent, there could be no other.
    NotSent(Box<NotSent>),
}

/// A failure that the document describes: the typed body in `E`, and the answer it was read from.
///
/// The [`Error`] around it has the headers, the request id and the body as it came.
pub struct Documented<E> {
    operation: &'static Operation,
    error: E,
    answer: Answer,
}

/// An answer that the document does not describe: a status that it does not list, or a body that is not as it says.
///
/// `Display` says which. The [`Error`] around it has the headers, the request id and the body as it came.
#[derive(Debug)]
pub struct Undocumented {
    operation: &'static Operation,
    answer: Answer,
    fault: Fault,
}

/// What is undocumented about an answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The status is not one that the operation lists.
    Status,
    /// The body of a documented status is not what the document promises; the text says where and how.
    Body(String),
    /// The body is longer than the client takes; the number is that limit in bytes.
    TooLong(usize),
    /// The connection failed, or time ran out, before the body was complete.
    Incomplete(Cause),
}

impl Cause {
    /// For `error.type` in traces.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "timeout",
            Self::Transport(error) if error.is_connect() => "no_connection",
            Self::Transport(_) => "broken_connection",
            Self::NotSent(_) => "not_sent",
        }
    }

    fn is_timeout(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_timeout(),
            Self::Timeout { .. } => true,
            Self::NotSent(_) => false,
        }
    }

    fn is_connect(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_connect())
    }

    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Timeout { .. } => None,
            Self::NotSent(error) => error.source(),
        }
    }
}

impl Fault {
    /// For `error.type` in traces.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status => "undocumented_status",
            Self::Body(_) => "undocumented_body",
            Self::TooLong(_) => "body_too_long",
            Self::Incomplete(cause) => cause.name(),
        }
    }
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

    /// How often the request was sent, or sending it was tried: 1 unless it was repeated, 0 if it was
    /// [not sent](Self::NotSent).
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::NotSent(_) => 0,
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
            Self::NotSent(_) => false,
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
    /// `false` when it was [not sent](Self::NotSent) or no attempt had a connection; repeating it is then safe. `true`
    /// in every other case, also where an answer came: a success with a body that is not as documented took effect. Look
    /// at what the server has before you repeat a request that creates something.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        match self {
            Self::NotSent(_) => false,
            Self::NoAnswer(no_answer) => no_answer.may_have_been_sent(),
            Self::Documented(_) | Self::Undocumented(_) => true,
        }
    }

    fn answer(&self) -> Option<&Answer> {
        match self {
            Self::NotSent(_) | Self::NoAnswer(_) => None,
            Self::Documented(failure) => Some(&failure.answer),
            Self::Undocumented(undocumented) => Some(&undocumented.answer),
        }
    }

    fn ended_by(&self) -> Option<&Cause> {
        match self {
            Self::NoAnswer(no_answer) => Some(&no_answer.cause),
            Self::Undocumented(undocumented) => undocumented.ended_by(),
            Self::NotSent(_) | Self::Documented(_) => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            Self::NotSent(error) => error.source(),
            Self::NoAnswer(error) => error.source(),
            Self::Documented(error) => error.source(),
            Self::Undocumented(error) => error.source(),
        }
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

    /// Which rule the request breaks, and how.
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

impl NoAnswer {
    pub(crate) fn new(call: &Call<'_>, cause: Cause, attempts: u32) -> Self {
        let Call { client, operation, .. } = call;
        let (host, port) = (client.endpoint.host(), client.endpoint.port().unwrap_or_default());
        Self {
            operation,
            server: format!("{host}:{port}").into(),
            cause,
            attempts,
            may_have_redirected: client.is_own_http,
            may_have_been_sent_before: false,
        }
    }

    /// The same after an attempt that may have taken effect.
    pub(crate) fn after_one_that_was_sent(self) -> Self {
        Self {
            may_have_been_sent_before: true,
            ..self
        }
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation.name
    }

    /// Whether the request, or a part of it, may have reached the server. `false` if no connection could be made, unless
    /// an earlier attempt had one, or the application's own client may have followed a redirect first.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        let is_unsent = self.is_invalid() || (self.cause.is_connect() && !self.may_have_redirected);
        self.may_have_been_sent_before || !is_unsent
    }

    pub(crate) fn is_retryable(&self) -> bool {
        !self.is_invalid() && (!self.may_have_been_sent() || retry::after_break(&self.operation.method))
    }

    pub(crate) fn ended_by(&self) -> &Cause {
        &self.cause
    }

    /// Whether the request is one that the application's own client does not send.
    fn is_invalid(&self) -> bool {
        matches!(&self.cause, Cause::Transport(error) if error.is_builder())
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} got no answer", self.operation.name)?;
        if self.attempts > 1 {
            write!(f, " in {} attempts", self.attempts)?;
        }
        match &self.cause {
            Cause::NotSent(error) => write!(f, ", and there could be no other: {}", error.reason)?,
            Cause::Timeout { limit, setting } => write!(f, ": waiting took longer than {limit:?} (`{setting}`)")?,
            Cause::Transport(source) => {
                f.write_str(match (source.is_connect(), source.is_timeout()) {
                    (true, true) => ": it took too long to connect",
                    (true, false) => ": no connection",
                    (false, true) => ": waiting took too long",
                    (false, false) => ": the connection failed",
                })?;
                if source.is_connect() {
                    write!(f, " to {}", self.server)?;
                }
                if let Some(cause) = root_cause(source) {
                    write!(f, " ({cause})")?;
                }
            }
        }
        f.write_str(if self.may_have_been_sent() {
            "; the server may have acted on the request, so look before repeating it"
        } else {
            "; the request was not sent, so repeating it is safe"
        })
    }
}

impl StdError for NoAnswer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
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

impl Undocumented {
    pub(crate) fn new(operation: &'static Operation, answer: Answer, fault: Fault) -> Self {
        Self {
            operation,
            answer,
            fault,
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

    pub(crate) fn is_retryable(&self) -> bool {
        let is_broken = matches!(self.fault, Fault::Incomplete(_));
        (is_broken && retry::after_break(&self.operation.method)) || self.answer.is_retryable(self.operation)
    }

    pub(crate) fn answer(&self) -> &Answer {
        &self.answer
    }

    pub(crate) fn fault(&self) -> &Fault {
        &self.fault
    }

    fn ended_by(&self) -> Option<&Cause> {
        match &self.fault {
            Fault::Incomplete(cause) => Some(cause),
            Fault::Status | Fault::Body(_) | Fault::TooLong(_) => None,
        }
    }
}

impl fmt::Display for Undocumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.answer.describe_body();
        write!(f, "{} got ", self.operation.name)?;
        write_status(f, self.answer.status)?;
        match &self.fault {
            Fault::Status => {
                write!(f, ", which the API's document does not list ({body}")?;
                if let Some(location) = self.answer.location() {
                    write!(f, ", Location: {}", Quoted(location))?;
                }
                f.write_str(")")?;
            }
            Fault::Body(reason) => {
                write!(f, " with a body that is not as documented: {reason} ({body})")?;
            }
            Fault::TooLong(limit) => write!(f, " with a body of more than {limit} bytes")?,
            Fault::Incomplete(cause) => {
                match cause {
                    Cause::Timeout { limit, setting } => {
                        write!(f, ", but reading took longer than {limit:?} (`{setting}`)")
                    }
                    Cause::Transport(source) if source.is_timeout() => f.write_str(", but reading took too long"),
                    Cause::Transport(_) | Cause::NotSent(_) => f.write_str(", but the connection failed"),
                }?;
                write!(f, " before its body was complete ({body})")?;
            }
        }
        if self.answer.status.is_success() {
            f.write_str(match self.fault {
                Fault::Status => "; the request may have taken effect",
                Fault::Body(_) | Fault::TooLong(_) | Fault::Incomplete(_) => "; the request took effect",
            })?;
        }
        write_circumstances(f, &self.answer)
    }
}

impl StdError for Undocumented {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.ended_by().and_then(Cause::source)
    }
}

/// A [`Client`](crate::Client) that could not be built: the endpoint, the credentials or the environment are not right.
///
/// `Display` says which, and what to do; it prints no credential.
pub struct BuildError {
    reason: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            source: None,
        }
    }

    pub(crate) fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        let source = Some(Box::new(source) as _);
        Self { source, ..self }
    }

    /// Says where what is wrong comes from.
    pub(crate) fn of_variable(self, name: &str) -> Self {
        let reason = format!("{} (this is about the environment variable {name})", self.reason);
        Self { reason, ..self }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no client: {}", self.reason)
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildError")
            .field("reason", &self.reason)
            .field("source", &self.source)
            .finish()
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
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

/// The innermost cause, where libraries say what really happened (`Connection refused (os error 111)`).
fn root_cause(error: &reqwest::Error) -> Option<&dyn StdError> {
    let mut cause = error.source()?;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Some(cause)
}
