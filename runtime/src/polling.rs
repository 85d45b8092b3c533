//! A poll: the loop runs one task until it gives way or is over.
//!
//! The one place where a learner's futures run, and where they are dropped.
//!
//! Invariants: (1) nothing of the loop is borrowed while foreign code runs: the
//! future and its waker are taken out of the slab first; (2) a panic, in a poll
//! or in a destructor, ends this task alone and becomes its result; (3) while a
//! task is polled or dropped it is the cause of every wake; (4) a task's future
//! is dropped before its end is announced, so that its timers, sources and
//! channels are gone by then.
//!
//! Left out: a budget of operations within one poll. A task that never has to
//! wait keeps the loop: chapter 8.
//!
//! Book: chapter 2. Mirror: `scheduler::dispatcher`, which need not be polite.

use crate::foreign::{discard, drop_caught};
use crate::join_handle::Joiner;
use crate::numbers::TaskId;
use crate::outcome::Outcome;
use crate::state::LoopState;
use crate::task::State;
use crate::trace::{Reference, nanoseconds, record};
use std::any::Any;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What a task runs: a future of any type, its output boxed.
///
/// It is implemented for the futures themselves: a wrapper around them would
/// need an unsafe projection of the pin, or twice the memory.
pub(crate) trait Routine {
    /// Polls once. An output of size zero costs no allocation.
    fn resume(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Box<dyn Any>>;
}

impl<F: Future<Output: 'static>> Routine for F {
    fn resume(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Box<dyn Any>> {
        self.poll(context)
            .map(|output| Box::new(output) as Box<dyn Any>)
    }
}

/// `block_on`'s future, whose output may borrow, and so cannot be boxed.
pub(crate) struct MainRoutine<'a, F: Future> {
    /// Emptied when it is over: it is dropped inside of the loop, like others.
    future: Pin<&'a mut Option<F>>,
    /// Where its output goes.
    output: &'a mut Option<F::Output>,
}

impl<'a, F: Future> MainRoutine<'a, F> {
    /// Will put the output of `future` into `output`.
    pub(crate) fn new(future: Pin<&'a mut Option<F>>, output: &'a mut Option<F::Output>) -> Self {
        MainRoutine { future, output }
    }
}

impl<F: Future> Routine for MainRoutine<'_, F> {
    fn resume(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Box<dyn Any>> {
        let future = self.future.as_mut().as_pin_mut();
        let future = future.expect("a future that is over is not polled");
        match catch_unwind(AssertUnwindSafe(|| future.poll(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(output)) => *self.output = Some(output),
            Err(panic) => {
                // careful: dropped here, and not while the panic unwinds, when
                // a second one would abort the process (invariants 2, 4).
                self.future.set(None);
                resume_unwind(panic);
            }
        }
        self.future.set(None);
        Poll::Ready(Box::new(()))
    }
}

/// A future and its task's waker.
pub(crate) struct Runnable {
    /// The future.
    pub(crate) future: Pin<Box<dyn Routine>>,
    /// Made once and lent to every poll.
    pub(crate) waker: Waker,
}

impl fmt::Debug for Runnable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runnable").finish_non_exhaustive()
    }
}

/// `block_on`'s task, whose future stays on its caller's stack, since it may
/// borrow from there. The slab holds the rest of the task, until this is dropped.
pub(crate) struct Main<'a> {
    /// The loop that runs it.
    pub(crate) state: &'a LoopState,
    /// Its key in the slab.
    pub(crate) key: usize,
    /// Its future.
    pub(crate) future: Pin<&'a mut dyn Routine>,
    /// Its waker.
    pub(crate) waker: Waker,
    /// Whether it is over, which ends the turn.
    pub(crate) is_over: bool,
}

impl Drop for Main<'_> {
    fn drop(&mut self) {
        let task = self.state.tasks.borrow_mut().remove(self.key);
        if task.state != State::Over {
            // careful: a logger's panic unwinds the loop and block_on.
            self.state.ready.borrow_mut().remove(self.key, task.class);
            self.state.alive.set(self.state.alive.get() - 1);
        }
    }
}

