//! `step --schedule`: what the program is given, and what is told of two runs and of a
//! schedule that does not fit.
//!
//! The stepped programs are small scripts of `/bin/sh` that print a trace.

mod common;

use common::{COUNTERS_THREADS, log};
use std::{
    fs,
    process::{Command, Output, Stdio},
};

/// Steps a script along `options`, which finds traces in its folder as `$1`: the usual
/// one as `one`, and `other`, whose 12th event is another.
fn step(options: &[&str], script: &str) -> Output {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let other = COUNTERS_THREADS.replacen("preempted t=4000000", "yielded t=4000000", 1);
    for (name, text) in [("one", COUNTERS_THREADS), ("other", &other)] {
        fs::write(folder.path().join(name), log("scheduler", text)).expect("the folder is ours");
    }
    Command::new(env!("CARGO_BIN_EXE_sidestep"))
        .args([&["step"], options].concat())
        .args(["--", "/bin/sh", "-c", script, "sh"])
        .arg(folder.path())
        .env_remove("COLUMNS")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// Its exit code, and what it wrote: to stdout, and to stderr.
fn ended(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it is UTF-8");
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn program_is_given_the_schedule_and_the_search_that_it_is_of() {
    let script = r#"echo "it is $SCHEDULE of [$EXPLORE]"; cat "$1/one""#;
    let output = step(&["--schedule", "v1,5:2/15", "--of", "2"], script);
    let (code, shown, errors) = ended(&output);
    assert_eq!(code, Some(0), "{errors}");
    assert!(shown.contains("it is v1,5:2/15 of [only=2]"), "{shown}");
    let (code, shown, _) = ended(&step(&["--schedule", "v1/9"], script));
    assert!(
        code == Some(0) && shown.contains("it is v1/9 of [only=0]"),
        "{shown}"
    );
}

#[test]
fn two_schedules_are_beside_each_other_and_their_first_difference_is_told() {
    let script = r#"case $SCHEDULE in v1/9) cat "$1/one";; *) cat "$1/other";; esac"#;
    let output = step(&["--schedule", "v1/9", "--schedule", "v1,3:1/9"], script);
    let (code, shown, errors) = ended(&output);
    assert_eq!(code, Some(0), "{errors}");
    let (_, told) = shown
        .split_once("the first difference is step 12:\n")
        .expect(&shown);
    let (left, right) = told.split_once('\n').expect("two sentences");
    assert!(
        left.starts_with("  left:  Thread 1 'ping' was stopped"),
        "{left}"
    );
    assert!(right.starts_with("  right: Thread 1 'ping' "), "{right}");
}

#[test]
fn schedule_that_does_not_fit_is_told_with_the_step_and_what_may_be_the_matter() {
    let script = r#"cat "$1/one"
        echo '[2026-11-24T05:04:22Z ERROR scheduler] the schedule does not fit at step 3: expected a, found b'
        exit 101"#;
    let (code, _, errors) = ended(&step(&["--schedule", "v1/3"], script));
    assert_eq!(code, Some(64), "{errors}");
    assert!(
        errors.contains(
            "the schedule does not fit at step 3: expected a, found b. The schedule v1/3"
        ),
        "{errors}"
    );
    assert!(errors.contains("--of N says which search"), "{errors}");
}

#[test]
fn search_that_the_program_does_not_begin_is_told() {
    let (code, _, errors) = ended(&step(&["--schedule", "v1/3", "--of", "7"], "echo done"));
    assert_eq!(code, Some(64), "{errors}");
    assert!(errors.contains("does not begin 7 searches"), "{errors}");
}

#[test]
fn three_schedules_have_no_room() {
    let three = ["--schedule", "v1/3"].repeat(3);
    let (code, _, errors) = ended(&step(&three, "echo done"));
    assert!(
        code == Some(64) && errors.contains("two schedules have room"),
        "{errors}"
    );
}
