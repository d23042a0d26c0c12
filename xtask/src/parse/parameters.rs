//! Parameters.

use serde_json::Value;

use super::{
    build::Build,
    description::Node,
    docs::doc_text,
    paths,
    request_schemas::RequestSchemas,
    site::{Site, resolved_or, unknown, unknown_optional},
    vocabulary::{flag, list, members, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        json::Json,
        names,
        operation::{Parameter, ParameterStyle},
        prose::{code, prose},
        ty::{Format, Ty},
    },
};

/// The headers that the client sets itself.
const CLIENT_HEADERS: [&str; 5] = ["accept", "authorization", "content-type", "content-length", "host"];

/// The parameters of the operation and of its path, and the path with the query that it always has.
pub(super) fn parameters<'a>(
    build: &mut Build<'a>,
    schemas: &mut RequestSchemas,
    site: Site<'_>,
    type_name: &str,
    operation: &'a Value,
    item: (&'a Value, &Pointer),
    at: &Pointer,
) -> (Vec<Parameter>, String) {
    let listed = |value: &'a Value, at: &Pointer| {
        let at = at.child("parameters");
        let list = list(value, "parameters").iter().enumerate();
        list.map(|(index, parameter)| (parameter, at.child(index)))
            .collect::<Vec<_>>()
    };
    let (item, item_at) = item;
    for (value, at) in [(operation, at), (item, item_at)] {
        if value.get("parameters").is_some_and(|parameters| !parameters.is_array()) {
            build.reports.malformed("parameters", at);
        }
    }
    let mut described = Vec::<(&Value, Pointer, &str, &str)>::new();
    for (parameter, at) in listed(operation, at).into_iter().chain(listed(item, item_at)) {
        let left_out = "the parameter is left out";
        let resolved = resolved_or(&build.description, &mut build.reports, parameter, &at, site, left_out);
        let Some((value, at)) = resolved else {
            build.reports.leaves_out("parameter");
            continue;
        };
        let (Some(name), Some(place)) = (text(value, "name"), text(value, "in")) else {
            let text = "a parameter without `name` or `in` is not used";
            build.reports.note(Rule::IncompleteParameter, &at, text);
            build.reports.leaves_out("parameter");
            continue;
        };
        // An operation's own parameter overrides its path's of that name and place.
        let mut others = described.iter();
        if !others.any(|(.., other, other_place)| (*other, *other_place) == (name, place)) {
            described.push((value, at, name, place));
        }
    }
    let in_query = described.iter().filter(|(.., place)| *place == "query");
    let path = paths::sent(site.path, &in_query.map(|(_, _, name, _)| *name).collect::<Vec<_>>());
    let mut parameters = Vec::<Parameter>::new();
    for (value, at, name, place) in described {
        if place == "query" && paths::fixes(&path, name) {
            let text = format!("the path has a value for `{name}` already, so this is not used");
            build.reports.note(Rule::UnusualPath, &at, text);
            continue;
        }
        let Some(style) = style(build, value, name, &at, site, &path) else {
            continue;
        };
        let parameter = self::parameter(
            build,
            schemas,
            &Node::at(value, at),
            name,
            style,
            type_name,
            &parameters,
        );
        parameters.push(parameter);
    }
    for missing in names::path_parameters(&path) {
        let is_named = |parameter: &Parameter| parameter.name == missing && parameter.style.is_path();
        if !parameters.iter().any(is_named) {
            let text = format!("the path has `{{{missing}}}`, and no parameter describes it: a string");
            build.reports.note(Rule::UndescribedPathParameter, at, text);
            parameters.push(Parameter {
                name: missing.into(),
                ident: names::parameter(missing, &idents(&parameters)),
                style: ParameterStyle::Path,
                required: true,
                doc: format!(
                    "The part {} of the path, of which the document says nothing.",
                    code(missing)
                ),
                ty: Ty::Str(Format::Text),
                schema: Json::Object(vec![("type".into(), Json::String("string".into()))]),
            });
        }
    }
    (parameters, path)
}

