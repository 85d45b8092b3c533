//! What a thread is doing, and why it stopped, as two small numbers.
//!
//! Atomics hold them: thread, handler and dispatcher look at any moment.
//!
//! Invariant: the numbers are the places in `ALL`.
//!
//! Left out: what a thread *is* (runnable, blocked, ..): see `crate::thread`.
//!
//! Book: chapter 13.

/// What a thread is doing, as far as its handler is concerned.
///
/// ```text
///               (1) dispatch              (6) leave: nobody wanted its CPU
///    Stopped ───────────────► Running ◄───────────────┐
///      ▲  ▲                    │ │ │    (3) enter     │
///      │  └────────────────────┘ │ └───────────► Calling, Brief
///      │    (2) give_way, or     │                    │ (4) take_cpu
///      │        the handler      │ (7) find_away      ▼
///      │◄──────────────────── Away                  InCall
///      │  (8) come_back                               │
///      └──────────────────────────────────────────────┘
///               (5) leave
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// It stands at its gate (or is on the way there, or over).
    Stopped,
    /// It holds a CPU.
    Running,
    /// It is in a blocking call and holds no CPU.
    InCall,
    /// It is in a blocking call and holds its CPU until the dispatcher wants it.
    Calling,
    /// It is in a system call that should be over soon, and holds its CPU, for
    /// its quantum at most.
    Brief,
    /// It was found asleep in the kernel, and its CPU given away.
    Away,
}

impl State {
    /// In the order of their numbers, which an atomic holds.
    const ALL: [Self; 6] = [
        Self::Stopped,
        Self::Running,
        Self::InCall,
        Self::Calling,
        Self::Brief,
        Self::Away,
    ];

    /// The state of this number.
    pub(super) fn of_number(number: u8) -> Self {
        Self::ALL[usize::from(number)]
    }
}

/// Why a thread last stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reason {
    /// It is new, and stands at its gate for the first time.
    Arrived,
    /// Its quantum was over.
    Preempted,
    /// It asked to: it offers its CPU, or waits for something.
    Asked,
    /// Its blocking call is over: it needs a CPU again.
    Returned,
    /// It is over.
    Finished,
}

impl Reason {
    /// In the order of their numbers, which an atomic holds.
    const ALL: [Self; 5] = [
        Self::Arrived,
        Self::Preempted,
        Self::Asked,
        Self::Returned,
        Self::Finished,
    ];

    /// The reason of this number.
    pub(super) fn of_number(number: u8) -> Self {
        Self::ALL[usize::from(number)]
    }
}
