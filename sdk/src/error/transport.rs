use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use super::{Context, diagnosis::Diagnosis, write_circumstances, write_processed, write_status};
use crate::{call::Call, options::TimeLimit, proxy::ProxyInUse, response::RawResponse, retry};

/// Trouble on the network: there was no connection, or it failed before the response was complete. Also a file to send that cannot be
/// read.
///
/// `Display` says what happened, what it means for a retry, and what helps.
pub struct TransportError(Box<Inner>);

struct Inner {
    context: Context,
    /// The server's name or address, and its port.
    server: String,
    cause: TransportCause,
    diagnosis: Diagnosis,
    /// Whether this attempt may have reached the server.
    was_sent: bool,
    /// The proxy of the SDK's own HTTP client.
    proxy: Option<ProxyInUse>,
    /// As much of the response as came.
    response: Option<RawResponse>,
}

/// What kind of trouble it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There is no connection to the server: its name is unknown, it refuses, or it cannot be reached.
    Connect,
    /// TLS failed: most often the certificate of the server is not trusted.
    Tls,
    /// The proxy cannot be reached, or does not let the connection through.
    Proxy,
    /// A timeout passed: [`Error::is_connect`](crate::Error::is_connect) says whether there was a connection by then.
    Timeout,
    /// The connection closed or was reset, or what came was not HTTP.
    Closed,
    /// The body of the request could not be read: a file is not there, or shrinks while it is sent.
    RequestBody,
    /// The HTTP client does not send the request: there is no tokio runtime, or the application's own client refuses.
    Client,
}

/// What ended an attempt.
#[derive(Clone, Debug)]
pub(crate) enum TransportCause {
    Http(Arc<reqwest::Error>),
    Timeout {
        limit: Duration,
        setting: TimeLimit,
        doing: Doing,
    },
    /// The body of the request cannot be had.
    RequestBody(String),
    NoRuntime,
}

/// What a call was doing when it timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    OpeningFiles,
    Connecting,
    Sending,
    Reading,
}

/// How much the server has seen of an attempt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) was_sent: bool,
    pub(crate) has_body_failed: bool,
}

impl TransportError {
    pub(crate) fn new(call: &Call<'_>, context: Context, cause: TransportCause, seen: Seen) -> Self {
        let endpoint = &call.client.endpoint;
        let proxy = call.client.http.proxy().cloned();
        let diagnosis = cause.diagnose(proxy.is_some(), seen);
        Self(Box::new(Inner {
            context,
            server: format!("{}:{}", endpoint.host(), endpoint.port().unwrap_or_default()),
            was_sent: seen.was_sent,
            cause,
            diagnosis,
            proxy,
            response: None,
        }))
    }

    /// Trouble within a response.
    pub(crate) fn within(response: RawResponse, cause: TransportCause) -> Self {
        let seen = Seen {
            was_sent: true,
            has_body_failed: false,
        };
        let diagnosis = cause.diagnose(false, seen);
        Self(Box::new(Inner {
            context: response.context.clone(),
            server: String::new(),
            was_sent: true,
            cause,
            diagnosis,
            proxy: response.proxy.clone(),
            response: Some(response),
        }))
    }

    /// The same after an attempt that the server may have processed.
    pub(crate) fn after_processed(mut self) -> Self {
        self.0.context.processed_before = true;
        if let Some(response) = &mut self.0.response {
            response.context.processed_before = true;
        }
        self
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.context.operation.name
    }

    /// What kind of trouble it was.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.0.diagnosis.kind
    }

    /// Whether the head of a response had come, so that [`Error::status`](crate::Error::status) and the beginning of the body
    /// are there.
    #[must_use]
    pub fn is_within_response(&self) -> bool {
        self.0.response.is_some()
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn response(&self) -> Option<&RawResponse> {
        self.0.response.as_ref()
    }

    pub(super) fn is_timeout(&self) -> bool {
        self.kind() == TransportErrorKind::Timeout
    }

    pub(super) fn is_connect(&self) -> bool {
        self.0.diagnosis.is_connect
    }

    pub(crate) fn may_have_been_processed(&self) -> bool {
        let Inner {
            context,
            diagnosis,
            was_sent,
            response,
            ..
        } = &*self.0;
        let this_may = match response {
            Some(response) => retry::may_have_been_processed(response.status),
            None => *was_sent && !diagnosis.is_rejected,
        };
        context.processed_before || this_may
    }

    pub(crate) fn is_retryable(&self) -> bool {
        let Inner { context, diagnosis, .. } = &*self.0;
        let is_safe = match &self.0.response {
            Some(response) => !context.processed_before && retry::is_unprocessed(response.status),
            None => !self.may_have_been_processed(),
        };
        !diagnosis.is_lasting && (is_safe || context.is_idempotent)
    }
}

