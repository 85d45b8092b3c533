//! The value of a key: a number, a reference, quoted text or a bare word.

use std::fmt;

use super::Thing;

/// A reference to a unit or an object: `KIND:N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// What it is.
    pub thing: Thing,
    /// Which one, from 1 in order of creation (unit 0 is the code outside).
    pub number: u32,
}

impl Reference {
    /// Reads `KIND:N`.
    pub fn parse(word: &str) -> Option<Self> {
        let (thing, number) = word.split_once(':')?;
        Some(Self {
            thing: Thing::of(thing)?,
            number: u32::try_from(canonical_number(number)?).ok()?,
        })
    }
}

impl fmt::Display for Reference {
    /// As a record holds it: `mutex:2`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.thing.word(), self.number)
    }
}

/// The value of one key of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'trace> {
    /// A number, an instant or a duration (ns).
    Number(u64),
    /// A unit or an object.
    Reference(Reference),
    /// Text that the record held in quotes, here without them.
    Text(&'trace str),
    /// Anything else.
    Word(&'trace str),
}

impl<'trace> Value<'trace> {
    /// Reads a value that stands without quotes.
    pub fn bare(word: &'trace str) -> Self {
        if let Some(number) = canonical_number(word) {
            Self::Number(number)
        } else if let Some(reference) = Reference::parse(word) {
            Self::Reference(reference)
        } else {
            Self::Word(word)
        }
    }

    /// The number, if it is one.
    pub const fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The reference, if it is one.
    pub const fn reference(self) -> Option<Reference> {
        match self {
            Self::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// The text or word, if it is one.
    pub const fn text(self) -> Option<&'trace str> {
        match self {
            Self::Text(text) | Self::Word(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Value<'_> {
    /// For people: text without its quotes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Reference(reference) => reference.fmt(formatter),
            Self::Text(text) | Self::Word(text) => formatter.write_str(text),
        }
    }
}

/// The number that is written exactly like this: no sign, no leading zero.
pub(super) fn canonical_number(word: &str) -> Option<u64> {
    let first = *word.as_bytes().first()?;
    if !first.is_ascii_digit() || (first == b'0' && word.len() > 1) {
        return None;
    }
    word.parse().ok()
}
