//! A cycle among some threads is told as soon as it closes, while others go on;
//! and only a cycle that is certain is told.

use crate::deadlock::deadlock;
use crate::support::{Trace, join_all, ms, round_robin};
use scheduler::sync::{Mutex, OnceLock, RwLock, Semaphore, channel};
use scheduler::{
    Preemption, RunError, Scheduler, checkpoint, park, park_timeout, scope, sleep, spawn, work,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// All modes.
const MODES: [Preemption; 3] = [
    Preemption::Checkpoint,
    Preemption::Never,
    Preemption::Signal,
];

/// The cycles that were told while others went on.
fn told(trace: &Trace) -> Vec<String> {
    let mut lines = trace.events("deadlock");
    lines.retain(|line| line.get("others").is_some());
    let cycles = lines.iter().map(|line| line.get("cycle").unwrap());
    cycles.map(str::to_owned).collect()
}

/// Two threads that lock two mutexes in opposite order, while main does `rest`.
fn embrace(mode: Preemption, rest: impl FnOnce() + Send) -> Result<(), RunError> {
    Scheduler::new(mode, round_robin(9)).run(|| {
        let mutexes = Arc::new([Mutex::new(()), Mutex::new(())]);
        for (first, second) in [(0, 1), (1, 0)] {
            let mutexes = Arc::clone(&mutexes);
            spawn(move || {
                let _first = mutexes[first].lock();
                sleep(ms(4)); // until both have their first
                let _second = mutexes[second].lock();
            });
        }
        rest();
    })
}

#[test]
fn a_cycle_is_told_in_the_step_that_closes_it_and_the_others_go_on() {
    let trace = Trace::begin();
    let run = embrace(Preemption::Checkpoint, || {
        sleep(ms(20));
        checkpoint();
    });
    assert_eq!(deadlock(run).path(), "1>mutex:2>2>mutex:1>1");
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=9000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=9000000 why="it has waited longest"
        1 spawned thread=1 name="thread 1" priority=0 weight=1 by=thread:0
        1 runnable thread=1 why=new by=thread:0
        2 spawned thread=2 name="thread 2" priority=0 weight=1 by=thread:0
        2 runnable thread=2 why=new by=thread:0
        3 blocked thread=0 cpu=0 ran=3000000 on=sleep until=23000000
        3 dispatched thread=1 cpu=0 quantum=9000000 why="it has waited longest"
        4 locked mutex=1 thread=1
        5 blocked thread=1 cpu=0 ran=2000000 on=sleep until=9000000
        5 dispatched thread=2 cpu=0 quantum=9000000 why="it has waited longest"
        6 locked mutex=2 thread=2
        7 blocked thread=2 cpu=0 ran=2000000 on=sleep until=11000000
        7 idle cpu=0
        9 advanced to=9000000
        9 runnable thread=1 why=slept
        9 dispatched thread=1 cpu=0 quantum=9000000 why="it has waited longest"
        10 contended mutex=2 thread=1
        10 blocked thread=1 cpu=0 ran=1000000 on=mutex:2
        10 idle cpu=0
        11 advanced to=11000000
        11 runnable thread=2 why=slept
        11 dispatched thread=2 cpu=0 quantum=9000000 why="it has waited longest"
        12 contended mutex=1 thread=2
        12 blocked thread=2 cpu=0 ran=1000000 on=mutex:1
        12 idle cpu=0
        12 deadlock cycle=1>mutex:2>2>mutex:1>1 others=1   // main sleeps on
        23 advanced to=23000000
        23 runnable thread=0 why=slept
        23 dispatched thread=0 cpu=0 quantum=9000000 why="it has waited longest"
        24 checkpoint thread=0
        24 finished thread=0 cpu=0 ran=1000000
        24 idle cpu=0
        24 deadlock cycle=1>mutex:2>2>mutex:1>1            // nobody is left
        24 ended dispatches=6 preemptions=0 left=2
        "#,
    );
    let errors = trace.errors();
    assert_eq!(errors.len(), 2, "at once, and at the end: {errors:?}");
    assert!(
        errors[0].starts_with("deadlock: thread 1 'thread 1' waits for mutex 2 at ")
            && errors[0].ends_with("\n1 other thread left"),
        "{}",
        errors[0]
    );
}

