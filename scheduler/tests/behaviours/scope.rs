//! Scoped threads: what they may borrow, who waits for them, and panics.

use crate::support::{Trace, alone, in_time, ms, round_robin};
use scheduler::sync::Mutex;
use scheduler::{Builder, Preemption, RunError, Scheduler, Scope, checkpoint, scope, sleep, spawn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn threads_borrow_from_whoever_spawns_them() {
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
                    let numbers: Vec<u32> = (1..=100).collect();
                    let mut parts = [0; 4];
                    let seen = Mutex::new(0);
                    scope(|scope| {
                        for (part, numbers) in parts.iter_mut().zip(numbers.chunks(25)) {
                            let seen = &seen;
                            scope.spawn(move || {
                                for number in numbers {
                                    checkpoint();
                                    *part += number;
                                    *seen.lock() += 1;
                                }
                            });
                        }
                    });
                    assert_eq!(seen.into_inner(), 100);
                    parts.iter().sum::<u32>()
                })
                .unwrap();
            assert_eq!(total, 5050, "{mode:?} {cpus}");
        }
    }
}

#[test]
fn a_scope_waits_for_its_threads_in_the_order_of_their_spawning() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            scope(|scope| {
                for millis in [5, 2] {
                    scope.spawn(move || sleep(ms(millis)));
                }
            });
        })
        .unwrap();
    let events = ["blocked", "runnable", "finished"];
    assert_eq!(
        trace.only(&events)[3..],
        [
            "blocked thread=0 cpu=0 ran=4000000 on=thread:1",
            "blocked thread=1 cpu=0 ran=1000000 on=sleep until=10000000",
            "blocked thread=2 cpu=0 ran=1000000 on=sleep until=8000000",
            "runnable thread=2 why=slept", // the scope waits for thread 1 still
            "finished thread=2 cpu=0 ran=0",
            "runnable thread=1 why=slept",
            "finished thread=1 cpu=0 ran=0",
            "runnable thread=0 why=unblocked by=thread:1",
            "finished thread=0 cpu=0 ran=0",
        ]
    );
}

#[test]
fn what_the_body_returns_comes_out_and_handles_can_be_joined() {
    let _turn = alone();
    let answer = Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let word = String::from("borrowed");
            scope(|scope| {
                let named = Builder::new().name("named");
                let named = named.spawn_scoped(scope, || word.len());
                assert_eq!(named.name(), "named");
                named.join().unwrap()
            })
        })
        .unwrap();
    assert_eq!(answer, 8);
}

/// Spawns a thread that does the same one level deeper.
fn descend<'scope>(scope: &Scope<'scope, '_>, count: &'scope AtomicU32, levels: u32) {
    let own = scope.clone();
    scope.spawn(move || {
        count.fetch_add(1, Ordering::Relaxed);
        if levels > 1 {
            descend(&own, count, levels - 1);
        }
    });
}

#[test]
fn a_thread_spawns_others_in_its_scope() {
    let _turn = alone();
    let count = AtomicU32::new(0);
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| scope(|scope| descend(scope, &count, 5)))
        .unwrap();
    assert_eq!(count.into_inner(), 5);
}

#[test]
fn another_thread_may_join_what_the_scope_waits_for() {
    let _turn = alone();
    let sum = Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let mut sum = 0;
            let number = 7;
            scope(|scope| {
                let slow = scope.spawn(|| {
                    sleep(ms(50));
                    &number
                });
                scope.spawn(|| {
                    sleep(ms(20)); // the scope waits for the same thread already
                    sum += slow.join().unwrap();
                });
            });
            sum
        })
        .unwrap();
    assert_eq!(sum, 7);
}

#[test]
fn a_panic_that_nobody_took_is_the_scopes_own() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let is_over = AtomicU32::new(0);
            let taken = scope(|scope| scope.spawn(|| panic!("taken")).join().is_err());
            assert!(taken);
            let untold = catch_unwind(AssertUnwindSafe(|| {
                scope(|scope| {
                    scope.spawn(|| panic!("untold"));
                    scope.spawn(|| {
                        sleep(ms(20));
                        is_over.store(1, Ordering::Relaxed);
                    });
                });
            }));
            assert_eq!(
                untold.unwrap_err().downcast_ref::<&str>(),
                Some(&"a scoped thread panicked")
            );
            assert_eq!(is_over.load(Ordering::Relaxed), 1);
            let own = catch_unwind(AssertUnwindSafe(|| {
                scope(|scope| {
                    scope.spawn(|| {
                        sleep(ms(20));
                        is_over.store(2, Ordering::Relaxed);
                    });
                    panic!("in the body");
                });
            }));
            assert_eq!(
                own.unwrap_err().downcast_ref::<&str>(),
                Some(&"in the body")
            );
            assert_eq!(is_over.load(Ordering::Relaxed), 2, "it was waited for");
        })
        .unwrap();
}

#[test]
fn in_a_run_that_cannot_go_on_the_threads_are_over_before_what_they_borrow() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let ended = in_time(move || {
                let ended = AtomicU32::new(0);
                let run = Scheduler::new(mode, round_robin(1)).cpus(cpus).run(|| {
                    /// Counts when it is dropped.
                    struct Counts<'a>(&'a AtomicU32);
                    impl Drop for Counts<'_> {
                        fn drop(&mut self) {
                            self.0.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    drop(spawn(scheduler::park));
                    scope(|scope| {
                        for _ in 0..4 {
                            scope.spawn(|| {
                                let _counts = Counts(&ended);
                                scheduler::park(); // for ever
                            });
                        }
                    });
                });
                assert!(matches!(run, Err(RunError::Deadlock(_))), "{run:?}");
                ended.into_inner()
            });
            assert_eq!(ended, 4, "{mode:?} {cpus}");
        }
    }
}

#[test]
#[should_panic(expected = "call it inside `Scheduler::run`")]
fn a_scope_needs_a_scheduler() {
    scope(|_| ());
}