impl LoopState {
    /// Polls a task that was picked from the queue; drops it, if it was aborted.
    pub(crate) fn run_task(&self, key: usize, main: Option<&mut Main<'_>>) {
        let mut tasks = self.tasks.borrow_mut();
        let task = &mut tasks[key];
        debug_assert!(task.is_queued(), "only the ready are run");
        let (id, place, is_aborted) = (task.id, task.stands_at, task.aborted().is_some());
        let mut runnable = if is_aborted {
            task.leave()
        } else {
            task.begin(self.polls.get() + 1)
        };
        drop(tasks);
        let before = self.cause.replace(Reference::Task(id)); // invariant 3
        self.running.set(key);
        if is_aborted {
            self.begin_poll();
            self.finish(key, id, runnable, Outcome::Cancelled);
        } else {
            record!(self, "polled" at Some(place); task = id);
            self.poll_task(key, id, &mut runnable, main.filter(|main| main.key == key));
        }
        self.cause.set(before);
    }

    // ANCHOR: poll
    /// Polls a task once, and sees to what came of it.
    fn poll_task(
        &self,
        key: usize,
        id: TaskId,
        runnable: &mut Option<Runnable>,
        mut main: Option<&mut Main<'_>>,
    ) {
        self.polls.set(self.polls.get() + 1);
        self.place.set(None);
        self.awaited.borrow_mut().clear(); // careful: futures can be polled outside of polls, too
        self.begin_poll();
        let polled = catch_unwind(AssertUnwindSafe(|| match (&mut *runnable, &mut main) {
            (Some(Runnable { future, waker }), _) => {
                future.as_mut().resume(&mut Context::from_waker(waker))
            }
            (None, Some(Main { future, waker, .. })) => {
                future.as_mut().resume(&mut Context::from_waker(waker))
            }
            (None, None) => unreachable!("block_on takes its task along when it returns"),
        })); // invariant 2
        let outcome = match polled {
            Ok(Poll::Pending) => return self.pause(key, id, runnable.take()),
            Ok(Poll::Ready(output)) => Outcome::Value(output),
            Err(panic) => self.fall(id, panic),
        };
        if let Some(main) = main {
            main.is_over = true;
        }
        self.finish(key, id, runnable.take(), outcome);
    }
    // ANCHOR_END: poll

    /// The task gave way.
    fn pause(&self, key: usize, id: TaskId, runnable: Option<Runnable>) {
        let ran = self.end_poll(key, id);
        let place = self.place.get();
        self.tasks.borrow_mut()[key].pause(runnable, place);
        self.announce_waits(id);
        record!(self, "pending" at place; task = id, ran = nanoseconds(ran));
    }

    /// The task is over: drops what is left of it, and wakes who waits for it.
    pub(crate) fn finish(
        &self,
        key: usize,
        id: TaskId,
        runnable: Option<Runnable>,
        mut outcome: Outcome,
    ) {
        // Foreign destructors run first, while nothing is borrowed (invariants 1, 4).
        // The waker goes too, but whoever holds a clone may still call it.
        if let Err(panic) = drop_caught(runnable) {
            discard(mem::replace(&mut outcome, self.fall(id, panic)));
        }
        let is_detached = matches!(self.tasks.borrow()[key].joiner, Joiner::Gone);
        if is_detached
            && matches!(outcome, Outcome::Value(_))
            && let Err(panic) = drop_caught(mem::replace(&mut outcome, Outcome::nothing()))
        {
            outcome = self.fall(id, panic);
        }
        if let Err(panic) = self.drop_locals(id) {
            discard(mem::replace(&mut outcome, self.fall(id, panic)));
        }
        // careful: looked at after the destructors, or the next task would be
        // blamed for them. One look, for the poll and for them, is enough.
        let ran = self.end_poll(key, id);
        self.record_outcome(key, &outcome, ran);

        let (queued, joiner, forgotten) = {
            let mut tasks = self.tasks.borrow_mut();
            let queued = tasks[key].is_queued().then_some(tasks[key].class);
            let joiner = tasks[key].finish(outcome);
            let is_detached = matches!(joiner, Joiner::Gone);
            (queued, joiner, is_detached.then(|| tasks.remove(key)))
        };
        self.alive.set(self.alive.get() - 1);
        if let Some(class) = queued {
            self.ready.borrow_mut().remove(key, class);
        }
        // Everything is released: now foreign code may run again.
        discard(forgotten);
        if let Some(waiter) = joiner.waiter() {
            waiter.wake();
        }
    }
}
