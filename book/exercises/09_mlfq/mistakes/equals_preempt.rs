//! A planted mistake: a thread of the same level takes the CPU.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::time::Duration;

/// How many levels there are.
const LEVELS: usize = 3;

/// After how many quanta a thread sinks.
const ALLOTMENT: u32 = 2;

/// What is left to a thread.
#[derive(Clone, Copy, Debug)]
struct Account {
    /// Its level, from 0, the highest.
    level: usize,
    /// What is left of its quantum; never zero.
    quantum: Duration,
    /// How many quanta are left of its allotment, the present one included.
    quanta: u32,
}

/// Runs the highest level's threads in turn, and lowers who computes for long.
#[derive(Debug)]
pub(crate) struct Mlfq {
    /// The quantum of the highest level.
    quantum: Duration,
    /// How often everybody rises to the highest level.
    boost_every: Duration,
    /// The runnable threads, level by level, the highest first.
    queues: [VecDeque<ThreadId>; LEVELS],
    /// What is left to each thread that has run since the last boost; the others
    /// have all of the highest level.
    accounts: HashMap<ThreadId, Account>,
}

impl Mlfq {
    /// A policy that stores no thread yet.
    pub(crate) fn new(quantum: Duration, boost_every: Duration) -> Mlfq {
        Mlfq {
            quantum,
            boost_every,
            queues: Default::default(),
            accounts: HashMap::new(),
        }
    }

    /// All that a thread gets at `level`: twice the quantum at each (rule 2).
    fn whole(&self, level: usize) -> Account {
        Account {
            level,
            quantum: self.quantum * (1 << level),
            quanta: ALLOTMENT,
        }
    }

    /// What is left to `thread`; all of the highest level, if it is new (rule 3).
    fn account(&self, thread: ThreadId) -> Account {
        let account = self.accounts.get(&thread).copied();
        account.unwrap_or_else(|| self.whole(0))
    }
}

impl Policy for Mlfq {
    /// To the tail of its level (rule 2).
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let level = self.account(thread.id).level;
        self.queues[level].push_back(thread.id);
    }

    /// The head of the highest level (rule 1), for what is left of its quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let thread = self.queues.iter_mut().find_map(VecDeque::pop_front)?;
        Some(Pick::for_at_most(thread, self.account(thread).quantum))
    }

    /// Charges it, lets it sink if it must, and stores it if it can go on.
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let mut account = self.account(thread.id);
        let used_up = account.quantum <= ran;
        account.quantum = account.quantum.saturating_sub(ran); // rule 6
        if used_up {
            account.quantum = self.whole(account.level).quantum;
            account.quanta -= 1;
            if account.quanta == 0 {
                account = self.whole((account.level + 1).min(LEVELS - 1)); // rule 4
            }
        }
        self.accounts.insert(thread.id, account);
        let queue = &mut self.queues[account.level];
        match why {
            StopReason::Preempted if !used_up => queue.push_front(thread.id), // rule 6
            StopReason::Preempted | StopReason::QuantumExpired | StopReason::Yielded => {
                queue.push_back(thread.id); // rule 2
            }
            StopReason::Blocked => {}
            StopReason::Finished => {
                self.accounts.remove(&thread.id);
            }
        }
    }

    /// Mistake: one of the same level does too.
    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        self.account(new.id).level <= self.account(current.id).level
    }

    /// The next boost (rule 5).
    fn next_timer(&self, now: Time) -> Option<Time> {
        now.next_multiple_of(self.boost_every)
    }

    /// Behind those of the highest level come the others, the lowest level first.
    /// Without accounts, all have all of the highest level again (rule 5).
    fn timer(&mut self, _now: Time) {
        for level in (1..LEVELS).rev() {
            let risen = mem::take(&mut self.queues[level]);
            self.queues[0].extend(risen);
        }
        self.accounts.clear();
    }

    /// What the trace says of this policy.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
