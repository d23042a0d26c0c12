use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    sync::Mutex,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{
    Method, Url,
    header::{COOKIE, HeaderName, HeaderValue},
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    CallOptions, Client,
    client::Inner,
    endpoint::{UNRESERVED, split_query},
    multipart::Form,
    security::{Requirements, Scheme},
    send::Payload,
    validate::{Violations, path_of},
};

/// What percent-encoding leaves as it is in several segments of a path.
const SEGMENTS: &AsciiSet = &UNRESERVED.remove(b'/');

/// What percent-encoding leaves as it is in a part of a path where a dot separates parts.
const UNDOTTED: &AsciiSet = &UNRESERVED.add(b'.');

/// What forms, and the queries of URLs, leave as it is. They write a space as a plus.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .add(b' ');

/// What the description says of an operation; generated code has one constant for each.
pub(crate) struct Operation {
    /// The name of its method, for errors.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    /// Begins with a slash, and may end with a query; a parameter in it stands in braces.
    pub(crate) path: &'static str,
    /// The media type of the response.
    pub(crate) accept: HeaderValue,
    /// What authenticates it: an empty alternative if it can be called without credentials all the same.
    pub(crate) security: Requirements,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.name, f)
    }
}

/// A call on its way out. Generated code takes it from here to the status in three steps: `json`, `send`, `match`.
pub(crate) struct Call<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) operation: &'static Operation,
    pub(crate) options: &'a CallOptions,
    /// The path so far; parameters that are not yet set stand in braces.
    path: Cow<'static, str>,
    /// Names, and what is written for each: encoded, so that a separator between items is told from one within an item.
    query: Vec<(String, String)>,
    /// Those that are parameters.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) payload: Payload,
    /// What is wrong with all of that.
    pub(crate) violations: Violations,
    /// Whether what is added to the query is a form.
    is_form: bool,
}

