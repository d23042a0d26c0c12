//! Empty lists and maps, and null, which paths, queries, headers, cookies and forms cannot express: their documentation says so.

use std::collections::BTreeSet;

use crate::model::{
    Api,
    graph::Graph,
    operation::{Content, ParameterStyle},
    ty::{Ty, TypeId},
    typedef::{Field, Kind},
};

/// What may be empty, and is then not written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    List,
    Map,
}

/// Says it of every parameter, and of every property of a form.
pub(super) fn describe(api: &mut Api, graph: &Graph) {
    let is_in_json = in_json(api, graph);
    let mut of_parameters = Vec::new();
    let (mut of_fields, mut of_nulls) = (Vec::new(), Vec::new());
    for (operation, of_operation) in api.operations.iter().enumerate() {
        for (index, parameter) in of_operation.parameters.iter().enumerate() {
            if let Some(note) = empty(api, &parameter.ty, 0).and_then(|empty| of_style(parameter.style, empty)) {
                of_parameters.push((operation, index, note));
            }
            let note = match parameter.style {
                style if style.is_json() => continue,
                style if style.is_path() => "In a path, null is not sent, because a path cannot express it.",
                ParameterStyle::Header | ParameterStyle::HeaderExploded => {
                    "In a header, null is not sent, because a header cannot express it."
                }
                ParameterStyle::Cookie => "In a cookie, null is not sent, because a cookie cannot express it.",
                _ => "In a query, null is not sent, because a query cannot express it.",
            };
            let is_deep = parameter.style == ParameterStyle::QueryDeep;
            of_nulls.extend(
                nulls(api, &parameter.ty, is_deep)
                    .into_iter()
                    .map(|(id, index)| (id, index, note)),
            );
        }
        let Some(body) = &of_operation.body else { continue };
        let (ty, styles) = match &body.content {
            Content::UrlEncoded { ty, styles } => (ty, styles.as_slice()),
            Content::Multipart { ty, .. } => (ty, [].as_slice()),
            _ => continue,
        };
        let note = "In a form, null is not sent, because a form cannot express it.";
        of_nulls.extend(nulls(api, ty, false).into_iter().map(|(id, index)| (id, index, note)));
        for (name, _) in styles.iter().filter(|(_, style)| *style == ParameterStyle::QueryDeep) {
            let fields = ty.named().and_then(|id| api.fields(id)).into_iter().flatten();
            for field in fields.filter(|field| field.wire_name == *name) {
                of_nulls.extend(
                    nulls(api, &field.ty, true)
                        .into_iter()
                        .map(|(id, index)| (id, index, note)),
                );
            }
        }
        let Some((id, fields)) = ty.named().and_then(|id| Some((id, api.fields(id)?))) else {
            continue;
        };
        for (index, field) in fields.iter().enumerate() {
            let style = styles.iter().find(|(name, _)| *name == field.wire_name);
            let style = style.map(|(_, style)| *style);
            let is_repeated = matches!(style, None | Some(ParameterStyle::Query | ParameterStyle::QueryDeep));
            let note = match empty(api, &field.ty, 0) {
                Some(Empty::List) if is_repeated => {
                    "In a form, an empty list is not sent, because a form cannot express one."
                }
                Some(Empty::Map) if is_repeated && style.is_some() => {
                    "In a form, an empty map is not sent, because a form cannot express one."
                }
                _ => continue,
            };
            of_fields.push((id, index, note));
        }
    }
    for (operation, index, note) in of_parameters {
        say(&mut api.operations[operation].parameters[index].doc, note);
    }
    for (id, index, _) in &of_nulls {
        if let Kind::Struct { fields, .. } = &mut api[*id].kind {
            fields[*index].writes_null = is_in_json[id.index()];
        }
    }
    for (id, index, note) in of_nulls.into_iter().chain(of_fields) {
        if let Kind::Struct { fields, .. } = &mut api[id].kind {
            say(&mut fields[index].doc, note);
        }
    }
}

