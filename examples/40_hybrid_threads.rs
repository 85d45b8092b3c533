//! A mixed load: 16 pages, each of which is waited for and then worked on. As threads.
//!
//! Run it: `cargo run --example 40_hybrid_threads`, and with `-- --real`
//! Step all three: `cargo run -- step 40`
//!
//! Predict: 20 ms of waiting and 5 ms of work for each page. 16 threads have two
//! CPUs. How long do they take?
//!   a) 25 ms: all of it overlaps
//!   b) about 65 ms, and what it takes to start them
//!   c) 200 ms: half of 400
//! Answer: b. The waiting overlaps, and the 80 ms of work are shared by two. Threads
//! do both, where no global lock forbids it.
//!
//! Change: 16 to 64. The starting takes longer than the waiting now: a few threads
//! with a queue between them would be quicker.
//!
//! Book: chapter 25. Twin: `40_hybrid_tasks.rs`; third: `40_hybrid_processes.rs`.

use scheduler::{Preemption, Scheduler, now, policy::RoundRobin, sleep, spawn, work};
use std::time::Duration;

// ANCHOR: page
/// A page: it is waited for, and worked on.
fn page() {
    sleep(Duration::from_millis(20));
    work(Duration::from_millis(5));
}

/// So many of them, a thread for each: how long it takes.
fn pages(count: u32) -> Duration {
    let began = now();
    let threads: Vec<_> = (0..count).map(|_| spawn(page)).collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
    now().saturating_sub(began)
}
// ANCHOR_END: page

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    for cpus in [1, 2] {
        let policy = RoundRobin::new(Duration::from_millis(5));
        let scheduler = Scheduler::new(preemption, policy).cpus(cpus);
        let took = scheduler.run(|| pages(16)).expect("nobody waits for ever");
        println!("16 threads, {cpus} CPU(s) {}", sidestep::bar(took));
    }
}

// Prints:
// 16 threads, 1 CPU(s)   128 ms ######
// 16 threads, 2 CPU(s)    74 ms ###
