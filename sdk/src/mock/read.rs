//! Reading of requests: what stands in which place for which parameter, as JSON of the type that the document gives it.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use reqwest::{
    Url,
    header::{CONTENT_TYPE, COOKIE, HeaderMap},
};
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use super::{
    check::{Fault, Schemas, parsed},
    document::{Body, Content, Found, Parameter, Place, essence},
    form,
};
use crate::received::decode;

/// Schemas that refer to each other are followed so deep.
const DEEPEST: usize = 32;

/// What a request consists of: what it has for each parameter, and its body, all of which stood the checks.
#[derive(Default)]
pub(crate) struct Parts {
    /// By the document's word for their place, and their name.
    parameters: BTreeMap<(&'static str, &'static str), Value>,
    body: Option<Value>,
    bytes: Option<Vec<u8>>,
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
impl Parts {
    /// A parameter of the path.
    pub(crate) fn path<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Fault> {
        self.parameter("path", name)
    }

    /// A parameter of the query.
    pub(crate) fn query<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Fault> {
        self.parameter("query", name)
    }

    /// A parameter in a header.
    pub(crate) fn header<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Fault> {
        self.parameter("header", name)
    }

    /// A parameter in a cookie.
    pub(crate) fn cookie<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Fault> {
        self.parameter("cookie", name)
    }

    fn parameter<T: DeserializeOwned>(&self, place: &'static str, name: &'static str) -> Result<T, Fault> {
        let value = self.parameters.get(&(place, name)).unwrap_or(&Value::Null);
        typed(value, &[place, name])
    }

    /// A body with a type of its own; null if there is none.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        typed(self.body.as_ref().unwrap_or(&Value::Null), &["body"])
    }

    /// A body that is just bytes.
    #[allow(clippy::unnecessary_wraps, reason = "generated code takes all of them alike")]
    pub(crate) fn bytes(&self) -> Result<crate::Body, Fault> {
        Ok(crate::Body::new(self.bytes.clone().unwrap_or_default()))
    }

    /// A body that is just bytes, and need not be sent.
    #[allow(clippy::unnecessary_wraps, reason = "generated code takes all of them alike")]
    pub(crate) fn optional_bytes(&self) -> Result<Option<crate::Body>, Fault> {
        Ok(self.bytes.clone().map(crate::Body::new))
    }
}

fn typed<T: DeserializeOwned>(value: &Value, place: &[&str]) -> Result<T, Fault> {
    let body = crate::Body::new(value.to_string().into_bytes());
    decode(&body).map_err(|reason| Fault::at(place, reason, "value_error"))
}

/// A request that was received.
pub(crate) struct Sent<'a> {
    pub(crate) url: &'a Url,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What was written for a value, before it is known what it is of.
pub(crate) enum Node {
    Text(String),
    Json(Value),
    /// A part of a form, in JSON; of a list, it is one item.
    Part(Value),
    /// What is written several times.
    List(Vec<Node>),
    /// What is written for each of its properties.
    Map(BTreeMap<String, Node>),
}

impl Node {
    fn list(texts: impl Iterator<Item = String>) -> Self {
        Self::List(texts.map(Self::Text).collect())
    }

    /// Puts what was written for a name to what was already written for it.
    pub(crate) fn add(self, into: &mut BTreeMap<String, Node>, name: String) {
        match into.remove(&name) {
            None => drop(into.insert(name, self)),
            Some(Self::List(mut items)) => {
                items.push(self);
                into.insert(name, Self::List(items));
            }
            Some(first) => drop(into.insert(name, Self::List(vec![first, self]))),
        }
    }
}

