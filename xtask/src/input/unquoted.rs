//! Texts that are written without quotes, where a schema has `type: string`: YAML makes numbers, booleans and null of them.

use serde_json::{Map, Value};

use super::{diagnostic::Note, pointer::Pointer, rule::Rule, yaml::Node};

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// Keywords whose value is one schema, or a list of them.
const SCHEMAS: [&str; 16] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords whose members are schemas with names of their own.
const NAMED_SCHEMAS: [&str; 5] = [
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Parts of a description, outside of schemas, whose members have names of their own.
const NAMED: [&str; 14] = [
    "callbacks",
    "content",
    "encoding",
    "headers",
    "links",
    "mediaTypes",
    "parameters",
    "pathItems",
    "paths",
    "requestBodies",
    "responses",
    "securitySchemes",
    "variables",
    "webhooks",
];

/// Parts of a description that are values, of any form.
const VALUES: [&str; 5] = ["default", "enum", "example", "examples", "value"];

/// Keywords whose value is a text, or a list of them, whatever the schema says.
const TEXTS: [&str; 9] = [
    "description",
    "name",
    "openapi",
    "operationId",
    "required",
    "summary",
    "tags",
    "title",
    "version",
];

/// Keywords of which `type: null` says nothing: a schema with one of them is meant to have values.
const TELLING: [&str; 13] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "format",
    "items",
    "maxLength",
    "maximum",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
];

/// What a value stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Schema,
    /// Its members are schemas.
    NamedSchemas,
    /// Anything else that OpenAPI has.
    Part,
    /// Its members are of that kind.
    NamedParts,
}

/// Makes texts of what is to be text, and the type `null` of a type that is null; notes where that matters. `read` reads the text
/// anew as a tree, which knows how a number is written.
pub(super) fn quote(root: &mut Value, read: impl FnOnce() -> Option<Node>, lines_before: usize) -> Vec<Note> {
    let mut found = Vec::new();
    find(root, Role::Part, &Pointer::root(), &mut found);
    if found.is_empty() {
        return Vec::new();
    }
    let tree = read();
    let mut notes = Vec::new();
    for at in found {
        let written = |at: &Pointer, value: &Value| {
            let written = tree.as_ref().and_then(|tree| tree.written(at));
            written.map_or_else(|| value.to_string(), str::to_owned)
        };
        let line = tree.as_ref().map(|tree| lines_before + tree.line_of(&at));
        let on_line = line.map_or(String::new(), |line| format!(" on line {line}"));
        let keyword = at.segments().last().unwrap_or_default();
        let schema = at.parent().and_then(|parent| parent.resolve_mut(root)?.as_object_mut());
        let Some(schema) = schema else { continue };
        if keyword == "type" {
            let is_empty = |value: &Value| value.is_null() && ["", "~"].contains(&written(&at, value).as_str());
            let is_meant = !TELLING.iter().any(|keyword| schema.contains_key(*keyword));
            match schema.get_mut("type") {
                Some(Value::Array(types)) => types.iter_mut().filter(|kind| kind.is_null()).for_each(name_null),
                Some(kind) if is_meant && !is_empty(kind) => name_null(kind),
                _ => {
                    schema.shift_remove("type");
                    let text = format!("`type`{on_line} has no value, and is not used: give it one, or remove it");
                    notes.push(Note::new(Rule::UnquotedText, &at, text));
                }
            }
            continue;
        }
        let mut quoted = Vec::new();
        match schema.get_mut(&keyword) {
            Some(Value::Array(values)) if keyword != "const" => {
                for (index, value) in values.iter_mut().enumerate().filter(|(_, value)| is_unquoted(value)) {
                    quoted.push(written(&at.child(index), value));
                    *value = quoted.last().cloned().into();
                }
            }
            Some(value) => {
                quoted.push(written(&at, value));
                *value = quoted.last().cloned().into();
            }
            None => {}
        }
        // Examples are for people, and of the others there is no doubt.
        if !keyword.starts_with("example") && !TEXTS.contains(&keyword.as_str()) {
            let quoted = quoted
                .iter()
                .map(|text| format!("`{text}`"))
                .collect::<Vec<_>>()
                .join(", ");
            let text = format!(
                "`type` asks for strings, and without quotes{on_line} these are none: {quoted}; each is read as the text that \
                 stands there; put quotes around them"
            );
            notes.push(Note::new(Rule::UnquotedText, &at, text));
        }
    }
    notes
}

