//! References by name: `$anchor`, `$id`, and `$dynamicRef`.

use serde_json::{Value, json};

use crate::{
    description::with_component,
    text::{api, kind, notes},
};

fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A page of items that its users put in, and what refers by name to it.
fn description(component: &Value) -> Value {
    let mut description = with_component(component);
    let item = json!({"$dynamicRef": "#item"});
    for (name, schema) in [
        (
            "Page",
            json!({
                "$id": "page",
                "required": ["items"],
                "properties": {
                    "items": {"type": "array", "items": item},
                    "default": refer("First"),
                    "next": {"$ref": "page"},
                    "size": {"$ref": "#/$defs/size"},
                },
                "$defs": {"item": {"$dynamicAnchor": "item"}, "size": {"type": "integer"}},
            }),
        ),
        ("First", json!({"properties": {"first": item}})),
        (
            "Pet",
            json!({"$anchor": "pet", "properties": {"name": {"type": "string"}, "friend": {"$ref": "#pet"}}}),
        ),
        (
            "Tree",
            json!({"$dynamicAnchor": "node", "properties": {"of": {"type": "array", "items": {"$dynamicRef": "#node"}}, "value": {}}}),
        ),
    ] {
        description["components"]["schemas"][name] = schema;
    }
    description
}

#[test]
fn what_a_user_puts_in_is_what_a_generic_schema_holds() {
    let pets = json!({"item": {"$dynamicAnchor": "item", "$ref": "#/components/schemas/Pet"}});
    let own = json!({"any": {"$dynamicAnchor": "item", "properties": {"wheels": {"type": "integer"}}}});
    for (component, expected) in [
        (
            json!({"$ref": "#/components/schemas/Page", "$defs": pets}),
            vec![
                ("T", "struct {items: [Pet], default?: TDefault, next?: T, size?: i64}"),
                ("TDefault", "struct {first?: Pet}"),
            ],
        ),
        (
            json!({"$defs": own, "allOf": [{"$ref": "page"}, {"properties": {"total": {"type": "integer"}}}]}),
            vec![
                (
                    "T",
                    "struct {items: [TAny], default?: TDefault, next?: TAllOf0, size?: i64, total?: i64}",
                ),
                (
                    "TAllOf0",
                    "struct {items: [TAny], default?: TDefault, next?: TAllOf0, size?: i64}",
                ),
                ("TAny", "struct {wheels?: i64}"),
            ],
        ),
        // What stands outside has precedence.
        (
            json!({"$defs": pets, "properties": {"p": {"$ref": "page", "$defs": own}}}),
            vec![(
                "TP",
                "struct {items: [Pet], default?: TPDefault, next?: TP, size?: i64}",
            )],
        ),
        (
            json!({"$ref": "#pet"}),
            vec![("T", "Pet"), ("Pet", "struct {name?: String, friend?: Pet}")],
        ),
        (json!({"$ref": "page#/$defs/size"}), vec![("T", "i64")]),
        (
            json!({"$dynamicAnchor": "node", "$ref": "#/components/schemas/Tree", "required": ["value"]}),
            vec![
                ("T", "struct {of?: [T], value: any}"),
                ("Tree", "struct {of?: [Tree], value?: any}"),
            ],
        ),
    ] {
        let description = description(&component);
        let api = api(&description);
        for (name, expected) in expected {
            assert_eq!(kind(&api, name), expected, "{name} of {component}");
        }
        let dangling = "note[dangling-reference]: #/components/schemas/First/properties/first/$ref: ";
        let notes = notes(&description);
        assert!(notes.iter().all(|note| note.starts_with(dangling)), "{notes:#?}");
    }
}

#[test]
fn what_names_nothing_is_any_json_with_a_note() {
    for (schema, code) in [
        (json!({"$dynamicRef": "#nothing"}), "dangling-reference"),
        (json!({"$ref": "#nothing"}), "dangling-reference"),
        (
            json!({"$dynamicRef": "https://example.com/other#item"}),
            "external-reference",
        ),
    ] {
        let description = description(&json!({"properties": {"p": schema}}));
        assert_eq!(kind(&api(&description), "T"), "struct {p?: any}");
        let note = format!("note[{code}]: #/components/schemas/T/properties/p/$ref: ");
        let notes = notes(&description);
        assert!(notes.iter().any(|found| found.starts_with(&note)), "{notes:#?}");
    }
}

#[test]
fn copies_of_generic_schemas_are_limited() {
    let users = (0..5001).map(|number| {
        json!({"$ref": "#/components/schemas/First", "$defs": {"a": {"$dynamicAnchor": "item", "const": number}}})
    });
    let mut description = with_component(&json!({}));
    description["components"]["schemas"]["First"] = json!({"type": "array", "items": {"$dynamicRef": "#item"}});
    description["components"]["schemas"]["T"] =
        json!({"type": "array", "items": {"x-users": users.collect::<Vec<_>>()}});
    let found = notes(&description)
        .into_iter()
        .filter(|note| note.contains("note[too-deep]"))
        .collect::<Vec<_>>();
    let expected = "note[too-deep]: #/components/schemas/T/items/x-users/5000: schemas are put into others more than 5000 times: \
                    any JSON is taken";
    assert_eq!(found, [expected]);
}

#[test]
fn schemas_that_are_put_into_each_other_are_copied_once_for_each_user() {
    let count = 8;
    let mut description = with_component(&refer("G0"));
    for number in 0..count {
        let property = |other: usize| (format!("p{other}"), json!({"$dynamicRef": format!("#t{other}")}));
        let mut generic = json!({"$dynamicAnchor": format!("t{number}")});
        generic["properties"] = (0..count).map(property).collect::<serde_json::Map<_, _>>().into();
        if number + 1 < count {
            generic["allOf"] = json!([refer(&format!("G{}", number + 1))]);
        }
        description["components"]["schemas"][format!("G{number}")] = generic;
    }
    let types = api(&description).types.len();
    assert!(types < 500, "{types}");
}
