//! `const` and `enum`: the values that they leave of a type.

use std::collections::BTreeSet;

use serde_json::{Number, Value};

use super::{
    bounds::whole,
    description::Description,
    json::json,
    node::Node,
    reports::Reports,
    scalars::integer,
    shape::{Choice, Parts, Shape},
    vocabulary::{list, plain_text, text},
};
use crate::{
    input::{pointer::Pointer, rule::Rule},
    model::{
        json::Json,
        names,
        ty::{Int, Ty},
        typedef::{EnumBase, EnumValue, Kind},
    },
};

/// The value, as an integer if it is a number that is one: to JSON Schema, `1.0` is 1.
pub(super) fn normalized(value: &Value) -> Value {
    match value {
        Value::Number(number) if !number.is_i64() && !number.is_u64() => {
            let integer = number.as_f64().and_then(whole);
            integer.map_or_else(|| value.clone(), Value::from)
        }
        other => other.clone(),
    }
}

/// The values that a schema lists, each once; `None` if it lists none.
fn listed(schema: &Value) -> Option<Vec<Value>> {
    let constant = schema.get("const").map(normalized);
    let values = schema.get("enum").and_then(Value::as_array);
    let mut found = Vec::new();
    for value in values.into_iter().flatten().map(normalized).chain(match values {
        Some(_) => None,
        None => constant.clone(),
    }) {
        if !found.contains(&value) && constant.as_ref().is_none_or(|constant| *constant == value) {
            found.push(value);
        }
    }
    (constant.is_some() || values.is_some()).then_some(found)
}

/// Whether a value is of the schema's type.
fn is_of_type(schema: &Value, value: &Value) -> bool {
    let is_of = |kind: &str| match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        // What is no type rules nothing out.
        _ => true,
    };
    match schema.get("type") {
        Some(Value::String(kind)) => is_of(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is_of),
        _ => true,
    }
}

/// The values that all parts of a schema leave; `None` if these are not few.
pub(super) fn allowed<'a>(description: &Description<'a>, node: &Node<'a>) -> Option<Vec<Value>> {
    allowed_within(description, node, &mut BTreeSet::new())
}

/// As [`allowed`]; a union that was `seen` before says nothing of itself.
fn allowed_within<'a>(
    description: &Description<'a>,
    node: &Node<'a>,
    seen: &mut BTreeSet<Pointer>,
) -> Option<Vec<Value>> {
    let parts = Parts::known(description, node)?;
    let schemas = || parts.all.iter().map(|part| &*part.node.schema);
    let of_unions = parts.unions.iter().filter_map(|union| {
        if !seen.insert(union.at.clone()) {
            return None;
        }
        let alternatives = union.alternatives.iter();
        let values = alternatives.map(|alternative| allowed_within(description, alternative, seen));
        Some(values.collect::<Option<Vec<_>>>()?.concat())
    });
    let choices = schemas().filter_map(listed).chain(of_unions);
    let mut values = choices.reduce(|mut values, others| {
        values.retain(|value| others.contains(value));
        values
    })?;
    values.retain(|value| schemas().all(|schema| is_of_type(schema, value)));
    Some(values)
}

/// The one value that all parts of a schema leave.
pub(super) fn constant<'a>(description: &Description<'a>, node: &Node<'a>) -> Option<Json> {
    match allowed(description, node)?.as_slice() {
        [only] => scalar_text(only).map(|_| json(only)),
        _ => None,
    }
}

impl Choice {
    /// The enum of the values, with names for its variants.
    pub(super) fn kind(self) -> Kind {
        let words = self.values.iter().map(|(name, value)| match name {
            Some(name) => name.clone(),
            None => plain_text(value),
        });
        let idents = names::variants(&words.collect::<Vec<_>>());
        let values = self.values.iter().zip(idents);
        let values = values.map(|((_, value), ident)| EnumValue {
            value: json(value),
            ident,
        });
        Kind::Enum {
            base: self.base,
            values: values.collect(),
        }
    }
}

/// A value that is neither null, nor a list, nor an object, as a text: a string as it is, anything else as JSON.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    let is_scalar = value.is_string() || value.is_number() || value.is_boolean();
    is_scalar.then(|| plain_text(value))
}

