//! The parts of speech that the sentences share: who, what, how many.

use super::{Speech, objects::source_word};
use crate::{
    fold::{State, Unit, UnitId, Wait},
    time,
    trace::{Key, Reference, Side},
};

impl Speech<'_> {
    /// The event's unit as a sentence begins with it: `Task 2 'pong'`.
    pub(super) fn subject(&self) -> String {
        capital(&self.unit_name(self.event.unit()))
    }

    /// A unit within a sentence: `task 2 'pong'`, or `main`.
    pub(super) fn unit_name(&self, unit: Option<UnitId>) -> String {
        let noun = self.side.target.unit().word();
        let Some(id) = unit else {
            return format!("a {noun}");
        };
        let number = id.number;
        match self.known(id).map(|unit| &*unit.name) {
            Some("main") if number == 0 => "main".to_owned(),
            None | Some("") => format!("{noun} {number}"),
            Some(name) => format!("{noun} {number} '{name}'"),
        }
    }

    /// The event's unit after the event.
    pub(super) fn unit_after(&self) -> Option<&Unit> {
        self.after.unit(self.event.unit()?)
    }

    /// The event's unit before the event.
    pub(super) fn unit_before(&self) -> Option<&Unit> {
        self.before.unit(self.event.unit()?)
    }

    /// A unit by the latest that is known of it.
    pub(super) fn known(&self, id: UnitId) -> Option<&Unit> {
        self.after.unit(id)
    }

    /// A unit or an object within a sentence: `task 1 'ping'`, `mutex 2`.
    pub(super) fn thing(&self, reference: Reference) -> String {
        if reference.thing.is_unit() {
            return self.unit_name(Some(self.id(reference.number)));
        }
        self.object(reference)
    }

    /// An object within a sentence; a source by its kind: `stream 3`.
    fn object(&self, reference: Reference) -> String {
        let number = reference.number;
        let source = (reference.thing == crate::trace::Thing::Source)
            .then(|| self.before.driver()?.sources.get(number))
            .flatten()
            .filter(|source| !source.kind.is_empty());
        match source {
            Some(source) => format!("{} {number}", source_word(&source.kind)),
            None => format!("{} {number}", reference.thing.word()),
        }
    }

    /// An object that the event names under a key.
    pub(super) fn object_of(&self, key: Key, thing: crate::trace::Thing) -> String {
        match self.event.number32(key) {
            Some(number) => self.object(Reference { thing, number }),
            None => format!("a {}", thing.word()),
        }
    }

    /// A unit of the event's driver.
    pub(super) fn id(&self, number: u32) -> UnitId {
        UnitId {
            driver: self.event.driver(),
            number,
        }
    }

    /// What a unit waits for, within a sentence: `mutex 1, which task 2 holds`.
    pub(super) fn wait(&self, wait: &Wait) -> String {
        match wait {
            Wait::Thing(reference) => {
                let thing = self.thing(*reference);
                match self.detail(*reference) {
                    Some(detail) => format!("{thing}, {detail}"),
                    None => thing,
                }
            }
            Wait::Sleep(Some(until)) => format!("the time {}", time::show(*until)),
            Wait::Sleep(None) => "some time to pass".to_owned(),
            Wait::Call(call) => format!("`{call}` to come back"),
            Wait::Other(other) => other.to_string(),
        }
    }

    /// What makes the wait for an object understandable.
    fn detail(&self, reference: Reference) -> Option<String> {
        use crate::trace::Thing;
        let driver = self.after.driver()?;
        let number = reference.number;
        match reference.thing {
            Thing::Mutex | Thing::Rwlock => self.held(reference),
            Thing::Job => self.job(number),
            Thing::Semaphore => Some(match driver.semaphores.get(number)?.left {
                0 => "which has no permit left".to_owned(),
                left => format!("which has {} left", count(left, "permit")),
            }),
            Thing::Barrier => {
                let barrier = driver.barriers.get(number)?;
                Some(format!("where {} of {} are", barrier.count, barrier.of))
            }
            Thing::Channel => {
                let channel = driver.channels.get(number)?;
                match (channel.len, channel.cap) {
                    (0, Some(0)) => Some("which keeps nothing".to_owned()),
                    (0, _) => Some("which is empty".to_owned()),
                    (len, Some(cap)) if len >= cap => Some("which is full".to_owned()),
                    _ => None,
                }
            }
            Thing::Timer => {
                let deadline = driver.timers.get(number)?.deadline;
                Some(format!("due at {}", time::show(deadline)))
            }
            _ => None,
        }
    }

    /// A duration under a key, unless it is missing or nothing.
    pub(super) fn duration(&self, key: Key) -> Option<String> {
        let nanoseconds = self.event.number(key)?;
        (nanoseconds > 0).then(|| time::show(nanoseconds))
    }

    /// A value under a key for a sentence, `?` if it is missing.
    pub(super) fn value(&self, key: Key) -> String {
        self.event.text(key).unwrap_or_else(|| "?".to_owned())
    }

    /// Where in the queue the event's unit is now, if it is there.
    pub(super) fn queue_place(&self) -> Option<QueuePlace> {
        let queue = &self.after.driver()?.queue;
        let (class, position) = queue.place(self.event.unit()?.number)?;
        let class_name = queue.has_classes().then(|| match &*class.name {
            "" => "normal",
            name => name,
        });
        Some(QueuePlace {
            position,
            of: class.units.len(),
            class: class_name.map(str::to_owned),
        })
    }
}

