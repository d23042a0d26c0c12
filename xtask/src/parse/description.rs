//! The description as it was read: where its parts are, and what its references lead to.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use serde_json::Value;

use super::{
    node::{Known, Node},
    null::without_null,
    reports::Unfollowed,
    shape::{ObjectShape, Parts},
    vocabulary::{
        demands, has_any, is_annotation, is_check, is_marked, list, makes_type, only_in_all_of, text, without,
    },
};
use crate::input::{pointer::Pointer, rule::Rule};

/// How deep schemas may stand in each other, and how many references may lead from one to the next.
pub(super) const MAX_DEPTH: usize = 100;

/// What to do about something that is not as OpenAPI has it.
pub(super) const CORRECT: &str = "correct it in openapi/overlay.yaml";

/// The description, and what is known of it before its schemas become types.
pub(super) struct Description<'a> {
    pub(super) root: &'a Value,
    /// The names of the types of components, by the components' names.
    pub(super) component_names: BTreeMap<String, String>,
    /// The places that mark secrets, of all that anything refers to.
    pub(super) secrets: BTreeSet<Pointer>,
    /// The schemas that are files of forms.
    pub(super) uploads: BTreeSet<Pointer>,
    /// The places that anything refers to.
    pub(super) referred: BTreeSet<Pointer>,
    /// The components that the description itself does not have: see [`Families`](super::families::Families).
    pub(super) added: BTreeSet<String>,
    /// Whether what stands beside a `$ref` counts, as it does since OpenAPI 3.1.
    refers_with_keywords: bool,
    /// What [`consists_of_nullable`](Self::consists_of_nullable) has found.
    nullable: RefCell<BTreeMap<Pointer, bool>>,
    /// What [`listed_by`](Self::listed_by) has found.
    listed: Known<Rc<BTreeSet<Pointer>>>,
    /// What [`Parts::known`] has found.
    pub(super) parts: Known<Option<Rc<Parts<'a>>>>,
    /// What [`members_of`](super::intersection::members_of) has found.
    pub(super) members: Known<Option<Rc<ObjectShape<'a>>>>,
}

/// Whether what stands beside a `$ref` counts, as it does since OpenAPI 3.1.
pub(super) fn refers_with_keywords(root: &Value) -> bool {
    !text(root, "openapi").is_some_and(|version| version.starts_with("3.0"))
}

/// The target of a schema's `$ref`.
pub(super) fn target(schema: &Value) -> Option<Pointer> {
    Pointer::from_reference(text(schema, "$ref")?)
}

/// The place of the components that are schemas.
pub(super) fn schemas_at() -> Pointer {
    Pointer::root().child("components").child("schemas")
}

/// The name of the component that stands there, and where within it.
pub(super) fn component_at(at: &Pointer) -> Option<(String, Vec<String>)> {
    let mut segments = at.segments();
    let is_component = segments.next()? == "components" && segments.next()? == "schemas";
    let name = segments.next().filter(|_| is_component)?;
    Some((name, segments.collect()))
}

/// The only part of an `allOf` that says which type a value has, if nothing else does.
pub(super) fn only_part(schema: &Value) -> Option<(usize, &Value)> {
    let keywords = schema.as_object()?;
    keywords.get("allOf")?.as_array()?;
    let mut telling = list(schema, "allOf")
        .iter()
        .enumerate()
        .filter(|(_, part)| makes_type(part));
    let (single, None) = (telling.next()?, telling.next()) else {
        return None;
    };
    let mut beside = keywords.iter().filter(|(keyword, _)| *keyword != "allOf");
    beside
        .all(|(keyword, value)| is_annotation(keyword) || is_check(keyword, value))
        .then_some(single)
}

/// The keyword of a union of one alternative, where a schema is nothing besides.
fn only_alternative(schema: &Value) -> Option<&str> {
    let mut keywords = schema
        .as_object()?
        .iter()
        .filter(|(keyword, _)| !is_annotation(keyword));
    match (keywords.next(), keywords.next()) {
        (Some((keyword, Value::Array(alternatives))), None) if ["anyOf", "oneOf"].contains(&keyword.as_str()) => {
            let possible = alternatives
                .iter()
                .filter(|alternative| **alternative != Value::Bool(false));
            (possible.count() == 1).then_some(keyword.as_str())
        }
        _ => None,
    }
}

