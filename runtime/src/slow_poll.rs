//! Slow polls: a task that keeps the loop for long is reported.
//!
//! A loop cannot take a task away. What it can do is to say, once it has the
//! thread again, who kept it, since where, and for how long.
//!
//! Invariants: (1) every poll is measured, with the drop of what is over, on the
//! loop's clock: in virtual time, which stands still while a task runs, no poll
//! is slow but one that calls [`work`](crate::work()); (2) the report names the
//! place after which the time was spent: the task's last `.await`.
//!
//! Left out: a report while the task still runs, which would need a thread.
//!
//! Book: chapter 8. Mirror: `scheduler::preempt`, which needs no such report.

use crate::event_loop::EventLoop;
use crate::state::LoopState;
use crate::trace::{nanoseconds, record};
use std::time::Duration;

/// What a poll may take, unless the learner says otherwise.
pub(crate) const LIMIT: Duration = Duration::from_millis(100);

impl EventLoop {
    /// Sets how long one poll may take before it is reported as slow: 100 ms,
    /// unless set. `None` reports none.
    pub fn set_slow_poll_limit(&mut self, limit: Option<Duration>) {
        self.state.slow_poll_limit.set(limit);
    }
}

impl LoopState {
    // ANCHOR: watch
    /// Reports the poll that just ended, if it took too long.
    #[inline]
    pub(crate) fn watch_slow_poll(&self, key: usize, ran: Duration) {
        if let Some(limit) = self.slow_poll_limit.get()
            && ran > limit
        {
            self.report_slow_poll(key, ran, limit);
        }
    }
    // ANCHOR_END: watch

    /// Warns whoever reads the log, and records the event.
    #[cold]
    fn report_slow_poll(&self, key: usize, ran: Duration, limit: Duration) {
        let (id, name, spawned_at, stands_at) = {
            let task = &self.tasks.borrow()[key];
            (
                task.id,
                task.name().map(Box::<str>::from),
                task.spawned_at,
                task.stands_at,
            )
        };
        let has_awaited = !std::ptr::eq(spawned_at, stands_at);
        let name = name.map(|name| format!(" '{name}'")).unwrap_or_default();
        let since = if has_awaited {
            format!(
                "after the .await at {}:{}",
                stands_at.file(),
                stands_at.line()
            )
        } else {
            "before its first .await".into()
        };
        let stood = self.ready.borrow().len();
        let tasks = if stood == 1 { "task" } else { "tasks" };
        log::warn!(
            target: "runtime",
            "task {id}{name}, spawned at {}:{}, kept the loop for {ran:.1?} (limit {limit:?}) \
             {since}; {stood} ready {tasks} stood still",
            spawned_at.file(),
            spawned_at.line(),
        );
        let last = has_awaited.then(|| crate::trace::Line(stands_at.file(), stands_at.line()));
        record!(self, "slow_poll";
            task = id, ran = nanoseconds(ran), limit = nanoseconds(limit); last = last);
    }
}
