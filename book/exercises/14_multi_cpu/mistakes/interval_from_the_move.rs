//! A planted mistake: the next interval begins with the move, not with its multiple.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// One CPU's queue.
#[derive(Debug, Default)]
struct RunQueue {
    /// Who waits here, the longest waiting at the head; and whether it may run on
    /// this CPU only.
    waiting: VecDeque<(ThreadId, bool)>,
    /// Whether a thread runs on this CPU.
    runs: bool,
}

impl RunQueue {
    /// How long it is: who waits and who runs.
    fn length(&self) -> usize {
        self.waiting.len() + usize::from(self.runs)
    }
}

/// Takes turns on each CPU, and balances between them.
#[derive(Debug)]
pub(crate) struct MultiCpu {
    /// How long a thread may run at a time.
    quantum: Duration,
    /// How often a thread may be moved to a shorter queue.
    interval: Duration,
    /// From when on the next may.
    balance_from: Time,
    /// The queues, by CPU.
    queues: Vec<RunQueue>,
    /// In whose queue each thread is, or was last.
    homes: HashMap<ThreadId, usize>,
}

impl MultiCpu {
    /// An empty queue for each of so many CPUs.
    pub(crate) fn new(cpus: u32, quantum: Duration, interval: Duration) -> MultiCpu {
        MultiCpu {
            quantum,
            interval,
            balance_from: Time::ZERO + interval,
            queues: (0..cpus).map(|_| RunQueue::default()).collect(),
            homes: HashMap::new(),
        }
    }

    /// The CPU whose queue is shortest; of equals the lowest.
    fn shortest(&self) -> usize {
        let cpus = 0..self.queues.len();
        cpus.min_by_key(|cpu| self.queues[*cpu].length())
            .unwrap_or(0)
    }

    /// Where `thread` belongs.
    fn home(&self, thread: &Attributes) -> usize {
        if let Some(CpuId(only)) = thread.affinity {
            return only as usize; // rule 5
        }
        let home = self.homes.get(&thread.id).copied(); // rule 2
        home.unwrap_or_else(|| self.shortest()) // rule 1
    }

    /// `thread` waits at the tail of the queue of `cpu`, and is at home there.
    fn store(&mut self, thread: ThreadId, pinned: bool, cpu: usize) {
        self.homes.insert(thread, cpu);
        self.queues[cpu].waiting.push_back((thread, pinned));
    }

    /// Rule 3: somebody for `thief`, whose queue is empty.
    fn steal(&mut self, thief: usize) {
        let mut cpus: Vec<usize> = (0..self.queues.len()).collect();
        cpus.sort_by_key(|cpu| Reverse((self.queues[*cpu].length(), *cpu)));
        for cpu in cpus {
            let waiting = &mut self.queues[cpu].waiting;
            let first = waiting.iter().position(|(_, pinned)| !pinned); // rule 5
            if let Some((thread, pinned)) = first.and_then(|first| waiting.remove(first)) {
                self.store(thread, pinned, thief);
                return;
            }
        }
    }

    /// Rule 4: where a thread that can go on, and has just run on `home`, goes.
    fn balance(&mut self, home: usize, now: Time) -> usize {
        let shortest = self.shortest();
        let shorter = self.queues[shortest].length() < self.queues[home].length();
        if now < self.balance_from || !shorter {
            return home;
        }
        self.balance_from = now + self.interval; // mistake
        shortest
    }
}

impl Policy for MultiCpu {
    /// `thread` can run from now on: it goes to the tail of the queue where it
    /// belongs.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let home = self.home(thread);
        self.store(thread.id, thread.affinity.is_some(), home);
    }

    /// `cpu` is free: the head of its queue runs; if it is empty, one from
    /// another's.
    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let here = cpu.0 as usize;
        if self.queues[here].waiting.is_empty() {
            self.steal(here);
        }
        let (thread, _) = self.queues[here].waiting.pop_front()?;
        self.queues[here].runs = true;
        Some(Pick::for_at_most(thread, self.quantum))
    }

    /// `thread` left its CPU. If it can still run, it goes to the tail of that
    /// CPU's queue, or of a shorter one.
    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, now: Time) {
        let ran_on = self.home(thread);
        let pinned = thread.affinity.is_some();
        let mut home = ran_on; // rule 2
        if why.still_runnable() && !pinned {
            home = self.balance(ran_on, now); // rules 4 and 5
        }
        self.queues[ran_on].runs = false;
        if why.still_runnable() {
            self.store(thread.id, pinned, home);
        }
    }

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
