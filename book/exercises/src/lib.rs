//! What all exercises share: how checks are stated, run and told.
//!
//! An exercise is a folder `NN_name` beside `src`, with the learner's file,
//! the checks, a solution and planted mistakes. Its checks are a program of
//! its own, which `cargo run -- exercise check NAME` builds and runs:
//!
//! ```text
//!  stepper ── request ──► judge ──► checks ──► the learner's code
//!     ▲                     │
//!     └────── report ───────┘
//! ```
//!
//! | file | holds |
//! |---|---|
//! | [`check`] | a check, and the complaint of one that failed |
//! | [`judge`] | the `main` of every exercise: runs the checks, reports |
//! | [`report`] | what stepper and judge say to each other |
//! | [`channel`] | the line on which they say it, out of the learner's reach |
//! | [`mod@confine`] | what a program loses before the learner's code runs in it |
//! | [`operations`] | calls to a data structure, held against a naive model of it |
//! | [`policies`] | exercises whose learner writes a policy: their checks are a list |
//! | [`scenario`] | jobs for a policy, held against another policy |
//! | [`table`] | a scenario, and what a book says comes of it |
//! | [`random`] | thousands of scenarios, and the smallest that goes wrong |
//! | [`threads`] | a scenario as real threads |
//! | [`answers`] | a learner's policy asked from another program |
//! | [`turns`] | real threads at checkpoints, in an order that can be varied |
//! | [`transcript`] | what threads did, line by line |
//! | [`machine`] | threads of a few operations, to be explored without any OS thread |
//! | [`trace`] | what threads did, as a list of steps, to be judged afterwards |
//! | [`replay`] | two policies asked the same, while threads are preempted |
//! | [`tasks`] | futures under observation: polls, wakes, a loop that nobody hangs |
//! | [`parking`] | a thread's parking place, in which nobody sleeps for ever |
//! | [`exploring`] | programs of threads under every schedule that matters |
//! | [`workers`] | worker processes, on paper and for real |
//! | [`waiting_room`] | threads that wait to be called: what a lock is made with |
//! | [`search`] | dice, and how the smallest case that fails is found |
//!
//! Book: "Exercises" in the introduction.

pub mod answers;
mod channel;
pub mod check;
mod confine;
pub mod exploring;
pub mod judge;
pub mod machine;
pub mod operations;
pub mod parking;
pub mod policies;
pub mod random;
pub mod replay;
pub mod report;
pub mod scenario;
pub mod search;
pub mod table;
pub mod tasks;
pub mod threads;
pub mod trace;
pub mod transcript;
pub mod turns;
pub mod waiting_room;
pub mod workers;
