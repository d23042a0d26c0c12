//! What is valid is read, and written back equal: random values of every schema in constructs.yaml.
//!
//! Neither the values nor the verdict on them is the generator's: `noson` makes them of the schemas as they stand, and `boon`
//! says which are valid.

use std::fmt::Write as _;

use askui_workspaces::chrono::DateTime;
use boon::{Compiler, Schemas};
use rand::{SeedableRng as _, rngs::SmallRng};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Number, Value, json};

mod places;
#[path = "../../../../tests/tests/sdk/schemas/yaml.rs"]
mod yaml;

/// Reads JSON as a value of a type, and writes it, if the type can be written.
type Echo = fn(&str) -> Result<Option<String>, String>;

/// How many values of each schema are asked for.
const VALUES: u64 = 100;

/// The places of which no value is made: nothing or null alone is valid there, or what is valid is valid without end, or, of
/// one, `noson` does not know the keyword.
const WITHOUT: [&str; 6] = [
    "#/components/schemas/Daughter",
    "#/components/schemas/Never",
    "#/components/schemas/OnlyNull",
    "#/components/schemas/OrderPage",
    "#/components/schemas/Parent",
    "#/components/schemas/Son",
];

const DOCUMENT: &str = "mem:///constructs.json";

fn echo<T: DeserializeOwned + Serialize>(json: &str) -> Result<Option<String>, String> {
    let value = serde_json::from_str::<T>(json).map_err(|error| format!("not read: {error}"))?;
    let json = serde_json::to_string(&value).map_err(|error| format!("not written: {error}"))?;
    Ok(Some(json))
}

/// As [`echo`], of a type that is only received and holds a secret.
fn read<T: DeserializeOwned>(json: &str) -> Result<Option<String>, String> {
    serde_json::from_str::<T>(json).map_err(|error| format!("not read: {error}"))?;
    Ok(None)
}

/// Where the description has the schemas of its components, and where a JSON Schema has them.
const COMPONENTS: [&str; 2] = ["#/components/schemas/", "#/$defs/"];

/// The description as a JSON Schema, with all that OpenAPI says of values in words of JSON Schema.
fn description() -> Value {
    let source = yaml::parsed(include_str!("../../constructs.yaml"));
    let mut plain = source.clone();
    simplify(&mut plain, &source);
    let mut components = plain["components"]["schemas"].take();
    for (number, schema) in components
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
        .enumerate()
    {
        if let Value::Object(members) = schema {
            // Its anchors are its own.
            members
                .entry("$id")
                .or_insert_with(|| format!("mem:///{number}").into());
        }
    }
    plain["$defs"] = components;
    plain
}

fn simplify(value: &mut Value, description: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| simplify(item, description)),
        Value::Object(members) => {
            tag_alternatives(members, description);
            bound_integer(members);
            exclude_bounds(members);
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                // Not from the `$id` that it may stand in.
                *reference = reference.replace(COMPONENTS[0], &format!("{DOCUMENT}{}", COMPONENTS[1]));
            }
            // Of a schema with properties, values that are no objects are left aside.
            if members.get("properties").is_some_and(Value::is_object) && !members.contains_key("type") {
                members.insert("type".into(), "object".into());
            }
            // A secret is a text.
            if members.get("format").is_some_and(|format| format == "password")
                && members.keys().all(|key| key == "format")
            {
                members.insert("type".into(), "string".into());
            }
            members.values_mut().for_each(|member| simplify(member, description));
        }
        _ => {}
    }
}

/// The bounds that the format of an integer stands for.
fn bound_integer(schema: &mut Map<String, Value>) {
    let (min, max) = match schema.get("format").and_then(Value::as_str) {
        Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
        Some("int64") => (json!(i64::MIN), json!(i64::MAX)),
        Some("uint32") => (json!(u32::MIN), json!(u32::MAX)),
        Some("uint64") => (json!(u64::MIN), json!(u64::MAX)),
        _ => return,
    };
    schema.entry("minimum").or_insert(min);
    schema.entry("maximum").or_insert(max);
}

