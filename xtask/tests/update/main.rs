//! `cargo xtask update` and `cargo xtask explain`, as a maintainer or a scheduled job runs them.

mod checkout;
mod committed;
mod explain;
mod operations;
mod row;
mod types;

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::Path,
};

use serde_json::json;

use checkout::{checkout, patched, pets, pets_checkout, piped, schema, text, tree, xtask};

#[test]
fn the_report_is_headed_and_summed_up() {
    let checkout = checkout("pets.json", &pets().to_string(), "1.2.3");
    let patch = json!({
        "info": {"version": "1.1.0"},
        "paths": {"/pets": {"get": {"summary": "Lists them.", "responses": {"404": null}}}},
        "components": {"schemas": {
            "Toy": {"type": "object"},
            "Problem": {"description": "What went wrong."},
        }},
    });
    let update = piped(
        checkout.path(),
        &["update", "-"],
        patched(&patch).to_string().as_bytes(),
    );
    let expected = "\
Pets 1.0.0 -> Pets 1.1.0

Client::list_pets: GET /pets
  breaking  removed  status types::ListPetsError::NotFound(Problem)

Types
            added    types::Toy (tuple struct)

Only the documentation of types::Problem changes.

2 changes, 1 of them breaking.
This asks for version 2.0.0, after 1.2.3 in Cargo.toml.

2 operations, 5 types: wrote openapi/pets.json, wrote 4 files below sdk/src/generated/ in ";
    let printed = text(&update.stdout);
    let Some(time) = printed.strip_prefix(expected) else {
        panic!("{printed}{}", text(&update.stderr));
    };
    assert!(time.trim_end().ends_with(" ms") && time.lines().count() == 1, "{time}");
}

/// The vendor's complete description, which cannot be checked in.
const COMPLETE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../shared/specs/askui-workspaces-0.2.15-full.json"
);

#[test]
fn of_the_complete_description_only_what_is_kept_is_compared() {
    if !fs::exists(COMPLETE).unwrap() {
        // Not captured, so that a run shows it.
        writeln!(io::stdout(), "skipped: {COMPLETE} is not there").unwrap();
        return;
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let update = xtask(&repository, &["update", COMPLETE, "--dry-run"]);
    let report = text(&update.stdout);
    assert_eq!(update.status.code(), Some(0), "{report}{}", text(&update.stderr));
    assert!(report.contains("Nothing changes for callers."), "{report}");
    assert!(report.contains("\n1 operation, "), "{report}");
}

#[test]
fn what_is_refused_leaves_the_tree_as_it_was() {
    let overlay = "\
overlay: 1.0.0
info: {title: t, version: 1.0.0}
actions:
- {target: $.components.schemas.Pet, description: Says what it is., update: {description: An animal.}}
";
    let without_pet = json!({"paths": {"/pets": null}, "components": {"schemas": {"Pet": null}}});
    let described = schema("Pet", &json!({"description": "An animal."}));
    for (input, messages) in [
        (b"\xff{}".to_vec(), &["not UTF-8", "in: <stdin>"][..]),
        (b"".to_vec(), &["it is empty"]),
        (b"{\"openapi\": ".to_vec(), &["not JSON", "<stdin>:1"]),
        (b"a: [".to_vec(), &["not YAML"]),
        (b"# A page\n\n```sh\nls\n```\n".to_vec(), &["no OpenAPI description"]),
        (b"name: x\n".to_vec(), &["not an OpenAPI description"]),
        (b"swagger: '2.0'\n".to_vec(), &["Swagger 2.0", "at: #/swagger"]),
        (b"{\"a\": 1, \"a\": 2}".to_vec(), &["twice", "<stdin>:1"]),
        (
            patched(&without_pet).to_string().into_bytes(),
            &["matches nothing", "openapi/overlay.yaml:4"],
        ),
        (
            patched(&described).to_string().into_bytes(),
            &["changes nothing", "remove the action"],
        ),
    ] {
        let checkout = pets_checkout();
        let root = checkout.path();
        fs::write(root.join("openapi/overlay.yaml"), overlay).unwrap();
        let before = tree(root);
        for options in [&["update", "-"][..], &["update", "-", "--dry-run"]] {
            let output = piped(root, options, &input);
            let error = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{error}");
            assert!(error.starts_with("nothing was written:\n"), "{error}");
            assert!(error.contains("\n  do: ") && !error.contains("panicked"), "{error}");
            for message in messages {
                assert!(error.contains(message), "{message} is not in:\n{error}");
            }
            assert_eq!(text(&output.stdout), "");
            assert_eq!(tree(root), before, "{error}");
        }
    }
    let checkout = pets_checkout();
    let error = text(&xtask(checkout.path(), &["update", "nowhere.json"]).stderr);
    assert!(
        error.contains("in: nowhere.json") && error.contains("cannot be read"),
        "{error}"
    );
    fs::write(checkout.path().join("openapi/second.yaml"), "a: 1").unwrap();
    let error = text(&piped(checkout.path(), &["update", "-"], pets().to_string().as_bytes()).stderr);
    assert!(error.contains("more than one description"), "{error}");
}

#[test]
fn an_update_that_is_cut_short_is_noticed_and_can_be_finished() {
    let checkout = pets_checkout();
    let root = checkout.path();
    let types = root.join("sdk/src/generated/types.rs");
    fs::remove_file(&types).unwrap();
    fs::create_dir(&types).unwrap();
    let description = patched(&schema("Pet", &json!({"properties": {"tag": null}}))).to_string();
    let output = piped(root, &["update", "-"], description.as_bytes());
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("finish with `cargo xtask generate`"), "{error}");
    assert!(!error.contains("nothing was written"), "{error}");
    assert_eq!(fs::read_to_string(root.join("openapi/pets.json")).unwrap(), description);

    fs::remove_dir(&types).unwrap();
    assert_eq!(xtask(root, &["generate", "--check"]).status.code(), Some(1));
    assert!(xtask(root, &["generate"]).status.success());
    assert!(xtask(root, &["generate", "--check"]).status.success());
}

