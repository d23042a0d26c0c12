//! The rules for operations.
//!
//! progenitor is given each operation under a path of its own, without parameters, body and answers: it makes the method
//! and the builder, and the graft puts the rest in. For each kind of JSON that an operation sends or is answered with, it
//! is given a *probe*, an operation whose only use is that the type of that JSON can be read from what progenitor makes
//! of it.

use std::collections::BTreeMap;

use heck::ToSnakeCase as _;
use serde_json::{Map, Value, json};

use super::{Lowering, bodies::nothing};
use crate::{
    api::{Checks, Operation},
    names,
    pointer::Pointer,
    prose::prose,
};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Where an operation stands, for faults and their remedies.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) path: &'a str,
    pub(super) method: Option<&'a str>,
}

impl Site<'_> {
    /// The overlay's action that leaves out an operation, or a whole path, ready to be pasted.
    pub(super) fn leave_out(self) -> String {
        let method = self.method.map_or(String::new(), |method| format!(".{method}"));
        // A quote in a path would end the string that it stands in.
        let path = self.path.replace('\'', "\\'");
        format!(
            "leave it out in openapi/overlay.yaml:\n- target: $.paths['{path}']{method}\n  description: …\n  remove: true"
        )
    }
}

/// The names of an operation: of its method, and of the enums of its failures and of its successes.
pub(super) struct Names {
    method: String,
    failures: String,
    successes: String,
}

/// The names of operations, by path and method.
pub(super) type NamesByPlace = BTreeMap<(String, String), Names>;

/// Every operation with its path and method, and where it stands.
pub(super) fn every_operation(document: &Value) -> Vec<((&str, &str), &Value, Pointer)> {
    let root = Pointer::root().child("paths");
    let paths = root.resolve(document).and_then(Value::as_object);
    let operations = paths.into_iter().flatten().flat_map(|(path, item)| {
        let reference = item
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(Pointer::from_reference);
        let at = reference.unwrap_or_else(|| root.child(path));
        let item = at.resolve(document).and_then(Value::as_object);
        let methods = item
            .into_iter()
            .flatten()
            .filter(|(method, _)| METHODS.contains(&method.as_str()));
        methods.map(move |(method, operation)| ((path.as_str(), method.as_str()), operation, at.child(method)))
    });
    operations.collect()
}

impl<'a> Lowering<'a> {
    /// Every operation with its path and method, and where it stands.
    pub(super) fn every_operation(&self) -> Vec<((&'a str, &'a str), &'a Value, Pointer)> {
        every_operation(self.document)
    }

