//! Interval: a tick every so often.
//!
//! Ticks are due at fixed instants, a period apart, so that the time between the
//! ticks does not add up to a drift. If their task comes too late, because it or
//! another kept the loop, ticks are *missed*: one is, if the next is overdue as
//! well when it is given. [`MissedTicks`] says what happens then.
//!
//! Invariants: (1) no tick is given before it is due, and the first is due at
//! once; (2) a tick gives way at least once, like every sleep, also when many
//! are overdue; (3) a tick that is dropped before it was given leaves no timer,
//! and is not lost: the next call waits for it.
//!
//! Left out: ticks by the hour of the day.
//!
//! Book: chapter 6. Mirror: a thread with a period, in `scheduler::policy`.

use crate::clock::now;
use crate::sleep::{Sleep, sleep_until};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Ticks every `period`; the first tick is due at once.
///
/// ```
/// use runtime::{Clock, EventLoop, interval, now};
/// use std::time::Duration;
///
/// EventLoop::new(Clock::Virtual).block_on(async {
///     let mut second = interval(Duration::from_secs(1));
///     for _ in 0..=60 {
///         second.tick().await;
///     }
///     assert_eq!(now(), Duration::from_secs(60));
/// });
/// ```
///
/// # Panics
///
/// If `period` is zero.
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    assert!(
        !period.is_zero(),
        "the period of an interval is zero: it would never stop ticking"
    );
    Interval {
        period,
        due: None,
        missed_ticks: MissedTicks::default(),
    }
}

/// See [`interval()`].
#[derive(Debug)]
pub struct Interval {
    /// How far ticks are apart.
    period: Duration,
    /// When the next one is due. `None`: at once.
    due: Option<Duration>,
    /// What happens when ticks are missed.
    missed_ticks: MissedTicks,
}

/// What an [`Interval`] does when its task comes too late for ticks.
///
/// With a period of 10, a tick due at 20 and given at 45:
///
/// | | then due at |
/// |---|---|
/// | `Burst` | 30, 40, 50, 60: two of them at once |
/// | `Delay` | 55, 65, 75 |
/// | `Skip` | 50, 60, 70 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissedTicks {
    /// Gives them one after the other, without waiting, until it has caught up:
    /// as many ticks as without the delay.
    #[default]
    Burst,
    /// Starts anew: the next tick is due a period after the late one.
    Delay,
    /// Leaves them out: the next tick is due when one would have been anyway.
    Skip,
}

impl Interval {
    /// Says what happens when ticks are missed: `Burst`, unless set.
    pub fn set_missed_ticks(&mut self, missed_ticks: MissedTicks) {
        self.missed_ticks = missed_ticks;
    }

    /// How far ticks are apart.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Waits for the next tick, and returns the instant at which it was due.
    ///
    /// # Panics
    ///
    /// When it is polled: outside of an event loop.
    pub fn tick(&mut self) -> Tick<'_> {
        Tick {
            interval: self,
            sleep: None,
        }
    }

    /// Starts anew: the next tick is due a period from now.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn reset(&mut self) {
        self.due = Some(now().saturating_add(self.period));
    }

    /// When the tick after that of `due` is due, which is given `now`.
    fn next(&self, due: Duration, now: Duration) -> Duration {
        let next = due.saturating_add(self.period);
        if next >= now {
            return next; // none is missed
        }
        match self.missed_ticks {
            MissedTicks::Burst => next,
            MissedTicks::Delay => now.saturating_add(self.period),
            MissedTicks::Skip => {
                let late = now.saturating_sub(next).as_nanos() % self.period.as_nanos();
                if late == 0 {
                    return now; // just in time for that one
                }
                let wait = self.period.as_nanos().saturating_sub(late);
                now.saturating_add(Duration::from_nanos_u128(wait))
            }
        }
    }
}

/// See [`Interval::tick`].
#[derive(Debug)]
#[must_use = "a tick does nothing unless it is awaited"]
pub struct Tick<'a> {
    /// Whose.
    interval: &'a mut Interval,
    /// The wait for it, since the first poll.
    sleep: Option<(Duration, Sleep)>,
}

impl Future for Tick<'_> {
    type Output = Duration;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Duration> {
        let Tick { interval, sleep } = &mut *self;
        let (due, sleep) = sleep.get_or_insert_with(|| {
            let due = *interval.due.get_or_insert_with(now); // invariant 1
            (due, sleep_until(due))
        });
        if Pin::new(sleep).poll(context).is_pending() {
            return Poll::Pending;
        }
        interval.due = Some(interval.next(*due, now()));
        Poll::Ready(*due)
    }
}
