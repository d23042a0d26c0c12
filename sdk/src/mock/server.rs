//! What the mock server does with a request: finds its operation, holds it against the document, and lets a mock answer.

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
    check::Schemas,
    document::{Found, Refusal, Route, words},
    given::Mounted,
    read::{Sent, parts},
};
use crate::{
    Body,
    call::{self, has_cookie},
    generated::mock::definitions,
    security::{Scheme, needs},
};

/// A request that the mock server received, as it came.
///
/// `Debug` prints the method and the path, since headers, query and body may hold what is secret.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The address, with the query.
    pub url: Url,
    /// Every header.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url.path())
    }
}

/// A request that the mock server refused, with the status and the reason. `Display` says all three.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refused {
    /// The request.
    pub request: Received,
    /// What it was refused with.
    pub status: StatusCode,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            request,
            status,
            reason,
        } = self;
        write!(f, "{request:?} was refused with {}: {reason}", status.as_u16())
    }
}

/// What the server and its mocks share.
pub(crate) struct Shared {
    routes: Vec<Route>,
    schemas: Schemas,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    mocks: Vec<Arc<Mounted>>,
    received: Vec<Received>,
    refused: Vec<Refused>,
}

/// An answer of the server's own.
struct Refusing {
    status: StatusCode,
    reason: String,
    media_type: &'static str,
    body: Vec<u8>,
}

impl Refusing {
    /// An answer that no document describes, and that therefore says the reason as text.
    fn plainly(status: StatusCode, reason: String) -> Self {
        Self {
            status,
            body: reason.clone().into_bytes(),
            reason,
            media_type: "text/plain",
        }
    }

    /// The answer that the document has for it.
    fn documented(refusal: &'static Refusal, reason: String, body: Vec<u8>) -> Self {
        Self {
            status: StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST),
            reason,
            media_type: refusal.media_type,
            body,
        }
    }
}

impl Shared {
    pub(super) fn new(routes: Vec<Route>) -> Self {
        Self {
            routes,
            schemas: Schemas::new(definitions()),
            state: Mutex::default(),
        }
    }

    /// A test may have panicked while it held the lock; what it guards is whole all the same.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn mount(&self, mock: Arc<Mounted>) {
        self.state().mocks.push(mock);
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    pub(super) fn take_refused(&self) -> Vec<Refused> {
        std::mem::take(&mut self.state().refused)
    }

    pub(super) fn reset(&self) {
        *self.state() = State::default();
    }

    /// What the test did not expect, if there is anything.
    pub(super) fn report(&self) -> Option<String> {
        let State { mocks, refused, .. } = &*self.state();
        let unmet = mocks.iter().filter_map(|mock| mock.unmet()).collect::<Vec<_>>();
        if unmet.is_empty() && refused.is_empty() {
            return None;
        }
        let mut report = String::from("the mock server did not get the requests that the test expects");
        for line in unmet.into_iter().chain(refused.iter().map(ToString::to_string)) {
            let _ = write!(report, "\n  {}", line.replace('\n', "\n  "));
        }
        Some(report)
    }

    fn answer(&self, request: &wiremock::Request) -> Result<ResponseTemplate, Refusing> {
        let found = Route::find(&self.routes, &request.method, &request.url);
        let found = found.map_err(|(status, reason)| Refusing::plainly(status, reason))?;
        let operation = found.operation;
        if let Err(reason) = authorized(operation.call, request) {
            let fault = super::check::Fault::at(&[], reason.as_str(), "not_authenticated");
            let body = operation.unauthorized.body(&[fault]);
            return Err(Refusing::documented(&operation.unauthorized, reason, body));
        }
        let typed = self.typed(&found, request)?;
        let mocks = self.state().mocks.clone();
        let mut reasons = Vec::new();
        // What a test gives to say what is meant, or to make an answer, may panic, as with an assertion that fails.
        let answered = panic::catch_unwind(AssertUnwindSafe(|| {
            for mock in mocks.iter().filter(|mock| std::ptr::eq(mock.operation, operation)) {
                match mock.take(&typed) {
                    Ok(()) => return Some(mock.answer(&typed)),
                    Err(reason) => reasons.push(reason),
                }
            }
            None
        }));
        let fails = |reason| Refusing::plainly(StatusCode::INTERNAL_SERVER_ERROR, reason);
        match answered {
            Ok(Some(Ok(answer))) => {
                let mut response = ResponseTemplate::new(answer.status).set_delay(answer.delay);
                if answer.media_type.is_empty() {
                    response = response.set_body_bytes(answer.body);
                } else {
                    response = response.set_body_raw(answer.body, &answer.media_type);
                }
                for (name, value) in answer.headers {
                    response = response.append_header(name, value);
                }
                Ok(response)
            }
            Ok(Some(Err(error))) => Err(fails(format!("the answer cannot be written as JSON: {error}"))),
            Err(panic) => Err(fails(format!(
                "what the test gave panicked: {}",
                message(panic.as_ref())
            ))),
            Ok(None) => {
                let name = operation.call.name;
                let mut reason = format!("no mock takes it: `server.{name}()` says what is answered");
                for why in reasons {
                    let _ = write!(reason, "\n    {why}");
                }
                Err(Refusing::plainly(StatusCode::NOT_IMPLEMENTED, reason))
            }
        }
    }

    /// The request as its operation's own type.
    fn typed(&self, found: &Found<'_>, request: &wiremock::Request) -> Result<Arc<dyn Any + Send + Sync>, Refusing> {
        let sent = Sent {
            url: &request.url,
            headers: &request.headers,
            body: &request.body,
        };
        let read = parts(found, &sent, &self.schemas)
            .and_then(|parts| (found.operation.read)(&parts).map_err(|fault| vec![fault]));
        read.map_err(|faults| {
            let invalid = &found.operation.invalid;
            Refusing::documented(invalid, words(&faults), invalid.body(&faults))
        })
    }
}

/// What a panic says.
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

/// Answers what wiremock receives.
pub(super) struct Answering(pub(super) Arc<Shared>);

impl Respond for Answering {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let received = Received {
            method: request.method.clone(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            body: Body::new(request.body.clone()),
        };
        self.0.state().received.push(received.clone());
        self.0.answer(request).unwrap_or_else(|refusing| {
            let Refusing {
                status,
                reason,
                media_type,
                body,
            } = refusing;
            self.0.state().refused.push(Refused {
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
