//! Squares: a sum in parts, and each is nothing but computing. As processes.
//!
//! Run it: `cargo run --example 38_squares_processes`, and for the times
//! `cargo run --release --example 38_squares_processes -- --real`
//! Step all three: `cargo run -- step 38`
//!
//! Predict: two workers are given 8 parts, or 20,000 parts of which each is 2,500
//! times smaller, one at a time. Which is quicker, on two processors?
//!   a) 20,000: both workers are busy to the end
//!   b) 8: fewer messages
//!   c) they are the same: the squares are the same
//! Answer: b. A part of some microseconds is not worth a message that takes more.
//!
//! Change: `.chunk(1)` to `.chunk(1_000)`. The parts are as small, and 1,000 go in a
//! message: now it hardly matters how many there are.
//!
//! Book: chapter 23. Twin: `38_squares_threads.rs`; third: `38_squares_tasks.rs`.

use scheduler::process::{self, Pool};
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

// ANCHOR: squares
/// One part: the sum of the squares from here to there.
fn part((from, to): (u64, u64)) -> u128 {
    (from..to)
        .map(u128::from)
        .fold(0, |sum, i| black_box(sum + i * i))
}

/// The sum of the squares below `n`, in so many parts, by so many workers.
fn squares(n: u64, parts: u64, workers: u32) -> Result<u128, Box<dyn Error>> {
    let pool = Pool::builder().workers(workers).chunk(1).start(part)?;
    let bound = |i: u64| n * i / parts;
    let mut sum = 0;
    for part in pool.map((0..parts).map(|i| (bound(i), bound(i + 1)))) {
        sum += part?;
    }
    Ok(sum)
}
// ANCHOR_END: squares

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    process::init!(part); // a worker process gets no further
    let real = sidestep::real();
    println!("2 workers, 8 parts: {}", squares(800, 8, 2)?);
    if real {
        for (workers, parts) in [(1, 8), (2, 8), (2, 20_000)] {
            let began = Instant::now();
            squares(200_000_000, parts, workers)?;
            let bar = sidestep::bar(began.elapsed());
            println!("{workers} worker(s), {parts:>5} parts {bar}");
        }
    }
    Ok(())
}

// Prints:
// 2 workers, 8 parts: 170346800
