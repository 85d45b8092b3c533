//! Who lends which priority to whom: the accounts of priority inheritance.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check priority_inheritance`.

use std::collections::BTreeMap;

/// One mutex.
#[derive(Debug, Default)]
struct Mutex {
    /// Who holds it.
    holder: Option<u32>,
    // Who waits for it must be kept, too.
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
        self.own.insert(thread, priority);
    }

    /// `thread` wants `mutex`. True: it holds it now. False: it waits.
    pub(crate) fn lock(&mut self, _thread: u32, mutex: u32) -> bool {
        let _: &mut Mutex = self.mutexes.entry(mutex).or_default();
        false
    }

    /// `thread`, which waits for a mutex, waits no longer: its time is up.
    pub(crate) fn give_up(&mut self, _thread: u32) {
        for _mutex in self.mutexes.values_mut() {}
    }

    /// The holder of `mutex` lets go of it. Returns who holds it now.
    pub(crate) fn unlock(&mut self, mutex: u32) -> Option<u32> {
        self.mutexes.get(&mutex)?.holder
    }

    /// By which priority `thread` is scheduled.
    pub(crate) fn priority(&self, thread: u32) -> i32 {
        self.own.get(&thread).copied().unwrap_or_default()
    }
}
