//! A mixed load: 16 pages, each of which is waited for and then worked on. As tasks.
//!
//! Run it: `cargo run --example 40_hybrid_tasks`, and with `-- --real`
//! Step all three: `cargo run -- step 40`
//!
//! Predict: 20 ms of waiting and 5 ms of work for each page, 400 ms in all if one
//! comes after the other. How long do 16 tasks take?
//!   a) 25 ms: all of it overlaps
//!   b) 100 ms
//!   c) 400 ms
//! Answer: b. The 20 ms are waited once, and the 5 ms are worked 16 times. Tasks
//! overlap the one and not the other.
//!
//! Change: the work, from 5 ms to 50. Now there is hardly any waiting in it, and
//! tasks gain hardly anything.
//!
//! Book: chapter 25. Twin: `40_hybrid_threads.rs`; third: `40_hybrid_processes.rs`.

use runtime::{Clock, EventLoop, JoinSet, now, sleep, work};
use std::time::Duration;

// ANCHOR: page
/// A page: it is waited for, and worked on.
async fn page() {
    sleep(Duration::from_millis(20)).await;
    work(Duration::from_millis(5));
}

/// So many of them, one after the other or all at once: how long it takes.
async fn pages(count: u32, at_once: bool) -> Duration {
    let began = now();
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        if at_once {
            tasks.spawn(page());
        } else {
            page().await;
        }
    }
    while tasks.join_next().await.is_some() {}
    now().saturating_sub(began)
}
// ANCHOR_END: page

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        println!("in turn  {}", sidestep::bar(pages(16, false).await));
        println!("16 tasks {}", sidestep::bar(pages(16, true).await));
    });
}

// Prints:
// in turn    400 ms ####################
// 16 tasks   100 ms #####
