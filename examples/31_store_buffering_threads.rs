//! Store buffering: each says "I am here", looks for the other, and sees nobody.
//!
//! Run it: `cargo run --example 31_store_buffering_threads`
//! Step both twins: `cargo run -- step 31`
//!
//! Predict: each of two threads raises its own flag, and then looks at the other's. The
//! flags are atomics, their ordering is `Relaxed`. Can both find themselves alone?
//!   a) no: whoever looks last looks when both flags are up
//!   b) yes, if the CPU is taken away at the wrong place
//!   c) yes, but in no order of the four steps
//! Answer: c. If a load sees the last store, a) is right. But a processor keeps a store to
//! itself for a while, and a load does not wait for that. `Release` and `Acquire` change
//! nothing here: only `SeqCst` orders a store and a later load. `--real` counts it.
//!
//! Change: the fence's `SeqCst` to `AcqRel`. It orders less, and both are alone again.
//!
//! Book: chapter 21. Twin: `31_store_buffering_tasks.rs`.

use scheduler::sync::atomic::{AtomicBool, fence};
use scheduler::{Explore, Memory, Preemption, Scheduler, explore, policy::RoundRobin, spawn};
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};
use std::{sync::Arc, time::Duration};

// ANCHOR: alone
/// How one raises the flag, which fence follows, and how one looks.
type How = (Ordering, Option<Ordering>, Ordering);

/// The ways that are tried.
const WAYS: [(&str, How); 4] = [
    ("broken", (Relaxed, None, Relaxed)),
    ("released", (Release, None, Acquire)),
    ("repaired", (SeqCst, None, SeqCst)),
    ("repaired, fenced", (Relaxed, Some(SeqCst), Relaxed)),
];

/// Raises its flag, and looks: whether it is alone.
fn is_alone(flags: &[AtomicBool; 2], me: usize, (raise, between, look): How) -> bool {
    flags[me].store(true, raise);
    between.into_iter().for_each(fence);
    !flags[1 - me].load(look)
}
// ANCHOR_END: alone

/// Two threads come.
fn two(how: How) {
    let flags = Arc::new(["one", "two"].map(|name| AtomicBool::named(name, false)));
    let threads = [(0, Arc::clone(&flags)), (1, flags)];
    let threads = threads.map(|(me, flags)| spawn(move || is_alone(&flags, me, how)));
    let alone = threads.map(|thread| thread.join().expect("nobody panics"));
    assert!(alone != [true; 2], "both are alone");
}

/// `broken` on two processors at once: how often of 100,000 times both were alone.
fn for_real() -> usize {
    let flags = [const { std::sync::atomic::AtomicU32::new(0) }; 2];
    sidestep::at_once(100_000, |me, round| {
        flags[me].store(round, Relaxed);
        flags[1 - me].load(Relaxed) < round
    })
}

fn main() {
    env_logger::init();
    let is_real = sidestep::real();
    let policy = RoundRobin::new(Duration::from_millis(20));
    let once = Scheduler::new(Preemption::Checkpoint, policy).run(|| two(WAYS[0].1));
    once.expect("nobody waits for ever");
    println!("broken, once: fine");
    if is_real {
        println!("broken, for real: {} times of 100,000", for_real());
    }
    for (name, how) in WAYS {
        let found = Explore::new().memory(Memory::C11).run(|| two(how));
        println!("{name}: {found}");
    }
    println!("broken, in order: {}", explore(|| two(WAYS[0].1)));
}

// Prints:
// broken, once: fine
// broken: tried 5 schedules, one of each kind, with all that C11 lets memory do
//   3 times: fine
//   2 times: panic: both are alone
// fails without a preemption: SCHEDULE=v1,9:2~1/14
//   thread 0 panicked at examples/31_store_buffering_threads.rs:50: both are alone
// released: tried 5 schedules, one of each kind, with all that C11 lets memory do
//   3 times: fine
//   2 times: panic: both are alone
// fails without a preemption: SCHEDULE=v1,9:2~1/14
//   thread 0 panicked at examples/31_store_buffering_threads.rs:50: both are alone
// repaired: tried 3 schedules, one of each kind, with all that C11 lets memory do
//   3 times: fine
// repaired, fenced: tried 4 schedules, one of each kind, with all that C11 lets memory do
//   4 times: fine
// broken, in order: tried 3 schedules, one of each kind, for all 6
//   3 times: fine
