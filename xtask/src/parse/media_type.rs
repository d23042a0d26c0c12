//! Media types: how a body of one is written and read.

use serde_json::{Map, Value};

use super::vocabulary::text;
use crate::{input::pointer::Pointer, model::prose::code};

/// How a body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Json,
    UrlEncoded,
    Multipart,
    Bytes,
}

/// Of the media types of a body, the one that it is sent as, and how that is written.
pub(super) fn sent(content: &Map<String, Value>) -> Option<(Encoding, &String, &Value)> {
    let encodings = content.iter().map(|(media_type, value)| {
        let encoding = match essence(media_type).as_str() {
            _ if is_json(media_type) || is_json_of_any_name(media_type, value) => Encoding::Json,
            "application/x-www-form-urlencoded" => Encoding::UrlEncoded,
            essence if essence.starts_with("multipart/") => Encoding::Multipart,
            _ => Encoding::Bytes,
        };
        (encoding, media_type, value)
    });
    encodings.min_by_key(|(encoding, media_type, _)| (*encoding as u8, preference(media_type)))
}

/// Of the media types of a response, the one that is asked for, and whether it is JSON.
pub(super) fn accepted(content: &Map<String, Value>) -> Option<(bool, &String, &Value)> {
    let ranked = content.iter().map(|(media_type, value)| {
        let rank = if is_json(media_type) {
            0
        } else if is_json_of_any_name(media_type, value) {
            1
        } else {
            2
        };
        (rank, media_type, value)
    });
    let first = ranked.min_by_key(|(rank, media_type, _)| (*rank, preference(media_type)));
    first.map(|(rank, media_type, value)| (rank < 2, media_type, value))
}

/// What is said of a body with several media types, of which one is used: which ones are not, and the overlay's action after which
/// `chosen` gives another.
pub(super) fn others(
    content: &Map<String, Value>,
    at: &Pointer,
    chosen: impl for<'a> Fn(&'a Map<String, Value>) -> Option<&'a String>,
) -> Option<String> {
    let mut rest = content.clone();
    let own = chosen(content)?;
    rest.shift_remove(own);
    let next = chosen(&rest)?;
    let others = rest.keys().map(|media_type| code(media_type)).collect::<Vec<_>>();
    Some(format!(
        "{}, and not {}; for {}, leave out the former in openapi/overlay.yaml:\n- target: {}\n  description: …\n  remove: true",
        code(own),
        others.join(" or "),
        code(next),
        at.child(own).json_path()
    ))
}

/// What comes first of media types that are written alike, in whatever order the description has them.
fn preference(media_type: &str) -> (bool, &str) {
    (media_type != "application/json", media_type)
}

/// A media type without its parameters, in small letters.
pub(super) fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a media type is JSON, or one that is written in it (`application/problem+json`).
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    ["application/json", "text/json", "json"].contains(&essence.as_str()) || essence.ends_with("+json")
}

/// `*/*` counts as JSON unless its schema is a string.
fn is_json_of_any_name(media_type: &str, value: &Value) -> bool {
    let is_any = ["*/*", "application/*", "*"].contains(&essence(media_type).as_str());
    let schema = value.get("schema").and_then(Value::as_object);
    is_any && schema.is_some_and(|schema| !schema.is_empty() && schema.get("type").is_none_or(|kind| kind != "string"))
}

/// The media type of a JSON body on the wire.
pub(super) fn json_on_the_wire(media_type: &str) -> String {
    if is_sendable(media_type) && media_type.contains('/') && !media_type.contains('*') {
        media_type.to_owned()
    } else {
        "application/json".into()
    }
}

/// Whether a media type is text.
pub(super) fn is_text(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("xml") || essence.starts_with("text/")
}

/// Whether a header can carry it.
pub(super) fn is_sendable(media_type: &str) -> bool {
    media_type.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// Whether it is one media type, as a part of a form can be sent as, and not a list or a range of them.
pub(super) fn is_single(media_type: &str) -> bool {
    let essence = essence(media_type);
    is_sendable(media_type) && essence.contains('/') && !essence.contains('*') && !media_type.contains(',')
}

/// Whether a schema is that of bytes: not JSON or text by `contentMediaType`, and not written as text by `contentEncoding`.
pub(super) fn is_binary(schema: &Value) -> bool {
    match text(schema, "type") {
        Some("file") => true,
        Some("string") | None => {
            let is_bytes = |media_type: &str| !is_json(media_type) && !is_text(media_type);
            text(schema, "format") == Some("binary")
                || text(schema, "contentEncoding").is_none() && text(schema, "contentMediaType").is_some_and(is_bytes)
        }
        Some(_) => false,
    }
}