#[test]
fn a_cycle_is_told_in_every_mode_while_another_computes_until_it_hears_of_it() {
    for mode in MODES {
        let trace = Trace::begin();
        let run = embrace(mode, || {
            // In virtual time a while; else until it is told, at most a minute.
            for _ in 0..6000 {
                if !told(&trace).is_empty() {
                    return;
                }
                match mode {
                    Preemption::Checkpoint => checkpoint(),
                    Preemption::Never => sleep(ms(10)),
                    Preemption::Signal => work(ms(10)),
                }
            }
        });
        assert_eq!(deadlock(run).path(), "1>mutex:2>2>mutex:1>1", "{mode:?}");
        assert_eq!(told(&trace), ["1>mutex:2>2>mutex:1>1"], "{mode:?}");
        assert_eq!(trace.events("deadlock").len(), 2, "at once, and at the end");
        let errors = trace.errors();
        assert_eq!(errors.len(), 2, "{mode:?} {errors:#?}");
    }
}

/// The cycles that are told while main sleeps long, of what `body` starts.
fn told_in_virtual_time(body: impl FnOnce() + Send) -> Vec<String> {
    let trace = Trace::begin();
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(3)).run(|| {
        body();
        sleep(ms(900));
    });
    let told = told(&trace);
    assert_eq!(run.is_err(), !told.is_empty(), "{run:?}");
    told
}

#[test]
fn a_thread_that_locks_twice_is_a_cycle_by_itself() {
    let told = told_in_virtual_time(|| {
        spawn(|| {
            let mutex = Mutex::new(());
            let _once = mutex.lock();
            let _twice = mutex.lock();
        });
    });
    assert_eq!(told, ["1>mutex:1>1"]);
}

#[test]
fn who_joins_a_thread_that_waits_for_what_it_holds_is_told() {
    let told = told_in_virtual_time(|| {
        spawn(|| {
            let mutex = Arc::new(Mutex::new(()));
            let _held = mutex.lock();
            let other = Arc::clone(&mutex);
            spawn(move || drop(other.lock())).join().unwrap();
        });
    });
    assert_eq!(told, ["1>thread:2>2>mutex:1>1"]);
    let told = told_in_virtual_time(|| {
        spawn(|| {
            let mutex = Mutex::new(());
            let _held = mutex.lock();
            scope(|threads| {
                threads.spawn(|| drop(mutex.lock()));
            });
        });
    });
    assert_eq!(told, ["1>thread:2>2>mutex:1>1"], "a scope joins");
}

#[test]
fn readers_that_wait_for_each_others_locks_are_told_through_the_writers_between() {
    let told = told_in_virtual_time(|| {
        let locks = Arc::new([RwLock::new(()), RwLock::new(())]);
        for (first, second) in [(0, 1), (1, 0)] {
            let locks = Arc::clone(&locks);
            spawn(move || {
                let _read = locks[first].read();
                sleep(ms(20));
                let _wanted = locks[second].read(); // behind the writer
            });
        }
        for lock in 0..2 {
            let locks = Arc::clone(&locks);
            spawn(move || {
                sleep(ms(9));
                drop(locks[lock].write());
            });
        }
    });
    assert_eq!(told, ["1>rwlock:2>2>rwlock:1>1"]);
}

#[test]
fn a_writer_waits_for_every_reader_and_each_cycle_is_told_as_it_closes() {
    let told = told_in_virtual_time(|| {
        let shared = Arc::new((RwLock::new(()), Mutex::new(())));
        for late in [10, 20] {
            let shared = Arc::clone(&shared);
            spawn(move || {
                let _read = shared.0.read();
                sleep(ms(late));
                drop(shared.1.lock());
            });
        }
        spawn(move || {
            let _held = shared.1.lock();
            sleep(ms(5));
            drop(shared.0.write());
        });
    });
    assert_eq!(told, ["1>mutex:1>3>rwlock:1>1", "2>mutex:1>3>rwlock:1>2"]);
}

