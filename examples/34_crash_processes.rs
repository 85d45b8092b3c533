//! A crash: one of three jobs takes its whole process with it.
//!
//! Run it: `cargo run --example 34_crash_processes`, and with `-- --real`
//! Step all three: `cargo run -- step 34`
//!
//! Predict: the second job aborts, as a crash in C code does. Two workers share
//! the jobs. What comes of the third?
//!   a) nothing: the program is gone
//!   b) nothing, if it was to run on the same worker
//!   c) its result
//! Answer: c. Only the worker is gone, with the one job that it had begun.
//! Another process takes its place.
//!
//! Change: `.retries(0)` to `.retries(2)`. Job 2 is tried three times, in three
//! processes, and ends the same way.
//!
//! Book: chapter 22. Twin: `34_crash_threads.rs`; third: `34_crash_tasks.rs`.

use scheduler::process::{self, Pool};
use std::error::Error;

// ANCHOR: crash
/// Works, but for the second one.
fn work(n: u32) -> u32 {
    if n == 2 {
        std::process::abort();
    }
    n * 10
}
// ANCHOR_END: crash

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    process::init!(work); // a worker process gets no further
    let _ = sidestep::real();
    let pool = Pool::builder().workers(2).retries(0).start(work)?;
    for (n, result) in (1..).zip(pool.map([1, 2, 3])) {
        match result {
            Ok(result) => println!("job {n}: {result}"),
            Err(error) => println!("job {n}: {}", error.failure()),
        }
    }
    Ok(())
}

// Prints:
// job 1: 10
// job 2: the worker ended (signal 6)
// job 3: 30
