//! CPUs of threads that are in calls: who wants them takes them.
//!
//! A thread in a call marks itself; its CPU is taken when the dispatcher hears of
//! it, or when somebody is runnable and finds no CPU free. Threads that mark
//! nothing are looked at now and then, where the run does so (see
//! [`polling`]).
//!
//! Invariants: (1) a CPU is taken from a thread only by its mark, which the
//! thread takes back if it is faster: so no CPU runs two threads, save for one
//! that was found asleep, until it is seen awake; (2) nobody is looked at who
//! holds a CPU that nobody wants; (3) a look comes after [`SOONEST`], the next ones
//! after twice as long each, up to [`LATEST`].
//!
//! Left out: which calls block; `preempt` knows.
//!
//! Book: chapter 13. Mirror: none; a task cannot leave its loop inside a call.

use super::{Dispatcher, Turn};
use crate::policy::{StopReason, ThreadId};
use crate::preempt::{clock, polling, syscalls};
use crate::scheduler::Preemption;
use crate::thread::State;
use crate::time::Time;
use crate::trace::{Value, record};
use crate::unannounced::Unannounced;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A thread that holds a CPU is looked at so long after it got it.
const SOONEST: Duration = Duration::from_micros(200);
/// And at least so often.
const LATEST: Duration = Duration::from_millis(5);

/// The threads that are looked at.
pub(super) type Looks = BTreeMap<ThreadId, Look>;

/// What is known of a thread that is looked at.
#[derive(Debug)]
pub(super) struct Look {
    /// When it is looked at next.
    at: Time,
    /// How long after the one before.
    after: Duration,
    /// Its processor time at the last look (ns); None before the first.
    seen: Option<u64>,
    /// Since when it holds its CPU; None if it was found asleep and has none.
    stay: Option<Time>,
}

impl Dispatcher {
    /// `thread` said that it began a call: its CPU is free, unless it is back
    /// already.
    pub(super) fn called(&mut self, thread: ThreadId, now: Time) {
        let running = self
            .threads
            .get(&thread)
            .filter(|entry| matches!(entry.state, State::Running(_)));
        if running.is_some_and(|entry| entry.control.context.has_left_for_call()) {
            self.leave_for_call(thread, now);
        }
    }

    /// Takes the CPUs of threads in calls, if somebody wants one. Says whether it
    /// took any.
    pub(super) fn take_cpus_of_calls(&mut self, now: Time) -> bool {
        if self.run.mode != Preemption::Signal {
            return false;
        }
        let wanted = !self.queue.is_empty() || self.timer_waits;
        if self.run.wanted.load(Ordering::Relaxed) != wanted {
            // Before the look at the marks: see `preempt::context::calls`.
            self.run.wanted.store(wanted, Ordering::SeqCst);
        }
        if !wanted {
            return false;
        }
        let mut took = false;
        for cpu in 0..self.cpus.len() {
            took |= self.take_cpu_of_call(cpu, now);
        }
        took
    }

    /// Takes `cpu`, if its thread is in a call. Says whether it did.
    pub(super) fn take_cpu_of_call(&mut self, cpu: usize, now: Time) -> bool {
        let Some(stay) = &self.cpus[cpu].stay else {
            return false;
        };
        let late = stay.repeat_at.is_some_and(|instant| instant <= now);
        let thread = stay.thread;
        let takes =
            stay.turn == Turn::Moving && self.threads[&thread].control.context.take_cpu(late);
        if takes {
            self.leave_for_call(thread, now);
        }
        takes
    }

    /// `thread` has lost its CPU in a call.
    fn leave_for_call(&mut self, thread: ThreadId, now: Time) {
        let context = &self.threads[&thread].control.context;
        let Some(number) = context.system_call() else {
            self.stop(thread, now); // it left a request
            return;
        };
        let callers = context.callers_of_call();
        let run = Arc::clone(&self.run);
        self.leave(thread, StopReason::Blocked, State::InCall, now);
        self.in_calls += 1;
        record!(
            run,
            "call_entered",
            [thread],
            optional [syscalls::name(number).map(Value::Word)],
            callers callers,
        );
    }

    /// Looks at the threads whose time has come, where the run does so.
    pub(super) fn look(&mut self, now: Time) {
        if self.run.unannounced != Unannounced::Polling {
            return;
        }
        self.look_out(now);
        let due: Vec<ThreadId> = self.due_for_a_look(now);
        for thread in due {
            let Some(mut look) = self.looks.remove(&thread) else {
                continue;
            };
            let tid = self.threads[&thread].control.os_thread();
            let time = clock::thread_time_of(tid);
            let computes = look.seen.is_some() && look.seen != time;
            if look.stay.is_none() {
                if computes {
                    // It runs without a CPU: the tick makes it wait for one.
                    self.threads[&thread].control.context.rearm();
                }
            } else if !computes
                && polling::sleeps(tid) == Some(true)
                && self.find_away(thread, tid, now)
            {
                look.stay = None;
                look.after = SOONEST / 2;
            }
            look.seen = if look.stay.is_none() && computes {
                look.seen
            } else {
                time
            };
            look.after = (look.after * 2).min(LATEST); // (3)
            look.at = now + look.after;
            self.looks.insert(thread, look);
        }
    }

    /// When somebody is looked at next, if anybody is.
    pub(super) fn next_look(&self) -> Option<Time> {
        let wanted = !self.queue.is_empty(); // (2)
        let looks = self
            .looks
            .values()
            .filter(|look| wanted || look.stay.is_none());
        looks.map(|look| look.at).min()
    }

    /// Brings the list up to date: who has come to a CPU, and who is gone.
    ///
    /// careful: before the dispatcher waits, too. Who was dispatched last would
    /// not be looked at until something else happens, at the end of its quantum.
    pub(super) fn look_out(&mut self, now: Time) {
        if self.run.unannounced != Unannounced::Polling {
            return;
        }
        let (threads, cpus) = (&self.threads, &self.cpus);
        let stays = || cpus.iter().filter_map(|cpu| cpu.stay.as_ref());
        self.looks.retain(|thread, look| match look.stay {
            None => matches!(
                threads.get(thread).map(|entry| &entry.state),
                Some(State::InCall)
            ),
            Some(since) => stays().any(|stay| stay.thread == *thread && stay.since == since),
        });
        for stay in stays().filter(|stay| stay.turn == Turn::Moving) {
            self.looks.entry(stay.thread).or_insert_with(|| Look {
                at: now + SOONEST,
                after: SOONEST,
                seen: None,
                stay: Some(stay.since),
            });
        }
    }

    /// Who is to be looked at now.
    fn due_for_a_look(&self, now: Time) -> Vec<ThreadId> {
        let wanted = !self.queue.is_empty();
        let due = self
            .looks
            .iter()
            .filter(|(_, look)| look.at <= now && (wanted || look.stay.is_none()));
        due.map(|(&thread, _)| thread).collect()
    }

    /// `thread`, which holds a CPU, sleeps: its CPU is free, unless it awakes in
    /// this moment.
    fn find_away(&mut self, thread: ThreadId, tid: i32, now: Time) -> bool {
        let found = self.threads[&thread].control.context.find_away();
        if found {
            let run = Arc::clone(&self.run);
            let name = run
                .trace
                .listens()
                .then(|| polling::system_call(tid))
                .flatten();
            let name = name.and_then(syscalls::name).map(Value::Word);
            self.leave(thread, StopReason::Blocked, State::InCall, now);
            self.in_calls += 1;
            record!(run, "call_entered", [thread], optional[name]);
        }
        found
    }
}
