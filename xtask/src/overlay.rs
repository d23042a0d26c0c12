//! Stage *overlay*: what we amend in the vendor's document, and why.

use roas_overlay::{
    apply::{Apply, ApplyErrorKind, ApplyOptions},
    v1_0::Overlay,
};
use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Faults},
    pointer::Pointer,
    source::Source,
};

/// Applies every action of the overlay to `document`.
///
/// # Errors
///
/// If the overlay is not an OpenAPI Overlay 1.0 document, an action does not say why it is there, matches nothing, or
/// changes nothing: the vendor has mended what it was for, and it has to go.
pub fn apply(overlay: &Source, document: &mut Value) -> Result<(), Faults> {
    let parsed: Overlay = serde_json::from_value(overlay.value.clone()).map_err(|error| {
        vec![
            Diagnostic::new(format!("the file is not an OpenAPI Overlay document: {error}"))
                .in_file(&overlay.file)
                .help("it needs `overlay: 1.0.0`, `info` with `title` and `version`, and `actions`"),
        ]
    })?;

    let mut faults = Vec::new();
    for (index, action) in parsed.actions.iter().enumerate() {
        let fault = |message: String, help: &str| {
            Diagnostic::new(format!("the action on `{}` {message}", action.target))
                .at(&Pointer::root().child("actions").child(index))
                .help(help)
        };
        if action.description.as_ref().is_none_or(|text| text.trim().is_empty()) {
            faults.push(fault(
                "does not say why it is there".into(),
                "give it a `description` of what the vendor's document lacks",
            ));
        }
        if action.update.is_none() && action.remove != Some(true) {
            faults.push(fault(
                "neither updates nor removes anything".into(),
                "give it `update`, or `remove: true`; check how they are spelt",
            ));
            continue;
        }
        let single = Overlay {
            actions: vec![action.clone()],
            ..parsed.clone()
        };
        let before = document.clone();
        match single.apply(document, ApplyOptions::ErrorOnZeroMatch.into()) {
            Ok(_) if *document == before => faults.push(fault(
                "changes nothing".into(),
                "the vendor's document says so already: remove the action",
            )),
            Ok(_) => {
                for at in only_described(&before, document, &Pointer::root()) {
                    faults.push(fault(
                        format!("describes something that is not there: {at}"),
                        "the vendor has renamed or removed it: correct the name, or remove that part of the action",
                    ));
                }
            }
            Err(error) if error.kind == ApplyErrorKind::ZeroMatch => faults.push(fault(
                "matches nothing".into(),
                "the vendor has renamed or removed what it was for: correct the target or remove the action",
            )),
            Err(error) => faults.push(fault(
                format!("cannot be applied: {}", error.kind),
                "correct the action; `target` is a JSONPath to an object or array",
            )),
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(overlay.locate(faults))
    }
}

/// What `after` has and `before` has not, and of which nothing is said but a description.
fn only_described(before: &Value, after: &Value, at: &Pointer) -> Vec<Pointer> {
    let mut found = Vec::new();
    for (key, value) in after.as_object().into_iter().flatten() {
        let at = at.child(key);
        let is_only_described = value
            .as_object()
            .is_some_and(|value| value.len() == 1 && value.contains_key("description"));
        match before.get(key) {
            Some(before) => found.extend(only_described(before, value, &at)),
            None if is_only_described => found.push(at),
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
    fn actions_that_do_nothing_are_faults() {
        let document = json!({"servers": [], "info": {"title": "a"}});
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
            let result = apply(&overlay(&action), &mut document.clone());
            match message {
                None => assert_eq!(result, Ok(())),
                Some(message) => {
                    let faults = result.unwrap_err();
                    let text = faults[0].to_string();
                    assert!(text.contains(message) && text.contains("#/actions/0"), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_overlay_is_a_fault() {
        let source = Source::parse("overlay.yaml", "openapi: 3.1.0").unwrap();
        let faults = apply(&source, &mut json!({})).unwrap_err();
        assert!(faults[0].to_string().contains("not an OpenAPI Overlay document"));
    }
}
