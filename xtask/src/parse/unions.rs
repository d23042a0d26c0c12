//! `anyOf` and `oneOf`: the alternatives, and what tells them apart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    description::{Description, Node, target},
    intersection::members_of,
    null::without_null,
    parts::{Union, only_union},
    reports::Reports,
    scalars::one_of_values,
    secrets::is_marked,
    shape::{Alternative, Shape, UnionShape},
    vocabulary::{has_any, is, only_in_all_of, text},
};
use crate::input::{pointer::Pointer, rule::Rule};

/// One of several types.
pub(super) fn union<'a>(description: &Description<'a>, union: Union<'a>, reports: &mut Reports) -> Shape<'a> {
    let Union {
        alternatives,
        discriminator,
        at,
    } = union;
    let mut alternatives = without_itself(description, alternatives, &at, reports);
    alternatives.retain(|alternative| *alternative.schema != Value::Bool(false));
    match alternatives.len() {
        0 => {
            reports.note(Rule::EmptyUnion, &at, "a choice of no schemas: any JSON is taken");
            return Shape::any();
        }
        1 => return Shape::Same(alternatives.remove(0)),
        _ => {}
    }
    if let Some(values) = strings(description, &alternatives) {
        return one_of_values(&values, &at, reports);
    }
    let tag = tag(description, &alternatives, discriminator.as_ref());
    let alternatives = alternatives.into_iter().map(|node| Alternative {
        word: word(description, &node.schema),
        node,
        shape: None,
    });
    Shape::Union(UnionShape {
        alternatives: alternatives.collect(),
        tag,
    })
}

/// The alternatives of a union that stands at `at`, without those that are the union itself, which add nothing, and with
/// those of an alternative that has the union among its own instead of that alternative.
fn without_itself<'a>(
    description: &Description<'a>,
    alternatives: Vec<Node<'a>>,
    at: &Pointer,
    reports: &mut Reports,
) -> Vec<Node<'a>> {
    let last = at.segments().last();
    let is_keyword = last.is_some_and(|last| ["anyOf", "oneOf"].contains(&last.as_str()));
    let own = at.parent().filter(|_| is_keyword).unwrap_or_else(|| at.clone());
    let mut others = Vec::new();
    flatten(
        description,
        alternatives,
        &mut BTreeSet::from([own]),
        &mut others,
        reports,
    );
    others
}

fn flatten<'a>(
    description: &Description<'a>,
    alternatives: Vec<Node<'a>>,
    within: &mut BTreeSet<Pointer>,
    into: &mut Vec<Node<'a>>,
    reports: &mut Reports,
) {
    for alternative in alternatives {
        let node = description.innermost(&alternative);
        if within.contains(&node.at) {
            let text = "the union that it stands in, to which it adds nothing";
            reports.note(Rule::RecursiveAlternative, &alternative.at, text);
            continue;
        }
        match only_union(&node) {
            Some(union) if leads_into(description, &union, within, &mut BTreeSet::new()) => {
                within.insert(node.at);
                flatten(description, union.alternatives, within, into, reports);
            }
            _ => into.push(alternative),
        }
    }
}

/// Whether an alternative of a union, or of those that it has for alternatives in turn, is one of `unions`.
fn leads_into<'a>(
    description: &Description<'a>,
    union: &Union<'a>,
    unions: &BTreeSet<Pointer>,
    seen: &mut BTreeSet<Pointer>,
) -> bool {
    union.alternatives.iter().any(|alternative| {
        let node = description.innermost(alternative);
        if unions.contains(&node.at) {
            return true;
        }
        let inner = only_union(&node).filter(|_| seen.insert(node.at));
        inner.is_some_and(|inner| leads_into(description, &inner, unions, seen))
    })
}

/// The strings that a union of nothing but strings lists; one that may be any string is part of every enum.
fn strings<'a>(description: &Description<'a>, alternatives: &[Node<'a>]) -> Option<Vec<Value>> {
    let mut strings = Vec::new();
    for alternative in alternatives {
        if description.is_upload(&alternative.at) {
            return None;
        }
        let schema = description.followed(alternative).filter(|schema| !is_marked(schema))?;
        let values = match (schema.get("enum"), schema.get("const")) {
            (Some(values), _) => values.as_array()?.clone(),
            (None, Some(value)) => vec![value.clone()],
            (None, None) => {
                let is_limited = has_any(&schema, &["format", "minLength", "maxLength", "pattern"]);
                if is_limited || !is(&schema, "type", "string") {
                    return None;
                }
                Vec::new()
            }
        };
        // An enum that is a component has a type of its own, which is worth keeping.
        if !values.is_empty() && alternative.schema.get("$ref").is_some() || !values.iter().all(Value::is_string) {
            return None;
        }
        strings.extend(values);
    }
    (!strings.is_empty()).then_some(strings)
}

