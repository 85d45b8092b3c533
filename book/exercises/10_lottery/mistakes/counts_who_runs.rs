//! A planted mistake: tickets of those who run are counted, and nobody has them.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, SplitMix64, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// Draws lots for each quantum.
#[derive(Debug)]
pub(crate) struct Lottery {
    /// How long a winner may run.
    quantum: Duration,
    /// The random numbers.
    numbers: SplitMix64,
    /// The runnable threads and their tickets, in the order of their numbers.
    tickets: BTreeMap<ThreadId, u64>,
    /// All tickets, also of those who run.
    total: u64,
}

impl Lottery {
    /// A lottery without threads, whose draws depend on `seed` alone.
    pub(crate) fn new(quantum: Duration, seed: u64) -> Lottery {
        Lottery {
            quantum,
            numbers: SplitMix64::new(seed),
            tickets: BTreeMap::new(),
            total: 0,
        }
    }
}

impl Policy for Lottery {
    /// Its tickets are in the drum from now on (rule 1).
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.total += u64::from(thread.weight);
        self.tickets.insert(thread.id, u64::from(thread.weight));
    }

    /// Mistake: the ticket is drawn of all that there are.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        if self.tickets.is_empty() {
            return None; // and no number is wasted (rule 4)
        }
        let mut drawn = self.numbers.next()? % self.total;
        let holds = |(_, tickets): &(&ThreadId, &u64)| {
            let is_among = drawn < **tickets;
            drawn = drawn.saturating_sub(**tickets);
            is_among
        };
        let holder = self.tickets.iter().find(holds);
        let (&winner, _) = holder.or(self.tickets.last_key_value())?;
        self.tickets.remove(&winner);
        Some(Pick::for_at_most(winner, self.quantum)) // rule 5
    }

    /// If it can go on, its tickets are in the drum again (rule 1).
    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.tickets.insert(thread.id, u64::from(thread.weight));
        } else {
            self.total -= u64::from(thread.weight);
        }
    }

    /// What the trace says of this policy.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
