//! Exploring: what a search finds, and that it misses nothing.

mod anchors;
mod environment;
mod failures;
mod limits;
