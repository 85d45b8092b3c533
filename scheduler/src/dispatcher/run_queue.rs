//! The run queue: a policy under supervision, and who is runnable.
//!
//! The policy decides; what it says is believed only if it keeps the rules of
//! [`Fault`]. Beside it stands a list of our own, in the order in which threads
//! became runnable, which is what its answers are [checked](super::checks)
//! against.
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
use crate::error::PolicyError;
use crate::policy::calls::Calls;
use crate::policy::{
    Attributes, CpuId, Fault, Instead, Pick, Policy, Ready, Rule, StopReason, ThreadId, Told, What,
};
use crate::preempt::panics;
use crate::time::Time;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How long a thread may run when no policy says it any more, unless the policy
/// said what is usual before.
const QUANTUM_WITHOUT_POLICY: Duration = Duration::from_millis(10);

/// A policy, and the threads that it stores.
pub(super) struct RunQueue {
    /// Who is asked.
    policy: Box<dyn Policy>,
    /// What it is called.
    name: String,
    /// The quantum of (2).
    quantum: Duration,
    /// Its last calls.
    calls: Calls,
    /// The runnable threads, in the order in which they became it.
    stored: Vec<Stored>,
    /// How long one may be runnable without running, if that has a limit.
    starvation_limit: Option<Duration>,
    /// The policy is asked no more (2).
    dismissed: bool,
    /// Why, until somebody takes it.
    broken: Option<PolicyError>,
}

impl RunQueue {
    /// An empty queue, ordered by `policy`.
    pub(super) fn new(policy: Box<dyn Policy>, starvation_limit: Option<Duration>) -> RunQueue {
        let mut queue = RunQueue {
            policy,
            name: String::new(),
            quantum: QUANTUM_WITHOUT_POLICY,
            calls: Calls::new(),
            stored: Vec::new(),
            starvation_limit,
            dismissed: false,
            broken: None,
        };
        let name = queue.ask(Time::ZERO, None, |policy| policy.name().to_owned());
        queue.name = name.unwrap_or_default();
        queue
    }

    /// The policy's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The quantum that it usually gives.
    pub(super) fn usual_quantum(&mut self) -> Option<Duration> {
        let usual = self.ask(Time::ZERO, None, |policy| policy.quantum())?;
        let some = usual.filter(|quantum| !quantum.is_zero());
        self.quantum = some.unwrap_or(QUANTUM_WITHOUT_POLICY);
        usual
    }

    /// Whether nobody is runnable.
    pub(super) fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }

    /// How many are runnable.
    pub(super) fn len(&self) -> usize {
        self.stored.len()
    }

    /// The runnable threads, in the order in which they became it.
    pub(super) fn threads(&self) -> impl Iterator<Item = ThreadId> {
        self.stored.iter().map(|stored| stored.thread)
    }

    /// How the policy broke the rules, once, if it did.
    pub(super) fn take_broken(&mut self) -> Option<PolicyError> {
        self.broken.take()
    }

    /// When the thread that has been runnable longest will have been for too
    /// long.
    pub(super) fn starves_at(&self) -> Option<Time> {
        let limit = self.starvation_limit.filter(|_| !self.dismissed)?;
        Some(self.stored.first()?.since + limit)
    }

    /// Checks that nobody has been runnable for too long: after the picks of
    /// an instant.
    pub(super) fn check_turns(&mut self, now: Time) {
        if let Some(limit) = self.starvation_limit
            && let Err(rule) = check_turns(&self.stored, limit, now)
        {
            self.fault(rule, now);
        }
    }

    /// The policy is not asked any more.
    pub(super) fn dismiss_policy(&mut self) {
        self.dismissed = true;
    }

    /// Drops the policy; says how its destructor panicked, if it did.
    pub(super) fn drop_policy(self, now: Time) -> Option<PolicyError> {
        let payload = catch_unwind(AssertUnwindSafe(|| drop(self.policy))).err()?;
        std::mem::forget(payload); // as in `ask`
        let calls = self.calls.last();
        Some(PolicyError::panicked(self.name, now, panics::take(), calls))
    }

    /// `thread` became runnable.
    pub(super) fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.store(thread, Told::Ready(why), now);
        let what = What::Ready {
            thread: thread.id,
            why,
        };
        self.tell(now, what, |policy| policy.ready(thread, why, now));
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
        self.tell(now, what, |policy| policy.stopped(thread, ran, why, now));
    }

    /// Whether `new` takes the CPU of `current`.
    pub(super) fn preempts(&mut self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        let what = |answer| What::Preempts {
            new: new.id,
            current: current.id,
            answer,
        };
        let question = |policy: &mut dyn Policy| policy.preempts(new, current, now);
        let answer = self.ask(now, Some(what(None)), question) == Some(true);
        if answer {
            self.calls.note(now, what(Some(answer)));
        }
        answer
    }

    /// The policy's timer is due.
    pub(super) fn run_timer(&mut self, now: Time) {
        self.tell(now, What::Timer, |policy| policy.timer(now));
    }

    /// When the policy's timer is due next.
    pub(super) fn next_timer(&mut self, now: Time) -> Option<Time> {
        let timer = self.ask(now, None, |policy| policy.next_timer(now))??;
        if timer > now {
            return Some(timer);
        }
        self.fault(Rule::TimerNotInFuture { timer }, now); // rule 5
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
        if let Some(pick) = self.ask(now, Some(what(None)), |policy| policy.pick(cpu, now)) {
            self.calls.note(now, what(Some(pick.into())));
            match check(&mut self.stored, pick, cpu, instead) {
                Ok(pick) => return pick,
                Err(rule) => self.fault(rule, now),
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

    /// The policy broke `rule`.
    fn fault(&mut self, rule: Rule, now: Time) {
        self.dismissed = true;
        self.broken = Some(PolicyError::Fault(Fault {
            policy: self.name.clone(),
            now,
            rule,
            calls: self.calls.last(),
        }));
    }

    /// Tells the policy `what`, and notes that it was told.
    fn tell(&mut self, now: Time, what: What, call: impl FnOnce(&mut dyn Policy)) {
        if self.ask(now, Some(what), call).is_some() {
            self.calls.note(now, what);
        }
    }

    /// Asks the policy `what`; None if it is asked no more, or panicked. Whoever
    /// calls notes the answer.
    fn ask<R>(
        &mut self,
        now: Time,
        what: Option<What>,
        question: impl FnOnce(&mut dyn Policy) -> R,
    ) -> Option<R> {
        if self.dismissed {
            return None;
        }
        // The policy is never called again after a panic, so it does not matter
        // in what state it was left.
        let answer = catch_unwind(AssertUnwindSafe(|| question(&mut *self.policy)));
        answer
            .map_err(|payload| {
                // Its destructor is the learner's, and could panic again.
                std::mem::forget(payload);
                if let Some(what) = what {
                    self.calls.note(now, what);
                }
                let (name, calls) = (self.name.clone(), self.calls.last());
                self.dismissed = true;
                self.broken = Some(PolicyError::panicked(name, now, panics::take(), calls));
            })
            .ok()
    }
}

impl fmt::Debug for RunQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunQueue")
            .field("policy", &self.name)
            .field("stored", &self.stored)
            .finish_non_exhaustive()
    }
}
