use std::{error::Error as StdError, fmt};

use super::{Context, Source};

/// Credentials that are missing, cannot be used, or could not be had.
///
/// Nothing was sent by this attempt. If an earlier one was,
/// [`Error::may_have_been_processed`](crate::Error::may_have_been_processed) says so.
pub struct CredentialsError(Box<Inner>);

struct Inner {
    context: Context,
    kind: CredentialsErrorKind,
    reason: String,
    is_retryable: bool,
    source: Option<Source>,
}

/// What is wrong with the credentials of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialsErrorKind {
    /// The client has none that the operation takes.
    Missing,
    /// They hold characters that a request cannot carry, or are empty.
    Invalid,
    /// The provider failed; [`source`](StdError::source) has its error.
    Provider,
    /// The provider took too long.
    Timeout,
}

impl CredentialsError {
    pub(crate) fn new(context: Context, kind: CredentialsErrorKind, reason: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            context,
            kind,
            reason: reason.into(),
            is_retryable: false,
            source: None,
        }))
    }

    /// The error of a provider, which says whether asking it again may help.
    pub(crate) fn with_source(mut self, source: Source, is_retryable: bool) -> Self {
        self.0.source = Some(source);
        self.0.is_retryable = is_retryable;
        self
    }

    /// The same after an attempt that the server may have processed.
    pub(crate) fn after_processed(mut self) -> Self {
        self.0.context.processed_before = true;
        self
    }

    /// The operation, by the name of its method.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.context.operation.name
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> CredentialsErrorKind {
        self.0.kind
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn is_retryable(&self) -> bool {
        self.0.is_retryable && (!self.0.context.processed_before || self.0.context.is_idempotent)
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { context, reason, .. } = &*self.0;
        write!(f, "{} was not sent: {reason}", context.operation.name)?;
        if context.processed_before {
            f.write_str("; the server may have processed an earlier attempt, so check before retrying")?;
        }
        Ok(())
    }
}

impl fmt::Debug for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsError")
            .field("operation", &self.operation())
            .field("kind", &self.0.kind)
            .field("reason", &self.0.reason)
            .field("attempts", &self.0.context.attempts)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
