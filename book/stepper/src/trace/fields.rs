//! The keys of one record on their way into the columns of a side.
//!
//! What every event has gets columns of its own; the rest follows one another.
//! A program counter gives the event a place too, named by a later `resolved`.

use super::{EventKind, Key, Side, Value, columns::Head, place::Place, shown::safe};

/// What has been read of a record so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// `t`.
    time: u64,
    /// `loop` or `sched`.
    driver: u32,
    /// `at`.
    at: Option<String>,
    /// `src`.
    src: Option<String>,
    /// `pc`.
    pc: Option<String>,
    /// `function`.
    function: Option<String>,
}

impl Fields {
    /// Takes one key.
    pub(super) fn take(&mut self, side: &mut Side, key: &str, value: Value<'_>) {
        match (key, value) {
            ("t", Value::Number(time)) => self.time = time,
            ("loop" | "sched" | "pool", Value::Number(driver)) => {
                self.driver = u32::try_from(driver).unwrap_or(u32::MAX);
            }
            ("at", place) => self.at = Some(safe(&place.to_string()).into_owned()),
            ("src", place) => self.src = Some(safe(&place.to_string()).into_owned()),
            (_, Value::Text(text)) => self.take_other(side, key, Value::Text(&safe(text))),
            (_, Value::Word(word)) => self.take_other(side, key, Value::Word(&safe(word))),
            _ => self.take_other(side, key, value),
        }
    }

    /// Takes a key that has no column of its own.
    fn take_other(&mut self, side: &mut Side, key: &str, value: Value<'_>) {
        match Key::of(key) {
            Some(Key::Pc) => self.pc = Some(value.to_string()),
            Some(Key::Function) => self.function = Some(value.to_string()),
            _ => {}
        }
        let key = side.texts.intern(&safe(key));
        side.columns.push_key(key, value, &mut side.texts);
    }

    /// Makes the event of what was taken, the next one in the side's columns.
    /// It is folded by the next [`Side::fold`].
    pub(super) fn finish(self, side: &mut Side, name: &str) {
        let kind = EventKind::of(name).ok_or_else(|| side.texts.intern(&safe(name)));
        let mut at = self.at.map(|place| side.places.at(&place));
        if let Some(pc) = &self.pc {
            if kind == Ok(EventKind::Resolved) {
                if let Some(place) = at.and_then(|at| side.places.get(at)) {
                    let place = Place {
                        function: self.function.map(Into::into),
                        ..place.clone()
                    };
                    side.places.resolve(pc, place);
                }
            } else if at.is_none() {
                at = Some(side.places.at_pc(pc));
            }
        }
        let src = self.src.map(|place| side.places.at(&place));
        side.columns.push(Head {
            kind,
            time: self.time,
            driver: self.driver,
            at,
            src,
        });
    }
}
