//! A workload as text: what a simulation is made from, field by field.
//!
//! The scheduler's own types know no text, and need none elsewhere.

use crate::scenario::Given;
use scheduler::policy::CpuId;
use scheduler::simulation::{Job, Simulation, Step, Tie};
use scheduler::time::Time;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Jobs, and how they are simulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// The jobs; the first is thread 1.
    jobs: Vec<WrittenJob>,
    /// How many CPUs there are.
    cpus: u32,
    /// What policies are made from.
    quantum: Duration,
    /// The same.
    seed: u64,
    /// Whether arrivals go first at one instant.
    arrival_first: bool,
    /// How long a switch takes.
    switch_cost: Duration,
}

/// A [`Job`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct WrittenJob {
    /// In ns.
    arrival: u64,
    /// What it does.
    steps: Vec<WrittenStep>,
    /// As policies see it.
    priority: i32,
    /// As policies see it.
    weight: Option<u32>,
    /// The number of the only CPU.
    affinity: Option<u32>,
    /// How often it is released.
    period: Option<Duration>,
    /// How many releases follow the first.
    repeats: u32,
    /// After each release.
    deadline: Option<Duration>,
    /// Whether policies are told of its bursts.
    declares_bursts: bool,
}

/// A [`Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenStep {
    /// It needs a CPU.
    Run(Duration),
    /// It is blocked.
    Wait(Duration),
    /// It yields.
    Yield,
}

impl Workload {
    /// These jobs under policies with this quantum and seed; expired threads go
    /// first at one instant, and switches cost nothing.
    pub fn new(jobs: &[Job], cpus: u32, quantum: Duration, seed: u64) -> Workload {
        Workload {
            jobs: jobs.iter().map(WrittenJob::of).collect(),
            cpus,
            quantum,
            seed,
            arrival_first: false,
            switch_cost: Duration::ZERO,
        }
    }

    /// The same with another order at one instant.
    #[must_use]
    pub fn tie(self, tie: Tie) -> Workload {
        Workload {
            arrival_first: tie == Tie::ArrivalFirst,
            ..self
        }
    }

    /// The same with a price for switches.
    #[must_use]
    pub fn switch_cost(self, switch_cost: Duration) -> Workload {
        Workload {
            switch_cost,
            ..self
        }
    }

    /// What a policy is made from.
    pub fn given(&self) -> Given {
        Given {
            quantum: self.quantum,
            period: None,
            seed: self.seed,
            cpus: self.cpus,
        }
    }

    /// The jobs.
    pub fn jobs(&self) -> Vec<Job> {
        self.jobs.iter().map(WrittenJob::job).collect()
    }

    /// The simulation.
    ///
    /// # Panics
    ///
    /// If there is no CPU.
    pub fn simulation(&self) -> Simulation {
        let tie = if self.arrival_first {
            Tie::ArrivalFirst
        } else {
            Tie::ExpiredFirst
        };
        Simulation::new(self.jobs())
            .cpus(self.cpus)
            .tie(tie)
            .switch_cost(self.switch_cost)
    }
}

impl WrittenJob {
    /// The job, written.
    fn of(job: &Job) -> WrittenJob {
        let step = |step: &Step| match *step {
            Step::Run(burst) => WrittenStep::Run(burst),
            Step::Wait(burst) => WrittenStep::Wait(burst),
            Step::Yield => WrittenStep::Yield,
        };
        WrittenJob {
            arrival: job.arrival.as_nanos(),
            steps: job.steps.iter().map(step).collect(),
            priority: job.priority,
            weight: job.weight,
            affinity: job.affinity.map(|cpu| cpu.0),
            period: job.period,
            repeats: job.repeats,
            deadline: job.deadline,
            declares_bursts: job.declares_bursts,
        }
    }

    /// The job that was written.
    fn job(&self) -> Job {
        let step = |step: &WrittenStep| match *step {
            WrittenStep::Run(burst) => Step::Run(burst),
            WrittenStep::Wait(burst) => Step::Wait(burst),
            WrittenStep::Yield => Step::Yield,
        };
        Job {
            arrival: Time::from_nanos(self.arrival),
            steps: self.steps.iter().map(step).collect(),
            priority: self.priority,
            weight: self.weight,
            affinity: self.affinity.map(CpuId),
            period: self.period,
            repeats: self.repeats,
            deadline: self.deadline,
            declares_bursts: self.declares_bursts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ms;

    #[test]
    fn a_job_that_was_written_down_is_the_same_job() {
        let job = Job {
            priority: -3,
            weight: Some(2),
            affinity: Some(CpuId(1)),
            deadline: Some(ms(30)),
            declares_bursts: true,
            ..Job::arriving(Time::from_millis(2)).run(ms(5)).wait(ms(3))
        };
        let jobs = [job.yield_now().periodic(ms(40), 3), Job::new()];
        let workload = Workload::new(&jobs, 2, ms(4), 7);
        let text = serde_json::to_string(&workload).unwrap();
        let read: Workload = serde_json::from_str(&text).unwrap();
        assert_eq!(read, workload);
        assert_eq!(read.jobs(), jobs);
    }
}