impl TransportCause {
    /// Without the URL of the error, which can hold what its caller would not want to see in a log.
    pub(crate) fn http(error: reqwest::Error) -> Self {
        Self::Http(Arc::new(error.without_url()))
    }

    fn diagnose(&self, is_proxied: bool, seen: Seen) -> Diagnosis {
        let of_kind = |kind, is_lasting| Diagnosis {
            kind,
            is_connect: false,
            is_lasting,
            is_rejected: false,
            explanation: "",
            message: String::new(),
        };
        match self {
            Self::Http(error) => Diagnosis::new(error, is_proxied, seen.has_body_failed),
            Self::Timeout { doing, .. } => Diagnosis {
                is_connect: *doing == Doing::Connecting,
                // Files that take too long once take too long again.
                ..of_kind(TransportErrorKind::Timeout, *doing == Doing::OpeningFiles)
            },
            Self::RequestBody(_) => of_kind(TransportErrorKind::RequestBody, true),
            Self::NoRuntime => of_kind(TransportErrorKind::Client, true),
        }
    }
}

impl Inner {
    /// What happened, as the end of a sentence about the call.
    fn write_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TransportErrorKind as Kind;

        let Self { diagnosis, server, .. } = self;
        match &self.cause {
            TransportCause::Timeout { limit, setting, doing } => {
                write!(f, "timed out after {limit:?} (`{setting}`)")?;
                match doing {
                    Doing::OpeningFiles => f.write_str(" while opening the files to send"),
                    Doing::Connecting => write!(f, " while connecting to {server}"),
                    Doing::Sending | Doing::Reading => Ok(()),
                }
            }
            TransportCause::RequestBody(reason) => write!(f, "was not sent: {reason}"),
            TransportCause::NoRuntime => f.write_str(
                "failed: there is no tokio runtime; call it within `#[tokio::main]`, `#[tokio::test]` or `Runtime::block_on`",
            ),
            TransportCause::Http(_) => {
                match (diagnosis.kind, diagnosis.is_connect) {
                    (Kind::Timeout, true) => write!(f, "timed out while connecting to {server} (`connect_timeout`)")?,
                    (Kind::Timeout, false) => f.write_str("timed out by a timeout of its HTTP client")?,
                    (Kind::Proxy, _) => {
                        write!(f, "failed: no connection to {server} through ")?;
                        match &self.proxy {
                            Some(proxy) => write!(f, "{proxy}")?,
                            None => f.write_str("the proxy of the application's own HTTP client")?,
                        }
                    }
                    (_, true) => write!(f, "failed: no connection to {server}")?,
                    (Kind::RequestBody, _) => f.write_str("failed: the request body could not be read to its end")?,
                    (Kind::Client, _) => f.write_str("failed: the HTTP client did not send the request")?,
                    _ => write!(f, "failed: the connection to {server} failed before a response came")?,
                }
                self.write_details(f)
            }
        }
    }

    fn write_details(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnosis {
            explanation, message, ..
        } = &self.diagnosis;
        if !explanation.is_empty() {
            write!(f, ": {explanation}")?;
        }
        write!(f, " ({message})")
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        write!(f, "{} ", self.operation())?;
        let Some(response) = &inner.response else {
            inner.write_cause(f)?;
            if inner.context.attempts > 1 {
                write!(f, " in {} attempts", inner.context.attempts)?;
            }
            return match (&inner.cause, self.may_have_been_processed()) {
                // The message has said so.
                (TransportCause::RequestBody(_), false) => Ok(()),
                (_, may_have_been_processed) => write_processed(f, may_have_been_processed),
            };
        };
        f.write_str("got ")?;
        write_status(f, response.status)?;
        match &inner.cause {
            TransportCause::Timeout { limit, setting, .. } => {
                write!(f, ", but reading its body timed out after {limit:?} (`{setting}`)")?;
            }
            _ if self.is_timeout() => f.write_str(", but reading its body timed out")?,
            _ => f.write_str(", but the connection failed before its body was complete")?,
        }
        write!(f, " ({})", response.describe_body())?;
        if response.status.is_success() {
            f.write_str("; the server processed the request")?;
        }
        write_circumstances(f, response)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            context,
            server,
            cause,
            diagnosis,
            was_sent,
            proxy,
            response,
        } = &*self.0;
        f.debug_struct("TransportError")
            .field("operation", &context.operation)
            .field("kind", &diagnosis.kind)
            .field("server", server)
            .field("proxy", proxy)
            .field("cause", cause)
            .field("was_sent", was_sent)
            .field("attempts", &context.attempts)
            .field("response", response)
            .finish()
    }
}

/// Without a source: `Display` has the message of the innermost error, and `Debug` has all.
impl StdError for TransportError {}
