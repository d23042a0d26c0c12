//! What the mock server does with a request: finds its operation, reads it, and lets a stub respond.

use std::{
    any::Any,
    fmt::{self, Write as _},
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{
    Method, StatusCode, Url,
    header::{AUTHORIZATION, COOKIE, HeaderMap},
};
use wiremock::{Respond, ResponseTemplate};

use super::{
    detail::Detail,
    operation::{AnyRequest, Rejection, joined},
    parsed_request::ParsedRequest,
    route::{Route, RouteMatch},
    stub::StubState,
};
use crate::{
    Body,
    call::{self, has_cookie},
    security::{Scheme, needs},
};

/// A request that the mock server received, as it came.
///
/// `Debug` prints the method and the path, since headers, query and body may hold what is secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// The method.
    pub method: Method,
    /// The address, with the query.
    pub url: Url,
    /// Every header.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url.path())
    }
}

/// A request that the mock server rejected, with the status and the reason. `Display` prints all three.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RejectedRequest {
    /// The request.
    pub request: ReceivedRequest,
    /// The status of the response.
    pub status: StatusCode,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for RejectedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            request,
            status,
            reason,
        } = self;
        write!(f, "{request:?} was rejected with {}: {reason}", status.as_u16())
    }
}

/// What the server and its stubs share.
pub(crate) struct Shared {
    routes: Vec<Route>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stubs: Vec<Arc<StubState>>,
    received: Vec<ReceivedRequest>,
    rejected: Vec<RejectedRequest>,
}

/// A response of the server's own, and why.
struct Rejected {
    status: StatusCode,
    reason: String,
    media_type: &'static str,
    body: Vec<u8>,
}

impl Rejected {
    /// A response that no description has: the reason as text.
    fn plainly(status: StatusCode, reason: String) -> Self {
        Self {
            status,
            body: reason.clone().into_bytes(),
            reason,
            media_type: "text/plain",
        }
    }

    /// The response that the description has for it.
    fn documented(rejection: &'static Rejection, details: &[Detail]) -> Self {
        Self {
            status: StatusCode::from_u16(rejection.status).unwrap_or(StatusCode::BAD_REQUEST),
            reason: joined(details),
            media_type: rejection.media_type,
            body: rejection.body(details),
        }
    }
}

impl Shared {
    pub(super) fn new(routes: Vec<Route>) -> Self {
        Self {
            routes,
            state: Mutex::default(),
        }
    }

    /// A test may have panicked while it held the lock; the state is complete all the same.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn mount(&self, stub: Arc<StubState>) {
        self.state().stubs.push(stub);
    }

    pub(super) fn received_requests(&self) -> Vec<ReceivedRequest> {
        self.state().received.clone()
    }

    pub(super) fn take_rejected_requests(&self) -> Vec<RejectedRequest> {
        std::mem::take(&mut self.state().rejected)
    }

    pub(super) fn reset(&self) {
        *self.state() = State::default();
    }

    /// What the test did not expect, if there is anything.
    pub(super) fn report(&self) -> Option<String> {
        let State { stubs, rejected, .. } = &*self.state();
        let unmet = stubs.iter().filter_map(|stub| stub.unmet()).collect::<Vec<_>>();
        if unmet.is_empty() && rejected.is_empty() {
            return None;
        }
        let mut report = String::from("the mock server did not get the requests that the test expects");
        for line in unmet.into_iter().chain(rejected.iter().map(ToString::to_string)) {
            let _ = write!(report, "\n  {}", line.replace('\n', "\n  "));
        }
        Some(report)
    }

    fn respond(&self, request: &wiremock::Request) -> Result<ResponseTemplate, Rejected> {
        let route = Route::find(&self.routes, &request.method, &request.url);
        let route = route.map_err(|(status, reason)| Rejected::plainly(status, reason))?;
        let operation = route.operation;
        if let Err(reason) = authorized(operation.call, request) {
            let detail = Detail::new(reason, "not_authenticated");
            return Err(Rejected::documented(&operation.unauthorized, &[detail]));
        }
        let typed = typed(&route, request)?;
        let stubs = self.state().stubs.clone();
        let mut reasons = Vec::new();
        // A test's closure may panic, as with an assertion that fails.
        let response = panic::catch_unwind(AssertUnwindSafe(|| {
            for stub in stubs.iter().filter(|stub| std::ptr::eq(stub.operation, operation)) {
                match stub.take(&typed) {
                    Ok(()) => return Some(stub.response(&typed)),
                    Err(reason) => reasons.push(reason),
                }
            }
            None
        }));
        let fails = |reason| Rejected::plainly(StatusCode::INTERNAL_SERVER_ERROR, reason);
        match response {
            Ok(Some(Ok(response))) => {
                let mut template = ResponseTemplate::new(response.status).set_delay(response.delay);
                if response.media_type.is_empty() {
                    template = template.set_body_bytes(response.body);
                } else {
                    template = template.set_body_raw(response.body, &response.media_type);
                }
                for (name, value) in response.headers {
                    template = template.append_header(name, value);
                }
                Ok(template)
            }
            Ok(Some(Err(error))) => Err(fails(format!("the response cannot be written as JSON: {error}"))),
            Err(panic) => Err(fails(format!(
                "a closure of the test panicked: {}",
                message(panic.as_ref())
            ))),
            Ok(None) => {
                let name = operation.call.name;
                let mut reason = format!("no stub matches it: `server.{name}()` begins one");
                for why in reasons {
                    let _ = write!(reason, "\n    {why}");
                }
                Err(Rejected::plainly(StatusCode::NOT_IMPLEMENTED, reason))
            }
        }
    }
}

