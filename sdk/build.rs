//! Brings `src/generated/` up to date before the crate is compiled, in a checkout of the repository.
//!
//! It compares the fingerprint of the generator's inputs with the one in the generated code, and runs
//! `cargo xtask generate` if they differ. A published package does not contain this script (see `exclude` in
//! `Cargo.toml`), and as a git or vendored dependency it leaves everything as it is: no application compiles the
//! generator.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output},
};

#[allow(unreachable_pub, reason = "the xtask includes this file too")]
mod fingerprint;

/// The repository's root, seen from the package, where cargo runs build scripts.
const ROOT: &str = "..";

/// Set for the nested build, so that it can never start another one.
const GUARD: &str = "ASKUI_WORKSPACES_REGENERATING";

/// How the variables begin that describe the waiting build, or a tool wrapped around it (clippy, rust-analyzer), and so
/// would mislead the nested one.
const FOREIGN: [&str; 5] = [
    "CARGO_BUILD_RUSTC",
    "CARGO_CFG_",
    "CARGO_FEATURE_",
    "CARGO_MAKEFLAGS",
    "RUSTC",
];

fn main() -> ExitCode {
    match bring_up_to_date() {
        // Printed at the very end, since cargo shows what a failed script printed: then, its message stands alone.
        Ok(watched) => {
            for path in watched {
                println!("cargo::rerun-if-changed={}", path.display());
            }
            for variable in ["CI", "DOCS_RS", GUARD] {
                println!("cargo::rerun-if-env-changed={variable}");
            }
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Regenerates the code if it is stale; returns what to watch for the next time.
fn bring_up_to_date() -> Result<Vec<PathBuf>, String> {
    let root = Path::new(ROOT);
    let generated = root.join(fingerprint::FILE);
    let mut watched = vec!["build.rs".into(), "fingerprint.rs".into()];
    if !is_checkout(root) || env::var_os("DOCS_RS").is_some() || env::var_os(GUARD).is_some() {
        return Ok(watched);
    }

    let documents = fingerprint::documents(root).map_err(|error| unreadable(&error))?;
    watched.push(root.join(fingerprint::OPENAPI));
    watched.extend(documents.iter().cloned());
    watched.push(root.join(fingerprint::LOCK));
    if is_current(root, &generated)? {
        // Only now: a file written during this run would look changed to cargo, and the crate be built once more.
        watched.push(generated);
        return Ok(watched);
    }

    let file = fingerprint::FILE;
    let inputs = inputs(&documents, root);
    if is_ci() {
        return Err(format!(
            "{file} is out of date: it was not generated from {inputs} as they are now.\n\
             Run `cargo xtask generate` and commit what it writes; with CI set, a build changes no source file."
        ));
    }
    let output = generate(root)?;
    if !output.status.success() {
        return Err(format!(
            "{}\n\n{file} is out of date, and `cargo xtask generate` failed ({}).\n\
             Mend what is reported above, then build again; the generator's inputs are {inputs}.",
            String::from_utf8_lossy(&output.stderr).trim(),
            output.status,
        ));
    }
    if !is_current(root, &generated)? {
        return Err(format!(
            "{file} is still out of date although `cargo xtask generate` succeeded: \
             its line `{}...` does not have the fingerprint of {inputs}.\n\
             If one of these was being edited, build again; otherwise, mend the generator.",
            fingerprint::LABEL,
        ));
    }
    Ok(watched)
}

/// Whether this is a checkout that a person works in: it has the generator, and cargo has not marked it as its own.
fn is_checkout(root: &Path) -> bool {
    let is_marked = |marker: &str| root.join(marker).exists() || Path::new(marker).exists();
    root.join("xtask/Cargo.toml").is_file()
        && root.join(fingerprint::OPENAPI).is_dir()
        && !is_marked(".cargo-ok")
        && !is_marked(".cargo-checksum.json")
}

/// Whether `CI` is set, as every hosted runner does; `false` and `0` are how people unset it.
fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Whether the generated code was made from the inputs as they are now.
fn is_current(root: &Path, generated: &Path) -> Result<bool, String> {
    let expected = fingerprint::of(root).map_err(|error| unreadable(&error))?;
    // A file that is missing or cannot be read is stale: the generator then writes it, or says why it cannot.
    let text = fs::read_to_string(generated).unwrap_or_default();
    let found = text.lines().find_map(|line| line.strip_prefix(fingerprint::LABEL));
    Ok(found == Some(expected.as_str()))
}

/// Runs the generator by a build of its own, which shares nothing with the one that is waiting for it.
fn generate(root: &Path) -> Result<Output, String> {
    let cargo = variable("CARGO")?;
    // Both builds would wait for each other's lock if they shared a directory, whether by flag, variable or setting.
    let out = PathBuf::from(variable("OUT_DIR")?);
    let directory = target_directory(&out).join("askui-workspaces-xtask");
    // Where a target is set, cargo names it in the path.
    let target = variable("TARGET")?;
    let has_target = out.iter().any(|part| part == target);
    let mut command = Command::new(&cargo);
    command
        .current_dir(root)
        .args(["run", "--locked", "--quiet"])
        .args(["--manifest-path", "Cargo.toml", "--package", "xtask"])
        .arg("--target-dir")
        .arg(&directory);
    // The generator runs here, whatever `build.target` says. Not without need: with a target, cargo compiles twice what the
    // generator shares with procedural macros, a third of its dependencies.
    if has_target {
        command.arg("--target").arg(variable("HOST")?);
    }
    command.args(["--", "generate"]);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if FOREIGN.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
        .env("CARGO_TARGET_DIR", &directory)
        .env("CARGO_BUILD_BUILD_DIR", &directory)
        // Overrides all other flags, set by variable or setting; and no lint buries the generator's own message.
        .env("CARGO_ENCODED_RUSTFLAGS", "--cap-lints=allow")
        .env(GUARD, "1")
        .output()
        .map_err(|error| {
            let cargo = Path::new(&cargo).display();
            format!("could not run `{cargo}` to regenerate the code: {error}")
        })
}

/// The target (or build) directory that `out` lies in, by the mark that cargo leaves there, so that the generator is
/// compiled once for all profiles; `out` itself if cargo did not create that directory.
fn target_directory(out: &Path) -> &Path {
    let is_cargos = |directory: &&Path| {
        fs::read_to_string(directory.join("CACHEDIR.TAG")).is_ok_and(|tag| tag.contains("created by cargo"))
    };
    out.ancestors().find(is_cargos).unwrap_or(out)
}

/// What the code is generated from, as a person knows it: by paths from the repository's root.
fn inputs(documents: &[PathBuf], root: &Path) -> String {
    let paths = documents.iter().map(|path| {
        let path = path.strip_prefix(root).unwrap_or(path);
        path.display().to_string()
    });
    let paths = paths.collect::<Vec<_>>().join(", ");
    format!("{paths} and the versions in {}", fingerprint::LOCK)
}

fn variable(name: &str) -> Result<OsString, String> {
    env::var_os(name).ok_or_else(|| format!("{name} is not set: this is a build script, to be run by cargo"))
}

fn unreadable(error: &std::io::Error) -> String {
    format!(
        "could not read the generator's inputs, {}/ and {}: {error}\n\
         Restore them (`git status` tells what is missing), then build again.",
        fingerprint::OPENAPI,
        fingerprint::LOCK,
    )
}
