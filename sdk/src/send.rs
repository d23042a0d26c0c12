use std::{
    pin::{Pin, pin},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{
    Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT},
};
use tracing::{Instrument as _, Span};

use crate::{
    Body, CallOptions, Credentials, Error, NoAnswer, NotSent, Undocumented,
    call::{Call, Operation},
    client::Inner,
    credentials::Source,
    error::{Cause, Fault},
    options::TimeLimit,
    received::Received,
    response::Answer,
    retry, trace,
};

/// What is sent besides the headers.
#[derive(Default)]
pub(crate) enum Payload {
    #[default]
    None,
    Bytes(Bytes),
    /// Written anew for each attempt.
    Anew(Box<dyn Anew>),
    /// What may be a stream: the first attempt takes it, and there can be no other.
    Once(Mutex<Option<reqwest::Body>>),
}

/// A body that is written anew for each attempt, and its media type; or why it cannot be.
///
/// A trait, because a program that sends none of them is not to hold the code that writes them.
pub(crate) trait Anew: Send + Sync {
    fn open(&self) -> Opening<'_>;
}

pub(crate) type Opening<'a> = Pin<Box<dyn Future<Output = Result<(HeaderValue, reqwest::Body), String>> + Send + 'a>>;

/// One of the times that a call is sent.
struct Attempt {
    /// From 1.
    number: u32,
    deadline: Instant,
    /// What the deadline comes from: how long it is, and which setting says so.
    limit: (Duration, TimeLimit),
    span: Span,
}

/// An answer of which status and headers are here, and the body may still be on its way.
pub(crate) struct Opened<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) operation: &'static Operation,
    pub(crate) options: CallOptions,
    pub(crate) response: reqwest::Response,
    /// What has been read of it.
    body: Body,
    /// What the server was sent, and must not get into an error if it comes back.
    credentials: Option<Credentials>,
    retry_after: Option<Duration>,
    attempt: Attempt,
}

/// A call that got no complete answer.
pub(crate) enum Unanswered {
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
            Self::Undocumented(error) => Self::Undocumented(error),
        }
    }
}

impl<E> From<Unanswered> for Error<E> {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
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
    #[allow(dead_code, reason = "whether it is needed depends on the API's document")]
    pub(crate) async fn open(&self) -> Result<Opened<'a>, Unanswered> {
        self.repeat(false).await
    }

    async fn repeat(&self, is_whole: bool) -> Result<Opened<'a>, Unanswered> {
        let options = &self.options;
        let surroundings = &self.client.surroundings;
        let end = surroundings.after(options.timeout);
        let span = trace::span(self);
        let attempts = pin!(async {
            let mut delays = options.retry.backoff();
            let mut number = 0;
            let mut was_sent = false;
            loop {
                number += 1;
                let one_ends = surroundings.after(options.attempt_timeout);
                let attempt = Attempt {
                    number,
                    deadline: one_ends.min(end),
                    limit: if one_ends < end {
                        (options.attempt_timeout, TimeLimit::Attempt)
                    } else {
                        (options.timeout, TimeLimit::Call)
                    },
                    span: span.clone(),
                };
                let mut outcome = self.attempt(attempt, is_whole).await;
                if was_sent {
                    outcome = outcome.map_err(|error| error.after_one_that_was_sent(self, number - 1));
                }
                was_sent |= may_have_taken_effect(&outcome);
                trace::attempt(number, &outcome);
                let delay = if self.may_repeat(&outcome) { delays.next() } else { None };
                let wait = delay.and_then(|longest| {
                    let jittered = surroundings.part_of(longest);
                    options.retry.wait(jittered, retry_after(&outcome))
                });
                // A wait that leaves no time for an attempt is for nothing.
                let Some(wait) = wait.filter(|wait| surroundings.after(*wait) < end) else {
                    trace::outcome(&span, number, &outcome);
                    return outcome;
                };
                trace::wait(wait);
                surroundings.sleep(wait).await;
            }
        });
        attempts.instrument(span.clone()).await
    }

    fn may_repeat(&self, outcome: &Result<Opened<'a>, Unanswered>) -> bool {
        let may_help = match outcome {
            Ok(opened) => {
                let (status, has_retry_after) = (opened.response.status(), opened.retry_after.is_some());
                retry::after_answer(&self.operation.method, status, has_retry_after)
            }
            Err(Unanswered::NotSent(_)) => false,
            // What could not be sent now cannot be sent in a moment either.
            Err(Unanswered::NoAnswer(error)) => error.is_retryable() && !matches!(error.ended_by(), Cause::NotSent(_)),
            Err(Unanswered::Undocumented(error)) => error.is_retryable(),
        };
        may_help && !matches!(self.payload, Payload::Once(_))
    }

    async fn attempt(&self, attempt: Attempt, is_whole: bool) -> Result<Opened<'a>, Unanswered> {
        let Self {
            client,
            operation,
            options,
            ..
        } = *self;
        let mut credentials = None;
        let mut is_ready = false;
        let sent = {
            let sending = pin!(async {
                let (request, own) = self.request().await.map_err(Unanswered::NotSent)?;
                (credentials, is_ready) = (own, true);
                Ok(client.http.execute(request).await)
            });
            client.surroundings.before(attempt.deadline, sending).await
        };
        let cause = match sent {
            Some(Ok(Ok(response))) => {
                let retry_after = retry::retry_after(response.headers(), &client.surroundings);
                let mut opened = Opened {
                    client,
                    operation,
                    options,
                    response,
                    body: Body::default(),
                    credentials,
                    retry_after,
                    attempt,
                };
                if is_whole {
                    opened.fill().await?;
                }
                return Ok(opened);
            }
            Some(Ok(Err(error))) => Cause::Transport(error.without_url()),
            Some(Err(unanswered)) => return Err(unanswered),
            None if is_ready => attempt.timeout(),
            None => {
                let (limit, setting) = attempt.limit;
                let reason = format!("its credentials and files were not there within {limit:?} (`{setting}`)");
                return Err(Unanswered::NotSent(NotSent::new(operation.name, reason)));
            }
        };
        Err(Unanswered::NoAnswer(NoAnswer::new(self, cause, attempt.number)))
    }

    async fn request(&self) -> Result<(Request, Option<Credentials>), NotSent> {
        let Self { client, operation, .. } = *self;
        let not_sent = |reason| NotSent::new(operation.name, reason);
        let credentials = client.credentials_for(operation).await?;
        let mut request = Request::new(operation.method.clone(), self.url());
        let mut headers = HeaderMap::with_capacity(4 + self.headers.len());
        if let Some(credentials) = &credentials {
            let authorization = credentials.authorization().map_err(|reason| not_sent(reason.into()))?;
            headers.insert(AUTHORIZATION, authorization.header.clone());
        }
        headers.insert(ACCEPT, HeaderValue::from_static(operation.accept));
        headers.insert(USER_AGENT, client.user_agent.clone());
        if let Some(media_type) = &self.media_type {
            headers.insert(CONTENT_TYPE, media_type.clone());
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        let body = match &self.payload {
            Payload::None => None,
            Payload::Bytes(bytes) => Some(bytes.clone().into()),
            Payload::Once(body) => body.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Payload::Anew(body) => {
                let (media_type, body) = body.open().await.map_err(not_sent)?;
                headers.insert(CONTENT_TYPE, media_type);
                Some(body)
            }
        };
        *request.headers_mut() = headers;
        *request.body_mut() = body;
        Ok((request, credentials))
    }
}

