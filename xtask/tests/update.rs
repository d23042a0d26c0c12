//! `cargo xtask update` and `cargo xtask explain`, as a maintainer or a scheduled job runs them.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A change of the document as a JSON merge patch: what a member is to be, or null to remove it.
type Patch = Value;

fn pets() -> Value {
    let problem = json!({"description": "No.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}});
    let pet = json!({"$ref": "#/components/schemas/Pet"});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1.0.0"},
        "servers": [{"url": "https://example.com"}],
        "paths": {"/pets": {
            "get": {
                "operationId": "list_pets",
                "summary": "Lists the pets.",
                "security": [{"Bearer": []}, {"Basic": []}],
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"description": "Pets.", "content": {"application/json": {"schema": {"type": "array", "items": pet}}}},
                    "404": problem,
                },
            },
            "post": {
                "operationId": "create_pet",
                "requestBody": {
                    "required": true,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewPet"}}},
                },
                "responses": {
                    "201": {"description": "Made.", "content": {"application/json": {"schema": pet}}},
                    "409": problem,
                },
            },
        }},
        "components": {
            "schemas": {
                "Pet": {
                    "type": "object",
                    "required": ["id", "name"],
                    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "tag": {"type": "string"}},
                },
                "NewPet": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "minLength": 1, "maxLength": 128},
                        "tag": {"type": "string"},
                        "kind": {"type": "string", "enum": ["cat", "dog"]},
                    },
                },
                "Problem": {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}},
            },
            "securitySchemes": {
                "Bearer": {"type": "http", "scheme": "bearer"},
                "Basic": {"type": "apiKey", "in": "header", "name": "Authorization"},
            },
        },
    })
}

fn merge(value: &mut Value, patch: &Patch) {
    let Value::Object(patch) = patch else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = json!({});
    }
    let value = value.as_object_mut().unwrap();
    for (key, patch) in patch {
        if patch.is_null() {
            value.remove(key);
        } else {
            merge(value.entry(key.clone()).or_insert(Value::Null), patch);
        }
    }
}

fn patched(patch: &Patch) -> Value {
    let mut document = pets();
    merge(&mut document, patch);
    document
}

fn get(operation: &Value) -> Patch {
    json!({"paths": {"/pets": {"get": operation}}})
}

fn post(operation: &Value) -> Patch {
    json!({"paths": {"/pets": {"post": operation}}})
}

fn schema(name: &str, schema: &Value) -> Patch {
    json!({"components": {"schemas": {name: schema}}})
}

/// A tree with a client of that document, named as the bundled one.
fn checkout(file: &str, document: &str, version: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |path: &str, content: &str| fs::write(folder.path().join(path), content).unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    write("Cargo.lock", "");
    write(
        "Cargo.toml",
        &format!(
            "[workspace]\nmembers = []\n\n[workspace.package]\nedition = \"2024\"\nversion = \"{version}\" # here\n"
        ),
    );
    write(&format!("openapi/{file}"), document);
    let output = xtask(folder.path(), &["generate"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    folder
}

fn pets_checkout() -> TempDir {
    checkout("pets.json", &pets().to_string(), "0.1.0")
}

fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).arg("--root").arg(root).current_dir(root);
    command
}

fn xtask(root: &Path, arguments: &[&str]) -> Output {
    command(root, arguments).output().unwrap()
}

