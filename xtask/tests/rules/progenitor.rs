//! The rules about progenitor, which only a bug of the generator breaks: here, the model is tampered with.

use serde_json::json;
use xtask::{
    bridge, emit,
    input::{diagnostic::Diagnostic, rule::Rule},
    model::{
        Api,
        typedef::{Kind, TypeDef},
    },
    parse,
};

use crate::{
    Expected, Row,
    description::{analyzed, with_component},
};

pub(crate) fn rows() -> Vec<Row> {
    let rows = tampered().into_iter().map(|(rule, tamper, place)| {
        let mut api = api();
        tamper(&mut api);
        Row {
            rule,
            reports: generate(&mut api).err().iter().map(ToString::to_string).collect(),
            expected: Expected::Error(place.into()),
        }
    });
    rows.collect()
}

/// An API with several types, of which most are used by others.
fn api() -> Api {
    let refers = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let mut description = with_component(&json!({"type": "object", "properties": {
        "first": refers("Apple"),
        "second": refers("Pear"),
        "size": {"enum": ["small", "large"]},
        "third": refers("Zucchini"),
    }}));
    for name in ["Apple", "Pear", "Zucchini"] {
        description["components"]["schemas"][name] =
            json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    }
    analyzed(&description, true).unwrap().api
}

fn generate(api: &mut Api) -> Result<(), Diagnostic> {
    let output = bridge::run(api)?;
    emit::emit(output, api).map(drop)
}

fn type_mut<'a>(api: &'a mut Api, name: &str) -> &'a mut TypeDef {
    api.types.iter_mut().find(|def| def.name == name).unwrap()
}

fn rename_field(api: &mut Api, type_name: &str, index: usize, ident: &str) {
    let Kind::Struct { fields, .. } = &mut type_mut(api, type_name).kind else {
        panic!("`{type_name}` is no struct");
    };
    fields[index].ident = ident.into();
}

#[test]
fn what_is_refused_says_which_operation_to_leave_out() {
    let description = with_component(&json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    let mut api = analyzed(&description, true).unwrap().api;
    type_mut(&mut api, "T").name = "no name".into();
    let error = generate(&mut api).unwrap_err();
    let error = parse::with_remedy(error, &description).to_string();
    assert!(error.contains("\n      - target: $.paths['/x'].post\n"), "{error}");
    assert!(
        error.contains("report it, with the description, or leave it out"),
        "{error}"
    );
    assert!(!error.contains("backtrace"), "{error}");
}

#[test]
fn what_is_refused_can_be_left_out() {
    let mut description = with_component(&json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    let mut api = analyzed(&description, true).unwrap().api;
    type_mut(&mut api, "T").name = "no name".into();
    let error = generate(&mut api).unwrap_err();
    // Nothing but types is left.
    let (remaining, _) = parse::without(&description, &error).unwrap();
    assert!(analyzed(&remaining, false).unwrap().api.operations.is_empty());

    description["paths"]["/y"] = json!({"get": {"operationId": "y", "responses": {"204": {"description": ""}}}});
    let (remaining, notes) = parse::without(&description, &error).unwrap();
    let notes = notes.iter().map(|note| (note.rule(), note.pointer().to_string()));
    assert_eq!(
        notes.collect::<Vec<_>>(),
        [
            (Rule::OmittedOperation, "#/paths/~1x/post".to_owned()),
            (Rule::UnusedComponent, "#/components/schemas/T".to_owned()),
        ]
    );
    let mut api = analyzed(&remaining, true).unwrap().api;
    assert_eq!(api.operations.len(), 1);
    generate(&mut api).unwrap();
    assert!(parse::without(&remaining, &error).is_none(), "it was left out already");
}

#[test]
fn what_needs_a_part_of_a_component_is_left_out_with_it() {
    let secret = json!({"type": "object", "properties": {
        "odd": {"enum": ["a", "b"]},
        "secret": {"type": "string", "format": "password"},
    }});
    let mut description = with_component(&secret);
    let part = json!({"application/json": {"schema": {"$ref": "#/components/schemas/T/properties/secret"}}});
    for (path, content) in [("/y", part), ("/z", json!({}))] {
        let response = json!({"description": "", "content": content});
        description["paths"][path] = json!({"get": {"operationId": path, "responses": {"200": response}}});
    }
    let mut api = analyzed(&description, true).unwrap().api;
    type_mut(&mut api, "TOdd").name = "no name".into();
    let error = generate(&mut api).unwrap_err();
    let (remaining, _) = parse::without(&description, &error).unwrap();
    // The secret would be any JSON in `GET /y`.
    let api = analyzed(&remaining, true).unwrap().api;
    let paths = api.operations.iter().map(|operation| operation.path.as_str());
    assert_eq!(paths.collect::<Vec<_>>(), ["/z"]);
}

/// A rule, what is done to the model, and where the rule is reported.
type Tampered = (Rule, fn(&mut Api), &'static str);

fn tampered() -> Vec<Tampered> {
    vec![
        (
            Rule::RefusedByProgenitor,
            |api| type_mut(api, "Apple").name = "no name".into(),
            "#/components/schemas/Apple",
        ),
        (
            Rule::RefusedByProgenitor,
            |api| type_mut(api, "Pear").name = "no name".into(),
            "#/components/schemas/Pear",
        ),
        (
            Rule::RefusedByProgenitor,
            |api| type_mut(api, "Zucchini").name = String::new(),
            "#/components/schemas/Zucchini",
        ),
        // The schema that refers to it is refused, too.
        (
            Rule::RefusedByProgenitor,
            |api| type_mut(api, "TSize").name = "no name".into(),
            "#/components/schemas/T/properties/size",
        ),
        // Of several, the first is named, by its own error.
        (
            Rule::RefusedByProgenitor,
            |api| {
                type_mut(api, "Pear").name = "no name".into();
                type_mut(api, "Zucchini").name = "no name".into();
            },
            "#/components/schemas/Pear",
        ),
        // It is about no schema.
        (
            Rule::RefusedByProgenitor,
            |api| {
                let again = self::api().operations;
                api.operations.extend(again);
            },
            "",
        ),
        (
            Rule::UnexpectedOutput,
            |api| type_mut(api, "Pear").name = "struct".into(),
            "#/components/schemas/Pear",
        ),
        (
            Rule::UnexpectedOutput,
            |api| type_mut(api, "Pear").key = "Apple".into(),
            "#/components/schemas/Apple",
        ),
        (
            Rule::UnexpectedOutput,
            |api| rename_field(api, "Pear", 1, "a b"),
            "#/components/schemas/Pear",
        ),
        (
            Rule::UnexpectedOutput,
            |api| rename_field(api, "Pear", 1, "a"),
            "#/components/schemas/Pear",
        ),
        (
            Rule::UnexpectedOutput,
            |api| api.operations[0].name = "no name".into(),
            "#/paths/~1x/post",
        ),
    ]
}
