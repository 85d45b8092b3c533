//! Steps 2a and 2b: threads leave their CPUs.
//!
//! Why a thread stopped is in its control block: the handler froze it, or it
//! left a request. The policy is told, and the trace.
//!
//! Invariants: (1) a thread that stops leaves its CPU exactly once, and is
//! charged for its stay exactly once; (2) the policy's timer runs while no
//! thread does. In Never mode it waits for an instant at which that is so.
//!
//! Mirror: the end of a poll in `runtime::event_loop`.

use super::{Becoming, Dispatcher, Turn};
use crate::control::{On, Panicked, Request};
use crate::place::Place;
use crate::policy::{StopReason, ThreadId};
use crate::preempt::context::{NoticeKind, Reason};
use crate::scheduler::Preemption;
use crate::thread::{Permit, State};
use crate::time::Time;
use crate::trace::{Value, record};
use std::sync::Arc;
use std::time::Duration;

impl Dispatcher {
    /// Step 2a: the threads that stopped, in the order in which they said so;
    /// then, if a tick of virtual time has passed, those whose quantum is over.
    pub(super) fn take_stops(&mut self, now: Time) {
        let mut notices = std::mem::take(&mut self.notices);
        notices.retain(|&(thread, kind)| match kind {
            NoticeKind::Woken | NoticeKind::Changed => true, // for step 2c
            NoticeKind::Called => {
                self.called(thread, now);
                false
            }
            NoticeKind::Stopped => match self.reason(thread) {
                Reason::Arrived | Reason::Returned => true,
                Reason::Preempted => {
                    self.frozen(thread, now);
                    false
                }
                _ => {
                    self.stop(thread, now);
                    false
                }
            },
        });
        self.notices = notices;
        self.end_steps(now);
    }

    /// Why `thread` stopped.
    fn reason(&self, thread: ThreadId) -> Reason {
        let known = self.threads.get(&thread).map(|thread| &thread.control);
        known
            .or_else(|| self.expected.get(&thread))
            .map_or(Reason::Arrived, |control| control.context.reason())
    }

    /// `thread` stopped by itself, and left a request.
    pub(super) fn stop(&mut self, thread: ThreadId, now: Time) {
        let run = Arc::clone(&self.run);
        let (request, at) = self.threads[&thread].control.take_request();
        match request {
            Request::Step => self.take_turn(thread, Turn::Taken { yields: false }, at),
            Request::Yield if run.mode == Preemption::Checkpoint => {
                self.take_turn(thread, Turn::Taken { yields: true }, at);
            }
            Request::Notify => self.take_turn(thread, Turn::Due, at),
            Request::Spawn(new) => {
                self.expected.insert(new.id, new);
                if run.mode != Preemption::Signal {
                    self.take_turn(thread, Turn::Spawning, at);
                    return;
                }
                // The new OS thread may need a lock that a frozen thread holds,
                // which in turn may need this CPU.
                self.leave(thread, StopReason::Blocked, State::InCall, now);
                self.in_calls += 1;
                record!(run, "call_entered", at at, [thread], optional ["spawn"]);
            }
            Request::Yield => self.yielded(thread, at, now),
            Request::Wait(on, until) => self.wait(thread, on, until, at, now),
            Request::Sleep(until) => {
                let state = State::Sleeping(until);
                let (cpu, ran) = self.leave(thread, StopReason::Blocked, state, now);
                record!(run, "blocked", at at, [thread, cpu, ran, "sleep"], optional [until]);
                self.lie_down(thread, until);
            }
            Request::Call(name) => {
                self.leave(thread, StopReason::Blocked, State::InCall, now);
                self.in_calls += 1;
                record!(run, "call_entered", at at, [thread], optional [name]);
            }
            Request::Finish(panicked) => self.finish(thread, panicked, now),
        }
    }

    /// `thread`, on its CPU, stands at `turn` of its step, at line `at`.
    pub(super) fn take_turn(&mut self, thread: ThreadId, turn: Turn, at: Option<Place>) {
        let State::Running(cpu) = self.threads[&thread].state else {
            unreachable!("only a running thread stops");
        };
        let stay = self.cpus[cpu.0 as usize].stay.as_mut();
        let stay = stay.expect("a running thread has a stay");
        stay.turn = turn;
        stay.at = at.or(stay.at);
    }

