//! The client of the vendor's complete description, which cannot be checked in: generated, compiled in a copy of the SDK, and called.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::Command,
};

use xtask::generate::Inputs;

#[path = "../checkout/mod.rs"]
mod checkout;
#[path = "../fixtures/mod.rs"]
mod fixtures;

const DESCRIPTION: &str = "../shared/specs/askui-workspaces-0.2.15-full.json";

const OVERLAY: &str = "\
overlay: 1.0.0
info: {title: For the test, version: 0.0.0}
actions:
- {target: $, description: The server., update: {servers: [{url: 'https://example.com'}]}}
";

/// Compares the types with the description.
const CONTRACT: &str = r#"//! The contract.

mod contract;

#[test]
fn types_match_the_description() {
    let description = serde_json::from_str(include_str!("description.json")).expect("JSON");
    match contract::hold(&description) {
        Ok(compared) => println!("{compared:?}"),
        Err(differences) => panic!("{differences}"),
    }
}
"#;

/// Writes the tests of the SDK that lies below `root`.
fn write_tests(root: &Path) {
    let amended = Inputs::read(root).unwrap().amended().unwrap();
    let code = fs::read_to_string(root.join("sdk/src/generated/mock/fixture.rs")).unwrap();
    for (file, text) in [
        ("calls.rs", include_str!("whole.rs")),
        ("mocks.rs", include_str!("whole_mocks.rs")),
        ("fixtures.rs", &fixtures::test(&code)),
        ("contract/main.rs", CONTRACT),
        (
            "contract/contract.rs",
            include_str!("../../../tests/tests/sdk/schemas/contract.rs"),
        ),
        ("contract/description.json", &amended.to_string()),
    ] {
        let path = root.join("sdk/tests").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Compiles the SDK, which must give no warning, and runs its tests.
fn run_tests(root: &Path) {
    // The examples in generated documentation; those written by hand are of the bundled description.
    for selected in [&["--test", "*"][..], &["--doc", "generated::"]] {
        let test = Command::new(env!("CARGO"))
            .args(["test", "--quiet", "--offline", "--features", "schemars", "--target-dir"])
            .arg(checkout::target())
            .args(selected)
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

#[test]
fn the_vendors_complete_description_is_called_and_renames_nothing() {
    let description = checkout::repository().join(DESCRIPTION);
    if !description.exists() {
        // `println!` would be captured, and `.ci/run` looks for this line.
        writeln!(io::stdout(), "skipped: {DESCRIPTION} is not there").unwrap();
        return;
    }
    let description = fs::read_to_string(description).unwrap();
    let checkout = checkout::of("0.0.1", &description, Some(OVERLAY));
    let root = checkout.path();
    let generated = |root: &Path, file: &str| fs::read_to_string(root.join("sdk/src/generated").join(file)).unwrap();
    let methods = generated(root, "mod.rs").matches("    pub fn ").count();
    assert_eq!(methods, 46);
    // What the small description gives has the same name in the large one.
    for file in ["mod.rs", "builder.rs", "types.rs"] {
        let large = generated(root, file);
        for line in generated(&checkout::repository(), file).lines() {
            let line = line.trim_start();
            if ["pub struct ", "pub enum ", "pub fn "]
                .iter()
                .any(|item| line.starts_with(item))
            {
                assert!(large.contains(line), "{file}: {line}");
            }
        }
    }
    write_tests(root);
    run_tests(root);
}
