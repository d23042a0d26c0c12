//! What types without a description are for, told by what uses them.

use std::collections::{BTreeMap, BTreeSet};

use super::Lowering;
use crate::{
    api::{Answer, Api, Operation, Shape},
    pointer::Pointer,
    prose::code,
};

/// No more users of a type than these are named.
const MOST_NAMED: usize = 3;

impl Lowering<'_> {
    /// Puts it in the place of what was said of them before, which is no more than their kind.
    pub(super) fn describe_by_use(&mut self, holds: &BTreeMap<String, BTreeSet<String>>) {
        for (key, kind) in &self.undescribed {
            if let Some(told) = use_of(&self.api, key, holds)
                && let Some(schema) = self.api.schemas.get_mut(key)
                && let Some(rest) = schema.doc.strip_prefix(kind)
            {
                schema.doc = told + rest;
            }
        }
    }
}

/// What uses the type, in a sentence; `None` if nothing does that has documentation of its own.
fn use_of(api: &Api, key: &str, holds: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    let has = |answers: &[Answer]| {
        let mut contents = answers.iter().filter_map(|answer| answer.content.as_ref());
        contents.any(|content| content.component() == Some(key))
    };
    let sends = |operation: &Operation| {
        let body = operation.body.as_ref();
        body.is_some_and(|body| body.content.component() == Some(key))
    };
    let of_operations = |is: &dyn Fn(&Operation) -> bool| {
        let users = api.operations.iter().filter(|operation| is(operation));
        users.map(method).collect::<Vec<_>>()
    };
    for (users, one, several) in [
        (of_operations(&sends), "sends", "send"),
        (
            of_operations(&|operation| has(&operation.successes)),
            "returns",
            "return",
        ),
        (
            of_operations(&|operation| has(&operation.failures)),
            "fails with",
            "fail with",
        ),
    ] {
        if !users.is_empty() {
            let verb = if users.len() == 1 { one } else { several };
            return Some(format!("What {} {verb}.", list(&users, "call", "calls")));
        }
    }
    let place = &api.schemas.get(key)?.pointer;
    if let Some(told) = member(api, key, place).or_else(|| property(api, key, place)) {
        return Some(told);
    }
    let parameter = api
        .operations
        .iter()
        .find(|operation| place.is_in(&operation.pointer.child("parameters")));
    if let Some(operation) = parameter {
        return Some(format!("What a parameter of {} can be.", method(operation)));
    }
    let holders = holds
        .iter()
        .filter(|(holder, held)| *holder != key && held.contains(key));
    let holders = holders.filter_map(|(holder, _)| link(api, holder)).collect::<Vec<_>>();
    (!holders.is_empty()).then(|| format!("Part of {}.", list(&holders, "type", "types")))
}

/// The union that the type stands in, as one of its types.
fn member(api: &Api, key: &str, place: &Pointer) -> Option<String> {
    let mut inner = place.clone();
    loop {
        let members = inner.parent()?;
        if !matches!(members.segments().last()?.as_str(), "oneOf" | "anyOf") {
            return None;
        }
        // One of a type and null is no union, but may itself stand in one.
        inner = members.parent()?;
        let union = api.schemas.iter().find(|(other, schema)| {
            *other != key && schema.pointer == inner && matches!(schema.shape, Shape::Union { .. })
        });
        if let Some((union, _)) = union {
            return Some(format!("One of the types of {}.", link(api, union)?));
        }
    }
}

/// The property of another type that the type stands in, or in a list or a map of which it stands.
fn property(api: &Api, key: &str, place: &Pointer) -> Option<String> {
    place.outwards().find_map(|inner| {
        let properties = inner.parent()?;
        let owner = properties.parent()?;
        if properties != owner.child("properties") {
            return None;
        }
        let owner = api
            .schemas
            .iter()
            .find(|(other, schema)| *other != key && schema.pointer == owner)?;
        let owner = link(api, owner.0)?;
        let name = code(&inner.segments().last()?);
        let within = place.moved(&inner, &Pointer::root())?;
        let mut subject = "The property";
        for segment in within.segments() {
            subject = match segment.as_str() {
                "items" | "prefixItems" => "An item of",
                "additionalProperties" | "patternProperties" => "A value in the property",
                _ => subject,
            };
        }
        Some(format!("{subject} {name} of {owner}."))
    })
}

/// A link to a type, if it is one that is sure to have documentation.
fn link(api: &Api, key: &str) -> Option<String> {
    let schema = api.schemas.get(key)?;
    let is_type = !matches!(schema.shape, Shape::Other);
    is_type.then(|| format!("[`{}`]", schema.name))
}

fn method(operation: &Operation) -> String {
    let name = &operation.name;
    format!("[`Client::{name}`](crate::Client::{name})")
}

/// The first of these, and how many others there are.
fn list(users: &[String], one: &str, several: &str) -> String {
    let others = users.len().saturating_sub(MOST_NAMED);
    let mut named = users.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>();
    match others {
        0 => {}
        1 => named.push(format!("another {one}")),
        _ => named.push(format!("{others} other {several}")),
    }
    let last = named.pop().unwrap_or_default();
    if named.is_empty() {
        last
    } else {
        format!("{} and {last}", named.join(", "))
    }
}
