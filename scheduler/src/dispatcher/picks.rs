//! Steps 3 and 4: who gets the free CPUs, and letting them go.
//!
//! Invariants: (1) all picks of an instant are made before anybody is let go,
//! so that the policy sees one instant; (2) in Signal mode a quantum's timer is
//! armed only while somebody else is runnable: who is alone is not disturbed;
//! (3) a thread is let go in the order deadline, state, gate, timer (see
//! `preempt::context`), and arms the timer itself: its slice begins when it
//! does; (4) a tick that is late is repeated.
//!
//! Book: chapter 14.

use super::{Cpu, Dispatcher, Stay, Turn, quantum_value};
use crate::control::Control;
use crate::policy::{Instead, Pick};
use crate::preempt::affinity;
use crate::run::Run;
use crate::scheduler::Preemption;
use crate::thread::State;
use crate::time::Time;
use crate::trace::{log_account, record};
use std::sync::Arc;
use std::time::Duration;

/// A tick may be so late before it is repeated, or two quanta if that is more.
const LATE: Duration = Duration::from_millis(5);

impl Stay {
    /// Arms the timer of `control`, whose stay this is, for its deadline.
    pub(super) fn arm(&mut self, control: &Control, run: &Run) {
        control.context.set_deadline(run.to_machine(self.deadline));
        self.repeat_at = Some(self.deadline + self.patience());
    }

    /// How late a tick may be (4).
    fn patience(&self) -> Duration {
        LATE.max(self.quantum.unwrap_or_default().saturating_mul(2))
    }
}

impl Dispatcher {
    // ANCHOR: pick
    /// Step 3: a pick for each free CPU, in the order of their numbers.
    pub(super) fn pick_for_free_cpus(&mut self, now: Time) {
        if self.timer_waits && self.run.mode == Preemption::Signal {
            return; // the policy's timer runs first, and soon
        }
        for cpu in 0..self.cpus.len() {
            if self.cpus[cpu].stay.is_some() || self.queue.is_empty() {
                continue;
            }
            if self.accounts && self.run.mode == Preemption::Checkpoint {
                log_account(&self.account());
            }
            let threads = &self.threads;
            let instead = |thread| match threads.get(&thread).map(|thread| &thread.state) {
                Some(State::Running(_)) => Instead::Running,
                Some(_) => Instead::Blocked,
                None if thread.0 <= self.run.threads_so_far() => Instead::Finished,
                None => Instead::Unknown,
            };
            let pick = self.queue.pick(Self::cpu_id(cpu), now, instead);
            self.see_whether_policy_is_broken();
            if let Some(pick) = pick {
                self.give(cpu, pick, now);
            }
        }
        if self.report.error.is_none() {
            self.timer = match self.timer {
                Some(due) if self.timer_waits => Some(due),
                _ => self.queue.next_timer(now),
            };
        }
    }
    // ANCHOR_END: pick

    // ANCHOR: give
    /// `cpu` goes to the thread of `pick`.
    fn give(&mut self, cpu: usize, pick: Pick, now: Time) {
        let run = Arc::clone(&self.run);
        let id = Self::cpu_id(cpu);
        let Pick {
            thread,
            quantum,
            why,
        } = pick;
        let why = why.map(crate::trace::Value::Name);
        record!(
            run,
            "dispatched",
            [thread, id, quantum_value(quantum)],
            optional[why]
        );
        self.report.dispatches += u64::from(self.report.error.is_none()); // what is unwound is not told
        let entry = self.threads.get_mut(&thread).expect("it is runnable");
        entry.state = State::Running(id);
        entry.control.seat.take_cpu(id.0);
        self.cpus[cpu].idle = false;
        self.cpus[cpu].stay = Some(Stay {
            thread,
            since: now,
            charged: now,
            quantum,
            deadline: quantum.map_or(Time::MAX, |quantum| now + quantum),
            turn: Turn::Due,
            at: None,
            repeat_at: None,
            evicted: false,
        });
    }
    // ANCHOR_END: give

    /// Step 4: lets those go that were picked. In checkpoint mode they wait for
    /// their turn, which step 1 gives them.
    pub(super) fn dispatch(&mut self) {
        for cpu in 0..self.cpus.len() {
            if self.cpus[cpu].stay.is_none() && !self.cpus[cpu].idle && !self.threads.is_empty() {
                self.cpus[cpu].idle = true;
                let run = Arc::clone(&self.run);
                record!(run, "idle", [Self::cpu_id(cpu)]);
            }
        }
        if self.run.mode == Preemption::Checkpoint {
            return;
        }
        let somebody_waits = !self.queue.is_empty(); // (2)
        let takes_away = self.run.mode == Preemption::Signal;
        for Cpu {
            stay, processor, ..
        } in &mut self.cpus
        {
            let Some(stay) = stay else { continue };
            let entry = self.threads.get_mut(&stay.thread).expect("it runs");
            let control = Arc::clone(&entry.control);
            let arms = takes_away && somebody_waits && stay.quantum.is_some();
            let now = self.run.now();
            if stay.turn == Turn::Due {
                let State::Running(cpu) = entry.state else {
                    unreachable!("who has a stay runs");
                };
                if let Some(processor) = *processor
                    && entry.last_cpu.replace(cpu) != Some(cpu)
                {
                    // Without the pin it runs all the same, less evenly.
                    let _ = affinity::pin(control.os_thread(), processor);
                }
                (stay.since, stay.charged, stay.turn) = (now, now, Turn::Moving);
                stay.deadline = stay.quantum.map_or(Time::MAX, |quantum| now + quantum);
                stay.repeat_at = arms.then(|| stay.deadline + stay.patience());
                let quantum = stay.quantum.filter(|_| arms);
                let quantum = quantum.map(|quantum| u64::try_from(quantum.as_nanos()));
                let quantum = quantum.map(|quantum| quantum.unwrap_or(u64::MAX));
                control.context.dispatch(quantum); // (3)
            } else if arms && stay.repeat_at.is_none() && stay.turn == Turn::Moving {
                stay.arm(&control, &self.run); // with what is left
            } else if stay.repeat_at.is_some_and(|late| late <= now) {
                control.context.rearm(); // (4)
                stay.repeat_at = Some(now + stay.patience());
            }
        }
    }
}
