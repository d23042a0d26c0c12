use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use backon::Retryable as _;
use bytes::Bytes;
use reqwest::{
    Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT},
};
use tracing::{Instrument as _, Span};

use crate::{
    Body, CallOptions, Credentials, Error, NoAnswer, NotSent, Undocumented,
    call::{Call, Operation},
    client::Inner,
    credentials::Source,
    error::{Cause, Fault},
    multipart::Form,
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
    /// Written anew for each attempt, which opens its files.
    Form(Form),
    /// What may be a stream: the first attempt takes it, and there can be no other.
    Once(Mutex<Option<reqwest::Body>>),
}

/// One of the times that a call is sent.
struct Attempt {
    /// From 1.
    number: u32,
    deadline: Instant,
    /// What the deadline comes from: how long it is, and which setting says so.
    limit: (Duration, &'static str),
    span: Span,
}

/// An answer of which status and headers are here, and the body is still on its way.
pub(crate) struct Opened<'a> {
    pub(crate) client: &'a Inner,
    pub(crate) operation: &'static Operation,
    pub(crate) options: CallOptions,
    pub(crate) response: reqwest::Response,
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

impl<E> From<Unanswered> for Error<E> {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NotSent(error) => Self::NotSent(error),
            Unanswered::NoAnswer(error) => Self::NoAnswer(error),
            Unanswered::Undocumented(error) => Self::Undocumented(error),
        }
    }
}

/// What an attempt is judged by.
pub(crate) trait Answered {
    fn status(&self) -> StatusCode;
    fn retry_after(&self) -> Option<Duration>;
}

impl Answered for Opened<'_> {
    fn status(&self) -> StatusCode {
        self.response.status()
    }

    fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl Answered for Received {
    fn status(&self) -> StatusCode {
        self.answer.status
    }

    fn retry_after(&self) -> Option<Duration> {
        self.answer.retry_after
    }
}

/// Nothing here depends on the operation's error, so that it is compiled once.
impl<'a> Call<'a> {
    /// Sends it, as often as its policy says, and reads the whole answer.
    pub(crate) async fn send(self) -> Result<Received, Unanswered> {
        let call = &self;
        call.repeat(|attempt| async { call.attempt(attempt).await?.read().await })
            .await
    }

