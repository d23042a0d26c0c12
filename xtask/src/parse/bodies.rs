//! The bodies of requests.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    build::Build,
    description::Node,
    media_type::{Encoding, essence, is_sendable, json_on_the_wire, others, sent},
    part_media_types::part_media_types,
    request_schemas::RequestSchemas,
    site::{Site, resolved_or},
    vocabulary::{flag, is, members},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        json::Json,
        names,
        operation::{Body, Content},
        ty::Ty,
    },
};

/// The body of a request.
pub(super) fn body<'a>(
    build: &mut Build<'a>,
    schemas: &mut RequestSchemas,
    value: &'a Value,
    at: &Pointer,
    type_name: &str,
    site: Site<'_>,
) -> Option<Body> {
    let instead = "any JSON can be sent";
    let Some((body, at)) = resolved_or(&build.description, &mut build.reports, value, at, site, instead) else {
        return Some(Body {
            required: false,
            content: Content::Json {
                media_type: "application/json".into(),
                ty: Ty::Any,
            },
            schema: Some(Json::Bool(true)),
        });
    };
    let Some(content) = body.get("content").and_then(Value::as_object) else {
        build.reports.malformed("content", &at);
        return None;
    };
    let at = at.child("content");
    let name = names::inline(type_name, "body");
    let (encoding, media_type, value) = sent(content)?;
    if let Some(others) = others(content, &at, |content| Some(sent(content)?.1)) {
        let text = format!("of its media types, the client sends {others}");
        build.reports.note(Rule::SeveralMediaTypes, &at, text);
    }
    let at = at.child(media_type);
    let content = match encoding {
        Encoding::Bytes => Content::Bytes(sent_media_type(build, media_type, &at)),
        Encoding::Json => Content::Json {
            media_type: json_on_the_wire(media_type),
            ty: content_type(build, value, &at, &name),
        },
        Encoding::UrlEncoded => Content::UrlEncoded {
            ty: content_type(build, value, &at, &name),
            is_deep: members(value, "encoding").any(|(_, encoding)| is(encoding, "style", "deepObject")),
        },
        Encoding::Multipart => {
            if essence(media_type) != "multipart/form-data" {
                build
                    .reports
                    .note(Rule::MultipartSubtype, &at, "sent as `multipart/form-data`");
            }
            let ty = content_type(build, value, &at, &name);
            Content::Multipart {
                media_types: part_media_types(build, value, &at, &ty),
                ty,
            }
        }
    };
    let schema = value.get("schema").map_or(Cow::Owned(Value::Bool(true)), Cow::Borrowed);
    Some(Body {
        required: flag(body, "required"),
        schema: content.ty().map(|_| schemas.checked(&build.description, &schema)),
        content,
    })
}

/// The type of what a media type holds.
pub(super) fn content_type<'a>(build: &mut Build<'a>, value: &'a Value, at: &Pointer, name: &str) -> Ty {
    let schema = value.get("schema").map_or(Cow::Owned(Value::Bool(true)), Cow::Borrowed);
    build.ty_of(&Node::of(schema, at.child("schema")), name)
}

/// A media type that a body can be sent as: a range of them is none, nor is one that no header can carry.
fn sent_media_type(build: &mut Build<'_>, media_type: &str, at: &Pointer) -> String {
    if media_type.contains('*') || !is_sendable(media_type) {
        let text = format!("{media_type:?} is no type that a body can be sent as: bytes");
        build.reports.note(Rule::UnsendableMediaType, at, text);
        return "application/octet-stream".into();
    }
    media_type.to_owned()
}
