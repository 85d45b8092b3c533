//! Searching: where in the events, the names and the output a text occurs.

use std::fmt::Write as _;

use super::Side;

/// Which way to search from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To later steps.
    Forwards,
    /// To earlier steps.
    Backwards,
}

impl Side {
    /// The nearest step after (or before) `from` whose event, unit's name, or
    /// output holds `text`; upper and lower case are the same. At the end the
    /// search goes on from the other end; `None` if nothing matches.
    pub fn search(&self, text: &str, from: usize, direction: Direction) -> Option<usize> {
        if text.is_empty() {
            return None;
        }
        let mut needle = Needle {
            side: self,
            text: text.to_lowercase(),
            names: Vec::new(),
            hay: String::new(),
        };
        needle.find_names();
        let last = self.len();
        let from = from.min(last);
        match direction {
            Direction::Forwards => (from + 1..=last)
                .chain(0..=from)
                .find(|&step| needle.is_at(step)),
            Direction::Backwards => (0..from)
                .rev()
                .chain((from..=last).rev())
                .find(|&step| needle.is_at(step)),
        }
    }
}

/// A text that is searched for.
struct Needle<'trace> {
    /// Where.
    side: &'trace Side,
    /// The text in lower case.
    text: String,
    /// The units whose names hold the text: driver and number, sorted.
    names: Vec<(u32, u32)>,
    /// Where an event is written to be searched; kept for its room.
    hay: String,
}

impl Needle<'_> {
    /// Finds the units whose names hold the text: their events match too.
    fn find_names(&mut self) {
        for driver in &self.side.last_state().drivers {
            for unit in driver.units.values() {
                if unit.label().to_lowercase().contains(&self.text) {
                    self.names.push((driver.number, unit.id.number));
                }
            }
        }
        self.names.sort_unstable();
    }

    /// Whether a step's event, or the output that came after it, matches.
    fn is_at(&mut self, step: usize) -> bool {
        let Some(event) = self.side.event_of_step(step) else {
            return self.is_printed(step);
        };
        let unit = event.unit().map(|unit| (unit.driver, unit.number));
        if unit.is_some_and(|unit| self.names.binary_search(&unit).is_ok()) {
            return true;
        }
        self.hay.clear();
        self.hay.push_str(event.name());
        for (key, value) in event.keys() {
            let _ = write!(self.hay, " {key}={value}");
        }
        if let Some(at) = event.at() {
            let _ = write!(self.hay, " at={at}");
        }
        if self.hay.is_ascii() {
            self.hay.make_ascii_lowercase();
        } else {
            self.hay = self.hay.to_lowercase();
        }
        self.hay.contains(&self.text) || self.is_printed(step)
    }

    /// Whether the output that came right after a step's event matches.
    fn is_printed(&self, step: usize) -> bool {
        let output = &self.side.output;
        let until = output.count_at(step);
        (0..until)
            .rev()
            .map_while(|index| output.get(index))
            .take_while(|piece| piece.step == step)
            .any(|piece| piece.text.to_lowercase().contains(&self.text))
    }
}
