//! In virtual time and checkpoint mode a lesson's trace is the same at every run.

use crate::support::{lessons, run_lesson};

/// What a run wrote, without the hour that `env_logger` puts before each record.
fn trace(name: &str) -> (String, String) {
    let run = run_lesson(name, "runtime=trace,scheduler=trace");
    assert!(run.status.success(), "{name}: {run:?}");
    let records: String = String::from_utf8(run.stderr)
        .unwrap()
        .lines()
        .map(|line| {
            line.split_once("Z ")
                .expect("nothing but records")
                .1
                .to_owned()
                + "\n"
        })
        .collect();
    (String::from_utf8(run.stdout).unwrap(), records)
}

/// Runs a lesson so many times and compares each run to the first.
fn runs_leave_one_trace(runs: usize, name: &str) {
    let first = trace(name);
    assert!(first.1.lines().count() > 10, "{name}: {}", first.1);
    for run in 1..runs {
        assert_eq!(trace(name), first, "{name}, run {run}");
    }
}

#[test]
fn the_first_two_lessons_leave_one_trace_in_fifty_runs() {
    for name in lessons() {
        if name.starts_with("01_") || name.starts_with("02_") {
            runs_leave_one_trace(50, &name);
        }
    }
}

#[test]
fn every_lesson_in_virtual_time_leaves_one_trace_in_ten_runs() {
    let in_real_time = [
        "03_echo_tasks",
        "03_echo_threads",
        "09_readiness_threads",
        "10_http_tasks",
        "12_stopped_threads",
    ];
    // When a call is back is for the kernel to say, and so is who runs then.
    let calls_the_kernel = "08_blocking_call_threads";
    // What processes do beside each other, nobody decides.
    for name in lessons()
        .into_iter()
        .filter(|name| !name.ends_with("_processes"))
    {
        let is_real = trace(&name).1.contains(" clock=real");
        assert_eq!(is_real, in_real_time.contains(&name.as_str()), "{name}");
        if !is_real && name != calls_the_kernel {
            runs_leave_one_trace(10, &name);
        }
    }
}
