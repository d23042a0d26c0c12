//! Plausible values of the types that a server responds with: from examples and defaults where the description has some, as
//! short as its limits allow otherwise.

use serde_json::Number;

use super::{
    functions::{Constant, of_tag},
    tags::tagged,
};
use crate::model::{
    Api,
    json::Json,
    ty::{Format, Int, Ty, TypeId},
    typedef::{Field, Hints, Kind},
};

/// No list in a plausible value has more items than this, whatever the description asks for.
const MAX_ITEMS: u64 = 16;

/// No text in a plausible value is longer than this, in characters.
const MAX_LENGTH: u64 = 4096;

/// No plausible value holds more values than this: where objects require others over and over, it would be without bounds.
const MAX_VALUES: usize = 1000;

/// Makes one for every type that responses hold.
pub(super) fn make(api: &mut Api) {
    let received = api.types().filter(|(_, def)| def.usage.is_received);
    let fixtures = received.filter_map(|(id, _)| Some((id, fixture_of(api, id)?)));
    for (id, fixture) in fixtures.collect::<Vec<_>>() {
        api[id].fixture = Some(fixture);
    }
}

/// A plausible value of a named type.
pub(super) fn fixture_of(api: &Api, id: TypeId) -> Option<Json> {
    fixture(api, &Ty::Named(id))
}

/// A plausible value of a type; `None` if it would hold itself without end, or is too large.
pub(super) fn fixture(api: &Api, ty: &Ty) -> Option<Json> {
    let mut fixtures = Fixtures {
        api,
        outer: Vec::new(),
        count: 0,
    };
    fixtures.value(ty, None)
}

struct Fixtures<'a> {
    api: &'a Api,
    /// The types that the value stands in.
    outer: Vec<TypeId>,
    /// How many values were made.
    count: usize,
}

impl<'a> Fixtures<'a> {
    fn value(&mut self, ty: &Ty, said: Option<&Said<'a>>) -> Option<Json> {
        let plain = said.copied().unwrap_or_default();
        self.count += 1;
        if self.count > MAX_VALUES {
            return None;
        }
        Some(match ty {
            Ty::Null | Ty::Nullable(_) => Json::Null,
            Ty::Named(id) => {
                if self.outer.contains(id) {
                    return None;
                }
                self.outer.push(*id);
                let value = self.named(*id, said);
                self.outer.pop();
                return value;
            }
            Ty::Str(format) => Json::String(plain.text(*format)),
            Ty::Int(int) => plain.integer(*int),
            Ty::Float => plain.float(),
            Ty::Bool => {
                let own = plain.values().find(|value| matches!(value, Json::Bool(_)));
                own.cloned().unwrap_or(Json::Bool(false))
            }
            Ty::List(items) => {
                let count = plain
                    .hints
                    .and_then(|hints| hints.min_items)
                    .unwrap_or(0)
                    .min(MAX_ITEMS);
                let said = Said {
                    hints: plain.hints.and_then(|hints| hints.items.as_deref()),
                    ..plain
                };
                let items = (0..count).map(|_| self.value(items, Some(&said)));
                Json::Array(items.collect::<Option<_>>()?)
            }
            Ty::Map(_) => Json::Object(Vec::new()),
            Ty::Any => plain.values().next().cloned().unwrap_or(Json::Null),
        })
    }

    fn named(&mut self, id: TypeId, said: Option<&Said<'a>>) -> Option<Json> {
        let def = &self.api[id];
        let own = Said {
            hints: Some(&def.hints),
            name: said.map_or(&def.key, |said| said.name),
            ..Said::default()
        };
        // What stands beside a reference says more than what it leads to.
        let said = said.filter(|said| said.values().next().is_some()).unwrap_or(&own);
        match &def.kind {
            Kind::Struct { fields, .. } => self.object(fields, &def.hints),
            Kind::Tuple(items) => {
                let items = items.iter().map(|item| self.value(&item.ty, None));
                items.collect::<Option<_>>().map(Json::Array)
            }
            Kind::Union { variants, tag } => variants.iter().find_map(|variant| {
                let mut value = self.value(&variant.ty, None)?;
                if let (Some(tag), Some(text), Json::Object(members)) = (tag, variant.tags.first(), &mut value) {
                    let own = Json::String(text.clone());
                    match members.iter_mut().find(|(name, _)| name == tag) {
                        // A number or boolean has the one value that its type has.
                        Some((_, Json::Number(_) | Json::Bool(_))) => {}
                        Some((_, value)) => *value = own,
                        None => {
                            let fields = tagged(self.api, &variant.ty, tag, &mut Vec::new());
                            let constant = fields.first().and_then(|(.., field)| of_tag(self.api, field, text));
                            members.push((tag.clone(), constant.map_or(own, Constant::json)));
                        }
                    }
                }
                Some(value)
            }),
            Kind::Enum { values, .. } => {
                let known = said
                    .values()
                    .find(|value| values.iter().any(|own| own.value == **value));
                known.or(values.first().map(|first| &first.value)).cloned()
            }
            Kind::Alias(inner) => {
                let said = Said {
                    hints: Some(&def.hints),
                    ..*said
                };
                self.value(inner, Some(&said))
            }
        }
    }

