//! Fewest preemptions: the schedule of a failure that is the easiest to tell.
//!
//! A search of one execution of each kind meets a failure in whatever interleaving it
//! comes by. So after it each failure is looked for again, with no preemption, with
//! one, with two, until one fails in the same way: fewer do not.
//!
//! Source: M. Musuvathi and S. Qadeer, "Iterative Context Bounding for Systematic
//! Testing of Multithreaded Programs", PLDI 2007. As rules:
//!
//! 1. all schedules of `n` preemptions are tried before any of `n + 1`;
//! 2. what was not met with fewer than `n` and is known with `n` has the fewest;
//! 3. after [`MOST`] executions the rest stays as it is, and does not say that it has
//!    the fewest.
//!
//! Invariants: (1) nothing new is counted as found, and a failure never gets worse;
//! (2) a limit, or whoever watches, ends this as it ends a search.
//!
//! Left out: endless executions, which a search breaks off; searches that have not
//! come to their end.
//!
//! Book: chapter 18.

use super::execution::Ending;
use super::found::{Found, Stopped, Trouble};
use super::plain::Plain;
use super::{Conductor, Explore, stage};
use crate::place::Place;
use std::time::Instant;

/// So many executions are tried at most (rule 3).
const MOST: u64 = 2_000;

impl Explore {
    /// Looks for a schedule of fewer preemptions for each failure of `found`.
    pub(super) fn shorten<T>(
        &mut self,
        found: &mut Found,
        at: Place,
        program: &impl Fn() -> T,
        (began, watched): (Instant, &mut Instant),
    ) {
        if !matches!(found.stopped, None | Some(Stopped::StepsLimit)) {
            return;
        }
        let mut left = MOST.min(self.executions.saturating_sub(found.explored));
        for most in found.spent.. {
            let mut is_done = true;
            for failure in &mut found.failures {
                failure.is_fewest = failure.preemptions <= most; // rule 2
                let is_endless = matches!(failure.trouble, Trouble::TooLong { .. });
                is_done &= failure.is_fewest || is_endless;
            }
            if is_done {
                return;
            }
            let guide = Plain::of_preemptions(most).after(self.beginning.clone()); // rule 1
            let conductor = Conductor::new((Box::new(guide), self.memory), self.steps, true);
            let is_through = loop {
                let Some(less) = left.checked_sub(1) else {
                    break false;
                };
                left = less;
                drop(stage::search(&conductor, at, program));
                let (differs, goes_on) = conductor.conclude(|execution, _| {
                    if let Some(trouble) = Trouble::of(execution, self.races_fail) {
                        found.improve(execution, &trouble); // (1)
                    }
                    matches!(execution.ending, Ending::Differs(_))
                });
                if differs || self.stops(found, began, watched).is_some() {
                    break false; // (2)
                }
                if !goes_on {
                    break true;
                }
            };
            conductor.dismiss();
            if !is_through {
                return;
            }
        }
    }
}
