//! What a schema consists of: itself, the parts of its `allOf`, and what these refer to.

use std::rc::Rc;

use serde_json::Value;

use super::{
    description::{Description, MAX_DEPTH},
    node::Node,
    reports::Unfollowed,
    shape::{Part, Parts, Union},
    vocabulary::{has_items, has_properties, is, is_annotation, is_marked, list},
};
use crate::input::rule::Rule;

/// The keywords that say what a schema consists of.
pub(super) const COMPOSITION: [&str; 5] = ["$ref", "allOf", "anyOf", "discriminator", "oneOf"];

impl Part<'_> {
    /// What it says itself, and not by what it consists of.
    pub(super) fn own_keywords(&self) -> impl Iterator<Item = (&String, &Value)> {
        let keywords = self.node.schema.as_object().into_iter().flatten();
        keywords.filter(|(keyword, _)| !COMPOSITION.contains(&keyword.as_str()))
    }
}

/// The union that a schema is, if it is nothing else.
pub(super) fn only_union<'a>(node: &Node<'a>) -> Option<Union<'a>> {
    let keywords = node.schema.as_object()?;
    let mut unions = ["anyOf", "oneOf"]
        .into_iter()
        .filter(|union| keywords.contains_key(*union));
    let (union, None) = (unions.next()?, unions.next()) else {
        return None;
    };
    keywords[union].as_array()?;
    let is_free =
        |keyword: &String| is_annotation(keyword) || [union, "discriminator", "type"].contains(&keyword.as_str());
    keywords.keys().all(is_free).then(|| union_of(node, union))
}

fn union_of<'a>(node: &Node<'a>, union: &str) -> Union<'a> {
    Union {
        alternatives: node.children(union),
        discriminator: node.schema.get("discriminator").cloned(),
        at: node.at.child(union),
    }
}

impl<'a> Parts<'a> {
    /// What a schema consists of, which becomes the type `owner`.
    ///
    /// # Errors
    ///
    /// Why a part cannot be followed.
    pub(super) fn of(description: &Description<'a>, node: &Node<'a>, owner: &str) -> Result<Self, Unfollowed> {
        let mut parts = Self {
            owner: owner.to_owned(),
            ..Self::default()
        };
        parts.found.insert(node.at.clone());
        parts.within.push(node.at.clone());
        parts.add(description, node, owner, 0)?;
        parts.within.clear();
        Ok(parts)
    }

    /// What a schema consists of, whatever type it becomes: many ask for it, and so it is found once. `None` if a part cannot be
    /// followed.
    pub(super) fn known(description: &Description<'a>, node: &Node<'a>) -> Option<Rc<Self>> {
        let node = description.behind_references(node);
        let find = || Self::of(description, &node, "").ok().map(Rc::new);
        description.parts.or_find(&node, find)
    }

    /// Whether nothing but objects is in it.
    pub(super) fn is_object(&self) -> bool {
        let schemas = || self.all.iter().map(|part| &*part.node.schema);
        schemas().any(|schema| is(schema, "type", "object") || has_properties(schema))
            && !schemas().any(|schema| schema.get("type").is_some_and(|kind| kind != "object"))
    }

    /// Whether nothing but lists of items that are all alike is in it.
    pub(super) fn is_list(&self) -> bool {
        let schemas = || self.all.iter().map(|part| &*part.node.schema);
        schemas().any(|schema| is(schema, "type", "array") || has_items(schema))
            && !schemas().any(|schema| schema.get("type").is_some_and(|kind| kind != "array"))
            && !schemas().any(|schema| schema.get("prefixItems").is_some())
    }

    /// Whether all parts of `other` are in it.
    pub(super) fn has_all_of(&self, other: &[Part<'_>]) -> bool {
        let has = |part: &Part<'_>| part.node.at.outwards().any(|at| self.found.contains(&at));
        other.iter().all(has)
    }

    /// Adds what a schema consists of, each component once.
    ///
    /// # Errors
    ///
    /// Why a part cannot be followed.
    pub(super) fn add(
        &mut self,
        description: &Description<'a>,
        node: &Node<'a>,
        owner: &str,
        depth: usize,
    ) -> Result<(), Unfollowed> {
        if depth > MAX_DEPTH {
            return Err(Unfollowed {
                rule: Rule::TooDeep,
                at: node.at.clone(),
                message: format!("parts stand in each other more than {MAX_DEPTH} deep"),
                help: "make one of some, in openapi/overlay.yaml",
            });
        }
        let (node, _) = node.without_null();
        if node.schema.get("$ref").is_some() {
            let (schema, at) = description.referenced(&node.schema, &node.at)?;
            let component = Node::at(schema, at);
            let owner = description.type_name(&component.at).unwrap_or(owner);
            if self.found.insert(component.at.clone()) {
                self.within.push(component.at.clone());
                self.add(description, &component, owner, depth + 1)?;
                self.within.pop();
            } else if self.within.contains(&component.at) {
                self.circular.push(node.at.child("$ref"));
            }
        }
        for part in node.children("allOf") {
            self.add(description, &part, owner, depth + 1)?;
        }
        for keyword in ["anyOf", "oneOf"] {
            // Alternatives that only demand something of the properties make no type of their own.
            let alternatives = list(&node.schema, keyword);
            if !alternatives.iter().any(is_a_type) {
                self.demands
                    .extend((!alternatives.is_empty()).then(|| node.at.child(keyword)));
            } else if !self.is_listed_by(description, &node) {
                self.unions.push(union_of(&node, keyword));
            }
        }
        let part = Part {
            node,
            owner: owner.to_owned(),
        };
        // Before 3.1, nothing beside a reference counts; a secret does.
        let counts = description.refers_with_keywords()
            || part.node.schema.get("$ref").is_none()
            || is_marked(&part.node.schema);
        if counts && part.own_keywords().any(|(keyword, _)| !is_annotation(keyword)) {
            self.all.push(part);
        }
        Ok(())
    }

    /// Whether a union lists what extends the schema that it stands in: a parent lists its children, and for each of them that
    /// says nothing more.
    fn is_listed_by(&self, description: &Description<'a>, node: &Node<'a>) -> bool {
        let mut inner = self.found.iter().filter(|at| !node.at.is_in(at)).peekable();
        inner.peek().is_some() && {
            let listed = description.listed_by(node);
            inner.any(|at| listed.contains(at))
        }
    }
}

/// Whether an alternative is more than a demand on the properties that stand beside it.
fn is_a_type(alternative: &Value) -> bool {
    let demands = ["required", "not", "title", "description"];
    let Some(keywords) = alternative.as_object() else {
        return false;
    };
    let is_plain_object = |keyword: &str| keyword == "type" && keywords[keyword] == "object";
    keywords
        .keys()
        .any(|keyword| !demands.contains(&keyword.as_str()) && !is_plain_object(keyword))
}
