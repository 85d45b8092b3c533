//! A planted mistake: a mutex goes to the first who waits, however unimportant.

use std::collections::BTreeMap;

/// One mutex.
#[derive(Debug, Default)]
struct Mutex {
    /// Who holds it.
    holder: Option<u32>,
    /// Who waits for it, the first that came at the head.
    waiting: Vec<u32>,
}

/// Who holds what, who waits for what, and who is scheduled by whose priority.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// Each thread's own priority.
    own: BTreeMap<u32, i32>,
    /// The mutexes that somebody has ever wanted.
    mutexes: BTreeMap<u32, Mutex>,
}

impl Accounts {
    /// No threads, and every mutex is free.
    pub(crate) fn new() -> Accounts {
        Accounts::default()
    }

    /// `thread`'s own priority is this from now on: it is new, or it was set.
    pub(crate) fn set_priority(&mut self, thread: u32, priority: i32) {
        self.own.insert(thread, priority); // rule 5
    }

    /// `thread` wants `mutex`. True: it holds it now. False: it waits.
    pub(crate) fn lock(&mut self, thread: u32, mutex: u32) -> bool {
        let mutex = self.mutexes.entry(mutex).or_default();
        if mutex.holder.is_some() {
            mutex.waiting.push(thread);
            return false;
        }
        mutex.holder = Some(thread);
        true
    }

    /// `thread`, which waits for a mutex, waits no longer: its time is up.
    pub(crate) fn give_up(&mut self, thread: u32) {
        for mutex in self.mutexes.values_mut() {
            mutex.waiting.retain(|waiting| *waiting != thread); // rule 6
        }
    }

    /// The holder of `mutex` lets go of it. Returns who holds it now.
    pub(crate) fn unlock(&mut self, mutex: u32) -> Option<u32> {
        let waiting = self.mutexes.get(&mutex)?.waiting.iter().copied();
        let next = waiting.min_by_key(|_| 0); // mistake: the first of all
        let mutex = self.mutexes.get_mut(&mutex)?;
        mutex.waiting.retain(|waiting| Some(*waiting) != next);
        mutex.holder = next;
        next
    }

    /// By which priority `thread` is scheduled.
    pub(crate) fn priority(&self, thread: u32) -> i32 {
        let own = self.own.get(&thread).copied().unwrap_or_default();
        let mutexes = self.mutexes.values();
        let held = mutexes.filter(|mutex| mutex.holder == Some(thread)); // rules 1 and 3
        let lenders = held.flat_map(|mutex| &mutex.waiting);
        let lent = lenders.map(|lender| self.priority(*lender)); // rule 2
        lent.fold(own, i32::max)
    }
}