impl Attempt {
    fn timeout(&self) -> Cause {
        let (limit, setting) = self.limit;
        Cause::Timeout { limit, setting }
    }
}

impl Inner {
    /// The credentials with which an operation is called: none if it is open to all, or can be called without and there
    /// are none.
    async fn credentials_for(&self, operation: &'static Operation) -> Result<Option<Credentials>, NotSent> {
        if operation.security.is_empty() {
            return Ok(None);
        }
        let not_sent = |reason: String| NotSent::new(operation.name, reason);
        let credentials = match &self.credentials {
            Source::None if operation.is_open => return Ok(None),
            Source::None => {
                return Err(not_sent(
                    "it needs credentials, and the client has none: give some with `ClientBuilder::credentials`".into(),
                ));
            }
            Source::Fixed(credentials) => credentials.clone(),
            Source::Provider(provider) => provider()
                .await
                .map_err(|source| not_sent("the provider of its credentials failed".into()).with_source(source))?,
        };
        if operation.security.contains(&credentials.scheme()) {
            Ok(Some(credentials))
        } else {
            let (taken, given) = (operation.security, credentials.scheme());
            Err(not_sent(format!(
                "it takes {taken:?} credentials, and the client has {given:?}"
            )))
        }
    }
}

impl Opened<'_> {
    /// Reads the whole answer.
    #[allow(dead_code, reason = "whether it is needed depends on the API's document")]
    pub(crate) async fn read(mut self) -> Result<Received, Unanswered> {
        match self.fill().await {
            Ok(()) => Ok(self.received()),
            Err(error) => {
                trace::unanswered(&self.attempt.span, &error);
                Err(error)
            }
        }
    }

    fn received(mut self) -> Received {
        Received {
            operation: self.operation,
            answer: self.answer(true),
            span: self.attempt.span,
        }
    }

    /// Reads the body.
    async fn fill(&mut self) -> Result<(), Unanswered> {
        let read = {
            let reading = pin!(read(&mut self.response, self.options.max_response_size, &mut self.body));
            self.client.surroundings.before(self.attempt.deadline, reading).await
        };
        let fault = match read {
            Some(Ok(())) => return Ok(()),
            Some(Err(fault)) => fault,
            None => Fault::Incomplete(self.attempt.timeout()),
        };
        let error = Undocumented::new(self.operation, self.answer(false), fault);
        Err(Unanswered::Undocumented(Box::new(error)))
    }

    /// The answer, in which a server that repeats the credential does not get it into an error.
    pub(crate) fn answer(&mut self, is_whole: bool) -> Answer {
        let mut body = std::mem::take(&mut self.body);
        let status = self.response.status();
        let mut headers = std::mem::take(self.response.headers_mut());
        if let Some(Ok(authorization)) = self.credentials.as_ref().map(Credentials::authorization) {
            let redactor = &authorization.redactor;
            if !status.is_success() {
                redactor.redact_body(body.as_vec(), is_whole);
            }
            for value in headers.values_mut() {
                if let Some(redacted) = redactor.redacted(value) {
                    *value = redacted;
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

fn may_have_taken_effect(outcome: &Result<Opened<'_>, Unanswered>) -> bool {
    match outcome {
        Ok(opened) => !retry::is_refusal(opened.response.status(), opened.retry_after.is_some()),
        Err(Unanswered::Undocumented(error)) => {
            let answer = error.answer();
            !retry::is_refusal(answer.status, answer.retry_after.is_some())
        }
        Err(Unanswered::NoAnswer(error)) => error.may_have_been_sent(),
        Err(Unanswered::NotSent(_)) => false,
    }
}

fn retry_after(outcome: &Result<Opened<'_>, Unanswered>) -> Option<Duration> {
    match outcome {
        Ok(opened) => opened.retry_after,
        Err(Unanswered::Undocumented(error)) => error.answer().retry_after,
        Err(Unanswered::NotSent(_) | Unanswered::NoAnswer(_)) => None,
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
