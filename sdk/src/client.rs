use std::{env, fmt, sync::Arc, time::Duration};

use reqwest::{header::HeaderValue, redirect};

use crate::{BuildError, Credentials, credentials::Redactor, endpoint::Endpoint, generated::SERVER};

/// The AskUI Workspaces API: one method per operation.
///
/// A client holds an endpoint, credentials and a pool of connections. It is cheap to clone, and clones share all three:
/// make one and hand it to every task.
///
/// # Examples
///
/// ```no_run
/// use askui_workspaces::{Client, Credentials};
///
/// # fn example() -> Result<(), askui_workspaces::BuildError> {
/// let from_environment = Client::from_env()?;
/// let by_hand = Client::builder()
///     .credentials(Credentials::bearer("the token of a signed-in user"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) timeout: Duration,
    pub(crate) http: reqwest::Client,
    /// Whether `http` is the application's own, which may follow redirects.
    pub(crate) is_own_http: bool,
    /// What of the credentials must not come back in an answer.
    pub(crate) redactor: Redactor,
}

impl Client {
    /// Begins a client for `https://workspaces.askui.com` without credentials, with the time limits that
    /// [`ClientBuilder`] states.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment.
    ///
    /// - `ASKUI_TOKEN`, required: an access token, sent as [`Credentials::basic`].
    /// - `ASKUI_WORKSPACES_ENDPOINT`, optional: where the API is, `https://workspaces.askui.com` if absent or empty.
    ///
    /// # Errors
    ///
    /// If `ASKUI_TOKEN` is not set or is empty, if either is not UTF-8, or for the reasons of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(|name| match env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => {
                Err(BuildError::new(format!("the environment variable {name} is not UTF-8")))
            }
        })
    }

    fn from_variables(variable: impl Fn(&str) -> Result<Option<String>, BuildError>) -> Result<Self, BuildError> {
        let token = variable("ASKUI_TOKEN")?
            .filter(|token| !token.is_empty())
            .ok_or_else(|| {
                BuildError::new("the environment variable ASKUI_TOKEN is not set: set it to an AskUI access token")
            })?;
        let mut builder = Self::builder().credentials(Credentials::basic(token));
        if let Some(endpoint) = variable("ASKUI_WORKSPACES_ENDPOINT")?.filter(|endpoint| !endpoint.is_empty()) {
            builder = builder.endpoint(endpoint);
        }
        builder.build()
    }
}

/// Prints the endpoint and which scheme authenticates, not the credential.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.inner.endpoint)
            .field("credentials", &self.inner.credentials)
            .finish_non_exhaustive()
    }
}

/// What a [`Client`] is made of.
///
/// | | default |
/// |---|---|
/// | [`endpoint`](Self::endpoint) | `https://workspaces.askui.com`, the server in the API's document |
/// | [`credentials`](Self::credentials) | none; operations that need some fail before anything is sent |
/// | [`connect_timeout`](Self::connect_timeout) | 10 seconds |
/// | [`timeout`](Self::timeout) | 30 seconds for the whole call |
/// | [`reqwest_client`](Self::reqwest_client) | one of its own: no redirects, the system's proxy settings |
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    endpoint: String,
    credentials: Option<Credentials>,
    allow_insecure_http: bool,
    connect_timeout: Duration,
    timeout: Duration,
    http: Option<reqwest::Client>,
}

/// Prints neither the credential nor an endpoint that holds a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("endpoint", &Endpoint::new(&self.endpoint, true).ok())
            .field("allow_insecure_http", &self.allow_insecure_http)
            .field("credentials", &self.credentials)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            endpoint: SERVER.into(),
            credentials: None,
            allow_insecure_http: false,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            http: None,
        }
    }
}

