use std::borrow::Cow;

use percent_encoding::{AsciiSet, utf8_percent_encode};
use reqwest::{
    Method, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Body, Client, Error, Response,
    client::Inner,
    credentials::{Scheme, UNRESERVED},
    error::{Documented, Fault, NoAnswer, NotSent, Undocumented},
    objects::Objects,
    response::Answer,
};

/// What percent-encoding leaves as it is in several segments of a path.
const SEGMENTS: &AsciiSet = &UNRESERVED.remove(b'/');

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What the document says of an operation; generated code has one constant for each.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name of its method, for errors.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    /// Begins with a slash; a parameter in it stands in braces.
    pub(crate) path: &'static str,
    /// The media type of what it answers with.
    pub(crate) accept: &'static str,
    /// The schemes of which one authenticates it; none if it is open to all.
    pub(crate) security: &'static [Scheme],
    /// Whether it can be called without credentials all the same.
    pub(crate) is_open: bool,
}

/// A call on its way out. Generated code takes it from here to the status in three steps: `json`, `send`, `match`.
pub(crate) struct Call<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) operation: &'static Operation,
    /// The path so far; parameters that are not yet set stand in braces.
    path: Cow<'static, str>,
    query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<reqwest::Body>,
}

impl Client {
    /// Begins a call, with credentials if the operation asks for some.
    pub(crate) fn call(&self, operation: &'static Operation) -> Result<Call<'_>, NotSent> {
        const VERSIONED: &str = concat!("askui-workspaces/", env!("CARGO_PKG_VERSION"));

        let client = &*self.inner;
        let mut headers = HeaderMap::with_capacity(4);
        let is_anonymous = operation.is_open && client.credentials.is_none();
        if !operation.security.is_empty() && !is_anonymous {
            headers.insert(AUTHORIZATION, client.authorization_for(operation)?);
        }
        headers.insert(ACCEPT, HeaderValue::from_static(operation.accept));
        if let Ok(agent) = HeaderValue::from_str(&format!("{VERSIONED} ({}; rust)", std::env::consts::OS)) {
            headers.insert(USER_AGENT, agent);
        }
        Ok(Call {
            client,
            operation,
            path: Cow::Borrowed(operation.path),
            query: Vec::new(),
            headers,
            body: None,
        })
    }
}

impl Inner {
    fn authorization_for(&self, operation: &'static Operation) -> Result<HeaderValue, NotSent> {
        let (Some(credentials), Some(header)) = (&self.credentials, &self.authorization) else {
            return Err(NotSent::new(
                operation.name,
                "it needs credentials, and the client has none: give some with `ClientBuilder::credentials`",
            ));
        };
        if !operation.security.contains(&credentials.scheme()) {
            return Err(NotSent::new(
                operation.name,
                format!(
                    "it takes {:?} credentials, and the client has {:?}",
                    operation.security,
                    credentials.scheme()
                ),
            ));
        }
        Ok(header.clone())
    }
}

#[allow(dead_code, reason = "which of these are needed depends on the API's document")]
impl Call<'_> {
    /// Puts a parameter into the path, as one segment of it.
    pub(crate) fn path(self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        self.into_path(name, value, UNRESERVED, "")
    }

    /// Puts a parameter into the path, where slashes in it separate segments.
    pub(crate) fn path_tail(self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        self.into_path(name, value, SEGMENTS, "")
    }

    /// Puts a parameter into the path, after a dot.
    pub(crate) fn path_label(self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        self.into_path(name, value, UNRESERVED, ".")
    }

    /// Puts a parameter into the path, as `;name=value`.
    pub(crate) fn path_matrix(self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        let named = format!(";{}=", utf8_percent_encode(name, UNRESERVED));
        self.into_path(name, value, UNRESERVED, &named)
    }

