//! Exploring: what a search finds, and that it misses nothing.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod anchors;
mod environment;
mod failures;
mod known;
mod limits;
mod litmus;
mod peterson;
mod philosophers;
