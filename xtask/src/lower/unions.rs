//! The rules for `anyOf` and `oneOf`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Lowering,
    compose::{Alternative, Union, only_union},
    forms::UPLOAD,
    schemas::{Made, any, component_of, doc, plain},
    secrets::is_marked,
};
use crate::{
    api::{Shape, Variant},
    names,
    pointer::Pointer,
    prose::line,
};

/// Unions that stand in each other are followed so deep for the values of their tags.
const DEEPEST_UNION: usize = 8;

impl Lowering<'_> {
    /// One of several types, each variant called after its type.
    pub(super) fn union(
        &mut self,
        alternatives: Vec<Alternative>,
        discriminator: Option<&Value>,
        at: &Pointer,
        name: &str,
    ) -> Made {
        let mut alternatives = self.without_itself(alternatives, at);
        alternatives.retain(|alternative| alternative.schema != Value::Bool(false));
        match alternatives.as_slice() {
            [] => {
                self.note(at, "a choice of no schemas: any JSON is taken");
                return any();
            }
            [single] => return self.make(&single.schema.clone(), &single.at.clone(), name),
            _ => {}
        }
        if let Some(values) = self.texts(&alternatives) {
            return self.choice(&values, at);
        }
        let variants = alternatives.into_iter().map(|alternative| {
            let word = self.word(&alternative.schema);
            let variant = names::type_name(&names::inline("", &word));
            let made = self.inline(&alternative.schema, &alternative.at, &names::inline(name, &variant));
            (word, made, alternative)
        });
        let variants = variants.collect();
        self.union_of(variants, discriminator)
    }

    /// The alternatives of a union that stands at `at`, without those that are the union itself, which add nothing, and
    /// with those of an alternative that has the union among its own instead of that alternative.
    fn without_itself(&mut self, alternatives: Vec<Alternative>, at: &Pointer) -> Vec<Alternative> {
        let is_keyword = |at: &Pointer| {
            let last = at.segments().last();
            last.is_some_and(|last| ["anyOf", "oneOf"].contains(&last.as_str()))
        };
        let own = at.parent().filter(|_| is_keyword(at)).unwrap_or_else(|| at.clone());
        let mut others = Vec::new();
        self.flattened(alternatives, &mut BTreeSet::from([own]), &mut others);
        others
    }

    fn flattened(
        &mut self,
        alternatives: Vec<Alternative>,
        within: &mut BTreeSet<Pointer>,
        into: &mut Vec<Alternative>,
    ) {
        for alternative in alternatives {
            let (schema, at) = self.schema_in_the_end(&alternative.schema, &alternative.at);
            if within.contains(&at) {
                self.note(&alternative.at, "the union that it stands in, to which it adds nothing");
                continue;
            }
            match only_union(&schema, &at) {
                Some(union) if self.leads_into(&union, within, &mut BTreeSet::new()) => {
                    within.insert(at);
                    self.flattened(union.alternatives, within, into);
                }
                _ => into.push(alternative),
            }
        }
    }

    /// Whether an alternative of a union, or of those that it has for alternatives in turn, is one of `unions`.
    fn leads_into(&self, union: &Union, unions: &BTreeSet<Pointer>, seen: &mut BTreeSet<Pointer>) -> bool {
        union.alternatives.iter().any(|alternative| {
            let (schema, at) = self.schema_in_the_end(&alternative.schema, &alternative.at);
            if unions.contains(&at) {
                return true;
            }
            let inner = only_union(&schema, &at).filter(|_| seen.insert(at));
            inner.is_some_and(|inner| self.leads_into(&inner, unions, seen))
        })
    }

    /// The union that an alternative is, if it is nothing else.
    fn union_in(&self, alternative: &Alternative) -> Option<Union> {
        let (schema, at) = self.schema_in_the_end(&alternative.schema, &alternative.at);
        only_union(&schema, &at)
    }

    /// The strings that a union of nothing but strings lists; one that may be any string is part of every choice.
    fn texts(&self, alternatives: &[Alternative]) -> Option<Vec<Value>> {
        let mut texts = Vec::new();
        for alternative in alternatives {
            if self.file(&alternative.at).is_some() {
                return None;
            }
            let schema = self.followed(&alternative.schema).filter(|schema| !is_marked(schema))?;
            let values = match (schema.get("enum"), schema.get("const")) {
                (Some(values), _) => values.as_array()?.clone(),
                (None, Some(value)) => vec![value.clone()],
                (None, None) => {
                    let is_any = schema.get("type").is_some_and(|kind| kind == "string")
                        && ["format", "minLength", "maxLength", "pattern"]
                            .iter()
                            .all(|keyword| schema.get(keyword).is_none());
                    if !is_any {
                        return None;
                    }
                    Vec::new()
                }
            };
            // A choice that is a component has a type of its own, which is worth keeping.
            if !values.is_empty() && alternative.schema.get("$ref").is_some() || !values.iter().all(Value::is_string) {
                return None;
            }
            texts.extend(values);
        }
        (!texts.is_empty()).then_some(texts)
    }

    /// The union of alternatives that were lowered, each with the word for it.
    pub(super) fn union_of(&mut self, made: Vec<(String, Value, Alternative)>, discriminator: Option<&Value>) -> Made {
        let schemas = made
            .iter()
            .map(|(_, _, alternative)| alternative.clone())
            .collect::<Vec<_>>();
        let tag = self.tag(&schemas, discriminator);
        let mut variants = Vec::<Variant>::new();
        let mut seen = Vec::<Value>::new();
        for (index, (word, made, alternative)) in made.into_iter().enumerate() {
            let tags = tag.as_ref().map_or(Vec::new(), |(_, tags)| tags[index].clone());
            // Two that are read and written alike are one, unless the tag tells them apart.
            if tag.is_none() && seen.contains(&made) {
                self.note(&alternative.at, "the same as an alternative before it");
                continue;
            }
            let is_component = made.get("$ref").is_some();
            let generic = ["array", "object", "string", "value"].contains(&word.as_str());
            let word = match made.get("format") {
                Some(format) if format == UPLOAD && generic => "file".to_owned(),
                _ => word,
            };
            let wanted = match tags.first() {
                Some(tag) if generic => names::variant(tag),
                _ => names::type_name(&names::inline("", &word)),
            };
            let others = variants.iter().map(|variant| variant.name.clone()).collect::<Vec<_>>();
            let variant = free_variant(&wanted, &others);
            let is_limited = component_of(&made)
                .and_then(|key| self.api.schemas.get(&key))
                .is_some_and(|schema| schema.shape.is_displayed());
            let is_plain = matches!(made["type"].as_str(), Some("string" | "integer" | "number" | "boolean"))
                && made.get("nullable").is_none()
                && made
                    .get("format")
                    .is_none_or(|format| format != "password" && format != UPLOAD);
            variants.push(Variant {
                doc: doc(&alternative.schema, &format!("{} {}.", article(&word), line(&word))),
                name: variant,
                component: component_of(&made).or_else(|| component_of(&made["allOf"][0])),
                is_scalar: is_plain || is_component && is_limited,
                is_boxed: false,
                tags,
                turn: 0,
                knows: Vec::new(),
                is_open: false,
                writes: None,
                probe: self.probe(made.clone()),
            });
            seen.push(made);
        }
        if let [made] = seen.as_slice() {
            return plain(made.clone());
        }
        Made {
            schema: json!({}),
            shape: Some(Shape::Union {
                variants,
                tag: tag.map(|(property, _)| property),
            }),
        }
    }

    /// The property whose value says which alternative holds, and for each alternative the values that stand for it.
    fn tag(
        &mut self,
        alternatives: &[Alternative],
        discriminator: Option<&Value>,
    ) -> Option<(String, Vec<Vec<String>>)> {
        if let Some(property) = discriminator.and_then(|discriminator| discriminator["propertyName"].as_str()) {
            let mapping = discriminator.and_then(|discriminator| discriminator["mapping"].as_object());
            let tags = alternatives
                .iter()
                .map(|alternative| self.tags_of(alternative, property, mapping, 0))
                .collect::<Vec<_>>();
            if are_told_apart(&tags) {
                return Some((property.to_owned(), tags));
            }
        }
        // Without one, a property that has other constants in each alternative does as well.
        let first = alternatives.first()?;
        let (members, _) = self.members_of(&first.schema, &first.at)?;
        for member in members {
            let tags = alternatives
                .iter()
                .map(|alternative| self.values_of(alternative, &member.name, 0));
            if let Some(tags) = tags.collect::<Option<Vec<_>>>().filter(|tags| are_told_apart(tags)) {
                return Some((member.name, tags));
            }
        }
        None
    }

    /// The values of a discriminator that stand for an alternative: those that are mapped to it, its constants, or else
    /// those of the alternatives that it has in turn, or its name.
    fn tags_of(
        &self,
        alternative: &Alternative,
        property: &str,
        mapping: Option<&Map<String, Value>>,
        depth: usize,
    ) -> Vec<String> {
        let reference = reference_of(&alternative.schema);
        let component = reference.and_then(|reference| reference.rsplit('/').next());
        let mapped = mapping.into_iter().flatten().filter(|(_, target)| {
            target
                .as_str()
                .is_some_and(|target| Some(target) == reference || Some(target) == component)
        });
        let mut tags = mapped.map(|(tag, _)| tag.clone()).collect::<Vec<_>>();
        for tag in self.values_of(alternative, property, 0).unwrap_or_default() {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if let (true, Some(union)) = (tags.is_empty() && depth < DEEPEST_UNION, self.union_in(alternative)) {
            let mapping = match &union.discriminator {
                Some(own) if own["propertyName"] == property => own["mapping"].as_object(),
                _ => mapping,
            };
            let inner = union.alternatives.iter();
            tags.extend(inner.flat_map(|inner| self.tags_of(inner, property, mapping, depth + 1)));
        }
        if tags.is_empty() {
            tags.extend(component.map(str::to_owned));
        }
        tags
    }

    /// The texts that a property can have in a schema, if these are few and it is required.
    fn values_of(&self, alternative: &Alternative, property: &str, depth: usize) -> Option<Vec<String>> {
        let schema = self.followed(&alternative.schema)?;
        if let Some(union) = self.union_in(alternative).filter(|_| depth < DEEPEST_UNION) {
            let each = union.alternatives.iter();
            let each = each.map(|inner| self.values_of(inner, property, depth + 1));
            return Some(each.collect::<Option<Vec<_>>>()?.concat());
        }
        let (members, required) = self.members_of(&schema, &alternative.at)?;
        let member = members.iter().find(|member| member.name == property)?;
        if !required.iter().any(|name| name == property) && member.schema.get("default").is_none() {
            return None;
        }
        let schema = self.followed(&member.schema)?;
        let values = match schema.get("const") {
            Some(value) => vec![value.clone()],
            None => schema.get("enum")?.as_array()?.clone(),
        };
        values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
    }
}

/// The reference that an alternative is.
fn reference_of(schema: &Value) -> Option<&str> {
    let single = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([single]) => single,
        _ => schema,
    };
    single.get("$ref")?.as_str()
}

/// A name of a variant that no other one bears: `wanted`, or that with a number.
pub(super) fn free_variant(wanted: &str, others: &[String]) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2;
    while name == "Unknown" || others.contains(&name) {
        name = format!("{wanted}{number}");
        number += 1;
    }
    name
}

/// Whether every alternative has values, and no two have the same.
fn are_told_apart(tags: &[Vec<String>]) -> bool {
    let mut all = tags.iter().flatten().collect::<Vec<_>>();
    let count = all.len();
    all.sort();
    all.dedup();
    all.len() == count && tags.iter().all(|tags| !tags.is_empty())
}

pub(super) fn article(noun: &str) -> &'static str {
    if noun.to_ascii_lowercase().starts_with(['a', 'e', 'i', 'o', 'u']) {
        "An"
    } else {
        "A"
    }
}