    fn into_path(
        mut self,
        name: &str,
        value: &impl Serialize,
        kept: &'static AsciiSet,
        before: &str,
    ) -> Result<Self, NotSent> {
        let parts = parts(&self.parameter(name, value)?);
        let text = parts.join(",");
        // The rules of URLs resolve such segments, and the request would go elsewhere.
        if text.is_empty() || text.split('/').any(|segment| segment == "." || segment == "..") {
            let reason = format!("the parameter `{name}` is {text:?}, which cannot stand in a path");
            return Err(NotSent::new(self.operation.name, reason));
        }
        // A comma separates the items of a list, so one within an item is encoded.
        let encoded = parts.iter().map(|part| utf8_percent_encode(part, kept).to_string());
        let encoded = format!("{before}{}", encoded.collect::<Vec<_>>().join(","));
        self.path = self.path.replace(&format!("{{{name}}}"), &encoded).into();
        Ok(self)
    }

    /// Adds a parameter to the query: a list is repeated, the properties of an object stand by themselves.
    pub(crate) fn query(mut self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        match self.parameter(name, value)? {
            Value::Object(properties) => {
                for (property, value) in &properties {
                    let values = parts(value).into_iter().map(|value| (property.clone(), value));
                    self.query.extend(values);
                }
            }
            value => self
                .query
                .extend(parts(&value).into_iter().map(|value| (name.to_owned(), value))),
        }
        Ok(self)
    }

    /// Adds a parameter to the query: a list is joined by commas.
    pub(crate) fn query_joined(self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        self.query_separated(name, value, ",")
    }

    /// Adds a parameter to the query: a list is joined by spaces.
    pub(crate) fn query_spaced(self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        self.query_separated(name, value, " ")
    }

    /// Adds a parameter to the query: a list is joined by bars.
    pub(crate) fn query_piped(self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        self.query_separated(name, value, "|")
    }

    fn query_separated(mut self, name: &str, value: &impl Serialize, separator: &str) -> Result<Self, NotSent> {
        let values = parts(&self.parameter(name, value)?);
        if !values.is_empty() {
            self.query.push((name.to_owned(), values.join(separator)));
        }
        Ok(self)
    }

    /// Adds a parameter to the query: each property of an object as `name[property]`, however deep.
    pub(crate) fn query_deep(mut self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        let value = self.parameter(name, value)?;
        deep(name, &value, &mut self.query);
        Ok(self)
    }

    /// Adds a parameter to the query, as JSON.
    pub(crate) fn query_json(mut self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        let value = self.parameter(name, value)?;
        if !value.is_null() {
            self.query.push((name.to_owned(), value.to_string()));
        }
        Ok(self)
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        let values = parts(&self.parameter(name, value)?);
        if values.is_empty() {
            return Ok(self);
        }
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        let Some((name, value)) = header.zip(HeaderValue::from_str(&values.join(",")).ok()) else {
            let reason = format!("the parameter `{name}` has characters that no header can carry");
            return Err(NotSent::new(self.operation.name, reason));
        };
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Adds a cookie.
    pub(crate) fn cookie(mut self, name: &str, value: &impl Serialize) -> Result<Self, NotSent> {
        let values = parts(&self.parameter(name, value)?);
        if values.is_empty() {
            return Ok(self);
        }
        let encoded = utf8_percent_encode(&values.join(","), UNRESERVED).to_string();
        let cookie = format!("{name}={encoded}");
        // One header holds all cookies.
        match self.headers.remove(COOKIE) {
            Some(others) => {
                let others = others.to_str().unwrap_or_default();
                let all = format!("{others}; {cookie}");
                self.header("cookie", &all)
            }
            None => self.header("cookie", &cookie),
        }
    }

    fn parameter(&self, name: &str, value: &impl Serialize) -> Result<Value, NotSent> {
        serde_json::to_value(value).map_err(|_| {
            let reason = format!("the parameter `{name}` cannot be written");
            NotSent::new(self.operation.name, reason)
        })
    }

    /// Gives the call a body of that media type.
    pub(crate) fn bytes(mut self, media_type: &'static str, body: reqwest::Body) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = Some(body);
        self
    }

    /// Gives the call a body as a form (`application/x-www-form-urlencoded`).
    pub(crate) fn form(self, body: &impl Serialize) -> Result<Self, NotSent> {
        self.form_of(|call| call.query("body", body))
    }

    /// Gives the call a body as a form, with the properties of objects in it as `name[property]`.
    pub(crate) fn form_deep(self, body: &impl Serialize) -> Result<Self, NotSent> {
        self.form_of(|mut call| {
            if let Value::Object(properties) = call.parameter("body", body)? {
                for (name, value) in &properties {
                    deep(name, value, &mut call.query);
                }
            }
            Ok(call)
        })
    }

    /// A form is written as a query is.
    fn form_of(mut self, write: impl FnOnce(Self) -> Result<Self, NotSent>) -> Result<Self, NotSent> {
        let query = std::mem::take(&mut self.query);
        let mut call = write(self)?;
        let mut url = call.client.endpoint.join("/");
        url.query_pairs_mut().extend_pairs(&call.query);
        call.query = query;
        let form = url.query().unwrap_or_default().to_owned();
        Ok(call.bytes("application/x-www-form-urlencoded", form.into()))
    }

    /// Gives the call a body in a media type that is written as JSON.
    pub(crate) fn json_as(self, media_type: &'static str, body: &impl Serialize) -> Result<Self, NotSent> {
        let mut call = self.json(body)?;
        call.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        Ok(call)
    }

    /// Gives the call a JSON body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, NotSent> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            NotSent::new(
                self.operation.name,
                format!("its body cannot be written as JSON: {error}"),
            )
        })?;
        self.headers.insert(CONTENT_TYPE, JSON);
        self.body = Some(bytes.into());
        Ok(self)
    }

    /// Where it goes.
    pub(crate) fn url(&self) -> Url {
        let mut url = self.client.endpoint.join(&self.path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }

    /// Sends it and reads the whole answer. It does not depend on the operation's error, so that it is compiled once.
    pub(crate) async fn send(self) -> Result<Received, Unanswered> {
        self.open().await?.read().await
    }
}

