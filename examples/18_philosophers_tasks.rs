//! Philosophers: three tasks, three forks, and everybody waits for everybody.
//!
//! Run it: `cargo run --example 18_philosophers_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 18`
//!
//! Predict: each takes the fork at the left and, 50 ms later, the one at the
//! right. All begin together, on one OS thread. Who eats?
//!   a) all of them: there are no races between tasks
//!   b) nobody
//! Answer: b. A mutex is held across an `.await`, and that is all it takes. The
//! loop cannot know that nobody will come: so the table has a time limit.
//!
//! Change: `sleep(..).await` to `runtime::work(..)`, which does not give way.
//! Each has both forks before the next one runs, and all eat.
//!
//! Book: chapter 16. Twin: `18_philosophers_threads.rs`.

use runtime::{Builder, Clock, Dump, EventLoop, dump, sleep, sync::Mutex, timeout};
use std::rc::Rc;
use std::time::Duration;

/// Which fork each of the philosophers takes first, and which one second.
type Table = [(&'static str, usize, usize); 3];

/// Everybody takes the left one first.
const LEFT_FIRST: Table = [("Ada", 0, 1), ("Bo", 1, 2), ("Cy", 2, 0)];
/// Everybody takes the one with the lower number first.
const LOWER_FIRST: Table = [("Ada", 0, 1), ("Bo", 1, 2), ("Cy", 0, 2)];

// ANCHOR: dine
/// Sits three philosophers down, and waits a second for them to eat.
fn dine(clock: Clock, table: Table) -> Result<(), Dump> {
    EventLoop::new(clock).block_on(async {
        let forks = Rc::new([(); 3].map(Mutex::new));
        let philosophers = table.map(|(name, first, second)| {
            let forks = Rc::clone(&forks);
            Builder::new().name(name).spawn(async move {
                let _one = forks[first].lock().await;
                sleep(Duration::from_millis(50)).await; // thinks, with a fork in the hand
                let _other = forks[second].lock().await;
                println!("  {name} eats");
            })
        });
        let all = async {
            for philosopher in philosophers {
                philosopher.await.expect("no philosopher panics");
            }
        };
        let limit = Duration::from_secs(1);
        timeout(limit, all).await.map_err(|_| dump())
    })
}
// ANCHOR_END: dine

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    for (order, table) in [("left", LEFT_FIRST), ("lower", LOWER_FIRST)] {
        println!("the {order} fork first");
        if let Err(dump) = dine(clock, table) {
            for task in dump.tasks().iter().filter(|task| !task.waits().is_empty()) {
                let (name, on) = (task.name().unwrap_or("?"), &task.waits()[0]);
                println!("  {name} waits for {} {}", on.kind(), on.number());
            }
        }
    }
}

// Prints:
// the left fork first
//   Ada waits for mutex 2
//   Bo waits for mutex 3
//   Cy waits for mutex 1
// the lower fork first
//   Bo eats
//   Ada eats
//   Cy eats
