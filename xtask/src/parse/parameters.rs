//! Parameters.

use serde_json::Value;

use super::{
    build::Build,
    docs::{DEPRECATED, doc},
    headers::is_set_by_clients,
    media_type::{is_json, is_text},
    node::Node,
    openapi_keywords::PARAMETER,
    paths,
    site::{Site, resolved_or, unknown, unknown_optional},
    vocabulary::{flag, has_items, has_properties, is, list, members, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        names,
        operation::{Parameter, ParameterStyle},
        prose::{code, prose},
        rules::Rules,
        ty::{Format, Ty},
    },
};

/// The parameters of the operation and of its path, and the path with the query that it always has.
pub(super) fn parameters<'a>(
    build: &mut Build<'a>,
    site: Site<'_>,
    type_name: &str,
    operation: &'a Value,
    item: (&'a Value, &Pointer),
    at: &Pointer,
) -> (Vec<Parameter>, String) {
    let described = described(build, site, (operation, at), item);
    let in_query = described.iter().filter(|(.., place)| *place == "query");
    let path = paths::sent(site.path, &in_query.map(|(_, _, name, _)| *name).collect::<Vec<_>>());
    let in_path = described.iter().filter(|(.., place)| *place == "path");
    let (path, templates) = paths::templates(&path, &in_path.map(|(_, _, name, _)| *name).collect::<Vec<_>>());
    for template in &templates {
        let slashes = if template.has_slashes {
            ", whose slashes are kept"
        } else {
            ""
        };
        let (written, name) = (code(&format!("{{{}}}", template.written)), code(&template.name));
        let text = format!("{written} is more than a name in braces: the parameter {name}{slashes}");
        build.reports.note(Rule::UnusualPath, item.1, text);
    }
    let has_slashes = |name: &str| {
        templates
            .iter()
            .any(|template| template.name == name && template.has_slashes)
    };
    let mut parameters = Vec::<Parameter>::new();
    for (value, at, name, place) in described {
        if place == "query" && paths::fixes(&path, name) {
            let text = format!("the path has a value for `{name}` already, so this is not used");
            build.reports.note(Rule::UnusualPath, &at, text);
            continue;
        }
        let Some(mut style) = style(build, value, name, &at, site, &path) else {
            continue;
        };
        if style == ParameterStyle::Path && has_slashes(name) {
            style = ParameterStyle::PathTail;
        }
        let parameter = self::parameter(build, &Node::at(value, at), name, style, type_name, &parameters);
        parameters.push(parameter);
    }
    for missing in names::path_parameters(&path) {
        let is_named = |parameter: &Parameter| parameter.name == missing && parameter.style.is_path();
        if !parameters.iter().any(is_named) {
            let text = format!("the path has `{{{missing}}}`, and no parameter describes it: a string");
            build.reports.note(Rule::UndescribedPathParameter, at, text);
            parameters.push(Parameter {
                rules: Rules::default(),
                name: missing.into(),
                ident: names::parameter(missing, &idents(&parameters)),
                style: if has_slashes(missing) {
                    ParameterStyle::PathTail
                } else {
                    ParameterStyle::Path
                },
                required: true,
                doc: format!(
                    "The part {} of the path, of which the description says nothing.",
                    code(missing)
                ),
                ty: Ty::Str(Format::Text),
            });
        }
    }
    (parameters, path)
}

/// A parameter, where it stands, its name, and its place in a request.
type Described<'a> = (&'a Value, Pointer, &'a str, &'a str);

