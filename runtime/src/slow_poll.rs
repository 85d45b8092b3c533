//! Slow polls: a task that keeps the loop for long is reported.
//!
//! A loop cannot take a task away. What it can do is to say, once it has the
//! thread again, who kept it, since where, and for how long.
//!
//! A look at the clock takes as long as a short poll does. So, once [`ALONE`]
//! polls in a row were short, up to [`TOGETHER`] of them are measured as one. If
//! such a group is too slow, all of its tasks are named; and since from then on
//! polls are measured alone again, a task that goes on like this is found.
//!
//! Invariants: (1) every poll is measured, with the drop of what is over, on the
//! loop's clock: in virtual time, which stands still while a task runs, no poll
//! is slow but one that calls [`work`](crate::work()); (2) the report on a poll
//! names the place after which the time was spent: the task's last `.await`;
//! (3) in virtual time, and while the steps are traced, each poll is measured
//! alone; (4) no group outlives the turn: timers are due by its last look.
//!
//! Left out: a report while the task still runs, which would need a thread.
//!
//! Book: chapter 8. Mirror: `scheduler::preempt`, which needs no such report.

use crate::clock::Clock;
use crate::event_loop::EventLoop;
use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::task::{State, Task};
use crate::trace::{self, Line, nanoseconds, record};
use std::array;
use std::cell::Cell;
use std::time::Duration;

/// What a poll may take, unless the learner says otherwise.
const LIMIT: Duration = Duration::from_millis(100);

/// How many polls are measured as one, at most. They are short if each of them
/// could take as long and still keep the limit.
const TOGETHER: u32 = 8;

/// How many measures in a row must be short before polls are measured together.
const ALONE: u32 = 64;

/// What is measured now: the polls since the last look at the clock.
#[derive(Debug)]
pub(crate) struct Watch {
    /// How long a poll may take before it is reported. `None`: however long.
    pub(crate) limit: Cell<Option<Duration>>,
    /// When the first of them began.
    began: Cell<Duration>,
    /// How many of them are over.
    polls: Cell<usize>,
    /// Whose those were: the keys in the slab, and the tasks.
    tasks: [Cell<(usize, TaskId)>; TOGETHER as usize],
    /// How many measures more must be short before polls are measured together.
    alone: Cell<u32>,
}

impl Default for Watch {
    fn default() -> Self {
        Watch {
            limit: Cell::new(Some(LIMIT)),
            began: Cell::default(),
            polls: Cell::default(),
            tasks: array::from_fn(|_| Cell::new((0, TaskId::new(0)))),
            alone: Cell::new(ALONE),
        }
    }
}

impl EventLoop {
    /// Sets how long one poll may take before it is reported as slow: 100 ms,
    /// unless set. `None` reports none.
    pub fn set_slow_poll_limit(&mut self, limit: Option<Duration>) {
        self.state.watch.limit.set(limit);
    }
}

impl LoopState {
    /// A poll begins, or a task's drop.
    #[inline]
    pub(crate) fn begin_poll(&self) {
        if self.watch.polls.get() == 0 {
            self.watch.began.set(self.time.seen());
        }
    }

    // ANCHOR: watch
    /// A poll of this task is over, or its drop. Returns how long it took, if it
    /// was measured alone, as it is while anybody wants to know.
    #[inline]
    pub(crate) fn end_poll(&self, key: usize, id: TaskId) -> Duration {
        let watch = &self.watch;
        let before = watch.polls.get();
        watch.tasks[before].set((key, id));
        watch.polls.set(before + 1);
        let may_wait = watch.alone.get() == 0 && before + 1 < watch.tasks.len();
        if may_wait && !trace::enabled() {
            return Duration::ZERO; // invariant 3
        }
        self.measure_polls()
    }

    /// Looks at the clock, and reports the polls since the last look if they
    /// took too long. Returns how long they took.
    pub(crate) fn measure_polls(&self) -> Duration {
        let watch = &self.watch;
        let polls = watch.polls.take();
        if polls == 0 {
            return Duration::ZERO;
        }
        let ran = self.time.now().saturating_sub(watch.began.get());
        let limit = watch.limit.get().unwrap_or(Duration::MAX);
        if ran > limit / TOGETHER {
            watch.alone.set(ALONE);
        } else if self.time.clock == Clock::Real {
            watch.alone.set(watch.alone.get().saturating_sub(1));
        }
        if ran > limit {
            self.report_slow_polls(&watch.tasks[..polls], ran, limit);
        }
        ran
    }
    // ANCHOR_END: watch

    /// Warns whoever reads the log of one poll, or of several that were measured
    /// as one; of one the event is recorded, too.
    #[cold]
    fn report_slow_polls(&self, whose: &[Cell<(usize, TaskId)>], ran: Duration, limit: Duration) {
        if self.led.is_searched() {
            return;
        }
        let stood = self.ready.borrow().len();
        let tasks = if stood == 1 { "task" } else { "tasks" };
        let who: Vec<_> = whose.iter().map(|task| self.who(task.get())).collect();
        let who = who.join("; ");
        // Of a poll that is not seen to yet we know since where it ran.
        let (key, id) = whose[0].get();
        let in_poll = |task: &&Task| {
            let state = task.state;
            task.id == id && matches!(state, State::Running | State::Rewoken | State::Leaving)
        };
        let places = {
            let tasks = self.tasks.borrow();
            let task = tasks.get(key).filter(in_poll);
            task.map(|task| (task.spawned_at, task.stands_at))
        };
        let (1, Some((spawned_at, stands_at))) = (whose.len(), places) else {
            log::warn!(
                target: "runtime",
                "polls that were measured as one kept the loop for {ran:.1?} (limit {limit:?} \
                 each): {who}; from now on each is measured alone; {stood} ready {tasks} stood still",
            );
            return;
        };
        let has_awaited = !std::ptr::eq(spawned_at, stands_at);
        let last = has_awaited.then(|| Line(stands_at.file(), stands_at.line()));
        let since = last.map_or("before its first .await".into(), |last| {
            format!("after the .await at {last}")
        });
        log::warn!(
            target: "runtime",
            "{who}, kept the loop for {ran:.1?} (limit {limit:?}) {since}; \
             {stood} ready {tasks} stood still",
        );
        record!(self, "slow_poll";
            task = id, ran = nanoseconds(ran), limit = nanoseconds(limit); last = last);
    }

    /// Who a task is, in words.
    fn who(&self, (key, id): (usize, TaskId)) -> String {
        let tasks = self.tasks.borrow();
        let Some(task) = tasks.get(key).filter(|task| task.id == id) else {
            return format!("task {id}, which is over");
        };
        let name = task.name().map(|name| format!(" '{name}'"));
        let place = Line(task.spawned_at.file(), task.spawned_at.line());
        format!("task {id}{}, spawned at {place}", name.unwrap_or_default())
    }
}
