//! The arms of the fold for what units meet at: semaphores, notifications and
//! condition variables, barriers, what happens once; and for the values that are a unit's own.

use super::{Barrier, Notify, Semaphore, apply::Step};
use crate::trace::{Key, Reference, Thing};

impl Step<'_> {
    /// `acquired`: the unit has so many permits.
    pub(super) fn acquired(&mut self) {
        let (Some(number), Some(unit)) = (self.object(Key::Semaphore), self.unit_number()) else {
            return;
        };
        let id = self.unit(unit).id;
        let (permits, left) = self.permits();
        let on = reference(Thing::Semaphore, number);
        self.driver.lines.leave(on, id);
        let semaphore = self.semaphore(number);
        semaphore.left = left;
        match semaphore.held.iter_mut().find(|(holder, _)| *holder == id) {
            Some((_, held)) => *held += permits,
            None => semaphore.held.push((id, permits)),
        }
        self.touch();
    }

    /// `released`: so many permits came back, or were added.
    pub(super) fn released(&mut self) {
        let Some(number) = self.object(Key::Semaphore) else {
            return;
        };
        let unit = self.event.unit();
        let (permits, left) = self.permits();
        self.driver
            .lines
            .used(Some(reference(Thing::Semaphore, number)));
        let semaphore = self.semaphore(number);
        semaphore.left = left;
        if let Some(index) = semaphore
            .held
            .iter()
            .position(|&(holder, _)| Some(holder) == unit)
        {
            let held = &mut semaphore.held[index].1;
            *held = held.saturating_sub(permits);
            if *held == 0 {
                semaphore.held.remove(index);
            }
        }
        self.touch();
    }

    /// How many permits the event moved, and how many are left.
    fn permits(&self) -> (u64, u64) {
        let number = |key| self.event.number(key).unwrap_or(0);
        (number(Key::Permits), number(Key::Left))
    }

    /// A semaphore to change, made if it is seen for the first time.
    fn semaphore(&mut self, number: u32) -> &mut Semaphore {
        self.driver.semaphores.entry(number, Semaphore::default)
    }

    /// `notified`: those who wait may go on; their wakes follow.
    pub(super) fn notified(&mut self) {
        let is_condvar = self.event.get(Key::Condvar).is_some();
        let (key, thing) = if is_condvar {
            (Key::Condvar, Thing::Condvar)
        } else {
            (Key::Notify, Thing::Notify)
        };
        let Some(number) = self.object(key) else {
            return;
        };
        self.driver.lines.used(Some(reference(thing, number)));
        let notifies = if is_condvar {
            &mut self.driver.condvars
        } else {
            &mut self.driver.notifies
        };
        notifies.entry(number, Notify::default).times += 1;
        self.touch();
    }

    /// `initialized`: what happens once has happened.
    pub(super) fn initialized(&mut self) {
        let Some(number) = self.object(Key::Once) else {
            return;
        };
        let on = reference(Thing::Once, number);
        self.driver.lines.used(Some(on));
        self.touch();
    }

    /// `arrived`: one more is at the barrier; the last one opens it.
    pub(super) fn arrived(&mut self) {
        let Some(number) = self.object(Key::Barrier) else {
            return;
        };
        let on = reference(Thing::Barrier, number);
        self.driver.lines.used(Some(on));
        let (count, of) = (self.event.number(Key::Count), self.event.number(Key::Of));
        let barrier = self.driver.barriers.entry(number, Barrier::default);
        let expected = barrier.count + 1;
        let count = count.unwrap_or(expected);
        barrier.of = of.unwrap_or(barrier.of);
        barrier.count = count;
        if count >= barrier.of {
            barrier.count = 0;
            barrier.opened += 1;
        }
        // One that gives up is subtracted without a record.
        if count > expected {
            self.complain(format_args!(
                "Barrier {number} can have {expected} there now, but it has {count}."
            ));
        }
        self.touch();
    }

    /// `local_set`: the unit's own value of a name changed.
    pub(super) fn local_set(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        let (name, value) = (self.word(Key::Name), self.word(Key::Value));
        let locals = &mut self.unit(number).locals;
        match locals.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => locals.push((name, value)),
        }
        self.touch();
    }
}

/// A reference to an object.
const fn reference(thing: Thing, number: u32) -> Reference {
    Reference { thing, number }
}
