//! Step 2c: a thread's priority is another one.
//!
//! Threads set priorities and lend them (see [`crate::sync::inheritance`]); here
//! the attribute changes, the policy is told, and the CPU goes at once to whoever
//! is the more important now.
//!
//! Invariants: (1) the policy hears of a change before the threads that became
//! runnable by the same act: who gave a mutex up has its own priority again when
//! the woken one asks for its CPU; (2) a change moves no thread between running,
//! runnable and blocked, save that it may cost a running one its CPU.
//!
//! Book: chapter 15.

use super::Dispatcher;
use super::readies::thread_object;
use crate::policy::ThreadId;
use crate::scheduler::Preemption;
use crate::thread::State;
use crate::time::Time;
use crate::trace::record;
use std::sync::Arc;

impl Dispatcher {
    /// The priority of `thread` changed: its own, or what is lent to it.
    pub(super) fn change(&mut self, thread: ThreadId, now: Time) {
        let Some(entry) = self.threads.get_mut(&thread) else {
            return; // it is over
        };
        let run = Arc::clone(&self.run);
        let standing = &entry.control.standing;
        let (own, effective) = (standing.own(), standing.effective());
        let before = entry.attributes.priority;
        let mut expected = before;
        if own != entry.own_priority {
            if before == entry.own_priority {
                expected = own; // nothing was lent
            }
            let by = standing.set_by().map(thread_object);
            let from = std::mem::replace(&mut entry.own_priority, own);
            record!(
                run,
                "changed",
                [thread, "priority", from, own, "set"],
                optional[by]
            );
        }
        if effective != expected {
            let by = standing.lent_by().map(thread_object);
            let is_lent = effective > expected.max(own);
            let why = if is_lent { "lent" } else { "returned" };
            record!(
                run,
                "changed",
                [thread, "donated", expected, effective, why],
                optional[by]
            );
        }
        if effective == before {
            return;
        }
        entry.attributes.priority = effective;
        let attributes = entry.attributes.clone();
        let state = entry.state.clone();
        self.queue.changed(&attributes, now);
        if self.run.mode == Preemption::Never {
            return;
        }
        let victim = match state {
            State::Runnable if self.queue.threads().any(|stored| stored == thread) => {
                let must_take_one = self.finds_no_free_cpu(attributes.affinity);
                must_take_one.then(|| self.victim(thread, now)).flatten()
            }
            State::Running(cpu) => {
                let cpu = cpu.0 as usize;
                self.must_give_way(cpu, now).then_some(cpu)
            }
            _ => None,
        };
        if let Some(cpu) = victim {
            self.evict(cpu, now);
        }
    }

    /// Whether a runnable thread takes `cpu` from whoever runs there, whose
    /// priority has changed.
    fn must_give_way(&mut self, cpu: usize, now: Time) -> bool {
        let here = Dispatcher::cpu_id(cpu);
        let Some(stay) = &mut self.cpus[cpu].stay else {
            return false;
        };
        let entry = self.threads.get_mut(&stay.thread).expect("it runs");
        entry.attributes.cpu_time += now - std::mem::replace(&mut stay.charged, now);
        let current = entry.attributes.clone();
        let stored: Vec<ThreadId> = self.queue.threads().collect();
        !stay.evicted
            && stored.iter().any(|new| {
                let new = &self.threads[new].attributes;
                new.may_run_on(here)
                    && self.finds_no_free_cpu(new.affinity)
                    && self.queue.preempts(new, &current, now)
            })
    }
}
