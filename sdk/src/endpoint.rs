use std::{
    collections::BTreeMap,
    fmt,
    sync::{PoisonError, RwLock},
};

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use reqwest::Url;

use crate::{
    BuildError,
    generated::{PATHS, SERVER},
    response::SingleLine,
};

/// What percent-encoding leaves as it is: the unreserved characters of RFC 3986.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where the API is: an origin and, behind a gateway or where the description has one, a path prefix.
pub(crate) struct Endpoint {
    url: Url,
    /// The addresses of paths without parameters, each once it was needed, so that it is not parsed again for each call.
    /// They are found by where a path stands in memory, which takes less than reading it.
    joined: RwLock<BTreeMap<(usize, usize), Url>>,
}

impl Endpoint {
    /// Takes an `https` address; an `http` one only where credentials cannot be read on the way or by permission.
    ///
    /// No message repeats the address before it is known to hold no password.
    pub(crate) fn new(address: &str, allow_insecure_http: bool) -> Result<Self, BuildError> {
        Self::of_server(address, allow_insecure_http, SERVER)
    }

    /// The same for an API whose description has `server` as its address. If that is a path alone, `address` may be a host alone.
    fn of_server(address: &str, allow_insecure_http: bool, server: &str) -> Result<Self, BuildError> {
        let is_prefix = server.is_empty() || server.starts_with('/');
        // `localhost:8124` reads as the scheme `localhost`. What has an `@` may hold a password.
        if !address.is_empty() && !address.contains("://") && !address.contains('@') && !address.starts_with('/') {
            let address = SingleLine(address);
            return Err(BuildError::new(format!(
                "the endpoint has no scheme: give it as `https://{address}`, or `http://{address}` if it is on this machine"
            )));
        }
        let mut url = Url::parse(address).map_err(|error| {
            BuildError::new(if is_prefix && address == server {
                "there is no endpoint, and the description names no host: give one with `endpoint`".to_owned()
            } else {
                let example = if is_prefix { "https://api.example.com" } else { server };
                format!("the endpoint is not a URL ({error}): give an absolute one, such as {example}")
            })
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BuildError::new(
                "the endpoint holds a user name or password: give credentials with `credentials` instead",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BuildError::new(
                "the endpoint has a query or fragment: give the address without it",
            ));
        }
        match url.scheme() {
            "https" => {}
            "http" if allow_insecure_http || is_loopback(&url) => {}
            "http" => {
                return Err(BuildError::new(format!(
                    "the endpoint {url} is http, which sends credentials in the clear: use https, or permit it with \
                     `Client::builder().allow_insecure_http(true)` or `ClientBuilder::from_env()?.allow_insecure_http(true)`"
                )));
            }
            other => {
                return Err(BuildError::new(format!(
                    "the endpoint has the scheme {other}, where https is needed"
                )));
            }
        }
        if let Some(prefix) = repeated(url.path(), PATHS) {
            let kept = &url.path()[..url.path().trim_end_matches('/').len() - prefix.len()];
            let mut better = url.clone();
            better.set_path(kept);
            return Err(BuildError::new(format!(
                "the endpoint ends in `{prefix}`, with which the paths of the API begin: give {better}"
            )));
        }
        if is_prefix && url.path() == "/" {
            url.set_path(server);
        }
        Ok(Self {
            url,
            joined: RwLock::default(),
        })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    pub(crate) fn uri(&self) -> Uri {
        // What a URL can be, a URI can be, except for a few characters in a path; the path does not matter here.
        let origin = self.url.origin().ascii_serialization();
        origin.parse().unwrap_or_default()
    }

    /// The name or address of the server.
    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    /// The address of `path`, which begins with a slash and is percent-encoded, as is the query that it may end with.
    pub(crate) fn join(&self, path: &str) -> Url {
        let (path, query) = split_query(path);
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// The same for a path without parameters.
    pub(crate) fn join_fixed(&self, path: &'static str) -> Url {
        let joined = self.joined.read().unwrap_or_else(PoisonError::into_inner);
        let place = (path.as_ptr().addr(), path.len());
        if let Some(url) = joined.get(&place) {
            return url.clone();
        }
        drop(joined);
        let url = self.join(path);
        let mut joined = self.joined.write().unwrap_or_else(PoisonError::into_inner);
        joined.entry(place).or_insert(url).clone()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}

/// A path, and the query that follows it. A question mark in braces belongs to the name of a parameter.
pub(crate) fn split_query(path: &str) -> (&str, Option<&str>) {
    let mut is_name = false;
    let begins_query = |character: char| {
        is_name = (is_name || character == '{') && character != '}';
        character == '?' && !is_name
    };
    match path.find(begins_query) {
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    }
}

/// The end of an endpoint's path that a path of the API begins with, so that it would be there twice: two parts
/// of it or more (`/api/v1`, or the whole path), or a version alone (`/v1`).
///
/// A gateway may have one part in common with the API by chance: `https://gateway.example/api`.
fn repeated<'a>(endpoint: &str, paths: &'a [&'a str]) -> Option<&'a str> {
    let endpoint = endpoint.trim_end_matches('/');
    let ends = paths.iter().flat_map(|path| {
        let slashes = path.match_indices('/').map(|(at, _)| at).skip(1);
        slashes
            .chain([path.len()])
            .map(move |end| path[..end].trim_end_matches('/'))
    });
    let is_certain = |prefix: &str| {
        let mut parts = prefix.split('/').skip(1);
        let is_version = |part: &str| {
            let digits = part.strip_prefix('v').unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        prefix.len() > 1 && (parts.clone().count() > 1 || parts.next().is_some_and(is_version))
    };
    let repeated = ends.filter(|prefix| is_certain(prefix) && endpoint.ends_with(prefix));
    repeated.max_by_key(|prefix| prefix.len())
}

/// Whether the host is this machine by its address, or by the one name that is reserved for it (RFC 6761).
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_once() {
        let endpoint = Endpoint::new("http://localhost/gateway/", false).expect("a URL");
        for _ in 0..2 {
            assert_eq!(endpoint.join_fixed("/a").as_str(), "http://localhost/gateway/a");
            assert_eq!(endpoint.join_fixed("/bb").as_str(), "http://localhost/gateway/bb");
            assert_eq!(endpoint.join("/b/1").as_str(), "http://localhost/gateway/b/1");
        }
        let joined = endpoint.joined.read().expect("no test panics here");
        assert_eq!(joined.len(), 2);
    }

    #[test]
    fn a_path_may_have_a_query() {
        let endpoint = Endpoint::new("http://localhost/gateway", false).expect("a URL");
        for (path, expected) in [
            ("/a?b=%20c&d", "http://localhost/gateway/a?b=%20c&d"),
            ("/a/{b?}?c=d e", "http://localhost/gateway/a/%7Bb%3F%7D?c=d%20e"),
        ] {
            assert_eq!(endpoint.join(path).as_str(), expected);
        }
    }

    #[test]
    fn the_path_of_a_server_without_a_host_is_added_to_a_host() {
        for (server, address, expected) in [
            ("/api/v2", "https://a.b", Ok("https://a.b/api/v2")),
            ("/api/v2", "https://a.b/", Ok("https://a.b/api/v2")),
            ("/api/v2/", "https://a.b/own", Ok("https://a.b/own")),
            ("", "https://a.b", Ok("https://a.b/")),
            ("https://c.d/e", "https://a.b", Ok("https://a.b/")),
            ("/api/v2", "/api/v2", Err("names no host")),
            ("", "", Err("names no host")),
            ("/api/v2", "a.b", Err("no scheme: give it as `https://a.b`")),
            ("https://c.d", "a.b", Err("no scheme: give it as `https://a.b`")),
            (
                "https://c.d",
                "localhost:8124",
                Err("or `http://localhost:8124` if it is on this machine"),
            ),
            ("/api/v2", "https://", Err("such as https://api.example.com")),
            ("https://c.d", "https://", Err("such as https://c.d")),
        ] {
            let endpoint = Endpoint::of_server(address, false, server);
            match (&endpoint, expected) {
                (Ok(endpoint), Ok(expected)) => assert_eq!(endpoint.url.as_str(), expected),
                (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
                _ => panic!("{server} and {address}: {endpoint:?}"),
            }
        }
    }

    #[test]
    fn the_beginning_of_the_apis_paths_is_not_part_of_the_endpoint() {
        let paths = &["/api/v1/access-tokens", "/api/v1/users/", "/v2/", "/health"];
        for (path, expected) in [
            ("/api/v1", Some("/api/v1")),
            ("/api/v1/", Some("/api/v1")),
            ("/gateway/api/v1", Some("/api/v1")),
            ("/api/v1/access-tokens", Some("/api/v1/access-tokens")),
            ("/api/v1/users", Some("/api/v1/users")),
            ("/v2", Some("/v2")),
            ("/api", None),
            ("/health", None),
            ("/v1", None),
            ("/api/v1/other", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(repeated(path, paths), expected, "{path}");
        }
    }
}
