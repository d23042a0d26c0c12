//! `cargo xtask update` and `explain`, as a maintainer runs them.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A small API, to which each row does something.
fn document() -> Value {
    let problem = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    let pet = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {"/pets": {
            "get": {
                "operationId": "list_pets",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "ok", "content": pet}, "404": {"description": "no", "content": problem}},
            },
            "post": {
                "operationId": "create_pet",
                "requestBody": {"required": true, "content": pet},
                "responses": {"201": {"description": "ok"}},
            },
        }},
        "components": {"schemas": {
            "Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
            "Problem": {"type": "object", "properties": {"detail": {"type": "string"}}},
        }},
    })
}

fn checkout() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    fs::write(folder.path().join("openapi/api.json"), document().to_string()).unwrap();
    fs::write(folder.path().join("Cargo.lock"), "").unwrap();
    fs::write(
        folder.path().join("Cargo.toml"),
        "[workspace.package]\nversion = \"0.1.2\"\n",
    )
    .unwrap();
    assert!(xtask(folder.path(), &["generate"], "").status.success());
    folder
}

fn xtask(root: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .arg("--root")
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every file below `folder`, with its content.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.clone(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table with a row for each kind of change")]
fn every_kind_of_change_is_told_and_judged() {
    let string = json!({"type": "string"});
    let parameter = |required: bool| json!({"name": "sort", "in": "query", "required": required, "schema": string});
    let operation = json!({"operationId": "delete_pets", "responses": {"204": {"description": "ok"}}});
    for (place, value, expected, version, code) in [
        (
            "",
            json!({}),
            &["Nothing changes for those who call the SDK."][..],
            None,
            0,
        ),
        (
            "/info/description",
            json!("x"),
            &["Nothing changes for those who call the SDK."],
            None,
            0,
        ),
        (
            "/components/schemas/Pet/description",
            json!("A pet."),
            &["Nothing but documentation changes."],
            Some("0.1.3"),
            3,
        ),
        (
            "/paths/~1pets/delete",
            operation,
            &["          Client::delete_pets is new\n"],
            Some("0.1.3"),
            3,
        ),
        (
            "/paths/~1pets/get",
            Value::Null,
            &["breaking  Client::list_pets is gone\n"],
            Some("0.2.0"),
            4,
        ),
        (
            "/paths/~1pets/get/operationId",
            json!("find_pets"),
            &[
                "breaking  Client::list_pets is gone\n",
                "          Client::find_pets is new\n",
            ],
            Some("0.2.0"),
            4,
        ),
        (
            "/paths/~1pets/get/deprecated",
            json!(true),
            &["          Client::list_pets (deprecation) is deprecated now\n"],
            Some("0.1.3"),
            3,
        ),
        (
            "/paths/~1pets/get/parameters/1",
            parameter(false),
            &["          builder::ListPets::sort is new\n"],
            Some("0.1.3"),
            3,
        ),
        (
            "/paths/~1pets/get/parameters/1",
            parameter(true),
            &["breaking  Client::list_pets().sort(…) has to be set now\n"],
            Some("0.2.0"),
            4,
        ),
        (
            "/paths/~1pets/get/parameters",
            Value::Null,
            &["breaking  builder::ListPets::limit is gone\n"],
            Some("0.2.0"),
            4,
        ),
        (
            "/components/schemas/Pet/properties/tag",
            string.clone(),
            &["          types::Pet.tag is new: `Option<String>`\n"],
            Some("0.1.3"),
            3,
        ),
        (
            "/components/schemas/Pet/properties/age",
            Value::Null,
            &["breaking  types::Pet.age is gone\n"],
            Some("0.2.0"),
            4,
        ),
        (
            "/components/schemas/Pet/properties/age",
            string,
            &["breaking  types::Pet.age is `Option<String>` now, and was `Option<i64>`\n"],
            Some("0.2.0"),
            4,
        ),
        (
            "/components/schemas/Pet/required",
            json!([]),
            &[
                "breaking  types::Pet.name is `Option<String>` now, and was `String`\n",
                "          types::Pet::builder().name(…) may be left out now\n",
            ],
            Some("0.2.0"),
            4,
        ),
        (
            "/components/schemas/Pet/required",
            json!(["name", "age"]),
            &["breaking  types::Pet::builder().age(…) has to be set now\n"],
            Some("0.2.0"),
            4,
        ),
        (
            "/paths/~1pets/get/responses/403",
            json!({"description": "no"}),
            &["          types::ListPetsError::Forbidden is new\n"],
            Some("0.1.3"),
            3,
        ),
        (
            "/paths/~1pets/get/responses/404",
            Value::Null,
            &["breaking  types::ListPetsError::NotFound is gone\n"],
            Some("0.2.0"),
            4,
        ),
        (
            "/paths/~1pets/get/responses/200/content",
            Value::Null,
            &["breaking  builder::ListPets::send is `", "Response<types::Pet>"],
            Some("0.2.0"),
            4,
        ),
    ] {
        let folder = checkout();
        let mut new = document();
        let (parent, key) = place.rsplit_once('/').unwrap_or_default();
        match new.pointer_mut(parent) {
            _ if place.is_empty() => {}
            Some(Value::Object(members)) if value.is_null() => drop(members.remove(key)),
            Some(Value::Object(members)) => drop(members.insert(key.into(), value)),
            Some(Value::Array(items)) => items.push(value),
            _ => panic!("{place}"),
        }
        let before = files(folder.path());
        let dry = xtask(folder.path(), &["update", "-", "--dry-run"], &new.to_string());
        let report = text(&dry.stdout);
        assert_eq!(dry.status.code(), Some(code), "{place}: {report}{}", text(&dry.stderr));
        for line in expected {
            assert!(report.contains(line), "{place}: {line} is not in\n{report}");
        }
        let asks = version.map(|version| format!("The version is 0.1.2, and this asks for {version}.\n"));
        assert!(report.contains(&asks.unwrap_or_default()), "{place}: {report}");
        assert_eq!(files(folder.path()), before, "{place}");

        let wet = xtask(folder.path(), &["update", "-"], &new.to_string());
        assert_eq!((wet.status.code(), text(&wet.stdout)), (Some(0), report), "{place}");
        assert_eq!(
            fs::read_to_string(folder.path().join("openapi/api.json")).unwrap(),
            new.to_string()
        );
        assert!(
            xtask(folder.path(), &["generate", "--check"], "").status.success(),
            "{place}"
        );
    }
}

#[test]
fn what_is_refused_leaves_the_tree_as_it_was() {
    let folder = checkout();
    fs::write(
        folder.path().join("openapi/overlay.yaml"),
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n- {target: \"$.paths['/pets']\", description: why, update: {summary: s}}\n",
    )
    .unwrap();
    assert!(xtask(folder.path(), &["generate"], "").status.success());
    let mut without_pets = document();
    without_pets["paths"] = json!({"/cats": without_pets["paths"]["/pets"]});
    let before = files(folder.path());
    for (file, input, message) in [
        ("/none.yaml", String::new(), "the file cannot be read"),
        ("-", "{".into(), "not JSON"),
        ("-", "swagger: '2.0'".into(), "Swagger 2.0"),
        (
            "-",
            document().to_string().replace("schemas/Pet", "schemas/Cat"),
            "does not exist",
        ),
        (
            "-",
            without_pets.to_string(),
            "the action on `$.paths['/pets']` matches nothing",
        ),
    ] {
        let output = xtask(folder.path(), &["update", file], &input);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(
            error.starts_with("nothing was written:\n") && error.contains(message),
            "{error}"
        );
        assert_eq!(files(folder.path()), before, "{message}");
    }
}

#[test]
fn the_form_may_change() {
    let folder = checkout();
    let yaml =
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'204': {description: ok}}}}}\n";
    for (input, file) in [
        (yaml.to_owned(), "api.yaml"),
        (format!("# Page\n\n```yaml\n{yaml}```\n"), "api.md"),
        (document().to_string(), "api.json"),
    ] {
        let output = xtask(folder.path(), &["update", "-"], &input);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let found = files(&folder.path().join("openapi"));
        assert_eq!(found, [(folder.path().join("openapi").join(file), input.into_bytes())]);
    }
}

