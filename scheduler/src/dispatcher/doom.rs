//! Runs that cannot go on as they were: the policy broke a rule, or all threads
//! wait for each other.
//!
//! If the scheduler was told to fall back, the run queue goes on by itself, in
//! round robin, after the policy's fault. Else the run is *doomed*: its trace
//! ends, and its threads are unwound, so that their destructors run and
//! `Scheduler::run` can return.
//!
//! Invariants: (1) a run is doomed once; (2) from then on nobody waits but in
//! destructors, and the policy is asked no more; (3) what cannot end even so is
//! left behind; (4) the trace tells of a fault before anything else happens.
//!
//! Left out: a cycle among some threads while others go on. [`cycles`](super::cycles)
//! tells of it; the run is doomed when the others are over.
//!
//! Book: chapter 16. Mirror: none; a loop whose tasks all wait for each other
//! waits for the OS.

use super::{Becoming, Dispatcher};
use crate::deadlock::{Deadlock, Waits};
use crate::error::RunError;
use crate::policy::ThreadId;
use crate::thread::State;
use crate::time::Time;
use crate::trace::{Text, Value, record};
use std::sync::Arc;

impl Dispatcher {
    /// Tells of the policy's fault, if it has committed one (4): then the run is
    /// doomed, or goes on in round robin.
    pub(super) fn see_whether_policy_is_broken(&mut self) {
        let Some(broken) = self.queue.policy().take_broken() else {
            return;
        };
        let run = Arc::clone(&self.run);
        let falls_back = run.supervision.falls_back;
        let then = if falls_back { "round_robin" } else { "ends" };
        let rule = Text::of(broken.sentence());
        record!(run, "faulted", at broken.leaked_place(), [Value::Text, then], text rule);
        if !falls_back {
            self.doom(RunError::Policy(broken));
            return;
        }
        run.trace
            .complain(format!("{broken}\nround robin goes on in its place"));
        self.timer = None;
        self.timer_waits = false;
    }

    /// Checks that the policy starves nobody, and tells of its fault if it did
    /// this or another.
    pub(super) fn check_policy(&mut self, now: Time) {
        self.queue.check_turns(now);
        self.see_whether_policy_is_broken();
    }

    /// Finds a run that cannot go on: there are threads, and all of them wait
    /// for each other.
    pub(super) fn see_whether_anybody_can_go_on(&mut self) {
        let somebody_can = self.cpus.iter().any(|cpu| cpu.stay.is_some())
            || !self.queue.is_empty()
            || !self.becoming_runnable.is_empty()
            || !self.sleepers.is_empty()
            || self.in_calls > 0
            || !self.expected.is_empty()
            || self.threads.is_empty();
        if somebody_can {
            self.tell_of_cycles();
            return;
        }
        if self.report.error.is_some() {
            // Destructors that wait while their threads are unwound, for each
            // other: these threads stand at their gates for ever.
            self.abandon();
            return;
        }
        let deadlock = self.find_deadlock();
        let run = Arc::clone(&self.run);
        record!(run, "deadlock", [Value::Bare], text Text::of(deadlock.path()));
        self.doom(RunError::Deadlock(deadlock));
    }

    /// Who waits for whom.
    fn find_deadlock(&self) -> Deadlock {
        let blocked = self.threads.values().filter_map(|thread| {
            let State::Blocked { on, at, .. } = &thread.state else {
                return None;
            };
            Some((thread.control.id, Waits::new(&thread.control, on, *at)))
        });
        Deadlock::find(&blocked.collect())
    }

    /// Ends a run that cannot go on. Its trace ends now; then every thread is
    /// unwound as soon as it calls the scheduler, those that wait at once. The
    /// policy is asked no more.
    fn doom(&mut self, error: RunError) {
        self.conclude();
        self.accounts = false;
        self.report.error = Some(error);
        self.run.doom();
        self.queue.policy().dismiss();
        self.timer = None;
        self.timer_waits = false;
        self.sleepers.clear();
        let waiting = self.threads.iter_mut().filter(|(_, thread)| {
            matches!(thread.state, State::Blocked { .. } | State::Sleeping(_))
        });
        for (&id, thread) in waiting {
            thread.state = State::Runnable;
            self.becoming_runnable.push_back(Becoming {
                thread: id,
                why: "unblocked",
                by: None,
            });
        }
    }

    /// Gives up the threads that are left.
    fn abandon(&mut self) {
        self.run.abandon();
        if let Some(first) = self.threads.get(&ThreadId(0)) {
            // `Scheduler::run` cannot return without it: it ends the process.
            first.control.context.dispatch(None);
        }
        self.threads.clear();
    }
}
