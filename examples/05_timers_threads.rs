//! Sleeping: three threads wait at the same time, and each is late by a little.
//!
//! Run it: `cargo run --example 05_timers_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 05`
//!
//! Predict: rice, an egg and tea need 30, 10 and 20 ms, and are put on at once.
//! When is everything done, on the scheduler's clock?
//!   a) after 60 ms
//!   b) after 30 ms
//!   c) a little after 30 ms
//! Answer: c. The waits overlap. But each thread had to get the processor before
//! it could begin to sleep, and it takes a tick to do anything.
//!
//! Change: the rice, from 30 ms to an hour. Here, too, the clock jumps when
//! nobody is runnable.
//!
//! Book: chapter 6. Twin: `05_timers_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, now, policy::RoundRobin, sleep};
use std::time::Duration;

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
        // ANCHOR: timers
        let dishes = [("rice", 30), ("egg", 10), ("tea", 20)].map(|(dish, milliseconds)| {
            Builder::new().name(dish).spawn(move || {
                sleep(Duration::from_millis(milliseconds)); // blocked until a tick of the clock
                println!("{dish}: {} ms", now().as_millis());
            })
        });
        for dish in dishes {
            dish.join().expect("no dish panics");
        }
        println!("all: {} ms", now().as_millis());
        // ANCHOR_END: timers
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// egg: 15 ms
// tea: 27 ms
// rice: 34 ms
// all: 36 ms
