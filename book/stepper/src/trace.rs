//! The trace: what the lines of a running program say, kept compactly.
//!
//! ```text
//! bytes ──Lines──► pieces ──Reader──► Side ──fold──► State at any step
//!                  (record, output)   columns, output, snapshots
//! ```
//!
//! A [`Trace`] has one [`Side`] for each half that wrote records: a lesson's
//! twin has one, a program that mixes both has two. Step `n` of a side is the
//! moment after its first `n` events; step 0 is before all of them.
//!
//! Invariants: (1) nothing here reads a clock, a file or a terminal, so all of
//! it compiles to WebAssembly; (2) whatever the bytes, nothing panics and
//! nothing is lost: what is no record is output.
//!
//! Book: appendix "Events".

mod account;
mod columns;
mod event;
mod fields;
mod json;

mod line;
mod output;
mod place;
mod reader;
mod record;
mod search;
mod shown;
mod side;
mod text;
mod value;
mod words;

pub use account::Account;
pub use event::Event;
pub use json::JsonError;
pub use output::{Output, OutputLine};
pub use place::{Place, PlaceId};
pub use reader::Reader;
pub use search::Direction;
pub use side::{Note, Side};
pub use value::{Reference, Value};
pub use words::{EventKind, Key, Target, Thing};

/// Everything that was read from one program, or from a file of two.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The sides, in the order in which they first appeared.
    pub sides: Vec<Side>,
    /// What came before any record, if there never was one.
    pub orphan: Output,
}

impl Trace {
    /// The side of one half, if it wrote anything.
    pub fn side(&self, target: Target) -> Option<&Side> {
        self.sides.iter().find(|side| side.target == target)
    }
}
