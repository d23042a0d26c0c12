use std::{
    borrow::Cow,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use memchr::memchr2;
use reqwest::{
    Request, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, USER_AGENT},
};
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use self::progress::{Content, Progress, TrackedBody};
use crate::{
    AttemptOutcome, Body, CallOptions, Credentials, CredentialsError, CredentialsErrorKind, Error, InterceptedRequest,
    InterceptedResponse, InvalidRequest, TransportError, UnexpectedKind, UnexpectedResponse,
    call::{Call, Operation},
    client::Inner,
    clock::{Clock, deadline},
    credentials::{Summary, add_cookies},
    error::{Context, Doing, Seen, TransportCause},
    options::TimeLimit,
    provider::{self, CredentialSource},
    received::BufferedResponse,
    response::RawResponse,
    retry,
    security::{Scheme, chosen, unsatisfied},
    trace::{self, Traced},
};

mod compression;
mod progress;

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
    async fn open(&self) -> Result<(Option<HeaderValue>, Content), String> {
        let opened = match self {
            Self::None => None,
            Self::Bytes(media_type, bytes) => return Ok((Some(media_type.clone()), Content::Bytes(bytes.clone()))),
            Self::Anew(body) => Some(body.open().await?),
            Self::Once(media_type, body) => {
                let body = body.lock().unwrap_or_else(PoisonError::into_inner).take();
                body.map(|body| (media_type.clone(), body))
            }
        };
        Ok(match opened {
            Some((media_type, body)) => (Some(media_type), Content::Body(body)),
            None => (None, Content::Bytes(Bytes::new())),
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
    start: Instant,
    /// When it times out, if no body moves.
    deadline: Instant,
    /// When the call times out.
    end: Instant,
    /// Whether the server may have processed an earlier attempt.
    processed_before: bool,
}

/// What all attempts of a call have in common.
struct Execution {
    http: reqwest::Client,
    /// That of the call.
    span: Span,
    /// Whether the response is read into memory.
    reads_body: bool,
}

/// How far an attempt has come.
enum Stage<'a> {
    Credentials,
    Files,
    Sending,
    Response(Box<ResponseHead<'a>>),
}

/// A response of which status and headers are here, and the body may still be on its way.
pub(crate) struct ResponseHead<'a> {
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
    progress: Arc<Progress>,
    /// That of the call.
    pub(crate) span: Span,
}

/// A call that got no complete response.
pub(crate) enum Failure {
    InvalidRequest(InvalidRequest),
    Credentials(CredentialsError),
    Transport(TransportError),
    UnexpectedResponse(UnexpectedResponse),
}

/// What ended the reading of a body.
pub(crate) enum BodyFailure {
    Transport(TransportCause),
    /// The limit in bytes.
    TooLarge(usize),
    /// How it is compressed.
    Compressed(String),
}

impl Failure {
    /// The same where the server may have processed an earlier attempt.
    fn after_processed(self) -> Self {
        match self {
            Self::Credentials(error) => Self::Credentials(error.after_processed()),
            Self::Transport(error) => Self::Transport(error.after_processed()),
            // The one is before all attempts, and the context of the other says so already.
            other @ (Self::InvalidRequest(_) | Self::UnexpectedResponse(_)) => other,
        }
    }

    fn response(&self) -> Option<&RawResponse> {
        match self {
            Self::InvalidRequest(_) | Self::Credentials(_) => None,
            Self::Transport(error) => error.response(),
            Self::UnexpectedResponse(error) => Some(error.response()),
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::InvalidRequest(_) => false,
            Self::Credentials(error) => error.is_retryable(),
            Self::Transport(error) => error.is_retryable(),
            Self::UnexpectedResponse(error) => error.response().is_retryable(),
        }
    }

    fn may_have_been_processed(&self) -> bool {
        match self {
            Self::InvalidRequest(_) => false,
            Self::Credentials(error) => error.context().processed_before,
            Self::Transport(error) => error.may_have_been_processed(),
            Self::UnexpectedResponse(error) => error.response().may_have_been_processed(),
        }
    }
}

impl From<InvalidRequest> for Failure {
    fn from(error: InvalidRequest) -> Self {
        Self::InvalidRequest(error)
    }
}

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl<E> From<Failure> for Error<E> {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::InvalidRequest(error) => Self::InvalidRequest(error),
            Failure::Credentials(error) => Self::Credentials(error),
            Failure::Transport(error) => Self::Transport(error),
            Failure::UnexpectedResponse(error) => Self::UnexpectedResponse(error),
        }
    }
}

