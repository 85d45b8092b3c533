//! The checks of the queue of classes: rule by rule, random calls, the bound.
//!
//! Each of the first group isolates one rule, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.

mod call;
mod model;

use call::Call::{self, Pop, Push, Remove};
use exercises::check::{Check, Complaint, Part};
use exercises::operations;
use exercises::search::Dice;
use model::list;
use runtime::Class::{self, Background, Normal, Urgent};

/// A queue as the checks see it.
pub(crate) trait Queue {
    /// Puts a task at the tail of its class.
    fn push(&mut self, task: usize, class: Class);
    /// Takes the next one out.
    fn pop(&mut self) -> Option<usize>;
    /// Takes this one out.
    fn remove(&mut self, task: usize, class: Class);
    /// What is in it; nothing, if it does not say.
    fn picture(&self) -> String {
        String::new()
    }
}

/// Makes a queue with this bound.
pub(crate) type NewQueue = fn(u32) -> Box<dyn Queue>;

/// What makes the queue of a module.
macro_rules! candidate {
    ($($module:ident)::+) => {{
        /// A queue of that module.
        struct Candidate($($module)::+::ReadyQueue);

        impl $crate::checks::Queue for Candidate {
            fn push(&mut self, task: usize, class: runtime::Class) {
                self.0.push(task, class);
            }

            fn pop(&mut self) -> Option<usize> {
                self.0.pop()
            }

            fn remove(&mut self, task: usize, class: runtime::Class) {
                self.0.remove(task, class);
            }
        }

        let new: $crate::checks::NewQueue = |bound| {
            Box::new(Candidate($($module)::+::ReadyQueue::new(bound)))
        };
        new
    }};
}
pub(crate) use candidate;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewQueue>> {
    [order(), counts(), removal(), whole()]
        .into_iter()
        .flatten()
        .collect()
}

/// Checks of who goes first.
fn order() -> Vec<Check<NewQueue>> {
    vec![
        rule(
            "ready_task_is_handed_out",
            "a task that was pushed is handed out",
            &[Push(1, Normal), Pop],
        ),
        rule(
            "task_is_handed_out_once",
            "a task that was handed out is no longer there",
            &[Pop, Push(1, Normal), Pop, Pop],
        ),
        rule(
            "task_that_was_woken_first_goes_first",
            "within a class the task goes first that was pushed first",
            &[Push(1, Normal), Push(2, Normal), Push(3, Normal), Pop, Pop],
        ),
        rule(
            "most_urgent_class_goes_first",
            "the most urgent class that has a ready task goes first",
            &[
                Push(1, Background),
                Push(2, Normal),
                Push(3, Urgent),
                Pop,
                Pop,
                Pop,
            ],
        ),
        rule(
            "class_is_passed_over_no_more_than_the_bound",
            "a class that was passed over as often as the bound allows goes before all others",
            &[
                Push(1, Urgent),
                Push(2, Urgent),
                Push(3, Urgent),
                Push(4, Urgent),
                Push(5, Background),
                Pop,
                Pop,
                Pop,
                Pop,
            ],
        ),
    ]
}

/// Checks of how it is counted who was passed over.
fn counts() -> Vec<Check<NewQueue>> {
    vec![
        rule(
            "count_starts_again_after_a_turn",
            "a class that was served starts again from 0",
            &[
                Push(1, Urgent),
                Push(2, Urgent),
                Push(3, Urgent),
                Push(4, Urgent),
                Push(5, Background),
                Push(6, Background),
                Pop,
                Pop,
                Pop,
                Pop,
                Pop,
            ],
        ),
        rule(
            "class_without_a_ready_task_is_not_passed_over",
            "a class that has no ready task is not passed over",
            &[
                Push(1, Urgent),
                Push(2, Urgent),
                Push(3, Urgent),
                Push(4, Urgent),
                Pop,
                Pop,
                Pop,
                Push(5, Background),
                Pop,
            ],
        ),
        rule(
            "of_two_that_are_due_the_more_urgent_goes_first",
            "if two classes are due, the more urgent goes first",
            &[
                Push(1, Urgent),
                Push(2, Urgent),
                Push(3, Urgent),
                Push(4, Urgent),
                Push(5, Background),
                Push(6, Normal),
                Pop,
                Pop,
                Pop,
                Pop,
                Pop,
                Pop,
            ],
        ),
    ]
}

