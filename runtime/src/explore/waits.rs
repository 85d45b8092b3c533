//! Waits: who waits for what, when nobody can go on.
//!
//! What the [dump](crate::dump()) says, kept to be compared and told. A task that waits
//! for nothing that the loop knows has given its waker to something of the program's
//! own, or to nobody.
//!
//! Invariant: tasks come in the order of spawning, so that the same end is told in the
//! same words.
//!
//! Book: chapter 20. Mirror: `scheduler::deadlock`.

use crate::dump::{TaskDump, WaitsFor};
use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::trace::Line;
use std::fmt;

/// Every task that waits, and nobody will wake one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// In the order of spawning.
    tasks: Vec<Waiting>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    /// Its number.
    task: TaskId,
    /// Its name, empty if it has none.
    name: String,
    /// What it waits for; nothing, if the loop does not know.
    on: Vec<(String, u64)>,
    /// Its last `.await` of which the loop knows; before that, where it was spawned.
    at: String,
}

impl LoopState {
    /// Who waits for what now.
    pub(super) fn waits(&self) -> Waits {
        let dump = self.dump();
        Waits {
            tasks: dump.tasks().iter().map(Waiting::new).collect(),
        }
    }
}

impl Waits {
    /// The numbers of the tasks.
    pub fn tasks(&self) -> impl Iterator<Item = TaskId> {
        self.tasks.iter().map(|waiting| waiting.task)
    }

    /// Whether somebody waits for what has gone by, or may never come: a notification, a
    /// value, or a wake that the loop knows nothing of. Else they wait for each other.
    pub(super) fn is_lost_wakeup(&self) -> bool {
        self.tasks.iter().any(|waiting| {
            let mut kinds = waiting.on.iter().map(|(kind, _)| kind.as_str());
            waiting.on.is_empty() || kinds.any(|kind| ["notify", "channel"].contains(&kind))
        })
    }
}

impl Waiting {
    /// What `dump` says of a task.
    fn new(dump: &TaskDump) -> Waiting {
        let at = dump.stands_at().unwrap_or(dump.spawned_at());
        let on = |on: &WaitsFor| (on.kind().to_owned(), on.number());
        Waiting {
            task: dump.id(),
            name: dump.name().unwrap_or_default().to_owned(),
            on: dump.waits().iter().map(on).collect(),
            at: Line(at.file(), at.line()).to_string(),
        }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.task)?;
        if !self.name.is_empty() {
            write!(f, " '{}'", self.name.escape_debug())?;
        }
        f.write_str(" waits for ")?;
        for (index, (kind, number)) in self.on.iter().enumerate() {
            let and = if index > 0 { " or " } else { "" };
            match kind.as_str() {
                "task" => write!(f, "{and}the end of task {number}")?,
                _ => write!(f, "{and}{kind} {number}")?,
            }
        }
        if self.on.is_empty() {
            return write!(
                f,
                "a wake of which the loop knows nothing, since {}",
                self.at
            );
        }
        write!(f, " at {}", self.at)
    }
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody can wake any task")?;
        for (index, waiting) in self.tasks.iter().enumerate() {
            let separator = if index == 0 { ":" } else { ";" };
            write!(f, "{separator} {waiting}")?;
        }
        Ok(())
    }
}
