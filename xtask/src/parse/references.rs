//! The references of the description: which places refer to which.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::description::{Description, component_at, target};
use crate::{input::pointer::Pointer, model::graph::Graph};

/// The places that anything refers to, and what these refer to in turn.
pub(super) struct References {
    targets: Vec<Pointer>,
    numbers: BTreeMap<Pointer, usize>,
    graph: Graph,
}

impl References {
    pub(super) fn of(description: &Description<'_>) -> Self {
        let mut references = Self {
            targets: Vec::new(),
            numbers: BTreeMap::new(),
            graph: Graph::new(&[]),
        };
        let mut edges = Vec::new();
        references.targets_in(description, description.root);
        while let Some(at) = references.targets.get(edges.len()).cloned() {
            let targets = match description.resolve(&at) {
                Some(value) => references.targets_in(description, value),
                None => Vec::new(),
            };
            edges.push(targets);
        }
        references.graph = Graph::new(&edges);
        references
    }

    /// The numbers of the places that a value refers to by itself; unknown ones are added.
    fn targets_in(&mut self, description: &Description<'_>, value: &Value) -> Vec<usize> {
        let mut found = Vec::new();
        each_target(value, &mut |target| {
            if let Some(number) = self.numbers.get(&target) {
                found.push(*number);
            } else if description.resolve(&target).is_some() {
                let number = self.targets.len();
                self.numbers.insert(target.clone(), number);
                self.targets.push(target);
                found.push(number);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Where any reference leads.
    pub(super) fn targets(&self) -> BTreeSet<Pointer> {
        self.targets.iter().cloned().collect()
    }

    /// Where the references in `values` lead, and those in what they lead to.
    pub(super) fn used_by<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> BTreeSet<Pointer> {
        let mut first = Vec::new();
        for value in values {
            each_target(value, &mut |target| first.extend(self.numbers.get(&target).copied()));
        }
        self.places(&self.graph.reachable(first))
    }

    /// The components that are used, directly or through others, by what stands in `paths`.
    pub(super) fn used_components(&self, description: &Description<'_>) -> BTreeSet<String> {
        let used = self.used_by(description.root.get("paths"));
        used.iter().filter_map(|at| Some(component_at(at)?.0)).collect()
    }

    /// The places for which `is_meant` holds, and those that lead to one.
    pub(super) fn leading_to(&self, is_meant: impl Fn(&Pointer) -> bool) -> BTreeSet<Pointer> {
        let meant = self.targets.iter().enumerate().filter(|(_, at)| is_meant(at));
        let meant = meant.map(|(number, _)| number).collect::<Vec<_>>();
        self.places(&self.graph.reaching(meant))
    }

    fn places(&self, found: &[bool]) -> BTreeSet<Pointer> {
        let places = self.targets.iter().zip(found).filter(|(_, found)| **found);
        places.map(|(at, _)| at.clone()).collect()
    }
}

fn each_target(value: &Value, found: &mut impl FnMut(Pointer)) {
    let mut next = vec![value];
    while let Some(value) = next.pop() {
        match value {
            Value::Object(members) => {
                if let Some(target) = target(value) {
                    found(target);
                }
                next.extend(members.values());
            }
            Value::Array(items) => next.extend(items),
            _ => {}
        }
    }
}
