//! In virtual time and checkpoint mode a lesson's trace is the same at every run.

use crate::support::run_lesson;

/// What a run wrote, without the hour that `env_logger` puts before each record.
fn trace(name: &str) -> (String, String) {
    let run = run_lesson(name, "runtime=trace,scheduler=trace");
    assert!(run.status.success(), "{name}: {run:?}");
    let records: String = String::from_utf8(run.stderr)
        .unwrap()
        .lines()
        .map(|line| {
            line.split_once("Z TRACE ")
                .expect("nothing but records")
                .1
                .to_owned()
                + "\n"
        })
        .collect();
    (String::from_utf8(run.stdout).unwrap(), records)
}

/// Runs a lesson fifty times and compares each run to the first.
fn fifty_runs_leave_one_trace(name: &str) {
    let first = trace(name);
    assert!(first.1.lines().count() > 20, "{name}: {}", first.1);
    for run in 1..50 {
        assert_eq!(trace(name), first, "{name}, run {run}");
    }
}

#[test]
fn two_counters_as_tasks_leave_one_trace_in_fifty_runs() {
    fifty_runs_leave_one_trace("01_two_counters_tasks");
}

#[test]
fn two_counters_as_threads_leave_one_trace_in_fifty_runs() {
    fifty_runs_leave_one_trace("01_two_counters_threads");
}

#[test]
fn the_queue_between_tasks_leaves_one_trace_in_fifty_runs() {
    fifty_runs_leave_one_trace("02_queue_tasks");
}

#[test]
fn the_queue_between_threads_leaves_one_trace_in_fifty_runs() {
    fifty_runs_leave_one_trace("02_queue_threads");
}