type Outcome<'a> = Result<Box<ResponseHead<'a>>, Failure>;

/// Nothing here depends on the operation's error, so that it is compiled once.
impl<'a> Call<'a> {
    /// Sends it, as often as its policy says, and reads the whole response.
    pub(crate) async fn send(&self) -> Result<BufferedResponse<'a>, Failure> {
        Ok(self.execute(true).await?.buffered())
    }

    /// Sends it, as often as its policy says, and waits for the head of the response.
    #[allow(dead_code, reason = "whether it is needed depends on the API's description")]
    pub(crate) async fn open(&self) -> Outcome<'a> {
        self.execute(false).await
    }

    async fn execute(&self, reads_body: bool) -> Outcome<'a> {
        self.violations.result(self.operation.name)?;
        // Without a runtime, timers and connections panic.
        let Some(http) = self.client.http.client() else {
            let error = TransportError::new(self, self.context(0), TransportCause::NoRuntime, Seen::default());
            return Err(Failure::Transport(error));
        };
        let traced = Traced::call(self);
        let span = traced.span.clone();
        let execution = Execution {
            http,
            span: span.clone(),
            reads_body,
        };
        let outcome = pin!(self.attempts(&execution)).instrument(span).await;
        traced.end_call(&outcome);
        outcome
    }

    async fn attempts(&self, execution: &Execution) -> Outcome<'a> {
        let options = self.options;
        let Inner { clock, budget, .. } = self.client;
        let mut start = clock.now();
        let end = deadline(start, options.timeout);
        let mut number = 0;
        let mut processed_before = false;
        let mut renewed = None;
        let mut may_renew = true;
        loop {
            number += 1;
            let attempt = Attempt {
                number,
                start,
                deadline: deadline(start, options.attempt_timeout).min(end),
                end,
                processed_before,
            };
            let mut outcome = self.attempt(execution, &attempt, &mut renewed).await;
            if processed_before {
                outcome = outcome.map_err(Failure::after_processed);
            }
            processed_before |= match &outcome {
                Ok(head) => head.attempt.processed_before || retry::may_have_been_processed(head.response.status()),
                Err(failure) => failure.may_have_been_processed(),
            };
            if may_renew {
                renewed = self.renew(&attempt, &outcome).await;
                if renewed.is_some() {
                    may_renew = false;
                    start = clock.now();
                    continue;
                }
            }
            let may_retry = self.may_retry(number, &outcome);
            if number == 1 && !may_retry {
                budget.refill();
            }
            let longest = if may_retry {
                options.retry.longest_wait(number)
            } else {
                None
            };
            let wait = longest.and_then(|longest| options.retry.wait(clock.jitter(longest), retry_after(&outcome)));
            // A wait that leaves no time for an attempt is for nothing.
            let wait = wait.filter(|wait| deadline(clock.now(), *wait) < end);
            let Some(wait) = wait.filter(|_| budget.take()) else {
                return outcome;
            };
            trace::wait(wait);
            clock.sleep(wait).await;
            start = clock.now();
        }
    }

    /// Other credentials from the provider, where the server rejected those that it was sent.
    async fn renew(&self, attempt: &Attempt, outcome: &Outcome<'_>) -> Option<Credentials> {
        let (Ok(head), CredentialSource::Provided(provider)) = (outcome, &self.client.credentials) else {
            return None;
        };
        let is_rejected = head.response.status() == StatusCode::UNAUTHORIZED;
        let rejected = head.credentials.as_deref().filter(|_| is_rejected)?;
        let is_harmless = !head.attempt.processed_before || self.options.is_idempotent(&self.operation.method);
        if matches!(self.payload, Payload::Once(..)) || !is_harmless {
            return None;
        }
        let clock = &self.client.clock;
        let asking = provider.credentials(clock.date().into(), Some(rejected));
        let limit = deadline(clock.now(), self.options.attempt_timeout).min(attempt.end);
        // If there are none, the response of the server says more than why.
        let renewed = clock.timeout_at(limit, pin!(asking)).await?.ok()?;
        (!renewed.is_same(rejected)).then_some(renewed)
    }

    fn context(&self, attempts: u32) -> Context {
        Context::new(self.operation, self.options, attempts)
    }

    fn may_retry(&self, attempt: u32, outcome: &Outcome<'_>) -> bool {
        let (is_retryable, status, transport_error) = match outcome {
            // A success asks for nothing.
            Ok(head) if head.response.status().is_success() => return false,
            Ok(head) => {
                let (status, has_retry_after) = (head.response.status(), head.retry_after.is_some());
                let is_retryable = head.context().may_retry_after(status, has_retry_after);
                (is_retryable, Some(status), None)
            }
            Err(failure) => {
                let transport_error = match failure {
                    Failure::Transport(error) => Some(error.kind()),
                    _ => None,
                };
                let status = failure.response().map(|response| response.status);
                (failure.is_retryable(), status, transport_error)
            }
        };
        let outcome = AttemptOutcome {
            operation: self.operation.name,
            attempt,
            status,
            transport_error,
            is_retryable,
            method: &self.operation.method,
        };
        !matches!(self.payload, Payload::Once(..)) && self.options.retry.classify(&outcome)
    }

    async fn attempt(
        &self,
        execution: &Execution,
        attempt: &Attempt,
        renewed: &mut Option<Credentials>,
    ) -> Outcome<'a> {
        let traced = Traced::attempt(self, attempt.number);
        let span = traced.span.clone();
        let outcome = pin!(self.try_once(execution, attempt, renewed, &traced))
            .instrument(span)
            .await;
        traced.end_attempt(&outcome);
        outcome
    }

    async fn try_once(
        &self,
        execution: &Execution,
        attempt: &Attempt,
        renewed: &mut Option<Credentials>,
        traced: &Traced,
    ) -> Outcome<'a> {
        let number = attempt.number;
        let progress = Arc::new(Progress::new(attempt.start));
        let mut stage = Stage::Credentials;
        let result = {
            // What is pinned where it is made is not moved.
            let advancing = pin!(self.advance(execution, attempt, renewed, traced, &progress, &mut stage));
            within(&self.client.clock, attempt, self.options, &progress, advancing).await
        };
        let limit = match result {
            Ok(Err(failure)) => return Err(failure),
            Ok(Ok(())) => match stage {
                Stage::Response(head) => return Ok(head),
                // It ends well with a response alone.
                _ => TimeLimit::Attempt,
            },
            Err(limit) => limit,
        };
        let timed_out = |doing| {
            let cause = self.options.timed_out(limit, doing);
            let error = TransportError::new(self, self.context(number), cause, progress.seen());
            Err(Failure::Transport(error))
        };
        match stage {
            Stage::Response(mut head) => {
                let cause = self.options.timed_out(limit, Doing::Reading);
                Err(head.fail(BodyFailure::Transport(cause)))
            }
            Stage::Sending if progress.seen().was_sent => timed_out(Doing::Sending),
            Stage::Sending => timed_out(Doing::Connecting),
            Stage::Files => timed_out(Doing::OpeningFiles),
            Stage::Credentials => {
                let time = self.options.time(limit);
                let reason = format!("its credentials provider took longer than {time:?} (`{limit}`)");
                let context = self.context(number - 1);
                Err(CredentialsError::new(context, CredentialsErrorKind::Timeout, reason).into())
            }
        }
    }

    /// Goes through all of an attempt, and keeps where it is for a timeout.
    async fn advance(
        &self,
        execution: &Execution,
        attempt: &Attempt,
        renewed: &mut Option<Credentials>,
        traced: &Traced,
        progress: &Arc<Progress>,
        stage: &mut Stage<'a>,
    ) -> Result<(), Failure> {
        let Self {
            client,
            operation,
            options,
            ..
        } = *self;
        let (credentials, schemes) = self.credentials(attempt, renewed).await?;
        *stage = Stage::Files;
        let (media_type, body) = self.payload.open().await.map_err(|reason| {
            let cause = TransportCause::RequestBody(reason);
            let context = self.context(attempt.number - 1);
            Failure::Transport(TransportError::new(self, context, cause, Seen::default()))
        })?;
        let mut request = Request::new(operation.method.clone(), self.url());
        self.set_headers(&mut request, credentials.as_deref(), schemes, media_type)
            .map_err(|reason| self.invalid_credentials(attempt, reason))?;
        *request.body_mut() = Some(TrackedBody::wrap(body, Arc::clone(progress)));
        for interceptor in &client.interceptors {
            interceptor.request(&mut InterceptedRequest {
                operation: operation.name,
                attempt: attempt.number,
                request: &mut request,
            });
        }
        traced.url(request.url());
        // The SDK's own client follows no redirect.
        let sent_to = client.http.is_given().then(|| request.url().clone());
        *stage = Stage::Sending;
        let response = match execution.http.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                let (context, cause) = (self.context(attempt.number), TransportCause::http(error));
                let error = TransportError::new(self, context, cause, progress.seen());
                return Err(Failure::Transport(error));
            }
        };
        progress.advance();
        for interceptor in &client.interceptors {
            interceptor.response(&InterceptedResponse {
                operation: operation.name,
                attempt: attempt.number,
                status: response.status(),
                headers: response.headers(),
            });
        }
        let mut attempt = *attempt;
        // The server that redirected may have processed the request, whatever the next one responds.
        attempt.processed_before |= sent_to.is_some_and(|url| url != *response.url());
        *stage = Stage::Response(Box::new(ResponseHead {
            client,
            operation,
            options,
            // A success is not retried: then it is read only where an error needs it.
            retry_after: if response.status().is_success() {
                None
            } else {
                retry::retry_after(response.headers(), &client.clock)
            },
            response,
            body: Body::default(),
            credentials,
            attempt,
            progress: Arc::clone(progress),
            span: execution.span.clone(),
        }));
        if let (true, Stage::Response(head)) = (execution.reads_body, stage) {
            head.fill().await.map_err(|failure| head.fail(failure))?;
        }
        Ok(())
    }

    fn set_headers(
        &self,
        request: &mut Request,
        credentials: Option<&Credentials>,
        schemes: &[Scheme],
        media_type: Option<HeaderValue>,
    ) -> Result<(), String> {
        let Self { client, operation, .. } = *self;
        let mut headers = HeaderMap::with_capacity(4 + self.headers.len());
        for scheme in schemes.iter().filter(|scheme| !self.sets(**scheme)) {
            if let Some(credentials) = credentials {
                credentials.authenticate(*scheme, &mut headers, request.url_mut())?;
            }
        }
        headers.insert(ACCEPT, operation.accept.clone());
        headers.insert(USER_AGENT, client.user_agent.clone());
        for (name, value) in &self.headers {
            let mut value = value.clone();
            // It may be a secret, which must get into no log of the libraries below.
            value.set_sensitive(true);
            if name == COOKIE {
                add_cookies(&mut headers, value);
            } else {
                headers.insert(name, value);
            }
        }
        if let Some(media_type) = media_type {
            headers.insert(CONTENT_TYPE, media_type);
        }
        let is_own = |name: &HeaderName| *name != COOKIE && headers.contains_key(name);
        let others = self.options.headers.keys().filter(|name| !is_own(name));
        for name in others.collect::<Vec<_>>() {
            for value in self.options.headers.get_all(name) {
                if name == COOKIE {
                    add_cookies(&mut headers, value.clone());
                } else {
                    headers.append(name, value.clone());
                }
            }
        }
        *request.headers_mut() = headers;
        Ok(())
    }

    /// The credentials of an attempt, and the schemes for which they are sent: none if the operation is open to all, or can
    /// be called without and there are none.
    async fn credentials(
        &self,
        attempt: &Attempt,
        renewed: &mut Option<Credentials>,
    ) -> Result<(Option<Cow<'a, Credentials>>, &'static [Scheme]), CredentialsError> {
        let Self { client, operation, .. } = *self;
        if operation.security.is_empty() {
            return Ok((None, &[]));
        }
        let failed = |kind, reason: &str| CredentialsError::new(self.context(attempt.number - 1), kind, reason);
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
            CredentialSource::None => None,
            CredentialSource::Fixed(credentials) => Some(Cow::Borrowed(credentials)),
            CredentialSource::Provided(_) if renewed.is_some() => renewed.take().map(Cow::Owned),
            CredentialSource::Provided(provider) => {
                let asked = provider.credentials(client.clock.date().into(), None).await;
                let credentials = asked.map_err(|source| {
                    let is_retryable = provider::is_retryable(&*source);
                    failed(CredentialsErrorKind::Provider, "its credentials provider failed")
                        .with_source(source.into(), is_retryable)
                })?;
                Some(Cow::Owned(credentials))
            }
        };
        let has = |scheme| {
            let credentials = credentials.as_deref();
            self.sets(scheme) || credentials.is_some_and(|credentials| credentials.has(scheme))
        };
        let Some(schemes) = chosen(operation.security, client.has_certificate, has) else {
            let reason = unsatisfied(operation.security, &Summary(credentials.as_deref()));
            return Err(failed(CredentialsErrorKind::Missing, &reason));
        };
        Ok((credentials.filter(|_| !schemes.is_empty()), schemes))
    }

    fn invalid_credentials(&self, attempt: &Attempt, reason: String) -> CredentialsError {
        let context = self.context(attempt.number - 1);
        CredentialsError::new(context, CredentialsErrorKind::Invalid, reason)
    }
}

