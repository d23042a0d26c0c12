use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use reqwest::{
    Method, StatusCode,
    header::{DATE, HeaderMap, RETRY_AFTER},
};

use crate::{TransportErrorKind, clock::Clock};

/// How often a request is retried, and how long the client waits before each retry.
///
/// A request is retried only if a retry can help and cannot do the work twice: the server cannot have processed the
/// request, or processing it twice is the same as once.
///
/// | | `GET`, `HEAD`, `PUT`, `DELETE`, `OPTIONS`, or [idempotent](crate::CallOptions::idempotent) | other methods |
/// |---|---|---|
/// | no connection, for a reason that may pass | retried | retried |
/// | a certificate, host name or proxy setting is wrong | not | not |
/// | 429 | retried | retried |
/// | 503 with `Retry-After` | retried | not, unless [`retry_unavailable`](Self::retry_unavailable) |
/// | 408, 502, 503, 504 | retried | not |
/// | a connection that closes, or an attempt that times out | retried | not |
/// | any other response | not | not |
///
/// Backoff is exponential with full jitter. A `Retry-After`, in seconds or as a date, is waited for, with jitter on top. If it is longer than
/// [`max_retry_after`](Self::max_retry_after), or than what is left of the call's
/// [`timeout`](crate::ClientBuilder::timeout), the response is returned as it is, and
/// [`Error::retry_after`](crate::Error::retry_after) has the time. A body that is a stream is sent once.
///
/// When most calls fail, retries make matters worse: the calls of a client share a
/// [budget](crate::ClientBuilder::retry_budget) of retries.
///
/// If a `DELETE` is retried, the first attempt may have succeeded: a 404 after more than one
/// [attempt](crate::Error::attempts) can mean that the resource is gone as you asked.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use askui_workspaces::{Client, Credentials, RetryPolicy};
///
/// # fn example() -> Result<(), askui_workspaces::BuildError> {
/// let patient = RetryPolicy::default().max_attempts(6).max_delay(Duration::from_secs(30));
/// let client = Client::builder()
///     .credentials(Credentials::access_token("an access token"))
///     .retry(patient)
///     .timeout(Duration::from_secs(300))
///     .build()?;
/// let once = client.create_access_token().options(|options| options.retry(RetryPolicy::never()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryPolicy {
    attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    retry_unavailable: bool,
    classifier: Option<Classifier>,
}

#[derive(Clone)]
struct Classifier(Arc<dyn Fn(&AttemptOutcome<'_>) -> RetryDecision + Send + Sync>);

impl fmt::Debug for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Classifier")
    }
}

/// What a classifier says about an attempt that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryDecision {
    /// As the policy says.
    Default,
    /// Retry, also where the server may have processed the request: the classifier knows better.
    Retry,
    /// Do not retry.
    Stop,
}

/// An attempt, for a [classifier](RetryPolicy::classifier).
#[derive(Clone, Debug)]
pub struct AttemptOutcome<'a> {
    pub(crate) operation: &'static str,
    pub(crate) attempt: u32,
    pub(crate) status: Option<StatusCode>,
    pub(crate) transport_error: Option<TransportErrorKind>,
    pub(crate) is_retryable: bool,
    pub(crate) method: &'a Method,
}

impl AttemptOutcome<'_> {
    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The method of HTTP.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.method
    }

    /// Which attempt it was, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The status of the response, if one came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// What went wrong on the network, if something did.
    #[must_use]
    pub fn transport_error(&self) -> Option<TransportErrorKind> {
        self.transport_error
    }

    /// Whether the policy retries it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.is_retryable
    }
}

/// Three attempts, the first wait at most 0.5 seconds, no wait longer than 8 seconds, a `Retry-After` of at most 60.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
            retry_unavailable: false,
            classifier: None,
        }
    }
}

impl RetryPolicy {
    /// One attempt, no retries.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a request is sent at most, the first time included; 3 by default. 0 counts as 1. What is sent again with renewed
    /// credentials does not count.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The longest wait before the second attempt, 0.5 seconds by default. It doubles with each attempt.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest wait before any attempt if the server does not ask for another, 8 seconds by default.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest `Retry-After` that is waited for, 60 seconds by default. If the server asks for more, the call ends.
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// Whether a `503` with `Retry-After` also retries a request that is not idempotent; `false` by default.
    ///
    /// Many servers send it for a request that they did not process. But a gateway may send it after the server behind it
    /// timed out, and then a retry does the work twice.
    pub fn retry_unavailable(mut self, retry: bool) -> Self {
        self.retry_unavailable = retry;
        self
    }

