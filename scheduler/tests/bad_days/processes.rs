//! Threads that fork, and processes that were forked from a run. (Threads that
//! start programs: `behaviours::unannounced` and the stress tests.)

use crate::child::{MODES, in_child, mode, ms};
use scheduler::policy::RoundRobin;
use scheduler::{Preemption, RunError, Scheduler, spawn, yield_now};
use std::hint::black_box;

/// Forks, and lets the child run `child`; its exit status. A child that hangs is
/// ended by an alarm.
#[expect(unsafe_code, reason = "std does not fork")]
fn fork(child: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child calls nothing that another thread's lock could stop, as
    // far as the scheduler keeps its word, which is what is tested.
    let process = unsafe { libc::fork() };
    if process == 0 {
        // SAFETY: requires nothing.
        unsafe { libc::alarm(60) };
        let status = child();
        // SAFETY: requires nothing, and does not return.
        unsafe { libc::_exit(status) };
    }
    assert!(process > 0);
    let mut status = 0;
    // SAFETY: requires a writable integer.
    let waited = unsafe { libc::waitpid(process, &raw mut status, 0) };
    assert_eq!(waited, process);
    if libc::WIFEXITED(status) {
        libc::WEXITSTATUS(status)
    } else {
        -libc::WTERMSIG(status)
    }
}

/// Runs `main` beside a thread that computes.
fn beside_a_busy_thread<T>(name: &str, main: impl FnOnce() -> T) -> T {
    let scheduler = Scheduler::new(mode(name), RoundRobin::new(ms(1)));
    scheduler
        .run(|| {
            let busy = spawn(|| scheduler::work(ms(30)));
            let result = main();
            busy.join().unwrap();
            result
        })
        .unwrap()
}

#[test]
fn a_forked_child_that_ends_at_once_harms_nobody() {
    for name in MODES {
        in_child(name, |name| {
            let status = beside_a_busy_thread(name, || {
                spawn(|| {
                    fork(|| {
                        for number in 0..50_000_000 {
                            black_box(number); // many quanta: no tick comes here
                        }
                        7
                    })
                })
                .join()
                .unwrap()
            });
            assert_eq!(status, 7);
        })
        .returned();
    }
}

#[test]
fn a_forked_child_that_calls_the_scheduler_is_ended_with_a_sentence() {
    for name in MODES {
        let ended = in_child(name, |name| {
            let calls: [fn(); 4] = [
                yield_now,
                || scheduler::sleep(ms(1)),
                || drop(spawn(|| ())),
                || scheduler::blocking(|| ()),
            ];
            beside_a_busy_thread(name, || {
                for call in calls {
                    let child = spawn(move || {
                        fork(|| {
                            call();
                            0
                        })
                    });
                    assert_eq!(child.join().unwrap(), scheduler::WATCHDOG_STATUS);
                }
                // Thread 0 too.
                let status = fork(|| {
                    yield_now();
                    0
                });
                assert_eq!(status, scheduler::WATCHDOG_STATUS);
            });
        });
        let ended = ended.returned();
        let sentence = "it may only start a program (exec) or end (_exit)";
        assert_eq!(ended.stderr.matches(sentence).count(), 5, "{ended:?}");
    }
}

#[test]
fn a_process_forked_beside_a_run_cannot_begin_another() {
    in_child("", |_| {
        let scheduler = || Scheduler::new(Preemption::Signal, RoundRobin::new(ms(1)));
        let status = scheduler().run(|| {
            // An ordinary thread forks.
            let forks = std::thread::spawn(move || {
                fork(|| match scheduler().run(|| ()) {
                    Err(RunError::System(error)) => {
                        eprintln!("{error}");
                        5
                    }
                    _ => 6,
                })
            });
            scheduler::blocking(|| forks.join().unwrap())
        });
        assert_eq!(status.unwrap(), 5);
        assert_eq!(scheduler().run(|| 8).unwrap(), 8); // the parent may
    })
    .returned()
    .says("this process was forked while a scheduler ran");
}

#[test]
fn a_process_forked_between_runs_may_run_its_own_and_has_a_watchdog() {
    in_child("", |_| {
        let scheduler = || Scheduler::new(Preemption::Signal, RoundRobin::new(ms(1)));
        assert_eq!(scheduler().run(|| 3).unwrap(), 3);
        let status = fork(|| {
            let first = scheduler().run(|| spawn(|| 4).join().unwrap()).unwrap();
            assert_eq!(first, 4);
            let hangs = Scheduler::new(Preemption::Checkpoint, RoundRobin::new(ms(1)));
            let run = hangs
                .watchdog(ms(300))
                .run(|| spawn(|| while black_box(true) {}).join());
            unreachable!("{run:?}");
        });
        assert_eq!(status, scheduler::WATCHDOG_STATUS);
    })
    .returned()
    .says("scheduler: watchdog: thread 1 ");
}
