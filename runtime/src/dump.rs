//! The dump: every task, where it stands, and what it waits for.
//!
//! [`EventLoop::dump`] for the loop's owner, [`dump`] inside of a task, an
//! [`Observer`](crate::Observer) from any other OS thread. It is made when it is
//! asked for, from the queues, slabs and wait lists that the loop has anyway:
//! nothing is recorded for it, but for one count of polls a task.
//!
//! Invariants: (1) it is right whether or not a trace is written; (2) it owns
//! what it says, so that it can be kept, and sent to another thread.
//!
//! Left out: how long each task was polled. It would cost eight bytes a task,
//! and a million may be parked; a poll that takes long is reported anyway. What
//! is awaited within a task, future in future: nobody but the compiler knows.
//!
//! Book: chapter 12. Mirror: none.

use crate::class::Class;
use crate::context;
use crate::event_loop::EventLoop;
use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::task::{State, Task};
use crate::trace::{Reference, learners};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::time::Duration;

/// Every task of a loop that is not over, at one instant. Printed, it is a table.
#[derive(Clone, Debug)]
pub struct Dump {
    /// When it was made.
    now: Duration,
    /// In the order of spawning.
    tasks: Vec<TaskDump>,
}

/// One task in a [`Dump`].
#[derive(Clone, Debug)]
pub struct TaskDump {
    /// Its number.
    id: TaskId,
    /// Its name, empty if it has none.
    name: Box<str>,
    /// Its class.
    class: Class,
    /// Whether it runs, can run, or waits.
    state: TaskState,
    /// How often it was polled.
    polls: u32,
    /// Where it was spawned.
    spawned_at: &'static Location<'static>,
    /// Its last `.await`.
    stands_at: Option<&'static Location<'static>>,
    /// What it waits for.
    waits: Vec<WaitsFor>,
}

/// How a task that is not over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// It is in the ready queue.
    Ready,
    /// It is being polled, or dropped.
    Running,
    /// It waits for a wake.
    Waiting,
}

/// Something that a task waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitsFor {
    /// What it is, in the words of the trace.
    kind: &'static str,
    /// Which one of its kind.
    number: u64,
    /// A timer's rest.
    due_in: Option<Duration>,
}

/// Every task of the running loop.
///
/// # Panics
///
/// If it is called outside of an event loop: see [`EventLoop::dump`].
#[track_caller]
pub fn dump() -> Dump {
    context::expect_current("dump()").dump()
}

impl EventLoop {
    /// Every task of the loop. It takes time in the order of their number.
    pub fn dump(&self) -> Dump {
        self.state.dump()
    }
}

impl Dump {
    /// When it was made, on the loop's clock.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// Every task that is not over, in the order of spawning.
    pub fn tasks(&self) -> &[TaskDump] {
        &self.tasks
    }

    /// The task of this number, if it is not over.
    pub fn task(&self, id: TaskId) -> Option<&TaskDump> {
        self.tasks.iter().find(|task| task.id == id)
    }
}

impl TaskDump {
    /// The task's number.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// What its spawner calls it.
    pub fn name(&self) -> Option<&str> {
        (!self.name.is_empty()).then_some(&*self.name)
    }

    /// How urgent it is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Whether it runs, can run, or waits.
    pub fn state(&self) -> TaskState {
        self.state
    }

    /// How often it was polled; [`u32::MAX`] stands for more, too.
    pub fn polls(&self) -> u32 {
        self.polls
    }

    /// Where it was spawned.
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.spawned_at
    }

    /// At which `.await` it gave way last. `None`: at none that is known.
    pub fn stands_at(&self) -> Option<&'static Location<'static>> {
        self.stands_at
    }

    /// What it waits for, by number. Nothing, if it does not wait, or if it
    /// waits for something of which the loop does not know.
    pub fn waits(&self) -> &[WaitsFor] {
        &self.waits
    }
}