/// The request as its operation's own type.
fn typed(route: &RouteMatch<'_>, request: &wiremock::Request) -> Result<AnyRequest, Rejected> {
    let mut parsed = ParsedRequest::new(route, request);
    let typed = (route.operation.read)(&mut parsed);
    match typed {
        Some(typed) if parsed.details.is_empty() => Ok(typed),
        _ => Err(Rejected::documented(&route.operation.invalid, &parsed.details)),
    }
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
        .to_owned()
}

/// Whether a request has the credentials that an operation asks for; otherwise, what is wrong with them.
fn authorized(operation: &call::Operation, request: &wiremock::Request) -> Result<(), String> {
    let security = operation.security;
    let is_there = |scheme: &Scheme| has(request, *scheme);
    let mut alternatives = security.iter().filter(|schemes| !schemes.is_empty());
    if security.is_empty() || alternatives.any(|schemes| schemes.iter().all(is_there)) {
        return Ok(());
    }
    let is_asked_for =
        |scheme: &Scheme| matches!(scheme, Scheme::Bearer(_) | Scheme::AccessToken(_) | Scheme::Basic(_));
    let is_used = security.iter().copied().flatten().any(is_asked_for);
    let given = match request.headers.get(AUTHORIZATION).filter(|_| is_used) {
        // It can do without, as long as what is there is not wrong.
        None if security.iter().any(|schemes| schemes.is_empty()) => return Ok(()),
        None if is_used => "no `Authorization` header",
        None => "an API key or a client certificate is missing",
        Some(_) => match authorization(&request.headers) {
            None => "`Authorization` holds no credentials of a known kind",
            Some(Authorization::Bearer) => "`Authorization` holds a bearer token",
            Some(Authorization::Basic(true)) => "`Authorization` holds a user name and a password",
            Some(Authorization::Basic(false)) => "`Authorization` holds an access token",
        },
    };
    Err(format!("{given}, where the operation takes {}", needs(security)))
}

/// What a header `Authorization` can hold.
enum Authorization {
    Bearer,
    /// Whether a colon is in it, as between a user name and a password.
    Basic(bool),
}

fn authorization(headers: &HeaderMap) -> Option<Authorization> {
    let (scheme, credential) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") && !credential.is_empty() {
        return Some(Authorization::Bearer);
    }
    let decoded = STANDARD.decode(credential).ok()?;
    let is_basic = scheme.eq_ignore_ascii_case("basic") && !decoded.is_empty();
    is_basic.then(|| Authorization::Basic(decoded.contains(&b':')))
}

/// Whether something is there for a scheme; what it is does not matter.
fn has(request: &wiremock::Request, scheme: Scheme) -> bool {
    let headers = &request.headers;
    match scheme {
        Scheme::Bearer(_) => matches!(authorization(headers), Some(Authorization::Bearer)),
        // A token may hold a colon.
        Scheme::AccessToken(_) => matches!(authorization(headers), Some(Authorization::Basic(_))),
        Scheme::Basic(_) => matches!(authorization(headers), Some(Authorization::Basic(true))),
        Scheme::HeaderKey(_, name) => headers.get(name).is_some_and(|key| !key.is_empty()),
        Scheme::QueryKey(_, name) => {
            let mut pairs = request.url.query_pairs();
            pairs.any(|(own, key)| own == name && !key.is_empty())
        }
        Scheme::CookieKey(_, name) => {
            let cookies = headers.get_all(COOKIE).iter();
            cookies
                .filter_map(|cookies| cookies.to_str().ok())
                .any(|cookies| has_cookie(cookies, name))
        }
        // There are none without TLS.
        Scheme::MutualTls(_) => true,
        Scheme::Unsupported(..) => false,
    }
}

/// Responds to what wiremock receives.
pub(super) struct Responder(pub(super) Arc<Shared>);

impl Respond for Responder {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let received = ReceivedRequest {
            method: request.method.clone(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            body: Body::new(request.body.clone()),
        };
        self.0.state().received.push(received.clone());
        self.0.respond(request).unwrap_or_else(|rejected| {
            let Rejected {
                status,
                reason,
                media_type,
                body,
            } = rejected;
            self.0.state().rejected.push(RejectedRequest {
                request: received,
                status,
                reason,
            });
            let response = ResponseTemplate::new(status);
            if body.is_empty() {
                response
            } else {
                response.set_body_raw(body, media_type)
            }
        })
    }
}
