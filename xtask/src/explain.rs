//! `cargo xtask explain`: what becomes of a part of the document, and what was lost on the way.

use std::{fmt::Write as _, path::Path};

use serde_json::Value;

use crate::{
    Generated,
    api::{Api, Operation, Schema},
    diagnostic::{Diagnostic, Faults},
    pointer::Pointer,
    sources,
};

/// What becomes of the part of the bundled document that stands at `pointer`; of the whole without one.
///
/// # Errors
///
/// Every fault of the document, or that there is no such part.
pub fn explain(root: &Path, pointer: Option<&str>) -> Result<String, Faults> {
    let (document, overlay) = sources(root).map_err(|fault| vec![fault])?;
    let generated = Generated::of(&document, overlay.as_ref())?;
    let lowered = serde_json::to_value(&generated.lowered).unwrap_or_default();
    let at = Pointer::from_reference(&format!("#{}", pointer.unwrap_or_default().trim_start_matches('#')));
    let at = at.unwrap_or_default();
    let mut text = String::new();
    if pointer.is_none() {
        let _ = writeln!(text, "{lowered:#}");
    } else {
        let api = &generated.api;
        for operation in api.operations.iter().filter(|operation| operation.pointer.is_in(&at)) {
            describe_operation(operation, &mut text);
        }
        for (key, schema) in api.schemas.iter().filter(|(_, schema)| schema.pointer.is_in(&at)) {
            describe_schema(schema, &lowered["components"]["schemas"][key], &mut text);
        }
        if text.is_empty() {
            let enclosing = enclosing(api, &at);
            if at.resolve(&document.value).is_none() && enclosing.is_none() {
                return Err(vec![no_such_part(&at, &document.value)]);
            }
            let _ = match enclosing {
                Some((name, whole)) => writeln!(text, "{at} is a part of `{name}` ({whole})."),
                None => writeln!(text, "Nothing is made of {at} alone."),
            };
        }
    }
    for note in generated.notes.iter().filter(|note| note.pointer().is_in(&at)) {
        let _ = writeln!(text, "{note}");
    }
    Ok(text)
}

fn describe_operation(operation: &Operation, text: &mut String) {
    let Operation {
        name,
        method,
        path,
        pointer,
        ..
    } = operation;
    let _ = writeln!(text, "{pointer}\n  {method} {path} is `Client::{name}()`");
    for parameter in &operation.parameters {
        let required = if parameter.required { "required" } else { "optional" };
        let _ = writeln!(
            text,
            "    .{}(…): `{}` ({:?}, {required})",
            parameter.field, parameter.name, parameter.place
        );
    }
    if let Some(body) = &operation.body {
        let required = if body.required { "required" } else { "optional" };
        let _ = writeln!(text, "    .body(…): {required}");
    }
    for success in &operation.successes {
        let _ = writeln!(text, "    {}: a success", success.line);
    }
    for failure in &operation.failures {
        let _ = writeln!(
            text,
            "    {}: `types::{}::{}`",
            failure.line, operation.failures_name, failure.variant
        );
    }
}

fn describe_schema(schema: &Schema, lowered: &Value, text: &mut String) {
    let _ = writeln!(
        text,
        "{}\n  is `types::{}`, lowered to {lowered}",
        schema.pointer, schema.name
    );
}

/// The type or method that a place is a part of, and where that stands.
fn enclosing<'a>(api: &'a Api, at: &Pointer) -> Option<(&'a str, &'a Pointer)> {
    let schemas = api
        .schemas
        .values()
        .map(|schema| (schema.name.as_str(), &schema.pointer));
    let operations = api
        .operations
        .iter()
        .map(|operation| (operation.name.as_str(), &operation.pointer));
    let around = schemas.chain(operations).filter(|(_, whole)| at.is_in(whole));
    around.max_by_key(|(_, whole)| whole.segments().count())
}

fn no_such_part(at: &Pointer, document: &Value) -> Diagnostic {
    let mut nearest = Pointer::root();
    for segment in at.segments() {
        let next = nearest.child(segment);
        if next.resolve(document).is_none() {
            break;
        }
        nearest = next;
    }
    let keys = nearest
        .resolve(document)
        .and_then(Value::as_object)
        .map(|object| object.keys().take(8).cloned().collect::<Vec<_>>());
    let keys = keys.unwrap_or_default().join(", ");
    Diagnostic::new("the document has no such part").at(at).help(format!(
        "{nearest} is there, and has: {keys}; a slash in a name is written ~1"
    ))
}
