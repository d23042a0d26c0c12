//! What cannot be expressed: any JSON stands for it, or its operation is left out, with a note. In a strict run, it is an error.

use serde_json::{Value, json};
use xtask::{
    input::{
        diagnostic::{Diagnostic, Note},
        rule::Rule,
    },
    model::{
        operation::{Content, Status},
        ty::Ty,
    },
};

use crate::{
    description::{analyzed, with_component},
    text::{errors_text, kind, parsed},
};

/// A description with two operations, `POST /x` and `GET /other`.
fn with_other() -> Value {
    let mut description = with_component(&json!({"type": "object", "properties": {}}));
    description["paths"]["/other"] = json!({"get": {"operationId": "other", "responses": {"204": {}}}});
    description
}

/// That description, in which that value stands at `place`.
fn description(place: &str, value: Value) -> Value {
    let mut description = with_other();
    *description.pointer_mut(place).unwrap() = value;
    description
}

/// The error with that message that a strict run reports.
fn strict_error(description: &Value, message: &str) -> Diagnostic {
    let errors = analyzed(description, true).unwrap_err();
    let error = errors.iter().find(|error| error.message().contains(message));
    let error = error.unwrap_or_else(|| panic!("{message} is not in:\n{}", errors_text(&errors)));
    assert!(error.to_string().contains("\n  do: "), "{error}");
    error.clone()
}

