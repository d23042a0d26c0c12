//! Forms with files (`multipart/form-data`): what their parts are sent as.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    build::Build,
    description::MAX_DEPTH,
    intersection::members_of,
    media_type::{is_binary, is_json, is_single, is_text},
    node::Node,
    vocabulary::{members, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        ty::{Format, Ty, TypeId},
        typedef::Kind,
    },
};

/// The media types of the parts of a form, by their names. What else the description says of how they are written is not
/// done.
pub(super) fn part_media_types<'a>(
    build: &mut Build<'a>,
    content: &'a Value,
    at: &Pointer,
    form: &Ty,
) -> Vec<(String, String)> {
    let mut media_types = Vec::new();
    if !is_object(build, form, &mut BTreeSet::new()) {
        let text = "no object, so the parts of the form have no names, and no call can be sent: describe its \
                    properties in openapi/overlay.yaml";
        build.reports.note(Rule::FormWithoutParts, &at.child("schema"), text);
    }
    let schema = content.get("schema").unwrap_or(&Value::Null);
    let object = members_of(&build.description, &Node::at(schema, at.child("schema")));
    let defaults = object.iter().flat_map(|object| &object.members).filter_map(|member| {
        let media_type = media_type_of_schema(build, &member.node)?;
        Some((member.name.clone(), media_type))
    });
    let defaults = defaults.collect::<Vec<_>>();
    let place = at.child("encoding");
    for (name, encoding) in members(content, "encoding") {
        let at = place.child(name);
        let Some(part) = part(build, form, name, &mut BTreeSet::new()) else {
            let text = "the form has no property of that name";
            build.reports.note(Rule::UnknownPart, &at, text);
            continue;
        };
        let has_default = defaults.iter().any(|(part, _)| part == name);
        let is_json_value = is_json_value(build, &part, &mut BTreeSet::new());
        let is_plain_text = *part.not_null() == Ty::Str(Format::Text) && !has_default;
        for (keyword, value) in encoding.as_object().into_iter().flatten() {
            let place = at.child(keyword);
            match (keyword.as_str(), value) {
                ("contentType", Value::String(media_type)) if is_single(media_type) => {
                    if is_json_value && !is_json(media_type) {
                        let text = format!("not written as `{media_type}`: objects are sent as `application/json`");
                        build.reports.note(Rule::PartMediaType, &place, text);
                    }
                    if is_plain_text && !is_json(media_type) && !is_text(media_type) {
                        let text =
                            "the part is text: if it is a file, give it `format: binary` in openapi/overlay.yaml";
                        build.reports.note(Rule::PossibleFile, &place, text);
                    }
                    media_types.push((name.clone(), media_type.trim().to_owned()));
                }
                ("contentType", value) => {
                    let text = "is not one type: a file is sent as what its `Upload` says, all else by its default";
                    build
                        .reports
                        .note(Rule::PartMediaType, &place, format!("{value} {text}"));
                }
                // What these mean is what is done anyway, and the last means nothing in a form with files.
                ("style", Value::String(style)) if style == "form" && !is_json_value => {}
                ("explode", Value::Bool(true)) if !is_json_value => {}
                ("allowReserved", _) => {}
                (extension, _) if extension.starts_with("x-") => {}
                (keyword, _) => {
                    let text = format!("`{keyword}` of a part is not used");
                    build.reports.note(Rule::UnusedEncoding, &place, text);
                }
            }
        }
    }
    for (name, media_type) in defaults {
        if !media_types.iter().any(|(part, _)| *part == name) {
            media_types.push((name, media_type));
        }
    }
    media_types
}

/// The media type that the schema of a part gives; its `encoding` has precedence.
fn media_type_of_schema<'a>(build: &Build<'a>, node: &Node<'a>) -> Option<String> {
    let mut node = Node::of(build.description.followed(node)?, Pointer::root());
    for _ in 0..MAX_DEPTH {
        let Some(items) = node.child("items") else { break };
        node.schema = build.description.followed(&items)?;
    }
    if node.schema.get("contentEncoding").is_some() {
        return Some("application/octet-stream".into());
    }
    let media_type = text(&node.schema, "contentMediaType")?;
    (is_binary(&node.schema) && is_single(media_type)).then(|| media_type.trim().to_owned())
}

/// Whether a type has values that are objects, which alone can be sent as a form.
fn is_object(build: &Build<'_>, ty: &Ty, seen: &mut BTreeSet<TypeId>) -> bool {
    match ty.not_null() {
        Ty::Any | Ty::Map(_) => true,
        Ty::Named(id) => match build.kind(*id) {
            Some(Kind::Struct { .. } | Kind::Union { .. }) => true,
            Some(Kind::Alias(inner)) => seen.insert(*id) && is_object(build, inner, seen),
            _ => false,
        },
        _ => false,
    }
}

/// The type of a property of a form, which may be one of several objects.
fn part(build: &Build<'_>, form: &Ty, name: &str, seen: &mut BTreeSet<TypeId>) -> Option<Ty> {
    match form.not_null() {
        // Any JSON may have any property.
        Ty::Any => Some(Ty::Any),
        Ty::Map(values) => Some((**values).clone()),
        Ty::Named(id) if seen.insert(*id) => match build.kind(*id)? {
            Kind::Struct { fields, additional, .. } => {
                let field = fields.iter().find(|field| field.wire_name == name);
                field.map(|field| &field.ty).or(additional.as_ref()).cloned()
            }
            Kind::Union { variants, .. } => variants.iter().find_map(|variant| part(build, &variant.ty, name, seen)),
            Kind::Alias(inner) => part(build, inner, name, seen),
            _ => None,
        },
        _ => None,
    }
}

/// Whether values of a type, or the items of a list of them, are written as JSON.
fn is_json_value(build: &Build<'_>, ty: &Ty, seen: &mut BTreeSet<TypeId>) -> bool {
    match ty.not_null() {
        Ty::Map(_) => true,
        Ty::List(items) => is_json_value(build, items, seen),
        Ty::Named(id) if seen.insert(*id) => match build.kind(*id) {
            Some(Kind::Struct { .. }) => true,
            Some(kind @ (Kind::Union { .. } | Kind::Tuple(_) | Kind::Alias(_))) => {
                kind.parts().into_iter().any(|part| is_json_value(build, part, seen))
            }
            _ => false,
        },
        _ => false,
    }
}