/// What a schema with `const` or `enum` is; `None` if it is what its type says, and nothing else.
pub(super) fn choice<'a>(schema: &Value, at: &Pointer, reports: &mut Reports) -> Option<Shape<'a>> {
    let mut values = listed(schema)?;
    let keyword = if schema.get("enum").is_some_and(Value::is_array) {
        "enum"
    } else {
        "const"
    };
    let place = at.child(keyword);
    if values == [Value::Null] && is_of_type(schema, &Value::Null) {
        return Some(Shape::Ty(Ty::Null));
    }
    if values.is_empty() {
        reports.note(Rule::NeverValid, &place, "no value is valid: the choice is not checked");
        return None;
    }
    let (fitting, others) = values
        .into_iter()
        .partition::<Vec<_>, _>(|value| is_of_type(schema, value));
    values = fitting;
    if !others.is_empty() {
        let kind = schema.get("type").map(plain_text).unwrap_or_default();
        let quotes = if kind == "string" && others.iter().any(|value| scalar_text(value).is_some()) {
            ": if they are strings, put them in quotes"
        } else {
            ""
        };
        let others = others.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>();
        let text = format!(
            "not of the type {kind}, and left out of the choice{quotes}: {}",
            others.join(", ")
        );
        reports.note(Rule::EnumTypeMismatch, &place, text);
    }
    if values.is_empty() {
        return None;
    }
    if values.iter().any(|value| scalar_text(value).is_none()) {
        let text = format!("`{keyword}` lists what is no string, number or boolean, and is not checked by the client");
        reports.note(Rule::UncheckedKeyword, &place, text);
        return None;
    }
    if values.iter().all(Value::is_boolean) {
        if values.len() == 1 {
            let text = format!("`{keyword}` is not checked by the client");
            reports.note(Rule::UncheckedKeyword, &place, text);
        }
        return Some(Shape::Ty(Ty::Bool));
    }
    let all = list(schema, "enum").iter().map(normalized).collect::<Vec<_>>();
    let given = ["x-enum-varnames", "x-enumNames"].map(|names| list(schema, names));
    // Of a choice that another part of an `allOf` has narrowed, they name other values.
    let mut given = given.into_iter().filter(|names| names.len() == all.len());
    let given = given.next().unwrap_or_default();
    let name_of = |value: &Value| {
        let index = all.iter().position(|other| other == value);
        index.and_then(|index| Some(given.get(index)?.as_str()?.to_owned()))
    };
    let named = values.into_iter().map(|value| (name_of(&value), value)).collect();
    Some(one_of(named, schema, at, reports))
}

/// One of several strings, numbers and booleans, with the names that the description gives them.
pub(super) fn one_of<'a>(
    values: Vec<(Option<String>, Value)>,
    schema: &Value,
    at: &Pointer,
    reports: &mut Reports,
) -> Shape<'a> {
    let all = |is_one: fn(&Value) -> bool| values.iter().all(|(_, value)| is_one(value));
    let base = if all(Value::is_string) {
        EnumBase::String
    } else if all(|value| value.is_i64() || value.is_u64()) && text(schema, "type") != Some("number") {
        integers(&values, schema, at, reports)
    } else {
        EnumBase::Any
    };
    Shape::Enum(Choice {
        base,
        // A string names itself.
        values: values
            .into_iter()
            .map(|(name, value)| (name.filter(|_| base != EnumBase::String), value))
            .collect(),
    })
}

/// The integer type that has all values.
fn integers(values: &[(Option<String>, Value)], schema: &Value, at: &Pointer, reports: &mut Reports) -> EnumBase {
    let of_schema = match integer(schema, at, reports) {
        Shape::Ty(Ty::Int(int)) => Some(int),
        _ => None,
    };
    let candidates = of_schema.into_iter().chain([Int::I64, Int::U64]);
    let fits = |int: Int| {
        values.iter().all(|(_, value)| match value {
            Value::Number(number) => has(int, number),
            _ => false,
        })
    };
    let mut fitting = candidates.filter(|int| fits(*int));
    fitting.next().map_or(EnumBase::Any, EnumBase::Int)
}

fn has(int: Int, number: &Number) -> bool {
    match int {
        Int::I32 => number.as_i64().is_some_and(|value| i32::try_from(value).is_ok()),
        Int::I64 => number.is_i64(),
        Int::U32 => number.as_u64().is_some_and(|value| u32::try_from(value).is_ok()),
        Int::U64 => number.is_u64(),
        // What only that type has is no integer that Rust compares.
        Int::Big => false,
    }
}
