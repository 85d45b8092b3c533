//! Exploring: the same program in every order in which its tasks can come.
//!
//! A loop polls the tasks that are ready in the order in which they were woken. Who is
//! woken first depends on the network, on other programs, on the machine. So a search
//! lets any task that is ready be the next, and any timer that is due: one order after
//! the other, in virtual time, until there is none left that could come to anything else.
//!
//! In reading order:
//!
//! 1. `step`: what a step is, and which of them depend on each other;
//! 2. `conductor`: a loop that is led; `led`, `panics`, `waits`: what it notes on the way;
//!    `stage`: one execution;
//! 3. `guide`: who decides; `depth_first`: every order, `sample`: some by chance;
//! 4. `execution`, `schedule`, `found`, `fewest`: what was done, how to do it again, what
//!    came of it, and its shortest schedule; `report`: in words; `replay`, `follow`: to do
//!    it again.
//!
//! Left out: threads, whose steps the loop does not take. A call on the pool and a wake
//! from another OS thread come when they come.
//!
//! Book: chapter 20. Mirror: `scheduler::explore`.

mod conductor;
mod depth_first;
mod execution;
mod fewest;
mod follow;
mod found;
mod guide;
mod led;
mod panics;
mod replay;
mod report;
mod sample;
mod schedule;
mod stage;
mod step;
mod waits;

pub use found::{Failure, Found, Outcome, Stopped, Trouble};
pub(crate) use led::Led;
pub use schedule::{Diverged, Schedule, ScheduleError};
pub use waits::Waits;

use crate::context;
use crate::trace::Place;
use depth_first::DepthFirst;
use execution::Ending;
use guide::Guide;
use std::fmt;
use std::ops::ControlFlow;
use std::panic::Location;
use std::time::{Duration, Instant};

/// How orders are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Search {
    /// Every order; of those that differ only in when a timer fires, and nobody can
    /// tell, one.
    #[default]
    Exhaustive,
    /// Every order, one after the other.
    Plain,
    /// Every order in which at most so many steps are not the loop's own choice.
    Deviations(u32),
    /// Random walks: each step is anybody's who could take it.
    Random {
        /// The same seed gives the same walks.
        seed: u64,
        /// How many.
        runs: u64,
    },
}

/// Runs `program` in every order that matters, with the usual limits: short for
/// `Explore::new().run(program)`.
///
/// # Panics
///
/// As [`Explore::run`].
#[track_caller]
pub fn explore<F>(program: impl Fn() -> F) -> Found
where
    F: Future<Output: fmt::Debug>,
{
    Explore::new().run(program)
}

/// Says what came out of an explored program, in addition to what was said before. A
/// program that says nothing is known by its output. Elsewhere nothing happens.
pub fn outcome(value: impl fmt::Display) {
    if let Some(state) = context::current() {
        state.led.tell(&value.to_string());
    }
}

/// How to search.
///
/// ```
/// use runtime::{explore, spawn, yield_now};
/// use std::{cell::Cell, rc::Rc};
///
/// let found = explore(|| async {
///     let total = Rc::new(Cell::new(0));
///     let tasks = [(); 2].map(|()| {
///         let total = total.clone();
///         spawn(async move {
///             let seen = total.get();
///             yield_now().await; // the other one may come here
///             total.set(seen + 1);
///         })
///     });
///     for task in tasks {
///         task.await.expect("it does not panic");
///     }
///     total.get()
/// });
/// assert!(found.exhausted());
/// let outcomes: Vec<_> = found.outcomes().iter().map(|it| &*it.text).collect();
/// assert_eq!(outcomes, ["1", "2"]); // an update can be lost
/// ```
#[must_use = "a search does nothing until `run`"]
pub struct Explore {
    /// How orders are tried.
    search: Search,
    /// An execution may have so many steps.
    steps: usize,
    /// So many executions are tried at most.
    executions: u64,
    /// The search takes so much time at most.
    time: Option<Duration>,
    /// Told of what was found so far, now and then; may stop the search.
    watcher: Option<Watcher>,
}

/// See [`Explore::watch`].
type Watcher = Box<dyn FnMut(&Found) -> ControlFlow<()>>;

/// So often a watcher is told, at most.
const WATCH: Duration = Duration::from_millis(50);

impl Explore {
    /// Every order that matters; executions of 1,000 steps at most, and 100,000 of them.
    pub fn new() -> Explore {
        Explore {
            search: Search::default(),
            steps: 1_000,
            executions: 100_000,
            time: None,
            watcher: None,
        }
    }

    /// Tries orders in this way.
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

    /// Tells `watcher` what was found so far, now and then; it may stop the search.
    pub fn watch(self, watcher: impl FnMut(&Found) -> ControlFlow<()> + 'static) -> Explore {
        Explore {
            watcher: Some(Box::new(watcher)),
            ..self
        }
    }

