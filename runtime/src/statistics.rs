//! Statistics: what a loop has done so far, and what it holds now.
//!
//! [`EventLoop::stats`] and, inside of a task, [`stats`] take a snapshot.
//!
//! Invariants: (1) counting costs an addition and nothing else: no clock is
//! asked for it, since polls lie end to end, and one look at the clock, which
//! the loop takes anyway, ends one and begins the next, with whatever the loop
//! did in between; (2) on the loop's clock the time is spent in polls, parked, or
//! on the loop's own steps, in none of them twice.
//!
//! Left out: histograms. Whoever wants one takes snapshots, or reads the trace.
//!
//! Book: chapter 12. Mirror: none.

use crate::class::Class;
use crate::context;
use crate::event_loop::EventLoop;
use crate::state::LoopState;
use std::cell::Cell;
use std::time::Duration;

/// What a loop has done since it was made, and what it holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// The time on the loop's clock.
    pub now: Duration,
    /// Turns begun.
    pub turns: u64,
    /// Polls begun.
    pub polls: u64,
    /// Wakes that put a task into the ready queue.
    pub wakes_queued: u64,
    /// Wakes of a task that was in the ready queue already.
    pub wakes_already_queued: u64,
    /// Wakes of a task that was over, or being dropped.
    pub wakes_stale: u64,
    /// How many of all these came by way of the inbox, most from other OS threads.
    pub wakes_posted: u64,
    /// Time spent in polls, and on the loop's own steps between them while tasks
    /// are ready, for which no look at the clock is spent. In virtual time, which
    /// stands still meanwhile, it is what the tasks spend as work.
    pub in_polls: Duration,
    /// Time spent asleep in the OS; in virtual time, what the clock jumped over.
    pub parked: Duration,
    /// Tasks that are not over, the ready and the running among them.
    pub tasks: usize,
    /// Ready tasks, the most urgent class first: see [`Statistics::ready`].
    queues: [usize; Class::ALL.len()],
    /// Timers that are armed.
    pub timers: usize,
    /// Sources of readiness that are registered with the OS.
    pub sources: usize,
}

impl Statistics {
    /// How many tasks of a class are in the ready queue.
    pub fn ready(&self, class: Class) -> usize {
        self.queues[class as usize]
    }
}

/// What is counted for the statistics alone: see the fields of the same names.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Wakes that queued a task.
    pub(crate) wakes_queued: Cell<u64>,
    /// Wakes of a queued task.
    pub(crate) wakes_already_queued: Cell<u64>,
    /// Wakes of no task.
    pub(crate) wakes_stale: Cell<u64>,
    /// Wakes out of the inbox.
    pub(crate) wakes_posted: Cell<u64>,
    /// Time in the polls of past turns.
    in_polls: Cell<Duration>,
    /// When the polls of this turn began. `None`: they are over.
    polls_began: Cell<Option<Duration>>,
    /// Time parked.
    pub(crate) parked: Cell<Duration>,
}

impl Counters {
    /// Counts one more.
    #[inline]
    pub(crate) fn count(counter: &Cell<u64>) {
        counter.set(counter.get() + 1);
    }

    /// Adds up time.
    pub(crate) fn add(sum: &Cell<Duration>, time: Duration) {
        sum.set(sum.get().saturating_add(time));
    }

    /// The polls of a turn begin.
    pub(crate) fn begin_polls(&self, now: Duration) {
        self.polls_began.set(Some(now));
    }

    /// The polls of a turn are over.
    pub(crate) fn end_polls(&self, now: Duration) {
        self.in_polls.set(self.in_polls(now));
        self.polls_began.set(None);
    }

    /// The time spent in polls until now.
    fn in_polls(&self, now: Duration) -> Duration {
        let began = self.polls_began.get().unwrap_or(now);
        self.in_polls.get() + now.saturating_sub(began)
    }
}

/// The statistics of the running loop.
///
/// # Panics
///
/// If it is called outside of an event loop: see [`EventLoop::stats`].
#[track_caller]
pub fn stats() -> Statistics {
    context::expect_current("stats()").statistics()
}

impl EventLoop {
    /// What the loop has done so far, and what it holds now.
    pub fn stats(&self) -> Statistics {
        self.state.statistics()
    }
}

impl LoopState {
    /// A snapshot.
    pub(crate) fn statistics(&self) -> Statistics {
        let now = self.time.now();
        let counters = &self.counters;
        let ready = self.ready.borrow();
        Statistics {
            now,
            turns: self.turns.get(),
            polls: self.polls.get(),
            wakes_queued: counters.wakes_queued.get(),
            wakes_already_queued: counters.wakes_already_queued.get(),
            wakes_stale: counters.wakes_stale.get(),
            wakes_posted: counters.wakes_posted.get(),
            in_polls: counters.in_polls(now),
            parked: counters.parked.get(),
            tasks: self.alive.get(),
            queues: Class::ALL.map(|class| ready.iter(class).len()),
            timers: self.timers.borrow().iter().len(),
            sources: self.reactor.borrow().numbers().len(),
        }
    }
}
