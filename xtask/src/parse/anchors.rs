//! References by name instead of by place: anchors, `$id`, and `$dynamicRef`, for which each user of a schema can put a schema of its own.
//!
//! They become references by place before anything else is parsed. A schema that is used with schemas put in (a generic one) is copied for
//! each user, as `allOf`.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value, json};

use super::{
    description::target,
    vocabulary::{demands, has_any, is_annotation, members, text, without},
};
use crate::input::{diagnostic::Note, pointer::Pointer, rule::Rule};

/// More schemas than these are not copied for users of generic ones.
const MAX_COPIES: usize = 5000;

/// The keywords that name a place, or lead to what is named.
const BY_NAME: [&str; 4] = ["$anchor", "$dynamicAnchor", "$dynamicRef", "$id"];

/// The schemas that a user puts in, by the names under which generic schemas refer to them.
type Scope = BTreeMap<String, Pointer>;

/// A description in which every reference is one by place, and notes on what of that could not be done.
pub(super) fn by_place(root: &Value) -> (Cow<'_, Value>, Vec<Note>) {
    if !uses_names(root) {
        return (Cow::Borrowed(root), Vec::new());
    }
    let mut names = Names {
        root,
        ids: BTreeMap::new(),
        anchors: BTreeMap::new(),
        copies: BTreeMap::new(),
        notes: Vec::new(),
    };
    names.find(root, &Pointer::root());
    let by_place = names.rewritten(root, &Pointer::root(), &Pointer::root(), &Scope::new());
    (Cow::Owned(by_place), names.notes)
}

/// Whether any reference may be one by name.
fn uses_names(value: &Value) -> bool {
    match value {
        Value::Object(members) => has_any(value, &BY_NAME) || members.values().any(uses_names),
        Value::Array(items) => items.iter().any(uses_names),
        _ => false,
    }
}

struct Names<'a> {
    root: &'a Value,
    /// The places of the schemas with an `$id`.
    ids: BTreeMap<String, Pointer>,
    /// The places of anchors, by their names.
    anchors: BTreeMap<String, Vec<Pointer>>,
    /// The places of the copies: of which schema, and with what put in.
    copies: BTreeMap<(Pointer, Scope), Pointer>,
    notes: Vec<Note>,
}

