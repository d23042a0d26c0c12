//! What can only be told when every schema was lowered: what is sent, what holds itself, what is tried first.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    Lowering,
    operations::{self, Site},
    references,
    schemas::{SECRET, component_of},
    unions::free_variant,
};
use crate::{
    api::{Access, Content, Shape, Variant},
    diagnostic::Diagnostic,
    names,
    pointer::Pointer,
};

/// No more operations than these are named by one fault.
const MOST_NAMED: usize = 3;

/// Unions that stand in each other are followed so deep for their tags.
const DEEPEST_TAG: usize = 16;

/// What a type makes of an object's properties.
#[derive(Default)]
struct Known {
    names: BTreeSet<String>,
    is_open: bool,
    /// The types that were looked at, lest one that holds itself is followed for ever.
    seen: BTreeSet<String>,
}

impl Lowering<'_> {
    pub(super) fn finish(&mut self, paths: &mut Map<String, Value>) {
        let holds = self.what_holds_what();
        let bodies = self
            .api
            .operations
            .iter()
            .filter_map(|operation| operation.body.as_ref());
        let sent = bodies.filter_map(|body| body.content.schema());
        let sent = sent.map(|typed| typed.probe.clone());
        let parameters = self.api.operations.iter().flat_map(|operation| &operation.parameters);
        let sent = sent.chain(parameters.map(|parameter| parameter.probe.clone()));
        let sent = self.closure(&sent.collect::<Vec<_>>(), &holds);
        let answers = self
            .api
            .operations
            .iter()
            .flat_map(|operation| operation.successes.iter().chain(&operation.failures));
        let received = answers.filter_map(|answer| answer.content.as_ref().and_then(Content::schema));
        let received = received.map(|typed| typed.probe.clone()).collect::<Vec<_>>();
        let received = self.closure(&received, &holds);

        self.settle_access(&sent, &received);
        self.settle_tags();
        self.box_and_order(&holds);
        self.name_operations_at_fault();
        self.describe_by_use(&holds);
        self.mocks();

        for (probe, schema) in std::mem::take(&mut self.probed) {
            let content = json!({"application/json": {"schema": schema}});
            let operation = json!({
                "operationId": probe,
                "responses": {"200": {"description": "", "content": content}},
            });
            paths.insert(format!("/{probe}"), json!({"get": operation}));
        }
    }

    /// By the name of each type: the types that it consists of.
    fn what_holds_what(&self) -> BTreeMap<String, BTreeSet<String>> {
        let held = self.schemas.iter().map(|(key, schema)| {
            let mut held = BTreeSet::new();
            refers_to(schema, &mut held);
            if let Some(Shape::Union { variants, .. } | Shape::Tuple(variants)) =
                self.api.schemas.get(key).map(|schema| &schema.shape)
            {
                for schema in self.schemas_of(variants) {
                    refers_to(schema, &mut held);
                }
            }
            (key.clone(), held)
        });
        held.collect()
    }

    /// Every type that the probes consist of.
    fn closure(&self, probes: &[String], holds: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
        let mut first = BTreeSet::new();
        for schema in probes.iter().filter_map(|probe| self.probed.get(probe)) {
            refers_to(schema, &mut first);
        }
        reached(first, holds)
    }

    /// What only the server writes is optional where it is sent, and what only the client writes where it is received.
    fn settle_access(&mut self, sent: &BTreeSet<String>, received: &BTreeSet<String>) {
        for (key, schema) in &mut self.api.schemas {
            schema.is_sent = sent.contains(key);
            schema.is_received = received.contains(key);
            let Shape::Object(properties) = &mut schema.shape else {
                continue;
            };
            for property in properties.iter_mut().filter(|property| property.required) {
                let is_optional = match property.access {
                    Access::Both => false,
                    Access::Server => schema.is_sent,
                    Access::Client => received.contains(key),
                };
                if is_optional {
                    property.required = false;
                    if let Some(names) = self.schemas[key]["required"].as_array_mut() {
                        names.retain(|name| *name != property.field.as_str());
                    }
                }
            }
        }
    }

    /// What has no property for the tag that it is read by is written with that tag.
    fn settle_tags(&mut self) {
        let holds = {
            let unions = self.api.schemas.iter().filter_map(|(key, schema)| match &schema.shape {
                Shape::Union {
                    variants,
                    tag: Some(tag),
                } => Some((key, variants, tag)),
                _ => None,
            });
            let holds = unions.map(|(key, variants, tag)| {
                let holds = variants.iter().map(|variant| {
                    let schema = self.probed.get(&variant.probe)?;
                    self.holds_tag(schema, tag, 0)
                });
                (key.clone(), holds.collect::<Vec<_>>())
            });
            holds.collect::<BTreeMap<_, _>>()
        };
        for (key, holds) in holds {
            let Some(Shape::Union { variants, .. }) = self.api.schemas.get_mut(&key).map(|schema| &mut schema.shape)
            else {
                continue;
            };
            let mut names = variants.iter().map(|variant| variant.name.clone()).collect::<Vec<_>>();
            let settled = std::mem::take(variants)
                .into_iter()
                .zip(holds)
                .flat_map(|(variant, holds)| {
                    match (holds, variant.tags.as_slice()) {
                        (Some(false), [tag]) => vec![Variant {
                            writes: Some(tag.clone()),
                            ..variant
                        }],
                        // Which of several tags it was would be lost, so there is a variant for each.
                        (Some(false), tags) => {
                            names.retain(|name| *name != variant.name);
                            let each = tags.iter().map(|tag| {
                                let name = free_variant(&names::variant(tag), &names);
                                names.push(name.clone());
                                Variant {
                                    name,
                                    tags: vec![tag.clone()],
                                    writes: Some(tag.clone()),
                                    ..variant.clone()
                                }
                            });
                            each.collect()
                        }
                        _ => vec![variant],
                    }
                });
            *variants = settled.collect();
        }
    }

    /// Whether every object that a lowered schema takes has a property for a tag; `None` if that depends, or if it takes
    /// more than objects.
    fn holds_tag(&self, schema: &Value, tag: &str, depth: usize) -> Option<bool> {
        if depth > DEEPEST_TAG {
            return None;
        }
        let inner = schema.get("allOf").map_or(schema, |all| &all[0]);
        let Some(key) = component_of(inner) else {
            return (inner["type"] == "object").then_some(false);
        };
        match &self.api.schemas.get(&key)?.shape {
            Shape::Object(properties) => Some(properties.iter().any(|property| property.name == tag)),
            Shape::Union { tag: Some(own), .. } if own == tag => Some(true),
            Shape::Union { variants, .. } => {
                let inner = variants.iter().map(|variant| {
                    let schema = self.probed.get(&variant.probe)?;
                    self.holds_tag(schema, tag, depth + 1)
                });
                inner.reduce(|all, holds| all.filter(|all| Some(*all) == holds))?
            }
            Shape::Other => self.holds_tag(self.schemas.get(&key)?, tag, depth + 1),
            Shape::Text { .. } | Shape::Choice(_) | Shape::Tuple(_) => None,
        }
    }

    fn box_and_order(&mut self, holds: &BTreeMap<String, BTreeSet<String>>) {
        let mut tried = {
            let secretive = self.secretive(holds);
            let tried = |variant: &Variant| {
                let schema = self.probed.get(&variant.probe).unwrap_or(&Value::Null);
                let mut held = BTreeSet::new();
                refers_to(schema, &mut held);
                let is_secret = schema.to_string().contains(SECRET) || !held.is_disjoint(&secretive);
                // What may be a secret is one, rather than anything that is printed.
                let rank = [vec![i64::from(!is_secret)], self.rank(schema, 0)].concat();
                let mut known = Known::default();
                self.known_to(schema, &mut known);
                (rank, known)
            };
            let unions = self.api.schemas.iter().filter_map(|(key, schema)| match &schema.shape {
                Shape::Union { variants, .. } => Some((key.clone(), variants.iter().map(tried).collect::<Vec<_>>())),
                _ => None,
            });
            unions.collect::<BTreeMap<_, _>>()
        };
        for (key, schema) in &mut self.api.schemas {
            let (Shape::Union { variants, .. } | Shape::Tuple(variants)) = &mut schema.shape else {
                continue;
            };
            for variant in variants.iter_mut() {
                variant.is_boxed = variant
                    .component
                    .as_ref()
                    .is_some_and(|component| reached(BTreeSet::from([component.clone()]), holds).contains(key));
            }
            let Some(tried) = tried.get_mut(key) else { continue };
            let mut order = (0..variants.len()).collect::<Vec<_>>();
            order.sort_by_key(|index| &tried[*index].0);
            for (turn, index) in order.into_iter().enumerate() {
                variants[index].turn = turn;
            }
            for (variant, (_, known)) in variants.iter_mut().zip(tried) {
                variant.knows = std::mem::take(&mut known.names).into_iter().collect();
                variant.is_open = known.is_open;
            }
        }
    }

    /// The types that hold a secret.
    fn secretive(&self, holds: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
        let is_secret = |key: &str, schema: &Value| {
            let inner = match self.api.schemas.get(key).map(|schema| &schema.shape) {
                Some(Shape::Union { variants, .. } | Shape::Tuple(variants)) => variants.as_slice(),
                _ => &[],
            };
            self.schemas_of(inner)
                .chain([schema])
                .any(|schema| schema.to_string().contains(SECRET))
        };
        let found = self.schemas.iter().filter(|(key, schema)| is_secret(key, schema));
        let mut held_by = BTreeMap::<String, BTreeSet<String>>::new();
        for (key, held) in holds {
            for held in held {
                held_by.entry(held.clone()).or_default().insert(key.clone());
            }
        }
        reached(found.map(|(key, _)| key.clone()).collect(), &held_by)
    }

    /// Adds the properties that a schema, or each item of its list, has names for, and whether it keeps others.
    fn known_to(&self, schema: &Value, known: &mut Known) {
        let inner = schema.get("allOf").map_or(schema, |all| &all[0]);
        if let Some(items) = inner.get("items") {
            return self.known_to(items, known);
        }
        let Some(key) = component_of(inner) else {
            let is_any = inner.as_object().is_some_and(Map::is_empty);
            known.is_open |= is_any || inner.get("additionalProperties").is_some();
            return;
        };
        if !known.seen.insert(key.clone()) {
            return;
        }
        match self.api.schemas.get(&key).map(|schema| &schema.shape) {
            Some(Shape::Object(properties)) => {
                known
                    .names
                    .extend(properties.iter().map(|property| property.name.clone()));
                known.is_open |= self.schemas[&key].get("additionalProperties").is_some();
            }
            Some(Shape::Union { variants, tag }) => {
                known.names.extend(tag.clone());
                for schema in self.schemas_of(variants) {
                    self.known_to(schema, known);
                }
            }
            Some(Shape::Other) => {
                if let Some(schema) = self.schemas.get(&key) {
                    self.known_to(schema, known);
                }
            }
            Some(Shape::Text { .. } | Shape::Choice(_) | Shape::Tuple(_)) | None => {}
        }
    }

    /// The less a schema takes, the lower: what takes more must not be tried before.
    fn rank(&self, schema: &Value, depth: usize) -> Vec<i64> {
        if depth > 16 {
            return vec![9];
        }
        let count = |count: usize| -i64::try_from(count).unwrap_or(i64::MAX);
        let inner = schema.get("allOf").map_or(schema, |all| &all[0]);
        if let Some(key) = component_of(inner) {
            return match self.api.schemas.get(&key).map(|schema| &schema.shape) {
                Some(Shape::Object(properties)) => {
                    let required = properties.iter().filter(|property| property.required).count();
                    let is_closed = self.schemas[&key].get("additionalProperties").is_none();
                    vec![1, count(required), i64::from(is_closed), count(properties.len())]
                }
                Some(Shape::Text { .. }) => vec![0, 3],
                Some(Shape::Choice(_)) => vec![0, 4],
                Some(Shape::Tuple(_)) => vec![2],
                Some(Shape::Union { .. }) => vec![8],
                Some(Shape::Other) => self
                    .schemas
                    .get(&key)
                    .map_or(vec![9], |schema| self.rank(schema, depth + 1)),
                None => vec![9],
            };
        }
        match inner["type"].as_str() {
            Some("integer" | "boolean") => vec![0, 0],
            Some("number") => vec![0, 1],
            Some("string") if inner.get("format").is_some_and(|format| format != "password") => vec![0, 2],
            Some("string") => vec![0, 5],
            Some("array") => [vec![3], self.rank(&inner["items"], depth + 1)].concat(),
            Some("object") => [vec![4], self.rank(&inner["additionalProperties"], depth + 1)].concat(),
            _ => vec![9],
        }
    }

    /// Adds to each fault of a component how to leave out the operations that need it.
    fn name_operations_at_fault(&mut self) {
        if self.faults.is_empty() {
            return;
        }
        let operations = self.every_operation();
        for fault in &mut self.faults {
            let help = fault.pointer().and_then(|at| leave_out(self.document, &operations, at));
            if let Some(help) = help {
                *fault = fault.clone().or_help(&help);
            }
        }
    }
}

