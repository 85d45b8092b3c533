//! A planted mistake: who lets go of a mutex keeps what was lent to it.

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
    /// By what each is scheduled: kept, and changed when something happens.
    scheduled_by: BTreeMap<u32, i32>,
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
        self.settle();
    }

    /// `thread` wants `mutex`. True: it holds it now. False: it waits.
    pub(crate) fn lock(&mut self, thread: u32, mutex: u32) -> bool {
        let wanted = self.mutexes.entry(mutex).or_default();
        if wanted.holder.is_some() {
            wanted.waiting.push(thread);
            self.lend(thread, mutex);
            return false;
        }
        wanted.holder = Some(thread);
        true
    }

    /// What `thread` lends to the holder of `mutex`, and that one on.
    fn lend(&mut self, thread: u32, mut mutex: u32) {
        let priority = self.priority(thread);
        while let Some(holder) = self.mutexes.get(&mutex).and_then(|mutex| mutex.holder) {
            let holders = self.scheduled_by.entry(holder).or_default();
            *holders = priority.max(*holders);
            let mut all = self.mutexes.iter();
            let Some((next, _)) = all.find(|(_, mutex)| mutex.waiting.contains(&holder)) else {
                return;
            };
            mutex = *next;
        }
    }

    /// By what `thread` is to be scheduled: what it is lent, and its own.
    fn due_to(&self, thread: u32) -> i32 {
        let own = self.own.get(&thread).copied().unwrap_or_default();
        let mutexes = self.mutexes.values();
        let held = mutexes.filter(|mutex| mutex.holder == Some(thread));
        let lenders = held.flat_map(|mutex| &mutex.waiting);
        let lent = lenders.map(|lender| self.priority(*lender));
        lent.fold(own, i32::max)
    }

    /// Everybody's, anew.
    fn settle(&mut self) {
        for _ in 0..self.own.len() {
            for thread in self.own.keys().copied().collect::<Vec<u32>>() {
                let due = self.due_to(thread);
                self.scheduled_by.insert(thread, due);
            }
        }
    }

    /// `thread`, which waits for a mutex, waits no longer: its time is up.
    pub(crate) fn give_up(&mut self, thread: u32) {
        for mutex in self.mutexes.values_mut() {
            mutex.waiting.retain(|waiting| *waiting != thread);
        }
        self.settle();
    }

    /// The holder of `mutex` lets go of it. Returns who holds it now.
    pub(crate) fn unlock(&mut self, mutex: u32) -> Option<u32> {
        let waiting = self.mutexes.get(&mutex)?.waiting.iter().copied();
        let next = waiting.rev().max_by_key(|thread| self.priority(*thread)); // rule 4
        let mutex = self.mutexes.get_mut(&mutex)?;
        mutex.waiting.retain(|waiting| Some(*waiting) != next);
        mutex.holder = next;
        // Mistake: the old holder keeps what it was lent.
        next
    }

    /// By which priority `thread` is scheduled.
    pub(crate) fn priority(&self, thread: u32) -> i32 {
        self.scheduled_by.get(&thread).copied().unwrap_or_default()
    }
}
