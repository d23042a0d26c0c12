use std::{
    borrow::Cow,
    pin::{Pin, pin},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{
    Request,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, USER_AGENT},
};
use tracing::{Instrument as _, Span};

use crate::{
    Body, CallOptions, Credentials, Error, InvalidRequest, NoAnswer, NotSent, Undocumented,
    call::{Call, Operation},
    client::Inner,
    credentials::{Source, Summary, add_cookies},
    error::{Cause, Fault},
    options::TimeLimit,
    received::Received,
    response::Answer,
    retry,
    security::{Scheme, chosen, unsatisfied},
    trace,
};

/// What is sent besides the headers.
pub(crate) enum Payload {
    None,
    Bytes(HeaderValue, Bytes),
    /// Written anew for each attempt.
    Anew(Box<dyn Anew>),
    /// What may be a stream: the first attempt takes it, and there can be no other.
    Once(HeaderValue, Mutex<Option<reqwest::Body>>),
}

impl Payload {
    /// The body of a request and its media type; or why there is none.
    async fn open(&self) -> Result<Option<(HeaderValue, reqwest::Body)>, String> {
        Ok(match self {
            Self::None => None,
            Self::Bytes(media_type, bytes) => Some((media_type.clone(), bytes.clone().into())),
            Self::Anew(body) => Some(body.open().await?),
            Self::Once(media_type, body) => {
                let body = body.lock().unwrap_or_else(PoisonError::into_inner).take();
                body.map(|body| (media_type.clone(), body))
            }
        })
    }
}

/// A body that is written anew for each attempt, and its media type; or why it cannot be.
///
/// A trait, because a program that sends none of them is not to hold the code that writes them.
pub(crate) trait Anew: Send + Sync {
    fn open(&self) -> Opening<'_>;
}

pub(crate) type Opening<'a> = Pin<Box<dyn Future<Output = Result<(HeaderValue, reqwest::Body), String>> + Send + 'a>>;

/// One of the times that a call is sent.
#[derive(Clone, Copy)]
struct Attempt {
    /// From 1.
    number: u32,
    deadline: Instant,
    /// The setting that the deadline comes from.
    limit: TimeLimit,
}

/// How far an attempt has come.
enum Progress<'a> {
    Preparing,
    Sent,
    Answered(Box<Opened<'a>>),
}

/// An answer of which status and headers are here, and the body may still be on its way.
pub(crate) struct Opened<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) operation: &'static Operation,
    pub(crate) options: &'a CallOptions,
    pub(crate) response: reqwest::Response,
    /// What has been read of it.
    body: Body,
    /// What the server was sent, and must not get into an error if it comes back.
    credentials: Option<Cow<'a, Credentials>>,
    retry_after: Option<Duration>,
    attempt: Attempt,
    /// That of the call.
    span: Span,
}

/// A call that got no complete answer.
pub(crate) enum Unanswered {
    InvalidRequest(InvalidRequest),
    NotSent(NotSent),
    NoAnswer(NoAnswer),
    Undocumented(Box<Undocumented>),
}

impl Unanswered {
    /// The same where an earlier attempt may have taken effect: then the call cannot be said to be not sent.
    fn after_one_that_was_sent(self, call: &Call<'_>, attempts: u32) -> Self {
        match self {
            Self::NotSent(error) => {
                let error = NoAnswer::new(call, Cause::NotSent(Box::new(error)), attempts);
                Self::NoAnswer(error.after_one_that_was_sent())
            }
            Self::NoAnswer(error) => Self::NoAnswer(error.after_one_that_was_sent()),
            other @ (Self::InvalidRequest(_) | Self::Undocumented(_)) => other,
        }
    }
}

impl From<InvalidRequest> for Unanswered {
    fn from(error: InvalidRequest) -> Self {
        Self::InvalidRequest(error)
    }
}

impl From<NotSent> for Unanswered {
    fn from(error: NotSent) -> Self {
        Self::NotSent(error)
    }
}

impl<E> From<Unanswered> for Error<E> {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::InvalidRequest(error) => Self::InvalidRequest(error),
            Unanswered::NotSent(error) => Self::NotSent(error),
            Unanswered::NoAnswer(error) => Self::NoAnswer(error),
            Unanswered::Undocumented(error) => Self::Undocumented(error),
        }
    }
}

