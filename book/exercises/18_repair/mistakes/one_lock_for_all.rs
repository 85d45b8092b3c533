//! Whoever looks at one account keeps everybody from all others.

use scheduler::sync::{Condvar, Mutex};

/// Accounts, known by their places.
pub(crate) struct Bank {
    /// The balances.
    balances: Mutex<Vec<i32>>,
    /// Notified when there is more somewhere.
    paid_in: Condvar,
}

impl Bank {
    /// A bank with an account for each of these balances.
    pub(crate) fn new(balances: &[i32]) -> Bank {
        Bank {
            balances: Mutex::new(balances.to_vec()),
            paid_in: Condvar::new(),
        }
    }

    /// Takes `amount`, if there is enough. Returns whether there was.
    pub(crate) fn take(&self, account: usize, amount: i32) -> bool {
        let mut balances = self.balances.lock();
        let is_enough = balances[account] >= amount;
        if is_enough {
            balances[account] -= amount;
        }
        is_enough
    }

    /// Adds `amount`.
    pub(crate) fn pay_in(&self, account: usize, amount: i32) {
        self.balances.lock()[account] += amount;
        self.paid_in.notify_all();
    }

    /// Waits until there is enough, and takes `amount`.
    pub(crate) fn take_patiently(&self, account: usize, amount: i32) {
        let balances = self.balances.lock();
        let is_too_little = |balances: &mut Vec<i32>| balances[account] < amount;
        let mut balances = self.paid_in.wait_while(balances, is_too_little);
        balances[account] -= amount;
    }

    /// Moves `amount` to another account, if there is enough. Returns whether there was.
    pub(crate) fn transfer(&self, from: usize, to: usize, amount: i32) -> bool {
        let mut balances = self.balances.lock();
        if balances[from] < amount {
            return false;
        }
        balances[from] -= amount;
        balances[to] += amount;
        drop(balances);
        self.paid_in.notify_all();
        true
    }

    /// How much there is on two accounts, of which the first has the smaller number.
    pub(crate) fn total(&self, one: usize, other: usize) -> i32 {
        let balances = self.balances.lock();
        balances[one] + balances[other]
    }

    /// Shows the balance to `look`; it stays as it is meanwhile.
    pub(crate) fn read(&self, account: usize, look: impl FnOnce(i32)) {
        let balances = self.balances.lock();
        look(balances[account]);
    }
}
