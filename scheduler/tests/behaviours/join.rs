//! Joining: results, panics, thread-locals, and threads nobody waits for.

use crate::support::{Trace, alone, round_robin};
use scheduler::{Builder, Preemption, Scheduler, spawn, sync::channel, yield_now};
use std::cell::RefCell;
use std::panic;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs `main` in every mode.
fn in_every_mode(main: impl Fn()) {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        Scheduler::new(mode, round_robin(1)).run(&main).unwrap();
    }
}

#[test]
fn joining_returns_the_result() {
    in_every_mode(|| {
        let handle = spawn(|| 6 * 7);
        assert_eq!(handle.name(), "thread 1");
        assert_eq!(handle.join().unwrap(), 42);
    });
}

#[test]
fn a_thread_is_finished_before_it_is_joined() {
    in_every_mode(|| {
        let handle = spawn(|| ());
        while !handle.is_finished() {
            yield_now();
        }
        handle.join().unwrap();
    });
}

#[test]
fn a_panic_ends_its_thread_alone_and_reaches_whoever_joins() {
    in_every_mode(|| {
        let panics = spawn(|| panic!("thread {}", std::hint::black_box(1)));
        let lives = spawn(|| 2);
        let payload = panics.join().unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "thread 1");
        assert_eq!(lives.join().unwrap(), 2);
    });
}

#[test]
fn a_panic_is_told_with_its_message_and_line() {
    let trace = Trace::begin();
    let line = line!() + 2;
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| spawn(|| panic!("out of \"cheese\"")).join().unwrap_err())
        .unwrap();
    let panicked = &trace.events("panicked")[0];
    assert_eq!(panicked.get("message"), Some(r#""out of \"cheese\"""#));
    assert_eq!(panicked.get("at").unwrap(), format!("{}:{line}", file!()));
}

#[test]
fn a_panic_of_main_leaves_run_after_all_threads_are_over() {
    static DONE: AtomicU32 = AtomicU32::new(0);
    let _turn = alone();
    let caught = std::panic::catch_unwind(|| {
        Scheduler::new(Preemption::Checkpoint, round_robin(1)).run(|| {
            spawn(|| {
                yield_now();
                DONE.fetch_add(1, Ordering::Relaxed);
            });
            panic!("main");
        })
    });
    assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"main"));
    assert_eq!(DONE.load(Ordering::Relaxed), 1);
}

#[test]
fn run_waits_for_threads_that_nobody_joins() {
    static DONE: AtomicU32 = AtomicU32::new(0);
    in_every_mode(|| {
        for _ in 0..3 {
            drop(spawn(|| {
                yield_now();
                DONE.fetch_add(1, Ordering::Relaxed);
            }));
        }
    });
    assert_eq!(DONE.load(Ordering::Relaxed), 9);
}

#[test]
fn destructors_of_thread_locals_are_part_of_the_thread() {
    /// Sends when it is dropped, and has to wait: the channel is full.
    struct Farewell(scheduler::sync::Sender<u32>);
    impl Drop for Farewell {
        fn drop(&mut self) {
            self.0.send(1).unwrap();
            self.0.send(2).unwrap();
        }
    }
    thread_local! {
        static LAST: RefCell<Option<Farewell>> = const { RefCell::new(None) };
    }
    in_every_mode(|| {
        let (sender, receiver) = channel(1);
        let thread = spawn(|| LAST.set(Some(Farewell(sender))));
        assert_eq!([receiver.recv(), receiver.recv()], [Ok(1), Ok(2)]);
        thread.join().unwrap();
    });
}

#[test]
fn a_thread_can_be_joined_by_another_than_its_spawner() {
    in_every_mode(|| {
        let child = spawn(|| 1);
        let sibling = spawn(move || child.join().unwrap() + 1);
        assert_eq!(sibling.join().unwrap(), 2);
    });
}

#[test]
fn a_builder_says_what_the_policy_shall_know() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let builder = Builder::new().name("x").priority(-3).weight(7);
            let builder = builder.affinity(scheduler::policy::CpuId(0));
            let builder = builder.deadline(std::time::Duration::from_nanos(5));
            builder.spawn(|| ()).join().unwrap();
        })
        .unwrap();
    let spawned = &trace.events("spawned")[1];
    let pairs = ["name", "priority", "weight", "deadline", "affinity"].map(|key| spawned.get(key));
    assert_eq!(
        pairs,
        [
            Some("\"x\""),
            Some("-3"),
            Some("7"),
            Some("1000005"),
            Some("0")
        ]
    );
}

#[test]
fn a_panic_that_was_caught_is_not_told_in_place_of_the_last_one() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let child = spawn(|| {
                assert!(panic::catch_unwind(|| panic!("caught")).is_err());
                panic::resume_unwind(Box::new("the last one"));
            });
            assert!(child.join().is_err());
        })
        .unwrap();
    let panicked = &trace.events("panicked")[0];
    assert_eq!(panicked.get("message"), Some(r#""the last one""#));
    assert_eq!(panicked.get("at"), None);
}
