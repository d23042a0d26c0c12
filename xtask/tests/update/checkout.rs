//! A repository with a small description, and the commands that run in it.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A change of the description as a JSON merge patch: what a member is to be, or null to remove it.
pub(crate) type Patch = Value;

pub(crate) fn pets() -> Value {
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
                "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
        },
    })
}

pub(crate) fn merge(value: &mut Value, patch: &Patch) {
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

pub(crate) fn patched(patch: &Patch) -> Value {
    let mut description = pets();
    merge(&mut description, patch);
    description
}

pub(crate) fn get(operation: &Value) -> Patch {
    json!({"paths": {"/pets": {"get": operation}}})
}

pub(crate) fn post(operation: &Value) -> Patch {
    json!({"paths": {"/pets": {"post": operation}}})
}

pub(crate) fn schema(name: &str, schema: &Value) -> Patch {
    json!({"components": {"schemas": {name: schema}}})
}

/// A tree with a client of that description, named as the bundled one.
pub(crate) fn checkout(file: &str, description: &str, version: &str) -> TempDir {
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
    write(&format!("openapi/{file}"), description);
    let output = xtask(folder.path(), &["generate"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    folder
}

pub(crate) fn pets_checkout() -> TempDir {
    checkout("pets.json", &pets().to_string(), "0.1.0")
}

/// Commits what is in `openapi/`.
pub(crate) fn commit(root: &Path) {
    let identity = [
        "user.name=Somebody",
        "user.email=somebody@example.com",
        "commit.gpgsign=false",
    ];
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "openapi"],
        &["commit", "--quiet", "--message", "Add a description"],
    ] {
        let mut git = Command::new("git");
        git.args(identity.iter().flat_map(|setting| ["-c", setting]));
        let output = git.args(arguments).current_dir(root).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

pub(crate) fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).arg("--root").arg(root).current_dir(root);
    command
}

pub(crate) fn xtask(root: &Path, arguments: &[&str]) -> Output {
    command(root, arguments).output().unwrap()
}

pub(crate) fn piped(root: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(root, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every file below `folder`, with its bytes.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
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

/// The lines of a report of changes, each with single spaces.
pub(crate) fn changes(report: &str) -> Vec<String> {
    let lines = report.lines().filter(|line| line.starts_with("  "));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}
