//! Look, then act, among threads: not even two neighbouring lines are one step.
//!
//! Run it: `cargo run --example 30_await_then_act_threads`
//! Step both twins: `cargo run -- step 30`
//!
//! Predict: one seat is left, and two threads want it. Each pays, then looks whether a
//! seat is free and takes it, on two neighbouring lines. The twin does the same in
//! `at_once`, and no order of its tasks sells the seat twice. What about threads?
//!   a) the same: nothing lies between the lines
//!   b) a seat can be sold twice
//! Answer: b. What an `.await` is to a task, every access is to a thread: a place at which
//! others may come. Only a lock makes look and deed one; then it does not matter what the
//! thread waits for in between, but everybody else waits with it.
//!
//! Change: in `repaired`, `pay()` before the lock. It is right as well, and the others
//! need not wait while somebody pays.
//!
//! Book: chapter 20. Twin: `30_await_then_act_tasks.rs`.

use scheduler::{Preemption, Scheduler, Shared, explore, policy::RoundRobin, spawn, sync::Mutex};
use std::{sync::Arc, time::Duration};

/// How many seats are left, and a lock for who wants one.
type Hall = (Shared<i32>, Mutex<()>);

/// Asks the bank, which takes a while.
fn pay() {
    scheduler::sleep(Duration::from_millis(20));
}

// ANCHOR: broken
/// Pays, and then looks and takes a seat.
fn broken(hall: &Hall) {
    pay();
    if hall.0.load() > 0 {
        hall.0.store(hall.0.load() - 1); // the other one may have looked
    }
}
// ANCHOR_END: broken

// ANCHOR: repaired
/// The same, and whoever else wants a seat waits.
fn repaired(hall: &Hall) {
    let _alone = hall.1.lock();
    if hall.0.load() > 0 {
        pay();
        hall.0.store(hall.0.load() - 1);
    }
}
// ANCHOR_END: repaired

/// Two threads want a seat, and one is left.
fn two(buy: fn(&Hall)) {
    let hall = Arc::new((Shared::new("seats", 1), Mutex::new(())));
    let buyers = [(); 2].map(|()| {
        let hall = Arc::clone(&hall);
        spawn(move || buy(&hall))
    });
    for buyer in buyers {
        buyer.join().expect("a buyer does not panic");
    }
    assert!(hall.0.load() >= 0, "a seat is sold twice");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let modes = [Preemption::Checkpoint, Preemption::Signal];
    let policy = RoundRobin::new(Duration::from_millis(10));
    let once = Scheduler::new(modes[usize::from(real)], policy).run(|| two(broken));
    once.expect("nobody waits for ever");
    println!("broken, once: fine");
    println!("broken: {}", explore(|| two(broken)));
    println!("repaired: {}", explore(|| two(repaired)));
}

// Prints:
// broken, once: fine
// broken: tried 6 schedules, one of each kind, for all 20
//   4 times: fine
//   2 times: panic: a seat is sold twice
// fails with 1 preemption: SCHEDULE=v1,4:1,0:1,1:2,0:2,0:2/21
//   thread 0 panicked at examples/30_await_then_act_threads.rs:62: a seat is sold twice
// repaired: tried 2 schedules, one of each kind, for all 2
//   2 times: fine
