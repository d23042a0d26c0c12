//! What a request has for a value, before it is known of which type the value is.

use std::{
    cell::{Cell, OnceCell},
    collections::BTreeMap,
};

use percent_encoding::percent_decode_str;
use serde_json::{Number, Value};

use super::detail::{Detail, EXTRA, MISSING, Step};

/// What a request has for a value. [`Wire`](super::deserialize::Wire) reads it as the type asks.
pub(crate) enum WireValue {
    /// Nothing.
    Absent,
    /// In place of something that is wrong, so that the rest can be read: whatever the type asks for.
    Blank,
    /// JSON that is neither a list nor an object.
    Json(Value),
    /// A list in JSON.
    List(Vec<WireValue>),
    /// An object in JSON, or one whose properties are told apart by their names.
    Map(BTreeMap<String, WireValue>),
    Text(Box<Text>),
    /// What stands there several times: the items of a list, or else the last one counts.
    Repeated(Vec<WireValue>),
    /// What stands there as `name[property]`: an object, or a list by its indices.
    Nested(BTreeMap<String, WireValue>),
    /// A part of a form that is JSON; as a list that is none, it is one item.
    Part(Box<WireValue>),
}

/// A text, which can be read in several ways.
pub(crate) struct Text {
    sent: String,
    decode: fn(&str) -> String,
    form: Form,
    /// Which reading is next where the type does not say what it is: types that may be one of several find out by trial.
    next: Cell<usize>,
    was_asked: Cell<bool>,
    json: OnceCell<Option<WireValue>>,
    list: OnceCell<WireValue>,
    map: OnceCell<WireValue>,
}

/// How a text holds a list or an object.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// As JSON, but a list is one item: several would be several texts.
    Item,
    /// As JSON.
    Json,
    /// With that between items, and between the properties and values of an object.
    Folded(char),
    /// With that between items, and between the properties of an object, which are `name=value`.
    Exploded(char),
    /// As [`Exploded`](Self::Exploded), and an item of a list is `name=item`, too.
    Matrix,
}

/// A way to read a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    Json,
    /// A number that JSON would write in another way.
    Number,
    List,
    Map,
    Text,
}