/// Where a parameter is sent, and how it is written there; `None` if it is not.
fn style(
    build: &mut Build<'_>,
    parameter: &Value,
    name: &str,
    at: &Pointer,
    site: Site<'_>,
    path: &str,
) -> Option<ParameterStyle> {
    let reports = &mut build.reports;
    let in_path = names::path_parameters(path).any(|named| named == name);
    let has_content = members(parameter, "content").next().is_some();
    let is_joined = parameter.get("explode") == Some(&Value::Bool(false));
    let style = match (text(parameter, "in").unwrap_or_default(), text(parameter, "style")) {
        ("path", _) if !in_path => {
            let text = format!("the path has no `{{{name}}}`, so this is not used");
            reports.note(Rule::UnusedPathParameter, at, text);
            reports.leaves_out("parameter");
            return None;
        }
        ("query", _) if has_content => ParameterStyle::QueryJson,
        ("path", None | Some("simple" | "form")) if flag(parameter, "allowReserved") => ParameterStyle::PathTail,
        ("path", None | Some("simple" | "form")) => ParameterStyle::Path,
        ("path", Some("label")) => ParameterStyle::PathLabel,
        ("path", Some("matrix")) => ParameterStyle::PathMatrix,
        ("query", None | Some("form" | "simple")) if is_joined => ParameterStyle::QueryJoined,
        ("query", None | Some("form" | "simple")) => ParameterStyle::Query,
        ("query", Some("spaceDelimited")) => ParameterStyle::QuerySpaced,
        ("query", Some("pipeDelimited")) => ParameterStyle::QueryPiped,
        ("query", Some("deepObject")) => ParameterStyle::QueryDeep,
        ("header", _) => ParameterStyle::Header,
        ("cookie", _) => ParameterStyle::Cookie,
        (place, style) => {
            let style = style.unwrap_or("default");
            let what = format!("a parameter in `{place}` of the style `{style}`");
            if flag(parameter, "required") {
                unknown(reports, at, &what, site);
            } else {
                unknown_optional(reports, at, &what, site);
                reports.leaves_out("parameter");
            }
            return None;
        }
    };
    if style == ParameterStyle::Header {
        if CLIENT_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            let text = format!("the client sets the header `{name}` itself");
            reports.note(Rule::ReservedHeader, at, text);
            return None;
        }
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            let text = format!("{name:?} cannot be the name of a header, so this is not used");
            reports.note(Rule::InvalidHeaderName, at, text);
            reports.leaves_out("parameter");
            return None;
        }
    }
    Some(style)
}

fn parameter<'a>(
    build: &mut Build<'a>,
    schemas: &mut RequestSchemas,
    node: &Node<'a>,
    name: &str,
    style: ParameterStyle,
    type_name: &str,
    others: &[Parameter],
) -> Parameter {
    let value = &node.schema;
    let media_type = members(value, "content")
        .next()
        .map(|(media_type, _)| media_type.clone());
    let schema = match media_type {
        Some(media_type) => {
            let content = node.child("content").and_then(|content| content.child(&media_type));
            content.and_then(|content| content.child("schema"))
        }
        None => node.child("schema"),
    };
    let is_described = schema.is_some();
    let schema = schema.unwrap_or_else(|| Node::any(node.at.child("schema")));
    if !is_described {
        let text = "a parameter without a schema: any JSON is taken";
        build.reports.note(Rule::ParameterWithoutSchema, &node.at, text);
    }
    let ident = names::parameter(name, &idents(others));
    let ty = build.ty_of(&schema, &names::inline(type_name, &ident));
    let description = text(value, "description").filter(|text| !text.trim().is_empty());
    let fallback = || doc_text(&schema.schema, &format!("The parameter {}.", code(name)));
    Parameter {
        name: name.into(),
        doc: description.map_or_else(fallback, prose),
        required: style.is_path() || flag(value, "required"),
        ident,
        style,
        ty,
        schema: schemas.checked(&build.description, &schema.schema),
    }
}

fn idents(parameters: &[Parameter]) -> Vec<&str> {
    parameters.iter().map(|parameter| parameter.ident.as_str()).collect()
}
