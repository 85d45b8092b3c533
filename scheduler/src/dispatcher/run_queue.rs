//! The run queue: a policy under supervision, and who is runnable.
//!
//! The policy decides; what it says is believed only if it keeps the rules of
//! [`Fault`](crate::policy::Fault). Beside it stands a list of our own, in the
//! order in which threads became runnable, which is what its answers are
//! [checked](super::checks) against.
//!
//! Invariants: (1) the list holds exactly the threads that the policy was told
//! to store and has not returned since; (2) after the first fault or panic the
//! policy is never called again, and the list itself decides, in its order,
//! which is round robin: so the run can go on, or be brought to an end.
//!
//! Left out: threads. Everything here is numbers.
//!
//! Mirror: `runtime::ready_queue`.

use super::checks::{Stored, check, check_turns};
use super::supervised::Supervised;
use crate::error::PolicyError;
use crate::policy::{
    Attributes, CpuId, Instead, Pick, Policy, Ready, Rule, StopReason, ThreadId, Told, What,
};
use crate::time::Time;
use crate::watchdog::Watch;
use std::sync::Arc;
use std::time::Duration;

/// How long a thread may run when no policy says it any more, unless the policy
/// said what is usual before.
const QUANTUM_WITHOUT_POLICY: Duration = Duration::from_millis(10);

/// A policy, and the threads that it stores.
#[derive(Debug)]
pub(super) struct RunQueue {
    /// Who is asked.
    policy: Supervised,
    /// The quantum of (2).
    quantum: Duration,
    /// The runnable threads, in the order in which they became it.
    stored: Vec<Stored>,
    /// How long one may be runnable without running, if that has a limit.
    starvation_limit: Option<Duration>,
}

impl RunQueue {
    /// An empty queue, ordered by `policy`.
    pub(super) fn new(
        policy: Box<dyn Policy>,
        watch: Arc<Watch>,
        starvation_limit: Option<Duration>,
    ) -> RunQueue {
        RunQueue {
            policy: Supervised::new(policy, watch),
            quantum: QUANTUM_WITHOUT_POLICY,
            stored: Vec::new(),
            starvation_limit,
        }
    }

    /// The policy.
    pub(super) fn policy(&mut self) -> &mut Supervised {
        &mut self.policy
    }

    /// The quantum that it usually gives.
    pub(super) fn usual_quantum(&mut self) -> Option<Duration> {
        let usual = self
            .policy
            .ask(Time::ZERO, "quantum", |policy| policy.quantum())?;
        let some = usual.filter(|quantum| !quantum.is_zero());
        self.quantum = some.unwrap_or(QUANTUM_WITHOUT_POLICY);
        usual
    }

    /// Whether nobody is runnable.
    pub(super) fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }

    /// How many could use a free CPU: who is bound to one that is not could not.
    pub(super) fn rivals(&self, is_free: impl Fn(CpuId) -> bool) -> usize {
        let rivals = self.stored.iter();
        let rivals = rivals.filter(|stored| stored.affinity.is_none_or(&is_free));
        rivals.count()
    }

    /// The runnable threads, in the order in which they became it.
    pub(super) fn threads(&self) -> impl Iterator<Item = ThreadId> {
        self.stored.iter().map(|stored| stored.thread)
    }

    /// When the thread that has been runnable longest will have been for too
    /// long.
    pub(super) fn starves_at(&self) -> Option<Time> {
        let limit = self
            .starvation_limit
            .filter(|_| !self.policy.is_dismissed())?;
        Some(self.stored.first()?.since + limit)
    }

    /// Checks that nobody has been runnable for too long: after the picks of
    /// an instant.
    pub(super) fn check_turns(&mut self, now: Time) {
        if let Some(limit) = self.starvation_limit
            && !self.policy.is_dismissed()
            && let Err(rule) = check_turns(&self.stored, limit, now)
        {
            self.policy.fault(rule, now);
        }
    }

    /// Drops the policy; says how its destructor panicked, if it did.
    pub(super) fn finish(self, now: Time) -> Option<PolicyError> {
        self.policy.finish(now)
    }

    /// `thread` became runnable.
    pub(super) fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.store(thread, Told::Ready(why), now);
        let what = What::Ready {
            thread: thread.id,
            why,
        };
        self.policy
            .tell(now, what, |policy| policy.ready(thread, why, now));
    }

    /// `thread` left its CPU after `ran`.
    pub(super) fn stopped(
        &mut self,
        thread: &Attributes,
        ran: Duration,
        why: StopReason,
        now: Time,
    ) {
        if why.still_runnable() {
            self.store(thread, Told::Stopped(why), now);
        }
        let what = What::Stopped {
            thread: thread.id,
            ran,
            why,
        };
        self.policy
            .tell(now, what, |policy| policy.stopped(thread, ran, why, now));
    }

    /// Whether `new` takes the CPU of `current`.
    pub(super) fn preempts(&mut self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        let what = |answer| What::Preempts {
            new: new.id,
            current: current.id,
            answer,
        };
        let question = |policy: &mut dyn Policy| policy.preempts(new, current, now);
        let answer = self.policy.ask(now, what(None), question) == Some(true);
        if answer {
            self.policy.note(now, what(Some(answer)));
        }
        answer
    }

    /// An attribute of `thread` is another one.
    pub(super) fn changed(&mut self, thread: &Attributes, now: Time) {
        let what = What::Changed { thread: thread.id };
        self.policy
            .tell(now, what, |policy| policy.changed(thread, now));
    }

    /// The policy's timer is due.
    pub(super) fn run_timer(&mut self, now: Time) {
        self.policy
            .tell(now, What::Timer, |policy| policy.timer(now));
    }

    /// When the policy's timer is due next.
    pub(super) fn next_timer(&mut self, now: Time) -> Option<Time> {
        let timer = self
            .policy
            .ask(now, "next_timer", |policy| policy.next_timer(now))??;
        if timer > now {
            return Some(timer);
        }
        self.policy.fault(Rule::TimerNotInFuture { timer }, now); // rule 5
        None
    }

    /// Takes out who runs on `cpu` next. `instead` says what a thread is that
    /// is not runnable.
    pub(super) fn pick(
        &mut self,
        cpu: CpuId,
        now: Time,
        instead: impl Fn(ThreadId) -> Instead,
    ) -> Option<Pick> {
        let what = |answer| What::Pick { cpu, answer };
        if let Some(pick) = self
            .policy
            .ask(now, what(None), |policy| policy.pick(cpu, now))
        {
            self.policy.note(now, what(Some(pick.into())));
            match check(&mut self.stored, pick, cpu, instead) {
                Ok(pick) => return pick,
                Err(rule) => self.policy.fault(rule, now),
            }
        }
        // (2)
        let mut stored = self.stored.iter();
        let index = stored.position(|stored| stored.may_run_on(cpu))?;
        let thread = self.stored.remove(index).thread;
        Some(Pick::for_at_most(thread, self.quantum))
    }

    /// Adds a runnable thread to our own list.
    fn store(&mut self, thread: &Attributes, told: Told, now: Time) {
        self.stored.push(Stored {
            thread: thread.id,
            affinity: thread.affinity,
            since: now,
            told,
        });
    }
}