pub(crate) fn plain(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What a text of a form, or of a query, stands for.
pub(crate) fn form_decoded(text: &str) -> String {
    percent_decoded(&text.replace('+', " "))
}

impl Text {
    /// The text itself.
    pub(crate) fn text(&self) -> String {
        let text = match self.form {
            Form::Matrix => self.sent.split_once('=').map_or(self.sent.as_str(), |(_, text)| text),
            _ => &self.sent,
        };
        (self.decode)(text)
    }

    pub(crate) fn number(&self) -> Option<Number> {
        self.text().parse().ok()
    }

    /// As JSON, if it is a list or an object, or a number or boolean that JSON would write like that.
    pub(crate) fn json(&self) -> Option<&WireValue> {
        let read = || {
            let text = self.text();
            let value = serde_json::from_str::<Value>(&text).ok()?;
            let written = value.to_string();
            let is_json = match &value {
                Value::Null | Value::String(_) => false,
                Value::Bool(_) | Value::Number(_) => written == text,
                Value::Array(_) | Value::Object(_) => true,
            };
            is_json.then(|| value.into())
        };
        self.json.get_or_init(read).as_ref()
    }

    pub(crate) fn list(&self) -> &WireValue {
        self.list.get_or_init(|| {
            let separator = match self.form {
                Form::Folded(separator) | Form::Exploded(separator) => separator,
                Form::Matrix => ';',
                Form::Json if matches!(self.json(), Some(WireValue::List(_))) => return WireValue::Absent,
                Form::Json | Form::Item => {
                    return WireValue::List(vec![WireValue::text(self.text(), plain, Form::Json)]);
                }
            };
            // An empty text is an empty list, and not a list of one empty text.
            let items = self.sent.split(separator).filter(|_| !self.sent.is_empty());
            let items = items.map(|item| match self.form {
                Form::Matrix => item.split_once('=').map_or(item, |(_, item)| item),
                _ => item,
            });
            WireValue::List(
                items
                    .map(|item| WireValue::text((self.decode)(item), plain, Form::Json))
                    .collect(),
            )
        })
    }

    pub(crate) fn map(&self) -> &WireValue {
        self.map.get_or_init(|| {
            let mut members = BTreeMap::new();
            let mut add = |name: &str, text: &str| {
                let value = WireValue::text((self.decode)(text), plain, Form::Json);
                value.add(&mut members, (self.decode)(name));
            };
            match self.form {
                Form::Item | Form::Json => return WireValue::Absent,
                Form::Folded(separator) => {
                    let mut parts = self.sent.split(separator);
                    while let (Some(name), Some(text)) = (parts.next(), parts.next()) {
                        add(name, text);
                    }
                }
                Form::Exploded(_) | Form::Matrix => {
                    let separator = if let Form::Exploded(separator) = self.form {
                        separator
                    } else {
                        ';'
                    };
                    let pairs = self.sent.split(separator).filter_map(|part| part.split_once('='));
                    pairs.for_each(|(name, text)| add(name, text));
                }
            }
            WireValue::Map(members)
        })
    }

    /// How it is to be read where the type does not say.
    pub(crate) fn reading(&self) -> Reading {
        self.was_asked.set(true);
        let readings = self.readings();
        readings.get(self.next.get()).copied().unwrap_or(Reading::Text)
    }

    /// In the order of their likelihood.
    fn readings(&self) -> Vec<Reading> {
        let is_json = self.json().is_some();
        let is_separated = match self.form {
            Form::Folded(separator) | Form::Exploded(separator) => self.sent.contains(separator),
            Form::Matrix => self.sent.contains(';'),
            Form::Item | Form::Json => false,
        };
        let has_map = !matches!(self.form, Form::Item | Form::Json);
        let is_map = matches!(self.form, Form::Exploded(_)) && self.sent.contains('=');
        let has_list = !matches!(self.form, Form::Json);
        let readings = [
            (is_json, Reading::Json),
            (is_map, Reading::Map),
            (is_separated, Reading::List),
            (true, Reading::Text),
            (!is_separated && has_list, Reading::List),
            (!is_map && has_map, Reading::Map),
            (!is_json && self.number().is_some(), Reading::Number),
        ];
        readings
            .into_iter()
            .filter(|(is_one, _)| *is_one)
            .map(|(_, reading)| reading)
            .collect()
    }

    /// Goes on to the next reading, if the type asked for any, and there is one.
    fn advance(&self) -> bool {
        let next = self.next.get() + 1;
        let advances = self.was_asked.take() && next < self.readings().len();
        if advances {
            self.next.set(next);
        }
        advances
    }

    /// What it was read as.
    fn parts_mut(&mut self) -> impl Iterator<Item = &mut WireValue> {
        let Self { json, list, map, .. } = self;
        let json = json.get_mut().and_then(Option::as_mut);
        json.into_iter().chain(list.get_mut()).chain(map.get_mut())
    }
}

impl From<Value> for WireValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, Self::from(value)));
                Self::Map(members.collect())
            }
            value => Self::Json(value),
        }
    }
}

impl WireValue {
    pub(crate) fn text(text: String, decode: fn(&str) -> String, form: Form) -> Self {
        Self::Text(Box::new(Text {
            sent: text,
            decode,
            form,
            next: Cell::default(),
            was_asked: Cell::default(),
            json: OnceCell::new(),
            list: OnceCell::new(),
            map: OnceCell::new(),
        }))
    }

    pub(crate) fn json(text: &str) -> Result<Self, Detail> {
        let value = serde_json::from_str::<Value>(text);
        value.map(Self::from).map_err(|_| Detail::invalid_json())
    }

    /// Puts what stands there for a name to what already stands there for it.
    pub(crate) fn add(self, into: &mut BTreeMap<String, Self>, name: String) {
        let value = match into.remove(&name) {
            None => self,
            Some(Self::Repeated(mut items)) => {
                items.push(self.repeated());
                Self::Repeated(items)
            }
            Some(first) => Self::Repeated(vec![first.repeated(), self.repeated()]),
        };
        into.insert(name, value);
    }

    /// As one of several.
    fn repeated(mut self) -> Self {
        if let Self::Text(text) = &mut self {
            text.form = Form::Json;
        }
        self
    }

