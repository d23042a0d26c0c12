//! What changes for callers although no member of an item does.

use serde_json::{Value, json};

use crate::text::{Use, reference, report, with_operation, with_t};

#[test]
fn what_no_member_shows_is_how_a_call_is_sent_and_its_response_is_read() {
    const SENT: &str = "changed how it is sent, or how its response is read";
    let parameters = |parameter: Value| {
        let mut all = json!({"name": "p", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}});
        let parameter = parameter.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(parameter);
        json!({"parameters": [all, {"name": "q", "in": "query", "schema": {"type": "string"}}]})
    };
    let body = |media_type: &str| json!({"requestBody": {"content": {media_type: {"schema": reference("Pet")}}}});
    let part = |media_type: &str| {
        let content = json!({"schema": reference("Pet"), "encoding": {"name": {"contentType": media_type}}});
        json!({"requestBody": {"content": {"multipart/form-data": content}}})
    };
    let response = |status: &str, media_type: &str| {
        let content = json!({media_type: {"schema": reference("Pet")}});
        json!({"responses": {status: {"description": "Ok.", "content": content}}})
    };
    let summary = |text: &str| json!({"summary": text});
    for (rule, before, after, expected) in [
        (
            "the name",
            parameters(json!({})),
            parameters(json!({"name": "P"})),
            SENT,
        ),
        (
            "the place",
            parameters(json!({})),
            parameters(json!({"in": "header"})),
            SENT,
        ),
        (
            "the style",
            parameters(json!({})),
            parameters(json!({"explode": false})),
            SENT,
        ),
        (
            "the media type of a body",
            body("application/json"),
            body("application/vnd.pet+json"),
            SENT,
        ),
        (
            "a form instead of JSON",
            body("application/json"),
            body("multipart/form-data"),
            SENT,
        ),
        (
            "the media type of a part",
            part("text/plain"),
            part("text/markdown"),
            SENT,
        ),
        (
            "the media type that is asked for",
            response("200", "application/json"),
            response("200", "application/vnd.pet+json"),
            SENT,
        ),
        (
            "the status of a success",
            response("200", "application/json"),
            response("201", "application/json"),
            SENT,
        ),
        (
            "documentation",
            summary("Calls it."),
            summary("Calls it now."),
            "Only the documentation of Client::call_it changes.",
        ),
        (
            "the order of parameters",
            json!({"parameters": [{"name": "a", "in": "query"}, {"name": "b", "in": "query"}]}),
            json!({"parameters": [{"name": "b", "in": "query"}, {"name": "a", "in": "query"}]}),
            "Nothing changes for callers.",
        ),
    ] {
        let report = report(&with_operation(&before), &with_operation(&after));
        let lines = report.iter().filter(|line| !line.starts_with("Client::"));
        assert_eq!(lines.collect::<Vec<_>>()[0], expected, "{rule}: {report:#?}");
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn what_no_member_shows_is_how_values_are_written_read_and_shown() {
    const SHOWN: &str = "changed how it is written, read or shown";
    const DOCUMENTED: &str = "Only the documentation of types::T changes.";
    const NOTHING: &str = "Nothing changes for callers.";
    let property = |name: &str, schema: Value| json!({"T": {"type": "object", "properties": {name: schema}}});
    let tagged = |property: &str, mapping: Value| {
        let object = |own: &str| json!({"type": "object", "properties": {own: {"type": "string"}}});
        let discriminator = json!({"propertyName": property, "mapping": mapping});
        json!({
            "T": {"oneOf": [reference("A"), reference("B")], "discriminator": discriminator},
            "A": object("a"),
            "B": object("b"),
        })
    };
    let text = |text: &str| json!({"type": "string", "description": text});
    let with_default = |order: Value| {
        let t = json!({"type": "object", "properties": {"order": reference("Order")}});
        json!({"T": t, "Order": order})
    };
    let mapping = json!({"a": "A", "b": "B"});
    for (rule, before, after, expected) in [
        (
            "the name in JSON",
            property("tag", json!({"type": "string"})),
            property("Tag", json!({"type": "string"})),
            SHOWN,
        ),
        (
            "a keyword of the JSON Schema",
            property("a", json!({"type": "string", "pattern": "^a"})),
            property("a", json!({"type": "string", "pattern": "^b"})),
            SHOWN,
        ),
        (
            "the order within a keyword",
            property(
                "a",
                json!({"type": "string", "not": {"type": "object", "required": ["a", "b"]}}),
            ),
            property(
                "a",
                json!({"type": "string", "not": {"required": ["b", "a"], "type": "object"}}),
            ),
            NOTHING,
        ),
        (
            "the order within a default",
            property("a", json!({"type": "object", "default": {"x": 1, "y": 2}})),
            property("a", json!({"type": "object", "default": {"y": 2, "x": 1}})),
            NOTHING,
        ),
        (
            "the default of the type of a property",
            with_default(json!({"enum": ["up", "down"], "default": "up"})),
            with_default(json!({"enum": ["up", "down"], "default": "down"})),
            SHOWN,
        ),
        (
            "the value of a variant",
            json!({"T": {"enum": ["a", "b"]}}),
            json!({"T": {"enum": ["A", "b"]}}),
            SHOWN,
        ),
        (
            "how the variants compare",
            json!({"T": {"enum": ["a", "b"]}}),
            json!({"T": {"enum": ["b", "a"]}}),
            SHOWN,
        ),
        (
            "the tag",
            tagged("kind", mapping.clone()),
            tagged("type", mapping.clone()),
            SHOWN,
        ),
        (
            "the values of the tag",
            tagged("kind", mapping.clone()),
            tagged("kind", json!({"a": "A", "c": "B"})),
            SHOWN,
        ),
        (
            "the description of a property",
            property("a", text("Some.")),
            property("a", text("Another.")),
            DOCUMENTED,
        ),
        (
            "the description of an alternative",
            json!({"T": {"anyOf": [text("Some."), {"type": "integer"}]}}),
            json!({"T": {"anyOf": [text("Another."), {"type": "integer"}]}}),
            DOCUMENTED,
        ),
    ] {
        let report = report(&with_t(Use::Received, &before), &with_t(Use::Received, &after));
        let lines = report
            .iter()
            .skip_while(|line| expected == SHOWN && !line.starts_with("types::T ("));
        let mut lines = lines.filter(|line| !line.starts_with("types::T ("));
        assert_eq!(lines.next().unwrap(), expected, "{rule}: {report:#?}");
    }
}
