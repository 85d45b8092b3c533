//! What the policy's answers are checked against: who is runnable, since when.
//!
//! The rules are those of [`Fault`](crate::policy::Fault); each has its number
//! where it is checked. Rule 5 is checked by the [run queue](super::run_queue).
//!
//! Invariant: (1) threads are stored in the order in which they became
//! runnable, so the first has been for the longest time.
//!
//! Mirror: `simulation::driver::picks`, the same for jobs on paper.

use crate::policy::{CpuId, Instead, Pick, Rule, ThreadId, Told};
use crate::time::Time;
use std::time::Duration;

/// A runnable thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    /// Which.
    pub(super) thread: ThreadId,
    /// The only CPU that it may run on.
    pub(super) affinity: Option<CpuId>,
    /// Since when it is runnable.
    pub(super) since: Time,
    /// How the policy learned of it.
    pub(super) told: Told,
}

impl Stored {
    /// Whether it may run on `cpu`.
    pub(super) fn may_run_on(&self, cpu: CpuId) -> bool {
        self.affinity.is_none_or(|only| only == cpu)
    }
}

/// Checks the policy's answer for `cpu`, and takes the thread out of `all`.
/// `instead` says what a thread is that is not runnable.
pub(super) fn check(
    all: &mut Vec<Stored>,
    pick: Option<Pick>,
    cpu: CpuId,
    instead: impl Fn(ThreadId) -> Instead,
) -> Result<Option<Pick>, Rule> {
    let Some(pick) = pick else {
        return match all.iter().find(|stored| stored.may_run_on(cpu)) {
            None => Ok(None),
            Some(stored) => Err(Rule::IdleBesideRunnable {
                cpu,
                thread: stored.thread,
                since: stored.since,
                told: stored.told,
            }), // rule 2
        };
    };
    let thread = pick.thread;
    let Some(index) = all.iter().position(|stored| stored.thread == thread) else {
        return Err(Rule::PickedWhatIsNotRunnable {
            cpu,
            thread,
            is: instead(thread),
        }); // rule 1
    };
    if let Some(only) = all[index].affinity
        && only != cpu
    {
        return Err(Rule::WrongCpu { cpu, thread, only }); // rule 3
    }
    if pick.quantum.is_some_and(|quantum| quantum.is_zero()) {
        return Err(Rule::ZeroQuantum { thread }); // rule 4
    }
    all.remove(index);
    Ok(Some(pick))
}

/// Checks that nobody has been runnable for as long as `limit`.
pub(super) fn check_turns(all: &[Stored], limit: Duration, now: Time) -> Result<(), Rule> {
    match all.first() {
        Some(stored) if now - stored.since >= limit => Err(Rule::Starved {
            thread: stored.thread,
            since: stored.since,
            limit,
        }), // rule 6
        _ => Ok(()),
    }
}
