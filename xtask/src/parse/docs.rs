//! Documentation from the titles, summaries and descriptions in the description.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    null::without_null,
    vocabulary::{flag, text},
};
use crate::model::{
    prose::{code, one_line, prose},
    typedef::Doc,
};

/// What the documentation says of what the description calls deprecated.
pub(super) const DEPRECATED: &str = "Deprecated by the API's description.";

/// Documentation of a type: its description, and what it demands.
pub(super) fn doc(schema: &Value) -> Doc {
    let inner = without_null(schema);
    let mut rules = limits(&inner.schema);
    if let Some(default) = schema.get("default").filter(|default| !default.is_null()) {
        let default = sorted(default).to_string();
        rules.push(format!("The server's default is {}.", code(&default)));
    }
    if flag(schema, "deprecated") {
        rules.push(DEPRECATED.into());
    }
    rules.extend(external(schema));
    Doc {
        summary: description(schema).or_else(|| description(&inner.schema)),
        rules,
    }
}

/// Where more is documented.
pub(super) fn external(value: &Value) -> Option<String> {
    let docs = value.get("externalDocs")?;
    let url = text(docs, "url").filter(|url| url.starts_with("https://") || url.starts_with("http://"))?;
    let is_plain = |character: char| character.is_ascii_graphic() && !"<>\"`\\".contains(character);
    let what = text(docs, "description").map(one_line).filter(|what| !what.is_empty());
    let what = what.map_or(String::new(), |what| format!(" ({what})"));
    url.chars().all(is_plain).then(|| format!("See <{url}>{what}."))
}

/// The value with the members of objects in the order of their names, so that documentation does not change with the order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), sorted(value)));
            members.collect::<BTreeMap<_, _>>().into_iter().collect()
        }
        other => other.clone(),
    }
}

/// Documentation of what has no type of its own, `fallback` where it has no description.
pub(super) fn doc_text(schema: &Value, fallback: &str) -> String {
    doc(schema).text(fallback)
}

/// What the description says of a schema.
fn description(schema: &Value) -> Option<String> {
    let text = prose(schema.get("description")?.as_str()?);
    (!text.trim().is_empty()).then_some(text)
}

/// What a schema demands of a value, a sentence each, whether the client checks it or only the server.
fn limits(schema: &Value) -> Vec<String> {
    let number = |keyword: &str| {
        let limit = schema.get(keyword).filter(|limit| limit.is_number());
        limit.map(Value::to_string)
    };
    let count = |keyword: &str| number(keyword).filter(|count| count != "0");
    let between = |min: Option<String>, max: Option<String>, one: &str, several: &str| {
        let noun = |limit: &str| if limit == "1" { one } else { several }.to_owned();
        match (min, max) {
            (Some(min), Some(max)) if min == max => Some(format!("Exactly {min}{}.", noun(&max))),
            (Some(min), Some(max)) => Some(format!("{min} to {max}{}.", noun(&max))),
            (Some(min), None) => Some(format!("At least {min}{}.", noun(&min))),
            (None, Some(max)) => Some(format!("At most {max}{}.", noun(&max))),
            (None, None) => None,
        }
    };
    let beyond = |keyword: &str, word: &str| Some(format!("{word} than {}.", number(keyword)?));
    let pattern = schema.get("pattern").and_then(Value::as_str);
    let sentences = [
        between(count("minLength"), count("maxLength"), " character", " characters"),
        pattern.map(|pattern| format!("Matches {}.", code(pattern))),
        between(number("minimum"), number("maximum"), "", ""),
        beyond("exclusiveMinimum", "More"),
        beyond("exclusiveMaximum", "Less"),
        between(count("minItems"), count("maxItems"), " item", " items"),
        flag(schema, "uniqueItems").then(|| "No item twice.".into()),
    ];
    sentences.into_iter().flatten().collect()
}
