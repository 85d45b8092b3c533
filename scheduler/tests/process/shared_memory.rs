//! Memory that processes share, and the lock for it.

use crate::support::ended;
use scheduler::process::{self, Pool, SharedMemory};

/// Adds 1 to the first number so many times: a load and a store, within the lock.
fn add_locked((memory, times): (SharedMemory, u64)) {
    for _ in 0..times {
        let _guard = memory.lock();
        let seen = memory.load(0);
        std::hint::black_box(seen);
        memory.store(0, seen + 1);
    }
}

/// The same without the lock: until an update is lost, in this process's eyes.
fn add_until_lost((memory, own): (SharedMemory, usize)) -> bool {
    for round in 1..200_000_000 {
        let seen = memory.load(0);
        memory.store(0, seen + 1);
        memory.store(own, round);
        let sum = memory.load(1) + memory.load(2);
        if memory.load(3) == 1 || memory.load(0) + 2 < sum {
            memory.store(3, 1);
            return true;
        }
    }
    false
}

#[test]
fn under_the_lock_no_update_is_lost() {
    process::init!(add_locked);
    let memory = SharedMemory::new(1).unwrap();
    let pool = Pool::new(3, add_locked).unwrap();
    let jobs = (0..3).map(|_| (memory.clone(), 20_000));
    pool.map(jobs).for_each(|result| result.unwrap());
    assert_eq!(memory.load(0), 60_000);
}

#[test]
fn without_it_updates_are_lost() {
    process::init!(add_until_lost);
    let memory = SharedMemory::new(4).unwrap();
    let pool = Pool::new(2, add_until_lost).unwrap();
    let jobs = [(memory.clone(), 1), (memory.clone(), 2)];
    let lost: Vec<bool> = pool.map(jobs).map(Result::unwrap).collect();
    assert!(lost.contains(&true));
}

/// Takes the lock and dies of it.
fn die_locked(memory: SharedMemory) {
    let _guard = memory.lock();
    memory.store(0, 1);
    std::process::exit(1);
}

#[test]
fn a_lock_whose_holder_died_goes_to_the_next_and_says_so() {
    process::init!(die_locked);
    let memory = SharedMemory::new(1).unwrap();
    let died = process::spawn(die_locked, memory.clone()).unwrap().join();
    assert!(ended(&died));
    assert_eq!(memory.load(0), 1);
    let guard = memory.lock();
    assert!(guard.was_abandoned());
    drop(guard);
    assert!(!memory.lock().was_abandoned());
}

#[test]
#[should_panic(expected = "the memory has 3 numbers, and no number 3")]
fn a_number_outside_is_refused() {
    SharedMemory::new(3).unwrap().load(3);
}
