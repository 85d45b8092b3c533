//! The starved loop: one task computes, and all others stand still.
//!
//! Run it: `cargo run --example 07_starved_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 07`
//!
//! Predict: a pulse beats every 10 ms. Another task computes for 35 ms without
//! an `.await`. When does the pulse beat?
//!   a) at 0, 10, 20, 30 and 40 ms
//!   b) at 0 ms, and then at 35 ms
//! Answer: b. The loop cannot take the processor from a task. Timers fire only
//! at the end of a turn, when its polls are over.
//!
//! Change: the 7 pieces of 5 ms, to 35 of 1 ms. The more often the long task
//! gives way, the less the pulse is late; and the more it costs.
//!
//! Book: chapter 8. Twin: `07_starved_threads.rs`.

use runtime::{Builder, Clock, EventLoop, blocking, now, sleep, work, yield_now};
use std::time::Duration;

// ANCHOR: pulse
/// Beats every 10 ms, five times, as far as it can.
async fn pulse() {
    for _ in 0..5 {
        println!("  beat at {} ms", now().as_millis());
        sleep(Duration::from_millis(10)).await;
    }
}
// ANCHOR_END: pulse

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        // ANCHOR: starved
        println!("in one piece");
        let beats = Builder::new().name("pulse").spawn(pulse());
        yield_now().await; // it beats for the first time
        work(Duration::from_millis(35)); // no `.await`: nobody else can run
        beats.await.expect("the pulse does not panic");
        // ANCHOR_END: starved

        // ANCHOR: cures
        println!("in pieces");
        let beats = Builder::new().name("pulse").spawn(pulse());
        for _ in 0..7 {
            yield_now().await; // the others run, and timers fire
            work(Duration::from_millis(5));
        }
        beats.await.expect("the pulse does not panic");

        println!("elsewhere");
        let beats = Builder::new().name("pulse").spawn(pulse());
        let job = blocking::spawn(|| work(Duration::from_millis(35))); // on another OS thread
        job.await.expect("the work does not panic");
        beats.await.expect("the pulse does not panic");
        // ANCHOR_END: cures
    });
}

// Prints:
// in one piece
//   beat at 0 ms
//   beat at 35 ms
//   beat at 45 ms
//   beat at 55 ms
//   beat at 65 ms
// in pieces
//   beat at 75 ms
//   beat at 90 ms
//   beat at 105 ms
//   beat at 115 ms
//   beat at 125 ms
// elsewhere
//   beat at 135 ms
//   beat at 145 ms
//   beat at 155 ms
//   beat at 165 ms
//   beat at 175 ms
