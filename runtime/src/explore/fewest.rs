//! Fewest deviations: the schedule of a failure that is the easiest to tell.
//!
//! A search meets a failure in whatever order it comes by. So after it each failure is
//! looked for again, with no step out of the usual order, with one, with two, until one
//! fails in the same way: fewer do not.
//!
//! Source: M. Musuvathi and S. Qadeer, "Iterative Context Bounding for Systematic
//! Testing of Multithreaded Programs", PLDI 2007, with deviations for preemptions. As
//! rules:
//!
//! 1. all orders of `n` deviations are tried before any of `n + 1`;
//! 2. what was not met with fewer than `n` and is known with `n` has the fewest;
//! 3. after [`MOST`] executions the rest stays as it is, and does not say that it has
//!    the fewest.
//!
//! Invariants: (1) nothing new is counted as found, and a failure never gets worse;
//! (2) a limit, or whoever watches, ends this as it ends a search.
//!
//! Left out: endless executions, which a search breaks off.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::fewest`.

use super::depth_first::DepthFirst;
use super::execution::Ending;
use super::found::{Found, Stopped, Trouble};
use super::guide::Guide;
use super::{Explore, stage};
use crate::trace::Place;
use std::fmt;
use std::time::Instant;

/// So many executions are tried at most (rule 3).
const MOST: u64 = 2_000;

impl Explore {
    /// Looks for a schedule of fewer deviations for each failure of `found`.
    pub(super) fn shorten<F>(
        &mut self,
        found: &mut Found,
        at: Place,
        program: &impl Fn() -> F,
        (began, watched): (Instant, &mut Instant),
    ) where
        F: Future<Output: fmt::Debug>,
    {
        if !matches!(found.stopped, None | Some(Stopped::StepsLimit)) {
            return;
        }
        let mut left = MOST.min(self.executions.saturating_sub(found.explored));
        for most in 0.. {
            let mut is_done = true;
            for failure in &mut found.failures {
                failure.is_fewest = failure.deviations <= most; // rule 2
                let is_endless = matches!(failure.trouble, Trouble::TooLong { .. });
                is_done &= failure.is_fewest || is_endless;
            }
            if is_done {
                return;
            }
            let mut guide = DepthFirst::plain(most); // rule 1
            loop {
                let Some(less) = left.checked_sub(1) else {
                    return;
                };
                left = less;
                let (execution, _) = stage::perform(&mut guide, self.steps, at, program);
                if let Some(trouble) = Trouble::of(&execution) {
                    found.improve(&execution, &trouble); // (1)
                }
                let differs = matches!(execution.ending, Ending::Differs(_));
                if differs || self.stops(found, began, watched).is_some() {
                    return; // (2)
                }
                if !guide.learn(&execution) {
                    break;
                }
            }
        }
    }
}
