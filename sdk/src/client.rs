use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use reqwest::{
    header::{HeaderName, HeaderValue},
    redirect,
};

use crate::{
    BuildError, CallOptions, Credentials, CredentialsProvider, CredentialsRequest, Interceptor, RetryPolicy,
    clock::Clock,
    connections::Http,
    credentials::variable,
    endpoint::Endpoint,
    generated::SERVER,
    provider::{CredentialSource, FromFn, Provided},
    proxy::ProxyInUse,
    retry::Budget,
};

/// The environment variable for the endpoint.
const ENDPOINT: &str = "ASKUI_WORKSPACES_ENDPOINT";

/// The AskUI Workspaces API: one method per operation.
///
/// A client holds an endpoint, credentials and a pool of connections. It is cheap to clone, and clones share all three:
/// make one and hand it to every task.
///
/// Calls run on tokio, with its timers and I/O: if you build the runtime yourself, call `enable_all()`. One client may be used from
/// several runtimes; each has connections of its own, because a connection is driven by the runtime that opened it. A
/// [`reqwest_client`](ClientBuilder::reqwest_client) has one pool for all of them: use it from one runtime only, or build a client for
/// each.
///
/// # Examples
///
/// ```no_run
/// use askui_workspaces::{Client, Credentials};
///
/// # fn example() -> Result<(), askui_workspaces::BuildError> {
/// let from_environment = Client::from_env()?;
/// let by_hand = Client::builder()
///     .credentials(Credentials::bearer("token-of-a-signed-in-user"))
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
    pub(crate) credentials: CredentialSource,
    /// Those of a call that says nothing else.
    pub(crate) options: CallOptions,
    pub(crate) user_agent: HeaderValue,
    pub(crate) http: Http,
    pub(crate) budget: Budget,
    /// Whether `http` may present a certificate (mutual TLS): the application's own does if it was built so.
    pub(crate) has_certificate: bool,
    pub(crate) clock: Clock,
    pub(crate) interceptors: Vec<Arc<dyn Interceptor>>,
}

impl Client {
    /// Begins a client for `https://workspaces.askui.com` without credentials, with the time limits that
    /// [`ClientBuilder`] states.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment: the short form of [`ClientBuilder::from_env`] and [`build`](ClientBuilder::build).
    ///
    /// - `ASKUI_TOKEN`, required: an access token, sent as [`Credentials::access_token`].
    /// - `ASKUI_WORKSPACES_ENDPOINT`, optional: where the API is, `https://workspaces.askui.com` if absent or empty.
    ///
    /// # Errors
    ///
    /// If `ASKUI_TOKEN` is not set or is empty, if either is not UTF-8, or for the reasons of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env()?.build()
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
/// | [`endpoint`](Self::endpoint) | `https://workspaces.askui.com`, the server in the API's description |
/// | [`credentials`](Self::credentials) | none; operations that need some fail before anything is sent |
/// | [`retry`](Self::retry) | up to three attempts, where repeating is safe: [`RetryPolicy`] |
/// | [`connect_timeout`](Self::connect_timeout) | 10 seconds |
/// | [`attempt_timeout`](Self::attempt_timeout) | 30 seconds without progress |
/// | [`timeout`](Self::timeout) | 120 seconds for the whole call, with all its attempts |
/// | [`max_response_size`](Self::max_response_size) | 16 MiB |
/// | [`retry_budget`](Self::retry_budget) | 100 retries |
/// | [`pool_idle_timeout`](Self::pool_idle_timeout), [`pool_max_idle`](Self::pool_max_idle) | 4 seconds, 100 connections |
/// | [`user_agent`](Self::user_agent) | the SDK's own alone |
/// | [`reqwest_client`](Self::reqwest_client) | one of its own: no redirects, the system's proxy settings |
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    endpoint: String,
    is_endpoint_of_variable: bool,
    credentials: CredentialSource,
    allow_insecure_http: bool,
    options: CallOptions,
    user_agent: Option<String>,
    interceptors: Vec<Arc<dyn Interceptor>>,
    retry_budget: u32,
    connections: Connections,
    http: Option<reqwest::Client>,
    /// Only for the mock server, which asks for no certificate.
    pub(crate) has_certificate: bool,
    /// Only the mock server has another one than the system's.
    pub(crate) clock: Clock,
}

/// What the SDK's own HTTP client is told, where the application says it.
#[derive(Clone, Copy, Debug, Default)]
struct Connections {
    connect_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    max_idle: Option<usize>,
}

impl Connections {
    /// The first setting that an HTTP client of the application's own would not know of.
    fn set(&self) -> Option<&'static str> {
        let Self {
            connect_timeout,
            idle_timeout,
            max_idle,
        } = self;
        let names = [
            connect_timeout.map(|_| "connect_timeout"),
            idle_timeout.map(|_| "pool_idle_timeout"),
            max_idle.map(|_| "pool_max_idle"),
        ];
        names.into_iter().flatten().next()
    }
}