/// A call that got no complete answer.
pub(crate) enum Unanswered {
    NoAnswer(NoAnswer),
    Undocumented(Box<Undocumented>),
}

impl<E> From<Unanswered> for Error<E> {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NoAnswer(error) => Self::NoAnswer(error),
            Unanswered::Undocumented(error) => Self::Undocumented(error),
        }
    }
}

impl Inner {
    /// The answer, in which a server that repeats the credential does not get it into an error.
    pub(crate) fn answer(&self, response: &mut reqwest::Response, mut bytes: Vec<u8>) -> Answer {
        let status = response.status();
        let mut headers = std::mem::take(response.headers_mut());
        if !status.is_success() {
            self.redactor.redact_body(&mut bytes);
        }
        for value in headers.values_mut() {
            let mut text = value.as_bytes().to_vec();
            self.redactor.redact(&mut text);
            if text != value.as_bytes() {
                *value = HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("[redacted]"));
            }
        }
        Answer {
            status,
            headers,
            body: Body::new(bytes),
            streamed: 0,
        }
    }
}

/// A complete answer. Generated code decides by its status alone what becomes of it.
pub(crate) struct Received {
    pub(crate) operation: &'static Operation,
    pub(crate) answer: Answer,
}

#[allow(dead_code, reason = "which of these are needed depends on the API's document")]
#[allow(clippy::unnecessary_wraps, reason = "generated code takes all of them alike")]
impl Received {
    pub(crate) fn status(&self) -> u16 {
        self.answer.status.as_u16()
    }

    /// A documented success.
    pub(crate) fn success<T: DeserializeOwned, E>(self) -> Result<Response<T>, Error<E>> {
        match decode(&self.answer.body) {
            Ok(value) => Ok(Response::new(value, self.answer.status, self.answer.headers)),
            Err(reason) => Err(self.with_fault(Fault::Body(reason))),
        }
    }

    /// A documented success that has no body; one that comes all the same is let be.
    pub(crate) fn success_without_body<E>(self) -> Result<Response<()>, Error<E>> {
        Ok(Response::new((), self.answer.status, self.answer.headers))
    }

    /// A documented success whose body is not JSON.
    pub(crate) fn success_of_bytes<E>(self) -> Result<Response<Body>, Error<E>> {
        Ok(Response::new(self.answer.body, self.answer.status, self.answer.headers))
    }

