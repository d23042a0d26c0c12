//! Null, which OpenAPI 3.1 has as a type and OpenAPI 3.0 as a flag.

use std::borrow::Cow;

use serde_json::Value;

use super::vocabulary::{flag, is};

/// A schema without the null that it allows.
pub(super) struct NonNull<'a> {
    pub(super) schema: Cow<'a, Value>,
    /// Whether it allows null.
    pub(super) is_nullable: bool,
    /// Where it stands below the schema that it was taken out of.
    pub(super) place: Vec<String>,
}

/// A schema without the null that it allows: `anyOf` or `oneOf` with an alternative of `type: 'null'`, `null` among the
/// types or the values of an `enum`, or `nullable`.
pub(super) fn without_null(schema: &Value) -> NonNull<'_> {
    non_null(&Cow::Borrowed(schema))
}

/// Like [`without_null`], for a schema that may be owned, because it was merged from parts.
pub(super) fn non_null<'a>(schema: &Cow<'a, Value>) -> NonNull<'a> {
    let mut found = without_outer_null(schema);
    let mut depth = 0;
    // The one alternative that is left may allow null as well. There is a place only if null was found, so `is_nullable` is set.
    while found.place.len() > depth {
        depth = found.place.len();
        let inner = without_outer_null(&found.schema);
        found.schema = inner.schema;
        found.place.extend(inner.place);
    }
    found
}

fn without_outer_null<'a>(schema: &Cow<'a, Value>) -> NonNull<'a> {
    match schema {
        Cow::Borrowed(schema) => without_one_null(schema),
        Cow::Owned(schema) => {
            let part = without_one_null(schema);
            NonNull {
                schema: Cow::Owned(part.schema.into_owned()),
                ..part
            }
        }
    }
}

fn without_one_null(schema: &Value) -> NonNull<'_> {
    let complete = |schema, is_nullable| NonNull {
        schema,
        is_nullable,
        place: Vec::new(),
    };
    for union in ["anyOf", "oneOf"] {
        let Some(alternatives) = schema.get(union).and_then(Value::as_array) else {
            continue;
        };
        let others = alternatives
            .iter()
            .enumerate()
            .filter(|(_, alternative)| !is(alternative, "type", "null"))
            .collect::<Vec<_>>();
        if others.len() == alternatives.len() {
            continue;
        }
        if let ([], [first, ..]) = (others.as_slice(), alternatives.as_slice()) {
            return NonNull {
                schema: beside(schema, union, first),
                is_nullable: false,
                place: vec![union.into(), "0".into()],
            };
        }
        if let [(index, single)] = others.as_slice() {
            return NonNull {
                schema: beside(schema, union, single),
                is_nullable: true,
                place: vec![union.into(), index.to_string()],
            };
        }
        let mut rest = schema.clone();
        rest[union] = others.into_iter().map(|(_, other)| other.clone()).collect();
        return complete(Cow::Owned(rest), true);
    }
    let values = schema.get("enum").and_then(Value::as_array);
    let with_values = |mut rest: Value| {
        if let Some(values) = rest.get_mut("enum").and_then(Value::as_array_mut) {
            values.retain(|value| !value.is_null());
        }
        Cow::Owned(rest)
    };
    if let Some(types) = schema.get("type").and_then(Value::as_array) {
        let others = types.iter().filter(|kind| *kind != "null").collect::<Vec<_>>();
        let is_nullable = others.len() < types.len();
        let of_type = |kind: Value| {
            let mut rest = schema.clone();
            rest["type"] = kind;
            if is_nullable {
                with_values(rest)
            } else {
                Cow::Owned(rest)
            }
        };
        match others.as_slice() {
            [single] => return complete(of_type((*single).clone()), is_nullable),
            [_, ..] if is_nullable => return complete(of_type(others.into_iter().cloned().collect()), true),
            _ => {}
        }
    }
    if values.is_some_and(|values| values.contains(&Value::Null) && !values.iter().all(Value::is_null)) {
        return complete(with_values(schema.clone()), true);
    }
    // Left over from OpenAPI 3.0, where it was a keyword.
    complete(
        Cow::Borrowed(schema),
        flag(schema, "nullable") || flag(schema, "x-nullable"),
    )
}

/// The one alternative that is left, for which what stands beside the union holds, too.
fn beside<'a>(schema: &Value, union: &str, single: &'a Value) -> Cow<'a, Value> {
    let mut keywords = schema.as_object().into_iter().flatten();
    if keywords.all(|(keyword, _)| keyword == union) {
        return Cow::Borrowed(single);
    }
    let mut merged = single.clone();
    if let Some(own) = merged.as_object_mut() {
        for (keyword, value) in schema.as_object().into_iter().flatten() {
            if keyword == union {
                continue;
            }
            if keyword == "format" && value == "password" {
                own.insert(keyword.clone(), value.clone());
            }
            own.entry(keyword).or_insert_with(|| value.clone());
        }
    }
    Cow::Owned(merged)
}
