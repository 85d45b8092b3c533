//! Exploring: the same program under every schedule that matters.
//!
//! A race fails by chance, once in a thousand runs; a search tries the schedules one
//! after the other, finds each failure, and says when there is none. Two steps that
//! do not depend on each other need not be tried in both orders: so it tries one
//! schedule of each kind, of the many that there are.
//!
//! In reading order:
//! 1. `operation`: what a step is, and which of them depend on each other;
//! 2. `conductor`: who moves next; `births`, `objects`, `order`: what threads are called,
//!    how objects stand, what comes before what; `crew`, `stage`: threads, and one execution;
//! 3. `search`: the ways to search; `guide`: who decides; `plain`: every interleaving,
//!    `sample`: some by chance, `optimal`: one of each kind, with `causes` (what comes before
//!    what) and `tree` (what is still to be tried); `beginning`: what is not to be decided;
//!    `count`: how many interleavings there are;
//! 4. `execution`, `schedule`, `found`, `fewest`: what was done, how to do it again, what
//!    came of it, and its shortest schedule; `report`: in words; `replay`, `follow`: to do
//!    it again; `show`: its trace; `drive`: to be told what could be done next;
//! 5. `asked`: what the environment wants; `tell`: the search as it goes on; `again`: the
//!    command that runs a failure again; `by_chance`: the same program, preempted by signal.
//!
//! A load of a shared variable sees the last store; so does one of an atomic, unless the
//! search is told otherwise: `memory` says what it may see then.
//!
//! Book: chapters 18 to 21. Mirror: `runtime::explore`.

mod again;
mod asked;
mod beginning;
mod births;
mod by_chance;
mod causes;
mod conductor;
mod count;
mod crew;
mod drive;
mod execution;
mod fewest;
mod follow;
mod found;
mod guide;
mod memory;
mod objects;
mod operation;
mod optimal;
mod order;
mod plain;
mod replay;
mod report;
mod sample;
mod schedule;
mod search;
mod seat;
mod show;
pub(crate) mod stage;
mod state;
mod tell;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use asked::{is_asked, outlet_of_run};
pub(crate) use conductor::Conductor;
pub use follow::{Replayed, replay, replay_traced};
pub(crate) use follow::{run_along, schedule_of_environment};
pub use found::{Failure, Found, Outcome, Stopped, Trouble};
pub use memory::Memory;
pub(crate) use memory::{Atomic, Deed, Seen};
pub(crate) use operation::{Access, Operation, Room, Target};
pub use schedule::{Diverged, Schedule, ScheduleError};
pub use search::Search;

use crate::control::current;
use crate::place::Place;
use beginning::{Beginning, Begun};
use execution::Ending;
use guide::Guide;
use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use tell::Teller;

/// Runs `program` under every schedule that matters, with the usual limits: short
/// for `Explore::new().run(program)`.
///
/// # Panics
///
/// As [`Explore::run`].
#[track_caller]
pub fn explore<T: fmt::Debug>(program: impl Fn() -> T) -> Found {
    Explore::new().run(program)
}

/// Says what came out of an explored program, in addition to what was said before. A
/// program that says nothing is known by what it returns. Elsewhere nothing happens.
pub fn outcome(value: impl fmt::Display) {
    if let Some(thread) = current()
        && let Some(conductor) = &thread.run.conductor
    {
        conductor.tell_outcome(&value.to_string());
    }
}

/// How to search.
///
/// ```
/// # use std::sync::Arc;
/// use scheduler::{Shared, explore, spawn};
///
/// let found = explore(|| {
///     let total = Arc::new(Shared::new("total", 0));
///     let threads = [(); 2].map(|()| {
///         let total = total.clone();
///         spawn(move || total.store(total.load() + 1)) // a load, and a store
///     });
///     threads.map(|thread| thread.join().expect("it does not panic"));
///     total.load()
/// });
/// assert!(found.exhausted());
/// let outcomes: Vec<_> = found.outcomes().iter().map(|it| &*it.text).collect();
/// assert_eq!(outcomes, ["2", "1"]); // an update can be lost
/// ```
#[must_use = "a search does nothing until `run`"]
pub struct Explore {
    /// How schedules are tried.
    search: Search,
    /// An execution may have so many steps.
    steps: usize,
    /// So many executions are tried at most.
    executions: u64,
    /// The search takes so much time at most.
    time: Option<Duration>,
    /// A data race counts as a failure.
    races_fail: bool,
    /// What memory may do.
    memory: Memory,
    /// Only what begins so is searched.
    beginning: Beginning,
    /// Told of what was found so far, now and then; may stop the search.
    watcher: Option<Watcher>,
}

