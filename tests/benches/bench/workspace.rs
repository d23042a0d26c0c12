//! Copies of the repository's parts in temporary folders, and cargo in them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use super::{in_repository, process, repository, say};

/// How the variables begin that tell of the build of this program, or would change those that are measured.
const FOREIGN: [&str; 12] = [
    "CARGO_BIN_",
    "CARGO_BUILD_",
    "CARGO_CRATE_",
    "CARGO_INCREMENTAL",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "CI",
    "RUSTC",
    "RUSTFLAGS",
];

/// A workspace in a temporary folder.
pub(crate) struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// One with these members, which are folders of the repository or are written afterwards.
    pub(crate) fn new(members: &[&str]) -> Self {
        let workspace = Self { folder: folder() };
        let manifest = fs::read_to_string(in_repository("Cargo.toml")).expect("the manifest of the workspace");
        let (_, shared) = manifest.split_once("[workspace.package]").expect("a shared part");
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[workspace.package]{shared}\n[profile.release]\nstrip = true\n"
        );
        workspace.write("Cargo.toml", &manifest);
        for part in ["Cargo.lock", "README.md"].iter().chain(members) {
            workspace.add(part);
        }
        workspace
    }

    /// Adds a file or folder of the repository.
    pub(crate) fn add(&self, part: &str) {
        let from = in_repository(part);
        if from.exists() {
            copy(&from, &self.path(part));
        }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Makes the SDK that of a published package, which has no build script.
    pub(crate) fn publish_sdk(&self) {
        for file in ["build.rs", "fingerprint.rs"] {
            fs::remove_file(self.path("sdk").join(file)).expect("a part of the build script");
        }
    }

    /// Cargo in the workspace, which builds into the folder `target` and needs no network.
    pub(crate) fn cargo(&self, target: &Path, arguments: &[&str]) -> Command {
        let mut cargo = cargo(self.folder.path(), arguments);
        cargo
            .args(["--offline", "--quiet"])
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_ENCODED_RUSTFLAGS", "--cap-lints=allow");
        cargo
    }
}

/// Cargo in a folder, as if nothing had started it but a person.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if FOREIGN.iter().any(|prefix| text.starts_with(prefix)) {
            cargo.env_remove(&name);
        }
    }
    cargo.args(arguments).current_dir(folder);
    cargo
}

/// A folder beside what cargo builds, which may be larger than what the system keeps in memory.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder")
}

/// Downloads what the workspace is built from; after the first time it is there.
pub(crate) fn fetch() {
    process::run(&mut cargo(repository(), &["fetch", "--locked", "--quiet"]));
}

/// The xtask, built as `cargo xtask` builds it.
pub(crate) fn xtask() -> PathBuf {
    built("dev")
}

/// The xtask, optimized.
pub(crate) fn optimized_xtask() -> PathBuf {
    built("release")
}

fn built(profile: &str) -> PathBuf {
    say(&format!("building the xtask with the profile {profile}"));
    let arguments = [
        "build",
        "--locked",
        "--quiet",
        "--profile",
        profile,
        "--package",
        "xtask",
        "--message-format",
        "json",
    ];
    let mut cargo = cargo(repository(), &arguments);
    if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
        cargo.env("CARGO_TARGET_DIR", target);
    }
    let (output, _) = process::run(&mut cargo);
    let messages = output
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON of cargo"));
    let mut programs = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    programs.next().expect("the path of the xtask")
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder of the repository") {
            let entry = entry.expect("an entry of a folder");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
}