/// Prints neither the credential nor an endpoint that holds a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("endpoint", &Endpoint::new(&self.endpoint, true).ok())
            .field("allow_insecure_http", &self.allow_insecure_http)
            .field("credentials", &self.credentials)
            .field("connections", &self.connections)
            .field("options", &self.options)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            endpoint: SERVER.into(),
            is_endpoint_of_variable: false,
            credentials: CredentialSource::None,
            allow_insecure_http: false,
            options: CallOptions::default(),
            user_agent: None,
            interceptors: Vec::new(),
            retry_budget: 100,
            connections: Connections::default(),
            http: None,
            has_certificate: false,
            clock: Clock::default(),
        }
    }
}

impl ClientBuilder {
    /// A builder with what the environment says: the access token in `ASKUI_TOKEN`, and the endpoint in
    /// `ASKUI_WORKSPACES_ENDPOINT` if it is set.
    ///
    /// # Errors
    ///
    /// As of [`Credentials::from_env`]. [`build`](Self::build) checks the endpoint.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use askui_workspaces::ClientBuilder;
    ///
    /// # fn example() -> Result<(), askui_workspaces::BuildError> {
    /// let client = ClientBuilder::from_env()?.timeout(Duration::from_secs(10)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(variable)
    }

    fn from_variables(variable: impl Fn(&str) -> Result<Option<String>, BuildError>) -> Result<Self, BuildError> {
        let mut builder = Self::default().credentials(Credentials::from_variables(&variable)?);
        if let Some(endpoint) = variable(ENDPOINT)?.filter(|endpoint| !endpoint.is_empty()) {
            builder.endpoint = endpoint;
            builder.is_endpoint_of_variable = true;
        }
        Ok(builder)
    }

    /// Where the API is: an `https` URL, with a path prefix if a gateway asks for one; a slash at its end does not matter.
    ///
    /// If the API's description gives its server as a path alone (`/api/v2`), a URL without a path gets that path; a URL that has a
    /// path is taken as it is.
    ///
    /// `http` is refused unless the host is a loopback address or `localhost`, or
    /// [`allow_insecure_http`](Self::allow_insecure_http) permits it. [`build`](Self::build) checks it.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = endpoint.into();
        self.is_endpoint_of_variable = false;
        self
    }

    /// The credentials of secured operations: each sends those that it asks for, and fails before anything is sent if there
    /// are none. [`Credentials::and`] joins several.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = CredentialSource::Fixed(credentials);
        self
    }

    /// Credentials that change while the client lives: [`CredentialsProvider`] has the rules.
    pub fn credentials_provider(mut self, provider: impl CredentialsProvider) -> Self {
        self.credentials = CredentialSource::Provided(Arc::new(Provided::new(provider)));
        self
    }

    /// Credentials from a function, which is a short form of a [`CredentialsProvider`].
    ///
    /// # Examples
    ///
    /// ```
    /// use askui_workspaces::{Client, Credentials};
    ///
    /// # fn example() -> Result<(), askui_workspaces::BuildError> {
    /// let client = Client::builder()
    ///     .credentials_fn(|_| async {
    ///         let token = tokio::fs::read_to_string("/run/secrets/askui-token").await?;
    ///         Ok::<_, std::io::Error>(Credentials::access_token(token.trim()))
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn credentials_fn<P, F, E>(self, provider: P) -> Self
    where
        P: Fn(CredentialsRequest) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Credentials, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.credentials_provider(FromFn(provider))
    }

    /// Permits an `http` endpoint on another machine. Whoever is on the way can then read the credentials: only for a
    /// network that is trusted.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// How long making a connection may take, name resolution and TLS included. A
    /// [`reqwest_client`](Self::reqwest_client) has one of its own, so [`build`](Self::build) refuses both.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connections.connect_timeout = Some(limit);
        self
    }

    /// How long a connection is kept for another request: 4 seconds by default, less than the 5 seconds after which many
    /// servers (uvicorn, Node.js) close it. A request on a connection that the server is just closing fails, and only an
    /// idempotent one is retried. Raise it if your server or gateway waits longer.
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.connections.idle_timeout = Some(limit);
        self
    }

    /// How many connections are kept for other requests, 100 by default. It does not limit how many there are at once.
    pub fn pool_max_idle(mut self, connections: usize) -> Self {
        self.connections.max_idle = Some(connections);
        self
    }

    /// How long a whole call may take, with all its attempts and the waits between them; see [`CallOptions::timeout`].
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options = self.options.timeout(limit);
        self
    }

    /// How long one attempt may take to the head of the response, and how long a body may pause; see
    /// [`CallOptions::attempt_timeout`].
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.options = self.options.attempt_timeout(limit);
        self
    }

    /// The longest body of a response that is read into memory, in bytes; see [`CallOptions::max_response_size`].
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.options = self.options.max_response_size(bytes);
        self
    }

    /// How often a call is retried, and how long it waits before; [`RetryPolicy::never`] for not at all.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.retry(policy);
        self
    }

    /// How many retries the calls of this client may make while most of them fail, 100 by default: `u32::MAX` for no limit.
    ///
    /// Each retry takes one, and each call that needs none gives a tenth back. When none is left, failures are returned
    /// at once, so that a server in trouble gets hardly more requests than there are calls. Clones share the budget.
    pub fn retry_budget(mut self, retries: u32) -> Self {
        self.retry_budget = retries;
        self
    }

    /// A header that every call sends besides those of the API; see [`CallOptions::header`].
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.options = self.options.header(name, value);
        self
    }

    /// What sees the request of each attempt and the head of its response. Several are called in the order in which they
    /// were given.
    pub fn interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.push(Arc::new(interceptor));
        self
    }

    /// What the application calls itself, such as `my-app/1.2`: it comes before the SDK's own name in `User-Agent`.
    pub fn user_agent(mut self, application: impl Into<String>) -> Self {
        self.user_agent = Some(application.into());
        self
    }

    /// A [`reqwest::Client`] of the application's own, for a proxy, a private certificate authority, another TLS library.
    ///
    /// Build it with `redirect(reqwest::redirect::Policy::none())`: a redirect that is followed turns a `POST` into a
    /// `GET` and leads away from the endpoint. No body is sent a second time, so 307 and 308 are not followed. Its default headers
    /// are sent besides those of the API.
    ///
    /// A refused connection is retried, as with the SDK's own client. The SDK does not know which proxy this client uses, so errors
    /// do not name it.
    ///
    /// If this client follows a redirect, the first server may have processed the request: a request that is not idempotent is not
    /// retried then, and its credentials are not renewed. The second host gets API keys in
    /// headers other than `Authorization` and `Cookie`, and, unless the client was built with `referer(false)`, the complete URL as
    /// `Referer`, with an API key in the query.
    ///
    /// Use it from one tokio runtime: its connections belong to the runtime that opened them.
    ///
    /// An operation that asks for a client certificate (mutual TLS) is sent only through such a client: give it the
    /// certificate with its builder's `identity`.
    pub fn reqwest_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If the endpoint is not a URL, is not `https` (see [`endpoint`](Self::endpoint)), or holds a user name, password,
    /// query or fragment; if a credential is empty, has white space around it, or can be sent nowhere; if the TLS
    /// library cannot start, or there is none because the crate's TLS features are off; if the name of the application is no
    /// legal header value.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoint = Endpoint::new(&self.endpoint, self.allow_insecure_http);
        let endpoint = endpoint.map_err(|error| {
            if self.is_endpoint_of_variable {
                error.of_variable(ENDPOINT)
            } else {
                error
            }
        })?;
        if let CredentialSource::Fixed(credentials) = &self.credentials {
            credentials.check().map_err(BuildError::new)?;
        }
        let user_agent = user_agent(self.user_agent.as_deref())?;
        let is_own_http = self.http.is_some();
        let http = match (self.http, self.connections.set()) {
            (Some(http), None) => Http::Given(http),
            (Some(_), Some(setting)) => {
                return Err(BuildError::new(format!(
                    "`{setting}` has no effect with `reqwest_client`: set it on that client"
                )));
            }
            (None, _) => {
                let proxy = if endpoint.is_loopback() {
                    None
                } else {
                    ProxyInUse::of_system(&endpoint.uri())?
                };
                let needs_tls = endpoint.is_https() || proxy.as_ref().is_some_and(ProxyInUse::is_https);
                let (is_loopback, connections) = (endpoint.is_loopback(), self.connections);
                Http::per_runtime(proxy, move || Self::http(needs_tls, is_loopback, connections))?
            }
        };
        Ok(Client {
            inner: Arc::new(Inner {
                endpoint,
                credentials: self.credentials,
                options: self.options,
                user_agent,
                http,
                budget: Budget::new(self.retry_budget),
                has_certificate: self.has_certificate || is_own_http,
                clock: self.clock,
                interceptors: self.interceptors,
            }),
        })
    }

    fn http(needs_tls: bool, is_loopback: bool, connections: Connections) -> Result<reqwest::Client, BuildError> {
        if needs_tls && !cfg!(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")) {
            return Err(BuildError::new(
                "no TLS: enable the feature `rustls`, `rustls-ring` or `native-tls`, or give a client with `reqwest_client`",
            ));
        }
        let Connections {
            connect_timeout,
            idle_timeout,
            max_idle,
        } = connections;
        let mut builder = reqwest::Client::builder()
            .connect_timeout(connect_timeout.unwrap_or(Duration::from_secs(10)))
            .pool_idle_timeout(idle_timeout.unwrap_or(Duration::from_secs(4)))
            .pool_max_idle_per_host(max_idle.unwrap_or(100))
            .redirect(redirect::Policy::none())
            // The call's own policy retries; without a limit of 0, each request is copied all the same.
            .retry(reqwest::retry::never().max_retries_per_request(0))
            // One protocol, whatever other crates turn on. When one of many requests on an HTTP/2 connection fails, all do.
            .http1_only()
            // Another crate may have turned these on, and the request is to be what the description says.
            .referer(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate();
        #[cfg(all(feature = "rustls-ring", not(feature = "rustls")))]
        {
            builder = builder.tls_backend_preconfigured(crate::tls::config(needs_tls)?);
        }
        // What needs no certificates must not fail where there are none.
        #[cfg(any(feature = "rustls", all(feature = "native-tls", not(feature = "rustls-ring"))))]
        if !needs_tls {
            builder = builder.tls_certs_only([]);
        }
        if is_loopback {
            // What is meant for this machine must not travel to a proxy, least of all in the clear.
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| {
            BuildError::new(
                "TLS could not be set up: install the system's certificates (`ca-certificates`), check `SSL_CERT_FILE` and \
                 `SSL_CERT_DIR`, or give a client with `reqwest_client`",
            )
            .with_cause(&error)
        })
    }
}

