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
//! Where memory has a choice in a step (see [`memory`](super::memory)), one thread has
//! several next steps, which exclude each other. As more rules:
//!
//! 7. all options of a step that is met for the first time are tried there, one after the
//!    other; when all were, the step sleeps whatever memory does in it, before that as
//!    what was tried;
//! 8. a step of an inserted sequence keeps its option, save the last: done first, it may
//!    have other ones, so it stands for all.
//!
//! Dependence does not look at options, and a kind's steps have the same options in all
//! of its executions (see there): so each pair of a step and an option is one step of the
//! paper's, which asks of two steps of one thread only that they exclude each other.
//!
//! Invariants: (1) each trace is run once, and no execution is broken off since all
//! that could go on sleep, save where memory has options; (2) what is inserted at a choice
//! can be done there.
//!
//! Left out: dependence that looks at values (two stores of the same).
//!
//! Book: chapter 18.

use super::beginning::Beginning;
use super::causes::Causes;
use super::count::Counter;
use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide, behind};
use super::objects::Levels;
use super::operation::{Event, Op};
use super::schedule::Diverged;
use super::tree::{Step, Tree, is_weak_initial};
use std::mem::take;

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
    /// What is not to be chosen: all choices in there are made.
    beginning: Beginning,
}

/// One choice, in which threads go by [name](super::births).
#[derive(Debug)]
struct Node {
    /// Who takes the step.
    thread: u32,
    /// What it does.
    op: Op,
    /// What memory does in it; None where it has no options, or was not asked yet.
    option: Option<u32>,
    /// How many options there are to be tried, one after the other; 0 if the one was given
    /// (rules 7 and 8).
    options: u32,
    /// Who sleeps here, and what it would do (rule 5).
    sleeping: Vec<Step>,
    /// What else is to be tried here (rule 6).
    tree: Tree,
    /// How many steps were tried here, and all that follows them.
    done: usize,
}

impl Node {
    /// A choice at which `event` is next.
    fn new(event: &Event, sleeping: Vec<Step>, tree: Tree) -> Node {
        Node {
            thread: event.thread,
            op: event.op,
            option: event.option,
            options: 0,
            sleeping,
            tree,
            done: 0,
        }
    }

    /// Who sleeps after this step (rule 5).
    fn still_sleeping(&self) -> Vec<Step> {
        let sleeping = self.sleeping.iter().copied();
        sleeping
            .filter(|step| step.thread != self.thread && !step.op.depends_on(self.op))
            .collect()
    }

    /// Whether `option` of `thread`'s step sleeps here.
    fn sleeps(&self, thread: u32, option: u32) -> bool {
        sleeps(&self.sleeping, thread, option)
    }

    /// The next option after `option`, or the first, that does not sleep (rule 7).
    fn next_option(&self, after: Option<u32>) -> Option<u32> {
        let next = after.map_or(0, |option| option + 1);
        (next..self.options).find(|&option| !self.sleeps(self.thread, option))
    }

    /// Thread number `number` takes the step, of which memory has so many `options`, the
    /// one that is tried now; unless all were tried.
    fn take(&mut self, options: u32, number: u32) -> Decision {
        if options > 0 && self.option.is_none() {
            self.options = options;
            self.option = self.next_option(None);
            if self.option.is_none() {
                return Decision::Known;
            }
        }
        Decision::Run(number, self.option)
    }

    /// What was tried here, and sleeps from now on (rules 5 and 7).
    fn tried(&self) -> Step {
        Step {
            thread: self.thread,
            op: self.op,
            option: self.option.filter(|_| self.options == 0),
        }
    }
}

/// Whether `option` of `thread`'s step is among those who sleep.
fn sleeps(sleeping: &[Step], thread: u32, option: u32) -> bool {
    let mut its = sleeping.iter().filter(|step| step.thread == thread);
    its.any(|step| step.option.is_none_or(|its| its == option))
}

impl Optimal {
    /// A search of what begins so.
    pub(super) fn after(beginning: Beginning) -> Optimal {
        Optimal {
            beginning,
            ..Optimal::default()
        }
    }

