//! What the overlay keeps of a large description: the operations that it lists, and what these need.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    description::{Description, schemas_at},
    families::mapped,
    omit::remove,
    references::References,
    site::{Site, every_operation, path_parameters},
    vocabulary::{list, text},
};
use crate::input::{
    diagnostic::{Diagnostic, Errors},
    overlay::{Keep, Kept},
    pointer::Pointer,
    rule::Rule,
};

/// The components without which nothing that is left means anything else.
const PRUNED: [&str; 9] = [
    "callbacks",
    "examples",
    "headers",
    "links",
    "parameters",
    "pathItems",
    "requestBodies",
    "responses",
    "schemas",
];

/// The errors of entries for which the description has nothing. They stand in the overlay.
#[must_use]
pub fn unmatched(root: &Value, keep: &Keep) -> Errors {
    let operations = every_operation(root);
    let entries = keep.entries.iter().filter(|entry| {
        let mut operations = operations.iter();
        !operations.any(|(site, operation, _)| is_meant(&entry.kept, *site, operation))
    });
    let errors = entries.map(|entry| {
        let message = match &entry.kept {
            Kept::Operation(name) => format!("the description has no operation `{name}`"),
            Kept::Tag(tag) => format!("no operation of the description has the tag `{tag}`"),
        };
        Diagnostic::new(Rule::UnmatchedEntry, message)
            .at(&entry.at)
            .help("the vendor has renamed or removed it: correct the entry, or remove it")
    });
    errors.collect()
}

/// The description with the operations that are kept, and what these need.
pub(super) fn only_kept(root: &Value, keep: &Keep) -> Value {
    let operations = every_operation(root);
    let (kept, others) = operations.iter().partition::<Vec<_>, _>(|(site, operation, _)| {
        let mut entries = keep.entries.iter();
        entries.any(|entry| is_meant(&entry.kept, *site, operation))
    });
    let references = References::of(&Description::new(root));
    let needing = kept.iter().flat_map(|(_, operation, at)| {
        let of_path = path_parameters(root, at);
        [*operation].into_iter().chain(of_path)
    });
    let mut needing = needing.collect::<Vec<_>>();
    let mut needed = kept.iter().map(|(_, _, at)| at.clone()).collect::<BTreeSet<_>>();
    while !needing.is_empty() {
        let used = references.used_by(needing.iter().copied());
        needing.extend(used.iter().filter_map(|at| at.resolve(root)));
        needed.extend(used);
        let mut named = mapped_components(root, &needing);
        named.retain(|at| !needed.contains(at));
        needing = named.iter().filter_map(|at| at.resolve(root)).collect();
        needed.extend(named);
    }
    let is_needed = |at: &Pointer| needed.iter().any(|needed| needed.is_in(at));

    let mut remaining = root.clone();
    let others = others.iter().map(|(_, _, at)| at.clone());
    let components = PRUNED.iter().flat_map(|kind| {
        let at = Pointer::root().child("components").child(kind);
        let components = at.resolve(root).and_then(Value::as_object);
        let names = components.into_iter().flat_map(|components| components.keys());
        names.map(|name| at.child(name)).collect::<Vec<_>>()
    });
    let webhooks = Pointer::root().child("webhooks");
    for at in others.chain(components).chain([webhooks]).filter(|at| !is_needed(at)) {
        remove(&mut remaining, &at);
    }
    remaining
}

/// The components that the discriminators in these values name by their mappings.
fn mapped_components(root: &Value, values: &[&Value]) -> BTreeSet<Pointer> {
    let is_component = |name: &str| schemas_at().child(name).resolve(root).is_some();
    let mut found = BTreeSet::new();
    let mut next = values.to_vec();
    while let Some(value) = next.pop() {
        match value {
            Value::Object(members) => {
                if let Some(mapping) = members.get("discriminator").map(mapping) {
                    let names = mapping.filter_map(|name| mapped(name, is_component));
                    found.extend(names.map(|name| schemas_at().child(&name)));
                }
                next.extend(members.values());
            }
            Value::Array(items) => next.extend(items),
            _ => {}
        }
    }
    found
}

fn mapping(discriminator: &Value) -> impl Iterator<Item = &str> {
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    mapping.into_iter().flatten().filter_map(|(_, name)| name.as_str())
}

/// Whether an entry means that operation.
fn is_meant(kept: &Kept, site: Site<'_>, operation: &Value) -> bool {
    match kept {
        Kept::Operation(name) => {
            let is_place = |method: &str| name.split_once(' ') == Some((&method.to_uppercase(), site.path));
            text(operation, "operationId") == Some(name) || site.method.is_some_and(is_place)
        }
        Kept::Tag(tag) => list(operation, "tags").iter().any(|of| of.as_str() == Some(tag)),
    }
}
