//! The rules about files: the description, the overlay, the generated code.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;
use xtask::{
    explain::explain,
    generate::{Inputs, Options, client},
    input::{diagnostic::Errors, rule::Rule},
    report::Version,
};

use crate::{Expected, Row};

const DESCRIPTION: &str = "\
openapi: 3.1.0
info: {title: t, version: '1'}
servers: [{url: https://example.com}]
paths:
  /x:
    get: {operationId: x, responses: {'204': {description: done}}}
";

pub(crate) fn rows() -> Vec<Row> {
    let rows = inputs().into_iter().chain(overlays()).map(|(rule, files, place)| {
        let folder = folder(&files);
        Row {
            rule,
            reports: printed(generate(folder.path())),
            expected: Expected::Error(place.into()),
        }
    });
    let others = unusable().into_iter().chain(versions()).chain(explained());
    rows.chain(others)
        .chain([stale(), without_library(), panicking(), unquoted()])
        .collect()
}

/// A rule, the files in `openapi/` with their contents, and the place at which it is reported.
type Files = (Rule, Vec<(&'static str, String)>, &'static str);

/// A repository with these files in `openapi/`.
fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("openapi")).unwrap();
    fs::write(folder.path().join("Cargo.lock"), "").unwrap();
    for (file, content) in files {
        fs::write(folder.path().join("openapi").join(file), content).unwrap();
    }
    folder
}

fn generate(root: &Path) -> Result<(), Errors> {
    Inputs::read(root)?.generate(Options::default()).map(drop)
}

fn printed<T>(result: Result<T, Errors>) -> Vec<String> {
    let errors = result.err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

fn inputs() -> Vec<Files> {
    let only = |file: &'static str, content: &str| vec![(file, content.to_owned())];
    vec![
        (Rule::NoDescription, Vec::new(), "openapi/"),
        (
            Rule::SeveralDescriptions,
            vec![("a.yaml", String::new()), ("b.json", String::new())],
            "openapi/",
        ),
        (Rule::MalformedFile, only("a.yaml", "a: 1\nb: ["), "openapi/a.yaml:3"),
        (Rule::MalformedFile, only("a.json", "{\n\"a\": }"), "openapi/a.json:2"),
        (Rule::MalformedFile, only("a.md", "# A page"), "openapi/a.md"),
        (
            Rule::DuplicateKey,
            only("a.yaml", "a: 1\nb: 1\na: 2"),
            "openapi/a.yaml:3 #",
        ),
        (
            Rule::DuplicateKey,
            only("a.json", "{\"a\": {\"b\": 1, \"b\": 1}}"),
            "openapi/a.json:1 #/a",
        ),
        (Rule::NotOpenApi, only("a.yaml", "name: x"), "openapi/a.yaml:1 #"),
        (
            Rule::UnsupportedVersion,
            only("a.yaml", "info: {}\nswagger: '2.0'"),
            "openapi/a.yaml:2 #/swagger",
        ),
        (
            Rule::UnsupportedVersion,
            only("a.yaml", "info: {}\nopenapi: 4.0.0"),
            "openapi/a.yaml:2 #/openapi",
        ),
        (
            Rule::NoOperations,
            only("a.yaml", "openapi: 3.1.0\ninfo: {}\npaths: {}"),
            "openapi/a.yaml:3 #/paths",
        ),
    ]
}

fn overlays() -> Vec<Files> {
    let files = |overlay: String| vec![("a.yaml", DESCRIPTION.to_owned()), ("overlay.yaml", overlay)];
    let action = |action: &str| {
        let head = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n";
        files(format!("{head}- {action}"))
    };
    let keep = |keep: &str| {
        let head = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions: []\nx-keep:\n";
        files(format!("{head}  {keep}"))
    };
    vec![
        (Rule::MalformedOverlay, files("a: b".into()), "openapi/overlay.yaml"),
        (
            Rule::MalformedOverlay,
            keep("[GET /x]"),
            "openapi/overlay.yaml:4 #/x-keep",
        ),
        (
            Rule::MalformedOverlay,
            keep("operation: [GET /x]"),
            "openapi/overlay.yaml:5 #/x-keep/operation",
        ),
        (
            Rule::MalformedOverlay,
            keep("tags: []"),
            "openapi/overlay.yaml:5 #/x-keep/tags",
        ),
        (
            Rule::MalformedOverlay,
            keep("tags: [a, 1]"),
            "openapi/overlay.yaml:5 #/x-keep/tags/1",
        ),
        (
            Rule::UnmatchedEntry,
            keep("operations: [x, PUT /x]"),
            "openapi/overlay.yaml:5 #/x-keep/operations/1",
        ),
        (
            Rule::UnmatchedEntry,
            keep("tags: [x]"),
            "openapi/overlay.yaml:5 #/x-keep/tags/0",
        ),
        (
            Rule::MalformedOverlay,
            action("{target: $.info, description: why}"),
            "openapi/overlay.yaml:4 #/actions/0",
        ),
        (
            Rule::MalformedOverlay,
            action("{target: '$[', description: why, remove: true}"),
            "openapi/overlay.yaml:4 #/actions/0",
        ),
        (
            Rule::UnexplainedAction,
            action("{target: $.info, update: {title: u}}"),
            "openapi/overlay.yaml:4 #/actions/0",
        ),
        (
            Rule::UnmatchedAction,
            action("{target: $.components, description: why, remove: true}"),
            "openapi/overlay.yaml:4 #/actions/0",
        ),
        (
            Rule::IneffectiveAction,
            action("{target: $.info, description: why, update: {title: t}}"),
            "openapi/overlay.yaml:4 #/actions/0",
        ),
        (
            Rule::DescribesNothing,
            action("{target: $.info, description: why, update: {contact: {description: d}}}"),
            "openapi/overlay.yaml:4 #/actions/0",
        ),
    ]
}

/// Where folders are in the way of files, and the other way round.
fn unusable() -> [Row; 3] {
    let row = |reports, place: &str| Row {
        rule: Rule::UnusableFile,
        reports,
        expected: Expected::Error(place.into()),
    };
    let nothing = TempDir::new().unwrap();
    let openapi = nothing.path().join("openapi");
    let without_folder = row(printed(generate(nothing.path())), &openapi.display().to_string());

    let folder = folder(&[("a.yaml", DESCRIPTION.to_owned())]);
    let (files, _) = client(folder.path(), Options::default()).unwrap();
    fs::write(folder.path().join("sdk"), "").unwrap();
    let written = printed(files.write().map_err(|error| vec![error]));
    let module = folder.path().join("sdk/src/generated/builder.rs");
    let without_room = row(written, &module.display().to_string());

    fs::create_dir(folder.path().join("openapi/overlay.yaml")).unwrap();
    let overlay = row(printed(generate(folder.path())), "openapi/overlay.yaml");
    [without_folder, without_room, overlay]
}

/// What `cargo xtask update` reports of the crates' own version.
fn versions() -> Vec<Row> {
    let manifests = [
        "",
        "[package]\nversion = \"0.1.0\"",
        "[workspace.package]\nversion = \"0.1\"",
    ];
    let rows = manifests.map(|manifest| {
        let folder = TempDir::new().unwrap();
        if !manifest.is_empty() {
            fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        }
        Row {
            rule: Rule::NoVersion,
            reports: printed(Version::read(folder.path()).map_err(|error| vec![error])),
            expected: Expected::Error("Cargo.toml".into()),
        }
    });
    rows.into()
}

/// What is reported of an SDK without the library that patterns ask for.
fn without_library() -> Row {
    let parameter = "parameters: [{name: p, in: query, schema: {type: string, pattern: a}}], responses";
    let description = DESCRIPTION.replacen("responses", parameter, 1);
    let folder = folder(&[("a.yaml", description)]);
    fs::create_dir(folder.path().join("sdk")).unwrap();
    fs::write(folder.path().join("sdk/Cargo.toml"), "[dependencies]\n").unwrap();
    let reports = printed(client(folder.path(), Options::default()));
    fs::write(
        folder.path().join("sdk/Cargo.toml"),
        "[dependencies]\nregress.workspace = true\n",
    )
    .unwrap();
    assert!(client(folder.path(), Options::default()).is_ok());
    Row {
        rule: Rule::MissingDependency,
        reports,
        expected: Expected::Error("sdk/Cargo.toml".into()),
    }
}

/// What `cargo xtask explain` reports.
fn explained() -> Vec<Row> {
    let folder = folder(&[("a.yaml", DESCRIPTION.to_owned())]);
    let row = |rule, pointer: &str, place: &str| Row {
        rule,
        reports: printed(explain(folder.path(), Some(pointer))),
        expected: Expected::Error(place.into()),
    };
    vec![
        row(Rule::MalformedPointer, "paths/x", ""),
        row(Rule::NothingThere, "#/paths/~1x/put", "openapi/a.yaml:5 #/paths/~1x"),
    ]
}

/// What is reported of a panic in the generator.
fn panicking() -> Row {
    let folder = folder(&[("a.yaml", DESCRIPTION.to_owned())]);
    let options = Options {
        on_stage: &|stage| panic!("while {stage}"),
        ..Options::default()
    };
    let reports = printed(client(folder.path(), options));
    assert!(
        reports[0].contains("the generator panicked: while parsing"),
        "{}",
        reports[0]
    );
    Row {
        rule: Rule::InternalError,
        reports,
        expected: Expected::Error(String::new()),
    }
}

/// What is reported of a text without quotes.
fn unquoted() -> Row {
    let folder = folder(&[(
        "a.yaml",
        format!("{DESCRIPTION}components: {{schemas: {{A: {{type: string, const: 7}}}}}}\n"),
    )]);
    let (_, generated) = client(folder.path(), Options::default()).unwrap();
    Row {
        rule: Rule::UnquotedText,
        reports: generated.notes.iter().map(ToString::to_string).collect(),
        expected: Expected::Note("#/components/schemas/A/const".into()),
    }
}

/// What `cargo xtask generate --check` reports where nothing was generated yet.
fn stale() -> Row {
    let folder = folder(&[("a.yaml", DESCRIPTION.to_owned())]);
    let command = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["generate", "--check", "--root"])
        .arg(folder.path())
        .output()
        .unwrap();
    Row {
        rule: Rule::StaleCode,
        reports: vec![String::from_utf8(command.stderr).unwrap()],
        expected: Expected::Error("sdk/src/generated/".into()),
    }
}
