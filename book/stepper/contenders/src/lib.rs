//! What `cargo run -- compare` compares: every model, at the same work.
//!
//! ```text
//!  stepper: compare ──an order, as JSON──► examples/contender.rs, a process
//!                                            │   models: does the work
//!  stepper: compare ◄─a sample, as JSON──────┘   measure: what it cost
//! ```
//!
//! A process of its own for each measurement, so that what the kernel counted is
//! of that run alone; and a crate of its own, so that it is built with
//! optimisation in seconds, whatever the stepper is built with.
//!
//! Read [`names`] for what there is, [`work`] for what a unit does, and then any
//! of [`models`]. The scripts beside them (`python/`) do the same in Python.
//!
//! Invariants: (1) every model gives the same answer to the same order; (2) what
//! is measured begins with the first unit's start and ends with the last one's end.
//!
//! Book: chapter 25.

#![forbid(unsafe_code)]

pub mod measure;
pub mod models;
pub mod names;
pub mod order;
pub mod server;
pub mod work;

pub use measure::Usage;
pub use names::{Model, Workload};
pub use order::{Order, Sample};
