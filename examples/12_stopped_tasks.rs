//! Never stopped: a loop calls nothing at all, and the event loop waits for it.
//!
//! Run it: `cargo run --example 12_stopped_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 12`
//!
//! Predict: one task counts primes in a loop that calls nothing. Another wants
//! to ring a bell every 5 ms. When does it ring?
//!   a) when the primes are counted
//!   b) before that, while the loop is in its middle
//! Answer: a. The event loop is a function that has called the task. It goes on
//! when the task returns, and nothing can make it return.
//!
//! Change: let another OS thread count, as in lesson 07:
//! `runtime::blocking::spawn(|| count_primes(30_000)).await.expect("no panic")`.
//! With `--real` the bell then rings meanwhile.
//!
//! Book: chapter 13. Twin: `12_stopped_threads.rs`.

use runtime::{Builder, Clock, EventLoop, sleep};
use std::time::Duration;

// ANCHOR: primes
/// Counts the primes below `limit`, and calls nothing: not us, not the system.
fn count_primes(limit: u32) -> u32 {
    let (mut primes, mut n) = (0, 2);
    while n < limit {
        let mut divisor = 2;
        while n % divisor != 0 {
            divisor += 1;
        }
        if divisor == n {
            primes += 1;
        }
        n += 1;
    }
    primes
}
// ANCHOR_END: primes

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        // ANCHOR: stopped
        let bell = Builder::new().name("bell").spawn(async {
            for n in 1..=3 {
                sleep(Duration::from_millis(5)).await; // a timer will wake it
                println!("bell {n}");
            }
        });
        let primes = Builder::new().name("primes").spawn(async {
            println!("{} primes", count_primes(30_000)); // no `.await`: to its end
        });
        // ANCHOR_END: stopped
        bell.await.expect("the bell does not panic");
        primes.await.expect("counting does not panic");
    });
}

// Prints:
// 3245 primes
// bell 1
// bell 2
// bell 3
