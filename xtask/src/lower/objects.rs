//! The rules for objects.

use serde_json::{Map, Value, json};

use super::{
    Lowering,
    nullable::without_null,
    schemas::{Made, component_of, doc},
};
use crate::{
    api::{Property, Shape, Words},
    names,
    pointer::Pointer,
};

impl Lowering<'_> {
    /// An object: a struct if it has named properties, a map otherwise.
    pub(super) fn object(&mut self, schema: &Value, at: &Pointer, name: &str) -> Made {
        self.known(schema, at, &["type", "properties", "required", "additionalProperties"]);
        let names = schema.get("required").map(|names| {
            let names = names.as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
            names.collect::<Option<Vec<_>>>()
        });
        if names == Some(None) {
            let help = "correct it in openapi/overlay.yaml";
            self.fault(&at.child("required"), "`required` is not a list of names", help);
        }
        let mut required = names.flatten().unwrap_or_default();
        if schema
            .get("properties")
            .is_some_and(|properties| !properties.is_object())
        {
            let help = "correct it in openapi/overlay.yaml";
            self.fault(&at.child("properties"), "`properties` is not an object", help);
        }
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            let values = schema.get("additionalProperties").unwrap_or(&Value::Bool(true));
            let values = self.inline(values, &at.child("additionalProperties"), &names::inline(name, "value"));
            return Made {
                schema: json!({"type": "object", "additionalProperties": values}),
                shape: None,
            };
        };
        if schema.get("additionalProperties").is_some_and(Value::is_object) {
            self.note(
                &at.child("additionalProperties"),
                "properties without a name here are not read",
            );
        }

        for name in required.iter().filter(|name| !properties.contains_key(*name)) {
            self.note(
                at,
                format!("`{name}` is required, and not described: any server's answer is taken without it"),
            );
        }
        required.retain(|name| properties.contains_key(name));
        let mut lowered = json!({"type": "object", "properties": {}, "required": required});
        let mut known = Vec::<Property>::new();
        for (property, schema) in properties {
            let place = at.child("properties").child(property);
            let field = names::field(property);
            let twin = known.iter().find(|other| names::field(&other.name) == field);
            let help = "rename or remove one in openapi/overlay.yaml";
            if let Some(twin) = twin {
                let message = format!("`{property}` and `{}` would be one field, `{field}`", twin.name);
                self.fault(&place, message, help);
                continue;
            }
            if !names::is_identifier(&field) {
                self.fault(&place, format!("`{property}` cannot be the name of a field"), help);
                continue;
            }
            let made = self.inline(schema, &place, &names::inline(name, property));
            known.push(Property {
                name: property.clone(),
                required: required.contains(property),
                nullable: without_null(schema).1 || self.refers_to_null(schema),
                doc: doc(schema, &format!("The property `{property}`.")),
                schema: component_of(&made).or_else(|| component_of(&made["allOf"][0])),
                words: self.words(property, &made),
            });
            lowered["properties"][property] = made;
        }
        Made {
            schema: lowered,
            shape: Some(Shape::Object(known)),
        }
    }

    /// One object with the properties of all parts of an `allOf`, of its own, and of the components it refers to. `seen`
    /// holds the components on the way, lest one that is a part of itself is followed for ever.
    pub(super) fn merged(&self, schema: &Value, seen: &mut Vec<Pointer>) -> Option<Value> {
        if let Some(reference) = schema.get("$ref") {
            let target = Pointer::from_reference(reference.as_str()?)?;
            if seen.contains(&target) {
                return None;
            }
            let component = target.resolve(self.document)?;
            seen.push(target);
            let merged = self.merged(component, seen);
            seen.pop();
            return merged;
        }
        let is_object = schema.get("type").is_none_or(|kind| kind == "object");
        if !is_object || schema.get("anyOf").is_some() || schema.get("oneOf").is_some() {
            return None;
        }
        let mut whole = schema.clone();
        let whole_keywords = whole.as_object_mut()?;
        let parts = whole_keywords.remove("allOf");
        let mut properties = Map::new();
        let mut required = Vec::new();
        let parts = parts.as_ref().and_then(Value::as_array).into_iter().flatten();
        let parts = parts.map(|part| self.merged(part, seen)).collect::<Option<Vec<_>>>()?;
        for part in parts.iter().chain([schema]) {
            let own = part.get("properties").and_then(Value::as_object);
            properties.extend(
                own.into_iter()
                    .flatten()
                    .map(|(name, schema)| (name.clone(), schema.clone())),
            );
            required.extend(
                part.get("required")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
        }
        whole_keywords.insert("properties".into(), properties.into());
        whole_keywords.insert("required".into(), required.into());
        Some(whole)
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
            (Some("array"), None) if property == "loc" && items["type"].is_string() && items["type"] != "array" => {
                Words::Place
            }
            (Some("array"), Some(key)) => Words::Each(key),
            _ => Words::None,
        }
    }
}
