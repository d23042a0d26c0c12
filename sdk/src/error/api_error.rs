use std::{error::Error as StdError, fmt};

use reqwest::StatusCode;

use super::write_circumstances;
use crate::response::RawResponse;

/// A failure that the OpenAPI description documents: the decoded body in `E`, and the response it came with.
///
/// The [`Error`](crate::Error) around it has the headers, the request id and the body as it came.
pub struct ApiError<E>(Box<Inner<E>>);

struct Inner<E> {
    error: E,
    response: RawResponse,
}

impl<E> ApiError<E> {
    pub(crate) fn new(error: E, response: RawResponse) -> Self {
        Self(Box::new(Inner { error, response }))
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

    /// The failure: one variant per documented status.
    #[must_use]
    pub fn error(&self) -> &E {
        &self.0.error
    }

    /// The failure alone.
    #[must_use]
    pub fn into_error(self) -> E {
        self.0.error
    }

    pub(super) fn map<F>(self, change: impl FnOnce(E) -> F) -> ApiError<F> {
        let Inner { error, response } = *self.0;
        ApiError::new(change(error), response)
    }

    pub(super) fn response(&self) -> &RawResponse {
        &self.0.response
    }
}

impl<E: fmt::Display> fmt::Display for ApiError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.operation(), self.error())?;
        write_circumstances(f, self.response())
    }
}

impl<E: fmt::Debug> fmt::Debug for ApiError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("error", self.error())
            .field("response", self.response())
            .finish()
    }
}

/// Without a source: `Display` has the failure's own message.
impl<E: fmt::Debug + fmt::Display> StdError for ApiError<E> {}

/// A documented failure of any operation: what `E` is in an [`Error`](crate::Error) without a type.
pub struct ApiFailure(Box<dyn StdError + Send + Sync>);

impl ApiFailure {
    pub(super) fn new(failure: impl StdError + Send + Sync + 'static) -> Self {
        Self(Box::new(failure))
    }

    /// The failure, if it is one of that operation.
    ///
    /// # Examples
    ///
    /// ```
    /// use askui_workspaces::{Error, types::CreateAccessTokenError};
    ///
    /// fn is_unauthorized(error: &Error) -> bool {
    ///     let failure = error.api_error().and_then(|failure| failure.downcast_ref());
    ///     matches!(failure, Some(CreateAccessTokenError::Unauthorized(_)))
    /// }
    /// ```
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for ApiFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ApiFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
