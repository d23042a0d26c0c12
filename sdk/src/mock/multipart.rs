//! The parts of `multipart/form-data`, as they are received.

use super::{
    parsed_request::essence,
    wire::{Form, WireValue, plain},
};
use crate::Upload;

/// The parts of `multipart/form-data`, or why it is none.
pub(crate) fn parts(media_type: &str, body: &[u8]) -> Result<Vec<(String, WireValue)>, String> {
    let boundary = media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"'))
    });
    let boundary = boundary.ok_or("`Content-Type` has no `boundary`")?;
    // Each part begins after the line break before its boundary, which the first one may lack.
    let whole = [b"\r\n", body].concat();
    let separator = format!("\r\n--{boundary}");
    let mut rest = whole.as_slice();
    let mut parts = Vec::new();
    let mut is_first = true;
    loop {
        let Some(at) = memchr::memmem::find(rest, separator.as_bytes()) else {
            return Err("the last boundary of the form is missing".into());
        };
        if !is_first {
            parts.push(part(&rest[..at])?);
        }
        is_first = false;
        rest = &rest[at + separator.len()..];
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
    }
}

fn part(part: &[u8]) -> Result<(String, WireValue), String> {
    let at = memchr::memmem::find(part, b"\r\n\r\n").ok_or("a part of the form has no end of its headers")?;
    let (head, content) = (String::from_utf8_lossy(&part[..at]), &part[at + 4..]);
    let headers = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let mut headers = headers.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()));
    let mut disposition = "";
    let mut media_type = None;
    for (name, value) in &mut headers {
        match name.as_str() {
            "content-disposition" => disposition = value,
            "content-type" => media_type = Some(value.to_owned()),
            _ => {}
        }
    }
    let name = quoted(disposition, "name").ok_or("a part of the form has no name")?;
    let text = |text: String| WireValue::text(text, plain, Form::Item);
    if let Some(file_name) = quoted(disposition, "filename") {
        let media_type = media_type.unwrap_or_else(|| "application/octet-stream".into());
        return Ok((name, text(Upload::received(content, &file_name, &media_type))));
    }
    let content = String::from_utf8_lossy(content);
    let is_json = media_type.is_some_and(|media_type| essence(&media_type).ends_with("json"));
    let json = is_json.then(|| WireValue::json(&content).ok()).flatten();
    let value = json.map(|json| WireValue::Part(Box::new(json)));
    Ok((name, value.unwrap_or_else(|| text(content.into_owned()))))
}

/// The value of a parameter in quotes, in which `%22`, `%0D` and `%0A` stand for what would end it.
fn quoted(disposition: &str, name: &str) -> Option<String> {
    let start = format!("; {name}=\"");
    let (_, value) = disposition.split_once(&start)?;
    let value = value.split('"').next().unwrap_or_default();
    Some(value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}
