//! A global lock: tasks need none, since there is one thread, and that is the same.
//!
//! Run it: `cargo run --example 39_global_lock_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 39`
//!
//! Predict: a task waits for ten answers, 1 ms each, while another one computes for
//! 100 ms and gives way every 5. How long do the ten answers take?
//!   a) 10 ms: waiting needs no thread
//!   b) 60 ms: each waits for the other to give way
//!   c) 100 ms
//! Answer: c. Whoever gives way is back in the queue before the loop looks at the
//! clock, and so is ahead of the answer: each one waits for two pieces of 5 ms.
//!
//! Change: take the `yield_now` out. The answers begin when the sum is done: nobody
//! takes the thread away from a task, where a lock would be taken away.
//!
//! Book: chapter 24. Twin: `39_global_lock_threads.rs`.

use runtime::{Clock, EventLoop, now, sleep, spawn, work, yield_now};
use std::time::Duration;

// ANCHOR: tasks
/// Computes for 100 ms, and gives way every 5.
async fn sum() {
    for _ in 0..20 {
        work(Duration::from_millis(5));
        yield_now().await;
    }
}

/// Waits for ten answers.
async fn answers() {
    for _ in 0..10 {
        sleep(Duration::from_millis(1)).await;
    }
}
// ANCHOR_END: tasks

/// Says how long it takes until `one` is done, beside the `other`.
async fn beside(
    what: &str,
    one: impl Future<Output = ()> + 'static,
    other: impl Future<Output = ()> + 'static,
) {
    let began = now();
    let (other, one) = (spawn(other), spawn(one));
    one.await.expect("no panic");
    println!("  {what} {}", sidestep::bar(now().saturating_sub(began)));
    other.await.expect("no panic");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        beside("a sum beside a sum    ", sum(), sum()).await;
        beside("answers beside answers", answers(), answers()).await;
        beside("answers beside a sum  ", answers(), sum()).await;
    });
}

// Prints:
//   a sum beside a sum       200 ms ##########
//   answers beside answers    10 ms
//   answers beside a sum     100 ms #####
