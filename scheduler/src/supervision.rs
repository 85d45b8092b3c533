//! How a run is supervised: what happens when its policy does wrong.
//!
//! Every answer of the policy is checked, always. These are the choices that a
//! program has besides: a bound on starvation, whether a run whose policy broke
//! a rule ends or goes on, and how long the [watchdog](crate::watchdog) waits
//! for a policy, or a thread, that does not return.
//!
//! Book: chapter 2.

use crate::scheduler::Scheduler;
use std::time::Duration;

/// The exit status of a process that the watchdog ended: the same as of the
/// command `timeout`.
pub const WATCHDOG_STATUS: i32 = 124;

/// What a program chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Supervision {
    /// How long a thread may be runnable without running.
    pub(crate) starvation_limit: Option<Duration>,
    /// Round robin takes over from a policy that broke a rule.
    pub(crate) falls_back: bool,
    /// How long a call of the policy, or a step, may take; None: no watchdog.
    pub(crate) watchdog: Option<Duration>,
}

impl Default for Supervision {
    fn default() -> Supervision {
        Supervision {
            starvation_limit: None,
            falls_back: false,
            watchdog: Some(Duration::from_secs(10)),
        }
    }
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

    /// The same, with a watchdog that waits for `limit` (10 s unless set), or
    /// `None`. It is an OS thread that nobody schedules, and looks ten times a
    /// second.
    ///
    /// It says on stderr who holds which CPU, who is runnable and what to do, and
    /// ends the process with [`WATCHDOG_STATUS`], when nothing else can end the
    /// run:
    /// - a call of the policy computes for `limit` of processor time, or waits so
    ///   long for a lock (of stdout, of a `Mutex`): a thread that has no CPU may
    ///   hold that;
    /// - in [`Preemption::Checkpoint`] a thread computes for `limit` of processor
    ///   time without a checkpoint, while there are others;
    /// - the dispatcher waits so long for the logger's lock.
    ///
    /// It only tells, once, as a warning of the log (in checkpoint mode on
    /// stderr), what may be meant:
    /// - a thread keeps its CPU, while others are runnable, for `limit` without a
    ///   quantum, or for a second (or `limit`, if that is less) after its quantum
    ///   was over: it has blocked the signal that preempts;
    /// - in [`Preemption::Checkpoint`] and [`Preemption::Never`] a thread sits in a
    ///   system call that nobody announced, for `limit`;
    /// - `main` is over, and every other thread has been in a call for `limit`.
    ///
    /// A process that is stopped, by a debugger or with its machine, does not
    /// grow older meanwhile: the watchdog counts its own looks, and the processor
    /// time of the threads.
    ///
    /// # Panics
    ///
    /// If `limit` is zero: every call takes a moment.
    ///
    /// [`Preemption::Checkpoint`]: crate::Preemption::Checkpoint
    /// [`Preemption::Never`]: crate::Preemption::Never
    pub fn watchdog(mut self, limit: impl Into<Option<Duration>>) -> Scheduler {
        let limit = limit.into();
        assert!(
            limit.is_none_or(|limit| !limit.is_zero()),
            "every call takes a moment: `watchdog` was zero; `None` switches it off"
        );
        self.supervision.watchdog = limit;
        self
    }
}
