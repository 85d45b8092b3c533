//! The semaphore: how many at a time, in which order, and what a close does.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::{AcquireError, Semaphore, TryAcquireError};
use scheduler::{Preemption, Scheduler, sleep, spawn, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn permits_are_taken_and_given_back() {
    let semaphore = Semaphore::new(3); // it needs no scheduler
    let two = semaphore.acquire(2).unwrap();
    assert_eq!((two.count(), semaphore.available_permits()), (2, 1));
    let none = semaphore.try_acquire(2).unwrap_err();
    assert_eq!(none, TryAcquireError::NoPermits);
    drop(two);
    semaphore.try_acquire(1).unwrap().forget();
    assert_eq!(semaphore.available_permits(), 2);
    semaphore.add_permits(2);
    assert_eq!(semaphore.forget_permits(9), 4);
    drop(semaphore.acquire(0).unwrap());
    assert_eq!(semaphore.available_permits(), 0);
}

#[test]
fn no_more_threads_than_permits_are_inside() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let most = Scheduler::new(mode, round_robin(1))
                .cpus(cpus)
                .run(|| {
                    let shared = Arc::new((Semaphore::new(3), AtomicU32::new(0)));
                    let most = Arc::new(AtomicU32::new(0));
                    let threads = [(); 8].map(|()| {
                        let (shared, most) = (Arc::clone(&shared), Arc::clone(&most));
                        spawn(move || {
                            let (semaphore, inside) = &*shared;
                            for _ in 0..30 {
                                let permit = semaphore.acquire(1).unwrap();
                                let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                                most.fetch_max(now, Ordering::SeqCst);
                                yield_now();
                                inside.fetch_sub(1, Ordering::SeqCst);
                                drop(permit);
                            }
                        })
                    });
                    join_all(threads);
                    assert_eq!(shared.0.available_permits(), 3);
                    most.load(Ordering::SeqCst)
                })
                .unwrap();
            assert_eq!(most, 3, "{mode:?} {cpus}");
        }
    }
}

#[test]
fn a_thread_waits_until_permits_come_back() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let semaphore = Arc::new(Semaphore::new(2));
            let own = Arc::clone(&semaphore);
            let permit = semaphore.acquire(1).unwrap();
            let waits = spawn(move || drop(own.acquire(2).unwrap()));
            sleep(ms(20));
            drop(permit);
            waits.join().unwrap();
        })
        .unwrap();
    let events = ["acquired", "released", "blocked", "runnable"];
    assert_eq!(
        trace.only(&events)[2..],
        [
            "runnable thread=1 why=new by=thread:0",
            "blocked thread=0 cpu=0 ran=3000000 on=sleep until=23000000",
            "blocked thread=1 cpu=0 ran=1000000 on=semaphore:1",
            "runnable thread=0 why=slept",
            "released semaphore=1 permits=1 left=2 thread=0",
            "runnable thread=1 why=unblocked by=thread:0",
            "blocked thread=0 cpu=0 ran=1000000 on=thread:1",
            "acquired semaphore=1 permits=2 left=0 thread=1",
            "released semaphore=1 permits=2 left=2 thread=1",
            "runnable thread=0 why=unblocked by=thread:1",
        ]
    );
}

#[test]
fn who_wants_many_is_not_passed_by_those_behind_that_want_few() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let semaphore = Arc::new(Semaphore::new(1));
            let (own, few) = (semaphore.clone(), semaphore.clone());
            let many = spawn(move || own.acquire(3).unwrap().forget());
            let few = spawn(move || few.acquire(1).unwrap().forget());
            sleep(ms(20));
            semaphore.try_acquire(1).unwrap_err(); // nor by those that try
            semaphore.add_permits(2);
            many.join().unwrap();
            sleep(ms(20));
            assert!(!few.is_finished());
            semaphore.add_permits(1);
            few.join().unwrap();
        })
        .unwrap();
}

#[test]
fn many_permits_that_come_at_once_wake_many() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let semaphore = Arc::new(Semaphore::new(0));
            let threads = [1, 2, 3].map(|count| {
                let semaphore = semaphore.clone();
                spawn(move || semaphore.acquire(count).unwrap().forget())
            });
            sleep(ms(20));
            semaphore.add_permits(7);
            assert_eq!(semaphore.available_permits(), 1);
            join_all(threads);
            assert_eq!(semaphore.available_permits(), 1);
        })
        .unwrap();
}

#[test]
fn after_the_close_whoever_waits_was_woken_or_comes_gets_an_error() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(100))
        .run(|| {
            let semaphore = Arc::new(Semaphore::new(1));
            let held = semaphore.acquire(1).unwrap();
            let threads = [(); 2].map(|()| {
                let semaphore = semaphore.clone();
                spawn(move || semaphore.acquire(1).err())
            });
            sleep(ms(20));
            drop(held); // granted to the first
            assert_eq!(semaphore.available_permits(), 0);
            semaphore.close();
            assert!(semaphore.is_closed());
            assert_eq!(join_all(threads), [Some(AcquireError); 2]);
            assert_eq!(semaphore.acquire(1).unwrap_err(), AcquireError);
            let tried = semaphore.try_acquire(1).unwrap_err();
            assert_eq!(tried, TryAcquireError::Closed);
            assert_eq!(semaphore.available_permits(), 1); // what was granted came back
            assert_eq!(AcquireError.to_string(), tried.to_string());
        })
        .unwrap();
}

#[test]
fn a_permit_goes_along_with_a_thread() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let semaphore = Semaphore::new(1);
            let permit = semaphore.acquire(1).unwrap();
            drop(semaphore);
            spawn(move || drop(permit)).join().unwrap();
        })
        .unwrap();
}

#[test]
#[should_panic(expected = "no more than usize::MAX permits")]
fn more_permits_than_can_be_counted_are_refused() {
    Semaphore::new(1).add_permits(usize::MAX);
}
