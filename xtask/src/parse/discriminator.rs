//! Discriminators, and other properties whose values tell the alternatives of a union apart.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Value, json};

use super::{
    choice::{allowed, scalar_text},
    description::{Description, schemas_at, target},
    families::{NO_MAPPING, mapped, reference},
    intersection::members_of,
    node::Node,
    parts::only_union,
    reports::Reports,
    shape::{Parts, Union},
    vocabulary::{is, members, only_in_all_of, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::reserved::UNKNOWN_VARIANT,
};

/// The property whose value says which alternative holds, and for each alternative the values that stand for it.
pub(super) fn tag<'a>(
    description: &Description<'a>,
    alternatives: &[Node<'a>],
    discriminator: Option<&Value>,
) -> Option<(String, Vec<Vec<String>>)> {
    let by_discriminator = discriminator.and_then(|discriminator| {
        let property = text(discriminator, "propertyName")?;
        let mapping = mapping(description, discriminator);
        let mut candidates = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let mut seen = BTreeSet::new();
            let found = candidates_of(description, alternative, property, &mapping, &mut seen);
            candidates.extend(found.into_iter().map(|candidate| (index, candidate)));
        }
        let tags = (0..alternatives.len()).map(|index| tags_of(index, &candidates));
        let tags = tags.collect::<Vec<_>>();
        are_told_apart(&tags).then(|| (property.to_owned(), tags))
    });
    if by_discriminator.is_some() {
        return by_discriminator;
    }
    // Without one, a property that has other constants in each alternative does as well.
    let objects = innermost_alternatives(description, alternatives.first()?);
    let object = members_of(description, objects.first()?)?;
    let mut members = object.members.iter().collect::<Vec<_>>();
    members.sort_by(|one, other| one.name.cmp(&other.name));
    members.into_iter().find_map(|member| {
        let tags = alternatives
            .iter()
            .map(|alternative| values_of(description, alternative, &member.name, false));
        let tags = tags.collect::<Option<Vec<_>>>().filter(|tags| are_told_apart(tags))?;
        Some((member.name.clone(), tags))
    })
}

/// What a mapping names and no alternative is or lists, each as an alternative of its own. What extends the union that stands at
/// `union` is none: it would have itself for one.
pub(super) fn only_mapped<'a>(
    description: &Description<'a>,
    alternatives: &[Node<'a>],
    discriminator: &Value,
    union: &Pointer,
) -> Vec<Node<'a>> {
    if text(discriminator, "propertyName").is_none() {
        return Vec::new();
    }
    let mut listed = listed(description, alternatives);
    let mut nodes = Vec::new();
    for (value, target) in members(discriminator, "mapping") {
        let Some(component) = target.as_str().and_then(|target| component_of(description, target)) else {
            continue;
        };
        let name = component.segments().last().unwrap_or_default();
        let at = union.parent().unwrap_or_default();
        let at = at.child("discriminator").child("mapping").child(value);
        let node = Node::of(Cow::Owned(json!({"$ref": reference(&name)})), at);
        let parts = Parts::known(description, &node);
        let is_other = parts.is_some_and(|parts| parts.unions.iter().all(|own| own.at != *union));
        if is_other && !union.is_in(&component) && listed.insert(component) {
            nodes.push(node);
        }
    }
    nodes
}

/// Where the components stand that alternatives are, or that these list in turn.
fn listed<'a>(description: &Description<'a>, alternatives: &[Node<'a>]) -> BTreeSet<Pointer> {
    let mut listed = BTreeSet::new();
    for alternative in alternatives {
        let single = only_in_all_of(&alternative.schema).unwrap_or(&alternative.schema);
        let inner = description.innermost(alternative);
        listed.extend(target(single));
        listed.extend(description.listed_by(&inner).iter().cloned());
        listed.extend([alternative.at.clone(), inner.at]);
    }
    listed
}

