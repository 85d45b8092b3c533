//! Double-checked locking: look, lock, look again, and do things in the right order.
//!
//! Run it: `cargo run --example 28_double_checked_threads`
//! Step both twins: `cargo run -- step 28`
//!
//! Predict: a value is made when somebody first needs it. To spare the lock later, one
//! looks at a flag first, and locks only if it is not set. In `broken` the flag is set,
//! and then the value is made; both under the lock. What can a second thread get?
//!   a) the value: the lock sees to it
//!   b) what was there before the value
//! Answer: b. Who sees the flag asks for no lock, and comes in between. The flag says
//! "it is made", so it must be the last thing that is done.
//!
//! Change: remove the second look in `repaired` (`if true`, in place of the inner `if`).
//! Nobody gets a wrong value, but it is made twice, and the assertion says so.
//!
//! Book: chapter 19. Twin: `28_double_checked_tasks.rs`.

use scheduler::sync::{Mutex, atomic::AtomicBool};
use scheduler::{Preemption, Scheduler, Shared, explore, policy::RoundRobin, spawn};
use std::sync::atomic::Ordering::{Acquire, Release};
use std::{sync::Arc, time::Duration};

/// Whether the value is made, how often it was, under the lock, and the value.
type Lazy = (AtomicBool, Mutex<u32>, Shared<u32>);

/// The value, which is made if it has to be.
fn broken((is_made, lock, value): &Lazy) -> u32 {
    if !is_made.load(Acquire) {
        let mut times = lock.lock();
        if !is_made.load(Acquire) {
            is_made.store(true, Release);
            value.store(42);
            *times += 1;
        }
    }
    value.load()
}

/// The same, and the flag is set when all is done.
fn repaired((is_made, lock, value): &Lazy) -> u32 {
    if !is_made.load(Acquire) {
        let mut times = lock.lock();
        if !is_made.load(Acquire) {
            value.store(42);
            *times += 1;
            is_made.store(true, Release);
        }
    }
    value.load()
}

/// Two threads want the value.
fn two(get: fn(&Lazy) -> u32) {
    let lazy = (
        AtomicBool::new(false),
        Mutex::new(0),
        Shared::new("value", 0),
    );
    let lazy = Arc::new(lazy);
    let threads = [Arc::clone(&lazy), Arc::clone(&lazy)].map(|lazy| spawn(move || get(&lazy)));
    let got = threads.map(|thread| thread.join().expect("nobody panics"));
    assert!(got == [42, 42], "they got {got:?}");
    assert!(*lazy.1.lock() == 1, "it was made twice");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let modes = [Preemption::Checkpoint, Preemption::Signal];
    let policy = RoundRobin::new(Duration::from_millis(20));
    let once = Scheduler::new(modes[usize::from(real)], policy).run(|| two(broken));
    once.expect("nobody waits for ever");
    println!("broken: {}", explore(|| two(broken)));
    println!("repaired: {}", explore(|| two(repaired)));
}

// Prints:
// broken: tried 6 schedules, one of each kind, for all 60
//   4 times: fine
//   1 time: panic: they got [42, 0]
//   1 time: panic: they got [0, 42]
// fails with 1 preemption: SCHEDULE=v1,8:2/19
//   thread 0 panicked at examples/28_double_checked_threads.rs:63: they got [42, 0]
// repaired: tried 4 schedules, one of each kind, for all 62
//   4 times: fine