#[test]
fn the_description_is_kept_byte_for_byte_in_the_form_that_it_came_in() {
    // YAML takes JSON's brackets, but for the first one.
    let yaml = format!(
        "# from the vendor\r\n'openapi': {}",
        &pets().to_string()["{\"openapi\":".len()..]
    )
    .trim_end_matches('}')
    .to_owned();
    let yaml = yaml.replace(",\"info\":", "\n'info': ");
    let yaml = yaml.replace(",\"servers\":", "\n'servers': ");
    let yaml = yaml
        .replace(",\"paths\":", "\n'paths': ")
        .replace(",\"components\":", "\n'components': ");
    let braces = |text: &str| text.matches('{').count() - text.matches('}').count();
    let yaml = format!("{yaml}{}\n", "}".repeat(braces(&yaml)));
    let json = format!("{:#}", pets());
    let page = format!("# List pets\n\n````yaml get /pets\n{yaml}````\n");
    for (bundled, given, input, target) in [
        ("pets.json", "-", &yaml, "pets.yaml"),
        ("pets.yaml", "-", &json, "pets.json"),
        ("pets.yml", "-", &yaml, "pets.yml"),
        ("pets.json", "-", &page, "pets.md"),
        ("pets.md", "new.yml", &yaml, "pets.yaml"),
        ("pets.yaml", "new.md", &page, "pets.md"),
        ("pets.yaml", "new.yaml", &json, "pets.json"),
        ("pets.json", "new.txt", &json, "pets.json"),
    ] {
        let content = match bundled.rsplit_once('.') {
            Some((_, "json")) => &json,
            Some((_, "md")) => &page,
            _ => &yaml,
        };
        let checkout = checkout(bundled, content, "0.1.0");
        let root = checkout.path();
        let output = if given == "-" {
            piped(root, &["update", "-"], input.as_bytes())
        } else {
            fs::write(root.join(given), input).unwrap();
            xtask(root, &["update", given])
        };
        assert!(output.status.success(), "{bundled}: {}", text(&output.stderr));
        assert!(
            text(&output.stdout).contains("Nothing changes for callers"),
            "{bundled}"
        );
        let descriptions = tree(&root.join("openapi"));
        let expected = BTreeMap::from([(root.join("openapi").join(target), input.clone().into_bytes())]);
        assert_eq!(descriptions, expected, "{bundled} and {given}");
        assert!(xtask(root, &["generate", "--check"]).status.success(), "{bundled}");
    }
}

#[test]
fn the_first_description_has_nothing_to_be_compared_with() {
    let checkout = pets_checkout();
    let root = checkout.path();
    fs::remove_file(root.join("openapi/pets.json")).unwrap();
    fs::remove_dir_all(root.join("sdk")).unwrap();
    fs::write(root.join("overlay.json"), pets().to_string()).unwrap();
    let dry = xtask(root, &["update", "overlay.json", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(4));
    assert!(text(&dry.stdout).contains("not known, and counts as breaking"));
    // The name of the overlay is taken.
    for (file, target) in [("overlay.yaml", "description.yaml"), ("pets.yaml", "pets.yaml")] {
        fs::write(root.join(file), format!("---\n{}", pets())).unwrap();
        let output = xtask(root, &["update", file]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let path = root.join("openapi").join(target);
        assert!(path.exists(), "{target}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_strict_update_refuses_what_the_new_description_loses_and_not_what_the_old_one_lost() {
    let dangling = json!({"paths": {"/pets": {"get": null}, "/nowhere": {"$ref": "#/paths/~1other"}}});
    let lossy = patched(&dangling).to_string();
    for (bundled, given, options, expected) in [
        (
            pets().to_string(),
            &lossy,
            &["update", "-", "--dry-run", "--strict"][..],
            "error[dangling-reference]",
        ),
        (
            pets().to_string(),
            &lossy,
            &["update", "-", "--dry-run"],
            "breaking  removed  Client::list_pets: GET /pets",
        ),
        (
            lossy.clone(),
            &pets().to_string(),
            &["update", "-", "--dry-run", "--strict"],
            "added    Client::list_pets: GET /pets",
        ),
    ] {
        let checkout = checkout("pets.json", &bundled, "0.1.0");
        let output = piped(checkout.path(), options, given.as_bytes());
        let printed = text(&output.stdout) + &text(&output.stderr);
        assert!(printed.contains(expected), "{expected} is not in:\n{printed}");
    }
}
