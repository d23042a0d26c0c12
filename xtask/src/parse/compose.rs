//! Schemas that consist of others: `allOf`, and what stands beside `anyOf` and `oneOf`.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::{
    description::Description,
    discriminator::{note_discriminator, tag},
    intersection::{is_narrower, items_of, object_of},
    node::Node,
    objects::{additional, note_unchecked, note_unused},
    parts::COMPOSITION,
    reports::{IN_ANY_JSON, Reports},
    secrets,
    shape::{Alternative, Merged, Part, Parts, Shape, UnionShape},
    unions::{union, words},
    vocabulary::{demands, has_any, is_annotation, is_check, makes_type, without},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{names, rules},
};

/// More combinations than this of what a schema may consist of are not spelled out.
const MAX_COMBINATIONS: usize = 48;

/// A schema with `allOf`, or with `anyOf` or `oneOf` and something beside it.
pub(super) fn composed<'a>(
    description: &Description<'a>,
    node: &Node<'a>,
    owner: &str,
    reports: &mut Reports,
) -> Shape<'a> {
    let never = |part: &Node<'a>| *part.schema == Value::Bool(false);
    if let Some(part) = node.children("allOf").iter().find(|part| never(part)) {
        reports.note(
            Rule::NeverValid,
            &part.at,
            "no value fits it: the others alone make the type",
        );
    }
    if let Some(only) = only_telling(description, node, reports) {
        return Shape::Same(only);
    }
    match Parts::of(description, node, owner) {
        Ok(parts) => {
            for at in &parts.circular {
                let text = "it refers back to what it is a part of, which adds nothing";
                reports.note(Rule::CircularReference, at, text);
            }
            for at in &parts.demands {
                let text = "its alternatives only demand properties, which is not checked by the client";
                reports.note(Rule::UncheckedKeyword, at, text);
            }
            consisting_of(description, parts, &node.at, owner, reports)
        }
        Err(why) => {
            reports.any_instead(&why);
            Shape::any()
        }
    }
}

/// The part of a schema that says by itself which type its values have; what other parts check is noted.
fn only_telling<'a>(description: &Description<'a>, node: &Node<'a>, reports: &mut Reports) -> Option<Node<'a>> {
    if has_any(&node.schema, &["anyOf", "oneOf"]) {
        return None;
    }
    let mut parts = node.children("allOf");
    if let Some(reference) = node.schema.get("$ref") {
        let at = node.at.child("$ref");
        parts.push(Node::of(Cow::Owned(json!({"$ref": reference})), at));
    }
    let beside = without(&node.schema, &["$ref", "allOf", "discriminator"]);
    if demands(&beside) {
        parts.push(Node::of(Cow::Owned(beside), node.at.clone()));
    }
    let is_only = |only: usize| {
        let mut others = parts.iter().enumerate().filter(|(index, _)| *index != only);
        others.all(|(_, other)| {
            let keywords = other.schema.as_object().into_iter().flatten();
            let telling = keywords.filter(|(keyword, value)| !is_check(keyword, value));
            let telling = telling
                .map(|(keyword, value)| (keyword.clone(), value.clone()))
                .collect();
            let telling = Node::of(Cow::Owned(Value::Object(telling)), other.at.clone());
            !makes_type(&other.schema) || is_narrower(description, &parts[only], &telling)
        })
    };
    let only = (0..parts.len())
        .rev()
        .find(|index| makes_type(&parts[*index].schema) && is_only(*index))?;
    let only = parts.swap_remove(only);
    for other in parts {
        let (schema, at) = (&*other.schema, &other.at);
        let keywords = schema.as_object().into_iter().flatten();
        let telling = keywords.filter(|(keyword, value)| !is_check(keyword, value));
        let telling = telling.map(|(keyword, _)| keyword.as_str()).collect::<Vec<_>>();
        note_unchecked(description, schema, at, &telling, reports);
    }
    Some(only)
}

