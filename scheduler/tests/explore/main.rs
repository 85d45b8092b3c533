//! Exploring: what a search finds, and that it misses nothing.

mod anchors;
