//! Names for types and operations: the description's own, or what they are derived from.
//!
//! Where two things would have one name, the components of the description come first, then the operations, then the schemas
//! that stand within others; of two of a kind, the one that has the name as it is, then the one whose name sorts first. The
//! other one gets a number, and a note. No name depends on the order in which the description has its parts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    description::{Description, component_at, schemas_at},
    reports::Reports,
    site::{Site, every_operation},
    vocabulary::text,
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{fastapi, names},
};

/// Which of several operations with one path comes before the others: those that read, and then those that are most common.
const METHODS_BY_RANK: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// The names of types that are taken, as typify gives them.
#[derive(Default)]
pub(super) struct TypeNames(BTreeSet<String>);

impl TypeNames {
    /// A name of a type that is not taken, which it then is: `wanted`, or that with a number.
    pub(super) fn take(&mut self, wanted: &str, at: &Pointer, reports: &mut Reports) -> String {
        let name = names::numbered(wanted, "", |name| !self.0.insert(names::typify(name)));
        if name != wanted {
            let text = format!("`{wanted}` is the name of another type, so this is `{name}`");
            reports.note(Rule::RenamedType, at, text);
        }
        name
    }
}

/// The name of the type of each component, by the component's name.
pub(super) fn components(
    description: &Description<'_>,
    taken: &mut TypeNames,
    reports: &mut Reports,
) -> BTreeMap<String, String> {
    let forms = forms(description);
    let mut components = description.schemas().into_keys().collect::<Vec<_>>();
    components.sort_by_cached_key(|name| (forms.contains_key(*name), names::typify(name) != **name));
    let named = components.into_iter().map(|component| {
        let wanted = match forms.get(component) {
            Some(operation) => names::inline(&names::typify(operation), "body"),
            None => names::component(component),
        };
        let name = taken.take(&wanted, &schemas_at().child(component), reports);
        (component.clone(), name)
    });
    named.collect()
}

/// The components that are the forms of operations, and the names of the operations that take them.
fn forms(description: &Description<'_>) -> BTreeMap<String, String> {
    let operations = every_operation(description.root);
    let methods = methods(&operations);
    let forms = operations.iter().filter_map(|(site, operation, _)| {
        let id = text(operation, "operationId")?;
        let name = names::operation(id, site.path, &methods[site.path]);
        Some((fastapi::form_component(id), name))
    });
    forms.collect()
}

/// The methods of each path.
fn methods<'a>(operations: &[(Site<'a>, &Value, Pointer)]) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut methods = BTreeMap::<&str, Vec<&str>>::new();
    for (site, ..) in operations {
        methods.entry(site.path).or_default().extend(site.method);
    }
    methods
}

/// The names of an operation: of its method, and of the enums of its failures and of its successes.
pub(super) struct OperationNames {
    pub(super) method: String,
    pub(super) failures: String,
    pub(super) successes: String,
}

/// The names of every operation, by path and method.
///
/// A method has the name that the description derives for it, unless several have that: then the one with the shortest path
/// keeps it, and the others add what their paths have besides: `list_tokens` and `list_tokens_of_workspaces`. So a name stays
/// when the description grows by nested resources. Of several with one path, `GET` keeps it, or else the first in the order of
/// [`METHODS_BY_RANK`], and the others add their methods: `relay` and `relay_post`. Where that is not enough, the overlay gives an
/// operation another `operationId`.
pub(super) fn operations(
    root: &Value,
    taken: &mut TypeNames,
    reports: &mut Reports,
) -> BTreeMap<(String, String), OperationNames> {
    let mut operations = every_operation(root);
    let methods = methods(&operations);
    let rank = |of: Option<&str>| METHODS_BY_RANK.iter().position(|method| of == Some(method));
    operations.sort_by_key(|(Site { path, method }, _, _)| (path.len(), *path, rank(*method)));
    // By what makes names one: those that differ only by underscores would be one type.
    let mut paths = BTreeMap::<String, &str>::new();
    let mut by_place = BTreeMap::new();
    for (site, operation, at) in operations {
        let (path, method) = (site.path, site.method.unwrap_or_default());
        let derived = match text(operation, "operationId") {
            Some(id) if !id.trim().is_empty() => names::operation(id, path, &methods[path]),
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
        let name = names::numbered(&name, "_", |name| paths.contains_key(&names::typify(name)));
        if name != derived {
            let text = format!("`{derived}` is the name of another operation, so this is `{name}`");
            reports.note(Rule::RenamedOperation, &at, text);
        }
        paths.insert(names::typify(&name), path);
        let names = OperationNames {
            failures: taken.take(&names::failures(&name), &at, reports),
            successes: taken.take(&names::successes(&name), &at, reports),
            method: name,
        };
        by_place.insert((path.to_owned(), method.to_owned()), names);
    }
    by_place
}

/// A name for the type of a schema that is no component: of the component that it stands in, and its place there.
pub(super) fn of_place(description: &Description<'_>, at: &Pointer) -> String {
    const STRUCTURAL: [&str; 8] = [
        "properties",
        "schema",
        "content",
        "$defs",
        "definitions",
        "paths",
        "components",
        "schemas",
    ];

    let (mut name, rest) = match component_at(at) {
        Some((component, rest)) => {
            let name = description.component_names.get(&component).cloned();
            (name.unwrap_or_else(|| names::component(&component)), rest)
        }
        None => (String::new(), at.segments().collect()),
    };
    for segment in rest.iter().filter(|segment| !STRUCTURAL.contains(&segment.as_str())) {
        name = names::inline(&name, segment);
    }
    names::component(&name)
}
