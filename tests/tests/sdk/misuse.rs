//! What the compiler keeps from being wrong, and what it says: each file of `misuse` is an application with one mistake.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

const CASES: [(&str, &str, &str); 7] = [
    ("missing_required", "E0061", "argument #1 is missing"),
    (
        "struct_literal",
        "E0639",
        "cannot create non-exhaustive struct using struct expression",
    ),
    ("exhaustive_match", "E0004", "`&_` not covered"),
    (
        "printed_secret",
        "E0277",
        "`Secret` doesn't implement `std::fmt::Display`",
    ),
    (
        "unsent_call",
        "unused_must_use",
        "nothing is sent before `send` is awaited",
    ),
    (
        "wrong_value",
        "E0277",
        "this setter takes `std::string::String`, into which `{integer}` does not convert",
    ),
    (
        "null_value",
        "E0277",
        "this setter takes `std::string::String`, into which `askui_workspaces::Null` does not convert",
    ),
];

#[test]
fn mistakes_are_told_by_the_compiler() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let sources = folder.path().join("src/bin");
    fs::create_dir_all(&sources).expect("a folder within");
    for (name, ..) in CASES {
        let file = format!("{name}.rs");
        fs::copy(tests.join("tests/sdk/misuse").join(&file), sources.join(file)).expect("the case is there");
    }
    let sdk = tests.join("../sdk");
    let manifest = format!(
        "[package]\nname = \"application\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\naskui-workspaces = {{ path = {sdk:?} }}\n\n[workspace]\n"
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("the folder can be written");
    fs::copy(tests.join("../Cargo.lock"), folder.path().join("Cargo.lock")).expect("the lock file is there");
    let target = env!("CARGO_TARGET_TMPDIR");
    let checked = Command::new(env!("CARGO"))
        .args([
            "check",
            "--bins",
            "--keep-going",
            "--message-format=json",
            "--target-dir",
        ])
        .arg(Path::new(target).join("misuse"))
        .current_dir(folder.path())
        .output()
        .expect("cargo runs");

    let mut said = BTreeMap::<String, Vec<(String, String)>>::new();
    for line in String::from_utf8_lossy(&checked.stdout).lines() {
        let message = serde_json::from_str::<Value>(line).expect("cargo writes JSON");
        if let (Some(code), Some(name)) = (
            message["message"]["code"]["code"].as_str(),
            message["target"]["name"].as_str(),
        ) {
            let text = message["message"]["rendered"].as_str().unwrap_or_default();
            said.entry(name.into()).or_default().push((code.into(), text.into()));
        }
    }
    for (name, code, text) in CASES {
        let errors = said.remove(name).unwrap_or_default();
        let [(found, rendered)] = &errors[..] else {
            panic!("{name}: {errors:?}\n{}", String::from_utf8_lossy(&checked.stderr));
        };
        assert_eq!(found, code, "{name}: {rendered}");
        assert!(rendered.contains(text), "{name}: {rendered}");
    }
    assert!(said.is_empty(), "{said:?}");
}
