//! An explorer: every interleaving of a small machine, one after the other.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check explorer`.

use exercises::machine::{Machine, Outcomes};

/// How every execution of `machine` ends, and how many end in each way.
pub(crate) fn explore(machine: &Machine) -> Outcomes {
    // One execution, in which the first thread that can step always does. And the others?
    let mut copy = machine.clone();
    let mut outcomes = Outcomes::new();
    while let Some(thread) = (0..copy.threads()).find(|&thread| copy.can(thread)) {
        copy.step(thread);
    }
    outcomes.extend(copy.outcome().map(|outcome| (outcome, 0)));
    outcomes
}
