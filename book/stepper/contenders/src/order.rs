//! What one measurement is to do, and what came of it.
//!
//! Both are JSON, since Python's scripts read and write them, too.
//!
//! Book: chapter 25.

use crate::names::{Model, Workload};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// What one measurement is to do.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Order {
    /// The work.
    pub workload: Workload,
    /// Who does it.
    pub model: Model,
    /// How many units there are at a time.
    pub units: u32,
    /// How many virtual CPUs the scheduler has, and processors the machine.
    pub cpus: u32,
    /// How many jobs there are: downloads, sums, messages, changes.
    pub jobs: u64,
    /// Below which number the squares are summed; each job's is one more.
    pub numbers: u64,
    /// How many bytes a download has.
    pub bytes: u32,
    /// How long the server lets a download wait, in ms.
    pub wait: u32,
    /// Where the server is. None where none is needed.
    pub server: Option<SocketAddr>,
}

impl Order {
    /// How many downloads are to wait at the same time before any of them is answered:
    /// idle connections are there together, or they would be few at a time.
    pub fn among(&self) -> u32 {
        match self.workload {
            Workload::Idle if !self.model.is_alone() => self.units,
            _ => 1,
        }
    }
}

/// What came of one measurement.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Sample {
    /// The answer, which all models must agree on.
    pub answer: u64,
    /// From the first unit's start to the last one's end, in seconds.
    pub wall: f64,
    /// What the processors did for it, in seconds: the program and the system
    /// together, workers and their start included.
    pub cpu: f64,
    /// The most memory that was resident at a time, in bytes: of the process and
    /// of each of its workers. Pages that they share count for each.
    pub memory: u64,
    /// As much of it as was resident before the work began: the program itself.
    pub before: u64,
    /// Context switches because of a wait.
    pub waits: u64,
    /// Context switches because the kernel took the processor.
    pub forced: u64,
    /// How many units there were at a time.
    pub units: u32,
}
