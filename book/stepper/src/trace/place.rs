//! Places: lines of source, and program counters that wait to become one.
//!
//! A thread that was preempted by a signal is known by its program counter
//! alone; a later `resolved` record says which line that is. All events with
//! one program counter share one place, so that the record patches them all.

use std::{collections::HashMap, sync::Arc};

/// The number of a place of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(pub(crate) u32);

/// A line of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the compiler named it.
    pub file: Arc<str>,
    /// The line, from 1; 0 if the record named none.
    pub line: u32,
    /// The function, where a `resolved` record named it.
    pub function: Option<Arc<str>>,
}

impl Place {
    /// Reads `file:line`; a place without a line is all file.
    pub(crate) fn parse(text: &str) -> Self {
        let split = text
            .rsplit_once(':')
            .and_then(|(file, line)| Some((file, line.parse().ok()?)));
        let (file, line) = split.unwrap_or((text, 0));
        Self {
            file: file.into(),
            line,
            function: None,
        }
    }

    /// The file's name without its folders.
    pub fn file_name(&self) -> &str {
        self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file)
    }
}

impl std::fmt::Display for Place {
    /// As a record holds it: `file:line`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line == 0 {
            formatter.write_str(&self.file)
        } else {
            write!(formatter, "{}:{}", self.file, self.line)
        }
    }
}

/// Every place of one side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The places by number; `None` while a program counter is not resolved.
    by_number: Vec<Option<Place>>,
    /// Of each place: whether it is that of a program counter.
    is_pc: Vec<bool>,
    /// The numbers by `file:line`.
    by_text: HashMap<Box<str>, PlaceId>,
    /// The numbers by program counter, as the record wrote it.
    by_pc: HashMap<Box<str>, PlaceId>,
}

impl Places {
    /// The number of the place that a record calls `text`.
    pub(crate) fn at(&mut self, text: &str) -> PlaceId {
        if let Some(&id) = self.by_text.get(text) {
            return id;
        }
        let id = self.add(Some(Place::parse(text)), false);
        self.by_text.insert(text.into(), id);
        id
    }

    /// The number of the place of a program counter.
    pub(crate) fn at_pc(&mut self, pc: &str) -> PlaceId {
        if let Some(&id) = self.by_pc.get(pc) {
            return id;
        }
        let id = self.add(None, true);
        self.by_pc.insert(pc.into(), id);
        id
    }

    /// Every event with this program counter stands at `place` from now on.
    pub(crate) fn resolve(&mut self, pc: &str, place: Place) {
        let id = self.at_pc(pc);
        self.by_number[id.0 as usize] = Some(place);
    }

    /// The place of a number; `None` while it is not resolved.
    pub(crate) fn get(&self, id: PlaceId) -> Option<&Place> {
        self.by_number[id.0 as usize].as_ref()
    }

    /// Whether a place is known by its program counter.
    pub(crate) fn is_pc(&self, id: PlaceId) -> bool {
        self.is_pc[id.0 as usize]
    }

    /// Appends a place.
    fn add(&mut self, place: Option<Place>, is_pc: bool) -> PlaceId {
        self.by_number.push(place);
        self.is_pc.push(is_pc);
        PlaceId(u32::try_from(self.by_number.len() - 1).expect("fewer places than bytes in memory"))
    }
}
