//! Stopped from outside: a loop calls nothing at all, and loses the processor.
//!
//! Run it: `cargo run --example 12_stopped_threads`
//! Step both twins: `cargo run -- step 12`
//!
//! Predict: one thread counts primes in a loop that calls nothing. Another wants
//! to ring a bell every 5 ms. When does it ring?
//!   a) when the primes are counted
//!   b) before that, while the loop is in its middle
//! Answer: b. A signal interrupts the loop between two of its instructions,
//! whichever they are, and the thread waits there until it is dispatched again.
//!
//! Change: `Preemption::Signal` to `Checkpoint`, where control moves only at
//! calls of ours. The loop has none: no bell rings before its end.
//!
//! Book: chapter 13. Twin: `12_stopped_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, policy::RoundRobin, sleep};
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
    sidestep::real(); // these threads always are: nothing else stops such a loop
    let quantum = Duration::from_millis(3);
    let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(quantum));
    let outcome = scheduler.run(|| {
        // ANCHOR: stopped
        let bell = Builder::new().name("bell").spawn(|| {
            for n in 1..=3 {
                sleep(Duration::from_millis(5)); // blocked until a tick of the clock
                println!("bell {n}");
            }
        });
        let primes = Builder::new().name("primes").spawn(|| {
            println!("{} primes", count_primes(30_000)); // taken away in the middle
        });
        // ANCHOR_END: stopped
        bell.join().expect("the bell does not panic");
        primes.join().expect("counting does not panic");
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// bell 1
// bell 2
// bell 3
// 3245 primes
