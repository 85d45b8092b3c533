//! A planted mistake: who is picked is still stored.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::BTreeSet;
use std::time::Duration;

/// Runs the thread whose deadline comes first.
#[derive(Debug)]
pub(crate) struct Edf {
    /// The runnable threads by deadline; of equals the lower number is first.
    waiting: BTreeSet<(Time, ThreadId)>,
}

impl Edf {
    /// Nobody is runnable yet.
    pub(crate) fn new() -> Edf {
        Edf {
            waiting: BTreeSet::new(),
        }
    }
}

/// By when `thread` must be done: never, if it has no deadline (rule 3).
fn deadline(thread: &Attributes) -> Time {
    thread.deadline.unwrap_or(Time::MAX)
}

impl Policy for Edf {
    /// It is stored by the deadline that it has now (rule 4).
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.waiting.insert((deadline(thread), thread.id));
    }

    /// Mistake: the first is looked at, not taken out.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let (_, thread) = *self.waiting.first()?;
        Some(Pick::until_it_stops(thread))
    }

    /// If it can go on, it is stored by the deadline that it has now (rule 4).
    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.waiting.insert((deadline(thread), thread.id));
        }
    }

    /// Only an earlier deadline takes the CPU (rule 2).
    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        deadline(new) < deadline(current)
    }
}