    /// Runs `program` in one order after the other, each time in a loop of its own, in
    /// virtual time. As in `block_on`, it is over when its own future is; tasks that are
    /// left then are dropped.
    ///
    /// `program` must do the same whenever its tasks come in the same order: no clock
    /// but [`now`](crate::now()), no randomness, no order of a hash map, nothing that it
    /// has left behind. A search finds out if tasks come differently then, and says so.
    ///
    /// With a schedule in the environment's variable `SCHEDULE` nothing is searched: that
    /// one alone is run. What is found says so: it is not [exhausted](Found::exhausted), and
    /// a schedule that does not fit is a failure.
    ///
    /// # Panics
    ///
    /// If it is called inside of an event loop; if the OS refuses one; if `SCHEDULE` is no
    /// schedule. What `program`
    /// panics with is found, and panics no further.
    #[track_caller]
    pub fn run<F>(mut self, program: impl Fn() -> F) -> Found
    where
        F: Future<Output: fmt::Debug>,
    {
        let at = outside_of_loops();
        if let Some(schedule) = follow::schedule_of_search() {
            return follow::follow(&schedule, at, program);
        }
        let mut guide = self.guide();
        let began = Instant::now();
        let mut watched = began;
        let mut found = Found::default();
        let mut is_too_long = false;
        loop {
            let (mut execution, said) = stage::perform(&mut *guide, self.steps, at, &program);
            if matches!(execution.ending, Ending::Known) {
                found.explored += 1;
                found.redundant += 1;
            } else {
                let trouble = Trouble::of(&execution);
                let outcome = execution.outcome.take().or(said).unwrap_or_default();
                found.note(&execution, trouble, outcome);
            }
            if matches!(execution.ending, Ending::Differs(_)) {
                found.stopped = Some(Stopped::NotDeterministic);
                break;
            }
            is_too_long |= matches!(execution.ending, Ending::TooLong);
            if !guide.learn(&execution) {
                found.stopped = self.bound(is_too_long);
                break;
            }
            found.stopped = self.stops(&found, began, &mut watched);
            if found.stopped.is_some() {
                break;
            }
        }
        self.shorten(&mut found, at, &program, (began, &mut watched));
        found
    }

    /// The guide of the search.
    fn guide(&self) -> Box<dyn Guide> {
        match self.search {
            Search::Exhaustive => Box::new(DepthFirst::reduced()),
            Search::Plain => Box::new(DepthFirst::plain(u32::MAX)),
            Search::Deviations(most) => Box::new(DepthFirst::plain(most)),
            Search::Random { seed, runs } => Box::new(sample::Walk::new(seed, runs)),
        }
    }

    /// What bounds a search that has nothing left to be tried.
    fn bound(&self, is_too_long: bool) -> Option<Stopped> {
        match self.search {
            _ if is_too_long => Some(Stopped::StepsLimit),
            Search::Deviations(most) => Some(Stopped::Deviations(most)),
            Search::Random { .. } => Some(Stopped::Sampled),
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
        let is_over = |limit| now.saturating_duration_since(began) >= limit;
        if self.time.is_some_and(is_over) {
            return Some(Stopped::TimeLimit);
        }
        let tell = self.watcher.as_mut()?;
        if now.saturating_duration_since(*watched) < WATCH {
            return None;
        }
        *watched = now;
        tell(found).is_break().then_some(Stopped::Watcher)
    }
}

/// The caller's caller's line, who is in no loop.
#[track_caller]
fn outside_of_loops() -> Place {
    assert!(
        context::current().is_none(),
        "a search was called inside of an event loop: it has loops of its own, and would keep \
         this one and every task in it"
    );
    Location::caller()
}

/// How a value is known as an outcome: nothing, where there is none.
fn said(value: &impl fmt::Debug) -> String {
    let text = format!("{value:?}");
    if text == "()" { String::new() } else { text }
}

/// What a [`replay()`] came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What the program said.
    pub outcome: String,
    /// What went wrong, if anything did.
    pub trouble: Option<Trouble>,
}

/// Runs `program` in exactly the order that `schedule` says.
///
/// # Errors
///
/// Where the schedule does not fit: it is of another program, or of an earlier version
/// of this one.
///
/// # Panics
///
/// As [`Explore::run`].
#[track_caller]
pub fn replay<F>(schedule: &Schedule, program: impl FnOnce() -> F) -> Result<Replayed, Diverged>
where
    F: Future<Output: fmt::Debug>,
{
    let at = outside_of_loops();
    let mut guide = replay::Replay::new(schedule);
    let (mut execution, said) = stage::perform(&mut guide, usize::MAX, at, program);
    let trouble = Trouble::of(&execution);
    if let Ending::Differs(how) = execution.ending {
        return Err(how);
    }
    Ok(Replayed {
        outcome: execution.outcome.take().or(said).unwrap_or_default(),
        trouble,
    })
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
            .finish_non_exhaustive()
    }
}