    /// A documented failure of which nothing but the status is documented.
    pub(crate) fn failure_without_body<E, V>(self, variant: E) -> Result<V, Error<E>> {
        Err(self.documented(variant))
    }

    /// A documented failure whose body is not JSON.
    pub(crate) fn failure_of_bytes<E, V>(self, variant: fn(Body) -> E) -> Result<V, Error<E>> {
        let body = self.answer.body.clone();
        Err(self.documented(variant(body)))
    }

    /// A documented failure.
    pub(crate) fn failure<T: DeserializeOwned, E, V>(self, variant: fn(T) -> E) -> Result<V, Error<E>> {
        match decode(&self.answer.body) {
            Ok(body) => Err(self.documented(variant(body))),
            Err(reason) => Err(self.with_fault(Fault::Body(reason))),
        }
    }

    /// A status that the document does not list.
    pub(crate) fn undocumented<E, V>(self) -> Result<V, Error<E>> {
        Err(self.with_fault(Fault::Status))
    }

    fn documented<E>(self, error: E) -> Error<E> {
        Error::Documented(Box::new(Documented::new(self.operation.name, error, self.answer)))
    }

    fn with_fault<E>(self, fault: Fault) -> Error<E> {
        Undocumented::new(self.operation.name, self.answer, fault).into()
    }
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
        value => into.extend(parts(value).into_iter().map(|value| (name.to_owned(), value))),
    }
}

/// What a parameter's value is written as: nothing for null, one text for a scalar, one for each item of a list.
fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(parts).collect(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => vec![value.to_string()],
    }
}

/// Reads a JSON body, or says where it is not as documented, without a word of what it holds.
fn decode<T: DeserializeOwned>(body: &Body) -> Result<T, String> {
    if body.as_bytes().is_empty() {
        return Err("it is empty, where JSON is expected".into());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body.as_bytes());
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let value = T::deserialize(Objects(tracked)).map_err(|error| {
        let path = match track.path().to_string() {
            root if root == "." => "$".to_owned(),
            path if path.starts_with('[') => format!("${path}"),
            path => format!("$.{path}"),
        };
        describe(&path, &error)
    })?;
    deserializer.end().map_err(|error| describe("$", &error))?;
    Ok(value)
}