fn piped(root: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(root, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every file below `folder`, with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// The lines of a report that tell a change, each with single spaces.
fn changes(report: &str) -> Vec<String> {
    let lines = report.lines().filter(|line| line.starts_with("  "));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

const BREAKING: (&str, i32) = ("0.2.0", 4);
const COMPATIBLE: (&str, i32) = ("0.1.1", 3);
const NOTHING: (&str, i32) = ("0.1.0", 0);

/// A kind of change, the change, what is told of it, the version that it asks for and the exit code of a dry run.
type Row = (&'static str, Patch, &'static [&'static str], (&'static str, i32));

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn operations() -> Vec<Row> {
    let limit = |limit: &Value| {
        let mut parameter = json!({"name": "limit", "in": "query", "schema": {"type": "integer"}});
        merge(&mut parameter, limit);
        parameter
    };
    let with = |parameter: &Value| get(&json!({"parameters": [limit(&json!({})), parameter]}));
    let tagged = json!({"name": "tag", "in": "query", "schema": {"type": "string"}});
    let json = |mut schema: Value| {
        schema["$ref"] = Value::Null;
        json!({"content": {"application/json": {"schema": schema}}})
    };
    let no_content = json!({"description": "Done."});
    vec![
        (
            "an operation is added",
            json!({"paths": {"/pets/{id}": {"delete": {
                "operationId": "delete_pet",
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"204": no_content, "404": no_content},
            }}}}),
            &["added Client::delete_pet: DELETE /pets/{id}"],
            COMPATIBLE,
        ),
        (
            "an operation is removed",
            get(&Value::Null),
            &["breaking removed Client::list_pets: GET /pets"],
            BREAKING,
        ),
        (
            "an operation is renamed, and changed",
            get(&json!({"operationId": "find_pets", "responses": {"404": null}})),
            &[
                "breaking renamed Client::list_pets => Client::find_pets",
                "breaking removed status types::FindPetsError::NotFound(Problem)",
            ],
            BREAKING,
        ),
        (
            "an operation moves",
            json!({"paths": {"/pets": null, "/animals": pets()["paths"]["/pets"]}}),
            &[
                "changed request: POST /pets => POST /animals",
                "changed request: GET /pets => GET /animals",
            ],
            COMPATIBLE,
        ),
        (
            "an operation is deprecated",
            get(&json!({"deprecated": true})),
            &["changed it is deprecated now"],
            COMPATIBLE,
        ),
        (
            "credentials are no longer taken",
            get(&json!({"security": [{"Bearer": []}]})),
            &["breaking removed credentials Basic"],
            BREAKING,
        ),
        (
            "an optional parameter is added",
            with(&tagged),
            &["added parameter builder::ListPets::tag(String)"],
            COMPATIBLE,
        ),
        (
            "a required parameter is added",
            with(&json!({"name": "tag", "in": "query", "required": true, "schema": {"type": "string"}})),
            &["breaking added parameter builder::ListPets::tag(String), required"],
            BREAKING,
        ),
        (
            "a parameter becomes required",
            get(&json!({"parameters": [limit(&json!({"required": true}))]})),
            &["breaking changed parameter builder::ListPets::limit(i64), now required"],
            BREAKING,
        ),
        (
            "a parameter has another type",
            get(&json!({"parameters": [limit(&json!({"schema": {"type": "string"}}))]})),
            &["breaking changed parameter builder::ListPets::limit: (i64) => (String)"],
            BREAKING,
        ),
        (
            "a parameter is sent elsewhere",
            get(&json!({"parameters": [limit(&json!({"in": "header"}))]})),
            &["changed how it is sent, or how its answer is read"],
            COMPATIBLE,
        ),
        (
            "a parameter is removed",
            get(&json!({"parameters": null})),
            &["breaking removed parameter builder::ListPets::limit(i64)"],
            BREAKING,
        ),
        (
            "a body is no longer required",
            post(&json!({"requestBody": {"required": false}})),
            &["changed body builder::CreatePet::body(NewPet), no longer required"],
            COMPATIBLE,
        ),
        (
            "a body has another type",
            post(&json!({"requestBody": json(json!({"type": "string"}))})),
            &[
                "breaking changed body builder::CreatePet::body: (NewPet) => (String)",
                "breaking removed types::NewPetName (tuple struct)",
                "breaking changed field types::NewPet.name: NewPetName => String",
                "breaking removed function types::NewPet::builder() -> builder::NewPet",
            ],
            BREAKING,
        ),
        (
            "a status is added",
            get(&json!({"responses": {"403": no_content}})),
            &["added status types::ListPetsError::Forbidden"],
            COMPATIBLE,
        ),
        (
            "a status is removed",
            post(&json!({"responses": {"409": null}})),
            &["breaking removed status types::CreatePetError::Conflict(Problem)"],
            BREAKING,
        ),
        (
            "a status has another body",
            post(&json!({"responses": {"409": json(json!({"type": "string"}))}})),
            &["breaking changed status types::CreatePetError::Conflict: (Problem) => (String)"],
            BREAKING,
        ),
        (
            "a success has another type",
            get(
                &json!({"responses": {"200": json(json!({"type": "array", "items": {"$ref": null, "type": "string"}}))}}),
            ),
            &["breaking changed success builder::ListPets::send(): Vec<Pet> => Vec<String>"],
            BREAKING,
        ),
        (
            "a second success is added",
            post(&json!({"responses": {"202": no_content}})),
            &["breaking changed success builder::CreatePet::send(): Pet => CreatePetSuccess"],
            BREAKING,
        ),
    ]
}

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn types() -> Vec<Row> {
    vec![
        (
            "a type is added",
            schema(
                "Toy",
                &json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            ),
            &["added types::Toy (struct)"],
            COMPATIBLE,
        ),
        (
            "a field of an answer is added",
            schema("Pet", &json!({"properties": {"age": {"type": "integer"}}})),
            &["added field types::Pet.age: Option<i64>"],
            COMPATIBLE,
        ),
        (
            "a required field of an answer is added",
            schema(
                "Problem",
                &json!({"required": ["detail", "code"], "properties": {"code": {"type": "integer"}}}),
            ),
            &["added field types::Problem.code: i64"],
            COMPATIBLE,
        ),
        (
            "an optional field of a request is added",
            schema("NewPet", &json!({"properties": {"age": {"type": "integer"}}})),
            &["added field types::NewPet.age: Option<i64>"],
            COMPATIBLE,
        ),
        (
            "a required field of a request is added",
            schema(
                "NewPet",
                &json!({"required": ["name", "age"], "properties": {"age": {"type": "integer"}}}),
            ),
            &["breaking added field types::NewPet.age: i64, required"],
            BREAKING,
        ),
        (
            "a field is removed",
            schema("Pet", &json!({"properties": {"tag": null}})),
            &["breaking removed field types::Pet.tag: Option<String>"],
            BREAKING,
        ),
        (
            "a field of a request is removed",
            schema("NewPet", &json!({"properties": {"tag": null}})),
            &["breaking removed field types::NewPet.tag: Option<String>"],
            BREAKING,
        ),
        (
            "a field has another type",
            schema("Pet", &json!({"properties": {"id": {"type": "string"}}})),
            &["breaking changed field types::Pet.id: i64 => String"],
            BREAKING,
        ),
        (
            "an optional field becomes nullable",
            schema("Pet", &json!({"properties": {"tag": {"type": ["string", "null"]}}})),
            &["breaking changed field types::Pet.tag: Option<String> => Option<Option<String>>"],
            BREAKING,
        ),
        (
            "a required field becomes nullable",
            schema("Pet", &json!({"properties": {"name": {"type": ["string", "null"]}}})),
            &["breaking changed field types::Pet.name: String => Option<String>"],
            BREAKING,
        ),
        (
            "a field of a request becomes required",
            schema("NewPet", &json!({"required": ["name", "tag"]})),
            &["breaking changed field types::NewPet.tag: Option<String> => String, now required"],
            BREAKING,
        ),
        (
            "a field has another name in JSON",
            schema("Pet", &json!({"properties": {"tag": null, "Tag": {"type": "string"}}})),
            &["changed how it is written, read or shown"],
            COMPATIBLE,
        ),
        (
            "a limit is tightened",
            schema("NewPet", &json!({"properties": {"name": {"maxLength": 64}}})),
            &["breaking changed maximum length types::NewPetName: 128 => 64"],
            BREAKING,
        ),
        (
            "a limit is loosened, and another one goes",
            schema(
                "NewPet",
                &json!({"properties": {"name": {"minLength": null, "maxLength": 256}}}),
            ),
            &[
                "changed maximum length types::NewPetName: 128 => 256",
                "removed minimum length types::NewPetName: 1",
            ],
            COMPATIBLE,
        ),
        (
            "a value is added, and one removed",
            schema("NewPet", &json!({"properties": {"kind": {"enum": ["dog", "fish"]}}})),
            &[
                "breaking removed variant types::NewPetKind::Cat",
                "added variant types::NewPetKind::Fish",
            ],
            BREAKING,
        ),
        (
            "a type is something else",
            schema(
                "Problem",
                &json!({"type": "string", "enum": ["bad", "worse"], "required": null, "properties": null}),
            ),
            &["breaking changed types::Problem: struct => enum"],
            BREAKING,
        ),
        (
            "the server is another one",
            json!({"servers": [{"url": "https://example.org"}]}),
            &["changed endpoint: https://example.com => https://example.org"],
            COMPATIBLE,
        ),
        (
            "documentation changes",
            schema("Pet", &json!({"description": "An animal."})),
            &[],
            COMPATIBLE,
        ),
        ("nothing changes", json!({}), &[], NOTHING),
    ]
}

#[test]
fn each_change_of_an_operation_is_told_once_with_what_it_does_to_callers() {
    check(operations());
}

#[test]
fn each_change_of_a_type_is_told_once_with_what_it_does_to_callers() {
    check(types());
}

/// Runs each row dry, then in earnest, and then once more.
fn check(rows: Vec<Row>) {
    for (kind, patch, expected, (version, code)) in rows {
        let checkout = pets_checkout();
        let root = checkout.path();
        let before = tree(root);
        let new = root.join("new.json");
        fs::write(&new, patched(&patch).to_string()).unwrap();
        let file = new.to_str().unwrap();

        let dry = xtask(root, &["update", file, "--dry-run"]);
        let report = text(&dry.stdout);
        assert_eq!(changes(&report), expected, "{kind}:\n{report}{}", text(&dry.stderr));
        assert_eq!(dry.status.code(), Some(code), "{kind}:\n{report}");
        let asked = match version {
            "0.1.0" => "No new version is asked for: it stays 0.1.0.".to_owned(),
            version => format!("This asks for version {version}, after 0.1.0 in Cargo.toml."),
        };
        assert!(report.contains(&asked), "{kind}:\n{report}");
        fs::remove_file(&new).unwrap();
        assert_eq!(tree(root), before, "{kind}");

        let document = patched(&patch).to_string();
        let update = piped(root, &["update", "-"], document.as_bytes());
        assert_eq!(update.status.code(), Some(0), "{kind}: {}", text(&update.stderr));
        assert_eq!(changes(&text(&update.stdout)), expected, "{kind}");
        assert_eq!(fs::read_to_string(root.join("openapi/pets.json")).unwrap(), document);
        assert!(xtask(root, &["generate", "--check"]).status.success(), "{kind}");
        let again = piped(root, &["update", "-", "--dry-run"], document.as_bytes());
        assert_eq!(again.status.code(), Some(0), "{kind}: {}", text(&again.stdout));
    }
}

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

The documentation alone changes of types::Problem.

2 changes, 1 of them breaking.
This asks for version 2.0.0, after 1.2.3 in Cargo.toml.

wrote openapi/pets.json, wrote 4 files below sdk/src/generated/
";
    assert_eq!(text(&update.stdout), expected, "{}", text(&update.stderr));
}

#[test]
fn what_is_refused_leaves_the_tree_as_it_was() {
    let overlay = "\
overlay: 1.0.0
info: {title: t, version: 1.0.0}
actions:
- {target: $.components.schemas.Pet, description: Says what it is., update: {description: An animal.}}
";
    let dangling = get(&json!({"parameters": [{"$ref": "#/components/parameters/Nowhere"}]}));
    let without_pet = json!({"paths": {"/pets": null}, "components": {"schemas": {"Pet": null}}});
    let described = schema("Pet", &json!({"description": "An animal."}));
    for (input, messages) in [
        (b"\xff{}".to_vec(), &["not UTF-8", "in: <stdin>"][..]),
        (b"".to_vec(), &["it is empty"]),
        (b"{\"openapi\": ".to_vec(), &["not JSON", "<stdin>:1"]),
        (b"a: [".to_vec(), &["not YAML"]),
        (b"# A page\n\n```sh\nls\n```\n".to_vec(), &["no OpenAPI document"]),
        (b"name: x\n".to_vec(), &["not an OpenAPI document"]),
        (b"swagger: '2.0'\n".to_vec(), &["Swagger 2.0", "at: #/swagger"]),
        (patched(&dangling).to_string().into_bytes(), &["does not exist"]),
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
    assert!(error.contains("more than one document"), "{error}");
}

#[test]
fn an_update_that_is_cut_short_is_noticed_and_can_be_finished() {
    let checkout = pets_checkout();
    let root = checkout.path();
    let types = root.join("sdk/src/generated/types.rs");
    fs::remove_file(&types).unwrap();
    fs::create_dir(&types).unwrap();
    let document = patched(&schema("Pet", &json!({"properties": {"tag": null}}))).to_string();
    let output = piped(root, &["update", "-"], document.as_bytes());
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("finish with `cargo xtask generate`"), "{error}");
    assert!(!error.contains("nothing was written"), "{error}");
    assert_eq!(fs::read_to_string(root.join("openapi/pets.json")).unwrap(), document);

    fs::remove_dir(&types).unwrap();
    assert_eq!(xtask(root, &["generate", "--check"]).status.code(), Some(1));
    assert!(xtask(root, &["generate"]).status.success());
    assert!(xtask(root, &["generate", "--check"]).status.success());
}

#[test]
fn the_document_is_kept_byte_for_byte_in_the_form_that_it_came_in() {
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
        let documents = tree(&root.join("openapi"));
        let expected = BTreeMap::from([(root.join("openapi").join(target), input.clone().into_bytes())]);
        assert_eq!(documents, expected, "{bundled} and {given}");
        assert!(xtask(root, &["generate", "--check"]).status.success(), "{bundled}");
    }
}

