//! Deadlocks are found at once, told with their lines, and unwound.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::policy::{Level, MultiLevelFeedback, SHIPPED, Settings};
use scheduler::sync::{Mutex, Receiver, channel};
use scheduler::{Builder, Deadlock, Preemption, RunError, Scheduler, sleep, spawn, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The deadlock in which `run` ended.
pub(crate) fn deadlock<T: std::fmt::Debug>(run: Result<T, RunError>) -> Deadlock {
    match run {
        Err(RunError::Deadlock(deadlock)) => deadlock,
        other => panic!("no deadlock: {other:?}"),
    }
}

/// Two threads that lock two mutexes in opposite order; and the line of the
/// first lock.
fn embrace(mode: Preemption) -> (Result<(), RunError>, u32) {
    let first_lock = line!() + 8;
    let run = Scheduler::new(mode, round_robin(100)).run(|| {
        let shared = Arc::new(([Mutex::new(()), Mutex::new(())], AtomicU32::new(0)));
        let threads = [[0, 1], [1, 0]].map(|[first, second]| {
            let shared = Arc::clone(&shared);
            let name = format!("locks {first} then {second}");
            Builder::new().name(name).spawn(move || {
                let (mutexes, holders) = &*shared;
                let _first = mutexes[first].lock();
                holders.fetch_add(1, Ordering::Relaxed);
                while holders.load(Ordering::Relaxed) < 2 {
                    yield_now();
                }
                let _second = mutexes[second].lock();
            })
        });
        join_all(threads);
    });
    (run, first_lock)
}

#[test]
fn two_threads_and_two_mutexes_are_told_as_a_cycle_with_lines() {
    let trace = Trace::begin();
    let (run, first) = embrace(Preemption::Checkpoint);
    let deadlock = deadlock(run);
    assert_eq!(deadlock.path(), "1>mutex:2>2>mutex:1>1");
    assert!(deadlock.is_cycle());
    let (file, second) = (file!(), first + 5);
    assert_eq!(
        deadlock.to_string(),
        format!(
            "deadlock: thread 1 'locks 0 then 1' waits for mutex 2 at {file}:{second}, \
             which thread 2 holds since {file}:{first}; \
             thread 2 'locks 1 then 0' waits for mutex 1 at {file}:{second}, \
             which thread 1 holds since {file}:{first}"
        )
    );
    assert_eq!(
        trace.events("deadlock")[0].get("cycle"),
        Some("1>mutex:2>2>mutex:1>1")
    );
    let lines = trace.lines();
    let last: Vec<_> = lines
        .iter()
        .rev()
        .take(2)
        .map(|line| line.event.as_str())
        .collect();
    assert_eq!(last, ["ended", "deadlock"], "what is unwound is not told");
    assert_eq!(lines.last().unwrap().get("left"), Some("3"));
}

#[test]
fn a_deadlock_is_found_in_every_mode() {
    let _turn = alone();
    for mode in [Preemption::Never, Preemption::Signal] {
        assert_eq!(deadlock(embrace(mode).0).path(), "1>mutex:2>2>mutex:1>1");
    }
}

#[test]
fn a_deadlock_is_found_under_every_policy_with_a_timer_too() {
    let _turn = alone();
    let settings = Settings {
        quantum: ms(2),
        ..Settings::default()
    };
    for shipped in SHIPPED {
        for mode in [
            Preemption::Checkpoint,
            Preemption::Never,
            Preemption::Signal,
        ] {
            let run = Scheduler::new(mode, (shipped.make)(&settings)).run(|| {
                let mutex = Mutex::new(());
                let _once = mutex.lock();
                sleep(ms(3));
                let _twice = mutex.lock();
            });
            let path = deadlock(run).path();
            assert_eq!(path, "0>mutex:1>0", "{} {mode:?}", shipped.name);
        }
    }
    let level = Level {
        quantum: ms(1),
        allotment: 1,
    };
    let boosted = MultiLevelFeedback::new([level; 2]).boost_every(ms(2));
    assert_eq!(
        deadlock(Scheduler::new(Preemption::Signal, boosted).run(|| {
            let mutex = Mutex::new(());
            let _once = mutex.lock();
            sleep(ms(5));
            let _twice = mutex.lock();
        }))
        .path(),
        "0>mutex:1>0"
    );
}

#[test]
fn a_thread_that_locks_twice_waits_for_itself() {
    let _turn = alone();
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(9)).run(|| {
        let mutex = Mutex::new(());
        let _once = mutex.lock();
        let _twice = mutex.lock();
    });
    let deadlock = deadlock(run);
    assert_eq!(deadlock.path(), "0>mutex:1>0");
    assert!(
        deadlock.to_string().contains("which it holds itself"),
        "{deadlock}"
    );
}

#[test]
fn a_wait_that_nobody_can_end_is_told_as_a_chain() {
    let _turn = alone();
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(9)).run(|| {
        let (sender, receiver) = channel::<()>(1);
        let child = spawn(move || receiver.recv());
        let joined = child.join();
        drop((sender, joined));
    });
    let deadlock = deadlock(run);
    assert_eq!(deadlock.path(), "0>thread:1>1>channel:1");
    assert!(!deadlock.is_cycle());
    assert!(
        deadlock
            .to_string()
            .starts_with("deadlock: nobody can wake any thread: ")
    );
}

