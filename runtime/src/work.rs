//! Work: a task computes for so long, and does not give way.
//!
//! The stand-in for a computation: while it lasts, every other task of the loop
//! stands still, and timers become late. In real time it burns the CPU. In
//! virtual time, in which a task otherwise costs nothing, it moves the clock: so
//! the poll's `ran`, the report of a slow poll and the lateness of timers are
//! what they would be, and the same on every machine.
//!
//! Invariants: (1) it returns no earlier than it was asked to, on its loop's
//! clock; (2) it polls nothing, fires nothing and wakes nobody: what became due
//! meanwhile waits for the loop.
//!
//! Left out: CPU time. An OS thread that has its processor taken away has
//! worked all the same; `scheduler::work` is more exact.
//!
//! Book: chapter 8. Mirror: `scheduler::work`.

use crate::clock::Clock;
use crate::context;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Computes for `duration` without giving way.
///
/// Outside of an event loop, as on a thread of the pool that runs blocking
/// calls, it burns real time: no loop's clock is its own there.
///
/// ```
/// use runtime::{Clock, EventLoop, now, work};
/// use std::time::Duration;
///
/// EventLoop::new(Clock::Virtual).block_on(async {
///     work(Duration::from_secs(5)); // virtual time: no wait
///     assert_eq!(now(), Duration::from_secs(5));
/// });
/// ```
// ANCHOR: work
pub fn work(duration: Duration) {
    match context::current() {
        Some(state) if state.time.clock == Clock::Virtual => {
            let end = state.time.now().saturating_add(duration);
            state.time.advance(end);
        }
        _ => burn(duration),
    }
}
// ANCHOR_END: work

/// Keeps the processor busy for `duration` of real time.
fn burn(duration: Duration) {
    let began = Instant::now();
    while began.elapsed() < duration {
        for step in 0..1_000 {
            black_box(step); // between two looks at the clock, something to compute
        }
    }
}
