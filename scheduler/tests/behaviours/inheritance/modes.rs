//! Loans in every mode, on several CPUs, in circles, and by chance.

use super::{at, inheriting, inversion, locks};
use crate::support::{alone, in_time, join_all, ms};
use scheduler::policy::StaticPriority;
use scheduler::sync::Mutex;
use scheduler::{Builder, Preemption, RunError, Scheduler, current, sleep};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};

#[test]
fn a_runnable_holder_is_raised_where_it_waits() {
    let _turn = alone();
    // On a second CPU a middling thread runs; the holder takes it from that one.
    let order = Scheduler::new(Preemption::Checkpoint, StaticPriority::new())
        .cpus(2)
        .run(|| inversion(Mutex::inheriting(())))
        .unwrap();
    assert_eq!(order[0], "high");
}

#[test]
fn a_deadlock_through_inheriting_mutexes_is_found() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let error = in_time(move || {
            let run = Scheduler::new(mode, StaticPriority::new()).run(|| {
                let [one, two] = [inheriting(), inheriting()];
                let guard = one.lock();
                let child = locks(1, &[&two, &one]);
                sleep(ms(5));
                drop(two.lock());
                drop(guard);
                child.join().unwrap();
            });
            run.unwrap_err()
        });
        let RunError::Deadlock(deadlock) = error else {
            panic!("{error}");
        };
        assert_eq!(deadlock.path(), "0>mutex:2>1>mutex:1>0", "{mode:?}");
    }
}

#[test]
fn an_important_thread_gets_by_a_spinning_one_in_signal_mode() {
    let _turn = alone();
    let run = Scheduler::new(Preemption::Signal, StaticPriority::new());
    run.run(|| {
        let mutex = inheriting();
        let held = Arc::new(AtomicBool::new(false));
        let (is_held, holds) = (Arc::clone(&held), Arc::clone(&mutex));
        current().set_priority(9);
        let low = at(1, move || {
            let guard = holds.lock();
            is_held.store(true, Ordering::Relaxed);
            let begin = Instant::now();
            while begin.elapsed() < ms(20) {}
            drop(guard);
        });
        while !held.load(Ordering::Relaxed) {
            sleep(ms(1));
        }
        let gone = Arc::new(AtomicBool::new(false));
        let is_gone = Arc::clone(&gone);
        let mid = at(5, move || {
            let begin = Instant::now();
            while !is_gone.load(Ordering::Relaxed) {
                assert!(begin.elapsed() < Duration::from_mins(1), "it was shut out");
            }
        });
        drop(mutex.lock()); // lends to the holder, past the spinning one
        gone.store(true, Ordering::Relaxed);
        join_all([low, mid]);
    })
    .unwrap();
}

#[test]
fn in_every_mode_all_loans_are_returned_in_the_end() {
    let _turn = alone();
    for (mode, cpus) in [
        (Preemption::Checkpoint, 1),
        (Preemption::Checkpoint, 3),
        (Preemption::Never, 2),
        (Preemption::Signal, 1),
        (Preemption::Signal, 2),
    ] {
        in_time(move || {
            let policy = StaticPriority::new().quantum(Duration::from_micros(200));
            Scheduler::new(mode, policy)
                .cpus(cpus)
                .run(borrow_at_random)
                .unwrap();
        });
    }
}

/// Threads take random pairs of mutexes, in one order, and set random priorities.
fn borrow_at_random() {
    let mutexes = Arc::new([(); 4].map(|()| (Mutex::inheriting(()), AtomicI32::new(0))));
    let threads: [_; 8] = std::array::from_fn(|index| {
        let mutexes = Arc::clone(&mutexes);
        let mut state = index as u64 + 1;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        Builder::new().spawn(move || {
            for _ in 0..60 {
                let [first, second] = [random(3), 3].map(|index| usize::try_from(index).unwrap());
                let guards = [&mutexes[first].0, &mutexes[second].0].map(Mutex::lock);
                for index in [first, second] {
                    assert_eq!(mutexes[index].1.fetch_add(1, Ordering::Relaxed), 0);
                }
                current().set_priority(i32::try_from(random(9)).unwrap());
                for index in [first, second] {
                    mutexes[index].1.fetch_sub(1, Ordering::Relaxed);
                }
                assert!(current().priority() >= current().own_priority());
                let [first, second] = guards;
                if random(2) == 0 {
                    drop(first);
                    drop(second);
                } else {
                    drop(second);
                    drop(first);
                }
            }
            assert_eq!(current().priority(), current().own_priority());
        })
    });
    join_all(threads);
}
