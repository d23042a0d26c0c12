//! `cargo xtask update`: another document in the place of the bundled one, and what that changes for callers.

use std::{
    fmt, fs,
    io::{self, Read as _},
    path::Path,
};

use crate::{
    Generated, OVERLAY,
    diagnostic::{Diagnostic, Faults},
    fingerprint,
    source::Source,
    sources,
    surface::{Change, Surface},
    write::{Files, put},
};

/// What a new document changes.
#[derive(Debug)]
pub struct Report {
    changes: Vec<Change>,
    /// Whether the client of before could not be generated, so that nothing is known of it.
    is_old_unknown: bool,
    /// Whether the code differs at all, be it in its documentation alone.
    differs: bool,
    version: String,
}

impl Report {
    /// Whether code that worked no longer does.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.is_old_unknown || self.changes.iter().any(|change| change.is_breaking)
    }

    /// Whether anything changes for callers, be it documentation.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.is_old_unknown || self.differs
    }

    /// The version that asks for: before 1.0 a breaking change raises the second number, and any other the third.
    fn next_version(&self) -> Option<String> {
        let numbers = self.version.split('.').map(|number| number.parse::<u64>().ok());
        let [major, minor, patch] = numbers.collect::<Option<Vec<_>>>()?.try_into().ok()?;
        Some(match (major, self.is_breaking(), self.changes.is_empty()) {
            (0, true, _) => format!("0.{}.0", minor + 1),
            (0, false, _) | (_, false, true) => format!("{major}.{minor}.{}", patch + 1),
            (_, true, _) => format!("{}.0.0", major + 1),
            (_, false, false) => format!("{major}.{}.0", minor + 1),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.changes_something() {
            return writeln!(f, "Nothing changes for those who call the SDK.");
        }
        if self.is_old_unknown {
            writeln!(
                f,
                "The bundled document gives no client, so everything may have changed."
            )?;
        } else if self.changes.is_empty() {
            writeln!(f, "Nothing but documentation changes.")?;
        }
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        let breaking = self.changes.iter().filter(|change| change.is_breaking).count();
        writeln!(f, "\n{} changes, {breaking} of them breaking.", self.changes.len())?;
        if let Some(next) = self.next_version() {
            writeln!(f, "The version is {}, and this asks for {next}.", self.version)?;
        }
        Ok(())
    }
}

/// Takes the document in `file` (`-` for standard input) in the place of the bundled one, and generates the client anew;
/// with `is_dry_run` nothing is written.
///
/// # Errors
///
/// Every fault of the document or of the overlay with it, or of a file that cannot be read or written. The tree is then
/// as it was.
pub fn update(root: &Path, file: &str, is_dry_run: bool) -> Result<Report, Faults> {
    let one = |fault| vec![fault];
    let text = read(file).map_err(|error| {
        one(Diagnostic::new(format!("the file cannot be read: {error}"))
            .in_file(file)
            .help("check its path and that it is text in UTF-8"))
    })?;
    let extension = form(file, &text);
    let name = if file == "-" {
        format!("standard input.{extension}")
    } else {
        file.to_owned()
    };
    let document = Source::parse(&name, &text).map_err(one)?;
    let overlay = root
        .join(OVERLAY)
        .exists()
        .then(|| Source::read(root, OVERLAY))
        .transpose()
        .map_err(one)?;
    let new = Generated::of(&document, overlay.as_ref())?;

    let bundled = sources(root);
    let old = bundled
        .as_ref()
        .ok()
        .and_then(|(document, _)| Generated::of(document, overlay.as_ref()).ok());
    let code = |generated: &Generated| {
        generated
            .modules
            .iter()
            .map(|module| module.file.clone())
            .collect::<Vec<_>>()
    };
    let report = Report {
        changes: old
            .as_ref()
            .map_or(Vec::new(), |old| Surface::of(old).changes(&Surface::of(&new))),
        is_old_unknown: old.is_none(),
        differs: old.as_ref().is_none_or(|old| code(old) != code(&new)),
        version: version(root),
    };
    if !is_dry_run {
        let bundled = bundled.ok().map(|(document, _)| document.file);
        replace(root, bundled.as_deref(), extension, &text, &new).map_err(one)?;
    }
    Ok(report)
}

fn read(file: &str) -> io::Result<String> {
    if file == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        Ok(text)
    } else {
        fs::read_to_string(file)
    }
}

/// The ending for a document's form: that of its name, if it is one that is known, or else by what it looks like.
fn form(file: &str, text: &str) -> &'static str {
    let ending = Path::new(file)
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    match ending.as_str() {
        "json" => "json",
        "yaml" | "yml" => "yaml",
        "md" | "markdown" => "md",
        _ if text.trim_start().starts_with('{') => "json",
        _ if text.lines().any(|line| line.trim_start().starts_with("```")) => "md",
        _ => "yaml",
    }
}

/// Puts the document and the code in place; if one of the two cannot be, both are as before.
fn replace(root: &Path, bundled: Option<&str>, extension: &str, text: &str, new: &Generated) -> Result<(), Diagnostic> {
    let unusable = |path: &Path, error: &io::Error| {
        Diagnostic::new(format!("the file cannot be written: {error}"))
            .in_file(path.display().to_string())
            .help("check that it may be written")
    };
    let old = bundled.map(|file| root.join(file));
    let stem = old
        .as_deref()
        .and_then(Path::file_stem)
        .map_or("document".into(), |stem| stem.to_string_lossy());
    let path = root.join(fingerprint::OPENAPI).join(format!("{stem}.{extension}"));
    let before = old
        .as_ref()
        .map(|old| fs::read(old).map_err(|error| unusable(old, &error)))
        .transpose()?;
    put(&path, text.as_bytes()).map_err(|error| unusable(&path, &error))?;
    let moved = old.filter(|old| *old != path);
    if let Some(old) = &moved {
        fs::remove_file(old).map_err(|error| unusable(old, &error))?;
    }
    let written = Files::new(root, &new.modules).and_then(|files| files.write());
    written.map(drop).inspect_err(|_| {
        // The fault is what has to be told; that this fails too would add nothing to it.
        if let Some(before) = before {
            if let Some(old) = moved {
                let _ = fs::remove_file(&path);
                let _ = put(&old, &before);
            } else {
                let _ = put(&path, &before);
            }
        }
    })
}

/// The version of the packages, from the workspace's manifest.
fn version(root: &Path) -> String {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = "));
    version.unwrap_or("unknown").trim_matches('"').to_owned()
}
