//! Checkpoint mode: threads that never reach a checkpoint.

use crate::child::{in_child, ms};
use scheduler::policy::RoundRobin;
use scheduler::{Builder, Preemption, RunError, Scheduler, checkpoint, spawn, yield_now};
use std::hint::black_box;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What a run of `main` returns whose watchdog waits for 300 ms.
fn run<T>(main: impl FnOnce() -> T) -> Result<T, RunError> {
    Scheduler::new(Preemption::Checkpoint, RoundRobin::new(ms(2)))
        .watchdog(ms(300))
        .run(main)
}

/// Computes for `millis` of real time, with no checkpoint.
fn compute(millis: u64) {
    let begin = Instant::now();
    while begin.elapsed() < ms(millis) {}
}

#[test]
fn a_loop_without_a_checkpoint_is_told_with_its_place() {
    let line = line!() + 4;
    let ended = in_child("", |_| {
        let run = run(|| {
            let spinner = Builder::new().name("spinner").spawn(|| {
                yield_now();
                while black_box(true) {}
            });
            spinner.join()
        });
        unreachable!("{run:?}");
    });
    let file = file!();
    ended
        .was_ended()
        .says(&format!(
            "scheduler: watchdog: thread 1 \"spinner\" (spawned at {file}:{}, last seen at \
             {file}:{line}) has computed for ",
            line - 1
        ))
        .says("since its last checkpoint. In Preemption::Checkpoint everybody waits for it.")
        .says("  CPU 0: thread 1 \"spinner\"")
        .says("call `checkpoint()` in its loop, or choose Preemption::Signal");
}

#[test]
fn who_is_alone_or_takes_steps_may_compute() {
    in_child("", |_| {
        run(|| compute(1_000)).unwrap(); // nobody waits
        run(|| {
            let steps = spawn(|| {
                for _ in 0..10 {
                    compute(100); // three times the limit in all
                    checkpoint();
                }
            });
            steps.join().unwrap();
        })
        .unwrap();
    })
    .returned()
    .does_not_say("watchdog");
}

#[test]
fn a_lock_of_another_kind_across_a_checkpoint_is_told() {
    in_child("", |_| {
        let run = run(|| {
            let lock = Arc::new(Mutex::new(0));
            let holds = Arc::clone(&lock);
            let holder = spawn(move || {
                let _held = holds.lock().unwrap();
                for _ in 0..10 {
                    yield_now();
                }
            });
            yield_now(); // the other goes first
            *lock.lock().unwrap() += 1;
            holder.join()
        });
        unreachable!("{run:?}");
    })
    .was_ended()
    .says("scheduler: watchdog: thread 0 \"main\" (begun at ")
    .says("has waited for a lock for ")
    .says("  runnable: 1\n")
    .says("lock with this crate's `sync`, not with std's");
}

#[test]
fn a_call_that_nobody_announced_is_told_and_goes_on() {
    let ended = in_child("", |_| {
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(ms(4_000));
            writer.write_all(b"1").unwrap();
        });
        let read = run(move || spawn(move || reader.read(&mut [0]).unwrap()).join());
        assert_eq!(read.unwrap().unwrap(), 1);
    });
    let ended = ended
        .returned()
        .says("has been in the system call `read` for ")
        .says("put the call into `blocking`");
    assert_eq!(ended.stderr.matches("watchdog").count(), 1, "{ended:?}");
}

#[test]
fn a_call_that_was_announced_is_not_told() {
    in_child("", |_| {
        let run = run(|| {
            let sleeper = spawn(|| scheduler::blocking(|| std::thread::sleep(ms(1_000))));
            sleeper.join().unwrap();
        });
        run.unwrap();
    })
    .returned()
    .does_not_say("watchdog");
}

#[test]
fn a_trace_that_waits_for_stderr_across_a_checkpoint_is_told() {
    // It is logged by whoever takes a step: a thread, or the dispatcher.
    in_child("scheduler=trace", |_| {
        let run = run(|| {
            let holder = spawn(|| {
                let _stderr = std::io::stderr().lock();
                yield_now();
                yield_now();
            });
            yield_now();
            holder.join()
        });
        unreachable!("{run:?}");
    })
    .was_ended()
    .says("has waited for a lock for ");
}
