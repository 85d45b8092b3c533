//! What the tests share: functions for workers, and looking at processes.

use scheduler::process::{Failure, JobError};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a test waits for what must happen. It is no measure of speed: only a
/// broken program takes as long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The square of a number.
pub(crate) fn square(n: u64) -> u64 {
    n * n
}

/// Ends its process, panics, or hangs, as the number says; otherwise it doubles.
pub(crate) fn moody(n: u64) -> u64 {
    match n {
        13 => panic!("13 is unlucky"),
        14 => std::process::exit(3),
        15 => loop {
            std::thread::park();
        },
        16 => kill_oneself(),
        n => n * 2,
    }
}

/// Kills its process, as the kernel does when memory is short.
fn kill_oneself() -> ! {
    let signal = rustix::process::Signal::KILL;
    rustix::process::kill_process(rustix::process::getpid(), signal).unwrap();
    loop {
        std::thread::park();
    }
}

/// A failure in words.
pub(crate) fn told<T: std::fmt::Debug>(result: Result<T, JobError>) -> String {
    result.unwrap_err().failure().to_string()
}

/// Whether a job failed because its worker ended.
pub(crate) fn ended<T>(result: &Result<T, JobError>) -> bool {
    matches!(result, Err(error) if matches!(error.failure(), Failure::Ended(_)))
}

/// Kills a process; it may be over.
pub(crate) fn kill(process: u32, signal: rustix::process::Signal) {
    let process = rustix::process::Pid::from_raw(process.try_into().unwrap()).unwrap();
    let _ = rustix::process::kill_process(process, signal);
}

/// Whether a process exists and is not only waited for.
pub(crate) fn lives(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The state follows the name, which is in parentheses.
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.as_bytes()[0]);
    state.is_some_and(|state| !matches!(state, b'Z' | b'X'))
}

/// Waits until something is so.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "it never came to be: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// This test program, run again for one test, in a role that a variable names.
pub(crate) fn again(test: &str, role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command.env("SIDESTEP_TEST_ROLE", role);
    command
}

/// The role of this process, if it has one.
pub(crate) fn role() -> Option<String> {
    std::env::var("SIDESTEP_TEST_ROLE").ok()
}
