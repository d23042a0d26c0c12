//! The HTTP client below: the application's own, or one of the SDK's for each tokio runtime.

use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Handle, Id};

use crate::{BuildError, proxy::ProxyInUse};

/// What sends the requests of a client.
pub(crate) enum Http {
    /// The application's own.
    Given(reqwest::Client),
    PerRuntime(PerRuntime),
}

/// An HTTP client for each runtime. A connection is driven by the runtime that opened it: from another one, a request on it waits
/// for a runtime that may not be running, or fails when that one ends.
pub(crate) struct PerRuntime {
    build: Box<dyn Fn() -> Result<reqwest::Client, BuildError> + Send + Sync>,
    /// The newest last. The first has no runtime until it is used.
    clients: Mutex<Vec<(Option<Id>, reqwest::Client)>>,
    pub(crate) proxy: Option<ProxyInUse>,
}

impl Http {
    /// Builds the first client, so that what is wrong with the settings is known before any call.
    pub(crate) fn per_runtime(
        proxy: Option<ProxyInUse>,
        build: impl Fn() -> Result<reqwest::Client, BuildError> + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        let first = build()?;
        Ok(Self::PerRuntime(PerRuntime {
            build: Box::new(build),
            clients: Mutex::new(vec![(None, first)]),
            proxy,
        }))
    }

    /// Whether it is the application's own.
    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }

    /// The client for the runtime that this is called in; `None` outside of any.
    pub(crate) fn client(&self) -> Option<reqwest::Client> {
        let runtime = Handle::try_current().ok()?.id();
        Some(match self {
            Self::Given(client) => client.clone(),
            Self::PerRuntime(clients) => clients.of(runtime),
        })
    }

    /// The proxy that is used, as far as that is known.
    pub(crate) fn proxy(&self) -> Option<&ProxyInUse> {
        match self {
            Self::Given(_) => None,
            Self::PerRuntime(clients) => clients.proxy.as_ref(),
        }
    }
}

impl PerRuntime {
    #[cfg(test)]
    pub(crate) fn runtimes(&self) -> usize {
        self.clients.lock().expect("no test panics here").len()
    }

    fn of(&self, runtime: Id) -> reqwest::Client {
        /// More runtimes at once than applications have: of those that ended, the connections are closed.
        const MOST: usize = 8;

        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = clients.iter().find(|(id, _)| *id == Some(runtime)) {
            return client.clone();
        }
        if let Some((id @ None, client)) = clients.first_mut() {
            *id = Some(runtime);
            return client.clone();
        }
        // It was built before with the same settings. Should it fail now, another runtime's client is better than none.
        let built = (self.build)()
            .ok()
            .or_else(|| clients.last().map(|(_, client)| client.clone()));
        let client = built.unwrap_or_default();
        if clients.len() == MOST {
            clients.remove(0);
        }
        clients.push((Some(runtime), client.clone()));
        client
    }
}
