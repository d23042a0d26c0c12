//! What a call tells `tracing`, in the attributes of OpenTelemetry's conventions for HTTP clients. No field holds a header,
//! a body, a query or a parameter.

use std::time::Duration;

use reqwest::StatusCode;
use tracing::{Span, field::Empty};

use crate::{
    UnexpectedKind, UnexpectedResponse,
    call::Call,
    error::{TransportError, TransportErrorKind},
    send::{Failure, ResponseHead},
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
pub(crate) fn attempt(number: u32, outcome: &Result<Box<ResponseHead<'_>>, Failure>) {
    let status = status(outcome);
    let error = match outcome {
        Ok(_) => status
            .as_ref()
            .filter(|status| status.as_u16() >= 400)
            .map(StatusCode::as_str),
        Err(failure) => Some(failure_type(failure)),
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
pub(crate) fn outcome(span: &Span, number: u32, outcome: &Result<Box<ResponseHead<'_>>, Failure>) {
    span.record("http.request.resend_count", resent(number));
    span.record(
        "http.response.status_code",
        status(outcome).map(|status| status.as_u16()),
    );
    // What a complete response comes to is known once it is decoded.
    if let Err(error) = outcome {
        failure(span, error);
    }
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

fn transport_type(error: &TransportError) -> &'static str {
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
