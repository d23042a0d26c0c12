//! The documents that clients are generated from.

use std::{fmt::Write as _, fs, path::PathBuf};

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::Value;

use super::in_repository;

/// The vendor's whole document, which is not a part of the repository.
const WHOLE: &str = "../shared/specs/askui-workspaces-0.2.15-full.json";

/// Where it is, if it is there.
pub(crate) fn whole() -> Option<PathBuf> {
    let path = in_repository(WHOLE);
    path.is_file().then_some(path)
}

/// Why its figures are missing.
pub(crate) fn without_whole() -> String {
    format!("The vendor's whole document was not measured: there is no `{WHOLE}` beside the repository.")
}

/// A document of `count` operations: the bundled one, and repetitions of it under other names.
///
/// It is put together as text, because a process that is started counts the memory of this one as its own.
pub(crate) fn repeated(count: usize) -> String {
    let bundled = fs::read_to_string(in_repository("openapi/askui-workspaces.yaml")).expect("the bundled document");
    let bundled = Yaml::load_from_str(&bundled).expect("YAML");
    let mut document = json(&bundled[0]);
    let (paths, schemas) = (document["paths"].take(), document["components"]["schemas"].take());
    document["paths"] = PATHS.into();
    document["components"]["schemas"] = SCHEMAS.into();
    let mut texts = [PATHS, SCHEMAS].map(|_| String::new());
    for number in 0..count {
        // The first keeps its names, so that the overlay and the applications find what they name.
        let suffix = if number == 0 { String::new() } else { number.to_string() };
        for (entries, text) in [&paths, &schemas].into_iter().zip(&mut texts) {
            for (name, entry) in entries.as_object().expect("an object") {
                let comma = if text.is_empty() { "" } else { "," };
                let entry = rename(entry.clone(), &suffix);
                let _ = write!(text, "{comma}\n\"{name}{suffix}\": {entry}");
            }
        }
    }
    let document = document.to_string();
    let [paths, schemas] = texts.map(|text| format!("{{{text}}}"));
    document
        .replace(&format!("\"{PATHS}\""), &paths)
        .replace(&format!("\"{SCHEMAS}\""), &schemas)
}

/// What stands in the place of the paths and of the schemas while they are put together.
const PATHS: &str = "all paths";
const SCHEMAS: &str = "all schemas";

/// Appends `suffix` to each reference to a schema and to each name of an operation.
fn rename(value: Value, suffix: &str) -> Value {
    match value {
        Value::Object(properties) => {
            let properties = properties.into_iter().map(|(name, value)| match (&*name, value) {
                ("$ref" | "operationId", Value::String(text)) => (name, (text + suffix).into()),
                (_, value) => (name, rename(value, suffix)),
            });
            Value::Object(properties.collect())
        }
        Value::Array(items) => items.into_iter().map(|item| rename(item, suffix)).collect(),
        value => value,
    }
}

fn json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let key = json(key);
                (key.as_str().map_or_else(|| key.to_string(), Into::into), json(value))
            });
            Value::Object(entries.collect())
        }
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Value(Scalar::Boolean(boolean)) => (*boolean).into(),
        Yaml::Value(Scalar::Integer(number)) => (*number).into(),
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        other => panic!("the bundled document holds {other:?}"),
    }
}
