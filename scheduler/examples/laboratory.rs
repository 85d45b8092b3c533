//! `COUNTER += 1`, preempted after every number of instructions.
//!
//! Two threads add 1. After k instructions of the first one's statement it loses
//! its CPU, the second does the whole of its own, and the first goes on: for
//! every k, is the sum 2, or is an update lost?
//!
//! Run: `cargo run -p scheduler --example laboratory`, and again with
//! `--release`, where the compiler makes the statement one instruction.
//! Try: `COUNTER *= 2`; or two statements.
//!
//! A line for each k, its parts separated by tabs: k, the address and the bytes
//! of the instruction that comes next, its line, and what became of the sum.

use scheduler::policy::FirstComeFirstServed;
use scheduler::{Preemption, Scheduler, laboratory};
use std::error::Error;
use std::fmt::Write as _;

/// What both add to.
static mut COUNTER: u64 = 0;

/// The statement.
#[expect(
    unsafe_code,
    reason = "a plain variable of two threads is what it is about"
)]
#[inline(never)]
fn increment() {
    // SAFETY: requires that no other thread touches it at the same time. There is
    // one CPU, and who has it not is frozen. A second CPU would break this.
    unsafe { COUNTER += 1 };
}

/// Sets the counter, and returns what it was.
#[expect(unsafe_code, reason = "as above")]
#[inline(never)]
fn set_counter(value: u64) -> u64 {
    // SAFETY: as above; the other threads are over.
    let before = unsafe { COUNTER };
    // SAFETY: as above.
    unsafe { COUNTER = value };
    before
}

/// Every k, from the first instruction to the return.
fn table() -> Result<(), laboratory::Unavailable> {
    let walk = laboratory::walk(increment)?;
    for k in 0..=walk.instructions {
        set_counter(0);
        laboratory::interrupt(k, increment, increment)?;
        let sum = set_counter(0);
        let verdict = if sum == 2 { "kept" } else { "lost" };
        let Some(next) = walk.path.get(k) else {
            println!("{k}\t-\t-\t-\t{verdict}"); // its return is behind it
            continue;
        };
        let bytes = next.code.iter().fold(String::new(), |mut bytes, byte| {
            let _ = write!(bytes, "{byte:02x}"); // a String takes everything
            bytes
        });
        let at = next.at.as_deref().unwrap_or("-");
        println!("{k}\t{:x}\t{bytes}\t{at}\t{verdict}", next.address);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    Scheduler::new(Preemption::Signal, FirstComeFirstServed::new()).run(table)??;
    Ok(())
}
