//! `exercise`, on a copy of the checkout: never on what a learner has written.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A copy of the checkout, made anew for each test.
struct Checkout(PathBuf);

/// The first exercise, on which most is tried.
const FOLDER: &str = "book/exercises/01_round_robin";

impl Checkout {
    /// The exercises alone: enough for all that compiles nothing.
    fn of_exercises(name: &str) -> Checkout {
        Checkout::with(name, &["book/exercises"])
    }

    /// Copies `parts` of the checkout, and makes every file of the learner's a
    /// skeleton.
    fn with(name: &str, parts: &[&str]) -> Checkout {
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exercise_{name}"));
        let _ = fs::remove_dir_all(&copy); // of an earlier run
        for part in parts {
            copy_all(&original.join(part), &copy.join(part));
        }
        for entry in fs::read_dir(copy.join("book/exercises")).expect("exercises were copied") {
            let folder = entry.expect("exercises were copied").path();
            if folder.join("skeleton.rs").is_file() {
                fs::copy(folder.join("skeleton.rs"), folder.join("exercise.rs"))
                    .expect("the copy can be written");
            }
        }
        Checkout(copy)
    }

    /// One of the exercise's files.
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(FOLDER).join(name)
    }

    /// What is in one of the exercise's files.
    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("the exercise has the file")
    }

    /// Writes the learner's file.
    fn write(&self, text: &str) {
        fs::write(self.file("exercise.rs"), text).expect("the copy can be written");
    }

    /// Runs `sidestep exercise ..`, and returns its exit code and its words.
    fn exercise(&self, arguments: &[&str]) -> (i32, String) {
        self.sidestep("exercise", arguments)
    }

    /// Runs one of the program's commands, and returns its exit code and its words.
    fn sidestep(&self, command: &str, arguments: &[&str]) -> (i32, String) {
        // careful: not the target folder of the checkout. Cargo would take the
        // copy's sources for the checkout's, and no longer see edits of those.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exercise_target");
        let output = Command::new(env!("CARGO_BIN_EXE_sidestep"))
            .arg(command)
            .args(arguments)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target)
            .stdin(Stdio::null())
            .output()
            .expect("the program can be started");
        (
            output.status.code().expect("no signal ends it"),
            words(&output),
        )
    }
}

/// Everything that a program said.
fn words(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes))
        .concat()
}

/// Copies a file, or a folder but for what is built there.
fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("the checkout can be copied");
        for entry in fs::read_dir(from).expect("the checkout can be copied") {
            let entry = entry.expect("the checkout can be copied");
            if entry.file_name() != "target" {
                copy_all(&entry.path(), &to.join(entry.file_name()));
            }
        }
    } else {
        fs::create_dir_all(to.parent().expect("the checkout can be copied"))
            .expect("the checkout can be copied");
        fs::copy(from, to).expect("the checkout can be copied");
    }
}

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

/// The part of the test below that is about the other exercises, the first of
/// them being done.
fn others_are_checked_whatever_stands_in_this_one(checkout: &Checkout) {
    // The next one is checked now, and does not care what stands in others.
    checkout.write("this is no Rust");
    let (code, words) = checkout.exercise(&["check"]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("value_sent_is_received"), "{words}");
    let folder = checkout.0.join("book/exercises/02_bounded_channel");
    let mistake = folder.join("mistakes/two_rooms_wake_one.rs");
    fs::copy(mistake, folder.join("exercise.rs")).expect("the copy can be written");
    let (code, words) = checkout.exercise(&["check", "bounded_channel"]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("every_room_finds_its_sender"), "{words}");
    assert!(words.contains("sender C is woken"), "{words}");

    // After the breach of a premise nothing else is run, since it might hang.
    let folder = checkout.0.join("book/exercises/03_waker");
    let mistake = folder.join("mistakes/spins_on_the_queue.rs");
    fs::copy(mistake, folder.join("exercise.rs")).expect("the copy can be written");
    let (code, words) = checkout.exercise(&["check", "waker"]);
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("\n– no wake from another"), "{words}");
    assert_eq!(words.matches('✗').count(), 1, "{words}");
}