fn name_null(kind: &mut Value) {
    *kind = "null".into();
}

/// Whether a value is a scalar that YAML makes of a text without quotes. Null may be meant.
fn is_unquoted(value: &Value) -> bool {
    value.is_number() || value.is_boolean()
}

/// Finds the keywords that are to be changed.
fn find(value: &Value, role: Role, at: &Pointer, found: &mut Vec<Pointer>) {
    let members = match value {
        Value::Object(members) => members,
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find(item, role, &at.child(index), found);
            }
            return;
        }
        _ => return,
    };
    let is_schema = role == Role::Schema || role == Role::Part && is_typed(members);
    if is_schema {
        find_keywords(members, at, found);
    }
    if matches!(role, Role::Schema | Role::Part) {
        let texts = members.iter().filter(|(name, _)| TEXTS.contains(&name.as_str()));
        let unquoted = texts.filter(|(name, value)| match value {
            Value::Array(items) => items.iter().any(is_unquoted),
            // A parameter is required or not.
            value => is_unquoted(value) && *name != "required",
        });
        found.extend(unquoted.map(|(name, _)| at.child(name)));
    }
    for (name, value) in members {
        let role = match (role, name.as_str()) {
            (Role::NamedSchemas, _) => Role::Schema,
            (Role::NamedParts, _) => Role::Part,
            (_, name) if is_schema && SCHEMAS.contains(&name) => Role::Schema,
            (_, name) if is_schema && NAMED_SCHEMAS.contains(&name) => Role::NamedSchemas,
            (Role::Schema, _) => continue,
            (Role::Part, "schema" | "itemSchema") => Role::Schema,
            (Role::Part, "schemas") => Role::NamedSchemas,
            // An operation has a list of parameters, the components have names for them.
            (Role::Part, name) if NAMED.contains(&name) && value.is_object() => Role::NamedParts,
            (Role::Part, name) if VALUES.contains(&name) || name.starts_with("x-") => continue,
            (Role::Part, _) => Role::Part,
        };
        find(value, role, &at.child(name), found);
    }
}

/// Whether an object is a schema by its `type`, wherever it stands: an action of the overlay says by its target alone where that is.
fn is_typed(members: &Map<String, Value>) -> bool {
    match members.get("type") {
        Some(Value::String(kind)) => TYPES.contains(&kind.as_str()),
        Some(Value::Array(types)) => !types.is_empty(),
        _ => false,
    }
}

