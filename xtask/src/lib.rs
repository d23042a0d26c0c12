//! The generator: from the vendor's OpenAPI 3.1 document to the SDK's typed client.
//!
//! A document goes through six stages, each a module: [`source`] (read), [`overlay`], [`lower`], [`generate`](mod@generate),
//! [`graft`], [`write`](mod@write). What is wrong with it comes out as [`diagnostic`]s, and then nothing is written.

pub mod api;
pub mod diagnostic;
pub mod explain;
/// The fingerprint of the inputs, shared with the SDK's build script.
#[path = "../../sdk/fingerprint.rs"]
pub mod fingerprint;
pub mod generate;
pub mod graft;
pub mod lower;
pub mod names;
pub mod overlay;
pub mod pointer;
pub mod source;
pub mod surface;
pub mod update;
pub mod write;

use std::{ffi::OsStr, path::Path};

use openapiv3::OpenAPI;

use api::Api;
use diagnostic::{Diagnostic, Faults};
use graft::Module;
use lower::Note;
use source::Source;
use write::Files;

/// The overlay, below the root of the repository.
pub const OVERLAY: &str = "openapi/overlay.yaml";

/// What a document becomes.
#[derive(Debug)]
pub struct Generated {
    /// What the generator knows of it.
    pub api: Api,
    /// The document that progenitor was given.
    pub lowered: OpenAPI,
    /// The code.
    pub modules: Vec<Module>,
    /// What was lost on the way.
    pub notes: Vec<Note>,
}

impl Generated {
    /// Takes a document through all stages but the first and the last.
    ///
    /// # Errors
    ///
    /// Every fault of the document or the overlay that was found.
    pub fn of(document: &Source, overlay: Option<&Source>) -> Result<Self, Faults> {
        lower::version(&document.value).map_err(|fault| document.locate(vec![fault]))?;
        let mut amended = document.value.clone();
        if let Some(overlay) = overlay {
            overlay::apply(overlay, &mut amended)?;
        }
        let lower::Lowered {
            document: lowered,
            api,
            notes,
        } = lower::lower(&amended).map_err(|faults| document.locate(faults))?;
        let client = generate::generate(&lowered, &api).map_err(|fault| {
            let fault = lower::with_remedy(generate::blame(fault, &lowered, &api), &amended);
            document.locate(vec![fault])
        })?;
        let modules = generate::guarded("the graft", || graft::graft(client, &api));
        let modules = modules
            .and_then(|modules| modules)
            .map_err(|fault| document.locate(vec![fault]))?;
        Ok(Self {
            api,
            lowered,
            modules,
            notes,
        })
    }
}

/// What lies in `openapi/` below `root`: the vendor's document, and the overlay if there is something to amend.
///
/// # Errors
///
/// If one of the two cannot be read.
pub fn sources(root: &Path) -> Result<(Source, Option<Source>), Diagnostic> {
    let document = Source::read(root, &document(root)?)?;
    let overlay = root
        .join(OVERLAY)
        .exists()
        .then(|| Source::read(root, OVERLAY))
        .transpose()?;
    Ok((document, overlay))
}

/// Generates the client from what lies in `openapi/` below `root`. Nothing is written yet.
///
/// # Errors
///
/// Every fault of the document or the overlay that was found.
pub fn client(root: &Path) -> Result<(Files, Vec<Note>), Faults> {
    let (document, overlay) = sources(root).map_err(|fault| vec![fault])?;
    let generated = Generated::of(&document, overlay.as_ref())?;
    let files = Files::new(root, &generated.modules).map_err(|fault| vec![fault])?;
    Ok((files, generated.notes))
}

/// The vendor's document: the one file in `openapi/` that is not the overlay.
fn document(root: &Path) -> Result<String, Diagnostic> {
    let folder = root.join("openapi");
    let found = fingerprint::documents(root)
        .map_err(|error| {
            Diagnostic::new(format!("the folder cannot be read: {error}"))
                .in_file(folder.display().to_string())
                .help("run this in a checkout of the repository")
        })?
        .into_iter()
        .filter_map(|path| {
            path.file_name()
                .and_then(OsStr::to_str)
                .map(|name| format!("openapi/{name}"))
        })
        .filter(|file| file != OVERLAY)
        .collect::<Vec<_>>();
    match found.as_slice() {
        [file] => Ok(file.clone()),
        [] => Err(Diagnostic::new("there is no document")
            .in_file("openapi/")
            .help("put the vendor's document there: JSON, YAML, or its page in Markdown")),
        files => Err(
            Diagnostic::new(format!("there is more than one document: {}", files.join(", ")))
                .in_file("openapi/")
                .help("leave the one that the client is to be generated from"),
        ),
    }
}