/// The property whose value says which alternative holds, and for each alternative the values that stand for it.
pub(super) fn tag<'a>(
    description: &Description<'a>,
    alternatives: &[Node<'a>],
    discriminator: Option<&Value>,
) -> Option<(String, Vec<Vec<String>>)> {
    if let Some(property) = discriminator.and_then(|discriminator| text(discriminator, "propertyName")) {
        let mapping = mapping(discriminator);
        let tags = alternatives
            .iter()
            .map(|alternative| tags_of(description, alternative, property, &mapping, &mut BTreeSet::new()))
            .collect::<Vec<_>>();
        if are_told_apart(&tags) {
            return Some((property.to_owned(), tags));
        }
    }
    // Without one, a property that has other constants in each alternative does as well.
    let objects = innermost_alternatives(description, alternatives.first()?);
    let mut members = members_of(description, objects.first()?)?.members;
    members.sort_by(|one, other| one.name.cmp(&other.name));
    members.into_iter().find_map(|member| {
        let tags = alternatives
            .iter()
            .map(|alternative| values_of(description, alternative, &member.name));
        let tags = tags.collect::<Option<Vec<_>>>().filter(|tags| are_told_apart(tags))?;
        Some((member.name, tags))
    })
}

/// The mapping of a discriminator, in the order of its values.
fn mapping(discriminator: Option<&Value>) -> BTreeMap<String, String> {
    let mapping = discriminator.and_then(|discriminator| discriminator.get("mapping")?.as_object());
    let mapping = mapping.into_iter().flatten();
    mapping
        .filter_map(|(tag, target)| Some((tag.clone(), target.as_str()?.to_owned())))
        .collect()
}

/// The values of a discriminator that stand for an alternative: those that are mapped to it, its constants, or else those of
/// the alternatives that it has in turn, or its name. A union that was `seen` before adds nothing.
fn tags_of<'a>(
    description: &Description<'a>,
    alternative: &Node<'a>,
    property: &str,
    mapping: &BTreeMap<String, String>,
    seen: &mut BTreeSet<Pointer>,
) -> Vec<String> {
    let single = only_in_all_of(&alternative.schema).unwrap_or(&alternative.schema);
    let reference = text(single, "$ref");
    let component = reference.and_then(|reference| reference.rsplit('/').next());
    let is_it = |target: &String| {
        let target = Some(target.as_str());
        target == reference || target == component
    };
    let mapped = mapping.iter().filter(|(_, target)| is_it(target));
    let mut tags = mapped.map(|(tag, _)| tag.clone()).collect::<Vec<_>>();
    tags.extend(values_of(description, alternative, property).unwrap_or_default());
    let node = description.innermost(alternative);
    if let Some(union) = only_union(&node).filter(|_| tags.is_empty()) {
        if !seen.insert(node.at) {
            return Vec::new();
        }
        let own = union.discriminator.as_ref();
        let is_same = own.is_some_and(|own| is(own, "propertyName", property));
        let own = if is_same { &self::mapping(own) } else { mapping };
        let inner = union.alternatives.iter();
        tags.extend(inner.flat_map(|inner| tags_of(description, inner, property, own, seen)));
    }
    if tags.is_empty() {
        tags.extend(component.map(str::to_owned));
    }
    distinct(tags)
}

/// The texts that a property can have in a schema, if these are few and it is required.
fn values_of<'a>(description: &Description<'a>, alternative: &Node<'a>, property: &str) -> Option<Vec<String>> {
    let objects = innermost_alternatives(description, alternative);
    let values = objects.iter().map(|object| own_values(description, object, property));
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
fn own_values<'a>(description: &Description<'a>, object: &Node<'a>, property: &str) -> Option<Vec<String>> {
    let followed = Node::of(description.followed(object)?, object.at.clone());
    let object = members_of(description, &followed)?;
    let member = object.members.iter().find(|member| member.name == property)?;
    let is_required = object.required.iter().any(|name| name == property);
    if !is_required && member.node.schema.get("default").is_none() {
        return None;
    }
    let schema = description.followed(&member.node)?;
    let values = match schema.get("const") {
        Some(value) => std::slice::from_ref(value),
        None => schema.get("enum")?.as_array()?,
    };
    values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
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

/// What a person would call an alternative: its component, or its type.
pub(super) fn word(description: &Description<'_>, schema: &Value) -> String {
    let inner = without_null(schema).schema;
    let single = only_in_all_of(&inner).unwrap_or(&inner);
    if let Some(target) = target(single) {
        return match description.type_name(&target) {
            Some(name) => name.to_owned(),
            None => target.segments().last().unwrap_or_default(),
        };
    }
    let format = text(single, "format");
    // What is no type would make a name that depends on the order of its parts.
    let kind = single.get("type").and_then(|kind| match kind {
        Value::String(kind) => Some(kind.clone()),
        Value::Array(kinds) => Some(kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        _ => None,
    });
    match kind {
        Some(kind) if kind == "string" => match format {
            Some(format @ ("date" | "date-time")) => format.into(),
            Some(format) if format.starts_with("uuid") => "uuid".into(),
            _ => kind,
        },
        Some(kind) => kind,
        None if has_any(single, &["properties", "allOf"]) => "object".into(),
        None if has_any(single, &["enum", "const"]) => "string".into(),
        None => "value".into(),
    }
}
