//! `cargo xtask update`: takes the vendor's new description, and reports what it changes for callers.
//!
//! Everything that can be refused is found before anything is written. Then the description is put in place, and after it the
//! generated code, the file with the fingerprint last: whatever interrupts that, the next build compares the fingerprint and
//! generates again. For the same reason, a description is not taken back when the code cannot be written.

use std::{
    fmt, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    emit::Code,
    fingerprint,
    generate::{Generated, Inputs, OVERLAY, Options, bundled, check_dependencies, descriptions},
    input::{
        diagnostic::{Diagnostic, Errors, Note},
        rule::Rule,
        source::{Form, Source},
    },
    report::{PublicApi, Report, Version},
    write::{Files, put, unusable},
};

/// A new description, as it came.
#[derive(Debug)]
pub struct Description {
    /// Where it is, as a person would type it.
    name: String,
    path: Option<PathBuf>,
    bytes: Vec<u8>,
}

impl Description {
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
            Diagnostic::new(Rule::UnusableFile, format!("the file cannot be read: {error}"))
                .in_file(&name)
                .help("give the path of the vendor's new description, or `-` to read it from the standard input")
        })?;
        Ok(Self { name, path, bytes })
    }

    fn text(&self) -> Result<&str, Diagnostic> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            Diagnostic::new(Rule::MalformedFile, format!("the file is not UTF-8: {error}"))
                .in_file(&self.name)
                .help("take the description from the vendor again")
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
    /// What it was compared with, if not with the bundled description.
    pub remark: Option<String>,
    /// The version that the crates have.
    pub version: Version,
    /// The client of the new description.
    pub generated: Generated,
    /// The notes on the new description that the old one did not have.
    pub notes: Vec<Note>,
    /// The bundled description, if there is one, and the new one: names in `openapi/`.
    bundled: Option<String>,
    target: String,
    bytes: Vec<u8>,
    files: Files,
    root: PathBuf,
}

impl Update {
    /// Generates from `description`, and compares with what is below `root`.
    ///
    /// # Errors
    ///
    /// Every error in the description or the overlay that was found; or if what is below `root` cannot be read.
    pub fn of(description: Description, root: &Path, options: Options<'_>) -> Result<Self, Errors> {
        let one = |error| vec![error];
        let version = Version::read(root).map_err(one)?;
        let bundled = match descriptions(root).map_err(one)?.as_slice() {
            [] => None,
            _ => Some(bundled(root).map_err(one)?),
        };
        let text = description.text().map_err(one)?;
        let form = Form::of(&description.name, text);
        let source = Source::parse_as(form, &description.name, text)?;
        let generated = Inputs::of(source, root)?.generate(options)?;
        check_dependencies(root, &generated.api).map_err(one)?;
        let new = PublicApi::of(&generated.api);
        let mut notes = generated.notes.clone();

        let is_bundled = bundled.as_ref().is_some_and(|file| description.is(&root.join(file)));
        let (report, remark) = match Old::find(root, is_bundled, options) {
            Ok(old) => {
                notes.retain(|note| !old.generated.notes.contains(note));
                let report = Report::between(&PublicApi::of(&old.generated.api), &new);
                (report, old.remark)
            }
            Err(reason) => (Report::unknown(new.title, reason), None),
        };
        let target = target(bundled.as_deref(), form, description.path.as_deref());
        let files = files(root, &generated.code, bundled.as_deref(), &target, &description.bytes);
        Ok(Self {
            report,
            remark,
            version,
            notes,
            bundled,
            target,
            bytes: description.bytes,
            files: files.map_err(one)?,
            generated,
            root: root.to_owned(),
        })
    }

    /// Puts the description and the code in place. Returns what was written, as a sentence without a full stop.
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
        // From here on, the next build sees by the fingerprint that something is to be done.
        let unfinished = |error: Diagnostic| error.or_help("then finish with `cargo xtask generate`");
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
    generated: Generated,
    remark: Option<String>,
}

