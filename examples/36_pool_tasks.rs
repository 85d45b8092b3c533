//! A pool: four sums, of which each keeps a processor busy. As tasks.
//!
//! Run it: `cargo run --example 36_pool_tasks`, and with `-- --real`
//! Step all three: `cargo run -- step 36`
//!
//! Predict: each sum takes 100 ms. How long do four take, on a machine with two
//! processors?
//!   a) 100 ms
//!   b) 200 ms
//!   c) 400 ms
//! Answer: c. Tasks take turns on one thread. They overlap waiting, and here is
//! none.
//!
//! Change: add `yield_now().await` before `job(n)`. Everybody gives way, and it
//! takes 400 ms all the same.
//!
//! Book: chapter 22. Twin: `36_pool_threads.rs`; third: `36_pool_processes.rs`.

use runtime::{Clock, EventLoop, now, spawn, work};
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
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        let began = now();
        for task in [10, 20, 30, 40].map(|n| spawn(async move { job(n) })) {
            println!("{}", task.await.expect("no task panics"));
        }
        println!("{}", sidestep::bar(now().saturating_sub(began)));
    });
}

// Prints:
// 285
// 2470
// 8555
// 20540
//   400 ms ####################