/// What OpenAPI 3.0 says of a bound, as JSON Schema says it since.
fn exclude_bounds(schema: &mut Map<String, Value>) {
    for (keyword, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        let Some(&Value::Bool(is_excluded)) = schema.get(keyword) else {
            continue;
        };
        schema.remove(keyword);
        if let Some(bound) = is_excluded.then(|| schema.remove(bound)).flatten() {
            schema.insert(keyword.into(), bound);
        }
    }
}

/// Demands of each alternative the tag that the discriminator has for it, unless it says itself what its tag is.
fn tag_alternatives(schema: &mut Map<String, Value>, description: &Value) {
    let Some(discriminator) = schema.get("discriminator").cloned() else {
        return;
    };
    let Some(tag) = discriminator["propertyName"].as_str() else {
        return;
    };
    let mapping = discriminator["mapping"].as_object().cloned().unwrap_or_default();
    for keyword in ["oneOf", "anyOf"] {
        for alternative in schema
            .get_mut(keyword)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let Some(reference) = alternative["$ref"].as_str() else {
                continue;
            };
            let name = reference.rsplit('/').next().unwrap_or_default();
            let target = description.pointer(&reference[1..]).unwrap_or(&Value::Null);
            let own = &target["properties"][tag];
            if own.get("const").or(own.get("enum")).is_some() || target.get("oneOf").is_some() {
                continue;
            }
            let mut values = mapping
                .iter()
                .filter(|(_, to)| *to == reference || *to == name)
                .map(|(value, _)| value.as_str())
                .collect::<Vec<_>>();
            if values.is_empty() {
                values.push(name);
            }
            let tagged = json!({"type": "object", "required": [tag], "properties": {tag: {"enum": values}}});
            *alternative = json!({"allOf": [{"$ref": reference}, tagged]});
        }
    }
}

/// The number, if it is an integer.
fn integer(number: &Number) -> Option<i128> {
    let text = number.to_string();
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

/// Whether two values are the same: `1` is `1.0`, and a time is the same in another time zone.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => match (integer(one), integer(other)) {
            (Some(one), Some(other)) => one == other,
            _ => one.as_f64() == other.as_f64(),
        },
        (Value::String(one), Value::String(other)) => {
            let time = |text: &str| DateTime::parse_from_rfc3339(text).ok();
            one == other || time(one).is_some_and(|one| time(other) == Some(one))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(name, value)| other.get(name).is_some_and(|other| equal(value, other));
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

/// The schema with those that it refers to in their places, which `noson` would follow down to a depth that makes values of
/// any size; what is deeper than `depth` references is left out. `None` if it cannot be.
fn unrolled(schema: &Value, description: &Value, depth: usize) -> Option<Value> {
    let Value::Object(members) = schema else {
        return Some(schema.clone());
    };
    let unroll = |schema: &Value| unrolled(schema, description, depth);
    let required = |name: &String| {
        members
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| names.contains(&json!(name)))
    };
    let mut whole = Map::new();
    // What says nothing of values keeps `noson` from merging parts that differ in it.
    let is_said_of_values = |keyword: &str| !keyword.starts_with("x-") && !matches!(keyword, "$id" | "discriminator");
    for (keyword, value) in members.iter().filter(|(keyword, _)| is_said_of_values(keyword)) {
        let value = match (keyword.as_str(), value) {
            ("$ref", Value::String(reference)) => {
                let target = description.pointer(reference.strip_prefix(DOCUMENT)?.strip_prefix('#')?)?;
                let target = unrolled(target, description, depth.checked_sub(1)?)?;
                let parts = members
                    .get("allOf")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .map(unroll);
                let parts = std::iter::once(Some(target)).chain(parts).collect::<Option<Vec<_>>>()?;
                whole.insert("allOf".into(), parts.into());
                continue;
            }
            ("allOf", _) if members.contains_key("$ref") => continue,
            ("allOf" | "prefixItems", Value::Array(schemas)) => {
                schemas.iter().map(unroll).collect::<Option<Value>>()?
            }
            ("anyOf" | "oneOf", Value::Array(schemas)) => {
                let schemas = schemas.iter().filter_map(unroll).collect::<Vec<_>>();
                if schemas.is_empty() {
                    return None;
                }
                schemas.into()
            }
            ("properties", Value::Object(properties)) => {
                let mut kept = Map::new();
                for (name, schema) in properties {
                    match unroll(schema) {
                        Some(schema) => drop(kept.insert(name.clone(), schema)),
                        None if required(name) => return None,
                        None => {}
                    }
                }
                kept.into()
            }
            ("patternProperties", Value::Object(properties)) => {
                let kept = properties
                    .iter()
                    .filter_map(|(name, schema)| Some((name.clone(), unroll(schema)?)));
                Value::Object(kept.collect())
            }
            ("items", Value::Object(_)) => {
                let Some(items) = unroll(value) else {
                    whole.insert("maxItems".into(), 0.into());
                    continue;
                };
                items
            }
            ("additionalProperties", Value::Object(_)) => unroll(value).unwrap_or(Value::Bool(false)),
            _ => value.clone(),
        };
        whole.insert(keyword.clone(), value);
    }
    Some(whole.into())
}

