//! Reads traces, folds them into state, and says in words what happened.
//!
//! The library behind the stepper. It knows no terminal, no process and no
//! clock; the program on top of it (`main.rs`) does.
//!
//! ```text
//!  bytes of a child, or of a file
//!    │  trace      lines → events in columns, and the program's output
//!    ▼
//!  Side ── fold ──────► State at any step: queues, waits, timers, locks
//!    │                    │
//!    │                    ▼
//!    └─ sentence ─► what just happened and why      transcript ─► plain text
//! ```
//!
//! Read [`trace`] first, then [`fold`]: the rest only speaks about them.
//!
//! Book: appendix "Map of the code".

pub mod chrome;
pub mod fold;
pub mod sentence;
pub mod time;
pub mod trace;
pub mod transcript;

pub use fold::State;
pub use sentence::{sentence, why};
pub use trace::{Event, Reader, Side, Trace};
pub use transcript::transcript;