    // ANCHOR: reverse
    /// Rules 1 to 4, for all races of `execution`.
    fn insert_reversals(&mut self, execution: &Execution) {
        let Optimal {
            stack,
            causes,
            sequence,
            beginning,
            ..
        } = self;
        let events = &execution.events;
        causes.races(|first, second| {
            if first < beginning.steps() {
                return; // it is not to be turned round
            }
            let node = &mut stack[first];
            sequence.clear();
            let others =
                (first + 1..events.len()).filter(|&step| !causes.comes_before(first, step));
            sequence.extend(others.map(|step| events[step]));
            sequence.push(second); // rule 2
            let slept = node
                .sleeping
                .iter()
                .any(|step| is_weak_initial(step, sequence)); // rule 3
            if !slept {
                node.tree.insert(sequence); // rule 4
            }
        });
    }
    // ANCHOR_END: reverse

    /// The next choice that has something left to be tried becomes the last one.
    fn back(&mut self) -> bool {
        while self.stack.len() > self.beginning.steps() {
            let node = self.stack.last_mut().expect("the beginning is shorter");
            if let Some(option) = node.next_option(node.option) {
                node.option = Some(option); // rule 7
                return true;
            }
            node.sleeping.push(node.tried()); // rule 5
            node.done += 1;
            let Some((event, mut below)) = node.tree.take_first() else {
                self.stack.pop();
                continue;
            };
            let (sleeping, tree) = (take(&mut node.sleeping), take(&mut node.tree));
            let done = node.done;
            *node = Node {
                done,
                ..Node::new(&event, sleeping, tree)
            };
            // Down to the end of the sequence (rule 6).
            while let Some((event, next)) = below.take_first() {
                let before = self.stack.last().expect("there is one");
                let sleeping = before.still_sleeping();
                self.stack.push(Node::new(&event, sleeping, below));
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
        if let Some(decision) = self.beginning.decide(choice) {
            if let Decision::Run(number, option) = decision
                && self.stack.len() == step
            {
                let event = Event {
                    thread: choice.names[number as usize],
                    op: choice.pending[number as usize],
                    wakes: 0,
                    levels: Levels::default(),
                    option,
                };
                let node = Node::new(&event, Vec::new(), Tree::default());
                self.stack.push(node);
            }
            return decision;
        }
        if let Some(node) = self.stack.get_mut(step) {
            let number = choice.number(node.thread);
            let wants = number.and_then(|number| choice.pending.get(number as usize));
            if let Some(number) = number
                && choice.can(number)
                && wants == Some(&node.op)
            {
                // Who sleeps here would still do what it slept with.
                let mut sleeping = node.sleeping.iter();
                let changed = sleeping.find(|step| {
                    let number = choice.number(step.thread);
                    let now = number.and_then(|number| choice.pending.get(number as usize));
                    now.is_none_or(|now| *now != step.op)
                });
                let Some(&Step { thread, op, .. }) = changed else {
                    let options = (choice.options)(number);
                    if node.option.is_none_or(|option| option < options) {
                        return node.take(options, number);
                    }
                    return Decision::Differs(Diverged {
                        step,
                        expected: format!(
                            "{} stores to choose among",
                            node.option.unwrap_or(0) + 1
                        ),
                        found: options.to_string(),
                    });
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
        // Who sleeps with one option may be awake with another one (rule 7).
        let is_asleep = |(step, number): &(&Step, u32)| {
            step.option.is_none()
                || choice.can(*number)
                    && (0..(choice.options)(*number))
                        .all(|option| sleeps(&sleeping, step.thread, option))
        };
        let numbered = sleeping
            .iter()
            .filter_map(|step| Some((step, choice.number(step.thread)?)));
        let awake = numbered
            .filter(is_asleep)
            .fold(u64::MAX, |awake, (_, number)| awake & !(1 << number));
        let Some(number) = choice.usual(awake) else {
            return Decision::Known;
        };
        let mut node = Node {
            thread: choice.names[number as usize],
            op: choice.pending[number as usize],
            option: None,
            options: 0,
            sleeping,
            tree: Tree::default(),
            done: 0,
        };
        let decision = node.take((choice.options)(number), number);
        self.stack.push(node);
        decision
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        self.interleavings = None;
        match execution.ending {
            Ending::Differs(_) => return false,
            Ending::Known => {}
            _ => {
                let execution = execution.by_name();
                self.causes.of(&execution);
                if self.beginning.steps() == 0 {
                    self.interleavings = self.counter.interleavings(&execution, &self.causes);
                }
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
