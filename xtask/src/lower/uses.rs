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
        let uses = Uses::new(&self.api, holds);
        let told = self.undescribed.iter().filter_map(|(key, kind)| {
            let rest = self.api.schemas.get(key)?.doc.strip_prefix(kind)?;
            Some((key.clone(), uses.of(key)? + rest))
        });
        for (key, doc) in told.collect::<Vec<_>>() {
            if let Some(schema) = self.api.schemas.get_mut(&key) {
                schema.doc = doc;
            }
        }
    }
}

/// What uses each type.
struct Uses<'a> {
    api: &'a Api,
    /// By what they send, return and fail with.
    operations: [BTreeMap<&'a str, Vec<String>>; 3],
    /// By where their parameters stand.
    parameters: BTreeMap<Pointer, &'a Operation>,
    /// The types at each place.
    places: BTreeMap<&'a Pointer, Vec<&'a str>>,
    /// The types that hold each.
    holders: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Uses<'a> {
    fn new(api: &'a Api, holds: &'a BTreeMap<String, BTreeSet<String>>) -> Self {
        let mut uses = Self {
            api,
            operations: Default::default(),
            parameters: BTreeMap::new(),
            places: BTreeMap::new(),
            holders: BTreeMap::new(),
        };
        for operation in &api.operations {
            let sent = operation.body.iter().filter_map(|body| body.content.component());
            let of = |answers: &'a [Answer]| answers.iter().filter_map(|answer| answer.content.as_ref()?.component());
            let [returned, failed] = [&operation.successes, &operation.failures].map(|answers| of(answers));
            let each = [sent.collect::<BTreeSet<_>>(), returned.collect(), failed.collect()];
            for (users, keys) in uses.operations.iter_mut().zip(each) {
                for key in keys {
                    users.entry(key).or_default().push(method(operation));
                }
            }
            uses.parameters.insert(operation.pointer.child("parameters"), operation);
        }
        for (key, schema) in &api.schemas {
            uses.places.entry(&schema.pointer).or_default().push(key);
        }
        for (holder, held) in holds {
            for key in held.iter().filter(|key| *key != holder) {
                uses.holders.entry(key).or_default().push(holder);
            }
        }
        uses
    }

    /// What uses the type, in a sentence; `None` if nothing does that has documentation of its own.
    fn of(&self, key: &str) -> Option<String> {
        let verbs = [("sends", "send"), ("returns", "return"), ("fails with", "fail with")];
        for (users, (one, several)) in self.operations.iter().zip(verbs) {
            if let Some(users) = users.get(key) {
                let verb = if users.len() == 1 { one } else { several };
                return Some(format!("What {} {verb}.", list(users, "call", "calls")));
            }
        }
        let place = &self.api.schemas.get(key)?.pointer;
        if let Some(told) = self.member(key, place).or_else(|| self.property(key, place)) {
            return Some(told);
        }
        let parameter = place.outwards().find_map(|outer| self.parameters.get(&outer));
        if let Some(operation) = parameter {
            return Some(format!("What a parameter of {} can be.", method(operation)));
        }
        let holders = self.holders.get(key)?.iter().filter_map(|holder| self.link(holder));
        let holders = holders.collect::<Vec<_>>();
        (!holders.is_empty()).then(|| format!("Part of {}.", list(&holders, "type", "types")))
    }

    /// The types at a place, but for the one that is described.
    fn others_at(&self, place: &Pointer, key: &str) -> impl Iterator<Item = &'a str> {
        let types = self.places.get(place).into_iter().flatten().copied();
        types.filter(move |other| *other != key)
    }

    /// The union that the type stands in, as one of its types.
    fn member(&self, key: &str, place: &Pointer) -> Option<String> {
        let mut inner = place.clone();
        loop {
            let members = inner.parent()?;
            if !matches!(members.segments().last()?.as_str(), "oneOf" | "anyOf") {
                return None;
            }
            // One of a type and null is no union, but may itself stand in one.
            inner = members.parent()?;
            let is_union = |other: &&str| {
                let schema = self.api.schemas.get(*other);
                schema.is_some_and(|schema| matches!(schema.shape, Shape::Union { .. }))
            };
            if let Some(union) = self.others_at(&inner, key).find(is_union) {
                return Some(format!("One of the types of {}.", self.link(union)?));
            }
        }
    }

    /// The property of another type that the type stands in, or in a list or a map of which it stands.
    fn property(&self, key: &str, place: &Pointer) -> Option<String> {
        place.outwards().find_map(|inner| {
            let properties = inner.parent()?;
            let owner = properties.parent()?;
            if properties != owner.child("properties") {
                return None;
            }
            let owner = self.others_at(&owner, key).next()?;
            let owner = self.link(owner)?;
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
    fn link(&self, key: &str) -> Option<String> {
        let schema = self.api.schemas.get(key)?;
        let is_type = !matches!(schema.shape, Shape::Other);
        is_type.then(|| format!("[`{}`]", schema.name))
    }
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
