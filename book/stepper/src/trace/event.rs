//! One event, seen through the columns that hold it.

use std::fmt::Write as _;

use super::{EventKind, Key, Place, PlaceId, Reference, Side, Target, Value, columns::Head};
use crate::fold::UnitId;

/// One step that a loop or a scheduler took: a view, cheap to make.
#[derive(Clone, Copy, Debug)]
pub struct Event<'trace> {
    /// The side that holds it.
    side: &'trace Side,
    /// Its position, from 0. The step that shows it is one more.
    index: usize,
    /// What every event has.
    head: Head,
}

impl<'trace> Event<'trace> {
    /// The event at a position, which must be there.
    pub(super) fn new(side: &'trace Side, index: usize) -> Self {
        let head = side.columns.head(index);
        Self { side, index, head }
    }

    /// Its position, from 0.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// What happened; `None` if the name is not of the vocabulary.
    pub fn kind(&self) -> Option<EventKind> {
        self.head.kind.ok()
    }

    /// The event's name, known or not.
    pub fn name(&self) -> &'trace str {
        match self.head.kind {
            Ok(kind) => kind.word(),
            Err(text) => self.side.texts.get(text),
        }
    }

    /// Which half took the step.
    pub const fn target(&self) -> Target {
        self.side.target
    }

    /// ns since its loop or scheduler started, on its own clock.
    pub const fn time(&self) -> u64 {
        self.head.time
    }

    /// Which loop or scheduler of the process took the step.
    pub const fn driver(&self) -> u32 {
        self.head.driver
    }

    /// The unit that the event is about.
    pub fn unit(&self) -> Option<UnitId> {
        let number = self.number32(self.side.target.unit_key())?;
        Some(self.unit_id(number))
    }

    /// The unit of `by=KIND:N`: who woke, spawned, or joined.
    pub fn by_unit(&self) -> Option<UnitId> {
        match self.get(Key::By)? {
            Value::Number(number) => Some(self.unit_id(u32::try_from(number).ok()?)),
            Value::Reference(reference) if reference.thing.is_unit() => {
                Some(self.unit_id(reference.number))
            }
            _ => None,
        }
    }

    /// Where the learner's program stands; `None` also while only a program
    /// counter is known that no `resolved` record has named yet.
    pub fn at(&self) -> Option<&'trace Place> {
        self.side.place(self.head.at?)
    }

    /// The number of [`Event::at`], which is there even before it is resolved.
    pub const fn at_id(&self) -> Option<PlaceId> {
        self.head.at
    }

    /// The line of the runtime or the scheduler that took the step.
    pub fn src(&self) -> Option<&'trace Place> {
        self.side.place(self.head.src?)
    }

    /// The value of a key.
    pub fn get(&self, key: Key) -> Option<Value<'trace>> {
        self.side.columns.get(self.index, key, &self.side.texts)
    }

    /// The number under a key.
    pub fn number(&self, key: Key) -> Option<u64> {
        self.get(key)?.number()
    }

    /// The number of a unit, an object or a CPU under a key.
    pub fn number32(&self, key: Key) -> Option<u32> {
        u32::try_from(self.number(key)?).ok()
    }

    /// The reference under a key.
    pub fn reference(&self, key: Key) -> Option<Reference> {
        self.get(key)?.reference()
    }

    /// The value under a key, in the words of the record.
    pub fn text(&self, key: Key) -> Option<String> {
        Some(self.get(key)?.to_string())
    }

    /// Whether a key is there and does not say `false`.
    pub fn flag(&self, key: Key) -> bool {
        self.get(key)
            .is_some_and(|value| value != Value::Word("false"))
    }

    /// Every key and its value, in the record's order, without `t`, the
    /// driver, `at` and `src`.
    pub fn keys(&self) -> impl Iterator<Item = (&'trace str, Value<'trace>)> {
        let side = self.side;
        side.columns
            .keys(self.index, &side.texts)
            .map(|(key, value)| (&**side.texts.get(key), value))
    }

    /// The event as a person would read it in a list: its name and its keys.
    pub fn summary(&self) -> String {
        let mut text = self.name().to_owned();
        for (key, value) in self.keys() {
            let _ = write!(text, " {key}={value}");
        }
        text
    }

    /// A unit of the event's own driver.
    const fn unit_id(&self, number: u32) -> UnitId {
        UnitId {
            driver: self.head.driver,
            number,
        }
    }
}