/// What is wrong, without the value that is wrong: serde's own messages quote it, and it may be a secret.
fn describe(path: &str, error: &serde_json::Error) -> String {
    if error.is_syntax() || error.is_eof() {
        return format!("it is not JSON (line {}, column {})", error.line(), error.column());
    }
    let message = error.to_string();
    if message.starts_with("missing field `") {
        // The name in it is one of ours; what follows the last backtick is the position.
        let end = message.rfind('`').map_or(message.len(), |at| at + 1);
        return format!("{path}: {}", &message[..end]);
    }
    // In serde's own messages what our type asks for stands after the last "expected"; all that comes before may quote
    // the body, and so may any other message.
    let expected = ["invalid type: ", "invalid value: ", "invalid length "]
        .iter()
        .any(|kind| message.starts_with(kind))
        .then(|| message.rsplit_once(", expected "))
        .flatten();
    match expected {
        Some((_, expected)) => {
            let expected = expected.rsplit_once(" at line ").map_or(expected, |(text, _)| text);
            let is_object = expected.starts_with("struct ");
            format!("{path}: expected {}", if is_object { "an object" } else { expected })
        }
        None => format!("{path}: not a value of the documented type"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Credentials;

    static OPERATION: Operation = Operation {
        name: "operation",
        method: Method::GET,
        path: "/a/{p}/b",
        accept: "application/json",
        is_open: true,
        security: &[Scheme::Bearer],
    };

    fn client() -> Client {
        Client::builder()
            .endpoint("http://localhost/x")
            .build()
            .expect("a client")
    }

    #[test]
    fn parameters_are_written_where_the_document_puts_them() {
        type Step = fn(Call<'_>) -> Result<Call<'_>, NotSent>;
        let client = client();
        let cases: [(Step, &str); 16] = [
            (|call| call.path_label("p", &[1, 2]), "/x/a/.1,2/b"),
            (|call| call.path_matrix("p", &"a/b"), "/x/a/;p=a%2Fb/b"),
            (|call| call.path("p", &"é/ %?#"), "/x/a/%C3%A9%2F%20%25%3F%23/b"),
            (|call| call.path("p", &7), "/x/a/7/b"),
            (|call| call.path("p", &"{q}"), "/x/a/%7Bq%7D/b"),
            (|call| call.path_tail("p", &"c/d e"), "/x/a/c/d%20e/b"),
            (|call| call.path("p", &"1")?.query("q", &"a b&c"), "/x/a/1/b?q=a+b%26c"),
            (
                |call| call.path("p", &"1")?.query("q", &json!(["a", "b"])),
                "/x/a/1/b?q=a&q=b",
            ),
            (
                |call| call.path("p", &"1")?.query("q", &json!({"c": true, "d": null})),
                "/x/a/1/b?c=true",
            ),
            (|call| call.path("p", &"1")?.query("q", &None::<i32>), "/x/a/1/b"),
            (
                |call| call.path("p", &"1")?.query_joined("q", &[1, 2]),
                "/x/a/1/b?q=1%2C2",
            ),
            (
                |call| call.path("p", &"1")?.query_deep("q", &json!({"c": 1})),
                "/x/a/1/b?q%5Bc%5D=1",
            ),
            (|call| call.path("p", &".."), ""),
            (|call| call.path("p", &""), ""),
            (|call| call.path_tail("p", &"c/../d"), ""),
            (|call| call.path("p", &"1")?.header("x-h", &"a\nb"), ""),
        ];
        for (step, expected) in cases {
            match step(client.call(&OPERATION).expect("it is open")) {
                Ok(call) => {
                    let url = call.url();
                    let written = url.as_str().strip_prefix("http://localhost").expect("the endpoint");
                    assert_eq!(written, expected);
                }
                Err(error) => assert_eq!(expected, "", "{error}"),
            }
        }
    }

    #[test]
    fn headers_cookies_and_forms_are_written_as_http_has_them() {
        let client = client();
        let call = client
            .call(&OPERATION)
            .and_then(|call| call.query("kept", &1))
            .and_then(|call| call.header("x-list", &["a", "b"]))
            .and_then(|call| call.header("x-none", &None::<&str>))
            .and_then(|call| call.cookie("one", &"a;b"))
            .and_then(|call| call.cookie("two", &2))
            .and_then(|call| call.form(&json!({"name": "a b", "tags": ["x", "y"], "none": null})))
            .expect("all of it can be sent");
        let header = |name: &str| {
            call.headers
                .get_all(name)
                .iter()
                .map(|value| value.to_str().expect("text"))
                .collect::<Vec<_>>()
        };
        assert_eq!(header("x-list"), ["a,b"]);
        assert!(header("x-none").is_empty());
        assert_eq!(header("cookie"), ["one=a%3Bb; two=2"]);
        assert_eq!(header("content-type"), ["application/x-www-form-urlencoded"]);
        let body = call.body.as_ref().and_then(reqwest::Body::as_bytes);
        assert_eq!(body, Some(&b"name=a+b&tags=x&tags=y"[..]));
        assert_eq!(call.query, [("kept".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn an_open_operation_is_called_with_credentials_if_there_are_some() {
        let builder = Client::builder().endpoint("http://localhost");
        for (credentials, expected) in [
            (None, Ok(None)),
            (Some(Credentials::bearer("t")), Ok(Some("Bearer t"))),
            (
                Some(Credentials::basic("t")),
                Err("it takes [Bearer] credentials, and the client has Basic"),
            ),
        ] {
            let builder = builder.clone();
            let client = match credentials {
                Some(credentials) => builder.credentials(credentials),
                None => builder,
            };
            let client = client.build().expect("a client");
            match (client.call(&OPERATION), expected) {
                (Ok(call), Ok(value)) => {
                    let header = call
                        .headers
                        .get(AUTHORIZATION)
                        .map(|value| value.to_str().expect("text"));
                    assert_eq!(header, value);
                }
                (Err(error), Err(reason)) => assert_eq!(error.reason(), reason),
                (result, expected) => panic!("{:?}, not {expected:?}", result.err()),
            }
        }
    }
}
