//! Events to and from the `.json` form one by one, so that a million of them
//! never stand in memory a second time.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap as _, SerializeSeq as _},
};

use super::super::{Event, Key, Side, Target, Value, fields::Fields};

/// The events of a side, to be written.
pub(super) struct EventsOf<'trace>(pub(super) &'trace Side);

impl Serialize for EventsOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut events = serializer.serialize_seq(Some(self.0.len()))?;
        for event in self.0.events(0..self.0.len()) {
            events.serialize_element(&(event.name(), KeysOf(self.0, event)))?;
        }
        events.end()
    }
}

/// The keys of an event, to be written.
struct KeysOf<'trace>(&'trace Side, Event<'trace>);

impl Serialize for KeysOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(side, event) = self;
        let mut keys = serializer.serialize_map(None)?;
        keys.serialize_entry("t", &event.time())?;
        keys.serialize_entry(side.target.driver_key(), &event.driver())?;
        for (key, value) in event.keys() {
            match value {
                Value::Number(number) => keys.serialize_entry(key, &number)?,
                Value::Text(text) | Value::Word(text) => keys.serialize_entry(key, text)?,
                Value::Reference(reference) => {
                    keys.serialize_entry(key, &reference.to_string())?;
                }
            }
        }
        // A place that came by `pc` is named by its `resolved`.
        let at = event.at_id().filter(|&at| !side.places.is_pc(at));
        if let Some(at) = at.and_then(|at| side.place(at)) {
            keys.serialize_entry("at", &at.to_string())?;
        }
        if let Some(src) = event.src() {
            keys.serialize_entry("src", &src.to_string())?;
        }
        keys.end()
    }
}

/// Events that have been read into columns, but are not folded yet: of which
/// half they are may come after them in the file.
pub(super) struct Events(Side);

impl Events {
    /// The side that they make.
    pub(super) fn into_side(mut self, target: Target) -> Side {
        self.0.become_of(target);
        self.0
    }
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(EventsVisitor)
    }
}

/// Takes events one by one.
struct EventsVisitor;

impl<'de> Visitor<'de> for EventsVisitor {
    type Value = Events;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of events `[name, {keys}]`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut events: A) -> Result<Events, A::Error> {
        let mut side = Side::new(Target::Runtime); // until the file says another
        while let Some((name, keys)) = events.next_element::<(String, Keys)>()? {
            let mut fields = Fields::default();
            for (key, value) in &keys.0 {
                let value = match value {
                    Scalar::Number(number) => Value::Number(*number),
                    Scalar::Text(text) if Key::of(key).is_some_and(Key::is_text) => {
                        Value::Text(text)
                    }
                    Scalar::Text(text) => Value::bare(text),
                };
                fields.take(&mut side, key, value);
            }
            fields.finish(&mut side, &name);
        }
        Ok(Events(side))
    }
}

/// The keys of one event in their order.
struct Keys(Vec<(String, Scalar)>);

/// A value as the file holds it.
enum Scalar {
    /// A number.
    Number(u64),
    /// Anything else, as text.
    Text(String),
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// Takes one value.
struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number or a text")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Text(number.to_string()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Text(flag.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

/// Takes keys one by one.
struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the keys of an event, each a number or a text")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<Keys, A::Error> {
        let mut found = Vec::new();
        while let Some(entry) = keys.next_entry()? {
            found.push(entry);
        }
        Ok(Keys(found))
    }
}