    /// What is retried, where the application knows better than the rules above. It is asked after each attempt but a
    /// success; how often and after what wait is for the other settings.
    ///
    /// # Examples
    ///
    /// ```
    /// use askui_workspaces::{RetryDecision, RetryPolicy};
    ///
    /// // A gateway that responds with 500 to what it did not pass on.
    /// let policy = RetryPolicy::default().classifier(|attempt| {
    ///     match attempt.status().map(|status| status.as_u16()) {
    ///         Some(500) => RetryDecision::Retry,
    ///         _ => RetryDecision::Default,
    ///     }
    /// });
    /// ```
    pub fn classifier(
        mut self,
        classifier: impl Fn(&AttemptOutcome<'_>) -> RetryDecision + Send + Sync + 'static,
    ) -> Self {
        self.classifier = Some(Classifier(Arc::new(classifier)));
        self
    }

    pub(crate) fn classify(&self, outcome: &AttemptOutcome<'_>) -> bool {
        let decision = self.classifier.as_ref().map(|Classifier(classify)| classify(outcome));
        match decision.unwrap_or(RetryDecision::Default) {
            RetryDecision::Default => outcome.is_retryable,
            RetryDecision::Retry => true,
            RetryDecision::Stop => false,
        }
    }

    pub(crate) fn retries_unavailable(&self) -> bool {
        self.retry_unavailable
    }

    /// The longest wait after that many attempts; `None` if there are no more.
    pub(crate) fn longest_wait(&self, attempts: u32) -> Option<Duration> {
        let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = self.base_delay.saturating_mul(doubled).min(self.max_delay);
        (attempts < self.attempts).then_some(wait)
    }

    /// How long to wait; `None` if the server asks for more than is permitted.
    pub(crate) fn wait(&self, jitter: Duration, retry_after: Option<Duration>) -> Option<Duration> {
        match retry_after {
            Some(asked) if asked > self.max_retry_after => None,
            // All clients that were told the same time would come back at once.
            Some(asked) => Some(asked.saturating_add(jitter)),
            None => Some(jitter),
        }
    }
}

/// Whether processing a request twice is the same as once (RFC 9110, 9.2.2).
pub(crate) fn is_idempotent(method: &Method) -> bool {
    method.is_idempotent() && *method != Method::TRACE
}

/// Whether that status says that the server did not process the request.
pub(crate) fn is_unprocessed(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
}

/// Whether the server may have processed the request that it responds to with that status.
pub(crate) fn may_have_been_processed(status: StatusCode) -> bool {
    match status.as_u16() {
        // A server that timed out may have done a part, and 499 is a proxy's word for a client that went away.
        408 | 499 => true,
        // Redirects ask for the request elsewhere, except 303, which shows the result.
        300..=302 | 304..=499 | 501 | 505 => false,
        _ => true,
    }
}

/// Whether what that status stands for often passes.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 502..=504)
}

/// The retries that the calls of a client may still make.
///
/// A retry takes from it, and a call that needs none gives a tenth of a retry back. So a server that fails for good gets hardly
/// more requests than there are calls.
#[derive(Debug)]
pub(crate) struct Budget {
    /// In tenths of a retry.
    left: AtomicU32,
    most: u32,
}

impl Budget {
    pub(crate) fn new(retries: u32) -> Self {
        let most = retries.saturating_mul(10);
        Self {
            left: AtomicU32::new(most),
            most,
        }
    }

    /// Takes a retry, if there is one.
    pub(crate) fn take(&self) -> bool {
        let take = |left: u32| left.checked_sub(10);
        self.left.fetch_update(Relaxed, Relaxed, take).is_ok()
    }

    /// Gives a tenth of a retry back.
    pub(crate) fn refill(&self) {
        let refill = |left: u32| (left < self.most).then(|| left + 1);
        // A full budget stays as it is.
        let _ = self.left.fetch_update(Relaxed, Relaxed, refill);
    }
}

/// The wait that `Retry-After` asks for: a number of seconds, or the time until an HTTP date (RFC 9110, 10.2.3).
///
/// A date is counted from the response's own `Date`, so it does not matter if the clocks of server and client differ.
pub(crate) fn retry_after(headers: &HeaderMap, clock: &Clock) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Some(seconds) = seconds(text) {
        return Some(seconds);
    }
    let read = |text: &str| httpdate::parse_http_date(text.trim()).ok();
    let date = read(text)?;
    let now = headers.get(DATE).and_then(|now| read(now.to_str().ok()?));
    // A moment that has passed asks for no wait.
    let wait = date.duration_since(now.unwrap_or_else(|| clock.date()));
    Some(rounded_up(wait.unwrap_or_default()))
}

/// A number of seconds, rounded up. RFC 9110 knows no fractions, but servers send them.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let seconds = match whole {
        "" => 0,
        // More seconds than a number holds are more than anyone waits.
        whole => whole.parse().unwrap_or(u64::MAX),
    };
    let has_fraction = fraction.bytes().any(|digit| digit != b'0');
    Some(Duration::from_secs(seconds.saturating_add(u64::from(has_fraction))))
}

fn rounded_up(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0)))
}
