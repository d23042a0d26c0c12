//! `anyOf` and `oneOf`: the alternatives, and what tells them apart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    choice::{allowed, one_of, scalar_text},
    description::{Description, target},
    discriminator::{note_discriminator, only_mapped, tag},
    intersection::members_of,
    node::Node,
    null::without_null,
    parts::only_union,
    reports::Reports,
    shape::{Alternative, ObjectShape, Shape, Union, UnionShape},
    vocabulary::{has_any, is, is_marked, only_in_all_of, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{names, reserved::UNKNOWN_VARIANT},
};

/// What alternatives are called that have no name of their own.
pub(super) const GENERIC_WORDS: [&str; 4] = ["array", "object", "string", "value"];

/// One of several types.
pub(super) fn union<'a>(description: &Description<'a>, union: Union<'a>, reports: &mut Reports) -> Shape<'a> {
    let Union {
        alternatives,
        discriminator,
        at,
    } = union;
    let mut alternatives = without_itself(description, alternatives, &at, reports);
    alternatives.retain(|alternative| *alternative.schema != Value::Bool(false));
    if let Some(discriminator) = &discriminator {
        let mapped = only_mapped(description, &alternatives, discriminator, &at);
        alternatives.extend(mapped);
    }
    match alternatives.len() {
        0 => {
            reports.note(Rule::EmptyUnion, &at, "a choice of no schemas: any JSON is taken");
            return Shape::any();
        }
        1 => return Shape::Same(alternatives.remove(0)),
        _ => {}
    }
    if let Some(values) = constants(description, &alternatives) {
        return one_of(values, &Value::Null, &at, reports);
    }
    let tag = tag(description, &alternatives, discriminator.as_ref());
    let union = Union {
        alternatives,
        discriminator,
        at,
    };
    note_discriminator(description, &union, tag.as_ref(), reports);
    let words = words(description, &union, tag.as_ref(), reports);
    if tag.is_none() {
        note_overlap(description, &union, &words, reports);
    }
    let alternatives = union.alternatives.into_iter().zip(words);
    let alternatives = alternatives.map(|(node, word)| Alternative {
        word,
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

/// The values that a union of nothing but strings, numbers and booleans lists, and the titles that numbers and booleans have. One
/// that may be any string is part of every enum of strings.
fn constants<'a>(description: &Description<'a>, alternatives: &[Node<'a>]) -> Option<Vec<(Option<String>, Value)>> {
    let mut constants = Vec::<(Option<String>, Value)>::new();
    let mut is_any_string = false;
    for alternative in alternatives {
        if description.is_upload(&alternative.at) {
            return None;
        }
        let schema = description.followed(alternative).filter(|schema| !is_marked(schema))?;
        let is_listed = schema.get("const").is_some() || schema.get("enum").is_some_and(Value::is_array);
        if !is_listed {
            let is_limited = has_any(&schema, &["format", "minLength", "maxLength", "pattern"]);
            if is_limited || !is(&schema, "type", "string") {
                return None;
            }
            is_any_string = true;
            continue;
        }
        // An enum that is a component has a type of its own, which is worth keeping.
        if alternative.schema.get("$ref").is_some() {
            return None;
        }
        let values = allowed(description, alternative)?;
        let title = text(&schema, "title").filter(|_| values.len() == 1);
        for value in values {
            scalar_text(&value)?;
            if !constants.iter().any(|(_, other)| *other == value) {
                constants.push((title.map(str::to_owned), value));
            }
        }
    }
    let is_one_type = !is_any_string || constants.iter().all(|(_, value)| value.is_string());
    let is_enum = constants.iter().any(|(_, value)| !value.is_boolean());
    (is_one_type && is_enum).then_some(constants)
}

/// Notes two alternatives of an `anyOf` of which a value can have all properties, where neither has a name for all: it can only be kept
/// as JSON. Where both demand what cannot be at once, or one keeps all properties, or forbids the other's, there is no such value.
fn note_overlap<'a>(description: &Description<'a>, union: &Union<'a>, words: &[String], reports: &mut Reports) {
    if union.at.segments().last().as_deref() != Some("anyOf") {
        return;
    }
    let objects = union.alternatives.iter().zip(words);
    let objects =
        objects.filter_map(|(node, word)| Some((word, members_of(description, &description.innermost(node))?)));
    let objects = objects.filter(|(_, object)| object.additional.is_none() && !object.members.is_empty());
    let objects = objects.collect::<Vec<_>>();
    let has = |object: &ObjectShape<'a>, name: &str| object.members.iter().any(|member| member.name == name);
    let adds = |one: &ObjectShape<'a>, other: &ObjectShape<'a>| {
        let mut members = other.members.iter();
        !one.is_closed && members.any(|member| !has(one, &member.name))
    };
    let is_contrary = |one: &ObjectShape<'a>, other: &ObjectShape<'a>| {
        one.members.iter().any(|member| {
            let same = other.members.iter().find(|other| other.name == member.name);
            let is_required = |object: &ObjectShape<'a>| object.required.contains(&member.name);
            same.is_some_and(|same| {
                is_required(one) && is_required(other) && are_disjoint(description, &member.node, &same.node)
            })
        })
    };
    for (index, (first, one)) in objects.iter().enumerate() {
        let mut others = objects[index + 1..].iter();
        let found = others.find(|(_, other)| adds(one, other) && adds(other, one) && !is_contrary(one, other));
        if let Some((second, _)) = found {
            let text = format!(
                "a value with properties of both `{first}` and `{second}` is kept as `{UNKNOWN_VARIANT}`: if that is meant, describe one \
                 object with the properties of all in openapi/overlay.yaml"
            );
            reports.note(Rule::OverlappingAlternatives, &union.at, text);
            return;
        }
    }
}

/// Whether it is plain that no value is of both schemas.
fn are_disjoint<'a>(description: &Description<'a>, one: &Node<'a>, other: &Node<'a>) -> bool {
    let values = allowed(description, one).zip(allowed(description, other));
    let have_none = values.is_some_and(|(one, other)| !one.iter().any(|value| other.contains(value)));
    let kind = |node: &Node<'a>| {
        let followed = description.followed(node)?;
        let kind = text(&followed, "type")?;
        Some(if kind == "integer" { "number" } else { kind }.to_owned())
    };
    have_none || kind(one).zip(kind(other)).is_some_and(|(one, other)| one != other)
}

