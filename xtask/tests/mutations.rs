//! Descriptions that were tampered with: each gives code or a diagnostic, the same each time, and never a panic.

use arbtest::{arbitrary::Unstructured, arbtest};
use serde_json::{Value, json};
use xtask::{
    generate::{Inputs, Options},
    input::{diagnostic::Errors, source::Source},
};

const DESCRIPTIONS: [(&str, &str); 2] = [
    ("constructs.yaml", include_str!("../constructs/constructs.yaml")),
    (
        "askui-workspaces.yaml",
        include_str!("../../openapi/askui-workspaces.yaml"),
    ),
];

/// Every node of a description, by its pointer.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    let child = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(key, value)| pointers(value, &child(key), into)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| pointers(value, &child(&index.to_string()), into));
        }
        _ => {}
    }
    into.push(at.to_owned());
}

/// A value that a schema, or anything else in a description, might be.
fn value(random: &mut Unstructured<'_>, depth: usize) -> arbtest::arbitrary::Result<Value> {
    let inner = |random: &mut Unstructured<'_>| {
        if depth > 3 {
            Ok(json!({}))
        } else {
            value(random, depth + 1)
        }
    };
    Ok(match random.int_in_range(0..=24)? {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!(-1),
        4 => json!(1e300),
        5 => json!(""),
        6 => json!("#/components/schemas/Cat"),
        7 => json!([]),
        8 => json!({}),
        9 => json!({"$ref": "#/components/schemas/Cat"}),
        10 => json!({"$ref": "#/components/schemas/Tree/properties/left"}),
        11 => json!({"$ref": "#/nowhere"}),
        12 => {
            json!({"type": "string", "minLength": random.arbitrary::<i16>()?, "maxLength": random.arbitrary::<u8>()?})
        }
        13 => json!({"type": ["string", "null", "array"], "items": inner(random)?}),
        14 => json!({"anyOf": [inner(random)?, inner(random)?]}),
        15 => json!({"oneOf": [inner(random)?, {"type": "null"}], "properties": {"a": inner(random)?}}),
        16 => json!({"allOf": [inner(random)?, inner(random)?], "nullable": true}),
        17 => {
            json!({"type": "object", "properties": {"a": inner(random)?, "A": inner(random)?}, "required": ["a", "b"]})
        }
        18 => json!({"type": "object", "additionalProperties": inner(random)?}),
        19 => json!({"type": "array", "prefixItems": [inner(random)?, inner(random)?], "items": false, "minItems": 2}),
        20 => json!({"enum": ["a", 1, null, "A", "a", {"b": []}]}),
        21 => json!({"const": inner(random)?}),
        22 => json!({"type": "integer", "minimum": -1e30, "maximum": random.arbitrary::<u64>()?, "format": "int32"}),
        23 => json!({"type": "string", "format": "binary"}),
        _ => json!([inner(random)?, inner(random)?]),
    })
}

fn mutate(description: &mut Value, random: &mut Unstructured<'_>) -> arbtest::arbitrary::Result<()> {
    for _ in 0..random.int_in_range(1..=4)? {
        let mut all = Vec::new();
        pointers(description, "", &mut all);
        let at = random.choose(&all)?.clone();
        let other = random.choose(&all)?.clone();
        let new = match random.int_in_range(0..=3)? {
            // Swaps it with another node, or puts a copy of that in its place.
            0 => description.pointer(&other).cloned().unwrap_or_default(),
            1 => value(random, 0)?,
            2 => json!({"anyOf": [description.pointer(&at).cloned(), value(random, 0)?]}),
            _ => {
                let (parent, key) = at.rsplit_once('/').unwrap_or_default();
                match description.pointer_mut(parent) {
                    Some(Value::Object(members)) => drop(members.remove(&key.replace("~1", "/").replace("~0", "~"))),
                    Some(Value::Array(items)) => drop(items.pop()),
                    _ => {}
                }
                continue;
            }
        };
        if let Some(place) = description.pointer_mut(&at) {
            *place = new;
        }
    }
    Ok(())
}

/// The code, or the errors.
fn outcome(description: &Value, is_strict: bool) -> Result<Vec<String>, Vec<String>> {
    let texts = |errors: Errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>();
    let source = Source::parse("description.json", &description.to_string());
    let inputs = Inputs {
        description: source.map_err(texts)?,
        overlay: None,
    };
    let options = Options {
        is_strict,
        ..Options::default()
    };
    match inputs.generate(options) {
        Ok(generated) => Ok(generated.code.into_iter().map(|code| code.text).collect()),
        Err(errors) => Err(texts(errors)),
    }
}

#[test]
fn a_description_that_was_tampered_with_gives_code_or_a_diagnostic() {
    let descriptions = DESCRIPTIONS.map(|(file, text)| Source::parse(file, text).expect("it can be read").value);
    let (mut code, mut errors, mut strict_errors) = (0, 0, 0);
    let mut property = |random: &mut Unstructured<'_>| {
        let mut description = random.choose(&descriptions)?.clone();
        mutate(&mut description, random)?;
        let first = outcome(&description, false);
        assert!(first == outcome(&description, false), "{description}");
        let strict = outcome(&description, true);
        for found in [&first, &strict]
            .into_iter()
            .filter_map(|outcome| outcome.as_ref().err())
        {
            assert!(!found.is_empty());
            for error in found {
                assert!(
                    error.contains("\n  do: ") && !error.contains("bug of the generator"),
                    "{error}\n{description}"
                );
            }
        }
        match (first, strict) {
            (Ok(_), Ok(_)) => code += 1,
            (Ok(_), Err(_)) => strict_errors += 1,
            (Err(_), Err(_)) => errors += 1,
            (Err(first), Ok(_)) => panic!("refused unless strict: {first:?}\n{description}"),
        }
        Ok(())
    };
    // Always the same descriptions, so that a failure is everybody's; the environment can ask for more.
    let tries = std::env::var("MUTATIONS")
        .ok()
        .and_then(|tries| tries.parse::<u64>().ok());
    for seed in 0..tries.unwrap_or(60) {
        arbtest(&mut property).seed(seed << 32 | 4096).run();
    }
    assert!(
        code > 0 && errors > 0 && strict_errors > 0,
        "{code} gave code, {strict_errors} only where parts may be left out, and {errors} errors"
    );
}
