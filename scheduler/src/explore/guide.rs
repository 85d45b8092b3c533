//! Guides: who decides at each choice, and what is tried next.
//!
//! A guide is to a search what a [`Policy`](crate::policy::Policy) is to a run.
//! It is asked at every step of an execution, and told the whole of it at its end.
//!
//! Invariants: (1) a guide chooses among the enabled threads and the options; (2) it holds numbers,
//! and no thread.
//!
//! Book: chapter 18.

use super::execution::Execution;
use super::operation::{Event, Op};

/// A choice: who takes the next step?
#[derive(Clone, Copy)]
pub(super) struct Choice<'a> {
    /// The steps until now.
    pub(super) events: &'a [Event],
    /// Who could, a bit for each thread.
    pub(super) enabled: u64,
    /// What each thread would do, by number.
    pub(super) pending: &'a [Op],
    /// What the search [calls](super::births) each thread, by number.
    pub(super) names: &'a [u32],
    /// Of how many things memory could do one in the next step of a thread: 0 where
    /// it is not asked.
    pub(super) options: &'a dyn Fn(u32) -> u32,
}

/// What a guide decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// This thread takes the step, and memory does this, from 0; None where it has no
    /// options.
    Run(u32, Option<u32>),
    /// All that could follow is known.
    Known,
    /// The schedule ends here, and is open.
    Open,
    /// The schedule says somebody who cannot.
    Differs(super::schedule::Diverged),
}

/// See the module.
pub(super) trait Guide: Send {
    /// Who takes the next step.
    fn choose(&mut self, choice: &Choice<'_>) -> Decision;

    /// Learns from an execution. Whether there is another one to be tried.
    fn learn(&mut self, execution: &Execution) -> bool;

    /// How many interleavings are of the kind of the execution that it learned from
    /// last, if it knows that.
    fn interleavings(&self) -> Option<u128> {
        None
    }

    /// The share of the work that is done, from 0 to 1, if it can be told. Of a tree that is
    /// what lies behind the path to the last execution, where all branches of a choice are
    /// taken to be of one size: so it is an estimate, and may go back when branches are found.
    ///
    /// Source: P. Kilby, J. Slaney, S. Thiébaux and T. Walsh, "Estimating Search Tree Size",
    /// AAAI 2006, after D. Knuth, "Estimating the Efficiency of Backtrack Programs", 1975.
    fn behind(&self) -> Option<f64> {
        None
    }
}

/// [`Guide::behind`] of a path, for each choice: how many of its branches are done, and
/// how many it has, the one on the path among them.
pub(super) fn behind(path: impl Iterator<Item = (usize, usize)>) -> f64 {
    let (mut behind, mut share) = (0.0, 1.0);
    for (done, all) in path.filter(|&(_, all)| all > 1) {
        let small = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        share /= small(all);
        behind += share * small(done);
    }
    behind
}

impl Choice<'_> {
    /// Whether `thread` could.
    pub(super) fn can(&self, thread: u32) -> bool {
        self.enabled >> thread & 1 == 1
    }

    /// The number of the thread of this name, if it is there.
    pub(super) fn number(&self, name: u32) -> Option<u32> {
        let number = self.names.iter().position(|&its| its == name)?;
        u32::try_from(number).ok()
    }

    /// `thread` takes the step, and memory does what it does first of all: the newest.
    pub(super) fn newest(&self, thread: u32) -> Decision {
        Decision::Run(thread, ((self.options)(thread) > 0).then_some(0))
    }

    /// Who took the last step.
    pub(super) fn last(&self) -> Option<u32> {
        self.events.last().map(|event| event.thread)
    }

    /// The usual choice, which takes the CPU from nobody: whoever took the last
    /// step, and if that one cannot go on, or offers its CPU, the next in turn.
    pub(super) fn usual(&self, allowed: u64) -> Option<u32> {
        let last = self.last().unwrap_or(0);
        let can = |thread: u32| (self.enabled & allowed) >> thread & 1 == 1;
        let offers = self.pending.get(last as usize).is_some_and(|op| {
            matches!(
                op.access,
                super::operation::Access::Yield | super::operation::Access::Sleep
            )
        });
        if can(last) && !offers {
            return Some(last);
        }
        let later = bits(self.enabled & allowed).find(|&thread| thread > last);
        later.or_else(|| bits(self.enabled & allowed).next())
    }
}

/// The numbers of the bits that are set, the lowest first.
pub(super) fn bits(mut set: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lowest = set.trailing_zeros();
        set &= set.checked_sub(1)?;
        Some(lowest)
    })
}
