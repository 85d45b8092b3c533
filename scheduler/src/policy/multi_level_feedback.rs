//! Multi-level feedback queue: learns from what a thread did how to treat it.
//!
//! Threads that soon block keep their high level and are answered at once;
//! threads that compute sink to where quanta are long. Nobody has to know the
//! future.
//!
//! Source: OSTEP, chapter 8, section 8.6; there rules 1 to 5 have these numbers.
//! Rules 6 to 8 are those of its simulator, `mlfq.py`:
//!
//! 1. Threads of a higher level run before those of a lower, and preempt them.
//! 2. Threads of one level take turns, with that level's quantum.
//! 3. A new thread enters at the top level.
//! 4. A thread that used up its allotment at a level, however often it blocked
//!    in between, sinks to the next.
//! 5. At every multiple of some time, all threads are boosted to the top level.
//! 6. What is left of a quantum survives blocking and preemption; a preempted
//!    thread stays at the head of its level.
//! 7. With [`unblocked_to_head`](MultiLevelFeedback::unblocked_to_head) an
//!    unblocked thread goes to the head of its level, and preempts its equals.
//! 8. With [`blocking_renews`](MultiLevelFeedback::blocking_renews) a thread that
//!    blocks gets a whole quantum and allotment; if its quantum ends just then,
//!    that still counts. It is rule 4 before it was mended, and can be gamed.
//!
//! Book: chapter 15. Mirror: `runtime::ready_queue`, and its classes.

mod account;
mod levels;
#[cfg(test)]
mod tests;

pub use account::Level;

use super::queue::ms;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use crate::time::Time;
use account::Accounts;
use levels::Levels;
use std::time::Duration;

/// Runs the highest level's threads in turn, and lowers who computes for long.
#[derive(Debug)]
pub struct MultiLevelFeedback {
    /// The runnable threads, level by level, the highest first.
    queues: Levels,
    /// What is left to each thread, and its level.
    accounts: Accounts,
    /// Rule 5; None: never.
    boost_every: Option<Duration>,
    /// Rule 7.
    unblocked_to_head: bool,
}

impl MultiLevelFeedback {
    /// These levels, the highest first, without boost and rules 7 and 8.
    ///
    /// # Panics
    ///
    /// If there is no level, or one has a quantum or an allotment of zero.
    pub fn new(levels: impl IntoIterator<Item = Level>) -> MultiLevelFeedback {
        let levels: Vec<Level> = levels.into_iter().collect();
        MultiLevelFeedback {
            queues: Levels::new(levels.len()),
            accounts: Accounts::new(levels),
            boost_every: None,
            unblocked_to_head: false,
        }
    }

    /// The same, with everybody at the top again at every multiple of `period`.
    ///
    /// # Panics
    ///
    /// If `period` is zero.
    #[must_use]
    pub fn boost_every(mut self, period: Duration) -> MultiLevelFeedback {
        assert!(!period.is_zero(), "a boost cannot come all the time");
        self.boost_every = Some(period);
        self
    }

    /// The same with rule 7 (OSTEP's `iobump`).
    #[must_use]
    pub fn unblocked_to_head(mut self) -> MultiLevelFeedback {
        self.unblocked_to_head = true;
        self
    }

    /// The same with rule 8 (OSTEP's `stay`).
    #[must_use]
    pub fn blocking_renews(mut self) -> MultiLevelFeedback {
        self.accounts.blocking_renews = true;
        self
    }

    /// The level of `thread`, from 0, the highest.
    pub fn level(&self, thread: ThreadId) -> usize {
        self.accounts.get(thread).level
    }
}

impl Policy for MultiLevelFeedback {
    fn ready(&mut self, thread: &Attributes, why: Ready, _now: Time) {
        let level = self.level(thread.id); // rule 3
        let hurries = self.unblocked_to_head && why == Ready::Unblocked;
        self.queues.admit(level, thread, hurries); // rules 2 and 7
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let thread = self.queues.pop_highest(cpu)?; // rule 1
        let left = self.accounts.get(thread).quantum; // rules 2 and 6
        Some(Pick::for_at_most(thread, left).because("its level is highest"))
    }

    // ANCHOR: stopped
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let (left, quantum_ends) = self.accounts.charge(thread.id, ran, why); // rules 4, 6, 8
        if why == StopReason::Preempted && !quantum_ends {
            self.queues.push_front(left.level, thread); // rules 6 and 7
        } else if why.still_runnable() {
            self.queues.push_back(left.level, thread); // rule 2
        }
    }
    // ANCHOR_END: stopped

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        let (new_level, level) = (self.level(new.id), self.level(current.id));
        new_level < level || (new_level == level && self.queues.hurries(new.id)) // rules 1, 7
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        now.next_multiple_of(self.boost_every?)
    }

    fn timer(&mut self, _now: Time) {
        self.queues.boost(); // rule 5
        self.accounts.boost();
    }

    fn queues(&self) -> Vec<Queue> {
        let left = |thread| format!("{} left", ms(self.accounts.get(thread).quantum));
        self.queues.shown(left)
    }
}
