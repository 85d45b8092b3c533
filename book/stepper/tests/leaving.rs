//! What is left behind: no process, whichever way a run ends.
//!
//! The stepped programs are scripts of `/bin/sh` that hang, fork or refuse.

mod common;

use common::{COUNTERS_TASKS, log};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// The program, without a terminal.
fn sidestep(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
    command
        .args(arguments)
        .env_remove("COLUMNS")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

/// A script that prints the tasks' trace and then does more.
fn traced(folder: &Path, more: &str) -> String {
    let path = folder.join("tasks.trace");
    fs::write(&path, log("runtime", COUNTERS_TASKS)).expect("the folder is ours");
    format!("cat {}; {more}", path.display())
}

/// What it wrote, as text.
fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what it writes is UTF-8")
}

/// Starts the program on a script that says the number of a process of its own,
/// and waits for it. The caller waits for the program.
#[expect(clippy::zombie_processes, reason = "every caller waits for it")]
fn hanging(folder: &Path, script: &str) -> (Child, Pid) {
    let said = folder.join("number");
    let script = script.replace("NUMBER", said.to_str().expect("the path is UTF-8"));
    let child = sidestep(&["step", "--plain", "--", "/bin/sh", "-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    loop {
        let number = fs::read_to_string(&said).unwrap_or_default();
        if let Some(number) = number.strip_suffix('\n') {
            let number = number.parse().expect("the script says a number");
            return (
                child,
                Pid::from_raw(number).expect("no process is number 0"),
            );
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until a process is gone.
fn wait_until_gone(process: Pid) {
    while test_kill_process(process).is_ok() {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn hanging_program_is_ended_by_each_signal_and_what_there_is_printed() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let folder = tempfile::tempdir().unwrap();
        let script = "sleep 1000 & echo $! > NUMBER; wait";
        let (child, grandchild) = hanging(folder.path(), &traced(folder.path(), script));
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let text = text(&output.stdout);
        assert!(text.contains("the loop ends"), "{text}");
        assert!(text.trim_end().ends_with("stopped"), "{text}");
        wait_until_gone(grandchild);
    }
}

#[test]
fn program_that_ignores_the_request_to_end_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap '' TERM INT HUP; echo $$ > NUMBER; while :; do sleep 1; done";
    let (child, process) = hanging(folder.path(), script);
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(143));
    wait_until_gone(process);
}

#[test]
fn what_a_program_leaves_behind_is_killed_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    // It keeps our pipe open, and would for a long time.
    let (mut child, process) = hanging(folder.path(), "sleep 1000 & echo $! > NUMBER");
    assert_eq!(child.wait().unwrap().code(), Some(65));
    wait_until_gone(process);
}