/// What a person would call the alternatives of a union. Those that would be called alike get words that do not depend on their
/// order: by their tags, their titles, or what each of them alone requires or describes.
pub(super) fn words<'a>(
    description: &Description<'a>,
    union: &Union<'a>,
    tag: Option<&(String, Vec<Vec<String>>)>,
    reports: &mut Reports,
) -> Vec<String> {
    let alternatives = &union.alternatives;
    let plain = alternatives.iter().map(|node| word(description, &node.schema));
    let plain = plain.collect::<Vec<_>>();
    let is_shared = |index: usize| {
        let is_inline = |index: usize| alternatives[index].schema.get("$ref").is_none();
        let mut others = (0..plain.len()).filter(|other| *other != index && plain[*other] == plain[index]);
        GENERIC_WORDS.contains(&plain[index].as_str()) && is_inline(index) && others.any(is_inline)
    };
    let shared = (0..plain.len())
        .filter(|index| is_shared(*index))
        .collect::<BTreeSet<_>>();
    // The properties that each requires, and those that it describes.
    let objects = shared.iter().map(|&index| {
        let object = members_of(description, &alternatives[index]);
        let object = object.map(|object| {
            let described = object.members.iter().map(|member| member.name.clone());
            (object.required.iter().cloned().collect(), described.collect())
        });
        (index, object.unwrap_or_default())
    });
    let objects = objects.collect::<BTreeMap<usize, (BTreeSet<String>, BTreeSet<String>)>>();
    let found = shared.iter().map(|&index| {
        let tag = tag.and_then(|(_, tags)| Some(names::variant(tags[index].first()?)));
        let title = || text(&alternatives[index].schema, "title").map(str::to_owned);
        let alone = || {
            let (required, described) = &objects[&index];
            let others = || objects.iter().filter(|(other, _)| **other != index);
            let mut required = required.iter();
            let by_required = required.find(|name| !others().any(|(_, (required, _))| required.contains(*name)));
            let mut described = described.iter();
            let mut by_described = || described.find(|name| !others().any(|(_, (_, all))| all.contains(*name)));
            by_required.or_else(&mut by_described).cloned()
        };
        let items = || {
            let items = alternatives[index].child("items").filter(|_| plain[index] == "array")?;
            Some(format!("{} array", word(description, &items.schema)))
        };
        (index, tag.or_else(title).or_else(alone).or_else(items))
    });
    let found = found.collect::<BTreeMap<_, _>>();
    let mut words = plain.clone();
    let is_alone = |own: &&String| found.values().flatten().filter(|other| other == own).count() == 1;
    // The only one that has no word of its own keeps the word that it has.
    let unnamed = |word: &str| {
        let unnamed = found
            .iter()
            .filter(|(index, own)| plain[**index] == word && own.as_ref().is_none_or(|own| !is_alone(&own)));
        unnamed.count()
    };
    for (index, own) in &found {
        match own.as_ref().filter(is_alone) {
            Some(own) => words[*index].clone_from(own),
            None if tag.is_none() && unnamed(&plain[*index]) > 1 => {
                let text = "nothing but its place tells it from another alternative, so its name changes with their order; \
                            a `title` would name it";
                reports.note(Rule::UnstableName, &alternatives[*index].at, text);
            }
            None => {}
        }
    }
    words
}

/// What a person would call an alternative: its component, or its type.
fn word(description: &Description<'_>, schema: &Value) -> String {
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
