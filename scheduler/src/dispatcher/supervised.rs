//! A policy under supervision: every call of it goes through here.
//!
//! It may panic, be wrong, or never return. A panic is caught here; a wrong
//! answer is found by the [checks](super::checks), and comes here to be told; a
//! call that does not end is seen by the [watchdog](crate::watchdog).
//!
//! Invariants: (1) after the first fault or panic the policy is never called
//! again; (2) its last calls are known, the one in which it panicked too.
//!
//! Left out: the trait's words, which the [run queue](super::run_queue) knows.

use crate::error::PolicyError;
use crate::policy::calls::Calls;
use crate::policy::{Fault, Policy, Rule, What};
use crate::preempt::panics;
use crate::time::Time;
use crate::watchdog::{Asked, Watch};
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A policy, and what is known of it.
pub(super) struct Supervised {
    /// Who is asked.
    policy: Box<dyn Policy>,
    /// Who sees how long its calls take.
    watch: Arc<Watch>,
    /// What it is called.
    name: String,
    /// Its last calls.
    calls: Calls,
    /// It is asked no more (1).
    dismissed: bool,
    /// Why, until somebody takes it.
    broken: Option<PolicyError>,
}

impl Supervised {
    /// `policy`, which was not asked anything yet.
    pub(super) fn new(policy: Box<dyn Policy>, watch: Arc<Watch>) -> Supervised {
        let mut supervised = Supervised {
            policy,
            watch,
            name: String::new(),
            calls: Calls::new(),
            dismissed: false,
            broken: None,
        };
        let name = supervised.ask(Time::ZERO, "name", |policy| policy.name().to_owned());
        supervised.name = name.unwrap_or_default();
        supervised.watch.know_policy(&supervised.name);
        supervised
    }

    /// The policy's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// It is not asked any more.
    pub(super) fn dismiss(&mut self) {
        self.dismissed = true;
    }

    /// Whether it is not asked any more.
    pub(super) fn is_dismissed(&self) -> bool {
        self.dismissed
    }

    /// How it broke the rules, once, if it did.
    pub(super) fn take_broken(&mut self) -> Option<PolicyError> {
        self.broken.take()
    }

    /// It broke `rule`.
    pub(super) fn fault(&mut self, rule: Rule, now: Time) {
        self.dismissed = true; // (1)
        self.broken = Some(PolicyError::Fault(Fault {
            policy: self.name.clone(),
            now,
            rule,
            calls: self.calls.last(),
        }));
    }

    /// Tells it `what`, and notes that it was told.
    pub(super) fn tell(&mut self, now: Time, what: What, call: impl FnOnce(&mut dyn Policy)) {
        if self.ask(now, what, call).is_some() {
            self.note(now, what);
        }
    }

    /// Asks it `what`; None if it is asked no more, or panicked. Whoever calls
    /// notes the answer.
    pub(super) fn ask<R>(
        &mut self,
        now: Time,
        what: impl Into<Asked>,
        question: impl FnOnce(&mut dyn Policy) -> R,
    ) -> Option<R> {
        if self.dismissed {
            return None;
        }
        let what = what.into();
        let policy = &mut *self.policy;
        // It does not matter in what state a panic leaves it (1).
        let call = || catch_unwind(AssertUnwindSafe(|| question(policy)));
        match self.watch.called(what, call) {
            Ok(answer) => Some(answer),
            Err(payload) => {
                // Its destructor is the learner's, and could panic again.
                mem::forget(payload);
                if let Asked::Noted(what) = what {
                    self.note(now, what); // (2)
                }
                self.dismissed = true;
                self.broken = Some(self.panicked(now));
                None
            }
        }
    }

    /// Notes a call with its answer.
    pub(super) fn note(&mut self, now: Time, what: What) {
        self.calls.note(now, what);
    }

    /// Drops it; says how its destructor panicked, if it did.
    pub(super) fn finish(self, now: Time) -> Option<PolicyError> {
        let Supervised {
            policy,
            name,
            calls,
            watch,
            ..
        } = self;
        let drop_it = || catch_unwind(AssertUnwindSafe(|| drop(policy)));
        let payload = watch.called("drop".into(), drop_it).err()?;
        mem::forget(payload); // as in `ask`
        Some(PolicyError::panicked(
            name,
            now,
            panics::take(),
            calls.last(),
        ))
    }

    /// The panic that it was just caught in.
    fn panicked(&self, now: Time) -> PolicyError {
        let (name, calls) = (self.name.clone(), self.calls.last());
        PolicyError::panicked(name, now, panics::take(), calls)
    }
}

/// By its name: not every policy can show more.
impl fmt::Debug for Supervised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