#[test]
fn the_first_document_has_nothing_to_be_compared_with() {
    let checkout = pets_checkout();
    let root = checkout.path();
    fs::remove_file(root.join("openapi/pets.json")).unwrap();
    fs::remove_dir_all(root.join("sdk")).unwrap();
    fs::write(root.join("overlay.json"), pets().to_string()).unwrap();
    let dry = xtask(root, &["update", "overlay.json", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(4));
    assert!(text(&dry.stdout).contains("not known, and counts as breaking"));
    // The name of the overlay is taken.
    for (file, target) in [("overlay.yaml", "document.yaml"), ("pets.yaml", "pets.yaml")] {
        fs::write(root.join(file), format!("---\n{}", pets())).unwrap();
        let output = xtask(root, &["update", file]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let path = root.join("openapi").join(target);
        assert!(path.exists(), "{target}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn an_overlay_for_the_new_document_is_compared_with_the_code_that_there_is() {
    let checkout = pets_checkout();
    let root = checkout.path();
    let overlay = "\
overlay: 1.0.0
info: {title: t, version: 1.0.0}
actions:
- {target: $.components.schemas.Toy, description: Says what it is., update: {description: A ball.}}
";
    fs::write(root.join("openapi/overlay.yaml"), overlay).unwrap();
    let document = patched(&schema("Toy", &json!({"type": "object"}))).to_string();
    let output = piped(root, &["update", "-"], document.as_bytes());
    let report = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(changes(&report), ["added types::Toy (tuple struct)"]);
    assert!(
        report.contains("matches nothing") && report.contains("sdk/src/generated/"),
        "{report}"
    );
}

#[test]
fn the_bundled_document_itself_is_compared_with_the_code_that_there_is() {
    let checkout = pets_checkout();
    let root = checkout.path();
    let document = patched(&get(&Value::Null)).to_string();
    fs::write(root.join("openapi/pets.json"), &document).unwrap();
    let output = xtask(root, &["update", "openapi/pets.json"]);
    assert_eq!(
        changes(&text(&output.stdout)),
        ["breaking removed Client::list_pets: GET /pets"],
        "{}",
        text(&output.stderr)
    );
    assert_eq!(fs::read_to_string(root.join("openapi/pets.json")).unwrap(), document);
    assert!(xtask(root, &["generate", "--check"]).status.success());
}

#[test]
fn a_place_is_explained_with_its_names_and_notes() {
    let patch = json!({"components": {"schemas": {"NewPet": {"properties": {"tag": {"pattern": "^a+$"}}}}}});
    let checkout = checkout("pets.json", &patched(&patch).to_string(), "0.1.0");
    let root = checkout.path();
    let note = "note: #/components/schemas/NewPet/properties/tag/pattern: ";
    for (pointer, expected, has_note) in [
        (
            "#/components/schemas/NewPet",
            &[
                "types::NewPet: an object, which requests hold",
                "from #/components/schemas/NewPet",
                "\"required\": [",
            ][..],
            true,
        ),
        (
            "/components/schemas/NewPet/properties/tag",
            &["a part of #/components/schemas/NewPet, the field types::NewPet.tag"],
            true,
        ),
        (
            "#/components/schemas/NewPet/properties/name",
            &["types::NewPetName: a string with limits"],
            false,
        ),
        (
            "/paths/~1pets/get",
            &[
                "Client::list_pets: GET /pets",
                "parameter  builder::ListPets::limit: `limit` in the query\n",
                "success    200 OK: application/json",
                "failure    404 Not Found -> types::ListPetsError::NotFound: types::Problem as application/json",
            ],
            false,
        ),
        (
            "#/paths/~1pets",
            &[
                "Client::list_pets: GET /pets",
                "Client::create_pet: POST /pets",
                "body       builder::CreatePet::body: types::NewPet as application/json, required",
            ],
            false,
        ),
        (
            "/info",
            &["neither a type nor an operation", "\"title\": \"Pets\""],
            false,
        ),
    ] {
        let output = xtask(root, &["explain", pointer]);
        let told = text(&output.stdout);
        assert!(output.status.success(), "{pointer}: {}", text(&output.stderr));
        for expected in expected {
            assert!(told.contains(expected), "{pointer}: {expected} is not in:\n{told}");
        }
        assert_eq!(text(&output.stderr).contains(note), has_note, "{pointer}");
    }
    let whole = xtask(root, &["explain"]);
    let document: Value = serde_json::from_slice(&whole.stdout).unwrap();
    assert_eq!(document["openapi"], "3.0.3");
    assert!(text(&whole.stderr).contains(note));
}

#[test]
fn an_unknown_place_is_told_from_the_nearest_one_that_there_is() {
    let checkout = pets_checkout();
    let root = checkout.path();
    fs::write(
        root.join("openapi/overlay.yaml"),
        "\
overlay: 1.0.0
info: {title: t, version: 1.0.0}
actions:
- {target: \"$.paths['/pets'].post\", description: Not ours., remove: true}
",
    )
    .unwrap();
    for (pointer, messages) in [
        (
            "#/components/schemas/Dog/properties",
            &[
                "nothing at #/components/schemas/Dog/properties",
                "at: #/components/schemas\n",
                "openapi/pets.json:1",
                "#/components/schemas/Pet\n",
            ][..],
        ),
        ("/info/title/x", &["at: #/info/title\n", "do: "]),
        (
            "/paths/~1pets/post",
            &["the overlay removes this", "at: #/paths/~1pets/post"],
        ),
        ("Pet", &["`Pet` is not a JSON pointer", "begin it with"]),
    ] {
        let output = xtask(root, &["explain", pointer]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert_eq!(text(&output.stdout), "");
        for message in messages {
            assert!(error.contains(message), "{message} is not in:\n{error}");
        }
    }
}

#[test]
fn wrong_command_lines_print_the_usage() {
    let checkout = pets_checkout();
    for arguments in [
        &["update"][..],
        &["update", "a", "b"],
        &["update", "a", "--check"],
        &["explain", "/a", "/b"],
        &["generate", "--dry-run"],
        &["generate", "a"],
    ] {
        let output = xtask(checkout.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            text(&output.stderr).contains("Usage: cargo xtask generate"),
            "{arguments:?}"
        );
    }
}