impl ClientBuilder {
    /// Where the API is: an `https` URL, with a path prefix if a gateway asks for one; a slash at its end does not matter.
    ///
    /// `http` is refused unless the host is a loopback address or `localhost`, or
    /// [`allow_insecure_http`](Self::allow_insecure_http) permits it. [`build`](Self::build) checks it.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = endpoint.into();
        self
    }

    /// The credentials that every secured operation sends.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Permits an `http` endpoint on another machine. Whoever is on the way can then read the credentials: only for a
    /// network that is trusted.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// How long making a connection may take, name resolution and TLS included. Not used with
    /// [`reqwest_client`](Self::reqwest_client), which has a limit of its own.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long a whole call may take, from connecting to the last byte of the answer.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// A [`reqwest::Client`] of the application's own, for a proxy, a private certificate authority, another TLS library.
    ///
    /// Build it with `redirect(reqwest::redirect::Policy::none())`: a redirect that is followed turns a `POST` into a
    /// `GET`, leads away from the endpoint, and hides that the request has been sent. Its default headers are sent besides those of the API.
    pub fn reqwest_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If the endpoint is not a URL, is not `https` (see [`endpoint`](Self::endpoint)), or holds a user name, password,
    /// query or fragment; if the credential is empty, has white space around it, or is no legal header value; if the TLS
    /// library cannot start, or there is none because the crate's TLS features are off.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoint = Endpoint::new(&self.endpoint, self.allow_insecure_http)?;
        let authorization = self.credentials.as_ref().map(Credentials::header).transpose()?;
        let is_own_http = self.http.is_some();
        let redactor = self.credentials.as_ref().map(Redactor::new).unwrap_or_default();
        let http = match self.http {
            Some(http) => http,
            None => Self::http(&endpoint, self.connect_timeout)?,
        };
        Ok(Client {
            inner: Arc::new(Inner {
                endpoint,
                credentials: self.credentials,
                authorization,
                timeout: self.timeout,
                http,
                is_own_http,
                redactor,
            }),
        })
    }

    fn http(endpoint: &Endpoint, connect_timeout: Duration) -> Result<reqwest::Client, BuildError> {
        if endpoint.is_https() && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            return Err(BuildError::new(
                "no TLS: enable the feature `rustls` or `native-tls`, or give a client with `reqwest_client`",
            ));
        }
        let mut builder = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .redirect(redirect::Policy::none());
        if endpoint.is_loopback() {
            // What is meant for this machine must not travel to a proxy, least of all in the clear.
            builder = builder.no_proxy();
        }
        builder
            .build()
            .map_err(|error| BuildError::with_source("TLS could not be set up", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_env_reads_two_variables() {
        let token = ("ASKUI_TOKEN", "a-token");
        let cases = [
            (&[][..], Err("ASKUI_TOKEN is not set")),
            (&[("ASKUI_TOKEN", "")], Err("ASKUI_TOKEN is not set")),
            (&[token], Ok("https://workspaces.askui.com/")),
            (
                &[token, ("ASKUI_WORKSPACES_ENDPOINT", "")],
                Ok("https://workspaces.askui.com/"),
            ),
            (
                &[token, ("ASKUI_WORKSPACES_ENDPOINT", "http://localhost:1/x")],
                Ok("http://localhost:1/x"),
            ),
        ];
        for (variables, expected) in cases {
            let lookup = |name: &str| {
                Ok(variables
                    .iter()
                    .find(|variable| variable.0 == name)
                    .map(|variable| variable.1.to_owned()))
            };
            match (Client::from_variables(lookup), expected) {
                (Ok(client), Ok(endpoint)) => {
                    assert_eq!(format!("{:?}", client.inner.endpoint), endpoint);
                    assert_eq!(format!("{:?}", client.inner.credentials), "Some(Basic([redacted]))");
                }
                (Err(error), Err(reason)) => assert!(error.to_string().contains(reason), "{error}"),
                (result, expected) => panic!("{variables:?}: {result:?}, not {expected:?}"),
            }
        }
    }
}
