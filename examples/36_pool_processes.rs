//! A pool: four sums, of which each keeps a processor busy. As processes.
//!
//! Run it: `cargo run --example 36_pool_processes`, and with `-- --real`
//! Step all three: `cargo run -- step 36`
//!
//! Predict: with `--real` four larger sums are made. How long do two workers take
//! for them at best, on a machine with two processors?
//!   a) as long as one sum takes
//!   b) as long as two
//!   c) as long as four
//! Answer: b. Each process can have a processor for itself, and nothing is shared
//! that could make one wait for the other.
//!
//! Change: `Pool::new(2, ..)` to 8. On two processors it takes as long: more
//! workers are not more processors.
//!
//! Book: chapter 22. Twin: `36_pool_threads.rs`; third: `36_pool_tasks.rs`.

use scheduler::process::{self, Pool};
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

// ANCHOR: pool
/// The sum of the squares below `n`: nothing but computing.
fn sum_of_squares(n: u64) -> u128 {
    (0..n)
        .map(u128::from)
        .fold(0, |sum, i| black_box(sum + i * i))
}

/// Four sums by so many workers.
fn sums(workers: u32, numbers: [u64; 4]) -> Result<Vec<u128>, Box<dyn Error>> {
    let pool = Pool::new(workers, sum_of_squares)?;
    let sums: Result<_, _> = pool.map(numbers).collect(); // in the order of the numbers
    Ok(sums?)
}
// ANCHOR_END: pool

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    process::init!(sum_of_squares); // a worker process gets no further
    let real = sidestep::real();
    for sum in sums(2, [10, 20, 30, 40])? {
        println!("{sum}");
    }
    if real {
        for workers in [1, 2] {
            let began = Instant::now();
            sums(workers, [20_000_000; 4])?;
            println!("{workers} worker(s) {}", sidestep::bar(began.elapsed()));
        }
    }
    Ok(())
}

// Prints:
// 285
// 2470
// 8555
// 20540
