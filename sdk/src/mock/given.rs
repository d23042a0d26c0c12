//! What a test says of an operation: which requests are meant, how they are answered, and how many it expects.

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

use super::{check::Fault, document::Operation, read::Parts, server::Shared};

/// A request of an operation, as its own type, which generated code implements it for.
pub(crate) trait Typed: Clone + Send + Sync + Sized + 'static {
    fn operation() -> &'static Operation;

    fn read(parts: &Parts) -> Result<Self, Fault>;
}

/// As [`Typed::read`], without the type.
pub(crate) fn read<R: Typed>(parts: &Parts) -> Result<Arc<dyn Any + Send + Sync>, Fault> {
    Ok(Arc::new(R::read(parts)?))
}

/// A value to compare a request with: a `T`, or whatever becomes one, such as a `&str`.
pub trait Expected<T> {
    /// The value.
    ///
    /// # Panics
    ///
    /// If it breaks a rule of the API, so that no request can have it.
    fn expected(self) -> T;
}

impl<T, V> Expected<T> for V
where
    V: TryInto<T>,
    V::Error: Display,
{
    #[track_caller]
    fn expected(self) -> T {
        match self.try_into() {
            Ok(value) => value,
            Err(error) => panic!("no request can have this value: {error}"),
        }
    }
}

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

/// The requests of an operation that a test means, as far as it said.
pub(crate) struct Given<R> {
    server: Arc<Shared>,
    matchers: Vec<Matcher>,
    request: PhantomData<fn() -> R>,
}

/// What a request has instead, if it is not meant.
type Mismatch = dyn Fn(&dyn Any) -> Option<String> + Send + Sync;

/// Makes a body of a request; an error says why it could not be written.
type Make = dyn Fn(&dyn Any) -> Result<Vec<u8>, String> + Send + Sync;

struct Matcher {
    /// For messages: `` `name` = "ci" ``.
    words: String,
    mismatch: Box<Mismatch>,
}

/// A value in a message. `Debug` says of a text of a type of its own what that is called.
fn shown(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let inner = text.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
    let quoted = inner.filter(|inner| inner.starts_with('"') && inner.ends_with('"'));
    quoted.unwrap_or(&text).to_owned()
}

impl<R> Debug for Given<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.matchers.iter().map(|matcher| &matcher.words))
            .finish()
    }
}

#[allow(dead_code, reason = "which of these are needed depends on the API's description")]
impl<R: Typed> Given<R> {
    pub(crate) fn new(server: &Arc<Shared>) -> Self {
        Self {
            server: Arc::clone(server),
            matchers: Vec::new(),
            request: PhantomData,
        }
    }

    fn matching(mut self, words: String, mismatch: impl Fn(&R) -> Option<String> + Send + Sync + 'static) -> Self {
        self.matchers.push(Matcher {
            words,
            mismatch: Box::new(move |request| request.downcast_ref().and_then(&mismatch)),
        });
        self
    }

    /// Those of which the function says so.
    #[track_caller]
    pub(crate) fn when(self, is_meant: impl Fn(&R) -> bool + Send + Sync + 'static) -> Self {
        let words = format!("`when` at {}", Location::caller());
        self.matching(words, move |request| {
            (!is_meant(request)).then(|| "it says no".to_owned())
        })
    }

    /// Those of which a part is this.
    #[track_caller]
    pub(crate) fn with<T>(self, what: &str, wanted: impl Expected<T>, part: fn(&R) -> Option<&T>) -> Self
    where
        T: PartialEq + Debug + Send + Sync + 'static,
    {
        let wanted = wanted.expected();
        let words = format!("`{what}` = {}", shown(&wanted));
        self.matching(words, move |request| match part(request) {
            Some(found) if *found == wanted => None,
            Some(found) => Some(format!("the request has {}", shown(found))),
            None => Some("the request leaves it out".to_owned()),
        })
    }

