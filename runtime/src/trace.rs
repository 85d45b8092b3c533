//! The trace: one log record for every step that the loop takes.
mod vocabulary;

pub use vocabulary::{Event, VOCABULARY};
