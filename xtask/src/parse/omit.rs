//! Leaves out operations that cannot be expressed, with a note.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    description::{Description, component_at, schemas_at},
    families::Families,
    references::References,
    reports::omitted_operation,
    site::{Site, every_operation, path_parameters},
};
use crate::{
    input::{
        diagnostic::{Diagnostic, Errors, Note},
        pointer::Pointer,
        rule::Rule,
    },
    model::Api,
};

/// No more operations than these are named by one error.
const MAX_NAMED: usize = 3;

/// Parses the description without the operations that `errors` are about, and notes each of them.
///
/// # Errors
///
/// `errors` with what to do about them, if they are about anything else.
pub(super) fn parse_without(
    root: &Value,
    errors: Errors,
    parse: impl Fn(&Value) -> Result<(Api, Vec<Note>), Errors>,
) -> Result<(Api, Vec<Note>), Errors> {
    let mut remaining = root.clone();
    let mut notes = Vec::new();
    let mut current = errors.clone();
    loop {
        let operations = Needs::of(&remaining);
        let mut omitted = BTreeSet::new();
        for error in &current {
            let needing = error.pointer().map(|at| operations.needing(at)).unwrap_or_default();
            if needing.is_empty() {
                return Err(with_remedies(errors, root));
            }
            for (_, at) in needing {
                if omitted.insert(at.clone()) {
                    notes.push(omitted_operation(&at, error.message()));
                }
            }
        }
        for at in &omitted {
            remove(&mut remaining, at);
        }
        match parse(&remaining) {
            Ok((api, mut others)) => {
                notes.append(&mut others);
                return Ok((api, notes));
            }
            Err(more) => current = more,
        }
    }
}

/// The description without what a later stage cannot express: the operations that need it, and then the component. `None` if that
/// helps nothing.
#[must_use]
pub fn without(root: &Value, error: &Diagnostic) -> Option<(Value, Vec<Note>)> {
    let at = error.pointer()?;
    let component = component_at(at).map(|(name, _)| schemas_at().child(&name));
    let families = Families::of(root);
    let needs = Needs::of(families.root());
    let mut needing = needs.needing(at);
    needing.extend(component.iter().flat_map(|component| needs.needing_any_of(component)));
    let needing = needing.into_iter().map(|(_, at)| at).collect::<BTreeSet<_>>();
    let mut remaining = root.clone();
    let mut notes = Vec::new();
    for operation in needing {
        remove(&mut remaining, &operation);
        notes.push(omitted_operation(&operation, error.message()));
    }
    // No operation needs any part of it now, so no secret in it can be printed as any JSON.
    if let Some(at) = component {
        let schema = at
            .resolve_mut(&mut remaining)
            .filter(|schema| **schema != Value::Bool(true))?;
        *schema = Value::Bool(true);
        notes.push(Note::new(
            Rule::UnusedComponent,
            &at,
            format!("any JSON: {}", error.message()),
        ));
    }
    (!notes.is_empty()).then_some((remaining, notes))
}

/// Adds to errors of components how to leave out the operations that need them.
pub(super) fn with_remedies(errors: Errors, root: &Value) -> Errors {
    let needs = Needs::of(root);
    errors.into_iter().map(|error| needs.remedy(error)).collect()
}

/// Adds to an error of a component how to leave out the operations that need it.
#[must_use]
pub fn with_remedy(error: Diagnostic, root: &Value) -> Diagnostic {
    Needs::of(root).remedy(error)
}

/// Removes what stands there.
pub(super) fn remove(root: &mut Value, at: &Pointer) {
    let Some(parent) = at.parent() else { return };
    let members = parent.resolve_mut(root).and_then(Value::as_object_mut);
    if let (Some(members), Some(key)) = (members, at.segments().last()) {
        members.remove(&key);
    }
}

/// What each operation needs.
struct Needs<'a>(Vec<(Site<'a>, Pointer, BTreeSet<Pointer>)>);

impl<'a> Needs<'a> {
    fn of(root: &'a Value) -> Self {
        let references = References::of(&Description::new(root));
        let operations = every_operation(root).into_iter();
        let needs = operations.map(|(site, operation, at)| {
            let used = references.used_by([operation].into_iter().chain(path_parameters(root, &at)));
            (site, at, used)
        });
        Self(needs.collect())
    }

    /// The operations that stand around that place, or need it.
    fn needing(&self, at: &Pointer) -> Vec<(Site<'a>, Pointer)> {
        let needing = self.0.iter().filter(|(_, own, used)| {
            at.is_in(own)
                || own.parent().is_some_and(|item| at.is_in(&item.child("parameters")))
                || used.iter().any(|used| at.is_in(used))
        });
        needing.map(|(site, own, _)| (*site, own.clone())).collect()
    }

    /// The operations that need what stands there, or a part of it.
    fn needing_any_of(&self, place: &Pointer) -> Vec<(Site<'a>, Pointer)> {
        let needing = self
            .0
            .iter()
            .filter(|(_, _, used)| used.iter().any(|used| used.is_in(place)));
        needing.map(|(site, own, _)| (*site, own.clone())).collect()
    }

    fn remedy(&self, error: Diagnostic) -> Diagnostic {
        let components = Pointer::root().child("components");
        let Some(at) = error.pointer().filter(|at| at.is_in(&components)) else {
            return error;
        };
        let needing = self.needing(at);
        let mut actions = needing
            .iter()
            .take(MAX_NAMED)
            .map(|(site, _)| site.leave_out())
            .collect::<Vec<_>>();
        if needing.len() > MAX_NAMED {
            actions.push(format!("so too {} more that need it", needing.len() - MAX_NAMED));
        }
        if actions.is_empty() {
            return error;
        }
        error.or_help(&actions.join("\nand "))
    }
}
