//! The rules for schemas that consist of others: `allOf`, and what stands beside `anyOf` and `oneOf`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    Lowering,
    nullable::without_null,
    objects::{Member, others},
    schemas::{ANY, DEEPEST, Made, any, says_something},
    secrets,
};
use crate::{names, pointer::Pointer};

/// More combinations than this of what a schema may consist of are not spelled out.
const MOST_COMBINATIONS: usize = 48;

/// What a schema consists of.
#[derive(Clone, Default)]
struct Parts {
    /// What holds in any case, the later ones over the earlier ones.
    all: Vec<Part>,
    /// Of each of these, one holds besides.
    unions: Vec<Union>,
    /// Where all that was found stands, lest anything is found twice, or without end.
    found: BTreeSet<Pointer>,
}

#[derive(Clone)]
struct Part {
    schema: Value,
    at: Pointer,
    /// The name of the type that it stands in.
    owner: String,
}

/// One of several schemas.
#[derive(Clone)]
pub(super) struct Alternative {
    pub(super) schema: Value,
    pub(super) at: Pointer,
}

/// Schemas of which one holds.
#[derive(Clone)]
pub(super) struct Union {
    pub(super) alternatives: Vec<Alternative>,
    pub(super) discriminator: Option<Value>,
    pub(super) at: Pointer,
}

/// The union that a schema is, if it is nothing else.
pub(super) fn only_union(schema: &Value, at: &Pointer) -> Option<Union> {
    let keywords = schema.as_object()?;
    let mut unions = ["anyOf", "oneOf"]
        .into_iter()
        .filter(|union| keywords.contains_key(*union));
    let (union, None) = (unions.next()?, unions.next()) else {
        return None;
    };
    let beside = keywords
        .iter()
        .filter(|(keyword, _)| ![union, "discriminator"].contains(&keyword.as_str()));
    let beside = Value::Object(
        beside
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect(),
    );
    let is_alone = !says_something(&beside) || is_type_only(&beside);
    let at = at.child(union);
    let union = Union {
        alternatives: alternatives(keywords[union].as_array()?, &at),
        discriminator: keywords.get("discriminator").cloned(),
        at,
    };
    is_alone.then_some(union)
}

/// The one part of an `allOf` that says anything, if all else says nothing.
pub(super) fn only_part(schema: &Value) -> Option<(usize, &Value)> {
    let keywords = schema.as_object()?;
    let mut telling = keywords
        .get("allOf")?
        .as_array()?
        .iter()
        .enumerate()
        .filter(|(_, part)| says_something(part));
    let (single, None) = (telling.next()?, telling.next()) else {
        return None;
    };
    let mut beside = keywords.keys().filter(|keyword| *keyword != "allOf");
    let is_alone = !beside.any(|keyword| says_something(&json!({keyword.as_str(): 0})));
    is_alone.then_some(single)
}

/// Whether a schema says of a value its type alone.
fn is_type_only(schema: &Value) -> bool {
    let keywords = schema.as_object().into_iter().flat_map(|schema| schema.keys());
    keywords
        .into_iter()
        .all(|keyword| keyword == "type" || !says_something(&json!({keyword.as_str(): 0})))
}

/// The alternatives of a union that stands at `at`.
pub(super) fn alternatives(alternatives: &[Value], at: &Pointer) -> Vec<Alternative> {
    let alternatives = alternatives.iter().enumerate().map(|(index, schema)| Alternative {
        schema: schema.clone(),
        at: at.child(index),
    });
    alternatives.collect()
}