fn consisting_of<'a>(
    description: &Description<'a>,
    mut parts: Parts<'a>,
    at: &Pointer,
    owner: &str,
    reports: &mut Reports,
) -> Shape<'a> {
    if parts.unions.is_empty() {
        return all_of(description, &parts, at, reports);
    }
    // That all alternatives are objects, or may have more properties, is nothing that has to be added to each.
    parts.all.retain(|part| {
        let mut telling = part.own_keywords().filter(|(keyword, _)| !is_annotation(keyword));
        let is_any = |values: Node<'_>| !demands(&values.schema);
        telling.any(|(keyword, _)| match keyword.as_str() {
            "type" => false,
            "additionalProperties" | "patternProperties" => !additional(&part.node).is_none_or(is_any),
            _ => true,
        })
    });
    if let [only] = parts.unions.as_slice()
        && all_extend(description, &only.alternatives, &parts.all)
    {
        return union(description, parts.unions.remove(0), reports);
    }
    if let Some(count) = too_many_combinations(description, &parts) {
        let text = format!("it can consist of {count} combinations of parts: any JSON is taken");
        reports.note(Rule::TooManyCombinations, at, text);
        let alternatives = parts.unions.iter().flat_map(|union| &union.alternatives);
        let mut schemas = parts.all.iter().map(|part| &part.node).chain(alternatives);
        if schemas.any(|node| secrets::marks(&node.schema, &description.secrets)) {
            reports.exposed_secret(at, IN_ANY_JSON);
        }
        return Shape::any();
    }
    let first = parts.unions.remove(0);
    let tag = tag(description, &first.alternatives, first.discriminator.as_ref());
    note_discriminator(description, &first, tag.as_ref(), reports);
    let words = words(description, &first, tag.as_ref(), reports);
    let alternatives = first.alternatives.into_iter().zip(words).map(|(node, word)| {
        let mut parts = parts.clone();
        let mut shape = match parts.add(description, &node, owner, 0) {
            Ok(()) => {
                let inner = variant_owner(owner, &word);
                consisting_of(description, parts, &node.at, &inner, reports)
            }
            Err(why) => {
                reports.any_instead(&why);
                if secrets::marks(&node.schema, &description.secrets) {
                    reports.exposed_secret(&node.at, IN_ANY_JSON);
                }
                Shape::any()
            }
        };
        // The tag is written beside an alternative that does not describe it.
        if let (Shape::Object(object), Some((tag, _))) = (&mut shape, &tag)
            && !object.members.iter().any(|member| member.name == *tag)
        {
            object.required.retain(|name| name != tag);
        }
        Alternative {
            word,
            node,
            shape: Some(Box::new(shape)),
        }
    });
    Shape::Union(UnionShape {
        alternatives: alternatives.collect(),
        tag,
    })
}

/// How many combinations of alternatives the parts can consist of, if these are too many: those of several unions, or those that
/// the alternatives of one have in turn, besides themselves.
fn too_many_combinations<'a>(description: &Description<'a>, parts: &Parts<'a>) -> Option<String> {
    let counts = parts.unions.iter().map(|union| union.alternatives.len());
    let product = counts.clone().fold(1_usize, usize::saturating_mul);
    if parts.unions.len() > 1 && product > MAX_COMBINATIONS {
        return Some(product.to_string());
    }
    let limit = product + MAX_COMBINATIONS;
    (combinations(description, parts, limit) > limit).then(|| format!("more than {limit}"))
}

/// How many combinations of alternatives the parts can consist of, as far as these are counted.
fn combinations<'a>(description: &Description<'a>, parts: &Parts<'a>, limit: usize) -> usize {
    let Some((first, others)) = parts.unions.split_first() else {
        return 1;
    };
    let mut count = 0;
    for alternative in &first.alternatives {
        if count > limit {
            break;
        }
        let mut parts = parts.clone();
        parts.unions = others.to_vec();
        count += match parts.add(description, alternative, "", 0) {
            Ok(()) => combinations(description, &parts, limit - count),
            Err(_) => 1,
        };
    }
    count
}

/// Whether each alternative says by itself what all parts say, as children do that extend the schema that lists them.
fn all_extend<'a>(description: &Description<'a>, alternatives: &[Node<'a>], all: &[Part<'a>]) -> bool {
    all.is_empty()
        || alternatives.iter().all(|alternative| {
            let parts = Parts::known(description, alternative);
            parts.is_some_and(|parts| parts.has_all_of(all))
        })
}

/// The name of the type of an alternative, after which those within it are named.
pub(super) fn variant_owner(owner: &str, word: &str) -> String {
    names::inline(owner, &names::type_name(&names::inline("", word)))
}

