use std::{error::Error as StdError, fmt};

/// A [`Client`](crate::Client) that could not be built: the endpoint, the credentials or the environment are not right.
///
/// `Display` says which, and what to do; it prints no credential.
pub struct BuildError {
    reason: String,
    /// The message of the innermost error below, where libraries say what really happened.
    cause: Option<String>,
}

impl BuildError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            cause: None,
        }
    }

    pub(crate) fn with_cause(self, error: &dyn StdError) -> Self {
        let mut innermost = error;
        while let Some(deeper) = innermost.source() {
            innermost = deeper;
        }
        let cause = Some(innermost.to_string());
        Self { cause, ..self }
    }

    /// Names the variable that holds what is wrong.
    pub(crate) fn of_variable(self, name: &str) -> Self {
        let reason = format!("{} (this is about the environment variable {name})", self.reason);
        Self { reason, ..self }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no client: {}", self.reason)?;
        match &self.cause {
            Some(cause) => write!(f, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildError")
            .field("reason", &self.reason)
            .field("cause", &self.cause)
            .finish()
    }
}

/// Without a source: `Display` has the cause.
impl StdError for BuildError {}
