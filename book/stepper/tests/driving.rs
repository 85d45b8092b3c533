//! `drive`: what is printed of a game, and what is refused.
//!
//! The lessons are built and run, as a learner's own `cargo run -- drive` does it.

use std::process::{Command, Stdio};

/// Runs `drive` with these arguments: its exit code, and what it wrote to stdout and stderr.
fn drive(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sidestep"))
        .arg("drive")
        .args(arguments)
        .env_remove("RUST_LOG")
        .env("SCHEDULE", "v1/1") // which is for nothing that is driven
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is UTF-8");
    let (shown, errors) = (text(output.stdout), text(output.stderr));
    (output.status.code(), shown, errors)
}

#[test]
fn who_can_go_and_what_they_would_do_is_printed_at_each_choice() {
    let (code, shown, errors) = drive(&["lost-update", "--moves", "1,2", "--hint"]);
    assert_eq!(code, Some(0), "{errors}");
    let expected = "\
drive lost-update · 22 lost update
  1 thread 1 loads total = 0
  2 thread 2 loads total = 0
who goes next?
  Two threads add 1 to a total. Lose one of the two.
  move 2 · 1 preemption · par: 1 preemption
  ↯ 1 thread 1 stores total = 1          33 total.store(seen + 1);
  ▶ 2 thread 2 stores total = 1          33 total.store(seen + 1);
    0 main cannot join thread 1
hint: pick 2: 'panic: an update is lost' is 0 preemptions away
cargo run -- step 22 --schedule v1,5:2/stop7 --of 1
";
    assert_eq!(shown, expected);
}

#[test]
fn end_says_what_it_came_to_and_a_hint_how_far_to_go_back() {
    let (_, shown, _) = drive(&["lost-update", "--moves", "1,1", "--hint"]);
    assert!(shown.contains("\nthe end\n"), "{shown}");
    assert!(shown.contains("  It came to: fine.\n"), "{shown}");
    let hint = "hint: 'panic: an update is lost' cannot be reached from here any more: \
                take 1 move back (u)\n";
    assert!(shown.contains(hint), "{shown}");
    let (_, shown, _) = drive(&["lost-update", "--moves", "1,2,1"]);
    let judged = "  It came to: panic: an update is lost.\n  Reached. 1 preemption would do.\n";
    assert!(shown.contains(judged), "{shown}");
}

#[test]
fn repaired_program_is_told_to_be_out_of_reach_with_the_reason() {
    let (_, shown, _) = drive(&["lost-update-locked", "--hint"]);
    assert!(
        shown
            .contains("cannot be reached, whoever drives: 2 schedules tried, one of each kind. It"),
        "{shown}"
    );
}

#[test]
fn lesson_without_a_search_is_driven_along_its_own_run() {
    // Everybody takes the left fork: nobody eats.
    let (code, shown, errors) = drive(&["18", "--moves", "1,2", "--hint"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(shown.contains("1 Ada cannot lock mutex 2"), "{shown}");
    assert!(
        shown.contains("hint: this program is no search's"),
        "{shown}"
    );
    assert!(shown.contains("step 18 --schedule v1,"), "{shown}");
    assert!(!shown.contains(" --of "), "{shown}");
}

#[test]
fn failure_of_weak_memory_is_not_promised_to_who_picks_threads_only() {
    let (code, shown, errors) = drive(&["31", "--hint"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(
        shown.contains("takes more than an order: memory has to show"),
        "{shown}"
    );
}

#[test]
fn nonsense_is_refused_with_what_could_be_done() {
    for (arguments, code, says) in [
        (
            &["lost-update", "--moves", "1,7"][..],
            64,
            "move 2: thread 7 cannot go here: 1, 2 can",
        ),
        (
            &["lost-update", "--moves", "1,1,1"],
            64,
            "move 3: it is over: nobody can go",
        ),
        (&["lost-update", "--moves", "x"], 64, "invalid digit"),
        (&["lost-update", "--of", "2"], 64, "--of is for lessons"),
        (&["22", "--of", "9"], 64, "does not begin 9 searches"),
        (&["lost-updat"], 66, "Did you mean lost-update?"),
        (&["no such thing"], 66, "there is no lesson `no such thing`"),
        (&["10"], 66, "has no threads"),
        (&["lost-update", "--", "ls"], 64, "cannot be used with"),
        (&["--verify", "22"], 64, "cannot be used with"),
        (&["--", "true"], 64, "does not begin 1 searches"),
        (&["--", "./no such program"], 127, "cannot be started"),
    ] {
        let (ended, shown, errors) = drive(arguments);
        assert_eq!(ended, Some(code), "{arguments:?}: {shown}{errors}");
        assert!(errors.contains(says), "{arguments:?}: {errors}");
        assert!(shown.is_empty(), "{arguments:?}: {shown}");
    }
}

#[test]
fn every_puzzle_is_what_it_says() {
    let (code, shown, errors) = drive(&["--verify"]);
    assert_eq!(code, Some(0), "{shown}{errors}");
    assert!(shown.lines().count() >= 8, "{shown}");
    assert!(shown.lines().all(|line| line.starts_with('✓')), "{shown}");
    assert!(shown.contains("cannot be solved: "), "{shown}");
    let (code, listed, _) = drive(&[]);
    assert_eq!(code, Some(0));
    for line in shown.lines() {
        let name = line.split_whitespace().nth(1).expect("a line has a name");
        assert!(listed.contains(&format!("  {name} ")), "{listed}");
    }
}
