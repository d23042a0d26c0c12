//! The rules for `$ref`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Lowering, compose::only_part, nullable::without_null};
use crate::{names, pointer::Pointer};

/// How many references are followed, one from another, before they are taken for a circle.
pub(super) const LONGEST_CHAIN: usize = 64;

impl<'a> Lowering<'a> {
    /// A `$ref` to a schema, which becomes one to its type.
    pub(super) fn reference(&mut self, schema: &Value, at: &Pointer) -> Value {
        self.known(schema, at, &["$ref", "nullable"]);
        match self.target(&schema["$ref"], &at.child("$ref")) {
            Some(key) => json!({"$ref": format!("#/components/schemas/{key}")}),
            None => json!({}),
        }
    }

    /// The type that a `$ref` leads to, by the name that typify gives it.
    fn target(&mut self, reference: &Value, at: &Pointer) -> Option<String> {
        let Some(reference) = reference.as_str() else {
            self.fault(at, "`$ref` is not a string", "correct it in openapi/overlay.yaml");
            return None;
        };
        let Some(target) = Pointer::from_reference(reference) else {
            let message = format!("`$ref` to another file: {reference}");
            self.fault(at, message, "bundle the files into one document first");
            return None;
        };
        let Some(schema) = target.resolve(self.document) else {
            self.fault(
                at,
                format!("`$ref` to a schema that does not exist: {reference}"),
                "take the document from the vendor again, or add the schema in openapi/overlay.yaml",
            );
            return None;
        };
        if self.followed(schema).is_none() {
            let message = "a schema that is nothing but itself";
            self.fault(at, message, "correct it in openapi/overlay.yaml");
            return None;
        }
        if let Some(name) = self.component_name(&target).map(str::to_owned) {
            let key = names::typify(&name);
            if !self.schemas.contains_key(&key) && self.is_file(schema) {
                self.component(&name, schema, &target);
            }
            return Some(key);
        }
        if let Some(key) = self.elsewhere.get(&target) {
            return Some(key.clone());
        }
        let name = self.free_name(&self.name_of_place(&target), &target);
        let key = names::typify(&name);
        self.elsewhere.insert(target.clone(), key.clone());
        self.component(&name, schema, &target);
        Some(key)
    }

    /// The name of the type of the component that stands there.
    pub(super) fn component_name(&self, at: &Pointer) -> Option<&str> {
        let segments = at.segments().collect::<Vec<_>>();
        match segments.as_slice() {
            [components, schemas, name] if components == "components" && schemas == "schemas" => {
                self.components.get(name).map(String::as_str)
            }
            _ => None,
        }
    }

    /// A name for the type of a schema that is no component: of the component that it stands in, and its place there.
    fn name_of_place(&self, at: &Pointer) -> String {
        let segments = at.segments().collect::<Vec<_>>();
        let (mut name, rest) = match segments.as_slice() {
            [components, schemas, name, rest @ ..] if components == "components" && schemas == "schemas" => (
                self.components
                    .get(name)
                    .cloned()
                    .unwrap_or_else(|| names::component(name)),
                rest,
            ),
            _ => (String::new(), segments.as_slice()),
        };
        let structural = [
            "properties",
            "schema",
            "content",
            "$defs",
            "definitions",
            "paths",
            "components",
            "schemas",
        ];
        for segment in rest.iter().filter(|segment| !structural.contains(&segment.as_str())) {
            name = names::inline(&name, segment);
        }
        names::component(&name)
    }