    /// Answers without a body.
    #[track_caller]
    pub(crate) fn empty(self, status: u16) -> Mock<R> {
        self.answer(status, "", Content::Fixed(Vec::new()))
    }

    #[track_caller]
    pub(crate) fn bytes(self, status: u16, media_type: &'static str, body: impl Into<Vec<u8>>) -> Mock<R> {
        self.answer(status, media_type, Content::Fixed(body.into()))
    }

    #[track_caller]
    pub(crate) fn json(self, status: u16, media_type: &'static str, body: &impl Serialize) -> Mock<R> {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.answer(status, media_type, Content::Fixed(bytes)),
            Err(error) => panic!("the body cannot be written as JSON: {error}"),
        }
    }

    #[track_caller]
    pub(crate) fn json_with<T: Serialize>(
        self,
        status: u16,
        media_type: &'static str,
        answer: impl Fn(&R) -> T + Send + Sync + 'static,
    ) -> Mock<R> {
        let content = move |request: &dyn Any| match request.downcast_ref().map(&answer) {
            Some(body) => serde_json::to_vec(&body).map_err(|error| error.to_string()),
            None => Ok(Vec::new()),
        };
        self.answer(status, media_type, Content::Made(Box::new(content)))
    }

    /// Mounts it: from now on it answers.
    #[track_caller]
    fn answer(self, status: u16, media_type: &'static str, content: Content) -> Mock<R> {
        // What comes after an informational one is the answer, so it is none itself.
        let final_status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| !status.is_informational());
        let Some(status) = final_status else {
            panic!("{status} is no status that a request can be answered with: those are 200 to 999");
        };
        let mounted = Arc::new(Mounted {
            operation: R::operation(),
            matchers: self.matchers,
            status,
            content,
            location: Location::caller(),
            settings: Mutex::new(Settings {
                media_type: media_type.to_owned(),
                ..Settings::default()
            }),
        });
        self.server.mount(Arc::clone(&mounted));
        Mock {
            mounted,
            request: PhantomData,
        }
    }
}

/// The status, which has to be one of those that the document means.
#[allow(dead_code, reason = "whether it is needed depends on the API's description")]
#[track_caller]
pub(crate) fn within(status: u16, class: u16) -> u16 {
    assert!(
        status / 100 == class,
        "{status} is none of the statuses {class}00 to {class}99, which this answer is documented for"
    );
    status
}

/// What is answered to some requests of an operation. Requests are of the type `R`, of [`request`](super::request).
///
/// It is at work from the moment that its answer is named. What is said of it afterwards, such as
/// [`expect`](Self::expect), changes it; dropping it does nothing.
pub struct Mock<R> {
    mounted: Arc<Mounted>,
    request: PhantomData<fn() -> R>,
}

pub(super) struct Mounted {
    pub(super) operation: &'static Operation,
    matchers: Vec<Matcher>,
    status: StatusCode,
    content: Content,
    location: &'static Location<'static>,
    settings: Mutex<Settings>,
}

enum Content {
    Fixed(Vec<u8>),
    Made(Box<Make>),
}

#[derive(Default)]
struct Settings {
    media_type: String,
    /// A body that stands for the one that was named first.
    body: Option<Vec<u8>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    delay: Duration,
    times: Times,
    most: Option<u64>,
    requests: Vec<Arc<dyn Any + Send + Sync>>,
}

/// What is sent back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) media_type: String,
    pub(super) body: Vec<u8>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) delay: Duration,
}

