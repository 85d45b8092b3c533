//! The mutex: exclusion, order of waiting, and what the trace says.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::Mutex;
use scheduler::{Preemption, Scheduler, Shared, checkpoint, spawn};
use std::sync::Arc;

#[test]
fn a_lock_orders_what_a_race_would_lose() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let total = Scheduler::new(mode, round_robin(1))
            .cpus(2)
            .run(|| {
                let total = Arc::new((Mutex::new(()), Shared::new("total", 0)));
                let threads = [(); 4].map(|()| {
                    let total = Arc::clone(&total);
                    spawn(move || {
                        for _ in 0..50 {
                            let _guard = total.0.lock();
                            let seen = total.1.load();
                            total.1.store(seen + 1);
                        }
                    })
                });
                join_all(threads);
                total.1.load()
            })
            .unwrap();
        assert_eq!(total, 200, "{mode:?}");
    }
}

#[test]
fn a_waiting_thread_is_woken_by_the_unlock() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(3))
        .run(|| {
            let mutex = Arc::new(Mutex::new(0));
            let other = Arc::clone(&mutex);
            let mut guard = mutex.lock();
            let child = spawn(move || *other.lock() += 1);
            checkpoint(); // preempted while it holds the mutex
            *guard += 1;
            drop(guard);
            child.join().unwrap();
            assert_eq!(*mutex.lock(), 2);
        })
        .unwrap();
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=3000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        1 locked mutex=1 thread=0
        2 spawned thread=1 name="thread 1" priority=0 weight=1 by=thread:0
        2 runnable thread=1 why=new by=thread:0
        3 preempted thread=0 cpu=0 ran=3000000
        3 runnable thread=0 why=preempted
        3 dispatched thread=1 cpu=0 quantum=3000000 why="it has waited longest"
        4 contended mutex=1 thread=1
        4 blocked thread=1 cpu=0 ran=1000000 on=mutex:1
        4 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        4 checkpoint thread=0
        4 unlocked mutex=1 thread=0                       // no tick
        4 runnable thread=1 why=unblocked by=thread:0
        5 blocked thread=0 cpu=0 ran=1000000 on=thread:1
        5 dispatched thread=1 cpu=0 quantum=3000000 why="it has waited longest"
        5 locked mutex=1 thread=1
        5 unlocked mutex=1 thread=1
        5 finished thread=1 cpu=0 ran=0
        5 runnable thread=0 why=unblocked by=thread:1
        5 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        5 joined thread=1 by=thread:0
        6 locked mutex=1 thread=0
        6 unlocked mutex=1 thread=0
        6 finished thread=0 cpu=0 ran=1000000
        6 ended dispatches=5 preemptions=1 left=0
        "#,
    );
}

#[test]
fn threads_get_the_mutex_in_the_order_of_their_waiting() {
    let _turn = alone();
    let order = Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let order = Arc::new(Mutex::new(Vec::new()));
            let guard = order.lock();
            let threads = [1, 2, 3].map(|number| {
                let order = Arc::clone(&order);
                spawn(move || order.lock().push(number))
            });
            scheduler::sleep(ms(20));
            drop(guard);
            join_all(threads);
            Arc::into_inner(order).unwrap().into_inner()
        })
        .unwrap();
    assert_eq!(order, [1, 2, 3]);
}

#[test]
fn a_woken_thread_that_comes_too_late_waits_before_all_others() {
    let _turn = alone();
    let order = Scheduler::new(Preemption::Checkpoint, round_robin(100))
        .run(|| {
            let order = Arc::new(Mutex::new(Vec::new()));
            let guard = order.lock();
            let threads = [1, 2].map(|number| {
                let order = Arc::clone(&order);
                spawn(move || order.lock().push(number))
            });
            scheduler::sleep(ms(20)); // both wait now
            drop(guard); // wakes the first,
            let barger = order.lock(); // but main is faster
            scheduler::sleep(ms(20));
            drop(barger);
            join_all(threads);
            Arc::into_inner(order).unwrap().into_inner()
        })
        .unwrap();
    assert_eq!(order, [1, 2]);
}

#[test]
fn trying_does_not_wait() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let mutex = Arc::new(Mutex::new(1));
            let guard = mutex.lock();
            let other = Arc::clone(&mutex);
            let child = spawn(move || other.try_lock().is_none());
            assert!(child.join().unwrap(), "it is held");
            drop(guard);
            assert_eq!(*mutex.try_lock().unwrap(), 1);
        })
        .unwrap();
}

#[test]
fn a_panic_does_not_poison() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let mutex = Arc::new(Mutex::new(1));
            let other = Arc::clone(&mutex);
            let child = spawn(move || {
                *other.lock() = 2;
                let _guard = other.lock();
                panic!("with the lock");
            });
            child.join().unwrap_err();
            assert_eq!(*mutex.lock(), 2);
        })
        .unwrap();
}

#[test]
fn an_explicit_unlock_has_a_line() {
    let trace = Trace::begin();
    let line = line!() + 4;
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let mutex = Mutex::new(());
            Mutex::unlock(mutex.lock());
            drop(mutex.lock());
        })
        .unwrap();
    let unlocked = trace.events("unlocked");
    assert_eq!(
        unlocked[0].get("at").unwrap(),
        format!("{}:{line}", file!())
    );
    assert_eq!(unlocked[1].get("at"), None, "a scope's end has no line");
}