/// Finds the keywords of a schema that are to be changed.
fn find_keywords(schema: &Map<String, Value>, at: &Pointer, found: &mut Vec<Pointer>) {
    let kind = schema.get("type");
    let is_text = match kind {
        Some(Value::Null) => {
            found.push(at.child("type"));
            false
        }
        Some(Value::Array(types)) => {
            if types.iter().any(Value::is_null) {
                found.push(at.child("type"));
            }
            let mut others = types
                .iter()
                .filter(|kind| !kind.is_null() && *kind != "null")
                .peekable();
            others.peek().is_some() && others.all(|kind| kind == "string")
        }
        Some(kind) => kind == "string",
        None => false,
    };
    if !is_text {
        return;
    }
    for keyword in ["enum", "examples"] {
        let values = schema.get(keyword).and_then(Value::as_array);
        if values.is_some_and(|values| values.iter().any(is_unquoted)) {
            found.push(at.child(keyword));
        }
    }
    for keyword in ["const", "default", "example"] {
        if schema.get(keyword).is_some_and(is_unquoted) {
            found.push(at.child(keyword));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::input::source::Source;

    #[test]
    fn texts_without_quotes_are_read_as_they_stand() {
        let text = "
components:
  schemas:
    S:
      type: object
      properties:
        type: {type: string, enum: [1.0, 1.10, 2e3, 01, 0x1F, true, null, yes, 2020-01-01], default: 1.10}
        enum: {type: [string, null], const: 7, example: 0x10, examples: [1.0]}
        number: {type: number, enum: [1.10], default: 01, const: .nan}
        list: {type: array, items: {type: string, enum: [off, False]}, default: [1.10]}
        default: {type: string, default: [1.10], x-a: {type: string, enum: [1]}}
        name: {type: object, title: 1.10, required: [1, 2.0, a], properties: {required: {}, title: {}}}
        any: {anyOf: [{type: null}, {type: ~}, {type: }, {type: null, format: date}]}
        example: {example: {type: string, enum: [1]}, enum: [{type: null}]}
  parameters:
    named: {name: 1.10, in: query, required: true, description: 07}
    schema: {name: a, in: query, schema: {type: [null, string]}, example: {type: null}}
";
        let Source { value, notes, .. } = Source::parse("a.yaml", text).unwrap();
        let properties = &value["components"]["schemas"]["S"]["properties"];
        for (name, expected) in [
            (
                "type",
                json!({
                    "type": "string",
                    "enum": ["1.0", "1.10", "2e3", "01", "0x1F", "true", null, "yes", "2020-01-01"],
                    "default": "1.10",
                }),
            ),
            (
                "enum",
                json!({"type": ["string", "null"], "const": "7", "example": "0x10", "examples": ["1.0"]}),
            ),
            (
                "number",
                json!({"type": "number", "enum": [1.1], "default": 1, "const": ".nan"}),
            ),
            (
                "list",
                json!({"type": "array", "items": {"type": "string", "enum": ["off", "False"]}, "default": [1.1]}),
            ),
            (
                "default",
                json!({"type": "string", "default": [1.1], "x-a": {"type": "string", "enum": [1]}}),
            ),
            (
                "name",
                json!({
                    "type": "object",
                    "title": "1.10",
                    "required": ["1", "2.0", "a"],
                    "properties": {"required": {}, "title": {}},
                }),
            ),
            ("any", json!({"anyOf": [{"type": "null"}, {}, {}, {"format": "date"}]})),
            (
                "example",
                json!({"example": {"type": "string", "enum": [1]}, "enum": [{"type": null}]}),
            ),
        ] {
            assert_eq!(properties[name], expected, "{name}");
        }
        assert_eq!(
            value["components"]["parameters"]["schema"],
            json!({"name": "a", "in": "query", "schema": {"type": ["null", "string"]}, "example": {"type": null}})
        );
        assert_eq!(
            value["components"]["parameters"]["named"],
            json!({"name": "1.10", "in": "query", "required": true, "description": "07"})
        );
        let notes = notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let at = "note[unquoted-text]: #/components/schemas/S/properties/";
        for (note, (place, line, texts)) in notes.iter().zip([
            ("type/enum", 7, "`1.0`, `1.10`, `2e3`, `01`, `0x1F`, `true`;"),
            ("type/default", 7, "`1.10`"),
            ("enum/const", 8, "`7`"),
            ("list/items/enum", 10, "`False`;"),
            ("any/anyOf/1/type", 13, "has no value"),
            ("any/anyOf/2/type", 13, "has no value"),
            ("any/anyOf/3/type", 13, "has no value"),
        ]) {
            assert!(note.starts_with(&format!("{at}{place}: ")), "{note}");
            assert!(
                note.contains(texts) && note.contains(&format!(" on line {line} ")),
                "{note}"
            );
        }
        assert_eq!(notes.len(), 7, "{notes:#?}");
        // JSON without quotes keeps its digits as well.
        let json = r#"{"actions": [{"update": {"a": {"type": "string", "enum": [1.10]}}}]}"#;
        let value = Source::parse("a.json", json).unwrap().value;
        assert_eq!(value["actions"][0]["update"]["a"]["enum"], json!(["1.10"]));
    }
}
