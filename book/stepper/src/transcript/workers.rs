//! The lines of events of a pool of worker processes.

use super::line::Teller;
use crate::{
    sentence::words::count,
    trace::{EventKind, Key},
};

impl Teller<'_> {
    /// The line of an event, with its pool if there are several.
    pub(super) fn of_workers(&self, kind: EventKind) -> Option<String> {
        let text = self.of_a_pool(kind)?;
        Some(match self.side.last_state().drivers.len() {
            0 | 1 => text,
            _ => format!("pool {}: {text}", self.event.driver()),
        })
    }

    /// The line of an event; none for what others already say.
    fn of_a_pool(&self, kind: EventKind) -> Option<String> {
        use EventKind as E;
        let bytes = || count(self.event.number(Key::Bytes).unwrap_or(0), "byte");
        let (job, worker) = (self.value(Key::Job), self.value(Key::Worker));
        Some(match kind {
            E::Spawned => format!("worker {worker} is started"),
            E::Exited => format!(
                "worker {worker} ends: {}",
                self.value(Key::Status).replace(':', " ")
            ),
            E::JobSent => format!("job {job} → worker {worker}, {}", bytes()),
            E::JobBegun => format!("worker {worker} begins job {job}"),
            E::JobDone => format!("job {job} ← worker {worker}, {}", bytes()),
            E::JobFailed => format!("job {job} fails: {}", self.value(Key::Why)),
            E::JobReturned => format!("job {job} waits again"),
            E::Ended => format!(
                "over: {} done, {} failed",
                self.value(Key::Done),
                self.value(Key::Failed)
            ),
            _ => return None,
        })
    }
}
