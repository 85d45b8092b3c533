//! Philosophers: three threads, three forks, and everybody waits for everybody.
//!
//! Run it: `cargo run --example 18_philosophers_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 18`
//!
//! Predict: each takes the fork at the left and, 50 ms later, the one at the
//! right. All begin together. Who eats?
//!   a) all of them, one after another
//!   b) one or two, whoever is quicker
//!   c) nobody
//! Answer: c. Each holds one fork and waits for the next one's, in a circle. The
//! scheduler sees that nobody can ever run, and tells the circle.
//!
//! Change: the third seat of the repaired table, `(0, 2)`, to `(2, 0)`. It is
//! one pair in the other direction, and nobody eats.
//!
//! Book: chapter 16. Twin: `18_philosophers_tasks.rs`.

use scheduler::{Builder, Preemption, RunError, Scheduler, policy::RoundRobin, sleep, sync::Mutex};
use std::sync::Arc;
use std::time::Duration;

/// Which fork each of the philosophers takes first, and which one second.
type Table = [(&'static str, usize, usize); 3];

/// Everybody takes the left one first.
const LEFT_FIRST: Table = [("Ada", 0, 1), ("Bo", 1, 2), ("Cy", 2, 0)];
/// Everybody takes the one with the lower number first.
const LOWER_FIRST: Table = [("Ada", 0, 1), ("Bo", 1, 2), ("Cy", 0, 2)];

// ANCHOR: dine
/// Sits three philosophers down, and waits until they have eaten, if they ever do.
fn dine(preemption: Preemption, table: Table) -> Result<(), RunError> {
    let policy = RoundRobin::new(Duration::from_millis(3));
    Scheduler::new(preemption, policy).run(|| {
        let forks = Arc::new([(); 3].map(Mutex::new));
        let philosophers = table.map(|(name, first, second)| {
            let forks = Arc::clone(&forks);
            Builder::new().name(name).spawn(move || {
                let _one = forks[first].lock();
                sleep(Duration::from_millis(50)); // thinks, with a fork in the hand
                let _other = forks[second].lock();
                println!("  {name} eats");
            })
        });
        for philosopher in philosophers {
            philosopher.join().expect("no philosopher panics");
        }
    })
}
// ANCHOR_END: dine

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    for (order, table) in [("left", LEFT_FIRST), ("lower", LOWER_FIRST)] {
        println!("the {order} fork first");
        if let Err(error) = dine(preemption, table) {
            let cycle = error.to_string().replace("; ", "\n  ");
            println!("  {}", cycle.replace(", which", ",\n    which"));
        }
    }
}

// Prints:
// the left fork first
//   deadlock: thread 1 'Ada' waits for mutex 2 at examples/18_philosophers_threads.rs:42,
//     which thread 2 holds since examples/18_philosophers_threads.rs:40
//   thread 2 'Bo' waits for mutex 3 at examples/18_philosophers_threads.rs:42,
//     which thread 3 holds since examples/18_philosophers_threads.rs:40
//   thread 3 'Cy' waits for mutex 1 at examples/18_philosophers_threads.rs:42,
//     which thread 1 holds since examples/18_philosophers_threads.rs:40
// the lower fork first
//   Bo eats
//   Ada eats
//   Cy eats