    fn object(&mut self, fields: &'a [Field], own: &'a Hints) -> Option<Json> {
        let mut members = Vec::new();
        for field in fields.iter().filter(|field| field.required) {
            let said = Said {
                hints: Some(&field.hints),
                name: &field.wire_name,
                example: own.examples.iter().find_map(|example| example.get(&field.wire_name)),
                length: (None, None),
            };
            members.push((field.wire_name.clone(), self.value(&field.ty, Some(&said))?));
        }
        Some(Json::Object(members))
    }
}

/// What the description says of a value.
#[derive(Clone, Copy, Default)]
struct Said<'a> {
    hints: Option<&'a Hints>,
    /// The name of the property that it is of.
    name: &'a str,
    /// What the object that it stands in has for it in an example.
    example: Option<&'a Json>,
    /// How many characters a text has at least and at most, where its type checks that.
    length: (Option<u64>, Option<u64>),
}

impl<'a> Said<'a> {
    /// The values that the description itself has, the more binding ones first.
    fn values(&self) -> impl Iterator<Item = &'a Json> {
        let hints = self.hints;
        let constant = hints.and_then(|hints| hints.constant.as_ref());
        let others = hints.into_iter().flat_map(|hints| {
            let examples = hints.examples.iter();
            examples.chain(&hints.default).chain(&hints.values)
        });
        let values = constant.into_iter().chain(self.example).chain(others);
        values.filter(|value| **value != Json::Null)
    }

    /// A text of that format.
    fn text(&self, format: Format) -> String {
        // Whether an example is a date, say, is not known here.
        let is_free = matches!(format, Format::Text | Format::Secret);
        let mut own = self.values().filter_map(Json::as_str);
        if let Some(own) = own.find(|text| is_free && self.allows(text)) {
            return own.into();
        }
        let usual = match (format, self.hints.and_then(|hints| hints.format.as_deref())) {
            (Format::Uuid, _) | (Format::Text, Some("uuid")) => "8a6e0804-2bd0-4672-b79d-d97027f9071a",
            (Format::DateTime, _) | (Format::Text, Some("date-time")) => "2030-01-02T03:04:05Z",
            (Format::Date, _) | (Format::Text, Some("date")) => "2030-01-02",
            (Format::Text, Some("email")) => "someone@example.com",
            (Format::Text, Some("uri" | "url")) => "https://example.com/",
            (Format::Secret, _) | (Format::Text, Some("password")) => return format!("a-mock-{}", self.name),
            _ => return self.fitted(self.name),
        };
        if is_free && !self.allows(usual) {
            return self.fitted(usual);
        }
        usual.into()
    }

    /// The limits of a text's length: those that its type checks, or else those that the description says.
    fn lengths(&self) -> (Option<u64>, Option<u64>) {
        match self.length {
            (None, None) => self.hints.map_or((None, None), |hints| hints.length),
            checked => checked,
        }
    }

    fn allows(&self, text: &str) -> bool {
        let length = text.chars().count() as u64;
        let (min, max) = self.lengths();
        min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
    }

    /// The text, shortened or lengthened until it is allowed.
    fn fitted(&self, text: &str) -> String {
        let (min, max) = self.lengths();
        let min = min.unwrap_or(0).min(MAX_LENGTH);
        let max = max.unwrap_or(MAX_LENGTH).max(min);
        let text = if text.is_empty() { "text" } else { text };
        let count = (text.chars().count() as u64).clamp(min, max);
        let count = usize::try_from(count).unwrap_or_default();
        text.chars().cycle().take(count).collect()
    }

    /// The numbers that the description itself has.
    fn numbers(&self) -> impl Iterator<Item = &'a Number> {
        self.values().filter_map(|value| match value {
            Json::Number(number) => Some(number),
            _ => None,
        })
    }

    /// The number that is nearest to 0.
    fn nearest(&self) -> i64 {
        let (least, most) = self.hints.map_or((None, None), |hints| (hints.minimum, hints.maximum));
        0.max(least.unwrap_or(0)).min(most.unwrap_or(i64::MAX))
    }

    fn integer(&self, int: Int) -> Json {
        let fits = |number: &&Number| match int {
            Int::I32 => number.as_i64().is_some_and(|value| i32::try_from(value).is_ok()),
            Int::U32 => number.as_u64().is_some_and(|value| u32::try_from(value).is_ok()),
            Int::U64 => number.is_u64(),
            Int::I64 => number.is_i64(),
            Int::Big => number.is_i64() || number.is_u64(),
        };
        let own = self.numbers().find(fits).cloned();
        Json::Number(own.unwrap_or_else(|| self.nearest().into()))
    }

    fn float(&self) -> Json {
        if let Some(own) = self.numbers().next() {
            return Json::Number(own.clone());
        }
        let nearest = Number::from(self.nearest()).as_f64().and_then(Number::from_f64);
        nearest.map_or(Json::Null, Json::Number)
    }
}
