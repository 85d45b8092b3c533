//! A planted mistake: the most urgent class always goes first, and the others may starve.

use runtime::Class;
use std::collections::VecDeque;

/// The ready tasks of one class.
#[derive(Debug, Default)]
struct Lane {
    /// In the order in which they were woken.
    tasks: VecDeque<usize>,
    /// How many picks in a row passed over it; 0 while no task is ready.
    passed_over: u32,
}

/// Ready tasks, by their numbers.
#[derive(Debug)]
pub(crate) struct ReadyQueue {
    /// The classes, the most urgent first.
    lanes: [Lane; Class::ALL.len()],
}

impl ReadyQueue {
    /// Mistake: the bound is not kept.
    pub(crate) fn new(_passed_over_at_most: u32) -> ReadyQueue {
        ReadyQueue {
            lanes: Default::default(),
        }
    }

    /// Puts a task at the tail of its class (rule 1).
    pub(crate) fn push(&mut self, task: usize, class: Class) {
        self.lanes[class as usize].tasks.push_back(task);
    }

    /// Mistake: only rule 2.
    pub(crate) fn pop(&mut self) -> Option<usize> {
        let is_ready = |lane: &Lane| !lane.tasks.is_empty();
        let next = self.lanes.iter().position(is_ready)?; // rule 2
        for lane in self.lanes.iter_mut().filter(|lane| is_ready(lane)) {
            lane.passed_over += 1; // rule 4
        }
        let lane = &mut self.lanes[next];
        lane.passed_over = 0;
        lane.tasks.pop_front()
    }

    /// Takes this task out, wherever in its class it stands (rule 5).
    pub(crate) fn remove(&mut self, task: usize, class: Class) {
        let lane = &mut self.lanes[class as usize];
        lane.tasks.retain(|&other| other != task);
        if lane.tasks.is_empty() {
            lane.passed_over = 0;
        }
    }
}
