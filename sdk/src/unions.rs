//! Values of one of several types, which generated code tells apart by a tag or by what fits.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned},
};
use serde_json::{Map, Number, Value, json};

use crate::{
    fitting::{Fitting, Unfit, kind},
    losses::{self, Budget, Losses},
};

/// A value of a type that the description does not list, from a newer server.
///
/// `Debug` does not print it, since it may hold a secret.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unlisted(Value);

impl Unlisted {
    /// The value as JSON.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// The value as JSON, owned.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl From<Value> for Unlisted {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[unlisted]")
    }
}

/// The string in the property that says which type a value has.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn tag<'a>(value: &'a Value, property: &str) -> Option<&'a str> {
    value.get(property)?.as_str()
}

/// The text of the property that says which type a value has: a string as it is, any other scalar as JSON.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn scalar_tag(value: &Value, property: &str) -> Option<String> {
    text(value.get(property)?).map(Cow::into_owned)
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(scalar(value))),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A value as JSON; a number that is an integer is written as one, since to JSON Schema `1.0` is 1.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn scalar(value: &Value) -> String {
    let Value::Number(number) = value else {
        return value.to_string();
    };
    match (integer(number), number.as_f64().and_then(Number::from_f64)) {
        (Some(integer), _) => integer.to_string(),
        (None, Some(number)) => number.to_string(),
        (None, None) => number.to_string(),
    }
}

/// The greatest integer of which every lesser one is a floating-point number.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

fn integer(number: &Number) -> Option<i128> {
    #[allow(clippy::cast_possible_truncation, reason = "the value is an integer of 53 bits")]
    let exact = |value: f64| (value.fract() == 0.0 && value.abs() <= MAX_EXACT).then_some(value as i128);
    let integer = number.as_i64().map(i128::from);
    let integer = integer.or_else(|| number.as_u64().map(i128::from));
    integer.or_else(|| number.as_f64().and_then(exact))
}

/// Reads an integer; to JSON Schema, `1.0` is one.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn read_integer<'de, T: TryFrom<i128>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let number = Number::deserialize(deserializer)?;
    let integer = integer(&number).and_then(|integer| T::try_from(integer).ok());
    integer.ok_or_else(|| de::Error::invalid_value(de::Unexpected::Other("number"), &"an integer of that size"))
}

/// Counts a value that is not what the description lists, so that a type that lists it is preferred. The mock server rejects it.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn count_unlisted(listed: &'static str) {
    losses::unlisted(listed);
}

/// Reads a value as the type that its tag says.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn read<T: DeserializeOwned, E: de::Error>(value: &Value) -> Result<T, E> {
    T::deserialize(Fitting::new(value))
}

/// Reads a value as the type that its tag says, where that type has no property for the tag.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn read_besides<T: DeserializeOwned, E: de::Error>(mut value: Value, tag: &str) -> Result<T, E> {
    if let Value::Object(properties) = &mut value {
        properties.remove(tag);
    }
    read(&value)
}

/// Reads a value as the type that its tag says, of which only some objects have a property for the tag; one that would lose it is kept as
/// JSON.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn read_with_tag<T: DeserializeOwned, U, E: de::Error>(
    value: &Value,
    tag: &str,
    variant: fn(T) -> U,
    keep: fn(Unlisted) -> U,
) -> Result<U, E> {
    let place = losses::place();
    let (found, losses) = losses::measured(place, || read(value));
    let found = found?;
    losses.count_named();
    if losses.has_lost(place.property(tag)) {
        losses::inexact();
        return Ok(keep(value.clone().into()));
    }
    losses.count();
    Ok(variant(found))
}

/// Writes an object that has no property for the tag that says which type it has, with that tag.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn write_tagged<S: Serializer>(
    serializer: S,
    tag: &str,
    name: &str,
    object: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Tagged<'a, T> {
        #[serde(flatten)]
        tag: BTreeMap<&'a str, &'a str>,
        #[serde(flatten)]
        object: &'a T,
    }

    Tagged {
        tag: BTreeMap::from([(tag, name)]),
        object,
    }
    .serialize(serializer)
}

