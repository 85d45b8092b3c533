//! Parking and unparking: no unpark is lost, and none disturbs another wait.

use crate::support::{Trace, alone, join_all, round_robin};
use scheduler::sync::Mutex;
use scheduler::{
    Builder, JoinHandle, Preemption, RunError, Scheduler, current, park, spawn, yield_now,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn a_parked_thread_waits_until_it_is_unparked() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(10))
        .run(|| {
            let main = current();
            let child = spawn(move || main.unpark());
            park();
            child.join().unwrap();
        })
        .unwrap();
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=10000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=10000000 why="it has waited longest"
        1 spawned thread=1 name="thread 1" priority=0 weight=1 by=thread:0
        1 runnable thread=1 why=new by=thread:0
        2 blocked thread=0 cpu=0 ran=2000000 on=unpark
        2 dispatched thread=1 cpu=0 quantum=10000000 why="it has waited longest"
        3 runnable thread=0 why=unblocked by=thread:1
        3 finished thread=1 cpu=0 ran=1000000
        3 dispatched thread=0 cpu=0 quantum=10000000 why="it has waited longest"
        4 joined thread=1 by=thread:0
        4 finished thread=0 cpu=0 ran=1000000
        4 ended dispatches=3 preemptions=0 left=0
        "#,
    );
}

#[test]
fn an_unpark_that_comes_early_ends_the_next_park_and_several_are_one() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let run = Scheduler::new(mode, round_robin(3)).run(|| {
            let child: JoinHandle<()> = spawn(|| {
                yield_now(); // the other unparks meanwhile
                park(); // ends at once
                park(); // never ends: the second unpark was the first again
            });
            child.thread().unpark();
            child.thread().unpark();
            child.join()
        });
        match run {
            Err(RunError::Deadlock(deadlock)) => {
                let told = deadlock.to_string();
                assert!(
                    told.contains("waits for another thread to unpark it at"),
                    "{told}"
                );
            }
            other => panic!("{mode:?}: {other:?}"),
        }
    }
}

#[test]
fn an_unpark_does_not_take_a_thread_out_of_another_wait() {
    let _turn = alone();
    let order = Scheduler::new(Preemption::Checkpoint, round_robin(50))
        .run(|| {
            let mutex = Arc::new(Mutex::new(Vec::new()));
            let guard = mutex.lock();
            let waiters = ["first", "second", "third"].map(|name| {
                let mutex = Arc::clone(&mutex);
                Builder::new()
                    .name(name)
                    .spawn(move || mutex.lock().push(name))
            });
            yield_now(); // all three wait for the mutex
            waiters[1].thread().unpark();
            yield_now();
            drop(guard);
            join_all(waiters);
            Arc::into_inner(mutex).unwrap().into_inner()
        })
        .unwrap();
    assert_eq!(order, ["first", "second", "third"]);
}

#[test]
fn threads_hand_a_turn_round_by_parks_alone() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let turns = Scheduler::new(mode, round_robin(1))
            .cpus(2)
            .run(|| {
                let turn = Arc::new(AtomicU32::new(0));
                let mine = Arc::clone(&turn);
                let main = current();
                let other = spawn(move || {
                    for round in 0..200 {
                        while mine.load(Ordering::SeqCst) != 2 * round + 1 {
                            park();
                        }
                        mine.fetch_add(1, Ordering::SeqCst);
                        main.unpark();
                    }
                });
                for round in 0..200 {
                    turn.fetch_add(1, Ordering::SeqCst);
                    other.thread().unpark();
                    while turn.load(Ordering::SeqCst) != 2 * round + 2 {
                        park();
                    }
                }
                other.join().unwrap();
                turn.load(Ordering::SeqCst)
            })
            .unwrap();
        assert_eq!(turns, 400, "{mode:?}");
    }
}

#[test]
#[should_panic(expected = "call it in a thread that `Scheduler::run` or `spawn` started")]
fn parking_outside_of_a_scheduler_says_what_to_do() {
    park();
}
