//! The rules for null, which OpenAPI 3.1 has as a type and OpenAPI 3.0 as a flag.

use serde_json::Value;

use super::{Lowering, references::LONGEST_CHAIN};
use crate::pointer::Pointer;

impl Lowering<'_> {
    /// Whether a schema refers to a component that may be null, be it through others.
    pub(super) fn refers_to_null(&self, schema: &Value) -> bool {
        let mut schema = schema.clone();
        for _ in 0..LONGEST_CHAIN {
            let single = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                Some([single]) => single,
                _ => &schema,
            };
            let target = single
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(Pointer::from_reference);
            let Some(component) = target.and_then(|target| target.resolve(self.document)) else {
                return false;
            };
            match without_null(component) {
                (_, true) => return true,
                (part, false) => schema = part.value,
            }
        }
        false
    }
}

/// A schema, and where it stands below the one it was taken out of.
pub(super) struct Part {
    pub(super) value: Value,
    place: Vec<String>,
}

impl Part {
    /// Where it stands, in a whole that stands at `whole`.
    pub(super) fn place_in(&self, whole: &Pointer) -> Pointer {
        self.place.iter().fold(whole.clone(), |at, segment| at.child(segment))
    }
}

/// A schema without the `null` that it allows, and whether it does: `anyOf` or `oneOf` with an alternative of
/// `type: 'null'`, or `null` among the types.
pub(super) fn without_null(schema: &Value) -> (Part, bool) {
    let is_null = |alternative: &Value| alternative.get("type").is_some_and(|kind| kind == "null");
    let whole = |value: Value| Part {
        value,
        place: Vec::new(),
    };
    for union in ["anyOf", "oneOf"] {
        let Some(alternatives) = schema.get(union).and_then(Value::as_array) else {
            continue;
        };
        let others = alternatives
            .iter()
            .enumerate()
            .filter(|(_, alternative)| !is_null(alternative))
            .collect::<Vec<_>>();
        if others.len() == alternatives.len() {
            continue;
        }
        if let [(index, single)] = others.as_slice() {
            // What stands beside the union holds for the one alternative that is left.
            let mut value = (*single).clone();
            let beside = schema
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(keyword, _)| *keyword != union);
            if let Some(own) = value.as_object_mut() {
                for (keyword, beside) in beside {
                    if keyword == "format" && beside == "password" {
                        own.insert(keyword.clone(), beside.clone());
                    }
                    own.entry(keyword).or_insert_with(|| beside.clone());
                }
            }
            let part = Part {
                value,
                place: vec![union.into(), index.to_string()],
            };
            return (part, true);
        }
        let mut rest = schema.clone();
        rest[union] = others.into_iter().map(|(_, other)| other.clone()).collect();
        return (whole(rest), true);
    }
    if let Some(types) = schema.get("type").and_then(Value::as_array) {
        let others = types.iter().filter(|kind| *kind != "null").collect::<Vec<_>>();
        let nullable = others.len() < types.len();
        let mut rest = schema.clone();
        if let Some(values) = rest.get_mut("enum").and_then(Value::as_array_mut).filter(|_| nullable) {
            values.retain(|value| !value.is_null());
        }
        match others.as_slice() {
            [single] => {
                rest["type"] = (*single).clone();
                return (whole(rest), nullable);
            }
            [_, ..] if nullable => {
                rest["type"] = others.into_iter().cloned().collect();
                return (whole(rest), true);
            }
            _ => {}
        }
    }
    if let Some(values) = schema
        .get("enum")
        .and_then(Value::as_array)
        .filter(|values| values.contains(&Value::Null))
    {
        let mut rest = schema.clone();
        rest["enum"] = values.iter().filter(|value| !value.is_null()).cloned().collect();
        return (whole(rest), true);
    }
    // Left over from OpenAPI 3.0, where it was a keyword.
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    (whole(schema.clone()), nullable)
}
