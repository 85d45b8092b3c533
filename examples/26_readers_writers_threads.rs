//! Readers and writers: the first to come in takes the key for all, the last returns it.
//!
//! Run it: `cargo run --example 26_readers_writers_threads`
//! Step both twins: `cargo run -- step 26`
//!
//! Predict: readers may be in a room together, a writer only alone. The first reader takes
//! the key, the last returns it. In `broken` nothing protects their count. What happens?
//!   a) one reads what is half written
//!   b) both wait for ever, for a key that one of them has
//!   c) either
//! Answer: c. Both load a count of 0, and both want the key. Or one forgets that the
//! other is still inside, and gives the key to the writer.
//!
//! Change: a third `read` in `meet`. Three is another program, to be searched anew.
//!
//! Book: chapter 19. Twin: `26_readers_writers_tasks.rs`.

use scheduler::sync::{Mutex, Semaphore};
use scheduler::{Preemption, Scheduler, Shared, explore, policy::RoundRobin, spawn};
use std::{sync::Arc, time::Duration};

/// One key, how many read, a lock for the counting, and a text in two halves.
type Room = (Semaphore, Shared<i32>, Option<Mutex<()>>, [Shared<u32>; 2]);

/// One reader more, or one less: and the key, for the first and for the last.
fn count((key, readers, counting, _): &Room, more: i32) {
    let _alone = counting.as_ref().map(Mutex::lock);
    let before = readers.load();
    readers.store(before + more);
    match (before, more) {
        (0, 1) => key.acquire(1).expect("nobody closes it").forget(),
        (1, -1) => key.add_permits(1),
        _ => {}
    }
}

/// Reads both halves.
fn read(room: &Room) {
    count(room, 1);
    let seen = room.3.each_ref().map(Shared::load);
    assert!(seen[0] == seen[1], "half written");
    count(room, -1);
}

/// Writes both halves.
fn write(room: &Room) {
    let _key = room.0.acquire(1).expect("nobody closes it");
    for half in &room.3 {
        half.store(1);
    }
}

/// Two readers and a writer.
fn meet(counting: Option<Mutex<()>>) {
    let halves = ["left", "right"].map(|name| Shared::new(name, 0));
    let room = Arc::new((
        Semaphore::new(1),
        Shared::new("readers", 0),
        counting,
        halves,
    ));
    let threads = [read, read, write].map(|act| {
        let room = Arc::clone(&room);
        spawn(move || act(&room))
    });
    for thread in threads {
        thread.join().expect("all that is read is whole");
    }
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let modes = [Preemption::Checkpoint, Preemption::Signal];
    let policy = RoundRobin::new(Duration::from_millis(20));
    let once = Scheduler::new(modes[usize::from(real)], policy).run(|| meet(None));
    once.unwrap_or_else(|error| panic!("{error}"));
    println!("broken: {}", explore(|| meet(None)));
    println!("repaired: {}", explore(|| meet(Some(Mutex::new(())))));
}

// Prints:
// broken: tried 240 schedules, one of each kind, for all 181,276
//   194 times: fine
//   24 times: panic: half written
//   22 times: deadlock
// fails with 1 preemption: SCHEDULE=v1,4:3,2:2,3:1/28
//   thread 1 panicked at examples/26_readers_writers_threads.rs:41: half written
// repaired: tried 32 schedules, one of each kind, for all 94,390
//   32 times: fine