impl Old {
    /// Generates it from the bundled description. Where that is the very file that was given, or has nothing for an action of
    /// the overlay that was written for the new one, both are taken from git's last commit.
    ///
    /// # Errors
    ///
    /// If there is neither: why.
    fn find(root: &Path, is_bundled: bool, options: Options<'_>) -> Result<Self, String> {
        // What could not be expressed was left out then, too.
        let options = Options {
            is_strict: false,
            ..options
        };
        let generated = if is_bundled {
            Err("this is the bundled description itself".to_owned())
        } else {
            let generated = Inputs::read(root).and_then(|inputs| inputs.generate(options));
            generated.map_err(|errors| {
                let message = message(&errors);
                format!("from the bundled description nothing is generated ({message})")
            })
        };
        let reason = match generated {
            Ok(generated) => {
                return Ok(Self {
                    generated,
                    remark: None,
                });
            }
            Err(reason) => reason,
        };
        let committed = committed(root).and_then(|inputs| {
            let generated = inputs.generate(options);
            generated.map_err(|errors| format!("from what is committed nothing is generated ({})", message(&errors)))
        });
        match committed {
            Ok(generated) => Ok(Self {
                generated,
                remark: Some(format!("{reason}, so this compares with what is committed (HEAD)")),
            }),
            Err(other) => Err(format!("{reason}, and {other}")),
        }
    }
}

fn message(errors: &Errors) -> &str {
    errors.first().map_or("", Diagnostic::message)
}

/// The description and the overlay that git's last commit has in `openapi/` below `root`.
fn committed(root: &Path) -> Result<Inputs, String> {
    let folder = format!("{}/", fingerprint::OPENAPI);
    let listed = git(root, &["ls-tree", "-z", "--name-only", "HEAD", &folder])?;
    let files = listed.split('\0').filter(|file| {
        let is_hidden = file.rsplit('/').next().is_none_or(|name| name.starts_with('.'));
        !is_hidden && Form::of_name(file).is_some()
    });
    let (overlay, descriptions) = files.partition::<Vec<_>, _>(|file| *file == OVERLAY);
    let read = |file: &str| {
        let committed = format!("HEAD:./{file}");
        let text = git(root, &["show", &committed])?;
        let source = Source::parse(&committed, &text);
        source.map_err(|errors| format!("what is committed cannot be read ({})", message(&errors)))
    };
    match descriptions.as_slice() {
        [description] => Ok(Inputs {
            description: read(description)?,
            overlay: overlay.first().map(|overlay| read(overlay)).transpose()?,
        }),
        [] => Err("no description is committed".into()),
        _ => Err("more than one description is committed".into()),
    }
}

/// What git prints when it is run in `root`.
fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").args(arguments).current_dir(root).output();
    let output = output.map_err(|error| format!("git cannot be run ({error})"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let first = error.lines().next().unwrap_or_default();
        return Err(format!("git has no commit to compare with ({first})"));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("what is committed is not UTF-8 ({error})"))
}

/// Where a description of that form goes: it keeps the stem that the bundled one has, and the ending if that suits it.
fn target(bundled: Option<&str>, form: Form, path: Option<&Path>) -> String {
    if let Some(bundled) = bundled.filter(|bundled| Form::of_name(bundled) == Some(form)) {
        return bundled.to_owned();
    }
    let stem = bundled.map_or(path, |bundled| Some(Path::new(bundled)));
    let stem = stem.and_then(Path::file_stem).and_then(|stem| stem.to_str());
    let file = |stem: &str| format!("{}/{stem}.{}", fingerprint::OPENAPI, form.ending());
    match stem.map(file) {
        // A hidden file would not be found, and a description must not take the overlay's place.
        Some(file) if file != OVERLAY && !file.contains("/.") => file,
        _ => file("description"),
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
