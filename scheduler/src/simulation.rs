//! Policies on paper: jobs with known bursts, on a virtual clock.
//!
//! The same policy that drives real threads is driven here by lists of bursts,
//! in no time and with the same result on every machine. So it can be held
//! against a textbook's tables before it meets a thread.
//!
//! Invariants: (1) what happens at one instant happens in the order that
//! [`Policy`] states; [`Tie`] swaps two of the steps. (2) Every answer of the
//! policy is checked; a wrong one ends the simulation with a [`Failure`].
//!
//! Left out: waiting for each other.
//!
//! Book: chapter 2. Mirror: none; tasks have no policy.

mod chart;
mod driver;
mod job;
mod outcome;
#[cfg(test)]
mod tests;
mod unit;

pub use chart::{Chart, Segment};
pub use job::{Job, Step};
pub use outcome::{Failure, JobTimes, Outcome, Release};

use crate::policy::{CpuId, Policy};
use std::time::Duration;

/// What goes first when a stay on a CPU ends at the very instant at which
/// another thread becomes runnable. Textbooks differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tie {
    /// The stay ends first: an expired thread is in the queue before one that
    /// arrives or is unblocked at that instant. OSTEP, and our dispatcher.
    #[default]
    ExpiredFirst,
    /// The arrival goes first. Silberschatz, and most simulators.
    ArrivalFirst,
}

/// Jobs, and the CPUs that they share.
///
/// ```
/// use scheduler::policy::RoundRobin;
/// use scheduler::simulation::{Job, Simulation};
/// use std::time::Duration;
///
/// let ms = Duration::from_millis;
/// let jobs = [Job::new().run(ms(24)), Job::new().run(ms(3)), Job::new().run(ms(3))];
/// let outcome = Simulation::new(jobs).run(&mut RoundRobin::new(ms(4)))?;
/// // Silberschatz, section 5.3.3: waiting times of 6, 4 and 7 ms.
/// let waiting: Vec<_> = outcome.jobs.iter().map(|job| job.waiting).collect();
/// assert_eq!(waiting, [ms(6), ms(4), ms(7)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The jobs; the first is thread 1.
    jobs: Vec<Job>,
    /// How many CPUs there are. At least 1.
    cpus: u32,
    /// What goes first at one instant.
    tie: Tie,
    /// How long a CPU takes to switch to another thread.
    switch_cost: Duration,
    /// Whether to record the chart's segments.
    chart: bool,
    /// How long a job may be runnable without running.
    starvation_limit: Option<Duration>,
}

impl Simulation {
    /// These jobs on one CPU. The first job is thread 1; of jobs that arrive at
    /// the same instant the earlier in the list is ready first.
    pub fn new(jobs: impl IntoIterator<Item = Job>) -> Simulation {
        Simulation {
            jobs: jobs.into_iter().collect(),
            cpus: 1,
            tie: Tie::default(),
            switch_cost: Duration::ZERO,
            chart: true,
            starvation_limit: None,
        }
    }

    /// The same jobs on `cpus` CPUs.
    ///
    /// # Panics
    ///
    /// If `cpus` is zero.
    #[must_use]
    pub fn cpus(self, cpus: u32) -> Simulation {
        assert!(cpus > 0, "jobs need a CPU to run on");
        Simulation { cpus, ..self }
    }

    /// The same with another order at one instant.
    #[must_use]
    pub fn tie(self, tie: Tie) -> Simulation {
        Simulation { tie, ..self }
    }

    /// The same with a price: a CPU that goes over to another thread than ran
    /// there last is busy for `cost` with it, and runs nobody meanwhile. The
    /// first thread of all costs as much. Zero unless set.
    ///
    /// To the thread that is what waiting is; its quantum begins afterwards. A
    /// preempted switch is paid for in vain: a policy whose timer comes more often
    /// than `cost` may get nothing done for ever.
    #[must_use]
    pub fn switch_cost(self, cost: Duration) -> Simulation {
        Simulation {
            switch_cost: cost,
            ..self
        }
    }

    /// The same without a chart, for runs of many millions of dispatches:
    /// memory then depends on the number of jobs alone.
    #[must_use]
    pub fn without_chart(self) -> Simulation {
        Simulation {
            chart: false,
            ..self
        }
    }

    /// The same, and a job that is runnable for as long as `limit` without
    /// running once counts as a fault of the policy: it starves. No limit unless
    /// set.
    ///
    /// # Panics
    ///
    /// If `limit` is zero: whoever becomes runnable waits for a moment.
    #[must_use]
    pub fn starvation_limit(self, limit: Duration) -> Simulation {
        assert!(
            !limit.is_zero(),
            "every job would starve: `starvation_limit` was zero"
        );
        Simulation {
            starvation_limit: Some(limit),
            ..self
        }
    }

    /// Lets `policy` drive the jobs until all are finished.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when the policy's answer breaks a rule of
    /// [`Rule`](crate::policy::Rule); boxed, since it holds the chart.
    ///
    /// # Panics
    ///
    /// If a job may run on a CPU only that does not exist. If the policy panics.
    pub fn run(&self, policy: &mut dyn Policy) -> Result<Outcome, Box<Failure>> {
        for only in self.jobs.iter().filter_map(|job| job.affinity) {
            assert!(
                only < CpuId(self.cpus),
                "a job wants CPU {only}, which does not exist"
            );
        }
        driver::Driver::new(self, policy).run()
    }
}
