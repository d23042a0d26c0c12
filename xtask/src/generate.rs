//! `cargo xtask generate`: the client that the description and the overlay give.

use std::{ffi::OsStr, fs, path::Path, thread};

use serde_json::Value;

use crate::{
    analyze, bridge,
    emit::{self, Code},
    fingerprint,
    input::{
        diagnostic::{BUG, Diagnostic, Errors, Note},
        overlay::{self, Keep},
        panics::catch_panic,
        rule::Rule,
        source::Source,
    },
    model::Api,
    parse::{self, Parsed},
    write::{Files, unusable},
};

/// The overlay, below the root of the repository.
pub const OVERLAY: &str = "openapi/overlay.yaml";

/// The size of the stack on which everything is done, in bytes: schemas may stand in each other as deep as `parse` allows, which
/// takes more than the main thread has on every system.
const STACK_SIZE: usize = 64 << 20;

/// How to generate.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Whether what cannot be expressed is an error, also where an operation could be left out or any JSON stand for it.
    pub is_strict: bool,
    /// Is told each stage before it begins.
    pub on_stage: &'a (dyn Fn(&str) + Sync),
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            is_strict: false,
            on_stage: &|_| {},
        }
    }
}

/// Generates the client from what lies in `openapi/` below `root`. Nothing is written yet.
///
/// # Errors
///
/// Every error in the description or the overlay that was found.
pub fn client(root: &Path, options: Options<'_>) -> Result<(Files, Generated), Errors> {
    let generated = Inputs::read(root)?.generate(options)?;
    check_dependencies(root, &generated.api).map_err(|error| vec![error])?;
    let fingerprint = fingerprint::of(root).map_err(|error| vec![unusable(&root.join("openapi"), &error)])?;
    Ok((Files::new(root, &generated.code, &fingerprint), generated))
}

/// Whether the SDK depends on what generated code uses: patterns need a library that no other description has its users build.
///
/// # Errors
///
/// If it does not.
pub fn check_dependencies(root: &Path, api: &Api) -> Result<(), Diagnostic> {
    const MANIFEST: &str = "sdk/Cargo.toml";
    let Ok(manifest) = fs::read_to_string(root.join(MANIFEST)) else {
        return Ok(());
    };
    let has_library = manifest.lines().any(|line| line.trim_start().starts_with("regress"));
    if has_library || !api.has_sent_patterns() {
        return Ok(());
    }
    let message = "a request has a `pattern`, and the SDK does not depend on `regress`, which checks it";
    let error = Diagnostic::new(Rule::MissingDependency, message).in_file(MANIFEST);
    Err(error.help("add `regress.workspace = true` to its `[dependencies]`"))
}

/// What a client is generated from.
#[derive(Debug)]
pub struct Inputs {
    /// The vendor's description.
    pub description: Source,
    /// What we amend in it; a repository that has nothing to amend needs no overlay.
    pub overlay: Option<Source>,
}

/// A client.
#[derive(Debug)]
pub struct Generated {
    /// What it offers.
    pub api: Api,
    /// Its files.
    pub code: Vec<Code>,
    /// What the description says and the client does not.
    pub notes: Vec<Note>,
}

impl Inputs {
    /// Reads what lies in `openapi/` below `root`.
    ///
    /// # Errors
    ///
    /// If there is no description or more than one, or a file cannot be read.
    pub fn read(root: &Path) -> Result<Self, Errors> {
        let file = bundled(root).map_err(|error| vec![error])?;
        Self::of(Source::read(root, &file)?, root)
    }

    /// `description`, with the overlay that lies below `root`.
    ///
    /// # Errors
    ///
    /// If the overlay cannot be read.
    pub fn of(description: Source, root: &Path) -> Result<Self, Errors> {
        let has_overlay = root.join(OVERLAY).exists();
        let overlay = has_overlay.then(|| Source::read(root, OVERLAY)).transpose()?;
        Ok(Self { description, overlay })
    }

    /// The description with what the overlay amends.
    ///
    /// # Errors
    ///
    /// If it is no description that the generator takes, or an action of the overlay does nothing to it.
    pub fn amended(&self) -> Result<Value, Errors> {
        let version = parse::check_version(&self.description.value);
        version.map_err(|error| self.description.locate(vec![error]))?;
        let mut amended = self.description.value.clone();
        if let Some(overlay) = &self.overlay {
            overlay::apply(overlay, &mut amended)?;
        }
        Ok(amended)
    }

