//! Worker processes as a pool sees them, on paper and for real.
//!
//! A pool starts workers, gives jobs, and hears news. Whether the workers are
//! processes is nothing to it. So the same pool is first held against [`OnPaper`], where
//! time is a number and each job's fate is known, and then against [`Real`] processes.
//!
//! ```text
//!  the learner's pool ── start, give, end, kill ──► workers
//!                     ◄───────── news ─────────────
//! ```
//!
//! Invariants: (1) on paper the same pool has the same run, always; (2) a pool that
//! waits for news which cannot come, or gives where nobody takes, is told so by a
//! panic, and does not hang.
//!
//! Book: "Exercises" in the introduction; chapter 22.

mod on_paper;
mod real;

pub use on_paper::{Fate, OnPaper, Taken, told};
pub use real::{ABORTS, EXITS, Real, SLEEPS, begin};

use std::fmt;

/// The number of a worker, from 1: the so manieth that was started.
pub type WorkerId = u32;

/// What a pool can do with its workers. Times are in ms since it began.
pub trait Workers {
    /// Starts a worker, which has nothing to do yet.
    fn start(&mut self) -> WorkerId;

    /// Gives a worker the job of this number. It does its jobs one after the other.
    ///
    /// # Panics
    ///
    /// If the worker was ended or killed, or is known to be gone.
    fn give(&mut self, worker: WorkerId, job: usize);

    /// Tells a worker that it gets no more jobs: it does what it has, and is gone.
    fn end(&mut self, worker: WorkerId);

    /// Ends a worker at once, whatever it does: it is gone. What it had already
    /// answered is still news.
    fn kill(&mut self, worker: WorkerId);

    /// Waits for the next news, until this instant at most; None if there is none until
    /// then.
    ///
    /// # Panics
    ///
    /// If without a limit there is nothing that could come.
    fn news(&mut self, until: Option<u64>) -> Option<News>;

    /// How many ms have passed.
    fn now(&self) -> u64;
}

/// What a pool hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A worker has done a job.
    Done {
        /// Who.
        worker: WorkerId,
        /// Which.
        job: usize,
        /// What came of it.
        answer: u64,
    },
    /// A worker is gone, and with it whatever it had not done: since it was to end, or
    /// was killed, or crashed.
    Gone {
        /// Who.
        worker: WorkerId,
    },
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            News::Done {
                worker,
                job,
                answer,
            } => write!(f, "worker {worker} has done job {job}: {answer}"),
            News::Gone { worker } => write!(f, "worker {worker} is gone"),
        }
    }
}

/// What a pool returned, in a line.
pub fn listed(answers: &[Option<u64>]) -> String {
    let one = |answer: &Option<u64>| answer.map_or("none".to_owned(), |it| it.to_string());
    let all: Vec<String> = answers.iter().map(one).collect();
    format!("the answers are: {}", all.join(", "))
}

/// Other answers than those that must come, if they are.
pub fn other_answers(answers: &[Option<u64>], expected: &[Option<u64>]) -> Option<String> {
    let told = || format!("{}\nand should be: {}", listed(answers), listed(expected));
    (answers != expected).then(told)
}