    /// Every operation; what comes back are the `paths` for progenitor.
    pub(super) fn operations(&mut self, names: &NamesByPlace) -> Map<String, Value> {
        let mut lowered = Map::new();
        let at = Pointer::root().child("paths");
        let Some(paths) = at.resolve(self.document).and_then(Value::as_object) else {
            self.fault(
                &at,
                "the document has no `paths`",
                "give a document that describes operations",
            );
            return lowered;
        };
        for keyword in ["webhooks"] {
            if self.document.get(keyword).is_some() {
                self.note(
                    &Pointer::root().child(keyword),
                    "what the API calls is not for its callers",
                );
            }
        }
        for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
            let at = at.child(path);
            if !path.starts_with('/') || path.contains(['?', '#']) {
                self.note(
                    &at,
                    "not a path alone: it is appended to the endpoint as it is, percent-encoded",
                );
            }
            let site = Site { path, method: None };
            let Some((item, at)) = self.resolved(item, &at, site) else {
                continue;
            };
            let Some(keywords) = item.as_object() else {
                self.unknown(&at, "a path that is not an object", site);
                continue;
            };
            for (keyword, value) in keywords {
                let place = at.child(keyword);
                let site = Site {
                    path,
                    method: Some(keyword),
                };
                match keyword.as_str() {
                    method if METHODS.contains(&method) => {
                        let Some(names) = names.get(&(path.clone(), method.to_owned())) else {
                            continue;
                        };
                        if let Some(operation) = self.operation(site, names, value, (item, &at), &place) {
                            lowered.insert(format!("/{}", lowered.len()), json!({"post": operation}));
                        }
                    }
                    "parameters" | "summary" | "description" => {}
                    "servers" => self.note(
                        &place,
                        "the servers of a path are not used; the client has one endpoint",
                    ),
                    extension if extension.starts_with("x-") => {}
                    _ => self.unknown(&place, keyword, site),
                }
            }
        }
        if self.api.operations.is_empty() && self.faults.is_empty() {
            self.fault(
                &at,
                "the document has no operations",
                "give a document that describes some",
            );
        }
        lowered
    }

    fn operation(
        &mut self,
        site: Site<'_>,
        names: &Names,
        operation: &'a Value,
        item: (&'a Value, &Pointer),
        at: &Pointer,
    ) -> Option<Value> {
        let Some(keywords) = operation.as_object() else {
            self.unknown(at, "an operation that is not an object", site);
            return None;
        };
        for keyword in keywords.keys() {
            match keyword.as_str() {
                "tags" | "summary" | "description" | "externalDocs" | "operationId" | "requestBody" | "responses"
                | "deprecated" | "security" | "parameters" => {}
                "callbacks" | "servers" => self.note(&at.child(keyword), format!("`{keyword}` is not used")),
                extension if extension.starts_with("x-") => {}
                _ => self.unknown(&at.child(keyword), keyword, site),
            }
        }
        let name = names.method.clone();
        let type_name = names::typify(&name);
        let parameters = self.parameters(site, &type_name, operation, item, at);
        let body = operation
            .get("requestBody")
            .and_then(|body| self.body(body, &at.child("requestBody"), &type_name, site));
        let (successes, failures) = self.answers(site, &type_name, operation, at)?;
        let words = |keyword: &str| {
            let text = prose(operation.get(keyword)?.as_str()?);
            (!text.trim().is_empty()).then_some(text)
        };
        let description = words("description");
        let summary = words("summary").filter(|summary| description.as_ref() != Some(summary));
        // FastAPI makes one of the function's name, which the method has as well.
        let summary = summary.filter(|summary| description.is_none() || summary.to_snake_case() != name);
        let doc = summary.into_iter().chain(description).collect::<Vec<_>>();
        let (security, is_open) = self.security(operation, at);
        self.api.operations.push(Operation {
            doc: if doc.is_empty() { name.clone() } else { doc.join("\n\n") },
            name: name.clone(),
            failures_name: names.failures.clone(),
            successes_name: names.successes.clone(),
            method: site.method.unwrap_or_default().to_uppercase(),
            path: site.path.into(),
            deprecated: operation.get("deprecated") == Some(&Value::Bool(true)),
            pointer: at.clone(),
            security,
            is_open,
            parameters,
            body,
            successes,
            failures,
            checks: Checks::default(),
        });
        Some(json!({"operationId": name, "responses": nothing()}))
    }

    /// The name of every operation's method, by path and method.
    ///
    /// It is the one that the document derives for it, unless several have that: then the one with the shortest path
    /// keeps it, and the others add what their paths have besides: `list_tokens` and `list_tokens_of_workspaces`. So a name
    /// stays when the document grows by nested resources; where that is not enough, the overlay gives an operation another
    /// `operationId`.
    pub(super) fn name_operations(&mut self) -> NamesByPlace {
        let mut operations = self.every_operation();
        operations.sort_by_key(|((path, method), _, _)| (path.len(), *path, *method));
        // By what makes names one: those that differ only by underscores would be one type.
        let mut paths = BTreeMap::<String, &str>::new();
        let mut by_place = BTreeMap::new();
        for ((path, method), operation, at) in operations {
            let derived = match operation.get("operationId").and_then(Value::as_str) {
                Some(id) if !id.trim().is_empty() => names::operation(id, path, method),
                _ => names::of_path(path, method),
            };
            let mut name = derived.clone();
            if let Some(shorter) = paths.get(&names::typify(&derived)) {
                let besides = names::besides(path, shorter);
                name = if besides.is_empty() {
                    format!("{derived}_{method}")
                } else {
                    format!("{derived}_of_{besides}")
                };
            }
            let wanted = name.clone();
            let mut number = 2;
            while paths.contains_key(&names::typify(&name)) {
                name = format!("{wanted}_{number}");
                number += 1;
            }
            if name != derived {
                let text = format!("`{derived}` is the name of an operation with a shorter path, so this is `{name}`");
                self.note(&at, text);
            }
            paths.insert(names::typify(&name), path);
            let names = Names {
                failures: self.free_name(&names::failures(&name), &at),
                successes: self.free_name(&names::successes(&name), &at),
                method: name,
            };
            by_place.insert((path.to_owned(), method.to_owned()), names);
        }
        by_place
    }

    pub(super) fn unknown(&mut self, at: &Pointer, what: &str, site: Site<'_>) {
        self.fault(
            at,
            format!("the generator does not know this feature: {what}"),
            format!("teach it (xtask/src/lower), or {}", site.leave_out()),
        );
    }
}
