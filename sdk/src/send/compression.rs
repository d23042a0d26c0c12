//! Decompresses what a gateway compressed though nobody asked for it.

use std::io::Read;

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};

use crate::Body;

/// Why a compressed body cannot be read.
#[derive(Debug)]
pub(super) enum Undecoded {
    TooLarge,
    Unreadable(String),
}

/// Decompresses a complete body, up to a limit in bytes, and takes the headers out that no longer hold for it.
pub(super) fn decode(headers: &mut HeaderMap, body: &mut Body, limit: usize) -> Result<(), Undecoded> {
    let Some(coding) = headers.get(CONTENT_ENCODING) else {
        return Ok(());
    };
    let coding = String::from_utf8_lossy(coding.as_bytes()).trim().to_ascii_lowercase();
    if body.as_bytes().is_empty() || matches!(coding.as_str(), "" | "identity") {
        return Ok(());
    }
    let compressed = body.as_bytes();
    let decoded = match coding.as_str() {
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(compressed), limit),
        "deflate" => read(ZlibDecoder::new(compressed), limit),
        _ => Err(None),
    };
    match decoded {
        Ok(decoded) if decoded.as_bytes().len() > limit => Err(Undecoded::TooLarge),
        Ok(decoded) => {
            *body = decoded;
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
            Ok(())
        }
        Err(error) => {
            let coding = crate::response::SingleLine(&coding).to_string();
            let reason = error.map_or("which this client cannot decompress".to_owned(), |error| {
                format!("and it cannot be decompressed: {error}")
            });
            Err(Undecoded::Unreadable(format!(
                "it is compressed though the request did not ask for it (Content-Encoding: {coding}), {reason}"
            )))
        }
    }
}

/// Reads one byte more than the limit where there is more.
fn read(mut decoder: impl Read, limit: usize) -> Result<Body, Option<std::io::Error>> {
    let most = limit.saturating_add(1);
    let mut body = Body::default();
    let mut buffer = zeroize::Zeroizing::new([0; 8 * 1024]);
    while body.as_bytes().len() < most {
        let room = buffer.len().min(most - body.as_bytes().len());
        match decoder.read(&mut buffer[..room])? {
            0 => break,
            read => body.push(&buffer[..read], most),
        }
    }
    Ok(body)
}