impl WaitsFor {
    /// What it is: `"task"`, `"timer"`, `"source"`, `"channel"` and so on, as
    /// in the trace.
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// Which one of its kind.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// If it is a timer: in how long it is due.
    pub fn due_in(&self) -> Option<Duration> {
        self.due_in
    }
}

impl LoopState {
    /// A dump of every task.
    pub(crate) fn dump(&self) -> Dump {
        let now = self.time.now();
        let mut waiting = self.waiting();
        let timers = self.timers.borrow();
        let due_in: BTreeMap<u64, Duration> = timers
            .iter()
            .map(|(timer, _)| (timer.number, timer.deadline.saturating_sub(now)))
            .collect();
        let waits_for = |on: Reference| WaitsFor {
            kind: on.kind(),
            number: on.number(),
            due_in: match on {
                Reference::Timer(number) => due_in.get(&number).copied(),
                _ => None,
            },
        };
        let tasks = self.tasks.borrow();
        let alive = tasks.iter().filter(|(_, task)| task.state != State::Over);
        let mut tasks: Vec<_> = alive
            .map(|(_, task)| {
                let waits = waiting.remove(&task.id).unwrap_or_default();
                TaskDump::new(task, waits.into_iter().map(waits_for).collect())
            })
            .collect();
        tasks.sort_unstable_by_key(|task| task.id);
        Dump { now, tasks }
    }
}

impl TaskDump {
    /// What is to be said of `task`, which waits for these.
    fn new(task: &Task, waits: Vec<WaitsFor>) -> Self {
        let has_awaited = !std::ptr::eq(task.spawned_at, task.stands_at);
        TaskDump {
            id: task.id,
            name: task.name().unwrap_or_default().into(),
            class: task.class,
            state: match task.state {
                State::Ready => TaskState::Ready,
                State::Waiting => TaskState::Waiting,
                State::Running | State::Rewoken | State::Leaving | State::Over => {
                    TaskState::Running
                }
            },
            polls: task.polls,
            spawned_at: task.spawned_at,
            stands_at: learners(task.stands_at).filter(|_| has_awaited),
            waits,
        }
    }

    /// Its row in the table.
    fn cells(&self) -> [String; COLUMNS] {
        let place = |place: &Location<'_>| format!("{}:{}", place.file(), place.line());
        let waits: Vec<_> = self.waits.iter().map(WaitsFor::to_string).collect();
        [
            self.id.to_string(),
            self.name.escape_debug().to_string(),
            self.class.to_string(),
            self.state.to_string(),
            self.polls.to_string(),
            waits.join(" + "),
            self.stands_at.map(place).unwrap_or_default(),
            place(self.spawned_at),
        ]
    }
}

/// How many columns the table has.
const COLUMNS: usize = 8;

/// Their heads.
const HEADS: [&str; COLUMNS] = [
    "task",
    "name",
    "class",
    "state",
    "polls",
    "waits for",
    "stands at",
    "spawned at",
];

impl fmt::Display for Dump {
    /// A line that says when, and a table with a line for each task.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.tasks.len() == 1 { "" } else { "s" };
        write!(f, "{} task{plural} at {:?}", self.tasks.len(), self.now)?;
        let heads = HEADS.map(str::to_owned);
        let rows = [heads].into_iter();
        let rows: Vec<_> = rows.chain(self.tasks.iter().map(TaskDump::cells)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<_> = (0..COLUMNS)
            .map(|column| width(column).unwrap_or(0))
            .collect();
        for row in &rows {
            let cells = row.iter().zip(&widths);
            let cells: Vec<_> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            write!(f, "\n{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TaskState::Ready => "ready",
            TaskState::Running => "running",
            TaskState::Waiting => "waiting",
        })
    }
}

impl fmt::Display for WaitsFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.number)?;
        self.due_in
            .map_or(Ok(()), |rest| write!(f, " due in {rest:?}"))
    }
}
