//! Stubs: which requests of an operation they match, how they respond, and how many requests they expect.

use std::{
    any::Any,
    fmt::{self, Debug, Display},
    marker::PhantomData,
    ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive},
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde::Serialize;

use super::{
    operation::{AnyRequest, Operation, Request},
    server::Shared,
};

macro_rules! body_from {
    ($($kind:ty),*) => {$(
        impl From<$kind> for crate::Body {
            fn from(bytes: $kind) -> Self {
                Self::new(bytes.into())
            }
        }
    )*};
}

body_from!(&str, String, &[u8], Vec<u8>);

crate::value::plain! { [] crate::Body; }
crate::value::into_value! { [V: Into<crate::Body>] V => crate::Body, |body| body.into(); }

/// The requests of an operation that a stub matches, as far as it says by now. Requests are of the type `R`, one of
/// [`request`](super::request): for each of these types there are functions here, one for each parameter and property that can be
/// matched (`with_…`, which takes what the setter of the call takes), and one for each documented response.
#[must_use = "it does nothing before the response is set"]
pub struct StubBuilder<R> {
    server: Arc<Shared>,
    matchers: Vec<Matcher>,
    request: PhantomData<fn() -> R>,
}

/// What a request has instead, if it does not match.
type Mismatch = dyn Fn(&dyn Any) -> Option<String> + Send + Sync;

/// Makes the body of a response from a request; an error says why it cannot be written.
type ResponseFn = dyn Fn(&dyn Any) -> Result<Vec<u8>, String> + Send + Sync;

struct Matcher {
    /// For messages: `` `name` = "ci" ``.
    description: String,
    mismatch: Box<Mismatch>,
}

/// A value in a message. `Debug` prints `Some` around one that might be absent, and the name of a type around the text that it holds.
fn shown(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let mut text = text.as_str();
    while let Some(inner) = text.strip_prefix("Some(").and_then(|inner| inner.strip_suffix(')')) {
        if inner == "None" {
            break;
        }
        text = inner;
    }
    let inner = text.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
    let quoted = inner.filter(|inner| inner.starts_with('"') && inner.ends_with('"'));
    quoted.unwrap_or(text).to_owned()
}

impl<R> Debug for StubBuilder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.matchers.iter().map(|matcher| &matcher.description))
            .finish()
    }
}

#[allow(private_bounds, reason = "the types of requests are public, and all of them have it")]
impl<R: Request> StubBuilder<R> {
    /// Matches only requests for which the function returns true.
    #[track_caller]
    pub fn when(self, matches: impl Fn(&R) -> bool + Send + Sync + 'static) -> Self {
        let description = format!("`when` at {}", Location::caller());
        self.matching(description, move |request| {
            (!matches(request)).then(|| "it returned false".to_owned())
        })
    }

    /// Responds with any status from 200 to 999, and without a body.
    ///
    /// # Panics
    ///
    /// If it is none of these.
    #[track_caller]
    #[allow(clippy::must_use_candidate, reason = "it is active already")]
    pub fn status(self, status: u16) -> Stub<R> {
        self.empty(status)
    }
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
#[allow(private_bounds, reason = "the types of requests are public, and all of them have it")]
impl<R: Request> StubBuilder<R> {
    pub(super) fn new(server: &Arc<Shared>) -> Self {
        Self {
            server: Arc::clone(server),
            matchers: Vec::new(),
            request: PhantomData,
        }
    }

    fn matching(
        mut self,
        description: String,
        mismatch: impl Fn(&R) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.matchers.push(Matcher {
            description,
            mismatch: Box::new(move |request| request.downcast_ref().and_then(&mismatch)),
        });
        self
    }

    /// Matches only requests of which a part is this: the one after which the function is named.
    pub(crate) fn with<T>(self, function: &str, expected: T, part: fn(&R) -> Option<&T>) -> Self
    where
        T: PartialEq + Debug + Send + Sync + 'static,
    {
        let name = function.strip_prefix("with_").unwrap_or(function);
        let description = format!("`{name}` = {}", shown(&expected));
        self.matching(description, move |request| match part(request) {
            Some(sent) if *sent == expected => None,
            Some(sent) => Some(format!("the request has {}", shown(sent))),
            None => Some("the request has no body".to_owned()),
        })
    }

    /// Responds without a body.
    #[track_caller]
    pub(crate) fn empty(self, status: u16) -> Stub<R> {
        self.respond(status, "", ResponseBody::Fixed(Vec::new()))
    }

