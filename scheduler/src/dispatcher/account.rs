//! The dispatcher's account of itself: what a reader of the trace should know.
//!
//! Logged as target `account`, message `state`, just before every dispatch in
//! checkpoint mode, and before the last record in all modes. It is made from
//! the scheduling state itself, never from the trace, so that a picture that
//! was rebuilt from the records can be held against it.
//!
//! `running=CPU:THREAD`, `runnable` in the order in which they became it,
//! `blocked=THREAD:KIND:N` and `sleeping=THREAD@INSTANT` by thread,
//! `owners=MUTEX:THREAD` by mutex; a list is separated by commas, `-` if empty.

use super::Dispatcher;
use crate::thread::State;

impl Dispatcher {
    /// The keys and values of the account, in order.
    pub(super) fn account(&self) -> Vec<(&'static str, String)> {
        let running = self.cpus.iter().enumerate().filter_map(|(cpu, state)| {
            let stay = state.stay.as_ref()?;
            Some(format!("{cpu}:{}", stay.thread))
        });
        let blocked = self.threads.iter().filter_map(|(id, thread)| {
            let State::Blocked { on, .. } = &thread.state else {
                return None;
            };
            Some(format!("{id}:{}", on.object()))
        });
        let sleeping = self.threads.iter().filter_map(|(id, thread)| {
            let State::Sleeping(until) = thread.state else {
                return None;
            };
            Some(format!("{id}@{}", until.as_nanos()))
        });
        let owners = self.run.locks.owners();
        let owners = owners
            .iter()
            .map(|(mutex, owner)| format!("{mutex}:{owner}"));
        vec![
            ("t", self.run.now().as_nanos().to_string()),
            ("sched", self.run.number.to_string()),
            ("running", list(running)),
            (
                "runnable",
                list(self.queue.threads().map(|id| id.to_string())),
            ),
            ("blocked", list(blocked)),
            ("sleeping", list(sleeping)),
            ("owners", list(owners)),
        ]
    }
}

/// The items, separated by commas.
fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        "-".to_owned()
    } else {
        items.join(",")
    }
}