/// The overlay's actions that leave out the operations that need a component, ready to be pasted.
fn leave_out(document: &Value, operations: &[((&str, &str), &Value, Pointer)], at: &Pointer) -> Option<String> {
    if !at.is_in(&Pointer::root().child("components")) {
        return None;
    }
    let needing = operations.iter().filter(|(_, operation, _)| {
        let used = references::used_by(document, [*operation]);
        used.iter().any(|used| at.is_in(used))
    });
    let needing = needing.map(|((path, method), ..)| Site {
        path,
        method: Some(method),
    });
    let needing = needing.collect::<Vec<_>>();
    let mut actions = needing
        .iter()
        .take(MOST_NAMED)
        .map(|site| site.leave_out())
        .collect::<Vec<_>>();
    if needing.len() > MOST_NAMED {
        actions.push(format!("so too {} more that need it", needing.len() - MOST_NAMED));
    }
    (!actions.is_empty()).then(|| actions.join("\nand "))
}

/// Adds to a fault of a component how to leave out the operations that need it.
#[must_use]
pub fn with_remedy(fault: Diagnostic, document: &Value) -> Diagnostic {
    let operations = operations::every_operation(document);
    match fault.pointer().and_then(|at| leave_out(document, &operations, at)) {
        Some(help) => fault.or_help(&help),
        None => fault,
    }
}

/// Every type that a lowered schema refers to.
fn refers_to(schema: &Value, into: &mut BTreeSet<String>) {
    match schema {
        Value::Object(keywords) => {
            into.extend(component_of(schema));
            keywords.values().for_each(|value| refers_to(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| refers_to(item, into)),
        _ => {}
    }
}

/// These, and all that they lead to.
fn reached(first: BTreeSet<String>, holds: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut next = first.iter().cloned().collect::<Vec<_>>();
    let mut reached = first;
    while let Some(key) = next.pop() {
        for held in holds.get(&key).into_iter().flatten() {
            if reached.insert(held.clone()) {
                next.push(held.clone());
            }
        }
    }
    reached
}
