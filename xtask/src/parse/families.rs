//! Bases that have a discriminator and do not list what extends them, as OpenAPI 3.0 has polymorphism: what extends them is found
//! here, and listed by a `oneOf`, before anything else looks at the description.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value, json};

use super::{
    description::{MAX_DEPTH, component_at, only_part, refers_with_keywords, schemas_at, target},
    vocabulary::{demands, has_any, list, members, text, without},
};
use crate::input::{diagnostic::Note, pointer::Pointer, rule::Rule};

/// The components that change, by their names, each with the one that it comes from.
type Changes = BTreeMap<String, (String, Value)>;

/// A description in which every base lists what extends it.
pub(super) struct Families<'a> {
    original: &'a Value,
    completed: Cow<'a, Value>,
    /// Where the components stand that were changed, and the one of the description that each of them comes from.
    changed: BTreeMap<Pointer, Pointer>,
    /// The components that were added: what bases themselves are. Their names stand in no value.
    pub(super) added: BTreeSet<String>,
    /// What is wrong with discriminators, and cannot be seen in the completed description.
    pub(super) notes: Vec<Note>,
}

impl<'a> Families<'a> {
    pub(super) fn of(root: &'a Value) -> Self {
        let schemas = schemas_at().resolve(root).and_then(Value::as_object);
        let found = schemas.map(|schemas| {
            let components = Components::of(schemas, refers_with_keywords(root));
            let found = components.completed();
            let notes = components.notes(&found);
            (found, notes)
        });
        let (found, notes) = found.unwrap_or_default();
        let is_added = |name: &&String| schemas.is_some_and(|schemas| !schemas.contains_key(*name));
        let mut families = Self {
            original: root,
            completed: Cow::Borrowed(root),
            changed: BTreeMap::new(),
            added: found.keys().filter(is_added).cloned().collect(),
            notes,
        };
        if found.is_empty() {
            return families;
        }
        let mut completed = root.clone();
        if let Some(Value::Object(schemas)) = schemas_at().resolve_mut(&mut completed) {
            for (name, (base, schema)) in found {
                let (at, from) = (schemas_at().child(&name), schemas_at().child(base));
                families.changed.insert(at, from);
                schemas.insert(name, schema);
            }
        }
        families.completed = Cow::Owned(completed);
        families
    }

    /// The description.
    pub(super) fn root(&self) -> &Value {
        &self.completed
    }

    /// Where in the original description stands what `at` is about, if that is somewhere else.
    pub(super) fn original(&self, at: &Pointer) -> Option<Pointer> {
        let mut changed = self.changed.iter();
        let moved = changed.find_map(|(here, there)| at.moved(here, there))?;
        let original = moved.outwards().find(|at| at.resolve(self.original).is_some());
        original.filter(|original| original != at)
    }
}

/// What is said of a mapping that is no object.
pub(super) const NO_MAPPING: &str = "no object of values and the components that they stand for: it is left aside";

/// The component that the value of a mapping names: by its name, or by a reference, of which the file does not matter.
pub(super) fn mapped(target: &str, is_component: impl Fn(&str) -> bool) -> Option<String> {
    if is_component(target) {
        return Some(target.to_owned());
    }
    let Some((_, fragment)) = target.split_once('#') else {
        // A file of its own has the component's name.
        let file = target.rsplit('/').next()?;
        let name = file.split('.').next()?;
        return is_component(name).then(|| name.to_owned());
    };
    let at = Pointer::from_reference(&format!("#{fragment}"))?;
    let (name, _) = component_at(&at).filter(|(_, rest)| rest.is_empty())?;
    is_component(&name).then_some(name)
}