/// The parts of a request, or all that is wrong with it.
pub(crate) fn parts(found: &Found<'_>, sent: &Sent<'_>, schemas: &Schemas) -> Result<Parts, Vec<Fault>> {
    let mut parts = Parts::default();
    let mut faults = Vec::new();
    for parameter in found.operation.parameters {
        let place = [parameter.place.word(), parameter.name];
        let schema = parsed(parameter.schema);
        let node = match written(parameter, &schema, found, sent, schemas) {
            Ok(Some(node)) => node,
            Ok(None) if parameter.is_required => {
                faults.push(Fault::missing(&place));
                continue;
            }
            Ok(None) => continue,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        let value = schemas.read(&node, &schema, 0);
        faults.extend(schemas.check(&schema, &value, &place));
        parts.parameters.insert((place[0], parameter.name), value);
    }
    if let Some(body) = &found.operation.body {
        if let Err(of_body) = parts.read_body(body, sent, schemas) {
            faults.extend(of_body);
        }
    }
    if faults.is_empty() { Ok(parts) } else { Err(faults) }
}

/// What a request has for a parameter.
fn written(
    parameter: &Parameter,
    schema: &Value,
    found: &Found<'_>,
    sent: &Sent<'_>,
    schemas: &Schemas,
) -> Result<Option<Node>, Fault> {
    let Parameter { name, place, .. } = *parameter;
    let json = |text: String| match serde_json::from_str(&text) {
        Ok(value) => Ok(Some(Node::Json(value))),
        Err(_) => Err(Fault::at(&[place.word(), name], "JSON decode error", "json_invalid")),
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let plain = str::to_owned;
    Ok(match place.word() {
        "path" => {
            let captured = found.captured.iter().find(|(key, _)| key == name);
            let text = captured.map_or("", |(_, text)| *text);
            let split =
                |text: &str, separator, is_exploded| schemas.split(text, separator, is_exploded, schema, &decoded);
            Some(match place {
                Place::PathJson => return json(decoded(text)),
                Place::PathExploded => split(text, ',', true),
                Place::PathLabel => split(text.strip_prefix('.').unwrap_or(text), ',', false),
                Place::PathLabelExploded => split(text.strip_prefix('.').unwrap_or(text), '.', true),
                Place::PathMatrix => split(text.split_once('=').map_or(text, |(_, text)| text), ',', false),
                Place::PathMatrixExploded => {
                    let text = text.strip_prefix(';').unwrap_or(text);
                    let is_object = schemas.is_of(schema, "object", 0);
                    let values = text
                        .split(';')
                        .map(|part| part.split_once('=').map_or(part, |(_, value)| value));
                    if is_object {
                        split(text, ';', true)
                    } else {
                        split(&values.collect::<Vec<_>>().join(";"), ';', true)
                    }
                }
                _ => split(text, ',', false),
            })
        }
        "query" => {
            let pairs = form::pairs(sent.url.query().unwrap_or_default());
            schemas.of_query(name, place, schema, &pairs)?
        }
        "header" => {
            let values = sent.headers.get_all(name).iter();
            let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            let texts = texts.collect::<Vec<_>>();
            match place {
                _ if texts.is_empty() => None,
                Place::HeaderJson => return json(texts.join(",")),
                _ => {
                    let is_exploded = place == Place::HeaderExploded;
                    Some(schemas.split(&texts.join(","), ',', is_exploded, schema, &plain))
                }
            }
        }
        _ => {
            let cookies = sent.headers.get_all(COOKIE).iter();
            let cookies = cookies
                .filter_map(|cookies| cookies.to_str().ok())
                .flat_map(|cookies| cookies.split(';'));
            let mut of_name = cookies
                .filter_map(|cookie| cookie.trim().split_once('='))
                .filter(|(key, _)| *key == name);
            match of_name.next().map(|(_, text)| decoded(text)) {
                Some(text) if place == Place::CookieJson => return json(text),
                text => text.map(|text| schemas.split(&text, ',', false, schema, &plain)),
            }
        }
    })
}

impl Schemas {
    /// What is written with separators between its items, or between its properties and their values.
    fn split(
        &self,
        text: &str,
        separator: char,
        is_exploded: bool,
        schema: &Value,
        decoded: &dyn Fn(&str) -> String,
    ) -> Node {
        let mut parts = text.split(separator).filter(|_| !text.is_empty());
        if self.is_of(schema, "array", 0) {
            // An empty text is an empty list, and not a list of one empty text.
            return Node::list(parts.map(decoded));
        }
        if !self.is_of(schema, "object", 0) {
            return Node::Text(decoded(text));
        }
        let mut members = BTreeMap::new();
        let mut add = |name: &str, value: &str| {
            let (name, text) = (decoded(name), decoded(value));
            let of_member = self.member_of(schema, &name, 0).unwrap_or(&Value::Bool(true));
            let node = self.json_list(&text, of_member).map_or(Node::Text(text), Node::Json);
            node.add(&mut members, name);
        };
        if is_exploded {
            for (name, value) in parts.filter_map(|part| part.split_once('=')) {
                add(name, value);
            }
        } else {
            while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
                add(name, value);
            }
        }
        Node::Map(members)
    }

    /// A list that stands within a list or an object, which is written as JSON.
    fn json_list(&self, text: &str, schema: &Value) -> Option<Value> {
        let value = serde_json::from_str::<Value>(text).ok()?;
        (value.is_array() && self.is_of(schema, "array", 0)).then_some(value)
    }

    /// What the pairs of a query, or of a form, have for a name.
    fn of_query(
        &self,
        name: &str,
        place: Place,
        schema: &Value,
        pairs: &[(String, String)],
    ) -> Result<Option<Node>, Fault> {
        let texts = pairs.iter().filter(|(key, _)| key == name).map(|(_, text)| text);
        let last = texts.clone().next_back();
        // A comma within an item is encoded; of the other separators, those between items are encoded, too.
        let split =
            |separator| last.map(|text| self.split(&form::decoded(text), separator, false, schema, &str::to_owned));
        Ok(match place {
            Place::QueryJoined => last.map(|text| self.split(text, ',', false, schema, &form::decoded)),
            Place::QuerySpaced => split(' '),
            Place::QueryPiped => split('|'),
            Place::QueryDeep => {
                let is_deep = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
                let deep = pairs.iter().filter(|(key, _)| is_deep(key));
                form::nested(deep.map(|(key, text)| (key.clone(), Node::Text(form::decoded(text))))).remove(name)
            }
            Place::QueryJson => match last.map(|text| serde_json::from_str(&form::decoded(text))) {
                Some(Ok(value)) => Some(Node::Json(value)),
                Some(Err(_)) => return Err(Fault::at(&["query", name], "JSON decode error", "json_invalid")),
                None => None,
            },
            _ if last.is_some() => Some(Node::list(texts.map(|text| form::decoded(text)))),
            _ => {
                let names = self.names_of(schema, 0);
                let mut members = BTreeMap::new();
                for (key, text) in pairs.iter().filter(|(key, _)| names.contains(&key.as_str())) {
                    Node::Text(form::decoded(text)).add(&mut members, key.clone());
                }
                (!members.is_empty()).then_some(Node::Map(members))
            }
        })
    }
}

impl Parts {
    fn read_body(&mut self, body: &Body, sent: &Sent<'_>, schemas: &Schemas) -> Result<(), Vec<Fault>> {
        let place = ["body"];
        let fault = |message: String, kind| vec![Fault::at(&place, message, kind)];
        let header = sent.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if header.is_none() && sent.body.is_empty() {
            return if body.is_required {
                Err(vec![Fault::missing(&place)])
            } else {
                Ok(())
            };
        }
        let wanted = body.content.media_type();
        match header.map(essence) {
            Some(given) if given.eq_ignore_ascii_case(wanted) => {}
            given => {
                let given = given.map_or("without a `Content-Type`".to_owned(), |given| format!("as `{given}`"));
                let message = format!("the body is sent {given}, and the document has `{wanted}`");
                return Err(fault(message, "content_type"));
            }
        }
        let schema = parsed(body.schema);
        let value = match &body.content {
            Content::Bytes(_) => {
                self.bytes = Some(sent.body.to_vec());
                return Ok(());
            }
            Content::Json(_) => match serde_json::from_slice(sent.body) {
                Ok(value) => value,
                Err(_) => return Err(fault("JSON decode error".into(), "json_invalid")),
            },
            Content::Form(styles) => {
                let pairs = form::pairs(&String::from_utf8_lossy(sent.body));
                let plain = pairs
                    .iter()
                    .map(|(key, text)| (key.clone(), Node::Text(form::decoded(text))));
                let mut members = form::flat(plain);
                for (name, style) in *styles {
                    members.remove(*name);
                    let of_member = schemas.member_of(&schema, name, 0).unwrap_or(&Value::Bool(true));
                    let node = schemas.of_query(name, *style, of_member, &pairs);
                    if let Some(node) = node.map_err(|fault| vec![fault])? {
                        let is_part = |key: &String| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
                        members.retain(|key, _| !is_part(key));
                        members.insert((*name).to_owned(), node);
                    }
                }
                schemas.read(&Node::Map(members), &schema, 0)
            }
            Content::Multipart => {
                let parts = form::parts(header.unwrap_or_default(), sent.body);
                let parts = parts.map_err(|reason| fault(reason, "multipart_invalid"))?;
                schemas.read(&Node::Map(form::flat(parts.into_iter())), &schema, 0)
            }
        };
        let faults = schemas.check(&schema, &value, &place);
        if !faults.is_empty() {
            return Err(faults);
        }
        self.body = Some(value);
        Ok(())
    }
}

impl Schemas {
    /// What was written, as JSON of the type that a schema asks for. What is of no such type comes out as text, with which
    /// the check finds fault.
    fn read(&self, node: &Node, schema: &Value, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        if let Some(referred) = self.referred(schema) {
            return self.read(node, referred, depth + 1);
        }
        for union in ["anyOf", "oneOf"] {
            let alternatives = schema.get(union).and_then(Value::as_array).into_iter().flatten();
            let mut first = None;
            for alternative in alternatives.filter(|alternative| alternative["type"] != "null") {
                let value = self.read(node, alternative, depth + 1);
                if self.check(alternative, &value, &[]).is_empty() {
                    return value;
                }
                first = first.or(Some(value));
            }
            if let Some(first) = first {
                return first;
            }
        }
        if schema.get("type").is_none() {
            let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
            let mut typed = parts.filter(|part| !matches!(node, Node::Map(_)) && part.is_object());
            if let Some(part) = typed.next() {
                return self.read(node, part, depth + 1);
            }
        }
        let is_list = self.is_of(schema, "array", depth);
        match node {
            Node::Part(value) if is_list && !value.is_array() => Value::Array(vec![value.clone()]),
            Node::Json(value) | Node::Part(value) => value.clone(),
            Node::List(items) if is_list => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.read_item(item, item_of(schema, index), depth + 1));
                items.collect()
            }
            Node::List(items) => items
                .last()
                .map_or(Value::Null, |item| self.read(item, schema, depth + 1)),
            Node::Map(members) if is_list => {
                // By their indices.
                let mut members = members.iter().collect::<Vec<_>>();
                members.sort_by_key(|(index, _)| index.parse::<usize>().ok());
                let items = members.into_iter().enumerate();
                let items = items.map(|(index, (_, item))| self.read(item, item_of(schema, index), depth + 1));
                items.collect()
            }
            Node::Map(members) => {
                let members = members.iter().map(|(name, node)| {
                    let of_member = self.member_of(schema, name, depth).unwrap_or(&Value::Bool(true));
                    (name.clone(), self.read(node, of_member, depth + 1))
                });
                Value::Object(members.collect())
            }
            Node::Text(text) if is_list => {
                let item = self.read_item(&Node::Text(text.clone()), item_of(schema, 0), depth + 1);
                Value::Array(vec![item])
            }
            Node::Text(text) if self.is_of(schema, "object", depth) => {
                serde_json::from_str(text).unwrap_or_else(|_| text.clone().into())
            }
            Node::Text(text) => scalar(text, schema),
        }
    }

    fn read_item(&self, node: &Node, schema: &Value, depth: usize) -> Value {
        let list = match node {
            Node::Text(text) => self.json_list(text, schema),
            _ => None,
        };
        list.unwrap_or_else(|| self.read(node, schema, depth))
    }

    /// Whether a schema is of that type, or may be.
    fn is_of(&self, schema: &Value, kind: &str, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        let is_said = match schema.get("type") {
            Some(Value::Array(types)) => types.iter().any(|own| own == kind),
            Some(own) => own == kind,
            None => {
                let keyword = if kind == "array" { "items" } else { "properties" };
                schema.get(keyword).is_some()
            }
        };
        let is_referred = || {
            self.referred(schema)
                .is_some_and(|referred| self.is_of(referred, kind, depth + 1))
        };
        is_said || is_referred() || parts_of(schema).any(|part| self.is_of(part, kind, depth + 1))
    }

    /// The names of an object's properties.
    fn names_of<'a>(&'a self, schema: &'a Value, depth: usize) -> Vec<&'a str> {
        if depth > DEEPEST {
            return Vec::new();
        }
        let own = schema.get("properties").and_then(Value::as_object).into_iter();
        let mut names = own.flat_map(|own| own.keys().map(String::as_str)).collect::<Vec<_>>();
        for part in parts_of(schema).chain(self.referred(schema)) {
            names.extend(self.names_of(part, depth + 1));
        }
        names
    }

    /// The schema of an object's property.
    fn member_of<'a>(&'a self, schema: &'a Value, name: &str, depth: usize) -> Option<&'a Value> {
        if depth > DEEPEST {
            return None;
        }
        let own = schema.get("properties").and_then(|own| own.get(name));
        let mut parts = parts_of(schema).chain(self.referred(schema));
        own.or_else(|| parts.find_map(|part| self.member_of(part, name, depth + 1)))
            .or_else(|| schema.get("additionalProperties"))
    }
}

