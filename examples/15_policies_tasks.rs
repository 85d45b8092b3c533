//! The loop's only policy: whoever gives way goes to the end of the queue.
//!
//! Run it: `cargo run --example 15_policies_tasks`
//! Step both twins: `cargo run -- step 15`
//!
//! Predict: three tasks are started at once, and compute for 8, 4 and 2 ms, in
//! pieces of 1 ms. When is the short one done?
//!   a) first
//!   b) last, when both others are
//!   c) in the middle
//! Answer: a. It has to wait for two pieces of each of the others. The loop takes
//! turns; how long a turn is, each task says itself by its `.await`s.
//!
//! Change: take the `yield_now().await` out. Now it is first come, first served.
//!
//! Book: chapter 15. Twin: `15_policies_threads.rs`.

use runtime::{Builder, Clock, EventLoop, now, sleep, work, yield_now};
use std::time::Duration;

/// When the jobs come.
const START: Duration = Duration::from_millis(20);

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        // ANCHOR: jobs
        let jobs = [("long", 8), ("middle", 4), ("short", 2)].map(|(name, pieces)| {
            Builder::new().name(name).spawn(async move {
                sleep(START.saturating_sub(now())).await; // all three come at the same instant
                for _ in 0..pieces {
                    yield_now().await; // to the end of the queue
                    work(Duration::from_millis(1)); // nobody can stop it in here
                }
                println!(
                    "{name} is done after {} ms",
                    now().saturating_sub(START).as_millis()
                );
            })
        });
        // ANCHOR_END: jobs
        for job in jobs {
            job.await.expect("no job panics");
        }
    });
}

// Prints:
// short is done after 6 ms
// middle is done after 10 ms
// long is done after 14 ms