impl<'a> Description<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self {
            root,
            component_names: BTreeMap::new(),
            secrets: BTreeSet::new(),
            uploads: BTreeSet::new(),
            referred: BTreeSet::new(),
            added: BTreeSet::new(),
            refers_with_keywords: refers_with_keywords(root),
            nullable: RefCell::default(),
            listed: Known::default(),
            parts: Known::default(),
            members: Known::default(),
        }
    }

    /// What stands there.
    pub(super) fn resolve(&self, at: &Pointer) -> Option<&'a Value> {
        at.resolve(self.root)
    }

    /// The component schemas, by name.
    pub(super) fn schemas(&self) -> BTreeMap<&'a String, &'a Value> {
        let schemas = self.resolve(&schemas_at()).and_then(Value::as_object);
        schemas.into_iter().flatten().collect()
    }

    /// The name of the type of the component that stands there.
    pub(super) fn type_name(&self, at: &Pointer) -> Option<&str> {
        match component_at(at)? {
            (name, rest) if rest.is_empty() => self.component_names.get(&name).map(String::as_str),
            _ => None,
        }
    }

    /// What the `$ref` of a schema or another part leads to, and where that stands.
    ///
    /// # Errors
    ///
    /// Why it cannot be followed.
    pub(super) fn referenced(&self, value: &Value, at: &Pointer) -> Result<(&'a Value, Pointer), Unfollowed> {
        let unfollowed = |rule: Rule, message: String, help: &'static str| Unfollowed {
            rule,
            at: at.child("$ref"),
            message,
            help,
        };
        let Some(reference) = text(value, "$ref") else {
            let message = "`$ref` is not a string".to_owned();
            return Err(unfollowed(Rule::MalformedReference, message, CORRECT));
        };
        let Some(target) = Pointer::from_reference(reference) else {
            let message = format!("`$ref` to another file: {reference}");
            let help = "bundle the files into one description first";
            return Err(unfollowed(Rule::ExternalReference, message, help));
        };
        let Some(found) = self.resolve(&target) else {
            let message = format!("`$ref` to something that does not exist: {target}");
            let help = "take the description from the vendor again, or add it in openapi/overlay.yaml";
            return Err(unfollowed(Rule::DanglingReference, message, help));
        };
        Ok((found, target))
    }

    /// Whether a schema is what its `$ref` leads to, and nothing beside that says more of the type.
    pub(super) fn is_only_reference(&self, schema: &Value) -> bool {
        schema.get("$ref").is_some() && !(self.refers_with_keywords && makes_type(&without(schema, &["$ref"])))
    }

    /// Whether what stands beside a `$ref` counts.
    pub(super) fn refers_with_keywords(&self) -> bool {
        self.refers_with_keywords
    }

    /// What a schema leads to, if it is a reference, or a reference or null, and where that stands.
    fn next(&self, schema: &Value) -> Option<(&'a Value, Pointer)> {
        let schema = without_null(schema).schema;
        let single = only_in_all_of(&schema).filter(|_| schema.get("properties").is_none());
        let single = single.unwrap_or(&schema);
        let target = target(single).filter(|_| self.is_only_reference(single))?;
        Some((self.resolve(&target)?, target))
    }

    /// The schema that a reference leads to, where nothing stands beside it; the schema itself, if it is none.
    pub(super) fn behind_references(&self, node: &Node<'a>) -> Node<'a> {
        let mut node = node.clone();
        for _ in 0..MAX_DEPTH {
            let is_alone = |schema: &Value| !is_marked(schema) && !demands(&without(schema, &["$ref"]));
            let next = target(&node.schema).filter(|_| node.parts.is_empty() && is_alone(&node.schema));
            let Some((at, schema)) = next.and_then(|at| Some((at.clone(), self.resolve(&at)?))) else {
                break;
            };
            node = Node::at(schema, at);
        }
        node
    }

    /// What a schema is in the end, if it is nothing but a reference to another; `None` if that has no end.
    pub(super) fn followed(&self, node: &Node<'a>) -> Option<Cow<'a, Value>> {
        let mut schema = node.without_null().0.schema;
        for _ in 0..MAX_DEPTH {
            let Some((next, _)) = self.next(&schema) else {
                return Some(schema);
            };
            schema = without_null(next).schema;
        }
        None
    }

    /// What a `$ref` leads to in the end, or the value itself, and where that stands.
    ///
    /// # Errors
    ///
    /// Why it cannot be followed.
    pub(super) fn end_of(&self, value: &'a Value, at: &Pointer) -> Result<(&'a Value, Pointer), Unfollowed> {
        let mut found = (value, at.clone());
        for _ in 0..MAX_DEPTH {
            if found.0.get("$ref").is_none() {
                return Ok(found);
            }
            found = self.referenced(found.0, &found.1)?;
        }
        Err(self.endless(value, at))
    }

    /// Why a reference has no end: it leads back to where it has been, or only further than is followed.
    pub(super) fn endless(&self, value: &Value, at: &Pointer) -> Unfollowed {
        let mut seen = BTreeSet::new();
        let mut next = self.next(value);
        while let Some((found, place)) = next.filter(|_| seen.len() <= MAX_DEPTH) {
            if !seen.insert(place) {
                return Unfollowed {
                    rule: Rule::CircularReference,
                    at: at.child("$ref"),
                    message: "a `$ref` to nothing but itself".into(),
                    help: CORRECT,
                };
            }
            next = self.next(found);
        }
        Unfollowed {
            rule: Rule::TooDeep,
            at: at.child("$ref"),
            message: format!("more than {MAX_DEPTH} references lead from one to the next"),
            help: "let it refer to the last of them, in openapi/overlay.yaml",
        }
    }

    /// What a schema is in the end, through references and single parts of an `allOf`, and where that stands.
    pub(super) fn innermost(&self, node: &Node<'a>) -> Node<'a> {
        let (mut node, _) = node.without_null();
        for _ in 0..MAX_DEPTH {
            let next = if self.is_only_reference(&node.schema) {
                target(&node.schema).and_then(|at| Some(Node::at(self.resolve(&at)?, at)))
            } else {
                only_part(&node.schema).and_then(|(index, _)| node.children("allOf").into_iter().nth(index))
            };
            let Some(next) = next else { break };
            (node, _) = next.without_null();
        }
        node
    }

    /// Where the alternatives of a union stand, and those that they have in turn.
    pub(super) fn listed_by(&self, node: &Node<'a>) -> Rc<BTreeSet<Pointer>> {
        self.listed.or_find(node, || {
            let (mut listed, mut seen) = (BTreeSet::new(), BTreeSet::new());
            let mut next = vec![node.clone()];
            while let Some(union) = next.pop() {
                for keyword in ["anyOf", "oneOf"] {
                    for alternative in union.children(keyword) {
                        let node = self.innermost(&alternative);
                        listed.extend(target(&alternative.schema));
                        if seen.insert(node.at.clone()) {
                            next.push(node);
                        }
                    }
                }
            }
            listed.append(&mut seen);
            Rc::new(listed)
        })
    }

    /// Whether a schema allows null by what it consists of: it refers to what may be null, be it through others, or each part of
    /// its `allOf` may be.
    pub(super) fn consists_of_nullable(&self, node: &Node<'a>) -> bool {
        self.is_nullable_within(node, 0)
    }

    fn is_nullable_within(&self, node: &Node<'a>, depth: usize) -> bool {
        let mut parts = node.children("allOf");
        if let Some(target) = target(&node.schema) {
            parts.extend(self.resolve(&target).map(|schema| Node::at(schema, target)));
        }
        // What many refer to is asked once; what refers to itself says nothing by that.
        let is_own = matches!(node.schema, Cow::Borrowed(_));
        if let Some(known) = self.nullable.borrow().get(&node.at).filter(|_| is_own) {
            return *known;
        }
        if is_own {
            self.nullable.borrow_mut().insert(node.at.clone(), false);
        }
        if let Some(union) = only_alternative(&node.schema) {
            parts.extend(node.children(union));
        }
        // Properties, say, are nothing that null lacks.
        let excluding = ["$ref", "allOf", "anyOf", "const", "enum", "oneOf", "type"];
        parts.retain(|part| has_any(&part.schema, &excluding));
        let mut parts = parts.iter().map(Node::without_null);
        let is_nullable = |(part, is_nullable)| is_nullable || self.is_nullable_within(&part, depth + 1);
        let is_nullable = depth < MAX_DEPTH && parts.len() > 0 && parts.all(is_nullable);
        if is_own {
            self.nullable.borrow_mut().insert(node.at.clone(), is_nullable);
        }
        is_nullable
    }

    /// Whether what stands there is a file of a form, or an alternative of a nullable one (`anyOf/0`).
    pub(super) fn is_upload(&self, at: &Pointer) -> bool {
        is_within(&self.uploads, at)
    }
}

/// Whether what stands there is one of `places`, or stands in one.
pub(super) fn is_within(places: &BTreeSet<Pointer>, at: &Pointer) -> bool {
    !places.is_empty() && at.outwards().any(|place| places.contains(&place))
}