    /// `thread` was frozen by its handler: in Signal mode only.
    fn frozen(&mut self, thread: ThreadId, now: Time) {
        let State::Running(cpu) = self.threads[&thread].state else {
            unreachable!("only a running thread is frozen");
        };
        let stay = self.cpus[cpu.0 as usize].stay.as_ref();
        let evicted = stay.expect("a running thread has a stay").evicted;
        self.preempt(thread, why_preempted(evicted), None, now);
    }

    /// Takes the CPU from `thread`, which stands at `at`, or in its handler.
    pub(super) fn preempt(
        &mut self,
        thread: ThreadId,
        why: StopReason,
        at: Option<Place>,
        now: Time,
    ) {
        let run = Arc::clone(&self.run);
        let context = &self.threads[&thread].control.context;
        let (program_counter, callers) = (context.program_counter(), context.callers());
        let (cpu, ran) = self.leave(thread, why, State::Runnable, now);
        self.report.preemptions += u64::from(self.report.error.is_none());
        let program_counter = program_counter.map(Value::Code);
        record!(
            run,
            "preempted",
            at at,
            [thread, cpu, ran],
            optional [program_counter],
            callers callers,
        );
        record!(
            run,
            "runnable",
            [thread, "preempted"],
            optional[Value::Absent]
        );
    }

    /// `thread` offered its CPU at `at`.
    fn yielded(&mut self, thread: ThreadId, at: Option<Place>, now: Time) {
        let run = Arc::clone(&self.run);
        let (cpu, ran) = self.leave(thread, StopReason::Yielded, State::Runnable, now);
        record!(run, "yielded", at at, [thread, cpu, ran]);
        record!(
            run,
            "runnable",
            [thread, "yielded"],
            optional[Value::Absent]
        );
    }

    /// `thread` awakes at `until`, if it was not woken before. Returns its place.
    fn lie_down(&mut self, thread: ThreadId, until: Time) -> (Time, u64) {
        let order = self.laid_down;
        self.laid_down += 1;
        self.sleepers.insert((until, order, thread));
        (until, order)
    }

    /// `thread` waits for `on`, at most `until` an instant, if that has not
    /// happened meanwhile.
    fn wait(
        &mut self,
        thread: ThreadId,
        on: On,
        until: Option<Time>,
        at: Option<Place>,
        now: Time,
    ) {
        let run = Arc::clone(&self.run);
        let object = on.object();
        let mut over = None;
        if let On::Thread(other) = on {
            match self.threads.get_mut(&other) {
                Some(other) => other.joiners.push(thread),
                None => over = Some(Permit { by: Some(other) }),
            }
        }
        let lies = until.map(|until| self.lie_down(thread, until));
        let state = State::Blocked { on, at, lies };
        let (cpu, ran) = self.leave(thread, StopReason::Blocked, state, now);
        record!(run, "blocked", at at, [thread, cpu, ran, object], optional [until]);
        let entry = self.threads.get_mut(&thread).expect("it just stopped");
        if let Some(Permit { by }) = over.or_else(|| entry.permit.take()) {
            self.unblock(thread, by);
        } else if until.is_none() {
            self.begins_to_wait(thread);
        }
    }

    /// `thread` is over; it may have panicked.
    fn finish(&mut self, thread: ThreadId, panicked: Option<Panicked>, now: Time) {
        let run = Arc::clone(&self.run);
        let (cpu, ran) = self.leave(thread, StopReason::Finished, State::Runnable, now);
        match panicked {
            None => record!(run, "finished", [thread, cpu, ran]),
            Some(Panicked { message, at }) => {
                record!(run, "panicked", at at, [thread, cpu, ran, Value::Text], text message);
            }
        }
        let gone = self.threads.remove(&thread).expect("it just stopped");
        gone.control.set_over();
        run.watch.finished(thread);
        for joiner in gone.joiners {
            self.unblock(joiner, Some(thread));
        }
    }

