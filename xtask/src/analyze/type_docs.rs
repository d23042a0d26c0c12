//! Documentation of types without a description: which operations and types use them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    input::pointer::Pointer,
    model::{
        Api,
        graph::Graph,
        operation::{Content, Operation, Response},
        prose::code,
        ty::TypeId,
        typedef::Kind,
    },
};

/// No more users of a type than these are named.
const MAX_NAMED: usize = 3;

/// Describes every type of which the description says nothing.
pub(super) fn describe(api: &mut Api, graph: &Graph) {
    let uses = Uses::new(api, graph);
    let undescribed = api.types().filter(|(_, def)| def.doc.summary.is_none());
    let told = undescribed.filter_map(|(id, _)| Some((id, uses.of(id)?)));
    for (id, text) in told.collect::<Vec<_>>() {
        api[id].doc.summary = Some(text);
    }
}

/// What uses each type.
struct Uses<'a> {
    api: &'a Api,
    /// By what they send, return and fail with.
    operations: [BTreeMap<TypeId, Vec<String>>; 3],
    /// By where their parameters stand.
    parameters: BTreeMap<Pointer, &'a Operation>,
    /// The types at each place.
    places: BTreeMap<&'a Pointer, Vec<TypeId>>,
    /// The types that hold each.
    holders: BTreeMap<TypeId, Vec<TypeId>>,
}

impl<'a> Uses<'a> {
    fn new(api: &'a Api, graph: &Graph) -> Self {
        let mut uses = Self {
            api,
            operations: Default::default(),
            parameters: BTreeMap::new(),
            places: BTreeMap::new(),
            holders: BTreeMap::new(),
        };
        // Which are named must not depend on the order of the description.
        let mut operations = api.operations.iter().collect::<Vec<_>>();
        operations.sort_by_key(|operation| &operation.name);
        for operation in operations {
            let sent = operation.body.iter().filter_map(|body| body.content.named());
            let named = |response: &Response| response.content.as_ref().and_then(Content::named);
            let each = [
                sent.collect::<BTreeSet<_>>(),
                operation.successes.iter().filter_map(named).collect(),
                operation.failures.iter().filter_map(named).collect(),
            ];
            for (users, ids) in uses.operations.iter_mut().zip(each) {
                for id in ids {
                    users.entry(id).or_default().push(method(operation));
                }
            }
            uses.parameters.insert(operation.pointer.child("parameters"), operation);
        }
        for (id, def) in api.types() {
            uses.places.entry(&def.pointer).or_default().push(id);
        }
        for (from, to) in graph.edges() {
            if from != to {
                uses.holders.entry(TypeId::new(to)).or_default().push(TypeId::new(from));
            }
        }
        uses
    }

    /// What uses the type, in a sentence; `None` if nothing does that has documentation of its own.
    fn of(&self, id: TypeId) -> Option<String> {
        let verbs = [("sends", "send"), ("returns", "return"), ("fails with", "fail with")];
        for (users, (one, several)) in self.operations.iter().zip(verbs) {
            if let Some(users) = users.get(&id) {
                let verb = if users.len() == 1 { one } else { several };
                return Some(format!("What {} {verb}.", list(users, "call", "calls")));
            }
        }
        let place = &self.api[id].pointer;
        if let Some(told) = self.member(id, place).or_else(|| self.property(id, place)) {
            return Some(told);
        }
        let parameter = place.outwards().find_map(|outer| self.parameters.get(&outer));
        if let Some(operation) = parameter {
            return Some(format!("What a parameter of {} can be.", method(operation)));
        }
        let holders = self.holders.get(&id)?.iter().filter_map(|holder| self.link(*holder));
        let holders = holders.collect::<Vec<_>>();
        (!holders.is_empty()).then(|| format!("Part of {}.", list(&holders, "type", "types")))
    }

    /// The types at a place, but for the one that is described.
    fn others_at(&self, place: &Pointer, id: TypeId) -> impl Iterator<Item = TypeId> {
        let types = self.places.get(place).into_iter().flatten().copied();
        types.filter(move |other| *other != id)
    }

    /// The union that the type stands in, as one of its types.
    fn member(&self, id: TypeId, place: &Pointer) -> Option<String> {
        let mut inner = place.clone();
        loop {
            let members = inner.parent()?;
            if !matches!(members.segments().last()?.as_str(), "oneOf" | "anyOf") {
                return None;
            }
            // One of a type and null is no union, but may itself stand in one.
            inner = members.parent()?;
            let is_union = |other: &TypeId| matches!(self.api[*other].kind, Kind::Union { .. });
            if let Some(union) = self.others_at(&inner, id).find(is_union) {
                return Some(format!("One of the types of {}.", self.link(union)?));
            }
        }
    }

    /// The property of another type that the type stands in, or in a list or a map of which it stands.
    fn property(&self, id: TypeId, place: &Pointer) -> Option<String> {
        place.outwards().find_map(|inner| {
            let properties = inner.parent()?;
            let owner = properties.parent()?;
            if properties != owner.child("properties") {
                return None;
            }
            let owner = self.others_at(&owner, id).next()?;
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
    fn link(&self, id: TypeId) -> Option<String> {
        let def = &self.api[id];
        let is_type = !matches!(def.kind, Kind::Alias(_));
        is_type.then(|| format!("[`{}`]", def.name))
    }
}

fn method(operation: &Operation) -> String {
    let name = &operation.name;
    format!("[`Client::{name}`](crate::Client::{name})")
}

/// The first of these, and how many others there are.
fn list(users: &[String], one: &str, several: &str) -> String {
    let others = users.len().saturating_sub(MAX_NAMED);
    let mut named = users.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>();
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
