use std::{
    pin::Pin,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

/// The clock, the waiting and the randomness that calls depend on, which tests replace.
#[derive(Clone, Default)]
pub(crate) enum Clock {
    /// tokio's clock, which the tests of an application may pause and advance.
    #[default]
    System,
    /// The same, but no wait takes any time.
    #[cfg(feature = "mock")]
    NoWait,
    #[cfg(test)]
    Test(std::sync::Arc<TestClock>),
}

impl Clock {
    pub(crate) fn now(&self) -> Instant {
        match self {
            Self::System => Instant::now(),
            #[cfg(feature = "mock")]
            Self::NoWait => Instant::now(),
            #[cfg(test)]
            Self::Test(clock) => clock.start + clock.passed(),
        }
    }

    /// The time of the calendar.
    pub(crate) fn date(&self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            #[cfg(feature = "mock")]
            Self::NoWait => SystemTime::now(),
            #[cfg(test)]
            Self::Test(clock) => SystemTime::UNIX_EPOCH + clock.passed(),
        }
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        match self {
            Self::System => tokio::time::sleep(time).await,
            #[cfg(feature = "mock")]
            Self::NoWait => {}
            #[cfg(test)]
            Self::Test(clock) => clock.waits.lock().expect("no test panics here").push(time),
        }
    }

    /// The output of the future, unless the deadline comes first.
    pub(crate) async fn timeout_at<F: Future>(&self, deadline: Instant, future: Pin<&mut F>) -> Option<F::Output> {
        match self {
            Self::System => tokio::time::timeout_at(deadline, future).await.ok(),
            #[cfg(feature = "mock")]
            Self::NoWait => tokio::time::timeout_at(deadline, future).await.ok(),
            #[cfg(test)]
            Self::Test(clock) => {
                clock.wait_until(deadline);
                if self.now() < deadline {
                    Some(future.await)
                } else {
                    None
                }
            }
        }
    }

    /// A random part of `longest`: full jitter.
    pub(crate) fn jitter(&self, longest: Duration) -> Duration {
        match self {
            Self::System => longest.mul_f64(fastrand::f64()),
            #[cfg(feature = "mock")]
            Self::NoWait => Duration::ZERO,
            #[cfg(test)]
            Self::Test(clock) => longest.mul_f64(clock.random),
        }
    }
}

/// The moment when that time will have passed since the start.
pub(crate) fn deadline(start: Instant, time: Duration) -> Instant {
    // Longer times overflow an `Instant`.
    const FAR_FUTURE: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

    start + time.min(FAR_FUTURE)
}

/// A clock that only waiting moves, and on which no wait takes any time.
#[cfg(test)]
pub(crate) struct TestClock {
    start: Instant,
    /// The part that [`Clock::jitter`] gives, from 0 to 1.
    pub(crate) random: f64,
    pub(crate) waits: std::sync::Mutex<Vec<Duration>>,
    /// Until when [`Clock::timeout_at`] would have waited, from the start.
    pub(crate) deadlines: std::sync::Mutex<Vec<Duration>>,
}

#[cfg(test)]
impl TestClock {
    pub(crate) fn new(random: f64) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self {
            start: Instant::now(),
            random,
            waits: std::sync::Mutex::default(),
            deadlines: std::sync::Mutex::default(),
        })
    }

    fn wait_until(&self, deadline: Instant) {
        let mut deadlines = self.deadlines.lock().expect("no test panics here");
        deadlines.push(deadline.duration_since(self.start));
    }

    fn passed(&self) -> Duration {
        self.waits.lock().expect("no test panics here").iter().sum()
    }
}
