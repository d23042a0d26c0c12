use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Body, Client, Error, Response,
    client::Inner,
    credentials::Scheme,
    error::{Documented, Fault, NoAnswer, NotSent, Undocumented},
    objects::Objects,
    response::Answer,
};

/// The longest body that is read, in bytes.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What the document says of an operation; generated code has one constant for each.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name of its method, for errors.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    /// Begins with a slash.
    pub(crate) path: &'static str,
    /// The schemes of which one authenticates it; none if it is open to all.
    pub(crate) security: &'static [Scheme],
}

/// A call on its way out. Generated code takes it from here to the status in three steps: `json`, `send`, `match`.
pub(crate) struct Call<'a> {
    client: &'a Inner,
    operation: &'static Operation,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Client {
    /// Begins a call, with credentials if the operation asks for some.
    pub(crate) fn call(&self, operation: &'static Operation) -> Result<Call<'_>, NotSent> {
        const VERSIONED: &str = concat!("askui-workspaces/", env!("CARGO_PKG_VERSION"));

        let client = self.inner();
        let mut headers = HeaderMap::with_capacity(4);
        if !operation.security.is_empty() {
            headers.insert(AUTHORIZATION, client.authorization_for(operation)?);
        }
        headers.insert(ACCEPT, JSON);
        if let Ok(agent) = HeaderValue::from_str(&format!("{VERSIONED} ({}; rust)", std::env::consts::OS)) {
            headers.insert(USER_AGENT, agent);
        }
        Ok(Call {
            client,
            operation,
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

impl Call<'_> {
    /// Gives the call a JSON body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, NotSent> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            NotSent::new(
                self.operation.name,
                format!("its body cannot be written as JSON: {error}"),
            )
        })?;
        self.headers.insert(CONTENT_TYPE, JSON);
        self.body = Some(bytes);
        Ok(self)
    }

    /// Sends it and reads the whole answer. It does not depend on the operation's error, so that it is compiled once.
    pub(crate) async fn send(self) -> Result<Received, Unanswered> {
        let operation = self.operation;
        let mut request = self
            .client
            .http
            .request(operation.method.clone(), self.client.endpoint.join(operation.path))
            .timeout(self.client.timeout)
            .headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let mut response = request
            .send()
            .await
            .map_err(|error| Unanswered::NoAnswer(NoAnswer::new(operation.name, error)))?;

        let mut bytes = Vec::new();
        let fault = loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > BODY_LIMIT => break Some(Fault::TooLong(BODY_LIMIT)),
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break None,
                Err(error) => break Some(Fault::Incomplete(error)),
            }
        };
        let answer = self.client.answer(response, bytes);
        match fault {
            None => Ok(Received { operation, answer }),
            Some(fault) => Err(Unanswered::Undocumented(Box::new(Undocumented::new(
                operation.name,
                answer,
                fault,
            )))),
        }
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
    fn answer(&self, mut response: reqwest::Response, mut bytes: Vec<u8>) -> Answer {
        let status = response.status();
        let mut headers = std::mem::take(response.headers_mut());
        if let Some(credentials) = &self.credentials {
            if !status.is_success() {
                credentials.redact_body(&mut bytes);
            }
            for value in headers.values_mut() {
                let mut text = value.as_bytes().to_vec();
                credentials.redact(&mut text);
                if text != value.as_bytes() {
                    *value = HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("[redacted]"));
                }
            }
        }
        Answer {
            status,
            headers,
            body: Body::new(bytes),
        }
    }
}

/// A complete answer. Generated code decides by its status alone what becomes of it.
pub(crate) struct Received {
    operation: &'static Operation,
    answer: Answer,
}

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

    /// A documented failure.
    pub(crate) fn failure<T: DeserializeOwned, E, V>(self, variant: fn(T) -> E) -> Result<V, Error<E>> {
        match decode(&self.answer.body) {
            Ok(body) => Err(Error::Documented(Box::new(Documented::new(
                self.operation.name,
                variant(body),
                self.answer,
            )))),
            Err(reason) => Err(self.with_fault(Fault::Body(reason))),
        }
    }

    /// A status that the document does not list.
    pub(crate) fn undocumented<E, V>(self) -> Result<V, Error<E>> {
        Err(self.with_fault(Fault::Status))
    }

    fn with_fault<E>(self, fault: Fault) -> Error<E> {
        Undocumented::new(self.operation.name, self.answer, fault).into()
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
            format!("{path}: expected {expected}")
        }
        None => format!("{path}: not a value of the documented type"),
    }
}
