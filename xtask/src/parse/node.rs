//! Schemas, with where they stand, and what was found of them.

use std::{borrow::Cow, cell::RefCell, collections::BTreeMap};

use serde_json::Value;

use super::{
    null::{NonNull, non_null},
    vocabulary::{list, members},
};
use crate::input::pointer::Pointer;

/// A schema and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) schema: Cow<'a, Value>,
    pub(super) at: Pointer,
    /// The schemas in its `allOf`, where these stand elsewhere: it is their [`intersection`](super::intersection).
    pub(super) parts: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    /// The schema that stands there in the description.
    pub(super) fn at(schema: &'a Value, at: Pointer) -> Self {
        Self::of(Cow::Borrowed(schema), at)
    }

    /// A schema that stands there, or that was made of what does.
    pub(super) fn of(schema: Cow<'a, Value>, at: Pointer) -> Self {
        Self {
            schema,
            at,
            parts: Vec::new(),
        }
    }

    /// The schema that allows anything, where the description has none.
    pub(super) fn any(at: Pointer) -> Self {
        Self::of(Cow::Owned(Value::Bool(true)), at)
    }

    /// The schema without the null that it allows, and whether it does.
    pub(super) fn without_null(&self) -> (Self, bool) {
        let NonNull {
            schema,
            is_nullable,
            place,
        } = non_null(&self.schema);
        let at = place.iter().fold(self.at.clone(), |at, segment| at.child(segment));
        let parts = self.parts.clone();
        (Self { schema, at, parts }, is_nullable)
    }

    /// The schema that a keyword holds.
    pub(super) fn child(&self, keyword: &str) -> Option<Self> {
        let schema = match &self.schema {
            Cow::Borrowed(schema) => Cow::Borrowed(schema.get(keyword)?),
            Cow::Owned(schema) => Cow::Owned(schema.get(keyword)?.clone()),
        };
        Some(Self::of(schema, self.at.child(keyword)))
    }

    /// The schemas that a keyword lists.
    pub(super) fn children(&self, keyword: &str) -> Vec<Self> {
        if keyword == "allOf" && !self.parts.is_empty() {
            return self.parts.clone();
        }
        let at = self.at.child(keyword);
        let schemas = match &self.schema {
            Cow::Borrowed(schema) => list(schema, keyword).iter().map(Cow::Borrowed).collect::<Vec<_>>(),
            Cow::Owned(schema) => list(schema, keyword).iter().cloned().map(Cow::Owned).collect(),
        };
        let schemas = schemas.into_iter().enumerate();
        schemas
            .map(|(index, schema)| Self::of(schema, at.child(index)))
            .collect()
    }

    /// The schemas that a keyword names, by their names.
    pub(super) fn named_children(&self, keyword: &str) -> Vec<(String, Self)> {
        let at = self.at.child(keyword);
        let schemas = match &self.schema {
            Cow::Borrowed(schema) => members(schema, keyword)
                .map(|(name, schema)| (name, Cow::Borrowed(schema)))
                .collect::<Vec<_>>(),
            Cow::Owned(schema) => members(schema, keyword)
                .map(|(name, schema)| (name, Cow::Owned(schema.clone())))
                .collect(),
        };
        let schemas = schemas.into_iter();
        schemas
            .map(|(name, schema)| (name.clone(), Self::of(schema, at.child(name))))
            .collect()
    }
}

/// What was found of each schema: by its place and by itself, as what was followed keeps the place that it was followed from.
pub(super) struct Known<T>(RefCell<BTreeMap<(Pointer, *const Value), T>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Known<T> {
    /// What is known of a schema, or else what is found. Of what was made of several schemas, nothing is kept.
    pub(super) fn or_find(&self, node: &Node<'_>, find: impl FnOnce() -> T) -> T {
        let Cow::Borrowed(schema) = node.schema else {
            return find();
        };
        if !node.parts.is_empty() {
            return find();
        }
        let key = (node.at.clone(), std::ptr::from_ref(schema));
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let found = find();
        self.0.borrow_mut().insert(key, found.clone());
        found
    }
}
