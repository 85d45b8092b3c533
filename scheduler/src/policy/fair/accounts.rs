//! How far each thread's virtual clock has come, and who shares the CPU.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariants: (1) `weights` is the sum of the weights in the accounts; (2) who is
//! blocked has an account of weight 0, who is finished has none.
//!
//! Book: chapter 15.

use crate::policy::nice::WEIGHT_OF_NICE_0;
use crate::policy::{Attributes, ThreadId};
use std::collections::HashMap;
use std::time::Duration;

/// What is kept of a thread that is not finished.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    /// Its virtual runtime when it last stopped or became runnable.
    virtual_runtime: Duration,
    /// Its CPU time then.
    cpu_time: Duration,
    /// Its weight while it is stored or runs; 0 while it is blocked.
    weight: u32,
}

/// The accounts of all threads.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// The threads that are not finished.
    accounts: HashMap<ThreadId, Account>,
    /// The weights of those that are stored or run, together (1).
    weights: u64,
}

impl Accounts {
    /// What is kept of `thread`.
    fn get(&self, thread: ThreadId) -> Account {
        self.accounts.get(&thread).copied().unwrap_or_default()
    }

    /// The weight of `thread` while it is stored or runs; else 0.
    pub(super) fn weight(&self, thread: ThreadId) -> u32 {
        self.get(thread).weight
    }

    /// The virtual runtime of `thread` at this moment (rule 1).
    pub(super) fn virtual_runtime(&self, thread: &Attributes) -> Duration {
        let account = self.get(thread.id);
        let ran = thread.cpu_time.saturating_sub(account.cpu_time);
        let weight = match account.weight {
            0 => thread.weight.max(1),
            weight => weight,
        };
        account.virtual_runtime + scaled(ran, WEIGHT_OF_NICE_0.into(), weight.into())
    }

    /// What of `latency` is due to `thread`, which is stored or runs (rule 3).
    pub(super) fn share_of(&self, thread: ThreadId, latency: Duration) -> Duration {
        scaled(latency, self.weight(thread).into(), self.weights.max(1))
    }

    /// Opens or renews the account of `thread`, which from now on shares the CPU
    /// with `weight`, or is blocked: then that is 0.
    pub(super) fn settle(&mut self, thread: &Attributes, virtual_runtime: Duration, weight: u32) {
        let account = Account {
            virtual_runtime,
            cpu_time: thread.cpu_time,
            weight,
        };
        let old = self.accounts.insert(thread.id, account).unwrap_or_default();
        self.weights = self.weights + u64::from(weight) - u64::from(old.weight);
    }

    /// Ends the account of `thread`.
    pub(super) fn close(&mut self, thread: ThreadId) {
        let old = self.accounts.remove(&thread).unwrap_or_default();
        self.weights -= u64::from(old.weight);
    }
}

/// `duration` times `numerator` over `denominator`.
fn scaled(duration: Duration, numerator: u64, denominator: u64) -> Duration {
    let nanos = duration.as_nanos() * u128::from(numerator) / u128::from(denominator);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