/// One schema that says what all parts say.
fn all_of<'a>(description: &Description<'a>, parts: &Parts<'a>, at: &Pointer, reports: &mut Reports) -> Shape<'a> {
    if parts.is_object() {
        for part in &parts.all {
            note_unused(description, &part.node, &COMPOSITION, reports);
        }
        return Shape::Object(object_of(description, parts));
    }
    if parts.is_list() {
        for Part { node, .. } in &parts.all {
            let keywords = [&["type", "items"], &COMPOSITION[..]].concat();
            note_unchecked(description, &node.schema, &node.at, &keywords, reports);
        }
        let items = items_of(description, parts);
        return Shape::List(items.unwrap_or_else(|| Node::any(at.child("items"))));
    }
    let mut merged = Map::new();
    let mut places = BTreeMap::<Pointer, Pointer>::new();
    for part in &parts.all {
        for (keyword, value) in part.own_keywords() {
            let (here, there) = (at.child(keyword), part.node.at.child(keyword));
            let value = match (merged.get(keyword), value) {
                (Some(Value::Array(values)), Value::Array(others)) if keyword == "enum" => {
                    values.iter().filter(|value| others.contains(value)).cloned().collect()
                }
                (Some(kind), other) if keyword == "type" => {
                    if let Some(common) = common_types(kind, other) {
                        merged.insert(keyword.clone(), common);
                        continue;
                    }
                    let text = "its parts have different types: any JSON is taken";
                    reports.note(Rule::ConflictingTypes, at, text);
                    let marks = |part: &Part<'_>| secrets::marks(&part.node.schema, &description.secrets);
                    if parts.all.iter().any(marks) {
                        reports.exposed_secret(at, IN_ANY_JSON);
                    }
                    return Shape::any();
                }
                (Some(before), after) if is_limit(keyword, "min") => stricter(before, after, true).clone(),
                (Some(before), after) if is_limit(keyword, "max") => stricter(before, after, false).clone(),
                (Some(Value::Array(names)), Value::Array(others)) if keyword == "required" => {
                    names.iter().chain(others).cloned().collect()
                }
                (Some(before), after) => {
                    // Of what the client checks, each part has its own.
                    let is_kept = is_annotation(keyword) || rules::KEYWORDS.contains(&keyword.as_str());
                    if let (false, true, Some(place)) = (is_kept, before != after, places.get(&here)) {
                        let text = format!("`{keyword}` of another part holds instead");
                        reports.note(Rule::OverriddenKeyword, place, text);
                    }
                    match keyword.as_str() {
                        "format" if before == "password" => before.clone(),
                        _ => after.clone(),
                    }
                }
                (None, value) => value.clone(),
            };
            merged.insert(keyword.clone(), value);
            places.insert(here, there);
        }
    }
    Shape::Merged(Merged {
        schema: Value::Object(merged),
        places,
    })
}

/// Whether a keyword is a least (`min`) or a greatest (`max`) number.
fn is_limit(keyword: &str, word: &str) -> bool {
    keyword.to_lowercase().trim_start_matches("exclusive").starts_with(word)
}

/// The larger or the smaller of two limits; the later one, if they cannot be compared.
fn stricter<'a>(before: &'a Value, after: &'a Value, is_larger: bool) -> &'a Value {
    let is_before =
        before.as_f64().zip(after.as_f64()).is_some_and(
            |(before, after)| {
                if is_larger { before > after } else { before < after }
            },
        );
    if is_before { before } else { after }
}

/// The types that both values of `type` allow, if there are any.
fn common_types(before: &Value, after: &Value) -> Option<Value> {
    let types = |value: &Value| match value {
        Value::Array(types) => types.clone(),
        one => vec![one.clone()],
    };
    let (before, after) = (types(before), types(after));
    let is_in =
        |kind: &Value, types: &[Value]| types.contains(kind) || kind == "integer" && types.contains(&"number".into());
    let narrow = before.iter().filter(|kind| is_in(kind, &after));
    let mut common = narrow
        .chain(after.iter().filter(|kind| is_in(kind, &before)))
        .cloned()
        .collect::<Vec<_>>();
    let mut seen = Vec::new();
    common.retain(|kind| {
        !seen.contains(kind) && {
            seen.push(kind.clone());
            true
        }
    });
    match common.len() {
        0 => None,
        1 => common.pop(),
        _ => Some(Value::Array(common)),
    }
}
