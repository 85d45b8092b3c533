//! A debugger: what must be typed, and what a stop does to quanta. Where `gdb` is
//! not installed, or may not trace, these tests say so and test nothing.

use crate::child::{Ended, command, in_child, ms, name_of, wait};
use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler, spawn};
use std::hint::black_box;
use std::process::Command;

/// Eight threads of 30 ms each at a quantum of 2 ms, half of them before
/// [`half_way`].
fn run() {
    let scheduler = Scheduler::new(Preemption::Signal, RoundRobin::new(ms(2)));
    let run = scheduler.watchdog(ms(500)).run(|| {
        for half in 0..2 {
            let threads = [(); 4].map(|()| spawn(|| scheduler::work(ms(30))));
            if half == 0 {
                half_way();
            }
            for thread in threads {
                thread.join().unwrap();
            }
        }
    });
    run.unwrap();
}

/// Where the debugger stops.
#[inline(never)]
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "the debugger needs a name")]
extern "C" fn half_way() {
    black_box(());
}

/// Runs the scenario `F` under gdb with these commands; None if there is no gdb.
#[track_caller]
fn under_gdb<F: Fn(&str)>(commands: &[&str], scenario: F) -> Option<Ended> {
    if std::env::var_os("SIDESTEP_BAD_DAY").is_some() {
        return Some(in_child("", scenario));
    }
    let name = name_of::<F>();
    let inner = command(&name, "");
    let mut gdb = Command::new("gdb");
    gdb.args(["-batch", "-nx", "-ex", "set debuginfod enabled off"]);
    for command in commands {
        gdb.args(["-ex", command]);
    }
    gdb.arg("--args")
        .arg(inner.get_program())
        .args(inner.get_args());
    for (key, value) in inner.get_envs() {
        gdb.env(key, value.unwrap());
    }
    if Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("no gdb: nothing tested");
        return None;
    }
    let ended = wait(gdb, &name);
    if ended.stderr.contains("ptrace") {
        eprintln!("gdb may not trace here: nothing tested: {}", ended.stderr);
        return None;
    }
    Some(ended)
}

/// What a user types. The signal is the first real-time one that is free.
const PASS: &str = "handle SIG34 nostop noprint pass";

#[test]
fn a_debugger_that_passes_the_signal_on_lets_the_run_end() {
    if let Some(ended) = under_gdb(&[PASS, "run"], |_| run()) {
        let text = format!("{}{}", ended.stdout, ended.stderr);
        assert!(text.contains("the scenario came to its end"), "{text}");
        assert!(text.contains("exited normally"), "{text}");
    }
}

#[test]
fn a_debugger_that_was_told_nothing_stops_at_the_signal() {
    if let Some(ended) = under_gdb(&["run"], |_| run()) {
        let text = format!("{}{}", ended.stdout, ended.stderr);
        assert!(text.contains("received signal SIG34"), "{text}");
    }
}

#[test]
fn quanta_that_end_while_the_debugger_has_stopped_the_process_hang_nobody() {
    // Twice the watchdog's limit, which counts nothing meanwhile.
    let commands = [PASS, "break half_way", "run", "shell sleep 1", "continue"];
    if let Some(ended) = under_gdb(&commands, |_| run()) {
        let text = format!("{}{}", ended.stdout, ended.stderr);
        assert!(text.contains("hit Breakpoint 1"), "{text}");
        assert!(text.contains("the scenario came to its end"), "{text}");
        assert!(!text.contains("watchdog:"), "{text}");
    }
}
