//! What a search found: outcomes, failures, races, and how sure that is.
//!
//! Invariants: (1) failures that say the same are one, with the schedule of the
//! fewest preemptions that was seen; (2) a search that is not exhausted says why.
//!
//! Book: chapter 18.

use super::execution::{Ending, Execution};
use super::memory::Memory;
use super::schedule::{Diverged, Schedule};
use crate::deadlock::Deadlock;
use crate::place::Place;
use crate::policy::ThreadId;
use crate::trace::Kind;
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
    /// How many preemptions the beginning has that every execution was to have.
    pub(super) spent: u32,
    /// What memory could do.
    pub(super) memory: Memory,
    /// How many interleavings there are, as far as they were counted; None if they
    /// cannot be.
    pub(super) interleavings: Option<u128>,
    /// What came out.
    pub(super) outcomes: Vec<Outcome>,
    /// What went wrong.
    pub(super) failures: Vec<Failure>,
    /// The pairs of accesses that nothing orders.
    pub(super) races: Vec<(Place, Place)>,
}

/// Why a search has not seen everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// It tried so many schedules as it was told, as random ones have no end.
    Sampled,
    /// Only schedules of so many preemptions were tried.
    Preemptions(u32),
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
    /// The environment's `SCHEDULE` names the only one that was tried.
    Followed,
    /// Another search of the program is looked at: nothing was tried.
    LeftOut,
}

/// One thing that can come out of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the program said: see [`outcome`](super::outcome).
    pub text: String,
    /// How many executions had it.
    pub executions: u64,
    /// How many interleavings have it, where that can be counted.
    pub interleavings: Option<u128>,
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
    /// How often the CPU is taken from a thread that could go on, in `schedule`.
    pub preemptions: u32,
    /// No schedule of fewer preemptions fails so: all of them were tried.
    pub is_fewest: bool,
    /// The schedule of the fewest preemptions that leads there, among those seen.
    pub schedule: Schedule,
}

/// What can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// A thread panicked: an assertion failed.
    Panicked {
        /// Which.
        thread: ThreadId,
        /// What it said.
        message: String,
        /// The file and line, where they are known.
        at: Option<String>,
    },
    /// Two accesses of a shared variable, of which one stores, are not ordered; only
    /// where that [counts as a failure](super::Explore::races_fail).
    Raced {
        /// The line of the one.
        first: String,
        /// The line of the other.
        second: String,
    },
    /// The threads wait for each other.
    Deadlock(Deadlock),
    /// Nobody can go on, since somebody waits for a notification, an unpark or a
    /// value that has gone by, or will never come.
    LostWakeup(Deadlock),
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
    /// What went wrong in `execution`, if anything did. Races count if `races_fail`.
    pub(super) fn of(execution: &Execution, races_fail: bool) -> Option<Trouble> {
        // Of several, the thread that was spawned last: which of them panicked first differs
        // within one kind of executions, and who joins a panicked thread is older than it.
        if let Some(fall) = execution.panics.iter().max_by_key(|fall| fall.thread) {
            return Some(Trouble::Panicked {
                thread: ThreadId(fall.thread),
                message: fall.message.as_str().to_owned(),
                at: fall.at.map(|at| at.to_string()),
            });
        }
        match &execution.ending {
            Ending::Stuck(deadlock) => return Some(Trouble::stuck(deadlock.clone())),
            Ending::TooLong => {
                return Some(Trouble::TooLong {
                    steps: execution.events.len(),
                });
            }
            Ending::Differs(how) => return Some(Trouble::NotDeterministic(how.clone())),
            Ending::Complete | Ending::Known | Ending::Open => {}
        }
        let &(first, second) = execution.races.first().filter(|_| races_fail)?;
        Some(Trouble::Raced {
            first: first.to_string(),
            second: second.to_string(),
        })
    }
}

impl Trouble {
    /// Nobody can go on: a deadlock, or a wake-up that is lost.
    pub(super) fn stuck(deadlock: Deadlock) -> Trouble {
        let waits = |kind| deadlock.objects().any(|object| object.kind == kind);
        let lost = [Kind::Condvar, Kind::Unpark, Kind::Channel];
        if !deadlock.is_cycle() && lost.into_iter().any(waits) {
            return Trouble::LostWakeup(deadlock);
        }
        Trouble::Deadlock(deadlock)
    }

