//! The rules for objects.

use serde_json::{Value, json};

use super::{
    Lowering,
    keywords::keywords,
    nullable::without_null,
    schemas::{Made, component_of, doc, plain},
    secrets,
};
use crate::{
    api::{Access, Property, Shape, Words},
    names,
    pointer::Pointer,
    prose::code,
};

/// A property of an object, as the document has it.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) schema: Value,
    pub(super) at: Pointer,
    /// The name of the type that it stands in, after which its own type is called.
    pub(super) owner: String,
}

/// The field of the properties that have no name in the document.
const OTHERS: &str = "extra";

/// The names that an object requires; what is no list of names requires none.
pub(super) fn required(schema: &Value) -> Vec<String> {
    let names = schema.get("required").and_then(Value::as_array);
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// What an object says of the properties that it does not name.
pub(super) fn others(schema: &Value, at: &Pointer) -> Option<(Value, Pointer)> {
    let said = all_others(schema, at);
    let is_additional = schema
        .get("additionalProperties")
        .is_some_and(|values| *values != Value::Bool(false));
    let (values, place) = said.first()?;
    Some(if is_additional || said.iter().all(|(others, _)| others == values) {
        ((*values).clone(), place.clone())
    } else {
        (Value::Bool(true), at.child("patternProperties"))
    })
}

/// All that an object says of the properties that it does not name: what holds for any, then what their names decide.
fn all_others<'a>(schema: &'a Value, at: &Pointer) -> Vec<(&'a Value, Pointer)> {
    let keyword = "additionalProperties";
    let additional = schema.get(keyword).filter(|values| **values != Value::Bool(false));
    let place = at.child("patternProperties");
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    let patterns = patterns.into_iter().flatten();
    let additional = additional.map(|values| (values, at.child(keyword)));
    additional
        .into_iter()
        .chain(patterns.map(|(pattern, values)| (values, place.child(pattern))))
        .collect()
}

impl Lowering<'_> {
    /// An object: a struct if it has named properties, a map otherwise.
    pub(super) fn object(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        self.known_of_object(schema, at);
        let place = at.child("properties");
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let members = properties.map(|(property, schema)| Member {
            name: property.clone(),
            schema: schema.clone(),
            at: place.child(property),
            owner: name.to_owned(),
        });
        let additional = others(schema, at);
        self.object_of(members.collect(), required(schema), additional, at, name)
    }

    /// Notes what is not used of a schema that is an object.
    pub(super) fn known_of_object(&mut self, schema: &Value, at: &Pointer) {
        let known = [
            "type",
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "discriminator",
        ];
        self.known(schema, at, &known);
        for (keyword, is_right) in [
            ("required", Value::is_array as fn(&Value) -> bool),
            ("properties", Value::is_object),
        ] {
            if schema.get(keyword).is_some_and(|value| !is_right(value)) {
                self.note(
                    &at.child(keyword),
                    format!("`{keyword}` is not what it should be, and not used"),
                );
            }
        }
        if schema.get("patternProperties").is_some_and(Value::is_object) {
            let place = at.child("patternProperties");
            self.note(&place, "the names are not checked by the client");
            let marks = |values: &Value| secrets::marks(values, &self.secretive);
            let is_lost = others(schema, at).is_some_and(|(values, _)| !marks(&values))
                && all_others(schema, at).iter().any(|(values, _)| marks(values));
            if is_lost {
                self.leak(&place, "that only the name of its property tells from other values");
            }
        }
    }

    /// An object of these properties.
    pub(super) fn object_of(
        &mut self,
        members: Vec<Member>,
        mut required: Vec<String>,
        additional: Option<(Value, Pointer)>,
        at: &Pointer,
        name: &str,
    ) -> Made {
        if members.is_empty() {
            let (values, place) = additional.unwrap_or((Value::Bool(true), at.child("additionalProperties")));
            let values = self.inline(&values, &place, &names::inline(name, "value"));
            // A map whose values may be absent is a map: null and absent are one there.
            return plain(json!({"type": "object", "additionalProperties": values}));
        }
        for name in required
            .iter()
            .filter(|name| !members.iter().any(|member| member.name == **name))
        {
            let text = format!("`{name}` is required, and not described: any server's answer is taken without it");
            self.note(at, text);
        }
        required.retain(|name| members.iter().any(|member| member.name == *name));
        let mut fields = additional.iter().map(|_| OTHERS.to_owned()).collect::<Vec<_>>();
        let mut known = Vec::<Property>::new();
        let mut lowered = json!({"type": "object", "properties": {}, "required": []});
        for member in members {
            let Member {
                name: property,
                schema,
                at,
                owner,
            } = member;
            if schema == Value::Bool(false) {
                self.note(&at, "no value fits it, so it is left out");
                continue;
            }
            let field = names::field(&property, &fields);
            fields.push(field.clone());
            let made = self.inline(&schema, &at, &names::inline(&owner, &property));
            let is_required = required.contains(&property);
            if is_required {
                lowered["required"]
                    .as_array_mut()
                    .into_iter()
                    .for_each(|names| names.push(field.clone().into()));
            }
            let flag = |keyword: &str| without_null(&schema).0.value.get(keyword) == Some(&Value::Bool(true));
            known.push(Property {
                required: is_required,
                nullable: made.get("nullable").is_some(),
                doc: doc(&schema, &format!("The property {}.", code(&property))),
                schema: component_of(&made).or_else(|| component_of(&made["allOf"][0])),
                keywords: keywords(&schema, &made),
                words: self.words(&property, &made),
                access: match (flag("readOnly"), flag("writeOnly")) {
                    (true, false) => Access::Server,
                    (false, true) => Access::Client,
                    _ => Access::Both,
                },
                constant: self.constant(&schema),
                name: property,
                field: field.clone(),
            });
            lowered["properties"][field] = made;
        }
        if let Some((values, place)) = additional {
            // Whoever sends it may say more, and whoever receives it may want to know.
            lowered["additionalProperties"] = self.inline(&values, &place, &names::inline(name, "value"));
        }
        Made {
            schema: lowered,
            shape: Some(Shape::Object(known)),
        }
    }

    /// The one text that a property can have.
    fn constant(&self, schema: &Value) -> Option<String> {
        let schema = self.followed(schema)?;
        let only = match schema.get("enum").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => Some(only),
            _ => schema.get("const"),
        };
        only?.as_str().map(str::to_owned)
    }

    /// What a property of a failure can tell a person.
    fn words(&self, property: &str, lowered: &Value) -> Words {
        let items = &lowered["items"];
        let component = component_of(items);
        match (lowered["type"].as_str(), component) {
            (Some("string"), _) if lowered.get("format").is_none() => Words::Text,
            (Some("array"), Some(key)) if property == "loc" => {
                match self.api.schemas.get(&key).map(|schema| &schema.shape) {
                    Some(shape) if shape.is_displayed() => Words::Place,
                    _ => Words::None,
                }
            }
            (Some("array"), None) if property == "loc" && is_printed(items) => Words::Place,
            (Some("array"), Some(key)) => Words::Each(key),
            _ => Words::None,
        }
    }
}

/// Whether values of a lowered schema can be printed, as numbers and texts that are no secret can.
fn is_printed(lowered: &Value) -> bool {
    let is_scalar = matches!(
        lowered["type"].as_str(),
        Some("string" | "integer" | "number" | "boolean")
    );
    let is_kept = lowered
        .get("format")
        .is_some_and(|format| format == "password" || format == super::forms::UPLOAD);
    is_scalar && !is_kept && lowered.get("nullable").is_none()
}
