//! A bank: several threads use its accounts, and every access is locked. Repair it.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check repair`.

use scheduler::sync::{Condvar, Mutex};

/// Accounts, known by their places.
pub(crate) struct Bank {
    /// All of them.
    accounts: Vec<Account>,
}

/// One account.
struct Account {
    /// How much there is.
    balance: Mutex<i32>,
    /// Notified when there is more.
    paid_in: Condvar,
}

impl Bank {
    /// A bank with an account for each of these balances.
    pub(crate) fn new(balances: &[i32]) -> Bank {
        let account = |balance: &i32| Account {
            balance: Mutex::new(*balance),
            paid_in: Condvar::new(),
        };
        Bank {
            accounts: balances.iter().map(account).collect(),
        }
    }

    /// Takes `amount`, if there is enough. Returns whether there was.
    pub(crate) fn take(&self, account: usize, amount: i32) -> bool {
        let balance = &self.accounts[account].balance;
        let is_enough = *balance.lock() >= amount;
        if is_enough {
            *balance.lock() -= amount;
        }
        is_enough
    }

    /// Adds `amount`.
    pub(crate) fn pay_in(&self, account: usize, amount: i32) {
        let Account { balance, paid_in } = &self.accounts[account];
        let before = *balance.lock();
        *balance.lock() = before + amount;
        paid_in.notify_one();
    }

    /// Waits until there is enough, and takes `amount`.
    pub(crate) fn take_patiently(&self, account: usize, amount: i32) {
        let Account { balance, paid_in } = &self.accounts[account];
        let mut balance = balance.lock();
        if *balance < amount {
            balance = paid_in.wait(balance);
        }
        *balance -= amount;
    }

    /// Moves `amount` to another account, if there is enough. Returns whether there was.
    pub(crate) fn transfer(&self, from: usize, to: usize, amount: i32) -> bool {
        let is_enough = self.take(from, amount);
        if is_enough {
            self.pay_in(to, amount);
        }
        is_enough
    }

    /// How much there is on two accounts, of which the first has the smaller number.
    pub(crate) fn total(&self, one: usize, other: usize) -> i32 {
        let one = *self.accounts[one].balance.lock();
        let other = *self.accounts[other].balance.lock();
        one + other
    }

    /// Shows the balance to `look`; it stays as it is meanwhile.
    pub(crate) fn read(&self, account: usize, look: impl FnOnce(i32)) {
        let balance = self.accounts[account].balance.lock();
        look(*balance);
    }
}