/// The types that JSON holds, in any body, or in a part or parameter.
fn in_json(api: &Api, graph: &Graph) -> Vec<bool> {
    let mut roots = Vec::new();
    for operation in &api.operations {
        let bodies = operation.body.iter().map(|body| &body.content);
        let responses = operation.responses();
        for content in bodies.chain(responses.filter_map(|response| response.content.as_ref())) {
            match content {
                Content::UrlEncoded { ty, styles } => {
                    let deep = styles.iter().filter(|(_, style)| *style == ParameterStyle::QueryDeep);
                    let deep = deep.map(|(name, _)| name).collect::<Vec<_>>();
                    roots.extend(within(api, ty, |field| !deep.contains(&&field.wire_name)));
                }
                Content::Multipart { ty, .. } => roots.extend(within(api, ty, |_| true)),
                content => roots.extend(content.ty()),
            }
        }
        for parameter in &operation.parameters {
            match parameter.style {
                style if style.is_json() => roots.push(&parameter.ty),
                ParameterStyle::QueryDeep => {}
                _ => roots.extend(within(api, &parameter.ty, |_| true)),
            }
        }
    }
    graph.reachable(roots.into_iter().filter_map(|ty| Some(ty.refers_to()?.index())))
}

/// The types of the values in what is written property by property, or item by item.
fn within<'a>(api: &'a Api, ty: &'a Ty, is_json: impl Fn(&Field) -> bool) -> Vec<&'a Ty> {
    let mut ty = ty;
    for _ in 0..=api.types.len() {
        match ty.not_null().named().map(|id| &api[id].kind) {
            Some(Kind::Alias(inner)) => ty = inner,
            Some(Kind::Struct { fields, additional, .. }) => {
                let fields = fields.iter().filter(|field| is_json(field));
                return fields.map(|field| &field.ty).chain(additional).collect();
            }
            Some(kind) => return kind.parts(),
            None => return vec![ty],
        }
    }
    Vec::new()
}

/// Several operations may send the same form.
fn say(doc: &mut String, note: &str) {
    if !doc.contains(note) {
        doc.push_str("\n\n");
        doc.push_str(note);
    }
}

fn of_style(style: ParameterStyle, empty: Empty) -> Option<&'static str> {
    match (style, empty) {
        (ParameterStyle::Query | ParameterStyle::QueryDeep, Empty::List) => {
            Some("An empty list is not sent, because a query of this style cannot express one.")
        }
        (ParameterStyle::Query | ParameterStyle::QueryDeep, Empty::Map) => {
            Some("An empty map is not sent, because a query of this style cannot express one.")
        }
        (ParameterStyle::Header | ParameterStyle::HeaderExploded, Empty::List) => {
            Some("An empty list is not sent, because a header cannot express one.")
        }
        (ParameterStyle::Cookie, Empty::List) => {
            Some("An empty list is not sent, because a cookie cannot express one.")
        }
        _ => None,
    }
}

/// The properties of an object that may be null, and are then not written; in a deep one, also those of the objects within.
fn nulls(api: &Api, ty: &Ty, is_deep: bool) -> Vec<(TypeId, usize)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![ty];
    while let Some(ty) = open.pop() {
        let Ty::Named(id) = ty.not_null() else { continue };
        if !seen.insert(id.index()) {
            continue;
        }
        match &api[*id].kind {
            Kind::Alias(inner) => open.push(inner),
            Kind::Struct { fields, .. } => {
                for (index, field) in fields.iter().enumerate() {
                    if field.keeps_null || field.required && field.ty.is_nullable() {
                        found.push((*id, index));
                    }
                    if is_deep {
                        open.push(&field.ty);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// What of a type may be empty, be it by another name.
fn empty(api: &Api, ty: &Ty, depth: usize) -> Option<Empty> {
    match ty.not_null() {
        Ty::List(_) => Some(Empty::List),
        Ty::Map(_) => Some(Empty::Map),
        Ty::Named(id) => of_alias(api, *id, depth),
        _ => None,
    }
}

fn of_alias(api: &Api, id: TypeId, depth: usize) -> Option<Empty> {
    match &api[id].kind {
        // An alias that leads to itself leads to no list.
        Kind::Alias(inner) if depth < api.types.len() => empty(api, inner, depth + 1),
        _ => None,
    }
}
