//! What the course's exercises say of themselves: list, hints, reset, progress.

use super::{Checkout, words};
use std::fs;
use std::process::{Command, Stdio};

#[test]
fn list_shows_what_is_to_do_and_what_comes_next() {
    let checkout = Checkout::of_exercises("list");
    let (code, words) = checkout.exercise(&["list"]);
    assert_eq!(code, 0, "{words}");
    let first = ["01", "round_robin", "2", "10", "to", "do"];
    let mut lines = words.lines();
    assert!(
        lines.any(|line| line.split_whitespace().eq(first)),
        "{words}"
    );
    assert!(
        words.contains("edit book/exercises/01_round_robin/exercise.rs"),
        "{words}"
    );
}

#[test]
fn exercises_come_in_the_order_of_their_numbers_under_any_of_their_names() {
    let checkout = Checkout::of_exercises("order");
    let (_, words) = checkout.exercise(&["list"]);
    let mut rest = words.as_str();
    for name in ["round_robin", "bounded_channel", "waker", "join"] {
        let (_, after) = rest.split_once(name).expect("the list names it, in order");
        rest = after;
    }
    for name in ["join", "04_join", "4", "04"] {
        let (code, words) = checkout.exercise(&["hint", name]);
        assert_eq!(code, 0, "{words}");
        assert!(words.starts_with("join, hint"), "{words}");
    }
    let (_, words) = checkout.exercise(&["list"]);
    assert_eq!(words.matches("hints seen").count(), 1, "{words}");
}

#[test]
fn reset_of_one_exercise_leaves_the_others_alone() {
    let checkout = Checkout::of_exercises("reset_one");
    let other = checkout.0.join("book/exercises/04_join/exercise.rs");
    fs::write(&other, "precious").unwrap();
    checkout.write("mine");
    let (code, words) = checkout.exercise(&["reset", "round_robin", "--yes"]);
    assert_eq!(code, 0, "{words}");
    assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
    let (code, words) = checkout.exercise(&["reset", "join", "--yes"]);
    assert_eq!(code, 0, "{words}");
    let folder = other.parent().unwrap();
    let kept = fs::read_to_string(folder.join("exercise.rs.1.bak"));
    assert_eq!(kept.unwrap(), "precious");
}

#[test]
fn hints_come_one_by_one_and_are_counted() {
    let checkout = Checkout::of_exercises("hint");
    for heading in ["hint 1 of 3", "hint 2 of 3", "hint 3 of 3", "hint 3 of 3"] {
        let (code, words) = checkout.exercise(&["hint"]);
        assert_eq!(code, 0, "{words}");
        assert!(words.contains(heading), "{words}");
    }
    let (_, words) = checkout.exercise(&["list"]);
    assert!(words.contains("to do, 3 hints seen"), "{words}");
}

#[test]
fn a_mistyped_name_is_no_input_as_of_a_lesson_with_a_suggestion() {
    let checkout = Checkout::of_exercises("name");
    let (code, words) = checkout.exercise(&["check", "round_robbin"]);
    assert_eq!(code, 66);
    assert!(words.contains("did you mean 'round_robin'?"), "{words}");
    let (code, words) = checkout.exercise(&["hint", "alchemy"]);
    assert_eq!(code, 66);
    assert!(words.contains("exercise list"), "{words}");
}

#[test]
fn reset_keeps_every_text_beside_and_overwrites_none() {
    let checkout = Checkout::of_exercises("reset");
    let (code, words) = checkout.exercise(&["reset", "round_robin"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("is the skeleton already"), "{words}");
    fs::write(checkout.file("exercise.rs.2.bak"), "not ours").unwrap();
    for text in ["first", "second"] {
        checkout.write(text);
        let (code, words) = checkout.exercise(&["reset", "1", "--yes"]);
        assert_eq!(code, 0, "{words}");
        assert_eq!(checkout.read("exercise.rs"), checkout.read("skeleton.rs"));
    }
    assert_eq!(checkout.read("exercise.rs.1.bak"), "first");
    assert_eq!(checkout.read("exercise.rs.2.bak"), "not ours");
    assert_eq!(checkout.read("exercise.rs.3.bak"), "second");
}

#[test]
fn what_was_done_and_reset_is_listed_as_begun_anew() {
    let checkout = Checkout::of_exercises("anew");
    let progress = checkout.0.join(".sidestep-progress.toml");
    fs::write(progress, "[round_robin]\npassed = \"some version\"\n").unwrap();
    checkout.exercise(&["reset", "round_robin", "--yes"]);
    let (_, words) = checkout.exercise(&["list"]);
    assert!(!words.contains("anew"), "nothing was reset: {words}");
    for (exercise, state) in [("round_robin", "done, begun anew since"), ("join", "to do")] {
        let folder = if exercise == "join" {
            "04_join"
        } else {
            "01_round_robin"
        };
        let file = checkout
            .0
            .join("book/exercises")
            .join(folder)
            .join("exercise.rs");
        fs::write(file, "mine").unwrap();
        let (code, words) = checkout.exercise(&["reset", exercise, "--yes"]);
        assert_eq!(code, 0, "{words}");
        let (_, words) = checkout.exercise(&["list"]);
        let line = words.lines().find(|line| line.contains(exercise)).unwrap();
        assert!(line.ends_with(state), "{words}");
    }
}

#[test]
fn reset_without_a_yes_changes_nothing() {
    let checkout = Checkout::of_exercises("ask");
    checkout.write("precious");
    let (code, words) = checkout.exercise(&["reset", "round_robin"]);
    assert_eq!(code, 64);
    assert!(words.contains("say --yes"), "{words}");
    assert_eq!(checkout.read("exercise.rs"), "precious");
}

#[test]
fn a_missing_file_comes_back_by_reset() {
    let checkout = Checkout::of_exercises("missing");
    fs::remove_file(checkout.file("exercise.rs")).unwrap();
    let (code, words) = checkout.exercise(&["check"]);
    assert_eq!(code, 66);
    assert!(words.contains("exercise reset round_robin"), "{words}");
    let (code, words) = checkout.exercise(&["reset", "round_robin"]);
    assert_eq!(code, 0, "{words}");
    assert_eq!(checkout.read("exercise.rs"), checkout.read("skeleton.rs"));
}

#[test]
fn progress_that_makes_no_sense_is_said_not_overwritten() {
    let checkout = Checkout::of_exercises("progress");
    let path = checkout.0.join(".sidestep-progress.toml");
    fs::write(&path, "passed = maybe").unwrap();
    let (code, words) = checkout.exercise(&["hint"]);
    assert_eq!(code, 66);
    assert!(
        words.contains(".sidestep-progress.toml cannot be read"),
        "{words}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "passed = maybe");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let checkout = Checkout::of_exercises("pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sidestep"))
        .args(["exercise", "list"])
        .current_dir(&checkout.0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), words(&output).as_str()),
        (Some(0), "")
    );
}
