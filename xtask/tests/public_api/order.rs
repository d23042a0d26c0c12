//! The order in which a description has its parts means nothing.

use std::{
    env, fs,
    io::{self, Write as _},
    path::Path,
};

use arbtest::{arbitrary::Unstructured, arbtest};
use serde_json::{Map, Value};
use xtask::{input::source::Source, report::Report};

use crate::text::public_api;

/// How often the parts of each description are put in another order. The environment can ask for more.
const TRIES: u64 = 12;

const NOTHING: &str = "\nNothing changes for callers.\n";

/// The descriptions, by their files.
#[expect(
    clippy::explicit_write,
    reason = "the harness captures what `println` prints in a test that passes"
)]
fn descriptions() -> Vec<(&'static str, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = [
        "xtask/constructs/constructs.yaml",
        "openapi/askui-workspaces.yaml",
        "../shared/specs/askui-workspaces-0.2.15-full.json",
    ];
    let (found, missing) = files
        .into_iter()
        .partition::<Vec<_>, _>(|file| root.join(file).exists());
    for file in missing {
        writeln!(io::stdout(), "skipped: {file} is not there").unwrap();
    }
    let read = |file| {
        let text = fs::read_to_string(root.join(file)).unwrap();
        (file, Source::parse(file, &text).unwrap().value)
    };
    found.into_iter().map(read).collect()
}

/// The value with the members of all objects, and the items of `required`, in another order.
fn shuffled(value: &Value, random: &mut Unstructured<'_>) -> arbtest::arbitrary::Result<Value> {
    match value {
        Value::Object(members) => {
            let mut shuffled = Map::new();
            for (key, value) in permuted(members, random)? {
                let value = match value {
                    Value::Array(names) if key == "required" => {
                        Value::Array(permuted(names, random)?.into_iter().cloned().collect())
                    }
                    value => self::shuffled(value, random)?,
                };
                shuffled.insert(key.clone(), value);
            }
            Ok(shuffled.into())
        }
        Value::Array(items) => items.iter().map(|item| shuffled(item, random)).collect(),
        value => Ok(value.clone()),
    }
}

/// The items in another order.
fn permuted<T>(
    items: impl IntoIterator<Item = T>,
    random: &mut Unstructured<'_>,
) -> arbtest::arbitrary::Result<Vec<T>> {
    let mut items = items.into_iter().collect::<Vec<_>>();
    for last in (1..items.len()).rev() {
        items.swap(last, random.int_in_range(0..=last)?);
    }
    Ok(items)
}

#[test]
fn nothing_changes_from_an_api_to_itself() {
    for (file, description) in descriptions() {
        let api = public_api(&description);
        let report = Report::between(&api, &api).to_string();
        assert!(report.ends_with(NOTHING), "{file}:\n{report}");
    }
}

#[test]
fn nothing_changes_where_parts_stand_in_another_order() {
    let tries = env::var("SHUFFLES").ok().and_then(|tries| tries.parse::<u64>().ok());
    for (file, description) in descriptions() {
        let before = public_api(&description);
        let mut property = |random: &mut Unstructured<'_>| {
            let shuffled = shuffled(&description, random)?;
            let report = Report::between(&before, &public_api(&shuffled)).to_string();
            assert!(report.ends_with(NOTHING), "{file}:\n{report}");
            Ok(())
        };
        // Always the same orders, so that a failure is everybody's. Each takes a byte or two for every part of a description.
        for seed in 0..tries.unwrap_or(TRIES) {
            arbtest(&mut property).seed(seed << 32 | 65536).run();
        }
    }
}
