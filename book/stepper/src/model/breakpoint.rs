//! Breakpoints: what `c` runs to.
//!
//! ```text
//!   preempted         an event of this name
//!   pong   2          an event of this unit
//!   :14    queue.rs:14    an event at this line
//!   total > 2         the variable gets such a value (also = != < >= <=)
//! ```
//!
//! Left out: conditions that are joined. One is enough to find a step.
//!
//! Book: appendix "The stepper".

use std::cmp::Ordering;
use stepper::{
    Event, Side,
    trace::{EventKind, Key},
};

/// What to stop at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Breakpoint {
    /// Any event of this kind.
    Event(EventKind),
    /// Any event of the unit with this number.
    Unit(u32),
    /// Any event of a unit with this name.
    Named(String),
    /// Any event at this line, of this file if one is named.
    Line(String, u32),
    /// A variable gets a value that compares like this.
    Value(String, Comparison, String),
}

/// How a value compares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Other,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// The signs, those that begin with another after it, so that `<=` is no `<`.
const SIGNS: [(&str, Comparison); 7] = [
    ("!=", Comparison::Other),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("=", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::More),
];

impl Comparison {
    /// Whether `value` compares like this with `with`: as numbers if both are,
    /// else as text.
    fn holds(self, value: &str, with: &str) -> bool {
        let order = match (value.parse::<f64>(), with.parse::<f64>()) {
            (Ok(value), Ok(with)) => value.partial_cmp(&with),
            _ => Some(value.cmp(with)),
        };
        match self {
            Comparison::Equal => order == Some(Ordering::Equal),
            Comparison::Other => order != Some(Ordering::Equal),
            Comparison::Less => order == Some(Ordering::Less),
            Comparison::AtMost => order.is_some_and(Ordering::is_le),
            Comparison::More => order == Some(Ordering::Greater),
            Comparison::AtLeast => order.is_some_and(Ordering::is_ge),
        }
    }
}

impl Breakpoint {
    /// Reads what the learner typed, which says what is in `side`.
    ///
    /// # Errors
    /// It is nothing that this trace knows: a sentence that says what would be.
    pub(crate) fn parse(text: &str, side: &Side) -> Result<Breakpoint, String> {
        let text = text.trim();
        for (sign, comparison) in SIGNS {
            if let Some((name, value)) = text.split_once(sign) {
                let (name, value) = (name.trim(), value.trim());
                if name.is_empty() || value.is_empty() {
                    return Err("write a variable, a sign and a value: total > 2".to_owned());
                }
                return Ok(Breakpoint::Value(
                    name.to_owned(),
                    comparison,
                    value.to_owned(),
                ));
            }
        }
        if let Some((file, line)) = text.rsplit_once(':') {
            let line = line
                .parse()
                .map_err(|_| "write a line like :14".to_owned())?;
            return Ok(Breakpoint::Line(file.to_owned(), line));
        }
        if let Some(kind) = EventKind::of(text) {
            return Ok(Breakpoint::Event(kind));
        }
        let unit = side.target.unit().word();
        let number = text.strip_prefix(unit).unwrap_or(text).trim();
        if let Ok(number) = number.parse() {
            return Ok(Breakpoint::Unit(number));
        }
        let state = side.last_state();
        let mut units = state
            .drivers
            .iter()
            .flat_map(|driver| driver.units.values());
        if units.any(|unit| *unit.name == *text) {
            return Ok(Breakpoint::Named(text.to_owned()));
        }
        Err(format!(
            "write preempted, pong, 2, :14 or total > 2: `{text}` is none of these"
        ))
    }

    /// Whether an event is one to stop at.
    pub(crate) fn hits(&self, side: &Side, event: &Event<'_>) -> bool {
        match self {
            Breakpoint::Event(kind) => event.kind() == Some(*kind),
            Breakpoint::Unit(number) => event.unit().is_some_and(|unit| unit.number == *number),
            Breakpoint::Named(name) => event
                .unit()
                .and_then(|id| side.last_state().unit(id))
                .is_some_and(|unit| *unit.name == **name),
            Breakpoint::Line(file, line) => event
                .at()
                .is_some_and(|at| at.line == *line && at.file.ends_with(file.as_str())),
            Breakpoint::Value(name, comparison, value) => {
                event.kind() == Some(EventKind::Stored)
                    && event.text(Key::Name).as_deref() == Some(name)
                    && event
                        .text(Key::Value)
                        .is_some_and(|stored| comparison.holds(&stored, value))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::side;

    /// The steps of the example's threads at which `text` stops.
    fn stops(text: &str) -> Vec<usize> {
        let side = side();
        let breakpoint = Breakpoint::parse(text, &side).unwrap();
        let hit = side
            .events(0..side.len())
            .filter(|event| breakpoint.hits(&side, event));
        hit.map(|event| event.index() + 1).collect()
    }

    #[test]
    fn each_form_stops_where_it_says() {
        assert_eq!(stops("preempted"), [12]);
        assert_eq!(stops("2"), stops("pong"));
        assert_eq!(stops("thread 2"), stops("pong"));
        assert_eq!(stops(":12"), [12, 16, 19]);
        assert_eq!(stops("threads.rs:12"), [12, 16, 19]);
        assert!(stops("other.rs:12").is_empty());
        assert_eq!(stops("total >= 1"), [16, 19]);
        assert!(stops("total > 1").is_empty());
        assert_eq!(stops("total = 1"), [16, 19]);
    }

    #[test]
    fn numbers_compare_as_numbers_and_text_as_text() {
        assert!(Comparison::Less.holds("9", "10"));
        assert!(Comparison::More.holds("b", "a"));
        assert!(!Comparison::Equal.holds("nan", "NaN"));
    }

    #[test]
    fn nonsense_says_what_could_be_written() {
        for text in ["nobody", "", "total >", ":x"] {
            assert!(Breakpoint::parse(text, &side()).is_err(), "{text}");
        }
    }
}
