//! The vocabulary is closed, and none of its words is idle.

use crate::support::{Line, Trace, ms, round_robin};
use scheduler::policy::FirstComeFirstServed;
use scheduler::sync::atomic::{Ordering, fence};
use scheduler::sync::{Barrier, Condvar, Mutex, Once, RwLock, Semaphore, channel};
use scheduler::trace::{Event, VOCABULARY};
use scheduler::{
    Local, Preemption, Scheduler, Shared, blocking, checkpoint, sleep, spawn, trace, yield_now,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// Of each thread its own.
static OWN: Local<u32> = Local::new("own", || 0);

/// A program that takes every kind of step.
fn everything() {
    let shared = Shared::new("x", 0);
    shared.store(shared.load());
    fence(Ordering::SeqCst);
    let mutex = Arc::new(Mutex::new(()));
    let other = Arc::clone(&mutex);
    let guard = mutex.lock();
    let contends = spawn(move || drop(other.lock()));
    sleep(ms(5));
    contends.thread().set_priority(1);
    drop(guard);
    contends.join().unwrap();
    let lock = Arc::new(RwLock::new(()));
    let other = Arc::clone(&lock);
    let reader = lock.read();
    let writes = spawn(move || drop(other.write()));
    sleep(ms(5));
    drop(reader);
    writes.join().unwrap();
    drop(Semaphore::new(1).acquire(1).unwrap());
    Condvar::new().notify_one();
    Barrier::new(1).wait();
    Once::new().call_once(|| ());
    let (sender, receiver) = channel(1);
    sender.send(()).unwrap();
    receiver.recv().unwrap();
    drop(sender);
    trace::mark("here");
    OWN.set(1);
    checkpoint();
    blocking(|| ());
    let panics = spawn(|| panic!("on purpose"));
    let spins = spawn(|| {
        let begin = Instant::now();
        while begin.elapsed() < ms(10) {
            yield_now();
        }
    });
    let begin = Instant::now();
    while begin.elapsed() < ms(10) {
        checkpoint();
    }
    panics.join().unwrap_err();
    spins.join().unwrap();
}

/// Everything, in two modes, a deadlock, and a fault of the policy.
fn collect() -> Vec<Line> {
    let trace = Trace::begin();
    for mode in [Preemption::Checkpoint, Preemption::Signal] {
        Scheduler::new(mode, round_robin(1))
            .run(everything)
            .unwrap();
    }
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let mutex = Mutex::new(());
            let _once = mutex.lock();
            drop(mutex.lock());
        })
        .unwrap_err();
    Scheduler::new(Preemption::Checkpoint, FirstComeFirstServed::new())
        .starvation_limit(ms(2))
        .run(|| {
            let starves = spawn(|| ());
            (0..5).for_each(|_| checkpoint());
            starves.join().unwrap();
        })
        .unwrap_err();
    trace.lines()
}

#[test]
fn every_event_happens_and_no_other() {
    let lines = collect();
    let mut seen: BTreeSet<&str> = lines.iter().map(|line| line.event.as_str()).collect();
    // Only if a program takes steps faster than they can be logged: see the
    // tests of `clerk`.
    seen.insert("lost");
    // Only where a schedule is followed: see `tests/explore/environment.rs`.
    seen.extend(["offered", "raced"]);
    let known: BTreeSet<&str> = VOCABULARY.iter().map(|event| event.name).collect();
    assert_eq!(seen, known);
}

#[test]
fn every_record_has_the_keys_of_its_event_in_order() {
    for line in collect() {
        let keys: Vec<&str> = line.pairs.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys[..2], ["t", "sched"], "{line:?}");
        assert_eq!(keys.last(), Some(&"src"), "{line:?}");
        let mut rest = keys[2..keys.len() - 1].to_vec();
        rest.pop_if(|key| *key == "at");
        let fits = |event: &&Event| {
            let (must, may) = rest.split_at(event.keys.split(' ').count().min(rest.len()));
            event.name == line.event
                && must.join(" ") == event.keys
                && may
                    .iter()
                    .all(|key| event.optional.split(' ').any(|may| may == *key))
        };
        assert!(VOCABULARY.iter().any(|event| fits(&event)), "{line:?}");
    }
}
