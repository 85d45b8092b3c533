//! What a thread had, what it asks for, and by when it must be served.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariant: an account is always of a thread that is stored or runs, and has
//! something left of its request, but between a charge and the next request.
//!
//! Book: chapter 15.

use crate::policy::{Attributes, CpuId};
use std::time::Duration;

/// Virtual service and time are counted in parts of a nanosecond, so many that
/// usual weights divide them.
const PARTS: u128 = 720_720 << 10;

/// What is kept of a thread while it is stored or runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    /// Its weight. Not zero.
    pub(super) weight: u32,
    /// Rule 1.
    pub(super) service: u128,
    /// Rule 4.
    pub(super) deadline: u128,
    /// What is left of what it asked for.
    pub(super) left: Duration,
    /// Whether it waits for a CPU.
    pub(super) stored: bool,
    /// The only CPU that it may run on.
    pub(super) only: Option<CpuId>,
}

impl Account {
    /// `thread`, whose virtual service is `service`, asks for its burst, or for a
    /// `quantum` (rule 4).
    pub(super) fn asking(thread: &Attributes, service: u128, quantum: Duration) -> Account {
        let asked = thread.burst.filter(|burst| !burst.is_zero());
        let (left, weight) = (asked.unwrap_or(quantum), thread.weight.max(1));
        Account {
            weight,
            service,
            deadline: service + over(left, weight),
            left,
            stored: true,
            only: thread.affinity,
        }
    }

    /// It ran for `ran` (rule 1).
    pub(super) fn charge(&mut self, ran: Duration) {
        self.service += over(ran, self.weight);
        self.left = self.left.saturating_sub(ran);
    }

    /// Its weight is another from now on (rule 4).
    pub(super) fn reweigh(&mut self, weight: u32) {
        self.weight = weight.max(1);
        self.deadline = self.service + over(self.left, self.weight);
    }
}

/// `duration` over `weight`.
fn over(duration: Duration, weight: u32) -> u128 {
    duration.as_nanos() * PARTS / u128::from(weight)
}

/// Whole nanoseconds.
pub(super) fn rounded(virtual_time: u128) -> Duration {
    Duration::from_nanos(u64::try_from(virtual_time / PARTS).unwrap_or(u64::MAX))
}
