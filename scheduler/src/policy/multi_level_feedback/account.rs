//! What a feedback queue gives threads at each level, and what is left to each.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariants: (1) an account always has something left: what is used up is
//! replaced at once, here or one level down; (2) who is not in `left` has all
//! of the top level; so nothing is kept of the finished.
//!
//! Book: chapter 15.

use crate::policy::{StopReason, ThreadId};
use std::collections::HashMap;
use std::time::Duration;

/// What a thread gets at one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// How long it may run at a time. Not zero.
    pub quantum: Duration,
    /// After how many quanta it sinks. Not zero.
    pub allotment: u32,
}

/// What is left to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    /// Its level, from 0, the highest.
    pub(super) level: usize,
    /// What is left of its quantum.
    pub(super) quantum: Duration,
    /// How many quanta are left of its allotment, the present one included.
    pub(super) allotment: u32,
}

/// The accounts of all threads.
#[derive(Debug)]
pub(super) struct Accounts {
    /// What each level gives, the highest first.
    levels: Vec<Level>,
    /// What is left to each thread that has used something (2).
    left: HashMap<ThreadId, Account>,
    /// Whether rule 8 holds.
    pub(super) blocking_renews: bool,
}

impl Accounts {
    /// Nobody has an account yet.
    ///
    /// # Panics
    ///
    /// If there is no level, or one gives nothing.
    pub(super) fn new(levels: Vec<Level>) -> Accounts {
        let gives_something = |level: &Level| !level.quantum.is_zero() && level.allotment > 0;
        assert!(
            !levels.is_empty() && levels.iter().all(gives_something),
            "a feedback queue needs a level, and every level a quantum and an allotment"
        );
        Accounts {
            levels,
            left: HashMap::new(),
            blocking_renews: false,
        }
    }

    /// A whole quantum and allotment of `level`, or of the lowest level.
    fn whole(&self, level: usize) -> Account {
        let level = level.min(self.levels.len() - 1);
        let Level { quantum, allotment } = self.levels[level];
        Account {
            level,
            quantum,
            allotment,
        }
    }

    /// What is left to `thread`, which is all of the top level if it has never
    /// been here (rule 3).
    pub(super) fn get(&self, thread: ThreadId) -> Account {
        let account = self.left.get(&thread).copied();
        account.unwrap_or_else(|| self.whole(0))
    }

    /// `thread` ran for `ran` and stopped: what is left to it, and whether that
    /// was the end of a quantum.
    pub(super) fn charge(
        &mut self,
        thread: ThreadId,
        ran: Duration,
        why: StopReason,
    ) -> (Account, bool) {
        let mut account = self.get(thread);
        let quantum_ends = account.quantum <= ran;
        account.quantum = account.quantum.saturating_sub(ran); // rule 6
        if self.blocking_renews && why == StopReason::Blocked {
            account = self.whole(account.level); // rule 8
        }
        if quantum_ends {
            account.quantum = self.whole(account.level).quantum; // invariant 1
            account.allotment -= 1;
            if account.allotment == 0 {
                account = self.whole(account.level + 1); // rule 4
            }
        }
        if why == StopReason::Finished {
            self.left.remove(&thread); // invariant 2
        } else {
            self.left.insert(thread, account);
        }
        (account, quantum_ends)
    }

    /// Everybody has all of the top level again (rule 5).
    pub(super) fn boost(&mut self) {
        self.left.clear(); // which rule 3 turns into whole accounts
    }

    /// How many threads have an account.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.left.len()
    }
}
