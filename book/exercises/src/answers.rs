//! A learner's policy in a program of its own, asked from another.
//!
//! `simulate --policy exercise:NAME` runs a policy that may panic, loop for ever
//! or want all memory. So it runs elsewhere, on the same workload, and what comes
//! back is what it answered; the one who asked simulates once more and lets
//! [`Repeated`] give the same answers. A simulation asks the same in the same
//! order each time, so nothing else has to be told.
//!
//! ```text
//!  stepper ── Question: the jobs ──► the exercise's program
//!     ▲                                simulation ◄──► Recorded(the policy)
//!     └───── Answers: one after the other ──┘
//!  simulation ◄──► Repeated(answers)
//! ```
//!
//! Invariants: (1) a recording ends, as the one who asked would end it: after so
//! many picks and timers the policy is asked no more; (2) answers that do not fit
//! the questions are noticed: the two programs were built of unlike sources.
//!
//! Book: "Exercises" in the introduction.

mod recorded;
mod repeated;
mod workload;

pub use recorded::answer;
pub use repeated::{OutOfStep, Repeated};
pub use workload::Workload;

use serde::{Deserialize, Serialize};

/// What the exercise's program is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// What is simulated.
    pub workload: Workload,
    /// After how many picks and timers the policy is asked no more (1).
    pub most: usize,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answers {
    /// What the policy answered, in order.
    pub answers: Vec<Answer>,
    /// Message and place of its panic, if it panicked.
    pub panicked: Option<String>,
}

/// One answer of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Of `pick`.
    Pick(Option<Picked>),
    /// Of `preempts`.
    Preempts(bool),
    /// Of `next_timer`, in ns.
    NextTimer(Option<u64>),
}

/// A pick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// The thread.
    pub thread: u32,
    /// Its quantum in ns.
    pub quantum: Option<u64>,
    /// The policy's reason.
    pub why: Option<String>,
}