#[test]
fn what_happens_once_and_needs_itself_is_told() {
    let told = told_in_virtual_time(|| {
        let cells = Arc::new([OnceLock::new(), OnceLock::new()]);
        for (first, second) in [(0, 1), (1, 0)] {
            let cells = Arc::clone(&cells);
            spawn(move || {
                cells[first].get_or_init(|| {
                    sleep(ms(4));
                    *cells[second].get_or_init(|| 3)
                });
            });
        }
    });
    assert_eq!(told, ["1>once:2>2>once:1>1"]);
}

#[test]
fn what_anybody_might_bring_is_no_cycle() {
    let told = told_in_virtual_time(|| {
        // Each holds the one permit that the other wants; main brings more.
        let semaphores = Arc::new([Semaphore::new(1), Semaphore::new(1)]);
        for (first, second) in [(0, 1), (1, 0)] {
            let semaphores = Arc::clone(&semaphores);
            spawn(move || {
                let _first = semaphores[first].acquire(1).unwrap();
                sleep(ms(4));
                let _second = semaphores[second].acquire(1).unwrap();
            });
        }
        // Each waits for the other's value, and then for main's.
        let (to_one, of_one) = channel::<u8>(1);
        let (to_other, of_other) = channel::<u8>(1);
        let senders = (to_one.clone(), to_other.clone());
        spawn(move || (of_one.recv().unwrap(), to_other.send(1)));
        spawn(move || (of_other.recv().unwrap(), to_one.send(1)));
        // One parks and holds what the other wants, who would unpark it.
        let mutex = Arc::new(Mutex::new(()));
        let held = Arc::clone(&mutex);
        let parked = spawn(move || {
            let _held = held.lock();
            park();
        });
        let parks = parked.thread();
        spawn(move || drop(mutex.lock()));
        sleep(ms(50));
        semaphores
            .iter()
            .for_each(|semaphore| semaphore.add_permits(1));
        senders.0.send(1).unwrap();
        drop(senders);
        parks.unpark();
    });
    assert_eq!(told, [""; 0]);
}

#[test]
fn a_wait_with_a_limit_is_no_part_of_a_cycle() {
    let told = told_in_virtual_time(|| {
        let mutex = Arc::new(Mutex::new(()));
        let other = Arc::clone(&mutex);
        spawn(move || {
            let _held = other.lock();
            park_timeout(ms(50)); // for the other, who waits for the mutex
        });
        spawn(move || drop(mutex.lock()));
    });
    assert_eq!(told, [""; 0]);
}

#[test]
fn threads_of_two_schedulers_that_have_one_number_are_not_taken_for_one() {
    // Thread 1 of the inner run waits for what thread 1 of the outer one holds,
    // and main of the inner run joins it: no cycle, though numbers would say so.
    let trace = Trace::begin();
    let mutex = Arc::new(Mutex::new(()));
    let released = Arc::new(AtomicBool::new(false));
    let (held, told_of) = (Arc::clone(&mutex), Arc::clone(&released));
    Scheduler::new(Preemption::Never, round_robin(5))
        .run(move || {
            let holder = spawn(move || {
                let _held = held.lock();
                while !told_of.load(Ordering::Relaxed) {
                    sleep(ms(1));
                }
            });
            sleep(ms(5)); // it holds the mutex now
            let inner = std::thread::spawn(move || {
                Scheduler::new(Preemption::Never, round_robin(5)).run(move || {
                    let waits = spawn(move || drop(mutex.lock()));
                    let alive = spawn(move || {
                        sleep(ms(50)); // the other waits now
                        released.store(true, Ordering::Relaxed);
                        sleep(ms(50));
                    });
                    join_all([waits, alive]);
                })
            });
            holder.join().unwrap();
            scheduler::blocking(|| inner.join()).unwrap().unwrap();
        })
        .unwrap();
    assert_eq!(told(&trace), [""; 0]);
}
