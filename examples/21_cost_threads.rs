//! The cost of a thread: a few overlap the waiting, and many eat up the gain.
//!
//! Run it: `cargo run --example 21_cost_threads`, and for your machine's figures
//! `cargo run --release --example 21_cost_threads -- --real`
//! Step both twins: `cargo run -- step 21`
//!
//! Predict: 32 items are fetched: 20 ms of waiting and 1 ms of work for each. In
//! virtual time a start takes a tick, 1 ms, as any call does. Who is quickest?
//!   a) 64 threads: the more, the better
//!   b) 16 threads
//!   c) 1 thread: there is only one CPU
//! Answer: b. Waiting overlaps, work does not. From some number on there is no
//! waiting left to overlap, and each further thread is a start and an end.
//!
//! Change: the waiting, from 20 ms to 200. Now there is more to overlap.
//!
//! Book: chapter 17. Twin: `21_cost_tasks.rs`.

use scheduler::{Preemption, Scheduler, policy::RoundRobin, sync::Barrier};
use scheduler::{now, sleep, spawn, work, yield_now};
use std::sync::{Arc, Mutex};
use std::time::Duration;

// ANCHOR: fetch
/// How long `count` threads take, each of which does `what`.
fn all(count: u32, what: impl Fn() + Clone + Send + 'static) -> Duration {
    let began = now();
    let threads: Vec<_> = (0..count).map(|_| spawn(what.clone())).collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
    now().saturating_sub(began)
}

/// How long `count` threads take to fetch 32 items.
fn fetch(count: u32) -> Duration {
    let items = Arc::new(Mutex::new(0..32));
    all(count, move || {
        while items.lock().expect("nobody panics").next().is_some() {
            sleep(Duration::from_millis(20)); // overlaps with the others'
            work(Duration::from_millis(1)); // does not
        }
    })
}
// ANCHOR_END: fetch

// ANCHOR: price
/// Measures what one of `count` threads takes.
fn price(count: u32) {
    let (before, barrier) = (sidestep::most_memory(), Barrier::new(count as usize));
    let barrier = Arc::new(barrier); // nobody ends before all are there
    let start = all(count, move || _ = barrier.wait()) / count;
    let memory = (sidestep::most_memory() - before) / u64::from(count);
    let switch = all(2, || (0..1_000).for_each(|_| yield_now())) / 2_000;
    println!("a thread: {start:?} from start to end, {memory} bytes, {switch:?} to switch");
}
// ANCHOR_END: price

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, RoundRobin::new(Duration::from_millis(3)));
    let outcome = scheduler.run(|| {
        if real {
            price(1_000);
        }
        for count in (0..if real { 6 } else { 4 }).map(|exponent| 4_u32.pow(exponent)) {
            println!("{count:>4} threads {}", sidestep::bar(fetch(count)));
        }
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
//    1 threads   706 ms ###################################
//    4 threads   185 ms #########
//   16 threads    99 ms ####
//   64 threads   192 ms #########
