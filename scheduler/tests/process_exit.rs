//! A thread that ends the process is not over before that is.

use scheduler::policy::FirstComeFirstServed;
use scheduler::{Preemption, Scheduler, spawn};
use std::env;
use std::process::{self, Command};

/// Set in the processes that end so.
const CHILD: &str = "SIDESTEP_PROCESS_EXIT";

#[test]
fn nobody_joins_a_thread_that_ends_the_process() {
    let mode = [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ];
    if let Some(number) = env::var_os(CHILD) {
        let mode = mode[number.to_str().unwrap().parse::<usize>().unwrap()];
        let run = Scheduler::new(mode, FirstComeFirstServed::new())
            .run(|| spawn(|| process::exit(3)).join().map(drop));
        unreachable!("{run:?}");
    }
    for number in 0..mode.len() {
        // Whoever joins has to be faster than the end of the process.
        for _ in 0..30 {
            let child = Command::new(env::current_exe().unwrap())
                .args(["--exact", "nobody_joins_a_thread_that_ends_the_process"])
                .arg("--nocapture")
                .env(CHILD, number.to_string())
                .output()
                .unwrap();
            assert_eq!(child.status.code(), Some(3));
            assert_eq!(String::from_utf8_lossy(&child.stderr), "");
        }
    }
}
