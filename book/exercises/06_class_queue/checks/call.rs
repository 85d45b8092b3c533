//! Calls to a queue: what the checks are sequences of.

use super::Queue;
use Call::{Pop, Push, Remove};
use exercises::operations::Operation;
use runtime::Class::{self, Normal};
use std::fmt;

/// A call to a queue.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    /// Puts a task in.
    Push(usize, Class),
    /// Takes the next one out.
    Pop,
    /// Takes this one out.
    Remove(usize, Class),
}
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Push(task, class) => write!(f, "push({task}, {class:?})"),
            Pop => write!(f, "pop()"),
            Remove(task, class) => write!(f, "remove({task}, {class:?})"),
        }
    }
}

impl Operation for Call {
    type Machine = dyn Queue;

    fn apply(&self, queue: &mut (dyn Queue + 'static)) -> String {
        match *self {
            Push(task, class) => queue.push(task, class),
            Pop => return format!("{:?}", queue.pop()),
            Remove(task, class) => queue.remove(task, class),
        }
        "done".to_owned()
    }

    fn smaller(&self) -> Vec<Call> {
        match *self {
            Push(task, class) if class != Normal => vec![Push(task, Normal)],
            _ => Vec::new(),
        }
    }

    /// No task is pushed twice, and whoever removes one knows its class.
    fn allowed(sequence: &[Call]) -> bool {
        let mut pushed = Vec::new();
        sequence.iter().all(|call| match *call {
            Push(task, class) => {
                let new = pushed.iter().all(|(other, _)| *other != task);
                pushed.push((task, class));
                new
            }
            Pop => true,
            Remove(task, class) => pushed.contains(&(task, class)),
        })
    }

    fn picture(model: &(dyn Queue + 'static)) -> String {
        model.picture()
    }
}
