//! Threads from which no CPU can be taken, or is.

use crate::child::{in_child, ms};
use scheduler::policy::{FirstComeFirstServed, RoundRobin};
use scheduler::{Builder, Preemption, Scheduler, Unannounced, spawn};
use std::hint::black_box;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

/// Blocks every signal that can be, for the calling thread.
#[expect(unsafe_code, reason = "std has no masks of signals")]
fn block_all_signals() {
    let mut all = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: requires a writable set.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // SAFETY: the line above has initialised the set; the old one is not wanted.
    let result =
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), std::ptr::null_mut()) };
    assert_eq!(result, 0);
}

/// Computes for `duration` of real time.
fn compute(duration: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < duration {}
}

/// Main, and a thread "hog" that runs `body`, at a quantum of 2 ms.
fn hog_beside_main(scheduler: Scheduler, body: impl FnOnce() + Send + 'static) {
    let run = scheduler.watchdog(ms(300)).run(|| {
        let hog = Builder::new().name("hog").spawn(body);
        for _ in 0..3 {
            scheduler::sleep(ms(1));
            compute(ms(5));
        }
        hog.join().unwrap();
    });
    run.unwrap();
}

#[test]
fn a_thread_that_blocks_all_signals_is_told_and_the_run_goes_on() {
    for calls in ["sud", "off"] {
        let ended = in_child(calls, |calls| {
            let calls = match calls {
                "sud" => Unannounced::Automatic,
                _ => Unannounced::Off,
            };
            let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(2)));
            hog_beside_main(scheduler.unannounced(calls), || {
                block_all_signals();
                // Without a system call, at which it could be stopped.
                let mut count = 0_u64;
                while count < 800_000_000 {
                    count = black_box(count + 1);
                }
            });
        });
        let ended = ended
            .returned()
            .says("watchdog: thread 1 \"hog\" (spawned at ")
            .says(&format!("{}:", file!()))
            .says("on CPU 0 after its quantum, while other threads are runnable (1): ")
            .says("it blocks the signal that preempts (")
            .says("pthread_sigmask with SIG_UNBLOCK");
        assert_eq!(ended.stderr.matches("watchdog").count(), 1, "{ended:?}");
    }
}

#[test]
fn who_is_preempted_as_it_should_be_is_not_told() {
    in_child("", |_| {
        let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(2)));
        scheduler
            .watchdog(ms(300))
            .run(|| {
                let threads = [(); 3].map(|()| spawn(|| scheduler::work(ms(600))));
                for thread in threads {
                    thread.join().unwrap();
                }
            })
            .unwrap();
    })
    .returned()
    .does_not_say("watchdog");
}

#[test]
fn who_computes_where_nothing_is_taken_away_is_told_and_the_run_goes_on() {
    for name in ["never", "no quantum"] {
        let ended = in_child(name, |name| {
            let mode = match name {
                "never" => Preemption::Never,
                _ => Preemption::Signal,
            };
            let scheduler = Scheduler::new(mode, FirstComeFirstServed::new());
            hog_beside_main(scheduler, || scheduler::work(ms(1_000)));
        });
        let why = match name {
            "never" => "nothing takes a CPU away in Preemption::Never",
            _ => "its pick has no quantum",
        };
        let ended = ended
            .returned()
            .says("watchdog: thread 1 \"hog\" (spawned at ")
            .says("has computed for ")
            .says(why);
        assert_eq!(ended.stderr.matches("watchdog").count(), 1, "{ended:?}");
    }
}

#[test]
fn who_is_alone_may_compute_for_ever_in_every_real_mode() {
    for name in ["never", "signal"] {
        in_child(name, |name| {
            let scheduler = Scheduler::new(crate::child::mode(name), RoundRobin::new(ms(2)));
            let run = scheduler.watchdog(ms(300)).run(|| {
                spawn(|| scheduler::work(ms(1_000))).join().unwrap();
            });
            run.unwrap();
        })
        .returned()
        .does_not_say("watchdog");
    }
}

#[test]
fn a_call_that_keeps_its_cpu_in_never_mode_is_told() {
    in_child("", |_| {
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(ms(4_000));
            writer.write_all(b"1").unwrap();
        });
        let scheduler = Scheduler::new(Preemption::Never, RoundRobin::new(ms(2)));
        hog_beside_main(scheduler, move || {
            assert_eq!(reader.read(&mut [0]).unwrap(), 1);
        });
    })
    .returned()
    .says("has been in the system call `read` for ")
    .says("on CPU 0, while other threads are runnable (1): put the call into `blocking`");
}
