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

#[cfg(test)]
mod tests;

use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use crate::time::Time;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

/// How often queues are balanced unless set.
const BALANCE_EVERY: Duration = Duration::from_millis(100);

/// One CPU's queue.
#[derive(Debug)]
struct Own<P> {
    /// Who decides here.
    policy: P,
    /// How many threads it stores.
    stored: usize,
    /// How many of its threads run: one at most.
    running: usize,
    /// When its timer is due.
    due: Option<Time>,
}

/// A thread that is not finished.
#[derive(Debug)]
struct Member {
    /// In whose queue it is, or was last.
    home: usize,
    /// What was last known of it, for a move.
    attributes: Attributes,
}

/// Gives each CPU a policy object of its own, and balances between them.
pub struct PerCpu<P> {
    /// Makes the policy of a CPU.
    make: Box<dyn FnMut(CpuId) -> P + Send>,
    /// The queues, by CPU.
    queues: Vec<Own<P>>,
    /// The threads that are not finished.
    members: HashMap<ThreadId, Member>,
    /// Rule 4: how often, and when next.
    balance: (Duration, Time),
    /// What the whole is called.
    name: String,
}

impl<P: Policy> PerCpu<P> {
    /// Queues for `cpus` CPUs, each ordered by what `make` makes. A CPU beyond
    /// them gets its queue at its first pick.
    pub fn new(cpus: u32, make: impl FnMut(CpuId) -> P + Send + 'static) -> PerCpu<P> {
        let mut policy = PerCpu {
            make: Box::new(make),
            queues: Vec::new(),
            members: HashMap::new(),
            balance: (BALANCE_EVERY, Time::ZERO + BALANCE_EVERY),
            name: String::new(),
        };
        policy.make_up_to(cpus.max(1) as usize);
        policy.name = format!("{}PerCpu", policy.queues[0].policy.name());
        policy
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

    /// Sees to it that there are queues for so many CPUs.
    fn make_up_to(&mut self, cpus: usize) {
        while self.queues.len() < cpus {
            let cpu = u32::try_from(self.queues.len()).expect("CPUs are counted in u32");
            self.queues.push(Own {
                policy: (self.make)(CpuId(cpu)),
                stored: 0,
                running: 0,
                due: None,
            });
        }
    }

    /// Where `thread` belongs.
    fn home(&mut self, thread: &Attributes) -> usize {
        if let Some(CpuId(only)) = thread.affinity {
            self.make_up_to(only as usize + 1);
            return only as usize; // rule 5
        }
        match self.members.get(&thread.id) {
            Some(member) => member.home,                                // rule 2
            None => self.by_load().next().expect("there is a queue").1, // rule 1
        }
    }

    /// The queues from the shortest to the longest: how many threads, and where.
    fn by_load(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> + use<P> {
        let queues = self.queues.iter().enumerate();
        let loads = queues.map(|(cpu, own)| (own.stored + own.running, cpu));
        let mut loads: Vec<(usize, usize)> = loads.collect();
        loads.sort_unstable();
        loads.into_iter()
    }

    /// Notes that `thread` is at home in the queue of `home`.
    fn settle(&mut self, thread: &Attributes, home: usize) {
        let member = self.members.entry(thread.id).or_insert_with(|| Member {
            home,
            attributes: thread.clone(),
        });
        member.home = home;
        member.attributes.clone_from(thread);
    }

    /// Moves the thread that would be next on `from`, of those that may run on
    /// `to` (rule 5), to `to`. Whether there was one.
    fn migrate(&mut self, from: usize, to: usize, now: Time) -> bool {
        let next = self.queues[from].policy.pick(cpu_id(to), now);
        let Some(member) = next.and_then(|pick| self.members.get_mut(&pick.thread)) else {
            return false;
        };
        member.home = to;
        let thread = &member.attributes;
        let old = &mut self.queues[from];
        let never = Duration::ZERO;
        old.policy.stopped(thread, never, StopReason::Finished, now); // rule 6
        old.stored = old.stored.saturating_sub(1);
        let new = &mut self.queues[to];
        new.policy.ready(thread, Ready::New, now); // rule 6
        new.stored += 1;
        self.look_at_timers([from, to], now);
        true
    }

    /// Rule 3: somebody for `cpu`, whose queue is empty.
    fn steal(&mut self, cpu: usize, now: Time) {
        for (_, from) in self.by_load().rev() {
            if from != cpu && self.queues[from].stored > 0 && self.migrate(from, cpu, now) {
                return;
            }
        }
    }

    /// Rule 4: where a thread of `home` that can go on goes instead, if balancing
    /// is due and somewhere there is less to do.
    fn elsewhere(&mut self, home: usize, now: Time) -> Option<usize> {
        let (interval, due) = self.balance;
        if now < due {
            return None;
        }
        let (least, shortest) = self.by_load().next()?;
        let here = self.queues[home].stored + self.queues[home].running;
        if least >= here {
            return None;
        }
        self.balance.1 = now.next_multiple_of(interval).unwrap_or(Time::MAX);
        Some(shortest)
    }

    /// Asks some queues when their timers are due.
    fn look_at_timers(&mut self, cpus: impl IntoIterator<Item = usize>, now: Time) {
        for cpu in cpus {
            self.queues[cpu].due = self.queues[cpu].policy.next_timer(now);
        }
    }
}

/// The CPU at `index`.
fn cpu_id(index: usize) -> CpuId {
    CpuId(u32::try_from(index).expect("CPUs are counted in u32"))
}

impl<P: Policy> Policy for PerCpu<P> {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        let home = self.home(thread);
        self.settle(thread, home);
        self.queues[home].policy.ready(thread, why, now);
        self.queues[home].stored += 1;
        self.look_at_timers([home], now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        let here = cpu.0 as usize;
        self.make_up_to(here + 1);
        if self.queues[here].stored == 0 {
            self.steal(here, now);
        }
        let pick = self.queues[here].policy.pick(cpu, now);
        let own = &mut self.queues[here];
        if pick.is_some() {
            own.stored = own.stored.saturating_sub(1);
            own.running = 1;
        }
        self.look_at_timers([here], now);
        pick
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        let home = self.home(thread);
        let may_move = why.still_runnable() && thread.affinity.is_none(); // rule 5
        let moves_to = may_move.then(|| self.elsewhere(home, now)).flatten();
        self.queues[home].running = 0;
        if let Some(new) = moves_to {
            let old = &mut self.queues[home].policy;
            old.stopped(thread, ran, StopReason::Finished, now); // rule 6
            self.queues[new].policy.ready(thread, Ready::New, now);
            self.queues[new].stored += 1;
            self.settle(thread, new); // rule 4
            self.look_at_timers([home, new], now);
            return;
        }
        self.settle(thread, home); // rule 2
        self.queues[home].policy.stopped(thread, ran, why, now);
        self.queues[home].stored += usize::from(why.still_runnable());
        if why == StopReason::Finished {
            self.members.remove(&thread.id);
        }
        self.look_at_timers([home], now);
    }

    /// Only in its own queue, where `current` has to run for that.
    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        let home = |thread: &Attributes| Some(self.members.get(&thread.id)?.home);
        match (home(new), home(current)) {
            (Some(one), Some(other)) if one == other => {
                self.queues[one].policy.preempts(new, current, now)
            }
            _ => false,
        }
    }

    fn next_timer(&self, _now: Time) -> Option<Time> {
        self.queues.iter().filter_map(|own| own.due).min()
    }

    fn timer(&mut self, now: Time) {
        let is_due = |own: &&mut Own<P>| own.due.is_some_and(|due| due <= now);
        for own in self.queues.iter_mut().filter(is_due) {
            own.policy.timer(now);
        }
        self.look_at_timers(0..self.queues.len(), now);
    }

    fn changed(&mut self, thread: &Attributes, now: Time) {
        if let Some(member) = self.members.get_mut(&thread.id) {
            member.attributes.clone_from(thread);
            let home = member.home;
            self.queues[home].policy.changed(thread, now);
            self.look_at_timers([home], now);
        }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn quantum(&self) -> Option<Duration> {
        self.queues[0].policy.quantum()
    }

    fn queues(&self) -> Vec<Queue> {
        let of_cpu = |(cpu, own): (usize, &Own<P>)| {
            let queues = own.policy.queues().into_iter();
            let named = queues.map(move |queue| Queue {
                name: format!("CPU {cpu} {}", queue.name).trim_end().to_owned(),
                ..queue
            });
            named.collect::<Vec<_>>()
        };
        self.queues.iter().enumerate().flat_map(of_cpu).collect()
    }
}

impl<P: fmt::Debug> fmt::Debug for PerCpu<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerCpu")
            .field("queues", &self.queues)
            .field("members", &self.members)
            .field("balance", &self.balance)
            .finish_non_exhaustive()
    }
}
