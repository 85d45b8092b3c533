//! What is asked of a measurement, and what it answers: the seam, as JSON.
//!
//! Invariants: (1) a kind has one word, on the command line, in JSON and in the
//! script; (2) every figure is of one unit, and times are in ns.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Of what one more is to be had.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A task of `runtime`.
    Task,
    /// A thread of `scheduler`.
    Thread,
    /// A thread as the standard library starts it.
    OsThread,
    /// A worker process of `scheduler`.
    Process,
    /// A task of asyncio.
    PyTask,
    /// A thread of Python's `threading`.
    PyThread,
    /// A process of Python's `multiprocessing`.
    PyProcess,
    /// A task of `runtime` with an idle connection.
    TaskConnection,
    /// A thread of the standard library with an idle connection.
    ThreadConnection,
}

impl Kind {
    /// All, in the order of the table.
    pub const ALL: [Kind; 9] = [
        Kind::Task,
        Kind::Thread,
        Kind::OsThread,
        Kind::Process,
        Kind::PyTask,
        Kind::PyThread,
        Kind::PyProcess,
        Kind::TaskConnection,
        Kind::ThreadConnection,
    ];

    /// Its word (1).
    pub fn word(self) -> &'static str {
        match self {
            Kind::Task => "task",
            Kind::Thread => "thread",
            Kind::OsThread => "os-thread",
            Kind::Process => "process",
            Kind::PyTask => "py-task",
            Kind::PyThread => "py-thread",
            Kind::PyProcess => "py-process",
            Kind::TaskConnection => "task-connection",
            Kind::ThreadConnection => "thread-connection",
        }
    }

    /// What it is, for the table.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Task => "task of our event loop",
            Kind::Thread => "thread under our scheduler",
            Kind::OsThread => "thread of the system's (std)",
            Kind::Process => "worker process of ours",
            Kind::PyTask => "Python: task (asyncio)",
            Kind::PyThread => "Python: thread",
            Kind::PyProcess => "Python: process",
            Kind::TaskConnection => "task with an idle connection",
            Kind::ThreadConnection => "thread with an idle connection",
        }
    }

    /// Whether Python measures it.
    pub fn is_python(self) -> bool {
        matches!(self, Kind::PyTask | Kind::PyThread | Kind::PyProcess)
    }

    /// Whether it holds a connection.
    pub fn is_connection(self) -> bool {
        matches!(self, Kind::TaskConnection | Kind::ThreadConnection)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

/// What is asked: so many units of one kind.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Order {
    /// Of what.
    pub kind: Kind,
    /// How many.
    pub count: u32,
}

/// What each of them took (2).
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Sample {
    /// From the first one's start until all were there, by their number.
    pub start: f64,
    /// From the word to end until all were over, by their number.
    pub end: f64,
    /// From one to another one; none where that was not measured.
    pub switch: Option<f64>,
    /// A message to another one, and one back.
    pub message: Option<f64>,
    /// Bytes of memory, while it waits.
    pub memory: f64,
    /// How many numbers of the system's it takes: threads and processes.
    pub threads: f64,
    /// How many mappings of memory.
    pub mappings: f64,
    /// How many descriptors.
    pub descriptors: f64,
    /// How long the whole measurement took.
    pub whole: f64,
}

/// Why there is no sample.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Trouble {
    /// How many units were there already.
    pub reached: u32,
    /// What the system said.
    pub why: String,
}

impl Trouble {
    /// What the system said when `reached` units were there.
    pub fn at(reached: u32, why: impl fmt::Display) -> Trouble {
        Trouble {
            reached,
            why: why.to_string(),
        }
    }
}

/// What a measurement prints as its last line.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It was made.
    Sample(Sample),
    /// It could not be.
    Trouble(Trouble),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_word_for_everybody() {
        for kind in Kind::ALL {
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
        }
    }
}
