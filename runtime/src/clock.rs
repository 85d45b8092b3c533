//! The clock: what time it is for a loop.
//!
//! Time is a [`Duration`] since the loop was made. Timers, the trace and the
//! length of polls are all measured on it.
//!
//! Invariants: (1) it never goes backwards; (2) virtual time stands still while
//! tasks run, unless one says that it [works](crate::work()): else it moves only
//! when the loop jumps to the next deadline, which it does when nothing else can
//! happen: no task is ready, and the OS, asked without waiting, knows nothing
//! new. So a program in virtual time that talks to nobody outside has one trace,
//! on every machine.
//!
//! Left out: the hour of the day, and time that runs faster or slower.
//!
//! Book: chapter 6. Mirror: `scheduler::time`.

use crate::context;
use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

/// Which time a loop lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time that passes: a sleeping loop sleeps.
    Real,
    /// A time that jumps to the next deadline when nothing else can happen.
    Virtual,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Clock::Real => "real",
            Clock::Virtual => "virtual",
        })
    }
}

/// The time since the running loop was made, on its own clock.
///
/// # Panics
///
/// If it is called outside of an event loop.
#[track_caller]
pub fn now() -> Duration {
    context::expect_current("now()").time.now()
}

/// A loop's clock while it goes.
#[derive(Debug)]
pub(crate) struct Timekeeper {
    /// Which time it keeps.
    pub(crate) clock: Clock,
    /// When the loop was made. In virtual time nobody looks at it.
    started: Instant,
    /// Virtual: the time. Real: the time when the loop last looked.
    seen: Cell<Duration>,
}

impl Timekeeper {
    /// A clock that starts now, at zero.
    pub(crate) fn new(clock: Clock) -> Self {
        Timekeeper {
            clock,
            started: Instant::now(),
            seen: Cell::new(Duration::ZERO),
        }
    }

    /// What time it is. Real time costs about 25 ns to look at.
    #[inline]
    pub(crate) fn now(&self) -> Duration {
        if self.clock == Clock::Real {
            self.seen.set(self.started.elapsed());
        }
        self.seen.get()
    }

    /// What time it was when the loop last looked: costs nothing.
    #[inline]
    pub(crate) fn seen(&self) -> Duration {
        self.seen.get()
    }

    /// Jumps to `instant`, in virtual time.
    pub(crate) fn advance(&self, instant: Duration) {
        debug_assert_eq!(self.clock, Clock::Virtual, "only virtual time jumps");
        self.seen.set(self.seen.get().max(instant)); // invariant 1
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Timekeeper};
    use std::time::Duration;

    #[test]
    fn virtual_time_moves_only_by_jumps_and_never_back() {
        let time = Timekeeper::new(Clock::Virtual);
        assert_eq!(time.now(), Duration::ZERO);
        time.advance(Duration::from_secs(5));
        time.advance(Duration::from_secs(3));
        assert_eq!(time.now(), Duration::from_secs(5));
    }
}