/// The value of `User-Agent`.
fn user_agent(application: Option<&str>) -> Result<HeaderValue, BuildError> {
    const NAME: &str = concat!("askui-workspaces/", env!("CARGO_PKG_VERSION"));

    let own = format!("{NAME} ({}; rust)", std::env::consts::OS);
    let text = match application.filter(|name| !name.is_empty()) {
        Some(application) => format!("{application} {own}"),
        None => own,
    };
    HeaderValue::try_from(text)
        .map_err(|_| BuildError::new("the name of the application holds characters that an HTTP header cannot carry"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_env_reads_two_variables() {
        let token = ("ASKUI_TOKEN", "a-token");
        let cases = [
            (&[][..], Err("nothing in the environment variable ASKUI_TOKEN")),
            (
                &[("ASKUI_TOKEN", "")],
                Err("nothing in the environment variable ASKUI_TOKEN"),
            ),
            (
                &[("ASKUI_TOKEN", "a-token\n")],
                Err("remove it (this is about the environment variable ASKUI_TOKEN)"),
            ),
            (
                &[token, ("ASKUI_WORKSPACES_ENDPOINT", "http://elsewhere.example")],
                Err(
                    "`ClientBuilder::from_env()?.allow_insecure_http(true)` (this is about the environment variable \
                     ASKUI_WORKSPACES_ENDPOINT)",
                ),
            ),
            (
                &[("ASKUI_TOKEN", "\"a-token\"")],
                Err("has quotes around it: remove them (this is about the environment variable ASKUI_TOKEN)"),
            ),
            (
                &[token, ("ASKUI_WORKSPACES_ENDPOINT", "workspaces")],
                Err("(this is about the environment variable ASKUI_WORKSPACES_ENDPOINT)"),
            ),
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
            match (
                ClientBuilder::from_variables(lookup).and_then(ClientBuilder::build),
                expected,
            ) {
                (Ok(client), Ok(endpoint)) => {
                    assert_eq!(format!("{:?}", client.inner.endpoint), endpoint);
                    assert_eq!(format!("{:?}", client.inner.credentials), "AccessToken([redacted])");
                }
                (Err(error), Err(reason)) => assert!(error.to_string().contains(reason), "{error}"),
                (result, expected) => panic!("{variables:?}: {result:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn an_application_puts_its_name_before_the_sdks() {
        let own = format!(
            "askui-workspaces/{} ({}; rust)",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS
        );
        for (application, expected) in [
            (None, Some(own.clone())),
            (Some(""), Some(own.clone())),
            (Some("my-app/1.2 (ci)"), Some(format!("my-app/1.2 (ci) {own}"))),
            (Some("my-app\r\nX-Other: 1"), None),
        ] {
            match (user_agent(application), expected) {
                (Ok(header), Some(expected)) => assert_eq!(header, expected),
                (Err(error), None) => assert_eq!(
                    error.to_string(),
                    "no client: the name of the application holds characters that an HTTP header cannot carry"
                ),
                (header, expected) => panic!("{header:?}, not {expected:?}"),
            }
        }
    }
}
