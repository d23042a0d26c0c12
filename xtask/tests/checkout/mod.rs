//! A copy of the SDK with a client of its own, for builds that cannot be part of the workspace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use xtask::generate::{self, Options};

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The target folder that this test was built in, which nested builds share.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap()
}

/// Copies the SDK to a temporary folder, and generates its client from `description`, which is JSON and which `overlay` amends.
///
/// Give every checkout its own `version`. Otherwise cargo takes code that it compiled for one checkout for that of another, since
/// they share the target folder.
pub(crate) fn of(version: &str, description: &str, overlay: Option<&str>) -> TempDir {
    let checkout = TempDir::new().unwrap();
    let root = checkout.path();
    for path in ["Cargo.lock", "Cargo.toml", "sdk/Cargo.toml", "sdk/examples", "sdk/src"] {
        copy(&repository().join(path), &root.join(path));
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let lines = manifest.lines().map(|line| match line.split_once(" = ") {
        Some((key @ ("members" | "default-members"), _)) => format!("{key} = [\"sdk\"]\n"),
        Some(("version", _)) => format!("version = \"{version}\"\n"),
        // Cargo warns of a profile for a package that the checkout does not use.
        Some((_, value)) if value.contains("opt-level") => String::new(),
        _ => format!("{line}\n"),
    });
    fs::write(root.join("Cargo.toml"), lines.collect::<String>()).unwrap();
    // What a description with patterns asks for.
    let manifest = fs::read_to_string(root.join("sdk/Cargo.toml")).unwrap();
    let manifest = manifest.replacen("[dependencies]\n", "[dependencies]\nregress.workspace = true\n", 1);
    fs::write(root.join("sdk/Cargo.toml"), manifest).unwrap();
    fs::create_dir(root.join("openapi")).unwrap();
    fs::write(root.join("openapi/description.json"), description).unwrap();
    if let Some(overlay) = overlay {
        fs::write(root.join("openapi/overlay.yaml"), overlay).unwrap();
    }
    let (files, _) = generate::client(root, Options::default()).unwrap_or_else(|diagnostics| {
        let diagnostics = diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>();
        panic!("{}", diagnostics.join("\n"))
    });
    files.write().unwrap();
    checkout
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}
