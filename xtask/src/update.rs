//! `cargo xtask update`: takes a new document of the vendor's, and reports what it changes for callers.
//!
//! Everything that can be refused is found before anything is written. Then the document is put in place, and after it the
//! generated code, the file with the fingerprint last: whatever interrupts that, the fingerprint tells the next build, which
//! generates anew. For the same reason, a document is not taken back when the code cannot be written.

use std::{
    fmt, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{
    Generated, Inputs, OVERLAY,
    diagnostic::{Diagnostic, Faults},
    documents, fingerprint,
    lower::Note,
    report::Report,
    source::{Form, Source},
    surface::Surface,
    version::Version,
    write::{Code, Files, put, unusable},
};

/// A new document, as it came.
#[derive(Debug)]
pub struct Document {
    /// Where it is, as a person would type it.
    name: String,
    path: Option<PathBuf>,
    bytes: Vec<u8>,
}

impl Document {
    /// Reads `file`, or the standard input if that is `-`.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn read(file: &Path) -> Result<Self, Diagnostic> {
        let path = (file.as_os_str() != "-").then(|| file.to_owned());
        let name = match &path {
            Some(path) => path.display().to_string(),
            None => "<stdin>".into(),
        };
        let bytes = if let Some(path) = &path {
            fs::read(path)
        } else {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        };
        let bytes = bytes.map_err(|error| {
            Diagnostic::new(format!("the file cannot be read: {error}"))
                .in_file(&name)
                .help("give the path of the vendor's new document, or `-` to read it from the standard input")
        })?;
        Ok(Self { name, path, bytes })
    }

    fn text(&self) -> Result<&str, Diagnostic> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            Diagnostic::new(format!("the file is not UTF-8: {error}"))
                .in_file(&self.name)
                .help("take the document from the vendor again")
        })
    }

    /// Whether it is that file.
    fn is(&self, file: &Path) -> bool {
        let path = self.path.as_ref().and_then(|path| fs::canonicalize(path).ok());
        path.is_some_and(|path| fs::canonicalize(file).is_ok_and(|file| file == path))
    }
}

/// An update that can be made.
#[derive(Debug)]
pub struct Update {
    /// What it changes for callers.
    pub report: Report,
    /// With what it was compared, if not with the bundled document.
    pub remark: Option<String>,
    /// The version that the crates have.
    pub version: Version,
    /// What the new document says and the client does not, as far as the old one did not say it too.
    pub notes: Vec<Note>,
    /// The bundled document, if there is one, and the new one: names in `openapi/`.
    bundled: Option<String>,
    target: String,
    bytes: Vec<u8>,
    files: Files,
    root: PathBuf,
}

impl Update {
    /// Generates from `document`, and compares with what is below `root`.
    ///
    /// # Errors
    ///
    /// Every fault of the document or the overlay that was found; or if what is below `root` cannot be read.
    pub fn of(document: Document, root: &Path) -> Result<Self, Faults> {
        let one = |fault| vec![fault];
        let version = Version::read(root).map_err(one)?;
        let bundled = match documents(root).map_err(one)?.as_slice() {
            [] => None,
            _ => Some(crate::document(root).map_err(one)?),
        };
        let text = document.text().map_err(one)?;
        let form = Form::of(&document.name, text);
        let source = Source::parse_as(form, &document.name, text).map_err(one)?;
        let Generated { code, mut notes } = Inputs::of(source, root)?.generate()?;
        let new = Surface::of(&code).map_err(one)?;

        let is_bundled = bundled.as_ref().is_some_and(|file| document.is(&root.join(file)));
        let (report, remark) = match Old::find(root, is_bundled) {
            Ok(old) => {
                notes.retain(|note| !old.notes.contains(note));
                (Report::between(&old.surface, &new), old.remark)
            }
            Err(reason) => (Report::unknown(new.title, reason), None),
        };
        let target = target(bundled.as_deref(), form, document.path.as_deref());
        let files = files(root, &code, bundled.as_deref(), &target, &document.bytes).map_err(one)?;
        Ok(Self {
            report,
            remark,
            version,
            notes,
            bundled,
            target,
            bytes: document.bytes,
            files,
            root: root.to_owned(),
        })
    }

