//! `cargo xtask explain`: what becomes of a place in the vendor's document.

use std::{fmt::Write as _, path::Path};

use heck::ToUpperCamelCase as _;
use serde_json::Value;

use crate::{
    Inputs,
    api::{Answer, Api, Content, Operation, Place, Schema, Shape},
    diagnostic::{Diagnostic, Faults},
    lower::{BUG, Lowered, Note},
    pointer::Pointer,
};

/// What is said of a place: a text, and the notes on what the client does not do.
#[derive(Debug)]
pub struct Explanation {
    /// What the place becomes.
    pub text: String,
    /// What was lost there.
    pub notes: Vec<Note>,
}

/// Explains what becomes of the place `pointer` in the document below `root`; of the whole document if there is none.
///
/// # Errors
///
/// If there is no such place; or if the document cannot be lowered.
pub fn explain(root: &Path, pointer: Option<&str>) -> Result<Explanation, Faults> {
    let inputs = Inputs::read(root)?;
    let at = match pointer {
        None => Pointer::root(),
        Some(text) => Pointer::parse(text).ok_or_else(|| {
            vec![
                Diagnostic::new(format!("`{text}` is not a JSON pointer"))
                    .help("begin it with `#/` or `/`, and write `~1` for a slash within a name: '#/paths/~1pets/get'"),
            ]
        })?,
    };
    let amended = inputs.amended()?;
    let Some(value) = at.resolve(&amended) else {
        let fault = missing(&at, &amended, &inputs.document.value);
        return Err(inputs.document.locate(vec![fault]));
    };
    let lowered = inputs.lower()?;
    let text = if at == Pointer::root() {
        pretty(&serde_json::to_value(&lowered.document).map_err(fault)?)
    } else {
        part(&at, value, &lowered)?
    };
    let mut notes = lowered.notes;
    notes.retain(|note| note.pointer().is_in(&at));
    Ok(Explanation { text, notes })
}

fn fault(error: impl std::fmt::Display) -> Faults {
    vec![Diagnostic::new(format!("the lowered document cannot be written: {error}")).help(BUG)]
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// That there is nothing at that place, and what there is near it.
fn missing(at: &Pointer, amended: &Value, document: &Value) -> Diagnostic {
    if at.resolve(document).is_some() {
        return Diagnostic::new("the overlay removes this from the document")
            .at(at)
            .help("look for its action in openapi/overlay.yaml");
    }
    let mut near = at.clone();
    while let Some(parent) = near.parent() {
        near = parent;
        if near.resolve(amended).is_some() {
            break;
        }
    }
    let keys = match near.resolve(amended) {
        Some(Value::Object(members)) => members.keys().map(|key| near.child(key)).collect(),
        Some(Value::Array(items)) => (0..items.len()).map(|index| near.child(index)).collect(),
        _ => Vec::new(),
    };
    let help = match keys.as_slice() {
        [] => "ask for the nearest place that there is, named above".to_owned(),
        keys => {
            let more = if keys.len() > 20 { "\n…" } else { "" };
            let keys = keys.iter().take(20).map(ToString::to_string).collect::<Vec<_>>();
            format!("ask for one of these:\n{}{more}", keys.join("\n"))
        }
    };
    Diagnostic::new(format!(
        "the document has nothing at {at}; the nearest place that it has is {near}"
    ))
    .at(&near)
    .help(help)
}

/// An operation or a schema that becomes a type.
enum Thing<'a> {
    Operation(&'a Operation),
    Schema(&'a str, &'a Schema),
}

impl Thing<'_> {
    fn pointer(&self) -> &Pointer {
        match self {
            Self::Operation(operation) => &operation.pointer,
            Self::Schema(_, schema) => &schema.pointer,
        }
    }
}

/// What becomes of a part of the document: of itself, or of what it holds, or of what it is a part of.
fn part(at: &Pointer, value: &Value, lowered: &Lowered) -> Result<String, Faults> {
    let api = &lowered.api;
    let operations = api.operations.iter().map(Thing::Operation);
    let schemas = api.schemas.iter().map(|(key, schema)| Thing::Schema(key, schema));
    let things = operations.chain(schemas).collect::<Vec<_>>();
    let mut text = String::new();
    let found = if let Some(thing) = things.iter().find(|thing| thing.pointer() == at) {
        vec![thing]
    } else {
        let within = things.iter().filter(|thing| thing.pointer().is_in(at));
        let within = within.collect::<Vec<_>>();
        let is_outermost = |thing: &&&Thing<'_>| {
            let is_around =
                |other: &&Thing<'_>| other.pointer() != thing.pointer() && thing.pointer().is_in(other.pointer());
            !within.iter().any(is_around)
        };
        let outermost = within.iter().filter(|thing| is_outermost(thing)).copied();
        let mut outermost = outermost.collect::<Vec<_>>();
        if outermost.is_empty() {
            let around = things.iter().filter(|thing| at.is_in(thing.pointer()));
            outermost.extend(around.max_by_key(|thing| thing.pointer().segments().count()));
            if let Some(thing) = outermost.first() {
                let _ = writeln!(text, "{at} is a part of {}{}\n", thing.pointer(), field(at, thing));
            }
        }
        outermost
    };
    if found.is_empty() {
        let _ = writeln!(text, "{at} becomes neither a type nor an operation; it is");
        text.push_str(&pretty(value));
    }
    for (index, thing) in found.into_iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        match thing {
            Thing::Operation(found) => operation(&mut text, found, api),
            Thing::Schema(key, found) => schema(&mut text, key, found, lowered)?,
        }
    }
    Ok(text)
}

