//! `explore`: what is printed of a program's searches, and how it ends.
//!
//! The programs are scripts of `/bin/sh` that print what lesson 22 told of its first
//! search (`told/`, recorded with `RUST_LOG=explore=trace EXPLORE=only=1`).

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Command, Output, Stdio},
};

/// `explore` with `options`, of a script that finds what was told as `$1`.
fn command(options: &[&str], script: &str) -> Command {
    let told = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/told/22_lost_update.txt");
    let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
    command
        .args([&["explore"], options].concat())
        .args(["--", "/bin/sh", "-c", script, "sh"])
        .arg(told)
        .env_remove("RUST_LOG")
        .env("SCHEDULE", "v1/1") // which is for no search that is shown
        .stdin(Stdio::null());
    command
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

/// Runs it to its end.
fn run(options: &[&str], script: &str) -> (Option<i32>, String, String) {
    ended(
        &command(options, script)
            .output()
            .expect("the program starts"),
    )
}

#[test]
fn counts_failures_first_the_tree_and_what_was_left_out_are_printed() {
    let (code, shown, errors) = run(&[], r#"cat "$1""#);
    assert_eq!(code, Some(0), "{errors}");
    let (account, tree) = shown.split_once("step it, beside").expect(&shown);
    for lines in [
        "4 tried, one of each kind, for all 6 interleavings: exhausted\n  \
         ✗ 2 times: panic: an update is lost\n  ✓ 2 times: fine\n  data race: ",
        "\nfails with 1 preemption, and not with fewer: SCHEDULE=v1,5:2/15\n  thread 0 panicked",
    ] {
        assert!(account.contains(lines), "{account}");
    }
    // The nearest that is fine does the same for five steps.
    assert!(
        tree.contains(" --schedule v1,5:2/15 --schedule v1/15 --of 1 -- /bin/sh "),
        "{tree}"
    );
    let rows: Vec<&str> = tree
        .lines()
        .skip_while(|line| *line != "the tree of choices:")
        .map(|line| line.rsplit_once(" → ").map_or(line, |(_, end)| end))
        .collect();
    assert_eq!(
        rows[..7],
        [
            "the tree of choices:",
            "4 ways",
            "3 ways",
            "✓ fine",
            "2 ways",
            "✗ panic: an update is lost",
            "✗ panic: an update is lost",
        ]
    );
    assert!(
        tree.contains("at 18 choices, 21 branches were tried and 15 left out\n    12  nothing")
    );
}

#[test]
fn program_is_told_how_to_search_and_to_follow_no_schedule() {
    let script = r#"cat "$1"; echo "$EXPLORE [$SCHEDULE] $RUST_LOG" >&2; exit 3"#;
    let options = ["--search", "pct", "--seed", "7", "--runs", "9", "--of", "2"];
    let (code, _, errors) = run(&options, script);
    assert_eq!(code, Some(1), "{errors}");
    assert!(
        errors.contains("only=2,search=pct:7:3:9 [] error,explore=trace"),
        "{errors}"
    );
    let (_, _, errors) = run(&["--executions", "5", "--steps", "6"], script);
    assert!(errors.contains("executions=5,steps=6 []"), "{errors}");
}

#[test]
fn program_that_tells_nothing_is_told_what_is_missing() {
    let (code, _, errors) = run(&[], "echo hello");
    assert_eq!(code, Some(65), "{errors}");
    assert!(
        errors.contains("does it call `explore`, after `env_logger::init()`?"),
        "{errors}"
    );
    assert!(
        errors.contains("hello"),
        "its own output says more: {errors}"
    );
}

#[test]
fn lesson_that_does_not_search_says_which_do() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sidestep"));
        ended(
            &command
                .args(arguments)
                .output()
                .expect("the program starts"),
        )
    };
    let (code, _, errors) = run(&["explore", "1"]);
    assert_eq!(code, Some(66), "{errors}");
    assert!(
        errors.contains("01_two_counters does not search"),
        "{errors}"
    );
    let (code, listed, _) = run(&["explore"]);
    assert!(
        code == Some(0) && listed.contains("\n  22_lost_update "),
        "{listed}"
    );
    assert!(!listed.contains("01_two_counters"), "{listed}");
    let (code, _, errors) = run(&["explore", "lost_updat"]);
    assert!(
        code == Some(66) && errors.contains("Did you mean 22_lost_update?"),
        "{errors}"
    );
    let (code, _, errors) = run(&["explore", "22", "--real", "5", "--search", "plain"]);
    assert_eq!(code, Some(64), "{errors}");
}

#[test]
fn interrupt_ends_a_search_and_prints_what_was_found() {
    // Everything but that the search is over.
    let script = r#"grep -v '"ended"' "$1"; grep '"ended"' "$1" | sed 's/ended/progress/'
        echo told >&2; sleep 1000"#;
    let mut child = command(&[], script)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Its own process tells when it has told all: here, by what it started.
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    while std::fs::read_to_string(&children).is_ok_and(|them| them.is_empty()) {
        std::thread::yield_now();
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is running");
    let (mut shown, mut errors) = (String::new(), String::new());
    let stdout = child.stdout.take().expect("it was piped");
    BufReader::new(stdout)
        .read_to_string(&mut shown)
        .expect("it is UTF-8");
    let stderr = child.stderr.take().expect("it was piped");
    for line in BufReader::new(stderr).lines() {
        errors.push_str(&line.expect("it is UTF-8"));
    }
    assert_eq!(
        child.wait().expect("it was started").code(),
        Some(130),
        "{errors}"
    );
    assert!(shown.contains("4 tried so far"), "{shown}");
    assert!(
        shown.contains("✗ 2 times: panic: an update is lost"),
        "{shown}"
    );
}

#[test]
fn runs_by_chance_stand_beside_what_is_sure() {
    let script = r#"case $EXPLORE in
        *chance=400:250:2*) echo '[2026-11-30T00:00:00Z TRACE explore] {"event":"chance_ended","search":1,"seconds":1,"runs":400,"outcomes":[["",398,false],["panic: an update is lost",2,true]],"error":null}';;
        *) cat "$1";;
        esac"#;
    let options = ["--real", "400", "--quantum", "250us", "--cpus", "2"];
    let (code, shown, errors) = run(&options, script);
    assert_eq!(code, Some(0), "{errors}");
    for words in [
        "400 runs of each program with real preemption: quanta of 250µs, 2 CPUs",
        // Wilson's interval for 2 of 400.
        "by chance, as it is: 2 of 400 runs failed: 0.50 % (95 %: 0.14 % to 1.80 %)",
        "    2: panic: an update is lost",
        "for sure: it fails: panic: an update is lost\n    4 tried, one of each kind",
    ] {
        assert!(shown.contains(words), "`{words}` is not in: {shown}");
    }
    let refused = script.replace("\"error\":null", "\"error\":\"no signals here\"");
    let (code, _, errors) = run(&options, &refused);
    assert!(
        code == Some(74) && errors.contains("no signals here"),
        "{errors}"
    );
}
