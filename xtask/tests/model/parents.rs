//! Parents that list their children, while each child extends its parent.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use xtask::{bridge, emit, model::Api};

use crate::{
    description::with_component,
    text::{api, kind, notes, type_names},
};

pub(crate) fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The places where a `T` can be deployed to: over SSH, or by FTP.
fn targets(discriminator: Option<Value>) -> Value {
    let mut parent = json!({
        "type": "object",
        "required": ["id", "protocol"],
        "properties": {"id": {"type": "string"}, "protocol": {"type": "string"}},
        "oneOf": [refer("SshTarget"), refer("FtpTarget")],
    });
    if let Some(discriminator) = discriminator {
        parent["discriminator"] = discriminator;
    }
    let mut description = with_component(&parent);
    for (name, property) in [("SshTarget", "sshAddress"), ("FtpTarget", "ftpAddress")] {
        description["components"]["schemas"][name] = json!({"allOf": [refer("T"), {
            "type": "object",
            "required": [property],
            "properties": {property: {"type": "string"}, "parent": refer("T")},
        }]});
    }
    description
}

/// Every type is written, too.
pub(crate) fn assert_generated(api: &mut Api) {
    let output = bridge::run(api).unwrap_or_else(|error| panic!("{error}"));
    emit::emit(output, api).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_parent_is_one_enum_of_the_structs_of_its_children() {
    for (discriminator, expected) in [
        (
            Some(json!({"propertyName": "protocol", "mapping": {
                "ssh": "#/components/schemas/SshTarget",
                "ftp": "#/components/schemas/FtpTarget",
            }})),
            "enum by protocol SshTarget[ssh](SshTarget), FtpTarget[ftp](FtpTarget)",
        ),
        (
            Some(json!({"propertyName": "protocol"})),
            "enum by protocol SshTarget[SshTarget](SshTarget), FtpTarget[FtpTarget](FtpTarget)",
        ),
        (None, "enum SshTarget(SshTarget), FtpTarget(FtpTarget)"),
    ] {
        let description = targets(discriminator);
        let mut api = api(&description);
        assert_eq!(notes(&description), [""; 0]);
        assert_eq!(type_names(&api), ["FtpTarget", "HTTPOther", "SshTarget", "T"]);
        assert_eq!(kind(&api, "T"), expected);
        for (child, address) in [("SshTarget", "ssh_address"), ("FtpTarget", "ftp_address")] {
            let expected = format!("struct {{id: String, protocol: String, {address}: String, parent?: T}}");
            assert_eq!(kind(&api, child), expected);
        }
        assert_generated(&mut api);
    }
}

/// A component that extends `parent`, and lists `width` children, which list as many in turn, on `levels` levels below it.
fn family(name: &str, parent: Option<&str>, width: usize, levels: usize, into: &mut Map<String, Value>) {
    let property = format!("of{name}");
    let text = || json!({"type": "string"});
    let mut own = json!({"type": "object", "required": [property], "properties": {property: text()}});
    let mut schema = if let Some(parent) = parent {
        json!({"allOf": [refer(parent), own]})
    } else {
        own["properties"]["protocol"] = text();
        own["required"] = json!(["protocol", format!("of{name}")]);
        own
    };
    let children = (0..width).map(|number| format!("{name}Kid{number}"));
    let children = children.filter(|_| levels > 0).collect::<Vec<_>>();
    if !children.is_empty() {
        schema["oneOf"] = children.iter().map(|child| refer(child)).collect();
        let mapping = children
            .iter()
            .map(|child| (child.to_lowercase(), refer(child)["$ref"].clone()));
        let mapping = Value::Object(mapping.collect());
        schema["discriminator"] = json!({"propertyName": "protocol", "mapping": mapping});
    }
    into.insert(name.into(), schema);
    for child in children {
        family(&child, Some(name), width, levels - 1, into);
    }
}

#[test]
fn a_family_of_several_levels_has_one_type_for_each_schema() {
    for (width, levels, count) in [(2, 1, 3), (2, 4, 31), (4, 4, 341), (60, 1, 61)] {
        let mut schemas = Map::new();
        family("T", None, width, levels, &mut schemas);
        let names = schemas.keys().cloned().collect::<BTreeSet<_>>();
        let mut description = with_component(&json!({}));
        description["components"]["schemas"] = Value::Object(schemas);
        let api = api(&description);
        let types = type_names(&api).into_iter().map(str::to_owned);
        assert_eq!(types.collect::<BTreeSet<_>>(), names, "{width} {levels}");
        assert_eq!(api.types.len(), count, "{width} {levels}");
        assert_eq!(notes(&description), [""; 0]);
        assert!(
            kind(&api, "T").starts_with("enum by protocol TKid0[tkid0"),
            "{}",
            kind(&api, "T")
        );
    }
}

#[test]
fn what_the_youngest_are_holds_all_that_their_parents_say() {
    let mut schemas = Map::new();
    family("T", None, 2, 2, &mut schemas);
    let mut description = with_component(&json!({}));
    description["components"]["schemas"] = Value::Object(schemas);
    let mut api = api(&description);
    assert_eq!(
        kind(&api, "T"),
        "enum by protocol TKid0[tkid0|tkid0kid0|tkid0kid1](TKid0), TKid1[tkid1|tkid1kid0|tkid1kid1](TKid1)"
    );
    assert_eq!(
        kind(&api, "TKid1"),
        "enum by protocol TKid1Kid0[tkid1kid0](TKid1Kid0), TKid1Kid1[tkid1kid1](TKid1Kid1)"
    );
    assert_eq!(
        kind(&api, "TKid1Kid0"),
        "struct {of_t: String, protocol: String, of_t_kid1: String, of_t_kid1_kid0: String}"
    );
    assert_generated(&mut api);
}

#[test]
fn alternatives_beside_properties_are_all_there_however_many() {
    let alternatives = (0..60).map(|number| json!({"type": "object", "properties": {format!("a{number}"): {}}}));
    let alternatives = alternatives.collect::<Vec<_>>();
    let api = api(&with_component(
        &json!({"properties": {"id": {"type": "string"}}, "oneOf": alternatives}),
    ));
    assert_eq!(kind(&api, "T").matches("(TA").count(), 60);
    assert_eq!(kind(&api, "TA59"), "struct {id?: String, a59?: any}");
}

#[test]
fn alternatives_that_multiply_are_any_json() {
    // Each level has two schemas, which both list those of the next, beside a property.
    let mut description = with_component(&refer("A0"));
    for level in 0..20 {
        for letter in ["A", "B"] {
            let mut schema = json!({"type": "object", "properties": {format!("{letter}{level}"): {"type": "string"}}});
            if level < 19 {
                schema["oneOf"] = json!([refer(&format!("A{}", level + 1)), refer(&format!("B{}", level + 1))]);
            }
            description["components"]["schemas"][format!("{letter}{level}")] = schema;
        }
    }
    let notes = notes(&description);
    assert_eq!(
        notes[0],
        "note[too-many-combinations]: #/components/schemas/A0: it can consist of more than 50 combinations of parts: any \
         JSON is taken"
    );
    let api = api(&description);
    assert_eq!(kind(&api, "A0"), "any");
    assert_eq!(kind(&api, "A18"), "enum A19(A18A19), B19(A18B19)");
    assert!(api.types.len() < 300, "{}", api.types.len());
}

#[test]
fn alternatives_that_unions_share_count_once() {
    let constant =
        |value: &str| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": value}}});
    let union = |names: &[&str]| json!({"oneOf": names.iter().map(|name| refer(name)).collect::<Vec<_>>()});
    for (pets, expected) in [
        (["Cats", "Dog"], "enum by kind Cats[lion|tiger](Cats), Dog[dog](Dog)"),
        // A lion is both.
        (["Cats", "Lion"], "enum Cats(Cats), Lion(Lion)"),
    ] {
        let mut description = with_component(&union(&pets));
        for (name, schema) in [
            ("Cats", union(&["Lions", "Tiger"])),
            ("Lions", union(&["Lion", "Again"])),
            ("Again", union(&["Lion", "Tiger"])),
            ("Lion", constant("lion")),
            ("Tiger", constant("tiger")),
            ("Dog", constant("dog")),
        ] {
            description["components"]["schemas"][name] = schema;
        }
        assert_eq!(kind(&api(&description), "T"), expected);
    }
}
