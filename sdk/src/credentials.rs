use std::{
    error::Error as StdError,
    fmt,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use memchr::{memchr, memmem::Finder};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::Secret;

/// What percent-encoding leaves as it is: the unreserved characters of RFC 3986.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Texts that are shorter, in bytes, are no credentials of this API, and replacing them would garble an answer.
const SHORTEST: usize = 8;

/// What stands where a credential stood.
const REDACTED: &str = "[redacted]";

const ILLEGAL: &str = "the bearer token holds characters that an HTTP header cannot carry: check where it comes from";

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
pub struct Credentials(Arc<Held>);

struct Held {
    scheme: Scheme,
    token: Secret,
    /// What is made of the token, once for all calls.
    authorization: OnceLock<Result<Authorization, &'static str>>,
}

/// What a request carries, and what must not come back.
pub(crate) struct Authorization {
    /// The value of the `Authorization` header, marked as sensitive.
    pub(crate) header: HeaderValue,
    pub(crate) redactor: Redactor,
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
        Self::new(Scheme::Bearer, token.into())
    }

    /// The scheme `Basic`: sends `Authorization: Basic <base64>`, for an access token.
    ///
    /// The document declares this scheme as an API key in the `Authorization` header. What is encoded is the access
    /// token in UTF-8 alone, without a user name and without a colon.
    pub fn basic(access_token: impl Into<Secret>) -> Self {
        Self::new(Scheme::Basic, access_token.into())
    }

    fn new(scheme: Scheme, token: Secret) -> Self {
        Self(Arc::new(Held {
            scheme,
            token,
            authorization: OnceLock::new(),
        }))
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.0.scheme
    }

    /// What a request carries, or why it can carry none; the reason does not repeat the token.
    pub(crate) fn authorization(&self) -> Result<&Authorization, &'static str> {
        let authorization = self.0.authorization.get_or_init(|| self.0.authorization());
        authorization.as_ref().map_err(|reason| *reason)
    }
}

impl Held {
    fn authorization(&self) -> Result<Authorization, &'static str> {
        let token = self.token.expose_secret();
        if token.is_empty() {
            return Err("the credential is empty");
        }
        if token.trim() != token {
            return Err(
                "the credential begins or ends with white space (a line break from a file, perhaps): remove it",
            );
        }
        let begins_with = |name: &str| {
            token
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        if ["Bearer ", "Basic "].into_iter().any(begins_with) {
            return Err("the credential begins with the name of a scheme: give the token alone");
        }
        // For `Basic` it is encoded, and may hold anything.
        if self.scheme == Scheme::Bearer && !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ILLEGAL);
        }
        let text = Zeroizing::new(match self.scheme {
            Scheme::Bearer => format!("Bearer {token}"),
            Scheme::Basic => format!("Basic {}", STANDARD.encode(token)),
        });
        let mut header = HeaderValue::from_str(&text).map_err(|_| ILLEGAL)?;
        header.set_sensitive(true);
        let encoded = text.split_once(' ').map_or("", |(_, value)| value);
        let redactor = Redactor::new(token, encoded);
        Ok(Authorization { header, redactor })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0.scheme {
            Scheme::Bearer => "Bearer",
            Scheme::Basic => "Basic",
        };
        f.debug_tuple(name).field(&self.0.token).finish()
    }
}

/// Where a client has its credentials from.
#[derive(Clone, Default)]
pub(crate) enum Source {
    #[default]
    None,
    Fixed(Credentials),
    Provider(Provider),
}

/// Asked before each attempt.
pub(crate) type Provider = Arc<dyn Fn() -> Provided + Send + Sync>;

/// What a provider answers, in a while.
pub(crate) type Provided = Pin<Box<dyn Future<Output = Result<Credentials, Arc<dyn StdError + Send + Sync>>> + Send>>;

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Fixed(credentials) => credentials.fmt(f),
            Self::Provider(_) => f.write_str("Provider"),
        }
    }
}

