//! The trace: one log record for every step that the scheduler takes.
mod vocabulary;

pub use vocabulary::{Event, VOCABULARY};