/// A place in the queue, or in that of a class where there are several.
#[derive(Clone, Debug)]
pub(super) struct QueuePlace {
    /// Which place, from 1.
    position: usize,
    /// How many are in this queue.
    of: usize,
    /// The class, if there are several.
    class: Option<String>,
}

impl QueuePlace {
    /// `the queue`, `the urgent queue`.
    fn queue(&self) -> String {
        match &self.class {
            Some(class) => format!("the {class} queue"),
            None => "the queue".to_owned(),
        }
    }

    /// The place of one that went to the tail: `last in the queue`.
    pub(super) fn at_the_tail(&self) -> String {
        match (self.position, self.of) {
            (1, 1) => format!("alone in {}", self.queue()),
            (position, of) if position == of => format!("last in {}", self.queue()),
            _ => self.to_string(),
        }
    }
}

impl std::fmt::Display for QueuePlace {
    /// `next in the queue`, `3rd in the queue`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.position {
            1 => write!(formatter, "next in {}", self.queue()),
            position => write!(formatter, "{} in {}", ordinal(position), self.queue()),
        }
    }
}

/// As a line shows a unit: `2 pong`, or `task 2` if it has no name.
pub(crate) fn label(state: &State, side: &Side, unit: Option<UnitId>) -> String {
    let noun = side.target.unit().word();
    match unit {
        None => format!("a {noun}"),
        Some(id) => match state.unit(id) {
            Some(unit) if !unit.name.is_empty() => unit.label(),
            _ => format!("{noun} {}", id.number),
        },
    }
}

/// As a line shows a reference: `2 pong` for a unit, `mutex 1` for an object.
pub(crate) fn short(state: &State, side: &Side, reference: Reference) -> String {
    let number = reference.number;
    if reference.thing == side.target.unit() {
        let driver = state.driver().map_or(0, |driver| driver.number);
        return label(state, side, Some(UnitId { driver, number }));
    }
    format!("{} {number}", reference.thing.word())
}

/// The text with a capital, as a sentence begins; a name (`main`) keeps its own.
pub(super) fn capital(text: &str) -> String {
    if text == "main" || text.starts_with("main ") {
        return text.to_owned();
    }
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// `1 task`, `2 tasks`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// `1st`, `2nd`, `3rd`, `4th`, `11th`.
pub(crate) fn ordinal(number: usize) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::{capital, count, ordinal};

    #[test]
    fn ordinals_of_the_teens_end_in_th() {
        let shown: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).into();
        let expected = [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn one_is_singular_and_none_is_plural() {
        assert_eq!(count(1, "task"), "1 task");
        assert_eq!(count(0, "task"), "0 tasks");
    }

    #[test]
    fn a_sentence_begins_with_a_capital_but_not_with_main() {
        assert_eq!(capital("task 1"), "Task 1");
        assert_eq!(capital("main"), "main");
    }
}
