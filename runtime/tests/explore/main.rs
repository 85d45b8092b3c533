//! A search of the orders in which tasks can come: how many there are, what it finds,
//! and what it says of itself.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod environment;
mod failures;
mod latch;
mod limits;
mod orders;
mod random;