#[allow(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "it is at work already"
)]
impl<R: Clone + 'static> Mock<R> {
    fn change(self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.mounted.settings());
        self
    }

    /// How many requests it is expected to answer: a number such as `1`, or a range such as `1..` or `1..=3`. Without this,
    /// any number will do.
    ///
    /// It is checked by [`MockServer::verify`](super::MockServer::verify), and when the server is dropped.
    pub fn expect(self, times: impl Into<Times>) -> Self {
        self.change(|settings| settings.times = times.into())
    }

    /// How many requests it answers at most. What comes after is answered by the next mock that takes it.
    pub fn up_to_n_times(self, times: u64) -> Self {
        self.change(|settings| settings.most = Some(times))
    }

    /// How long it waits before it answers.
    ///
    /// More than the client's [`attempt_timeout`](crate::ClientBuilder::attempt_timeout), and the call ends without an answer.
    pub fn delay(self, time: Duration) -> Self {
        self.change(|settings| settings.delay = time)
    }

    /// Adds a header to the answer, such as `Retry-After`. `Content-Type` is replaced, as an answer has only one.
    ///
    /// # Panics
    ///
    /// If it is no header.
    #[track_caller]
    pub fn header(self, name: &str, value: impl Display) -> Self {
        let value = value.to_string();
        let header = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .zip(HeaderValue::from_str(&value).ok());
        let Some(header) = header else {
            panic!("this cannot be a header: `{name}`");
        };
        self.change(|settings| {
            if header.0 == CONTENT_TYPE {
                settings.media_type = value;
            } else {
                settings.headers.push(header);
            }
        })
    }

    /// Answers with these bytes instead, for an answer that is not as documented: a gateway's page, or JSON that was cut off.
    pub fn body(self, bytes: impl Into<Vec<u8>>, media_type: &str) -> Self {
        self.change(|settings| {
            settings.body = Some(bytes.into());
            media_type.clone_into(&mut settings.media_type);
        })
    }

    /// How many requests it answered.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.mounted.settings().requests.len()
    }

    /// The requests that it answered, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<R> {
        let settings = self.mounted.settings();
        let requests = settings.requests.iter().filter_map(|request| request.downcast_ref());
        requests.cloned().collect()
    }
}

impl<R> Debug for Mock<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mock").field(&self.mounted.to_string()).finish()
    }
}

impl Mounted {
    /// A closure of the test's may have panicked while it held the lock; what it guards is whole all the same.
    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request, or says why not.
    pub(super) fn take(&self, request: &Arc<dyn Any + Send + Sync>) -> Result<(), String> {
        for Matcher { words, mismatch } in &self.matchers {
            if let Some(found) = mismatch(request.as_ref()) {
                return Err(format!("the mock at {} asks for {words}: {found}", self.location));
            }
        }
        let mut settings = self.settings();
        match settings.most {
            Some(most) if settings.requests.len() as u64 >= most => {
                let (times, place) = (Times::from(most), self.location);
                Err(format!(
                    "the mock at {place} has answered {times}, which is all that it does"
                ))
            }
            _ => {
                settings.requests.push(Arc::clone(request));
                Ok(())
            }
        }
    }

    /// The answer to a request that it took; an error says why its body could not be written.
    pub(super) fn answer(&self, request: &Arc<dyn Any + Send + Sync>) -> Result<Answer, String> {
        let made = match &self.content {
            Content::Fixed(bytes) => bytes.clone(),
            Content::Made(make) => make(request.as_ref())?,
        };
        let settings = self.settings();
        Ok(Answer {
            status: self.status,
            media_type: settings.media_type.clone(),
            body: settings.body.clone().unwrap_or(made),
            headers: settings.headers.clone(),
            delay: settings.delay,
        })
    }

    /// What is said of it if it did not get the requests that it expects.
    pub(super) fn unmet(&self) -> Option<String> {
        let settings = self.settings();
        let count = settings.requests.len() as u64;
        (!settings.times.contain(count)).then(|| {
            let (expected, answered) = (settings.times, Times::from(count));
            format!("{self}\n    expected {expected}, got {answered}")
        })
    }
}

/// `create_access_token, answered with 201 at tests/tokens.rs:12:5, for `name` = "ci"`.
impl Display for Mounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, status) = (self.operation.call.name, self.status.as_u16());
        write!(f, "{name}, answered with {status} at {}", self.location)?;
        for (position, matcher) in self.matchers.iter().enumerate() {
            write!(f, "{}{}", if position == 0 { ", for " } else { " and " }, matcher.words)?;
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