/// The parameters that the operation and its path describe, each once.
fn described<'a>(
    build: &mut Build<'a>,
    site: Site<'_>,
    (operation, at): (&'a Value, &Pointer),
    (item, item_at): (&'a Value, &Pointer),
) -> Vec<Described<'a>> {
    let listed = |value: &'a Value, at: &Pointer| {
        let at = at.child("parameters");
        let list = list(value, "parameters").iter().enumerate();
        list.map(|(index, parameter)| (parameter, at.child(index)))
            .collect::<Vec<_>>()
    };
    for (value, at) in [(operation, at), (item, item_at)] {
        if value.get("parameters").is_some_and(|parameters| !parameters.is_array()) {
            build.reports.malformed("parameters", at);
        }
    }
    let mut described = Vec::<Described<'a>>::new();
    let mut lists = Vec::<Pointer>::new();
    for (parameter, at) in listed(operation, at).into_iter().chain(listed(item, item_at)) {
        let list = at.parent().unwrap_or_default();
        let left_out = "the parameter is left out";
        let resolved = resolved_or(&build.description, &mut build.reports, parameter, &at, site, left_out);
        let Some((value, at)) = resolved else {
            build.reports.leaves_out("parameter");
            continue;
        };
        let name = text(value, "name").filter(|name| !name.is_empty());
        let (Some(name), Some(place)) = (name, text(value, "in")) else {
            let text = "a parameter without `name` or `in` is not used";
            build.reports.note(Rule::IncompleteParameter, &at, text);
            build.reports.leaves_out("parameter");
            continue;
        };
        // An operation's own parameter overrides its path's of that name and place.
        let mut others = described.iter().zip(&lists);
        let overridden = others.find(|((.., other, other_place), _)| {
            let is_same = if place == "header" {
                other.eq_ignore_ascii_case(name)
            } else {
                *other == name
            };
            is_same && *other_place == place
        });
        match overridden {
            None => {
                described.push((value, at, name, place));
                lists.push(list);
            }
            Some((_, other)) if *other == list => {
                let text = format!("{} in the {place} a second time: the first one is used", code(name));
                build.reports.note(Rule::DuplicateParameter, &at, text);
                build.reports.leaves_out("parameter");
            }
            Some(_) => {}
        }
    }
    described
}

