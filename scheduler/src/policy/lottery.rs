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

use super::random::SplitMix64;
use super::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use crate::time::Time;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// A draw: which ticket won, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The winning ticket, from 0.
    pub ticket: u64,
    /// How many there were.
    pub tickets: u64,
}

/// Draws lots for each quantum.
pub struct Lottery {
    /// How long a winner may run. Never zero.
    quantum: Duration,
    /// Where the draws come from.
    numbers: Box<dyn Iterator<Item = u64> + Send>,
    /// The runnable threads and their tickets (rule 1).
    tickets: BTreeMap<ThreadId, u32>,
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
            tickets: BTreeMap::new(),
            last: None,
        }
    }

    /// The last draw; None before the first.
    pub fn last_draw(&self) -> Option<Draw> {
        self.last
    }

    /// Who holds `ticket`; the last thread, if nobody has tickets (rule 2).
    fn holder(&self, ticket: u64) -> Option<ThreadId> {
        let mut up_to = 0;
        let holds = |(_, tickets): &(&ThreadId, &u32)| {
            up_to += u64::from(**tickets);
            up_to > ticket
        };
        let holder = self.tickets.iter().find(holds);
        holder.or(self.tickets.last_key_value()).map(|(id, _)| *id)
    }
}

impl Policy for Lottery {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.tickets.insert(thread.id, thread.weight); // rule 1
    }

    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        if self.tickets.is_empty() {
            return None; // and no number is wasted
        }
        let tickets: u64 = self.tickets.values().copied().map(u64::from).sum();
        let number = self.numbers.next().unwrap_or(0);
        let ticket = number.checked_rem(tickets).unwrap_or(0); // rule 2
        self.last = Some(Draw { ticket, tickets });
        let winner = self.holder(ticket)?;
        self.tickets.remove(&winner);
        Some(Pick::for_at_most(winner, self.quantum).because("its ticket was drawn")) // rule 3
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.tickets.insert(thread.id, thread.weight); // rule 1
        }
    }

    fn changed(&mut self, thread: &Attributes, _now: Time) {
        if let Some(tickets) = self.tickets.get_mut(&thread.id) {
            *tickets = thread.weight;
        }
    }

    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
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

#[cfg(test)]
mod tests {
    use super::super::testing::{at, picks, weighty};
    use super::*;

    const QUANTUM: Duration = Duration::from_millis(3);

    fn lottery<const N: usize>(numbers: [u64; N]) -> Lottery {
        let mut policy = Lottery::with_numbers(QUANTUM, numbers.into_iter());
        // Out of order: tickets 0 to 2 are thread 1's, 3 and 4 thread 2's, 5 thread 3's.
        for (number, tickets) in [(3, 1), (1, 3), (2, 2)] {
            policy.ready(&weighty(number, tickets), Ready::New, at(0));
        }
        policy
    }

    #[test]
    fn the_holder_of_the_drawn_ticket_runs_for_one_quantum() {
        for (number, winner) in [(0, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 1), (11, 3)] {
            let mut policy = lottery([number]);
            let pick = policy.pick(CpuId(0), at(0)).unwrap();
            assert_eq!(pick.thread, ThreadId(winner), "number {number}");
            assert_eq!(pick.quantum, Some(QUANTUM));
        }
    }

    #[test]
    fn tickets_of_those_who_run_or_block_take_no_part() {
        let mut policy = lottery([5, 3, 4]);
        assert_eq!(picks(&mut policy), [3, 2, 1]); // of 6, 5 and 3 tickets
        let last = Draw {
            ticket: 1,
            tickets: 3,
        };
        assert_eq!(policy.last_draw(), Some(last));
        policy.stopped(&weighty(1, 3), QUANTUM, StopReason::QuantumExpired, at(3));
        policy.stopped(&weighty(2, 2), QUANTUM, StopReason::Blocked, at(3));
        assert_eq!(picks(&mut policy), [1]);
    }

    #[test]
    fn threads_without_tickets_run_when_nobody_has_any() {
        let mut policy = Lottery::new(QUANTUM, 1);
        policy.ready(&weighty(1, 0), Ready::New, at(0));
        policy.ready(&weighty(2, 1), Ready::New, at(0));
        assert_eq!(picks(&mut policy), [2, 1]);
    }

    #[test]
    fn one_seed_gives_one_order() {
        let order = |seed| {
            let mut policy = Lottery::new(QUANTUM, seed);
            for number in 1..=8 {
                policy.ready(&weighty(number, 1), Ready::New, at(0));
            }
            picks(&mut policy)
        };
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
    }

    #[test]
    fn given_tickets_count_at_the_next_draw() {
        let mut policy = lottery([3]);
        policy.changed(&weighty(1, 4), at(0));
        policy.changed(&weighty(9, 4), at(0)); // it is not stored
        assert_eq!(policy.pick(CpuId(0), at(0)).unwrap().thread, ThreadId(1));
    }
}