/// Replaces a credential wherever it stands in an answer, for a server or proxy that repeats what it was sent.
#[derive(Default)]
pub(crate) struct Redactor(Vec<Finder<'static>>);

impl Redactor {
    /// Looks for the token and for what is sent of it, each as it is, percent-encoded, and with the slashes escaped that
    /// JSON may escape.
    pub(crate) fn new(token: &str, encoded: &str) -> Self {
        let mut finders = Vec::<Finder<'static>>::new();
        for text in [encoded, token] {
            let percent = utf8_percent_encode(text, UNRESERVED).to_string();
            let lower = percent.split('%').enumerate().map(|(index, part)| {
                let digits = if index == 0 { 0 } else { 2.min(part.len()) };
                let (digits, rest) = part.split_at(digits);
                format!("{}{rest}", digits.to_ascii_lowercase())
            });
            let lower = lower.collect::<Vec<_>>().join("%");
            for needle in [text.to_owned(), percent, lower, text.replace('/', "\\/")] {
                let is_new = finders.iter().all(|finder| finder.needle() != needle.as_bytes());
                if needle.len() >= SHORTEST && is_new {
                    finders.push(Finder::new(needle.as_bytes()).into_owned());
                }
            }
        }
        Self(finders)
    }

    /// Whether anything was replaced.
    pub(crate) fn redact(&self, text: &mut Vec<u8>) -> bool {
        let mut any = false;
        for finder in &self.0 {
            any |= replace(text, finder);
        }
        any
    }

    /// Whether the credential is in the text.
    pub(crate) fn finds(&self, text: &[u8]) -> bool {
        self.0.iter().any(|finder| finder.find(text).is_some())
    }

    /// The value without the credential.
    pub(crate) fn redacted(&self, value: &HeaderValue) -> HeaderValue {
        let mut text = value.as_bytes().to_vec();
        self.redact(&mut text);
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static(REDACTED))
    }

    /// As [`redact`](Self::redact), also where JSON writes a character of the credential as an escape, and where the body
    /// is cut within the credential.
    pub(crate) fn redact_body(&self, body: &mut Vec<u8>, is_whole: bool) {
        self.redact(body);
        if !is_whole {
            self.redact_end(body);
        }
        if !self.0.is_empty() && memchr(b'\\', body).is_some() {
            if let Ok(mut value) = serde_json::from_slice(body) {
                if self.redact_json(&mut value) {
                    drop(Zeroizing::new(std::mem::replace(body, value.to_string().into_bytes())));
                }
            }
        }
    }

    /// Replaces the beginning of a credential with which the body ends.
    fn redact_end(&self, body: &mut Vec<u8>) {
        let beginnings = self.0.iter().flat_map(|finder| {
            let needle = finder.needle();
            (SHORTEST..needle.len()).map(|length| &needle[..length])
        });
        let ends_with = beginnings
            .filter(|beginning| body.ends_with(beginning))
            .map(<[u8]>::len);
        if let Some(length) = ends_with.max() {
            body.truncate(body.len() - length);
            body.extend_from_slice(REDACTED.as_bytes());
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
        let mut bytes = std::mem::take(text).into_bytes();
        let any = self.redact(&mut bytes);
        // What is replaced is whole characters, by whole characters.
        *text = String::from_utf8(bytes).unwrap_or_default();
        any
    }
}

/// Whether there was anything to replace. Copies once, however often `needle` occurs: a hostile body may consist of nothing
/// else.
fn replace(text: &mut Vec<u8>, finder: &Finder<'_>) -> bool {
    if finder.find(text).is_none() {
        return false;
    }
    let mut redacted = Vec::with_capacity(text.len());
    let mut kept = 0;
    for at in finder.find_iter(text) {
        redacted.extend_from_slice(&text[kept..at]);
        redacted.extend_from_slice(REDACTED.as_bytes());
        kept = at + finder.needle().len();
    }
    redacted.extend_from_slice(&text[kept..]);
    drop(Zeroizing::new(std::mem::replace(text, redacted)));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_marked_as_sensitive() {
        for credentials in [Credentials::bearer("a-token"), Credentials::basic("a-token")] {
            assert!(
                credentials
                    .authorization()
                    .is_ok_and(|authorization| authorization.header.is_sensitive())
            );
        }
    }
}
