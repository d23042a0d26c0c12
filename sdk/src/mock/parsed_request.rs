//! The parts of a request that was received, as the types of the API.

use std::marker::PhantomData;

use reqwest::header::{CONTENT_TYPE, COOKIE};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    deserialize,
    detail::{Detail, Step},
    multipart,
    route::RouteMatch,
    wire::{Form, WireValue, form_decoded, percent_decoded, plain},
};
use crate::{Body, validate::Violations};

/// A request of a known operation, and what is wrong with it. Generated code asks for each part by what the description says of it.
pub(crate) struct ParsedRequest<'a> {
    route: &'a RouteMatch<'a>,
    request: &'a wiremock::Request,
    /// The names and values of the query.
    query: Pairs,
    /// Where the part stands that was read last.
    place: Vec<String>,
    /// What was left out of it, since it is wrong.
    repaired: Vec<Vec<Step>>,
    pub(crate) details: Vec<Detail>,
}

/// How a property of a form is written, if not as a text: as a parameter of a query.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
pub(crate) enum ParameterStyle {
    Query,
    QueryProperties(&'static [&'static str]),
    QueryJoined,
    QuerySpaced,
    QueryPiped,
    QueryDeep,
    QueryJson,
}

/// The fields of a form, or of a query: the name of each, and its value, still encoded.
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn of(form: &str) -> Self {
        let pairs = form.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self(
            pairs
                .map(|(name, text)| (form_decoded(name), text.to_owned()))
                .collect(),
        )
    }

    fn texts(&self, is_meant: impl Fn(&str) -> bool) -> impl Iterator<Item = (String, WireValue)> {
        let pairs = self.0.iter().filter(move |(name, _)| is_meant(name));
        pairs.map(|(name, text)| (name.clone(), WireValue::text(text.clone(), form_decoded, Form::Item)))
    }

    /// What is there for a name.
    fn of_name(&self, name: &str, style: ParameterStyle) -> Result<WireValue, Detail> {
        let last = || {
            self.0
                .iter()
                .rfind(|(own, _)| own == name)
                .map(|(_, text)| text.as_str())
        };
        // A comma within an item is encoded; of the other separators, those between items are encoded, too.
        let separated =
            |separator| last().map(|text| WireValue::text(form_decoded(text), plain, Form::Folded(separator)));
        let value = match style {
            ParameterStyle::Query => WireValue::by_name(self.texts(|own| own == name)).remove(name),
            ParameterStyle::QueryProperties(names) => {
                let members = WireValue::by_name(self.texts(|own| names.contains(&own)));
                (!members.is_empty()).then_some(WireValue::Map(members))
            }
            ParameterStyle::QueryJoined => {
                last().map(|text| WireValue::text(text.to_owned(), form_decoded, Form::Folded(',')))
            }
            ParameterStyle::QuerySpaced => separated(' '),
            ParameterStyle::QueryPiped => separated('|'),
            ParameterStyle::QueryDeep => WireValue::nested(self.texts(|own| is_within(own, name))).remove(name),
            ParameterStyle::QueryJson => last().map(|text| WireValue::json(&form_decoded(text))).transpose()?,
        };
        Ok(value.unwrap_or(WireValue::Absent))
    }
}

/// Whether a name is `name[property]`.
fn is_within(own: &str, name: &str) -> bool {
    own.strip_prefix(name).is_some_and(|rest| rest.starts_with('['))
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// A body of bytes, which may be optional.
pub(crate) trait Bytes: Sized {
    fn of(body: Option<Body>) -> Option<Self>;
}

impl Bytes for Body {
    fn of(body: Option<Body>) -> Option<Self> {
        body
    }
}

impl Bytes for Option<Body> {
    fn of(body: Option<Body>) -> Option<Self> {
        Some(body)
    }
}

macro_rules! path_parameters {
    ($($function:ident: $form:expr, $prefix:literal;)*) => {$(
        pub(crate) fn $function<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
            let text = self.captured(name);
            let text = text.strip_prefix($prefix).unwrap_or(text).to_owned();
            self.parameter("path", name, Ok(WireValue::text(text, percent_decoded, $form)))
        }
    )*};
}

