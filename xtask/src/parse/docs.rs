//! Documentation from the titles, summaries and descriptions in the description.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    null::without_null,
    vocabulary::{flag, text},
};
use crate::model::{
    prose::{code, one_line, prose},
    rules::{Rule, Rules},
    typedef::Doc,
};

/// What the documentation says of what the description calls deprecated.
pub(super) const DEPRECATED: &str = "Deprecated by the API's description.";

/// Documentation of a type: its description, and what it demands.
pub(super) fn doc(schema: &Value, rules: &Rules) -> Doc {
    let inner = without_null(schema);
    let mut rules = limits(rules);
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
pub(super) fn doc_text(schema: &Value, rules: &Rules, fallback: &str) -> String {
    doc(schema, rules).text(fallback)
}

/// What the description says of a schema.
fn description(schema: &Value) -> Option<String> {
    let text = prose(schema.get("description")?.as_str()?);
    (!text.trim().is_empty()).then_some(text)
}

/// What is demanded of a value, a sentence each.
fn limits(rules: &Rules) -> Vec<String> {
    let mut sentences = of_own(&rules.own);
    for (rules, each) in [(&rules.items, "item"), (&rules.values, "value")] {
        let within = rules.as_ref().map_or(Vec::new(), |rules| limits(rules));
        if !within.is_empty() {
            sentences.push(format!("Each {each}: {}", within.join(" ")));
        }
    }
    sentences
}

fn of_own(rules: &[Rule]) -> Vec<String> {
    let value = |keyword: &str| {
        let rule = rules.iter().find(|rule| rule.keyword() == keyword);
        rule.map(|rule| rule.value().to_string())
    };
    let between = |least: &str, greatest: &str, one: &str, several: &str| {
        let noun = |limit: &str| if limit == "1" { one } else { several }.to_owned();
        match (value(least), value(greatest)) {
            (Some(min), Some(max)) if min == max => Some(format!("Exactly {min}{}.", noun(&max))),
            (Some(min), Some(max)) => Some(format!("{min} to {max}{}.", noun(&max))),
            (Some(min), None) => Some(format!("At least {min}{}.", noun(&min))),
            (None, Some(max)) => Some(format!("At most {max}{}.", noun(&max))),
            (None, None) => None,
        }
    };
    let beyond = |keyword: &str, word: &str| Some(format!("{word} than {}.", value(keyword)?));
    let each = rules.iter().filter_map(|rule| match rule {
        Rule::Pattern(pattern) => Some(format!("Matches {}.", code(&pattern.text))),
        Rule::MultipleOf(divisor) => Some(format!("A multiple of {divisor}.")),
        Rule::PropertyNames(rules) => Some(format!("Each name: {}", of_own(rules).join(" "))),
        _ => None,
    });
    let sentences = [
        between("minLength", "maxLength", " character", " characters"),
        between("minimum", "maximum", "", ""),
        beyond("exclusiveMinimum", "More"),
        beyond("exclusiveMaximum", "Less"),
        between("minItems", "maxItems", " item", " items"),
        value("uniqueItems").map(|_| "No item twice.".into()),
        between("minProperties", "maxProperties", " property", " properties"),
    ];
    sentences.into_iter().flatten().chain(each).collect()
}