/// Nothing here depends on the operation's error, so that it is compiled once.
impl<'a> Call<'a> {
    /// Sends it, as often as its policy says, and reads the whole answer.
    pub(crate) async fn send(&self) -> Result<Received, Unanswered> {
        Ok(self.repeat(true).await?.received())
    }

    /// Sends it, as often as its policy says, and waits for the head of the answer.
    #[allow(dead_code, reason = "whether it is needed depends on the API's description")]
    pub(crate) async fn open(&self) -> Result<Box<Opened<'a>>, Unanswered> {
        self.repeat(false).await
    }

    async fn repeat(&self, is_whole: bool) -> Result<Box<Opened<'a>>, Unanswered> {
        self.violations.result(self.operation.name)?;
        let span = trace::span(self);
        let attempts = pin!(self.attempts(is_whole, &span));
        attempts.instrument(span.clone()).await
    }

    async fn attempts(&self, is_whole: bool, span: &Span) -> Result<Box<Opened<'a>>, Unanswered> {
        let options = self.options;
        let surroundings = &self.client.surroundings;
        let end = surroundings.after(options.timeout);
        let mut number = 0;
        let mut was_sent = false;
        loop {
            number += 1;
            let one_ends = surroundings.after(options.attempt_timeout);
            let attempt = Attempt {
                number,
                deadline: one_ends.min(end),
                limit: if one_ends < end {
                    TimeLimit::Attempt
                } else {
                    TimeLimit::Call
                },
            };
            let mut outcome = self.attempt(&attempt, span, is_whole).await;
            if was_sent {
                outcome = outcome.map_err(|error| error.after_one_that_was_sent(self, number - 1));
            }
            was_sent |= may_have_taken_effect(&outcome);
            trace::attempt(number, &outcome);
            let longest = if self.may_repeat(&outcome) {
                options.retry.longest_wait(number)
            } else {
                None
            };
            let wait = longest.and_then(|longest| {
                let jittered = surroundings.part_of(longest);
                options.retry.wait(jittered, retry_after(&outcome))
            });
            // A wait that leaves no time for an attempt is for nothing.
            let Some(wait) = wait.filter(|wait| surroundings.after(*wait) < end) else {
                trace::outcome(span, number, &outcome);
                return outcome;
            };
            trace::wait(wait);
            surroundings.sleep(wait).await;
        }
    }

    fn may_repeat(&self, outcome: &Result<Box<Opened<'a>>, Unanswered>) -> bool {
        let may_help = match outcome {
            Ok(opened) => {
                let (status, has_retry_after) = (opened.response.status(), opened.retry_after.is_some());
                retry::after_answer(&self.operation.method, status, has_retry_after)
            }
            Err(Unanswered::InvalidRequest(_) | Unanswered::NotSent(_)) => false,
            // What could not be sent now cannot be sent in a moment either.
            Err(Unanswered::NoAnswer(error)) => error.is_retryable() && !matches!(error.ended_by(), Cause::NotSent(_)),
            Err(Unanswered::Undocumented(error)) => error.is_retryable(),
        };
        may_help && !matches!(self.payload, Payload::Once(..))
    }

    async fn attempt(&self, attempt: &Attempt, span: &Span, is_whole: bool) -> Result<Box<Opened<'a>>, Unanswered> {
        let Attempt { number, limit, .. } = *attempt;
        let mut progress = Progress::Preparing;
        let result = {
            let advancing = pin!(self.advance(attempt, span, is_whole, &mut progress));
            self.client.surroundings.before(attempt.deadline, advancing).await
        };
        match (result, progress) {
            (Some(Err(unanswered)), _) => Err(unanswered),
            (Some(Ok(())), Progress::Answered(opened)) => Ok(opened),
            // In all that follows, time has run out.
            (_, Progress::Answered(mut opened)) => Err(opened.cut(Fault::Incomplete(self.options.timed_out(limit)))),
            (_, Progress::Sent) => {
                let cause = self.options.timed_out(limit);
                Err(Unanswered::NoAnswer(NoAnswer::new(self, cause, number)))
            }
            (_, Progress::Preparing) => {
                let time = self.options.time(limit);
                let reason = format!("its credentials and files were not there within {time:?} (`{limit}`)");
                Err(Unanswered::NotSent(NotSent::new(self.operation.name, reason)))
            }
        }
    }

    /// Goes through all of an attempt, and keeps where it is for when time runs out.
    async fn advance(
        &self,
        attempt: &Attempt,
        span: &Span,
        is_whole: bool,
        progress: &mut Progress<'a>,
    ) -> Result<(), Unanswered> {
        let Self {
            client,
            operation,
            options,
            ..
        } = *self;
        let (credentials, schemes) = self.credentials().await?;
        let not_sent = |reason| NotSent::new(operation.name, reason);
        let body = self.payload.open().await.map_err(not_sent)?;
        let request = self.request(credentials.as_deref(), schemes, body);
        let sending = client.http.execute(request.map_err(not_sent)?);
        *progress = Progress::Sent;
        *progress = Progress::Answered({
            let response = sending.await.map_err(|error| {
                let cause = Cause::Transport(error.without_url());
                Unanswered::NoAnswer(NoAnswer::new(self, cause, attempt.number))
            })?;
            Box::new(Opened {
                client,
                operation,
                options,
                retry_after: retry::retry_after(response.headers(), &client.surroundings),
                response,
                body: Body::default(),
                credentials,
                attempt: *attempt,
                span: span.clone(),
            })
        });
        if let (true, Progress::Answered(opened)) = (is_whole, progress) {
            opened.fill().await.map_err(|fault| opened.cut(fault))?;
        }
        Ok(())
    }

    fn request(
        &self,
        credentials: Option<&Credentials>,
        schemes: &[Scheme],
        body: Option<(HeaderValue, reqwest::Body)>,
    ) -> Result<Request, String> {
        let Self { client, operation, .. } = *self;
        let mut request = Request::new(operation.method.clone(), self.url());
        let mut headers = HeaderMap::with_capacity(4 + self.headers.len());
        for scheme in schemes.iter().filter(|scheme| !self.sets(**scheme)) {
            if let Some(credentials) = credentials {
                credentials.authenticate(*scheme, &mut headers, request.url_mut())?;
            }
        }
        headers.insert(ACCEPT, operation.accept.clone());
        headers.insert(USER_AGENT, client.user_agent.clone());
        for (name, value) in &self.headers {
            if name == COOKIE {
                add_cookies(&mut headers, value.clone());
            } else {
                headers.insert(name, value.clone());
            }
        }
        if let Some((media_type, body)) = body {
            headers.insert(CONTENT_TYPE, media_type);
            *request.body_mut() = Some(body);
        }
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The credentials of an attempt, and the schemes for which they are sent: none if the operation is open to all, or can
    /// be called without and there are none.
    async fn credentials(&self) -> Result<(Option<Cow<'a, Credentials>>, &'static [Scheme]), NotSent> {
        let Self { client, operation, .. } = *self;
        if operation.security.is_empty() {
            return Ok((None, &[]));
        }
        let not_sent = |reason: String| NotSent::new(operation.name, reason);
        let credentials = match &client.credentials {
            // No provider is asked for what cannot help.
            _ if !operation
                .security
                .iter()
                .copied()
                .flatten()
                .any(|scheme| scheme.is_sent()) =>
            {
                None
            }
            Source::None => None,
            Source::Fixed(credentials) => Some(Cow::Borrowed(credentials)),
            Source::Provider(provider) => {
                let answered = provider()
                    .await
                    .map_err(|source| not_sent("the provider of its credentials failed".into()).with_source(source))?;
                Some(Cow::Owned(answered))
            }
        };
        let has = |scheme| {
            let credentials = credentials.as_deref();
            self.sets(scheme) || credentials.is_some_and(|credentials| credentials.has(scheme))
        };
        match chosen(operation.security, client.has_certificate, has) {
            Some(schemes) => Ok((credentials.filter(|_| !schemes.is_empty()), schemes)),
            None => Err(not_sent(unsatisfied(
                operation.security,
                &Summary(credentials.as_deref()),
            ))),
        }
    }
}