/// Reads a value as a type that it may have.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn fitting<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(Fitting::<Unfit>::new(value)).ok()
}

/// Keeps a value as JSON that has no tag, if it is of a type that would be written with one.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn without_tag<T: DeserializeOwned>(value: &Value) -> Option<Unlisted> {
    fitting::<T>(value)?;
    losses::inexact();
    Some(value.clone().into())
}

/// Reads a value as a type that may write it back differently, which counts as a loss.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn exact<T: DeserializeOwned + Serialize>(value: &Value) -> Option<T> {
    let found = fitting::<T>(value)?;
    if serde_json::to_value(&found).ok().as_ref() != Some(value) {
        losses::inexact();
    }
    Some(found)
}

/// What a type makes of properties that it has no names for.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Others {
    /// It forbids them, so that an object that has one is not of the type. A tag says all the same that it is: then a newer server has
    /// added it, and it is ignored as in every struct.
    Forbidden,
    /// It loses them.
    Ignored,
    /// It keeps them.
    Kept,
}

/// A type that a value may have, and what it makes of the properties of an object, or of the objects in a list.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
#[cfg_attr(test, derive(Clone, Copy))]
pub(crate) struct Alternative<T> {
    /// The properties that it has names for.
    pub(crate) knows: &'static [&'static str],
    /// What it makes of all others.
    pub(crate) others: Others,
    /// The values that some of its properties can have, as texts.
    pub(crate) constants: &'static [(&'static str, &'static [&'static str])],
    pub(crate) read: fn(&Value) -> Option<T>,
}

/// What was found for a value.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) enum Found<T> {
    /// A type that loses nothing of it that any type has a name for.
    Complete(T),
    /// A type that loses something that it forbids, or that another one, which does not fit, has a name for.
    Partial(T),
    Nothing,
}

#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
impl<T> Found<T> {
    /// What was found; if that is nothing, what `read` finds.
    pub(crate) fn or_else(self, read: impl FnOnce() -> Option<T>) -> Self {
        match self {
            Self::Nothing => read().map_or(Self::Nothing, Self::Complete),
            found => found,
        }
    }

    /// The value, which an error stands for if it fits nothing.
    pub(crate) fn or_unlike<E: de::Error>(self, value: &Value, expected: &str) -> Result<T, E> {
        match self {
            Self::Complete(found) | Self::Partial(found) => Ok(found),
            Self::Nothing => Err(unlike(value, expected)),
        }
    }

    /// A value that is not of the type that its tag says is kept as JSON if it fits another one; otherwise it is an error.
    pub(crate) fn or_error<E>(self, value: Value, error: E, keep: fn(Unlisted) -> T) -> Result<T, E> {
        match self {
            Self::Complete(_) | Self::Partial(_) => {
                losses::inexact();
                Ok(keep(value.into()))
            }
            Self::Nothing => Err(error),
        }
    }

    /// The value; one that no type can hold completely is kept as JSON.
    pub(crate) fn or_kept<E: de::Error>(self, value: Value, expected: &str, keep: fn(Unlisted) -> T) -> Result<T, E> {
        if let Self::Partial(_) = self {
            losses::inexact();
            return Ok(keep(value.into()));
        }
        self.or_unlike(&value, expected)
    }
}

