//! What the API's document says of operations, for the mock server: generated code has one constant for each.

use std::{any::Any, cmp::Reverse, sync::Arc};

use percent_encoding::percent_decode_str;
use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};

use super::{check::Fault, read::Parts};
use crate::{call, endpoint::Endpoint};

/// What the document says of an operation, besides what its caller needs.
pub(crate) struct Operation {
    pub(crate) call: &'static call::Operation,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) body: Option<Body>,
    /// The answer to a request without the right credentials.
    pub(crate) unauthorized: Refusal,
    /// The answer to a request that is not valid.
    pub(crate) invalid: Refusal,
    /// Makes the operation's own type of what was received.
    pub(crate) read: fn(&Parts) -> Result<Arc<dyn Any + Send + Sync>, Fault>,
}

pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) is_required: bool,
    /// As JSON.
    pub(crate) schema: &'static str,
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
impl Parameter {
    pub(crate) const fn required(place: Place, name: &'static str, schema: &'static str) -> Self {
        Self {
            name,
            place,
            is_required: true,
            schema,
        }
    }

    pub(crate) const fn optional(place: Place, name: &'static str, schema: &'static str) -> Self {
        Self {
            name,
            place,
            is_required: false,
            schema,
        }
    }
}

/// Where a parameter is sent, and how it is written there.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
pub(crate) enum Place {
    Path,
    PathExploded,
    PathTail,
    PathLabel,
    PathLabelExploded,
    PathMatrix,
    PathMatrixExploded,
    PathJson,
    Query,
    QueryJoined,
    QuerySpaced,
    QueryPiped,
    QueryDeep,
    QueryJson,
    Header,
    HeaderExploded,
    HeaderJson,
    Cookie,
    CookieJson,
}

impl Place {
    /// The document's word for it (`in`).
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Query
            | Self::QueryJoined
            | Self::QuerySpaced
            | Self::QueryPiped
            | Self::QueryDeep
            | Self::QueryJson => "query",
            Self::Header | Self::HeaderExploded | Self::HeaderJson => "header",
            Self::Cookie | Self::CookieJson => "cookie",
            _ => "path",
        }
    }
}

pub(crate) struct Body {
    pub(crate) is_required: bool,
    pub(crate) content: Content,
    /// As JSON; of no use for bytes.
    pub(crate) schema: &'static str,
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
pub(crate) enum Content {
    /// JSON, of that media type.
    Json(&'static str),
    /// A form, with the properties whose style the description gives.
    Form(&'static [(&'static str, Place)]),
    Multipart,
    /// Anything else, of that media type.
    Bytes(&'static str),
}

impl Content {
    /// The media type, without its parameters.
    pub(crate) fn media_type(&self) -> &str {
        match self {
            Self::Json(media_type) | Self::Bytes(media_type) => essence(media_type),
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Multipart => "multipart/form-data",
        }
    }
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// An answer to a request that is refused.
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) media_type: &'static str,
    /// As JSON, with what is wrong yet to be said; empty if there is none.
    pub(crate) body: &'static str,
    pub(crate) says: Says,
}

/// How a failure says what is wrong.
#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
pub(crate) enum Says {
    Nothing,
    /// By all of its body.
    Body,
    /// By that property.
    Text(&'static str),
    Faults {
        /// The property that lists them.
        list: &'static str,
        /// A fault of which nothing is said yet, as JSON.
        item: &'static str,
        text: &'static str,
        place: Option<&'static str>,
        kind: Option<&'static str>,
    },
}

impl Refusal {
    /// The body that says what is wrong.
    pub(crate) fn body(&self, faults: &[Fault]) -> Vec<u8> {
        let said = words(faults);
        let mut body = serde_json::from_str::<Value>(self.body).unwrap_or_default();
        match &self.says {
            Says::Body => return said.into_bytes(),
            Says::Nothing if self.body.is_empty() => return Vec::new(),
            Says::Nothing => {}
            Says::Text(property) => body[property] = said.into(),
            Says::Faults {
                list,
                item,
                text,
                place,
                kind,
            } => {
                let items = faults.iter().map(|fault| {
                    let mut item = serde_json::from_str::<Value>(item).unwrap_or_default();
                    item[text] = fault.message.as_str().into();
                    if let Some(place) = place {
                        item[place] = json!(fault.place);
                    }
                    if let Some(kind) = kind {
                        item[kind] = fault.kind.into();
                    }
                    item
                });
                body[list] = items.collect();
            }
        }
        body.to_string().into_bytes()
    }
}

/// All faults in a sentence.
pub(crate) fn words(faults: &[Fault]) -> String {
    let faults = faults.iter().map(ToString::to_string);
    faults.collect::<Vec<_>>().join("; ")
}

/// Where requests for an operation are sent.
pub(crate) struct Route {
    pub(crate) operation: &'static Operation,
    /// The path as it is sent, with `%7B` and `%7D` around what a parameter stands for.
    template: String,
    /// The query that the path ends with.
    query: Vec<(String, String)>,
}

/// An operation, and what stands in the path for its parameters, as it was sent.
pub(crate) struct Found<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) captured: Vec<(String, &'a str)>,
}

