//! What just happened and why, in plain words.
//!
//! A sentence looks at the state before the step and after it, so that it can
//! give the reason: that a task had woken itself and is last in the queue, or
//! that a thread was stopped between its load and its store.
//!
//! [`sentence`] says what the last step was; [`why`] gives the chain that led to
//! what a unit does now.

use crate::{fold::UnitId, trace::Side};

/// What happened at `step` and why: one or more whole sentences.
pub fn sentence(side: &Side, step: usize) -> String {
    let Some(event) = side.event_of_step(step) else {
        return "Nothing has happened yet.".to_owned();
    };
    event.summary()
}

/// The chain of events that led to what `unit` does at `step`, latest first:
/// each with its step, so that a reader can go there.
pub fn why(side: &Side, step: usize, unit: UnitId) -> Vec<(usize, String)> {
    let _ = (side, step, unit);
    Vec::new()
}