/// Where a parameter is sent, and how it is written there; `None` if it is not.
fn style<'a>(
    build: &mut Build<'a>,
    parameter: &'a Value,
    name: &str,
    at: &Pointer,
    site: Site<'_>,
    path: &str,
) -> Option<ParameterStyle> {
    let in_path = names::path_parameters(path).any(|named| named == name);
    let content = members(parameter, "content").next();
    let is_json = content.is_some_and(|(media_type, value)| is_json_content(build, media_type, value));
    let reports = &mut build.reports;
    let is_exploded = flag(parameter, "explode");
    let style = match (text(parameter, "in").unwrap_or_default(), text(parameter, "style")) {
        ("path", _) if !in_path => {
            let text = format!("the path has no `{{{name}}}`, so this is not used");
            reports.note(Rule::UnusedPathParameter, at, text);
            reports.leaves_out("parameter");
            return None;
        }
        ("path", _) if is_json => ParameterStyle::PathJson,
        ("query", _) if is_json => ParameterStyle::QueryJson,
        ("header", _) if is_json => ParameterStyle::HeaderJson,
        ("cookie", _) if is_json => ParameterStyle::CookieJson,
        ("path", _) if content.is_some() => ParameterStyle::Path,
        ("query", _) if content.is_some() => ParameterStyle::Query,
        ("path", None | Some("simple" | "form")) if flag(parameter, "allowReserved") => ParameterStyle::PathTail,
        ("path", None | Some("simple" | "form")) if is_exploded => ParameterStyle::PathExploded,
        ("path", None | Some("simple" | "form")) => ParameterStyle::Path,
        ("path", Some("label")) if is_exploded => ParameterStyle::PathLabelExploded,
        ("path", Some("label")) => ParameterStyle::PathLabel,
        ("path", Some("matrix")) if is_exploded => ParameterStyle::PathMatrixExploded,
        ("path", Some("matrix")) => ParameterStyle::PathMatrix,
        ("query", _) if query_style(parameter).is_some() => query_style(parameter)?,
        ("header", _) if is_exploded => ParameterStyle::HeaderExploded,
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
    if style.location() == "header" {
        if is_set_by_clients(name) {
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

/// How a parameter of the query, or a property of a form, is written; `None` if OpenAPI has no such style.
pub(super) fn query_style(parameter: &Value) -> Option<ParameterStyle> {
    let explode = parameter.get("explode").and_then(Value::as_bool);
    match (text(parameter, "style"), explode) {
        (None | Some("form" | "simple"), Some(false)) => Some(ParameterStyle::QueryJoined),
        (None | Some("form" | "simple"), _) | (Some("spaceDelimited" | "pipeDelimited"), Some(true)) => {
            Some(ParameterStyle::Query)
        }
        (Some("spaceDelimited"), _) => Some(ParameterStyle::QuerySpaced),
        (Some("pipeDelimited"), _) => Some(ParameterStyle::QueryPiped),
        (Some("deepObject"), _) => Some(ParameterStyle::QueryDeep),
        _ => None,
    }
}

/// Whether a parameter of that media type is written as JSON: of another, only what is no single text.
fn is_json_content<'a>(build: &Build<'a>, media_type: &str, value: &'a Value) -> bool {
    let schema = value.get("schema").map(|schema| Node::at(schema, Pointer::root()));
    let schema = schema.and_then(|schema| build.description.followed(&schema));
    let is_composite = |schema: &Value| {
        is(schema, "type", "object") || is(schema, "type", "array") || has_properties(schema) || has_items(schema)
    };
    is_json(media_type) || schema.is_some_and(|schema| is_composite(&schema))
}

/// Notes what a parameter is sent without.
fn note_style(build: &mut Build<'_>, parameter: &Value, at: &Pointer, style: ParameterStyle, ty: &Ty) {
    let mut note = |keyword: &str, text: String| build.reports.note(Rule::ParameterStyle, &at.child(keyword), text);
    if let Some((media_type, _)) = members(parameter, "content").next() {
        let is_written = is_json(media_type) || is_text(media_type);
        let sent = if style.is_json() { "JSON" } else { "text" };
        if !is_written || sent == "JSON" && !is_json(media_type) {
            note(
                "content",
                format!("{} is not written: sent as {sent}", code(media_type)),
            );
        }
    } else if style == ParameterStyle::Cookie
        && parameter.get("explode") != Some(&Value::Bool(false))
        && is_composite(ty)
    {
        let keyword = if parameter.get("explode").is_some() {
            "explode"
        } else {
            "schema"
        };
        let text = "not one cookie for each item or property: sent as one, joined by commas (`explode: false`)";
        note(keyword, text.into());
    }
    if flag(parameter, "allowReserved") && style != ParameterStyle::PathTail {
        let text = "what is reserved is percent-encoded all the same, which servers decode";
        note("allowReserved", text.into());
    }
    let of_place = match style.location() {
        "header" => ["simple"].as_slice(),
        "cookie" => &["form", "cookie"],
        _ => return,
    };
    if let Some(other) = text(parameter, "style").filter(|style| !of_place.contains(style)) {
        let text = format!(
            "no style of this place: sent as `{}`, and not as {}",
            of_place[0],
            code(other)
        );
        note("style", text);
    }
}

/// A value that is more than a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Composite {
    List,
    Object,
}

/// Alternatives and parts stand in each other so deep where it is looked for lists and objects among them.
const MAX_NESTED: usize = 3;

/// Notes how a list or an object within another is sent, which OpenAPI leaves undefined.
fn note_nested<'a>(build: &mut Build<'a>, schema: &Node<'a>, style: ParameterStyle) {
    let inner = |kind| inner(build, schema, kind);
    let (lists, objects) = (inner(Composite::List), inner(Composite::Object));
    let is_deep = style == ParameterStyle::QueryDeep;
    let how = match composite(build, schema) {
        Some((Composite::List, _)) if is_deep && (lists || objects) => "a list: sent as `name[0]…` for each item",
        Some((Composite::List, _)) if is_deep => "a list: sent as `name=item` for each item",
        Some((Composite::Object, _)) if is_deep && lists => {
            "a list within the object: sent as `name[property]=item` for each item"
        }
        Some((Composite::Object, _)) if is_deep && objects => {
            "an object within the object: sent as `name[property][…]`"
        }
        Some((Composite::List, _)) if lists => "a list within the list: sent as JSON",
        Some((Composite::List, _)) if objects => "an object within the list: sent as JSON",
        Some((Composite::Object, _)) if objects => "an object within the object: sent as JSON",
        Some((Composite::Object, _)) if lists && style == ParameterStyle::Query => {
            "a list within the object: sent as `property=item` for each item"
        }
        Some((Composite::Object, _)) if lists => "a list within the object: sent as JSON",
        _ => return,
    };
    let text = format!("OpenAPI does not define how to send {how}");
    build.reports.note(Rule::ParameterStyle, &schema.at, text);
}

/// Whether a schema has items or properties that are lists, or objects.
fn inner<'a>(build: &Build<'a>, schema: &Node<'a>, kind: Composite) -> bool {
    let Some((_, whole)) = composite(build, schema) else {
        return false;
    };
    let single = ["items", "additionalProperties"].into_iter();
    let mut all = single.filter_map(|keyword| whole.child(keyword)).collect::<Vec<_>>();
    all.extend(whole.children("prefixItems"));
    if let Some(properties) = whole.child("properties") {
        let names = properties.schema.as_object().into_iter().flatten();
        all.extend(names.filter_map(|(name, _)| properties.child(name)));
    }
    all.iter()
        .any(|schema| composite(build, schema).is_some_and(|(own, _)| own == kind))
}

