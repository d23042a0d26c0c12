//! Operations: where they stand, and what they are.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    bodies::body,
    build::Build,
    docs::external,
    info::servers,
    naming::OperationNames,
    parameters::parameters,
    paths::uncallable,
    reports::Reports,
    responses::responses,
    security::security,
    site::{METHODS, Site, resolved_or, unknown, unknown_optional},
    vocabulary::{flag, members, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        fastapi, names,
        operation::{Operation, Rejection},
        prose::prose,
    },
};

/// Every operation, in the order of the description.
pub(super) fn operations(build: &mut Build<'_>, names: &BTreeMap<(String, String), OperationNames>) -> Vec<Operation> {
    let mut operations = Vec::<((usize, usize), Operation)>::new();
    let at = Pointer::root().child("paths");
    let Some(paths) = build.description.resolve(&at).and_then(Value::as_object) else {
        without_operations(build, Rule::NoPaths, &at, "the description has no `paths`");
        return Vec::new();
    };
    if build.description.root.get("webhooks").is_some() {
        let at = Pointer::root().child("webhooks");
        build.reports.note(
            Rule::Webhooks,
            &at,
            "webhooks are requests that the API sends: the client does not receive them",
        );
    }
    let (own_servers, _) = servers(build.description.root);
    let mut paths = paths.iter().enumerate().collect::<Vec<_>>();
    // In an order that does not depend on the description's, because names of types depend on it.
    paths.sort_by_key(|(_, (path, _))| *path);
    for (index, (path, item)) in paths.into_iter().filter(|(_, (path, _))| !path.starts_with("x-")) {
        let at = at.child(path);
        let uncallable = uncallable(path);
        if !path.starts_with('/') && uncallable.is_none() {
            let text = format!("it does not begin with a slash: called as `/{path}`");
            build.reports.note(Rule::UnusualPath, &at, text);
        }
        let site = Site { path, method: None };
        note_beside_reference(&mut build.reports, item, &at);
        let left_out = "its operations are left out";
        let item = resolved_or(&build.description, &mut build.reports, item, &at, site, left_out);
        let Some((item, at)) = item else {
            build.reports.leaves_out("path");
            continue;
        };
        let Some(keywords) = item.as_object() else {
            let message = "the path is not an object";
            let reports = &mut build.reports;
            reports.strictly(Rule::UnknownFeature, &at, message, &site.leave_out(), left_out);
            reports.leaves_out("path");
            continue;
        };
        let mut keywords = keywords.iter().enumerate().collect::<Vec<_>>();
        keywords.sort_by_key(|(_, (keyword, _))| *keyword);
        for (place_in_item, (keyword, value)) in keywords {
            let place = at.child(keyword);
            let site = Site {
                path,
                method: Some(keyword),
            };
            match keyword.as_str() {
                method if METHODS.contains(&method) && uncallable.is_some() => {
                    let why = uncallable.unwrap_or_default();
                    let message = format!("its path cannot be called: {why}");
                    let help = format!("describe it with another path, or {}", site.leave_out());
                    build.reports.omitted(Rule::UnusualPath, &place, &message, &help);
                }
                method if METHODS.contains(&method) => {
                    note_own_servers(
                        &mut build.reports,
                        own_servers,
                        value.get("servers"),
                        &place.child("servers"),
                    );
                    let names = names.get(&(path.clone(), method.to_owned()));
                    let operation = names.and_then(|names| operation(build, site, names, value, (item, &at), &place));
                    operations.extend(operation.map(|operation| ((index, place_in_item), operation)));
                }
                "parameters" | "summary" | "description" => {}
                "servers" => note_own_servers(&mut build.reports, own_servers, Some(value), &place),
                extension if extension.starts_with("x-") => {}
                _ => unknown_optional(&mut build.reports, &place, keyword, site),
            }
        }
    }
    if operations.is_empty() && build.reports.errors.is_empty() {
        let message = "the description has no operation that can be called";
        without_operations(build, Rule::NoOperations, &at, message);
    }
    build.reports.note_unused();
    operations.sort_by_key(|(place, _)| *place);
    operations.into_iter().map(|(_, operation)| operation).collect()
}

