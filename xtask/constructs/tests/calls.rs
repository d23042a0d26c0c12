//! What becomes of every construct in constructs.yaml: a row each, on the wire or as JSON.

use std::fmt::Debug;

use askui_workspaces::{Client, Credentials, Error, Secret, Upload, types};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

async fn answering(answer: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let builder = Client::builder().endpoint(server.uri());
    let client = builder.credentials(Credentials::bearer("t")).build().expect("a client");
    (server, client)
}

async fn received(server: &MockServer) -> Request {
    let mut requests = server.received_requests().await.expect("they are recorded");
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// Reads it, writes it, and expects the same; what comes back is how it was read.
#[allow(clippy::needless_pass_by_value, reason = "each row has a value of its own")]
fn kept<T: DeserializeOwned + Serialize + Debug>(json: Value) -> String {
    let value = read::<T>(&json);
    assert_eq!(serde_json::to_value(&value).expect("it can be written"), json);
    format!("{value:?}")
}

#[test]
fn several_schemas_of_one_thing() {
    let order = json!({
        "meta": {"source": "web", "shop": "a"}, "lines": [{"sku": "s", "amount": 2}], "count": 3, "tags": ["t"],
        "state": "submitted", "buyer": {"name": "n", "mail": "m"}, "note": null,
        "seller": {"name": "n", "mail": "m", "shop": "s"}, "handler": {"name": "n"}, "log": {"name": "n", "other": 1},
        "payment": {"name": "n", "cash": 5},
    });
    let mut later = order.clone();
    later["previous"] = order.clone();
    later["note"] = json!("2031-05-06T07:08:09Z");
    kept::<types::ShopOrder>(later);
    for missing in ["meta/shop", "lines/0/amount", "buyer/mail", "seller/mail"] {
        let (outer, name) = missing.rsplit_once('/').expect("two parts");
        let mut order = order.clone();
        let object = order.pointer_mut(&format!("/{outer}")).expect("it is there");
        object.as_object_mut().expect("an object").remove(name);
        assert!(
            serde_json::from_value::<types::ShopOrder>(order).is_err(),
            "without {missing}"
        );
    }
}

#[test]
fn properties_of_some_objects() {
    for value in [
        json!({"country": "US", "line": ["a"], "zip": "1", "unit": "b"}),
        json!({"country": "DE", "line": 1, "postcode": "1", "unit": 2}),
        json!({"country": "US"}),
    ] {
        kept::<types::Address>(value);
    }
}

#[test]
fn a_value_of_several_types_is_of_each() {
    for (key, value, text) in [
        ("text_or_object", json!("a"), "String(\"a\")"),
        ("text_or_object", json!({"a": 1}), "Object("),
        ("text_or_list", json!("a"), "String(\"a\")"),
        ("text_or_list", json!([1]), "Array([1])"),
        ("text_or_list", json!(null), "Some(None)"),
        ("map_or_flag", json!({"a": 1}), "Object({\"a\": 1})"),
        ("map_or_flag", json!(true), "Boolean(true)"),
        ("exact", json!(1e30), "Value"),
        ("exact", json!(123.456_789_012_345_67), "Value"),
    ] {
        let debug = kept::<types::SeveralTypes>(json!({key: value}));
        assert!(debug.contains(text), "{debug}");
    }
    // What only the server writes can be left out, wherever the description says so.
    assert!(types::SeveralTypes::default().author.is_none());
}

#[test]
fn nothing_is_lost_within_lists_maps_and_unions() {
    for (reviews, variant) in [
        (json!({"page": {"data": [{"id": 1, "reason": "r"}]}}), "Reasons("),
        (
            json!({"page": {"data": [{"id": 1, "approved": true, "by": "b"}]}}),
            "Approvals(",
        ),
        (json!({"page": {"data": [{"id": 1}, {"id": 2, "by": "b"}]}}), "Unknown("),
        (json!({"page": {"data": [{"id": 2, "by": "b"}, {"id": 1}]}}), "Unknown("),
        (json!({"named": {"k": {"x": 1}}}), "Sizes("),
        (json!({"named": {"k": {"x": 1, "y": 2}}}), "Points("),
        (json!({"named": {"j": {"x": 1}, "k": {"x": 1, "y": 2}}}), "Unknown("),
        (json!({"nested": {"in": {"a": 1}}}), "Outer("),
        (json!({"nested": {"in": {"a": 1, "c": 2}, "more": 1}}), "Plain("),
        (json!({"nested": {"in": {"a": 1, "c": 2}}}), "Unknown("),
    ] {
        let debug = kept::<types::Reviews>(reviews);
        assert!(debug.contains(variant), "{debug}");
    }
}

#[test]
fn a_union_keeps_what_no_type_can_hold_completely() {
    for (keeping, variant) in [
        (
            json!({"within": {"mark": true, "in": {"a": 1, "c": {"x": 1}}}}),
            "Keeper(",
        ),
        (json!({"within": {"in": {"b": 1}}}), "Namer("),
        (json!({"within": {"in": {"c": {"y": 1}}}}), "Namer("),
        (json!({"within": {"in": {"a": 1, "b": 2}}}), "Unknown("),
        (json!({"within": {"in": {"c": {"x": 1}}}}), "Unknown("),
        (json!({"closed": {"a": 1}}), "Closed("),
        (json!({"closed": {}}), "Closed("),
        (json!({"closed": {"b": 1}}), "Unclosed("),
        (json!({"closed": {"a": 1, "b": 1}}), "Unknown("),
        (json!({"closed": {"a": 1, "new": 1}}), "Unknown("),
        (json!({"list": [{"a": 1}, {}]}), "Array("),
        (json!({"list": [{"a": 1}, {"new": 1}]}), "Unknown("),
        (json!({"map": {"a": 1}}), "Closed("),
        (json!({"map": {"a": true, "new": true}}), "Object("),
        (json!({"map": {"a": 1, "new": true}}), "Unknown("),
        (json!({"merged": {"b": 1}}), "Both("),
        (json!({"merged": {"b": 1, "new": 1}}), "Unknown("),
        (json!({"tagged": {"kind": "Closed", "a": 1}}), "Closed("),
        (json!({"tagged": {"kind": "Unclosed", "b": 1}}), "Unclosed("),
        // It would be written with a tag.
        (json!({"tagged": {"a": 1}}), "Unknown("),
        (json!({"tagged": {"b": 1}}), "Unknown("),
        (json!({"nested": {"kind": "some", "e": 1}}), "Sometimes(Told("),
        (json!({"nested": {"kind": "plain", "b": 1}}), "Unclosed("),
        // What it would be read as has no property for the tag.
        (json!({"nested": {"kind": "some", "f": 1}}), "Unknown("),
        (json!({"nested": {"f": 1}}), "Sometimes(Untold("),
    ] {
        let debug = kept::<types::Keeping>(keeping.clone());
        assert!(debug.contains(variant), "{keeping}: {debug}");
    }
    // What is of both types can be built all the same.
    let mut both = types::Keeping::default();
    both.closed = Some(types::KeepingClosed::Unknown(json!({"a": 1, "b": 1}).into()));
    let written = serde_json::to_value(&both).expect("JSON");
    assert_eq!(written, json!({"closed": {"a": 1, "b": 1}}));
    // A tag decides: what a newer server adds is ignored, as in every struct.
    let newer = read::<types::Keeping>(&json!({"tagged": {"kind": "Closed", "a": 1, "new": 1}}));
    let written = serde_json::to_value(&newer).expect("JSON");
    assert_eq!(written, json!({"tagged": {"kind": "Closed", "a": 1}}));
    assert!(serde_json::from_value::<types::Keeping>(json!({"tagged": {"a": "no integer"}})).is_err());
}

#[test]
fn what_is_a_list_if_it_is_one() {
    for (sizes, variant) in [
        (json!([1, 2]), "Array([1, 2])"),
        (json!(["a"]), "Value("),
        (json!(null), "Value(Null)"),
    ] {
        assert!(
            kept::<types::Loose>(json!({"sizes": sizes})).contains(variant),
            "{sizes}"
        );
    }
    assert!(kept::<types::Loose>(json!({})).contains("None"));
}

#[test]
fn a_value_that_fits_nothing_takes_no_time_without_end() {
    let nested = |leaf: Value, depth| {
        (0..depth).fold(leaf, |inner, level| {
            let name = if level % 2 == 0 { "op" } else { "name" };
            json!({"args": [inner], name: "n"})
        })
    };
    kept::<types::Fork>(nested(json!({"op": "n"}), 40));
    // With each level, there are twice as many ways to read what stands below it.
    assert!(serde_json::from_value::<types::Fork>(nested(json!({"op": 1}), 60)).is_err());
}

#[test]
fn references_by_name() {
    let order = json!({"meta": {"source": "web"}, "lines": []});
    kept::<types::OrderPage>(json!({"items": [order], "next": {"items": [order, order]}}));
    assert!(serde_json::from_value::<types::OrderPage>(json!({"items": [{"meta": {}}]})).is_err());
    kept::<types::Page>(json!({"items": [1, "a", null]}));
    kept::<types::NamedPlant>(json!({"name": "a", "shoots": [{"name": "b"}]}));
    assert!(serde_json::from_value::<types::NamedPlant>(json!({"name": "a", "shoots": [{}]})).is_err());
    kept::<types::Plant>(json!({"shoots": [{}]}));
}

#[test]
fn unions() {
    let cat = json!({"kind": "cat", "claws": 18});
    for (json, variant) in [
        (cat.clone(), "Cat(Cat"),
        (json!({"kind": "dog", "tail": true}), "Dog(Dog"),
        (json!({"kind": "puppy"}), "Dog(Dog"),
        (json!({"kind": "hound"}), "Dog(Dog"),
        (json!({"kind": "fox", "secret": 1}), "Unknown([unlisted])"),
    ] {
        assert!(kept::<types::Tagged>(json.clone()).starts_with(variant), "{json}");
    }
    for none in [
        json!({"claws": 1}),
        json!({"kind": 1}),
        json!({"kind": null, "claws": 1}),
    ] {
        assert!(serde_json::from_value::<types::Tagged>(none.clone()).is_err(), "{none}");
    }
    assert!(kept::<types::Implicit>(cat).starts_with("Cat(Cat"));
    for (json, variant) in [
        (json!({"a": 1}), "Object("),
        (json!({"a": 1, "b": 2}), "A("),
        (json!("8da1c158-9f08-4e13-b8bb-53fa5c6c1d64"), "Uuid("),
        (json!("text"), "String("),
        (json!(1), "Integer("),
        (json!(1.5), "Number("),
        (json!(["a"]), "Array("),
    ] {
        assert!(kept::<types::Untagged>(json.clone()).starts_with(variant), "{json}");
    }
    assert!(serde_json::from_value::<types::Untagged>(json!(true)).is_err());
    for json in [json!("a"), json!(1)] {
        kept::<types::TypeList>(json);
    }
    assert!(kept::<types::Parent>(json!({"kind": "Son", "b": "b"})).starts_with("Son("));
    kept::<types::Parent>(json!({"kind": "x", "b": "b"}));
    kept::<types::Daughter>(json!({"kind": "x", "a": "a"}));
    kept::<types::Cons>(json!(["a", ["b", null]]));
    kept::<types::Defaulted>(json!({"y": "the tag is left out"}));
    kept::<types::Loop>(json!({"next": {"next": "end"}}));
}

#[test]
fn what_fits_best_is_what_knows_most_of_the_value() {
    for (json, variant) in [
        (json!({"a": 1}), "A("),
        (json!({"c": 1}), "C("),
        // Only the map loses nothing that one of them has a name for.
        (json!({"b": 1, "c": 1}), "Object("),
        (json!({"more": 1}), "Object("),
        (json!({}), "A("),
    ] {
        assert!(
            format!("{:?}", read::<types::Fitting>(&json)).starts_with(variant),
            "{json}"
        );
    }
    for (json, variant) in [(json!([{"a": 1}]), "Array("), (json!([{}, {"b": 1}]), "Array2(")] {
        assert!(kept::<types::FittingItems>(json.clone()).starts_with(variant), "{json}");
    }
    for (json, variant) in [
        (json!({"title": "t"}), "Problem("),
        (json!({"c": 1}), "Fitting(C("),
        (json!({"d": 1, "e": 1}), "Object("),
    ] {
        assert!(
            kept::<types::FittingWithin>(json.clone()).starts_with(variant),
            "{json}"
        );
    }
}

#[test]
fn constants_that_are_no_strings_tell_alternatives_apart() {
    for (json, variant) in [
        (json!({"level": 1, "minutes": 5}), "Mute("),
        (json!({"level": 2, "minutes": 5}), "Ban("),
        (json!({"level": 3, "minutes": 5}), "Unknown("),
    ] {
        assert!(kept::<types::ByNumber>(json.clone()).starts_with(variant), "{json}");
    }
    // To JSON Schema, 1.0 is 1.
    let mute = read::<types::ByNumber>(&json!({"level": 1.0, "minutes": 5}));
    assert_eq!(
        serde_json::to_value(mute).expect("JSON"),
        json!({"level": 1, "minutes": 5})
    );
    assert!(kept::<types::ByBoolean>(json!({"done": true, "result": "r"})).starts_with("True("));
    assert!(kept::<types::ByBoolean>(json!({"done": false, "reason": "r"})).starts_with("False("));
    // `new` fills in what can have one value only.
    let ban = serde_json::to_value(types::Ban::new(5)).expect("JSON");
    assert_eq!(ban, json!({"level": 2, "minutes": 5}));
}

#[test]
fn enums_of_numbers_and_of_values_of_several_types_are_open() {
    let json = |key: &str, value: Value| {
        let mut json = json!({"level": 1, "done": true, "mixed": "auto", "ratio": 1});
        json[key] = value;
        json
    };
    for (key, value, text) in [
        ("level", json!(2), "level: High"),
        ("level", json!(9), "level: Unknown(9)"),
        ("mixed", json!("auto"), "mixed: Auto"),
        ("mixed", json!(1), "mixed: Value1"),
        ("mixed", json!(2.5), "mixed: Value25"),
        ("mixed", json!(true), "mixed: True"),
        ("mixed", json!("1"), "mixed: Unknown([unlisted])"),
        ("mixed", json!({"new": []}), "mixed: Unknown([unlisted])"),
        ("ratio", json!(1.5), "ratio: Value15"),
        ("ratio", json!(2.75), "ratio: Unknown([unlisted])"),
        ("numeric", json!(1), "numeric: Some(1)"),
        ("listed", json!(["c"]), "listed: Some([\"c\"])"),
    ] {
        let debug = kept::<types::Constants>(json(key, value));
        assert!(debug.contains(text), "{debug}");
    }
    for (json, text) in [
        (json!({"wide": -1}), "wide: Some(Minus1)"),
        (json!({"wide": 5_000_000_000_i64}), "wide: Some(Value5000000000)"),
        (json!({"titled": 20}), "titled: Some(Twenty)"),
        (json!({"typed": "a"}), "typed: Some(A)"),
    ] {
        let debug = kept::<types::Misfits>(json);
        assert!(debug.contains(text), "{debug}");
    }
    assert!(serde_json::from_value::<types::Misfits>(json!({"typed": 1})).is_err());
    let whole = read::<types::Constants>(&json("ratio", json!(1.0)));
    assert_eq!(whole.ratio, types::ConstantsRatio::Value1);
    for (key, value) in [
        ("level", json!("1")),
        ("level", json!(1.5)),
        ("done", json!("true")),
        ("ratio", json!("1.5")),
    ] {
        assert!(
            serde_json::from_value::<types::Constants>(json(key, value.clone())).is_err(),
            "{key}: {value}"
        );
    }
    assert_eq!("2".parse(), Ok(types::Level::High));
    assert_eq!(types::Level::from(4).to_string(), "4");
    assert!(types::Level::Low < types::Level::High);
    assert_eq!(types::ConstantsMixed::from(json!(1.0)), types::ConstantsMixed::Value1);
}

#[test]
fn a_base_is_one_of_those_that_extend_it() {
    for (json, variant) in [
        (json!({"id": "1", "model": "lamp", "lumen": 800}), "Lamp("),
        (
            json!({"id": "2", "model": "lock", "shut": true, "key": {"id": "1", "model": "lamp", "lumen": 1}}),
            "Lock(LockBase(",
        ),
        (
            json!({"id": "3", "model": "SmartLock", "app": "a", "shut": false}),
            "Lock(SmartLock(",
        ),
        (json!({"id": "4", "model": "fan", "speed": 3}), "Unknown("),
    ] {
        assert!(kept::<types::Device>(json.clone()).starts_with(variant), "{json}");
    }
    for (json, variant) in [
        (json!({"type": "plain", "at": 1}), "EventBase("),
        (json!({"type": "mail", "to": "a"}), "Mail(MailBase("),
        (json!({"type": "Digest", "to": "a", "count": 1}), "Mail(Digest("),
        (json!({"type": "Receipt", "to": "a"}), "Mail(Receipt("),
        (json!({"type": "new", "x": 1}), "Unknown("),
        (json!({"at": 1}), "EventBase("),
    ] {
        let debug = kept::<types::Event>(json.clone());
        assert!(debug.starts_with(variant), "{json}: {debug}");
    }
}

#[test]
fn what_others_extend_below_a_base_is_one_of_these() {
    for (json, variant) in [
        (json!({"type": "Shark", "fins": 8, "teeth": 2}), "Shark("),
        (json!({"type": "Trout", "spots": 2}), "Trout("),
        (json!({"type": "Fish", "fins": 8}), "FishBase("),
        (json!({"type": "Eel", "fins": 1, "volts": 2}), "Unknown("),
    ] {
        assert!(kept::<types::Fish>(json.clone()).starts_with(variant), "{json}");
        let debug = kept::<types::Animal>(json.clone());
        assert!(debug.contains(variant), "{json}: {debug}");
    }
    assert!(kept::<types::Animal>(json!({"type": "Bird", "wings": 2})).starts_with("Bird("));
    let shark = types::Fish::from(types::Shark::new("Shark"));
    assert_eq!(
        serde_json::to_value(shark).expect("it can be written"),
        json!({"type": "Shark"})
    );
}

#[test]
fn what_no_alternative_can_hold_completely_is_kept() {
    for (json, variant) in [
        (json!({"type": "in", "values": ["a"]}), "InFilter("),
        (json!({"type": "in", "values": 12.5}), "Unknown("),
        (json!({"type": "any"}), "AnyFilter("),
        (
            json!({"type": "any", "of": {"id": "1", "approved": true, "reason": "r"}}),
            "AnyFilter(",
        ),
        (
            json!({"type": "any", "of": {"id": "1", "reason": "r"}}),
            "AnyFilter(AnyFilter { of: Some(Unknown(",
        ),
    ] {
        let debug = kept::<types::Whole>(json.clone());
        assert!(debug.starts_with(variant), "{json}: {debug}");
    }
    // What none of them has a name for is ignored, as in any struct.
    assert_eq!(
        serde_json::to_value(read::<types::Whole>(&json!({"type": "any", "new": 1}))).expect("JSON"),
        json!({"type": "any"})
    );
    assert!(serde_json::from_value::<types::Whole>(json!({"values": 12.5})).is_err());
    assert!(kept::<types::Nested>(json!({"id": "1", "approved": true})).starts_with("Approved("));
    assert!(kept::<types::Nested>(json!({"id": "1"})).starts_with("Pending("));
    assert!(kept::<types::Ruled>(json!({"kind": "a", "x": 1})).contains("kind: Some(A)"));
    assert!(kept::<types::Ruled>(json!({"kind": "b", "x": 1})).contains("kind: Some(B)"));
    assert!(kept::<types::Ruled>(json!({"kind": "c", "x": 1})).contains("kind: Some(Unknown("));
}

#[test]
fn a_scalar_is_what_writes_it_back_equal() {
    for (json, variant) in [
        (json!(1), "Integer(1)"),
        (json!(1.5), "Number(1.5)"),
        (json!("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "Uuid("),
        (json!("6BA7B810-9DAD-11D1-80B4-00C04FD430C8"), "String("),
        (json!("2026-01-01T00:00:00Z"), "DateTime("),
        (json!("2026-01-01T00:00:00.000Z"), "String("),
        (json!("x"), "OfEnum(X)"),
        (json!("z"), "String("),
        (json!(["2026-01-01"]), "DateArray("),
        (json!(["2026-01-32"]), "StringArray("),
    ] {
        let debug = kept::<types::Scalars>(json.clone());
        assert!(debug.starts_with(variant), "{json}: {debug}");
    }
}

#[test]
fn a_name_stands_for_its_component_where_the_mapping_is_partial() {
    for (json, variant) in [
        (json!({"kind": "cat", "claws": 18}), "BigCat("),
        (json!({"kind": "BigCat", "claws": 18}), "BigCat("),
        (json!({"kind": "SmallDog", "tail": true}), "SmallDog("),
        (json!({"kind": "square", "side": 1}), "Square("),
        (json!({"kind": "ring", "volume": 1}), "Ring("),
        (json!({"kind": "Ring", "volume": 1}), "Unknown("),
    ] {
        let debug = kept::<types::Pet>(json.clone());
        assert!(debug.starts_with(variant), "{json}: {debug}");
    }
}

#[test]
fn what_a_mapping_alone_names_is_an_alternative_too() {
    for (json, variant) in [
        (json!({"kind": "cat", "claws": 18}), "BigCat("),
        (json!({"kind": "dog", "tail": true}), "SmallDog("),
        (json!({"kind": "cow"}), "Unknown("),
    ] {
        let debug = kept::<types::Mapped>(json.clone());
        assert!(debug.starts_with(variant), "{json}: {debug}");
    }
}

#[test]
fn what_is_built_has_the_tag_that_may_be_absent() {
    fn check<T: DeserializeOwned + Serialize + Debug>(built: impl Into<T>, expected: Value) {
        let built = built.into();
        assert_eq!(serde_json::to_value(&built).expect("it can be written"), expected);
        assert_eq!(kept::<T>(expected), format!("{built:?}"));
    }
    check::<types::Alert>(types::Ring::new(1), json!({"kind": "ring", "volume": 1}));
    check::<types::Alert>(types::Chime::new(1), json!({"kind": "chime", "volume": 1}));
    check::<types::Control>(types::Lever::default(), json!({"form": "lever"}));
    check::<types::Control>(types::Wheel::default(), json!({"form": "wheel"}));
    let mut disc = types::Wheel::default();
    (disc.position, disc.form) = (Some(1), Some(types::WheelForm::Disc));
    check::<types::Control>(disc, json!({"form": "disc", "position": 1}));
    check::<types::Bell>(types::Buzzer::new(1), json!({"sort": "buzzer", "volume": 1}));
    check::<types::Version>(types::Second::new(2), json!({"version": 2, "at": 2}));
    check::<types::Signal>(types::Flare::default(), json!({"kind": "Flare"}));
    let mut flare = types::Flare::default();
    flare.height = Some(1);
    check::<types::Signal>(flare.clone(), json!({"kind": "Flare", "height": 1}));
    flare.kind = Some(None);
    assert_eq!(
        serde_json::to_value(&flare).expect("JSON"),
        json!({"kind": null, "height": 1})
    );
    check::<types::Signal>(types::Beacon::new(), json!({"kind": "Beacon"}));
    check::<types::Signal>(types::Horn::new(1), json!({"kind": "horn", "volume": 1}));
    kept::<types::Signal>(json!({"kind": null, "volume": 1}));
    kept::<types::Signal>(json!({"kind": null}));
    // What a server leaves out is not added.
    kept::<types::Chime>(json!({"volume": 1}));
    kept::<types::Alert>(json!({"volume": 1}));
}

#[test]
fn a_tag_that_is_no_property_is_written_all_the_same() {
    for (json, variant) in [
        (json!({"shape": "square", "side": 1}), "Square(Square"),
        (json!({"shape": "box", "side": 1}), "Box(Square"),
        (json!({"shape": "Circle", "radius": 1}), "Circle(Circle"),
        (json!({"shape": "counts", "a": 1}), "Counts("),
        (json!({"shape": "new", "a": 1}), "Unknown("),
    ] {
        assert!(kept::<types::Shape>(json.clone()).starts_with(variant), "{json}");
        let either = kept::<types::ShapeOrCat>(json.clone());
        assert!(
            either.starts_with(&format!("Shape({variant}")) || variant == "Unknown(",
            "{either}"
        );
    }
    let cat = json!({"shape": "cat", "kind": "cat", "claws": 1});
    assert!(kept::<types::ShapeOrCat>(cat).starts_with("Cat("));
    let circle = types::Shape::from(read::<types::Circle>(&json!({"radius": 1})));
    assert_eq!(
        serde_json::to_value(circle).expect("JSON"),
        json!({"shape": "Circle", "radius": 1})
    );
    assert!(kept::<types::Demanded>(json!({"shape": "Circle", "radius": 1})).starts_with("Circle("));
    // What is only received, and holds a secret, is not written.
    let safe = read::<types::Vault>(&json!({"shape": "Safe", "code": "s3cret"}));
    assert_eq!(format!("{safe:?}"), "Safe(Safe { code: Some([redacted]) })");
}

#[test]
fn a_union_that_has_itself_for_an_alternative_is_what_the_others_are() {
    for json in [json!("text"), json!({"kind": "cat", "claws": 1})] {
        kept::<types::Itself>(json.clone());
        kept::<types::ItselfThree>(json);
    }
    for json in [json!("text"), json!(1)] {
        kept::<types::Ping>(json.clone());
        kept::<types::Pong>(json);
    }
    assert!(serde_json::from_value::<types::Ping>(json!(true)).is_err());
}

#[test]
fn choices() {
    for (json, variant) in [
        (json!(">="), "GreaterEqual"),
        (json!(""), "Empty"),
        (json!("a"), "A"),
        (json!("A"), "A2"),
        (json!("-a"), "MinusA"),
        (json!("1"), "Value1"),
        (json!("Unknown"), "Unknown2"),
        (json!("new"), "Unknown(\"new\")"),
    ] {
        assert_eq!(kept::<types::Signs>(json), variant);
    }
    assert_eq!(kept::<types::OpenEnum>(json!("fast")), "Fast");
    assert_eq!(kept::<types::OpenEnum>(json!("other")), "Unknown(\"other\")");
    kept::<types::Result>(json!("err"));
}

#[test]
fn numbers_tuples_and_text() {
    kept::<types::Numbers>(json!(7));
    kept::<types::Small>(json!(u64::MAX));
    kept::<types::Vast>(json!(1e20));
    kept::<types::Tiny>(json!(1e-08));
    assert_eq!(kept::<types::Pair>(json!(["a", 1])), "Pair(\"a\", 1)");
    assert!(serde_json::from_value::<types::Pair>(json!(["a", 1, 2])).is_err());
    kept::<types::Triple>(json!(["a", "b", {"c": null}]));
    kept::<types::Bytes>(json!("aGk="));
    kept::<types::Always>(json!([{}]));
    kept::<types::Never>(json!(null));
    kept::<types::Old>(json!("2026-01-01T00:00:00Z"));
}

#[test]
fn objects() {
    let grandchild = json!({"id": "i", "size": {"w": 1}, "extra": true, "note": "n"});
    kept::<types::Grandchild>(grandchild);
    assert!(serde_json::from_value::<types::Grandchild>(json!({"id": "i"})).is_err());
    kept::<types::Alias>(json!({"id": "i", "size": {}}));
    kept::<types::Base>(json!({"id": "i"}));
    assert!(kept::<types::Beside>(json!({"both": true, "left": "l"})).starts_with("Left("));
    assert!(kept::<types::Beside>(json!({"both": true, "right": "r"})).starts_with("Right("));
    kept::<types::Demands>(json!({"a": "a", "b": "b"}));
    let open = read::<types::Open>(&json!({"named": "n", "more": 1}));
    assert_eq!((open.named.as_deref(), open.extra["more"]), (Some("n"), 1));
    kept::<types::Open>(json!({"named": "n", "more": 1}));
    kept::<types::Map>(json!({"x": {"kind": "cat", "claws": 1}}));
    kept::<types::Patterns>(json!({"x-a": "b"}));
    kept::<types::OpenPart>(json!({"id": "i", "x-a": 1}));
    kept::<types::OpenOfOne>(json!({"id": "i", "l": 1, "more": "m"}));
    kept::<types::OpenOfOne>(json!({"id": "i", "r": 1, "more": "m"}));
    kept::<types::Tree>(json!({"children": [{"left": {}}]}));
    kept::<types::Defaults>(json!({"count": 1}));
    let mut paged = types::Paged::new("n", 7);
    let written = serde_json::to_value(&paged).expect("it is JSON");
    assert_eq!(written, json!({"name": "n", "kind": "page", "total": 7}));
    assert_eq!((paged.size(), paged.below(), paged.is_open()), (50, -5, true));
    assert_eq!((paged.text(), paged.ratio()), ("all \"of\" it", 1e-8));
    assert_eq!((paged.order(), paged.too_large), (types::PagedOrder::Down, None));
    paged.size = Some(2);
    paged.order = Some(types::PagedOrder::Up);
    assert_eq!((paged.size(), paged.order()), (2, types::PagedOrder::Up));
    kept::<types::Limits>(json!({"codes": ["1"], "level": 7, "mails": null, "state": "on"}));
    let keywords = json!({
        "type": "t", "self": "s", "fn": "f", "+1": 1, "-1": -1, "aB": "x", "a_b": "y", "@id": "i", "": "e", "1st": "1",
        "br{ce}": "b",
    });
    kept::<types::Keywords>(keywords);
    kept::<types::Defs>(json!({"inner": {"deep": {"deep": {}}}, "again": {"x": 1}, "plain": {"x": 2}}));
    // Two components that Rust would call alike, and one that is called like an operation's enum.
    kept::<types::AppModelsUser>(json!({"a": "a"}));
    kept::<types::AppModelsUser2>(json!({"b": "b"}));
    kept::<types::SeveralAnswersError>(json!({"taken": true}));
    // Names of the prelude.
    kept::<types::Option>(json!({"some": "s"}));
    kept::<types::StringType>(json!({"text": "t"}));
    kept::<types::SomeType>(json!(["a"]));
    kept::<types::DefaultType>(json!({"a": "a"}));
    kept::<types::OkType>(json!(["a"]));
    kept::<types::Vec>(json!([1]));
    kept::<types::Box>(json!("a"));
    kept::<types::Error>(json!({"error": "e"}));
    kept::<types::Client>(json!({"client": "c"}));
    // Null is told from absent, also where a component may be null.
    for json in [
        json!({}),
        json!({"nullable": null}),
        json!({"nullable": {"a": "a"}}),
        json!({"tagged": {"kind": "dog"}}),
    ] {
        kept::<types::Everything>(json);
    }
    // A type or null: required, and in three states.
    let cat = json!({"kind": "cat", "claws": 1});
    for json in [
        json!({"cat": null}),
        json!({"cat": cat}),
        json!({"cat": null, "other": null}),
        json!({"cat": cat, "other": cat}),
    ] {
        kept::<types::Owner>(json);
    }
    let error = serde_json::from_value::<types::Owner>(json!({"other": cat})).expect_err("`cat` is required");
    assert!(error.to_string().contains("`cat`"), "{error}");
}

#[test]
fn what_one_side_writes_is_optional_for_the_other() {
    let mut access = types::Access::new("n");
    access.password = Some("s3cret".into());
    assert_eq!(
        serde_json::to_value(&access).expect("JSON"),
        json!({"name": "n", "password": "s3cret"})
    );
    assert!(!format!("{access:?}").contains("s3cret"));
    assert_eq!(
        serde_json::to_value(types::Cat::new(1)).expect("JSON"),
        json!({"kind": "cat", "claws": 1})
    );
}

#[test]
fn no_secret_is_printed() {
    let values = json!({
        "reference": "s3cret", "nothing_but_format": "s3cret", "beside_reference": "s3cret", "beside_null": "s3cret",
        "choice": "s3cret", "map": {"a": "s3cret"}, "extra": {"b": "s3cret"}, "patterns": {"b": "s3cret"},
        "list": ["s3cret"], "pair": ["s3cret", 1], "parts": "s3cret", "list_of_parts": ["s3cret"],
        "property_of_parts": {"password": "s3cret"}, "others_of_parts": {"a": "s3cret"}, "beside_union": {"c": "s3cret"},
        "or_any_text": "s3cret", "or_text_list": ["s3cret"], "or_text_map": {"a": "s3cret"},
        "or_other_object": {"password": "s3cret"},
    });
    for (name, value) in values.as_object().expect("an object") {
        let printed = format!("{:?}", read::<types::Secrets>(&json!({name: value})));
        assert!(
            printed.contains("[redacted]") && !printed.contains("s3cret"),
            "{printed}"
        );
    }
}

#[tokio::test]
async fn secrets_are_sent_and_not_printed() {
    let (server, client) = answering(ResponseTemplate::new(200).set_body_json(json!({}))).await;
    let password = || types::Password::from(Secret::from("s3cret"));
    let call = client
        .send_secrets()
        .in_path(password())
        .in_query(vec![password()])
        .in_header("s3cret")
        .in_cookie("s3cret");
    let call = call.in_form(password()).enabled(Secret::from("s3cret"));
    assert!(!format!("{call:?}").contains("s3cret"));
    call.clone().send().await.expect("200");
    let request = received(&server).await;
    assert_eq!(
        (request.url.path(), request.url.query()),
        ("/secrets/s3cret", Some("in_query=s3cret"))
    );
    assert_eq!(request.headers["in_header"], "s3cret");
    assert_eq!(request.headers["cookie"], "in_cookie=s3cret");
    assert_eq!(String::from_utf8_lossy(&request.body), "enabled=s3cret&in_form=s3cret");
    for call in [
        call.clone().in_path(types::Password::from(Secret::from(".."))),
        call.in_header("s3cret\n"),
    ] {
        let error = call.send().await.expect_err("it cannot be sent");
        assert!(
            matches!(error, Error::InvalidRequest(_)) && !format!("{error:?} {error}").contains("s3cret"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn braces_may_hold_more_than_a_name() {
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    client.get_templated().rest("a b/c").send().await.expect("204");
    assert_eq!(received(&server).await.url.path(), "/templated/a%20b/c");
}

#[tokio::test]
async fn a_response_to_head_has_no_body_whatever_is_documented() {
    let response = ResponseTemplate::new(200).insert_header("content-type", "application/json");
    let (_server, client) = answering(response).await;
    client.head_only().send().await.expect("200");
}

#[tokio::test]
async fn parameters() {
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    let call = client
        .all_parameters()
        .id(7)
        .tail("a b/c")
        .shared("s")
        .list(vec!["x".to_owned(), "y&z".to_owned()]);
    let call = call
        .joined(vec![1, 2])
        .spaced(vec!["p".to_owned(), "q".to_owned()])
        .piped(vec!["p".to_owned(), "q".to_owned()]);
    let call = call
        .choice("b")
        .level(2)
        .mixed(json!(2))
        .short("abc")
        .type_("t")
        .x_header(true)
        .session("a;b");
    let call = call.deep(read::<types::AllParametersDeep>(&json!({"a": "1", "b": {"c": 2}})));
    let call = call.flat(read::<types::AllParametersFlat>(&json!({"x": 1, "y": 2})));
    let call = call.json(read::<types::AllParametersJson>(&json!({"k": "v"})));
    call.clone().send().await.expect("204");
    let request = received(&server).await;
    assert_eq!(request.url.path(), "/parameters/7/a%20b/c");
    assert_eq!(
        request.url.query(),
        Some(
            "list=x&list=y%26z&joined=1,2&spaced=p%20q&piped=p%7Cq&deep%5Ba%5D=1&deep%5Bb%5D%5Bc%5D=2&x=1&y=2&\
             json=%7B%22k%22%3A%22v%22%7D&choice=b&level=2&mixed=2&short=abc&type=t&shared=s"
        )
    );
    assert_eq!(request.headers["x-header"], "true");
    assert_eq!(request.headers["cookie"], "session=a%3Bb");
    assert_eq!(request.headers["authorization"], "Bearer t");

    match call.short("abcd").send().await {
        Err(Error::InvalidRequest(error)) => {
            assert_eq!(
                error.to_string(),
                "all_parameters was not sent: query.short has 4 characters, at most 3 are allowed"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn bodies() {
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    let body = |request: &Request| {
        let media_type = request
            .headers
            .get("content-type")
            .map(|value| value.to_str().expect("text").to_owned());
        (media_type, String::from_utf8_lossy(&request.body).into_owned())
    };
    let tags = vec!["x".to_owned(), "y".to_owned()];
    client.send_form().name("a b").tags(tags).send().await.expect("204");
    let address = read::<types::SendDeepFormBody>(&json!({"address": {"city": "c"}}));
    client.send_deep_form().body(address).send().await.expect("204");
    client.send_bytes().body("png").send().await.expect("204");
    client.send_merge().claws(1).send().await.expect("204");
    client.delete_with_body().send().await.expect("204");
    client.delete_with_body().name("n").send().await.expect("204");
    let requests = server.received_requests().await.expect("they are recorded");
    let bodies = requests.iter().map(body).collect::<Vec<_>>();
    let row = |media_type: &str, body: &str| (Some(media_type.to_owned()), body.to_owned());
    assert_eq!(
        bodies,
        [
            row("application/x-www-form-urlencoded", "name=a+b&tags=x&tags=y"),
            row("application/x-www-form-urlencoded", "address%5Bcity%5D=c"),
            row("image/png", "png"),
            row("application/merge-patch+json", r#"{"claws":1,"kind":"cat"}"#),
            (None, String::new()),
            row("application/json", r#"{"name":"n"}"#),
        ]
    );
}

/// The parts of a form, each with its names, its media type, and what it holds.
fn parts(request: &Request) -> Vec<String> {
    let media_type = request.headers["content-type"].to_str().expect("text");
    let boundary = media_type
        .strip_prefix("multipart/form-data; boundary=")
        .expect("a form");
    let body = String::from_utf8(request.body.clone()).expect("text");
    let body = body.strip_suffix(&format!("--{boundary}--\r\n")).expect("an end");
    let start = format!("--{boundary}\r\nContent-Disposition: form-data; ");
    let parts = body.split(&start).skip(1).map(|part| {
        let (head, content) = part
            .strip_suffix("\r\n")
            .expect("a line")
            .split_once("\r\n\r\n")
            .expect("a head");
        let head = head
            .replace("; filename=\"file\"", " FILE")
            .replace("\r\nContent-Type: ", " ");
        format!("{head} = {content}").replacen("name=", "", 1)
    });
    parts.collect()
}

#[tokio::test]
async fn uploads() {
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    let file = Upload::from_bytes;
    let call = client
        .upload_all()
        .one(file("1"))
        .many(vec![file("2"), file("3")])
        .maybe(Some(file("4")))
        .note("n".to_owned())
        .tags(vec![5, 6])
        .meta(read::<types::UploadAllBodyMeta>(&json!({"k": "v"})));
    call.send().await.expect("204");
    let expected = [
        r#""one" FILE application/octet-stream = 1"#,
        r#""many" FILE application/octet-stream = 2"#,
        r#""many" FILE application/octet-stream = 3"#,
        r#""maybe" FILE application/octet-stream = 4"#,
        r#""note" = n"#,
        r#""tags" = 5"#,
        r#""tags" = 6"#,
        r#""meta" application/json = {"k":"v"}"#,
    ];
    assert_eq!(parts(&received(&server).await), expected);
}

#[tokio::test]
async fn files_and_the_media_types_of_parts() {
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    let file = Upload::from_bytes;
    let cat = json!({"claws": 1, "kind": "cat"});
    let either = vec![
        types::FileOrText::from(file("8")),
        "t".into(),
        read::<types::Cat>(&cat).into(),
    ];
    let call = client
        .upload_parts()
        .file(file("1"))
        .described(file("2"))
        .null_file(Some(file("3")))
        .files(types::Files::from(vec![file("4"), file("5")]))
        .lists(vec![vec![file("6")], vec![file("7")]])
        .one_or_many(types::PartsOneOrMany::from(vec![file("a"), file("b")]))
        .either(either)
        .pair(types::PartsPair(file("9"), 10))
        .choice(types::PartsChoice::from(file("c")))
        .untyped(file("d"))
        .json(vec!["j".to_owned(), "k".to_owned()])
        .text("*m*".to_owned())
        .picture(file("p"))
        .range(file("r").media_type("image/jpeg"))
        .webp(file("w"))
        .base64("aGk=".to_owned())
        .in_json("{}".to_owned())
        .cat(read::<types::Cat>(&cat))
        .cats(vec![read::<types::Cat>(&cat)])
        .extra(std::collections::HashMap::from([
            ("x".to_owned(), 1),
            ("y".to_owned(), 2),
        ]));
    call.send().await.expect("204");
    let expected = [
        r#""file" FILE application/octet-stream = 1"#,
        r#""described" FILE application/octet-stream = 2"#,
        r#""null_file" FILE application/octet-stream = 3"#,
        r#""files" FILE application/octet-stream = 4"#,
        r#""files" FILE application/octet-stream = 5"#,
        r#""lists" FILE application/octet-stream = 6"#,
        r#""lists" FILE application/octet-stream = 7"#,
        r#""one_or_many" FILE application/octet-stream = a"#,
        r#""one_or_many" FILE application/octet-stream = b"#,
        r#""either" FILE application/octet-stream = 8"#,
        r#""either" = t"#,
        r#""either" application/json = {"claws":1,"kind":"cat"}"#,
        r#""pair" FILE application/octet-stream = 9"#,
        r#""pair" = 10"#,
        r#""choice" FILE application/octet-stream = c"#,
        r#""untyped" FILE application/octet-stream = d"#,
        r#""json" application/vnd.meta+json = "j""#,
        r#""json" application/vnd.meta+json = "k""#,
        r#""text" text/markdown = *m*"#,
        r#""picture" FILE image/png = p"#,
        r#""range" FILE image/jpeg = r"#,
        r#""webp" FILE image/webp = w"#,
        r#""base64" application/octet-stream = aGk="#,
        r#""in_json" = {}"#,
        r#""cat" application/json = {"claws":1,"kind":"cat"}"#,
        r#""cats" application/json = {"claws":1,"kind":"cat"}"#,
        r#""x" = 1"#,
        r#""y" = 2"#,
    ];
    let mut parts = parts(&received(&server).await);
    // The entries of a map have no order.
    parts[expected.len() - 2..].sort();
    assert_eq!(parts, expected);
}

#[tokio::test]
async fn forms_that_are_maps_or_one_of_several() {
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    let file = Upload::from_bytes;
    let by_name = std::collections::HashMap::from([("b".to_owned(), file("2")), ("a".to_owned(), file("1"))]);
    client.upload_by_name().body(by_name).send().await.expect("204");
    let more = std::collections::HashMap::from([("more".to_owned(), types::FileOrText::from(file("2")))]);
    let mut by_file = types::ByFile::new(file("1"));
    by_file.extra = more;
    client.upload_one_of().body(by_file).send().await.expect("204");
    let by_url = types::ByUrl::new("u");
    client.upload_one_of().body(by_url).send().await.expect("204");
    client.upload_one_of().send().await.expect("204");
    let requests = server.received_requests().await.expect("they are recorded");
    let (none, some) = requests.split_last().expect("there are some");
    assert_eq!(
        some.iter().map(parts).collect::<Vec<_>>(),
        [
            vec![
                r#""a" FILE application/octet-stream = 1"#,
                r#""b" FILE application/octet-stream = 2"#,
            ],
            vec![
                r#""file" FILE application/octet-stream = 1"#,
                r#""more" FILE application/octet-stream = 2"#,
            ],
            vec![r#""url" = u"#],
        ]
    );
    assert!(none.body.is_empty() && !none.headers.contains_key("content-type"));
}

#[tokio::test]
async fn successes_are_decided_by_status() {
    use types::SeveralAnswersSuccess as Success;

    for (answer, expected) in [
        (ResponseTemplate::new(200).set_body_json(7), Success::Ok(7)),
        (ResponseTemplate::new(202), Success::Accepted),
    ] {
        let (_server, client) = answering(answer).await;
        assert_eq!(
            client.several_answers().send().await.expect("a success").into_inner(),
            expected
        );
    }
    let (server, client) = answering(ResponseTemplate::new(203).set_body_string("text")).await;
    match client.several_answers().send().await.expect("a success").into_inner() {
        Success::NonAuthoritativeInformation(body) => assert_eq!(body.text(), "text"),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        received(&server).await.headers["accept"],
        "application/json, text/plain"
    );

    let (_server, client) = answering(ResponseTemplate::new(200).set_body_json("all")).await;
    assert_eq!(
        *client.only_default().send().await.expect("default holds for 200"),
        "all"
    );
    let (_server, client) = answering(ResponseTemplate::new(201).set_body_string("raw")).await;
    assert_eq!(client.nothing_documented().send().await.expect("kept").text(), "raw");
    let (_server, client) = answering(ResponseTemplate::new(200).set_body_json(json!(null))).await;
    assert!(client.maybe_null().send().await.expect("null").is_none());
}

#[tokio::test]
async fn failures_are_decided_by_status() {
    use types::SeveralAnswersError2 as Failure;

    let problem = json!({"title": "t", "more": 1});
    for (status, body, is_it) in [
        (
            404,
            problem.clone(),
            (|failure| matches!(failure, Failure::NotFound(_))) as fn(&Failure) -> bool,
        ),
        (
            409,
            json!([1]),
            |failure| matches!(failure, Failure::Conflict(any) if *any == json!([1])),
        ),
        (410, json!(null), |failure| matches!(failure, Failure::Gone)),
        (
            418,
            json!("tea"),
            |failure| matches!(failure, Failure::ClientError(body) if body.text() == "\"tea\""),
        ),
        (500, problem.clone(), |failure| matches!(failure, Failure::Default(_))),
    ] {
        let (_server, client) = answering(ResponseTemplate::new(status).set_body_json(body)).await;
        match client.several_answers().send().await {
            Err(Error::Api(failure)) => assert!(is_it(failure.error()), "{status}: {failure:?}"),
            other => panic!("{status}: {other:?}"),
        }
    }
    // A success that is not documented is none of the failures, whatever `default` says.
    let (_server, client) = answering(ResponseTemplate::new(206).set_body_json(problem)).await;
    assert!(matches!(
        client.several_answers().send().await,
        Err(Error::UnexpectedResponse(_))
    ));
}

#[tokio::test]
async fn streams() {
    let (server, client) = answering(ResponseTemplate::new(200).set_body_string("data: 1\n\ndata: 2\n\n")).await;
    let mut events = client.stream_events().send().await.expect("a stream").into_inner();
    let mut text = Vec::new();
    while let Some(chunk) = events.chunk().await.expect("more of it") {
        text.extend(chunk);
    }
    assert_eq!(text, b"data: 1\n\ndata: 2\n\n");
    assert_eq!(received(&server).await.headers["accept"], "text/event-stream");
    let (_server, client) = answering(ResponseTemplate::new(422).set_body_json(json!({"title": "wrong"}))).await;
    let error = client.stream_events().send().await.expect_err("a failure");
    let text = error.to_string();
    assert!(
        text.starts_with("stream_events failed: 422 Unprocessable Entity: wrong (GET "),
        "{text}"
    );
}

#[tokio::test]
#[allow(deprecated)]
async fn names() {
    let (server, client) = answering(ResponseTemplate::new(204)).await;
    client.old_one().send().await.expect("204");
    client.call_error().send().await.expect("204");
    client.probe1().send().await.expect("204");
    client.by_reference().send().await.expect("204");
    client.twin().send().await.expect("204");
    client.twin_of_id().id("a").send().await.expect("204");
    client.post_twins().send().await.expect("204");
    let requests = server.received_requests().await.expect("they are recorded");
    let paths = requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.url.path()));
    assert_eq!(
        paths.collect::<Vec<_>>(),
        [
            "GET /old",
            "GET /named",
            "PUT /named",
            "GET /shared",
            "GET /twins",
            "GET /twins/a",
            "POST /twins"
        ]
    );
}

#[tokio::test]
async fn what_means_something_in_documentation_is_sent_as_it_is() {
    let (server, client) = answering(ResponseTemplate::new(404)).await;
    let body = json!({"a`[b]": "a", "<b>": "b", "c\n\n    let x = ;": 1, "https://a.example/d": "d", "e": "```\nlet x = ;\n```"});
    kept::<types::ProseOf>(body.clone());
    let error = client
        .prose()
        .p_a_q("p")
        .body(read::<types::ProseOf>(&body))
        .send()
        .await
        .expect_err("404");
    let text = error.to_string();
    assert!(
        text.starts_with("prose failed: 404 Not Found: ```rust let x [y] `|` = ; ``` | (POST "),
        "{text}"
    );
    let request = received(&server).await;
    assert_eq!(request.url.path(), "/prose%60[of]/p");
    assert_eq!(request.body_json::<Value>().expect("JSON"), body);
}

#[tokio::test]
async fn security() {
    // Open to all, or open as well: called without credentials.
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let client = Client::builder().endpoint(server.uri()).build().expect("a client");
    assert!(matches!(client.twin().send().await, Err(Error::Credentials(_))));
    client.nothing_documented().send().await.expect("204");
    let requests = server.received_requests().await.expect("they are recorded");
    assert!(
        requests
            .iter()
            .all(|request| !request.headers.contains_key("authorization"))
    );
    assert_eq!(requests.len(), 1);
}
