//! Comparing with what git has committed.

use std::fs;

use serde_json::{Value, json};

use crate::checkout::{changes, commit, get, patched, pets, pets_checkout, piped, schema, text, xtask};

#[test]
fn an_overlay_for_the_new_description_is_compared_with_what_is_committed() {
    let overlay = |action: &str| {
        let action = format!("{{{action}, description: Says why.}}");
        format!("overlay: 1.0.0\ninfo: {{title: t, version: 1.0.0}}\nactions:\n- {action}\n")
    };
    let checkout = pets_checkout();
    let root = checkout.path();
    let path = root.join("openapi/overlay.yaml");
    fs::write(&path, overlay("target: \"$.paths['/pets'].get\", remove: true")).unwrap();
    commit(root);
    fs::write(
        &path,
        overlay("target: $.components.schemas.Toy, update: {description: A ball.}"),
    )
    .unwrap();
    let description = patched(&schema("Toy", &json!({"type": "object"}))).to_string();
    let output = piped(root, &["update", "-"], description.as_bytes());
    let report = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(
        changes(&report),
        ["added Client::list_pets: GET /pets", "added types::Toy (tuple struct)"]
    );
    assert!(
        report.contains("matches nothing") && report.contains("HEAD"),
        "{report}"
    );
}

#[test]
fn the_bundled_description_itself_is_compared_with_what_is_committed() {
    let checkout = pets_checkout();
    let root = checkout.path();
    let description = patched(&get(&Value::Null)).to_string();
    fs::write(root.join("openapi/pets.json"), &description).unwrap();
    let update = ["update", "openapi/pets.json", "--dry-run"];

    let unknown = xtask(root, &update);
    let report = text(&unknown.stdout);
    assert_eq!(unknown.status.code(), Some(4), "{report}");
    for part in [
        "What changes is not known, and counts as breaking: this is the bundled description itself",
        "git has no commit to compare with (fatal: ",
        "This asks for version 0.2.0",
    ] {
        assert!(report.contains(part), "{part} is not in:\n{report}");
    }

    fs::write(root.join("openapi/pets.json"), pets().to_string()).unwrap();
    commit(root);
    fs::write(root.join("openapi/pets.json"), &description).unwrap();
    let output = xtask(root, &update[..2]);
    let report = text(&output.stdout);
    assert_eq!(
        changes(&report),
        ["breaking removed Client::list_pets: GET /pets"],
        "{}",
        text(&output.stderr)
    );
    assert!(
        report.contains("Note: this is the bundled description itself, so this compares with what is committed"),
        "{report}"
    );
    assert_eq!(fs::read_to_string(root.join("openapi/pets.json")).unwrap(), description);
    assert!(xtask(root, &["generate", "--check"]).status.success());
}

#[test]
fn what_is_committed_must_be_one_description_that_gives_a_client() {
    for (files, reason) in [
        (&[][..], "no description is committed"),
        (
            &[("a.json", "{}"), ("b.yaml", "a: 1")],
            "more than one description is committed",
        ),
        (&[("a.json", "{")], "what is committed cannot be read"),
        (&[("a.json", "{}")], "from what is committed nothing is generated"),
    ] {
        let checkout = pets_checkout();
        let root = checkout.path();
        let folder = root.join("openapi");
        fs::remove_file(folder.join("pets.json")).unwrap();
        // Neither is a description.
        fs::write(folder.join(".hidden.json"), "{}").unwrap();
        fs::write(folder.join("README.txt"), "Text.").unwrap();
        for (file, content) in files {
            fs::write(folder.join(file), content).unwrap();
        }
        commit(root);
        for (file, _) in files {
            fs::remove_file(folder.join(file)).unwrap();
        }
        fs::write(folder.join("pets.json"), pets().to_string()).unwrap();
        let output = xtask(root, &["update", "openapi/pets.json", "--dry-run"]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(4), "{report}");
        assert!(report.contains(reason), "{reason} is not in:\n{report}");
    }
}
