use std::{
    pin::Pin,
    time::{Duration, Instant, SystemTime},
};

/// The clock, the waiting and the chance that calls depend on, which tests replace.
#[derive(Clone, Default)]
pub(crate) enum Surroundings {
    /// Those of the machine.
    #[default]
    Machine,
    /// Those of the machine, except that all waiting is over at once.
    #[cfg(feature = "mock")]
    Hurried,
    #[cfg(test)]
    Staged(std::sync::Arc<Stage>),
}

impl Surroundings {
    /// The moment when that time will have passed.
    pub(crate) fn after(&self, time: Duration) -> Instant {
        // More than clocks can add to a moment is for ever.
        const EVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

        self.now() + time.min(EVER)
    }

    fn now(&self) -> Instant {
        match self {
            Self::Machine => Instant::now(),
            #[cfg(feature = "mock")]
            Self::Hurried => Self::Machine.now(),
            #[cfg(test)]
            Self::Staged(stage) => stage.start + stage.passed(),
        }
    }

    /// The time of the calendar.
    pub(crate) fn date(&self) -> SystemTime {
        match self {
            Self::Machine => SystemTime::now(),
            #[cfg(feature = "mock")]
            Self::Hurried => Self::Machine.date(),
            #[cfg(test)]
            Self::Staged(stage) => SystemTime::UNIX_EPOCH + stage.passed(),
        }
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        match self {
            Self::Machine => tokio::time::sleep(time).await,
            #[cfg(feature = "mock")]
            Self::Hurried => {}
            #[cfg(test)]
            Self::Staged(stage) => stage.waits.lock().expect("no test panics here").push(time),
        }
    }

    /// What the future comes to, unless the deadline comes first.
    pub(crate) async fn before<F: Future>(&self, deadline: Instant, future: Pin<&mut F>) -> Option<F::Output> {
        match self {
            Self::Machine => tokio::time::timeout_at(deadline.into(), future).await.ok(),
            #[cfg(feature = "mock")]
            Self::Hurried => tokio::time::timeout_at(deadline.into(), future).await.ok(),
            #[cfg(test)]
            Self::Staged(stage) => {
                stage.give_up(deadline);
                if self.now() < deadline {
                    Some(future.await)
                } else {
                    None
                }
            }
        }
    }

    /// Any part of `most`, each as likely as another.
    pub(crate) fn part_of(&self, most: Duration) -> Duration {
        match self {
            Self::Machine => most.mul_f64(fastrand::f64()),
            #[cfg(feature = "mock")]
            Self::Hurried => Duration::ZERO,
            #[cfg(test)]
            Self::Staged(stage) => most.mul_f64(stage.chance),
        }
    }
}

/// Surroundings in which time passes by waiting alone, and all waiting is over at once.
#[cfg(test)]
pub(crate) struct Stage {
    start: Instant,
    /// Which part [`Surroundings::part_of`] gives, from 0 to 1.
    pub(crate) chance: f64,
    pub(crate) waits: std::sync::Mutex<Vec<Duration>>,
    /// Until when [`Surroundings::before`] would have waited, from the start.
    pub(crate) deadlines: std::sync::Mutex<Vec<Duration>>,
}

#[cfg(test)]
impl Stage {
    pub(crate) fn new(chance: f64) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self {
            start: Instant::now(),
            chance,
            waits: std::sync::Mutex::default(),
            deadlines: std::sync::Mutex::default(),
        })
    }

    fn give_up(&self, deadline: Instant) {
        let mut deadlines = self.deadlines.lock().expect("no test panics here");
        deadlines.push(deadline.duration_since(self.start));
    }

    fn passed(&self) -> Duration {
        self.waits.lock().expect("no test panics here").iter().sum()
    }
}