/// Whether a schema is that of a list or an object, and the schema that says so.
fn composite<'a>(build: &Build<'a>, schema: &Node<'a>) -> Option<(Composite, Node<'a>)> {
    composite_within(build, schema, 0)
}

fn composite_within<'a>(build: &Build<'a>, schema: &Node<'a>, depth: usize) -> Option<(Composite, Node<'a>)> {
    let followed = Node::of(build.description.followed(schema)?, schema.at.clone());
    let own = &*followed.schema;
    if is_of_type(own, "array") || has_items(own) {
        return Some((Composite::List, followed));
    }
    if is_of_type(own, "object") || has_properties(own) {
        return Some((Composite::Object, followed));
    }
    let unions = ["allOf", "anyOf", "oneOf"].into_iter().filter(|_| depth < MAX_NESTED);
    let mut parts = unions.flat_map(|keyword| followed.children(keyword));
    parts.find_map(|part| composite_within(build, &part, depth + 1))
}

fn is_of_type(schema: &Value, kind: &str) -> bool {
    is(schema, "type", kind) || list(schema, "type").iter().any(|own| own == kind)
}

/// Whether values of a type are lists or objects.
fn is_composite(ty: &Ty) -> bool {
    matches!(ty.not_null(), Ty::List(_) | Ty::Map(_))
}

fn parameter<'a>(
    build: &mut Build<'a>,
    node: &Node<'a>,
    name: &str,
    style: ParameterStyle,
    type_name: &str,
    others: &[Parameter],
) -> Parameter {
    let value = &node.schema;
    build.reports.keywords(value, &node.at, "a parameter", &PARAMETER);
    let mut content = members(value, "content");
    let media_type = content.next();
    if media_type.is_some() && (value.get("schema").is_some() || content.next().is_some()) {
        let text = "a parameter has one media type and no `schema` beside it: the first one is used";
        build
            .reports
            .note(Rule::SeveralMediaTypes, &node.at.child("content"), text);
    }
    let media_type = media_type.map(|(media_type, _)| media_type.clone());
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
    note_style(build, value, &node.at, style, &ty);
    if !style.is_json() {
        note_nested(build, &schema, style);
    }
    let description = text(value, "description").filter(|text| !text.trim().is_empty());
    let rules = build.rules_of(&schema, &ty);
    let mut doc = doc(&schema.schema, &rules);
    doc.summary = description.map(prose).or(doc.summary);
    if flag(value, "deprecated") && !flag(&schema.schema, "deprecated") {
        doc.rules.push(DEPRECATED.into());
    }
    Parameter {
        name: name.into(),
        doc: doc.text(&format!("The parameter {}.", code(name))),
        required: style.is_path() || flag(value, "required"),
        ident,
        style,
        rules,
        ty,
    }
}

fn idents(parameters: &[Parameter]) -> Vec<&str> {
    parameters.iter().map(|parameter| parameter.ident.as_str()).collect()
}