/// Waits for the future until the attempt times out, or the call. While a body moves, the attempt has more time.
async fn within<F: Future>(
    clock: &Clock,
    attempt: &Attempt,
    options: &CallOptions,
    progress: &Progress,
    mut future: Pin<&mut F>,
) -> Result<F::Output, TimeLimit> {
    let Attempt { mut deadline, end, .. } = *attempt;
    loop {
        if let Some(output) = clock.timeout_at(deadline, future.as_mut()).await {
            return Ok(output);
        }
        if deadline >= end {
            return Err(TimeLimit::Call);
        }
        let extended = progress
            .last_advance()
            .and_then(|moved| moved.checked_add(options.attempt_timeout));
        match extended.map(|extended| extended.min(end)) {
            Some(extended) if extended > deadline => deadline = extended,
            _ => return Err(TimeLimit::Attempt),
        }
    }
}

impl<'a> ResponseHead<'a> {
    /// Reads the whole response.
    #[allow(dead_code, reason = "whether it is needed depends on the API's description")]
    pub(crate) async fn read(mut self: Box<Self>) -> Result<BufferedResponse<'a>, Failure> {
        let (clock, attempt, options) = (&self.client.clock, self.attempt, self.options);
        let progress = Arc::clone(&self.progress);
        let result = within(clock, &attempt, options, &progress, pin!(self.fill())).await;
        let failure = match result {
            Ok(Ok(())) => return Ok(self.buffered()),
            Ok(Err(failure)) => failure,
            Err(limit) => BodyFailure::Transport(options.timed_out(limit, Doing::Reading)),
        };
        let error = self.fail(failure);
        trace::failure(&self.span, &error);
        Err(error)
    }

    /// Reads the body, as much as the call permits.
    async fn fill(&mut self) -> Result<(), BodyFailure> {
        let limit = self.options.max_response_size;
        read(&mut self.response, limit, &mut self.body, &self.progress).await?;
        compression::check(self.response.headers(), &self.body).map_err(BodyFailure::Compressed)
    }

    fn buffered(mut self: Box<Self>) -> BufferedResponse<'a> {
        self.redact(true);
        BufferedResponse(self)
    }

    fn fail(&mut self, failure: BodyFailure) -> Failure {
        self.redact(false);
        failure.of(self.take())
    }

    /// Takes the credential out, so that a server that repeats it does not get it into an error.
    pub(crate) fn redact(&mut self, is_complete: bool) {
        let is_success = self.response.status().is_success();
        for redactor in self.credentials.iter().flat_map(|credentials| credentials.redactors()) {
            if !is_success {
                redactor.redact_body(self.body.as_vec(), is_complete);
            }
            for value in self.response.headers_mut().values_mut() {
                if redactor.finds(value.as_bytes()) {
                    *value = redactor.redacted(value);
                }
            }
        }
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    /// What a documented success needs of it.
    pub(crate) fn take_parts(&mut self) -> (StatusCode, HeaderMap, Body) {
        let headers = std::mem::take(self.response.headers_mut());
        (self.response.status(), headers, std::mem::take(&mut self.body))
    }

    fn context(&self) -> Context {
        Context {
            processed_before: self.attempt.processed_before,
            ..Context::new(self.operation, self.options, self.attempt.number)
        }
    }

    /// What an error keeps of it.
    pub(crate) fn take(&mut self) -> RawResponse {
        let retry_after = if self.response.status().is_success() {
            retry::retry_after(self.response.headers(), &self.client.clock)
        } else {
            self.retry_after
        };
        let (status, headers, body) = self.take_parts();
        let url = self.response.url();
        RawResponse {
            context: self.context(),
            address: address(url),
            proxy: self.client.http.proxy().cloned().filter(|_| url.scheme() == "http"),
            status,
            headers,
            body,
            streamed: 0,
            retry_after,
        }
    }
}

