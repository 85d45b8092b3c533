//! Lottery: who holds more tickets wins more often.
//!
//! Shares of the CPU without any account of who had how much: chance does it, in
//! the long run. A thread with any ticket at all wins some day, so nobody starves.
//!
//! Source: Waldspurger and Weihl, *Lottery Scheduling*, OSDI 1994, section 2;
//! OSTEP, chapter 9, sections 9.1 to 9.4. As rules:
//!
//! 1. A thread holds as many tickets as its weight says.
//! 2. For each free CPU one ticket is drawn among those of the runnable threads:
//!    a random number, modulo their sum. Its holder runs: the first, in the order
//!    of their numbers, up to whom there are more tickets than were drawn.
//! 3. The winner runs for one quantum at most.
//!
//! The random numbers come from outside, so that a draw can be repeated.
//!
//! Left out: currencies and transfers of tickets, and the compensation of those
//! who block before their quantum is over (sections 3 and 4.5 of the paper).
//!
//! Book: chapter 15. Mirror: none.

#[cfg(test)]
mod tests;
mod tickets;

pub use tickets::Draw;

use super::random::SplitMix64;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::fmt;
use std::time::Duration;
use tickets::Tickets;

/// Draws lots for each quantum.
pub struct Lottery {
    /// How long a winner may run. Never zero.
    quantum: Duration,
    /// Where the draws come from.
    numbers: Box<dyn Iterator<Item = u64> + Send>,
    /// The tickets of the runnable threads (rule 1).
    tickets: Tickets,
    /// The last draw.
    last: Option<Draw>,
}

impl Lottery {
    /// A lottery whose draws depend on `seed` alone.
    ///
    /// # Panics
    ///
    /// If `quantum` is zero.
    pub fn new(quantum: Duration, seed: u64) -> Lottery {
        Lottery::with_numbers(quantum, SplitMix64::new(seed))
    }

    /// A lottery with these random numbers. Should they end, zeros follow.
    ///
    /// # Panics
    ///
    /// If `quantum` is zero.
    pub fn with_numbers<I>(quantum: Duration, numbers: I) -> Lottery
    where
        I: Iterator<Item = u64> + Send + 'static,
    {
        assert!(!quantum.is_zero(), "a quantum must be longer than zero");
        Lottery {
            quantum,
            numbers: Box::new(numbers),
            tickets: Tickets::default(),
            last: None,
        }
    }

    /// The last draw; None before the first.
    pub fn last_draw(&self) -> Option<Draw> {
        self.last
    }
}

impl Policy for Lottery {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.tickets.hand_out(thread); // rule 1
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let tickets = self.tickets.count(cpu)?; // nobody plays: no number is wasted
        let number = self.numbers.next().unwrap_or(0);
        let ticket = number.checked_rem(tickets).unwrap_or(0);
        self.last = Some(Draw { ticket, tickets });
        let winner = self.tickets.take_from_holder(ticket, cpu)?; // rule 2
        Some(Pick::for_at_most(winner, self.quantum).because("its ticket was drawn")) // rule 3
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.tickets.hand_out(thread); // rule 1
        }
    }

    fn changed(&mut self, thread: &Attributes, _now: Time) {
        self.tickets.exchange(thread);
    }

    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }

    fn queues(&self) -> Vec<Queue> {
        vec![self.tickets.shown()]
    }
}

/// Everything but where the numbers come from.
impl fmt::Debug for Lottery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lottery")
            .field("quantum", &self.quantum)
            .field("tickets", &self.tickets)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}
