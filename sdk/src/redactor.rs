//! Takes credentials out of what a server sends.

use memchr::{memchr, memmem::Finder};
use percent_encoding::utf8_percent_encode;
use reqwest::header::HeaderValue;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::endpoint::UNRESERVED;

/// Texts that are shorter, in bytes, are no credentials of this API, and replacing them would garble a response.
const SHORTEST: usize = 8;

/// What stands where a credential stood.
const REDACTED: &str = "[redacted]";

/// Replaces a credential wherever it stands in a response, for a server or proxy that repeats what it was sent.
#[derive(Default)]
pub(crate) struct Redactor {
    finders: Vec<Finder<'static>>,
    /// The length of the shortest that they look for: most headers are shorter.
    shortest: usize,
}

impl Redactor {
    /// Looks for each text as it is, percent-encoded, and with the slashes escaped that JSON may escape.
    pub(crate) fn new(texts: &[&str]) -> Self {
        let mut finders = Vec::<Finder<'static>>::new();
        for text in texts {
            let percent = utf8_percent_encode(text, UNRESERVED).to_string();
            let lower = percent.split('%').enumerate().map(|(index, part)| {
                let digits = if index == 0 { 0 } else { 2.min(part.len()) };
                let (digits, rest) = part.split_at(digits);
                format!("{}{rest}", digits.to_ascii_lowercase())
            });
            let lower = lower.collect::<Vec<_>>().join("%");
            for needle in [(*text).to_owned(), percent, lower, text.replace('/', "\\/")] {
                let is_new = finders.iter().all(|finder| finder.needle() != needle.as_bytes());
                if needle.len() >= SHORTEST && is_new {
                    finders.push(Finder::new(needle.as_bytes()).into_owned());
                }
            }
        }
        let shortest = finders.iter().map(|finder| finder.needle().len()).min();
        Self {
            finders,
            shortest: shortest.unwrap_or_default(),
        }
    }

    /// Whether anything was replaced.
    pub(crate) fn redact(&self, text: &mut Vec<u8>) -> bool {
        let mut any = false;
        for finder in &self.finders {
            any |= replace(text, finder);
        }
        any
    }

    /// Whether the credential is in the text.
    pub(crate) fn finds(&self, text: &[u8]) -> bool {
        text.len() >= self.shortest && self.finders.iter().any(|finder| finder.find(text).is_some())
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
        if !self.finders.is_empty() && memchr(b'\\', body).is_some() {
            if let Ok(mut value) = serde_json::from_slice(body) {
                if self.redact_json(&mut value) {
                    drop(Zeroizing::new(std::mem::replace(body, value.to_string().into_bytes())));
                }
            }
        }
    }

    /// Replaces the beginning of a credential with which the body ends.
    fn redact_end(&self, body: &mut Vec<u8>) {
        let beginnings = self.finders.iter().flat_map(|finder| {
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
