//! Peterson and Dekker: a lock made of loads and stores, and what their order is for.
//!
//! Run it: `cargo run --example 24_peterson_threads`
//! Step both twins: `cargo run -- step 24`
//!
//! Predict: Peterson's lock says "I want to" and then "after you". In `BROKEN` these two
//! stores of one thread, to two variables, are swapped. What does it matter?
//!   a) nothing: both are done before either is looked at
//!   b) both can be inside at once
//! Answer: b. "After you" can be overruled before one wants to; then each finds it may go.
//!
//! Change: the first `0..2`, of looks, to `0..3`. More schedules, and still none fails.
//!
//! Book: chapter 19. Twin: `24_peterson_tasks.rs`.

use scheduler::{Preemption, Scheduler, Shared, explore, policy::RoundRobin, spawn};
use std::{sync::Arc, time::Duration};

/// Who wants to be inside, whose turn it is, and who came in last.
type Door = ([Shared<bool>; 2], Shared<usize>, Shared<usize>);

/// Inside: nobody else comes in before one is through.
fn inside((_, _, last): &Door, me: usize) {
    last.store(me);
    assert!(last.load() == me, "two are inside");
}

// ANCHOR: peterson
/// Wants to, lets the other go first (in `BROKEN`, before), looks twice, and gives up.
fn peterson<const BROKEN: bool>(door @ (wants, turn, _): &Door, me: usize) {
    if BROKEN {
        turn.store(1 - me);
    }
    wants[me].store(true);
    if !BROKEN {
        turn.store(1 - me);
    }
    if (0..2).any(|_| !wants[1 - me].load() || turn.load() == me) {
        inside(door, me);
    }
    wants[me].store(false);
}
// ANCHOR_END: peterson

/// Dekker's, the first of its kind: whose turn it is not stands back, and tries again.
fn dekker(door @ (wants, turn, _): &Door, me: usize) {
    for _ in 0..2 {
        wants[me].store(true);
        if !wants[1 - me].load() {
            inside(door, me);
            turn.store(1 - me);
            break;
        }
        wants[me].store(turn.load() == me);
    }
    wants[me].store(false);
}

/// Two threads go through one door.
fn two(pass: fn(&Door, usize)) {
    let wants = ["one wants", "two wants"].map(|name| Shared::new(name, false));
    let door = Arc::new((wants, Shared::new("turn", 0), Shared::new("last", 0)));
    let doors = [(0, Arc::clone(&door)), (1, door)];
    let threads = doors.map(|(me, door)| spawn(move || pass(&door, me)));
    for thread in threads {
        thread.join().expect("nobody meets anybody inside");
    }
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let modes = [Preemption::Checkpoint, Preemption::Signal];
    let policy = RoundRobin::new(Duration::from_millis(20));
    let once = Scheduler::new(modes[usize::from(real)], policy).run(|| two(peterson::<true>));
    once.expect("nobody waits for ever");
    println!("broken: {}", explore(|| two(peterson::<true>)));
    println!("repaired, Peterson: {}", explore(|| two(peterson::<false>)));
    println!("repaired, Dekker: {}", explore(|| two(dekker)));
}

// Prints:
// broken: tried 24 schedules, one of each kind, for all 2,226
//   20 times: fine
//   4 times: panic: two are inside
// fails with 2 preemptions: SCHEDULE=v1,3:2,1:1,4:2/21
//   thread 1 panicked at examples/24_peterson_threads.rs:25: two are inside
// repaired, Peterson: tried 28 schedules, one of each kind, for all 4,818
//   28 times: fine
// repaired, Dekker: tried 73 schedules, one of each kind, for all 31,180
//   73 times: fine
