//! `SCHEDULE` in the environment: a scheduler in checkpoint mode follows it.
//!
//! Each case runs in a process of its own, since the environment is the process's.

use scheduler::{
    Explore, Preemption, RunError, Scheduler, Shared, policy::FirstComeFirstServed, spawn,
};
use std::env;
use std::process::Command;
use std::sync::Arc;

/// Set in the child process.
const CHILD: &str = "SCHEDULE_TEST_CHILD";

/// A lost update, perhaps; what is left in the end.
fn program() -> i32 {
    let total = Arc::new(Shared::new("total", 0));
    let threads = [(); 2].map(|()| {
        let total = Arc::clone(&total);
        spawn(move || total.store(total.load() + 1))
    });
    for thread in threads {
        thread.join().unwrap();
    }
    total.load()
}

/// The child's part: runs the program under a scheduler, and prints what came of it.
#[test]
fn child() {
    if env::var_os(CHILD).is_none() {
        return;
    }
    let _ = env_logger::builder().is_test(false).try_init();
    let ended = Scheduler::new(Preemption::Checkpoint, FirstComeFirstServed::new()).run(program);
    match ended {
        Ok(total) => println!("total {total}"),
        Err(RunError::ScheduleEnds(steps)) => println!("open after {steps}"),
        Err(error) => println!("error: {error}"),
    }
}

/// What the child prints under `schedule`, its trace included.
fn run_under(schedule: &str) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "environment::child", "--nocapture"])
        .env(CHILD, "1")
        .env("SCHEDULE", schedule)
        .env("RUST_LOG", "scheduler=trace")
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    text
}

#[test]
fn a_scheduler_follows_the_schedule_that_a_search_has_found() {
    let found = Explore::new().run(program);
    for outcome in found.outcomes() {
        let text = run_under(&outcome.schedule.to_string());
        assert!(text.contains(&format!("total {}", outcome.text)), "{text}");
        assert!(text.contains(" raced t="), "{text}");
        assert!(text.contains(" ended t="), "{text}");
    }
    assert_eq!(found.outcomes().len(), 2);
}

#[test]
fn an_open_schedule_stops_and_tells_what_each_thread_would_do() {
    let text = run_under("v1/stop5");
    assert!(text.contains("open after 5"), "{text}");
    let offers: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" offered t="))
        .collect();
    let last = offers.last().unwrap();
    assert!(last.contains("op=") && last.contains("can="), "{last}");
}

#[test]
fn a_schedule_that_is_none_or_does_not_fit_ends_the_run_with_what_to_do() {
    let text = run_under("nonsense");
    assert!(
        text.contains("error: SCHEDULE: this is no schedule"),
        "{text}"
    );
    let text = run_under("v1/3");
    assert!(
        text.contains("error: the schedule does not fit at step 3"),
        "{text}"
    );
}