/// The part of the test below that is about policies named in `simulate`.
fn a_policy_of_ones_own_is_simulated(checkout: &Checkout, solution: &str) {
    let simulate = |policy: &str| {
        let policies = ["silberschatz-rr", "--policy", "rr", "--policy", policy];
        checkout.sidestep("simulate", &policies)
    };
    checkout.write(solution);
    let (code, words) = simulate("exercise:round_robin");
    assert_eq!(code, 0, "{words}");
    let row = |name: &str| words.lines().find_map(|line| line.strip_prefix(name));
    let charts = (row("rr "), row("round_…*"));
    assert!(charts.0.is_some(), "{words}");
    assert_eq!(charts.0.map(str::trim), charts.1.map(str::trim), "{words}");
    assert!(words.contains("* yours"), "{words}");

    // It drives real threads, which are stepped like any others.
    let (code, words) = checkout.exercise(&["step", "round_robin", "--plain"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("3 job 3 is finished"), "{words}");
    assert!(words.contains("the end, after 7 preemptions"), "{words}");

    // A panic and a fault are sentences that name the exercise.
    let pick = "let head = self.queue.pop_front()?;";
    let mistakes = [
        (
            "assert!(self.quantum.is_zero(), \"oh\");",
            "panicked: oh (at",
        ),
        ("if !self.quantum.is_zero() { return None; }", "CPU 0 idles"),
    ];
    for (mistake, says) in mistakes {
        checkout.write(&solution.replace(pick, &format!("{mistake}{pick}")));
        let (code, words) = simulate("exercise:round_robin");
        assert_eq!(code, 1, "{words}");
        assert!(words.contains("exercise:round_robin"), "{words}");
        assert!(words.contains(says), "{words}");
    }
    let (code, words) = simulate("exercise:join");
    assert_eq!(code, 64, "{words}");
    assert!(
        words.contains("it is in round_robin, priority_aging"),
        "{words}"
    );
    let (code, words) = simulate("exercise:round_robbin");
    assert_eq!(code, 66, "{words}");
    assert!(words.contains("did you mean 'round_robin'?"), "{words}");
}

/// One test for all that compiles, so that the copy is built once.
#[test]
fn check_tells_passed_failed_and_broken_apart_whatever_the_code_does() {
    let whole = [
        "Cargo.toml",
        "Cargo.lock",
        "runtime",
        "scheduler",
        "book/exercises",
        "book/stepper",
        "examples",
        "tests",
    ];
    let checkout = Checkout::with("check", &whole);
    let solution = checkout.read("solution.rs");
    let picking = "let head = self.queue.pop_front()?;";
    let with = |code: &str| {
        assert!(solution.contains(picking));
        checkout.write(&solution.replace(picking, &format!("{code}{picking}")));
        checkout.exercise(&["check"])
    };

    // The skeleton fails, and says what is missing.
    let (code, words) = checkout.exercise(&["check"]);
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("CPU 0 idles although thread 1 is ready"),
        "{words}"
    );

    // What does not compile is told apart from what fails.
    checkout.write("this is no Rust");
    let (code, words) = checkout.exercise(&["check", "round_robin"]);
    assert_eq!(code, 2, "{words}");
    assert!(words.contains("exercise.rs does not compile"), "{words}");

    // A planted mistake is caught by its name, with both charts.
    checkout.write(&checkout.read("mistakes/woken_to_head.rs"));
    let (code, words) = checkout.exercise(&["check"]);
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("✗ a woken thread goes to the tail, not the head"),
        "{words}"
    );
    assert!(words.contains("cargo run -- step -- cargo test"), "{words}");

    // Neither printing nor an early exit is a pass.
    let (code, words) = with(
        "println!(\"\\x1b[2Jpassed\"); if self.quantum.as_nanos() > 0 { std::process::exit(0); }",
    );
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("ended the program (exit code 0)"), "{words}");
    assert!(words.contains("│\u{fffd}[2Jpassed"), "{words}");

    // An abort, a panic and an endless recursion are sentences.
    let (code, words) = with("if self.quantum.as_nanos() > 0 { std::process::abort(); }");
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("ended by signal 6"), "{words}");
    let (code, words) = with("assert!(self.quantum.is_zero(), \"my mistake\");");
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("your code panicked: my mistake (at"),
        "{words}"
    );

    // So is an endless loop, and a flood of output.
    let toml = checkout
        .read("exercise.toml")
        .replace("seconds = 20", "seconds = 1");
    fs::write(checkout.file("exercise.toml"), toml).unwrap();
    let (code, words) = with("while self.quantum.as_nanos() > 0 { std::hint::spin_loop(); }");
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("did not come back within 1 s"), "{words}");
    let toml = checkout
        .read("exercise.toml")
        .replace("seconds = 1", "seconds = 60");
    fs::write(checkout.file("exercise.toml"), toml).unwrap();
    let (code, words) =
        with("while self.quantum.as_nanos() > 0 { println!(\"{}\", \"x\".repeat(1000)); }");
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("printed more than 4 MiB"), "{words}");

    // The solution passes, and that is remembered, also when the checks change.
    checkout.write(&solution);
    let (code, words) = checkout.exercise(&["check"]);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("round_robin is done"), "{words}");
    assert!(checkout.exercise(&["list"]).1.contains("10  done\n"));
    let mut checks = fs::OpenOptions::new()
        .append(true)
        .open(checkout.file("checks.rs"))
        .unwrap();
    checks.write_all(b"// a later version\n").unwrap();
    assert!(
        checkout
            .exercise(&["list"])
            .1
            .contains("done, with checks that have changed")
    );

    others_are_checked_whatever_stands_in_this_one(&checkout);
    a_policy_of_ones_own_is_simulated(&checkout, &solution);
    checkout.write(&solution);

    // The author's view: all is right, but that the learner's file is carried.
    let (code, words) = checkout.exercise(&["verify", "round_robin"]);
    assert_eq!(code, 1, "{words}");
    assert!(
        words.contains("✗ round_robin: exercise.rs is the skeleton"),
        "{words}"
    );
    assert_eq!(words.matches('✗').count(), 1, "{words}");
    checkout.write(&checkout.read("skeleton.rs"));
    let (code, words) = checkout.exercise(&["verify", "round_robin"]);
    assert_eq!(code, 0, "{words}");
}
