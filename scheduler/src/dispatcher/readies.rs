//! Step 2c: threads that can run from now on.
//!
//! New threads that stand at their gates, threads that were woken, that slept
//! long enough, or whose blocking call is over.
//!
//! Invariants: (1) a thread that is woken while it does not wait keeps a permit
//! for its next wait, so no wake is lost; a wake of the instant at which a wait
//! is over comes in time; (2) every `runnable` of the trace is
//! one call of the policy's `ready` or `stopped`, in the same order.
//!
//! Mirror: wakes in `runtime::ready_queue`.

use super::{Becoming, Dispatcher, Turn};
use crate::policy::{CpuId, Ready, ThreadId};
use crate::preempt::context::NoticeKind;
use crate::scheduler::Preemption;
use crate::thread::{Permit, State, Thread};
use crate::time::Time;
use crate::trace::{Kind, Object, Text, Value, record};
use std::sync::Arc;

impl Dispatcher {
    /// Step 2c, in the order of the notices; sleepers come last.
    pub(super) fn take_readies(&mut self, now: Time) {
        while let Some((thread, kind)) = self.notices.pop_front() {
            match kind {
                NoticeKind::Woken => self.wake(thread),
                NoticeKind::Changed => self.change(thread, now),
                NoticeKind::Stopped if self.threads.contains_key(&thread) => {
                    self.return_from_call(thread);
                }
                NoticeKind::Stopped | NoticeKind::Called => {
                    self.early.insert(thread);
                }
            }
        }
        self.arrive(now);
        self.wake_sleepers(now);
        while let Some(becoming) = self.becoming_runnable.pop_front() {
            self.make_runnable(becoming, now);
        }
    }

    /// New threads that stand at their gates, and of which we were told.
    fn arrive(&mut self, now: Time) {
        while let Some(id) = self
            .early
            .iter()
            .copied()
            .find(|id| self.expected.contains_key(id))
        {
            self.early.remove(&id);
            let control = self.expected.remove(&id).expect("it was found");
            let run = Arc::clone(&self.run);
            let by = control.spawned_by;
            record!(
                run,
                "spawned",
                at Some(control.spawned_at),
                [id, Value::Text, control.attributes.priority, control.attributes.weight],
                optional [by.map(thread_object), control.attributes.deadline, control.attributes.affinity],
                text Text::of(&control.name),
            );
            run.watch.arrived(&control);
            self.threads.insert(id, Thread::new(control, now));
            self.becoming_runnable.push_back(Becoming {
                thread: id,
                why: "new",
                by,
            });
            if let Some(spawner) = by {
                self.go_on_after_spawning(spawner);
            }
        }
    }

    /// The thread that `spawner` started has arrived.
    fn go_on_after_spawning(&mut self, spawner: ThreadId) {
        match self.run.mode {
            Preemption::Checkpoint => self.take_turn(spawner, Turn::Due, None),
            Preemption::Never => {
                self.take_turn(spawner, Turn::Moving, None);
                self.threads[&spawner].control.context.dispatch(None);
            }
            Preemption::Signal => self.return_from_call(spawner),
        }
    }

    /// The blocking call of `thread` is over.
    fn return_from_call(&mut self, thread: ThreadId) {
        let run = Arc::clone(&self.run);
        let entry = self.threads.get_mut(&thread).expect("it is not over");
        debug_assert!(matches!(entry.state, State::InCall), "only a call returns");
        entry.state = State::Runnable;
        self.in_calls -= 1;
        record!(run, "call_left", [thread], optional[Value::Absent]);
        self.becoming_runnable.push_back(Becoming {
            thread,
            why: "unblocked",
            by: None,
        });
    }

    /// Somebody woke `thread`.
    fn wake(&mut self, thread: ThreadId) {
        let Some(entry) = self.threads.get_mut(&thread) else {
            return; // it is over, or has not arrived
        };
        let by = entry.control.woken_by();
        if matches!(entry.state, State::Blocked { .. }) {
            self.unblock(thread, by);
        } else {
            entry.permit = Some(Permit { by }); // (1)
        }
    }

    /// Threads that have slept, or waited, long enough.
    fn wake_sleepers(&mut self, now: Time) {
        while let Some(&(until, order, thread)) = self.sleepers.first()
            && until <= now
        {
            self.sleepers.remove(&(until, order, thread));
            let entry = self.threads.get_mut(&thread).expect("it waits");
            entry.state = State::Runnable;
            self.becoming_runnable.push_back(Becoming {
                thread,
                why: "slept",
                by: None,
            });
        }
    }

    /// Puts a thread into the run queue; it may preempt another at once.
    fn make_runnable(&mut self, becoming: Becoming, now: Time) {
        let Becoming { thread, why, by } = becoming;
        let run = Arc::clone(&self.run);
        record!(
            run,
            "runnable",
            [thread, why],
            optional[by.map(thread_object)]
        );
        let reason = if why == "new" {
            Ready::New
        } else {
            Ready::Unblocked
        };
        self.threads[&thread].control.seat.leave_cpu(true);
        let attributes = self.threads[&thread].attributes.clone();
        self.queue.ready(&attributes, reason, now); // (2)
        if self.finds_no_free_cpu(attributes.affinity)
            && self.run.mode != Preemption::Never
            && let Some(victim) = self.victim(thread, now)
        {
            self.evict(victim, now);
        }
    }

    /// Whether a thread that became runnable a moment ago and may run on `only`, or
    /// anywhere, has to take a CPU from somebody to run now.
    pub(super) fn finds_no_free_cpu(&self, only: Option<CpuId>) -> bool {
        let is_free = |CpuId(cpu)| self.cpus[cpu as usize].stay.is_none();
        if let Some(only) = only {
            return !is_free(only);
        }
        let free = self.cpus.iter().filter(|cpu| cpu.stay.is_none()).count();
        self.queue.rivals(is_free) > free
    }

    /// The CPU, if any, that the runnable `new` takes from whoever runs there:
    /// of several, from the one that the others would preempt.
    pub(super) fn victim(&mut self, new: ThreadId, now: Time) -> Option<usize> {
        let new = self.threads[&new].attributes.clone();
        let mut victim: Option<(usize, ThreadId)> = None;
        for cpu in 0..self.cpus.len() {
            let here = Dispatcher::cpu_id(cpu);
            let Some(stay) = &mut self.cpus[cpu].stay else {
                continue;
            };
            if stay.evicted || new.affinity.is_some_and(|only: CpuId| only != here) {
                continue;
            }
            let thread = stay.thread;
            let entry = self.threads.get_mut(&thread).expect("it runs");
            entry.attributes.cpu_time += now - std::mem::replace(&mut stay.charged, now);
            let current = &self.threads[&thread].attributes;
            if self.queue.preempts(&new, current, now)
                && victim.is_none_or(|(_, other)| {
                    self.queue
                        .preempts(&self.threads[&other].attributes, current, now)
                })
            {
                victim = Some((cpu, thread));
            }
        }
        victim.map(|(cpu, _)| cpu)
    }
}

/// `thread:N`.
pub(super) fn thread_object(id: ThreadId) -> Object {
    Object {
        kind: Kind::Thread,
        number: id.0,
    }
}
