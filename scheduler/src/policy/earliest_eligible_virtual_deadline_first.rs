//! Earliest eligible virtual deadline first: fair shares, and who is in a hurry
//! asks for little at a time.
//!
//! Everybody's virtual clock goes on alike, but among those who have had no more
//! than their due a deadline decides. What Linux does since 2023 (6.6).
//!
//! Source: Stoica and Abdel-Wahab, *Earliest Eligible Virtual Deadline First*,
//! Old Dominion University, TR-95-22 (1995), sections 2 to 4. As rules:
//!
//! 1. A thread's virtual service grows by what it ran over its weight.
//! 2. Virtual time is the weighted mean of the services of all that could run.
//! 3. Who is not ahead of virtual time is *eligible*.
//! 4. A thread asks for its burst, or else for one quantum, again and again. The
//!    deadline is its virtual service when it asks, plus what it asks for over its
//!    weight.
//! 5. Of the eligible, the one with the earliest deadline runs, for at most a
//!    quantum; of equals the one with the lower number.
//! 6. A thread that becomes runnable starts at virtual time (strategy 2).
//!
//! Left out: preemption; a tree that finds the next without a look at all.
//!
//! Book: chapter 15. Mirror: none.

mod account;
#[cfg(test)]
mod tests;

use super::queue::ms;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use crate::time::Time;
use account::{Account, rounded};
use std::collections::BTreeMap;
use std::time::Duration;

/// Runs, of those who have had no more than their due, who must be served first.
#[derive(Debug)]
pub struct EarliestEligibleVirtualDeadlineFirst {
    /// How long a thread may run at a time. Never zero.
    quantum: Duration,
    /// The threads that are stored or run.
    accounts: BTreeMap<ThreadId, Account>,
}

impl EarliestEligibleVirtualDeadlineFirst {
    /// Nobody is runnable yet.
    ///
    /// # Panics
    ///
    /// If `quantum` is zero.
    pub fn new(quantum: Duration) -> EarliestEligibleVirtualDeadlineFirst {
        assert!(!quantum.is_zero(), "a quantum must be longer than zero");
        EarliestEligibleVirtualDeadlineFirst {
            quantum,
            accounts: BTreeMap::new(),
        }
    }

    /// Virtual time: what a thread of weight 1 would have had.
    pub fn virtual_time(&self) -> Duration {
        let (services, weights) = self.sums();
        rounded(services / weights.max(1))
    }

    /// The virtual deadline of a thread that is stored or runs.
    pub fn deadline(&self, thread: ThreadId) -> Option<Duration> {
        Some(rounded(self.accounts.get(&thread)?.deadline))
    }

    /// The sums of weighted services and of weights; rule 2 divides them.
    fn sums(&self) -> (u128, u128) {
        let add = |(services, weights), account: &Account| {
            let weight = u128::from(account.weight);
            (services + weight * account.service, weights + weight)
        };
        self.accounts.values().fold((0, 0), add)
    }
}

impl Policy for EarliestEligibleVirtualDeadlineFirst {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let (services, weights) = self.sums();
        let now_at = services / weights.max(1); // rule 2
        let account = Account::asking(thread, now_at, self.quantum); // rules 4 and 6
        self.accounts.insert(thread.id, account);
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (services, weights) = self.sums();
        let waiting = self
            .accounts
            .iter_mut()
            .filter(|(_, account)| account.stored && account.only.is_none_or(|only| only == cpu));
        let (id, next) = waiting.min_by_key(|(_, account)| {
            let ahead = account.service * weights > services; // rule 3
            (ahead, account.deadline) // rule 5
        })?;
        next.stored = false;
        let pick = Pick::for_at_most(*id, self.quantum.min(next.left)); // rule 5
        Some(pick.because("its virtual deadline is earliest"))
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let account = self.accounts.get_mut(&thread.id).expect("it was stored");
        account.charge(ran); // rule 1
        account.stored = true;
        if !why.still_runnable() {
            self.accounts.remove(&thread.id); // rule 6
        } else if account.left.is_zero() {
            *account = Account::asking(thread, account.service, self.quantum); // rule 4
        }
    }

    /// A new weight counts for what is left of the request (rule 4).
    fn changed(&mut self, thread: &Attributes, _now: Time) {
        if let Some(account) = self.accounts.get_mut(&thread.id) {
            account.reweigh(thread.weight);
        }
    }

    fn queues(&self) -> Vec<Queue> {
        let (services, weights) = self.sums();
        let shown = |account: &Account| {
            let early = account.service * weights > services; // rule 3
            let word = if early { "not eligible" } else { "eligible" };
            format!("{word}, deadline {}", ms(rounded(account.deadline)))
        };
        let waiting = self.accounts.iter().filter(|(_, account)| account.stored);
        vec![Queue::only(
            waiting.map(|(id, account)| (*id, shown(account))),
        )]
    }
}