impl Names<'_> {
    /// Finds what is named in a value.
    fn find(&mut self, value: &Value, at: &Pointer) {
        if let Some(id) = text(value, "$id") {
            self.ids.insert(id.trim_end_matches('#').to_owned(), at.clone());
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(value, keyword) {
                self.anchors.entry(name.to_owned()).or_default().push(at.clone());
            }
        }
        each_within(value, |key, inner| self.find(inner, &at.child(key)));
    }

    /// A value that stands at `from`, as it is to stand at `at`, where `scope` is put in.
    fn rewritten(&mut self, value: &Value, from: &Pointer, at: &Pointer, scope: &Scope) -> Value {
        let members = match value {
            Value::Object(members) => members,
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| {
                    let (from, at) = (from.child(index), at.child(index));
                    self.rewritten(item, &from, &at, scope)
                });
                return items.collect();
            }
            other => return other.clone(),
        };
        let mut scope = Cow::Borrowed(scope);
        for (name, place) in put_in(value, at) {
            // What stands outside has precedence.
            if !scope.contains_key(&name) {
                scope.to_mut().insert(name, place);
            }
        }
        let mut rewritten = Map::new();
        let mut reference = None;
        let are_names = from.segments().last().is_some_and(|last| last == "properties");
        for (key, inner) in members {
            match (key.as_str(), inner) {
                ("$ref", Value::String(target)) => reference = Some(self.target(target, from)),
                ("$dynamicRef", Value::String(target)) => {
                    let put_in = target.strip_prefix('#').and_then(|name| scope.get(name));
                    let place = put_in.map_or_else(|| self.target(target, from), Pointer::to_string);
                    // What is put in is not copied: where schemas are put into each other, there would be one for each combination.
                    rewritten.insert("$ref".into(), place.into());
                }
                (keyword, Value::String(_)) if BY_NAME.contains(&keyword) => {}
                (keyword, inner) if is_data(keyword) && !are_names => {
                    rewritten.insert(key.clone(), inner.clone());
                }
                _ => {
                    let inner = self.rewritten(inner, &from.child(key), &at.child(key), &scope);
                    rewritten.insert(key.clone(), inner);
                }
            }
        }
        if let Some(reference) = reference {
            self.refer(&mut rewritten, reference, at, &scope);
        }
        Value::Object(rewritten)
    }

    /// Adds to a schema what it refers to: a reference, or a copy with what is put in.
    fn refer(&mut self, schema: &mut Map<String, Value>, reference: String, at: &Pointer, scope: &Scope) {
        if scope.is_empty() {
            schema.insert("$ref".into(), reference.into());
            return;
        }
        let target = Pointer::from_reference(&reference);
        let found = target.and_then(|target| Some((target.resolve(self.root)?, target)));
        let Some((generic, target)) = found else {
            schema.insert("$ref".into(), reference.into());
            return;
        };
        let needed = self.needed(generic);
        let own = scope.iter().filter(|(name, _)| needed.contains(*name));
        let own = own
            .map(|(name, place)| (name.clone(), place.clone()))
            .collect::<Scope>();
        // What is put in where it stands needs no copy.
        if own.values().all(|place| place.is_in(&target)) {
            schema.insert("$ref".into(), reference.into());
            return;
        }
        let key = (target.clone(), own);
        if let Some(copy) = self.copies.get(&key) {
            schema.insert("$ref".into(), copy.to_string().into());
            return;
        }
        if self.copies.len() >= MAX_COPIES {
            let text = format!("schemas are put into others more than {MAX_COPIES} times: any JSON is taken");
            self.notes.push(Note::new(Rule::TooDeep, at, text));
            return;
        }
        let is_all = !schema.keys().any(|keyword| !is_annotation(keyword));
        let parts = schema.entry("allOf").or_insert_with(|| json!([]));
        let count = parts.as_array().map_or(0, Vec::len);
        let copy_at = at.child("allOf").child(count);
        let copied = if is_all { at.clone() } else { copy_at.clone() };
        self.copies.insert(key.clone(), copied);
        let copy = self.rewritten(generic, &target, &copy_at, &key.1);
        if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
            parts.push(copy);
        }
    }

    /// The names for which a schema, or what it refers to, has a `$dynamicRef`.
    fn needed(&self, schema: &Value) -> BTreeSet<String> {
        let (mut needed, mut seen, mut next) = (BTreeSet::new(), BTreeSet::new(), vec![schema]);
        while let Some(schema) = next.pop() {
            needed.extend(
                text(schema, "$dynamicRef")
                    .and_then(|target| target.strip_prefix('#'))
                    .map(str::to_owned),
            );
            let target = text(schema, "$ref").and_then(Pointer::from_reference);
            if let Some(target) = target.filter(|target| seen.insert(target.clone())) {
                next.extend(target.resolve(self.root));
            }
            each_within(schema, |_, inner| next.push(inner));
        }
        needed
    }

    /// A reference by place for one that stands at `from`; itself, if it leads to no name that is known.
    fn target(&self, reference: &str, from: &Pointer) -> String {
        let (id, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let base = match id {
            "" => Some(&Pointer::root()),
            id => self.ids.get(id),
        };
        let Some(base) = base.cloned() else {
            return reference.to_owned();
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            let below = |base: &Pointer| Pointer::from_reference(&format!("{base}{fragment}"));
            let is_there = |at: &Pointer| at.resolve(self.root).is_some();
            // Within a schema that has an `$id`, it is a place in that schema.
            let places = [below(&base), below(&component(from))];
            let found = places.into_iter().flatten().find(is_there);
            return found.map_or_else(|| reference.to_owned(), |at| at.to_string());
        }
        let places = self.anchors.get(fragment).map_or(&[][..], Vec::as_slice);
        let within = if id.is_empty() { component(from) } else { base };
        let near = places.iter().filter(|place| place.is_in(&within)).collect::<Vec<_>>();
        match (near.as_slice(), places) {
            ([place, ..], _) => place.to_string(),
            ([], [place]) => place.to_string(),
            _ => reference.to_owned(),
        }
    }
}

/// The schemas that a schema puts into others, by their names: itself, and those in its `$defs`.
fn put_in(schema: &Value, at: &Pointer) -> Vec<(String, Pointer)> {
    let name = |schema: &Value| text(schema, "$dynamicAnchor").map(str::to_owned);
    let definitions = at.child("$defs");
    // What only refers to a schema is that schema.
    let end = |schema: &Value, at: Pointer| match target(schema) {
        Some(target) if !demands(&without(schema, &["$ref", "$dynamicAnchor"])) => target,
        _ => at,
    };
    let within =
        members(schema, "$defs").filter_map(|(key, schema)| Some((name(schema)?, end(schema, definitions.child(key)))));
    name(schema)
        .map(|name| (name, at.clone()))
        .into_iter()
        .chain(within)
        .collect()
}

/// The component that a place is in; the place itself, if it is in none.
fn component(at: &Pointer) -> Pointer {
    let segments = at.segments().take(3).collect::<Vec<_>>();
    match segments.as_slice() {
        [components, _, _] if components == "components" => {
            segments.iter().fold(Pointer::root(), |at, segment| at.child(segment))
        }
        _ => at.clone(),
    }
}

/// Whether a keyword holds values and no schemas.
fn is_data(keyword: &str) -> bool {
    ["const", "default", "enum", "example", "examples"].contains(&keyword)
}

/// Calls `visit` with what stands within a value.
fn each_within<'v>(value: &'v Value, mut visit: impl FnMut(&str, &'v Value)) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, inner)| visit(key, inner)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| visit(&index.to_string(), item)),
        _ => {}
    }
}
