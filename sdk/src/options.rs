use std::{fmt, time::Duration};

use crate::{RetryPolicy, error::Cause};

/// The limits of one call, and how often it is repeated. A call has those of its [`Client`](crate::Client) until its
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct CallOptions {
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_response_size: usize,
    pub(crate) retry: RetryPolicy,
}

/// A limit of time, which is printed as the name of its setting.
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

/// 120 seconds for the call, 30 for each attempt, 16 MiB for an answer, and [`RetryPolicy::default`].
impl Default for CallOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
            max_response_size: 16 * 1024 * 1024,
            retry: RetryPolicy::default(),
        }
    }
}

impl CallOptions {
    /// What has happened where the time of that setting is over.
    pub(crate) fn timed_out(&self, setting: TimeLimit) -> Cause {
        let limit = self.time(setting);
        Cause::Timeout { limit, setting }
    }

    /// How long that setting permits.
    pub(crate) fn time(&self, setting: TimeLimit) -> Duration {
        match setting {
            TimeLimit::Call => self.timeout,
            TimeLimit::Attempt => self.attempt_timeout,
        }
    }

    /// How long the call may take, with all its attempts and the waits between them.
    ///
    /// For an answer that is a [`ByteStream`](crate::ByteStream), this is the time until it begins.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// How long one attempt may take, from asking for credentials to the last byte of the answer.
    ///
    /// For an answer that is a [`ByteStream`](crate::ByteStream), this is the time until it begins, and then the longest
    /// silence between two pieces of it.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// The longest body of an answer that is read into memory, in bytes after decompression. A longer one is cut off, with
    /// an error that has what was read.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// How often the call is repeated; [`RetryPolicy::never`] for not at all.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }
}
