//! Threads that sit in a call for ever, or overflow their stack; calls that a
//! signal may cut short. (Panics: `behaviours::join`; `process::exit`: the test
//! `process_exit`.)

use crate::child::{MODES, in_child, mode, ms};
use scheduler::policy::RoundRobin;
use scheduler::{Builder, Local, Preemption, Scheduler, Unannounced, spawn};
use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

#[test]
fn a_call_that_never_returns_stops_nobody_else_and_is_told_once_main_is_over() {
    for name in MODES {
        let ended = in_child(name, |name| {
            let (mut reader, writer) = std::io::pipe().unwrap();
            let scheduler = Scheduler::new(mode(name), RoundRobin::new(ms(2)));
            let run = scheduler.watchdog(ms(300)).run(move || {
                drop(Builder::new().name("reader").spawn(move || {
                    scheduler::blocking(|| reader.read(&mut [0])).unwrap();
                }));
                let others = [(); 3].map(|()| spawn(|| scheduler::work(ms(5))));
                for thread in others {
                    thread.join().unwrap();
                }
                println!("the others are over");
                // Long after the watchdog's limit, so that the run ends.
                std::thread::spawn(move || {
                    std::thread::sleep(ms(4_000));
                    drop(writer);
                });
            });
            run.unwrap();
        });
        let ended = ended.returned().says(
            "watchdog: `main` is over, and the run waits for thread 1 \"reader\" (spawned at ",
        );
        assert!(ended.stdout.contains("the others are over"), "{ended:?}");
        assert_eq!(ended.stderr.matches("watchdog").count(), 1, "{ended:?}");
    }
}

#[test]
fn a_call_that_nobody_announced_is_told_as_well_once_main_is_over() {
    for calls in ["sud", "polling", "off"] {
        in_child(calls, |calls| {
            let calls = match calls {
                "sud" => Unannounced::Automatic,
                "polling" => Unannounced::Polling,
                _ => Unannounced::Off,
            };
            let (mut reader, writer) = std::io::pipe().unwrap();
            let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(2)));
            let run = scheduler.unannounced(calls).watchdog(ms(300)).run(move || {
                drop(spawn(move || reader.read(&mut [0]).unwrap()));
                scheduler::sleep(ms(20));
                std::thread::spawn(move || {
                    std::thread::sleep(ms(4_000));
                    drop(writer);
                });
            });
            run.unwrap();
        })
        .returned()
        .says("`main` is over, and the run waits for thread 1 ");
    }
}

#[test]
#[expect(unconditional_recursion, reason = "the stack is to overflow")]
fn a_stack_that_overflows_ends_the_process_as_it_does_without_us() {
    fn deeper(depth: u64) -> u64 {
        let page = black_box([depth; 128]);
        deeper(depth + 1) + page[1]
    }
    for name in [
        "checkpoint",
        "never",
        "signal",
        "signal, calls not dispatched",
    ] {
        let ended = in_child(name, |name| {
            let (name, calls) = match name.split_once(',') {
                None => (name, Unannounced::Automatic),
                Some((name, _)) => (name, Unannounced::Off),
            };
            let scheduler = Scheduler::new(mode(name), RoundRobin::new(ms(1)));
            let run = scheduler.unannounced(calls).run(|| {
                let busy = spawn(|| scheduler::work(ms(50)));
                let deep = Builder::new().name("deep").spawn(|| deeper(0));
                deep.join().map(|_| busy.join())
            });
            unreachable!("{run:?}");
        });
        assert_eq!(ended.signal, Some(libc::SIGABRT), "{ended:?}");
        ended.says("thread 'deep'").says("has overflowed its stack");
    }
}

#[test]
fn calls_that_a_signal_cuts_short_take_as_long_as_they_should() {
    /// How long `call` took.
    fn time(call: impl FnOnce()) -> std::time::Duration {
        let begin = Instant::now();
        call();
        begin.elapsed()
    }
    for unannounced in [Unannounced::Automatic, Unannounced::Off] {
        let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(1)));
        let run = scheduler.unannounced(unannounced).run(|| {
            let busy = spawn(|| scheduler::work(ms(100)));
            let sleeps = spawn(|| time(|| std::thread::sleep(ms(30))) >= ms(30));
            let parks = spawn(|| {
                let begin = Instant::now();
                while begin.elapsed() < ms(30) {
                    std::thread::park_timeout(ms(10)); // may return early, as std says
                }
            });
            let waits = spawn(|| {
                let (_sender, receiver) = std::sync::mpsc::channel::<()>();
                time(|| assert!(receiver.recv_timeout(ms(30)).is_err())) >= ms(30)
            });
            let child = spawn(|| {
                let status = std::process::Command::new("/bin/sleep")
                    .arg("0.05")
                    .status();
                status.unwrap().success()
            });
            busy.join().unwrap();
            parks.join().unwrap();
            [sleeps, waits, child].map(|thread| thread.join().unwrap())
        });
        assert_eq!(run.unwrap(), [true; 3], "{unannounced:?}");
    }
}

#[test]
fn a_local_that_is_asked_for_when_its_thread_is_over_says_so() {
    static NUMBER: Local<u32> = Local::new("number", || 3);
    struct Asks;
    impl Drop for Asks {
        fn drop(&mut self) {
            NUMBER.get();
        }
    }
    thread_local!(static ASKS: Asks = const { Asks });
    let ended = in_child("", |_| {
        let scheduler = Scheduler::new(Preemption::Checkpoint, RoundRobin::new(ms(1)));
        let run = scheduler.run(|| spawn(|| ASKS.with(|_| ())).join());
        panic!("{run:?}");
    });
    assert_eq!(ended.signal, Some(libc::SIGABRT), "{ended:?}");
    ended.says("the local 'number' has no value here");
}
