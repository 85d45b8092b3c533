//! A mixed load: 16 pages, each of which is waited for and then worked on. A hybrid.
//!
//! Run it: `cargo run --example 40_hybrid_processes`, and with `-- --real`
//! Step all three: `cargo run -- step 40`
//!
//! Predict: 20 ms of waiting and 5 ms of work for each page. Two processes share the
//! 16, and in each of them a loop runs 8 tasks. How long do they take?
//!   a) 60 ms
//!   b) 100 ms: as one loop with 16 tasks
//!   c) 200 ms: as two processes that do one page after the other
//! Answer: a. In each, 20 ms are waited once, and 5 ms are worked 8 times. The tasks
//! overlap the waiting, and the processes share the work.
//!
//! Change: the two processes to four. Half the work for each; the waiting stays.
//!
//! Book: chapter 25. Twin: `40_hybrid_threads.rs`; third: `40_hybrid_tasks.rs`.

use runtime::{Clock, EventLoop, JoinSet, now, sleep, work};
use scheduler::process::{self, Pool};
use std::{error::Error, time::Duration};

// ANCHOR: hybrid
/// A page: it is waited for, and worked on.
async fn page() {
    sleep(Duration::from_millis(20)).await;
    work(Duration::from_millis(5));
}

/// What a worker does: so many pages in a loop of its own, one after the other
/// or all at once. How long it takes, on that loop's clock.
fn pages((count, at_once, real): (u32, bool, bool)) -> Duration {
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            if at_once {
                tasks.spawn(page());
            } else {
                page().await;
            }
        }
        while tasks.join_next().await.is_some() {}
        now()
    })
}
// ANCHOR_END: hybrid

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    process::init!(pages); // a worker process gets no further
    let real = sidestep::real();
    let pool = Pool::new(2, pages)?;
    for (name, at_once) in [("a page at a time", false), ("8 tasks in each", true)] {
        let workers: Result<Vec<_>, _> = pool.map([(8, at_once, real); 2]).collect();
        let longest = workers?.into_iter().max().expect("there are two");
        println!("2 processes, {name:<16} {}", sidestep::bar(longest));
    }
    Ok(())
}

// Prints:
// 2 processes, a page at a time   200 ms ##########
// 2 processes, 8 tasks in each     60 ms ###
