//! The program from outside: what it prints, how it ends, what it leaves behind.
//!
//! The stepped programs are small scripts of `/bin/sh` that print a trace.

mod common;

use common::{COUNTERS_TASKS, COUNTERS_THREADS, log};
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
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

/// Runs it to its end.
fn run(arguments: &[&str]) -> Output {
    sidestep(arguments).output().expect("the program starts")
}

/// Runs it on a script.
fn run_script(script: &str) -> Output {
    run(&["step", "--", "/bin/sh", "-c", script])
}

/// What it wrote, as text.
fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what it writes is UTF-8")
}

/// Asserts the exit code, and that one sentence on stderr says `words`.
fn assert_fails(output: &Output, code: i32, words: &str) {
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.contains(words), "`{words}` is not in: {errors}");
}

/// A folder with a trace of both counters in it.
fn saved() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = folder.path().join("both.trace");
    let both = log("runtime", COUNTERS_TASKS) + &log("scheduler", COUNTERS_THREADS);
    fs::write(&path, both).expect("the folder is ours");
    (folder, path)
}

/// A script that prints the tasks' trace and then does more.
fn traced(folder: &Path, more: &str) -> String {
    let path = folder.join("tasks.trace");
    fs::write(&path, log("runtime", COUNTERS_TASKS)).expect("the folder is ours");
    format!("cat {}; {more}", path.display())
}

#[test]
fn saved_trace_is_printed_side_by_side() {
    let (_folder, path) = saved();
    let output = run(&["step", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output.stdout);
    assert!(text.starts_with("tasks                                   │ threads\n"));
    assert!(text.contains("│ping 1"));
    assert!(text.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn columns_says_how_wide_the_transcript_is() {
    let (_folder, path) = saved();
    let output = sidestep(&["step", path.to_str().unwrap()])
        .env("COLUMNS", "120")
        .output()
        .unwrap();
    let text = text(&output.stdout);
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest > Some(80) && widest <= Some(120), "{widest:?}");
}

#[test]
fn picture_has_the_size_and_the_steps_that_were_asked_for() {
    let (_folder, path) = saved();
    let path = path.to_str().unwrap();
    let output = run(&["step", path, "--screen", "80x24", "--at", "15,12"]);
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output.stdout);
    assert_eq!(text.lines().count(), 24);
    assert!(text.contains("step 15 of 30") && text.contains("step 12 of 27"));
}

#[test]
fn program_of_ones_own_is_stepped_with_its_output_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let output = run_script(&traced(
        folder.path(),
        "echo late; echo worse >&2; echo last",
    ));
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output.stdout);
    let place = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words}: {text}"))
    };
    assert!(place("│ping 1") < place("│late"));
    assert!(place("│late") < place("│worse") && place("│worse") < place("│last"));
    assert!(text.trim_end().ends_with("exit 0"));
}

#[test]
fn child_gets_our_targets_beside_the_learners() {
    let output = sidestep(&[
        "step",
        "--",
        "/bin/sh",
        "-c",
        "echo $RUST_LOG-$RUST_LOG_STYLE",
    ])
    .env("RUST_LOG", "==nonsense")
    .output()
    .unwrap();
    let said = "==nonsense,runtime=trace,scheduler=trace,process=trace-never";
    assert!(text(&output.stdout).contains(said));
}

#[test]
fn program_without_a_trace_is_told_what_to_add() {
    let output = run_script("echo hello");
    assert_fails(&output, 65, "env_logger::init();");
    assert_eq!(text(&output.stdout), "hello\n");
}

#[test]
fn program_that_fails_is_said_to_and_keeps_its_trace() {
    let folder = tempfile::tempdir().unwrap();
    let output = run_script(&traced(folder.path(), "exit 7"));
    assert_fails(&output, 1, "exit 7");
    assert!(text(&output.stdout).contains("the loop ends"));
    let output = run_script(&traced(folder.path(), "kill -SEGV $$"));
    assert_fails(&output, 1, "killed by SIGSEGV");
}