/// Origin and path.
fn address(url: &Url) -> Box<str> {
    let text = url.as_str();
    let end = memchr2(b'?', b'#', text.as_bytes()).unwrap_or(text.len());
    if url.username().is_empty() && url.password().is_none() {
        return text[..end].into();
    }
    // Only a redirect that the application's own client followed can lead there.
    format!("{}{}", url.origin().ascii_serialization(), url.path()).into()
}

impl BodyFailure {
    pub(crate) fn of(self, response: RawResponse) -> Failure {
        match self {
            Self::Transport(cause) => Failure::Transport(TransportError::within(response, cause)),
            Self::TooLarge(limit) => {
                let (kind, limit) = (UnexpectedKind::TooLarge, limit.to_string());
                Failure::UnexpectedResponse(UnexpectedResponse::new(response, kind, limit))
            }
            Self::Compressed(reason) => {
                Failure::UnexpectedResponse(UnexpectedResponse::new(response, UnexpectedKind::Decode, reason))
            }
        }
    }
}

fn retry_after(outcome: &Outcome<'_>) -> Option<Duration> {
    match outcome {
        Ok(head) => head.retry_after,
        Err(failure) => failure.response().and_then(|response| response.retry_after),
    }
}

/// Reads what is left of a body, up to a limit in bytes. What came before a failure is in `body`.
async fn read(
    response: &mut reqwest::Response,
    limit: usize,
    body: &mut Body,
    progress: &Progress,
) -> Result<(), BodyFailure> {
    /// The length is the server's word, which is not to take more memory than this before a byte has come.
    const MAX_PREALLOCATION: u64 = 64 * 1024;

    let length = response.content_length();
    let announced = length.unwrap_or_default().min(MAX_PREALLOCATION);
    body.reserve(
        usize::try_from(announced).map_or(limit, |length| length.min(limit)),
        limit,
    );
    loop {
        let left = limit - body.as_bytes().len();
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > left => {
                body.push(&chunk[..left], limit);
                return Err(BodyFailure::TooLarge(limit));
            }
            Ok(Some(chunk)) => {
                body.push(&chunk, limit);
                // After the last piece nothing is waited for.
                if length != Some(body.as_bytes().len() as u64) {
                    progress.advance();
                }
            }
            Ok(None) => return Ok(()),
            Err(error) => return Err(BodyFailure::Transport(TransportCause::http(error))),
        }
    }
}

#[cfg(test)]
mod tests;
