//! Await, then act: what a task saw before an `.await` may not be so behind it.
//!
//! Run it: `cargo run --example 30_await_then_act_tasks`
//! Step both twins: `cargo run -- step 30`
//!
//! Predict: one seat is left, and two tasks want it. Each looks whether a seat is free,
//! pays, which takes an `.await`, and takes the seat. No lock. Is one sold twice?
//!   a) never: tasks need no locks
//!   b) in some orders of the tasks
//! Answer: b. In `at_once` no `.await` lies between look and deed, and no order fails: so
//! far a) is right. `locked` is right, too, and everybody waits while one pays.
//!
//! Change: the first line of `locked` to `drop(hall.1.lock().await)`, and it fails again.
//!
//! Book: chapter 20. Twin: `30_await_then_act_threads.rs`.

use runtime::{Clock, EventLoop, explore, spawn, sync::Mutex, yield_now};
use std::{cell::Cell, rc::Rc};

/// How many seats are left, and a lock for who wants one.
type Hall = (Cell<i32>, Mutex<()>);

/// Asks the bank; others have a turn meanwhile.
async fn pay() {
    yield_now().await;
}

// ANCHOR: buy
/// Pays, and then looks and takes a seat.
async fn at_once(hall: Rc<Hall>) {
    pay().await;
    if hall.0.get() > 0 {
        hall.0.set(hall.0.get() - 1);
    }
}

/// Looks, pays, and takes the seat that was free.
async fn broken(hall: Rc<Hall>) {
    if hall.0.get() > 0 {
        pay().await; // and the other one may look
        hall.0.set(hall.0.get() - 1);
    }
}

/// Takes the seat, and then pays.
async fn repaired(hall: Rc<Hall>) {
    if hall.0.get() > 0 {
        hall.0.set(hall.0.get() - 1);
        pay().await;
    }
}

/// As before, and whoever else wants a seat waits.
async fn locked(hall: Rc<Hall>) {
    let _alone = hall.1.lock().await;
    broken(Rc::clone(&hall)).await;
}
// ANCHOR_END: buy

/// Two tasks want a seat, and one is left.
async fn two<F: Future<Output = ()> + 'static>(buy: fn(Rc<Hall>) -> F) {
    let hall: Rc<Hall> = Rc::new((Cell::new(1), Mutex::new(())));
    let first = spawn(buy(Rc::clone(&hall)));
    yield_now().await; // the second comes a little later
    for buyer in [first, spawn(buy(Rc::clone(&hall)))] {
        buyer.await.expect("a buyer does not panic");
    }
    assert!(hall.0.get() >= 0, "a seat is sold twice");
}

fn main() {
    env_logger::init();
    let clock = [Clock::Virtual, Clock::Real][usize::from(sidestep::real())];
    EventLoop::new(clock).block_on(two(broken));
    println!("broken, once: fine");
    println!("at once: {}", explore(|| two(at_once)));
    println!("broken: {}", explore(|| two(broken)));
    println!("repaired: {}", explore(|| two(repaired)));
    println!("repaired, locked: {}", explore(|| two(locked)));
}

// Prints:
// broken, once: fine
// at once: tried 17 orders, one of each kind
//   17 times: fine
// broken: tried 15 orders, one of each kind
//   6 times: fine
//   9 times: panic: a seat is sold twice
// fails with 1 deviation: SCHEDULE=t1,3:2/7
//   task 0 panicked at examples/30_await_then_act_tasks.rs:68: a seat is sold twice
// repaired: tried 10 orders, one of each kind
//   10 times: fine
// repaired, locked: tried 11 orders, one of each kind
//   11 times: fine
