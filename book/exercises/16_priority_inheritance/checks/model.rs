//! A naive model of the rules: who is scheduled by what is found by trying.
//!
//! Every thread begins with its own priority. As long as somebody waits who is
//! higher than the holder, the holder becomes as high. Where nothing changes any
//! more, all the rules hold.

use super::script::{Answer, Call};

/// Who holds and wants what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    /// The threads and their own priorities, in the order of their coming.
    threads: Vec<(u32, i32)>,
    /// Who holds what: a mutex, its holder; in the order of the taking.
    holds: Vec<(u32, u32)>,
    /// Who waits for what: a thread, a mutex; in the order of their coming.
    waits: Vec<(u32, u32)>,
}

impl Model {
    /// The threads, in the order of their numbers.
    pub(crate) fn threads(&self) -> Vec<u32> {
        let mut threads: Vec<u32> = self.threads.iter().map(|(thread, _)| *thread).collect();
        threads.sort_unstable();
        threads
    }

    /// A thread's own priority.
    pub(crate) fn own(&self, thread: u32) -> i32 {
        let mut threads = self.threads.iter();
        let found = threads.find(|(one, _)| *one == thread);
        found.map_or(0, |(_, priority)| *priority)
    }

    /// What a thread holds, in the order of the taking.
    pub(crate) fn held(&self, thread: u32) -> Vec<u32> {
        let held = self.holds.iter().filter(|(_, holder)| *holder == thread);
        held.map(|(mutex, _)| *mutex).collect()
    }

    /// What a thread waits for.
    pub(crate) fn wanted(&self, thread: u32) -> Option<u32> {
        let mut waits = self.waits.iter();
        let found = waits.find(|(waiting, _)| *waiting == thread);
        found.map(|(_, mutex)| *mutex)
    }

    /// Who holds a mutex.
    fn holder(&self, mutex: u32) -> Option<u32> {
        let mut holds = self.holds.iter();
        let found = holds.find(|(held, _)| *held == mutex);
        found.map(|(_, holder)| *holder)
    }

    /// By what all are scheduled, in the order of `threads`: found by trying.
    fn scheduled_by(&self) -> Vec<(u32, i32)> {
        let mut found = self.threads.clone();
        let of = |found: &[(u32, i32)], thread: u32| {
            let place = found.iter().position(|(one, _)| *one == thread);
            place.map_or((0, i32::MIN), |place| (place, found[place].1))
        };
        loop {
            let before = found.clone();
            for (waiting, mutex) in &self.waits {
                if let Some(holder) = self.holder(*mutex) {
                    let (_, lent) = of(&found, *waiting);
                    let (place, priority) = of(&found, holder);
                    if let Some(entry) = found.get_mut(place) {
                        entry.1 = priority.max(lent);
                    }
                }
            }
            if found == before {
                return found;
            }
        }
    }

    /// By what a thread is scheduled.
    pub(crate) fn priority(&self, thread: u32) -> i32 {
        let all = self.scheduled_by();
        let found = all.iter().find(|(one, _)| *one == thread);
        found.map_or(0, |(_, priority)| *priority)
    }

    /// Who lends a thread what it is scheduled by, and waits for which mutex;
    /// None, if it is its own.
    pub(crate) fn lender(&self, thread: u32) -> Option<(u32, u32)> {
        let priority = self.priority(thread);
        if priority == self.own(thread) {
            return None;
        }
        let lends = |(waiting, mutex): &&(u32, u32)| {
            self.holder(*mutex) == Some(thread) && self.priority(*waiting) == priority
        };
        self.waits.iter().find(lends).copied()
    }

    /// Whether callers may make this call now: no circle of waiting is closed,
    /// nobody acts who waits or is not there, only holders let go.
    pub(crate) fn allows(&self, call: Call) -> bool {
        let is_there = |thread| self.threads.iter().any(|(one, _)| *one == thread);
        let goes_on = |thread| is_there(thread) && self.wanted(thread).is_none();
        match call {
            Call::Own(..) => true,
            Call::GiveUp(thread) => self.wanted(thread).is_some(),
            Call::Unlock(thread, mutex) => goes_on(thread) && self.holder(mutex) == Some(thread),
            Call::Lock(thread, mutex) => {
                let mut next = self.holder(mutex);
                while let Some(holder) = next {
                    if holder == thread {
                        return false;
                    }
                    let wanted = self.wanted(holder);
                    next = wanted.and_then(|mutex| self.holder(mutex));
                }
                goes_on(thread)
            }
        }
    }

    /// Makes a call, and says what it returns.
    pub(crate) fn make(&mut self, call: Call) -> Answer {
        match call {
            Call::Own(thread, priority) => {
                let known = self.threads.iter_mut().find(|(one, _)| *one == thread);
                match known {
                    Some(known) => known.1 = priority,
                    None => self.threads.push((thread, priority)),
                }
                Answer::Nothing
            }
            Call::GiveUp(thread) => {
                self.waits.retain(|(waiting, _)| *waiting != thread);
                Answer::Nothing
            }
            Call::Lock(thread, mutex) => {
                let is_free = self.holder(mutex).is_none();
                if is_free {
                    self.holds.push((mutex, thread));
                } else {
                    self.waits.push((thread, mutex));
                }
                Answer::Has(is_free)
            }
            Call::Unlock(_, mutex) => Answer::Holder(self.unlock(mutex)),
        }
    }

    /// A mutex goes to the highest who waits, of equals to the first.
    fn unlock(&mut self, mutex: u32) -> Option<u32> {
        let mut next: Option<(u32, i32)> = None;
        for (waiting, wanted) in &self.waits {
            let priority = self.priority(*waiting);
            if *wanted == mutex && next.is_none_or(|(_, highest)| priority > highest) {
                next = Some((*waiting, priority));
            }
        }
        self.holds.retain(|(held, _)| *held != mutex);
        let (next, _) = next?;
        self.waits.retain(|(waiting, _)| *waiting != next);
        self.holds.push((mutex, next));
        Some(next)
    }
}