/// See [`Explore::watch`].
type Watcher = Box<dyn FnMut(&Found) -> ControlFlow<()>>;

/// So often a watcher is told, at most.
const WATCH: Duration = Duration::from_millis(50);

impl Explore {
    /// Every schedule that matters; executions of 10,000 steps at most, and as many
    /// of them as it takes.
    pub fn new() -> Explore {
        Explore {
            search: Search::default(),
            steps: 10_000,
            executions: u64::MAX,
            time: None,
            races_fail: false,
            memory: Memory::default(),
            beginning: Beginning::default(),
            watcher: None,
        }
    }

    /// Tries schedules in this way.
    pub fn search(self, search: Search) -> Explore {
        Explore { search, ..self }
    }

    /// Breaks an execution off after so many steps: an endless loop, or too low a
    /// limit. That counts as a failure, and the search as not exhausted.
    pub fn steps_limit(self, steps: usize) -> Explore {
        Explore { steps, ..self }
    }

    /// Tries so many executions at most.
    pub fn executions_limit(self, executions: u64) -> Explore {
        Explore { executions, ..self }
    }

    /// Begins no execution after so much time.
    pub fn time_limit(self, time: Duration) -> Explore {
        Explore {
            time: Some(time),
            ..self
        }
    }

    /// Whether a data race counts as a failure. Unless told so it is reported and no
    /// failure: lessons race on purpose.
    pub fn races_fail(self, races_fail: bool) -> Explore {
        Explore { races_fail, ..self }
    }

    /// What memory may do with atomics: unless told so it is [sequential](Memory::Sequential).
    /// A [`Shared`](crate::Shared) is no atomic; where its accesses race, C11 promises
    /// nothing at all, so let [races fail](Explore::races_fail).
    pub fn memory(self, memory: Memory) -> Explore {
        Explore { memory, ..self }
    }

    /// Tells `watcher` what was found so far, now and then; it may stop the search.
    pub fn watch(self, watcher: impl FnMut(&Found) -> ControlFlow<()> + 'static) -> Explore {
        Explore {
            watcher: Some(Box::new(watcher)),
            ..self
        }
    }

    /// Runs `program` under one schedule after the other, as the first thread of
    /// each execution, on the calling OS thread.
    ///
    /// `program` must do the same whenever it is scheduled in the same way: no clock
    /// but [`now`](crate::now), no randomness, no order of a hash map. A search finds
    /// out, and says so.
    ///
    /// With a schedule in the environment's variable `SCHEDULE` nothing is searched: that
    /// one alone is run, and [traced](crate::trace) if somebody listens. What is found says
    /// so: it is not [exhausted](Found::exhausted), and a schedule that does not fit is a
    /// failure.
    ///
    /// # Panics
    ///
    /// If the caller is itself a scheduled thread; if the program has more than 64
    /// threads; if `SCHEDULE` is no schedule. What `program` panics with is found, and
    /// panics no further.
    #[track_caller]
    pub fn run<T: fmt::Debug>(self, program: impl Fn() -> T) -> Found {
        let at = Place::caller();
        let (asked, number) = (asked::Asked::of_environment(), asked::next_search());
        if !asked.wants(number) {
            return Found::none(Stopped::LeftOut);
        }
        let mut explore = asked.shape(self);
        if let Some(chance) = asked.chance {
            by_chance::run(chance, number, at, &program);
            return Found::none(Stopped::LeftOut);
        }
        match &asked.schedule {
            Some(schedule) => explore.follow(schedule, number, at, program),
            None => explore.search_all(number, at, &program),
        }
    }

