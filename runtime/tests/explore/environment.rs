//! `SCHEDULE` in the environment: a loop in virtual time follows it, and so does a search.
//!
//! Each case runs in a process of its own, since the environment is the process's.

use runtime::{Clock, EventLoop, Explore, explore, sleep, spawn, yield_now};
use std::cell::Cell;
use std::env;
use std::process::{Command, Output};
use std::rc::Rc;
use std::time::Duration;

/// Set in the child process: which clock.
const CHILD: &str = "SCHEDULE_TEST_CHILD";

/// Whoever is second waits for ever, if it has not slept before; else who was first.
async fn program() -> usize {
    let first = Rc::new(Cell::new(0));
    let tasks = [1, 2].map(|number| {
        let first = Rc::clone(&first);
        spawn(async move {
            yield_now().await;
            if first.get() == 0 {
                first.set(number);
            } else if number == 1 {
                std::future::pending::<()>().await;
            }
            sleep(Duration::from_secs(1)).await;
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    first.get()
}

/// The child's part: runs the program in a loop, and prints what came of it.
#[test]
fn child() {
    let Some(clock) = env::var_os(CHILD) else {
        return;
    };
    let _ = env_logger::builder().is_test(false).try_init();
    if clock == "search" {
        println!("{}", explore(program));
        return;
    }
    let clock = if clock == "real" {
        Clock::Real
    } else {
        Clock::Virtual
    };
    println!("first {}", EventLoop::new(clock).block_on(program()));
}

/// Runs the child under `schedule`, with its trace.
fn run_under(schedule: &str, clock: &str) -> (Output, String) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "environment::child", "--nocapture"])
        .env(CHILD, clock)
        .env("SCHEDULE", schedule)
        .env("RUST_LOG", "runtime=trace")
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout.clone()).unwrap();
    text.push_str(&String::from_utf8(output.stderr.clone()).unwrap());
    (output, text)
}

#[test]
fn a_loop_follows_the_schedule_that_a_search_has_found() {
    let found = Explore::new().run(program);
    let texts: Vec<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
    assert_eq!(texts, ["1", "lost wake-up"]);
    let (run, text) = run_under(&found.outcomes()[0].schedule.to_string(), "virtual");
    assert!(run.status.success() && text.contains("first 1"), "{text}");
    assert!(text.contains(" polled t="), "{text}");
    // A loop by itself would sleep for ever.
    let failure = found.shortest().unwrap();
    let (run, text) = run_under(&failure.schedule.to_string(), "virtual");
    assert!(!run.status.success(), "{text}");
    let trouble = failure.trouble.to_string();
    assert!(
        trouble.contains("task 1 waits for a wake of which the loop knows nothing"),
        "{trouble}"
    );
    assert!(text.contains(&trouble), "{text}");
}

#[test]
fn the_usual_schedule_leaves_the_trace_of_a_loop_by_itself() {
    let found = explore(program);
    let usual = &found.outcomes()[0].schedule;
    assert_eq!(usual.breaks(), 0);
    let steps = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains(" t="));
        // Without the time of the day, and the line of ours.
        let step = |line: &str| {
            let (_, rest) = line.split_once("runtime] ").expect("a record of the loop");
            rest.split(" src=")
                .next()
                .expect("it has a first part")
                .to_owned()
        };
        lines.map(step).collect()
    };
    let (_, by_itself) = run_under("", "virtual");
    let (_, led) = run_under(&usual.to_string(), "virtual");
    assert!(steps(&by_itself).len() > 20);
    assert_eq!(steps(&led), steps(&by_itself));
}

#[test]
fn a_schedule_that_is_none_or_does_not_fit_ends_the_run_with_what_to_do() {
    for (schedule, says) in [
        (
            "nonsense",
            "SCHEDULE: this is no schedule of tasks: its end is missing",
        ),
        ("v1,5:2/15", "as those of threads do"),
        ("t1/3", "SCHEDULE: the schedule does not fit at step 3"),
        ("t1,1:9/12", "expected a step of task 9"),
        ("t1/stop4", "the schedule is open, and ends after 4 steps"),
    ] {
        let (run, text) = run_under(schedule, "virtual");
        assert!(!run.status.success(), "{schedule}: {text}");
        assert!(text.contains(says), "{schedule}: {text}");
    }
}

#[test]
fn in_real_time_the_variable_is_not_obeyed() {
    let (run, text) = run_under("nonsense", "real");
    assert!(run.status.success() && text.contains("first 1"), "{text}");
}

#[test]
fn a_search_follows_the_schedule_in_place_of_searching() {
    let found = Explore::new().run(program);
    let failure = found.shortest().unwrap();
    let (run, text) = run_under(&failure.schedule.to_string(), "search");
    assert!(run.status.success(), "{text}");
    let report = format!(
        "tried 1 order, and not all: SCHEDULE names the only one\n  1 time: lost wake-up\n\
         fails with {} deviation",
        failure.deviations
    );
    assert!(text.contains(&report), "{text}");
    let fine = &found.outcomes()[0];
    let (_, text) = run_under(&fine.schedule.to_string(), "search");
    assert!(text.contains("\n  1 time: 1\n"), "{text}");
    assert!(!text.contains("fails "), "{text}");
}

#[test]
fn a_search_says_what_is_wrong_with_a_schedule() {
    let (run, text) = run_under("nonsense", "search");
    assert!(!run.status.success(), "{text}");
    assert!(
        text.contains("SCHEDULE: this is no schedule of tasks"),
        "{text}"
    );
    let (_, text) = run_under("t1/3", "search");
    let says = "1 time: the schedule does not fit\n  the schedule does not fit at step 3";
    assert!(text.contains(says), "{text}");
    let (_, text) = run_under("t1/stop4", "search");
    assert!(text.contains("1 time: stopped after 4 steps"), "{text}");
}
