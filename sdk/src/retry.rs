use std::time::Duration;

use chrono::{
    DateTime, Utc,
    format::{self, Fixed, Item, Numeric, Pad, Parsed},
};
use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};

use crate::surroundings::Surroundings;

/// How often a call is repeated, and how long it waits in between.
///
/// What is repeated is not a matter of policy: only what certainly was not carried out, or may be carried out twice.
///
/// | | `GET`, `HEAD`, `PUT`, `DELETE`, `OPTIONS` | other methods |
/// |---|---|---|
/// | no connection (refused, unknown host, TLS) | repeated | repeated |
/// | 429, or 503 with `Retry-After` | repeated | repeated |
/// | 408, 502, 503, 504 | repeated | not |
/// | a broken connection, or an attempt out of time | repeated | not |
/// | any other answer | not | not |
///
/// Before each repetition there is a wait of random length (full jitter), up to a limit that doubles each time. A
/// `Retry-After`, in seconds or as a date, is waited for; if it is longer than
/// [`max_retry_after`](Self::max_retry_after), or than what is left of the call's
/// [`timeout`](crate::ClientBuilder::timeout), the answer is returned as it is, and
/// [`Error::retry_after`](crate::Error::retry_after) has the time. A body that is a stream is sent once.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

/// Three attempts, the first wait at most 0.5 seconds, no wait longer than 8 seconds, a `Retry-After` of at most 60.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// One attempt: nothing is repeated.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a request is sent at most, the first time included; 3 by default. 0 is taken for 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The longest wait before the second attempt, 0.5 seconds by default. It doubles with each attempt.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest wait before any attempt that the server says nothing of, 8 seconds by default.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest `Retry-After` that is waited for, 60 seconds by default. If the server asks for more, the call ends.
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// The longest wait after that many attempts; `None` if there is to be no other.
    pub(crate) fn longest_wait(self, attempts: u32) -> Option<Duration> {
        let doubled = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = self.base_delay.saturating_mul(doubled).min(self.max_delay);
        (attempts < self.attempts).then_some(wait)
    }

    /// How long to wait; `None` if the server asks for more than is permitted.
    pub(crate) fn wait(self, jittered: Duration, retry_after: Option<Duration>) -> Option<Duration> {
        match retry_after {
            Some(asked) if asked > self.max_retry_after => None,
            Some(asked) => Some(asked.max(jittered)),
            None => Some(jittered),
        }
    }
}

/// Whether the same request may be sent again when its answer is missing or incomplete.
pub(crate) fn after_break(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS].contains(method)
}

/// Whether that answer says that the request was not carried out.
pub(crate) fn is_refusal(status: StatusCode, has_retry_after: bool) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || (status == StatusCode::SERVICE_UNAVAILABLE && has_retry_after)
}

/// Whether the same request may be sent again after that answer: it was not carried out, or may be carried out twice.
pub(crate) fn after_answer(method: &Method, status: StatusCode, has_retry_after: bool) -> bool {
    is_refusal(status, has_retry_after) || (matches!(status.as_u16(), 408 | 502..=504) && after_break(method))
}

/// The first of the two older forms of a date: `Sunday, 06-Nov-94 08:49:37 GMT`.
///
/// They are given in parts, and not as texts like `%A`: what reads such texts is no small part of a program.
const RFC_850: &[Item<'_>] = &[
    Item::Fixed(Fixed::LongWeekdayName),
    Item::Literal(", "),
    Item::Numeric(Numeric::Day, Pad::Zero),
    Item::Literal("-"),
    Item::Fixed(Fixed::ShortMonthName),
    Item::Literal("-"),
    Item::Numeric(Numeric::YearMod100, Pad::Zero),
    Item::Space(" "),
    Item::Numeric(Numeric::Hour, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Minute, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Second, Pad::Zero),
    Item::Literal(" GMT"),
];

/// The second: `Sun Nov  6 08:49:37 1994`.
const ASCTIME: &[Item<'_>] = &[
    Item::Fixed(Fixed::ShortWeekdayName),
    Item::Space(" "),
    Item::Fixed(Fixed::ShortMonthName),
    Item::Space(" "),
    Item::Numeric(Numeric::Day, Pad::Space),
    Item::Space(" "),
    Item::Numeric(Numeric::Hour, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Minute, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Second, Pad::Zero),
    Item::Space(" "),
    Item::Numeric(Numeric::Year, Pad::Zero),
];

fn read_date(text: &str, form: &[Item<'_>]) -> Option<DateTime<Utc>> {
    let mut parsed = Parsed::new();
    format::parse(&mut parsed, text, form.iter()).ok()?;
    Some(parsed.to_naive_datetime_with_offset(0).ok()?.and_utc())
}

/// What `Retry-After` asks for: a number of seconds, or the time until a date of HTTP in any of its three forms
/// (RFC 9110, section 5.6.7).
pub(crate) fn retry_after(headers: &HeaderMap, surroundings: &Surroundings) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than a number holds are for ever.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = DateTime::parse_from_rfc2822(text).map(|date| date.to_utc()).ok();
    let date = date.or_else(|| [RFC_850, ASCTIME].into_iter().find_map(|form| read_date(text, form)))?;
    // A moment that has passed asks for no wait.
    let wait = date - DateTime::<Utc>::from(surroundings.date());
    let wait = wait.to_std().unwrap_or_default();
    // The date has no fractions, and a wait is not to end before it.
    Some(Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)))
}