    /// The search itself, number `number` of the process, from line `at`.
    fn search_all<T: fmt::Debug>(
        &mut self,
        number: u32,
        at: Place,
        program: &impl Fn() -> T,
    ) -> Found {
        let mut teller = Teller::new(number, at, &self.search);
        let _one = stage::OneProcessor::new();
        let conductor = Conductor::new((self.guide(), self.memory), self.steps, true);
        let began = Instant::now();
        let mut watched = began;
        let mut found = Found::of_memory(self.memory);
        let given = self.beginning.steps();
        let mut is_too_long = false;
        loop {
            let result = stage::search(&conductor, at, program);
            let said = result.and_then(Result::ok).map(|value| said(&value));
            let (ending, goes_on) = conductor.conclude(|execution, interleavings| {
                if matches!(execution.ending, Ending::Known) {
                    found.explored += 1;
                    found.redundant += 1;
                    return None;
                }
                let trouble = Trouble::of(execution, self.races_fail);
                found.spent = execution.preemptions_until(given);
                let outcome = execution.outcome.take().or(said).unwrap_or_default();
                teller.execution(execution, trouble.as_ref(), &outcome);
                found.note(execution, trouble.clone(), outcome, interleavings);
                trouble
            });
            match ending {
                Some(Trouble::NotDeterministic(_)) => {
                    found.stopped = Some(Stopped::NotDeterministic);
                    break;
                }
                Some(Trouble::TooLong { .. }) => is_too_long = true,
                _ => {}
            }
            if !goes_on {
                found.stopped = self.bound(is_too_long);
                break;
            }
            found.stopped = self.stops(&found, began, &mut watched);
            if found.stopped.is_some() {
                break;
            }
            teller.progress(&found, || conductor.behind());
        }
        conductor.dismiss();
        self.shorten(&mut found, at, program, (began, &mut watched));
        teller.ended(&found);
        found
    }

    /// The guide of the search.
    fn guide(&self) -> Box<dyn Guide> {
        let begun = self.beginning.clone();
        match self.search {
            Search::Exhaustive => Box::new(optimal::Optimal::after(begun)),
            Search::Plain => Box::new(plain::Plain::new(u32::MAX).after(begun)),
            Search::Preemptions(most) => Box::new(plain::Plain::new(most).after(begun)),
            Search::Random { seed, runs } => Box::new(Begun(begun, sample::Walk::new(seed, runs))),
            Search::Pct { seed, depth, runs } => {
                Box::new(Begun(begun, sample::Priorities::new(seed, depth, runs)))
            }
        }
    }

    /// What bounds a search that has nothing left to be tried.
    fn bound(&self, is_too_long: bool) -> Option<Stopped> {
        match self.search {
            _ if is_too_long => Some(Stopped::StepsLimit),
            Search::Preemptions(most) => Some(Stopped::Preemptions(most)),
            Search::Random { .. } | Search::Pct { .. } => Some(Stopped::Sampled),
            Search::Exhaustive | Search::Plain => None,
        }
    }

    /// Why the search stops before it has tried everything, if it does.
    fn stops(&mut self, found: &Found, began: Instant, watched: &mut Instant) -> Option<Stopped> {
        if found.explored >= self.executions {
            return Some(Stopped::ExecutionsLimit);
        }
        if self.time.is_none() && self.watcher.is_none() {
            return None;
        }
        let now = Instant::now();
        if self
            .time
            .is_some_and(|limit| now.duration_since(began) >= limit)
        {
            return Some(Stopped::TimeLimit);
        }
        let tell = self.watcher.as_mut()?;
        if now.duration_since(*watched) < WATCH {
            return None;
        }
        *watched = now;
        tell(found).is_break().then_some(Stopped::Watcher)
    }
}

/// How a value is known as an outcome: nothing, where there is none.
fn said(value: &impl fmt::Debug) -> String {
    let text = format!("{value:?}");
    if text == "()" { String::new() } else { text }
}

impl Default for Explore {
    fn default() -> Explore {
        Explore::new()
    }
}

impl fmt::Debug for Explore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explore")
            .field("search", &self.search)
            .field("steps", &self.steps)
            .field("executions", &self.executions)
            .field("time", &self.time)
            .field("races_fail", &self.races_fail)
            .field("memory", &self.memory)
            .field("beginning", &self.beginning)
            .finish_non_exhaustive()
    }
}
