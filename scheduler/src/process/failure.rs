//! What can go wrong: with one job, and with a pool as a whole.
//!
//! A job's failure is its own affair: it comes in the place of the result.
//! A pool's is told when the pool is made.
//!
//! Book: chapter 22. Mirror: `runtime::JoinError`, [`RunError`](crate::RunError).

use serde::{Deserialize, Serialize};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt, io};

/// A job that has no result, and why.
#[derive(Clone, Debug)]
pub struct JobError {
    /// The job's number in its pool, from 1.
    pub(super) job: u64,
    /// The worker that had it last, if one had.
    pub(super) worker: Option<u32>,
    /// Why it failed.
    pub(super) failure: Failure,
}

impl JobError {
    /// The job's number in its pool, from 1.
    pub fn job(&self) -> u64 {
        self.job
    }

    /// The number of the worker that had it last, from 1, if one had.
    pub fn worker(&self) -> Option<u32> {
        self.worker
    }

    /// Why it failed.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {}", self.job)?;
        if let Some(worker) = self.worker {
            write!(f, " at worker {worker}")?;
        }
        write!(f, ": {}", self.failure)
    }
}

impl error::Error for JobError {}

/// Why a job failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Failure {
    /// Its function panicked, with this message.
    Panicked(String),
    /// Its worker ended meanwhile: it exited, or was killed. Without a status if
    /// the program took it away from the pool, by waiting for all its children.
    Ended(Option<ExitStatus>),
    /// It was not done within the pool's time limit.
    OverTime(Duration),
    /// Its worker sent what is no answer.
    Nonsense(String),
    /// What it was given, or its result, has more bytes than a message may have.
    TooLarge {
        /// How many bytes it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
    /// What it was given, or its result, cannot be written as a message, or not
    /// be read from one: what serde says.
    Unreadable(String),
    /// The pool has no worker left and can start none.
    NoWorker(Arc<str>),
    /// The pool was dropped before it was done.
    Dropped,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Panicked(message) => write!(f, "it panicked: {message}"),
            Failure::Ended(status) => write!(f, "the worker ended ({})", Status(*status)),
            Failure::OverTime(limit) => write!(f, "it was not done within {limit:?}"),
            Failure::Nonsense(what) => write!(f, "the worker talks nonsense: {what}"),
            Failure::TooLarge { bytes, limit } => write!(
                f,
                "a message of {bytes} bytes is too large: the limit is {limit}, \
                 which the pool's `Builder::message_limit` sets"
            ),
            Failure::Unreadable(what) => write!(f, "a message cannot be written or read: {what}"),
            Failure::NoWorker(why) => write!(f, "no worker is left: {why}"),
            Failure::Dropped => f.write_str("the pool was dropped before it was done"),
        }
    }
}

/// What a worker says of a job that failed, in a frame of its own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// The function panicked. The worker ends.
    Panicked(String),
    /// The result has so many bytes.
    TooLarge(u64),
    /// What was given, or the result, could not be read or written.
    Unreadable(String),
}

impl Report {
    /// As the pool tells it.
    pub(super) fn into_failure(self, limit: usize) -> Failure {
        match self {
            Report::Panicked(message) => Failure::Panicked(message),
            Report::TooLarge(bytes) => Failure::TooLarge {
                bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
                limit,
            },
            Report::Unreadable(what) => Failure::Unreadable(what),
        }
    }
}

/// How a process ended, in two words: `exit 3`, `signal 9`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Status(pub(super) Option<ExitStatus>);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(status) = self.0 else {
            return f.write_str("status unknown");
        };
        match (status.code(), status.signal()) {
            (Some(code), _) => write!(f, "exit {code}"),
            (None, Some(signal)) => write!(f, "signal {signal}"),
            (None, None) => write!(f, "{status}"),
        }
    }
}

/// Why there is no pool.
#[derive(Debug)]
#[non_exhaustive]
pub enum PoolError {
    /// `process::init!` was not called in this program, or not yet.
    NoInit,
    /// It was called, but without this function.
    NotNamed(&'static str),
    /// Workers of workers of workers: this would be so many levels deep.
    TooDeep(u32),
    /// A setting that makes no sense, in a sentence.
    Setting(&'static str),
    /// The system refused to start worker `worker` of `of`.
    Start {
        /// Which one, from 1.
        worker: u32,
        /// Of how many.
        of: u32,
        /// What the system said.
        error: io::Error,
    },
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PoolError::NoInit => f.write_str(
                "worker processes are this program, run again: call \
                 `scheduler::process::init!(..)` with the functions that they run, first thing in \
                 `main` (in a test: in the test), before a pool is made",
            ),
            PoolError::NotNamed(work) => write!(
                f,
                "a worker would not know `{work}`: name the function in `process::init!(..)`"
            ),
            PoolError::TooDeep(depth) => write!(
                f,
                "workers would have workers of their own, {depth} levels deep: a job that makes a \
                 pool of itself multiplies without end, so there are at most {}",
                super::init::DEEPEST
            ),
            PoolError::Setting(what) => f.write_str(what),
            PoolError::Start { worker, of, error } => {
                write!(f, "worker {worker} of {of} cannot be started: ")?;
                if error.kind() == io::ErrorKind::WouldBlock {
                    f.write_str(
                        "the system allows no more processes (`ulimit -u` says how many of one \
                         user): ask for fewer workers, or end some programs; ",
                    )?;
                }
                error.fmt(f)
            }
        }
    }
}

impl error::Error for PoolError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            PoolError::Start { error, .. } => Some(error),
            _ => None,
        }
    }
}