    /// What came out, in a few words: `outcome`, unless there was trouble.
    pub(super) fn outcome(trouble: Option<&Trouble>, outcome: String) -> String {
        let text = match trouble {
            None => return outcome,
            Some(Trouble::Panicked { message, .. }) => return format!("panic: {message}"),
            Some(Trouble::Deadlock(_)) => "deadlock",
            Some(Trouble::LostWakeup(_)) => "lost wake-up",
            Some(Trouble::TooLong { .. }) => "too long",
            Some(Trouble::Raced { .. }) => "data race",
            Some(Trouble::NotDeterministic(_)) => "not deterministic",
            Some(Trouble::Misfit(_)) => "the schedule does not fit",
        };
        text.to_owned()
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Panicked {
                thread,
                message,
                at,
            } => {
                write!(f, "thread {thread} panicked")?;
                if let Some(at) = at {
                    write!(f, " at {at}")?;
                }
                write!(f, ": {message}")
            }
            Trouble::Raced { first, second } => write!(
                f,
                "data race: {first} and {second} access a shared variable, and nothing orders them"
            ),
            Trouble::Deadlock(deadlock) => deadlock.fmt(f),
            Trouble::LostWakeup(deadlock) => write!(f, "lost wake-up: {deadlock}"),
            Trouble::TooLong { steps } => write!(
                f,
                "not over after {steps} steps: a livelock, or the limit is too low"
            ),
            Trouble::NotDeterministic(how) => write!(f, "the program is not deterministic: {how}"),
            Trouble::Misfit(how) => write!(
                f,
                "{how}: it is of another program, or this one was changed; leave SCHEDULE out \
                 to search again"
            ),
        }
    }
}

impl Found {
    /// Nothing, and why.
    pub(super) fn none(stopped: Stopped) -> Found {
        Found {
            stopped: Some(stopped),
            ..Found::default()
        }
    }

    /// Nothing yet, where memory can do this. With options of memory's, what has the same
    /// outcome is more than interleavings, and is not counted.
    pub(super) fn of_memory(memory: Memory) -> Found {
        Found {
            memory,
            interleavings: (memory == Memory::Sequential).then_some(0),
            ..Found::default()
        }
    }

    /// How many executions there were.
    pub fn explored(&self) -> u64 {
        self.explored
    }

    /// How many executions were broken off before their end, since an equivalent one
    /// was known. They are counted in [`explored`](Found::explored) too.
    pub fn redundant(&self) -> u64 {
        self.redundant
    }

    /// Whether every schedule that matters was tried: what was not found does not
    /// exist.
    pub fn exhausted(&self) -> bool {
        self.stopped.is_none()
    }

    /// Why the search ended before that; None if it is [exhausted](Found::exhausted).
    pub fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// How many interleavings there are in all, where the search is exhausted and they
    /// can be counted. The begin and the end of threads are no steps here.
    pub fn of(&self) -> Option<u128> {
        self.interleavings.filter(|_| self.exhausted())
    }

    /// What can come out, in the order in which it was found.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// What can go wrong, in the order in which it was found.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The failure with the fewest preemptions, and of those the shortest schedule.
    pub fn shortest(&self) -> Option<&Failure> {
        let length = |failure: &&Failure| (failure.preemptions, failure.schedule.steps());
        self.failures.iter().min_by_key(length)
    }

    /// The data races: pairs of lines at which shared variables are accessed, one of
    /// which stores, and that nothing orders.
    pub fn races(&self) -> impl Iterator<Item = (String, String)> {
        let races = self.races.iter();
        races.map(|(first, second)| (first.to_string(), second.to_string()))
    }

    /// Notes `execution`, of so many interleavings, after which the program said
    /// `outcome`.
    pub(super) fn note(
        &mut self,
        execution: &Execution,
        trouble: Option<Trouble>,
        outcome: String,
        interleavings: Option<u128>,
    ) {
        self.explored += 1;
        let sum = self.interleavings.zip(interleavings);
        self.interleavings = sum.and_then(|(sum, more)| sum.checked_add(more));
        for race in &execution.races {
            if !self.races.contains(race) {
                self.races.push(*race);
            }
        }
        let text = Trouble::outcome(trouble.as_ref(), outcome);
        match self.outcomes.iter_mut().find(|known| known.text == text) {
            Some(known) => {
                known.executions += 1;
                let sum = known.interleavings.zip(interleavings);
                known.interleavings = sum.and_then(|(sum, more)| sum.checked_add(more));
            }
            None => self.outcomes.push(Outcome {
                text,
                executions: 1,
                interleavings,
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
                preemptions: execution.preemptions(),
                is_fewest: false,
                schedule: execution.schedule(),
            }),
        }
    }

    /// `execution` ran into `trouble`: if that is known with a worse schedule, this one
    /// is kept instead (1).
    pub(super) fn improve(&mut self, execution: &Execution, trouble: &Trouble) {
        let mut failures = self.failures.iter_mut();
        let Some(known) = failures.find(|known| known.trouble == *trouble) else {
            return;
        };
        let preemptions = execution.preemptions();
        let steps = u32::try_from(execution.events.len()).unwrap_or(u32::MAX);
        if (preemptions, steps) < (known.preemptions, known.schedule.steps()) {
            known.preemptions = preemptions;
            known.schedule = execution.schedule();
        }
    }
}
