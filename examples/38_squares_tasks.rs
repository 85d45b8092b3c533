//! Squares: a sum in eight parts, and each is nothing but computing. As tasks.
//!
//! Run it: `cargo run --example 38_squares_tasks`, and with `-- --real`
//! Step all three: `cargo run -- step 38`
//!
//! Predict: 100 ms are spent in one piece, and then each part takes 50 ms. By how
//! much are eight tasks quicker than one after the other?
//!   a) eight times
//!   b) by the 350 ms that they overlap
//!   c) not at all
//! Answer: c. Overlapped is what waits, and here nobody does: one thread computes,
//! and it has 500 ms of it to do.
//!
//! Change: both `work(..)` in `part` to `runtime::sleep(..).await`. Now the tasks take
//! 150 ms: parts that wait can overlap, and parts that compute cannot.
//!
//! Book: chapter 23. Twin: `38_squares_threads.rs`; third: `38_squares_processes.rs`.

use runtime::{Clock, EventLoop, now, spawn, work, yield_now};
use std::time::Duration;

// ANCHOR: squares
/// One part: the sum of a hundred squares, and the time that it stands for.
async fn part(n: u64) -> u64 {
    work(Duration::from_millis(25));
    yield_now().await; // so that nobody waits for the whole of it
    work(Duration::from_millis(25));
    (n * 100..(n + 1) * 100).map(|i| i * i).sum()
}

/// The sum of the squares below 800: one after the other, or as tasks.
async fn squares(as_tasks: bool) -> u64 {
    work(Duration::from_millis(100)); // cannot be divided: reading the input, say
    let mut sum = 0;
    if as_tasks {
        for task in (0..8).map(|n| spawn(part(n))).collect::<Vec<_>>() {
            sum += task.await.expect("no task panics");
        }
    } else {
        for n in 0..8 {
            sum += part(n).await;
        }
    }
    sum
}
// ANCHOR_END: squares

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        for (name, as_tasks) in [("in turn", false), ("8 tasks", true)] {
            let began = now();
            let sum = squares(as_tasks).await;
            let bar = sidestep::bar(now().saturating_sub(began));
            println!("{name}: {sum} {bar}");
        }
    });
}

// Prints:
// in turn: 170346800   500 ms #########################
// 8 tasks: 170346800   500 ms #########################
