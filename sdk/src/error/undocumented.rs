use std::{error::Error as StdError, fmt};

use reqwest::StatusCode;

use super::{Cause, write_circumstances, write_status};
use crate::{
    call::Operation,
    response::{Answer, Quoted},
    retry,
};

/// An answer that the document does not describe: a status that it does not list, or a body that is not as it says.
///
/// `Display` says which. The [`Error`](crate::Error) around it has the headers, the request id and the body as it came.
#[derive(Debug)]
pub struct Undocumented {
    operation: &'static Operation,
    answer: Answer,
    fault: Fault,
}

/// What is undocumented about an answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The status is not one that the operation lists.
    Status,
    /// The body of a documented status is not what the document promises; the text says where and how.
    Body(String),
    /// The body is longer than the client takes; the number is that limit in bytes.
    TooLong(usize),
    /// The connection failed, or time ran out, before the body was complete.
    Incomplete(Cause),
}

impl Fault {
    /// For `error.type` in traces.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status => "undocumented_status",
            Self::Body(_) => "undocumented_body",
            Self::TooLong(_) => "body_too_long",
            Self::Incomplete(cause) => cause.name(),
        }
    }
}

impl Undocumented {
    pub(crate) fn new(operation: &'static Operation, answer: Answer, fault: Fault) -> Self {
        Self {
            operation,
            answer,
            fault,
        }
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation.name
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    pub(crate) fn is_retryable(&self) -> bool {
        let is_broken = matches!(self.fault, Fault::Incomplete(_));
        (is_broken && retry::after_break(&self.operation.method)) || self.answer.is_retryable(self.operation)
    }

    pub(crate) fn answer(&self) -> &Answer {
        &self.answer
    }

    pub(crate) fn fault(&self) -> &Fault {
        &self.fault
    }

    pub(super) fn ended_by(&self) -> Option<&Cause> {
        match &self.fault {
            Fault::Incomplete(cause) => Some(cause),
            Fault::Status | Fault::Body(_) | Fault::TooLong(_) => None,
        }
    }
}

impl fmt::Display for Undocumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.answer.describe_body();
        write!(f, "{} got ", self.operation.name)?;
        write_status(f, self.answer.status)?;
        match &self.fault {
            Fault::Status => {
                write!(f, ", which the API's document does not list ({body}")?;
                if let Some(location) = self.answer.location() {
                    write!(f, ", Location: {}", Quoted(location))?;
                }
                f.write_str(")")?;
            }
            Fault::Body(reason) => {
                write!(f, " with a body that is not as documented: {reason} ({body})")?;
            }
            Fault::TooLong(limit) => write!(f, " with a body of more than {limit} bytes")?,
            Fault::Incomplete(cause) => {
                match cause {
                    Cause::Timeout { limit, setting } => {
                        write!(f, ", but reading took longer than {limit:?} (`{setting}`)")
                    }
                    Cause::Transport(source) if source.is_timeout() => f.write_str(", but reading took too long"),
                    Cause::Transport(_) | Cause::NotSent(_) => f.write_str(", but the connection failed"),
                }?;
                write!(f, " before its body was complete ({body})")?;
            }
        }
        if self.answer.status.is_success() {
            f.write_str(match self.fault {
                Fault::Status => "; the request may have taken effect",
                Fault::Body(_) | Fault::TooLong(_) | Fault::Incomplete(_) => "; the request took effect",
            })?;
        }
        write_circumstances(f, &self.answer)
    }
}

impl StdError for Undocumented {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.ended_by().and_then(Cause::source)
    }
}
