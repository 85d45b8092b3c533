//! What works without a scheduler, in sequence, and nested; and what says why not.

use crate::support::{Trace, alone, ms, round_robin};
use scheduler::sync::{Mutex, channel};
use scheduler::{Preemption, Scheduler, Shared, blocking, checkpoint, sleep, spawn, yield_now};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The message with which `call` panics.
fn message<T>(call: impl FnOnce() -> T) -> String {
    let payload = catch_unwind(AssertUnwindSafe(call)).map(drop).unwrap_err();
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn what_does_not_wait_works_outside() {
    let total = Shared::new("total", 1);
    total.store(total.load() + 1);
    assert_eq!(total.load(), 2);
    assert_eq!(format!("{total:?}"), "total: 2");
    let mutex = Mutex::new(1);
    *mutex.lock() += 1;
    assert_eq!(mutex.into_inner(), 2);
    let (sender, receiver) = channel(1);
    sender.send(5).unwrap();
    assert_eq!(receiver.recv(), Ok(5));
    checkpoint();
    yield_now();
    sleep(ms(1));
    scheduler::trace::mark("nowhere");
    assert_eq!(blocking(|| 3), 3);
}

#[test]
fn who_would_have_to_wait_outside_is_told_so() {
    let mutex = Mutex::new(1);
    let guard = mutex.lock();
    assert!(message(|| mutex.lock()).contains("a mutex is held, and only a thread that"));
    drop(guard);
    let (sender, receiver) = channel(1);
    assert!(message(|| receiver.recv()).contains("a channel is empty, and only"));
    sender.send(1).unwrap();
    assert!(message(|| sender.send(2)).contains("a channel is full, and only"));
}

#[test]
fn spawning_outside_says_where_it_belongs() {
    assert!(message(|| spawn(|| ())).contains("call it inside `Scheduler::run`"));
}

#[test]
fn a_run_inside_a_run_is_refused() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let nested = || Scheduler::new(mode, round_robin(1)).run(|| ());
        let message = Scheduler::new(mode, round_robin(1))
            .run(|| message(nested))
            .unwrap();
        assert!(
            message.contains("a scheduler cannot run inside another"),
            "{message}"
        );
    }
}

#[test]
fn schedulers_run_one_after_another_and_objects_are_numbered_anew() {
    let trace = Trace::begin();
    let mutex = Arc::new(Mutex::new(0)); // made outside
    for _ in 0..2 {
        Scheduler::new(Preemption::Checkpoint, round_robin(1))
            .run(|| {
                let other = Arc::clone(&mutex);
                let inside = Mutex::new(0);
                drop(inside.lock());
                spawn(move || *other.lock() += 1).join().unwrap();
            })
            .unwrap();
    }
    assert_eq!(*mutex.lock(), 2);
    let numbers: Vec<u64> = trace
        .events("locked")
        .iter()
        .map(|line| line.number("mutex"))
        .collect();
    assert_eq!(numbers, [1, 2, 1, 2]);
    let threads: Vec<u64> = trace
        .events("spawned")
        .iter()
        .map(|line| line.number("thread"))
        .collect();
    assert_eq!(threads, [0, 1, 0, 1]);
    let sched: Vec<u64> = trace
        .events("started")
        .iter()
        .map(|line| line.number("sched"))
        .collect();
    assert_eq!(sched[1], sched[0] + 1);
}

#[test]
fn two_os_threads_may_each_run_a_scheduler() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let run = Scheduler::new(mode, round_robin(1)).run(|| {
                        let threads =
                            [(); 4].map(|()| spawn(|| (0..100).for_each(|_| yield_now())));
                        threads.map(|thread| thread.join().unwrap()).len()
                    });
                    assert_eq!(run.unwrap(), 4);
                });
            }
        });
    }
}

#[test]
fn a_thread_that_is_not_scheduled_can_wake_one_that_is() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        Scheduler::new(mode, round_robin(1))
            .run(|| {
                let (sender, receiver) = channel(1);
                let helper = std::thread::spawn(move || {
                    std::thread::sleep(ms(5));
                    sender.send(7).unwrap();
                });
                blocking(|| helper.join().unwrap());
                assert_eq!(receiver.recv(), Ok(7));
            })
            .unwrap();
    }
}

#[test]
fn a_thread_of_another_scheduler_wakes_as_one_that_is_not_scheduled() {
    let trace = Trace::begin();
    let (sender, values) = channel(1);
    let (go, wait) = std::sync::mpsc::channel();
    let (done, until_done) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let run = Scheduler::new(Preemption::Checkpoint, round_robin(1)).run(|| {
                let helper = spawn(move || {
                    blocking(|| {
                        go.send(()).unwrap();
                        until_done.recv().unwrap();
                    });
                });
                assert_eq!(values.recv(), Ok(7));
                helper.join().unwrap();
            });
            run.unwrap();
        });
        let run = Scheduler::new(Preemption::Checkpoint, round_robin(1)).run(|| {
            blocking(|| wait.recv().map(|()| std::thread::sleep(ms(20)))).unwrap();
            let sends = spawn(move || sender.send(7).unwrap());
            sends.join().unwrap();
        });
        run.unwrap();
        done.send(()).unwrap();
    });
    let lines = trace.lines();
    let received = lines.iter().position(|line| line.event == "received");
    let (before, received) = lines.split_at(received.unwrap());
    let its_last = before.iter().rev().find(|line| {
        let is_its = ["sched", "thread"].map(|key| line.get(key) == received[0].get(key));
        line.event == "runnable" && is_its == [true, true]
    });
    let woken = its_last.unwrap();
    assert_eq!(woken.get("why"), Some("unblocked"), "{woken:?}");
    assert_eq!(woken.get("by"), None, "{woken:?}");
}

#[test]
fn a_handle_of_another_run_still_has_its_result() {
    let _turn = alone();
    let handle = Scheduler::new(Preemption::Checkpoint, round_robin(1)).run(|| spawn(|| 5));
    assert_eq!(handle.unwrap().join().unwrap(), 5);
}