macro_rules! query_parameters {
    ($($function:ident: $style:ident;)*) => {$(
        pub(crate) fn $function<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
            let value = self.query.of_name(name, ParameterStyle::$style);
            self.parameter("query", name, value)
        }
    )*};
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
impl<'a> ParsedRequest<'a> {
    pub(crate) fn new(route: &'a RouteMatch<'a>, request: &'a wiremock::Request) -> Self {
        Self {
            route,
            request,
            query: Pairs::of(request.url.query().unwrap_or_default()),
            place: Vec::new(),
            repaired: Vec::new(),
            details: Vec::new(),
        }
    }

    path_parameters! {
        path: Form::Folded(','), "";
        path_exploded: Form::Exploded(','), "";
        path_tail: Form::Folded(','), "";
        path_label: Form::Folded(','), ".";
        path_label_exploded: Form::Exploded('.'), ".";
        path_matrix_exploded: Form::Matrix, ";";
    }

    pub(crate) fn path_matrix<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let text = self.captured(name);
        let text = text.split_once('=').map_or(text, |(_, text)| text).to_owned();
        self.parameter(
            "path",
            name,
            Ok(WireValue::text(text, percent_decoded, Form::Folded(','))),
        )
    }

    pub(crate) fn path_json<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = WireValue::json(&percent_decoded(self.captured(name)));
        self.parameter("path", name, value)
    }

    fn captured(&self, name: &str) -> &'a str {
        let mut captured = self.route.captured.iter();
        captured.find(|(own, _)| own == name).map_or("", |(_, text)| text)
    }

    query_parameters! {
        query: Query;
        query_joined: QueryJoined;
        query_spaced: QuerySpaced;
        query_piped: QueryPiped;
        query_deep: QueryDeep;
        query_json: QueryJson;
    }

    /// An object of which each property is a parameter.
    pub(crate) fn query_properties<T: DeserializeOwned>(
        &mut self,
        name: &str,
        properties: &'static [&'static str],
    ) -> Option<T> {
        let value = self.query.of_name(name, ParameterStyle::QueryProperties(properties));
        self.parameter("query", name, value)
    }

    pub(crate) fn header<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.header_of(name, |text| Ok(WireValue::text(text, plain, Form::Folded(','))))
    }

    pub(crate) fn header_exploded<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.header_of(name, |text| Ok(WireValue::text(text, plain, Form::Exploded(','))))
    }

    pub(crate) fn header_json<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.header_of(name, |text| WireValue::json(&text))
    }

    fn header_of<T: DeserializeOwned>(
        &mut self,
        name: &str,
        read: impl FnOnce(String) -> Result<WireValue, Detail>,
    ) -> Option<T> {
        let values = self.request.headers.get_all(name).iter();
        let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let texts = texts.collect::<Vec<_>>();
        let value = if texts.is_empty() {
            Ok(WireValue::Absent)
        } else {
            read(texts.join(","))
        };
        self.parameter("header", name, value)
    }

    pub(crate) fn cookie<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.cookie_of(name, |text| Ok(WireValue::text(text, plain, Form::Folded(','))))
    }

    pub(crate) fn cookie_json<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.cookie_of(name, |text| WireValue::json(&text))
    }

    fn cookie_of<T: DeserializeOwned>(
        &mut self,
        name: &str,
        read: impl FnOnce(String) -> Result<WireValue, Detail>,
    ) -> Option<T> {
        let cookies = self.request.headers.get_all(COOKIE).iter();
        let mut cookies = cookies
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='));
        let text = cookies
            .find(|(own, _)| *own == name)
            .map(|(_, text)| percent_decoded(text));
        self.parameter("cookie", name, text.map_or(Ok(WireValue::Absent), read))
    }

    fn parameter<T: DeserializeOwned>(
        &mut self,
        location: &str,
        name: &str,
        value: Result<WireValue, Detail>,
    ) -> Option<T> {
        self.read(&[location, name], value)
    }

    /// A body in JSON.
    pub(crate) fn json<T: DeserializeOwned>(&mut self, media_type: &str) -> Option<T> {
        self.body(media_type, |body| {
            let value = serde_json::from_slice::<Value>(body);
            value.map(WireValue::from).map_err(|_| Detail::invalid_json())
        })
    }

    /// A body that is a form, with the properties whose style the description gives.
    pub(crate) fn form<T: DeserializeOwned>(&mut self, styles: &[(&str, ParameterStyle)]) -> Option<T> {
        self.body("application/x-www-form-urlencoded", |body| {
            let pairs = Pairs::of(&String::from_utf8_lossy(body));
            let mut members = WireValue::by_name(pairs.texts(|_| true));
            for (name, style) in styles {
                members.retain(|own, _| own != name && !is_within(own, name));
                match pairs.of_name(name, *style)? {
                    WireValue::Absent => {}
                    value => drop(members.insert((*name).to_owned(), value)),
                }
            }
            Ok(WireValue::Map(members))
        })
    }

    /// A body that is a form in parts.
    pub(crate) fn multipart<T: DeserializeOwned>(&mut self) -> Option<T> {
        let media_type = self.content_type().unwrap_or_default();
        self.body("multipart/form-data", |body| {
            let parts = multipart::parts(media_type, body);
            let parts = parts.map_err(|reason| Detail::new(reason, "multipart_invalid"))?;
            Ok(WireValue::Map(WireValue::by_name(parts)))
        })
    }

    /// A body of bytes.
    pub(crate) fn bytes<T: Bytes>(&mut self, media_type: &str) -> Option<T> {
        let body = match self.has_body(media_type) {
            Ok(has_body) => has_body.then(|| Body::new(self.request.body.clone())),
            Err(detail) => {
                self.details.push(detail.at(&["body"]));
                return None;
            }
        };
        let body = T::of(body);
        if body.is_none() {
            self.details.push(Detail::missing().at(&["body"]));
        }
        body
    }

    fn body<T: DeserializeOwned>(
        &mut self,
        media_type: &str,
        read: impl FnOnce(&[u8]) -> Result<WireValue, Detail>,
    ) -> Option<T> {
        let value = match self.has_body(media_type) {
            Ok(true) => read(&self.request.body),
            Ok(false) => Ok(WireValue::Absent),
            Err(detail) => Err(detail),
        };
        self.read(&["body"], value)
    }

    /// Whether there is a body; if so, it is of that media type.
    fn has_body(&self, media_type: &str) -> Result<bool, Detail> {
        let sent = self.content_type();
        if sent.is_none() && self.request.body.is_empty() {
            return Ok(false);
        }
        let documented = essence(media_type);
        match sent.map(essence) {
            Some(sent) if sent.eq_ignore_ascii_case(documented) => Ok(true),
            sent => {
                let sent = sent.map_or("without a `Content-Type`".to_owned(), |sent| format!("as `{sent}`"));
                let message = format!("the body is sent {sent}, and the description has `{documented}`");
                Err(Detail::new(message, "content_type"))
            }
        }
    }

    fn content_type(&self) -> Option<&'a str> {
        self.request.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Reads what stands there, and takes down all that is wrong: what is wrong is left out, and the rest is read.
    fn read<T: DeserializeOwned>(&mut self, place: &[&str], value: Result<WireValue, Detail>) -> Option<T> {
        self.place = place.iter().map(ToString::to_string).collect();
        self.repaired.clear();
        let mut value = match value {
            Ok(value) => value,
            Err(detail) => {
                self.details.push(detail.at(place));
                return None;
            }
        };
        let before = self.details.len();
        loop {
            let detail = match deserialize::read(PhantomData::<T>, &value) {
                Ok(value) => return Some(value),
                Err(detail) => detail,
            };
            if value.reread(&detail.place) {
                continue;
            }
            let is_repaired = value.repair(&detail.place, detail.kind);
            self.repaired.push(detail.place.clone());
            if is_repaired || self.details.len() == before {
                self.details.push(detail.at(place));
            }
            if !is_repaired {
                return None;
            }
        }
    }

    /// Takes down the rules that the part breaks that was read last, except where something is left out of it.
    pub(crate) fn check<T>(&mut self, value: Option<&T>, check: impl FnOnce(&T, &mut Violations)) {
        let Some(value) = value else { return };
        let mut violations = Violations::default();
        violations.body(|at| check(value, at));
        let Err(broken) = violations.result(self.route.operation.call.name) else {
            return;
        };
        let place = self.place.iter().map(String::as_str).collect::<Vec<_>>();
        for violation in broken.violations() {
            let detail = Detail::of_violation(violation);
            if !self.repaired.iter().any(|repaired| detail.place.starts_with(repaired)) {
                self.details.push(detail.at(&place));
            }
        }
    }
}
