use serde::de::DeserializeOwned;

use crate::{
    ApiError, Body, Error, Response, UnexpectedKind, UnexpectedResponse,
    objects::Objects,
    send::ResponseHead,
    time::{Read, Time},
    trace,
};

/// A complete response. Generated code decides by its status alone what becomes of it.
pub(crate) struct BufferedResponse<'a>(pub(crate) Box<ResponseHead<'a>>);

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
#[allow(clippy::unnecessary_wraps, reason = "generated code takes all of them alike")]
impl BufferedResponse<'_> {
    pub(crate) fn status(&self) -> u16 {
        self.0.response.status().as_u16()
    }

    /// A documented success.
    pub(crate) fn success<T: DeserializeOwned, E>(mut self) -> Result<Response<T>, Error<E>> {
        match decode::<T>(self.0.body()) {
            Ok(value) => {
                let (status, headers, body) = self.0.take_parts();
                Ok(Response::new(value, status, headers).with_body(body))
            }
            Err(reason) => Err(self.unexpected(UnexpectedKind::Decode, reason)),
        }
    }

    /// As [`success`](Self::success), of what consists of times.
    pub(crate) fn success_of_times<T: Time, E>(self) -> Result<Response<T>, Error<E>> {
        let response = self.success::<Read<T>, E>();
        response.map(|response| response.map(|Read(value)| value))
    }

    /// A documented success that has no body; one that comes all the same is let be.
    pub(crate) fn success_without_body<E>(mut self) -> Result<Response<()>, Error<E>> {
        let (status, headers, _) = self.0.take_parts();
        Ok(Response::new((), status, headers))
    }

    /// A documented success whose body is not JSON.
    pub(crate) fn success_of_bytes<E>(mut self) -> Result<Response<Body>, Error<E>> {
        let (status, headers, body) = self.0.take_parts();
        Ok(Response::new(body, status, headers))
    }

    /// A documented failure of which nothing but the status is documented.
    pub(crate) fn failure_without_body<E, V>(self, variant: E) -> Result<V, Error<E>> {
        Err(self.documented(variant))
    }

    /// A documented failure whose body is not JSON.
    pub(crate) fn failure_of_bytes<E, V>(self, variant: fn(Body) -> E) -> Result<V, Error<E>> {
        let body = self.0.body().clone();
        Err(self.documented(variant(body)))
    }

    /// A documented failure.
    pub(crate) fn failure<T: DeserializeOwned, E, V>(self, variant: fn(T) -> E) -> Result<V, Error<E>> {
        match decode(self.0.body()) {
            Ok(body) => Err(self.documented(variant(body))),
            Err(reason) => Err(self.unexpected(UnexpectedKind::Decode, reason)),
        }
    }

    /// As [`failure`](Self::failure), of what consists of times.
    pub(crate) fn failure_of_times<T: Time, E, V>(self, variant: fn(T) -> E) -> Result<V, Error<E>> {
        match decode::<Read<T>>(self.0.body()) {
            Ok(Read(body)) => Err(self.documented(variant(body))),
            Err(reason) => Err(self.unexpected(UnexpectedKind::Decode, reason)),
        }
    }

    /// A status that is not documented.
    pub(crate) fn unexpected_status<E, V>(self) -> Result<V, Error<E>> {
        Err(self.unexpected(UnexpectedKind::Status, String::new()))
    }

    fn documented<E>(mut self, error: E) -> Error<E> {
        trace::failed(&self.0.span, self.0.response.status().as_str());
        Error::Api(ApiError::new(error, self.0.take()))
    }

    fn unexpected<E>(mut self, kind: UnexpectedKind, reason: String) -> Error<E> {
        let error = UnexpectedResponse::new(self.0.take(), kind, reason);
        trace::failed(&self.0.span, trace::error_type(&error));
        error.into()
    }
}

/// Reads a JSON body, or says where it is not as documented, without a word of what it holds.
pub(crate) fn decode<T: DeserializeOwned>(body: &Body) -> Result<T, String> {
    // RFC 8259 lets a reader skip a byte order mark, which some servers send.
    let json = body.as_bytes();
    let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
    if json.is_empty() {
        return Err("it is empty, where JSON is expected".into());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(Objects(&mut deserializer)).map_err(|_| fault::<T>(json))?;
    deserializer.end().map_err(|error| describe("$", &error))?;
    Ok(value)
}

/// What is wrong with a body that was not read, and where: reading it once more finds the place, of which a body that is
/// right has no need.
fn fault<T: DeserializeOwned>(json: &[u8]) -> String {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let Err(error) = T::deserialize(Objects(tracked)) else {
        return "not a value of the documented type".into();
    };
    let path = match track.path().to_string() {
        root if root == "." => "$".to_owned(),
        path if path.starts_with('[') => format!("${path}"),
        path => format!("$.{path}"),
    };
    describe(&path, &error)
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
