//! What can be compared: the workloads, and the models that do them.
//!
//! Book: chapter 25.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A piece of work that every model can do.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// I/O bound: downloads from a local server that takes its time
    Downloads,
    /// CPU bound: sums of squares
    Squares,
    /// Both: a download, and then a sum
    Mixed,
    /// Many connections on which nothing happens for a while
    Idle,
    /// Units that pass a small message around in a ring
    Chatty,
    /// Units that change the same counter and the same map
    Shared,
}

impl Workload {
    /// All, in the order of the table.
    pub const ALL: [Workload; 6] = [
        Workload::Downloads,
        Workload::Squares,
        Workload::Mixed,
        Workload::Idle,
        Workload::Chatty,
        Workload::Shared,
    ];

    /// As it is written: `downloads`.
    pub fn word(self) -> &'static str {
        match self {
            Workload::Downloads => "downloads",
            Workload::Squares => "squares",
            Workload::Mixed => "mixed",
            Workload::Idle => "idle",
            Workload::Chatty => "chatty",
            Workload::Shared => "shared",
        }
    }
}

/// A way to have several things under way.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// One after another: no concurrency at all
    OneByOne,
    /// Tasks on one event loop
    Tasks,
    /// Tasks that hand what blocks or computes to a pool of OS threads
    TasksPool,
    /// Threads of the scheduler on one virtual CPU: what a global lock amounts to
    Threads1,
    /// Threads of the scheduler on as many CPUs as there are
    Threads,
    /// Plain OS threads
    OsThreads,
    /// Worker processes
    Processes,
    /// Python, one after another
    PyOneByOne,
    /// Python's threading
    PyThreads,
    /// Python's asyncio
    PyAsyncio,
    /// Python's multiprocessing
    PyProcesses,
    /// The threads of a Python without a global lock
    PyFree,
}

impl Model {
    /// All, in the order of the table.
    pub const ALL: [Model; 12] = [
        Model::OneByOne,
        Model::Tasks,
        Model::TasksPool,
        Model::Threads1,
        Model::Threads,
        Model::OsThreads,
        Model::Processes,
        Model::PyOneByOne,
        Model::PyThreads,
        Model::PyAsyncio,
        Model::PyProcesses,
        Model::PyFree,
    ];

    /// As it is written: `tasks-pool`.
    pub fn word(self) -> &'static str {
        match self {
            Model::OneByOne => "one-by-one",
            Model::Tasks => "tasks",
            Model::TasksPool => "tasks-pool",
            Model::Threads1 => "threads1",
            Model::Threads => "threads",
            Model::OsThreads => "os-threads",
            Model::Processes => "processes",
            Model::PyOneByOne => "py-one-by-one",
            Model::PyThreads => "py-threads",
            Model::PyAsyncio => "py-asyncio",
            Model::PyProcesses => "py-processes",
            Model::PyFree => "py-free",
        }
    }

    /// As the table calls it.
    pub fn title(self) -> &'static str {
        match self {
            Model::OneByOne => "one after another",
            Model::Tasks => "tasks",
            Model::TasksPool => "tasks + blocking pool",
            Model::Threads1 => "threads, 1 virtual CPU",
            Model::Threads => "threads, all CPUs",
            Model::OsThreads => "plain OS threads",
            Model::Processes => "processes",
            Model::PyOneByOne => "Python one by one",
            Model::PyThreads => "Python threading",
            Model::PyAsyncio => "Python asyncio",
            Model::PyProcesses => "Python multiprocessing",
            Model::PyFree => "Python free-threaded",
        }
    }

    /// The script in `python/`, if it is one of Python's.
    pub fn script(self) -> Option<&'static str> {
        match self {
            Model::PyOneByOne => Some("one_by_one.py"),
            Model::PyThreads | Model::PyFree => Some("in_threads.py"),
            Model::PyAsyncio => Some("in_tasks.py"),
            Model::PyProcesses => Some("in_processes.py"),
            _ => None,
        }
    }

    /// The model that has no concurrency, in the same language: what it is compared with.
    #[must_use]
    pub fn alone(self) -> Model {
        match self.script() {
            Some(_) => Model::PyOneByOne,
            None => Model::OneByOne,
        }
    }

    /// Whether it has no concurrency.
    pub fn is_alone(self) -> bool {
        self == self.alone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_the_command_line_and_json_call_them() {
        for model in Model::ALL {
            let value = model.to_possible_value().unwrap();
            assert_eq!(value.get_name(), model.word());
            let json = serde_json::to_string(&model).unwrap();
            assert_eq!(json, format!("\"{}\"", model.word()));
        }
        for workload in Workload::ALL {
            let value = workload.to_possible_value().unwrap();
            assert_eq!(value.get_name(), workload.word());
            let json = serde_json::to_string(&workload).unwrap();
            assert_eq!(json, format!("\"{}\"", workload.word()));
        }
    }
}
