//! `SCHEDULE` and `EXPLORE` in the environment: a scheduler in checkpoint mode follows the
//! one, and a search both.
//!
//! Each case runs in a process of its own, since the environment is the process's.

use scheduler::{
    Explore, Preemption, RunError, Scheduler, Shared, explore, policy::FirstComeFirstServed, spawn,
    sync::Mutex,
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
    if env::var_os(CHILD).is_none_or(|part| part != "run") {
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

/// Fails if an update is lost.
fn broken() {
    assert_eq!(program(), 2, "an update is lost");
}

/// The same, and it cannot be.
fn repaired() {
    let total = Arc::new(Mutex::new(0));
    let threads = [(); 2].map(|()| {
        let total = Arc::clone(&total);
        spawn(move || *total.lock() += 1)
    });
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(*total.lock(), 2);
}

/// Another child's part: runs the program, searches it and another one, and prints what
/// was found.
#[test]
fn searching_child() {
    if env::var_os(CHILD).is_none_or(|part| part != "search") {
        return;
    }
    let _ = env_logger::builder().is_test(false).try_init();
    let scheduler = Scheduler::new(Preemption::Checkpoint, FirstComeFirstServed::new());
    scheduler.run(program).unwrap();
    println!("first: {}", explore(broken));
    println!("second: {}", explore(repaired));
    explore(broken).assert_no_failure();
}

/// What that child prints with these variables, its trace and its searches included.
fn search_with(variables: &[(&str, &str)]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "environment::searching_child", "--nocapture"])
        .env(CHILD, "search")
        .env("RUST_LOG", "scheduler=trace,explore=trace")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    text
}

/// The lines that tell a search, of event `event`.
fn told<'a>(text: &'a str, event: &str) -> Vec<&'a str> {
    let line = format!("explore] {{\"event\":\"{event}\"");
    text.lines().filter(|it| it.contains(&line)).collect()
}

/// The schedule of the failure of [`broken`].
fn failing() -> String {
    let found = explore(broken);
    found.shortest().expect("it fails").schedule.to_string()
}

#[test]
fn a_search_follows_the_schedule_of_the_environment_alone_and_says_so() {
    // With EXPLORE, since the child's first run would follow it, too, and fail.
    let schedule = failing();
    let text = search_with(&[("SCHEDULE", &schedule), ("EXPLORE", "only=1")]);
    let first = "first: tried 1 schedule, and not all: SCHEDULE names the only one\n  \
                 1 time: panic: assertion `left == right` failed: an update is lost";
    assert!(text.contains(first), "{text}");
    assert!(text.contains(&format!("SCHEDULE={schedule}\n")), "{text}");
    assert!(
        text.contains("second: tried 0 schedules, and not all: another search is looked at"),
        "{text}"
    );
    // One run is traced: the search's.
    assert_eq!(text.matches(" started t=").count(), 1, "{text}");
    assert!(text.contains(" panicked t="), "{text}");
}

#[test]
fn a_search_that_the_schedule_does_not_fit_fails_and_says_where() {
    let schedule = failing();
    let text = search_with(&[("SCHEDULE", &schedule), ("EXPLORE", "only=2")]);
    assert!(
        text.contains("second: tried 1 schedule, and not all: SCHEDULE names the only one"),
        "{text}"
    );
    let (_, told) = text
        .split_once("the schedule does not fit at step ")
        .unwrap();
    assert!(
        told.contains("leave SCHEDULE out to search again"),
        "{text}"
    );
    assert!(!text.contains("run it again"), "{text}");
    let text = search_with(&[("SCHEDULE", "v1/stop5"), ("EXPLORE", "only=1")]);
    assert!(text.contains("1 time: stopped after 5 steps"), "{text}");
    let offers = text.lines().filter(|line| line.contains(" offered t="));
    assert!(offers.count() > 3, "{text}");
    let text = search_with(&[("SCHEDULE", "nonsense"), ("EXPLORE", "only=1")]);
    assert!(text.contains("SCHEDULE: this is no schedule"), "{text}");
    // The program's own run follows it, too, unless a search is to.
    let text = search_with(&[("SCHEDULE", "v1/stop5"), ("EXPLORE", "only=0")]);
    assert!(
        text.contains("the schedule ends here, after 5 steps"),
        "{text}"
    );
    let text = search_with(&[("EXPLORE", "colour=red")]);
    assert!(
        text.contains("EXPLORE: \"colour\" is none of only"),
        "{text}"
    );
}

