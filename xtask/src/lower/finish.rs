//! What can only be told when every schema was lowered: what is sent, what holds itself, what is tried first.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    Lowering,
    operations::{self, Site},
    references,
    schemas::component_of,
};
use crate::{
    api::{Access, Content, Shape, Variant},
    diagnostic::Diagnostic,
    pointer::Pointer,
};

/// No more operations than these are named by one fault.
const MOST_NAMED: usize = 3;

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
        self.box_and_order(&holds);
        self.name_operations_at_fault();
        self.mocks();

        for (probe, schema) in std::mem::take(&mut self.probes).into_values() {
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
        let schemas = self.probed();
        let held = self.schemas.iter().map(|(key, schema)| {
            let mut held = BTreeSet::new();
            refers_to(schema, &mut held);
            if let Some(Shape::Union { variants, .. } | Shape::Tuple(variants)) =
                self.api.schemas.get(key).map(|schema| &schema.shape)
            {
                for schema in variants
                    .iter()
                    .filter_map(|variant| schemas.get(variant.probe.as_str()))
                {
                    refers_to(schema, &mut held);
                }
            }
            (key.clone(), held)
        });
        held.collect()
    }

    /// Every type that the probes consist of.
    fn closure(&self, probes: &[String], holds: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
        let schemas = self.probed();
        let mut first = BTreeSet::new();
        for schema in probes.iter().filter_map(|probe| schemas.get(probe.as_str())) {
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

    fn box_and_order(&mut self, holds: &BTreeMap<String, BTreeSet<String>>) {
        let ranks = {
            let schemas = self.probed();
            let rank = |variant: &Variant| {
                schemas
                    .get(variant.probe.as_str())
                    .map_or(Vec::new(), |schema| self.rank(schema, 0))
            };
            let unions = self.api.schemas.iter().filter_map(|(key, schema)| match &schema.shape {
                Shape::Union { variants, .. } => Some((key.clone(), variants.iter().map(rank).collect::<Vec<_>>())),
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
            let Some(ranks) = ranks.get(key) else { continue };
            let mut order = (0..variants.len()).collect::<Vec<_>>();
            order.sort_by_key(|index| &ranks[*index]);
            for (turn, index) in order.into_iter().enumerate() {
                variants[index].turn = turn;
            }
        }
    }

    /// The less a schema takes, the lower: what takes more must not be tried before.
    fn rank(&self, schema: &Value, depth: usize) -> Vec<i64> {
        if depth > 16 {
            return vec![9];
        }
        let count = |count: usize| -i64::try_from(count).unwrap_or(i64::MAX);
        let inner = if schema.get("allOf").is_some() {
            &schema["allOf"][0]
        } else {
            schema
        };
        if let Some(key) = component_of(inner) {
            return match self.api.schemas.get(&key).map(|schema| &schema.shape) {
                Some(Shape::Object(properties)) => {
                    let required = properties.iter().filter(|property| property.required).count();
                    vec![1, count(required), count(properties.len())]
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
            // What may be a secret is one, rather than a text that is printed.
            Some("string") if inner.get("format").is_some() => vec![0, 4, 1],
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
