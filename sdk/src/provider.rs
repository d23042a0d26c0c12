//! Where a client has its credentials from: fixed ones, or a provider's, which are kept until they expire or are rejected.

use std::{
    error::Error as StdError,
    fmt,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::Credentials;

/// Gives credentials that change while the client lives: from a token endpoint, a vault, a file.
///
/// It is asked before each attempt of a secured operation, unless what it gave last
/// [expires](Credentials::expires_at) later; then that is kept, and one call alone asks for the next. If the server responds
/// with 401, it is asked again, and told [which credentials were rejected](CredentialsRequest::rejected). If it gives others, the request is
/// sent once more, also one that is not idempotent: a 401 says that nothing was done.
///
/// The time it takes counts in the timeouts of attempt and call. If it fails, the call fails with
/// [`Error::Credentials`](crate::Error::Credentials), and its error is the source of that one: it should not print what is secret.
/// A [`ProviderError`] says whether asking again may help.
///
/// # Examples
///
/// ```
/// use askui_workspaces::{Client, Credentials, CredentialsFuture, CredentialsProvider, CredentialsRequest};
///
/// struct TokenFile;
///
/// impl CredentialsProvider for TokenFile {
///     fn credentials(&self, _: CredentialsRequest) -> CredentialsFuture<'_> {
///         Box::pin(async {
///             let token = tokio::fs::read_to_string("/run/secrets/askui-token").await?;
///             Ok(Credentials::access_token(token.trim()))
///         })
///     }
/// }
///
/// # fn example() -> Result<(), askui_workspaces::BuildError> {
/// let client = Client::builder().credentials_provider(TokenFile).build()?;
/// # Ok(())
/// # }
/// ```
pub trait CredentialsProvider: Send + Sync + 'static {
    /// The credentials to use now.
    fn credentials(&self, request: CredentialsRequest) -> CredentialsFuture<'_>;
}

/// What a [`CredentialsProvider`] returns: credentials in a while, or why there are none.
pub type CredentialsFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Credentials, Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

/// What a [`CredentialsProvider`] is told.
#[derive(Clone, Debug)]
pub struct CredentialsRequest {
    rejected: Option<Credentials>,
}

impl CredentialsRequest {
    /// The credentials that the server just rejected with 401, if that is why new ones are needed: forget what you kept of
    /// them.
    #[must_use]
    pub fn rejected(&self) -> Option<&Credentials> {
        self.rejected.as_ref()
    }
}

/// Why a [`CredentialsProvider`] has no credentials, and whether asking it again may help. Any other error counts as lasting.
#[derive(Debug)]
pub struct ProviderError {
    source: Box<dyn StdError + Send + Sync>,
    is_retryable: bool,
}

impl ProviderError {
    /// Asking again does not help.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
            is_retryable: false,
        }
    }

    /// Asking again may help: the call's retry policy says how often.
    pub fn retryable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
            is_retryable: true,
        }
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl StdError for ProviderError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.source()
    }
}

/// Whether asking again may help after that error.
pub(crate) fn is_retryable(error: &(dyn StdError + Send + Sync + 'static)) -> bool {
    error
        .downcast_ref::<ProviderError>()
        .is_some_and(|error| error.is_retryable)
}

/// A provider that is a function.
pub(crate) struct FromFn<P>(pub(crate) P);

impl<P, F, E> CredentialsProvider for FromFn<P>
where
    P: Fn(CredentialsRequest) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Credentials, E>> + Send + 'static,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    fn credentials(&self, request: CredentialsRequest) -> CredentialsFuture<'_> {
        let credentials = (self.0)(request);
        Box::pin(async { credentials.await.map_err(Into::into) })
    }
}

/// Where a client has its credentials from.
#[derive(Clone, Default)]
pub(crate) enum CredentialSource {
    #[default]
    None,
    Fixed(Credentials),
    Provided(Arc<Provided>),
}

/// A provider, and what it gave last.
pub(crate) struct Provided {
    provider: Box<dyn CredentialsProvider>,
    last: Mutex<Option<Credentials>>,
    /// Whether what it gives expires, so that one call alone is to ask for the next.
    expires: AtomicBool,
    asking: tokio::sync::Mutex<()>,
}

impl Provided {
    pub(crate) fn new(provider: impl CredentialsProvider) -> Self {
        Self {
            provider: Box::new(provider),
            last: Mutex::default(),
            expires: AtomicBool::new(false),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// Credentials to use at that time, which are others than those that were rejected if the provider has others.
    pub(crate) async fn credentials(
        &self,
        now: DateTime<Utc>,
        rejected: Option<&Credentials>,
    ) -> Result<Credentials, Box<dyn StdError + Send + Sync>> {
        if let Some(kept) = self.kept(now, rejected) {
            return Ok(kept);
        }
        let _asking = if self.expires.load(Relaxed) {
            let guard = self.asking.lock().await;
            // While this call waited, another one may have asked.
            if let Some(kept) = self.kept(now, rejected) {
                return Ok(kept);
            }
            Some(guard)
        } else {
            None
        };
        let request = CredentialsRequest {
            rejected: rejected.cloned(),
        };
        // What the server rejected is not used again, whatever the provider says.
        if let Some(rejected) = rejected {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.take_if(|last| last.is_same(rejected));
        }
        let credentials = self.provider.credentials(request).await?;
        if credentials.expiry().is_some() {
            self.expires.store(true, Relaxed);
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(credentials.clone());
        }
        Ok(credentials)
    }

    fn kept(&self, now: DateTime<Utc>, rejected: Option<&Credentials>) -> Option<Credentials> {
        /// A request takes its time to the server, whose clock may be ahead.
        const MARGIN: TimeDelta = TimeDelta::seconds(10);

        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = last.as_ref()?;
        let is_valid = kept.expiry()?.checked_sub_signed(MARGIN)? > now;
        let is_rejected = rejected.is_some_and(|rejected| rejected.is_same(kept));
        (is_valid && !is_rejected).then(|| kept.clone())
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Fixed(credentials) => credentials.fmt(f),
            Self::Provided(_) => f.write_str("Provider"),
        }
    }
}
