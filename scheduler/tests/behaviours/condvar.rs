//! The condition variable: nothing is missed, and who is woken in which order.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::{Condvar, Mutex};
use scheduler::{Preemption, Scheduler, checkpoint, sleep, spawn, yield_now};
use std::collections::VecDeque;
use std::sync::Arc;

#[test]
fn a_notified_thread_locks_the_mutex_again() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let shared = Arc::new((Mutex::new(0), Condvar::new()));
            let other = Arc::clone(&shared);
            let waits = spawn(move || {
                let guard = other.1.wait(other.0.lock());
                assert_eq!(*guard, 1);
            });
            sleep(ms(20));
            let mut guard = shared.0.lock();
            *guard = 1;
            shared.1.notify_one(); // it holds the mutex still
            drop(guard);
            waits.join().unwrap();
        })
        .unwrap();
    let events = [
        "locked",
        "contended",
        "unlocked",
        "notified",
        "blocked",
        "runnable",
    ];
    assert_eq!(
        trace.only(&events)[2..],
        [
            "blocked thread=0 cpu=0 ran=2000000 on=sleep until=22000000",
            "locked mutex=1 thread=1",
            "unlocked mutex=1 thread=1",
            "blocked thread=1 cpu=0 ran=2000000 on=condvar:1",
            "runnable thread=0 why=slept",
            "locked mutex=1 thread=0",
            "notified condvar=1 woke=1 thread=0",
            "runnable thread=1 why=unblocked by=thread:0", // though it holds the mutex
            "unlocked mutex=1 thread=0",
            "blocked thread=0 cpu=0 ran=3000000 on=thread:1",
            "locked mutex=1 thread=1",
            "unlocked mutex=1 thread=1",
            "runnable thread=0 why=unblocked by=thread:1",
        ]
    );
}

#[test]
fn who_has_waited_longest_is_notified_first() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let shared = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
            let threads = [1, 2, 3].map(|number| {
                let shared = Arc::clone(&shared);
                spawn(move || {
                    let mut order = shared.1.wait(shared.0.lock());
                    order.push(number);
                })
            });
            sleep(ms(20));
            shared.1.notify_one();
            sleep(ms(20));
            assert_eq!(*shared.0.lock(), [1], "only one was woken");
            shared.1.notify_all();
            join_all(threads);
            assert_eq!(*shared.0.lock(), [1, 2, 3]);
        })
        .unwrap();
}

#[test]
fn a_notification_for_which_nobody_waits_is_forgotten() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let shared = Arc::new((Mutex::new(()), Condvar::new()));
            shared.1.notify_one();
            shared.1.notify_all();
            let other = Arc::clone(&shared);
            let waits = spawn(move || drop(other.1.wait(other.0.lock())));
            sleep(ms(20));
            assert!(!waits.is_finished());
            shared.1.notify_all();
            waits.join().unwrap();
        })
        .unwrap();
    assert_eq!(
        trace.only(&["notified"]),
        [
            "notified condvar=1 woke=0 thread=0",
            "notified condvar=1 woke=0 thread=0",
            "notified condvar=1 woke=1 thread=0",
        ]
    );
}

#[test]
fn a_thread_waits_while_a_condition_holds_and_is_not_woken_without_a_reason() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let looks = Scheduler::new(mode, round_robin(1))
                .cpus(cpus)
                .run(|| {
                    let shared = Arc::new((Mutex::new(0), Condvar::new()));
                    let other = Arc::clone(&shared);
                    let waits = spawn(move || {
                        let mut looks = 0;
                        drop(other.1.wait_while(other.0.lock(), |value| {
                            looks += 1;
                            *value < 3
                        }));
                        looks
                    });
                    for _ in 0..3 {
                        sleep(ms(30));
                        *shared.0.lock() += 1;
                        shared.1.notify_one();
                        waits.thread().unpark(); // no reason for it to look
                    }
                    waits.join().unwrap()
                })
                .unwrap();
            assert!(looks <= 4, "{looks} {mode:?} {cpus}");
        }
    }
}

#[test]
fn a_bounded_buffer_loses_nothing() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let total = Scheduler::new(mode, round_robin(1))
                .cpus(cpus)
                .run(|| {
                    let buffer = Arc::new((
                        Mutex::new(VecDeque::new()),
                        [(); 2].map(|()| Condvar::new()),
                    ));
                    let producers = [(); 3].map(|()| {
                        let buffer = Arc::clone(&buffer);
                        spawn(move || {
                            let (values, [not_full, not_empty]) = &*buffer;
                            for value in 1..=50_u32 {
                                let values = values.lock();
                                let mut values =
                                    not_full.wait_while(values, |values| values.len() == 2);
                                values.push_back(value);
                                drop(values);
                                not_empty.notify_one();
                            }
                        })
                    });
                    let consumers = [(); 3].map(|()| {
                        let buffer = Arc::clone(&buffer);
                        spawn(move || {
                            let (values, [not_full, not_empty]) = &*buffer;
                            let mut sum = 0;
                            for _ in 0..50 {
                                let values = values.lock();
                                let mut values =
                                    not_empty.wait_while(values, |values| values.is_empty());
                                sum += values.pop_front().unwrap();
                                drop(values);
                                not_full.notify_all();
                            }
                            sum
                        })
                    });
                    join_all(producers);
                    join_all(consumers).iter().sum::<u32>()
                })
                .unwrap();
            assert_eq!(total, 3 * 1275, "{mode:?} {cpus}");
        }
    }
}

#[test]
fn who_comes_while_all_are_notified_is_not_among_them() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .cpus(2)
        .run(|| {
            let shared = Arc::new((Mutex::new(0), Condvar::new()));
            let threads = [(); 3].map(|()| {
                let shared = Arc::clone(&shared);
                spawn(move || {
                    for _ in 0..10 {
                        let mut woken = shared.1.wait(shared.0.lock());
                        *woken += 1; // and waits again at once
                    }
                })
            });
            for round in 0..10 {
                sleep(ms(40));
                assert_eq!(*shared.0.lock(), 3 * round);
                shared.1.notify_all();
                checkpoint();
                yield_now();
            }
            join_all(threads);
        })
        .unwrap();
}

#[test]
#[should_panic(expected = "can wait for a condition")]
fn a_thread_that_is_not_scheduled_cannot_wait() {
    let mutex = Mutex::new(());
    drop(Condvar::new().wait(mutex.lock()));
}