/// The schemas that a schema consists of, or is one of.
fn parts_of(schema: &Value) -> impl Iterator<Item = &Value> {
    let keywords = ["allOf", "anyOf", "oneOf"].into_iter();
    keywords.flat_map(|keyword| schema.get(keyword).and_then(Value::as_array).into_iter().flatten())
}

fn item_of(schema: &Value, index: usize) -> &Value {
    let prefix = schema.get("prefixItems").and_then(|items| items.get(index));
    prefix.or_else(|| schema.get("items")).unwrap_or(&Value::Bool(true))
}

/// A text as a number or boolean, where the schema has no text.
fn scalar(text: &str, schema: &Value) -> Value {
    let types = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(single)) => vec![single.as_str()],
        _ => {
            let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            let mut values = listed.chain(schema.get("const"));
            return values
                .find(|value| serde_json::from_str::<Value>(text).is_ok_and(|read| read == **value))
                .cloned()
                .unwrap_or_else(|| text.into());
        }
    };
    let read = types.iter().find_map(|kind| match *kind {
        "integer" | "number" => text
            .parse::<Number>()
            .ok()
            .filter(|number| *kind == "number" || number.is_i64() || number.is_u64())
            .map(Value::Number),
        "boolean" => text.parse().ok().map(Value::Bool),
        _ => None,
    });
    read.unwrap_or_else(|| text.into())
}
