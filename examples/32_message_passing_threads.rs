//! Message passing: the letter is written, the flag is up, and the box is empty.
//!
//! Run it: `cargo run --example 32_message_passing_threads`
//! Step both twins: `cargo run -- step 32`
//!
//! Predict: one thread writes a letter and raises a flag. Another reads the letter if the
//! flag is up. What must be stronger than `Relaxed`, so that the box is never empty?
//!   a) nothing: the letter is written before the flag is up
//!   b) the store of the flag, or its load
//!   c) the store of the flag, and its load
//! Answer: c. `Release` hands on what the writer has done so far, and `Acquire` takes it:
//! one without the other does nothing. The letter itself may stay `Relaxed`.
//!
//! Change: either `Some(..)` to `None`. A fence is half of a pair, too: the box is empty.
//!
//! Book: chapter 21. Twin: `32_message_passing_tasks.rs`.

use scheduler::sync::atomic::{AtomicBool, AtomicU32, fence};
use scheduler::{Explore, Memory, Preemption, Scheduler, explore, policy::RoundRobin, spawn};
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};
use std::{sync::Arc, time::Duration};

// ANCHOR: post
/// The letter, and whether it is there.
type Post = (AtomicU32, AtomicBool);
/// How the flag is raised and looked at, and which fences stand before and behind.
type How = ([Ordering; 2], [Option<Ordering>; 2]);
/// The ways that are tried.
const WAYS: [(&str, How); 4] = [
    ("broken", ([Relaxed, Relaxed], [None, None])),
    ("only released", ([Release, Relaxed], [None, None])),
    ("repaired", ([Release, Acquire], [None, None])),
    (
        "repaired, fenced",
        ([Relaxed; 2], [Some(Release), Some(Acquire)]),
    ),
];

/// Writes the letter, and raises the flag.
fn write((letter, flag): &Post, (how, fences): How) {
    letter.store(42, Relaxed);
    fences[0].into_iter().for_each(fence);
    flag.store(true, how[0]);
}

/// Looks at the flag, and reads what is there.
fn read((letter, flag): &Post, (how, fences): How) -> Option<u32> {
    flag.load(how[1]).then(|| {
        fences[1].into_iter().for_each(fence);
        letter.load(Relaxed)
    })
}
// ANCHOR_END: post

/// One writes, and the other reads.
fn two(how: How) {
    let letter = AtomicU32::named("letter", 0);
    let post = Arc::new((letter, AtomicBool::named("flag", false)));
    let for_writer = Arc::clone(&post);
    let writer = spawn(move || write(&for_writer, how));
    let reader = spawn(move || read(&post, how));
    writer.join().expect("nobody panics");
    let letter = reader.join().expect("nobody panics");
    assert!(letter != Some(0), "the box is empty");
}

fn main() {
    env_logger::init();
    let mode = [Preemption::Checkpoint, Preemption::Signal][usize::from(sidestep::real())];
    let policy = RoundRobin::new(Duration::from_millis(20));
    let once = Scheduler::new(mode, policy).run(|| two(WAYS[0].1));
    once.expect("nobody waits for ever");
    println!("broken, once: fine");
    for (name, how) in WAYS {
        let found = Explore::new().memory(Memory::C11).run(|| two(how));
        println!("{name}: {found}");
    }
    println!("broken, in order: {}", explore(|| two(WAYS[0].1)));
}

// Prints:
// broken, once: fine
// broken: tried 3 schedules, one of each kind, with all that C11 lets memory do
//   2 times: fine
//   1 time: panic: the box is empty
// fails without a preemption: SCHEDULE=v1,9:2~1/14
//   thread 0 panicked at examples/32_message_passing_threads.rs:64: the box is empty
// only released: tried 3 schedules, one of each kind, with all that C11 lets memory do
//   2 times: fine
//   1 time: panic: the box is empty
// fails without a preemption: SCHEDULE=v1,9:2~1/14
//   thread 0 panicked at examples/32_message_passing_threads.rs:64: the box is empty
// repaired: tried 2 schedules, one of each kind, with all that C11 lets memory do
//   2 times: fine
// repaired, fenced: tried 2 schedules, one of each kind, with all that C11 lets memory do
//   2 times: fine
// broken, in order: tried 2 schedules, one of each kind, for all 3
//   2 times: fine