    /// Sends it, as often as its policy says, and waits for the head of the answer.
    #[allow(dead_code, reason = "whether it is needed depends on the API's document")]
    pub(crate) async fn open(self) -> Result<Opened<'a>, Unanswered> {
        self.repeat(|attempt| self.attempt(attempt)).await
    }

    async fn repeat<A: Answered, F>(&self, attempt: impl Fn(Attempt) -> F) -> Result<A, Unanswered>
    where
        F: Future<Output = Result<A, Unanswered>>,
    {
        let options = &self.options;
        let surroundings = &self.client.surroundings;
        let end = surroundings.after(options.timeout);
        let span = trace::span(self);
        let mut number = 0;
        let attempts = || {
            number += 1;
            let one_ends = surroundings.after(options.attempt_timeout);
            let attempt = attempt(Attempt {
                number,
                deadline: one_ends.min(end),
                limit: if one_ends < end {
                    (options.attempt_timeout, "attempt_timeout")
                } else {
                    (options.timeout, "timeout")
                },
                span: span.clone(),
            });
            async move {
                let outcome = attempt.await;
                trace::attempt(number, &outcome);
                if self.may_repeat(&outcome) {
                    Err(outcome)
                } else {
                    Ok(outcome)
                }
            }
        };
        let sleep = {
            let surroundings = surroundings.clone();
            move |wait| surroundings.clone().sleep(wait)
        };
        let repeated = attempts
            .retry(options.retry.backoff())
            .sleep(sleep)
            .adjust(|outcome, longest| {
                let wait = options
                    .retry
                    .wait(surroundings.part_of(longest?), retry_after(outcome))?;
                // A wait that leaves no time for an attempt is for nothing.
                (surroundings.after(wait) < end).then_some(wait)
            })
            .notify(trace::wait);
        let (Ok(outcome) | Err(outcome)) = repeated.instrument(span.clone()).await;
        trace::outcome(&span, number, &outcome);
        outcome
    }

    fn may_repeat<A: Answered>(&self, outcome: &Result<A, Unanswered>) -> bool {
        let may_help = match outcome {
            Ok(answer) => {
                let has_retry_after = answer.retry_after().is_some();
                retry::after_answer(&self.operation.method, answer.status(), has_retry_after)
            }
            Err(Unanswered::NotSent(_)) => false,
            Err(Unanswered::NoAnswer(error)) => error.is_retryable(),
            Err(Unanswered::Undocumented(error)) => error.is_retryable(),
        };
        may_help && !matches!(self.payload, Payload::Once(_))
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Opened<'a>, Unanswered> {
        let Self {
            client,
            operation,
            options,
            ..
        } = *self;
        let surroundings = &client.surroundings;
        let request = surroundings.before(attempt.deadline, self.request()).await;
        let (request, credentials) = request
            .unwrap_or_else(|| {
                let (limit, setting) = attempt.limit;
                let reason = format!("its credentials and files were not there within {limit:?} (`{setting}`)");
                Err(NotSent::new(operation.name, reason))
            })
            .map_err(Unanswered::NotSent)?;
        let sent = surroundings
            .before(attempt.deadline, client.http.execute(request))
            .await;
        let cause = match sent {
            Some(Ok(response)) => {
                let retry_after = retry::retry_after(response.headers(), surroundings);
                return Ok(Opened {
                    client,
                    operation,
                    options,
                    response,
                    credentials,
                    retry_after,
                    attempt,
                });
            }
            Some(Err(error)) => Cause::Transport(error.without_url()),
            None => attempt.timeout(),
        };
        Err(Unanswered::NoAnswer(NoAnswer::new(
            operation,
            cause,
            attempt.number,
            client.is_own_http,
        )))
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
            Payload::Form(form) => {
                let (media_type, body) = form.open().await.map_err(not_sent)?;
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
    /// Reads the whole body.
    pub(crate) async fn read(mut self) -> Result<Received, Unanswered> {
        let mut bytes = Vec::new();
        let reading = read(&mut self.response, self.options.max_response_size, &mut bytes);
        let cut = match self.client.surroundings.before(self.attempt.deadline, reading).await {
            Some(Ok(())) => None,
            Some(Err(fault)) => Some(fault),
            None => Some(Fault::Incomplete(self.attempt.timeout())),
        };
        let answer = self.answer(bytes);
        match cut {
            None => Ok(Received {
                operation: self.operation,
                answer,
                span: self.attempt.span,
            }),
            Some(fault) => {
                let error = Undocumented::new(self.operation, answer, fault);
                Err(Unanswered::Undocumented(Box::new(error)))
            }
        }
    }

    /// The answer, in which a server that repeats the credential does not get it into an error.
    pub(crate) fn answer(&mut self, mut bytes: Vec<u8>) -> Answer {
        let status = self.response.status();
        let mut headers = std::mem::take(self.response.headers_mut());
        if let Some(Ok(authorization)) = self.credentials.as_ref().map(Credentials::authorization) {
            let redactor = &authorization.redactor;
            if !status.is_success() {
                redactor.redact_body(&mut bytes);
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
            body: Body::new(bytes),
            streamed: 0,
            retry_after: self.retry_after,
            attempts: self.attempt.number,
        }
    }
}

fn retry_after<A: Answered>(outcome: &Result<A, Unanswered>) -> Option<Duration> {
    match outcome {
        Ok(answer) => answer.retry_after(),
        Err(Unanswered::Undocumented(error)) => error.answer().retry_after,
        Err(Unanswered::NotSent(_) | Unanswered::NoAnswer(_)) => None,
    }
}

/// Reads what is left of a body, up to a limit in bytes. What came before a fault is in `bytes`.
pub(crate) async fn read(response: &mut reqwest::Response, limit: usize, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    /// The length is the server's word, which is not to take more memory than this before a byte has come.
    const TRUSTED: u64 = 64 * 1024;

    let announced = response.content_length().unwrap_or_default().min(TRUSTED);
    bytes.reserve(usize::try_from(announced).map_or(limit, |length| length.min(limit)));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > limit - bytes.len() => {
                bytes.extend_from_slice(&chunk[..limit - bytes.len()]);
                return Err(Fault::TooLong(limit));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(()),
            Err(error) => return Err(Fault::Incomplete(Cause::Transport(error.without_url()))),
        }
    }
}

#[cfg(test)]
mod tests;
