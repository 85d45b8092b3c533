//! The model: what a queue does, done by one list.

use super::Queue;
use runtime::Class;

/// What a queue does, done by one list of all ready tasks.
#[derive(Debug)]
struct List {
    /// How many times in a row a class may be passed over.
    bound: u32,
    /// All ready tasks, in the order in which they were pushed.
    tasks: Vec<(usize, Class)>,
    /// How often each class was passed over.
    passed_over: [u32; 3],
}

impl List {
    /// Takes out the task at `index`; an empty class starts again.
    fn take(&mut self, index: usize) -> (usize, Class) {
        let taken = self.tasks.remove(index);
        for class in Class::ALL {
            if self.tasks.iter().all(|(_, other)| *other != class) {
                self.passed_over[class as usize] = 0;
            }
        }
        taken
    }
}

impl Queue for List {
    fn push(&mut self, task: usize, class: Class) {
        self.tasks.push((task, class));
    }

    fn pop(&mut self) -> Option<usize> {
        let first_of = |class| self.tasks.iter().position(|(_, other)| *other == class);
        let ready = Class::ALL.into_iter().filter_map(first_of);
        let is_due = |index: &usize| {
            let (_, class) = self.tasks[*index];
            self.passed_over[class as usize] >= self.bound
        };
        let due = ready.clone().find(is_due);
        let next = due.or(ready.min_by_key(|index| self.tasks[*index].1 as usize))?;
        for class in Class::ALL {
            if self.tasks.iter().any(|(_, other)| *other == class) {
                self.passed_over[class as usize] += 1;
            }
        }
        let (task, class) = self.take(next);
        self.passed_over[class as usize] = 0;
        Some(task)
    }

    fn remove(&mut self, task: usize, _class: Class) {
        if let Some(index) = self.tasks.iter().position(|(other, _)| *other == task) {
            self.take(index);
        }
    }

    fn picture(&self) -> String {
        let lines = Class::ALL.map(|class| {
            let tasks = self.tasks.iter().filter(|(_, other)| *other == class);
            let tasks: Vec<_> = tasks.map(|(task, _)| task.to_string()).collect();
            let passed_over = self.passed_over[class as usize];
            format!(
                "{:<12} tasks [{}], passed over {passed_over} of {}",
                format!("{class:?}:"),
                tasks.join(", "),
                self.bound
            )
        });
        lines.join("\n")
    }
}

/// The model.
pub(super) fn list(bound: u32) -> Box<dyn Queue> {
    Box::new(List {
        bound,
        tasks: Vec::new(),
        passed_over: [0; 3],
    })
}
