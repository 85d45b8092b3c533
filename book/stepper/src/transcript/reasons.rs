//! The parts of a line: values, places, and why a unit stopped or can run.

use super::line::Teller;
use crate::{
    fold::{Lock, UnitState, Wait},
    sentence::words::{label, ordinal, short},
    time,
    trace::{EventKind, Key, Reference, Thing},
};

impl Teller<'_> {
    /// Whether the line says where the program stands: where it is the unit's
    /// own step, rather than one that was done to it.
    pub(super) fn shows_place(&self) -> bool {
        !matches!(
            self.event.kind(),
            Some(EventKind::Woken | EventKind::Runnable | EventKind::Dispatched)
        )
    }

    /// A value in words, `?` if it is missing.
    pub(super) fn value(&self, key: Key) -> String {
        self.event.text(key).unwrap_or_else(|| "?".to_owned())
    }

    /// A duration or an instant.
    pub(super) fn duration(&self, key: Key) -> String {
        time::show(self.event.number(key).unwrap_or(0))
    }

    /// How a task gave way: `gives way: yield_now`, or `waits for timer 1`.
    pub(super) fn reason_of_pending(&self) -> Option<String> {
        let unit = self.after.unit(self.event.unit()?)?;
        if unit.state != UnitState::Ready {
            return Some(self.waits());
        }
        let by = unit.woken.and_then(|(_, by)| by);
        Some(match by {
            Some(by) if self.is_self(by) => "gives way: yield_now".to_owned(),
            Some(by) => format!("gives way: woken by {}", short(self.after, self.side, by)),
            None => "gives way: woken meanwhile".to_owned(),
        })
    }

    /// Where a dispatched thread came from: ` (from CPU 0)`, if from elsewhere.
    pub(super) fn moved(&self) -> String {
        match (self.was_on, self.event.number32(Key::Cpu)) {
            (Some(was), Some(cpu)) if was != cpu => format!(" (from CPU {was})"),
            _ => String::new(),
        }
    }

    /// What became of a policy that broke a rule.
    pub(super) fn faulted(&self) -> String {
        let rule = self.value(Key::Rule);
        match self.event.text(Key::Then).as_deref() {
            Some("round_robin") => format!("the policy broke a rule: {rule}; round robin goes on"),
            _ => format!("the policy broke a rule: {rule}"),
        }
    }

    /// What the event's unit waits for, as the end of a line.
    pub(super) fn waits(&self) -> String {
        let unit = self.event.unit().and_then(|unit| self.after.unit(unit));
        let waits = unit.map_or(&[][..], |unit| &unit.waits);
        match waits {
            [] => "waits".to_owned(),
            [Wait::Sleep(Some(until))] => format!("sleeps until {}", time::show(*until)),
            [Wait::Sleep(None)] => "sleeps".to_owned(),
            waits => {
                let waits: Vec<String> = waits.iter().map(|wait| self.wait(wait)).collect();
                let until = match unit.and_then(|unit| unit.until) {
                    Some(until) => format!(", until {} at most", time::show(until)),
                    None => String::new(),
                };
                format!("waits for {}{until}", waits.join(" or "))
            }
        }
    }

    /// One thing that a unit waits for: `mutex 1 of 2 pong`, `timer 1 (5 ms)`.
    pub(super) fn wait(&self, wait: &Wait) -> String {
        let reference = match wait {
            Wait::Thing(reference) => *reference,
            Wait::Sleep(_) => return "the time".to_owned(),
            Wait::Call(what) | Wait::Other(what) => return what.to_string(),
        };
        let what = short(self.after, self.side, reference);
        let Some(driver) = self.after.driver() else {
            return what;
        };
        match reference.thing {
            Thing::Mutex | Thing::Rwlock => {
                let locks = if reference.thing == Thing::Mutex {
                    &driver.mutexes
                } else {
                    &driver.rwlocks
                };
                match locks.get(reference.number).and_then(Lock::owner) {
                    Some(owner) => {
                        format!("{what} of {}", label(self.after, self.side, Some(owner)))
                    }
                    None => what,
                }
            }
            Thing::Timer => match driver.timers.get(reference.number) {
                Some(timer) => format!("{what} ({})", time::show(timer.deadline)),
                None => what,
            },
            _ => what,
        }
    }

    /// A wake, unless a neighbouring line tells it: that a task is new, or
    /// woke itself to give way.
    pub(super) fn woken(&self, unit: &str) -> Option<String> {
        let by = self.event.reference(Key::By);
        if self.was == Some(UnitState::New)
            || self.event.flag(Key::Already)
            || by.is_some_and(|by| self.is_self(by))
        {
            return None;
        }
        let queue = &self.after.driver()?.queue;
        let (class, place) = queue.place(self.event.unit()?.number)?;
        let by = by.map_or_else(
            || self.value(Key::By),
            |by| short(self.after, self.side, by),
        );
        let place = match place {
            1 => "next".to_owned(),
            place => format!("{} in line", ordinal(place)),
        };
        let class = match &*class.name {
            "urgent" | "background" => format!(", {}", class.name),
            _ => String::new(),
        };
        Some(format!("{by} wakes {unit}: {place}{class}"))
    }

    /// A thread that can run again, unless a neighbouring line tells it.
    pub(super) fn runnable(&self, unit: &str) -> Option<String> {
        match self.event.text(Key::Why)?.as_str() {
            "new" | "preempted" | "yielded" => None,
            _ if self.was == Some(UnitState::InCall) => None,
            "slept" if matches!(*self.waited, [Wait::Thing(_)]) => {
                Some(format!("{unit} has waited long enough"))
            }
            "slept" => Some(format!("{unit} has slept")),
            _ => match self.event.reference(Key::By) {
                Some(by) => Some(format!(
                    "{} unblocks {unit}",
                    short(self.after, self.side, by)
                )),
                None => Some(format!("{unit} can run")),
            },
        }
    }

    /// A value and the channel that it went through: `3 to channel 1 (2 of 2)`.
    pub(super) fn message(&self, direction: &str) -> String {
        let value = self.event.text(Key::Value).map(|value| format!("{value} "));
        let fill = match self.event.number(Key::Cap) {
            Some(cap) => format!("{} of {cap}", self.value(Key::Len)),
            None => self.value(Key::Len),
        };
        format!(
            "{}{direction} channel {} ({fill})",
            value.unwrap_or_default(),
            self.value(Key::Channel),
        )
    }

    /// The event's lock, and how it is held: `mutex 1`, `rwlock 1 to read`.
    pub(super) fn lock(&self) -> String {
        let Some(number) = self.event.number(Key::Rwlock) else {
            return format!("mutex {}", self.value(Key::Mutex));
        };
        match self.event.text(Key::How) {
            Some(how) if self.event.kind() == Some(EventKind::Locked) => {
                format!("rwlock {number} to {how}")
            }
            _ => format!("rwlock {number}"),
        }
    }

    /// The event's permits: `1 of semaphore 2 (0 left)`.
    pub(super) fn permits(&self) -> String {
        let to = match self.event.kind() {
            Some(EventKind::Acquired) => "of",
            _ => "back to",
        };
        format!(
            "{} {to} semaphore {} ({} left)",
            self.value(Key::Permits),
            self.value(Key::Semaphore),
            self.value(Key::Left)
        )
    }

    /// The event's unit, or `somebody` where the record names none.
    pub(super) fn whoever(&self, unit: &str) -> String {
        match self.event.unit() {
            Some(_) => unit.to_owned(),
            None => "somebody".to_owned(),
        }
    }

    /// The end of a loop or a scheduler.
    pub(super) fn ended(&self) -> String {
        match self.event.number(Key::Turns) {
            Some(turns) => format!("the loop ends after {turns} turns"),
            None => match self.event.number(Key::Preemptions) {
                Some(1) => "the end, after 1 preemption".to_owned(),
                preemptions => format!("the end, after {} preemptions", preemptions.unwrap_or(0)),
            },
        }
    }

    /// Whether a reference is to the event's own unit.
    pub(super) fn is_self(&self, by: Reference) -> bool {
        by.thing == self.side.target.unit()
            && Some(by.number) == self.event.unit().map(|unit| unit.number)
    }
}