    /// The values of a form, by their names.
    pub(crate) fn by_name(fields: impl IntoIterator<Item = (String, Self)>) -> BTreeMap<String, Self> {
        let mut members = BTreeMap::new();
        for (name, value) in fields {
            value.add(&mut members, name);
        }
        members
    }

    /// The values of a form, by their names, where a property of an object is `name[property]`.
    pub(crate) fn nested(fields: impl IntoIterator<Item = (String, Self)>) -> BTreeMap<String, Self> {
        let mut members = BTreeMap::new();
        for (name, value) in fields {
            let mut steps = name.split('[').map(|step| step.strip_suffix(']').unwrap_or(step));
            let first = steps.next().unwrap_or_default();
            value.put(&mut members, first, &steps.collect::<Vec<_>>());
        }
        members
    }

    fn put(self, members: &mut BTreeMap<String, Self>, name: &str, steps: &[&str]) {
        let Some((next, rest)) = steps.split_first() else {
            return self.add(members, name.to_owned());
        };
        let mut inner = match members.remove(name) {
            Some(Self::Nested(inner)) => inner,
            _ => BTreeMap::new(),
        };
        self.put(&mut inner, next, rest);
        members.insert(name.to_owned(), Self::Nested(inner));
    }

    /// Reads what stands at or within a place in another way, if the type did not say how, and there is another way.
    pub(crate) fn reread(&mut self, place: &[Step]) -> bool {
        if let Self::Text(text) = self
            && text.advance()
        {
            return true;
        }
        match place {
            [] => self
                .parts_mut()
                .into_iter()
                .fold(false, |is_other, (_, part)| part.reread(&[]) || is_other),
            [step, rest @ ..] => {
                let parts = self.parts_mut().into_iter().filter(|(own, _)| own == step);
                parts.fold(false, |is_other, (_, part)| part.reread(rest) || is_other)
            }
        }
    }

    /// Puts something in the place of what is wrong, so that the rest can be read; `false` if that is there already.
    pub(crate) fn repair(&mut self, place: &[Step], kind: &str) -> bool {
        match (&mut *self, place) {
            (Self::Blank, _) => return false,
            (Self::Map(members) | Self::Nested(members), [Step::Name(name)]) if kind == EXTRA => {
                return members.remove(name).is_some();
            }
            (Self::Map(members) | Self::Nested(members), [Step::Name(name)]) if kind == MISSING => {
                return members.insert(name.clone(), Self::Blank).is_none();
            }
            (_, [step, rest @ ..]) => {
                let mut is_there = false;
                let mut is_repaired = false;
                for (_, part) in self.parts_mut().into_iter().filter(|(own, _)| own == step) {
                    is_there = true;
                    is_repaired |= part.repair(rest, kind);
                }
                if is_there {
                    return is_repaired;
                }
            }
            (_, []) => {}
        }
        *self = Self::Blank;
        true
    }

    /// What it consists of, each with the step that leads there.
    fn parts_mut(&mut self) -> Vec<(Step, &mut Self)> {
        match self {
            Self::List(items) | Self::Repeated(items) => {
                let items = items.iter_mut().enumerate();
                items.map(|(index, item)| (Step::Index(index), item)).collect()
            }
            Self::Map(members) => {
                let members = members.iter_mut();
                members.map(|(name, value)| (Step::Name(name.clone()), value)).collect()
            }
            Self::Nested(members) => by_index(members.iter_mut())
                .into_iter()
                .enumerate()
                .map(|(index, (name, value))| match name.parse::<usize>() {
                    Ok(_) => (Step::Index(index), value),
                    Err(_) => (Step::Name(name.clone()), value),
                })
                .collect(),
            Self::Part(inner) => inner.parts_mut(),
            Self::Text(text) => text.parts_mut().flat_map(Self::parts_mut).collect(),
            Self::Absent | Self::Blank | Self::Json(_) => Vec::new(),
        }
    }
}

/// Members whose names are indices, in the order of these.
pub(crate) fn by_index<'a, V>(members: impl Iterator<Item = (&'a String, V)>) -> Vec<(&'a String, V)> {
    let mut members = members.collect::<Vec<_>>();
    members.sort_by_key(|(name, _)| name.parse::<usize>().ok());
    members
}
