//! The folded state in the canonical form of the halves' own account.
//!
//! Computed here from events alone, there from the real queues: a test holds
//! one against the other. Lists are separated by commas, `-` when empty:
//!
//! - runtime: `running=- urgent=- normal=2,1 background=- waiting=0:task:1+timer:3,4:source:2
//!   timers=3@5000000 sources=1,2`
//! - scheduler: `running=0:2 runnable=1,3 blocked=0:thread:1,2:mutex:1
//!   sleeping=4@9000000 owners=1:2`

use super::{Driver, Unit, UnitState, Wait};
use crate::trace::Target;

impl Driver {
    /// The state as the half itself accounts for it.
    pub fn account(&self, target: Target) -> String {
        match target {
            Target::Runtime => self.runtime_account(),
            Target::Scheduler => self.scheduler_account(),
            Target::Process => self.process_account(),
        }
    }

    /// The account of an event loop.
    fn runtime_account(&self) -> String {
        let queued = |class| list(self.queue.of_class(class).map(|unit| unit.to_string()));
        format!(
            "running={} urgent={} normal={} background={} waiting={} timers={} sources={}",
            list(self.running.iter().map(|(_, unit)| unit.to_string())),
            queued("urgent"),
            queued("normal"),
            queued("background"),
            list(self.waiting().map(|unit| {
                let number = unit.id.number;
                format!("{number}:{}", waits(unit))
            })),
            list(
                self.timers
                    .iter()
                    .map(|(number, timer)| format!("{number}@{}", timer.deadline))
            ),
            list(self.sources.iter().map(|(number, _)| number.to_string())),
        )
    }

    /// The account of a scheduler.
    fn scheduler_account(&self) -> String {
        let (sleeping, blocked): (Vec<_>, Vec<_>) = self
            .units
            .values()
            .filter(|unit| unit.state == UnitState::Waiting)
            .partition(|unit| matches!(*unit.waits, [Wait::Sleep(_)]));
        format!(
            "running={} runnable={} blocked={} sleeping={} owners={}",
            list(
                self.running
                    .iter()
                    .map(|(cpu, unit)| format!("{cpu}:{unit}"))
            ),
            list(self.queue.iter().map(|unit| unit.to_string())),
            list(
                blocked
                    .iter()
                    .map(|unit| format!("{}:{}", unit.id.number, waits(unit)))
            ),
            list(sleeping.iter().map(|unit| {
                let number = unit.id.number;
                match *unit.waits {
                    [Wait::Sleep(Some(until))] => format!("{number}@{until}"),
                    _ => format!("{number}@-"),
                }
            })),
            list(self.mutexes.iter().filter_map(|(number, mutex)| {
                Some(format!("{number}:{}", mutex.owner()?.number))
            })),
        )
    }
}

/// The account of a pool of processes.
impl Driver {
    /// Which jobs wait for a worker, which are at one, and which worker runs which.
    fn process_account(&self) -> String {
        use super::JobState;
        let jobs = |wanted: fn(JobState) -> Option<u32>| {
            list(self.jobs.iter().filter_map(|(number, job)| {
                let worker = wanted(job.state)?;
                let at = (worker > 0).then(|| format!("@{worker}"));
                Some(format!("{number}{}", at.unwrap_or_default()))
            }))
        };
        format!(
            "queued={} sent={} begun={}",
            jobs(|state| (state == JobState::Queued).then_some(0)),
            jobs(|state| match state {
                JobState::Sent { worker } => Some(worker),
                _ => None,
            }),
            jobs(|state| match state {
                JobState::Begun { worker } => Some(worker),
                _ => None,
            }),
        )
    }
}

/// Items separated by commas, `-` if there are none.
fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        "-".to_owned()
    } else {
        items.join(",")
    }
}

/// What a unit waits for, in order of kind and number.
fn waits(unit: &Unit) -> String {
    let mut waits: Vec<&Wait> = unit.waits.iter().collect();
    waits.sort_by_key(|wait| match wait {
        Wait::Thing(reference) => (Some(reference.number), Some(reference.thing)),
        _ => (None, None),
    });
    let words: Vec<String> = waits
        .into_iter()
        .map(|wait| match wait {
            Wait::Thing(reference) => reference.to_string(),
            Wait::Sleep(_) => "sleep".to_owned(),
            Wait::Call(call) => call.to_string(),
            Wait::Other(other) => other.to_string(),
        })
        .collect();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join("+")
    }
}