    /// The model of an amended description.
    ///
    /// # Errors
    ///
    /// Every error in the description that was found.
    pub fn model(&self, amended: &Value, options: Options<'_>) -> Result<Parsed, Errors> {
        guarded(|| self.parsed(amended, options))
    }

    /// What the overlay keeps of the description; `None` if that is everything.
    fn kept(&self, amended: &Value) -> Result<Option<Keep>, Errors> {
        let Some(overlay) = &self.overlay else { return Ok(None) };
        let keep = overlay::keep(overlay)?;
        let unmatched = keep.as_ref().map(|keep| parse::unmatched(amended, keep));
        match unmatched.unwrap_or_default() {
            errors if errors.is_empty() => Ok(keep),
            errors => Err(overlay.locate(errors)),
        }
    }

    fn parsed(&self, amended: &Value, options: Options<'_>) -> Result<Parsed, Errors> {
        (options.on_stage)("parsing");
        let keep = self.kept(amended)?;
        let parsed = parse::parse(amended, keep.as_ref(), options.is_strict);
        let mut parsed = parsed.map_err(|errors| self.description.locate(errors))?;
        let sources = self.overlay.iter().chain([&self.description]);
        parsed
            .notes
            .splice(0..0, sources.flat_map(|source| source.notes.clone()));
        (options.on_stage)("analyzing");
        analyze::analyze(&mut parsed.api);
        Ok(parsed)
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// Every error in the description or the overlay that was found.
    pub fn generate(&self, options: Options<'_>) -> Result<Generated, Errors> {
        guarded(|| self.generated(options))
    }

    fn generated(&self, options: Options<'_>) -> Result<Generated, Errors> {
        let mut amended = self.amended()?;
        let mut notes = Vec::new();
        loop {
            let mut parsed = self.parsed(&amended, options)?;
            let error = match code(&mut parsed.api, options) {
                Ok(code) => {
                    notes.append(&mut parsed.notes);
                    let api = parsed.api;
                    return Ok(Generated { api, code, notes });
                }
                Err(error) => error,
            };
            let without = parse::without(&amended, &error).filter(|_| !options.is_strict);
            let Some((remaining, mut omitted)) = without else {
                return Err(self.description.locate(vec![parse::with_remedy(error, &amended)]));
            };
            amended = remaining;
            notes.append(&mut omitted);
        }
    }
}

fn code(api: &mut Api, options: Options<'_>) -> Result<Vec<Code>, Diagnostic> {
    (options.on_stage)("running progenitor");
    let output = bridge::run(api)?;
    (options.on_stage)("writing modules");
    emit::emit(output, api)
}

/// Runs a stage with a stack that is large enough. A panic in it is an error like any other.
fn guarded<T: Send>(run: impl FnOnce() -> Result<T, Errors> + Send) -> Result<T, Errors> {
    let failed = |message: String| vec![Diagnostic::new(Rule::InternalError, message).help(BUG)];
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_SIZE);
        let thread = thread.spawn_scoped(scope, || catch_panic(run));
        let thread = thread.map_err(|error| failed(format!("no thread can be started: {error}")))?;
        let outcome = thread.join().unwrap_or_else(|_| Err("without a message".into()));
        outcome.unwrap_or_else(|message| Err(failed(format!("the generator panicked: {message}"))))
    })
}

/// The vendor's description: the one file in `openapi/` that is not the overlay.
///
/// # Errors
///
/// If there is none, or more than one.
pub fn bundled(root: &Path) -> Result<String, Diagnostic> {
    match descriptions(root)?.as_slice() {
        [file] => Ok(file.clone()),
        [] => Err(Diagnostic::new(Rule::NoDescription, "there is no description")
            .in_file("openapi/")
            .help("put the vendor's description there: JSON, YAML, or its page in Markdown")),
        files => Err(Diagnostic::new(
            Rule::SeveralDescriptions,
            format!("there is more than one description: {}", files.join(", ")),
        )
        .in_file("openapi/")
        .help("leave the one that the client is to be generated from")),
    }
}

/// The files in `openapi/` that are not the overlay.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn descriptions(root: &Path) -> Result<Vec<String>, Diagnostic> {
    let folder = root.join("openapi");
    let files = fingerprint::documents(root)
        .map_err(|error| {
            Diagnostic::new(Rule::UnusableFile, format!("the folder cannot be read: {error}"))
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
