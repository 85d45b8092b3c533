//! What a simulation found out: the chart, and each job's times.
//!
//! The words are the textbooks': *response* is how long a job waited for its
//! first stay on a CPU, *turnaround* how long it took in all, *waiting* how long
//! it was runnable without running.
//!
//! Invariant: (1) turnaround = CPU time + waiting + time spent blocked.
//!
//! Book: chapter 2.

use super::chart::Chart;
use crate::policy::{Fault, ThreadId};
use crate::time::Time;
use std::fmt;
use std::time::Duration;

/// The result of a simulation that came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The policy's name.
    pub policy: String,
    /// Who ran when; without segments where the simulation was told not to
    /// record them.
    pub chart: Chart,
    /// Each job's times, in the order of the jobs.
    pub jobs: Vec<JobTimes>,
    /// Every piece of work that had a deadline, in the order of their ends.
    pub releases: Vec<Release>,
    /// How often a CPU was given to a thread.
    pub dispatches: u64,
    /// How often a thread went on on another CPU than the one that it ran on last.
    pub migrations: u64,
    /// How long each CPU ran threads, by CPU; switching between them left out.
    pub busy: Vec<Duration>,
}

/// A piece of work with a deadline: one period's of a periodic job, or all of
/// another job's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Whose work.
    pub thread: ThreadId,
    /// The first is number 1.
    pub number: u32,
    /// From when on it could be done.
    pub release: Time,
    /// By when it had to be.
    pub deadline: Time,
    /// When it was.
    pub finish: Time,
}

impl Release {
    /// Whether it came too late.
    pub fn missed(&self) -> bool {
        self.deadline < self.finish
    }
}

/// One job's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobTimes {
    /// The job's number: 1 for the first.
    pub thread: ThreadId,
    /// From its arrival until it ran for the first time.
    pub response: Duration,
    /// From its arrival until it was finished.
    pub turnaround: Duration,
    /// How long it was runnable without running.
    pub waiting: Duration,
    /// When it was finished.
    pub finish: Time,
}

impl Outcome {
    /// When the last job was finished.
    pub fn end(&self) -> Time {
        self.chart.end
    }

    /// How many CPUs were busy on average: the speed-up over one that is never
    /// idle. 0 for an outcome without time.
    pub fn speed_up(&self) -> f64 {
        let busy: Duration = self.busy.iter().sum();
        let end = (self.end() - Time::ZERO).as_secs_f64();
        if end > 0.0 {
            busy.as_secs_f64() / end
        } else {
            0.0
        }
    }

    /// The pieces of work that came too late.
    pub fn missed(&self) -> impl Iterator<Item = &Release> {
        self.releases.iter().filter(|release| release.missed())
    }
}

/// The chart and a table of the times, as text.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        writeln!(f, "{}", self.chart.to_text(60))?;
        writeln!(
            f,
            "{:9} {:>10} {:>10} {:>10} ms",
            self.policy, "response", "turnaround", "waiting"
        )?;
        for job in &self.jobs {
            let label = format!("thread {}", job.thread);
            let (response, turnaround) = (ms(job.response), ms(job.turnaround));
            writeln!(
                f,
                "{label:9} {response:>10} {turnaround:>10} {:>10}",
                ms(job.waiting)
            )?;
        }
        for late in self.missed() {
            writeln!(
                f,
                "thread {} missed the deadline at {}: release {} was done at {}",
                late.thread, late.deadline, late.number, late.finish
            )?;
        }
        Ok(())
    }
}

/// A simulation that a policy's wrong answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which rule the policy broke.
    pub fault: Fault,
    /// What happened until then.
    pub chart: Chart,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.fault, self.chart.to_text(60))
    }
}

impl std::error::Error for Failure {}