/// Says what is valid.
struct Judge {
    compiler: Compiler,
    schemas: Schemas,
}

impl Judge {
    fn new(description: &Value) -> Self {
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler
            .add_resource(DOCUMENT, description.clone())
            .expect("it is JSON");
        let schemas = Schemas::new();
        Self { compiler, schemas }
    }

    /// Of `values`, those that are valid by the schema at `place`.
    fn valid(&mut self, place: &str, mut values: Vec<Value>) -> Vec<Value> {
        let place = format!("{DOCUMENT}{place}");
        match self.compiler.compile(&place, &mut self.schemas) {
            Ok(schema) => values.retain(|value| self.schemas.validate(value, schema).is_ok()),
            Err(error) => panic!("{place}: {error:#}"),
        }
        values
    }
}

/// Values of the schema, without null alone.
fn values(schema: &Value, description: &Value) -> Vec<Value> {
    let unrolled = unrolled(schema, description, 3);
    let value = |seed| noson::generate(unrolled.as_ref()?, &mut SmallRng::seed_from_u64(seed)).ok();
    (0..VALUES).filter_map(value).filter(|value| !value.is_null()).collect()
}

#[test]
fn what_is_valid_is_read_and_written_back_equal() {
    let description = description();
    let mut judge = Judge::new(&description);
    let (mut failures, mut without, mut count) = (String::new(), Vec::new(), 0);
    for (place, echo) in places::PLACES {
        let at = place.replace(COMPONENTS[0], COMPONENTS[1]);
        let schema = description.pointer(at.trim_start_matches('#'));
        let schema = schema.unwrap_or_else(|| panic!("there is nothing at {at}"));
        let values = judge.valid(&at, values(schema, &description));
        if values.is_empty() {
            without.push(*place);
        }
        count += values.len();
        let failed = values.iter().filter_map(|value| {
            let json = value.to_string();
            match echo(&json) {
                Ok(Some(back)) if !equal(value, &serde_json::from_str(&back).expect("JSON")) => Some((json, back)),
                Ok(_) => None,
                Err(error) => Some((json, error)),
            }
        });
        let failed = failed.collect::<Vec<_>>();
        if let Some((value, back)) = failed.iter().min_by_key(|(value, _)| value.len()) {
            let (failed, of) = (failed.len(), values.len());
            let _ = writeln!(
                failures,
                "{place}: {failed} of {of} values\n  schema {schema}\n  value  {value}\n  back   {back}"
            );
        }
    }
    println!("{count} values of {} schemas", places::PLACES.len());
    assert!(failures.is_empty(), "{failures}");
    assert_eq!(without, WITHOUT, "no value was made of them");
}
