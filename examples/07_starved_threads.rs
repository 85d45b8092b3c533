//! Nobody starves: a thread computes, and the others run all the same.
//!
//! Run it: `cargo run --example 07_starved_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 07`
//!
//! Predict: a pulse beats every 10 ms. Another thread computes for 35 ms without
//! a pause. By how much is the pulse late?
//!   a) by up to 35 ms
//!   b) by up to a time slice, 3 ms, and a little
//! Answer: b. When the pulse is due it is runnable, and gets the processor as
//! soon as the slice of the one that computes is over.
//!
//! Change: the quantum, from 3 ms to 50 ms. Now the thread that computes is done
//! before its slice is over, and the pulse stands still as the task's does.
//!
//! Book: chapter 8. Twin: `07_starved_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, policy::RoundRobin};
use scheduler::{now, sleep, work, yield_now};
use std::time::Duration;

// ANCHOR: pulse
/// Beats every 10 ms, five times, as far as it can.
fn pulse() {
    for _ in 0..5 {
        println!("  beat at {} ms", now().as_millis());
        sleep(Duration::from_millis(10));
    }
}
// ANCHOR_END: pulse

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
        // ANCHOR: starved
        println!("in one piece");
        let beats = Builder::new().name("pulse").spawn(pulse);
        yield_now(); // it beats for the first time
        work(Duration::from_millis(35)); // taken away from it when its slice is over
        beats.join().expect("the pulse does not panic");
        // ANCHOR_END: starved
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// in one piece
//   beat at 2 ms
//   beat at 15 ms
//   beat at 28 ms
//   beat at 41 ms
//   beat at 52 ms
