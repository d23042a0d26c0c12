//! The responses of operations.

use serde_json::Value;

use super::{
    bodies::{content_type, note_untyped},
    build::Build,
    media_type::{accepted, essence, is_sendable, is_text, json_on_the_wire, others},
    openapi_keywords::{MEDIA_TYPE, RESPONSE},
    site::{Site, resolved_or},
    vocabulary::{members, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        names,
        operation::{Content, Response, Status},
        prose::one_line,
    },
};

/// The successes and failures of an operation, each in the order of their statuses.
pub(super) fn responses<'a>(
    build: &mut Build<'a>,
    site: Site<'_>,
    type_name: &str,
    operation: &'a Value,
    at: &Pointer,
) -> (Vec<Response>, Vec<Response>) {
    let at = at.child("responses");
    // OpenAPI 3.1 does not require them.
    let responses = operation.get("responses").and_then(Value::as_object);
    let Some(responses) = responses.filter(|responses| responses.keys().any(|key| !key.starts_with("x-"))) else {
        let help = format!("take the description from the vendor again, or {}", site.leave_out());
        let (message, instead) = (
            "the operation has no `responses`",
            "a call returns the body as it comes",
        );
        build.reports.strictly(Rule::NoResponses, &at, message, &help, instead);
        return (Vec::new(), Vec::new());
    };
    let instead = "its body is any bytes";
    let mut sorted = responses
        .iter()
        .filter(|(key, _)| !key.starts_with("x-"))
        .collect::<Vec<_>>();
    sorted.sort_by_key(|(key, _)| *key);
    let (mut successes, mut failures) = (Vec::<Response>::new(), Vec::<Response>::new());
    for (key, value) in sorted {
        let at = at.child(key);
        let Some(status) = status(key) else {
            let text = format!("`{key}` is no status: a response that it may mean is undocumented");
            build.reports.note(Rule::InvalidStatus, &at, text);
            build.reports.leaves_out("response");
            continue;
        };
        if successes.iter().chain(&failures).any(|known| known.status == status) {
            let text = format!("`{key}` a second time is not used");
            build.reports.note(Rule::DuplicateStatus, &at, text);
            build.reports.leaves_out("response");
            continue;
        }
        let resolved = resolved_or(&build.description, &mut build.reports, value, &at, site, instead);
        let is_success = is_success(status);
        let (line, variant) = names::status(status);
        let response = if let Some((value, at)) = resolved {
            note_unused(build, value, &at, site);
            let place = if is_success { "response" } else { &variant };
            let name = names::inline(type_name, place);
            response(build, value, &at, status, &name, site)
        } else {
            Response {
                status,
                line,
                variant,
                description: String::new(),
                content: Some(Content::Bytes("*/*".into())),
            }
        };
        if is_success {
            successes.push(response);
        } else {
            failures.push(response);
        }
    }
    // Where no success is documented, what holds for every status holds for these.
    if let (true, Some(value)) = (successes.is_empty(), responses.get("default")) {
        let at = at.child("default");
        if let Ok((value, at)) = build.description.end_of(value, &at) {
            let name = names::inline(type_name, "default");
            successes.push(response(build, value, &at, Status::Class(2), &name, site));
        }
    }
    for responses in [&mut successes, &mut failures] {
        responses.sort_by_key(|response| response.status);
    }
    (successes, failures)
}

/// Notes the parts of a response for which the client has no types.
fn note_unused<'a>(build: &mut Build<'a>, response: &'a Value, at: &Pointer, site: Site<'_>) {
    build.reports.keywords(response, at, "a response", &RESPONSE);
    for (keyword, rule) in [("headers", Rule::ResponseHeaders), ("links", Rule::ResponseLinks)] {
        let at = at.child(keyword);
        for (name, part) in members(response, keyword) {
            build.reports.unused(rule, &at, name);
            let instead = "it has no type anyway";
            resolved_or(
                &build.description,
                &mut build.reports,
                part,
                &at.child(name),
                site,
                instead,
            );
        }
    }
}

fn response<'a>(
    build: &mut Build<'a>,
    value: &'a Value,
    at: &Pointer,
    status: Status,
    name: &str,
    site: Site<'_>,
) -> Response {
    let (line, variant) = names::status(status);
    let content = if site.method == Some("head") && value.get("content").is_some() {
        let text = "a response to HEAD has no body: this is what GET would return";
        build.reports.note(Rule::UnusedKeyword, &at.child("content"), text);
        None
    } else {
        content(build, value, at, name, is_success(status))
    };
    Response {
        status,
        line,
        variant,
        description: one_line(text(value, "description").unwrap_or_default()),
        content,
    }
}

fn is_success(status: Status) -> bool {
    matches!(status, Status::Code(200..=299) | Status::Class(2))
}

fn content<'a>(
    build: &mut Build<'a>,
    response: &'a Value,
    at: &Pointer,
    name: &str,
    is_success: bool,
) -> Option<Content> {
    let content = response.get("content")?;
    let Some(content) = content.as_object() else {
        build.reports.malformed("content", at);
        return None;
    };
    let at = at.child("content");
    let (is_json, media_type, value) = accepted(content)?;
    if let Some(others) = others(content, &at, |content| Some(accepted(content)?.1)) {
        let text = format!("of its media types, the client asks for {others}");
        build.reports.note(Rule::SeveralMediaTypes, &at, text);
    }
    build
        .reports
        .keywords(value, &at.child(media_type), "a media type", &MEDIA_TYPE);
    if is_json {
        return Some(Content::Json {
            media_type: json_on_the_wire(media_type),
            ty: content_type(build, value, &at.child(media_type), name),
        });
    }
    note_untyped(build, media_type, value, &at.child(media_type));
    let asked = if is_sendable(media_type) {
        media_type.clone()
    } else {
        "*/*".into()
    };
    let is_events = essence(media_type) == "text/event-stream";
    Some(if is_success && (is_events || !is_text(media_type)) {
        Content::Stream(asked)
    } else {
        Content::Bytes(asked)
    })
}

/// The statuses that a key of `responses` stands for.
fn status(key: &str) -> Option<Status> {
    let key = key.trim();
    if key == "default" {
        return Some(Status::Default);
    }
    if let Some(class) = key.to_ascii_uppercase().strip_suffix("XX") {
        let class = class.parse().ok().filter(|class| (1..=5).contains(class));
        return class.map(Status::Class);
    }
    let is_code = |code: &u16| key.len() == 3 && (100..=599).contains(code);
    key.parse().ok().filter(is_code).map(Status::Code)
}
