//! What a record's keys can be worth.
//!
//! All of it is `Copy` and of a fixed size, since records wait in a queue that
//! was allocated beforehand, and are made where allocating is forbidden.
//!
//! Invariants: (1) only [`Value::Name`] and [`Value::Text`] come from outside
//! and are written in quotes; (2) no other value holds a space.
//!
//! Mirror: `runtime::trace`.

use crate::place::Place;
use crate::policy::{CpuId, ThreadId};
use crate::time::Time;
use log::kv::ToValue;
use std::fmt::{self, Write};
use std::time::Duration;

/// The value of one key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    /// The key is missing.
    Absent,
    /// A count, an id, an instant or a duration in ns.
    Number(u64),
    /// A number that may be negative.
    Signed(i64),
    /// A word of ours.
    Word(&'static str),
    /// A name that the learner's program gave.
    Name(&'static str),
    /// The record's text, in quotes.
    Text,
    /// The record's text, which has no spaces.
    Bare,
    /// One unit or object.
    Object(Object),
    /// A program counter.
    Code(usize),
}

/// What stands behind a key's `=`, formatted only when a logger wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shown<'a> {
    /// A value, with the text of its record.
    Value(Value, &'a Text),
    /// A line of the program.
    Place(Place),
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Shown::Place(place) => place.fmt(f),
            Shown::Value(value, text) => match value {
                Value::Absent => f.write_str("-"),
                Value::Number(number) => number.fmt(f),
                Value::Signed(number) => number.fmt(f),
                Value::Word(word) => f.write_str(word),
                Value::Name(name) => write!(f, "{name:?}"),
                Value::Text => write!(f, "{:?}", text.as_str()),
                Value::Bare => f.write_str(text.as_str()),
                Value::Object(object) => object.fmt(f),
                Value::Code(address) => write!(f, "{address:#x}"),
            },
        }
    }
}

impl ToValue for Shown<'_> {
    fn to_value(&self) -> log::kv::Value<'_> {
        log::kv::Value::from_display(self)
    }
}

/// A kind of unit or object: the first half of `KIND:N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A thread.
    Thread,
    /// A mutex.
    Mutex,
    /// A read-write lock.
    RwLock,
    /// A semaphore.
    Semaphore,
    /// A condition variable.
    Condvar,
    /// A barrier.
    Barrier,
    /// A call that happens once.
    Once,
    /// A channel.
    Channel,
    /// A shared variable.
    Shared,
    /// Being unparked, which is no object and has no number.
    Unpark,
}

/// A reference to one unit or object: `mutex:2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    /// What it is.
    pub(crate) kind: Kind,
    /// Which one.
    pub(crate) number: u32,
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Thread => "thread",
            Kind::Mutex => "mutex",
            Kind::RwLock => "rwlock",
            Kind::Semaphore => "semaphore",
            Kind::Condvar => "condvar",
            Kind::Barrier => "barrier",
            Kind::Once => "once",
            Kind::Channel => "channel",
            Kind::Shared => "shared",
            Kind::Unpark => return f.write_str("unpark"),
        };
        write!(f, "{kind}:{}", self.number)
    }
}

/// Declares what can be written as a key's value without further ado.
macro_rules! from {
    ($($type:ty: $value:pat => $made:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Value {
                $made
            }
        }
    )*};
}
from! {
    u64: number => Value::Number(number);
    u32: number => Value::Number(u64::from(number));
    usize: number => Value::Number(number as u64);
    i32: number => Value::Signed(i64::from(number));
    &'static str: word => Value::Word(word);
    ThreadId: id => Value::Number(u64::from(id.0));
    CpuId: id => Value::Number(u64::from(id.0));
    Time: time => Value::Number(time.as_nanos());
    Object: object => Value::Object(object);
    Duration: duration => Value::Number(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
}

/// Missing where there is none.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Absent, T::into)
    }
}

/// A text that is part of its record: no more than [`Text::ROOM`] bytes.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    /// The bytes, of which the first `length` count.
    bytes: [u8; Text::ROOM],
    /// How many bytes are used; they are whole characters.
    length: u8,
    /// Whether something did not fit: then nothing is added any more.
    cut: bool,
}

impl Text {
    /// How many bytes fit.
    pub(crate) const ROOM: usize = 126;
    /// What a text that was cut ends in.
    const ELLIPSIS: &'static str = "…";
    /// No text.
    pub(crate) const EMPTY: Text = Text {
        bytes: [0; Text::ROOM],
        length: 0,
        cut: false,
    };

    /// `value` as it displays itself, without allocating.
    pub(crate) fn of(value: impl fmt::Display) -> Text {
        let mut text = Text::EMPTY;
        // An error is only the value's own: what it wrote before is kept.
        let _ = write!(text, "{value}");
        text
    }

    /// What it says.
    pub(crate) fn as_str(&self) -> &str {
        let used = &self.bytes[..usize::from(self.length)];
        std::str::from_utf8(used).expect("only whole characters are added")
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if self.cut {
            return Ok(());
        }
        let used = usize::from(self.length);
        let whole = Text::ROOM - used;
        let room = whole - Text::ELLIPSIS.len().min(whole);
        let added = if more.len() <= room {
            more
        } else {
            self.cut = true;
            &more[..more.floor_char_boundary(room)]
        };
        for piece in [added, if self.cut { Text::ELLIPSIS } else { "" }] {
            let used = usize::from(self.length);
            self.bytes[used..used + piece.len()].copy_from_slice(piece.as_bytes());
            self.length += u8::try_from(piece.len()).expect("ROOM is less than 256");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut_between_characters() {
        let long = Text::of("ä".repeat(100));
        assert!(long.as_str().ends_with("ä…"));
        assert!(long.as_str().len() <= Text::ROOM);
        let mut pieces = Text::EMPTY;
        for _ in 0..100 {
            pieces.write_str("abc").unwrap();
        }
        assert_eq!(pieces.as_str().len(), Text::ROOM);
        assert!(pieces.as_str().ends_with('…'));
    }

    #[test]
    fn what_comes_from_outside_is_quoted() {
        let text = Text::of("a \"b\"\n");
        let shown = |value| Shown::Value(value, &text).to_string();
        assert_eq!(shown(Value::Text), r#""a \"b\"\n""#);
        assert_eq!(shown(Value::Name("x y")), r#""x y""#);
    }
}