impl Lowering<'_> {
    /// A schema with `allOf`, or with `anyOf` or `oneOf` and something beside it.
    pub(super) fn composed(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        // What only one part says anything about is that part.
        if let Some((index, single)) = only_part(schema) {
            return self.make(single, &at.child("allOf").child(index), name);
        }
        let mut parts = Parts::default();
        parts.found.insert(at.clone());
        if let Err(why) = self.collect(schema, at, name, &mut parts, 0) {
            self.note(at, format!("{why}: any JSON is taken"));
            return any();
        }
        self.consisting_of(parts, at, name)
    }

    /// The properties of an object with all that it consists of; `None` if it is no object.
    pub(super) fn members_of(&self, schema: &Value, at: &Pointer) -> Option<(Vec<Member>, Vec<String>)> {
        let mut parts = Parts::default();
        self.collect(schema, at, "", &mut parts, 0).ok()?;
        if !parts.unions.is_empty() || !is_object(&parts.all) {
            return None;
        }
        let Merged { members, required, .. } = self.merged(&parts.all);
        Some((members, required))
    }

    /// Sorts what `schema` consists of into `parts`, each component once.
    fn collect(
        &self,
        schema: &Value,
        at: &Pointer,
        owner: &str,
        parts: &mut Parts,
        depth: usize,
    ) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("parts stand in each other more than {DEEPEST} deep"));
        }
        let (part, _) = without_null(schema);
        let at = part.place_in(at);
        let Value::Object(mut own) = part.value else {
            return Ok(());
        };
        if let Some(reference) = own.remove("$ref") {
            let target = reference.as_str().and_then(Pointer::from_reference);
            let found = target.and_then(|target| Some((target.resolve(self.document)?, target)));
            let Some((component, target)) = found else {
                return Err(format!("a part that does not exist, {reference}"));
            };
            let owner = self.component_name(&target).unwrap_or(owner).to_owned();
            if parts.found.insert(target.clone()) {
                self.collect(component, &target, &owner, parts, depth + 1)?;
            }
        }
        if let Some(Value::Array(all)) = own.remove("allOf") {
            let place = at.child("allOf");
            for (index, part) in all.iter().enumerate() {
                self.collect(part, &place.child(index), owner, parts, depth + 1)?;
            }
        }
        let discriminator = own.remove("discriminator");
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(union)) = own.remove(keyword) {
                // Alternatives that only demand something of the properties make no type of their own.
                if union.iter().any(is_a_type) {
                    let at = at.child(keyword);
                    parts.unions.push(Union {
                        alternatives: alternatives(&union, &at),
                        discriminator: discriminator.clone(),
                        at,
                    });
                }
            }
        }
        let own = Value::Object(own);
        if says_something(&own) {
            parts.all.push(Part {
                schema: own,
                at,
                owner: owner.to_owned(),
            });
        }
        Ok(())
    }

    fn consisting_of(&mut self, parts: Parts, at: &Pointer, name: &str) -> Made {
        let Parts {
            mut all,
            mut unions,
            found,
        } = parts;
        if unions.is_empty() {
            return self.whole(&all, at, name);
        }
        // That all alternatives are objects, or may have more properties, is nothing that has to be added to each.
        all.retain(|part| {
            let keywords = part.schema.as_object().into_iter().flat_map(|own| own.keys());
            let mut telling = keywords.filter(|keyword| says_something(&json!({keyword.as_str(): 0})));
            let is_any = |(values, _)| !says_something(&values);
            telling.any(|keyword| match keyword.as_str() {
                "type" => false,
                "additionalProperties" | "patternProperties" => !others(&part.schema, &part.at).is_none_or(is_any),
                _ => true,
            })
        });
        let combinations = unions.iter().map(|union| union.alternatives.len());
        let combinations = combinations.fold(1_usize, usize::saturating_mul);
        if combinations > MOST_COMBINATIONS {
            let text = format!("it can consist of {combinations} combinations of parts: any JSON is taken");
            self.note(at, text);
            let alternatives = unions.iter().flat_map(|union| &union.alternatives);
            let schemas = all.iter().map(|part| &part.schema);
            let mut schemas = schemas.chain(alternatives.map(|alternative| &alternative.schema));
            if schemas.any(|schema| secrets::marks(schema, &self.secretive)) {
                self.leak(at, ANY);
            }
            return any();
        }
        let first = unions.remove(0);
        if all.is_empty() && unions.is_empty() {
            return self.union(first.alternatives, first.discriminator.as_ref(), &first.at, name);
        }
        let mut variants = Vec::new();
        for alternative in first.alternatives {
            let word = self.word(&alternative.schema);
            let mut parts = Parts {
                all: all.clone(),
                unions: unions.clone(),
                found: found.clone(),
            };
            let collected = self.collect(&alternative.schema, &alternative.at, name, &mut parts, 0);
            let variant = names::type_name(&names::inline("", &word));
            let inner = names::inline(name, &variant);
            let made = match collected {
                Ok(()) => self.consisting_of(parts, &alternative.at, &inner),
                Err(why) => {
                    self.note(&alternative.at, format!("{why}: any JSON is taken"));
                    if secrets::marks(&alternative.schema, &self.secretive) {
                        self.leak(&alternative.at, ANY);
                    }
                    any()
                }
            };
            let made = self.typed(made, &inner, &alternative.schema, &alternative.at);
            variants.push((word, made, alternative));
        }
        self.union_of(variants, first.discriminator.as_ref())
    }

    /// One schema that says what all parts say.
    fn whole(&mut self, parts: &[Part], at: &Pointer, name: &str) -> Made {
        if is_object(parts) {
            for part in parts {
                self.known_of_object(&part.schema, &part.at);
            }
            let Merged {
                members,
                required,
                additional,
            } = self.merged(parts);
            return self.object_of(members, required, additional, at, name);
        }
        let mut whole = Map::new();
        let mut places = BTreeMap::<Pointer, Pointer>::new();
        for part in parts {
            for (keyword, value) in part.schema.as_object().into_iter().flatten() {
                let (here, there) = (at.child(keyword), part.at.child(keyword));
                let value = match (whole.get(keyword), value) {
                    (Some(Value::Array(values)), Value::Array(others)) if keyword == "enum" => {
                        values.iter().filter(|value| others.contains(value)).cloned().collect()
                    }
                    (Some(kind), other) if keyword == "type" && kind != other => {
                        self.note(at, "its parts have different types: any JSON is taken");
                        if parts.iter().any(|part| secrets::marks(&part.schema, &self.secretive)) {
                            self.leak(at, ANY);
                        }
                        return any();
                    }
                    (Some(before), after) if ["minLength", "maxLength"].contains(&keyword.as_str()) => {
                        stricter(keyword, before, after).clone()
                    }
                    (Some(before), after) => {
                        let is_telling = says_something(&json!({keyword.as_str(): 0}));
                        if let (true, Some(place)) = (is_telling && before != after, places.get(&here)) {
                            self.note(place, format!("`{keyword}` of another part holds instead"));
                        }
                        self.keyword_over(keyword, before, after)
                    }
                    (None, value) => value.clone(),
                };
                whole.insert(keyword.clone(), value);
                places.insert(here, there);
            }
        }
        let (notes, faults) = (self.notes.len(), self.faults.len());
        let made = self.make(&Value::Object(whole), at, name);
        // What is said of the whole is said of the part that it comes from.
        let moved = |at: &Pointer| {
            let mut outer = at.outwards();
            outer.find_map(|outer| at.moved(&outer, places.get(&outer)?))
        };
        for note in &mut self.notes[notes..] {
            if let Some(at) = moved(&note.pointer) {
                note.pointer = at;
            }
        }
        for fault in &mut self.faults[faults..] {
            if let Some(at) = fault.pointer().and_then(moved) {
                *fault = fault.clone().at(&at);
            }
        }
        made
    }

    /// The later of two schemas of one thing; both of them, if that would lose a secret.
    fn over(&self, before: &Value, after: &Value) -> Value {
        if secrets::marks(before, &self.secretive) && !secrets::marks(after, &self.secretive) {
            json!({"allOf": [before, after]})
        } else {
            after.clone()
        }
    }

    /// The later of two values of a keyword, as [`over`](Self::over) has it.
    fn keyword_over(&self, keyword: &str, before: &Value, after: &Value) -> Value {
        match keyword {
            "format" if before == "password" => before.clone(),
            "items" => self.over(before, after),
            _ => after.clone(),
        }
    }

    /// The properties of an object that consists of these parts.
    fn merged(&self, parts: &[Part]) -> Merged {
        let mut members = Vec::<Member>::new();
        let mut required = Vec::new();
        let mut additional = None::<(Value, Pointer)>;
        for part in parts {
            let place = part.at.child("properties");
            for (name, schema) in part
                .schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let member = Member {
                    name: name.clone(),
                    schema: schema.clone(),
                    at: place.child(name),
                    owner: part.owner.clone(),
                };
                match members.iter_mut().find(|other| other.name == *name) {
                    // What is only described anew stays what it is.
                    Some(_) if !says_something(schema) => {}
                    Some(other) => {
                        let schema = self.over(&other.schema, &member.schema);
                        *other = Member { schema, ..member };
                    }
                    None => members.push(member),
                }
            }
            required.extend(super::objects::required(&part.schema));
            if let Some((values, place)) = others(&part.schema, &part.at) {
                additional = match additional.take() {
                    Some(before) if !says_something(&values) => Some(before),
                    Some((before, _)) => Some((self.over(&before, &values), place)),
                    None => Some((values, place)),
                };
            }
        }
        Merged {
            members,
            required,
            additional,
        }
    }

    /// The type that was made, as a schema that refers to it if it needs a name.
    pub(super) fn typed(&mut self, made: Made, name: &str, schema: &Value, at: &Pointer) -> Value {
        if made.shape.is_none() {
            return made.schema;
        }
        let name = self.free_name(name, at);
        let key = self.define(&name, made, schema, at);
        json!({"$ref": format!("#/components/schemas/{key}")})
    }

    /// What a person would call an alternative: its component, or its type.
    pub(super) fn word(&self, schema: &Value) -> String {
        let inner = without_null(schema).0.value;
        let single = match inner.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([single]) => single.clone(),
            _ => inner,
        };
        let referred = single
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(Pointer::from_reference);
        if let Some(target) = referred {
            if let Some(name) = self.component_name(&target) {
                return name.to_owned();
            }
            return target.segments().last().unwrap_or_default();
        }
        let format = single.get("format").and_then(Value::as_str);
        match single.get("type").map(super::text_of) {
            Some(kind) if kind == "string" => match format {
                Some(format @ ("date" | "date-time")) => format.into(),
                Some(format) if format.starts_with("uuid") => "uuid".into(),
                _ => kind,
            },
            Some(kind) => kind,
            None if single.get("properties").is_some() || single.get("allOf").is_some() => "object".into(),
            None if single.get("enum").is_some() || single.get("const").is_some() => "string".into(),
            None => "value".into(),
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

fn is_object(parts: &[Part]) -> bool {
    let says = |part: &Part| {
        part.schema.get("type").is_some_and(|kind| kind == "object")
            || ["properties", "additionalProperties", "patternProperties"]
                .iter()
                .any(|keyword| part.schema.get(keyword).is_some())
    };
    let other = |part: &Part| part.schema.get("type").is_some_and(|kind| kind != "object");
    parts.iter().any(says) && !parts.iter().any(other)
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

struct Merged {
    members: Vec<Member>,
    required: Vec<String>,
    additional: Option<(Value, Pointer)>,
}
