//! How a run is supervised: what happens when its policy does wrong.
//!
//! Every answer of the policy is checked, always. These are the choices that a
//! program has besides: a bound on starvation, and whether a run whose policy
//! broke a rule ends or goes on.
//!
//! Book: chapter 2.

use crate::scheduler::Scheduler;
use std::time::Duration;

/// What a program chose.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Supervision {
    /// How long a thread may be runnable without running.
    pub(crate) starvation_limit: Option<Duration>,
    /// Round robin takes over from a policy that broke a rule.
    pub(crate) falls_back: bool,
}

impl Scheduler {
    /// The same, and a thread that is runnable for as long as `limit` without
    /// running once counts as a fault of the policy: it starves. No limit
    /// unless set.
    ///
    /// Where nothing takes CPUs away ([`Preemption::Never`], or a pick without
    /// a quantum) a thread that computes for long starves the others, whatever
    /// the policy would have liked.
    ///
    /// [`Preemption::Never`]: crate::Preemption::Never
    ///
    /// # Panics
    ///
    /// If `limit` is zero: whoever becomes runnable waits for a moment.
    pub fn starvation_limit(mut self, limit: Duration) -> Scheduler {
        assert!(
            !limit.is_zero(),
            "every thread would starve: `starvation_limit` was zero"
        );
        self.supervision.starvation_limit = Some(limit);
        self
    }

    /// The same, and a policy that breaks a rule or panics does not end the run:
    /// round robin goes on in its place, with the policy's usual quantum, or
    /// 10 ms if it has none. [`run`](Scheduler::run) then returns what `main`
    /// does; the fault is logged as an error, and told by the trace's `faulted`.
    pub fn fall_back_to_round_robin(mut self) -> Scheduler {
        self.supervision.falls_back = true;
        self
    }
}
