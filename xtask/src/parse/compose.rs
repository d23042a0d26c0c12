//! Schemas that consist of others: `allOf`, and what stands beside `anyOf` and `oneOf`.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value};

use super::{
    description::{Description, Node, only_part},
    objects::{additional, note_unused},
    parts::{COMPOSITION, Part, Parts, over},
    reports::{IN_ANY_JSON, Reports},
    secrets,
    shape::{Alternative, Merged, Shape, UnionShape},
    unions::{tag, union, word},
    vocabulary::{demands, is_annotation},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::names,
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
    // What only one part says anything about is that part.
    if let Some((index, _)) = only_part(&node.schema) {
        return Shape::Same(node.children("allOf").swap_remove(index));
    }
    match Parts::of(description, node, owner) {
        Ok(parts) => {
            for at in &parts.circular {
                let text = "it refers back to what it is a part of, which adds nothing";
                reports.note(Rule::CircularReference, at, text);
            }
            consisting_of(description, parts, &node.at, owner, reports)
        }
        Err(why) => {
            reports.any_instead(&why);
            Shape::any()
        }
    }
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
    let alternatives = first.alternatives.into_iter().map(|node| {
        let word = word(description, &node.schema);
        let mut parts = parts.clone();
        let shape = match parts.add(description, &node, owner, 0) {
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
            let parts = Parts::of(description, alternative, "");
            parts.is_ok_and(|parts| parts.has_all_of(all))
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
        return Shape::Object(parts.merged(description));
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
                (Some(kind), other) if keyword == "type" && kind != other => {
                    let text = "its parts have different types: any JSON is taken";
                    reports.note(Rule::ConflictingTypes, at, text);
                    let marks = |part: &Part<'_>| secrets::marks(&part.node.schema, &description.secrets);
                    if parts.all.iter().any(marks) {
                        reports.exposed_secret(at, IN_ANY_JSON);
                    }
                    return Shape::any();
                }
                (Some(before), after) if ["minLength", "maxLength"].contains(&keyword.as_str()) => {
                    stricter(keyword, before, after).clone()
                }
                (Some(before), after) => {
                    if let (false, true, Some(place)) = (is_annotation(keyword), before != after, places.get(&here)) {
                        let text = format!("`{keyword}` of another part holds instead");
                        reports.note(Rule::OverriddenKeyword, place, text);
                    }
                    match keyword.as_str() {
                        "format" if before == "password" => before.clone(),
                        "items" => over(description, before, Cow::Borrowed(after)).into_owned(),
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

/// Of two limits of a string's length, the one that allows less.
fn stricter<'a>(keyword: &str, before: &'a Value, after: &'a Value) -> &'a Value {
    let allows_more = match (before.as_f64(), after.as_f64()) {
        (Some(before), Some(after)) if keyword == "minLength" => before < after,
        (Some(before), Some(after)) => before > after,
        _ => true,
    };
    if allows_more { after } else { before }
}
