//! A planted mistake: a class that was due once is due for ever.

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
    /// How many times in a row a class may be passed over.
    passed_over_at_most: u32,
    /// The classes, the most urgent first.
    lanes: [Lane; Class::ALL.len()],
}

impl ReadyQueue {
    /// A queue without tasks.
    pub(crate) fn new(passed_over_at_most: u32) -> ReadyQueue {
        ReadyQueue {
            passed_over_at_most,
            lanes: Default::default(),
        }
    }

    /// Puts a task at the tail of its class (rule 1).
    pub(crate) fn push(&mut self, task: usize, class: Class) {
        self.lanes[class as usize].tasks.push_back(task);
    }

    /// Mistake: whoever is served since it was due keeps its count.
    pub(crate) fn pop(&mut self) -> Option<usize> {
        let is_ready = |lane: &Lane| !lane.tasks.is_empty();
        let is_due = |lane: &Lane| is_ready(lane) && lane.passed_over >= self.passed_over_at_most;
        let due = self.lanes.iter().position(is_due); // rule 3
        let next = due.or_else(|| self.lanes.iter().position(is_ready))?; // rule 2
        for lane in self.lanes.iter_mut().filter(|lane| is_ready(lane)) {
            lane.passed_over += 1; // rule 4
        }
        let lane = &mut self.lanes[next];
        if due.is_none() {
            lane.passed_over = 0;
        }
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
