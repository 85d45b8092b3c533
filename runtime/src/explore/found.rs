//! What a search found.
//!
//! Invariants: (1) the same search of the same program finds the same, in the same
//! order, and names the same schedules; (2) [`exhausted`](Found::exhausted) is said only
//! if nothing was left out.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::found`.

use super::execution::{Ending, Execution};
use super::schedule::{Diverged, Schedule};
use super::waits::Waits;
use crate::numbers::TaskId;
use std::fmt;

/// What a search found: see [`Explore::run`](super::Explore::run).
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How many executions there were.
    pub(super) explored: u64,
    /// How many of them were broken off, since all that could follow was known.
    pub(super) redundant: u64,
    /// Why the search ended before it had seen everything; None if it has.
    pub(super) stopped: Option<Stopped>,
    /// What came out.
    pub(super) outcomes: Vec<Outcome>,
    /// What went wrong.
    pub(super) failures: Vec<Failure>,
}

/// Why a search has not seen everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// It tried so many orders as it was told, as random ones have no end.
    Sampled,
    /// Only orders of so many deviations were tried.
    Deviations(u32),
    /// An execution was longer than the limit of steps: it was broken off there.
    StepsLimit,
    /// So many executions were allowed.
    ExecutionsLimit,
    /// So much time was allowed.
    TimeLimit,
    /// Whoever watches stopped it.
    Watcher,
    /// The program is not deterministic.
    NotDeterministic,
    /// The environment's `SCHEDULE` named the only one.
    Followed,
}

/// One thing that can come out of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the program said: see [`outcome`](super::outcome).
    pub text: String,
    /// How many executions had it.
    pub executions: u64,
    /// A schedule that leads there.
    pub schedule: Schedule,
}

/// One way in which the program fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How.
    pub trouble: Trouble,
    /// How many executions failed so.
    pub executions: u64,
    /// How many steps of `schedule` are not the loop's own choice.
    pub deviations: u32,
    /// No schedule of fewer deviations fails so: all of them were tried.
    pub is_fewest: bool,
    /// The schedule of the fewest deviations that leads there, among those seen.
    pub schedule: Schedule,
}

/// What can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// A task panicked: an assertion failed.
    Panicked {
        /// Which.
        task: TaskId,
        /// What it said.
        message: String,
        /// The file and line, where they are known.
        at: Option<String>,
    },
    /// The tasks wait for each other.
    Deadlock(Waits),
    /// Nobody can go on, since somebody waits for a notification, a value or a wake that
    /// has gone by, or will never come.
    LostWakeup(Waits),
    /// It took more steps than the limit: a livelock, or a limit that is too low.
    TooLong {
        /// The limit.
        steps: usize,
    },
    /// The program did something else after the same steps.
    NotDeterministic(Diverged),
    /// The environment's `SCHEDULE` is not of this program, or not any more.
    Misfit(Diverged),
}

impl Trouble {
    /// What went wrong in `execution`, if anything did.
    pub(super) fn of(execution: &Execution) -> Option<Trouble> {
        // Of several, the task that was spawned last: who joins a panicked task, and
        // panics for that, is older than it.
        if let Some(fall) = execution.falls.iter().max_by_key(|fall| fall.task) {
            return Some(Trouble::Panicked {
                task: fall.task,
                message: fall.message.clone(),
                at: fall.at.clone(),
            });
        }
        match &execution.ending {
            Ending::Stuck(waits) if waits.is_lost_wakeup() => {
                Some(Trouble::LostWakeup(waits.clone()))
            }
            Ending::Stuck(waits) => Some(Trouble::Deadlock(waits.clone())),
            Ending::TooLong => Some(Trouble::TooLong {
                steps: execution.steps.len(),
            }),
            Ending::Differs(how) => Some(Trouble::NotDeterministic(how.clone())),
            Ending::Complete | Ending::Known | Ending::Open => None,
        }
    }

    /// The outcome that it counts as.
    fn outcome(&self) -> String {
        match self {
            Trouble::Panicked { message, .. } => format!("panic: {message}"),
            Trouble::Deadlock(_) => "deadlock".to_owned(),
            Trouble::LostWakeup(_) => "lost wake-up".to_owned(),
            Trouble::TooLong { .. } => "too long".to_owned(),
            Trouble::NotDeterministic(_) => "not deterministic".to_owned(),
            Trouble::Misfit(_) => "the schedule does not fit".to_owned(),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Panicked { task, message, at } => {
                write!(f, "task {task} panicked")?;
                if let Some(at) = at {
                    write!(f, " at {at}")?;
                }
                write!(f, ": {message}")
            }
            Trouble::Deadlock(waits) => write!(f, "deadlock: {waits}"),
            Trouble::LostWakeup(waits) => write!(f, "lost wake-up: {waits}"),
            Trouble::TooLong { steps } => write!(
                f,
                "not over after {steps} steps: a livelock, or the limit is too low"
            ),
            Trouble::NotDeterministic(how) => write!(f, "the program is not deterministic: {how}"),
            Trouble::Misfit(how) => how.fmt(f),
        }
    }
}

impl Found {
    /// How many executions there were.
    pub fn explored(&self) -> u64 {
        self.explored
    }

    /// How many executions were broken off before their end, since one that comes to the
    /// same was known. They are counted in [`explored`](Found::explored) too.
    pub fn redundant(&self) -> u64 {
        self.redundant
    }

    /// Whether every order that matters was tried: what was not found does not exist.
    pub fn exhausted(&self) -> bool {
        self.stopped.is_none()
    }

    /// Why the search ended before that; None if it is [exhausted](Found::exhausted).
    pub fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// What can come out, in the order in which it was found.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// What can go wrong, in the order in which it was found.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The failure with the fewest deviations, and of those the shortest schedule.
    pub fn shortest(&self) -> Option<&Failure> {
        let length = |failure: &&Failure| (failure.deviations, failure.schedule.steps());
        self.failures.iter().min_by_key(length)
    }

    /// Notes `execution`, after which the program said `outcome`.
    pub(super) fn note(
        &mut self,
        execution: &Execution,
        trouble: Option<Trouble>,
        outcome: String,
    ) {
        self.explored += 1;
        let text = trouble.as_ref().map_or(outcome, Trouble::outcome);
        match self.outcomes.iter_mut().find(|known| known.text == text) {
            Some(known) => known.executions += 1,
            None => self.outcomes.push(Outcome {
                text,
                executions: 1,
                schedule: execution.schedule(),
            }),
        }
        let Some(trouble) = trouble else { return };
        self.improve(execution, &trouble);
        let mut failures = self.failures.iter_mut();
        match failures.find(|known| known.trouble == trouble) {
            Some(known) => known.executions += 1,
            None => self.failures.push(Failure {
                trouble,
                executions: 1,
                deviations: execution.deviations(),
                is_fewest: false,
                schedule: execution.schedule(),
            }),
        }
    }

    /// `execution` ran into `trouble`: if that is known with a worse schedule, this one
    /// is kept instead.
    pub(super) fn improve(&mut self, execution: &Execution, trouble: &Trouble) {
        let mut failures = self.failures.iter_mut();
        let Some(known) = failures.find(|known| known.trouble == *trouble) else {
            return;
        };
        let deviations = execution.deviations();
        let steps = u32::try_from(execution.steps.len()).unwrap_or(u32::MAX);
        if (deviations, steps) < (known.deviations, known.schedule.steps()) {
            known.deviations = deviations;
            known.schedule = execution.schedule();
        }
    }
}
