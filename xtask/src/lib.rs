//! The generator: from the vendor's OpenAPI 3.1 document to the SDK's typed client.
//!
//! A document goes through six stages, each a module: [`source`] (read), [`overlay`], [`lower`], [`generate`](mod@generate),
//! [`graft`], [`write`](mod@write). What is wrong with it comes out as [`diagnostic`]s, and then nothing is written.

pub mod api;
pub mod diagnostic;
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
pub mod write;

use std::{ffi::OsStr, path::Path};

use diagnostic::{Diagnostic, Faults};
use lower::Note;
use source::Source;
use write::Files;

/// The overlay, below the root of the repository.
pub const OVERLAY: &str = "openapi/overlay.yaml";

/// Generates the client from what lies in `openapi/` below `root`. Nothing is written yet.
///
/// # Errors
///
/// Every fault of the document or the overlay that was found.
pub fn client(root: &Path) -> Result<(Files, Vec<Note>), Faults> {
    let one = |fault| vec![fault];
    let document = Source::read(root, &document(root).map_err(one)?).map_err(one)?;
    // A repository that has nothing to amend needs no overlay.
    let overlay = root
        .join(OVERLAY)
        .exists()
        .then(|| Source::read(root, OVERLAY))
        .transpose()
        .map_err(one)?;

    lower::version(&document.value).map_err(|fault| document.locate(vec![fault]))?;
    let mut amended = document.value.clone();
    if let Some(overlay) = &overlay {
        overlay::apply(overlay, &mut amended)?;
    }
    let lowered = lower::lower(&amended).map_err(|faults| document.locate(faults))?;
    let client = generate::generate(&lowered.document, &lowered.api).map_err(|fault| {
        let fault = generate::blame(fault, &lowered.document, &lowered.api);
        document.locate(vec![fault])
    })?;
    let files = generate::guarded("the graft", || {
        let modules = graft::graft(client, &lowered.api)?;
        Files::new(root, &modules)
    });
    let files = files
        .and_then(|files| files)
        .map_err(|fault| document.locate(vec![fault]))?;
    Ok((files, lowered.notes))
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