    /// What a schema is in the end, if it is nothing but a reference to another; `None` if that leads in a circle.
    pub(super) fn followed(&self, schema: &Value) -> Option<Value> {
        let mut schema = without_null(schema).0.value;
        for _ in 0..LONGEST_CHAIN {
            let single = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                Some([single]) if schema.get("properties").is_none() => Some(single.clone()),
                _ => None,
            };
            let inner = single.unwrap_or_else(|| schema.clone());
            let Some(reference) = inner.get("$ref") else {
                return Some(schema);
            };
            let target = reference.as_str().and_then(Pointer::from_reference);
            let Some(next) = target.and_then(|target| target.resolve(self.document)) else {
                return Some(schema);
            };
            schema = without_null(next).0.value;
        }
        None
    }

    /// What a `$ref` leads to in the end, or the value itself, and where that stands; `None` if it leads nowhere.
    pub(super) fn end_of(&self, value: &'a Value, at: &Pointer) -> Option<(&'a Value, Pointer)> {
        let mut found = (value, at.clone());
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = found.0.get("$ref") else {
                return Some(found);
            };
            let target = reference.as_str().and_then(Pointer::from_reference)?;
            found = (target.resolve(self.document)?, target);
        }
        None
    }

    /// What a schema is in the end, through references and single parts of an `allOf`, and where that stands.
    pub(super) fn schema_in_the_end(&self, schema: &Value, at: &Pointer) -> (Value, Pointer) {
        let (part, _) = without_null(schema);
        let (mut at, mut schema) = (part.place_in(at), part.value);
        for _ in 0..LONGEST_CHAIN {
            let reference = schema.get("$ref").and_then(Value::as_str);
            let next = match (reference, only_part(&schema)) {
                (Some(reference), _) => {
                    let target = Pointer::from_reference(reference);
                    target.and_then(|target| Some((target.resolve(self.document)?, target)))
                }
                (None, Some((index, part))) => Some((part, at.child("allOf").child(index))),
                (None, None) => None,
            };
            let Some((next, place)) = next else { break };
            let (part, _) = without_null(next);
            at = part.place_in(&place);
            schema = part.value;
        }
        (schema, at)
    }

    /// What a `$ref` to a reusable part leads to, or the value itself, and where that stands.
    pub(super) fn resolved(
        &mut self,
        value: &'a Value,
        at: &Pointer,
        site: super::operations::Site<'_>,
    ) -> Option<(&'a Value, Pointer)> {
        let end = self.end_of(value, at);
        if end.is_some() {
            return end;
        }
        self.fault(
            &at.child("$ref"),
            format!("`$ref` to a part that does not exist: {}", value["$ref"]),
            format!(
                "take the document from the vendor again, add the part in openapi/overlay.yaml, or {}",
                site.leave_out()
            ),
        );
        None
    }
}

/// The components of which schemas are made that operations need, directly or through others.
pub(super) fn used_components(document: &Value) -> BTreeSet<String> {
    let used = used_by(document, [&document["paths"]])
        .into_iter()
        .filter_map(|target| match target.segments().collect::<Vec<_>>().as_slice() {
            [_, schemas, name, ..] if schemas == "schemas" => Some(name.clone()),
            _ => None,
        });
    used.collect()
}

/// Where the references in `values` lead, and those in what they lead to.
pub(super) fn used_by<'a>(document: &'a Value, values: impl IntoIterator<Item = &'a Value>) -> BTreeSet<Pointer> {
    let mut used = BTreeSet::new();
    let mut next = values.into_iter().collect::<Vec<_>>();
    while let Some(value) = next.pop() {
        match value {
            Value::Object(members) => {
                let reference = members.get("$ref").and_then(Value::as_str);
                if let Some(target) = reference.and_then(Pointer::from_reference)
                    && let Some(found) = target.resolve(document)
                    && used.insert(target)
                {
                    next.push(found);
                }
                next.extend(members.values());
            }
            Value::Array(items) => next.extend(items),
            _ => {}
        }
    }
    used
}

/// The schemas that requests refer to, directly or through others.
pub(super) fn sent<'a>(document: &'a Value, operations: &[((&str, &str), &'a Value, Pointer)]) -> BTreeSet<Pointer> {
    let bodies = operations
        .iter()
        .filter_map(|(_, operation, _)| operation.get("requestBody"));
    let own = operations
        .iter()
        .filter_map(|(_, operation, _)| operation.get("parameters"));
    let of_paths = document["paths"].as_object().into_iter().flatten();
    let of_paths = of_paths.filter_map(|(_, item)| item.get("parameters"));
    used_by(document, bodies.chain(own).chain(of_paths))
}
