use std::{
    collections::BTreeMap,
    fmt,
    sync::{PoisonError, RwLock},
};

use reqwest::Url;

use crate::BuildError;

/// Where the API is: an origin and, behind a gateway, a path prefix.
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
        let url = Url::parse(address).map_err(|error| {
            BuildError::new(format!(
                "the endpoint is not a URL ({error}): give an absolute one, such as {}",
                crate::generated::SERVER
            ))
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
                     `allow_insecure_http(true)`"
                )));
            }
            other => {
                return Err(BuildError::new(format!(
                    "the endpoint has the scheme {other}, where https is needed"
                )));
            }
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

    /// The name or address of the server.
    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    /// The address of `path`, which begins with a slash and is percent-encoded.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
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
}
