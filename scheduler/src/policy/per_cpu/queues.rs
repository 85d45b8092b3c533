//! The queues, one for each CPU, and how long each is.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariants: (1) `stored` counts what the queue's policy stores, and `running` is
//! 1 while a thread of it runs; (2) after each call of a policy, `due` is what it
//! says of its timer.
//!
//! Book: chapter 15.

use crate::policy::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use crate::time::Time;
use std::fmt;
use std::time::Duration;

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

/// The queues, by CPU.
pub(super) struct Queues<P> {
    /// Makes the policy of a CPU.
    make: Box<dyn FnMut(CpuId) -> P + Send>,
    /// One for each CPU.
    each: Vec<Own<P>>,
}

impl<P: Policy> Queues<P> {
    /// Queues for `cpus` CPUs, each ordered by what `make` makes.
    pub(super) fn new(cpus: usize, make: impl FnMut(CpuId) -> P + Send + 'static) -> Queues<P> {
        let mut queues = Queues {
            make: Box::new(make),
            each: Vec::new(),
        };
        queues.make_up_to(cpus);
        queues
    }

    /// Sees to it that there are queues for so many CPUs.
    pub(super) fn make_up_to(&mut self, cpus: usize) {
        while self.each.len() < cpus {
            self.each.push(Own {
                policy: (self.make)(cpu_id(self.each.len())),
                stored: 0,
                running: 0,
                due: None,
            });
        }
    }

    /// Who decides for `cpu`.
    pub(super) fn policy(&self, cpu: usize) -> &P {
        &self.each[cpu].policy
    }

    /// Whether nobody is stored in the queue of `cpu`.
    pub(super) fn is_empty(&self, cpu: usize) -> bool {
        self.each[cpu].stored == 0
    }

    /// How many threads are at `cpu`, whoever runs there counted.
    pub(super) fn load(&self, cpu: usize) -> usize {
        self.each[cpu].stored + self.each[cpu].running
    }

    /// The load of the shortest queue, and whose it is; of equals the lowest CPU's.
    pub(super) fn shortest(&self) -> (usize, usize) {
        let loads = (0..self.each.len()).map(|cpu| (self.load(cpu), cpu));
        loads.min().expect("there is a queue")
    }

    /// The CPUs, whose queue is longest first; of equals the highest.
    pub(super) fn longest_first(&self) -> Vec<usize> {
        let mut cpus: Vec<usize> = (0..self.each.len()).collect();
        cpus.sort_unstable_by_key(|&cpu| std::cmp::Reverse((self.load(cpu), cpu)));
        cpus
    }

    /// `thread` can run, and is stored in the queue of `cpu`.
    pub(super) fn store(&mut self, cpu: usize, thread: &Attributes, why: Ready, now: Time) {
        let own = &mut self.each[cpu];
        own.policy.ready(thread, why, now);
        own.stored += 1;
        own.look_at_timer(now);
    }

    /// Who runs on `cpu` next, out of its own queue.
    pub(super) fn pick(&mut self, cpu: usize, now: Time) -> Option<Pick> {
        let own = &mut self.each[cpu];
        let pick = own.policy.pick(cpu_id(cpu), now);
        if pick.is_some() {
            own.stored = own.stored.saturating_sub(1);
            own.running = 1;
        }
        own.look_at_timer(now);
        pick
    }

    /// Whom the queue of `from` would give to `cpu`; it has to be given up, then.
    pub(super) fn next_for(&mut self, from: usize, cpu: usize, now: Time) -> Option<ThreadId> {
        let pick = self.each[from].policy.pick(cpu_id(cpu), now);
        pick.map(|pick| pick.thread)
    }

    /// `thread`, which the queue of `from` picked for another CPU, is finished there
    /// (rule 6).
    pub(super) fn give_up(&mut self, from: usize, thread: &Attributes, now: Time) {
        let own = &mut self.each[from];
        let never = Duration::ZERO;
        own.policy.stopped(thread, never, StopReason::Finished, now);
        own.stored = own.stored.saturating_sub(1);
        own.look_at_timer(now);
    }

    /// `thread` of the queue of `cpu` ran for `ran` and stopped.
    pub(super) fn stop(
        &mut self,
        cpu: usize,
        thread: &Attributes,
        ran: Duration,
        why: StopReason,
        now: Time,
    ) {
        let own = &mut self.each[cpu];
        own.running = 0;
        own.policy.stopped(thread, ran, why, now);
        own.stored += usize::from(why.still_runnable());
        own.look_at_timer(now);
    }

    /// An attribute of `thread`, at home at `cpu`, is another.
    pub(super) fn changed(&mut self, cpu: usize, thread: &Attributes, now: Time) {
        let own = &mut self.each[cpu];
        own.policy.changed(thread, now);
        own.look_at_timer(now);
    }

    /// When the first timer is due.
    pub(super) fn next_timer(&self) -> Option<Time> {
        self.each.iter().filter_map(|own| own.due).min()
    }

    /// Runs the timers that are due.
    pub(super) fn timer(&mut self, now: Time) {
        for own in &mut self.each {
            if own.due.is_some_and(|due| due <= now) {
                own.policy.timer(now);
            }
            own.look_at_timer(now);
        }
    }

    /// The queues as a picture.
    pub(super) fn shown(&self) -> Vec<Queue> {
        let of_cpu = |(cpu, own): (usize, &Own<P>)| {
            let queues = own.policy.queues().into_iter();
            let named = queues.map(move |queue| Queue {
                name: format!("CPU {cpu} {}", queue.name).trim_end().to_owned(),
                ..queue
            });
            named.collect::<Vec<_>>()
        };
        self.each.iter().enumerate().flat_map(of_cpu).collect()
    }
}

impl<P: Policy> Own<P> {
    /// Asks when its timer is due (2).
    fn look_at_timer(&mut self, now: Time) {
        self.due = self.policy.next_timer(now);
    }
}

/// The CPU at `index`.
fn cpu_id(index: usize) -> CpuId {
    CpuId(u32::try_from(index).expect("CPUs are counted in u32"))
}

/// Everything but who makes policies.
impl<P: fmt::Debug> fmt::Debug for Queues<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues")
            .field("each", &self.each)
            .finish_non_exhaustive()
    }
}
