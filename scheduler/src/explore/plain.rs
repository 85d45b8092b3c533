//! Plain depth-first search: every interleaving, one after the other.
//!
//! What all reductions are measured against, and compared with. At each step the
//! usual thread goes first, then all others that could. Steps that nothing can depend
//! on (the begin and the end of a thread, say) are taken at once, and are no choices.
//!
//! With a bound on preemptions a thread that could go on loses the CPU at most so
//! often: S. Qadeer and J. Rehof, "Context-Bounded Model Checking of Concurrent
//! Software", TACAS 2005. Most failures need few.
//!
//! Where memory has a choice in a step, each of its options is one more to be tried.
//!
//! Invariants: (1) each interleaving is tried once; (2) what is left is in the
//! stack, and nowhere else.
//!
//! Book: chapter 18.

use super::beginning::Beginning;
use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide, behind, bits};
use super::operation::Access;

/// See the module.
#[derive(Debug)]
pub(super) struct Plain {
    /// The choices of this execution, the first first.
    stack: Vec<Node>,
    /// How many of them repeat those of the execution before.
    repeated: usize,
    /// How often a thread that could go on may lose the CPU.
    most_preemptions: u32,
    /// Steps that nothing can depend on are choices too, and cost what others cost.
    counts_all: bool,
    /// What is not to be chosen: all choices in there are made.
    beginning: Beginning,
}

/// One choice.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// Who took the step.
    thread: u32,
    /// Who is still to be tried here, a bit for each (2).
    left: u64,
    /// How many are, or were.
    branches: u32,
    /// The preemptions until here, this step's included.
    preemptions: u32,
    /// What memory does in it, and of how many things; 0 where it is not asked.
    option: u32,
    /// See there.
    options: u32,
}

impl Node {
    /// Takes the step, where memory has so many options.
    fn take(&mut self, options: u32) -> Decision {
        self.options = options;
        Decision::Run(self.thread, (options > 0).then_some(self.option))
    }
}

impl Plain {
    /// A search of all interleavings of so many preemptions.
    pub(super) fn new(most_preemptions: u32) -> Plain {
        Plain {
            stack: Vec::new(),
            repeated: 0,
            most_preemptions,
            counts_all: false,
            beginning: Beginning::default(),
        }
    }

    /// A search of all interleavings of so many preemptions, in which no step is taken
    /// at once: so it counts them as an [`Execution`] does.
    pub(super) fn of_preemptions(most: u32) -> Plain {
        Plain {
            counts_all: true,
            ..Plain::new(most)
        }
    }

    /// The same, of what begins so. Its preemptions count, and more of them than are
    /// allowed leave none for the rest.
    pub(super) fn after(self, beginning: Beginning) -> Plain {
        Plain { beginning, ..self }
    }
}

impl Guide for Plain {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        let step = choice.events.len();
        if let Some(node) = self.stack.get_mut(step) {
            if let Some(decision) = self.beginning.decide(choice) {
                return decision;
            }
            return node.take((choice.options)(node.thread));
        }
        let decision = self.beginning.decide(choice);
        let before = self.stack.last().map_or(0, |node| node.preemptions);
        let last = choice.last().filter(|&last| choice.can(last));
        // A step that is taken at once only seems to take the CPU from anybody.
        let costs = |thread: u32| {
            let is_choice = self.counts_all || choice.pending[thread as usize].access.is_counted();
            u32::from(is_choice && last.is_some_and(|last| last != thread))
        };
        if let Some(decision) = decision {
            if let Decision::Run(thread, option) = decision {
                self.stack.push(Node {
                    thread,
                    left: 0,
                    branches: 1,
                    preemptions: before + costs(thread),
                    option: option.unwrap_or(0),
                    options: 0,
                });
            }
            return decision;
        }
        // What was spent in the beginning is spent.
        let spent = self.stack.get(self.beginning.steps().wrapping_sub(1));
        let spent = spent.map_or(0, |node| node.preemptions);
        let most_preemptions = self.most_preemptions.max(spent);
        let at_once = bits(choice.enabled).find(|&thread| {
            let op = choice.pending[thread as usize];
            !self.counts_all
                && !op.access.is_counted()
                && op.access != Access::Fetch
                && op.access != Access::Meet
        });
        let enabled = at_once.map_or(choice.enabled, |thread| 1 << thread);
        let affordable = bits(enabled)
            .filter(|&thread| before + costs(thread) <= most_preemptions)
            .fold(0, |all, thread| all | 1 << thread);
        let usual = choice.usual(affordable);
        let thread = usual.expect("who took the last step can go on at no cost, or all can");
        let mut node = Node {
            thread,
            left: affordable & !(1 << thread),
            branches: affordable.count_ones(),
            preemptions: before + costs(thread),
            option: 0,
            options: 0,
        };
        let decision = node.take((choice.options)(thread));
        self.stack.push(node);
        decision
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        if matches!(execution.ending, Ending::Differs(_)) {
            return false;
        }
        while let Some(node) = self.stack.last_mut() {
            if node.option + 1 < node.options {
                node.option += 1;
                self.repeated = self.stack.len();
                return true;
            }
            if node.left != 0 {
                node.option = 0;
                let (thread, before) = (node.left.trailing_zeros(), node.thread);
                node.left &= node.left - 1;
                node.thread = thread;
                let step = self.stack.len() - 1;
                let last = step.checked_sub(1).map(|last| self.stack[last]);
                let enabled = execution.enabled[step];
                let costs = |thread| {
                    last.is_some_and(|last| {
                        last.thread != thread && enabled >> last.thread & 1 == 1
                    })
                };
                debug_assert_ne!(thread, before, "it was taken out of `left`");
                let preemptions = last.map_or(0, |last| last.preemptions);
                self.stack[step].preemptions = preemptions + u32::from(costs(thread));
                self.repeated = self.stack.len();
                return true;
            }
            self.stack.pop();
        }
        false
    }

    fn behind(&self) -> Option<f64> {
        Some(behind(self.stack.iter().map(|node| {
            let (all, left) = (node.branches as usize, node.left.count_ones() as usize);
            (all - 1 - left, all)
        })))
    }
}
