//! The checks of a request against the schemas of the document, in the words that FastAPI has for what is wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::NaiveDate;
use regex::Regex;
use reqwest::Url;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::time;

/// Schemas that stand in each other, or refer to each other, are followed so deep.
const DEEPEST: usize = 128;

/// Something that is wrong with a request. It repeats nothing of what was sent, which may be secret.
pub(crate) struct Fault {
    /// From the outside inwards: `body`, `name`.
    pub(crate) place: Vec<Step>,
    pub(crate) message: String,
    /// The rule that is broken, for programs.
    pub(crate) kind: &'static str,
}

#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

impl Fault {
    /// What is wrong with the part of a request that is called so, or a part of that.
    pub(crate) fn at(place: &[&str], message: impl Into<String>, kind: &'static str) -> Self {
        Self {
            place: place.iter().map(|name| Step::Name((*name).to_owned())).collect(),
            message: message.into(),
            kind,
        }
    }

    pub(crate) fn missing(place: &[&str]) -> Self {
        Self::at(place, "Field required", "missing")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.place.iter().enumerate() {
            match step {
                Step::Name(name) if position == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        if !self.place.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// The schemas that others refer to, by name.
pub(crate) struct Schemas(BTreeMap<&'static str, Value>);

impl Schemas {
    pub(crate) fn new(definitions: &[(&'static str, &'static str)]) -> Self {
        let parse = |(name, schema): &(&'static str, &'static str)| (*name, parsed(schema));
        Self(definitions.iter().map(parse).collect())
    }

    /// What a schema refers to.
    pub(crate) fn referred(&self, schema: &Value) -> Option<&Value> {
        self.0.get(schema.get("$ref")?.as_str()?)
    }

    /// All that is wrong with a value.
    pub(crate) fn check(&self, schema: &Value, value: &Value, place: &[&str]) -> Vec<Fault> {
        let mut checking = Checking {
            schemas: self,
            place: place.iter().map(|name| Step::Name((*name).to_owned())).collect(),
            faults: Vec::new(),
            open: Vec::new(),
            depth: 0,
        };
        checking.check(schema, value);
        checking.faults
    }
}

/// A schema that generated code holds as JSON.
pub(crate) fn parsed(schema: &str) -> Value {
    serde_json::from_str(schema).unwrap_or(Value::Bool(true))
}

struct Checking<'a> {
    schemas: &'a Schemas,
    place: Vec<Step>,
    faults: Vec<Fault>,
    /// The schemas that are being followed, and the values that are held against them: a child that extends the base that lists
    /// it says nothing new of the same value.
    open: Vec<(&'a Value, *const Value)>,
    depth: usize,
}

impl Checking<'_> {
    fn fault(&mut self, message: impl Into<String>, kind: &'static str) {
        self.faults.push(Fault {
            place: self.place.clone(),
            message: message.into(),
            kind,
        });
    }

    fn within(&mut self, step: Step, schema: &Value, value: &Value) {
        self.place.push(step);
        self.check(schema, value);
        self.place.pop();
    }

    fn check(&mut self, schema: &Value, value: &Value) {
        if *schema == Value::Bool(false) {
            return self.fault("Extra inputs are not permitted", "extra_forbidden");
        }
        let Some(keywords) = schema.as_object().filter(|_| self.depth < DEEPEST) else {
            return;
        };
        self.depth += 1;
        self.check_object_of(keywords, schema, value);
        self.depth -= 1;
    }

    fn check_object_of(&mut self, keywords: &Map<String, Value>, schema: &Value, value: &Value) {
        if let Some(referred) = self.schemas.referred(schema) {
            let place = std::ptr::from_ref(value);
            let is_open = |(open, of): &(&Value, *const Value)| std::ptr::eq(*open, referred) && *of == place;
            if !self.open.iter().any(is_open) {
                self.open.push((referred, place));
                self.check(referred, value);
                self.open.pop();
            }
        }
        for part in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.check(part, value);
        }
        for union in ["anyOf", "oneOf"] {
            if let Some(alternatives) = keywords.get(union).and_then(Value::as_array) {
                self.check_union(alternatives, value);
            }
        }
        // Of a value that is of another type, nothing else is worth saying.
        if let Some((message, kind)) = of_another_type(keywords.get("type"), value) {
            return self.fault(message, kind);
        }
        self.check_values(keywords, value);
        match value {
            Value::String(text) => self.check_text(keywords, text),
            Value::Number(number) => self.check_number(keywords, number.as_f64().unwrap_or_default()),
            Value::Array(items) => self.check_list(keywords, items),
            Value::Object(members) => self.check_members(keywords, members),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// One of the alternatives has to fit; otherwise, what is wrong is what is wrong with the one that nearly does.
    fn check_union(&mut self, alternatives: &[Value], value: &Value) {
        let mut nearest: Option<Vec<Fault>> = None;
        for alternative in alternatives {
            let mut checking = Checking {
                schemas: self.schemas,
                place: self.place.clone(),
                faults: Vec::new(),
                open: self.open.clone(),
                depth: self.depth,
            };
            checking.check(alternative, value);
            if checking.faults.is_empty() {
                return;
            }
            let is_null = alternative.get("type").is_some_and(|kind| kind == "null");
            let is_nearer = |nearest: &Vec<Fault>| checking.faults.len() < nearest.len();
            if !is_null && nearest.as_ref().is_none_or(is_nearer) {
                nearest = Some(checking.faults);
            }
        }
        match nearest {
            Some(faults) => self.faults.extend(faults),
            None if alternatives.is_empty() => {}
            None => self.fault("Input should be None", "none_required"),
        }
    }

    fn check_values(&mut self, keywords: &Map<String, Value>, value: &Value) {
        let listed = keywords.get("enum").and_then(Value::as_array);
        if let Some(values) = listed.filter(|values| !values.contains(value)) {
            self.fault(format!("Input should be {}", one_of(values)), "enum");
        }
        if let Some(constant) = keywords.get("const").filter(|constant| *constant != value) {
            let message = format!("Input should be {}", one_of(std::slice::from_ref(constant)));
            self.fault(message, "literal_error");
        }
    }

    fn check_text(&mut self, keywords: &Map<String, Value>, text: &str) {
        let length = text.chars().count() as u64;
        if let Some(min) = limit(keywords, "minLength").filter(|min| length < *min) {
            self.fault(
                format!("String should have at least {}", counted(min, "character")),
                "string_too_short",
            );
        }
        if let Some(max) = limit(keywords, "maxLength").filter(|max| length > *max) {
            self.fault(
                format!("String should have at most {}", counted(max, "character")),
                "string_too_long",
            );
        }
        // What this kind of regular expression cannot say is not checked.
        if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
            if Regex::new(pattern).is_ok_and(|regex| !regex.is_match(text)) {
                let message = format!("String should match pattern '{pattern}'");
                self.fault(message, "string_pattern_mismatch");
            }
        }
        let wrong = match keywords.get("format").and_then(Value::as_str) {
            Some("uuid") if Uuid::parse_str(text).is_err() => Some(("UUID", "uuid_parsing")),
            Some("date-time") if time::parse(text).is_none() => Some(("datetime", "datetime_parsing")),
            Some("date") if text.parse::<NaiveDate>().is_err() => Some(("date", "date_parsing")),
            Some("uri") if Url::parse(text).is_err() => Some(("URL", "url_parsing")),
            Some("email") if !is_email(text) => Some(("email address", "value_error")),
            _ => None,
        };
        if let Some((what, kind)) = wrong {
            self.fault(format!("Input should be a valid {what}"), kind);
        }
    }

    fn check_number(&mut self, keywords: &Map<String, Value>, number: f64) {
        type IsBroken = fn(f64, f64) -> bool;
        let rules: [(&str, IsBroken, &str, &str); 5] = [
            (
                "minimum",
                |number, bound| number < bound,
                "greater than or equal to",
                "greater_than_equal",
            ),
            (
                "exclusiveMinimum",
                |number, bound| number <= bound,
                "greater than",
                "greater_than",
            ),
            (
                "maximum",
                |number, bound| number > bound,
                "less than or equal to",
                "less_than_equal",
            ),
            (
                "exclusiveMaximum",
                |number, bound| number >= bound,
                "less than",
                "less_than",
            ),
            ("multipleOf", is_no_multiple, "a multiple of", "multiple_of"),
        ];
        for (keyword, is_broken, words, kind) in rules {
            let bound = keywords.get(keyword).filter(|bound| {
                let bound = bound.as_f64();
                bound.is_some_and(|bound| is_broken(number, bound))
            });
            if let Some(bound) = bound {
                self.fault(format!("Input should be {words} {bound}"), kind);
            }
        }
    }

    fn check_list(&mut self, keywords: &Map<String, Value>, items: &[Value]) {
        self.check_count(keywords, ["minItems", "maxItems"], "List", items.len() as u64);
        if keywords.get("uniqueItems") == Some(&Value::Bool(true)) {
            let distinct = items.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
            if distinct.len() < items.len() {
                self.fault("List items should be unique", "unique_items");
            }
        }
        let prefix = keywords
            .get("prefixItems")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        for (index, item) in items.iter().enumerate() {
            if let Some(schema) = prefix.get(index).or_else(|| keywords.get("items")) {
                self.within(Step::Index(index), schema, item);
            }
        }
    }

    fn check_members(&mut self, keywords: &Map<String, Value>, members: &Map<String, Value>) {
        self.check_count(
            keywords,
            ["minProperties", "maxProperties"],
            "Dictionary",
            members.len() as u64,
        );
        let required = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !members.contains_key(name) {
                self.place.push(Step::Name(name.to_owned()));
                self.fault("Field required", "missing");
                self.place.pop();
            }
        }
        let properties = keywords.get("properties").and_then(Value::as_object);
        // In the same order, whether or not another crate makes maps keep theirs.
        let members = members.iter().collect::<BTreeMap<_, _>>();
        for (name, value) in members {
            let schema = properties.and_then(|properties| properties.get(name));
            if let Some(schema) = schema.or_else(|| keywords.get("additionalProperties")) {
                self.within(Step::Name(name.clone()), schema, value);
            }
        }
    }

    fn check_count(&mut self, keywords: &Map<String, Value>, [min, max]: [&str; 2], what: &str, count: u64) {
        if let Some(min) = limit(keywords, min).filter(|min| count < *min) {
            let message = format!("{what} should have at least {}, not {count}", counted(min, "item"));
            self.fault(message, "too_short");
        }
        if let Some(max) = limit(keywords, max).filter(|max| count > *max) {
            let message = format!("{what} should have at most {}, not {count}", counted(max, "item"));
            self.fault(message, "too_long");
        }
    }
}

/// What is wrong if a value is of none of the types.
fn of_another_type(types: Option<&Value>, value: &Value) -> Option<(&'static str, &'static str)> {
    let types = match types? {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        single => vec![single.as_str()?],
    };
    let is_of = |kind: &&str| match *kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    };
    if types.iter().any(is_of) {
        return None;
    }
    Some(match *types.first()? {
        "string" => ("Input should be a valid string", "string_type"),
        "integer" => ("Input should be a valid integer", "int_type"),
        "number" => ("Input should be a valid number", "float_type"),
        "boolean" => ("Input should be a valid boolean", "bool_type"),
        "array" => ("Input should be a valid list", "list_type"),
        "object" => ("Input should be a valid dictionary", "dict_type"),
        _ => ("Input should be None", "none_required"),
    })
}

fn limit(keywords: &Map<String, Value>, keyword: &str) -> Option<u64> {
    keywords.get(keyword)?.as_u64()
}

/// `1 character`, `2 characters`.
fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `'a', 'b' or 'c'`.
fn one_of(values: &[Value]) -> String {
    let texts = values.iter().map(|value| match value {
        Value::String(text) => format!("'{text}'"),
        value => value.to_string(),
    });
    let mut texts = texts.collect::<Vec<_>>();
    let last = texts.pop().unwrap_or_default();
    if texts.is_empty() {
        last
    } else {
        format!("{} or {last}", texts.join(", "))
    }
}

fn is_no_multiple(number: f64, of: f64) -> bool {
    let times = number / of;
    of != 0.0 && (times - times.round()).abs() > 1e-9
}

fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.rsplit_once('@') else {
        return false;
    };
    !user.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace)
}
