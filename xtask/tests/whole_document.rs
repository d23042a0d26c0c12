//! The vendor's whole description, which is not in the repository: generated, and compiled within the SDK.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

const DOCUMENT: &str = "../shared/specs/askui-workspaces-0.2.15-full.json";

/// What the document lacks, and the operations that the generator does not know yet: uploads.
const OVERLAY: &str = "\
overlay: 1.0.0
info: {title: For the test, version: 0.0.0}
actions:
- {target: $, description: The server., update: {servers: [{url: 'https://example.com'}]}}
- {target: \"$.paths['/api/v1/agent-executions'].post\", description: Uploads., remove: true}
- {target: \"$.paths['/api/v1/files/{file_path}'].put\", description: Uploads., remove: true}
";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

#[test]
fn the_vendors_whole_document_compiles_and_renames_nothing() {
    let document = repository().join(DOCUMENT);
    if !document.exists() {
        println!("skipped: {DOCUMENT} is not there");
        return;
    }
    let checkout = TempDir::new().unwrap();
    let root = checkout.path();
    copy(&repository().join("sdk/src"), &root.join("sdk/src"));
    for file in ["Cargo.lock", "Cargo.toml", "sdk/Cargo.toml"] {
        copy(&repository().join(file), &root.join(file));
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace(r#"["sdk", "xtask", "tests"]"#, r#"["sdk"]"#);
    fs::write(
        root.join("Cargo.toml"),
        manifest.replace(r#"["sdk", "tests"]"#, r#"["sdk"]"#),
    )
    .unwrap();
    fs::create_dir(root.join("openapi")).unwrap();
    fs::write(root.join("openapi/overlay.yaml"), OVERLAY).unwrap();
    copy(&document, &root.join("openapi/whole.json"));

    let (files, _) = xtask::client(root).unwrap_or_else(|faults| panic!("{faults:#?}"));
    files.write().unwrap();

    let generated = |root: &Path, file: &str| fs::read_to_string(root.join("sdk/src/generated").join(file)).unwrap();
    let methods = generated(root, "mod.rs").matches("    pub fn ").count();
    assert_eq!(methods, 44);
    // What the small document gives has the same name in the large one.
    for file in ["mod.rs", "types.rs", "types/builder.rs"] {
        let large = generated(root, file);
        for line in generated(&repository(), file).lines() {
            let line = line.trim_start();
            if ["pub struct ", "pub enum ", "pub fn "]
                .iter()
                .any(|item| line.starts_with(item))
            {
                assert!(large.contains(line), "{file}: {line}");
            }
        }
    }

    let check = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--target-dir"])
        .arg(Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap())
        .current_dir(root)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&check.stderr);
    assert!(check.status.success() && messages.is_empty(), "{messages}");
}
