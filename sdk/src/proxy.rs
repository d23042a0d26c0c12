//! The proxy that the SDK's own HTTP client uses: found to be named in errors, and checked before anything is sent.

use std::{env, fmt, sync::Arc};

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::BuildError;

/// ``the proxy http://proxy.example:3128/ (`HTTPS_PROXY`)``, without a user name or password.
#[derive(Clone)]
pub(crate) struct ProxyInUse {
    name: Arc<str>,
    is_https: bool,
}

impl fmt::Display for ProxyInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for ProxyInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl ProxyInUse {
    /// The proxy for that endpoint, if there is one.
    pub(crate) fn of_system(endpoint: &Uri) -> Result<Option<Self>, BuildError> {
        let variable = |name: &str| match env::var(name) {
            Ok(value) => Some(value),
            Err(env::VarError::NotPresent) => None,
            // No proxy has that address.
            Err(env::VarError::NotUnicode(_)) => Some("\u{fffd}".to_owned()),
        };
        let setting = setting(endpoint, variable)?;
        let found = Matcher::from_system().intercept(endpoint);
        Ok(found.map(|proxy| {
            let name = format!("the proxy {}", proxy.uri());
            let name = match setting {
                Some(variable) => format!("{name} (`{variable}`)"),
                None => format!("{name} (the system's settings)"),
            };
            Self {
                name: name.into(),
                is_https: proxy.uri().scheme_str() == Some("https"),
            }
        }))
    }

    #[cfg(test)]
    pub(crate) fn test(name: &str) -> Self {
        Self {
            name: name.into(),
            is_https: false,
        }
    }

    /// Whether the connection to the proxy itself needs TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }
}

/// The environment variable that names a proxy for that endpoint, as curl reads them; an error if its value cannot be used,
/// because the HTTP client would then call the server directly.
fn setting(endpoint: &Uri, variable: impl Fn(&str) -> Option<String>) -> Result<Option<&'static str>, BuildError> {
    let first = |names: [&'static str; 2]| {
        let found = names.into_iter().find_map(|name| Some((name, variable(name)?)));
        found.filter(|(_, value)| !value.is_empty())
    };
    let of_scheme = match endpoint.scheme_str() {
        Some("https") => ["HTTPS_PROXY", "https_proxy"],
        _ => ["HTTP_PROXY", "http_proxy"],
    };
    // In a CGI program a request could set `HTTP_PROXY`, so none of them is read.
    if variable("REQUEST_METHOD").is_some() {
        return Ok(None);
    }
    let Some((name, value)) = first(of_scheme).or_else(|| first(["ALL_PROXY", "all_proxy"])) else {
        return Ok(None);
    };
    let no_proxy = variable("NO_PROXY")
        .or_else(|| variable("no_proxy"))
        .unwrap_or_default();
    let takes = |proxy: &str| {
        let matcher = Matcher::builder().all(proxy).no(no_proxy.as_str()).build();
        matcher.intercept(endpoint)
    };
    if takes("http://localhost").is_none() {
        return Ok(None);
    }
    // The value may hold a password, so no message repeats it.
    let unusable = |reason: &str| Err(BuildError::new(reason).of_variable(name));
    match takes(&value).filter(|proxy| has_readable_port(proxy.uri())) {
        None => unusable(
            "the address of the proxy cannot be read: give it as http://host:port, or unset it to use no proxy",
        ),
        Some(proxy) if !cfg!(feature = "socks") && is_socks(proxy.uri()) => {
            unusable("the proxy speaks SOCKS: enable the feature `socks`, or name an HTTP proxy")
        }
        Some(_) => Ok(Some(name)),
    }
}

/// A port that is no number counts as none for the HTTP client, which then calls another port.
fn has_readable_port(proxy: &Uri) -> bool {
    let authority = proxy.authority();
    authority.is_some_and(|authority| authority.port_u16().is_some() || authority.as_str() == authority.host())
}

fn is_socks(proxy: &Uri) -> bool {
    proxy.scheme_str().is_some_and(|scheme| scheme.starts_with("socks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_variable_is_used_or_refused() {
        const UNREADABLE: Result<Option<&str>, &str> = Err("the address of the proxy cannot be read");
        let proxy = "http://a-user:a-secret@proxy:3128";
        for (scheme, variables, expected) in [
            ("https", &[][..], Ok(None)),
            ("https", &[("HTTP_PROXY", proxy)], Ok(None)),
            ("http", &[("HTTP_PROXY", proxy)], Ok(Some("HTTP_PROXY"))),
            ("https", &[("https_proxy", proxy)], Ok(Some("https_proxy"))),
            ("https", &[("HTTPS_PROXY", ""), ("https_proxy", proxy)], Ok(None)),
            (
                "https",
                &[("HTTPS_PROXY", ""), ("all_proxy", proxy)],
                Ok(Some("all_proxy")),
            ),
            ("https", &[("HTTPS_PROXY", "proxy:3128")], Ok(Some("HTTPS_PROXY"))),
            (
                "https",
                &[("HTTPS_PROXY", "http://a-user:a-secret@proxy:port")],
                UNREADABLE,
            ),
            ("https", &[("HTTPS_PROXY", "ftp://proxy")], UNREADABLE),
            ("https", &[("HTTPS_PROXY", "\u{fffd}")], UNREADABLE),
            (
                "https",
                &[("HTTPS_PROXY", "ftp://proxy"), ("NO_PROXY", "server.example")],
                Ok(None),
            ),
            ("https", &[("HTTPS_PROXY", "ftp://proxy"), ("no_proxy", "*")], Ok(None)),
            (
                "https",
                &[("HTTPS_PROXY", "ftp://proxy"), ("REQUEST_METHOD", "GET")],
                Ok(None),
            ),
            #[cfg(not(feature = "socks"))]
            (
                "https",
                &[("ALL_PROXY", "socks5://a-user:a-secret@proxy")],
                Err("the proxy speaks SOCKS"),
            ),
            #[cfg(feature = "socks")]
            (
                "https",
                &[("ALL_PROXY", "socks5://a-user:a-secret@proxy")],
                Ok(Some("ALL_PROXY")),
            ),
        ] {
            let endpoint = format!("{scheme}://server.example/").parse().expect("a URL");
            let lookup = |name: &str| {
                let mut variables = variables.iter();
                variables
                    .find(|variable| variable.0 == name)
                    .map(|variable| variable.1.to_owned())
            };
            match (setting(&endpoint, lookup), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{variables:?}"),
                (Err(error), Err(expected)) => {
                    let text = format!("{error} {error:?}");
                    assert!(text.contains(expected) && text.contains("_PROXY)"), "{text}");
                    assert!(!text.contains("a-secret"), "{text}");
                }
                (found, expected) => panic!("{variables:?}: {found:?}, not {expected:?}"),
            }
        }
    }
}
