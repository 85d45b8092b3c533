//! The ready queue: tasks that have been woken and await a poll.
//!
//! Filled by wakers at the tail, drained by the event loop at the head. There is
//! one queue for each [`Class`], and a rule says which of them is next:
//!
//! 1. The most urgent class that has a ready task goes first.
//! 2. But a class that has a ready task, and was passed over
//!    [`PASSED_OVER_AT_MOST`] times in a row, goes before all others; if two
//!    have been, the more urgent of them.
//! 3. Within a class the task goes first that was woken first.
//!
//! So none starves. However busy the others are, the head of a queue is passed
//! over at most 2 times in a row if it is urgent (by a normal and a background
//! task that are due), 16 times if it is normal, and 17 times if it is
//! background; the task behind k others of its class at most k + 1 times that.
//!
//! libevent's priorities are rule 1 alone: "urgent-priority events can starve
//! less-urgent events", says its manual. A browser, says the HTML standard, may
//! give mouse and keyboard preference three quarters of the time, and so starve
//! nobody: rule 2 with another number.
//!
//! Invariants: (1) a task is queued at most once: its state says whether it is;
//! (2) every key in it is that of a live task: one that is over while it is
//! queued is taken out, so that no key outlives its task; (3) a class without a
//! ready task is not passed over: it starts again from 0.
//!
//! Book: chapter 7. Mirror: `scheduler::policy`.

use crate::class::Class;
use std::collections::VecDeque;

/// How many picks in a row may pass over a class that has a ready task. More
/// would make the background wait, fewer would make the urgent one of many.
pub(crate) const PASSED_OVER_AT_MOST: u32 = 16;

/// Ready tasks, by their key in the slab.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadyQueue {
    /// Those of each class, the most urgent first.
    lanes: [Lane; Class::ALL.len()],
}

/// The ready tasks of one class.
#[derive(Clone, Debug, Default)]
struct Lane {
    /// In the order in which they were woken: the head is polled next.
    keys: VecDeque<u32>,
    /// How many picks in a row have passed over it (invariant 3).
    passed_over: u32,
}

impl ReadyQueue {
    // ANCHOR: push
    /// Puts a task at the tail of its class. The caller sees to it that it is
    /// not there yet.
    #[inline]
    pub(crate) fn push(&mut self, key: usize, class: Class) {
        let key = u32::try_from(key).expect("a loop's memory ends before four billion tasks");
        self.lane(class).keys.push_back(key);
    }
    // ANCHOR_END: push

    /// Takes the task out that is next.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<usize> {
        let [urgent, normal, background] = &mut self.lanes;
        if urgent.keys.is_empty() && background.keys.is_empty() {
            normal.passed_over = 0; // the usual case, and the one that must be fast
            return normal.keys.pop_front().map(|key| key as usize);
        }
        self.pick()
    }

    // ANCHOR: pick
    /// Takes the task out that is next, where there is a choice of classes.
    fn pick(&mut self) -> Option<usize> {
        let is_ready = |lane: &Lane| !lane.keys.is_empty();
        let is_due = |lane: &Lane| is_ready(lane) && lane.passed_over >= PASSED_OVER_AT_MOST;
        let due = self.lanes.iter().position(is_due); // rule 2
        let next = due.or_else(|| self.lanes.iter().position(is_ready))?; // rule 1
        for lane in self.lanes.iter_mut().filter(|lane| is_ready(lane)) {
            lane.passed_over += 1;
        }
        let lane = &mut self.lanes[next];
        lane.passed_over = 0;
        lane.keys.pop_front().map(|key| key as usize) // rule 3
    }
    // ANCHOR_END: pick

    /// How many tasks are ready.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.lanes.iter().map(|lane| lane.keys.len()).sum()
    }

    /// Whether no task is ready.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.iter().all(|lane| lane.keys.is_empty())
    }

    /// Takes a task out of its class, wherever it stands.
    ///
    /// It searches from the tail: the usual case is a task that woke itself in
    /// its last poll, and few can have been woken since.
    pub(crate) fn remove(&mut self, key: usize, class: Class) {
        let lane = self.lane(class);
        if let Some(index) = lane.keys.iter().rposition(|&queued| queued as usize == key) {
            lane.keys.remove(index);
        }
        if lane.keys.is_empty() {
            lane.passed_over = 0; // invariant 3
        }
    }

    /// Takes every task out: the loop ends, and will poll none.
    pub(crate) fn clear(&mut self) {
        *self = ReadyQueue::default();
    }

    /// The queued tasks of a class, head first.
    pub(crate) fn iter(&self, class: Class) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.lanes[class as usize]
            .keys
            .iter()
            .map(|&key| key as usize)
    }

    /// The queue of a class.
    #[inline]
    fn lane(&mut self, class: Class) -> &mut Lane {
        &mut self.lanes[class as usize]
    }
}

#[cfg(test)]
mod tests;
