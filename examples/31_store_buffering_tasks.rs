//! Each says "I am here", and looks for the other: among tasks the last one sees the first.
//!
//! Run it: `cargo run --example 31_store_buffering_tasks`
//! Step both twins: `cargo run -- step 31`
//!
//! Predict: each of two tasks raises its own flag, gives way, and then looks at the other's.
//! Others run between its deed and its look. Can both find themselves alone?
//!   a) yes: an `.await` lies between, as in the last lesson
//!   b) no, in no order of the tasks
//! Answer: b. Whoever looks last looks when both flags are up, and sees them: all tasks of
//! a loop share one thread, and a thread always sees its own stores. The other way round,
//! in `broken`, both can look before a flag is up. So it is the order of the lines alone
//! that counts; the twin has the lines of `repaired`, and both find themselves alone.
//!
//! Change: remove the `.await` of `broken`. Look and deed are one step then, and no order
//! of the tasks fails.
//!
//! Book: chapter 21. Twin: `31_store_buffering_threads.rs`.

use runtime::{Clock, EventLoop, explore, spawn, yield_now};
use std::{cell::Cell, rc::Rc};

/// Who is here.
type Flags = [Cell<bool>; 2];

/// Looks, gives way, and raises its flag: whether it is alone.
async fn broken(flags: Rc<Flags>, me: usize) -> bool {
    let is_alone = !flags[1 - me].get();
    yield_now().await;
    flags[me].set(true);
    is_alone
}

// ANCHOR: repaired
/// Raises its flag, gives way, and looks: whether it is alone.
async fn repaired(flags: Rc<Flags>, me: usize) -> bool {
    flags[me].set(true);
    yield_now().await;
    !flags[1 - me].get()
}
// ANCHOR_END: repaired

/// Two tasks come.
async fn two<F: Future<Output = bool> + 'static>(is_alone: fn(Rc<Flags>, usize) -> F) {
    let flags = Rc::new(Flags::default());
    let first = spawn(is_alone(Rc::clone(&flags), 0));
    yield_now().await; // the second comes a little later
    let second = spawn(is_alone(flags, 1));
    let mut alone = [false; 2];
    for (is_alone, task) in alone.iter_mut().zip([first, second]) {
        *is_alone = task.await.expect("nobody panics");
    }
    assert!(alone != [true; 2], "both are alone");
}

fn main() {
    env_logger::init();
    let clock = [Clock::Virtual, Clock::Real][usize::from(sidestep::real())];
    EventLoop::new(clock).block_on(two(broken));
    println!("broken, once: fine");
    println!("broken: {}", explore(|| two(broken)));
    println!("repaired: {}", explore(|| two(repaired)));
}

// Prints:
// broken, once: fine
// broken: tried 17 orders, one of each kind
//   8 times: fine
//   9 times: panic: both are alone
// fails with 1 deviation: SCHEDULE=t1,3:2/7
//   task 0 panicked at examples/31_store_buffering_tasks.rs:53: both are alone
// repaired: tried 17 orders, one of each kind
//   17 times: fine
