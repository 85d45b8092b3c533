//! A happens-before checker: which accesses of a trace nothing orders.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check happens_before`.

use exercises::trace::{Does, Step};
use std::collections::{BTreeMap, BTreeSet};

/// How many steps of each thread are known to come before.
#[derive(Clone, Debug, Default)]
struct Clock(BTreeMap<usize, usize>);

impl Clock {
    /// How many steps of `thread` it knows.
    fn of(&self, thread: usize) -> usize {
        self.0.get(&thread).copied().unwrap_or(0)
    }
}

/// Every pair of places in `trace` whose accesses race, the earlier first.
pub(crate) fn races(trace: &[Step]) -> BTreeSet<(usize, usize)> {
    let mut threads: BTreeMap<usize, Clock> = BTreeMap::new();
    for &Step { thread, does } in trace {
        // What a thread knows; it knows its own steps.
        let clock = threads.entry(thread).or_default();
        *clock.0.entry(thread).or_default() += 1;
        let _so_manyth_step = clock.of(thread);
        // Where a step orders: who learns what? Where it accesses a variable: with which
        // earlier accesses does it race?
        let _is_access = matches!(does, Does::Load(_) | Does::Store(_));
    }
    BTreeSet::new() // no races are found so far
}
