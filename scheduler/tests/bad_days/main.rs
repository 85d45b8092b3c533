//! Bad days of a scheduler: whatever a policy or a thread does, the run ends in
//! order, or a clear sentence says who holds what. Never a hang.
//!
//! What may hang, or end its process, runs in a process of its own: see `child`.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod checkpoint;
mod child;
mod debugger;
mod many;
mod policy;
mod processes;
mod signals;
mod threads;
