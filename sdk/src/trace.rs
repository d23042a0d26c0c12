//! What a call tells `tracing`, by OpenTelemetry's conventions for HTTP clients: an `INTERNAL` span for the call, and in it a
//! `CLIENT` span for each attempt. No field holds a header, a body or a query.

use std::time::Duration;

use reqwest::{StatusCode, Url};
use tracing::{Span, field::Empty};

use crate::{
    UnexpectedKind, UnexpectedResponse,
    call::Call,
    error::{TransportError, TransportErrorKind},
    send::{Failure, ResponseHead},
};

const TARGET: &str = "askui_workspaces";

/// A span that says that its work was given up, unless it is told how it ended.
pub(crate) struct Traced {
    pub(crate) span: Span,
    is_over: bool,
}

impl Traced {
    fn new(span: Span) -> Self {
        Self { span, is_over: false }
    }

    /// The span of a call, within that of its caller.
    pub(crate) fn call(call: &Call<'_>) -> Self {
        let operation = call.operation;
        Self::new(tracing::info_span!(
            target: TARGET,
            "call",
            otel.name = operation.name,
            otel.kind = "internal",
            otel.status_code = Empty,
            operation = operation.name,
            "error.type" = Empty,
        ))
    }

    /// The span of an attempt, within that of its call.
    pub(crate) fn attempt(call: &Call<'_>, number: u32) -> Self {
        let operation = call.operation;
        let endpoint = &call.client.endpoint;
        Self::new(tracing::info_span!(
            target: TARGET,
            "attempt",
            otel.name = format_args!("{} {}", operation.method, operation.path),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = operation.method.as_str(),
            server.address = endpoint.host(),
            server.port = endpoint.port(),
            url.full = Empty,
            url.template = operation.path,
            http.request.resend_count = resent(number),
            http.response.status_code = Empty,
            "error.type" = Empty,
        ))
    }

    /// The address of an attempt's request, without its query.
    pub(crate) fn url(&self, url: &Url) {
        if !self.span.is_disabled() {
            let url = url.as_str();
            let url = url.split(['?', '#']).next().unwrap_or_default();
            self.span.record("url.full", url);
        }
    }

    /// How an attempt ended.
    pub(crate) fn end_attempt(mut self, outcome: &Result<Box<ResponseHead<'_>>, Failure>) {
        self.is_over = true;
        let status = status(outcome);
        self.span
            .record("http.response.status_code", status.map(|status| status.as_u16()));
        match (outcome, &status) {
            (Err(error), _) => failure(&self.span, error),
            (Ok(_), Some(status)) if status.as_u16() >= 400 => failed(&self.span, status.as_str()),
            (Ok(_), _) => {}
        }
    }

    /// How a call ended, as far as that is known before its response is decoded.
    pub(crate) fn end_call(mut self, outcome: &Result<Box<ResponseHead<'_>>, Failure>) {
        self.is_over = true;
        if let Err(error) = outcome {
            failure(&self.span, error);
        }
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if !self.is_over {
            failed(&self.span, "cancelled");
        }
    }
}

/// The event of a wait that begins.
pub(crate) fn wait(time: Duration) {
    tracing::debug!(target: TARGET, { seconds = time.as_secs_f64() }, "wait before another attempt");
}

/// What the span says of a call without a complete response.
pub(crate) fn failure(span: &Span, failure: &Failure) {
    failed(span, failure_type(failure));
}

/// What the span says of a call that failed.
pub(crate) fn failed(span: &Span, error: &str) {
    span.record("error.type", error);
    span.record("otel.status_code", "ERROR");
}

fn resent(number: u32) -> Option<u32> {
    number.checked_sub(1).filter(|number| *number > 0)
}

fn status(outcome: &Result<Box<ResponseHead<'_>>, Failure>) -> Option<StatusCode> {
    match outcome {
        Ok(head) => Some(head.response.status()),
        Err(Failure::Transport(error)) => error.response().map(|response| response.status),
        Err(Failure::UnexpectedResponse(error)) => Some(error.status()),
        Err(Failure::InvalidRequest(_) | Failure::Credentials(_)) => None,
    }
}

/// `error.type`: a short list of words.
fn failure_type(failure: &Failure) -> &str {
    match failure {
        Failure::InvalidRequest(_) => "invalid_request",
        Failure::Credentials(_) => "credentials",
        Failure::Transport(error) => transport_type(error),
        Failure::UnexpectedResponse(error) => error_type(error),
    }
}

pub(crate) fn transport_type(error: &TransportError) -> &'static str {
    match error.kind() {
        TransportErrorKind::Connect => "connect",
        TransportErrorKind::Tls => "tls",
        TransportErrorKind::Proxy => "proxy",
        TransportErrorKind::Timeout => "timeout",
        TransportErrorKind::Closed => "connection_closed",
        TransportErrorKind::RequestBody => "request_body",
        TransportErrorKind::Client => "client",
    }
}

/// The status where it is an error by itself, as OpenTelemetry has it.
pub(crate) fn error_type(error: &UnexpectedResponse) -> &str {
    let response = error.response();
    match error.kind() {
        _ if response.status.as_u16() >= 400 => response.status.as_str(),
        UnexpectedKind::Status => "unexpected_status",
        UnexpectedKind::Decode => "decode",
        UnexpectedKind::TooLarge => "response_too_large",
    }
}
