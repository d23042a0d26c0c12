//! Documentation.

use serde_json::json;

use crate::{
    description::with_component,
    text::{api, def, field},
};

#[test]
fn types_without_a_description_say_what_uses_them() {
    let schema = json!({
        "type": "object",
        "properties": {
            "state": {"type": "string", "enum": ["on", "off"]},
            "marks": {"type": "array", "items": {"type": "string", "minLength": 2, "pattern": "^a"}},
            "part": {"$ref": "#/components/schemas/Part"},
            "byName": {"type": "object", "additionalProperties": {"type": "string", "enum": ["a", "b"]}},
            "listsByName": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
            },
            "maybe": {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]},
            "either": {"oneOf": [
                {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
                {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
            ]},
            "told": {"type": "object", "description": "Told.", "properties": {"a": {"type": "string"}}},
        },
    });
    let mut description = with_component(&schema);
    description["components"]["schemas"]["Part"] = json!({
        "type": "object",
        "properties": {
            "least": {"type": "integer", "minimum": 0, "exclusiveMaximum": 5},
            "few": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3, "uniqueItems": true},
        },
    });
    description["paths"]["/x"]["post"]["summary"] = "Do It".into();
    description["paths"]["/x"]["post"]["description"] = "Does it.".into();
    let api = api(&description);
    for (name, expected) in [
        ("T", "What [`Client::do_it`](crate::Client::do_it) sends."),
        ("TState", "The property `state` of [`T`]."),
        ("Part", "Part of [`T`]."),
        ("TByNameValue", "A value in the property `byName` of [`T`]."),
        ("TListsByNameValueItem", "An item of `listsByName` of [`T`]."),
        ("TMaybe", "The property `maybe` of [`T`]."),
        ("TEither", "The property `either` of [`T`]."),
        ("TEitherB", "One of the types of [`TEither`]."),
        ("TTold", "Told."),
        ("HTTPOther", "A value."),
    ] {
        let found = def(&api, name);
        assert_eq!(found.doc.text(found.kind.description()), expected, "{name}");
    }
    for (name, expected) in [
        ("least", "The property `least`.\n\nAt least 0.\n\nLess than 5."),
        ("few", "The property `few`.\n\n1 to 3 items.\n\nNo item twice."),
    ] {
        assert_eq!(field(&api, "Part", name).doc, expected);
    }
    // The summary is the name of the method.
    assert_eq!(api.operations[0].doc, "Does it.");
}
