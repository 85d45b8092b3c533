//! Sentences about what units meet at: locks, semaphores, notifications,
//! barriers; and about the values that are a unit's own.
//!
//! Each names who, whom and why, and whoever waits, in the order of their line.

use std::fmt::Write as _;

use super::{
    Speech,
    words::{capital, count},
};
use crate::{
    fold::{Holder, How, Lock, UnitId},
    trace::{Key, Reference, Thing},
};

/// So many of a line are named; of the others it is said how many there are.
const NAMED: usize = 3;

impl Speech<'_> {
    /// `locked`: `Task 3 holds mutex 1; task 2 waits for it, then task 4.`
    pub(super) fn locked(&self) -> String {
        let (on, lock) = (self.lock(), self.lock_name());
        let unit = self.event.unit();
        let others = on.map(|on| self.holders(on, |holder| Some(holder.unit) != unit));
        let others = others.unwrap_or_default();
        let how = match self.how() {
            Some(How::Read) if others.is_empty() => " for reading".to_owned(),
            Some(How::Read) => format!(" for reading, as {} does", joined(&others, "and")),
            Some(How::Write) => " for writing, alone".to_owned(),
            None => String::new(),
        };
        let line = match on.map(|on| self.line(on)).as_deref() {
            None | Some([]) => ".".to_owned(),
            Some(line) => format!("; {}.", self.they_wait(line)),
        };
        format!("{} holds {lock}{how}{line}", self.subject())
    }

    /// `contended`.
    pub(super) fn contended(&self) -> String {
        let (on, lock) = (self.lock(), self.lock_name());
        let how = match self.how() {
            Some(how) => format!(" for {}", how.verb()),
            None => String::new(),
        };
        let wants = format!("{} wants {lock}{how}", self.subject());
        let Some((on, held)) = on.and_then(|on| Some((on, self.held(on)?))) else {
            return format!("{wants} and will wait.");
        };
        let line = self.line(on);
        let behind = match &*line {
            [] => String::new(),
            line => format!(", behind {}", self.names(line)),
        };
        format!("{wants}, {held}: it will wait{behind}.")
    }

    /// `unlocked`.
    pub(super) fn unlocked(&self) -> String {
        let (on, lock) = (self.lock(), self.lock_name());
        let who = match self.event.unit() {
            Some(_) => self.subject(),
            None => "A holder".to_owned(),
        };
        let still = on.map(|on| self.holders(on, |_| true)).unwrap_or_default();
        let held = match &*still {
            [] => String::new(),
            still => format!(" {} still holds it.", capital(&joined(still, "and"))),
        };
        match on.map(|on| self.line(on)).as_deref() {
            None | Some([]) if held.is_empty() => {
                format!("{who} let go of {lock}. Nobody waits for it.")
            }
            None | Some([]) => format!("{who} let go of {lock}.{held}"),
            Some([first, rest @ ..]) => format!(
                "{who} let go of {lock}, for which {} waits{}.{held}",
                self.unit_name(Some(*first)),
                self.then(rest)
            ),
        }
    }

    /// `acquired`.
    pub(super) fn acquired(&self) -> String {
        let (permits, left) = self.permits();
        format!(
            "{} took {permits} of {}: {left}",
            self.subject(),
            self.object_of(Key::Semaphore, Thing::Semaphore),
        ) + &self.line_under(Key::Semaphore, Thing::Semaphore)
    }

    /// `released`.
    pub(super) fn released(&self) -> String {
        let (permits, left) = self.permits();
        let semaphore = self.object_of(Key::Semaphore, Thing::Semaphore);
        let gave = match self.event.unit() {
            Some(_) => format!("{} gave {permits} back to {semaphore}", self.subject()),
            None => format!("{} came back to {semaphore}", capital(&permits)),
        };
        format!("{gave}: {left}") + &self.line_under(Key::Semaphore, Thing::Semaphore)
    }

    /// How many permits the event moved, and how many are left now.
    fn permits(&self) -> (String, String) {
        let number = |key| self.event.number(key).unwrap_or(0);
        let left = match number(Key::Left) {
            0 => "none is left".to_owned(),
            1 => "1 is left".to_owned(),
            left => format!("{left} are left"),
        };
        (count(number(Key::Permits), "permit"), left)
    }

    /// `notified`.
    pub(super) fn notified(&self) -> String {
        let (key, thing) = match self.event.get(Key::Condvar) {
            Some(_) => (Key::Condvar, Thing::Condvar),
            None => (Key::Notify, Thing::Notify),
        };
        let notify = self.object_of(key, thing);
        let who = match self.event.unit() {
            Some(_) => self.subject(),
            None => "Somebody".to_owned(),
        };
        let woke = self.event.number(Key::Woke).unwrap_or(0);
        if woke == 0 {
            return format!("{who} notified {notify}: nobody was waiting for it.");
        }
        let line = self
            .event
            .number32(key)
            .map(|number| self.line(Reference { thing, number }));
        let line = line.unwrap_or_default();
        let noun = self.side.target.unit().word();
        let woken = match usize::try_from(woke).ok().and_then(|woke| line.get(..woke)) {
            Some(woken) => self.names(woken),
            None => count(woke, noun),
        };
        let was = if woke == 1 { "was" } else { "were" };
        format!("{who} notified {notify}: {woken} {was} waiting for it.")
    }

    /// `initialized`.
    pub(super) fn initialized(&self) -> String {
        let once = self.object_of(Key::Once, Thing::Once);
        let subject = self.subject();
        format!("{subject} has initialized {once}: nobody does so again.")
    }

    /// `arrived`.
    pub(super) fn arrived(&self) -> String {
        let barrier = self.object_of(Key::Barrier, Thing::Barrier);
        let (here, of) = (self.event.number(Key::Count), self.event.number(Key::Of));
        let (here, of) = (here.unwrap_or(0), of.unwrap_or(0));
        let subject = self.subject();
        if here >= of {
            return format!("{subject} is at {barrier}, the last of {of}: it opens for all.");
        }
        match of - here {
            1 => format!("{subject} is at {barrier}, as {here} of {of}: 1 is missing."),
            missing => {
                format!("{subject} is at {barrier}, as {here} of {of}: {missing} are missing.")
            }
        }
    }

    /// `local_set`.
    pub(super) fn local_set(&self) -> String {
        let (name, value) = (self.value(Key::Name), self.value(Key::Value));
        let before = self.unit_before().and_then(|unit| {
            let mut locals = unit.locals.iter();
            locals.find(|(known, _)| **known == *name)
        });
        let before = match before {
            Some((_, before)) => format!(", it was {before}"),
            None => String::new(),
        };
        format!(
            "{} set its own `{name}`: it is {value} now{before}. Everybody else keeps their own.",
            self.subject()
        )
    }

    /// The event's lock.
    fn lock(&self) -> Option<Reference> {
        let of = |key, thing| {
            let number = self.event.number32(key)?;
            Some(Reference { thing, number })
        };
        of(Key::Rwlock, Thing::Rwlock).or_else(|| of(Key::Mutex, Thing::Mutex))
    }

    /// The event's lock, within a sentence.
    fn lock_name(&self) -> String {
        match self.lock() {
            Some(on) => self.thing(on),
            None => "a lock".to_owned(),
        }
    }

    /// How the event's unit has, or wants, its lock; `None` for a mutex.
    fn how(&self) -> Option<How> {
        self.event.get(Key::Rwlock)?;
        Some(match self.event.text(Key::How).as_deref() {
            Some("read") => How::Read,
            _ => How::Write,
        })
    }

    /// A lock after the event.
    fn lock_after(&self, on: Reference) -> Option<&Lock> {
        let driver = self.after.driver()?;
        match on.thing {
            Thing::Rwlock => driver.rwlocks.get(on.number),
            _ => driver.mutexes.get(on.number),
        }
    }

    /// The names of those of a lock's holders that are wanted.
    fn holders(&self, on: Reference, wanted: impl Fn(&Holder) -> bool) -> Vec<String> {
        let holders = self.lock_after(on).map_or(&[][..], |lock| &lock.holders);
        let wanted = holders.iter().filter(|holder| wanted(holder));
        wanted
            .map(|holder| self.unit_name(Some(holder.unit)))
            .collect()
    }

    /// Who holds a lock, as the end of a clause: `which task 2 holds for writing`.
    pub(super) fn held(&self, on: Reference) -> Option<String> {
        let how = self.lock_after(on)?.holders.first()?.how;
        let how = match on.thing {
            Thing::Rwlock => format!(" for {}", how.verb()),
            _ => String::new(),
        };
        let holders = self.holders(on, |_| true);
        let hold = if holders.len() == 1 { "holds" } else { "hold" };
        Some(format!("which {} {hold}{how}", joined(&holders, "and")))
    }

    /// Who waits for a thing, longest first, as the step finds them.
    fn line(&self, on: Reference) -> Vec<UnitId> {
        let Some(driver) = self.after.driver() else {
            return Vec::new();
        };
        driver.waiters(on).collect()
    }

    /// The end of a sentence about an object: `; task 2 waits for it.`
    fn line_under(&self, key: Key, thing: Thing) -> String {
        let number = self.event.number32(key);
        let line = number.map(|number| self.line(Reference { thing, number }));
        match line.as_deref() {
            None | Some([]) => ".".to_owned(),
            Some(line) => format!("; {}.", self.they_wait(line)),
        }
    }

    /// `task 2 waits for it, then task 4`.
    fn they_wait(&self, line: &[UnitId]) -> String {
        let Some((first, rest)) = line.split_first() else {
            return "nobody waits for it".to_owned();
        };
        let first = self.unit_name(Some(*first));
        format!("{first} waits for it{}", self.then(rest))
    }

    /// Who comes after the first of a line: `, then task 4, then 7 more`.
    fn then(&self, rest: &[UnitId]) -> String {
        let (named, others) = rest.split_at(rest.len().min(NAMED));
        let mut text = String::new();
        for &unit in named {
            text.push_str(", then ");
            text.push_str(&self.unit_name(Some(unit)));
        }
        if !others.is_empty() {
            let _ = write!(text, ", then {} more", others.len());
        }
        text
    }

    /// Several units within a sentence: `task 2, task 4 and 7 more`.
    fn names(&self, units: &[UnitId]) -> String {
        let (named, others) = units.split_at(units.len().min(NAMED));
        let mut list: Vec<String> = named
            .iter()
            .map(|&unit| self.unit_name(Some(unit)))
            .collect();
        if !others.is_empty() {
            list.push(format!("{} more", others.len()));
        }
        joined(&list, "and")
    }
}

/// `a`, `a and b`, `a, b and c`.
fn joined(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}