impl Client {
    /// Begins a call, with the client's options if it has none of its own.
    pub(crate) fn call<'a>(&'a self, operation: &'static Operation, options: Option<&'a CallOptions>) -> Call<'a> {
        Call {
            client: &self.inner,
            operation,
            options: options.unwrap_or(&self.inner.options),
            path: Cow::Borrowed(operation.path),
            query: Vec::new(),
            headers: Vec::new(),
            payload: Payload::None,
            violations: Violations::default(),
            is_form: false,
        }
    }
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
impl Call<'_> {
    /// Checks what is put into it. What is written after that adds what cannot be written; `send` reports all of it.
    pub(crate) fn check(mut self, check: impl FnOnce(&mut Violations)) -> Self {
        check(&mut self.violations);
        self
    }

    /// Puts a parameter into the path, as one segment of it.
    pub(crate) fn path(self, name: &str, value: &impl Serialize) -> Self {
        self.into_path(name, value, UNRESERVED, |parts| folded(parts, ","))
    }

    /// Puts a parameter into the path, the properties of an object as `name=value`.
    pub(crate) fn path_exploded(self, name: &str, value: &impl Serialize) -> Self {
        self.into_path(name, value, UNRESERVED, |parts| exploded(parts, ","))
    }

    /// Puts a parameter into the path, where slashes in it separate segments.
    pub(crate) fn path_tail(self, name: &str, value: &impl Serialize) -> Self {
        self.into_path(name, value, SEGMENTS, |parts| folded(parts, ","))
    }

    /// Puts a parameter into the path, after a dot.
    pub(crate) fn path_label(self, name: &str, value: &impl Serialize) -> Self {
        self.into_path(name, value, UNRESERVED, |parts| format!(".{}", folded(parts, ",")))
    }

    /// Puts a parameter into the path, each item and property after a dot.
    pub(crate) fn path_label_exploded(self, name: &str, value: &impl Serialize) -> Self {
        self.into_path(name, value, UNDOTTED, |parts| format!(".{}", exploded(parts, ".")))
    }

    /// Puts a parameter into the path, as `;name=value`.
    pub(crate) fn path_matrix(self, name: &str, value: &impl Serialize) -> Self {
        let named = utf8_percent_encode(name, UNRESERVED);
        self.into_path(name, value, UNRESERVED, |parts| {
            format!(";{named}={}", folded(parts, ","))
        })
    }

    /// Puts a parameter into the path, each item as `;name=item` and each property as `;property=value`.
    pub(crate) fn path_matrix_exploded(self, name: &str, value: &impl Serialize) -> Self {
        let named = utf8_percent_encode(name, UNRESERVED).to_string();
        self.into_path(name, value, UNRESERVED, |parts| {
            let parts = parts.iter().map(|(property, text)| {
                let name = property.as_ref().unwrap_or(&named);
                format!(";{name}={text}")
            });
            parts.collect()
        })
    }

    /// Puts a parameter into the path, as JSON.
    pub(crate) fn path_json(mut self, name: &str, value: &impl Serialize) -> Self {
        let json = self.value(&path_of("path", name), value).to_string();
        self.path(name, &json)
    }

    fn into_path(
        mut self,
        name: &str,
        value: &impl Serialize,
        kept: &'static AsciiSet,
        write: impl FnOnce(&[Part]) -> String,
    ) -> Self {
        let at = path_of("path", name);
        let value = self.value(&at, value);
        self.check_items(&at, &value);
        let mut parts = properties(&value);
        let text = folded(&parts, ",");
        // A comma separates the items of a list, so one within an item is encoded.
        let encode = |text: &mut String| *text = utf8_percent_encode(text, kept).to_string();
        for (property, text) in &mut parts {
            property.as_mut().map(encode);
            encode(text);
        }
        let encoded = write(&parts);
        let placeholder = format!("{{{name}}}");
        let is_in_path = split_query(&self.path).0.contains(&placeholder);
        let mut segments = text.split('/').chain([encoded.as_str()]);
        // The rules of URLs resolve such segments, and the request would go elsewhere.
        if is_in_path && (text.is_empty() || segments.any(|segment| segment == "." || segment == "..")) {
            self.violations
                .encoding(&at, "is empty, or has a part `.` or `..`, so no path can hold it");
        }
        self.path = self.path.replace(&placeholder, &encoded).into();
        self
    }

    /// Adds a parameter to the query: a list is repeated, the properties of an object stand by themselves.
    pub(crate) fn query(mut self, name: &str, value: &impl Serialize) -> Self {
        let at = self.path_of(name);
        match self.value(&at, value) {
            Value::Object(properties) => {
                for (property, value) in &properties {
                    self.add_each(&format!("{at}{}", path_of("", property)), property, value);
                }
            }
            value => self.add_each(&at, name, &value),
        }
        self
    }

    /// Adds a parameter to the query: a list is joined by commas.
    pub(crate) fn query_joined(self, name: &str, value: &impl Serialize) -> Self {
        self.query_separated(name, value, None, ",")
    }

    /// Adds a parameter to the query: a list is joined by spaces.
    pub(crate) fn query_spaced(self, name: &str, value: &impl Serialize) -> Self {
        self.query_separated(name, value, Some(' '), "%20")
    }

    /// Adds a parameter to the query: a list is joined by bars.
    pub(crate) fn query_piped(self, name: &str, value: &impl Serialize) -> Self {
        self.query_separated(name, value, Some('|'), "%7C")
    }

    /// A comma between items stands for itself, and one within an item is encoded. The other separators are encoded always, so an
    /// item that has one cannot be told from two.
    fn query_separated(mut self, name: &str, value: &impl Serialize, forbidden: Option<char>, separator: &str) -> Self {
        let at = self.path_of(name);
        let value = self.value(&at, value);
        // An empty list is a value, and null is none.
        if !value.is_null() {
            let mut parts = properties(&value);
            self.check_separable(&at, &value, &parts, forbidden);
            for (property, text) in &mut parts {
                for text in property.iter_mut().chain([text]) {
                    *text = form_encoded(text);
                }
            }
            self.query.push((name.to_owned(), folded(&parts, separator)));
        }
        self
    }

    /// Finds a list with null in it, for which nothing can be written: the list would come out shorter.
    fn check_items(&mut self, at: &str, value: &Value) {
        if matches!(value, Value::Array(items) if items.iter().any(Value::is_null)) {
            self.violations
                .encoding(at, "has null in a list, which only JSON can express");
        }
    }

    /// As [`check_items`](Self::check_items), of every list within.
    fn check_deep(&mut self, at: &str, value: &Value) {
        self.check_items(at, value);
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.check_deep(at, item)),
            Value::Object(properties) => properties.values().for_each(|value| self.check_deep(at, value)),
            _ => {}
        }
    }

    /// Finds what would be read as something else: null in a list, and parts with what separates them, where nothing can be encoded.
    fn check_separable(&mut self, at: &str, value: &Value, parts: &[Part], forbidden: Option<char>) {
        self.check_items(at, value);
        match value {
            Value::Array(_) if matches!(parts, [(_, text)] if text.is_empty()) => {
                self.violations
                    .encoding(at, "is a list of one empty text, which reads as an empty list");
            }
            Value::Array(_) | Value::Object(_) => {
                let mut texts = parts.iter().flat_map(|(property, text)| property.iter().chain([text]));
                if let Some(forbidden) = forbidden.filter(|forbidden| texts.any(|text| text.contains(*forbidden))) {
                    let text = format!("has `{forbidden}` in an item, which separates items");
                    self.violations.encoding(at, text);
                }
            }
            _ => {}
        }
    }

    /// Adds a parameter to the query: each property of an object as `name[property]`, however deep.
    pub(crate) fn query_deep(mut self, name: &str, value: &impl Serialize) -> Self {
        let at = self.path_of(name);
        let value = self.value(&at, value);
        self.check_deep(&at, &value);
        deep(name, &value, &mut self.query);
        self
    }

    /// Adds a parameter to the query, as JSON.
    pub(crate) fn query_json(mut self, name: &str, value: &impl Serialize) -> Self {
        let value = self.value(&self.path_of(name), value);
        if !value.is_null() {
            self.query.push((name.to_owned(), form_encoded(&value.to_string())));
        }
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &impl Serialize) -> Self {
        let at = path_of("header", name);
        let value = self.value(&at, value);
        let parts = properties(&value);
        self.check_separable(&at, &value, &parts, Some(','));
        self.header_of(&at, name, &parts, |parts| folded(parts, ","))
    }

    /// Adds a header, with the properties of an object as `name=value`.
    pub(crate) fn header_exploded(mut self, name: &str, value: &impl Serialize) -> Self {
        let at = path_of("header", name);
        let value = self.value(&at, value);
        let parts = properties(&value);
        self.check_separable(&at, &value, &parts, Some(','));
        let names = parts.iter().filter_map(|(property, _)| Some((None, property.clone()?)));
        self.check_separable(&at, &value, &names.collect::<Vec<_>>(), Some('='));
        self.header_of(&at, name, &parts, |parts| exploded(parts, ","))
    }

    /// Adds a header, as JSON.
    pub(crate) fn header_json(mut self, name: &str, value: &impl Serialize) -> Self {
        match self.value(&path_of("header", name), value) {
            Value::Null => self,
            value => self.header(name, &ascii(&value.to_string())),
        }
    }

    fn header_of(mut self, at: &str, name: &str, parts: &[Part], write: fn(&[Part]) -> String) -> Self {
        if parts.is_empty() {
            return self;
        }
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        match header.zip(HeaderValue::from_str(&write(parts)).ok()) {
            Some(header) => self.headers.push(header),
            None => self.violations.encoding(at, "has characters that no header can carry"),
        }
        self
    }

    /// Adds a cookie.
    pub(crate) fn cookie(mut self, name: &str, value: &impl Serialize) -> Self {
        let at = path_of("cookie", name);
        let value = self.value(&at, value);
        let parts = properties(&value);
        self.check_separable(&at, &value, &parts, Some(','));
        if parts.is_empty() {
            return self;
        }
        let encoded = utf8_percent_encode(&folded(&parts, ","), UNRESERVED).to_string();
        let cookie = format!("{name}={encoded}");
        // One header holds all cookies.
        let others = self.headers.iter().position(|(name, _)| name == COOKIE);
        let all = match others.map(|at| self.headers.remove(at)) {
            Some((_, others)) => format!("{}; {cookie}", others.to_str().unwrap_or_default()),
            None => cookie,
        };
        match HeaderValue::from_str(&all) {
            Ok(all) => self.headers.push((COOKIE, all)),
            Err(_) => self.violations.encoding(&at, "has characters that no header can carry"),
        }
        self
    }

    /// Adds a cookie, as JSON.
    pub(crate) fn cookie_json(mut self, name: &str, value: &impl Serialize) -> Self {
        match self.value(&path_of("cookie", name), value) {
            Value::Null => self,
            value => self.cookie(name, &value.to_string()),
        }
    }

    /// The path of a parameter of the query, or of a property of a form, which is written as one.
    fn path_of(&self, name: &str) -> String {
        path_of(if self.is_form { "$" } else { "query" }, name)
    }

    /// A value as JSON; null if it cannot be written, which is then found.
    fn value(&mut self, at: &str, value: &impl Serialize) -> Value {
        // Writing takes stack for each level.
        if self.violations.is_too_deep() {
            return Value::Null;
        }
        serde_json::to_value(value).unwrap_or_else(|error| {
            self.violations.encoding(at, format!("cannot be written: {error}"));
            Value::Null
        })
    }

    /// Gives the call a body of that media type.
    pub(crate) fn bytes(mut self, media_type: &'static str, body: reqwest::Body) -> Self {
        let media_type = HeaderValue::from_static(media_type);
        // One that is in memory can be sent again.
        self.payload = match body.as_bytes() {
            Some(bytes) => Payload::Bytes(media_type, bytes.to_vec().into()),
            None => Payload::Once(media_type, Mutex::new(Some(body))),
        };
        self
    }

    /// Gives the call a body as a form (`application/x-www-form-urlencoded`).
    pub(crate) fn form(self, body: &impl Serialize) -> Self {
        self.form_with(body, Self::field)
    }

    /// Gives the call a body as a form, of which `write` adds each property to the query.
    pub(crate) fn form_with(mut self, body: &impl Serialize, write: impl Fn(Self, &str, &Value) -> Self) -> Self {
        let body = self.value("$", body);
        let query = std::mem::take(&mut self.query);
        self.is_form = true;
        let mut call = self;
        match body {
            Value::Object(properties) => {
                for (name, value) in &properties {
                    call = write(call, name, value);
                }
            }
            Value::Null => {}
            body => call.add_each("$", "body", &body),
        }
        call.is_form = false;
        let form = written(&std::mem::replace(&mut call.query, query));
        let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        call.payload = Payload::Bytes(media_type, form.into());
        call
    }

    /// Adds a property of a form of which nothing is said: a list is repeated, an object is JSON.
    pub(crate) fn field(mut self, name: &str, value: &Value) -> Self {
        let at = self.path_of(name);
        self.add_each(&at, name, value);
        self
    }

    /// Adds what a value is written as to the query: each item of a list by itself.
    fn add_each(&mut self, at: &str, name: &str, value: &Value) {
        self.check_items(at, value);
        let texts = parts(value).into_iter();
        self.query
            .extend(texts.map(|text| (name.to_owned(), form_encoded(&text))));
    }

    /// Gives the call a JSON body.
    pub(crate) fn json(self, body: &impl Serialize) -> Self {
        self.json_value(const { HeaderValue::from_static("application/json") }, body)
    }

    /// Gives the call a body in a media type that is written as JSON.
    pub(crate) fn json_as(self, media_type: &'static str, body: &impl Serialize) -> Self {
        self.json_value(HeaderValue::from_static(media_type), body)
    }

    fn json_value(mut self, media_type: HeaderValue, body: &impl Serialize) -> Self {
        if !self.violations.is_too_deep() {
            match serde_json::to_vec(body) {
                Ok(bytes) => self.payload = Payload::Bytes(media_type, bytes.into()),
                Err(error) => self.violations.encoding("$", format!("cannot be written: {error}")),
            }
        }
        self
    }

    /// Gives the call a form with files (`multipart/form-data`): the media types that the description gives to parts, by their
    /// names, and what adds the parts.
    pub(crate) fn multipart(
        mut self,
        media_types: &'static [(&'static str, &'static str)],
        write: impl FnOnce(Form) -> Form,
    ) -> Self {
        if !self.violations.is_too_deep() {
            let mut form = write(Form::new(media_types));
            self.violations.append(&mut form.violations);
            self.payload = Payload::Anew(Box::new(form));
        }
        self
    }

    /// Whether a parameter already sets the key of a scheme. Some descriptions list a key as both; then the parameter is sent.
    pub(crate) fn sets(&self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::HeaderKey(_, name) => self
                .headers
                .iter()
                .any(|(header, _)| header == name && header != COOKIE),
            Scheme::QueryKey(_, name) => self.query.iter().any(|(parameter, _)| parameter == name),
            Scheme::CookieKey(_, name) => {
                let cookies = self.headers.iter().filter(|(header, _)| header == COOKIE);
                cookies
                    .filter_map(|(_, cookies)| cookies.to_str().ok())
                    .any(|cookies| has_cookie(cookies, name))
            }
            _ => false,
        }
    }

    /// Where it goes.
    pub(crate) fn url(&self) -> Url {
        let endpoint = &self.client.endpoint;
        let mut url = match &self.path {
            Cow::Borrowed(path) => endpoint.join_fixed(path),
            Cow::Owned(path) => endpoint.join(path),
        };
        if !self.query.is_empty() {
            let own = written(&self.query);
            let query = match url.query() {
                Some(fixed) if !fixed.is_empty() => format!("{fixed}&{own}"),
                _ => own,
            };
            url.set_query(Some(&query));
        }
        url
    }
}

