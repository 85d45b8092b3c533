//! A scenario in words: what is tried, for whoever reads a complaint.
//!
//! Only what the exercise's policies look at is said.

use super::{Kind, Scenario};
use scheduler::simulation::{Job, Step};
use scheduler::time::Time;
use std::fmt;
use std::time::Duration;

/// What is tried: what the policy is made from, the CPUs, and each job's steps.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = &self.given;
        if self.kind.quantum {
            write!(f, "a quantum of {}, ", time(given.quantum))?;
        }
        if let (Some(does), Some(period)) = (self.kind.period, given.period) {
            write!(f, "{does} every {}, ", time(period))?;
        }
        if self.kind.seeds > 0 {
            write!(f, "seed {}, ", given.seed)?;
        }
        match given.cpus {
            1 => write!(f, "1 CPU")?,
            cpus => write!(f, "{cpus} CPUs")?,
        }
        for (index, job) in self.jobs.iter().enumerate() {
            let attributes = attributes(&self.kind, job);
            let steps = steps(job);
            write!(f, "\nthread {}{attributes}: {steps}", index + 1)?;
        }
        Ok(())
    }
}

/// A length of time as charts write it.
fn time(length: Duration) -> Time {
    Time::ZERO + length
}

/// What a policy of this kind sees of the job, in brackets; nothing, if there is
/// nothing to see.
fn attributes(kind: &Kind, job: &Job) -> String {
    let mut words = Vec::new();
    if !kind.priorities.is_empty() {
        words.push(format!("priority {}", job.priority));
    }
    if !kind.weights.is_empty() {
        let weight = job.weight.unwrap_or(1);
        words.push(format!("{} {weight}", kind.weight));
    }
    if let Some(period) = job.period {
        let times = job.repeats + 1;
        words.push(format!("every {}, {times} times", time(period)));
    }
    if let Some(deadline) = job.deadline {
        words.push(format!("done within {}", time(deadline)));
    }
    if let Some(cpu) = job.affinity {
        words.push(format!("on CPU {cpu} only"));
    }
    if words.is_empty() {
        return String::new();
    }
    format!(" ({})", words.join(", "))
}

/// What the job does, in order.
fn steps(job: &Job) -> String {
    let comes = (job.arrival > Time::ZERO).then(|| format!("comes at {}", job.arrival));
    let step = |step: &Step| match step {
        Step::Run(burst) => format!("runs {}", time(*burst)),
        Step::Wait(burst) => format!("is blocked for {}", time(*burst)),
        Step::Yield => "yields".to_owned(),
    };
    let steps: Vec<_> = comes
        .into_iter()
        .chain(job.steps.iter().map(step))
        .collect();
    steps.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ms;

    #[test]
    fn what_policies_of_the_kind_look_at_is_said_and_nothing_else() {
        let job = Job {
            priority: 2,
            weight: Some(3),
            ..Job::arriving(Time::from_millis(1)).run(ms(4)).yield_now()
        };
        let mut scenario = Scenario::new([job]);
        assert_eq!(
            scenario.to_string(),
            "a quantum of 3 ms, 1 CPU\nthread 1: comes at 1 ms, runs 4 ms, yields"
        );
        scenario.kind = Kind {
            quantum: false,
            period: Some("boosts"),
            seeds: 1,
            priorities: &[1, 2],
            weights: &[1, 3],
            weight: "tickets",
            ..Kind::PLAIN
        };
        assert_eq!(
            scenario.to_string(),
            "boosts every 10 ms, seed 1, 1 CPU\n\
             thread 1 (priority 2, tickets 3): comes at 1 ms, runs 4 ms, yields"
        );
    }
}
