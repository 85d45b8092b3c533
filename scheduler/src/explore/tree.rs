//! Wakeup trees: what is still to be tried at a choice.
//!
//! Each branch is a sequence of steps; those that begin alike share a stem. Behind
//! the end of a branch anything may follow.
//!
//! A thread is an *initial* of a sequence if its first step in there depends on
//! nothing before it: then the sequence might as well begin with it. It is a *weak*
//! initial, too, if it is not in there and its next step depends on nothing in there:
//! then the sequence can be continued so that it is one.
//!
//! A step of which memory has a choice is known with what memory does; with nothing said
//! it stands for all that it could do, and nothing comes behind it.
//!
//! Invariants: (1) no branch leads to what an earlier one leads to; (2) branches are
//! taken out in the order in which they were put in.
//!
//! Source: see [`optimal`](super::optimal), section 6 of the paper.

use super::operation::{Event, Op};
use std::collections::VecDeque;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The branches, the earliest first; none means that anything may follow.
    branches: VecDeque<(Event, Tree)>,
}

impl Tree {
    /// Adds `sequence`, unless what is there already leads to it; uses it up.
    pub(super) fn insert(&mut self, sequence: &mut Vec<Event>) {
        let mut tree = self;
        loop {
            let fits = |(event, _): &(Event, Tree)| is_weak_initial(&Step::of(event), sequence);
            let Some(branch) = tree.branches.iter().position(fits) else {
                tree.add(sequence);
                return;
            };
            let (event, below) = &mut tree.branches[branch];
            if let Some(first) = sequence.iter().position(|step| step.thread == event.thread) {
                sequence.remove(first);
            }
            if below.branches.is_empty() {
                return; // (1): anything is tried there
            }
            tree = below;
        }
    }

    /// Adds `sequence` as a branch of its own.
    fn add(&mut self, sequence: &[Event]) {
        let mut branch = Tree::default();
        for &event in sequence.iter().rev() {
            let below = std::mem::take(&mut branch);
            branch.branches.push_back((event, below));
        }
        self.branches.append(&mut branch.branches);
    }

    /// How many branches there are.
    pub(super) fn width(&self) -> usize {
        self.branches.len()
    }

    /// Takes out the first step of the earliest branch, with all that follows it (2).
    pub(super) fn take_first(&mut self) -> Option<(Event, Tree)> {
        self.branches.pop_front()
    }
}

/// A thread's next step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Who takes it.
    pub(super) thread: u32,
    /// What it does.
    pub(super) op: Op,
    /// What memory does in it; None is anything.
    pub(super) option: Option<u32>,
}

impl Step {
    /// The step that `event` is.
    fn of(event: &Event) -> Step {
        Step {
            thread: event.thread,
            op: event.op,
            option: event.option,
        }
    }
}

/// Whether `next`'s thread, with that step, is a weak initial of `sequence`.
pub(super) fn is_weak_initial(next: &Step, sequence: &[Event]) -> bool {
    match sequence.iter().position(|step| step.thread == next.thread) {
        Some(first) => {
            let its = &sequence[first];
            let is_same = next.option.is_none() || next.option == its.option;
            is_same && !sequence[..first].iter().any(|step| step.comes_before(its))
        }
        None => !sequence.iter().any(|step| step.op.depends_on(next.op)),
    }
}
