use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{BuildError, Secret};

/// What percent-encoding leaves as it is: the unreserved characters of RFC 3986.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stands where a credential stood.
const REDACTED: &str = "[redacted]";

/// How a [`Client`](crate::Client) proves who it is: one of the two security schemes of the API's document.
///
/// Both are sent in the `Authorization` header, to the configured endpoint only (the SDK's own HTTP client follows no
/// redirect), and only by operations that the document secures. Neither `Debug` nor any error prints them.
///
/// # Examples
///
/// ```
/// use askui_workspaces::Credentials;
///
/// let credentials = Credentials::basic("an access token");
/// assert_eq!(format!("{credentials:?}"), "Basic([redacted])");
/// ```
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    Bearer(Secret),
    Basic(Secret),
}

/// A security scheme of the document, as generated code names it (`#/components/securitySchemes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    Basic,
}

impl Credentials {
    /// The scheme `Bearer`: sends `Authorization: Bearer <token>`.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self(Kind::Bearer(token.into()))
    }

    /// The scheme `Basic`: sends `Authorization: Basic <base64>`, for an access token.
    ///
    /// The document declares this scheme as an API key in the `Authorization` header. What is encoded is the access
    /// token in UTF-8 alone, without a user name and without a colon.
    pub fn basic(access_token: impl Into<Secret>) -> Self {
        Self(Kind::Basic(access_token.into()))
    }

    pub(crate) fn scheme(&self) -> Scheme {
        match self.0 {
            Kind::Bearer(_) => Scheme::Bearer,
            Kind::Basic(_) => Scheme::Basic,
        }
    }

    /// The value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self) -> Result<HeaderValue, BuildError> {
        let token = self.token();
        if token.is_empty() {
            return Err(BuildError::new("the credential is empty"));
        }
        if token.trim() != token {
            return Err(BuildError::new(
                "the credential begins or ends with white space (a line break from a file, perhaps): remove it",
            ));
        }
        let mut header = HeaderValue::from_str(&self.header_text()).map_err(|_| {
            BuildError::new(
                "the bearer token holds characters that an HTTP header cannot carry: check where it comes from",
            )
        })?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn token(&self) -> &str {
        match &self.0 {
            Kind::Bearer(token) | Kind::Basic(token) => token.expose_secret(),
        }
    }

    fn header_text(&self) -> Zeroizing<String> {
        Zeroizing::new(match &self.0 {
            Kind::Bearer(token) => format!("Bearer {}", token.expose_secret()),
            Kind::Basic(token) => format!("Basic {}", STANDARD.encode(token.expose_secret())),
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bearer(token) => f.debug_tuple("Bearer").field(token).finish(),
            Kind::Basic(token) => f.debug_tuple("Basic").field(token).finish(),
        }
    }
}

/// Replaces a credential wherever it stands in an answer, for a server or proxy that repeats what it was sent.
#[derive(Default)]
pub(crate) struct Redactor(Vec<Zeroizing<String>>);

impl Redactor {
    /// Looks for the token and its base64, each as it is and percent-encoded.
    pub(crate) fn new(credentials: &Credentials) -> Self {
        // Short texts are no credentials of this API, and replacing them would garble an answer.
        const SHORTEST: usize = 8;

        let header = credentials.header_text();
        let encoded = header.split_once(' ').map_or("", |(_, value)| value);
        let mut needles = Vec::<Zeroizing<String>>::new();
        for text in [encoded, credentials.token()] {
            let percent = utf8_percent_encode(text, UNRESERVED).to_string();
            let lower = percent.split('%').enumerate().map(|(index, part)| {
                let digits = if index == 0 { 0 } else { 2.min(part.len()) };
                let (digits, rest) = part.split_at(digits);
                format!("{}{rest}", digits.to_ascii_lowercase())
            });
            let lower = lower.collect::<Vec<_>>().join("%");
            for needle in [text.to_owned(), percent, lower].map(Zeroizing::new) {
                if needle.len() >= SHORTEST && !needles.contains(&needle) {
                    needles.push(needle);
                }
            }
        }
        Self(needles)
    }

    pub(crate) fn redact(&self, text: &mut Vec<u8>) {
        for needle in &self.0 {
            replace(text, needle.as_bytes());
        }
    }

    /// As [`redact`](Self::redact), also where JSON writes a character of the credential as an escape.
    pub(crate) fn redact_body(&self, body: &mut Vec<u8>) {
        self.redact(body);
        if !self.0.is_empty() && body.contains(&b'\\') {
            if let Ok(mut value) = serde_json::from_slice(body) {
                if self.redact_json(&mut value) {
                    *body = value.to_string().into_bytes();
                }
            }
        }
    }

    /// Whether anything was replaced.
    fn redact_json(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => self.redact_text(text),
            Value::Array(items) => items.iter_mut().fold(false, |any, item| self.redact_json(item) | any),
            Value::Object(properties) => {
                let mut any = false;
                for (mut name, mut value) in std::mem::take(properties) {
                    any |= self.redact_text(&mut name) | self.redact_json(&mut value);
                    properties.insert(name, value);
                }
                any
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn redact_text(&self, text: &mut String) -> bool {
        let mut any = false;
        for needle in &self.0 {
            if text.contains(needle.as_str()) {
                *text = text.replace(needle.as_str(), REDACTED);
                any = true;
            }
        }
        any
    }
}

/// Copies once, however often `needle` occurs: a hostile body may consist of nothing else.
fn replace(text: &mut Vec<u8>, needle: &[u8]) {
    if find(text, needle).is_none() {
        return;
    }
    let old = Zeroizing::new(std::mem::take(text));
    let mut rest = old.as_slice();
    while let Some(at) = find(rest, needle) {
        text.extend_from_slice(&rest[..at]);
        text.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[at + needle.len()..];
    }
    text.extend_from_slice(rest);
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
