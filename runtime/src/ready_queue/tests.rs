//! The rule of the ready queue, against a model that keeps it word by word.

use super::{PASSED_OVER_AT_MOST, ReadyQueue};
use crate::class::Class::{self, Background, Normal, Urgent};
use proptest::prelude::*;

/// Queues these.
fn queue(keys: &[usize], class: Class) -> ReadyQueue {
    let mut queue = ReadyQueue::default();
    for &key in keys {
        queue.push(key, class);
    }
    queue
}

#[test]
fn woken_tasks_leave_in_the_order_of_their_wakes() {
    let mut queue = queue(&[3, 1, 2], Normal);
    assert_eq!(queue.iter(Normal).collect::<Vec<_>>(), [3, 1, 2]);
    assert_eq!(queue.pop(), Some(3));
    assert_eq!(queue.pop(), Some(1));
}

#[test]
fn a_removed_task_leaves_the_others_in_order() {
    let mut queue = queue(&[3, 1, 2], Normal);
    queue.remove(1, Normal);
    queue.remove(7, Normal); // not there: nothing happens
    assert_eq!(queue.iter(Normal).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(queue.len(), 2);
}

#[test]
fn the_more_urgent_leave_first() {
    let mut queue = queue(&[1], Background);
    queue.push(2, Normal);
    queue.push(3, Urgent);
    queue.push(4, Urgent);
    let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
    assert_eq!(order, [3, 4, 2, 1]);
}

/// The classes of the next `count` picks if every task that is picked is woken
/// again at once. A key is the number of its class.
fn picks(busy: &[Class], count: usize) -> Vec<Class> {
    let mut queue = ReadyQueue::default();
    for &class in busy {
        queue.push(class as usize, class);
    }
    let mut pick = || {
        let class = Class::ALL[queue.pop()?];
        queue.push(class as usize, class);
        Some(class)
    };
    (0..count).map_while(|_| pick()).collect()
}

#[test]
fn sixteen_urgent_picks_pass_over_a_ready_task_and_then_it_goes() {
    for other in [Normal, Background] {
        let round: Vec<_> = [[Urgent; 16].as_slice(), &[other]].concat();
        assert_eq!(picks(&[Urgent, other], 34), [round.clone(), round].concat());
    }
}

#[test]
fn two_classes_that_are_due_go_one_after_the_other() {
    let first = [[Urgent; 16].as_slice(), &[Normal, Background]].concat();
    // Normal has been passed over once already, by the background task.
    let second = [[Urgent; 15].as_slice(), &[Normal, Background]].concat();
    assert_eq!(
        picks(&[Urgent, Normal, Background], 35),
        [first, second].concat()
    );
}

#[test]
fn a_class_that_was_empty_starts_again() {
    let mut queue = queue(&[0; 40], Urgent);
    queue.push(1, Background);
    for _ in 0..10 {
        assert_eq!(queue.pop(), Some(0));
    }
    queue.remove(1, Background);
    queue.push(2, Background);
    for _ in 0..16 {
        assert_eq!(queue.pop(), Some(0));
    }
    assert_eq!(queue.pop(), Some(2));
}

/// What may be done to a queue.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A new task is queued.
    Push(Class),
    /// The next one is picked.
    Pop,
    /// The one that was queued so many tasks ago is removed, if it is still there.
    Remove(usize),
}

/// Any step: picks are the most frequent.
fn step() -> impl Strategy<Value = Step> {
    let class = prop::sample::select(&Class::ALL[..]);
    prop_oneof![
        6 => class.prop_map(Step::Push),
        5 => Just(Step::Pop),
        1 => (0..20_usize).prop_map(Step::Remove),
    ]
}

/// The queue as its rule says it: one list of all that wait, each with its
/// class, and nothing is remembered but which classes were passed over.
#[derive(Default)]
struct Model {
    /// In the order of their wakes.
    waiting: Vec<(usize, Class)>,
    /// The picks so far: which class, and which classes had a ready task.
    picks: Vec<(Class, Vec<Class>)>,
}

impl Model {
    /// How many of the last picks passed over a class that was ready all the while.
    fn passed_over(&self, class: Class) -> u32 {
        let passes = self.picks.iter().rev();
        let passes =
            passes.take_while(|(picked, ready)| *picked != class && ready.contains(&class));
        u32::try_from(passes.count()).unwrap()
    }

    /// The next one.
    fn pop(&mut self) -> Option<usize> {
        let is_ready = |class: &Class| self.waiting.iter().any(|(_, other)| other == class);
        let ready: Vec<_> = Class::ALL.into_iter().filter(is_ready).collect();
        let due = ready
            .iter()
            .find(|class| self.passed_over(**class) >= PASSED_OVER_AT_MOST);
        let class = *due.or(ready.first())?;
        let index = self.waiting.iter().position(|(_, other)| *other == class)?;
        self.picks.push((class, ready));
        Some(self.waiting.remove(index).0)
    }

    /// Removes one; a class that becomes empty was not passed over.
    fn remove(&mut self, key: usize) -> Option<Class> {
        let index = self.waiting.iter().position(|(queued, _)| *queued == key)?;
        let (_, class) = self.waiting.remove(index);
        if self.waiting.iter().all(|(_, other)| *other != class) {
            for (_, ready) in &mut self.picks {
                ready.retain(|other| *other != class);
            }
        }
        Some(class)
    }
}

/// The classes of tasks that are woken one before each pick: of all classes, or
/// of one or two alone.
fn busy_classes() -> impl Strategy<Value = Vec<Class>> {
    prop::sample::subsequence(&Class::ALL[..], 1..=3)
        .prop_flat_map(|classes| prop::collection::vec(prop::sample::select(classes), 0..200))
}

proptest! {
    #[test]
    fn the_queue_does_what_the_rule_says(steps in prop::collection::vec(step(), 0..400)) {
        let (mut queue, mut model, mut pushed) = (ReadyQueue::default(), Model::default(), 0);
        for step in steps {
            match step {
                Step::Push(class) => {
                    queue.push(pushed, class);
                    model.waiting.push((pushed, class));
                    pushed += 1;
                }
                Step::Pop => prop_assert_eq!(queue.pop(), model.pop()),
                Step::Remove(ago) => {
                    let key = pushed.saturating_sub(ago);
                    if let Some(class) = model.remove(key) {
                        queue.remove(key, class);
                    }
                }
            }
            prop_assert_eq!(queue.len(), model.waiting.len());
            prop_assert_eq!(queue.is_empty(), model.waiting.is_empty());
        }
    }

    #[test]
    fn nobody_is_passed_over_more_often_than_the_bound_says(
        others in busy_classes(),
        behind in 0..4_usize,
    ) {
        for (watched, bound) in [(Urgent, 2), (Normal, 16), (Background, 17)] {
            let mut queue = queue(&[0; 4][..behind], watched);
            queue.push(1, watched);
            let mut passed_over = 0;
            for &other in &others {
                queue.push(2 + other as usize, other);
                match queue.pop() {
                    Some(0) => {} // of its own class, and before it
                    Some(1) => break,
                    _ => passed_over += 1,
                }
            }
            prop_assert!(passed_over <= bound * (behind + 1), "{:?}: {}", watched, passed_over);
        }
    }
}
