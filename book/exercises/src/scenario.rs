//! A scenario: jobs, CPUs and a quantum, on which two policies are compared.
//!
//! Both drive the same simulation. What counts is who runs where at which time;
//! a stay on a CPU that is only cut into more pieces is the same schedule.
//!
//! Book: "Exercises" in the introduction.

use crate::check::{Complaint, caught, side_by_side};
use scheduler::policy::{CpuId, Policy, ThreadId};
use scheduler::simulation::{Chart, Job, Simulation, Step};
use scheduler::time::Time;
use std::fmt;
use std::time::Duration;

/// Makes a policy with this quantum.
pub type NewPolicy = fn(Duration) -> Box<dyn Policy>;

/// A whole number of milliseconds, the unit of all scenarios.
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Jobs that share CPUs under a policy with a quantum.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The quantum.
    pub quantum: Duration,
    /// How many CPUs there are.
    pub cpus: u32,
    /// The jobs; the first is thread 1.
    pub jobs: Vec<Job>,
}

impl Scenario {
    /// These jobs on one CPU, with a quantum of 3 ms.
    pub fn new(jobs: impl IntoIterator<Item = Job>) -> Scenario {
        Scenario {
            quantum: ms(3),
            cpus: 1,
            jobs: jobs.into_iter().collect(),
        }
    }

    /// The chart under a policy; or the chart as far as it came, and what is
    /// wrong.
    fn chart(&self, policy: NewPolicy) -> Result<Chart, (Option<Chart>, String)> {
        let simulation = Simulation::new(self.jobs.clone()).cpus(self.cpus);
        match caught(|| simulation.run(&mut *policy(self.quantum))) {
            Ok(Ok(outcome)) => Ok(outcome.chart),
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
        let expected = self.chart(reference).expect("the reference is right");
        let (chart, expectation, happened) = match self.chart(subject) {
            Ok(chart) => match self.first_difference(&expected, &chart) {
                None => return Ok(()),
                Some((expectation, happened)) => (Some(chart), expectation, happened),
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
        let cpus = (0..self.cpus).map(CpuId);
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

/// What is tried: the quantum, the CPUs, and each job's steps.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cpus = match self.cpus {
            1 => "1 CPU".to_owned(),
            cpus => format!("{cpus} CPUs"),
        };
        write!(f, "a quantum of {}, {cpus}", Time::ZERO + self.quantum)?;
        for (index, job) in self.jobs.iter().enumerate() {
            write!(f, "\nthread {}:", index + 1)?;
            let mut separator = " ";
            if job.arrival > Time::ZERO {
                write!(f, " comes at {}", job.arrival)?;
                separator = ", ";
            }
            for step in &job.steps {
                match step {
                    Step::Run(burst) => write!(f, "{separator}runs {}", Time::ZERO + *burst)?,
                    Step::Wait(burst) => {
                        write!(f, "{separator}is blocked for {}", Time::ZERO + *burst)?;
                    }
                    Step::Yield => write!(f, "{separator}yields")?,
                }
                separator = ", ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::policy::{FirstComeFirstServed, RoundRobin};

    #[test]
    fn the_complaint_names_the_first_instant_at_which_schedules_differ() {
        let job = || Job::new().run(ms(4));
        let scenario = Scenario::new([job(), job()]);
        let round_robin: NewPolicy = |quantum| Box::new(RoundRobin::new(quantum));
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
