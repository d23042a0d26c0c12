use std::{error::Error as StdError, fmt, time::Duration};

use super::NotSent;
use crate::{
    call::{Call, Operation},
    options::TimeLimit,
    retry,
};

/// A request that got no answer: there was no connection, it broke, or time ran out. `Display` says which.
#[derive(Debug)]
pub struct NoAnswer {
    operation: &'static Operation,
    /// The server's name or address, and its port.
    server: Box<str>,
    pub(super) cause: Cause,
    pub(super) attempts: u32,
    /// Whether redirects may have been followed, so that `cause` may be about a later request than ours.
    may_have_redirected: bool,
    /// Whether an earlier attempt may have reached the server, and have taken effect.
    may_have_been_sent_before: bool,
}

/// What ended an attempt before its answer was complete.
#[derive(Debug)]
pub(crate) enum Cause {
    /// Without its URL, which can hold what its caller would not want to see in a log.
    Transport(reqwest::Error),
    /// The time limit of that setting.
    Timeout { limit: Duration, setting: TimeLimit },
    /// After an attempt that may have been sent, there could be no other.
    NotSent(Box<NotSent>),
}

impl Cause {
    /// For `error.type` in traces.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "timeout",
            Self::Transport(error) if error.is_connect() => "no_connection",
            Self::Transport(_) => "broken_connection",
            Self::NotSent(_) => "not_sent",
        }
    }

    pub(super) fn is_timeout(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_timeout(),
            Self::Timeout { .. } => true,
            Self::NotSent(_) => false,
        }
    }

    pub(super) fn is_connect(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_connect())
    }

    pub(super) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Timeout { .. } => None,
            Self::NotSent(error) => error.source(),
        }
    }
}

impl NoAnswer {
    pub(crate) fn new(call: &Call<'_>, cause: Cause, attempts: u32) -> Self {
        let Call { client, operation, .. } = call;
        let (host, port) = (client.endpoint.host(), client.endpoint.port().unwrap_or_default());
        Self {
            operation,
            server: format!("{host}:{port}").into(),
            cause,
            attempts,
            may_have_redirected: client.is_own_http,
            may_have_been_sent_before: false,
        }
    }

    /// The same after an attempt that may have taken effect.
    pub(crate) fn after_one_that_was_sent(self) -> Self {
        Self {
            may_have_been_sent_before: true,
            ..self
        }
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation.name
    }

    /// Whether the request, or a part of it, may have reached the server. `false` if no connection could be made, unless
    /// an earlier attempt had one, or the application's own client may have followed a redirect first.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        let is_unsent = self.is_invalid() || (self.cause.is_connect() && !self.may_have_redirected);
        self.may_have_been_sent_before || !is_unsent
    }

    pub(crate) fn is_retryable(&self) -> bool {
        !self.is_invalid() && (!self.may_have_been_sent() || retry::after_break(&self.operation.method))
    }

    pub(crate) fn ended_by(&self) -> &Cause {
        &self.cause
    }

    /// Whether the request is one that the application's own client does not send.
    fn is_invalid(&self) -> bool {
        matches!(&self.cause, Cause::Transport(error) if error.is_builder())
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} got no answer", self.operation.name)?;
        if self.attempts > 1 {
            write!(f, " in {} attempts", self.attempts)?;
        }
        match &self.cause {
            Cause::NotSent(error) => write!(f, ", and there could be no other: {}", error.reason())?,
            Cause::Timeout { limit, setting } => write!(f, ": waiting took longer than {limit:?} (`{setting}`)")?,
            Cause::Transport(source) => {
                f.write_str(match (source.is_connect(), source.is_timeout()) {
                    (true, true) => ": it took too long to connect",
                    (true, false) => ": no connection",
                    (false, true) => ": waiting took too long",
                    (false, false) => ": the connection failed",
                })?;
                if source.is_connect() {
                    write!(f, " to {}", self.server)?;
                }
                if let Some(cause) = root_cause(source) {
                    write!(f, " ({cause})")?;
                }
            }
        }
        f.write_str(if self.may_have_been_sent() {
            "; the server may have acted on the request, so look before repeating it"
        } else {
            "; the request was not sent, so repeating it is safe"
        })
    }
}

impl StdError for NoAnswer {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

/// The innermost cause, where libraries say what really happened (`Connection refused (os error 111)`).
fn root_cause(error: &reqwest::Error) -> Option<&dyn StdError> {
    let mut cause = error.source()?;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Some(cause)
}
