//! The dispatcher's account of itself, before every dispatch and at the end.

use crate::support::{Trace, ms, round_robin};
use scheduler::sync::Mutex;
use scheduler::{Preemption, Scheduler, sleep, spawn};
use std::sync::Arc;

/// The accounts, as `t running runnable blocked sleeping owners`.
fn accounts(trace: &Trace) -> Vec<String> {
    let lines = trace.all().into_iter();
    let states = lines.filter(|line| line.target == "account" && line.event == "state");
    let keys = ["t", "running", "runnable", "blocked", "sleeping", "owners"];
    states
        .map(|line| keys.map(|key| line.get(key).unwrap().to_owned()).join(" "))
        .collect()
}

#[test]
fn every_dispatch_is_preceded_by_the_whole_state() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let mutex = Arc::new(Mutex::new(()));
            let other = Arc::clone(&mutex);
            let guard = mutex.lock();
            let waits = spawn(move || drop(other.lock()));
            let sleeps = spawn(|| sleep(ms(2)));
            sleep(ms(9));
            drop(guard);
            sleeps.join().unwrap();
            waits.join().unwrap();
        })
        .unwrap();
    let expected = [
        "0 - 0 - - -",
        "4000000 - 1,2 - 0@13000000 1:0",
        "5000000 - 2 1:mutex:1 0@13000000 1:0",
        "8000000 - 2 1:mutex:1 0@13000000 1:0", // slept from 6 to 8
        "13000000 - 0 1:mutex:1 - 1:0",
        "15000000 - 1 0:thread:1 - -", // unlocked, and not locked again yet
        "15000000 - 0 - - -",
        "15000000 - - - - -",
    ];
    assert_eq!(accounts(&trace), expected);
}

#[test]
fn the_end_is_told_in_every_mode() {
    for mode in [Preemption::Never, Preemption::Signal] {
        let trace = Trace::begin();
        Scheduler::new(mode, round_robin(9)).run(|| ()).unwrap();
        let accounts = accounts(&trace);
        assert_eq!(accounts.len(), 1);
        assert!(accounts[0].ends_with(" - - - - -"), "{accounts:?}");
    }
}
