//! The arms of the fold for locks: mutexes, and locks for reading and writing.

use super::{Holder, How, Lock, Unit, UnitId, apply::Step};
use crate::trace::{EventKind, Key, Reference, Target, Thing};

impl Step<'_> {
    /// `locked`, `contended`, `unlocked`.
    pub(super) fn lock_used(&mut self, kind: EventKind) {
        let key = match self.event.get(Key::Rwlock) {
            Some(_) => Key::Rwlock,
            None => Key::Mutex,
        };
        let Some(number) = self.object(key) else {
            return;
        };
        let thing = if key == Key::Mutex {
            Thing::Mutex
        } else {
            Thing::Rwlock
        };
        let on = Reference { thing, number };
        match kind {
            EventKind::Locked => self.locked(on),
            EventKind::Unlocked => self.unlocked(on),
            // A lock may be kept for one that was woken for it, but for a
            // thread's mutex, which nobody keeps.
            _ => {
                if self.unit_number().is_some()
                    && self.lock(on).holders.is_empty()
                    && self.target == Target::Scheduler
                    && key == Key::Mutex
                {
                    self.complain(format_args!("Nobody holds {} {number}.", thing.word()));
                }
            }
        }
        self.touch();
    }

    /// `locked`: the unit holds the lock, and waits for it no more.
    fn locked(&mut self, on: Reference) {
        let Some(number) = self.unit_number() else {
            return;
        };
        let holder = Holder {
            unit: self.unit(number).id,
            how: match self.event.text(Key::How).as_deref() {
                Some("read") => How::Read,
                _ => How::Write,
            },
            at: self.event.at_id(),
        };
        self.driver.lines.leave(on, holder.unit);
        let lock = self.lock(on);
        let barred = lock
            .holders
            .iter()
            .find(|other| (holder.how, other.how) != (How::Read, How::Read))
            .map(|other| other.unit.number);
        if barred.is_some() {
            lock.holders.clear(); // it holds whoever took it last
        }
        lock.holders.push(holder);
        if let Some(other) = barred {
            let (noun, thing) = (self.target.unit().word(), on.thing.word());
            let number = on.number;
            let thing = capital(thing);
            self.complain(format_args!("{thing} {number} was held by {noun} {other}."));
        }
    }

    /// `unlocked`: one of those who hold the lock lets go of it.
    fn unlocked(&mut self, on: Reference) {
        self.driver.lines.used(Some(on));
        let unit = self.event.unit();
        let is_over = |unit: UnitId| {
            let unit = self.driver.units.get(unit.number);
            unit.is_some_and(Unit::is_over)
        };
        let holders = self.lock_of(on).map_or(&[][..], |lock| &lock.holders);
        let found = holders.iter().position(|holder| Some(holder.unit) == unit);
        // A task's guard may be dropped by another, which was handed it or which
        // cancels the task: then it was that of a holder that is over, or of any.
        let dropped = self.target == Target::Runtime && !holders.is_empty();
        let found = found.or_else(|| {
            let over = holders.iter().position(|holder| is_over(holder.unit));
            over.or(dropped.then_some(0))
        });
        let holders = &mut self.lock(on).holders;
        if let Some(index) = found {
            holders.remove(index);
            return;
        }
        holders.clear();
        let (noun, thing) = (self.target.unit().word(), capital(on.thing.word()));
        let number = on.number;
        match unit.map(|unit| unit.number) {
            Some(unit) => {
                self.complain(format_args!(
                    "{thing} {number} was not held by {noun} {unit}."
                ));
            }
            None => self.complain(format_args!("Nobody held {} {number}.", on.thing.word())),
        }
    }

    /// A lock, if it has been seen.
    fn lock_of(&self, on: Reference) -> Option<&Lock> {
        match on.thing {
            Thing::Rwlock => self.driver.rwlocks.get(on.number),
            _ => self.driver.mutexes.get(on.number),
        }
    }

    /// A lock to change, made if it is seen for the first time.
    fn lock(&mut self, on: Reference) -> &mut Lock {
        let locks = if on.thing == Thing::Rwlock {
            &mut self.driver.rwlocks
        } else {
            &mut self.driver.mutexes
        };
        locks.entry(on.number, Lock::default)
    }
}

/// A word as a sentence begins with it.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