impl Opened<'_> {
    /// Reads the whole answer.
    #[allow(dead_code, reason = "whether it is needed depends on the API's description")]
    pub(crate) async fn read(mut self: Box<Self>) -> Result<Received, Unanswered> {
        let result = {
            let deadline = self.attempt.deadline;
            let surroundings = &self.client.surroundings;
            surroundings.before(deadline, pin!(self.fill())).await
        };
        let fault = match result {
            Some(Ok(())) => return Ok(self.received()),
            Some(Err(fault)) => fault,
            None => Fault::Incomplete(self.options.timed_out(self.attempt.limit)),
        };
        let error = self.cut(fault);
        trace::unanswered(&self.span, &error);
        Err(error)
    }

    /// Reads the body, as much as the call permits.
    async fn fill(&mut self) -> Result<(), Fault> {
        read(&mut self.response, self.options.max_response_size, &mut self.body).await
    }

    fn received(mut self: Box<Self>) -> Received {
        Received {
            operation: self.operation,
            answer: self.answer(true),
            span: self.span,
        }
    }

    fn cut(&mut self, fault: Fault) -> Unanswered {
        let error = Undocumented::new(self.operation, self.answer(false), fault);
        Unanswered::Undocumented(Box::new(error))
    }

    /// The answer, in which a server that repeats the credential does not get it into an error.
    pub(crate) fn answer(&mut self, is_whole: bool) -> Answer {
        let mut body = std::mem::take(&mut self.body);
        let status = self.response.status();
        let mut headers = std::mem::take(self.response.headers_mut());
        for redactor in self.credentials.iter().flat_map(|credentials| credentials.redactors()) {
            if !status.is_success() {
                redactor.redact_body(body.as_vec(), is_whole);
            }
            for value in headers.values_mut() {
                if redactor.finds(value.as_bytes()) {
                    *value = redactor.redacted(value);
                }
            }
        }
        Answer {
            status,
            headers,
            body,
            streamed: 0,
            retry_after: self.retry_after,
            attempts: self.attempt.number,
        }
    }
}

