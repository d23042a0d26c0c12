//! Which operation a request is for.

use std::cmp::Reverse;

use percent_encoding::percent_decode_str;
use reqwest::{Method, StatusCode, Url};

use super::operation::Operation;
use crate::endpoint::Endpoint;

/// Where requests for an operation are sent.
pub(crate) struct Route {
    pub(crate) operation: &'static Operation,
    /// The path as it is sent, with `%7B` and `%7D` around what a parameter stands for.
    template: String,
    /// The query that the path ends with.
    query: Vec<(String, String)>,
}

/// The operation of a request, and what stands in the path for its parameters, as it was sent.
pub(crate) struct RouteMatch<'a> {
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
    pub(crate) fn find<'a>(
        routes: &[Self],
        method: &Method,
        url: &'a Url,
    ) -> Result<RouteMatch<'a>, (StatusCode, String)> {
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
                    found.push((order, RouteMatch { operation, captured }));
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
                let reason = format!("no operation of the description is {method} {path}");
                Err((StatusCode::NOT_FOUND, reason))
            }
            None => {
                let reason = format!("no operation of the description is {method} {path}: that path has {methods}");
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
    let is_tail = operation.tails.contains(&name.as_str());
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
