//! The convoy: short tasks behind a long one, in one piece and in many.
//!
//! Run it: `cargo run --example 14_convoy_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 14`
//!
//! Predict: a task of 30 ms is there first, and then three of 2 ms. With an
//! `.await` after each 3 ms, whose end comes later, and what about the average?
//!   a) nobody's, and the average falls
//!   b) the long one's, and the average falls
//!   c) everybody's, and the average rises: giving way costs
//! Answer: b. The short ones pass. The long one pays 6 ms, which is their work,
//! and the three gain 27 each. But it had to be written that way.
//!
//! Change: the short tasks, from 2 ms to 30. Now all are alike, and giving way
//! makes all late: nobody is done before the others nearly are.
//!
//! Book: chapter 14. Twin: `14_convoy_threads.rs`.

use runtime::{Builder, Clock, EventLoop, now, work, yield_now};
use std::time::Duration;

// ANCHOR: job
/// Computes for so long, in pieces, and says when it is done.
async fn job(name: &str, milliseconds: u64, piece: u64) -> u128 {
    let mut left = milliseconds;
    while left > piece {
        work(Duration::from_millis(piece));
        left -= piece;
        yield_now().await; // to the tail of the queue
    }
    work(Duration::from_millis(left));
    println!("  {name}: {} ms", now().as_millis());
    now().as_millis()
}
// ANCHOR_END: job

/// Runs all jobs, and says when they are done on average.
fn run(clock: Clock, piece: u64) {
    EventLoop::new(clock).block_on(async {
        // ANCHOR: convoy
        let jobs = [("long", 30), ("short 1", 2), ("short 2", 2), ("short 3", 2)];
        let jobs = jobs.map(|(name, milliseconds)| {
            Builder::new()
                .name(name)
                .spawn(job(name, milliseconds, piece))
        });
        let mut ends = Vec::new();
        for job in jobs {
            ends.push(job.await.expect("no job panics"));
        }
        println!("  on average: {} ms", ends.iter().sum::<u128>() / 4);
        // ANCHOR_END: convoy
    });
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    println!("in one piece");
    run(clock, 30);
    println!("in pieces of 3 ms");
    run(clock, 3);
}

// Prints:
// in one piece
//   long: 30 ms
//   short 1: 32 ms
//   short 2: 34 ms
//   short 3: 36 ms
//   on average: 33 ms
// in pieces of 3 ms
//   short 1: 5 ms
//   short 2: 7 ms
//   short 3: 9 ms
//   long: 36 ms
//   on average: 14 ms
