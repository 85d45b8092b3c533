//! The arms of the fold for a scheduler and its threads' stays on a CPU.

use super::{UnitState, Wait, apply::Step};
use crate::trace::{EventKind, Key};

impl Step<'_> {
    /// `runnable`: to the tail of those that can run.
    pub(super) fn runnable(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        let (by, step) = (self.event.reference(Key::By), self.number);
        let stopped = matches!(&*self.word(Key::Why), "preempted" | "yielded");
        let state = self.unit(number).state;
        let queued = self.dequeue(number);
        if matches!(state, UnitState::Running { .. } | UnitState::Over(_)) {
            self.complain(format_args!("Thread {number} was not waiting for a CPU."));
        } else if queued && !stopped {
            // (A stopped thread was queued when it was stopped.)
            self.complain(format_args!("Thread {number} was runnable already."));
        }
        self.stop_waiting(number);
        if matches!(state, UnitState::Over(_)) {
            return;
        }
        self.queue(number);
        if !stopped {
            self.unit(number).woken = Some((step, by));
        }
    }

    /// `dispatched`: out of the run queue, and running.
    pub(super) fn dispatched(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        self.unit(number);
        if !self.dequeue(number) {
            self.complain(format_args!(
                "Thread {number} gets a CPU, but it was not runnable."
            ));
        }
        let cpu = self.event.number32(Key::Cpu).unwrap_or(0);
        let quantum = self.event.number(Key::Quantum);
        self.enter(number, cpu);
        self.unit(number).quantum = quantum;
        self.touch();
    }

    /// `preempted`, `yielded`: off its CPU, and runnable.
    pub(super) fn stopped(&mut self, kind: EventKind) {
        let Some(number) = self.unit_number() else {
            return;
        };
        self.must_run(number);
        self.leave(number);
        self.unit(number).preemptions += u64::from(kind == EventKind::Preempted);
        self.dequeue(number);
        self.queue(number);
    }

    /// `blocked`: off its CPU, until what it waits for comes.
    pub(super) fn blocked(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        self.must_run(number);
        let wait = self.awaited();
        self.leave(number);
        self.dequeue(number);
        self.set_state(number, UnitState::Waiting);
        let id = self.unit(number).id;
        if let Wait::Thing(on) = wait {
            self.driver.lines.join(on, id);
        }
        let until = match wait {
            Wait::Sleep(_) => None, // it says so itself
            _ => self.event.number(Key::Until),
        };
        let unit = self.unit(number);
        unit.waits = vec![wait];
        unit.until = until;
    }

    /// `faulted`: the policy broke a rule. From then on round robin may decide.
    pub(super) fn faulted(&mut self) {
        self.driver.fault = Some(self.word(Key::Rule));
        if &*self.word(Key::Then) == "round_robin" {
            self.driver.settings.policy = "RoundRobin".into();
        }
    }

    /// `call_entered`: a blocking call gives the CPU up.
    pub(super) fn call_entered(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        self.must_run(number);
        let call = self
            .word_if_there(Key::Call)
            .unwrap_or_else(|| "a call".into());
        self.leave(number);
        self.dequeue(number);
        self.set_state(number, UnitState::InCall);
        self.unit(number).waits = vec![Wait::Call(call)];
    }

    /// `call_left`: the call is back. The thread's `runnable` follows.
    pub(super) fn call_left(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        if self.unit(number).state != UnitState::InCall {
            self.complain(format_args!("Thread {number} was in no call."));
        }
        self.touch();
    }

    /// Complains unless a thread runs.
    fn must_run(&mut self, number: u32) {
        if !self.unit(number).is_running() {
            self.complain(format_args!("Thread {number} was not running."));
        }
    }

    /// To the tail of the run queue.
    fn queue(&mut self, number: u32) {
        self.enqueue(number, &"".into());
        self.set_state(number, UnitState::Ready);
    }

    /// The thread waits for nothing any more, and is in no line.
    fn stop_waiting(&mut self, number: u32) {
        let unit = self.unit(number);
        unit.waited = std::mem::take(&mut unit.waits);
        unit.until = None;
        self.leave_lines(number);
    }
}
