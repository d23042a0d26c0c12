use std::{error::Error as StdError, fmt};

/// A [`Client`](crate::Client) that could not be built: the endpoint, the credentials or the environment are not right.
///
/// `Display` says which, and what to do; it prints no credential.
pub struct BuildError {
    reason: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            source: None,
        }
    }

    pub(crate) fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        let source = Some(Box::new(source) as _);
        Self { source, ..self }
    }

    /// Says where what is wrong comes from.
    pub(crate) fn of_variable(self, name: &str) -> Self {
        let reason = format!("{} (this is about the environment variable {name})", self.reason);
        Self { reason, ..self }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no client: {}", self.reason)
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildError")
            .field("reason", &self.reason)
            .field("source", &self.source)
            .finish()
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
