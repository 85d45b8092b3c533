//! The bounded buffer with one condition variable: fine with three, not with four.
//!
//! Run it: `cargo run --example 25_bounded_buffer_threads`
//! Step both twins: `cargo run -- step 25`
//!
//! Predict: a buffer has room for one item. Who waits for room and who waits for an
//! item waits at the same condition variable, in a loop, and each who is done notifies
//! one. How many threads does it take until somebody can wait for ever?
//!   a) it cannot be: everybody looks again, and everybody notifies
//!   b) two: a producer and a consumer
//!   c) four: two of each
//! Answer: c. A producer's notification can reach the other producer, who looks, finds
//! the buffer full, and waits again. It was meant for a consumer, and is used up.
//!
//! Change: the repair, to two condition variables, `room` and `item`, with `notify_one`:
//! put waits at the one and tells the other. It exhausts, too, and nobody is told in vain.
//!
//! Book: chapter 19. Twin: `25_bounded_buffer_tasks.rs`.

use scheduler::sync::{Condvar, Mutex};
use scheduler::{JoinHandle, Preemption, Scheduler, explore, policy::RoundRobin, spawn};
use std::{sync::Arc, time::Duration};

/// How those who wait are told.
type Tell = fn(&Condvar);

// ANCHOR: buffer
/// Puts an item in as soon as there is room.
fn put((slot, changed): &(Mutex<bool>, Condvar), tell: Tell) {
    let mut is_full = changed.wait_while(slot.lock(), |is_full| *is_full);
    *is_full = true;
    tell(changed);
}

/// Takes an item out as soon as there is one.
fn take((slot, changed): &(Mutex<bool>, Condvar), tell: Tell) {
    let mut is_full = changed.wait_while(slot.lock(), |is_full| !*is_full);
    *is_full = false;
    tell(changed);
}
// ANCHOR_END: buffer

/// So many threads put an item in, and so many take one out.
fn meet(pairs: usize, tell: Tell) {
    let buffer = Arc::new((Mutex::new(false), Condvar::new()));
    let threads = (0..2 * pairs).map(|index| {
        let buffer = Arc::clone(&buffer);
        let act = if index < pairs { put } else { take };
        spawn(move || act(&buffer, tell))
    });
    for thread in threads.collect::<Vec<JoinHandle<()>>>() {
        thread.join().expect("no thread panics");
    }
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let modes = [Preemption::Checkpoint, Preemption::Signal];
    let policy = RoundRobin::new(Duration::from_millis(20));
    let once =
        Scheduler::new(modes[usize::from(real)], policy).run(|| meet(2, Condvar::notify_one));
    once.unwrap_or_else(|error| panic!("{error}"));
    println!("one and one: {}", explore(|| meet(1, Condvar::notify_one)));
    println!("broken: {}", explore(|| meet(2, Condvar::notify_one)));
    println!("repaired: {}", explore(|| meet(2, Condvar::notify_all)));
}

// Prints:
// one and one: tried 2 schedules, one of each kind, for all 3
//   2 times: fine
// broken: tried 176 schedules, one of each kind, for all 1,212
//   160 times: fine
//   16 times: lost wake-up
// fails without a preemption: SCHEDULE=v1,5:3,7:2,4:1/31
//   lost wake-up: deadlock: nobody can wake any thread: thread 0 'main' waits for the end of thread 1 at examples/25_bounded_buffer_threads.rs:52
//   thread 1 'thread 1' waits for another thread to notify condition variable 1 at examples/25_bounded_buffer_threads.rs:30
// repaired: tried 416 schedules, one of each kind, for all 5,964
//   416 times: fine