/// Notes what of a discriminator is of no use, where the `tag` of its union is known.
pub(super) fn note_discriminator<'a>(
    description: &Description<'a>,
    union: &Union<'a>,
    tag: Option<&(String, Vec<Vec<String>>)>,
    reports: &mut Reports,
) {
    let Some((discriminator, at)) = union.discriminator.as_ref().zip(union.at.parent()) else {
        return;
    };
    let at = at.child("discriminator");
    let Some(property) = text(discriminator, "propertyName") else {
        let text = "without a `propertyName`: the alternatives are told apart by what fits";
        reports.note(Rule::UnusableDiscriminator, &at, text);
        return;
    };
    if discriminator.get("mapping").is_some_and(|mapping| !mapping.is_object()) {
        reports.note(Rule::UnusableMapping, &at.child("mapping"), NO_MAPPING);
    }
    let listed = listed(description, &union.alternatives);
    for (value, target) in members(discriminator, "mapping") {
        let found = target.as_str().and_then(|target| component_of(description, target));
        if found.as_ref().is_none_or(|found| !listed.contains(found)) {
            let what = if found.is_some() { "alternative" } else { "component" };
            let text = format!("{target} is no {what}: a value of it is kept as `{UNKNOWN_VARIANT}`");
            reports.note(Rule::UnusableMapping, &at.child("mapping").child(value), text);
        }
    }
    if tag.is_none_or(|(tag, _)| tag != property) {
        let text = format!("`{property}` does not tell all alternatives apart: what fits decides");
        reports.note(Rule::UnusableDiscriminator, &at, text);
        return;
    }
    for alternative in &union.alternatives {
        let Some(object) = members_of(description, &description.innermost(alternative)) else {
            continue;
        };
        let Some(member) = object.members.iter().find(|member| member.name == property) else {
            continue;
        };
        let is_required = object.required.iter().any(|name| name == property);
        if !is_required && member.node.schema.get("default").is_none() {
            let text = format!("`{property}` need not be there: without it, what fits decides");
            reports.note(Rule::OptionalDiscriminator, &member.node.at, text);
        }
    }
}

/// Where the component stands that the value of a mapping names.
fn component_of(description: &Description<'_>, target: &str) -> Option<Pointer> {
    let at = |name: &str| schemas_at().child(name);
    let name = mapped(target, |name| description.resolve(&at(name)).is_some())?;
    Some(at(&name))
}

/// The values of a discriminator's mapping, in their order, and where the components stand that these stand for.
fn mapping(description: &Description<'_>, discriminator: &Value) -> BTreeMap<String, Pointer> {
    let mapping = members(discriminator, "mapping");
    let mapping = mapping.filter_map(|(tag, target)| Some((tag.clone(), component_of(description, target.as_str()?)?)));
    mapping.collect()
}

/// What may stand for an alternative of a union, or for one that it has in turn.
struct Candidate {
    /// The values that are mapped to it.
    mapped: Vec<String>,
    /// The values that the property can have in it.
    constants: Vec<String>,
    /// The name of its component.
    name: Option<String>,
    /// Whether its name may stand for it though it is mapped: any text can be the property's value.
    may_have_both: bool,
}

/// The values of a discriminator that stand for the alternative at `index`: for each of its candidates those that are mapped to it, and
/// its constants that no other alternative has, as all have those of the base that they extend; or else its name. Where a mapping
/// leaves some to their names, the names of those that it has stand for them as well.
fn tags_of(index: usize, candidates: &[(usize, Candidate)]) -> Vec<String> {
    let is_shared = |text: &String| {
        let mut others = candidates.iter().filter(|(other, _)| *other != index);
        others.any(|(_, other)| other.constants.contains(text) || other.mapped.contains(text))
    };
    let is_left = |candidate: &Candidate| candidate.mapped.is_empty() && candidate.constants.is_empty();
    let mut named = candidates.iter().filter(|(_, candidate)| candidate.name.is_some());
    let is_partial = named.any(|(_, candidate)| is_left(candidate));
    let own = candidates.iter().filter(|(of, _)| *of == index);
    let tags = own.flat_map(|(_, candidate)| {
        let constants = candidate.constants.iter().filter(|text| !is_shared(text));
        let mut tags = candidate.mapped.iter().chain(constants).cloned().collect::<Vec<_>>();
        let is_named = tags.is_empty() || is_partial && candidate.may_have_both;
        let name = candidate
            .name
            .iter()
            .filter(|name| is_named && (tags.is_empty() || !is_shared(name)));
        tags.extend(name.cloned().collect::<Vec<_>>());
        tags
    });
    distinct(tags.collect())
}

