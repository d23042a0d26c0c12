//! The overlay: what we amend in the vendor's description, and why.

use roas_overlay::{
    apply::{Apply, ApplyErrorKind, ApplyOptions},
    v1_0::Overlay,
};
use serde_json::Value;

use super::{
    diagnostic::{Diagnostic, Errors},
    pointer::Pointer,
    rule::Rule,
    source::Source,
};

/// Applies every action of the overlay to `description`.
///
/// # Errors
///
/// If the overlay is not an OpenAPI Overlay 1.0 document, an action does not say why it is there, matches nothing, or
/// changes nothing: the vendor has fixed what it was for, and it has to go.
pub fn apply(overlay: &Source, description: &mut Value) -> Result<(), Errors> {
    let parsed: Overlay = serde_json::from_value(overlay.value.clone()).map_err(|error| {
        vec![
            Diagnostic::new(
                Rule::MalformedOverlay,
                format!("the file is not an OpenAPI Overlay document: {error}"),
            )
            .in_file(&overlay.file)
            .help("it needs `overlay: 1.0.0`, `info` with `title` and `version`, and `actions`"),
        ]
    })?;

    let mut errors = Vec::new();
    for (index, action) in parsed.actions.iter().enumerate() {
        let error = |rule: Rule, message: String, help: &str| {
            Diagnostic::new(rule, format!("the action on `{}` {message}", action.target))
                .at(&Pointer::root().child("actions").child(index))
                .help(help)
        };
        if action.description.as_ref().is_none_or(|text| text.trim().is_empty()) {
            errors.push(error(
                Rule::UnexplainedAction,
                "does not say why it is there".into(),
                "give it a `description` of what the vendor's description lacks",
            ));
        }
        if action.update.is_none() && action.remove != Some(true) {
            errors.push(error(
                Rule::MalformedOverlay,
                "neither updates nor removes anything".into(),
                "give it `update`, or `remove: true`; check how they are spelt",
            ));
            continue;
        }
        let single = Overlay {
            actions: vec![action.clone()],
            ..parsed.clone()
        };
        let before = description.clone();
        match single.apply(description, ApplyOptions::ErrorOnZeroMatch.into()) {
            Ok(_) if *description == before => errors.push(error(
                Rule::IneffectiveAction,
                "changes nothing".into(),
                "the vendor's description says so already: remove the action",
            )),
            Ok(_) => {
                for at in only_described(&before, description, &Pointer::root()) {
                    errors.push(error(
                        Rule::DescribesNothing,
                        format!("describes something that is not there: {at}"),
                        "the vendor has renamed or removed it: correct the name, or remove that part of the action",
                    ));
                }
            }
            Err(failed) if failed.kind == ApplyErrorKind::ZeroMatch => errors.push(error(
                Rule::UnmatchedAction,
                "matches nothing".into(),
                "the vendor has renamed or removed what it was for: correct the target or remove the action",
            )),
            Err(failed) => errors.push(error(
                Rule::MalformedOverlay,
                format!("cannot be applied: {}", failed.kind),
                "correct the action; `target` is a JSONPath to an object or array",
            )),
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(overlay.locate(errors))
    }
}

/// What the client has of a large description: these operations, and what they need (`x-keep` in the overlay).
#[derive(Clone, Debug)]
pub struct Keep {
    /// What is kept.
    pub entries: Vec<Entry>,
}

/// An entry of [`Keep`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it keeps.
    pub kept: Kept,
    /// Where it stands in the overlay.
    pub at: Pointer,
}

/// What an entry keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The operation with that `operationId`, or with that method and path: `POST /api/v1/access-tokens`.
    Operation(String),
    /// The operations with that tag.
    Tag(String),
}

