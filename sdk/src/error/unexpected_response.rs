use std::{error::Error as StdError, fmt};

use reqwest::StatusCode;

use super::{write_circumstances, write_status};
use crate::response::{RawResponse, SingleLine};

/// A response that the OpenAPI description does not document: a status that it does not list, or a body that cannot be
/// decoded or is too large.
///
/// `Display` says which. The [`Error`](crate::Error) around it has the headers, the request id and the body as it came.
pub struct UnexpectedResponse(Box<Inner>);

struct Inner {
    response: RawResponse,
    kind: UnexpectedKind,
    /// What is wrong with the body, and where.
    reason: String,
}

/// What is unexpected about a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnexpectedKind {
    /// The operation does not document the status.
    Status,
    /// The body of a documented status cannot be decoded.
    Decode,
    /// The body is larger than the client takes: [`max_response_size`](crate::ClientBuilder::max_response_size).
    TooLarge,
}

impl UnexpectedResponse {
    pub(crate) fn new(response: RawResponse, kind: UnexpectedKind, reason: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            response,
            kind,
            reason: reason.into(),
        }))
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.response.context.operation.name
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.response.status
    }

    /// What is unexpected.
    #[must_use]
    pub fn kind(&self) -> UnexpectedKind {
        self.0.kind
    }

    pub(crate) fn response(&self) -> &RawResponse {
        &self.0.response
    }
}

impl fmt::Display for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { response, kind, reason } = &*self.0;
        let body = response.describe_body();
        write!(f, "{} got ", self.operation())?;
        write_status(f, response.status)?;
        match kind {
            UnexpectedKind::Status => {
                write!(f, ", which is not documented ({body}")?;
                if let Some(location) = response.location() {
                    write!(f, ", Location: {}", SingleLine(location))?;
                }
                f.write_str(")")?;
            }
            UnexpectedKind::Decode => write!(f, " with a body that cannot be decoded: {reason} ({body})")?,
            UnexpectedKind::TooLarge => write!(f, " with a body of more than {reason} bytes")?,
        }
        if response.status.is_success() {
            f.write_str(match kind {
                UnexpectedKind::Status => "; the server may have processed the request",
                UnexpectedKind::Decode | UnexpectedKind::TooLarge => "; the server processed the request",
            })?;
        }
        write_circumstances(f, response)
    }
}

impl fmt::Debug for UnexpectedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnexpectedResponse")
            .field("kind", &self.0.kind)
            .field("reason", &self.0.reason)
            .field("response", &self.0.response)
            .finish()
    }
}

/// Without a source: `Display` has all of it.
impl StdError for UnexpectedResponse {}
