//! Optimal dynamic partial-order reduction: one execution of each kind.
//!
//! Two executions are of one kind (a *trace*, after Mazurkiewicz) if one comes from
//! the other by changing the places of neighbours that do not depend on each other.
//! They end alike, so one of them is enough.
//!
//! Source: P. Abdulla, S. Aronis, B. Jonsson and K. Sagonas, "Optimal Dynamic Partial
//! Order Reduction", POPL 2014, Algorithm 2, with its sleep sets (P. Godefroid, 1996)
//! and wakeup trees. As rules:
//!
//! 1. Run to the end, however chance has it. Then look for *races*: two steps that
//!    depend on each other with nothing ordered between them. Each may also happen
//!    the other way round.
//! 2. To see that, what does not come after the first step of the race is done in its
//!    place, and then the second. This sequence is inserted where the first stood ..
//! 3. .. unless it begins, or might as well begin, with a step that was tried there
//!    before (which *sleeps* there),
//! 4. or leads to what another sequence, inserted before, will try anyway.
//! 5. What was tried at a choice sleeps there, and after each step that does not depend
//!    on it: whoever sleeps is not tried again.
//! 6. At each choice the inserted sequences are tried one after the other; behind the
//!    end of one, anything.
//!
//! Where steps can have to wait (a lock) two of them also race if the later one was
//! possible just before the earlier, and from there on was not until it happened, or
//! until the end: see [`Causes`].
//!
//! Invariants: (1) each trace is run once, and no execution is broken off since all
//! that could go on sleep; (2) what is inserted at a choice can be done there.
//!
//! Left out: dependence that looks at values (two stores of the same).
//!
//! Book: chapter 18.

use super::causes::Causes;
use super::count::Counter;
use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide, behind};
use super::operation::{Event, Op};
use super::schedule::Diverged;
use super::tree::{Tree, is_weak_initial};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Optimal {
    /// The choices of this execution, the first first.
    stack: Vec<Node>,
    /// What comes before what in it.
    causes: Causes,
    /// Counts its interleavings.
    counter: Counter,
    /// How many there are.
    interleavings: Option<u128>,
    /// A sequence that may be inserted; empty in between.
    sequence: Vec<Event>,
}

/// One choice, in which threads go by [name](super::births).
#[derive(Debug)]
struct Node {
    /// Who takes the step.
    thread: u32,
    /// What it does.
    op: Op,
    /// Who sleeps here, and what it would do (rule 5).
    sleeping: Vec<(u32, Op)>,
    /// What else is to be tried here (rule 6).
    tree: Tree,
    /// How many steps were tried here, and all that follows them.
    done: usize,
}

impl Node {
    /// Who sleeps after this step (rule 5).
    fn still_sleeping(&self) -> Vec<(u32, Op)> {
        let sleeping = self.sleeping.iter().copied();
        sleeping
            .filter(|&(thread, op)| thread != self.thread && !op.depends_on(self.op))
            .collect()
    }
}

impl Optimal {
    // ANCHOR: reverse
    /// Rules 1 to 4, for all races of `execution`.
    fn insert_reversals(&mut self, execution: &Execution) {
        let Optimal {
            stack,
            causes,
            sequence,
            ..
        } = self;
        let events = &execution.events;
        causes.races(|first, second| {
            let node = &mut stack[first];
            sequence.clear();
            let others =
                (first + 1..events.len()).filter(|&step| !causes.comes_before(first, step));
            sequence.extend(others.map(|step| events[step]));
            sequence.push(second); // rule 2
            let slept = node
                .sleeping
                .iter()
                .any(|&(thread, op)| is_weak_initial(thread, op, sequence)); // rule 3
            if !slept {
                node.tree.insert(sequence); // rule 4
            }
        });
    }
    // ANCHOR_END: reverse

    /// The next choice that has something left to be tried becomes the last one.
    fn back(&mut self) -> bool {
        while let Some(node) = self.stack.last_mut() {
            node.sleeping.push((node.thread, node.op)); // rule 5
            node.done += 1;
            let Some((event, mut below)) = node.tree.take_first() else {
                self.stack.pop();
                continue;
            };
            (node.thread, node.op) = (event.thread, event.op);
            // Down to the end of the sequence (rule 6).
            while let Some((event, next)) = below.take_first() {
                let before = self.stack.last().expect("there is one");
                self.stack.push(Node {
                    thread: event.thread,
                    op: event.op,
                    sleeping: before.still_sleeping(),
                    tree: below,
                    done: 0,
                });
                below = next;
            }
            return true;
        }
        false
    }
}

impl Guide for Optimal {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        let step = choice.events.len();
        if let Some(node) = self.stack.get(step) {
            let number = choice.number(node.thread);
            let wants = number.and_then(|number| choice.pending.get(number as usize));
            if let Some(number) = number
                && choice.can(number)
                && wants == Some(&node.op)
            {
                // Who sleeps here would still do what it slept with.
                let mut sleeping = node.sleeping.iter();
                let changed = sleeping.find(|(thread, op)| {
                    let number = choice.number(*thread);
                    let now = number.and_then(|number| choice.pending.get(number as usize));
                    now.is_none_or(|now| now != op)
                });
                let Some(&(thread, op)) = changed else {
                    return Decision::Run(number);
                };
                return Decision::Differs(Diverged {
                    step,
                    expected: format!("thread {thread} to {}", op.access.word()),
                    found: "that it would do something else".to_owned(),
                });
            }
            return Decision::Differs(Diverged {
                step,
                expected: format!("thread {} to {}", node.thread, node.op.access.word()),
                found: match (number, wants) {
                    (Some(number), Some(op)) if !choice.can(number) => {
                        format!("that it is over, or cannot {}", op.access.word())
                    }
                    (_, Some(op)) => format!("that it would {} something", op.access.word()),
                    (_, None) => "no such thread".to_owned(),
                },
            });
        }
        let before = self.stack.last();
        let sleeping = before.map_or_else(Vec::new, Node::still_sleeping);
        let asleep = sleeping
            .iter()
            .filter_map(|&(thread, _)| choice.number(thread));
        let awake = asleep.fold(u64::MAX, |awake, number| awake & !(1 << number));
        let Some(number) = choice.usual(awake) else {
            return Decision::Known;
        };
        self.stack.push(Node {
            thread: choice.names[number as usize],
            op: choice.pending[number as usize],
            sleeping,
            tree: Tree::default(),
            done: 0,
        });
        Decision::Run(number)
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        self.interleavings = None;
        match execution.ending {
            Ending::Differs(_) => return false,
            Ending::Known => {}
            _ => {
                let execution = execution.by_name();
                self.causes.of(&execution);
                self.interleavings = self.counter.interleavings(&execution, &self.causes);
                self.insert_reversals(&execution);
            }
        }
        self.back()
    }

    fn interleavings(&self) -> Option<u128> {
        self.interleavings
    }

    fn behind(&self) -> Option<f64> {
        let choices = self.stack.iter();
        Some(behind(
            choices.map(|node| (node.done, node.done + 1 + node.tree.width())),
        ))
    }
}
