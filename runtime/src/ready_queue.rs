//! The ready queue: tasks that have been woken and await a poll.
//!
//! Filled by wakers at the tail, drained by the event loop at the head, one
//! batch a turn. It holds keys into the slab of tasks, and nothing else.
//!
//! Invariants: (1) a task is queued at most once: its state says whether it is;
//! (2) every key in it is that of a live task: one that is over while it is
//! queued is taken out ([`ReadyQueue::remove`]), so that no key outlives its task.
//!
//! Left out: classes of queues.
//!
//! Book: chapter 2. Mirror: `scheduler::policy`.

use std::collections::VecDeque;

/// Tasks in the order in which they were woken, by their key in the slab.
#[derive(Debug, Default)]
pub(crate) struct ReadyQueue {
    /// The head is polled next.
    keys: VecDeque<usize>,
}

impl ReadyQueue {
    /// Puts a task at the tail. The caller sees to it that it is not there yet.
    #[inline]
    pub(crate) fn push(&mut self, key: usize) {
        self.keys.push_back(key);
    }

    /// Takes the task at the head.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<usize> {
        self.keys.pop_front()
    }

    /// How many tasks are ready.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no task is ready.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Takes a task out, wherever it stands.
    ///
    /// It searches from the tail: the usual case is a task that woke itself in
    /// its last poll, and few can have been woken since.
    pub(crate) fn remove(&mut self, key: usize) {
        if let Some(index) = self.keys.iter().rposition(|&queued| queued == key) {
            self.keys.remove(index);
        }
    }

    /// Takes every task out: the loop ends, and will poll none.
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
    }

    /// The queued tasks, head first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.keys.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::ReadyQueue;

    #[test]
    fn woken_tasks_leave_in_the_order_of_their_wakes() {
        let mut queue = ReadyQueue::default();
        for key in [3, 1, 2] {
            queue.push(key);
        }
        assert_eq!(queue.iter().collect::<Vec<_>>(), [3, 1, 2]);
        assert_eq!(queue.pop(), Some(3));
        assert_eq!(queue.pop(), Some(1));
    }

    #[test]
    fn a_removed_task_leaves_the_others_in_order() {
        let mut queue = ReadyQueue::default();
        for key in [3, 1, 2] {
            queue.push(key);
        }
        queue.remove(1);
        queue.remove(7); // not there: nothing happens
        assert_eq!(queue.iter().collect::<Vec<_>>(), [3, 2]);
        assert_eq!(queue.len(), 2);
    }
}
