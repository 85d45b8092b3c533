//! Depth-first search: every order, one after the other.
//!
//! The first execution takes the usual step everywhere. Then the last choice at which
//! something else is left to be tried is changed, and the execution goes on as usual
//! behind it; until nothing is left anywhere.
//!
//! What was tried at a choice *sleeps* behind the others that are tried there, until a
//! step is taken that depends on it: to take it before that is to try again what was
//! tried. Source: P. Godefroid, "Partial-Order Methods for the Verification of Concurrent
//! Systems", 1996, chapter 5. As rules:
//!
//! 1. what slept at a choice, and what was tried there, sleeps behind the step that is
//!    taken, if it does not depend on it;
//! 2. who sleeps is not chosen;
//! 3. if all that could go on sleep, all that could follow is known.
//!
//! With a bound on deviations only orders are tried in which so few steps are not the
//! usual ones; nobody sleeps then, since an order that is left out for the bound would
//! have been another's reason to sleep.
//!
//! Invariants: (1) no order is tried twice; (2) what is left is in the stack, and nowhere
//! else; (3) of those orders that only swap independent steps one comes to its end.
//!
//! Left out: a reduction among polls, since what they share is not seen.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::plain`.

use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide};
use super::schedule::Diverged;
use super::step::{Offer, Touch, Who};

/// See the module.
#[derive(Debug)]
pub(super) struct DepthFirst {
    /// The choices of this execution, the first first.
    stack: Vec<Node>,
    /// How many steps may be unusual.
    most_deviations: u32,
    /// Whether anybody sleeps.
    sleeps: bool,
}

/// One choice.
#[derive(Debug)]
struct Node {
    /// Who could take the step.
    offers: Vec<Offer>,
    /// Which of them is the usual.
    usual: usize,
    /// Who takes it now.
    taken: usize,
    /// Who took it before, and what that touched.
    tried: Vec<(Who, Touch)>,
    /// Who sleeps here from the beginning.
    asleep: Vec<(Who, Touch)>,
    /// The unusual steps before this one.
    deviations: u32,
}

impl DepthFirst {
    /// A search of every order; of those that only swap what is independent, of one.
    pub(super) fn reduced() -> DepthFirst {
        DepthFirst {
            stack: Vec::new(),
            most_deviations: u32::MAX,
            sleeps: true,
        }
    }

    /// A search of every order with at most so many deviations.
    pub(super) fn plain(most_deviations: u32) -> DepthFirst {
        DepthFirst {
            most_deviations,
            sleeps: false,
            ..DepthFirst::reduced()
        }
    }
}

impl Node {
    /// Who is tried next here, the usual one first (rule 2).
    fn next(&self, most_deviations: u32) -> Option<usize> {
        let is_left = |&offer: &usize| {
            let who = self.offers[offer].who;
            let mut done = self.tried.iter().chain(&self.asleep);
            let is_free = offer == self.usual || self.deviations < most_deviations;
            is_free && !done.any(|(known, _)| *known == who)
        };
        let usual_first = [self.usual].into_iter().chain(0..self.offers.len());
        usual_first.into_iter().find(is_left)
    }

    /// The unusual steps up to this one, and with it.
    fn deviations_behind(&self) -> u32 {
        self.deviations + u32::from(self.taken != self.usual)
    }
}

impl Guide for DepthFirst {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        if let Some(node) = self.stack.get(choice.step) {
            if node.offers != choice.offers {
                return Decision::Differs(Diverged {
                    step: choice.step,
                    expected: told(&node.offers),
                    found: told(choice.offers),
                });
            }
            return Decision::Take(node.taken);
        }
        let before = self.stack.last();
        let asleep = match (before, choice.last) {
            (Some(node), Some(last)) if self.sleeps => {
                let known = node.asleep.iter().chain(&node.tried);
                let sleeps_on = known.filter(|(_, touch)| !touch.depends_on(last));
                sleeps_on.cloned().collect() // rule 1
            }
            _ => Vec::new(),
        };
        let mut node = Node {
            offers: choice.offers.to_vec(),
            usual: choice.usual,
            taken: choice.usual,
            tried: Vec::new(),
            asleep,
            deviations: before.map_or(0, Node::deviations_behind),
        };
        let Some(taken) = node.next(self.most_deviations) else {
            return Decision::Known; // rule 3
        };
        node.taken = taken;
        self.stack.push(node);
        Decision::Take(taken)
    }

    fn ends(&self, steps: usize) -> Option<Diverged> {
        let node = self.stack.get(steps)?;
        Some(Diverged {
            step: steps,
            expected: told(&node.offers),
            found: "the end of the program".to_owned(),
        })
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        if matches!(execution.ending, Ending::Differs(_)) {
            return false;
        }
        while let Some(mut node) = self.stack.pop() {
            let step = &execution.steps[self.stack.len()];
            node.tried.push((step.who, step.touch.clone()));
            if let Some(next) = node.next(self.most_deviations) {
                node.taken = next;
                self.stack.push(node);
                return true;
            }
        }
        false
    }
}

/// Who could take a step, in words.
fn told(offers: &[Offer]) -> String {
    let offers: Vec<String> = offers.iter().map(Offer::to_string).collect();
    format!("a choice of {}", offers.join(", "))
}