/// What may stand for an alternative, or for those that it has in turn. A union that was `seen` before adds nothing.
fn candidates_of<'a>(
    description: &Description<'a>,
    alternative: &Node<'a>,
    property: &str,
    mapping: &BTreeMap<String, Pointer>,
    seen: &mut BTreeSet<Pointer>,
) -> Vec<Candidate> {
    let single = only_in_all_of(&alternative.schema).unwrap_or(&alternative.schema);
    let component = target(single);
    let mapped = mapping.iter().filter(|(_, target)| Some(*target) == component.as_ref());
    let mut own = Candidate {
        mapped: mapped.map(|(tag, _)| tag.clone()).collect(),
        constants: values_of(description, alternative, property, true).unwrap_or_default(),
        name: component.and_then(|component| component.segments().last()),
        may_have_both: false,
    };
    // The name of what a base is itself stands in no value; and what has no such property would become an alternative for each of its
    // tags.
    let is_added = own.name.as_ref().is_some_and(|name| description.added.contains(name));
    own.may_have_both = !is_added && own.constants.is_empty() && has_property(description, alternative, property);
    let mut inner = Vec::new();
    let parts = Parts::known(description, alternative);
    for union in parts.iter().flat_map(|parts| &parts.unions) {
        let discriminator = union.discriminator.as_ref();
        let is_same = discriminator.is_some_and(|own| is(own, "propertyName", property));
        // A union that tells its alternatives apart by something else is one of them by its own values.
        let has_own = !own.mapped.is_empty() || !own.constants.is_empty();
        if !is_same && has_own || !seen.insert(union.at.clone()) {
            continue;
        }
        let mut mapping = mapping.clone();
        if let Some(discriminator) = discriminator.filter(|_| is_same) {
            mapping.extend(self::mapping(description, discriminator));
        }
        let alternatives = union.alternatives.iter();
        inner.extend(alternatives.flat_map(|inner| candidates_of(description, inner, property, &mapping, seen)));
    }
    if !inner.is_empty() {
        // These say it themselves.
        (own.constants, own.name) = (Vec::new(), None);
    }
    inner.insert(0, own);
    inner
}

/// Whether a schema is an object that has a property.
fn has_property<'a>(description: &Description<'a>, node: &Node<'a>, property: &str) -> bool {
    let object = members_of(description, &description.innermost(node));
    object.is_some_and(|object| object.members.iter().any(|member| member.name == property))
}

/// The texts that a property can have in a schema, if these are few, and it is there: as it is required, or since a discriminator
/// names it, which means nothing without it.
fn values_of<'a>(
    description: &Description<'a>,
    alternative: &Node<'a>,
    property: &str,
    is_named: bool,
) -> Option<Vec<String>> {
    let objects = innermost_alternatives(description, alternative);
    let values = objects
        .iter()
        .map(|object| own_values(description, object, property, is_named));
    Some(distinct(values.collect::<Option<Vec<_>>>()?.concat()))
}

/// The alternatives of a union that are no unions themselves, each once; the schema itself, if it is none.
fn innermost_alternatives<'a>(description: &Description<'a>, node: &Node<'a>) -> Vec<Node<'a>> {
    let (mut found, mut seen, mut next) = (Vec::new(), BTreeSet::new(), vec![node.clone()]);
    while let Some(node) = next.pop() {
        let innermost = description.innermost(&node);
        let union = only_union(&innermost);
        if !seen.insert(innermost.at) {
            continue;
        }
        match union {
            Some(union) => next.extend(union.alternatives.into_iter().rev()),
            None => found.push(node),
        }
    }
    found
}

/// The texts that a property can have in an object.
fn own_values<'a>(
    description: &Description<'a>,
    object: &Node<'a>,
    property: &str,
    is_named: bool,
) -> Option<Vec<String>> {
    let object = members_of(description, object)?;
    let member = object.members.iter().find(|member| member.name == property)?;
    let is_required = object.required.iter().any(|name| name == property);
    if !is_named && !is_required && member.node.schema.get("default").is_none() {
        return None;
    }
    allowed(description, &member.node)?.iter().map(scalar_text).collect()
}

fn distinct(mut texts: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

/// Whether every alternative has values, and no two have the same.
fn are_told_apart(tags: &[Vec<String>]) -> bool {
    let mut all = tags.iter().flatten().collect::<Vec<_>>();
    let count = all.len();
    all.sort();
    all.dedup();
    all.len() == count && tags.iter().all(|tags| !tags.is_empty())
}
