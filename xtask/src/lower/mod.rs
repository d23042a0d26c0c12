//! Stage *lower*: OpenAPI 3.1 and JSON Schema 2020-12 to the part of OpenAPI 3.0 that progenitor and typify take.
//!
//! What progenitor would lose or refuse is taken out and kept in an [`Api`], from which the graft puts it back. Every
//! type gets its name here: each schema that becomes a type of its own is made a component, so that typify has no names
//! to invent. Titles name nothing, since FastAPI derives them from the property's name.
//!
//! Where two things would have one name, the components of the document come first, then the operations, then the
//! schemas that stand within others; of two of a kind, the one that bears the name as it is, then the one that stands
//! first. The other one gets a number, and a note.

mod bodies;
mod compose;
mod finish;
mod forms;
mod keywords;
mod mocks;
mod nullable;
mod objects;
mod operations;
mod parameters;
mod references;
mod schemas;
mod secrets;
mod security;
mod unions;
mod uses;

pub use finish::with_remedy;
pub use forms::UPLOAD;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    pointer: Pointer,
    text: String,
}

impl Note {
    /// Where that stands.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }
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
/// Every fault that is found, if it says what cannot be expressed. That it is OpenAPI 3 is asked by [`version`].
pub fn lower(document: &Value) -> Result<Lowered, Faults> {
    let mut lowering = Lowering {
        document,
        api: Api::default(),
        schemas: Map::new(),
        components: BTreeMap::new(),
        elsewhere: BTreeMap::new(),
        inlined: BTreeMap::new(),
        taken: BTreeSet::new(),
        files: BTreeSet::new(),
        sent: BTreeSet::new(),
        secretive: secrets::places(document),
        probes: BTreeMap::new(),
        probed: BTreeMap::new(),
        undescribed: BTreeMap::new(),
        depth: 0,
        notes: Vec::new(),
        faults: Vec::new(),
    };
    lowering.info();
    lowering.name_components();
    let names = lowering.name_operations();
    lowering.find_files();
    lowering.sent = references::sent(document, &lowering.every_operation());
    lowering.components();
    let mut paths = lowering.operations(&names);
    lowering.finish(&mut paths);
    let Lowering {
        api,
        schemas,
        mut notes,
        faults,
        ..
    } = lowering;
    if !faults.is_empty() {
        return Err(faults);
    }

    // A schema that several others consist of is looked at for each.
    let mut seen = BTreeSet::new();
    notes.retain(|note| seen.insert(note.clone()));
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
    /// By the name of a component: the name of its type.
    components: BTreeMap<String, String>,
    /// The types of schemas that are referred to and are no components.
    elsewhere: BTreeMap<Pointer, String>,
    /// The schemas that stand within others, each of which is made once, and what was made of them.
    inlined: BTreeMap<Pointer, (Value, Value)>,
    /// The names of types, as typify gives them.
    taken: BTreeSet<String>,
    /// The schemas that are files.
    files: BTreeSet<Pointer>,
    /// The schemas that requests refer to.
    sent: BTreeSet<Pointer>,
    /// The places that mark secrets, of all that anything refers to.
    secretive: BTreeSet<Pointer>,
    /// By the text of a lowered schema: the operation that answers with it.
    probes: BTreeMap<String, String>,
    /// By the name of that operation: the schema.
    probed: BTreeMap<String, Value>,
    /// By the name of each type that the document does not describe: what is said of it instead, which is its kind.
    undescribed: BTreeMap<String, String>,
    /// How deep the schema that is being lowered stands.
    depth: usize,
    notes: Vec<Note>,
    faults: Faults,
}

impl Lowering<'_> {
    fn fault(&mut self, at: &Pointer, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Diagnostic::new(message).at(at).help(help));
    }

    fn note(&mut self, at: &Pointer, text: impl Into<String>) {
        let note = Note {
            pointer: at.clone(),
            text: text.into(),
        };
        self.notes.push(note);
    }

    fn info(&mut self) {
        let root = Pointer::root();
        let info = root.child("info");
        for name in ["title", "version"] {
            let value = self.document.pointer(&format!("/info/{name}"));
            let text = match value {
                Some(Value::String(text)) => text.clone(),
                // Without quotes, YAML makes a number of it.
                Some(number @ Value::Number(_)) => number.to_string(),
                _ => {
                    self.note(&info, format!("`{name}` is missing, or not a string"));
                    "unnamed".into()
                }
            };
            if name == "title" {
                self.api.title = text;
            } else {
                self.api.version = text;
            }
        }
        self.api.server = self.server();
        if self.api.server.is_empty() {
            self.note(
                &root.child("servers"),
                "the document names no server with an address of its own, so a client has to be given one; name one in \
                 openapi/overlay.yaml:\n- target: $\n  description: …\n  update: {servers: [{url: https://…}]}",
            );
        }
    }

    /// The address of the first server that has one, with its variables' defaults; empty if none has.
    fn server(&self) -> String {
        let servers = self.document.get("servers").and_then(Value::as_array);
        let addresses = servers.into_iter().flatten().filter_map(|server| {
            let mut url = server.get("url")?.as_str()?.trim().to_owned();
            for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
                url = url.replace(&format!("{{{name}}}"), &text_of(variable.get("default")?));
            }
            let is_address = url.starts_with("https://") || url.starts_with("http://");
            (is_address && !url.contains(['{', ' '])).then_some(url)
        });
        let addresses = addresses.collect::<Vec<_>>();
        let secure = addresses.iter().find(|url| url.starts_with("https://"));
        secure.or(addresses.first()).cloned().unwrap_or_default()
    }

    /// Gives every component the name of its type: its own, unless another one bears it.
    fn name_components(&mut self) {
        let document = self.document;
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let mut components = schemas
            .into_iter()
            .flat_map(|schemas| schemas.keys())
            .collect::<Vec<_>>();
        let of_forms = self.fastapi_forms();
        components.sort_by_key(|name| (of_forms.contains_key(*name), names::typify(name) != **name));
        for component in components {
            let wanted = match of_forms.get(component) {
                Some(operation) => names::inline(&names::typify(operation), "body"),
                None => names::component(component),
            };
            let at = Pointer::root().child("components").child("schemas").child(component);
            let name = self.free_name(&wanted, &at);
            self.components.insert(component.clone(), name);
        }
    }

    /// The components that FastAPI makes of the fields of a form, and the names of the operations that take them. It calls
    /// them after the whole operationId, which is no name that anybody chose.
    fn fastapi_forms(&self) -> BTreeMap<String, String> {
        let operations = self.every_operation().into_iter();
        let forms = operations.filter_map(|((path, method), operation, _)| {
            let id = operation.get("operationId")?.as_str()?;
            Some((format!("Body_{id}"), names::operation(id, path, method)))
        });
        forms.collect()
    }

    /// A name of a type that is not taken, which it then is: `wanted`, or that with a number.
    fn free_name(&mut self, wanted: &str, at: &Pointer) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.taken.insert(names::typify(&name)) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        if name != wanted {
            self.note(
                at,
                format!("`{wanted}` is the name of another type, so this is `{name}`"),
            );
        }
        name
    }

    /// Every component, whether an operation uses it or not.
    fn components(&mut self) {
        let at = Pointer::root().child("components").child("schemas");
        let document = self.document;
        let Some(schemas) = at.resolve(document).and_then(Value::as_object) else {
            return;
        };
        let used = references::used_components(document);
        for (component, schema) in schemas {
            // It is `Upload` where it is sent as a file, and a type only where it is not.
            if self.is_file(schema) {
                continue;
            }
            let at = at.child(component);
            let name = self.components[component].clone();
            let before = self.faults.len();
            self.component(&name, schema, &at);
            // What no operation uses must not keep the others from being called.
            if !used.contains(component) && self.faults.len() > before {
                let faults = self.faults.split_off(before);
                for fault in faults {
                    self.note(
                        &at,
                        format!("not used by any operation, and left as any JSON: {}", fault.message()),
                    );
                }
                self.schemas.insert(names::typify(&name), json!({}));
            }
        }
    }
}

/// Takes OpenAPI 3 only.
///
/// # Errors
///
/// If `document` is anything else.
pub fn version(document: &Value) -> Result<(), Diagnostic> {
    let root = Pointer::root();
    if let Some(version) = document.get("swagger") {
        return Err(Diagnostic::new(format!("the document is Swagger {}", text_of(version)))
            .at(&root.child("swagger"))
            .help("convert it to OpenAPI 3.1; this generator takes no version before 3.0"));
    }
    match document.get("openapi") {
        None => Err(
            Diagnostic::new("the file is not an OpenAPI document: `openapi` is missing")
                .at(&root)
                .help("give the vendor's OpenAPI 3.1 document"),
        ),
        // Without quotes, YAML makes a number of it.
        Some(version)
            if ["3.0", "3.1", "3.2"]
                .iter()
                .any(|known| text_of(version).starts_with(known)) =>
        {
            Ok(())
        }
        Some(version) => Err(Diagnostic::new(format!("the document is OpenAPI {}", text_of(version)))
            .at(&root.child("openapi"))
            .help("convert it to OpenAPI 3.1; this generator takes 3.0, 3.1, and of 3.2 what 3.1 has")),
    }
}

/// A value as a person would write it: a string without its quotes.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
