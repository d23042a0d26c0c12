use std::fmt;

use reqwest::{
    Method, Request, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};

/// Sees the request of each attempt and the head of its response: to pass a trace on, to count, to log.
///
/// Credentials are in the headers, marked as sensitive: `Debug` of a header does not print them.
///
/// # Examples
///
/// A trace that is passed on to the server, as [W3C Trace Context](https://www.w3.org/TR/trace-context/) has it:
///
/// ```
/// use askui_workspaces::{
///     Client, InterceptedRequest, Interceptor,
///     http::{HeaderName, HeaderValue},
/// };
///
/// struct PassTrace;
///
/// impl Interceptor for PassTrace {
///     fn request(&self, request: &mut InterceptedRequest<'_>) {
///         // With OpenTelemetry, a propagator writes it from the current span.
///         let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
///         let value = HeaderValue::from_static(trace);
///         request.set_header(HeaderName::from_static("traceparent"), value);
///     }
/// }
///
/// # fn example() -> Result<(), askui_workspaces::BuildError> {
/// let client = Client::builder().interceptor(PassTrace).build()?;
/// # Ok(())
/// # }
/// ```
pub trait Interceptor: Send + Sync + 'static {
    /// Called before each attempt is sent, in the span of the attempt's call.
    fn request(&self, _request: &mut InterceptedRequest<'_>) {}

    /// Called when the head of a response has come, whatever its status.
    fn response(&self, _response: &InterceptedResponse<'_>) {}
}

/// The request of an attempt, before it is sent.
pub struct InterceptedRequest<'a> {
    pub(crate) operation: &'static str,
    pub(crate) attempt: u32,
    pub(crate) request: &'a mut Request,
}

impl InterceptedRequest<'_> {
    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Which attempt it is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The method of HTTP.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The address. Its query may hold a secret, such as an API key.
    #[must_use]
    pub fn url(&self) -> &str {
        self.request.url().as_str()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Sets a header, also one that the client has set.
    pub fn set_header(&mut self, name: HeaderName, value: HeaderValue) {
        self.request.headers_mut().insert(name, value);
    }
}

impl fmt::Debug for InterceptedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterceptedRequest")
            .field("operation", &self.operation)
            .field("attempt", &self.attempt)
            .field("method", self.method())
            .field("headers", self.headers())
            .finish_non_exhaustive()
    }
}

/// The head of a response to an attempt.
pub struct InterceptedResponse<'a> {
    pub(crate) operation: &'static str,
    pub(crate) attempt: u32,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
}

impl InterceptedResponse<'_> {
    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Which attempt it is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers, as the server sent them: should it repeat the client's credential, that is in them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }
}

/// Prints no header, since a server may repeat a credential in one.
impl fmt::Debug for InterceptedResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterceptedResponse")
            .field("operation", &self.operation)
            .field("attempt", &self.attempt)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
