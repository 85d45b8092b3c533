//! A unit: a task or a thread, and what has become of it so far.
//!
//! ```text
//!            (1)         (2)            (4)
//!   New ───────► Ready ──────► Running ─────► Over
//!                  ▲  ▲          │  │
//!                  │  └──(3)─────┘  │ (5)
//!                  └──────(6)── Waiting
//! ```
//! 1. `woken`, `runnable`: into the queue for the first time.
//! 2. `polled`, `dispatched`.
//! 3. `preempted`, `yielded`; or `pending`, if it was woken meanwhile.
//! 4. `completed`, `panicked`, `cancelled`, `finished` (a cancelled task may
//!    come from any state).
//! 5. `pending`, `blocked`, `call_entered`.
//! 6. `woken`, `runnable`.

use std::sync::Arc;

use crate::trace::{PlaceId, Reference};

/// Which unit: its number, and the driver that numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId {
    /// The loop or scheduler.
    pub driver: u32,
    /// The number; 0 is the code that called `block_on` or `run`.
    pub number: u32,
}

/// What a unit is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitState {
    /// Spawned, not queued yet.
    New,
    /// In the queue: a task is ready, a thread runnable.
    Ready,
    /// Running on a CPU (a loop has CPU 0 alone).
    Running {
        /// Which CPU.
        cpu: u32,
    },
    /// Waiting or blocked, for what [`Unit::waits`] says.
    Waiting,
    /// In a blocking call, without a CPU.
    InCall,
    /// Over.
    Over(End),
}

/// How a unit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It returned.
    Done,
    /// It panicked.
    Panicked,
    /// It was aborted, or its loop was dropped.
    Cancelled,
}

/// One thing that a unit waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A unit or an object.
    Thing(Reference),
    /// The time: it sleeps until an instant (ns), where that is known.
    Sleep(Option<u64>),
    /// A blocking call of this name, of which only the kernel knows the end.
    Call(Arc<str>),
    /// Something in words that are not of the vocabulary.
    Other(Arc<str>),
}

/// A value that a unit read from a shared variable and may still act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The variable's number.
    pub shared: u32,
    /// What it read.
    pub value: Arc<str>,
    /// How often the variable had been stored to by then: if that has grown,
    /// the value is stale.
    pub stores: u64,
}

/// A task or a thread.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Which one.
    pub id: UnitId,
    /// Its name, empty if it has none.
    pub name: Arc<str>,
    /// What it is doing.
    pub state: UnitState,
    /// Since when (ns).
    pub since: u64,
    /// Since which step.
    pub since_step: usize,
    /// Where it stands in the learner's program.
    pub at: Option<PlaceId>,
    /// Where it was spawned.
    pub spawned_at: Option<PlaceId>,
    /// Who spawned it; nobody spawned unit 0.
    pub spawned_by: Option<UnitId>,
    /// What it waits for; empty unless it waits, or is about to.
    pub waits: Vec<Wait>,
    /// The instant (ns) at which its wait ends whether or not what it waits for
    /// has come; `None` unless it waits for a thing with such a limit.
    pub until: Option<u64>,
    /// What it waited for when it was last polled or dispatched; empty unless it
    /// runs. It keeps its place in those lines until it gives way.
    pub(super) waited: Vec<Wait>,
    /// Its own values, by name, in the order in which it first set them.
    pub locals: Vec<(Arc<str>, Arc<str>)>,
    /// The step of the wake that queued it since it last ran, and who woke it.
    pub woken: Option<(usize, Option<Reference>)>,
    /// Whether it is in the queue; it may be while it runs.
    pub queued: bool,
    /// How often it was polled or dispatched.
    pub runs: u64,
    /// The CPU that it was on last; `None` before its first stay.
    pub last_cpu: Option<u32>,
    /// How often it went on on another CPU than the one that it was on last.
    pub migrations: u64,
    /// How often it was preempted.
    pub preemptions: u64,
    /// Its CPU time (ns), of the stays on a CPU that are over.
    pub ran: u64,
    /// Its task class, where the record named one.
    pub class: Arc<str>,
    /// Its priority, where the record named one.
    pub priority: Option<i64>,
    /// The priority that is lent to it while others wait for what it holds, and
    /// by whom.
    pub donated: Option<(i64, Option<UnitId>)>,
    /// Its weight, where the record named one.
    pub weight: Option<u64>,
    /// The quantum (ns) of its stay on the CPU; `None`: until it stops by itself.
    pub quantum: Option<u64>,
    /// What it read from shared variables since it last wrote each of them.
    pub loads: Vec<Load>,
    /// The job of its pool that it has begun last and that is not over, if it is a
    /// worker.
    pub at_work: Option<u32>,
    /// What it panicked with.
    pub message: Option<Arc<str>>,
    /// Whether its result has been taken.
    pub joined: bool,
}

impl Unit {
    /// A unit that was spawned, or is seen for the first time.
    pub(super) fn new(id: UnitId, time: u64, step: usize) -> Self {
        Self {
            id,
            name: "".into(),
            state: UnitState::New,
            since: time,
            since_step: step,
            at: None,
            spawned_at: None,
            spawned_by: None,
            waits: Vec::new(),
            until: None,
            waited: Vec::new(),
            locals: Vec::new(),
            woken: None,
            queued: false,
            runs: 0,
            last_cpu: None,
            migrations: 0,
            preemptions: 0,
            ran: 0,
            class: "".into(),
            priority: None,
            donated: None,
            weight: None,
            quantum: None,
            loads: Vec::new(),
            at_work: None,
            message: None,
            joined: false,
        }
    }

    /// As lists show it: `2 pong`, or `2` if it has no name.
    pub fn label(&self) -> String {
        if self.name.is_empty() {
            self.id.number.to_string()
        } else {
            format!("{} {}", self.id.number, self.name)
        }
    }

    /// Whether it is over.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, UnitState::Over(_))
    }

    /// Whether it is running.
    pub const fn is_running(&self) -> bool {
        matches!(self.state, UnitState::Running { .. })
    }
}
