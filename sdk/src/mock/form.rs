//! Forms, as they are received.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::{document::essence, read::Node};
use crate::Upload;

/// The fields of `application/x-www-form-urlencoded`, or of a query: the name of each, and what is written for it, still encoded.
pub(crate) fn pairs(written: &str) -> Vec<(String, String)> {
    let pairs = written.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, text)| (decoded(name), text.to_owned())).collect()
}

/// What a text of a form, or of a query, stands for.
pub(crate) fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// What was written for each name.
pub(crate) fn flat(fields: impl Iterator<Item = (String, Node)>) -> BTreeMap<String, Node> {
    let mut members = BTreeMap::new();
    for (name, node) in fields {
        node.add(&mut members, name);
    }
    members
}

/// What was written for each name, where a property of an object is written as `name[property]`.
pub(crate) fn nested(fields: impl Iterator<Item = (String, Node)>) -> BTreeMap<String, Node> {
    let mut members = BTreeMap::new();
    for (name, node) in fields {
        let mut steps = name.split('[').map(|step| step.strip_suffix(']').unwrap_or(step));
        let first = steps.next().unwrap_or_default().to_owned();
        put(&mut members, first, &steps.map(str::to_owned).collect::<Vec<_>>(), node);
    }
    members
}

fn put(members: &mut BTreeMap<String, Node>, name: String, steps: &[String], node: Node) {
    let Some((next, rest)) = steps.split_first() else {
        return node.add(members, name);
    };
    let mut inner = match members.remove(&name) {
        Some(Node::Map(inner)) => inner,
        _ => BTreeMap::new(),
    };
    put(&mut inner, next.clone(), rest, node);
    members.insert(name, Node::Map(inner));
}

/// The parts of `multipart/form-data`, or why it is none.
pub(crate) fn parts(media_type: &str, body: &[u8]) -> Result<Vec<(String, Node)>, String> {
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

fn part(part: &[u8]) -> Result<(String, Node), String> {
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
    if let Some(file_name) = quoted(disposition, "filename") {
        let media_type = media_type.unwrap_or_else(|| "application/octet-stream".into());
        let upload = Upload::received(content, &file_name, &media_type);
        return Ok((name, Node::Text(upload)));
    }
    let is_json = media_type.is_some_and(|media_type| essence(&media_type).ends_with("json"));
    let json = if is_json {
        serde_json::from_slice(content).ok()
    } else {
        None
    };
    let text = || Node::Text(String::from_utf8_lossy(content).into_owned());
    Ok((name, json.map_or_else(text, Node::Part)))
}

/// The value of a parameter in quotes, in which `%22`, `%0D` and `%0A` stand for what would end it.
fn quoted(disposition: &str, name: &str) -> Option<String> {
    let start = format!("; {name}=\"");
    let (_, value) = disposition.split_once(&start)?;
    let value = value.split('"').next().unwrap_or_default();
    Some(value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}
