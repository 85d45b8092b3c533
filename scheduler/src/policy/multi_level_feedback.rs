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
#[cfg(test)]
mod tests;

pub use account::Level;

use super::line::Line;
use super::queue::ms;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use crate::time::Time;
use account::Accounts;
use std::time::Duration;

/// Runs the highest level's threads in turn, and lowers who computes for long.
#[derive(Debug)]
pub struct MultiLevelFeedback {
    /// The runnable threads, level by level, the highest first.
    queues: Vec<Line>,
    /// What is left to each thread, and its level.
    accounts: Accounts,
    /// Rule 5; None: never.
    boost_every: Option<Duration>,
    /// Rule 7.
    unblocked_to_head: bool,
    /// Who went to the head by rule 7 a moment ago, and may preempt an equal.
    hurried: Option<ThreadId>,
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
            queues: vec![Line::default(); levels.len()],
            accounts: Accounts::new(levels),
            boost_every: None,
            unblocked_to_head: false,
            hurried: None,
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
        let queue = &mut self.queues[self.accounts.get(thread.id).level]; // rule 3
        let to_head = self.unblocked_to_head && why == Ready::Unblocked;
        self.hurried = to_head.then_some(thread.id);
        if to_head {
            queue.push_front(thread); // rule 7
        } else {
            queue.push_back(thread); // rule 2
        }
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        self.hurried = None;
        let mut levels = self.queues.iter_mut();
        let thread = levels.find_map(|queue| queue.pop_front(cpu))?; // rule 1
        let left = self.accounts.get(thread).quantum; // rules 2 and 6
        Some(Pick::for_at_most(thread, left).because("its level is highest"))
    }

    // ANCHOR: stopped
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let (left, quantum_ends) = self.accounts.charge(thread.id, ran, why); // rules 4, 6, 8
        let queue = &mut self.queues[left.level];
        if why == StopReason::Preempted && !quantum_ends {
            // Rule 6; but by rule 7 whoever preempted an equal stays before it.
            if self.hurried.is_some() && self.hurried == queue.front() {
                queue.push_second(thread);
            } else {
                queue.push_front(thread);
            }
        } else if why.still_runnable() {
            queue.push_back(thread); // rule 2
        }
    }
    // ANCHOR_END: stopped

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        let (new_level, level) = (self.level(new.id), self.level(current.id));
        new_level < level || (new_level == level && self.hurried == Some(new.id)) // rules 1, 7
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        now.next_multiple_of(self.boost_every?)
    }

    /// Rule 5. Those at the top stay in their order; then come the others, the
    /// lowest level first.
    fn timer(&mut self, _now: Time) {
        self.hurried = None;
        for level in (1..self.queues.len()).rev() {
            let mut risen = std::mem::take(&mut self.queues[level]);
            self.queues[0].append(&mut risen);
        }
        self.accounts.boost();
    }

    fn queues(&self) -> Vec<Queue> {
        let left = |id| (id, format!("{} left", ms(self.accounts.get(id).quantum)));
        let levels = self.queues.iter().enumerate();
        let shown = levels
            .map(|(level, line)| Queue::named(format!("level {level}"), line.threads().map(left)));
        shown.collect()
    }
}
