//! Recognizes what a gateway compressed though nobody asked for it.
//!
//! Decompression would be five crates more for every application, so the error says what the body is, and has its bytes.

use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::{Body, response::SingleLine};

/// Says why a body cannot be read, if it is compressed.
pub(super) fn check(headers: &HeaderMap, body: &Body) -> Result<(), String> {
    let Some(coding) = headers.get(CONTENT_ENCODING).filter(|_| !body.as_bytes().is_empty()) else {
        return Ok(());
    };
    let coding = String::from_utf8_lossy(coding.as_bytes());
    let coding = coding.trim();
    if coding.is_empty() || coding.eq_ignore_ascii_case("identity") {
        return Ok(());
    }
    Err(format!(
        "it is compressed (Content-Encoding: {}), though the request did not ask for it: decompress it yourself, or give a \
         client that does with `reqwest_client`",
        SingleLine(coding)
    ))
}
