//! What `cargo run -- cost` measures: so many units of one kind, and what each takes.
//!
//! ```text
//!  stepper: cost ──an order, as JSON──► examples/unit.rs, a process of its own
//!                                         │  task, thread, os_thread, process,
//!                                         │  connection: starts, counts, ends
//!  stepper: cost ◄─a sample, as JSON──────┘  meter: what the kernel says
//! ```
//!
//! A process of its own for each measurement, so that no memory of an earlier one
//! is counted; and a crate of its own, so that it is built with optimisation in
//! seconds. The script beside it (`python/units.py`) does the same in Python.
//!
//! Invariants: (1) memory is looked at when all units are there and wait; (2) a
//! switch and a message are between two more units, while all others wait.
//!
//! Book: chapter 17.

#![forbid(unsafe_code)]

mod connection;
mod meter;
pub mod order;
mod os_thread;
mod process;
mod task;
mod thread;

pub use connection::{HOLD, hold};
pub use order::{Kind, Order, Sample, Trouble};
pub use process::{ECHO, echo, init};

/// Carries an order out.
///
/// # Errors
/// What the system refused, and how far it came.
pub fn measure(order: Order) -> Result<Sample, Trouble> {
    match order.kind {
        Kind::Task => Ok(task::measure(order.count)),
        Kind::Thread => Ok(thread::measure(order.count)),
        Kind::OsThread => os_thread::measure(order.count),
        Kind::Process => process::measure(order.count),
        Kind::TaskConnection => connection::of_tasks(order.count),
        Kind::ThreadConnection => connection::of_threads(order.count),
        Kind::PyTask | Kind::PyThread | Kind::PyProcess => {
            Err(Trouble::at(0, "Python measures its own units"))
        }
    }
}