fn may_have_taken_effect(outcome: &Result<Box<Opened<'_>>, Unanswered>) -> bool {
    match outcome {
        Ok(opened) => !retry::is_refusal(opened.response.status(), opened.retry_after.is_some()),
        Err(Unanswered::Undocumented(error)) => {
            let answer = error.answer();
            !retry::is_refusal(answer.status, answer.retry_after.is_some())
        }
        Err(Unanswered::NoAnswer(error)) => error.may_have_been_sent(),
        Err(Unanswered::InvalidRequest(_) | Unanswered::NotSent(_)) => false,
    }
}

fn retry_after(outcome: &Result<Box<Opened<'_>>, Unanswered>) -> Option<Duration> {
    match outcome {
        Ok(opened) => opened.retry_after,
        Err(Unanswered::Undocumented(error)) => error.answer().retry_after,
        Err(Unanswered::InvalidRequest(_) | Unanswered::NotSent(_) | Unanswered::NoAnswer(_)) => None,
    }
}

/// Reads what is left of a body, up to a limit in bytes. What came before a fault is in `body`.
pub(crate) async fn read(response: &mut reqwest::Response, limit: usize, body: &mut Body) -> Result<(), Fault> {
    /// The length is the server's word, which is not to take more memory than this before a byte has come.
    const TRUSTED: u64 = 64 * 1024;

    let announced = response.content_length().unwrap_or_default().min(TRUSTED);
    body.reserve(
        usize::try_from(announced).map_or(limit, |length| length.min(limit)),
        limit,
    );
    loop {
        let left = limit - body.as_bytes().len();
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > left => {
                body.push(&chunk[..left], limit);
                return Err(Fault::TooLong(limit));
            }
            Ok(Some(chunk)) => body.push(&chunk, limit),
            Ok(None) => return Ok(()),
            Err(error) => return Err(Fault::Incomplete(Cause::Transport(error.without_url()))),
        }
    }
}

#[cfg(test)]
mod tests;