#[test]
fn an_open_schedule_goes_on_to_the_next_real_choice_and_tells_what_could_be_picked() {
    let at = |schedule| {
        let variables = [("SCHEDULE", schedule), ("EXPLORE", "only=1,stop=choice")];
        let text = search_with(&variables);
        let lines = told(&text, "followed");
        assert_eq!(lines.len(), 1, "{text}");
        lines[0].to_owned()
    };
    // Two threads could begin; the first one joins, and cannot.
    let line = at("v1/stop0");
    assert!(line.contains("\"search\":1,\"open\":true,"), "{line}");
    assert_eq!(line.matches("\"can\":true").count(), 2, "{line}");
    let offer = |thread| format!("\"t\":{thread},\"name\":\"thread {thread}\",\"op\":\"start\"");
    assert!(
        line.contains(&offer(1)) && line.contains(&offer(2)),
        "{line}"
    );
    // Both have loaded: now they could store. One was preempted.
    let line = at("v1,5:2/stop7");
    assert_eq!(line.matches("\"op\":\"store\"").count(), 2, "{line}");
    assert!(line.contains("\"preemptions\":1"), "{line}");
    // Whatever is picked now there is nothing more to choose.
    let line = at("v1,5:2/stop8");
    assert!(line.contains("\"open\":false,\"text\":\"panic:"), "{line}");
    assert!(line.contains("an update is lost"), "{line}");
    let line = at("v1,0:7/stop1");
    assert!(
        line.contains("\"text\":\"the schedule does not fit\""),
        "{line}"
    );
}

#[test]
fn a_search_after_a_beginning_tries_what_follows_it() {
    for (after, explored) in [("v1/stop0", 4), ("v1,4:2,0:2,0:1/stop7", 2)] {
        let asked = format!("only=1,after={after}");
        let text = search_with(&[("EXPLORE", &asked)]);
        let ended = told(&text, "ended");
        assert!(
            ended[0].contains(&format!("\"explored\":{explored},")),
            "{after}: {text}"
        );
        assert!(ended[0].contains("\"stopped\":null"), "{after}: {text}");
    }
    let text = search_with(&[("EXPLORE", "after=nonsense")]);
    assert!(
        text.contains("EXPLORE: after: this is no schedule"),
        "{text}"
    );
}

#[test]
fn a_failing_test_prints_the_command_that_runs_it_again() {
    let text = search_with(&[]);
    let command = format!(
        "run it again: SCHEDULE={} cargo test environment::searching_child",
        failing()
    );
    assert!(text.contains(&command), "{text}");
    assert!(explore(repaired).command().is_none());
}

#[test]
fn a_search_that_is_listened_to_tells_what_it_does() {
    let text = search_with(&[("EXPLORE", "search=plain")]);
    assert_eq!(told(&text, "search").len(), 3, "{text}");
    let executions = told(&text, "execution");
    let of_first: Vec<_> = executions
        .iter()
        .filter(|line| line.contains("\"search\":1,"))
        .collect();
    assert_eq!(of_first.len(), 6, "every interleaving: {text}");
    let failing = of_first.iter().filter(|it| it.contains("\"fails\":true"));
    assert_eq!(failing.count(), 4);
    let ended = told(&text, "ended");
    assert_eq!(ended.len(), 3);
    assert!(ended[0].contains("\"explored\":6,"), "{}", ended[0]);
    assert!(ended[0].contains("\"stopped\":null"), "{}", ended[0]);
    // Nothing is traced: neither the run before the searches, nor a search.
    assert!(!text.contains(" started t="), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn the_program_of_a_search_is_run_by_chance_so_often() {
    let text = search_with(&[("EXPLORE", "chance=20:3000:1,only=2")]);
    let ended = told(&text, "chance_ended");
    assert_eq!(ended.len(), 1, "{text}");
    assert!(ended[0].contains("\"runs\":20,"), "{text}");
    assert!(
        ended[0].contains("[[\"\",20,false]]"),
        "it cannot fail: {text}"
    );
}

/// What the child prints under `schedule`, its trace included.
fn run_under(schedule: &str) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "environment::child", "--nocapture"])
        .env(CHILD, "run")
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
