//! Documents that were tampered with: each gives code or a diagnostic, the same each time, and never a panic.

use arbtest::{arbitrary::Unstructured, arbtest};
use serde_json::{Value, json};
use xtask::{Inputs, source::Source};

const DOCUMENTS: [(&str, &str); 2] = [
    ("constructs.yaml", include_str!("../constructs/constructs.yaml")),
    (
        "askui-workspaces.yaml",
        include_str!("../../openapi/askui-workspaces.yaml"),
    ),
];

/// Every node of a document, by its pointer.
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

/// A value that a schema, or anything else in a document, might be.
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

fn mutate(document: &mut Value, random: &mut Unstructured<'_>) -> arbtest::arbitrary::Result<()> {
    for _ in 0..random.int_in_range(1..=4)? {
        let mut all = Vec::new();
        pointers(document, "", &mut all);
        let at = random.choose(&all)?.clone();
        let other = random.choose(&all)?.clone();
        let new = match random.int_in_range(0..=3)? {
            // Swaps it with another node, or puts a copy of that in its place.
            0 => document.pointer(&other).cloned().unwrap_or_default(),
            1 => value(random, 0)?,
            2 => json!({"anyOf": [document.pointer(&at).cloned(), value(random, 0)?]}),
            _ => {
                let (parent, key) = at.rsplit_once('/').unwrap_or_default();
                match document.pointer_mut(parent) {
                    Some(Value::Object(members)) => drop(members.remove(&key.replace("~1", "/").replace("~0", "~"))),
                    Some(Value::Array(items)) => drop(items.pop()),
                    _ => {}
                }
                continue;
            }
        };
        if let Some(place) = document.pointer_mut(&at) {
            *place = new;
        }
    }
    Ok(())
}

/// The code, or the faults.
fn outcome(document: &Value) -> Result<Vec<String>, Vec<String>> {
    let source = Source::parse("document.json", &document.to_string()).map_err(|fault| vec![fault.to_string()])?;
    let inputs = Inputs {
        document: source,
        overlay: None,
    };
    match inputs.generate() {
        Ok(generated) => Ok(generated.code.into_iter().map(|code| code.text).collect()),
        Err(faults) => Err(faults.iter().map(ToString::to_string).collect()),
    }
}

#[test]
fn a_document_that_was_tampered_with_gives_code_or_a_diagnostic() {
    let documents = DOCUMENTS.map(|(file, text)| Source::parse(file, text).expect("it can be read").value);
    let (mut code, mut faults) = (0, 0);
    let property = |random: &mut Unstructured<'_>| {
        let mut document = random.choose(&documents)?.clone();
        mutate(&mut document, random)?;
        let first = outcome(&document);
        assert_eq!(first, outcome(&document), "{document}");
        match first {
            Ok(_) => code += 1,
            Err(found) => {
                faults += 1;
                assert!(!found.is_empty());
                for fault in found {
                    assert!(
                        fault.contains("\n  do: ") && !fault.contains("fault of the generator"),
                        "{fault}\n{document}"
                    );
                }
            }
        }
        Ok(())
    };
    // Always the same documents, so that a failure is everybody's; the environment can ask for more.
    let tries = std::env::var("MUTATIONS")
        .ok()
        .and_then(|tries| tries.parse::<u64>().ok());
    let mut property = property;
    for seed in 0..tries.unwrap_or(60) {
        arbtest(&mut property).seed(seed << 32 | 4096).run();
    }
    assert!(code > 0 && faults > 0, "{code} gave code, and {faults} faults");
}
