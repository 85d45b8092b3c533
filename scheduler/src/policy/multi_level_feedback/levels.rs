//! The lines of a feedback queue, one for each level.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariant: who hurries became runnable last, and nobody was picked since.
//!
//! Book: chapter 15. Mirror: `runtime::ready_queue`, and its classes.

use crate::policy::line::Line;
use crate::policy::{Attributes, CpuId, Queue, ThreadId};

/// The runnable threads, level by level, the highest first.
#[derive(Debug)]
pub(super) struct Levels {
    /// The lines, by level.
    lines: Vec<Line>,
    /// Who went to the head by rule 7 a moment ago, and may preempt an equal.
    hurried: Option<ThreadId>,
}

impl Levels {
    /// So many levels, and nobody at any.
    pub(super) fn new(count: usize) -> Levels {
        Levels {
            lines: vec![Line::default(); count],
            hurried: None,
        }
    }

    /// A thread that became runnable: to the tail of `level` (rule 2), or to its
    /// head, and may preempt an equal (rule 7).
    pub(super) fn admit(&mut self, level: usize, thread: &Attributes, hurries: bool) {
        self.hurried = hurries.then_some(thread.id);
        if hurries {
            self.lines[level].push_front(thread);
        } else {
            self.lines[level].push_back(thread);
        }
    }

    /// Back to the tail of `level` (rule 2).
    pub(super) fn push_back(&mut self, level: usize, thread: &Attributes) {
        self.lines[level].push_back(thread);
    }

    /// Back to the head of `level` (rule 6); but whoever preempted an equal stays
    /// before it (rule 7).
    pub(super) fn push_front(&mut self, level: usize, thread: &Attributes) {
        let line = &mut self.lines[level];
        if self.hurried.is_some() && self.hurried == line.front() {
            line.push_second(thread);
        } else {
            line.push_front(thread);
        }
    }

    /// Whether `thread` may preempt an equal (rule 7).
    pub(super) fn hurries(&self, thread: ThreadId) -> bool {
        self.hurried == Some(thread)
    }

    /// Takes out the first of the highest level that may run on `cpu` (rule 1).
    pub(super) fn pop_highest(&mut self, cpu: CpuId) -> Option<ThreadId> {
        self.hurried = None;
        let mut lines = self.lines.iter_mut();
        lines.find_map(|line| line.pop_front(cpu))
    }

    /// Rule 5. Those at the top stay in their order; then come the others, the
    /// lowest level first.
    pub(super) fn boost(&mut self) {
        self.hurried = None;
        for level in (1..self.lines.len()).rev() {
            let mut risen = std::mem::take(&mut self.lines[level]);
            self.lines[0].append(&mut risen);
        }
    }

    /// The levels as a picture, with what `note` says of each thread.
    pub(super) fn shown(&self, note: impl Fn(ThreadId) -> String) -> Vec<Queue> {
        let noted = |thread| (thread, note(thread));
        let levels = self.lines.iter().enumerate();
        let shown = levels
            .map(|(level, line)| Queue::named(format!("level {level}"), line.threads().map(noted)));
        shown.collect()
    }
}