/// A text as a form has it, and the query of a URL.
fn form_encoded(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace("%20", "+")
}

/// Names, and what is already encoded for each, as a query.
fn written(query: &[(String, String)]) -> String {
    let pairs = query
        .iter()
        .map(|(name, text)| format!("{}={text}", form_encoded(name)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Whether a header `Cookie` has a cookie of that name, and something in it.
pub(crate) fn has_cookie(cookies: &str, name: &str) -> bool {
    let mut cookies = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
    cookies.any(|(own, value)| own == name && !value.is_empty())
}

/// Writes a value as `name[property]`, however deep; a list has its indices for properties, unless it is of texts alone.
fn deep(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(properties) => {
            for (property, value) in properties {
                deep(&format!("{name}[{property}]"), value, into);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                deep(&format!("{name}[{index}]"), item, into);
            }
        }
        value => {
            let texts = parts(value).into_iter();
            into.extend(texts.map(|text| (name.to_owned(), form_encoded(&text))));
        }
    }
}

/// A part of what a value is written as: that of a property has its name.
type Part = (Option<String>, String);

/// What a value is written as where its properties stand beside each other: nothing for null, one text for a scalar, one for each
/// item of a list, and one for each property of an object. A list in them is JSON: OpenAPI has no other way to write it.
fn properties(value: &Value) -> Vec<Part> {
    let of_property = |(name, value): (&String, &Value)| Some((Some(name.clone()), text_of(value)?));
    match value {
        Value::Object(properties) => properties.iter().filter_map(of_property).collect(),
        value => parts(value).into_iter().map(|text| (None, text)).collect(),
    }
}

/// Parts with the same separator between all of them, and between the name and the text of each.
fn folded(parts: &[Part], separator: &str) -> String {
    let texts = parts.iter().flat_map(|(property, text)| property.iter().chain([text]));
    texts.map(String::as_str).collect::<Vec<_>>().join(separator)
}

/// Parts with a separator between them, properties as `name=text`.
fn exploded(parts: &[Part], separator: &str) -> String {
    let parts = parts.iter().map(|(property, text)| match property {
        Some(property) => format!("{property}={text}"),
        None => text.clone(),
    });
    parts.collect::<Vec<_>>().join(separator)
}

/// JSON in which every character is one that a header can carry.
fn ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            ascii.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

/// What a parameter's value is written as: nothing for null, one text for a scalar, one for each item of a list.
fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    }
}

