//! A slice: from a thread's first instruction behind its gate to its tick.
//!
//! The dispatcher says how long a slice is; the thread, once it goes on, when it
//! ends. What lies between the end of one and the beginning of the next is the
//! hand-over, and nobody's time: some microseconds, or milliseconds where other
//! programs want the processor. So the deadline is a number with two meanings:
//!
//! ```text
//!   0 .. 2^63        the instant at which the slice is over
//!   2^63 .. NEVER    2^63 plus its length: it has not begun
//!   NEVER            it has no end
//! ```
//!
//! Invariants: (1) a thread that runs towards an instant has its timer armed for
//! that or an earlier one, or is about to arm it; a tick that comes early arms it
//! for the rest; (2) an end that the dispatcher sets while the slice begins
//! counts: the thread replaces only what it has read, and looks again after it
//! has armed the timer; (3) a slice whose end has come before it began lasts a
//! [`MOMENT`]; (4) to arm the timer is no part of the slice: what it took lately
//! is added to the end, which is known before.
//!
//! Left out: who gets which length; the policy says so.
//!
//! Book: chapter 13.

use std::sync::atomic::Ordering;

use super::super::clock;
use super::{Context, State};

/// A slice that was over before it got going still lasts so long (ns), and a tick
/// that found its thread at a bad moment comes again after it. Without it a slow
/// machine would hand threads the processor and never let them use it.
const MOMENT: u64 = 30_000;
/// From here on a deadline is the length of a slice that has not begun.
const LENGTH: u64 = 1 << 63;
/// The deadline of a slice without an end.
pub(super) const NEVER: u64 = u64::MAX;

/// The deadline of a slice of `quantum` ns that has not begun. The longest that
/// can be said is 292 years.
pub(super) fn lasting(quantum: Option<u64>) -> u64 {
    quantum.map_or(NEVER, |quantum| LENGTH + quantum.min(LENGTH - 2))
}

/// The thread's own side: to be called on that thread.
impl Context {
    // ANCHOR: begin
    /// The slice begins: from now on it has an end, and a tick that brings it.
    pub(super) fn begin_slice(&self) {
        let now = clock::now();
        self.began_at.store(now, Ordering::Release);
        let lead = self.lead.load(Ordering::Relaxed);
        let given = self.deadline.load(Ordering::Acquire);
        let end = match given {
            NEVER => return, // who sets an end now arms the timer, too
            LENGTH.. => (now + lead + (given - LENGTH)).min(LENGTH - 1),
            end if end <= now => now + MOMENT, // (3)
            end => end,
        };
        let _ = self.deadline.compare_exchange(
            given,
            end,
            Ordering::AcqRel,
            Ordering::Relaxed, // (2)
        );
        self.arm();
        let began = clock::now();
        self.began_at.store(began, Ordering::Release);
        self.lead.store(
            (7 * lead + (began - now).min(MOMENT)) / 8,
            Ordering::Relaxed,
        ); // (4)
    }
    // ANCHOR_END: begin

    /// Arms the timer for the end of the slice, if it has one.
    pub(in crate::preempt) fn arm(&self) {
        loop {
            let end = self.deadline.load(Ordering::Acquire);
            if end >= LENGTH {
                return;
            }
            self.timer.arm(end);
            // The dispatcher sets an end before it arms: if it was faster than we
            // were, what it has set is seen here (2).
            if self.deadline.load(Ordering::Acquire) == end {
                return;
            }
        }
    }

    /// Saves the next blocking call from being interrupted by a stale tick.
    pub(super) fn disarm(&self) {
        if self.deadline.load(Ordering::Relaxed) != NEVER {
            self.timer.disarm();
        }
    }

    /// Whether the thread holds a CPU and its slice is over.
    pub(in crate::preempt) fn is_due(&self) -> bool {
        self.state.load(Ordering::Acquire) == State::Running as u8
            && clock::now() >= self.deadline.load(Ordering::Acquire)
    }

    /// The tick came too early for a thread that runs: it comes again (1).
    pub(in crate::preempt) fn wait_for_the_rest(&self) {
        if self.state() == State::Running {
            self.arm();
        }
    }

    /// Lets the tick come again in a [`MOMENT`].
    pub(in crate::preempt) fn try_again(&self) {
        self.timer.arm(clock::now() + MOMENT);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::inbox::Inbox;
    use super::*;
    use std::sync::Arc;
    use std::thread;
    use std::time::Duration;

    /// Longer than any test.
    const HOUR: u64 = 3_600_000_000_000;

    /// A thread without a timer, dispatched for so long, that comes through its
    /// gate later.
    fn late(quantum: Option<u64>) -> Context {
        let context = Context::new(1, Arc::new(Inbox::new()), Arc::default());
        context.dispatch(quantum);
        thread::sleep(Duration::from_millis(2));
        context
    }

    /// When its slice is over.
    fn end(context: &Context) -> u64 {
        context.deadline.load(Ordering::Relaxed)
    }

    #[test]
    fn a_slice_lasts_its_quantum_however_long_the_way_through_the_gate_was() {
        let context = late(Some(HOUR));
        assert!(!context.is_due(), "it has not begun");
        let goes_on = clock::now();
        context.begin_slice();
        assert!(end(&context) >= goes_on + HOUR);
        assert!(context.began_at() >= goes_on);
    }

    #[test]
    fn the_time_that_it_takes_to_begin_is_added_to_the_next_end() {
        let context = late(Some(HOUR));
        context.lead.store(1_000, Ordering::Relaxed);
        let before = clock::now();
        context.begin_slice();
        assert!(end(&context) >= before + HOUR + 1_000);
    }

    #[test]
    fn an_end_that_is_set_before_the_slice_has_begun_counts() {
        let context = late(Some(HOUR));
        let wanted = clock::now() + HOUR / 2;
        context.set_deadline(wanted);
        context.begin_slice();
        assert_eq!(end(&context), wanted);
    }

    #[test]
    fn a_slice_that_is_over_before_it_began_lasts_a_moment() {
        let context = late(Some(HOUR));
        context.set_deadline(1);
        let goes_on = clock::now();
        context.begin_slice();
        assert!(end(&context) >= goes_on + MOMENT);
        assert!(end(&context) < goes_on + HOUR);
    }

    #[test]
    fn a_slice_without_an_end_has_none_however_long_it_lasts() {
        let context = late(None);
        context.begin_slice();
        assert_eq!(end(&context), NEVER);
        assert!(!context.is_due());
    }

    #[test]
    fn a_quantum_longer_than_can_be_said_is_the_longest_that_can() {
        for quantum in [LENGTH - 2, LENGTH, u64::MAX] {
            let context = late(Some(quantum));
            context.begin_slice();
            assert_eq!(end(&context), LENGTH - 1, "{quantum}");
        }
    }
}
