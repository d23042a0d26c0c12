//! What a call tells `tracing`, in the attributes of OpenTelemetry's conventions for HTTP clients. No field holds a header,
//! a body, a query or a parameter.

use std::time::Duration;

use reqwest::StatusCode;
use tracing::{Span, field::Empty};

use crate::{
    call::Call,
    send::{Opened, Unanswered},
};

const TARGET: &str = "askui_workspaces";

/// The span of a call, within that of its caller.
pub(crate) fn span(call: &Call<'_>) -> Span {
    let operation = call.operation;
    let endpoint = &call.client.endpoint;
    tracing::info_span!(
        target: TARGET,
        "call",
        otel.name = format_args!("{} {}", operation.method, operation.path),
        otel.kind = "client",
        otel.status_code = Empty,
        operation = operation.name,
        http.request.method = operation.method.as_str(),
        server.address = endpoint.host(),
        server.port = endpoint.port(),
        url.template = operation.path,
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        "error.type" = Empty,
    )
}

/// The event of an attempt that has come to an end.
pub(crate) fn attempt(number: u32, outcome: &Result<Box<Opened<'_>>, Unanswered>) {
    let status = status(outcome);
    let error = match outcome {
        Ok(_) => status
            .as_ref()
            .filter(|status| status.as_u16() >= 400)
            .map(StatusCode::as_str),
        Err(error) => Some(cause(error)),
    };
    tracing::debug!(
        target: TARGET,
        { http.request.resend_count = resent(number),
          http.response.status_code = status.map(|status| status.as_u16()),
          "error.type" = error },
        "attempt"
    );
}

/// The event of a wait that begins.
pub(crate) fn wait(time: Duration) {
    tracing::debug!(target: TARGET, { seconds = time.as_secs_f64() }, "wait before another attempt");
}

/// What the span says in the end.
pub(crate) fn outcome(span: &Span, number: u32, outcome: &Result<Box<Opened<'_>>, Unanswered>) {
    span.record("http.request.resend_count", resent(number));
    span.record(
        "http.response.status_code",
        status(outcome).map(|status| status.as_u16()),
    );
    // What a complete answer comes to is known once it is read.
    if let Err(error) = outcome {
        unanswered(span, error);
    }
}

/// What the span says of a call without a complete answer.
pub(crate) fn unanswered(span: &Span, error: &Unanswered) {
    failed(span, cause(error));
}

/// What the span says of a call that failed.
pub(crate) fn failed(span: &Span, error: &str) {
    span.record("error.type", error);
    span.record("otel.status_code", "ERROR");
}

fn resent(number: u32) -> Option<u32> {
    number.checked_sub(1).filter(|number| *number > 0)
}

fn status(outcome: &Result<Box<Opened<'_>>, Unanswered>) -> Option<StatusCode> {
    match outcome {
        Ok(opened) => Some(opened.response.status()),
        Err(Unanswered::Undocumented(error)) => Some(error.answer().status),
        Err(Unanswered::InvalidRequest(_) | Unanswered::NotSent(_) | Unanswered::NoAnswer(_)) => None,
    }
}

fn cause(error: &Unanswered) -> &'static str {
    match error {
        Unanswered::InvalidRequest(_) => "invalid_request",
        Unanswered::NotSent(_) => "not_sent",
        Unanswered::NoAnswer(error) => error.ended_by().name(),
        Unanswered::Undocumented(error) => error.fault().name(),
    }
}
