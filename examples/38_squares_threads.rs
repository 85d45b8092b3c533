//! Squares: a sum in eight parts, and each is nothing but computing. As threads.
//!
//! Run it: `cargo run --example 38_squares_threads`, and with `-- --real`
//! Step all three: `cargo run -- step 38`
//!
//! Predict: 100 ms are spent in one piece, and then each of eight threads computes
//! for 50 ms. How much quicker than one CPU are eight?
//!   a) eight times
//!   b) about three times
//!   c) not at all
//! Answer: b. The 400 ms shrink to 50, and the 100 ms stay: 150 of 500. With a
//! thousand CPUs it would be 100, and never less.
//!
//! Change: the 100 ms to 10. Now eight CPUs are nearly seven times as quick, but
//! for what it takes to start the threads, which they cannot share either.
//!
//! Book: chapter 23. Twin: `38_squares_tasks.rs`; third: `38_squares_processes.rs`.

use scheduler::{Preemption, Scheduler, now, policy::RoundRobin, spawn, work};
use std::time::Duration;

// ANCHOR: squares
/// One part: the sum of a hundred squares, and the time that it stands for.
fn part(n: u64) -> u64 {
    work(Duration::from_millis(50));
    (n * 100..(n + 1) * 100).map(|i| i * i).sum()
}

/// The sum of the squares below 800, as threads.
fn squares() -> u64 {
    work(Duration::from_millis(100)); // cannot be divided: reading the input, say
    let threads: Vec<_> = (0..8).map(|n| spawn(move || part(n))).collect();
    let parts = threads.into_iter().map(|thread| thread.join());
    parts.map(|part| part.expect("no thread panics")).sum()
}
// ANCHOR_END: squares

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    for cpus in [1, 2, 4, 8] {
        let policy = RoundRobin::new(Duration::from_millis(10));
        let scheduler = Scheduler::new(preemption, policy).cpus(cpus);
        let outcome = scheduler.run(|| {
            let began = now();
            (squares(), now().saturating_sub(began))
        });
        let (sum, took) = outcome.expect("nobody waits for ever");
        println!("{cpus} CPU(s): {sum} {}", sidestep::bar(took));
    }
}

// Prints:
// 1 CPU(s): 170346800   516 ms #########################
// 2 CPU(s): 170346800   309 ms ###############
// 4 CPU(s): 170346800   209 ms ##########
// 8 CPU(s): 170346800   159 ms #######
