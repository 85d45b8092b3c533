//! What is measured, and where: CPU time, on a processor of one's own.
//!
//! Work that never waits is measured in CPU time, which is the same on a quiet
//! machine and tells less of other programs on a busy one.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Measures from its making on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    /// On which clock.
    clock: ClockId,
    /// Since when.
    began: Duration,
}

impl Stopwatch {
    /// The CPU time of this thread.
    pub(crate) fn of_thread() -> Self {
        Stopwatch::on(ClockId::ThreadCPUTime)
    }

    /// The CPU time of all threads of this process.
    pub(crate) fn of_process() -> Self {
        Stopwatch::on(ClockId::ProcessCPUTime)
    }

    /// On this clock.
    fn on(clock: ClockId) -> Self {
        let began = read(clock);
        Stopwatch { clock, began }
    }

    /// How much since then.
    pub(crate) fn elapsed(self) -> Duration {
        read(self.clock).saturating_sub(self.began)
    }

    /// How many nanoseconds since then for each of `count` things.
    pub(crate) fn nanoseconds_each(self, count: u32) -> f64 {
        self.elapsed().as_secs_f64() * 1e9 / f64::from(count)
    }
}

/// What a clock says.
fn read(clock: ClockId) -> Duration {
    clock_gettime(clock)
        .try_into()
        .expect("CPU time is never negative")
}

/// Keeps this thread on one processor, if there are two, until the guard is dropped.
pub(crate) fn pin_to(processor: usize) -> Pinned {
    let before = sched_getaffinity(None).ok();
    let mut only = CpuSet::new();
    only.set(processor);
    let _ = sched_setaffinity(None, &only); // where it is refused, the OS chooses
    Pinned { before }
}

/// A thread that stays on one processor while this lives.
#[derive(Debug)]
pub(crate) struct Pinned {
    /// Where it could be before.
    before: Option<CpuSet>,
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = sched_setaffinity(None, before); // as above
        }
    }
}
