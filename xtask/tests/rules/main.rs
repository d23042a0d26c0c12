//! A row for each rule: what stands in the description (or the overlay, or a file), and where that is reported, as what.

#[path = "../description/mod.rs"]
mod description;
mod files;
mod operations;
mod progenitor;
mod schemas;

use std::collections::BTreeSet;

use serde_json::Value;
use xtask::input::rule::Rule;

/// One case of a rule.
struct Row {
    rule: Rule,
    /// What is reported, as it is printed.
    reports: Vec<String>,
    expected: Expected,
}

/// How a rule is reported.
#[derive(Debug)]
enum Expected {
    /// As a note, at that place of the description.
    Note(String),
    /// As an error, at that place of a file, or of the description.
    Error(String),
}

fn rows() -> Vec<Row> {
    [files::rows(), schemas::rows(), operations::rows(), progenitor::rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// What is reported of a description.
fn reports_on(description: &Value, is_strict: bool) -> Vec<String> {
    match description::analyzed(description, is_strict) {
        Ok(parsed) => parsed.notes.iter().map(ToString::to_string).collect(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// Where an error is, as it is printed.
fn place(error: &str) -> String {
    let places = error.lines().filter_map(|line| {
        let file = line.strip_prefix("  in: ");
        file.or_else(|| line.strip_prefix("  at: "))
    });
    places.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_rule_is_reported_at_its_place() {
    for Row {
        rule,
        reports,
        expected,
    } in rows()
    {
        let is_expected = |report: &String| match &expected {
            Expected::Note(at) => report.starts_with(&format!("note[{}]: {at}: ", rule.code())),
            Expected::Error(at) => {
                let is_of_rule = report.starts_with(&format!("error[{}]: ", rule.code()));
                is_of_rule && place(report) == *at && report.contains("\n  do: ")
            }
        };
        assert!(
            reports.iter().any(is_expected),
            "`{rule}` is expected as {expected:?}, and reported is:\n{}",
            reports.join("\n")
        );
    }
}

#[test]
fn every_rule_has_a_row() {
    let with_row = rows().into_iter().map(|row| row.rule).collect::<BTreeSet<_>>();
    let without = Rule::ALL.iter().filter(|rule| !with_row.contains(rule));
    assert_eq!(
        without.collect::<Vec<_>>(),
        Vec::<&Rule>::new(),
        "Give a new rule a row in xtask/tests/rules: what it is reported of, and where."
    );
}

#[test]
fn nothing_is_reported_where_nothing_is_wrong() {
    let object = serde_json::json!({"type": "object", "properties": {"a": {"type": "string"}}});
    assert_eq!(reports_on(&description::with_component(&object), false), [""; 0]);
}

#[test]
fn codes_are_words_and_no_two_are_the_same() {
    let codes = Rule::ALL.iter().map(|rule| rule.code()).collect::<BTreeSet<_>>();
    assert_eq!(codes.len(), Rule::ALL.len());
    for code in codes {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(code.split('-').all(is_word), "{code}");
    }
}