impl Route {
    pub(crate) fn new(operation: &'static Operation, endpoint: &Endpoint) -> Self {
        // The client's own way to make an address of it.
        let url = endpoint.join(operation.call.path);
        Self {
            operation,
            template: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
        }
    }

    /// The operation of a request; otherwise the status and the reason of its refusal.
    pub(crate) fn find<'a>(routes: &[Self], method: &Method, url: &'a Url) -> Result<Found<'a>, (StatusCode, String)> {
        let path = url.path();
        let mut found = Vec::new();
        for route in routes {
            let Route {
                operation, template, ..
            } = route;
            let mut captured = Vec::new();
            if fits(operation, template, path, &mut captured) {
                // The more a path says by itself, the more it says of what is meant, and so does a query.
                let open = captured.iter().map(|(_, text)| text.len()).sum::<usize>();
                let order = (open, Reverse(route.query.len()));
                if route.fits_query(url, &mut captured) {
                    found.push((order, Found { operation, captured }));
                }
            }
        }
        found.sort_by_key(|(order, _)| *order);
        let methods = found.iter().map(|(_, found)| found.operation.call.method.to_string());
        let methods = methods.collect::<Vec<_>>().join(", ");
        let of_method = found
            .into_iter()
            .find(|(_, found)| found.operation.call.method == *method);
        match of_method {
            Some((_, found)) => Ok(found),
            None if methods.is_empty() => {
                let reason = format!("no operation of the document is {method} {path}");
                Err((StatusCode::NOT_FOUND, reason))
            }
            None => {
                let reason = format!("no operation of the document is {method} {path}: that path has {methods}");
                Err((StatusCode::METHOD_NOT_ALLOWED, reason))
            }
        }
    }

    /// Whether a request has the query that the path ends with; if so, what stands in it for parameters is in `captured`.
    fn fits_query<'a>(&self, url: &'a Url, captured: &mut Vec<(String, &'a str)>) -> bool {
        self.query.iter().all(
            |(key, value)| match value.strip_prefix('{').and_then(|value| value.strip_suffix('}')) {
                None => url.query_pairs().any(|pair| pair.0 == *key && pair.1 == *value),
                Some(name) => {
                    let pairs = url.query().unwrap_or_default().split('&');
                    let mut values = pairs.filter_map(|pair| {
                        let (own, value) = pair.split_once('=')?;
                        (percent_decode_str(own).decode_utf8_lossy() == *key).then_some(value)
                    });
                    let value = values.next();
                    captured.extend(value.map(|value| (name.to_owned(), value)));
                    value.is_some()
                }
            },
        )
    }
}

/// Whether a path is of a template; if so, what stands in it for the parameters is in `captured`.
fn fits<'a>(operation: &Operation, template: &str, path: &'a str, captured: &mut Vec<(String, &'a str)>) -> bool {
    let Some((literal, rest)) = template.split_once("%7B") else {
        return template == path;
    };
    let (Some(path), Some((name, rest))) = (path.strip_prefix(literal), rest.split_once("%7D")) else {
        return false;
    };
    let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
    let is_tail = operation
        .parameters
        .iter()
        .any(|parameter| parameter.name == name && parameter.place == Place::PathTail);
    for end in 1..=path.len() {
        let Some((value, after)) = path.split_at_checked(end) else {
            continue;
        };
        if value.ends_with('/') && !is_tail {
            return false;
        }
        captured.push((name.clone(), value));
        if fits(operation, rest, after, captured) {
            return true;
        }
        captured.pop();
    }
    false
}
