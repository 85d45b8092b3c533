//! Thousands of threads, and systems that have no more.

use crate::child::{Ended, command, in_child, ms, name_of, wait};
use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler, scope, spawn};

/// Spawns `count` threads and joins them; how many there were.
fn spawn_and_join(count: u32) -> u32 {
    let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(1)));
    let run = scheduler.run(|| {
        let threads: Vec<_> = (0..count).map(|number| spawn(move || number % 2)).collect();
        let odd = threads.into_iter().map(|thread| thread.join().unwrap());
        odd.sum::<u32>() * 2
    });
    run.unwrap()
}

#[test]
fn four_thousand_threads_all_finish() {
    in_child("", |_| assert_eq!(spawn_and_join(4_000), 4_000)).returned();
}

/// Runs `scenario`, the test's own, in a shell that first sets a limit.
#[track_caller]
fn limited<F: Fn(&str)>(limit: &str, scenario: F) -> Ended {
    if std::env::var_os("SIDESTEP_BAD_DAY").is_some() {
        return in_child("", scenario);
    }
    let name = name_of::<F>();
    let inner = command(&name, "");
    let mut shell = std::process::Command::new("/bin/bash");
    shell
        .arg("-c")
        .arg(format!("{limit} && exec \"$0\" \"$@\""));
    shell.arg(inner.get_program()).args(inner.get_args());
    for (key, value) in inner.get_envs() {
        shell.env(key, value.unwrap());
    }
    wait(shell, &name)
}

/// Has 4,000 threads at a time.
fn too_many() {
    let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(1)));
    let run = scheduler.run(|| {
        let sleepers = (0..4_000).map(|_| spawn(|| scheduler::sleep(ms(1_000))));
        sleepers.collect::<Vec<_>>().len()
    });
    panic!("{run:?}");
}

#[test]
fn a_system_without_more_timers_says_what_to_do() {
    let ended = limited("ulimit -i 50", |_| too_many());
    assert_eq!(ended.code, Some(101), "{ended:?}"); // it panics, and ends in order
    ended.says("no timer for a thread").says("`ulimit -i`");
}

#[test]
fn a_system_without_more_memory_for_stacks_says_what_to_do() {
    let ended = limited("ulimit -v 600000", |_| too_many());
    assert_eq!(ended.code, Some(101), "{ended:?}");
    ended
        .says("the operating system refused a thread: ")
        .says("`ulimit -v`");
}

#[test]
fn a_scope_of_which_a_thread_was_refused_ends() {
    let ended = limited("ulimit -v 600000", |_| {
        let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(1)));
        let run = scheduler.run(|| {
            scope(|scope| {
                for _ in 0..4_000 {
                    scope.spawn(|| scheduler::sleep(ms(1_000)));
                }
            });
        });
        panic!("{run:?}");
    });
    assert_eq!(ended.code, Some(101), "{ended:?}");
    ended.says("the operating system refused a thread: ");
}