#[test]
fn command_that_cannot_be_started_is_told_with_127() {
    assert_fails(
        &run(&["step", "--", "/no/such/program"]),
        127,
        "cannot be started",
    );
}

#[test]
fn bad_inputs_have_a_sentence_and_a_code_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    assert_fails(
        &run(&["step", "two_counterz"]),
        66,
        "Did you mean 01_two_counters?",
    );
    assert_fails(&run(&["step", "none.trace"]), 66, "cannot be read");
    let empty = path("empty.trace", b"");
    assert_fails(&run(&["step", &empty]), 65, "holds no trace");
    let binary = path("binary.trace", &[0xff, 0, 0x1b, b'\n', 0xfe]);
    assert_fails(&run(&["step", &binary]), 65, "holds no trace");
    let json = path("other.json", b"{\"a\":1}");
    assert_fails(&run(&["step", &json]), 65, "cannot be stepped");
    assert_fails(&run(&["step"]), 64, "required");
    assert_fails(&run(&["step", "01", "--screen", "8"]), 64, "80x24");
    assert_fails(&run(&["dance"]), 64, "dance");
    let save = ["step", "01", "--save", "trace.txt"];
    assert_fails(&run(&save), 64, "NAME.trace");
}

#[test]
fn trace_cut_in_the_middle_of_a_line_is_shown_up_to_there() {
    let (_folder, path) = saved();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let output = run(&["step", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output.stdout);
    assert!(
        text.contains("the file ends in the middle of a line"),
        "{text}"
    );
    assert!(text.contains("1 ping runs"));
}

#[test]
fn closed_pipe_ends_quietly() {
    let folder = tempfile::tempdir().unwrap();
    // More than a pipe holds, so that writing fails for certain.
    let script = traced(folder.path(), "yes a long line of output | head -100000");
    let mut child = sidestep(&["step", "--", "/bin/sh", "-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn what_is_saved_reads_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let script = traced(folder.path(), "true");
    let first = run_script(&script);
    for name in ["kept.trace", "kept.json"] {
        let path = folder.path().join(name);
        let path = path.to_str().unwrap();
        let saved = run(&["step", "--save", path, "--", "/bin/sh", "-c", &script]);
        assert_eq!(saved.status.code(), Some(0));
        let again = text(&run(&["step", path]).stdout);
        let expected = text(&first.stdout).replace("exit 0", "end of the file");
        assert_eq!(again, expected, "{name}");
    }
}

#[test]
fn endless_output_is_cut_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let script = traced(folder.path(), "yes 0123456789 | head -c 20000000");
    let output = run_script(&script);
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output.stdout);
    assert!(text.trim_end().ends_with("bytes of output were left out"));
}

#[test]
fn input_from_a_pipe_reaches_the_program() {
    let mut child = sidestep(&["step", "--", "/bin/cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"from a pipe\n").unwrap();
    drop(input);
    let mut printed = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut printed)
        .unwrap();
    assert_eq!(printed, "from a pipe\n");
    child.wait().unwrap();
}

#[test]
fn step_to_begin_at_is_refused_without_a_screen() {
    let output = run(&["step", "--at", "3", "--", "/bin/true"]);
    assert_fails(&output, 64, "add --screen 80x24");
    let output = run(&["step", "--plain", "--at", "3", "--", "/bin/true"]);
    assert_fails(&output, 64, "add --screen 80x24");
}

#[test]
fn lessons_are_listed_in_order() {
    let output = run(&["list"]);
    assert_eq!(output.status.code(), Some(0));
    let listed = text(&output.stdout);
    assert!(!listed.contains("as tasks"), "{listed}");
    // A chapter's lessons come before its exercises, and those before the next one's.
    let mut rest = listed.as_str();
    for part in [
        "lesson    01  two_counters",
        "exercise  01  round_robin",
        "lesson    02  queue",
        "exercise  02  bounded_channel",
        "lesson    03  echo",
        "cargo run -- exercise next",
    ] {
        (_, rest) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("{part}: {listed}"));
    }
    assert!(listed.lines().all(|line| line.chars().count() <= 160));
}