/// Reports that there are no operations. Without any schemas, nothing is left.
fn without_operations(build: &mut Build<'_>, rule: Rule, at: &Pointer, message: &str) {
    let help = "give a description that describes operations";
    if build.description.schemas().is_empty() {
        build.reports.error(rule, at, message, help);
    } else {
        let instead = "a client for it has types alone";
        build.reports.strictly(rule, at, message, help, instead);
    }
}

/// Notes what stands beside the `$ref` of a path, which OpenAPI leaves undefined.
fn note_beside_reference(reports: &mut Reports, item: &Value, at: &Pointer) {
    let keywords = item.as_object().filter(|item| item.contains_key("$ref"));
    for keyword in keywords.into_iter().flat_map(|keywords| keywords.keys()) {
        if !["$ref", "summary", "description"].contains(&keyword.as_str()) && !keyword.starts_with("x-") {
            let text = format!("`{keyword}` beside the `$ref` of a path is not used");
            reports.note(Rule::UnusedKeyword, &at.child(keyword), text);
        }
    }
}

/// Notes that a path or an operation is called at the client's endpoint, whatever servers it has of its own.
fn note_own_servers(reports: &mut Reports, of_description: &[Value], own: Option<&Value>, at: &Pointer) {
    let own = own.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if own.is_empty() || own == of_description {
        return;
    }
    let urls = own
        .iter()
        .filter_map(|server| Some(format!("`{}`", text(server, "url")?)));
    let text = format!(
        "called at the client's `endpoint`, and not at {}: build another client with that endpoint",
        urls.collect::<Vec<_>>().join(" or ")
    );
    reports.note(Rule::OwnServer, at, text);
}

fn operation<'a>(
    build: &mut Build<'a>,
    site: Site<'_>,
    names: &OperationNames,
    operation: &'a Value,
    item: (&'a Value, &Pointer),
    at: &Pointer,
) -> Option<Operation> {
    let Some(keywords) = operation.as_object() else {
        unknown(&mut build.reports, at, "an operation that is not an object", site);
        return None;
    };
    for keyword in keywords.keys() {
        let place = at.child(keyword);
        match keyword.as_str() {
            "tags" | "summary" | "description" | "externalDocs" | "operationId" | "requestBody" | "responses"
            | "deprecated" | "security" | "servers" | "parameters" => {}
            "callbacks" => {
                for (name, _) in members(operation, "callbacks") {
                    build.reports.unused(Rule::Callbacks, &place, name);
                }
            }
            extension if extension.starts_with("x-") => {}
            _ => unknown_optional(&mut build.reports, &place, keyword, site),
        }
    }
    build.reports.keywords(
        operation,
        at,
        "an operation",
        &keywords.keys().map(String::as_str).collect::<Vec<_>>(),
    );
    let name = names.method.clone();
    let type_name = names::typify(&name);
    let (parameters, path) = parameters(build, site, &type_name, operation, item, at);
    let body = operation
        .get("requestBody")
        .and_then(|value| body(build, value, &at.child("requestBody"), &type_name, site));
    let (successes, failures) = responses(build, site, &type_name, operation, at);
    let words = |keyword: &str| {
        let text = prose(text(operation, keyword)?);
        (!text.trim().is_empty()).then_some(text)
    };
    let description = words("description");
    let summary = words("summary").filter(|summary| description.as_ref() != Some(summary));
    let is_chosen = |summary: &String| description.is_none() || !fastapi::is_derived_summary(summary, &name);
    let doc = summary
        .filter(is_chosen)
        .into_iter()
        .chain(description.clone())
        .chain(external(operation))
        .collect::<Vec<_>>();
    let security = security(build, operation, at, &path);
    Some(Operation {
        doc: if doc.is_empty() { name.clone() } else { doc.join("\n\n") },
        name,
        failures_name: names.failures.clone(),
        successes_name: names.successes.clone(),
        method: site.method.unwrap_or_default().to_uppercase(),
        path,
        deprecated: flag(operation, "deprecated"),
        pointer: at.clone(),
        security,
        parameters,
        body,
        successes,
        failures,
        unauthorized: Rejection::default(),
        invalid: Rejection::default(),
    })
}
