//! Check, then act: every access is locked, and the account is overdrawn.
//!
//! Run it: `cargo run --example 23_check_then_act_threads`
//! Step both twins: `cargo run -- step 23`
//!
//! Predict: 100 are on an account, and two threads each want 70. Each looks, with the
//! mutex locked, whether there is enough, and then takes the money, with the mutex
//! locked again. Can the balance become negative?
//!   a) no: nobody touches the balance without the lock
//!   b) yes, with one preemption
//!   c) yes, but only with two or more
//! Answer: b. The lock keeps the balance whole, not the promise. Between looking and
//! taking it is open, and what was seen is no longer so. There is no data race in this
//! program, and no tool that looks for data races finds anything.
//!
//! Change: the amount, from 70 to 50, in both. Now there is enough for two, and the
//! search says that it cannot fail: for these numbers. The bug is still there.
//!
//! Book: chapter 18. Twin: `23_check_then_act_tasks.rs`.

use scheduler::{Preemption, Scheduler, explore, policy::RoundRobin, spawn, sync::Mutex};
use std::sync::Arc;
use std::time::Duration;

// ANCHOR: broken
/// Takes `amount` from the account if there is enough. Or was.
fn take(account: &Mutex<i32>, amount: i32) {
    if *account.lock() >= amount {
        // and here it is open
        *account.lock() -= amount;
    }
}
// ANCHOR_END: broken

// ANCHOR: repaired
/// The same, and what was seen is still so when it counts.
fn take_at_once(account: &Mutex<i32>, amount: i32) {
    let mut balance = account.lock();
    if *balance >= amount {
        *balance -= amount;
    }
}
// ANCHOR_END: repaired

/// Two threads, of which each takes 70 out of 100.
fn two(take: fn(&Mutex<i32>, i32)) {
    let account = Arc::new(Mutex::new(100));
    let takers = [(); 2].map(|()| {
        let account = Arc::clone(&account);
        spawn(move || take(&account, 70))
    });
    for taker in takers {
        taker.join().expect("a taker does not panic");
    }
    let balance = *account.lock();
    assert!(balance >= 0, "the balance is {balance}");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let policy = RoundRobin::new(Duration::from_millis(10));
    let once = Scheduler::new(preemption, policy).run(|| two(take));
    once.expect("nobody waits for ever");
    println!("broken, once: fine");
    println!("broken: {}", explore(|| two(take)));
    println!("repaired: {}", explore(|| two(take_at_once)));
}

// Prints:
// broken, once: fine
// broken: tried 6 schedules, one of each kind, for all 6
//   2 times: fine
//   4 times: panic: the balance is -40
// fails with 1 preemption: SCHEDULE=v1,6:2/20
//   thread 0 panicked at examples/23_check_then_act_threads.rs:56: the balance is -40
// repaired: tried 2 schedules, one of each kind, for all 2
//   2 times: fine