/// The components, by what they extend.
struct Components<'a> {
    schemas: &'a Map<String, Value>,
    /// Whether what stands beside a reference extends what it leads to.
    refers_with_keywords: bool,
    /// What extends a component directly.
    children: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Components<'a> {
    fn of(schemas: &'a Map<String, Value>, refers_with_keywords: bool) -> Self {
        let mut components = Self {
            schemas,
            refers_with_keywords,
            children: BTreeMap::new(),
        };
        for (name, schema) in schemas {
            for base in components.extended(schema) {
                components.children.entry(base).or_default().insert(name.clone());
            }
        }
        components
    }

    /// The component that a reference leads to, through those that are nothing but a reference.
    fn component(&self, schema: &Value) -> Option<String> {
        let mut schema = schema;
        for _ in 0..MAX_DEPTH {
            let (name, _) = component_at(&target(schema)?).filter(|(_, rest)| rest.is_empty())?;
            schema = self.schemas.get(&name)?;
            if schema.get("$ref").is_none() || demands(&without(schema, &["$ref"])) {
                return Some(name);
            }
        }
        None
    }

    /// The components that a schema extends.
    fn extended(&self, schema: &Value) -> Vec<String> {
        let parts = list(schema, "allOf").iter();
        let extends = |schema: &&Value| self.refers_with_keywords && demands(&without(schema, &["$ref"]));
        let beside = Some(schema).filter(extends);
        parts.chain(beside).filter_map(|part| self.component(part)).collect()
    }

    /// The property of a base whose value says which of those it is that extend it.
    fn property(&self, name: &str) -> Option<&str> {
        text(self.discriminator(name)?, "propertyName")
    }

    /// The discriminator of a base: its own, or that of what it extends if others extend it in turn, and it may be any of them.
    fn discriminator(&self, name: &str) -> Option<&Value> {
        let schema = self.schemas.get(name)?;
        if has_any(schema, &["anyOf", "oneOf"]) {
            return None;
        }
        if let Some(own) = schema.get("discriminator") {
            return Some(own);
        }
        self.children.get(name)?;
        let above = self.ancestors(name);
        let above = above.iter().filter_map(|above| self.schemas.get(above));
        let (bases, others) = above.partition::<Vec<_>, _>(|above| above.get("discriminator").is_some());
        let base = bases.first().filter(|base| !has_any(base, &["anyOf", "oneOf"]))?;
        let property = text(&base["discriminator"], "propertyName")?;
        let mut extending = others.into_iter().chain([schema]);
        let is_open = !extending.any(|extending| self.has_values(extending, property));
        base.get("discriminator").filter(|_| is_open)
    }

    /// Whether a schema itself lists the values of a property.
    fn has_values(&self, schema: &Value, property: &str) -> bool {
        let own = schema.get("properties").and_then(|properties| properties.get(property));
        let mut parts = list(schema, "allOf")
            .iter()
            .filter(|part| self.component(part).is_none());
        own.is_some_and(|own| has_any(own, &["const", "enum", "$ref", "allOf"]))
            || parts.any(|part| self.has_values(part, property))
    }

    /// All that extend a component. With `within_unions`, also those that are found below another that lists its own.
    fn descendants(&self, name: &str, within_unions: bool) -> BTreeSet<String> {
        let (mut found, mut next) = (BTreeSet::new(), vec![name.to_owned()]);
        while let Some(parent) = next.pop() {
            for child in self.children.get(&parent).into_iter().flatten() {
                let lists_its_own = self.property(child).is_some() && self.children.contains_key(child)
                    || self
                        .schemas
                        .get(child)
                        .is_some_and(|schema| has_any(schema, &["anyOf", "oneOf"]));
                if child != name && found.insert(child.clone()) && (within_unions || !lists_its_own) {
                    next.push(child.clone());
                }
            }
        }
        found
    }

    /// All that a component extends, the nearest first.
    fn ancestors(&self, name: &str) -> Vec<String> {
        let (mut found, mut seen) = (vec![name.to_owned()], BTreeSet::from([name.to_owned()]));
        let mut next = 0;
        while let Some(child) = found.get(next) {
            let extended = self.schemas.get(child).map(|schema| self.extended(schema));
            let extended = extended.into_iter().flatten();
            found.extend(
                extended
                    .filter(|parent| seen.insert(parent.clone()))
                    .collect::<Vec<_>>(),
            );
            next += 1;
        }
        found.split_off(1)
    }

    /// The values of a base's discriminator, and the components that they stand for.
    fn mapping(&self, discriminator: &Value) -> Vec<(String, String)> {
        let mapping = members(discriminator, "mapping");
        let mapping = mapping.filter_map(|(tag, target)| {
            let target = self.target(target)?;
            Some((tag.clone(), target))
        });
        mapping.collect()
    }

    /// Whether a schema, or what it extends, requires a property.
    fn requires(&self, schema: &Value, property: &str, depth: usize) -> bool {
        let is_required = list(schema, "required").iter().any(|name| name == property);
        let parts = list(schema, "allOf").iter();
        let mut parts = parts.filter_map(|part| match self.component(part) {
            Some(name) => self.schemas.get(&name),
            None => Some(part),
        });
        is_required || depth < MAX_DEPTH && parts.any(|part| self.requires(part, property, depth + 1))
    }

    /// What is wrong with the discriminators of components that list nothing themselves, where no union that is made of them says it.
    fn notes(&self, changed: &Changes) -> Vec<Note> {
        let mut notes = Vec::new();
        for (name, schema) in self.schemas {
            let Some(discriminator) = schema.get("discriminator") else {
                continue;
            };
            if has_any(schema, &["anyOf", "oneOf"]) {
                continue;
            }
            let at = schemas_at().child(name).child("discriminator");
            if text(discriminator, "propertyName").is_none() {
                let text = "without a `propertyName`: what extends it is not told apart";
                notes.push(Note::new(Rule::UnusableDiscriminator, &at, text));
            }
            if discriminator.get("mapping").is_some_and(|mapping| !mapping.is_object()) {
                notes.push(Note::new(Rule::UnusableMapping, &at.child("mapping"), NO_MAPPING));
            }
            if changed
                .get(name)
                .is_some_and(|(_, schema)| schema.get("oneOf").is_some())
            {
                continue;
            }
            for (value, target) in members(discriminator, "mapping") {
                if self.target(target).is_none() {
                    let text = format!("{target} is no component: a value of it is nothing but `{name}`");
                    notes.push(Note::new(
                        Rule::UnusableMapping,
                        &at.child("mapping").child(value),
                        text,
                    ));
                }
            }
        }
        notes
    }

    /// The component that the value of a mapping names.
    fn target(&self, target: &Value) -> Option<String> {
        mapped(target.as_str()?, |name| self.schemas.contains_key(name))
    }

    /// The components that change.
    fn completed(&self) -> Changes {
        let mut changed = BTreeMap::new();
        // What only the base itself has, where it gets a component of its own.
        let mut own = BTreeMap::new();
        for name in self.schemas.keys() {
            let Some(property) = self.property(name) else { continue };
            if let Some((schema, base)) = self.base(name, property) {
                if let Some((own_name, own_schema)) = base {
                    own.insert(name.clone(), own_name.clone());
                    changed.insert(own_name, (name.clone(), own_schema));
                }
                changed.insert(name.clone(), (name.clone(), schema));
            }
        }
        if own.is_empty() {
            return changed;
        }
        for (name, schema) in self.schemas {
            let extended = self.extended(schema);
            if !extended.iter().any(|base| own.contains_key(base)) {
                continue;
            }
            for name in [Some(name), own.get(name)].into_iter().flatten() {
                let (from, schema) = changed
                    .get(name)
                    .cloned()
                    .unwrap_or_else(|| (name.clone(), schema.clone()));
                changed.insert(name.clone(), (from, self.extending(schema, &own)));
            }
        }
        changed
    }

    /// A base that lists what extends it, and where its own values have to be told from theirs, what it is without them.
    fn base(&self, name: &str, property: &str) -> Option<(Value, Option<(String, Value)>)> {
        let schema = self.schemas.get(name)?;
        let mut discriminator = self.discriminator(name)?.clone();
        let is_own = schema.get("discriminator").is_some();
        if discriminator.get("mapping").is_some_and(|mapping| !mapping.is_object()) {
            discriminator["mapping"] = json!({});
        }
        let mut mapping = self.mapping(&discriminator);
        let above = self.ancestors(name).into_iter();
        let above = above.filter(|above| self.property(above) == Some(property));
        let above = above.filter_map(|above| Some(self.mapping(self.discriminator(&above)?)));
        // The values that stand for the base itself, also by what it extends.
        let own_tags = mapping.iter().cloned().chain(above.flatten());
        let own_tags = own_tags.filter(|(_, target)| target == name).map(|(tag, _)| tag);
        let mut own_tags = own_tags.collect::<BTreeSet<_>>();
        let mut listed = self.descendants(name, false);
        let all = self.descendants(name, true);
        if !is_own {
            // The others are mapped for what it extends.
            mapping.retain(|(_, target)| target == name || all.contains(target));
            let own = mapping
                .iter()
                .map(|(tag, target)| (tag.clone(), reference(target).into()));
            discriminator["mapping"] = Value::Object(own.collect());
        }
        let others = mapping.iter().map(|(_, target)| target);
        let others = others.filter(|target| *target != name && !all.contains(*target));
        let others = others.cloned().collect::<BTreeSet<_>>();
        if listed.is_empty() && others.is_empty() {
            return None;
        }
        let adds_nothing = |child: &String| self.schemas.get(child).is_some_and(|child| only_part(child).is_some());
        let has_own = !is_own
            || !own_tags.is_empty()
            || listed.len() + others.len() == 1
            || !others.is_empty()
            || !self.requires(schema, property, 0)
            || all.iter().any(adds_nothing);
        listed.extend(others);
        let refer = |name: &String| json!({"$ref": reference(name)});
        let mut alternatives = listed.iter().map(refer).collect::<Vec<_>>();
        if !has_own {
            let mut schema = schema.clone();
            schema["discriminator"] = discriminator;
            schema["oneOf"] = Value::Array(alternatives);
            return Some((schema, None));
        }
        let own = self.free_name(&format!("{name}Base"));
        alternatives.push(refer(&own));
        let kept = [
            "title",
            "description",
            "deprecated",
            "discriminator",
            "nullable",
            "allOf",
        ];
        let mut union = schema.clone();
        union["discriminator"] = discriminator;
        if let Some(keywords) = union.as_object_mut() {
            keywords.retain(|keyword, _| kept.contains(&keyword.as_str()));
        }
        // What it extends lists it, and so what extends it.
        if let Some(Value::Array(parts)) = union.get_mut("allOf") {
            parts.retain(|part| self.component(part).is_some());
        }
        // Without a mapping, its name stands for it.
        if own_tags.is_empty() && !mapping.iter().any(|(tag, _)| tag == name) {
            own_tags.insert(name.to_owned());
        }
        let written = union["discriminator"].get("mapping").and_then(Value::as_object);
        let mut written = written.cloned().unwrap_or_default();
        written.extend(own_tags.into_iter().map(|tag| (tag, reference(&own).into())));
        union["discriminator"]["mapping"] = Value::Object(written);
        union["oneOf"] = Value::Array(alternatives);
        Some((union, Some((own, without(schema, &["discriminator"])))))
    }

    fn free_name(&self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let mut names = [wanted.to_owned()].into_iter().chain(numbered);
        let free = names.find(|name| !self.schemas.contains_key(name));
        free.unwrap_or_else(|| wanted.to_owned())
    }

    /// A schema that extends what only bases themselves have, rather than the bases.
    fn extending(&self, mut schema: Value, own: &BTreeMap<String, String>) -> Value {
        let redirected = |part: &Value| Some(reference(own.get(&self.component(part)?)?));
        if let Some(there) = redirected(&schema) {
            schema["$ref"] = there.into();
        }
        if let Some(Value::Array(parts)) = schema.get_mut("allOf") {
            for part in parts {
                if let Some(there) = redirected(part) {
                    part["$ref"] = there.into();
                }
            }
        }
        schema
    }
}

/// A reference to a component.
pub(super) fn reference(component: &str) -> String {
    // A reference is percent-encoded.
    schemas_at().child(component).to_string().replace('%', "%25")
}