/// Reads a value as the type that fits it and loses least of it; of several such, as the one that knows most of its properties, or
/// else as the first.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn best<T>(value: &Value, alternatives: &[Alternative<T>]) -> Found<T> {
    let objects = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_object).collect(),
        _ => value.as_object().into_iter().collect::<Vec<_>>(),
    };
    let score = |alternative: &Alternative<T>| {
        let known = |object: &&Map<String, Value>| {
            let known = alternative.knows.iter().filter(|name| object.contains_key(**name));
            known.count()
        };
        // One that has a name for nothing but keeps it all is better than one that would lose it all.
        match objects.iter().map(known).sum::<usize>() {
            0 => usize::from(alternative.others == Others::Kept && objects.iter().any(|object| !object.is_empty())),
            known => known + 1,
        }
    };
    // What it has no name for, and forbids, or another one has a name for.
    let lost = |alternative: &Alternative<T>| {
        let is_lost = |name: &&String| {
            let knows = |alternative: &Alternative<T>| alternative.knows.contains(&name.as_str());
            !knows(alternative)
                && match alternative.others {
                    Others::Forbidden => true,
                    Others::Ignored => alternatives.iter().any(knows),
                    Others::Kept => false,
                }
        };
        objects.iter().flat_map(|object| object.keys()).filter(is_lost).count()
    };
    let mut order = alternatives.iter().collect::<Vec<_>>();
    order.retain(|alternative| !is_ruled_out(alternative, alternatives, &objects));
    order.sort_by_key(|alternative| Reverse(score(alternative)));
    let place = losses::place();
    let mut tried = Vec::new();
    let _budget = Budget::of(value);
    for alternative in order {
        if !losses::spend(value) {
            return Found::Nothing;
        }
        let (found, losses) = losses::measured(place, || (alternative.read)(value));
        losses.count_named();
        let lost = lost(alternative);
        let is_complete = lost == 0 && losses.ignored() == 0 && losses.inexact == 0;
        match found {
            // Whatever comes after it is no better.
            Some(found) if is_complete => return Found::Complete(found),
            found => tried.push((alternative, found, lost, losses)),
        }
    }
    if tried
        .iter()
        .any(|(_, found, _, losses)| found.is_some() && losses.ignored() > 0)
    {
        let skeletons = skeletons(value);
        for (alternative, _, _, losses) in tried.iter_mut().filter(|(_, found, ..)| found.is_none()) {
            // Where it did not fit, it has not come to what stands behind that.
            for skeleton in skeletons.iter().take_while(|skeleton| losses::spend(skeleton)) {
                losses.add_named(&losses::measured(place, || (alternative.read)(skeleton)).1);
            }
        }
    }
    let losses_of = |(alternative, _, lost, losses): &(&Alternative<T>, Option<T>, usize, Losses)| {
        let others = tried.iter().map(|(_, _, _, losses)| losses);
        let lost = (*lost).max(losses.named_by(&others));
        (lost, losses.inexact, Reverse(score(alternative)), losses.ignored())
    };
    let fitting = tried.iter().enumerate().filter(|(_, (_, found, ..))| found.is_some());
    let fitting = fitting.map(|(index, tried)| (losses_of(tried), index));
    let Some(((lost, ..), index)) = fitting.min() else {
        return Found::Nothing;
    };
    let (_, found, _, losses) = tried.swap_remove(index);
    match found {
        Some(found) if lost == 0 => {
            losses.count();
            Found::Complete(found)
        }
        Some(found) => Found::Partial(found),
        None => Found::Nothing,
    }
}

