//! A run queue for each CPU, each with a policy of its own.
//!
//! One queue for all is fair, but every CPU takes from it, and a thread is
//! thrown from one to the other. With a queue each, threads stay where their
//! data is in the cache, and somebody has to see to it that none runs dry.
//!
//! Source: OSTEP, chapter 10, sections 10.3 to 10.5 (cache affinity, migration,
//! stealing); Blumofe and Leiserson, *Scheduling Multithreaded Computations by Work
//! Stealing*, FOCS 1994; Linux, `kernel/sched/fair.c`: `select_task_rq_fair` and
//! `sched_balance_newidle`. As rules:
//!
//! 1. A new thread is placed in the shortest queue, whoever runs there counted; of
//!    equals in that of the lowest CPU.
//! 2. A thread that was stopped or blocked comes back to the queue of the CPU that
//!    it ran on last (cache affinity).
//! 3. A CPU whose queue is empty steals a thread from the longest one.
//! 4. Once in every interval a thread that can go on after its stay goes to the
//!    shortest queue, if that is shorter than its own. Threads that do not divide
//!    evenly so keep moving; and as each has just run, none moves for ever.
//! 5. A thread with an affinity is in the queue of that CPU and is never moved.
//! 6. A thread that moves is finished to its old queue and new to its new one: it
//!    takes no level, no claim and no debt along.
//!
//! Left out: which CPUs share a cache; moving a thread while it runs.
//!
//! Book: chapter 15. Mirror: none; an event loop has one thread.

mod homes;
mod queues;
#[cfg(test)]
mod tests;

use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use homes::Homes;
use queues::Queues;
use std::time::Duration;

/// How often queues are balanced unless set.
const BALANCE_EVERY: Duration = Duration::from_millis(100);

/// Gives each CPU a policy object of its own, and balances between them.
#[derive(Debug)]
pub struct PerCpu<P> {
    /// The queues, by CPU.
    queues: Queues<P>,
    /// Where the threads that are not finished are at home.
    homes: Homes,
    /// Rule 4: how often, and when next.
    balance: (Duration, Time),
    /// What the whole is called.
    name: String,
}

impl<P: Policy> PerCpu<P> {
    /// Queues for `cpus` CPUs, each ordered by what `make` makes. A CPU beyond
    /// them gets its queue at its first pick.
    pub fn new(cpus: u32, make: impl FnMut(CpuId) -> P + Send + 'static) -> PerCpu<P> {
        let queues = Queues::new(cpus.max(1) as usize, make);
        PerCpu {
            name: format!("{}PerCpu", queues.policy(0).name()),
            queues,
            homes: Homes::default(),
            balance: (BALANCE_EVERY, Time::ZERO + BALANCE_EVERY),
        }
    }

    /// The same, balanced every `interval` (rule 4) in place of every 100 ms.
    ///
    /// # Panics
    ///
    /// If `interval` is zero.
    #[must_use]
    pub fn balance_every(mut self, interval: Duration) -> PerCpu<P> {
        assert!(
            !interval.is_zero(),
            "queues cannot be balanced all the time"
        );
        self.balance = (interval, Time::ZERO + interval);
        self
    }

    /// Where `thread` belongs.
    fn home(&mut self, thread: &Attributes) -> usize {
        if let Some(CpuId(only)) = thread.affinity {
            self.queues.make_up_to(only as usize + 1);
            return only as usize; // rule 5
        }
        let home = self.homes.of(thread.id); // rule 2
        home.unwrap_or_else(|| self.queues.shortest().1) // rule 1
    }

    /// Rule 3: somebody for `cpu`, whose queue is empty: of the longest queue, the
    /// thread that would be next there, of those that may run here (rule 5).
    fn steal(&mut self, cpu: usize, now: Time) {
        for from in self.queues.longest_first() {
            if from == cpu || self.queues.is_empty(from) {
                continue;
            }
            if let Some(thread) = self.queues.next_for(from, cpu, now)
                && let Some(attributes) = self.homes.move_to(thread, cpu)
            {
                self.queues.give_up(from, attributes, now); // rule 6
                self.queues.store(cpu, attributes, Ready::New, now); // rule 6
                return;
            }
        }
    }

    /// Rule 4: where a thread of `home` that can go on goes instead, if balancing
    /// is due and somewhere there is less to do.
    fn elsewhere(&mut self, home: usize, now: Time) -> Option<usize> {
        let (interval, due) = self.balance;
        let (least, shortest) = self.queues.shortest();
        if now < due || least >= self.queues.load(home) {
            return None;
        }
        self.balance.1 = now.next_multiple_of(interval).unwrap_or(Time::MAX);
        Some(shortest)
    }
}

impl<P: Policy> Policy for PerCpu<P> {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        let home = self.home(thread);
        self.homes.settle(thread, home);
        self.queues.store(home, thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        let here = cpu.0 as usize;
        self.queues.make_up_to(here + 1);
        if self.queues.is_empty(here) {
            self.steal(here, now);
        }
        self.queues.pick(here, now)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        let home = self.home(thread);
        let may_move = why.still_runnable() && thread.affinity.is_none(); // rule 5
        let moves_to = may_move.then(|| self.elsewhere(home, now)).flatten();
        if let Some(new) = moves_to {
            let finished = StopReason::Finished; // rule 6
            self.queues.stop(home, thread, ran, finished, now);
            self.queues.store(new, thread, Ready::New, now);
            self.homes.settle(thread, new); // rule 4
            return;
        }
        self.queues.stop(home, thread, ran, why, now);
        if why == StopReason::Finished {
            self.homes.leave(thread.id);
        } else {
            self.homes.settle(thread, home); // rule 2
        }
    }

    /// Only in its own queue, where `current` has to run for that.
    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        match (self.homes.of(new.id), self.homes.of(current.id)) {
            (Some(one), Some(other)) if one == other => {
                self.queues.policy(one).preempts(new, current, now)
            }
            _ => false,
        }
    }

    fn next_timer(&self, _now: Time) -> Option<Time> {
        self.queues.next_timer()
    }

    fn timer(&mut self, now: Time) {
        self.queues.timer(now);
    }

    fn changed(&mut self, thread: &Attributes, now: Time) {
        if let Some(home) = self.homes.of(thread.id) {
            self.homes.settle(thread, home);
            self.queues.changed(home, thread, now);
        }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn quantum(&self) -> Option<Duration> {
        self.queues.policy(0).quantum()
    }

    fn queues(&self) -> Vec<Queue> {
        self.queues.shown()
    }
}
