//! A scenario: jobs, CPUs and what a policy is made from; two policies on it.
//!
//! Both drive the same simulation. What counts is who runs where at which time;
//! a stay on a CPU that is only cut into more pieces is the same schedule.
//!
//! Book: "Exercises" in the introduction.

mod words;

use crate::check::{Complaint, caught, side_by_side};
use scheduler::policy::{Attributes, CpuId, Policy, ThreadId};
use scheduler::simulation::{Chart, Job, Outcome, Simulation, Tie};
use scheduler::time::Time;
use std::time::Duration;

/// What a policy is made from: each takes of it what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// How long a thread may run at a time. Not zero.
    pub quantum: Duration,
    /// How often the policy's timer has something to do (aging, a boost). None:
    /// as often as the policy thinks best.
    pub period: Option<Duration>,
    /// What random numbers depend on.
    pub seed: u64,
    /// How many CPUs there are. Not zero.
    pub cpus: u32,
}

impl Given {
    /// The period; `quanta` quanta, if none is given.
    pub fn period_or(&self, quanta: u32) -> Duration {
        self.period.unwrap_or(self.quantum * quanta)
    }
}

/// Makes a policy.
pub type NewPolicy = fn(&Given) -> Box<dyn Policy>;

/// What the policies of an exercise look at: random jobs have it, and what is
/// told of a scenario names it.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Whether the quantum matters.
    pub quantum: bool,
    /// What happens once in a period, as in `boosts`; None: nothing does.
    pub period: Option<&'static str>,
    /// How many seeds make a difference; 0 where chance decides nothing.
    pub seeds: u64,
    /// The priorities that jobs may have; empty: nobody looks at them.
    pub priorities: &'static [i32],
    /// The weights that jobs may have, the plainest first; empty: nobody looks.
    pub weights: &'static [u32],
    /// What a weight is called, as in `tickets`.
    pub weight: &'static str,
    /// Whether jobs have deadlines, and periods.
    pub deadlines: bool,
    /// Whether some jobs may run on one CPU only.
    pub affinity: bool,
    /// The most CPUs.
    pub cpus: u32,
    /// The fewest CPUs of random scenarios.
    pub least_cpus: u32,
    /// The longest burst, in ms.
    pub burst: u64,
}

impl Kind {
    /// A policy that knows a quantum and nothing else.
    pub const PLAIN: Kind = Kind {
        quantum: true,
        period: None,
        seeds: 0,
        priorities: &[],
        weights: &[],
        weight: "weight",
        deadlines: false,
        affinity: false,
        cpus: 2,
        least_cpus: 1,
        burst: 6,
    };
}

/// A whole number of milliseconds, the unit of all scenarios.
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Jobs that share CPUs under a policy.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What of it matters.
    pub kind: Kind,
    /// What the policy is made from, and how many CPUs there are.
    pub given: Given,
    /// The jobs; the first is thread 1.
    pub jobs: Vec<Job>,
}

impl Scenario {
    /// These jobs on one CPU, with a quantum of 3 ms, a period of 10 ms, seed 1.
    pub fn new(jobs: impl IntoIterator<Item = Job>) -> Scenario {
        Scenario {
            kind: Kind::PLAIN,
            given: Given {
                quantum: ms(3),
                period: Some(ms(10)),
                seed: 1,
                cpus: 1,
            },
            jobs: jobs.into_iter().collect(),
        }
    }