/// For each object in a value, the way there and nothing else: `{"a": [{}]}`. Of the items of a list, one stands for all that have the
/// same way.
fn skeletons(value: &Value) -> Vec<Value> {
    let mut found = vec![json!({})];
    let within = match value {
        Value::Array(items) => items
            .iter()
            .flat_map(skeletons)
            .map(|inner| json!([inner]))
            .collect::<Vec<_>>(),
        Value::Object(properties) => properties
            .iter()
            .filter(|(_, value)| value.is_object() || value.is_array())
            .flat_map(|(name, value)| skeletons(value).into_iter().map(move |inner| json!({name: inner})))
            .collect(),
        _ => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    found.extend(within.into_iter().filter(|skeleton| seen.insert(skeleton.to_string())));
    found
}

/// Whether a property has a value that another type lists for it, and this one does not.
fn is_ruled_out<T>(
    alternative: &Alternative<T>,
    alternatives: &[Alternative<T>],
    objects: &[&Map<String, Value>],
) -> bool {
    alternative.constants.iter().any(|(name, own)| {
        let values = objects.iter().filter_map(|object| text(object.get(*name)?));
        let mut others = values.filter(|value| !own.contains(&value.as_ref()));
        others.any(|value| {
            let mut constants = alternatives.iter().flat_map(|other| other.constants);
            constants.any(|(other, values)| other == name && values.contains(&value.as_ref()))
        })
    })
}

/// The error for a value that is none of the types; it says what was expected, and of the value only its kind.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
pub(crate) fn unlike<E: de::Error>(value: &Value, expected: &str) -> E {
    E::invalid_type(kind(value), &expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Cat {
        claws: u8,
    }

    #[test]
    fn a_struct_is_read_from_an_object_alone() {
        for (value, fits) in [
            (json!({"claws": 18}), true),
            (json!([18]), false),
            (json!({}), false),
            (json!("claws"), false),
        ] {
            assert_eq!(fitting::<Cat>(&value).is_some(), fits, "{value}");
            assert_eq!(read::<Cat, serde_json::Error>(&value).is_ok(), fits, "{value}");
        }
    }

    /// Whether a value is read as the alternative called so, completely.
    fn found(value: &Value, alternatives: &[Alternative<&'static str>]) -> (&'static str, bool) {
        match best(value, alternatives) {
            Found::Complete(name) => (name, true),
            Found::Partial(name) => (name, false),
            Found::Nothing => ("", false),
        }
    }

    #[test]
    fn what_knows_most_of_an_object_is_read_first() {
        let alternatives = [
            Alternative {
                knows: &["a", "b"],
                others: Others::Ignored,
                constants: &[],
                read: |_| Some("a and b"),
            },
            Alternative {
                knows: &["b", "c", "d"],
                others: Others::Ignored,
                constants: &[],
                read: |value| value.get("c").is_some().then_some("b to d"),
            },
            Alternative {
                knows: &[],
                others: Others::Kept,
                constants: &[],
                read: |value| value.get("map").map(|_| "any"),
            },
        ];
        for (value, expected) in [
            (json!({"a": 1}), ("a and b", true)),
            (json!({"b": 1}), ("a and b", true)),
            (json!({"b": 1, "c": 1}), ("b to d", true)),
            (json!({"a": 1, "new": 1, "newer": 1}), ("a and b", true)),
            (json!({"a": 1, "map": 1}), ("a and b", true)),
            (json!({"new": 1, "map": 1}), ("any", true)),
            (json!({}), ("a and b", true)),
            (json!("text"), ("a and b", true)),
            // What one of them has a name for is not lost.
            (json!({"a": 1, "d": 1}), ("a and b", false)),
            (json!({"a": 1, "d": 1, "map": 1}), ("any", true)),
            (json!([{"a": 1}, {"d": 1}]), ("a and b", false)),
        ] {
            assert_eq!(found(&value, &alternatives), expected, "{value}");
        }
        let never = [Alternative {
            knows: &["a"],
            others: Others::Kept,
            constants: &[],
            read: |_| None,
        }];
        assert_eq!(found(&json!({"a": 1}), &never), ("", false));
    }

    #[test]
    fn what_an_alternative_forbids_is_not_lost() {
        let closed = Alternative {
            knows: &["a"],
            others: Others::Forbidden,
            constants: &[],
            read: |_| Some("closed"),
        };
        let other = |others, needs_b| Alternative {
            knows: &["b"],
            others,
            constants: &[],
            read: if needs_b {
                |value: &Value| value.get("b").is_some().then_some("other")
            } else {
                |_: &Value| Some("other")
            },
        };
        for (value, others, needs_b, expected) in [
            (json!({"a": 1}), Others::Ignored, false, ("closed", true)),
            (json!({}), Others::Forbidden, false, ("closed", true)),
            (json!({"new": 1}), Others::Ignored, false, ("other", true)),
            (json!({"a": 1, "new": 1}), Others::Kept, false, ("other", true)),
            (json!({"a": 1, "new": 1}), Others::Kept, true, ("closed", false)),
            (json!({"a": 1, "new": 1}), Others::Ignored, true, ("closed", false)),
            (json!({"b": 1, "new": 1}), Others::Forbidden, false, ("other", false)),
            (json!([{"a": 1}, {"new": 1}]), Others::Ignored, true, ("closed", false)),
            (json!("text"), Others::Ignored, true, ("closed", true)),
        ] {
            let alternatives = [closed, other(others, needs_b)];
            assert_eq!(found(&value, &alternatives), expected, "{value}");
        }
    }

    #[test]
    fn a_constant_of_another_alternative_rules_one_out() {
        let alternatives = [
            Alternative {
                knows: &["kind"],
                others: Others::Ignored,
                constants: &[("kind", &["1", "true"])],
                read: |_| Some("one"),
            },
            Alternative {
                knows: &["kind"],
                others: Others::Ignored,
                constants: &[("kind", &["2", "two"])],
                read: |_| Some("two"),
            },
        ];
        for (value, expected) in [
            (json!({"kind": 1.0}), "one"),
            (json!({"kind": true}), "one"),
            (json!({"kind": 2}), "two"),
            (json!({"kind": "two"}), "two"),
            // It may be a newer server's.
            (json!({"kind": 3}), "one"),
            (json!({"kind": null}), "one"),
            (json!({}), "one"),
        ] {
            assert_eq!(found(&value, &alternatives), (expected, true), "{value}");
        }
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer<T> {
        inner: T,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Narrow {
        a: Option<i64>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wide {
        a: Option<i64>,
        b: i64,
    }

    #[derive(Debug, PartialEq)]
    enum Either {
        Narrow(Outer<Narrow>),
        Wide(Outer<Wide>),
        Unknown(Unlisted),
    }

    #[test]
    fn what_is_lost_within_counts_too() {
        let knows: &[&str] = &["inner"];
        let alternatives = [
            Alternative {
                knows,
                others: Others::Ignored,
                constants: &[],
                read: |value| fitting(value).map(Either::Narrow),
            },
            Alternative {
                knows,
                others: Others::Ignored,
                constants: &[],
                read: |value| fitting(value).map(Either::Wide),
            },
        ];
        for (value, expected) in [
            (json!({"inner": {"a": 1}}), "Narrow("),
            (json!({"inner": {"a": 1, "b": 2}}), "Wide("),
            (json!({"inner": {"a": 1, "new": 2}}), "Narrow("),
            (json!({"inner": {"a": 1, "b": "no integer"}}), "Unknown("),
        ] {
            let found = best(&value, &alternatives);
            let found: Result<_, serde_json::Error> = found.or_kept(value.clone(), "either", Either::Unknown);
            assert!(
                format!("{found:?}").starts_with(&format!("Ok({expected}")),
                "{value}: {found:?}"
            );
        }
    }

    /// Two objects with properties in common, within which there is another choice of the same kind.
    #[derive(Debug, Deserialize, Serialize, PartialEq)]
    struct First {
        a: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        b: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        inner: Option<Box<Choice>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        list: Option<Vec<Reason>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        map: Option<BTreeMap<String, Reason>>,
    }

    #[derive(Debug, Deserialize, Serialize, PartialEq)]
    struct Second {
        a: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        c: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        list: Option<Vec<Approval>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        map: Option<BTreeMap<String, Approval>>,
    }

    #[derive(Debug, Deserialize, Serialize, PartialEq)]
    struct Reason {
        id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    #[derive(Debug, Deserialize, Serialize, PartialEq)]
    struct Approval {
        id: i64,
        approved: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    }

    #[derive(Debug, Serialize, PartialEq)]
    #[serde(untagged)]
    enum Choice {
        First(First),
        Second(Second),
        Counts(BTreeMap<String, i64>),
        Unknown(Unlisted),
    }

    impl<'de> Deserialize<'de> for Choice {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let value = Value::deserialize(deserializer)?;
            let alternatives = [
                Alternative {
                    knows: &["a", "b", "inner", "list", "map"],
                    others: Others::Ignored,
                    constants: &[],
                    read: |value| fitting(value).map(Self::First),
                },
                Alternative {
                    knows: &["a", "c", "list", "map"],
                    others: Others::Ignored,
                    constants: &[],
                    read: |value| fitting(value).map(Self::Second),
                },
                Alternative {
                    knows: &[],
                    others: Others::Kept,
                    constants: &[],
                    read: |value| fitting(value).map(Self::Counts),
                },
            ];
            best(&value, &alternatives).or_kept(value, "a choice", Self::Unknown)
        }
    }

    fn random_item(input: &mut arbtest::arbitrary::Unstructured<'_>) -> arbtest::arbitrary::Result<Value> {
        let mut item = json!({"id": 1});
        for (name, value) in [("reason", json!("r")), ("approved", json!(true)), ("by", json!("b"))] {
            if input.arbitrary()? {
                item[name] = value;
            }
        }
        Ok(item)
    }

    fn random_object(input: &mut arbtest::arbitrary::Unstructured<'_>) -> arbtest::arbitrary::Result<Value> {
        let mut object = Map::new();
        for name in ["list", "map"] {
            let count = input.int_in_range(0..=5)?;
            let mut items = (0..count).map(|_| random_item(input)).collect::<Result<Vec<_>, _>>()?;
            match (items.pop(), name) {
                (None, _) => {}
                (Some(_), "list") => drop(object.insert(name.to_owned(), items.into())),
                (Some(_), _) => {
                    let entries = items.into_iter().enumerate();
                    let entries = entries.map(|(index, item)| (format!("{}", 9 - index), item));
                    object.insert(name.to_owned(), Value::Object(entries.collect()));
                }
            }
        }
        for name in ["a", "b", "c", "inner"] {
            let value = match input.int_in_range(0..=8)? {
                0 | 1 => json!(input.arbitrary::<i64>()?),
                2 => json!("text"),
                3 => json!(true),
                4 if name == "inner" && !input.is_empty() => random_object(input)?,
                _ => continue,
            };
            object.insert(name.to_owned(), value);
        }
        Ok(object.into())
    }

    #[test]
    fn nothing_is_lost_that_any_alternative_has_a_name_for() {
        let mut read = 0;
        arbtest::arbtest(|input| {
            let value = random_object(input)?;
            if let Ok(choice) = serde_json::from_value::<Choice>(value.clone()) {
                assert_eq!(serde_json::to_value(&choice).ok(), Some(value), "{choice:?}");
                read += 1;
            }
            Ok(())
        });
        assert!(read > 0, "no random value is one of the types");
    }

    #[test]
    fn numbers_are_what_they_are_to_json_schema() {
        for (value, text) in [
            (json!(1), "1"),
            (json!(1.0), "1"),
            (json!(-2e2), "-200"),
            (json!(1.5), "1.5"),
            (json!(u64::MAX), "18446744073709551615"),
            (json!("1"), "\"1\""),
            (json!(true), "true"),
        ] {
            assert_eq!(scalar(&value), text);
        }
        assert_eq!(read_integer::<i32, _>(json!(2.0)).ok(), Some(2));
        assert_eq!(read_integer::<u64, _>(json!(u64::MAX)).ok(), Some(u64::MAX));
        for value in [json!(2.5), json!("2"), json!(null), json!(3_000_000_000_u32)] {
            assert!(read_integer::<i32, _>(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn a_tag_that_is_no_property_is_read_and_written_all_the_same() {
        let value = json!({"kind": "cat", "claws": 18});
        for rest in [
            read_besides::<Value, serde_json::Error>(value.clone(), "kind").expect("an object"),
            json!({"claws": 18}),
        ] {
            assert_eq!(rest, json!({"claws": 18}));
            let written = write_tagged(serde_json::value::Serializer, "kind", "cat", &rest);
            assert_eq!(written.expect("JSON"), value);
        }
    }

    #[test]
    fn what_fits_nothing_is_not_printed() {
        for value in [json!("s3cret"), json!({"s3cret": 1}), json!(["s3cret"])] {
            let error: serde_json::Error = unlike(&value, "one of the documented types");
            assert!(!error.to_string().contains("s3cret"), "{error}");
            assert!(
                error.to_string().ends_with("expected one of the documented types"),
                "{error}"
            );
            assert!(!format!("{:?}", Unlisted::from(value)).contains("s3cret"));
        }
    }

    #[test]
    fn what_is_not_listed_is_kept() {
        let value = json!({"kind": "dog", "tail": 1});
        assert_eq!(tag(&value, "kind"), Some("dog"));
        assert_eq!(tag(&json!([]), "kind"), None);
        let unlisted = Unlisted::from(value.clone());
        assert_eq!(serde_json::to_value(&unlisted).ok(), Some(value.clone()));
        assert_eq!(unlisted.as_value(), &value);
        assert_eq!(unlisted.into_value(), value);
    }
}
