//! An instant on a scheduler's clock: how long it has been running.
//!
//! The same type serves the real clock, the virtual clock of checkpoint mode
//! and the simulation, so that a policy cannot tell them apart.
//!
//! Invariants: (1) instants of different schedulers never meet; each counts
//! from its own start. (2) Arithmetic stops at the ends instead of wrapping:
//! [`Time::MAX`] stands for "never".
//!
//! Left out: the hour of the day, and any way to read a clock. Time arrives
//! as an argument.
//!
//! Book: chapter 2. Mirror: `runtime::clock`.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// An instant: nanoseconds since the scheduler, or the simulation, started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

impl Time {
    /// The scheduler's start.
    pub const ZERO: Time = Time(0);
    /// The end of time, 584 years after the start: "never".
    pub const MAX: Time = Time(u64::MAX);

    /// The instant `nanos` nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> Time {
        Time(nanos)
    }

    /// The instant `millis` milliseconds after the start.
    pub const fn from_millis(millis: u64) -> Time {
        Time(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the start: the trace's `t`.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// How much later `self` is than `earlier`; zero where it is not later.
    pub const fn since(self, earlier: Time) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The first instant later than `self` that is a whole number of `period`s
    /// after the start; None where `period` is zero, or time ends before.
    pub fn next_multiple_of(self, period: Duration) -> Option<Time> {
        let period = nanos(period);
        let over = self.0.checked_rem(period)?;
        Some(Time(self.0.checked_add(period - over)?))
    }
}

/// `duration` in nanoseconds; [`Time::MAX`]'s worth of them where it is longer.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Add<Duration> for Time {
    type Output = Time;

    /// The instant `later` after `self`, at most [`Time::MAX`].
    fn add(self, later: Duration) -> Time {
        Time(self.0.saturating_add(nanos(later)))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, later: Duration) {
        *self = *self + later;
    }
}

impl Sub for Time {
    type Output = Duration;

    /// The same as [`Time::since`].
    fn sub(self, earlier: Time) -> Duration {
        self.since(earlier)
    }
}

/// People see milliseconds, or microseconds or nanoseconds where those are too
/// coarse: `12 ms`, `1500 µs`, `7 ns`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            nanos if nanos % 1_000_000 == 0 => write!(f, "{} ms", nanos / 1_000_000),
            nanos if nanos % 1_000 == 0 => write!(f, "{} µs", nanos / 1_000),
            nanos => write!(f, "{nanos} ns"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_stops_at_the_ends() {
        let second = Duration::from_secs(1);
        assert_eq!(Time::MAX + second, Time::MAX);
        assert_eq!(Time::ZERO + Duration::MAX, Time::MAX);
        assert_eq!(Time::ZERO - Time::MAX, Duration::ZERO);
        assert_eq!(
            (Time::from_millis(2) + second) - Time::from_millis(2),
            second
        );
    }

    #[test]
    fn the_next_multiple_is_always_later() {
        let next = |millis| Time::from_millis(millis).next_multiple_of(Duration::from_millis(10));
        assert_eq!(next(0), Some(Time::from_millis(10)));
        assert_eq!(next(9), Some(Time::from_millis(10)));
        assert_eq!(next(10), Some(Time::from_millis(20)));
        assert_eq!(Time::ZERO.next_multiple_of(Duration::ZERO), None);
        assert_eq!(Time::MAX.next_multiple_of(Duration::from_secs(1)), None);
    }

    #[test]
    fn an_instant_is_shown_in_the_coarsest_unit_that_loses_nothing() {
        assert_eq!(Time::from_millis(12).to_string(), "12 ms");
        assert_eq!(Time::from_nanos(1_500_000).to_string(), "1500 µs");
        assert_eq!(Time::from_nanos(1_001).to_string(), "1001 ns");
        assert_eq!(Time::ZERO.to_string(), "0 ms");
    }
}
