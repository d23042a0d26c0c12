//! YAML as a tree in which each value knows its line, and each scalar its text: aliases are followed and merge keys (`<<`) merged.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Number, Value};

use super::{
    pointer::Pointer,
    yaml_repairs::{with_indented_brackets, with_whole_characters},
};

/// How deep values may stand in each other, as `serde_json` has it for JSON.
pub(super) const MAX_DEPTH: usize = 127;

/// How many values aliases may stand for, all in all: a few of them can be made to stand for billions.
const MAX_ALIASED: usize = 100_000;

/// A value.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The line on which it begins, counted from one.
    pub(super) line: usize,
    data: Data,
}

#[derive(Clone, Debug)]
enum Data {
    /// A scalar: as JSON, and as it is written.
    Scalar(Value, String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key: as JSON has it, a text.
#[derive(Clone, Debug)]
struct Key {
    text: String,
    line: usize,
}

/// What is wrong with a text, and on which line.
#[derive(Debug)]
pub(super) enum YamlError {
    /// It cannot be read.
    Malformed(String, Option<usize>),
    /// An object has a key twice: where it is, the key, and both lines.
    DuplicateKey(Pointer, String, [usize; 2]),
}

impl Node {
    /// Reads a text, which holds one document.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, or every key that an object has twice.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<YamlError>> {
        let is_malformed = |errors: &Vec<YamlError>| matches!(errors.as_slice(), [YamlError::Malformed(..)]);
        match Loader::load(text) {
            // Most readers of YAML let lines within brackets begin anywhere, which the specification does not. JSON writes some
            // characters as two.
            Err(errors) if is_malformed(&errors) => {
                match Loader::load(&with_indented_brackets(&with_whole_characters(text))) {
                    Err(others) if is_malformed(&others) => Err(errors),
                    other => other,
                }
            }
            other => other,
        }
    }

    /// It as JSON.
    pub(super) fn to_json(&self) -> Value {
        match &self.data {
            Data::Scalar(value, _) => value.clone(),
            Data::List(items) => items.iter().map(Self::to_json).collect(),
            Data::Map(members) => {
                let members = members.iter().map(|(key, value)| (key.text.clone(), value.to_json()));
                Value::Object(members.collect())
            }
        }
    }

    /// How the scalar that stands there is written.
    pub(super) fn written(&self, pointer: &Pointer) -> Option<&str> {
        let mut node = self;
        for segment in pointer.segments() {
            (_, node) = node.child(&segment)?;
        }
        match &node.data {
            Data::Scalar(_, text) => Some(text),
            Data::List(_) | Data::Map(_) => None,
        }
    }

    /// The line on which what stands there begins, or its nearest ancestor.
    pub(super) fn line_of(&self, pointer: &Pointer) -> usize {
        let (mut node, mut line) = (self, self.line);
        for segment in pointer.segments() {
            let Some(child) = node.child(&segment) else { break };
            (line, node) = child;
        }
        line
    }

    /// The member or item of that name or index, and the line on which it begins.
    fn child(&self, segment: &str) -> Option<(usize, &Self)> {
        match &self.data {
            Data::Map(members) => {
                let member = members.iter().find(|(key, _)| key.text == segment);
                member.map(|(key, value)| (key.line, value))
            }
            Data::List(items) => {
                let item = segment.parse::<usize>().ok().and_then(|index| items.get(index));
                item.map(|item| (item.line, item))
            }
            Data::Scalar(..) => None,
        }
    }

    /// How many values it consists of.
    fn size(&self) -> usize {
        let inner = match &self.data {
            Data::Scalar(..) => 0,
            Data::List(items) => items.iter().map(Self::size).sum(),
            Data::Map(members) => members.iter().map(|(_, value)| value.size()).sum(),
        };
        inner + 1
    }

    fn depth(&self) -> usize {
        let inner = match &self.data {
            Data::Scalar(..) => return 0,
            Data::List(items) => items.iter().map(Self::depth).max(),
            Data::Map(members) => members.iter().map(|(_, value)| value.depth()).max(),
        };
        inner.unwrap_or_default() + 1
    }
}

/// A list or an object that is not complete.
struct Open {
    line: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        members: Vec<(Key, Node)>,
        /// The lines of their keys.
        lines: HashMap<String, usize>,
        /// What merge keys (`<<`) name.
        merged: Vec<Node>,
        /// The key whose value is awaited.
        key: Option<MemberKey>,
    },
}

