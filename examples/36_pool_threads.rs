//! A pool: four sums, of which each keeps a processor busy. As threads.
//!
//! Run it: `cargo run --example 36_pool_threads`, and with `-- --real`
//! Step all three: `cargo run -- step 36`
//!
//! Predict: each sum takes 100 ms. How long do four take, with one virtual CPU?
//!   a) 100 ms
//!   b) 200 ms
//!   c) 400 ms, and a little more
//! Answer: c. One CPU has 400 ms of work. A global interpreter lock makes of any
//! machine one with one CPU for threads.
//!
//! Change: `.cpus(1)` to `.cpus(2)`. Half the time: these threads can use two
//! processors, where nothing forbids it.
//!
//! Book: chapter 22. Twin: `36_pool_tasks.rs`; third: `36_pool_processes.rs`.

use scheduler::{Preemption, Scheduler, now, policy::RoundRobin, spawn, work};
use std::hint::black_box;
use std::time::Duration;

// ANCHOR: pool
/// The sum of the squares below `n`: nothing but computing.
fn sum_of_squares(n: u64) -> u128 {
    (0..n)
        .map(u128::from)
        .fold(0, |sum, i| black_box(sum + i * i))
}

/// One job: the sum, and the time that it stands for.
fn job(n: u64) -> u128 {
    work(Duration::from_millis(100));
    sum_of_squares(n)
}
// ANCHOR_END: pool

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let policy = RoundRobin::new(Duration::from_millis(3));
    let scheduler = Scheduler::new(preemption, policy).cpus(1);
    let outcome = scheduler.run(|| {
        let began = now();
        for thread in [10, 20, 30, 40].map(|n| spawn(move || job(n))) {
            println!("{}", thread.join().expect("it does not panic"));
        }
        println!("{}", sidestep::bar(now().saturating_sub(began)));
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// 285
// 2470
// 8555
// 20540
//   408 ms ####################