    /// The same with another quantum.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> Scenario {
        self.given.quantum = quantum;
        self
    }

    /// The same with another period.
    #[must_use]
    pub fn period(mut self, period: Duration) -> Scenario {
        self.given.period = Some(period);
        self
    }

    /// The same with another seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Scenario {
        self.given.seed = seed;
        self
    }

    /// The same on so many CPUs.
    #[must_use]
    pub fn cpus(mut self, cpus: u32) -> Scenario {
        self.given.cpus = cpus;
        self
    }

    /// What a policy sees of each job when it comes: thread 1's first.
    pub fn threads(&self) -> Vec<Attributes> {
        let attributes = |(number, job): (u32, &Job)| {
            let mut attributes = Attributes::new(ThreadId(number), job.arrival);
            attributes.priority = job.priority;
            attributes.weight = job.weight.unwrap_or(attributes.weight);
            attributes.affinity = job.affinity;
            attributes.period = job.period;
            let deadline = job.deadline.or(job.period);
            attributes.deadline = deadline.map(|after| job.arrival + after);
            attributes
        };
        (1..).zip(&self.jobs).map(attributes).collect()
    }

    /// What comes of it under a policy; or the chart as far as it came, and
    /// what is wrong.
    ///
    /// # Errors
    ///
    /// When the policy breaks a rule of policies, or panics (without a chart).
    pub fn run(&self, policy: NewPolicy, tie: Tie) -> Result<Outcome, (Option<Chart>, String)> {
        let simulation = Simulation::new(self.jobs.clone())
            .cpus(self.given.cpus)
            .tie(tie);
        match caught(|| simulation.run(&mut *policy(&self.given))) {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(failure)) => Err((Some(failure.chart), failure.fault.to_string())),
            Err(panic) => Err((None, format!("your code panicked: {panic}"))),
        }
    }

    /// Whether `subject` schedules as `reference` does.
    ///
    /// # Errors
    ///
    /// A complaint with both charts, when it does not.
    ///
    /// # Panics
    ///
    /// If `reference` breaks a rule of policies.
    pub fn compare(&self, reference: NewPolicy, subject: NewPolicy) -> Result<(), Complaint> {
        let tie = Tie::default();
        let expected = self.run(reference, tie).expect("the reference is right");
        let expected = expected.chart;
        let (chart, expectation, happened) = match self.run(subject, tie) {
            Ok(outcome) => match self.first_difference(&expected, &outcome.chart) {
                None => return Ok(()),
                Some((expectation, happened)) => (Some(outcome.chart), expectation, happened),
            },
            Err((chart, fault)) => (chart, "the chart below".to_owned(), fault),
        };
        Err(Complaint {
            tried: self.to_string(),
            expected: expectation,
            happened,
            beside: beside(&expected, chart.as_ref()),
            step: String::new(),
        })
    }

    /// The first instant at which a CPU runs another thread than expected: what
    /// it should run, and what it runs.
    fn first_difference(&self, expected: &Chart, found: &Chart) -> Option<(String, String)> {
        let stays = expected.segments.iter().chain(&found.segments);
        let mut instants: Vec<Time> = stays.flat_map(|stay| [stay.start, stay.end]).collect();
        instants.sort_unstable();
        instants.dedup();
        let cpus = (0..self.given.cpus).map(CpuId);
        let moments = instants
            .iter()
            .flat_map(|now| cpus.clone().map(|cpu| (*now, cpu)));
        for (now, cpu) in moments {
            let [expected, found] = [expected, found].map(|chart| runs_at(chart, cpu, now));
            if expected != found {
                return Some((says(now, cpu, expected), says(now, cpu, found)));
            }
        }
        None
    }
}

/// Who runs on `cpu` from `now` on.
fn runs_at(chart: &Chart, cpu: CpuId, now: Time) -> Option<ThreadId> {
    let mut stays = chart.segments.iter().filter(|stay| stay.cpu == cpu);
    let stay = stays.find(|stay| stay.start <= now && now < stay.end)?;
    Some(stay.thread)
}

/// The same as a sentence.
fn says(now: Time, cpu: CpuId, thread: Option<ThreadId>) -> String {
    match thread {
        Some(thread) => format!("at {now}, CPU {cpu} runs thread {thread}"),
        None => format!("at {now}, CPU {cpu} idles"),
    }
}

/// Columns of time in each of two charts beside each other on 80 columns.
const CHART_WIDTH: u64 = 24;

/// Two charts to one scale, with the key to their marks; one, if there is no
/// other.
fn beside(expected: &Chart, found: Option<&Chart>) -> String {
    let end = found.map_or(expected.end, |found| found.end.max(expected.end));
    let millis = end.as_nanos().div_ceil(1_000_000);
    let column = ms(millis.div_ceil(CHART_WIDTH).max(1));
    let expected = expected.draw(column);
    let charts = match found {
        Some(found) => side_by_side(("expected", &expected), ("yours", &found.draw(column))),
        None => format!("expected\n{expected}"),
    };
    format!("{charts}\n█ or a CPU's number: runs   ·: waits for a CPU   ─: blocked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::policy::{FirstComeFirstServed, RoundRobin};

    #[test]
    fn the_complaint_names_the_first_instant_at_which_schedules_differ() {
        let job = || Job::new().run(ms(4));
        let scenario = Scenario::new([job(), job()]);
        let round_robin: NewPolicy = |given| Box::new(RoundRobin::new(given.quantum));
        let first_come: NewPolicy = |_| Box::new(FirstComeFirstServed::new());
        assert_eq!(scenario.compare(round_robin, round_robin), Ok(()));
        let complaint = scenario.compare(round_robin, first_come).unwrap_err();
        let expected = "  tried     a quantum of 3 ms, 1 CPU
            thread 1: runs 4 ms
            thread 2: runs 4 ms
  expected  at 3 ms, CPU 0 runs thread 2
  happened  at 3 ms, CPU 0 runs thread 1

  expected             yours
            0    5               0    5
  thread 1  ███···█    thread 1  ████
  thread 2  ···███·█   thread 2  ····████
  one column is 1 ms   one column is 1 ms
  █ or a CPU's number: runs   ·: waits for a CPU   ─: blocked
";
        assert_eq!(complaint.to_string(), expected);
    }
}
