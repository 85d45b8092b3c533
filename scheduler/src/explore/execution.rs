//! One execution: what was done, step by step, and how it ended.
//!
//! The [conductor](super::conductor) writes it, a [guide](super::guide::Guide)
//! learns from it.
//!
//! Invariants: (1) step `n` was chosen among the threads of `enabled[n]`; (2) the
//! same choices give the same execution: where they do not, the program is not
//! deterministic, and the search says so.
//!
//! Mirror: none.

use super::drive::Offer;
use super::guide::bits;
use super::operation::{Event, Op};
use super::schedule::Schedule;
use crate::deadlock::Deadlock;
use crate::place::Place;
use crate::trace::Text;
use std::borrow::Cow;

/// What was done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Execution {
    /// The steps.
    pub(super) events: Vec<Event>,
    /// The threads that could have taken each, a bit for each.
    pub(super) enabled: Vec<u64>,
    /// Whether each was taken by the thread that the rule of schedules gives it to.
    pub(super) usual: Vec<bool>,
    /// The line of each.
    pub(super) places: Vec<Option<Place>>,
    /// What the search [calls](super::births) each thread, by number.
    pub(super) names: Vec<u32>,
    /// What threads wanted to do that could not, at the end.
    pub(super) wanted: Vec<(u32, Op)>,
    /// What each thread would do next, where an open schedule ends.
    pub(super) offers: Vec<Offer>,
    /// How it ended.
    pub(super) ending: Ending,
    /// The panics, in their order: who, and how.
    pub(super) panics: Vec<Fall>,
    /// The data races, each pair of lines once.
    pub(super) races: Vec<(Place, Place)>,
    /// What the program said of its outcome.
    pub(super) outcome: Option<String>,
}

/// A thread that panicked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fall {
    /// Which.
    pub(super) thread: u32,
    /// What it said.
    pub(super) message: Text,
    /// Where.
    pub(super) at: Option<Place>,
}

/// How an execution ended.
#[derive(Clone, Debug, Default)]
pub(super) enum Ending {
    /// All threads came to their end.
    #[default]
    Complete,
    /// Nobody could go on.
    Stuck(Deadlock),
    /// It was longer than the limit.
    TooLong,
    /// The guide had seen enough: all that could follow is known.
    Known,
    /// The schedule has no more steps, and is open.
    Open,
    /// It did not do what it had done before after the same steps.
    Differs(super::schedule::Diverged),
}

impl Execution {
    /// Nothing done yet.
    pub(super) fn clear(&mut self) {
        *self = Execution {
            events: clear(&mut self.events),
            enabled: clear(&mut self.enabled),
            usual: clear(&mut self.usual),
            places: clear(&mut self.places),
            names: clear(&mut self.names),
            ..Execution::default()
        };
    }

    /// The same, with names of threads in place of their numbers: as the search compares
    /// it.
    pub(super) fn by_name(&self) -> Cow<'_, Execution> {
        let is_name = |(number, &name): (usize, &u32)| name as usize == number;
        if self.names.iter().enumerate().all(is_name) {
            return Cow::Borrowed(self);
        }
        let name = |number: u32| self.names[number as usize];
        let all_of = |set: u64| bits(set).fold(0, |all, number| all | 1 << name(number));
        let mut named = self.clone();
        for event in &mut named.events {
            event.thread = name(event.thread);
            event.wakes = all_of(event.wakes);
            event.levels.notified = all_of(event.levels.notified);
        }
        for (thread, _) in &mut named.wanted {
            *thread = name(*thread);
        }
        Cow::Owned(named)
    }

    /// The schedule that leads here.
    pub(super) fn schedule(&self) -> Schedule {
        let steps = self.events.iter().zip(&self.usual);
        let schedule = steps.fold(Schedule::open(), |schedule, (event, &usual)| {
            schedule.then_with(event.thread, usual, event.option.unwrap_or(0))
        });
        match self.ending {
            Ending::TooLong | Ending::Known | Ending::Open => schedule,
            _ => schedule.closed(),
        }
    }

    /// How often a thread lost the CPU that could have gone on.
    pub(super) fn preemptions(&self) -> u32 {
        self.preemptions_until(self.events.len())
    }

    /// The same, in the first `steps` steps.
    pub(super) fn preemptions_until(&self, steps: usize) -> u32 {
        let events = &self.events[..steps.min(self.events.len())];
        let pairs = events.windows(2).zip(self.enabled.iter().skip(1));
        let preempted = pairs.filter(|(pair, enabled)| {
            let [before, after] = [pair[0].thread, pair[1].thread];
            before != after && *enabled >> before & 1 == 1
        });
        u32::try_from(preempted.count()).unwrap_or(u32::MAX)
    }
}

/// The same vector, empty: its room is used again.
fn clear<T>(vector: &mut Vec<T>) -> Vec<T> {
    let mut taken = std::mem::take(vector);
    taken.clear();
    taken
}
