//! The first balance is of another instant than the second.

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
        let mut balance = self.accounts[account].balance.lock();
        let is_enough = *balance >= amount;
        if is_enough {
            *balance -= amount;
        }
        is_enough
    }

    /// Adds `amount`.
    pub(crate) fn pay_in(&self, account: usize, amount: i32) {
        *self.accounts[account].balance.lock() += amount;
        self.accounts[account].paid_in.notify_all();
    }

    /// Waits until there is enough, and takes `amount`.
    pub(crate) fn take_patiently(&self, account: usize, amount: i32) {
        let Account { balance, paid_in } = &self.accounts[account];
        let mut balance = paid_in.wait_while(balance.lock(), |balance| *balance < amount);
        *balance -= amount;
    }

    /// Moves `amount` to another account, if there is enough. Returns whether there was.
    pub(crate) fn transfer(&self, from: usize, to: usize, amount: i32) -> bool {
        if from == to {
            return *self.accounts[from].balance.lock() >= amount;
        }
        let mut first = self.accounts[from.min(to)].balance.lock();
        let mut second = self.accounts[from.max(to)].balance.lock();
        let (giver, taker) = if from < to {
            (&mut first, &mut second)
        } else {
            (&mut second, &mut first)
        };
        if **giver < amount {
            return false;
        }
        **giver -= amount;
        **taker += amount;
        drop((first, second));
        self.accounts[to].paid_in.notify_all();
        true
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
