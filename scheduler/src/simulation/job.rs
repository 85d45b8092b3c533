//! A job: what a thread would do, written down beforehand.
//!
//! Where a thread computes, a job spends CPU time; where a thread blocks, a job
//! waits for a given time and is unblocked. A periodic job does all its steps
//! once in every period: it is *released* again and again.
//!
//! Invariant: (1) no two bursts of CPU time are neighbours; they are one.
//!
//! Left out: waiting for each other (locks, joins). For that there are threads.
//!
//! Book: chapter 2. Mirror: `thread`.

use crate::policy::CpuId;
use crate::time::Time;
use std::time::Duration;

/// One thing that a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It needs a CPU for this long: a CPU burst.
    Run(Duration),
    /// It is blocked for this long: an I/O burst.
    Wait(Duration),
    /// It offers its CPU to others.
    Yield,
}

/// What a thread would do: when it comes, and its steps in order.
///
/// ```
/// use scheduler::simulation::Job;
/// use scheduler::time::Time;
/// use std::time::Duration;
///
/// let ms = Duration::from_millis;
/// // Comes at 5 ms, computes, reads a file for 2 ms, computes again.
/// let job = Job::arriving(Time::from_millis(5)).run(ms(3)).wait(ms(2)).run(ms(1));
/// assert_eq!(job.cpu_time(), ms(4));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// When it becomes runnable for the first time.
    pub arrival: Time,
    /// What it does, in order; at the end of the list it finishes.
    pub steps: Vec<Step>,
    /// The priority that policies see; the larger number runs first.
    pub priority: i32,
    /// The weight or number of tickets that policies see; None stands for 1.
    pub weight: Option<u32>,
    /// The only CPU that it may run on; None where any will do.
    pub affinity: Option<CpuId>,
    /// How often it is released, and the period that policies see. A release that
    /// comes before the last one's work is done waits until it is.
    pub period: Option<Duration>,
    /// How many releases follow the first. Without a period there are none.
    pub repeats: u32,
    /// How long after each release its work must be done; policies see it as an
    /// instant. None: at the end of the period, if there is one.
    pub deadline: Option<Duration>,
    /// Whether policies are told the length of its bursts. Only they who could
    /// know it should be: the clairvoyant ones of the textbooks.
    pub declares_bursts: bool,
}

impl Job {
    /// A job that is there from the start and has nothing to do yet.
    pub fn new() -> Job {
        Job::default()
    }

    /// A job that comes at `arrival` and has nothing to do yet.
    pub fn arriving(arrival: Time) -> Job {
        Job {
            arrival,
            ..Job::default()
        }
    }

    /// Then it needs a CPU for `burst`.
    #[must_use]
    pub fn run(mut self, burst: Duration) -> Job {
        if let Some(Step::Run(last)) = self.steps.last_mut() {
            *last += burst; // invariant 1
        } else {
            self.steps.push(Step::Run(burst));
        }
        self
    }

    /// Then it is blocked for `burst`.
    #[must_use]
    pub fn wait(mut self, burst: Duration) -> Job {
        self.steps.push(Step::Wait(burst));
        self
    }

    /// Then it yields.
    #[must_use]
    pub fn yield_now(mut self) -> Job {
        self.steps.push(Step::Yield);
        self
    }

    /// All of this is done once every `period`, `times` times, the first time at
    /// the arrival; each time it must be done within the period, or within
    /// [`deadline`](Job::deadline) where that is set.
    #[must_use]
    pub fn periodic(mut self, period: Duration, times: u32) -> Job {
        self.period = Some(period);
        self.repeats = times.saturating_sub(1);
        self
    }

    /// By when the work of a release at `release` must be done.
    pub(super) fn deadline_after(&self, release: Time) -> Option<Time> {
        Some(release + self.deadline.or(self.period)?)
    }

    /// The CPU time that it needs for each release.
    pub fn cpu_time(&self) -> Duration {
        let burst = |step: &Step| match step {
            Step::Run(burst) => *burst,
            Step::Wait(_) | Step::Yield => Duration::ZERO,
        };
        self.steps.iter().map(burst).sum()
    }
}
