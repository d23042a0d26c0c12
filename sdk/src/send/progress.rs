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
    content: Content,
    progress: Arc<Progress>,
}

/// The body itself. What is in memory needs no body of reqwest around it.
pub(super) enum Content {
    Bytes(Bytes),
    Body(reqwest::Body),
}

impl TrackedBody {
    pub(super) fn wrap(content: Content, progress: Arc<Progress>) -> reqwest::Body {
        reqwest::Body::wrap(Self { content, progress })
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
        let frame = match &mut self.content {
            Content::Bytes(bytes) if bytes.is_empty() => None,
            Content::Bytes(bytes) => Some(Ok(Frame::data(std::mem::take(bytes)))),
            Content::Body(body) => ready!(Pin::new(body).poll_frame(context)),
        };
        match &frame {
            Some(Ok(_)) => self.progress.advance(),
            Some(Err(_)) => self.progress.has_body_failed.store(true, Relaxed),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Body(body) => body.size_hint(),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.progress.was_sent.store(true, Relaxed);
        match &self.content {
            Content::Bytes(bytes) => bytes.is_empty(),
            Content::Body(body) => body.is_end_stream(),
        }
    }
}
