use std::{
    borrow::Cow,
    fmt,
    ops::{Deref, DerefMut},
    time::Duration,
};

use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION},
};
use zeroize::Zeroize as _;

use crate::{error::Context, proxy::ProxyInUse, retry};

/// A documented success: the value of type `T`, and the status and headers that it came with.
///
/// It derefs to the value, so `response.token_string` works. `Debug` prints the status and the request id alone: the
/// value and the other headers may hold what should not be in a log.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    /// What the value was decoded from.
    body: Option<Body>,
}

/// The parts of a [`Response`].
#[derive(Clone)]
#[non_exhaustive]
pub struct ResponseParts<T> {
    /// The decoded value.
    pub value: T,
    /// The status, one that is documented as a success of the operation.
    pub status: StatusCode,
    /// Every header.
    pub headers: HeaderMap,
    /// The body as it came, where the value was decoded from it.
    pub body: Option<Body>,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self {
            value,
            status,
            headers,
            body: None,
        }
    }

    pub(crate) fn with_body(self, body: Body) -> Self {
        let body = Some(body);
        Self { body, ..self }
    }

    /// The same response with another value. Not public: a method of this name would hide that of an `Option` within.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: change(self.value),
            status: self.status,
            headers: self.headers,
            body: self.body,
        }
    }

    /// Value, status, headers and body, each by itself.
    #[must_use]
    pub fn into_parts(self) -> ResponseParts<T> {
        ResponseParts {
            value: self.value,
            status: self.status,
            headers: self.headers,
            body: self.body,
        }
    }

    /// The body as it came: what the value was decoded from, also the properties that are not documented. `None` if the value is the
    /// body itself, or a stream of it. Like the value, it may hold a secret.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }

    /// The value alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status, one that the description lists as a success of the operation.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Every header of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the server calls this request in its own logs, where a header says so: quote it to support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

/// Prints what [`Response`] prints.
impl<T> fmt::Debug for ResponseParts<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseParts")
            .field("status", &self.status)
            .field("request_id", &request_id(&self.headers))
            .finish_non_exhaustive()
    }
}

/// The body of a response, as it came.
///
/// `Debug` prints its length only, since the body of a success may hold a secret; the memory is overwritten on drop.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(Vec<u8>);

impl Drop for Body {
    fn drop(&mut self) {
        // Skip empty buffers: masked stores to a dangling pointer are slow. The spare capacity has never been written.
        if !self.0.is_empty() {
            self.0.as_mut_slice().zeroize();
        }
    }
}

impl Body {
    #[cfg(feature = "mock")]
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Makes room for so many bytes more, where there will be at most `limit`. What it moves out of is overwritten.
    pub(crate) fn reserve(&mut self, more: usize, limit: usize) {
        const LARGE: usize = 1024 * 1024;
        const VERY_LARGE: usize = 16 * LARGE;

        let (needed, capacity) = (self.0.len().saturating_add(more), self.0.capacity());
        if needed > capacity {
            // While it moves it is there twice, so what is large moves seldom: memory that is not written to costs nothing.
            let least = if capacity < LARGE { 0 } else { VERY_LARGE };
            let room = capacity.saturating_mul(2).max(least).min(limit).max(needed);
            let mut larger = Self(Vec::with_capacity(room));
            larger.0.extend_from_slice(&self.0);
            *self = larger;
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8], limit: usize) {
        self.reserve(bytes.len(), limit);
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn as_vec(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, with `U+FFFD` where they are not UTF-8.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

/// The response behind an error: status, headers and body.
#[derive(Clone)]
pub(crate) struct RawResponse {
    pub(crate) context: Context,
    /// The address that was called: origin and path. A query may hold secrets.
    pub(crate) address: Box<str>,
    /// The proxy that a request without TLS went through, which may have responded in place of the server.
    pub(crate) proxy: Option<ProxyInUse>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// How many bytes of the body came before those in `body`, and are with the caller of a stream.
    pub(crate) streamed: u64,
    /// What the server asks for.
    pub(crate) retry_after: Option<Duration>,
}

impl RawResponse {
    pub(crate) fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// Whether the same call may succeed later, and cannot do the work twice.
    pub(crate) fn is_retryable(&self) -> bool {
        self.context.may_retry_after(self.status, self.retry_after.is_some())
    }

    pub(crate) fn may_have_been_processed(&self) -> bool {
        self.context.processed_before || retry::may_have_been_processed(self.status)
    }

    /// Where a redirect leads, without the query and fragment, which may hold secrets of their own.
    pub(crate) fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()?.split(['?', '#']).next()
    }

    /// `text/html, 153 bytes`: what a person wants to know of a body that is not to be printed.
    pub(crate) fn describe_body(&self) -> String {
        let length = match self.streamed.saturating_add(self.body.as_bytes().len() as u64) {
            0 => return "no body".into(),
            1 => "1 byte".into(),
            length => format!("{length} bytes"),
        };
        match self.headers.get(CONTENT_TYPE).map(|value| value.to_str()) {
            Some(Ok(content_type)) => format!("{}, {length}", SingleLine(content_type)),
            _ => length,
        }
    }
}

/// Prints what an error may show of a response: never the body, and of the headers only those on this list.
impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LOGGED_HEADERS: [&str; 5] = ["content-type", "content-length", "date", "retry-after", "server"];
        let shown = self
            .headers
            .iter()
            .filter(|(name, _)| LOGGED_HEADERS.contains(&name.as_str()) || REQUEST_ID.contains(&name.as_str()))
            .collect::<Vec<_>>();
        f.debug_struct("RawResponse")
            .field("address", &self.address)
            .field("status", &self.status)
            .field("headers", &shown)
            .field("location", &self.location())
            .field("streamed", &self.streamed)
            .field("attempts", &self.context.attempts)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// The headers in which servers and gateways name a request, the most telling first.
const REQUEST_ID: [&str; 6] = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "x-amz-cf-id",
    "cf-ray",
];

fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok().filter(|id| !id.is_empty()))
}

/// A server's words in a message of ours: one line, no control characters, no longer than a person reads.
pub(crate) struct SingleLine<'a>(pub(crate) &'a str);

impl fmt::Display for SingleLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 500;

        for (position, character) in self.0.chars().enumerate() {
            if position == LONGEST {
                return f.write_str("…");
            }
            // Line and paragraph separators break the line as control characters do; marks of direction turn it around.
            let is_format = matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
            if character.is_control() || is_format {
                write!(f, "{}", character.escape_default())?;
            } else {
                fmt::Write::write_char(f, character)?;
            }
        }
        Ok(())
    }
}