impl Content {
    /// The key or the index of the value that comes next.
    fn awaited(&self) -> String {
        match self {
            Self::List(items) => items.len().to_string(),
            Self::Map {
                key: Some(MemberKey::Own(own)),
                ..
            } => own.text.clone(),
            Self::Map { .. } => "<<".into(),
        }
    }
}

enum MemberKey {
    /// `<<`.
    Merge,
    Own(Key),
}

#[derive(Default)]
struct Loader {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    aliased: usize,
    documents: Vec<Node>,
    duplicates: Vec<YamlError>,
}

impl Loader {
    fn load(text: &str) -> Result<Node, Vec<YamlError>> {
        let mut loader = Self::default();
        for event in Parser::new_from_str(text) {
            let event = event.map_err(|error| {
                let line = Some(error.marker().line());
                vec![YamlError::Malformed(error.info().to_owned(), line)]
            })?;
            let (event, span) = event;
            let line = span.start.line();
            let failed = |message: String| vec![YamlError::Malformed(message, Some(line))];
            loader.take(event, span).map_err(failed)?;
        }
        if !loader.duplicates.is_empty() {
            return Err(loader.duplicates);
        }
        let failed = |message: &str, line| Err(vec![YamlError::Malformed(message.into(), line)]);
        let mut documents = loader.documents.into_iter();
        match (documents.next(), documents.next()) {
            (None, _) => failed("it is empty", None),
            (Some(document), None) => Ok(document),
            (_, Some(second)) => failed("it holds more than one document", Some(second.line)),
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), String> {
        let line = span.start.line();
        let open = |anchor, content| Open { line, anchor, content };
        match event {
            Event::SequenceStart(anchor, _) => self.open.push(open(anchor, Content::List(Vec::new()))),
            Event::MappingStart(anchor, _) => {
                let content = Content::Map {
                    members: Vec::new(),
                    lines: HashMap::new(),
                    merged: Vec::new(),
                    key: None,
                };
                self.open.push(open(anchor, content));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(complete) = self.open.pop() {
                    let Open { line, anchor, content } = complete;
                    let data = match content {
                        Content::List(items) => Data::List(items),
                        Content::Map { members, merged, .. } => Data::Map(merge(members, merged)?),
                    };
                    self.add(Node { line, data }, anchor)?;
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_merge = text == "<<" && style == ScalarStyle::Plain;
                match self.open.last_mut().map(|open| &mut open.content) {
                    Some(Content::Map { key: key @ None, .. }) if is_merge => *key = Some(MemberKey::Merge),
                    _ => {
                        let value = scalar(&text, style, tag.as_deref());
                        let data = Data::Scalar(value, text.into_owned());
                        self.add(Node { line, data }, anchor)?;
                    }
                }
            }
            Event::Alias(anchor) => {
                let aliased = self.anchors.get(&anchor).cloned();
                let aliased = aliased.ok_or("an alias stands for what it stands in")?;
                self.aliased += aliased.size();
                if self.aliased > MAX_ALIASED {
                    return Err(format!("aliases stand for more than {MAX_ALIASED} values"));
                }
                if self.open.len() + aliased.depth() > MAX_DEPTH {
                    return Err(too_deep());
                }
                self.add(aliased, 0)?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        if self.open.len() > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(())
    }

    /// Puts a complete value into what it stands in.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some((Open { content, .. }, outer)) = self.open.split_last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match content {
            Content::List(items) => items.push(node),
            Content::Map {
                members,
                lines,
                merged,
                key,
            } => match key.take() {
                None => match node.data {
                    Data::Scalar(_, text) => *key = Some(MemberKey::Own(Key { text, line: node.line })),
                    Data::List(_) | Data::Map(_) => return Err("a key is not a string".into()),
                },
                Some(MemberKey::Merge) => merged.push(node),
                Some(MemberKey::Own(own)) => {
                    match lines.entry(own.text.clone()) {
                        Entry::Vacant(entry) => drop(entry.insert(own.line)),
                        Entry::Occupied(entry) => {
                            let both = [*entry.get(), own.line];
                            let at = outer
                                .iter()
                                .fold(Pointer::root(), |at, open| at.child(open.content.awaited()));
                            self.duplicates
                                .push(YamlError::DuplicateKey(at, own.text.clone(), both));
                        }
                    }
                    members.push((own, node));
                }
            },
        }
        Ok(())
    }
}

fn too_deep() -> String {
    format!("values stand in each other more than {MAX_DEPTH} deep")
}

/// The members with those of the merged objects: its own have precedence, and then the earlier ones.
fn merge(mut members: Vec<(Key, Node)>, merged: Vec<Node>) -> Result<Vec<(Key, Node)>, String> {
    for node in merged {
        let objects = match node.data {
            Data::List(items) => items,
            _ => vec![node],
        };
        for object in objects {
            let others = match object.data {
                Data::Map(others) => others,
                Data::Scalar(Value::Null, _) => continue,
                Data::Scalar(..) | Data::List(_) => {
                    return Err("`<<` merges objects, and this is none".into());
                }
            };
            for (key, value) in others {
                if !members.iter().any(|(own, _)| own.text == key.text) {
                    members.push((key, value));
                }
            }
        }
    }
    Ok(members)
}

/// A scalar as JSON: what YAML's core schema makes of it, with all digits of a number. A number that JSON does not have (`.nan`) is a
/// text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    if style != ScalarStyle::Plain {
        return text.into();
    }
    let tag = tag.cloned().map(std::borrow::Cow::Owned);
    let parsed = Scalar::parse_from_cow_and_metadata(text.into(), style, tag.as_ref());
    match parsed {
        Some(Scalar::Null) => Value::Null,
        Some(Scalar::Boolean(value)) => value.into(),
        Some(Scalar::String(_)) if tag.is_some() => text.into(),
        // An integer beyond 64 bits is a text to the core schema's reader.
        Some(parsed) => {
            let number = serde_json::from_str::<Number>(text).ok();
            let number = number.or_else(|| match parsed {
                Scalar::Integer(value) => Some(value.into()),
                Scalar::FloatingPoint(value) => Number::from_f64(value.0),
                _ => None,
            });
            number.map_or_else(|| text.into(), Value::Number)
        }
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::input::{diagnostic::Diagnostic, pointer::Pointer, rule::Rule, source::Source};

    #[test]
    fn merge_keys_are_merged() {
        let text = "
base: &base {a: 1, b: {c: 1}}
other: &other {a: 2, d: 2}
one: {<<: *base, b: 3}
several: {<<: [*base, *other], e: 4}
nested: &nested {<<: *other, a: 5}
twice: {<<: *nested, <<: *base}
quoted: {'<<': *base}
nothing: {<<: }
";
        let value = Source::parse("a.yaml", text).unwrap().value;
        for (name, expected) in [
            ("one", json!({"a": 1, "b": 3})),
            ("several", json!({"a": 1, "b": {"c": 1}, "d": 2, "e": 4})),
            ("twice", json!({"a": 5, "d": 2, "b": {"c": 1}})),
            ("quoted", json!({"<<": {"a": 1, "b": {"c": 1}}})),
            ("nothing", json!({})),
        ] {
            assert_eq!(value[name], expected, "{name}");
        }
        let pointer = Pointer::root().child("several").child("d");
        let source = Source::parse("a.yaml", text).unwrap();
        let error = source.locate(vec![Diagnostic::new(Rule::UnusableFile, "x").at(&pointer)]);
        assert!(error[0].to_string().contains("a.yaml:3\n"), "{}", error[0]);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let text = "[18446744073709551615, 18446744073709551616, 1.0, -0, +5, 0o17, .5, 1e400]";
        let value = Source::parse("a.yaml", text).unwrap().value;
        let expected = json!([
            18_446_744_073_709_551_615_u64,
            18_446_744_073_709_551_616.0,
            1.0,
            -0,
            5,
            15,
            0.5,
            "1e400"
        ]);
        assert_eq!(
            value.to_string().replace("-0.0", "0").replace("-0", "0"),
            expected.to_string()
        );
    }
}