#[test]
fn joining_each_other_is_a_cycle() {
    let _turn = alone();
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(9)).run(|| {
        let (sender, receiver) = channel(1);
        let first = spawn(move || {
            let second: scheduler::JoinHandle<()> = receiver.recv().unwrap();
            second.join().unwrap();
        });
        let second = spawn(move || first.join().unwrap());
        sender.send(second).unwrap();
    });
    assert_eq!(deadlock(run).path(), "1>thread:2>2>thread:1>1");
}

#[test]
fn whoever_sleeps_or_calls_can_still_end_it() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        Scheduler::new(mode, round_robin(9))
            .run(|| {
                let (sender, receiver) = channel(1);
                let sleeper = spawn(move || {
                    sleep(ms(5));
                    scheduler::blocking(|| std::thread::sleep(ms(5)));
                    sender.send(1).unwrap();
                });
                assert_eq!(receiver.recv(), Ok(1));
                sleeper.join().unwrap();
            })
            .unwrap();
    }
}

#[test]
fn destructors_run_when_a_deadlock_is_unwound() {
    static DROPPED: AtomicU32 = AtomicU32::new(0);
    /// Counts when it is dropped.
    struct Counts;
    impl Drop for Counts {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        DROPPED.store(0, Ordering::Relaxed);
        let run = Scheduler::new(mode, round_robin(9)).run(|| {
            let _main = Counts;
            let mutex = Arc::new(Mutex::new(()));
            let _held = mutex.lock();
            let threads = [(); 3].map(|()| {
                let mutex = Arc::clone(&mutex);
                spawn(move || {
                    let _thread = Counts;
                    drop(mutex.lock());
                })
            });
            join_all(threads);
        });
        assert_eq!(
            deadlock(run).threads().count(),
            2,
            "main, and the one it joins"
        );
        assert_eq!(DROPPED.load(Ordering::Relaxed), 4, "{mode:?}");
    }
}

#[test]
fn a_destructor_that_waits_while_unwinding_waits_in_earnest() {
    /// Locks when it is dropped.
    struct Locks(Arc<Mutex<u32>>);
    impl Drop for Locks {
        fn drop(&mut self) {
            *self.0.lock() += 1;
        }
    }
    let _turn = alone();
    let count = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&count);
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(9)).run(|| {
        let child = spawn(move || {
            let _in_destructor = Locks(Arc::clone(&count));
            let _held = count.lock(); // dropped first
            let _twice = count.lock();
        });
        child.join().unwrap();
    });
    assert!(deadlock(run).is_cycle());
    assert_eq!(*seen.lock(), 1);
}

#[test]
fn a_destructor_that_waits_for_something_else_is_woken_too() {
    /// Locks when it is dropped.
    struct Locks(Arc<Mutex<u32>>);
    impl Drop for Locks {
        fn drop(&mut self) {
            *self.0.lock() += 1;
        }
    }
    let _turn = alone();
    let count = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&count);
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(3)).run(move || {
        let never = Arc::new(Mutex::new(()));
        let _held = never.lock();
        let (late, in_destructor) = (Arc::clone(&never), Locks(Arc::clone(&count)));
        let waits = spawn(move || {
            let _in_destructor = in_destructor;
            sleep(ms(50));
            drop(late.lock()); // unwound first, while the other still has `count`
        });
        let early = Arc::clone(&never);
        let holds = spawn(move || {
            let _count = count.lock();
            sleep(ms(20));
            drop(early.lock());
        });
        drop((waits.join(), holds.join()));
    });
    assert_eq!(deadlock(run).path(), "0>thread:1>1>mutex:1>0");
    assert_eq!(*seen.lock(), 1);
}

#[test]
fn a_thread_that_was_left_behind_is_not_woken_in_place_of_another() {
    /// Receives when it is dropped.
    struct Receives(Receiver<u32>);
    impl Drop for Receives {
        fn drop(&mut self) {
            let _ = self.0.recv();
        }
    }
    let _turn = alone();
    let (sender, receiver) = channel(1);
    let in_destructor = Receives(receiver.clone());
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(3)).run(move || {
        let child = spawn(move || {
            let _in_destructor = in_destructor;
            let mutex = Mutex::new(());
            let _once = mutex.lock();
            let _twice = mutex.lock();
        });
        drop(child.join());
    });
    assert_eq!(deadlock(run).path(), "1>mutex:1>1");
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(3)).run(move || {
        let child = spawn(move || receiver.recv());
        sleep(ms(20)); // it waits now, behind the one that was left behind
        sender.send(3).unwrap();
        child.join().unwrap()
    });
    assert_eq!(run.unwrap(), Ok(3));
}

#[test]
fn a_thread_whose_destructor_waits_for_ever_is_left_behind() {
    /// Locks the mutex that its thread holds when it is dropped.
    struct Never(Arc<Mutex<()>>);
    impl Drop for Never {
        fn drop(&mut self) {
            drop(self.0.lock());
        }
    }
    let _turn = alone();
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(9)).run(|| {
        let mutex = Arc::new(Mutex::new(()));
        let child = spawn(move || {
            let guard = mutex.lock();
            let _never = Never(Arc::clone(&mutex)); // dropped before the guard
            let _twice = mutex.lock();
            drop(guard);
        });
        drop(child.join());
    });
    assert_eq!(deadlock(run).path(), "1>mutex:1>1");
}

#[test]
fn a_new_run_works_after_a_deadlock() {
    let _turn = alone();
    for mode in [Preemption::Checkpoint, Preemption::Signal] {
        deadlock(embrace(mode).0);
        let run = Scheduler::new(mode, round_robin(9)).run(|| spawn(|| 1).join().unwrap());
        assert_eq!(run.unwrap(), 1);
    }
}