    /// Puts the document and the code in place, and says what was written.
    ///
    /// # Errors
    ///
    /// If a file cannot be written or removed.
    pub fn write(&self) -> Result<String, Diagnostic> {
        let path = self.root.join(&self.target);
        let mut written = Vec::new();
        if fs::read(&path).ok().as_ref() != Some(&self.bytes) {
            put(&path, &self.bytes).map_err(|error| unusable(&path, &error))?;
            written.push(format!("wrote {}", self.target));
        }
        // From here on the fingerprint tells the next build that something is to be done.
        let unfinished = |fault: Diagnostic| fault.or_help("then finish with `cargo xtask generate`");
        if let Some(bundled) = self.bundled.as_ref().filter(|bundled| **bundled != self.target) {
            let path = self.root.join(bundled);
            fs::remove_file(&path).map_err(|error| unfinished(unusable(&path, &error)))?;
            written.push(format!("removed {bundled}"));
        }
        match self.files.write().map_err(unfinished)? {
            0 => {}
            1 => written.push("wrote 1 file below sdk/src/generated/".into()),
            count => written.push(format!("wrote {count} files below sdk/src/generated/")),
        }
        Ok(if written.is_empty() {
            "nothing had to be written".into()
        } else {
            written.join(", ")
        })
    }
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, next) = (self.version, self.version.after(self.report.effect()));
        self.report.fmt(f)?;
        if let Some(remark) = &self.remark {
            writeln!(f, "Note: {remark}.")?;
        }
        if next == now {
            writeln!(f, "No new version is asked for: it stays {now}.\n")
        } else {
            writeln!(f, "This asks for version {next}, after {now} in Cargo.toml.\n")
        }
    }
}

/// The client that callers have now.
struct Old {
    surface: Surface,
    notes: Vec<Note>,
    remark: Option<String>,
}

impl Old {
    /// Generates it from the bundled document. Where that is the very file that was given, or has nothing for an action of
    /// the overlay that was written for the new one, the generated code tells what there was.
    ///
    /// # Errors
    ///
    /// If neither can be read: why.
    fn find(root: &Path, is_bundled: bool) -> Result<Self, String> {
        let generated = if is_bundled {
            Err("this is the bundled document itself".to_owned())
        } else {
            let generated = Inputs::read(root).and_then(|inputs| inputs.generate());
            generated.map_err(|faults| match faults.first() {
                Some(fault) => format!("from the bundled document nothing is generated ({})", fault.message()),
                None => "from the bundled document nothing is generated".into(),
            })
        };
        let reason = match generated {
            Ok(Generated { code, notes }) => {
                let surface = Surface::of(&code).map_err(|fault| fault.message().to_owned())?;
                return Ok(Self {
                    surface,
                    notes,
                    remark: None,
                });
            }
            Err(reason) => reason,
        };
        let (folder, _) = fingerprint::FILE.rsplit_once('/').unwrap_or_default();
        let code = ["mod.rs", "builder.rs", "types.rs", "types/builder.rs"].map(|path| Code {
            path: path.into(),
            text: fs::read_to_string(root.join(folder).join(path)).unwrap_or_default(),
        });
        match Surface::of(&code) {
            Ok(surface) if !surface.title.is_empty() => Ok(Self {
                surface,
                notes: Vec::new(),
                remark: Some(format!("{reason}, so this compares with the code in {folder}/")),
            }),
            _ => Err(format!("{reason}, and {folder}/ does not hold its code")),
        }
    }
}

/// Where a document of that form goes: it keeps the stem that the bundled one has, and the ending if that suits it.
fn target(bundled: Option<&str>, form: Form, path: Option<&Path>) -> String {
    if let Some(bundled) = bundled.filter(|bundled| Form::of_name(bundled) == Some(form)) {
        return bundled.to_owned();
    }
    let stem = bundled.map_or(path, |bundled| Some(Path::new(bundled)));
    let stem = stem.and_then(Path::file_stem).and_then(|stem| stem.to_str());
    let file = |stem: &str| format!("{}/{stem}.{}", fingerprint::OPENAPI, form.ending());
    match stem.map(file) {
        // A hidden file would not be found, and a document must not take the overlay's place.
        Some(file) if file != OVERLAY && !file.contains("/.") => file,
        _ => file("document"),
    }
}

/// The code, with the fingerprint of the tree as it will be.
fn files(root: &Path, code: &[Code], bundled: Option<&str>, target: &str, bytes: &[u8]) -> Result<Files, Diagnostic> {
    let name = |file: &str| Path::new(file).file_name().unwrap_or_default().to_owned();
    let mut contents =
        fingerprint::contents(root).map_err(|error| unusable(&root.join(fingerprint::OPENAPI), &error))?;
    if let Some(bundled) = bundled {
        contents.remove(&name(bundled));
    }
    contents.insert(name(target), bytes.to_vec());
    let lock = root.join(fingerprint::LOCK);
    let lock = fs::read_to_string(&lock).map_err(|error| unusable(&lock, &error))?;
    Ok(Files::new(root, code, &fingerprint::over(&contents, &lock)))
}
