//! The generator: from the vendor's OpenAPI 3.1 document to the SDK's typed client.
//!
//! A document goes through six stages, each a module: [`source`] (read), [`overlay`], [`lower`], [`generate`](mod@generate),
//! [`graft`], [`write`](mod@write). What is wrong with it comes out as [`diagnostic`]s, and then nothing is written.
//!
//! Two commands look at what the stages give: [`update`](mod@update), which takes a new document and [`report`]s what changes
//! from one [`surface`] to the other, and [`explain`](mod@explain).

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
pub mod prose;
pub mod report;
pub mod source;
pub mod surface;
pub mod update;
pub mod version;
pub mod write;

use std::{ffi::OsStr, path::Path};

use serde_json::Value;

use diagnostic::{Diagnostic, Faults};
use lower::{Lowered, Note};
use source::Source;
use write::{Code, Files, unusable};

/// The overlay, below the root of the repository.
pub const OVERLAY: &str = "openapi/overlay.yaml";

/// Generates the client from what lies in `openapi/` below `root`. Nothing is written yet.
///
/// # Errors
///
/// Every fault of the document or the overlay that was found.
pub fn client(root: &Path) -> Result<(Files, Vec<Note>), Faults> {
    let Generated { code, notes } = Inputs::read(root)?.generate()?;
    let fingerprint = fingerprint::of(root).map_err(|error| vec![unusable(&root.join("openapi"), &error)])?;
    Ok((Files::new(root, &code, &fingerprint), notes))
}

/// What a client is generated from.
#[derive(Debug)]
pub struct Inputs {
    /// The vendor's document.
    pub document: Source,
    /// What we amend in it; a repository that has nothing to amend needs no overlay.
    pub overlay: Option<Source>,
}

/// What a client consists of.
#[derive(Debug)]
pub struct Generated {
    /// Its files.
    pub code: Vec<Code>,
    /// What the document says and the client does not.
    pub notes: Vec<Note>,
}

impl Inputs {
    /// Reads what lies in `openapi/` below `root`.
    ///
    /// # Errors
    ///
    /// If there is no document or more than one, or a file cannot be read.
    pub fn read(root: &Path) -> Result<Self, Faults> {
        let document = document(root).and_then(|file| Source::read(root, &file));
        Self::of(document.map_err(|fault| vec![fault])?, root)
    }

    /// `document`, with the overlay that lies below `root`.
    ///
    /// # Errors
    ///
    /// If the overlay cannot be read.
    pub fn of(document: Source, root: &Path) -> Result<Self, Faults> {
        let has_overlay = root.join(OVERLAY).exists();
        let overlay = has_overlay.then(|| Source::read(root, OVERLAY)).transpose();
        let overlay = overlay.map_err(|fault| vec![fault])?;
        Ok(Self { document, overlay })
    }

    /// The document with what the overlay amends.
    ///
    /// # Errors
    ///
    /// If it is no document that the generator takes, or an action of the overlay does nothing to it.
    pub fn amended(&self) -> Result<Value, Faults> {
        lower::version(&self.document.value).map_err(|fault| self.document.locate(vec![fault]))?;
        let mut amended = self.document.value.clone();
        if let Some(overlay) = &self.overlay {
            overlay::apply(overlay, &mut amended)?;
        }
        Ok(amended)
    }

    /// The amended document, lowered.
    ///
    /// # Errors
    ///
    /// Every fault of the document or the overlay that was found.
    pub fn lower(&self) -> Result<Lowered, Faults> {
        lower::lower(&self.amended()?).map_err(|faults| self.document.locate(faults))
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// As [`lower`](Self::lower), and what the stages after it find.
    pub fn generate(&self) -> Result<Generated, Faults> {
        let amended = self.amended()?;
        let lowered = lower::lower(&amended).map_err(|faults| self.document.locate(faults))?;
        let client = generate::generate(&lowered.document, &lowered.api).map_err(|fault| {
            let fault = generate::blame(fault, &lowered.document, &lowered.api);
            self.document.locate(vec![lower::with_remedy(fault, &amended)])
        })?;
        let code = generate::guarded("the graft", || {
            let modules = graft::graft(client, &lowered.api)?;
            Ok(modules.iter().map(Code::of).collect())
        });
        let code = code
            .and_then(|code| code)
            .map_err(|fault| self.document.locate(vec![fault]))?;
        Ok(Generated {
            code,
            notes: lowered.notes,
        })
    }
}

/// The vendor's document: the one file in `openapi/` that is not the overlay.
fn document(root: &Path) -> Result<String, Diagnostic> {
    match documents(root)?.as_slice() {
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

/// The files in `openapi/` that are not the overlay.
fn documents(root: &Path) -> Result<Vec<String>, Diagnostic> {
    let folder = root.join("openapi");
    let files = fingerprint::documents(root)
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
        .filter(|file| file != OVERLAY);
    Ok(files.collect())
}