fn pointer(error: &Diagnostic) -> String {
    error.pointer().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn any_json_stands_for_a_schema_that_cannot_be_followed() {
    for (component, rule, at, message) in [
        (
            json!({"$ref": "#/components/schemas/None"}),
            Rule::DanglingReference,
            "/$ref",
            "does not exist",
        ),
        (
            json!({"$ref": "other.yaml"}),
            Rule::ExternalReference,
            "/$ref",
            "another file",
        ),
        (json!({"$ref": 5}), Rule::MalformedReference, "/$ref", "not a string"),
        (
            json!({"$ref": "#/components/schemas/T"}),
            Rule::CircularReference,
            "/$ref",
            "nothing but itself",
        ),
        (json!("text"), Rule::MalformedSchema, "", "a schema that is no object"),
    ] {
        let at = format!("#/components/schemas/T{at}");
        let description = description("/components/schemas/T", component);
        let error = strict_error(&description, message);
        assert_eq!((error.rule(), pointer(&error)), (rule, at.clone()), "{error}");

        let parsed = parsed(&description);
        let notes = parsed.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let start = format!("note[{rule}]: {at}: {}: any JSON is taken", error.message());
        assert!(
            notes.iter().any(|note| note.starts_with(&start)),
            "no {start} in {notes:#?}"
        );
        assert_eq!(kind(&parsed.api, "T"), "any");
        assert_eq!(parsed.api.operations.len(), 2);
    }
}

#[test]
fn an_operation_that_cannot_be_expressed_is_left_out() {
    for (place, value, rule, at, message) in [
        (
            "/components/schemas/T",
            json!({"type": "array", "prefixItems": [{"type": "string", "format": "password"}, {}]}),
            Rule::ExposedSecret,
            "",
            "a secret (`format: password`)",
        ),
        (
            "/paths/~1x/post",
            json!(null),
            Rule::UnknownFeature,
            "",
            "an operation that is not an object",
        ),
    ] {
        let description = description(place, value);
        let error = strict_error(&description, message);
        assert_eq!(
            (error.rule(), pointer(&error)),
            (rule, format!("#{place}{at}")),
            "{error}"
        );

        let parsed = parsed(&description);
        let notes = parsed.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let message = error.message();
        let note = format!("note[omitted-operation]: #/paths/~1x/post: the operation is left out: {message}");
        assert!(notes.contains(&note), "no {note} in {notes:#?}");
        let names = parsed.api.operations.iter().map(|operation| operation.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["other"]);
    }
}

#[test]
fn what_a_client_can_do_without_is_not_used() {
    let dangling = json!({"$ref": "#/components/responses/None"});
    for (place, value, rule, at, operations) in [
        ("/paths/~1x/post/responses", json!(null), Rule::NoResponses, "", 2),
        (
            "/paths/~1x/post/responses/200",
            dangling,
            Rule::DanglingReference,
            "/$ref",
            2,
        ),
        ("/paths/~1x/post/frobnicate", json!([]), Rule::UnknownFeature, "", 2),
        ("/paths/~1x/frobnicate", json!([]), Rule::UnknownFeature, "", 2),
        ("/paths/~1x", json!(null), Rule::UnknownFeature, "", 1),
        (
            "/paths/~1x",
            json!({"$ref": "other.yaml"}),
            Rule::ExternalReference,
            "/$ref",
            1,
        ),
    ] {
        let mut description = with_other();
        let (parent, key) = place.rsplit_once('/').unwrap();
        description.pointer_mut(parent).unwrap()[key.replace("~1", "/")] = value;
        let at = format!("#{place}{at}");
        let errors = analyzed(&description, true).unwrap_err();
        assert_eq!(
            (errors[0].rule(), pointer(&errors[0])),
            (rule, at.clone()),
            "{}",
            errors[0]
        );
        assert!(
            errors[0].to_string().contains("- target: $.paths['/x']"),
            "{}",
            errors[0]
        );

        let parsed = parsed(&description);
        let notes = parsed.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let start = format!("note[{rule}]: {at}: ");
        assert!(
            notes.iter().any(|note| note.starts_with(&start)),
            "no {start} in {notes:#?}"
        );
        assert_eq!(parsed.api.operations.len(), operations, "{at}");
    }
}

#[test]
fn an_operation_that_no_credentials_satisfy_stays_with_a_note() {
    for (security, rule, at) in [
        (json!({"Bearer": []}), Rule::MalformedSecurity, ""),
        (json!([{}, "Bearer"]), Rule::MalformedSecurity, "/1"),
        (json!([{"None": []}]), Rule::UndefinedSecurity, "/0"),
        (json!([{"Bearer": [], "Basic": []}]), Rule::CombinedSecurity, "/0"),
    ] {
        let mut description = with_other();
        description["paths"]["/x"]["post"]["security"] = security;
        let at = format!("#/paths/~1x/post/security{at}");
        let errors = analyzed(&description, true).unwrap_err();
        assert_eq!((errors[0].rule(), pointer(&errors[0])), (rule, at.clone()));

        let parsed = parsed(&description);
        let notes = parsed.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let start = format!(
            "note[{rule}]: {at}: {}: calls that need it are not sent",
            errors[0].message()
        );
        assert!(
            notes.iter().any(|note| note.starts_with(&start)),
            "no {start} in {notes:#?}"
        );
        assert_eq!(parsed.api.operations.len(), 2, "{at}");
    }
}

#[test]
fn a_client_without_operations_has_types() {
    for (place, value, rule, message) in [
        ("/paths", json!({}), Rule::NoOperations, "no operation"),
        ("/paths", json!(null), Rule::NoPaths, "no `paths`"),
    ] {
        let mut description = description(place, value);
        let error = strict_error(&description, message);
        assert_eq!((error.rule(), pointer(&error)), (rule, format!("#{place}")), "{error}");
        let parsed = parsed(&description);
        assert_eq!(parsed.notes.iter().map(Note::rule).collect::<Vec<_>>(), [rule]);
        assert_eq!(parsed.api.types.len(), 2);
        // Without schemas, there is nothing to generate.
        description["components"] = json!({});
        assert_eq!(
            analyzed(&description, false).unwrap_err(),
            analyzed(&description, true).unwrap_err()
        );
    }
    let mut description = description("/paths/~1x/post", json!([]));
    description["paths"].as_object_mut().unwrap().remove("/other");
    let rules = parsed(&description).notes;
    let rules = rules.iter().map(Note::rule).collect::<Vec<_>>();
    assert_eq!(rules, [Rule::OmittedOperation, Rule::NoOperations]);
    strict_error(&description, "an operation that is not an object");
}

#[test]
fn what_a_dangling_reference_leads_to_is_done_without() {
    let dangling = json!({"$ref": "#/components/nowhere"});
    let mut description = with_other();
    let path = &mut description["paths"]["/x/{id}"];
    *path = json!({
        "parameters": [dangling],
        "put": {
            "operationId": "put_it",
            "parameters": [dangling, {"name": "limit", "in": "query", "schema": {"type": "integer"}}],
            "requestBody": dangling,
            "responses": {
                "200": {"description": "ok", "content": {"application/json": {"schema": dangling}}},
                "201": dangling,
                "404": dangling,
            },
        },
    });
    description["paths"]["/dangling"] = dangling.clone();
    let parsed = parsed(&description);
    let operation = parsed
        .api
        .operations
        .iter()
        .find(|operation| operation.name == "put_it");
    let operation = operation.expect("it is kept");
    let parameters = operation.parameters.iter().map(|parameter| parameter.name.as_str());
    assert_eq!(parameters.collect::<Vec<_>>(), ["limit", "id"]);
    let body = operation.body.as_ref().expect("a body");
    assert!(!body.required);
    assert_eq!(body.content.ty(), Some(&Ty::Any));
    let bytes = Content::Bytes("*/*".into());
    let [first, second] = operation.successes.as_slice() else {
        panic!("{:?}", operation.successes);
    };
    assert_eq!(first.content.as_ref().and_then(Content::ty), Some(&Ty::Any));
    assert_eq!(second.content, Some(bytes.clone()));
    assert_eq!(
        (operation.failures[0].status, &operation.failures[0].content),
        (Status::Code(404), &Some(bytes))
    );

    let notes = parsed
        .notes
        .iter()
        .filter(|note| note.rule() == Rule::DanglingReference);
    let notes = notes
        .map(|note| (note.pointer().to_string(), note.left_out()))
        .collect::<Vec<_>>();
    let of_put = |place: &str| format!("#/paths/~1x~1{{id}}/put/{place}/$ref");
    assert_eq!(
        notes,
        [
            ("#/paths/~1dangling/$ref".to_owned(), Some("path")),
            (of_put("parameters/0"), Some("parameter")),
            ("#/paths/~1x~1{id}/parameters/0/$ref".to_owned(), Some("parameter")),
            (of_put("requestBody"), None),
            (of_put("responses/200/content/application~1json/schema"), None),
            (of_put("responses/201"), None),
            (of_put("responses/404"), None),
        ]
    );
    let errors = analyzed(&description, true).unwrap_err();
    let errors = errors.iter().map(pointer).collect::<Vec<_>>();
    let expected = notes.into_iter().map(|(at, _)| at).collect::<Vec<_>>();
    assert_eq!(errors, expected);
}

#[test]
fn all_errors_are_reported_at_once() {
    let mut description = with_component(&json!({"$ref": "other.yaml"}));
    description["paths"]["/y/{id}"] = json!({"get": {"operationId": "y"}});
    let errors = analyzed(&description, true).unwrap_err();
    let rows = errors.iter().map(|error| (error.rule(), pointer(error)));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            (Rule::ExternalReference, "#/components/schemas/T/$ref".to_owned()),
            (Rule::NoResponses, "#/paths/~1y~1{id}/get/responses".to_owned()),
        ]
    );
    for (error, action) in errors
        .iter()
        .zip(["- target: $.paths['/x'].post\n", "- target: $.paths['/y/{id}'].get\n"])
    {
        assert!(error.to_string().contains(action), "{error}");
    }

    // Unless it is strict, neither is in the way of an operation.
    let parsed = parsed(&description);
    assert_eq!(parsed.api.operations.len(), 2);
    let notes = parsed.notes.iter().map(Note::rule).collect::<Vec<_>>();
    for rule in [Rule::ExternalReference, Rule::NoResponses] {
        assert!(notes.contains(&rule), "{notes:?}");
    }
}
