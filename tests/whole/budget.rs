//! The core of either half stays small enough to be read in an evening.

use crate::support::{read, root};

/// Counts the lines of a file that hold code: no comments, no tests, no blank lines.
fn code_lines(path: &str) -> usize {
    read(path)
        .split("\n#[cfg(test)]")
        .next()
        .unwrap()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

/// Counts the code lines of every file below a folder of sources.
fn code_lines_below(folder: &str) -> usize {
    std::fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
            if entry.file_type().unwrap().is_dir() {
                code_lines_below(&path)
            } else {
                code_lines(&path)
            }
        })
        .sum()
}

/// Asserts that `files` and folders of `room` hold at most `budget` code lines.
fn keeps_budget(room: &str, files: &[&str], budget: usize) {
    let lines: usize = files
        .iter()
        .map(|name| match name.strip_suffix('/') {
            Some(folder) => code_lines_below(&format!("{room}/{folder}")),
            None => code_lines(&format!("{room}/{name}")),
        })
        .sum();
    println!("{room}: {lines} code lines of {budget}");
    assert!(
        lines <= budget,
        "{room}: {lines} code lines: split, simplify, or move the budget and say why"
    );
}

#[test]
fn the_event_loops_core_keeps_its_budget() {
    let core = [
        "event_loop.rs",
        "polling.rs",
        "state.rs",
        "task.rs",
        "waker.rs",
        "class.rs",
        "inbox.rs",
        "primitives.rs",
        "ready_queue.rs",
        "clock.rs",
        "timer.rs",
        "reactor.rs",
        "reactor/",
        "context.rs",
        "wait_list.rs",
    ];
    // "About 1,500": an edge that is told once, and bytes that come apart from the
    // others, cost the reactor its last fifty.
    keeps_budget("runtime/src", &core, 1_550);
}

#[test]
fn the_dispatchers_core_keeps_its_budget() {
    let core = [
        "dispatcher.rs",
        "dispatcher/listen.rs",
        "dispatcher/picks.rs",
        "dispatcher/readies.rs",
        "dispatcher/run_queue.rs",
        "dispatcher/stops.rs",
        "thread.rs",
        "control.rs",
        "run.rs",
        "policy.rs",
        "policy/attributes.rs",
    ];
    // "About 1,500": waits with a time limit, and a priority that changes while
    // its thread runs, cost the dispatcher its last fifty.
    keeps_budget("scheduler/src", &core, 1_550);
}

#[test]
fn the_hand_over_by_signal_keeps_its_budget() {
    let core = [
        "preempt/context.rs",
        "preempt/context/slice.rs",
        "preempt/context/state.rs",
        "preempt/context/stops.rs",
        "preempt/current.rs",
        "preempt/handler.rs",
        "preempt/timer.rs",
        "preempt/futex.rs",
        "preempt/inbox.rs",
    ];
    // 800 until slices began where their threads do, behind the gate.
    keeps_budget("scheduler/src", &core, 860);
}

#[test]
fn the_notice_of_calls_that_nobody_announced_keeps_its_budget() {
    let core = [
        "unannounced.rs",
        "dispatcher/calls.rs",
        "preempt/context/calls.rs",
        "preempt/polling.rs",
        "preempt/syscalls/",
    ];
    keeps_budget("scheduler/src", &core, 1_200);
}