/// What the overlay keeps; `None` if that is everything.
///
/// # Errors
///
/// If `x-keep` is anything but lists of operations and tags.
pub fn keep(overlay: &Source) -> Result<Option<Keep>, Errors> {
    let at = Pointer::root().child("x-keep");
    let Some(keep) = at.resolve(&overlay.value) else {
        return Ok(None);
    };
    let malformed = |at: &Pointer, message: &str| {
        let error = Diagnostic::new(Rule::MalformedOverlay, message).at(at);
        let help = "list what is kept under `operations` (`POST /path`, or an operationId) and under `tags`";
        overlay.locate(vec![error.help(help)])
    };
    let Some(lists) = keep.as_object().filter(|lists| !lists.is_empty()) else {
        return Err(malformed(&at, "`x-keep` is no object with lists"));
    };
    let mut entries = Vec::new();
    for (kind, names) in lists {
        let at = at.child(kind);
        let kept = match kind.as_str() {
            "operations" => Kept::Operation,
            "tags" => Kept::Tag,
            _ => return Err(malformed(&at, "`x-keep` has neither operations nor tags there")),
        };
        let Some(names) = names.as_array().filter(|names| !names.is_empty()) else {
            return Err(malformed(&at, "this is no list of names"));
        };
        for (index, name) in names.iter().enumerate() {
            let at = at.child(index);
            let name = name.as_str().ok_or_else(|| malformed(&at, "this is no name"))?;
            let kept = kept(name.to_owned());
            entries.push(Entry { kept, at });
        }
    }
    Ok(Some(Keep { entries }))
}

/// What `after` has and `before` does not, and has nothing but a description.
fn only_described(before: &Value, after: &Value, at: &Pointer) -> Vec<Pointer> {
    let mut found = Vec::new();
    for (key, value) in after.as_object().into_iter().flatten() {
        let is_only_described = || {
            value
                .as_object()
                .is_some_and(|value| value.len() == 1 && value.contains_key("description"))
        };
        match before.get(key) {
            Some(before) if before == value => {}
            Some(before) => found.extend(only_described(before, value, &at.child(key))),
            None if is_only_described() => found.push(at.child(key)),
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn overlay(action: &Value) -> Source {
        let text = json!({
            "overlay": "1.0.0",
            "info": {"title": "t", "version": "1"},
            "actions": [action],
        });
        Source::parse("overlay.yaml", &text.to_string()).unwrap()
    }

    #[test]
    fn actions_that_do_nothing_are_errors() {
        let description = json!({"servers": [], "info": {"title": "a"}});
        for (action, message) in [
            (
                json!({"target": "$.info", "update": {"title": "b"}, "description": "why"}),
                None,
            ),
            (
                json!({"target": "$.paths", "remove": true, "description": "why"}),
                Some("matches nothing"),
            ),
            (
                json!({"target": "$.info", "update": {"title": "a"}, "description": "why"}),
                Some("changes nothing"),
            ),
            (
                json!({"target": "$.info", "update": {"title": "b"}}),
                Some("does not say why"),
            ),
            (
                json!({"target": "$[", "update": {}, "description": "why"}),
                Some("cannot be applied"),
            ),
            (
                json!({"target": "$.info", "updat": {"title": "b"}, "description": "why"}),
                Some("neither updates nor removes"),
            ),
            (
                json!({"target": "$.info", "update": {"contact": {"description": "b"}}, "description": "why"}),
                Some("describes something that is not there: #/info/contact"),
            ),
        ] {
            let result = apply(&overlay(&action), &mut description.clone());
            match message {
                None => assert_eq!(result, Ok(())),
                Some(message) => {
                    let errors = result.unwrap_err();
                    let text = errors[0].to_string();
                    assert!(text.contains(message) && text.contains("#/actions/0"), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_overlay_is_an_error() {
        let source = Source::parse("overlay.yaml", "openapi: 3.1.0").unwrap();
        let errors = apply(&source, &mut json!({})).unwrap_err();
        assert!(errors[0].to_string().contains("not an OpenAPI Overlay document"));
    }
}
