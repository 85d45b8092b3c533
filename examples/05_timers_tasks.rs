//! Timers: three tasks wait at the same time, and virtual time jumps.
//!
//! Run it: `cargo run --example 05_timers_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 05`
//!
//! Predict: rice, an egg and tea need 30, 10 and 20 ms, and are put on at once.
//! When is everything done, on the loop's clock?
//!   a) after 60 ms
//!   b) after 30 ms
//!   c) a little after 30 ms
//! Answer: b. The waits overlap, and in virtual time a task that computes takes
//! no time at all: the clock moves only when nobody can run.
//!
//! Change: the rice, from 30 ms to an hour. The program ends as quickly as
//! before. Then try it with `--real`, and think of Ctrl-C.
//!
//! Book: chapter 6. Twin: `05_timers_threads.rs`.

use runtime::{Builder, Clock, EventLoop, now, sleep};
use std::time::Duration;

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        // ANCHOR: timers
        let dishes = [("rice", 30), ("egg", 10), ("tea", 20)].map(|(dish, milliseconds)| {
            Builder::new().name(dish).spawn(async move {
                sleep(Duration::from_millis(milliseconds)).await; // a timer will wake it
                println!("{dish}: {} ms", now().as_millis());
            })
        });
        for dish in dishes {
            dish.await.expect("no dish panics");
        }
        println!("all: {} ms", now().as_millis());
        // ANCHOR_END: timers
    });
}

// Prints:
// egg: 10 ms
// tea: 20 ms
// rice: 30 ms
// all: 30 ms
