//! One half's part of a trace: its events, its output, and its state at any step.
//!
//! The state at a step is a fold over the events before it. So that a step in
//! the middle of a million events is a short fold, a [`Snapshot`](Snapshots)
//! is kept now and then while the events arrive.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Account, Event, Output, Place, PlaceId, Target, columns::Columns, place::Places, text::Texts,
};
use crate::fold::{Snapshots, State};

/// Something about the trace itself that a reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The step at which it came up.
    pub step: usize,
    /// One sentence.
    pub text: String,
}

/// What one half wrote: its events in order, and the program's output.
#[derive(Clone, Debug)]
pub struct Side {
    /// Which half.
    pub target: Target,
    /// What to call it on the screen; the reader of the bytes fills it.
    pub title: String,
    /// The source files that the places name, by line; the reader fills it.
    pub sources: BTreeMap<String, Vec<String>>,
    /// What the program printed.
    pub output: Output,
    /// What is odd about the trace: unknown words, cut lines, holes.
    pub notes: Vec<Note>,
    /// The half's own account of its state, where it wrote one.
    pub accounts: Vec<Account>,
    /// The events.
    pub(super) columns: Columns,
    /// Their texts.
    pub(super) texts: Texts,
    /// Their places.
    pub(super) places: Places,
    /// The state after the last event, and at steps before it.
    snapshots: Snapshots,
}

impl Side {
    /// A side without events.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            title: String::new(),
            sources: BTreeMap::new(),
            output: Output::default(),
            notes: Vec::new(),
            accounts: Vec::new(),
            columns: Columns::default(),
            texts: Texts::default(),
            places: Places::default(),
            snapshots: Snapshots::new(target),
        }
    }

    /// How many events there are, which is also the number of the last step.
    pub const fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is no event.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The event at a position from 0.
    pub fn event(&self, index: usize) -> Option<Event<'_>> {
        (index < self.len()).then(|| Event::new(self, index))
    }

    /// The event that a step shows, which is the one before it; none at step 0.
    pub fn event_of_step(&self, step: usize) -> Option<Event<'_>> {
        self.event(step.checked_sub(1)?)
    }

    /// The events from one position to before another.
    pub fn events(
        &self,
        range: std::ops::Range<usize>,
    ) -> impl DoubleEndedIterator<Item = Event<'_>> {
        (range.start..range.end.min(self.len())).map(|index| Event::new(self, index))
    }

    /// A place of this side; `None` while its program counter is not resolved.
    pub fn place(&self, id: PlaceId) -> Option<&Place> {
        self.places.get(id)
    }

    /// The state after the first `step` events (all, if there are fewer).
    pub fn state_at(&self, step: usize) -> State {
        self.snapshots.state_at(self, step.min(self.len()))
    }

    /// The state after the last event that was read.
    pub const fn last_state(&self) -> &State {
        self.snapshots.last()
    }

    /// The steps at which a record contradicted the state: the first 10,000.
    pub fn complaints(&self) -> &[(usize, Arc<str>)] {
        self.snapshots.complaints()
    }

    /// Whether a line of output may stand before steps that came before it:
    /// under signals records go through a queue, and prints do not.
    pub fn output_may_be_early(&self) -> bool {
        let drivers = &self.last_state().drivers;
        drivers
            .iter()
            .any(|driver| &*driver.settings.mode == "signal")
    }

    /// Folds the events that were put into the columns since the last call.
    pub(super) fn fold(&mut self) {
        let mut snapshots = std::mem::replace(&mut self.snapshots, Snapshots::new(self.target));
        snapshots.extend(self);
        self.snapshots = snapshots;
    }

    /// Says of which half the events are, and folds them all.
    pub(super) fn become_of(&mut self, target: Target) {
        self.target = target;
        self.snapshots = Snapshots::new(target);
        self.fold();
    }

    /// Adds a note about the trace itself.
    pub(super) fn note(&mut self, text: String) {
        self.notes.push(Note {
            step: self.len(),
            text,
        });
    }
}
