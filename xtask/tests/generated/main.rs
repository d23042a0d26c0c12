//! Documents that are not in the repository's `openapi/`: generated, compiled within the SDK, and called.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use tempfile::TempDir;
use xtask::Inputs;

const DOCUMENT: &str = "../shared/specs/askui-workspaces-0.2.15-full.json";

const OVERLAY: &str = "\
overlay: 1.0.0
info: {title: For the test, version: 0.0.0}
actions:
- {target: $, description: The server., update: {servers: [{url: 'https://example.com'}]}}
";

/// Holds the types against the document.
const CONTRACT: &str = r#"//! The contract.

mod contract;

#[test]
fn types_say_what_the_document_says() {
    let document = serde_json::from_str(include_str!("document.json")).expect("JSON");
    match contract::hold(&document) {
        Ok(compared) => println!("{compared:?}"),
        Err(differences) => panic!("{differences}"),
    }
}
"#;

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
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// The SDK with the code that `document` gives, and with `calls` and `mocks` as its tests. Of the same version, cargo would take what it
/// has compiled of one checkout for that of another, since they share a folder for it.
fn sdk_of(version: &str, document: &Path, overlay: Option<&str>, [calls, mocks]: [&str; 2]) -> TempDir {
    let checkout = TempDir::new().unwrap();
    let root = checkout.path();
    for folder in ["sdk/src", "sdk/examples"] {
        copy(&repository().join(folder), &root.join(folder));
    }
    for file in ["Cargo.lock", "Cargo.toml", "sdk/Cargo.toml"] {
        copy(&repository().join(file), &root.join(file));
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let manifest = manifest
        .replace(r#"["sdk", "xtask", "xtask/public-api", "tests"]"#, r#"["sdk"]"#)
        .replace(r#"["sdk", "tests"]"#, r#"["sdk"]"#)
        .replace(
            concat!("version = \"", env!("CARGO_PKG_VERSION"), "\""),
            &format!("version = \"{version}\""),
        );
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    copy(document, &root.join("openapi").join(document.file_name().unwrap()));
    if let Some(overlay) = overlay {
        fs::write(root.join("openapi/overlay.yaml"), overlay).unwrap();
    }
    fs::create_dir_all(root.join("sdk/tests/contract")).unwrap();
    fs::write(root.join("sdk/tests/calls.rs"), calls).unwrap();
    for (file, text) in [
        ("main.rs", CONTRACT),
        (
            "contract.rs",
            include_str!("../../../tests/tests/sdk/schemas/contract.rs"),
        ),
        (
            "document.json",
            &Inputs::read(root).unwrap().amended().unwrap().to_string(),
        ),
    ] {
        fs::write(root.join("sdk/tests/contract").join(file), text).unwrap();
    }

    let (files, _) = xtask::client(root).unwrap_or_else(|faults| {
        let faults = faults.iter().map(ToString::to_string).collect::<Vec<_>>();
        panic!("{}", faults.join("\n"))
    });
    files.write().unwrap();
    fs::create_dir_all(root.join("sdk/tests/mocks")).unwrap();
    fs::write(root.join("sdk/tests/mocks/main.rs"), mocks).unwrap();
    fs::write(root.join("sdk/tests/mocks/fixtures.rs"), fixtures(root)).unwrap();
    checkout
}

/// A test of every fixture: it is written, and read as the same value.
fn fixtures(root: &Path) -> String {
    let fixtures = fs::read_to_string(root.join("sdk/src/generated/mock/fixture.rs")).unwrap();
    let types = fixtures
        .lines()
        .filter_map(|line| line.strip_prefix("impl types::")?.strip_suffix(" {"));
    let checks = types
        .map(|name| format!("check(&types::{name}::fixture());"))
        .collect::<Vec<_>>()
        .concat();
    assert!(!checks.is_empty());
    format!(
        r#"
        use askui_workspaces::types;

        fn check<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(fixture: &T) {{
            let json = serde_json::to_string(fixture).expect("it can be written");
            assert_eq!(serde_json::from_str::<T>(&json).expect(&json), *fixture);
        }}

        #[test]
        fn every_fixture_is_written_and_read() {{ {checks} }}
        "#
    )
}

/// Cargo takes all these crates for the same one, so they cannot be built at the same time.
static TURN: Mutex<()> = Mutex::new(());

/// Compiles the SDK, which must give no warning, and runs its test.
fn run(root: &Path) {
    let _turn = TURN.lock();
    // The examples in generated documentation; those written by hand are of the bundled document.
    let examples = ["--doc", "generated::"];
    for chosen in [
        &["--test", "calls", "--test", "contract", "--test", "mocks"][..],
        &examples,
    ] {
        let test = Command::new(env!("CARGO"))
            .args(["test", "--quiet", "--offline", "--features", "schemars", "--target-dir"])
            .arg(Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap())
            .args(chosen)
            .current_dir(root)
            .output()
            .unwrap();
        let (messages, results) = (
            String::from_utf8_lossy(&test.stderr),
            String::from_utf8_lossy(&test.stdout),
        );
        assert!(test.status.success(), "{messages}\n{results}");
        assert!(!messages.contains("warning"), "{messages}");
        assert!(
            results.contains("test result: ok. ") && !results.contains(" 0 passed"),
            "{results}"
        );
    }
}

/// Documents the SDK: what the generator wrote must give no warning. The rest names types of the bundled document.
fn describe(root: &Path) {
    let _turn = TURN.lock();
    let doc = Command::new(env!("CARGO"))
        .args([
            "doc",
            "--quiet",
            "--offline",
            "--no-deps",
            "--lib",
            "--features",
            "mock,schemars",
        ])
        // The pages go where they replace none of the SDK's own; what is compiled for them need not be compiled again.
        .args(["--target-dir", "documented"])
        .env(
            "CARGO_BUILD_BUILD_DIR",
            Path::new(env!("CARGO_BIN_EXE_xtask")).ancestors().nth(2).unwrap(),
        )
        .current_dir(root)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&doc.stderr);
    assert!(doc.status.success(), "{messages}");
    assert!(!messages.contains("sdk/src/generated"), "{messages}");
}

#[test]
fn every_construct_becomes_what_it_says() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated/constructs.yaml");
    let checkout = sdk_of(
        "0.0.1",
        &document,
        None,
        [include_str!("constructs.rs"), include_str!("constructs_mocks.rs")],
    );
    run(checkout.path());
    describe(checkout.path());
}

#[test]
fn the_vendors_whole_document_is_called_and_renames_nothing() {
    let document = repository().join(DOCUMENT);
    if !document.exists() {
        println!("skipped: {DOCUMENT} is not there");
        return;
    }
    let checkout = sdk_of(
        "0.0.2",
        &document,
        Some(OVERLAY),
        [include_str!("whole.rs"), include_str!("whole_mocks.rs")],
    );
    let root = checkout.path();
    let generated = |root: &Path, file: &str| fs::read_to_string(root.join("sdk/src/generated").join(file)).unwrap();
    let methods = generated(root, "mod.rs").matches("    pub fn ").count();
    assert_eq!(methods, 46);
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
    run(root);
}