/// The field that a property is.
fn field(at: &Pointer, thing: &Thing<'_>) -> String {
    let Thing::Schema(_, schema) = thing else {
        return String::new();
    };
    let Shape::Object(properties) = &schema.shape else {
        return String::new();
    };
    let holder = schema.pointer.child("properties");
    let property = properties
        .iter()
        .find(|property| at.is_in(&holder.child(&property.name)));
    match property {
        Some(property) => format!(", the field types::{}.{}", schema.name, property.field),
        None => String::new(),
    }
}

fn schema(text: &mut String, key: &str, schema: &Schema, lowered: &Lowered) -> Result<(), Faults> {
    let shape = match &schema.shape {
        Shape::Object(_) => "an object",
        Shape::Tuple(_) => "a list with a type for each item",
        Shape::Text { .. } => "a string with limits",
        Shape::Union { .. } => "one of several types",
        Shape::Choice(_) => "one of several strings",
        Shape::Other => "none of the generator's own shapes",
    };
    let sent = if schema.is_sent { ", which requests hold" } else { "" };
    let _ = writeln!(text, "types::{}: {shape}{sent}\n  from {}", schema.name, schema.pointer);
    let components = lowered.document.components.as_ref();
    if let Some(schema) = components.and_then(|components| components.schemas.get(key)) {
        text.push_str(&pretty(&serde_json::to_value(schema).map_err(fault)?));
    }
    Ok(())
}

fn operation(text: &mut String, operation: &Operation, api: &Api) {
    let Operation { name, method, path, .. } = operation;
    let _ = writeln!(text, "Client::{name}: {method} {path}\n  from {}", operation.pointer);
    let builder = name.to_upper_camel_case();
    for parameter in &operation.parameters {
        let required = if parameter.required { ", required" } else { "" };
        let _ = writeln!(
            text,
            "  parameter  builder::{builder}::{}: `{}` {}{required}",
            parameter.field,
            parameter.name,
            place(parameter.place)
        );
    }
    if let Some(body) = &operation.body {
        let required = if body.required { ", required" } else { "" };
        let _ = writeln!(
            text,
            "  body       builder::{builder}::body: {}{required}",
            content(&body.content, api)
        );
    }
    let holds = |answer: &Answer| match &answer.content {
        Some(holds) => format!(": {}", content(holds, api)),
        None => String::new(),
    };
    for success in &operation.successes {
        let variant = if operation.successes.len() > 1 {
            format!(" -> types::{}::{}", operation.successes_name, success.variant)
        } else {
            String::new()
        };
        let _ = writeln!(text, "  success    {}{variant}{}", success.line, holds(success));
    }
    for failure in &operation.failures {
        let _ = writeln!(
            text,
            "  failure    {} -> types::{}::{}{}",
            failure.line,
            operation.failures_name,
            failure.variant,
            holds(failure)
        );
    }
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "in the path",
        Place::PathTail => "in the path, with its slashes",
        Place::PathLabel => "in the path, after a dot",
        Place::PathMatrix => "in the path, as `;name=value`",
        Place::Query => "in the query",
        Place::QueryJoined => "in the query, joined by commas",
        Place::QuerySpaced => "in the query, joined by spaces",
        Place::QueryPiped => "in the query, joined by bars",
        Place::QueryDeep => "in the query, by property",
        Place::QueryJson => "in the query, as JSON",
        Place::Header => "in a header",
        Place::Cookie => "in a cookie",
    }
}

fn content(content: &Content, api: &Api) -> String {
    let form = match content {
        Content::Json { media_type, .. } | Content::Bytes(media_type) | Content::Stream(media_type) => media_type,
        Content::Form { .. } => "application/x-www-form-urlencoded",
        Content::Multipart { .. } => "multipart/form-data",
    };
    let component = content.component().and_then(|key| api.schemas.get(key));
    match component {
        Some(schema) => format!("types::{} as {form}", schema.name),
        None => form.to_owned(),
    }
}
