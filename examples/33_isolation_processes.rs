//! Isolation: two processes add to a variable of the program. Who sees it?
//!
//! Run it: `cargo run --example 33_isolation_processes`, and with `-- --real`
//! Step all three: `cargo run -- step 33`
//!
//! Predict: each adds 1 three times. What does main find afterwards?
//!   a) 6
//!   b) 3: the last one wins
//!   c) 0
//! Answer: c. Each process is the program again, with memory of its own, and
//! begins with 0. What comes back is what it returns, and nothing else.
//!
//! Change: set COUNTER to 10 in `main`, after `init!`. The processes still
//! begin with 0: they begin with the program, and not with what it has become.
//!
//! Book: chapter 22. Twin: `33_isolation_threads.rs`; third: `33_isolation_tasks.rs`.

use scheduler::process::{self, spawn};
use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

// ANCHOR: add
/// A variable of the program: of each process one.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Adds 1 three times: what it finds then.
fn add((): ()) -> u32 {
    for _ in 0..3 {
        COUNTER.fetch_add(1, Relaxed);
    }
    COUNTER.load(Relaxed)
}
// ANCHOR_END: add

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    process::init!(add); // a worker process gets no further
    let _ = sidestep::real();
    let [one, two] = [spawn(add, ())?, spawn(add, ())?];
    println!("process 1 finds {}", one.join()?);
    println!("process 2 finds {}", two.join()?);
    println!("main finds {}", COUNTER.load(Relaxed));
    Ok(())
}

// Prints:
// process 1 finds 3
// process 2 finds 3
// main finds 0
