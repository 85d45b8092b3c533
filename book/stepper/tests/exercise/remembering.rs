//! What is remembered of a learner, and what depends on it: next, solution, list.

use super::Checkout;
use std::fs;
use std::path::PathBuf;

/// Where it is remembered.
fn file(checkout: &Checkout) -> PathBuf {
    checkout.0.join(".sidestep-progress.toml")
}

/// Replaces the first exercise's needs.
fn needs(checkout: &Checkout, needs: &str) {
    let toml = checkout.read("exercise.toml");
    assert!(toml.contains("needs = []"), "{toml}");
    let toml = toml.replace("needs = []", &format!("needs = [{needs}]"));
    fs::write(checkout.file("exercise.toml"), toml).expect("the copy can be written");
}

/// The line of an exercise in the list.
fn listed(checkout: &Checkout, name: &str) -> String {
    let (_, words) = checkout.exercise(&["list"]);
    let line = words.lines().find(|line| line.contains(name));
    line.expect("the list names it").to_owned()
}

#[test]
fn next_says_what_it_is_about_and_how_to_begin() {
    let checkout = Checkout::of_exercises("next");
    let (code, words) = checkout.exercise(&["next"]);
    assert_eq!(code, 0, "{words}");
    for part in [
        "Round robin (10 points)",
        "there are fewer CPUs than threads",
        "edit     book/exercises/01_round_robin/exercise.rs",
        "check    cargo run -- exercise check round_robin",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(
        words.lines().all(|line| line.chars().count() <= 130),
        "{words}"
    );
}

#[test]
fn next_passes_over_what_builds_on_something_not_done() {
    let checkout = Checkout::of_exercises("needs");
    needs(&checkout, "\"join\"");
    let (_, words) = checkout.exercise(&["next"]);
    assert!(words.starts_with("A bounded channel"), "{words}");
    fs::write(file(&checkout), "[join]\npassed = \"some version\"\n").unwrap();
    let (_, words) = checkout.exercise(&["next"]);
    assert!(words.starts_with("Round robin"), "{words}");
    assert!(words.contains("needs    join"), "{words}");
    // Needs that can never be met keep nobody from going on.
    needs(&Checkout::of_exercises("needs"), "\"alchemy\"");
    let (code, words) = checkout.exercise(&["next"]);
    assert_eq!(code, 0, "{words}");
}

#[test]
fn next_when_all_is_done_says_so() {
    let checkout = Checkout::of_exercises("all");
    let mut progress = String::new();
    for entry in fs::read_dir(checkout.0.join("book/exercises")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some((_, name)) = name.split_once('_') {
            progress.extend(["[", name, "]\npassed = \"some version\"\n"]);
        }
    }
    fs::write(file(&checkout), progress).unwrap();
    let (code, words) = checkout.exercise(&["next"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.starts_with("All done."), "{words}");
}

#[test]
fn solution_is_for_who_has_passed_or_gives_up_and_that_is_remembered() {
    let checkout = Checkout::of_exercises("solution");
    let (code, words) = checkout.exercise(&["solution", "round_robin"]);
    assert_eq!(code, 64, "{words}");
    assert!(words.contains("--give-up"), "{words}");
    assert!(!words.contains("VecDeque"), "{words}");
    assert!(
        listed(&checkout, "round_robin").ends_with("to do"),
        "asking is not giving up"
    );

    let (code, words) = checkout.exercise(&["solution", "round_robin", "--give-up"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.ends_with(&checkout.read("solution.rs")), "{words}");
    assert!(listed(&checkout, "round_robin").ends_with("to do, solution seen"));
    let (_, words) = checkout.exercise(&["next"]);
    assert!(words.starts_with("A bounded channel"), "{words}");
    // Once seen it is shown without a word.
    let (code, _) = checkout.exercise(&["solution", "round_robin"]);
    assert_eq!(code, 0);

    let passed = "[join]\npassed = \"some version\"\n";
    fs::write(file(&checkout), passed).unwrap();
    let (code, words) = checkout.exercise(&["solution", "join"]);
    assert_eq!(code, 0, "{words}");
    assert!(!listed(&checkout, "join").contains("seen"));
    let (code, words) = checkout.exercise(&["solution", "alchemy", "--give-up"]);
    assert_eq!(code, 66, "{words}");
}

#[test]
fn solution_is_not_shown_when_giving_up_cannot_be_written_down() {
    let checkout = Checkout::of_exercises("unwritable");
    // A folder stands where the new file would be written.
    fs::create_dir(checkout.0.join(".sidestep-progress.toml.new")).unwrap();
    let (code, words) = checkout.exercise(&["solution", "round_robin", "--give-up"]);
    assert_eq!(code, 73, "{words}");
    assert!(words.contains("cannot be written"), "{words}");
    assert!(!words.contains("VecDeque"), "{words}");
}

#[test]
fn a_copy_or_another_name_counts_for_nothing() {
    let checkout = Checkout::of_exercises("copy");
    let folder = checkout.0.join("book/exercises");
    let (_, before) = checkout.exercise(&["list"]);
    // The solution under other names, in other folders, and beside the file.
    for copy in [
        "01_round_robin/exercise2.rs",
        "exercise.rs",
        "01_mine/exercise.rs",
    ] {
        let copy = folder.join(copy);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, checkout.read("solution.rs")).unwrap();
    }
    let (code, after) = checkout.exercise(&["list"]);
    assert_eq!(
        (code, after),
        (0, before),
        "nothing is done, and nothing is new"
    );
}

#[test]
fn progress_survives_an_update_of_the_course() {
    let checkout = Checkout::of_exercises("update");
    // As an earlier and a later version of the course left it: with an exercise
    // that is not here, and an entry that means nothing here.
    let other = "lessons = [\"77_alchemy\"]\n\n\
                 [alchemy]\npassed = \"an old version\"\nhints = 2\n\n\
                 [round_robin]\npassed = \"an old version\"\nhints = 1\nstars = 3\n";
    fs::write(file(&checkout), other).unwrap();
    // What passed once stays done, and says that this version differs.
    let line = listed(&checkout, "round_robin");
    assert!(
        line.ends_with("done, with checks that have changed since"),
        "{line}"
    );
    let (_, words) = checkout.exercise(&["next"]);
    assert!(words.starts_with("A bounded channel"), "{words}");
    checkout.exercise(&["hint", "join"]);
    let kept = fs::read_to_string(file(&checkout)).unwrap();
    for part in ["77_alchemy", "[alchemy]", "hints = 2", "stars = 3"] {
        assert!(kept.contains(part), "{part}: {kept}");
    }
    assert!(kept.contains("last = \"join\""), "{kept}");
}
