//! How far an attempt has come, as far as the body of its request can tell.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

use crate::error::Seen;

/// What is known of an attempt while it is on its way.
pub(crate) struct Progress {
    start: Instant,
    /// Whether a connection took the request, so that a part of it may have left.
    was_sent: AtomicBool,
    has_body_failed: AtomicBool,
    /// When a piece of a body was last seen, in milliseconds after `start`; 0 if none was.
    moved: AtomicU64,
}

impl Progress {
    pub(crate) fn new(start: Instant) -> Self {
        Self {
            start,
            was_sent: AtomicBool::new(false),
            has_body_failed: AtomicBool::new(false),
            moved: AtomicU64::new(0),
        }
    }

    /// A piece of a body went by.
    pub(crate) fn advance(&self) {
        let passed = self.start.elapsed().as_millis();
        self.moved
            .store(u64::try_from(passed).unwrap_or(u64::MAX).max(1), Relaxed);
    }

    /// When a piece of a body was last seen.
    pub(crate) fn last_advance(&self) -> Option<Instant> {
        match self.moved.load(Relaxed) {
            0 => None,
            passed => self.start.checked_add(Duration::from_millis(passed)),
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        Seen {
            was_sent: self.was_sent.load(Relaxed),
            has_body_failed: self.has_body_failed.load(Relaxed),
        }
    }
}

/// The body of a request, also an empty one, which notices when a connection takes it.
///
/// hyper looks at a body for the first time when it writes the head of the request to a connection. Until then no byte
/// has left, whatever happens.
pub(super) struct TrackedBody {
    body: reqwest::Body,
    progress: Arc<Progress>,
}

impl TrackedBody {
    pub(super) fn wrap(body: Option<reqwest::Body>, progress: Arc<Progress>) -> reqwest::Body {
        let body = body.unwrap_or_default();
        reqwest::Body::wrap(Self { body, progress })
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        self.progress.was_sent.store(true, Relaxed);
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(_)) => self.progress.advance(),
            Some(Err(_)) => self.progress.has_body_failed.store(true, Relaxed),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.progress.was_sent.store(true, Relaxed);
        self.body.is_end_stream()
    }
}
