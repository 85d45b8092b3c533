//! The run queue: a policy under supervision, and who is runnable.
//!
//! The policy decides; what it says is believed only if it keeps the rules of
//! [`Fault`]. Beside it stands a list of our own, in the order in which threads
//! became runnable, which is what its answers are checked against.
//!
//! Invariants: (1) the list holds exactly the threads that the policy was told
//! to store and has not returned since; (2) after the first fault or panic the
//! policy is never called again, and the list itself decides, in its order: so
//! the run can be brought to an end.
//!
//! Left out: threads. Everything here is numbers.
//!
//! Mirror: `runtime::ready_queue`.

use crate::error::PolicyError;
use crate::policy::{
    Attributes, CpuId, Fault, Instead, Pick, Policy, Ready, Rule, StopReason, ThreadId, Told,
};
use crate::preempt::panics;
use crate::time::Time;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How long a thread may run when no policy says it any more.
const QUANTUM_WITHOUT_POLICY: Duration = Duration::from_millis(10);

/// A policy, and the threads that it stores.
pub(super) struct RunQueue {
    /// Who is asked.
    policy: Box<dyn Policy>,
    /// What it is called.
    name: String,
    /// The runnable threads, in the order in which they became it.
    stored: Vec<Stored>,
    /// How the policy broke the rules.
    broken: Option<PolicyError>,
    /// The policy is asked no more (2).
    dismissed: bool,
}

/// A runnable thread.
#[derive(Clone, Copy, Debug)]
struct Stored {
    /// Which.
    thread: ThreadId,
    /// The only CPU that it may run on.
    affinity: Option<CpuId>,
    /// Since when it is runnable.
    since: Time,
    /// How the policy learned of it.
    told: Told,
}

impl Stored {
    /// Whether it may run on `cpu`.
    fn may_run_on(&self, cpu: CpuId) -> bool {
        self.affinity.is_none_or(|only| only == cpu)
    }
}

impl RunQueue {
    /// An empty queue, ordered by `policy`.
    pub(super) fn new(policy: Box<dyn Policy>) -> RunQueue {
        let mut queue = RunQueue {
            policy,
            name: String::new(),
            stored: Vec::new(),
            broken: None,
            dismissed: false,
        };
        queue.name = queue.ask(Time::ZERO, |policy| policy.name().to_owned());
        queue
    }

    /// The policy's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The quantum that it usually gives.
    pub(super) fn usual_quantum(&mut self) -> Option<Duration> {
        self.ask(Time::ZERO, |policy| policy.quantum())
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

    /// How the policy broke the rules, if it did.
    pub(super) fn broken(&self) -> Option<PolicyError> {
        self.broken.clone()
    }

    /// The policy is not asked any more.
    pub(super) fn dismiss_policy(&mut self) {
        self.dismissed = true;
    }

    /// Drops the policy; says how its destructor panicked, if it did.
    pub(super) fn drop_policy(self, now: Time) -> Option<PolicyError> {
        let RunQueue { policy, name, .. } = self;
        let payload = catch_unwind(AssertUnwindSafe(|| drop(policy))).err()?;
        std::mem::forget(payload); // as in `ask`
        Some(PolicyError::panicked(name, now, panics::take()))
    }

    /// `thread` became runnable.
    pub(super) fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.store(thread, Told::Ready(why), now);
        self.ask(now, |policy| policy.ready(thread, why, now));
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
        self.ask(now, |policy| policy.stopped(thread, ran, why, now));
    }

    /// Whether `new` takes the CPU of `current`.
    pub(super) fn preempts(&mut self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        self.ask(now, |policy| policy.preempts(new, current, now))
    }

    /// The policy's timer is due.
    pub(super) fn run_timer(&mut self, now: Time) {
        self.ask(now, |policy| policy.timer(now));
    }

    /// When the policy's timer is due next.
    pub(super) fn next_timer(&mut self, now: Time) -> Option<Time> {
        let timer = self.ask(now, |policy| policy.next_timer(now))?;
        if timer > now {
            return Some(timer);
        }
        self.fault(Rule::TimerNotInFuture { timer }, now);
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
        if !self.dismissed && self.broken.is_none() {
            let pick = self.ask(now, |policy| policy.pick(cpu, now));
            if self.broken.is_none() {
                match self.check(pick, cpu, instead) {
                    Ok(pick) => return pick,
                    Err(rule) => self.fault(rule, now),
                }
            }
        }
        // (2)
        let index = self
            .stored
            .iter()
            .position(|stored| stored.may_run_on(cpu))?;
        let thread = self.stored.remove(index).thread;
        Some(Pick::for_at_most(thread, QUANTUM_WITHOUT_POLICY))
    }

    /// Checks the policy's answer for `cpu`, and takes the thread out.
    fn check(
        &mut self,
        pick: Option<Pick>,
        cpu: CpuId,
        instead: impl Fn(ThreadId) -> Instead,
    ) -> Result<Option<Pick>, Rule> {
        let Some(pick) = pick else {
            return match self.stored.iter().find(|stored| stored.may_run_on(cpu)) {
                None => Ok(None),
                Some(stored) => Err(Rule::IdleBesideRunnable {
                    cpu,
                    thread: stored.thread,
                    since: stored.since,
                    told: stored.told,
                }),
            };
        };
        let thread = pick.thread;
        let found = self
            .stored
            .iter()
            .position(|stored| stored.thread == thread);
        let Some(index) = found else {
            return Err(Rule::PickedWhatIsNotRunnable {
                cpu,
                thread,
                is: instead(thread),
            });
        };
        if let Some(only) = self.stored[index].affinity
            && only != cpu
        {
            return Err(Rule::WrongCpu { cpu, thread, only });
        }
        if pick.quantum.is_some_and(|quantum| quantum.is_zero()) {
            return Err(Rule::ZeroQuantum { thread });
        }
        self.stored.remove(index);
        Ok(Some(pick))
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
        self.broken.get_or_insert(PolicyError::Fault(Fault {
            policy: self.name.clone(),
            now,
            rule,
        }));
    }

    /// Calls the policy. A panic of its is noted, and answered for by the
    /// type's default, as is every question after it.
    fn ask<R: Default>(&mut self, now: Time, question: impl FnOnce(&mut dyn Policy) -> R) -> R {
        if self.dismissed || self.broken.is_some() {
            return R::default();
        }
        // The policy is never called again after a panic, so it does not matter
        // in what state it was left.
        let answer = catch_unwind(AssertUnwindSafe(|| question(&mut *self.policy)));
        answer.unwrap_or_else(|payload| {
            // Its destructor is the learner's, and could panic again.
            std::mem::forget(payload);
            let name = self.name.clone();
            self.broken = Some(PolicyError::panicked(name, now, panics::take()));
            R::default()
        })
    }
}

impl fmt::Debug for RunQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunQueue")
            .field("policy", &self.name)
            .field("stored", &self.stored)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}