#[test]
fn explain_tells_what_becomes_of_a_part() {
    let folder = checkout();
    let mut noted = document();
    noted["components"]["schemas"]["Pet"]["properties"]["name"]["pattern"] = json!("^a");
    assert!(
        xtask(folder.path(), &["update", "-"], &noted.to_string())
            .status
            .success()
    );
    for (pointer, expected) in [
        (
            Some("#/components/schemas/Pet"),
            &[
                "is `types::Pet`, lowered to {",
                "/properties/name/pattern: `pattern` is not checked",
            ][..],
        ),
        (
            Some("/paths/~1pets/get"),
            &[
                "GET /pets is `Client::list_pets()`",
                ".limit(…): `limit`",
                "`types::ListPetsError::NotFound`",
            ],
        ),
        (Some("#/components/schemas/Pet/properties/age"), &["is a part of `Pet`"]),
        (None, &["\"openapi\": \"3.0.3\"", "note: "]),
    ] {
        let arguments = ["explain"].into_iter().chain(pointer).collect::<Vec<_>>();
        let output = xtask(folder.path(), &arguments, "");
        let printed = text(&output.stdout);
        assert!(output.status.success(), "{}", text(&output.stderr));
        for part in expected {
            assert!(printed.contains(part), "{part} is not in\n{printed}");
        }
    }
    let output = xtask(folder.path(), &["explain", "#/components/schemas/Cat"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("#/components/schemas is there, and has: Pet, Problem"));
}
