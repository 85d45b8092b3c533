//! The lost update: two threads add 1 to a total, and the total is 1.
//!
//! Run it: `cargo run --example 22_lost_update_threads`
//! Step both twins: `cargo run -- step 22`
//!
//! Predict: each of two threads loads the total and stores one more: four steps in
//! all. They can be arranged in six ways. In how many of them is an update lost?
//!   a) one
//!   b) two
//!   c) four
//! Answer: c. Only if one thread is through before the other one loads are both
//! counted. Run by chance it is nearly always fine, since a slice is so much longer
//! than two steps. A search tries the six; and of those that are alike, one.
//!
//! Change: in `broken`, a third thread (`[(); 3]`, and a total of 3), and see how many
//! ways there are then. Or run what was found: `SCHEDULE=` and what it printed, before
//! the command.
//!
//! Book: chapter 18. Twin: `22_lost_update_tasks.rs`.

use scheduler::{Preemption, Scheduler, Shared, explore, policy::RoundRobin, spawn, sync::Mutex};
use std::sync::Arc;
use std::time::Duration;

// ANCHOR: broken
/// Two threads add 1 to one total. Neither asks the other.
fn broken() {
    let total = Arc::new(Shared::new("total", 0));
    let adders = [(); 2].map(|()| {
        let total = Arc::clone(&total);
        spawn(move || {
            let seen = total.load();
            total.store(seen + 1); // of what was seen, which may be old
        })
    });
    for adder in adders {
        adder.join().expect("an adder does not panic");
    }
    assert!(total.load() == 2, "an update is lost");
}
// ANCHOR_END: broken

// ANCHOR: repaired
/// The same, and who is between the load and the store is there alone.
fn repaired() {
    let total = Arc::new((Mutex::new(()), Shared::new("total", 0)));
    let adders = [(); 2].map(|()| {
        let total = Arc::clone(&total);
        spawn(move || {
            let _alone = total.0.lock();
            let seen = total.1.load();
            total.1.store(seen + 1);
        })
    });
    for adder in adders {
        adder.join().expect("an adder does not panic");
    }
    assert!(total.1.load() == 2, "an update is lost");
}
// ANCHOR_END: repaired

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    // ANCHOR: main
    let policy = RoundRobin::new(Duration::from_millis(3));
    let once = Scheduler::new(preemption, policy).run(broken);
    once.expect("nobody waits for ever");
    println!("broken, once: fine");
    println!("broken: {}", explore(broken));
    println!("repaired: {}", explore(repaired));
    // ANCHOR_END: main
}

// Prints:
// broken, once: fine
// broken: tried 4 schedules, one of each kind, for all 6
//   2 times: fine
//   2 times: panic: an update is lost
// fails with 1 preemption: SCHEDULE=v1,5:2/15
//   thread 0 panicked at examples/22_lost_update_threads.rs:39: an update is lost
// repaired: tried 2 schedules, one of each kind, for all 2
//   2 times: fine