    /// The blocked `thread` can run again: `by` saw to it.
    pub(super) fn unblock(&mut self, thread: ThreadId, by: Option<ThreadId>) {
        // Unwound, if the run is doomed: then nobody has to unblock it.
        let Some(entry) = self.threads.get_mut(&thread) else {
            return;
        };
        if let State::Blocked { lies, .. } = entry.state {
            entry.state = State::Runnable;
            if let Some((until, order)) = lies {
                self.sleepers.remove(&(until, order, thread));
            }
            self.becoming_runnable.push_back(Becoming {
                thread,
                why: "unblocked",
                by,
            });
        }
    }

    /// Takes `thread` off its CPU: charges it, and tells the policy.
    pub(super) fn leave(
        &mut self,
        thread: ThreadId,
        why: StopReason,
        state: State,
        now: Time,
    ) -> (crate::policy::CpuId, Duration) {
        let entry = self.threads.get_mut(&thread).expect("it runs");
        entry.control.seat.leave_cpu(why.still_runnable());
        let State::Running(cpu) = std::mem::replace(&mut entry.state, state) else {
            unreachable!("only a running thread leaves its CPU");
        };
        let stay = self.cpus[cpu.0 as usize].stay.take();
        let stay = stay.expect("a running thread has a stay"); // (1)
        let context = &entry.control.context;
        let (since, until) = match self.run.mode {
            Preemption::Checkpoint => (stay.since, now),
            // More exact than when we let it go, and when we heard of it.
            _ => (
                stay.since.max(self.run.of_machine(context.began_at())),
                self.run.of_machine(context.stopped_at()),
            ),
        };
        // It kept its CPU in these calls, since nobody wanted it.
        let waited = Duration::from_nanos(context.take_waited());
        let ran = (until - since).saturating_sub(waited);
        let rest = until - stay.charged.max(since);
        entry.attributes.cpu_time += rest.saturating_sub(waited);
        self.queue.stopped(&entry.attributes, ran, why, now);
        (cpu, ran)
    }

    /// Checkpoint mode: all running threads have taken their step and a tick has
    /// passed. Each gives its CPU up, or is due again.
    fn end_steps(&mut self, now: Time) {
        if !std::mem::take(&mut self.tick_passed) {
            return;
        }
        for cpu in 0..self.cpus.len() {
            let Some(stay) = &mut self.cpus[cpu].stay else {
                continue;
            };
            let (thread, at) = (stay.thread, stay.at);
            let yields = matches!(stay.turn, Turn::Taken { yields: true });
            stay.turn = Turn::Due;
            if yields {
                self.yielded(thread, at, now);
            } else if stay.deadline <= now {
                self.preempt(thread, StopReason::QuantumExpired, at, now);
            }
        }
    }

    /// Step 2b: the policy's timer, once it is due and nobody runs.
    pub(super) fn run_timer(&mut self, now: Time) {
        if self.timer.is_none_or(|timer| now < timer) {
            return;
        }
        self.timer_waits = true;
        for cpu in 0..self.cpus.len() {
            self.evict(cpu, now);
        }
        if self.cpus.iter().all(|cpu| cpu.stay.is_none()) {
            self.timer_waits = false; // (2)
            self.timer = None;
            self.queue.run_timer(now);
        }
    }

    /// Takes `cpu` from whoever runs there, before the quantum is over: at once
    /// in checkpoint mode, as soon as the signal arrives in Signal mode.
    pub(super) fn evict(&mut self, cpu: usize, now: Time) {
        if self.take_cpu_of_call(cpu, now) {
            return; // no signal reaches it there
        }
        let Some(stay) = &mut self.cpus[cpu].stay else {
            return;
        };
        let (thread, at) = (stay.thread, stay.at);
        match self.run.mode {
            // It cannot be dispatched again before the new thread arrives.
            Preemption::Checkpoint if stay.turn == Turn::Spawning => {}
            Preemption::Checkpoint => self.preempt(thread, StopReason::Preempted, at, now),
            Preemption::Signal if !stay.evicted => {
                stay.evicted = true;
                stay.deadline = now;
                stay.arm(&self.threads[&thread].control, &self.run);
            }
            Preemption::Signal | Preemption::Never => {}
        }
    }
}

/// What the policy is told of a thread that was frozen.
fn why_preempted(evicted: bool) -> StopReason {
    if evicted {
        StopReason::Preempted
    } else {
        StopReason::QuantumExpired
    }
}