/// Checks of tasks that are removed.
fn removal() -> Vec<Check<NewQueue>> {
    vec![
        rule(
            "removed_task_is_not_handed_out",
            "a task that was removed is not handed out",
            &[Push(1, Normal), Remove(1, Normal), Pop],
        ),
        rule(
            "others_keep_their_order_when_one_is_removed",
            "when a task is removed all others keep their order",
            &[
                Push(1, Normal),
                Push(2, Normal),
                Push(3, Normal),
                Push(4, Normal),
                Remove(1, Normal),
                Remove(3, Normal),
                Remove(3, Normal),
                Pop,
                Pop,
                Pop,
            ],
        ),
        rule(
            "class_that_was_emptied_starts_again",
            "a class whose last task was removed starts again from 0",
            &[
                Push(1, Urgent),
                Push(2, Urgent),
                Push(3, Urgent),
                Push(4, Urgent),
                Push(5, Background),
                Pop,
                Pop,
                Pop,
                Remove(5, Background),
                Push(6, Background),
                Pop,
            ],
        ),
    ]
}

/// Checks of everything together.
fn whole() -> Vec<Check<NewQueue>> {
    vec![
        Check {
            name: "random_calls",
            rule: "any calls are answered as a list of all tasks answers them",
            part: Part::Random,
            run: Box::new(|new| (1..=3).try_for_each(|bound| random_calls(bound, *new))),
            step: None,
        },
        Check {
            name: "nobody_starves",
            rule: "however busy the others are, each class waits no longer than its bound",
            part: Part::Random,
            run: Box::new(|new| {
                Class::ALL
                    .into_iter()
                    .try_for_each(|class| waits(*new, class))
            }),
            step: None,
        },
    ]
}

/// The bound in checks of few calls.
const BOUND: u32 = 3;

/// A check of a few calls.
fn rule(name: &'static str, rule: &'static str, calls: &'static [Call]) -> Check<NewQueue> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |new| compared(calls, BOUND, *new)),
        step: None, // the runtime's own queue cannot be exchanged
    }
}

/// Whether a queue answers as the model does.
fn compared(calls: &[Call], bound: u32, new: NewQueue) -> Result<(), Complaint> {
    operations::compare(calls, &|| list(bound), &|| new(bound)).map_err(|complaint| Complaint {
        tried: format!("ReadyQueue::new({bound})\n{}", complaint.tried),
        ..complaint
    })
}

/// The same for random calls.
fn random_calls(bound: u32, new: NewQueue) -> Result<(), Complaint> {
    let call = |dice: &mut Dice, number: u32| {
        let task = number as usize;
        let class = |dice: &mut Dice| match dice.up_to(2) {
            0 => Urgent,
            1 => Normal,
            _ => Background,
        };
        match dice.up_to(8) {
            0..=3 => Push(task, class(dice)),
            4..=7 => Pop,
            _ => {
                let back = 1 + usize::try_from(dice.up_to(5)).unwrap_or(1);
                Remove(task.saturating_sub(back), class(dice))
            }
        }
    };
    operations::compare_random(call, &|| list(bound), &|| new(bound)).map_err(|complaint| {
        Complaint {
            tried: format!("ReadyQueue::new({bound})\n{}", complaint.tried),
            ..complaint
        }
    })
}

/// The event loop's bound.
const OF_THE_LOOP: u32 = 16;

/// Whether a task of `waiting` is handed out in time, while the two other classes
/// always have a ready task.
fn waits(new: NewQueue, waiting: Class) -> Result<(), Complaint> {
    let bound = OF_THE_LOOP;
    // As in runtime/src/ready_queue.rs: whoever is due may stand in the way.
    let at_most = match waiting {
        Urgent => 2,
        Normal => bound,
        Background => bound + 1,
    };
    let mut queue = new(bound);
    let (mut next, lone) = (1, 0);
    let mut push = |queue: &mut Box<dyn Queue>, class| {
        queue.push(next, class);
        next += 1;
        next - 1
    };
    let others = Class::ALL.into_iter().filter(|class| *class != waiting);
    let mut ready: Vec<(usize, Class)> = Vec::new();
    for class in others {
        ready.push((push(&mut queue, class), class));
    }
    let mut waited = 0;
    let mut since = None; // when the lone task came
    for pop in 0..100 {
        if pop == bound && since.is_none() {
            queue.push(lone, waiting);
            since = Some(pop);
        }
        let popped = queue.pop();
        if popped == Some(lone) {
            return Ok(());
        }
        // Whoever was handed out comes back at once.
        if let Some(task) = ready.iter_mut().find(|(task, _)| Some(*task) == popped) {
            task.0 = push(&mut queue, task.1);
        }
        waited += u32::from(since.is_some());
        if waited > at_most {
            break;
        }
    }
    Err(Complaint {
        tried: format!(
            "ReadyQueue::new({bound}); the two other classes always have a ready task; then comes \
             a task of {waiting:?}"
        ),
        expected: format!("it is passed over at most {at_most} times"),
        happened: format!("it was passed over {waited} times, and is still not handed out"),
        ..Complaint::default()
    })
}
