//! The puzzles of the philosophers: lesson 18's table, for `cargo run -- drive philosophers`.
//!
//! Nobody thinks with a fork in the hand here. So a deadlock takes somebody who has the CPU
//! taken away at the wrong moment, and that is whoever drives.
//!
//! Run it: `cargo run --example puzzle_philosophers`

use scheduler::{Builder, explore, sync::Mutex};
use std::sync::Arc;

/// Three philosophers, each with the fork that is taken first, and the one after it.
fn dine(table: [(&'static str, usize, usize); 3]) {
    let forks = Arc::new([(); 3].map(Mutex::new));
    let philosophers = table.map(|(name, first, second)| {
        let forks = Arc::clone(&forks);
        Builder::new().name(name).spawn(move || {
            let _one = forks[first].lock();
            let _other = forks[second].lock();
            // eats
        })
    });
    for philosopher in philosophers {
        philosopher.join().expect("no philosopher panics");
    }
}

fn main() {
    env_logger::init();
    let left_first = [("Ada", 0, 1), ("Bo", 1, 2), ("Cy", 2, 0)];
    println!("the left fork first: {}", explore(|| dine(left_first)));
    let lower_first = [("Ada", 0, 1), ("Bo", 1, 2), ("Cy", 0, 2)];
    println!("the lower fork first: {}", explore(|| dine(lower_first)));
}
