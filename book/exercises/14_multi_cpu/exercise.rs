//! A run queue for each CPU: placing, stealing, balancing.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check multi_cpu`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason};
use scheduler::time::Time;
use std::time::Duration;

/// Takes turns on each CPU, and balances between them.
#[derive(Debug)]
pub(crate) struct MultiCpu {
    /// How many CPUs there are: 0, 1, ... up to the one below this.
    cpus: u32,
    /// How long a thread may run at a time.
    quantum: Duration,
    /// How often a thread may be moved to a shorter queue.
    interval: Duration,
    // Needed besides: a queue for each CPU, and for each thread, runnable or
    // blocked, in whose queue it is at home.
}

impl MultiCpu {
    /// An empty queue for each of so many CPUs.
    pub(crate) fn new(cpus: u32, quantum: Duration, interval: Duration) -> MultiCpu {
        MultiCpu {
            cpus,
            quantum,
            interval,
        }
    }
}

impl Policy for MultiCpu {
    /// `thread` can run from now on: it goes to the tail of the queue where it
    /// belongs.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let _: Option<CpuId> = thread.affinity; // None: it may run on any
        let _: u32 = self.cpus;
    }

    /// `cpu` is free: the head of its queue runs; if it is empty, one from
    /// another's.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        None
    }

    /// `thread` left its CPU. If it can still run, it goes to the tail of that
    /// CPU's queue, or of a shorter one.
    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, now: Time) {
        let _: Option<Time> = now.next_multiple_of(self.interval); // always later than now
    }

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
