//! Events in columns: what a million of them costs.
//!
//! One column a property that every event has, and three for the keys of all
//! events one after another. With texts and places kept once (`Texts`,
//! `Places`) an event takes about 75 bytes, where a struct of strings would
//! take 500.
//!
//! Invariant: `first_key` has one entry more than there are events, so that
//! the keys of event `n` are those from `first_key[n]` to `first_key[n + 1]`.

use super::{EventKind, Key, PlaceId, Reference, Thing, Value, text::TextId, text::Texts};

/// No place, in a column of places.
const NOWHERE: u32 = u32::MAX;

/// How a value is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Tag {
    /// The number itself.
    Number,
    /// The thing's discriminant above, its number below 32 bits.
    Reference,
    /// The number of a text that was quoted.
    Text,
    /// The number of a text that was not.
    Word,
}

/// What every event has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// What happened, or the text that is no known word.
    pub(crate) kind: Result<EventKind, TextId>,
    /// ns since its driver started.
    pub(crate) time: u64,
    /// Which loop or scheduler of the process.
    pub(crate) driver: u32,
    /// The learner's line.
    pub(crate) at: Option<PlaceId>,
    /// Our line.
    pub(crate) src: Option<PlaceId>,
}

/// The columns.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// The event kind's discriminant; above them, an unknown name's text.
    kind: Vec<u32>,
    /// See [`Head::time`].
    time: Vec<u64>,
    /// See [`Head::driver`].
    driver: Vec<u32>,
    /// See [`Head::at`].
    at: Vec<u32>,
    /// See [`Head::src`].
    src: Vec<u32>,
    /// Where an event's keys begin.
    first_key: Vec<u32>,
    /// Of each key: its name's text.
    key: Vec<u32>,
    /// Of each key: how to read its value.
    tag: Vec<Tag>,
    /// Of each key: its value.
    value: Vec<u64>,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            kind: Vec::new(),
            time: Vec::new(),
            driver: Vec::new(),
            at: Vec::new(),
            src: Vec::new(),
            first_key: vec![0],
            key: Vec::new(),
            tag: Vec::new(),
            value: Vec::new(),
        }
    }
}

impl Columns {
    /// How many events there are.
    pub(crate) const fn len(&self) -> usize {
        self.kind.len()
    }

    /// Adds one key of the event whose [`Columns::push`] follows.
    pub(crate) fn push_key(&mut self, key: TextId, value: Value<'_>, texts: &mut Texts) {
        let (tag, value) = match value {
            Value::Number(number) => (Tag::Number, number),
            Value::Reference(Reference { thing, number }) => (
                Tag::Reference,
                u64::from(thing as u8) << 32 | u64::from(number),
            ),
            Value::Text(text) => (Tag::Text, texts.intern(text).0.into()),
            Value::Word(text) => (Tag::Word, texts.intern(text).0.into()),
        };
        self.key.push(key.0);
        self.tag.push(tag);
        self.value.push(value);
    }

    /// Adds an event, with the keys pushed since the last one.
    pub(crate) fn push(&mut self, head: Head) {
        self.kind.push(match head.kind {
            Ok(kind) => kind as u32,
            Err(name) => KNOWN + name.0,
        });
        self.time.push(head.time);
        self.driver.push(head.driver);
        self.at.push(head.at.map_or(NOWHERE, |place| place.0));
        self.src.push(head.src.map_or(NOWHERE, |place| place.0));
        let keys = u32::try_from(self.key.len()).expect("fewer than 4 billion keys");
        self.first_key.push(keys);
    }

    /// What every event has, of event `index`.
    pub(crate) fn head(&self, index: usize) -> Head {
        let place = |number: u32| (number != NOWHERE).then_some(PlaceId(number));
        Head {
            kind: self.kind(index),
            time: self.time[index],
            driver: self.driver[index],
            at: place(self.at[index]),
            src: place(self.src[index]),
        }
    }

    /// What happened at event `index`.
    pub(crate) fn kind(&self, index: usize) -> Result<EventKind, TextId> {
        let kind = self.kind[index];
        match EventKind::ALL.get(kind as usize) {
            Some(&kind) => Ok(kind),
            None => Err(TextId(kind - KNOWN)),
        }
    }

    /// The keys of event `index`: the name's text and the value.
    pub(crate) fn keys<'trace>(
        &'trace self,
        index: usize,
        texts: &'trace Texts,
    ) -> impl Iterator<Item = (TextId, Value<'trace>)> {
        self.range(index)
            .map(move |key| (TextId(self.key[key]), self.value(key, texts)))
    }

    /// The value of one key of event `index`.
    pub(crate) fn get<'trace>(
        &'trace self,
        index: usize,
        key: Key,
        texts: &'trace Texts,
    ) -> Option<Value<'trace>> {
        let range = self.range(index);
        let position = self.key[range.clone()]
            .iter()
            .position(|&number| number == key as u32)?;
        Some(self.value(range.start + position, texts))
    }

    /// The positions of an event's keys.
    fn range(&self, index: usize) -> std::ops::Range<usize> {
        self.first_key[index] as usize..self.first_key[index + 1] as usize
    }

    /// The value at a position of the key columns.
    fn value<'trace>(&self, position: usize, texts: &'trace Texts) -> Value<'trace> {
        let value = self.value[position];
        let low = u32::try_from(value & u64::from(u32::MAX)).expect("32 bits are left");
        match self.tag[position] {
            Tag::Number => Value::Number(value),
            Tag::Reference => Value::Reference(Reference {
                thing: Thing::ALL[usize::try_from(value >> 32).expect("a discriminant")],
                number: low,
            }),
            Tag::Text => Value::Text(texts.get(TextId(low))),
            Tag::Word => Value::Word(texts.get(TextId(low))),
        }
    }
}

/// The first number of the kind column that stands for an unknown name.
/// (A kind's discriminant has 8 bits.)
const KNOWN: u32 = 1 << 8;