    #[track_caller]
    pub(crate) fn bytes(self, status: u16, media_type: &str, body: Vec<u8>) -> Stub<R> {
        self.respond(status, media_type, ResponseBody::Fixed(body))
    }

    #[track_caller]
    pub(crate) fn json(self, status: u16, media_type: &str, body: impl Serialize) -> Stub<R> {
        match serde_json::to_vec(&body) {
            Ok(bytes) => self.respond(status, media_type, ResponseBody::Fixed(bytes)),
            Err(error) => panic!("the body cannot be written as JSON: {error}"),
        }
    }

    #[track_caller]
    pub(crate) fn json_with<T: Serialize>(
        self,
        status: u16,
        media_type: &str,
        body: impl Fn(&R) -> T + Send + Sync + 'static,
    ) -> Stub<R> {
        let body = move |request: &dyn Any| match request.downcast_ref().map(&body) {
            Some(body) => serde_json::to_vec(&body).map_err(|error| error.to_string()),
            None => Ok(Vec::new()),
        };
        self.respond(status, media_type, ResponseBody::Made(Box::new(body)))
    }

    /// Mounts it: from now on it responds.
    #[track_caller]
    fn respond(self, status: u16, media_type: &str, body: ResponseBody) -> Stub<R> {
        // After an informational response comes another one.
        let final_status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| !status.is_informational());
        let Some(status) = final_status else {
            panic!("{status} is no status of a response: use 200 to 999");
        };
        let state = Arc::new(StubState {
            operation: R::operation(),
            matchers: self.matchers,
            status,
            body,
            location: Location::caller(),
            settings: Mutex::new(Settings {
                media_type: media_type.to_owned(),
                ..Settings::default()
            }),
        });
        self.server.mount(Arc::clone(&state));
        Stub {
            state,
            request: PhantomData,
        }
    }
}

/// The status, which has to be one of those that the response is documented for.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
#[track_caller]
pub(crate) fn within(status: u16, class: u16) -> u16 {
    assert!(
        status / 100 == class,
        "{status} is not between {class}00 and {class}99, which this response is documented for"
    );
    status
}

/// How the server responds to some requests of an operation. Requests are of the type `R`, one of [`request`](super::request).
///
/// It is active from the moment that the response is set. The functions here, such as [`expect`](Self::expect), change it; dropping
/// it does nothing.
pub struct Stub<R> {
    state: Arc<StubState>,
    request: PhantomData<fn() -> R>,
}

pub(super) struct StubState {
    pub(super) operation: &'static Operation,
    matchers: Vec<Matcher>,
    status: StatusCode,
    body: ResponseBody,
    location: &'static Location<'static>,
    settings: Mutex<Settings>,
}

enum ResponseBody {
    Fixed(Vec<u8>),
    Made(Box<ResponseFn>),
}

#[derive(Default)]
struct Settings {
    media_type: String,
    /// Replaces the documented one.
    body: Option<Vec<u8>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    delay: Duration,
    times: Times,
    most: Option<u64>,
    requests: Vec<AnyRequest>,
}

/// What is sent back.
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) media_type: String,
    pub(super) body: Vec<u8>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) delay: Duration,
}

#[allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "it is active already"
)]
impl<R: Clone + 'static> Stub<R> {
    fn change(self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.state.settings());
        self
    }

    /// How many requests it expects: a number such as `1`, or a range such as `1..` or `1..=3`. By default it expects any number.
    ///
    /// It is checked by [`MockServer::verify`](super::MockServer::verify), and when the server is dropped.
    pub fn expect(self, times: impl Into<Times>) -> Self {
        self.change(|settings| settings.times = times.into())
    }

    /// How many requests it responds to at most. The next stub that matches responds to those that follow.
    pub fn up_to_n_times(self, times: u64) -> Self {
        self.change(|settings| settings.most = Some(times))
    }

    /// How long it waits before it responds.
    ///
    /// With more than the client's [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), the attempt times out.
    pub fn delay(self, time: Duration) -> Self {
        self.change(|settings| settings.delay = time)
    }

    /// Adds a header to the response, such as `Retry-After`. `Content-Type` is replaced, as a response has only one.
    ///
    /// # Panics
    ///
    /// If it is not a valid header.
    #[track_caller]
    pub fn header(self, name: &str, value: impl Display) -> Self {
        let value = value.to_string();
        let header = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .zip(HeaderValue::from_str(&value).ok());
        let Some(header) = header else {
            panic!("this is not a valid header: `{name}`");
        };
        self.change(|settings| {
            if header.0 == CONTENT_TYPE {
                settings.media_type = value;
            } else {
                settings.headers.push(header);
            }
        })
    }

    /// Responds with these bytes instead, for a response that is not as documented: a gateway's page, or truncated JSON.
    pub fn body(self, bytes: impl Into<Vec<u8>>, media_type: &str) -> Self {
        self.change(|settings| {
            settings.body = Some(bytes.into());
            media_type.clone_into(&mut settings.media_type);
        })
    }

    /// How many requests it responded to.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.state.settings().requests.len()
    }

    /// The requests that it responded to, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<R> {
        let settings = self.state.settings();
        let requests = settings.requests.iter().filter_map(|request| request.downcast_ref());
        requests.cloned().collect()
    }
}