/// A value as one text, if it is not null: JSON of a list and of an object.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Rule;

    static OPERATION: Operation = Operation {
        name: "operation",
        method: Method::GET,
        path: "/a/{p}/b",
        accept: HeaderValue::from_static("application/json"),
        security: &[&[Scheme::Bearer("Bearer")], &[]],
    };

    fn client() -> Client {
        Client::builder()
            .endpoint("http://localhost/x")
            .build()
            .expect("a client")
    }

    #[test]
    fn the_query_of_a_path_comes_before_parameters() {
        static WITH_QUERY: Operation = Operation {
            name: "operation",
            method: Method::GET,
            path: "/a?b=c%20d&q={q}",
            accept: HeaderValue::from_static("application/json"),
            security: &[],
        };
        let client = client();
        let call = client.call(&WITH_QUERY, None).path("q", &"..&").query("lang", &"e f");
        assert!(call.violations.is_empty());
        assert_eq!(call.url().as_str(), "http://localhost/x/a?b=c%20d&q=..%26&lang=e+f");
    }

    #[test]
    fn parameters_are_written_where_the_document_puts_them() {
        type Step = fn(Call<'_>) -> Call<'_>;
        let client = client();
        let cases: [(Step, &str); 28] = [
            (|call| call.path_label("p", &[1, 2]), "/x/a/.1,2/b"),
            (|call| call.path_label_exploded("p", &[1, 2]), "/x/a/.1.2/b"),
            (
                |call| call.path_label_exploded("p", &json!({"c": 1, "d": ["e", "/"]})),
                "/x/a/.c=1.d=%5B%22e%22%2C%22%2F%22%5D/b",
            ),
            (|call| call.path_label_exploded("p", &["a.b", "c"]), "/x/a/.a%2Eb.c/b"),
            (|call| call.path_label_exploded("p", &["", ""]), ""),
            (
                |call| call.path_matrix("p", &json!({"c": 1, "d": null})),
                "/x/a/;p=c,1/b",
            ),
            (|call| call.path_matrix_exploded("p", &["c", ";"]), "/x/a/;p=c;p=%3B/b"),
            (
                |call| call.path_matrix_exploded("p", &json!({"c": 1, "d": 2})),
                "/x/a/;c=1;d=2/b",
            ),
            (|call| call.path("p", &json!({"c": 1, "d": 2})), "/x/a/c,1,d,2/b"),
            (
                |call| call.path_exploded("p", &json!({"c": 1, "d": "="})),
                "/x/a/c=1,d=%3D/b",
            ),
            (|call| call.path_exploded("p", &[1, 2]), "/x/a/1,2/b"),
            (
                |call| call.path_json("p", &json!({"c": [1]})),
                "/x/a/%7B%22c%22%3A%5B1%5D%7D/b",
            ),
            (
                |call| call.path("p", &1).query_piped("q", &json!({"c": 1, "d": 2})),
                "/x/a/1/b?q=c%7C1%7Cd%7C2",
            ),
            (|call| call.path_matrix("p", &"a/b"), "/x/a/;p=a%2Fb/b"),
            (|call| call.path("p", &"é/ %?#"), "/x/a/%C3%A9%2F%20%25%3F%23/b"),
            (|call| call.path("p", &7), "/x/a/7/b"),
            (|call| call.path("p", &"{q}"), "/x/a/%7Bq%7D/b"),
            (|call| call.path_tail("p", &"c/d e"), "/x/a/c/d%20e/b"),
            (|call| call.path("p", &"1").query("q", &"a b&c"), "/x/a/1/b?q=a+b%26c"),
            (
                |call| call.path("p", &"1").query("q", &json!(["a", "b"])),
                "/x/a/1/b?q=a&q=b",
            ),
            (
                |call| call.path("p", &"1").query("q", &json!({"c": true, "d": null})),
                "/x/a/1/b?c=true",
            ),
            (|call| call.path("p", &"1").query("q", &None::<i32>), "/x/a/1/b"),
            (|call| call.path("p", &"1").query_joined("q", &[1, 2]), "/x/a/1/b?q=1,2"),
            (
                |call| call.path("p", &"1").query_deep("q", &json!({"c": 1})),
                "/x/a/1/b?q%5Bc%5D=1",
            ),
            (|call| call.path("p", &".."), ""),
            (|call| call.path("p", &""), ""),
            (|call| call.path_tail("p", &"c/../d"), ""),
            (|call| call.path("p", &"1").header("x-h", &"a\nb"), ""),
        ];
        for (step, expected) in cases {
            let call = step(client.call(&OPERATION, None));
            match call.violations.result("operation") {
                Ok(()) => {
                    let url = call.url();
                    let written = url.as_str().strip_prefix("http://localhost").expect("the endpoint");
                    assert_eq!(written, expected);
                }
                Err(error) => assert_eq!(expected, "", "{error}"),
            }
        }
    }

    #[test]
    fn what_separates_items_is_told_from_what_stands_in_them() {
        type Step = fn(Call<'_>) -> Call<'_>;
        let client = client();
        let cases: [(Step, &str); 7] = [
            (|call| call.query_joined("q", &["a,b", "c d"]), "q=a%2Cb,c+d"),
            (
                |call| {
                    call.path("p", &1)
                        .query_joined("q", &json!({"c,d": "e,f", "g": [1, 2]}))
                },
                "q=c%2Cd,e%2Cf,g,%5B1%2C2%5D",
            ),
            (|call| call.query_spaced("q", &["a,b", "c"]), "q=a%2Cb%20c"),
            (|call| call.query_piped("q", &["a b", "c"]), "q=a+b%7Cc"),
            (
                |call| call.query("q", &json!([[1, 2], [3], {"a": null}])),
                "q=%5B1%2C2%5D&q=%5B3%5D&q=%7B%22a%22%3Anull%7D",
            ),
            (
                |call| call.query_joined("q", &[vec![1, 2], vec![3]]),
                "q=%5B1%2C2%5D,%5B3%5D",
            ),
            (|call| call.query("q*~'", &"*~'+"), "q*%7E%27=*%7E%27%2B"),
        ];
        for (step, expected) in cases {
            let call = step(client.call(&OPERATION, None));
            assert!(call.violations.is_empty(), "{expected}: {:?}", call.violations);
            assert_eq!(call.url().query(), Some(expected));
        }
    }

    #[test]
    fn what_cannot_be_separated_is_not_sent() {
        type Step = fn(Call<'_>) -> Call<'_>;
        let client = client();
        let null = "has null in a list, which only JSON can express";
        let refused: [(Step, &str, &str); 20] = [
            (
                |call| call.query_spaced("q", &["a b", "c"]),
                "query.q",
                "has ` ` in an item, which separates items",
            ),
            (
                |call| call.query_piped("q", &json!({"a|b": 1})),
                "query.q",
                "has `|` in an item, which separates items",
            ),
            (
                |call| call.header("q", &["a,b", "c"]),
                "header.q",
                "has `,` in an item, which separates items",
            ),
            (
                |call| call.header("q", &json!({"a": [1, 2]})),
                "header.q",
                "has `,` in an item, which separates items",
            ),
            (
                |call| call.header("q", &[[1, 2]]),
                "header.q",
                "has `,` in an item, which separates items",
            ),
            (
                |call| call.header_exploded("q", &json!({"a": "1,b=2"})),
                "header.q",
                "has `,` in an item, which separates items",
            ),
            (
                |call| call.header_exploded("q", &json!({"a=b": 1})),
                "header.q",
                "has `=` in an item, which separates items",
            ),
            (
                |call| call.cookie("q", &["a,b"]),
                "cookie.q",
                "has `,` in an item, which separates items",
            ),
            (
                |call| call.query_joined("q", &[""]),
                "query.q",
                "is a list of one empty text, which reads as an empty list",
            ),
            (|call| call.path("q", &[Some(1), None]), "path.q", null),
            (|call| call.query("q", &[Some(1), None]), "query.q", null),
            (|call| call.query("p", &json!({"q": [null]})), "query.p.q", null),
            (|call| call.query_joined("q", &[Some(1), None]), "query.q", null),
            (
                |call| call.query_deep("q", &json!({"a": [{"b": [1, null]}]})),
                "query.q",
                null,
            ),
            (|call| call.header("q", &[Some(1), None]), "header.q", null),
            (|call| call.form(&json!({"q": [1, null]})), "$.q", null),
            (
                |call| call.header("q", &[""]),
                "header.q",
                "is a list of one empty text, which reads as an empty list",
            ),
            (
                |call| call.form_with(&json!({"q": ["a b"]}), Call::query_spaced),
                "$.q",
                "has ` ` in an item, which separates items",
            ),
            (
                |call| call.header("q", &"s\n"),
                "header.q",
                "has characters that no header can carry",
            ),
            (
                |call| call.path("p", &".."),
                "path.p",
                "is empty, or has a part `.` or `..`, so no path can hold it",
            ),
        ];
        for (step, path, what) in refused {
            let error = step(client.call(&OPERATION, None)).violations.result("operation");
            let error = error.expect_err(what);
            let violations = error
                .violations()
                .iter()
                .map(|violation| (violation.rule(), violation.path()));
            assert_eq!(violations.collect::<Vec<_>>(), [(Rule::Encoding, path)]);
            assert_eq!(error.to_string(), format!("operation was not sent: {path} {what}"));
        }
        // A single text has nothing to be separated from.
        let single = client
            .call(&OPERATION, None)
            .header("x-single", &"a, b")
            .header_exploded("x-exploded", &json!({"a": "b=c"}))
            .query_spaced("q", &"a b");
        assert!(single.violations.is_empty() && single.headers.len() == 2);
    }

    #[test]
    fn headers_cookies_and_forms_are_written_as_http_has_them() {
        let client = client();
        let call = client
            .call(&OPERATION, None)
            .query("kept", &1)
            .header("x-list", &["a", "b"])
            .header("x-none", &None::<&str>)
            .header("x-object", &json!({"a": 1, "b": [2]}))
            .header_exploded("x-exploded", &json!({"a": 1, "b": 2}))
            .header_json("x-json", &json!({"\u{e9}": "\u{1f600}"}))
            .cookie("one", &"a;b")
            .cookie("two", &2)
            .cookie_json("three", &[1])
            .form(&json!({"name": "a b", "tags": ["x", "y"], "none": null}));
        assert!(call.violations.is_empty());
        let header = |name: &str| {
            let values = call.headers.iter().filter(|(given, _)| given == name);
            let values = values.map(|(_, value)| value.to_str().expect("text"));
            values.collect::<Vec<_>>()
        };
        assert_eq!(header("x-list"), ["a,b"]);
        assert_eq!(header("x-object"), ["a,1,b,[2]"]);
        assert_eq!(header("x-exploded"), ["a=1,b=2"]);
        assert_eq!(header("x-json"), [r#"{"\u00e9":"\ud83d\ude00"}"#]);
        assert!(header("x-none").is_empty());
        assert_eq!(header("cookie"), ["one=a%3Bb; two=2; three=%5B1%5D"]);
        let Payload::Bytes(media_type, body) = call.payload else {
            panic!("a form is bytes");
        };
        assert_eq!(media_type, "application/x-www-form-urlencoded");
        assert_eq!(body, "name=a+b&tags=x&tags=y");
        assert_eq!(call.query, [("kept".to_owned(), "1".to_owned())]);
    }
}
