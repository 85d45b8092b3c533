//! A thread, as the dispatcher sees it.
//!
//! ```text
//!                 (1) arrive            (2) dispatch
//!   (spawned) ──────────────► Runnable ─────────────► Running
//!                              ▲ ▲ ▲ ▲    (3) give way  │ │ │ │
//!                              │ │ │ └──────────────────┘ │ │ │
//!                              │ │ │ (4) unblock          │ │ │ (5) wait
//!                              │ │ └────── Blocked ◄──────│─│─┤
//!                              │ │   (6) awake            │ │ │ (7) sleep
//!                              │ └──────── Sleeping ◄─────│─│─┘
//!                              │     (8) return           │ │ (9) call
//!                              └────────── InCall ◄───────│─┘
//!                                                         │ (10) finish
//!                                          (gone) ◄───────┘
//! ```
//!
//! (1) [`Dispatcher::arrive`](crate::dispatcher::Dispatcher); (2) `dispatch`;
//! (3) `give_way`: preempted or yielded; (5), (7), (9), (10) `stop`, for the
//! request that the thread left; (4) `wake`; (6) `wake_sleepers`, from
//! Blocked too if the wait had a limit; (8) `return_from_call`.
//!
//! Invariants: (1) the dispatcher alone reads and writes this, so that wakes
//! and waits never race; (2) a thread that is over has no entry.
//!
//! Book: chapter 2. Mirror: `runtime::task`.

use crate::control::{Control, On};
use crate::place::Place;
use crate::policy::{Attributes, CpuId, ThreadId};
use crate::time::Time;
use std::sync::Arc;

/// One thread that is not over.
#[derive(Debug)]
pub(crate) struct Thread {
    /// What it shares with the OS thread that is it.
    pub(crate) control: Arc<Control>,
    /// What the policy may know.
    pub(crate) attributes: Attributes,
    /// The priority that is its own, as the trace told it last; the attribute
    /// may be higher, lent by others.
    pub(crate) own_priority: i32,
    /// What it does.
    pub(crate) state: State,
    /// It was woken while it did not wait: its next wait ends at once.
    pub(crate) permit: Option<Permit>,
    /// The threads that wait for its end, in the order in which they came: who
    /// joins it, and the scope that it was spawned in.
    pub(crate) joiners: Vec<ThreadId>,
    /// Where it ran last: its OS thread is pinned to that CPU's processor.
    pub(crate) last_cpu: Option<CpuId>,
}

/// A wake that came before the wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permit {
    /// Who woke; None if that was no thread of ours.
    pub(crate) by: Option<ThreadId>,
}

/// What a thread does: see the diagram at the module.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// It can run, and waits for a CPU.
    Runnable,
    /// It holds this CPU.
    Running(CpuId),
    /// It waits for another thread.
    Blocked {
        /// For what.
        on: On,
        /// At which line.
        at: Option<Place>,
        /// Its place among the sleepers, if it waits until an instant at most.
        lies: Option<(Time, u64)>,
    },
    /// It waits until this instant.
    Sleeping(Time),
    /// It is in a blocking call, and needs no CPU.
    InCall,
}

impl Thread {
    /// A thread that arrives at `now`.
    pub(crate) fn new(control: Arc<Control>, now: Time) -> Thread {
        let mut attributes = control.attributes.clone();
        attributes.arrival = now;
        Thread {
            control,
            own_priority: attributes.priority,
            attributes,
            state: State::Runnable,
            permit: None,
            joiners: Vec::new(),
            last_cpu: None,
        }
    }
}