impl<R> Debug for Stub<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stub").field(&self.state.to_string()).finish()
    }
}

impl StubState {
    /// A test's closure may have panicked while it held the lock; the settings are complete all the same.
    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request, or says why not.
    pub(super) fn take(&self, request: &AnyRequest) -> Result<(), String> {
        for Matcher { description, mismatch } in &self.matchers {
            if let Some(found) = mismatch(request.as_ref()) {
                return Err(format!("the stub at {} asks for {description}: {found}", self.location));
            }
        }
        let mut settings = self.settings();
        match settings.most {
            Some(most) if settings.requests.len() as u64 >= most => {
                let (times, place) = (Times::from(most), self.location);
                Err(format!("the stub at {place} has responded to {times}, its maximum"))
            }
            _ => {
                settings.requests.push(Arc::clone(request));
                Ok(())
            }
        }
    }

    /// The response to a request that it took; an error says why its body cannot be written.
    pub(super) fn response(&self, request: &AnyRequest) -> Result<Response, String> {
        let body = match &self.body {
            ResponseBody::Fixed(bytes) => bytes.clone(),
            ResponseBody::Made(make) => make(request.as_ref())?,
        };
        let settings = self.settings();
        Ok(Response {
            status: self.status,
            media_type: settings.media_type.clone(),
            body: settings.body.clone().unwrap_or(body),
            headers: settings.headers.clone(),
            delay: settings.delay,
        })
    }

    /// The message if it did not get the requests that it expects.
    pub(super) fn unmet(&self) -> Option<String> {
        let settings = self.settings();
        let count = settings.requests.len() as u64;
        (!settings.times.contain(count)).then(|| {
            let (expected, received) = (settings.times, Times::from(count));
            format!("{self}\n    expected {expected}, received {received}")
        })
    }
}

/// `create_access_token, responding with 201 at tests/tokens.rs:12:5, for `name` = "ci"`.
impl Display for StubState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, status) = (self.operation.call.name, self.status.as_u16());
        write!(f, "{name}, responding with {status} at {}", self.location)?;
        for (position, matcher) in self.matchers.iter().enumerate() {
            let and = if position == 0 { ", for " } else { " and " };
            write!(f, "{and}{}", matcher.description)?;
        }
        Ok(())
    }
}

/// How many requests are expected: a number, or a range of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    least: u64,
    /// Without one, there is no limit.
    most: Option<u64>,
}

impl Times {
    fn contain(self, count: u64) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

impl Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = |count: u64| if count == 1 { "request" } else { "requests" };
        match (self.least, self.most) {
            (least, Some(most)) if least == most => write!(f, "{least} {}", requests(least)),
            (0, Some(most)) => write!(f, "at most {most} {}", requests(most)),
            (least, Some(most)) => write!(f, "{least} to {most} requests"),
            (0, None) => f.write_str("any number of requests"),
            (least, None) => write!(f, "at least {least} {}", requests(least)),
        }
    }
}

macro_rules! times_from {
    ($($range:ty: $times:ident => $least:expr, $most:expr;)*) => {$(
        impl From<$range> for Times {
            fn from($times: $range) -> Self {
                Self { least: $least, most: $most }
            }
        }
    )*};
}

times_from! {
    u64: times => times, Some(times);
    Range<u64>: times => times.start, Some(times.end.saturating_sub(1));
    RangeInclusive<u64>: times => *times.start(), Some(*times.end());
    RangeFrom<u64>: times => times.start, None;
    RangeTo<u64>: times => 0, Some(times.end.saturating_sub(1));
    RangeToInclusive<u64>: times => 0, Some(times.end);
    RangeFull: _times => 0, None;
}
