use std::{fmt, time::Duration};

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::{
    RetryPolicy,
    error::{Doing, TransportCause},
    retry,
};

/// The timeouts of one call, and how often it is retried. A call has those of its [`Client`](crate::Client) until its
/// `options` change them.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use askui_workspaces::RetryPolicy;
///
/// # fn example(client: &askui_workspaces::Client) {
/// let call = client
///     .create_access_token()
///     .options(|options| options.timeout(Duration::from_secs(5)).retry(RetryPolicy::never()));
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CallOptions {
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_response_size: usize,
    pub(crate) retry: RetryPolicy,
    idempotent: Option<bool>,
    pub(crate) headers: HeaderMap,
}

/// A timeout, which is printed as the name of its setting.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TimeLimit {
    Call,
    Attempt,
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Call => "timeout",
            Self::Attempt => "attempt_timeout",
        })
    }
}

/// 120 seconds for the call, 30 for each attempt, 16 MiB for a response, and [`RetryPolicy::default`].
impl Default for CallOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
            max_response_size: 16 * 1024 * 1024,
            retry: RetryPolicy::default(),
            idempotent: None,
            headers: HeaderMap::new(),
        }
    }
}

impl CallOptions {
    pub(crate) fn timed_out(&self, setting: TimeLimit, doing: Doing) -> TransportCause {
        let limit = self.time(setting);
        TransportCause::Timeout { limit, setting, doing }
    }

    pub(crate) fn is_idempotent(&self, method: &Method) -> bool {
        self.idempotent.unwrap_or_else(|| retry::is_idempotent(method))
    }

    /// The value of that setting.
    pub(crate) fn time(&self, setting: TimeLimit) -> Duration {
        match setting {
            TimeLimit::Call => self.timeout,
            TimeLimit::Attempt => self.attempt_timeout,
        }
    }

    /// How long the call may take, with all its attempts and the waits between them.
    ///
    /// If the response is a [`ByteStream`](crate::ByteStream), this is the time until it begins.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// How long one attempt may take from asking for credentials to the head of the response, and how long a body may
    /// pause.
    ///
    /// While a body is on its way, up or down, the time begins anew with each piece of it: a large upload or download takes
    /// as long as it takes, within the [`timeout`](Self::timeout) of the call. So it also limits the silence of a
    /// [`ByteStream`](crate::ByteStream).
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Whether processing the request twice is the same as once, so that it may be retried after any failure that passes.
    ///
    /// By default this is true for `GET`, `HEAD`, `PUT`, `DELETE` and `OPTIONS`. Say `true` for a request that you can send
    /// twice without harm, and `false` for one that you cannot.
    pub fn idempotent(mut self, is_idempotent: bool) -> Self {
        self.idempotent = Some(is_idempotent);
        self
    }

    /// A header that is sent besides those of the API; several of one name are all sent. What the client sets itself
    /// (credentials, media types, parameters) is not replaced.
    ///
    /// Mark a secret with [`HeaderValue::set_sensitive`], so that `Debug` does not print it.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The largest body of a response that is read into memory, in bytes after decompression. A larger one is an
    /// error, which has what was read.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// How often the call is retried; [`RetryPolicy::never`] for not at all.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }
}
