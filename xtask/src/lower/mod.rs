//! Stage *lower*: OpenAPI 3.1 and JSON Schema 2020-12 to the part of OpenAPI 3.0 that progenitor and typify take.
//!
//! What progenitor would lose or refuse is taken out and kept in an [`Api`], from which the graft puts it back. Every
//! type gets its name here: each schema that becomes a type of its own is made a component, so that typify has no names
//! to invent. Titles name nothing, since FastAPI derives them from the property's name.

mod nullable;
mod objects;
mod operations;
mod schemas;

use std::{collections::BTreeMap, fmt};

use openapiv3::OpenAPI;
use serde_json::{Map, Value, json};

use crate::{
    api::Api,
    diagnostic::{Diagnostic, Faults},
    names,
    pointer::Pointer,
};

/// A document that progenitor takes, and what it does not hold.
#[derive(Debug)]
pub struct Lowered {
    /// The document.
    pub document: OpenAPI,
    /// The rest.
    pub api: Api,
    /// What was lost on the way.
    pub notes: Vec<Note>,
}

/// Something that the document says and the client does not.
#[derive(Debug, PartialEq, Eq)]
pub struct Note {
    pointer: Pointer,
    text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "note: {}: {}", self.pointer, self.text)
    }
}

/// Lowers `document`.
///
/// # Errors
///
/// Every fault that is found, if it says what cannot be expressed. That it is OpenAPI 3.1 is asked by [`version`].
pub fn lower(document: &Value) -> Result<Lowered, Faults> {
    let mut lowering = Lowering {
        document,
        api: Api::default(),
        schemas: Map::new(),
        probes: BTreeMap::new(),
        notes: Vec::new(),
        faults: Vec::new(),
    };
    lowering.info();
    lowering.components();
    let paths = lowering.operations();
    let Lowering {
        api,
        schemas,
        notes,
        faults,
        ..
    } = lowering;
    if !faults.is_empty() {
        return Err(faults);
    }

    let document = serde_json::from_value(json!({
        "openapi": "3.0.3",
        "info": {"title": api.title, "version": api.version},
        "paths": paths,
        "components": {"schemas": schemas},
    }))
    .map_err(|error| vec![Diagnostic::new(format!("the lowered document is not OpenAPI 3.0: {error}")).help(BUG)])?;
    Ok(Lowered { document, api, notes })
}

/// What to do about a fault of the generator's own.
pub const BUG: &str = "this is a fault of the generator: report it, with the document";

struct Lowering<'a> {
    document: &'a Value,
    api: Api,
    /// The lowered components.
    schemas: Map<String, Value>,
    /// By the text of a lowered schema: the operation that answers with it, and the schema.
    probes: BTreeMap<String, (String, Value)>,
    notes: Vec<Note>,
    faults: Faults,
}

impl Lowering<'_> {
    fn fault(&mut self, at: &Pointer, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Diagnostic::new(message).at(at).help(help));
    }

    fn note(&mut self, at: &Pointer, text: impl Into<String>) {
        self.notes.push(Note {
            pointer: at.clone(),
            text: text.into(),
        });
    }

    fn info(&mut self) {
        let root = Pointer::root();
        let text = |path: &str| self.document.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let (title, version, server) = (text("/info/title"), text("/info/version"), text("/servers/0/url"));
        for (value, at, name) in [
            (&title, root.child("info"), "title"),
            (&version, root.child("info"), "version"),
        ] {
            if value.is_none() {
                self.fault(
                    &at,
                    format!("`{name}` is missing, or not a string"),
                    "every OpenAPI document has it; in YAML, a number has to stand in quotes",
                );
            }
        }
        if server.as_ref().is_none_or(|url| !url.starts_with("https://")) {
            self.fault(
                &root.child("servers"),
                "the document names no server with an `https` address",
                "name one in openapi/overlay.yaml:\n- target: $\n  description: …\n  update: {servers: [{url: https://…}]}",
            );
        }
        self.api.title = title.unwrap_or_default();
        self.api.version = version.unwrap_or_default();
        self.api.server = server.unwrap_or_default();
    }

    /// Every component, whether an operation uses it or not.
    fn components(&mut self) {
        let at = Pointer::root().child("components").child("schemas");
        let Some(schemas) = at.resolve(self.document).and_then(Value::as_object) else {
            return;
        };
        for (name, schema) in schemas {
            self.component(&names::component(name), schema, &at.child(name));
        }
    }
}

/// Takes OpenAPI 3.1 only.
///
/// # Errors
///
/// If `document` is anything else.
pub fn version(document: &Value) -> Result<(), Diagnostic> {
    let root = Pointer::root();
    if let Some(version) = document.get("swagger") {
        return Err(Diagnostic::new(format!("the document is Swagger {}", text_of(version)))
            .at(&root.child("swagger"))
            .help("convert it to OpenAPI 3.1; this generator takes no other version"));
    }
    match document.get("openapi") {
        None => Err(
            Diagnostic::new("the file is not an OpenAPI document: `openapi` is missing")
                .at(&root)
                .help("give the vendor's OpenAPI 3.1 document"),
        ),
        // Without quotes, YAML makes a number of it.
        Some(version) if text_of(version) == "3.1" || text_of(version).starts_with("3.1.") => Ok(()),
        Some(version) => Err(Diagnostic::new(format!("the document is OpenAPI {}", text_of(version)))
            .at(&root.child("openapi"))
            .help("convert it to OpenAPI 3.1; this generator takes no other version")),
    }
}

/// A value as a person would write it: a string without its quotes.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
