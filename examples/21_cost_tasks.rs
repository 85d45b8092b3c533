//! The cost of a task: a few overlap the waiting, and too many hardly matter.
//!
//! Run it: `cargo run --example 21_cost_tasks`, and for your machine's figures
//! `cargo run --release --example 21_cost_tasks -- --real`
//! Step both twins: `cargo run -- step 21`
//!
//! Predict: 32 items are fetched: 20 ms of waiting and 1 ms of work for each. In
//! virtual time a start takes none. Who is quickest?
//!   a) 64 tasks, and 32 would be as quick
//!   b) 16 tasks
//!   c) 1 task: there is only one thread
//! Answer: a. Waiting overlaps, work does not. From 32 on there is no waiting
//! left to overlap, and those who find no item end at their first poll.
//!
//! Change: the waiting, from 20 ms to 200. Now there is more to overlap.
//!
//! Book: chapter 17. Twin: `21_cost_threads.rs`.

use runtime::{Clock, EventLoop, now, sleep, spawn, sync::Barrier, work, yield_now};
use std::{cell::RefCell, rc::Rc, time::Duration};

// ANCHOR: fetch
/// How long `count` tasks take, each of which does `what`.
async fn all<W: AsyncFn() + Clone + 'static>(count: u32, what: W) -> Duration {
    let began = now();
    let start = |what: W| spawn(async move { what().await });
    let tasks: Vec<_> = (0..count).map(|_| start(what.clone())).collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    now().saturating_sub(began)
}

/// How long `count` tasks take to fetch 32 items.
async fn fetch(count: u32) -> Duration {
    let items = Rc::new(RefCell::new(0..32));
    let fetch = async move || {
        while items.borrow_mut().next().is_some() {
            sleep(Duration::from_millis(20)).await; // overlaps with the others'
            work(Duration::from_millis(1)); // does not
        }
    };
    all(count, fetch).await
}
// ANCHOR_END: fetch

// ANCHOR: price
/// Measures what one of `count` tasks takes.
async fn price(count: u32) {
    let (before, barrier) = (sidestep::most_memory(), Barrier::new(count as usize));
    let barrier = Rc::new(barrier); // nobody ends before all are there
    let start = all(count, async move || _ = barrier.wait().await).await / count;
    let memory = (sidestep::most_memory() - before) / u64::from(count);
    let yielder = async || {
        for _ in 0..1_000 {
            yield_now().await;
        }
    };
    let switch = all(2, yielder).await / 2_000;
    println!("a task: {start:?} from start to end, {memory} bytes, {switch:?} to switch");
}
// ANCHOR_END: price

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        if real {
            price(100_000).await;
        }
        for count in (0..if real { 6 } else { 4 }).map(|exponent| 4_u32.pow(exponent)) {
            println!("{count:>4} tasks {}", sidestep::bar(fetch(count).await));
        }
    });
}

// Prints:
//    1 tasks   672 ms #################################
//    4 tasks   171 ms ########
//   16 tasks    57 ms ##
//   64 tasks    52 ms ##
