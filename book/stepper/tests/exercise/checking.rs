//! All that compiles what a learner wrote: check, simulate, step, verify.

use super::Checkout;
use super::grading::points_are_given_by_part_and_taken_by_nobody;
use super::watching::a_save_is_checked_and_a_pass_is_remembered;
use std::fs;
use std::io::Write;

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

/// The part of the test below that is about the command that a failed check names:
/// what it steps goes wrong with the mistake, and right with the solution, and the
/// exit code says so.
fn a_failed_check_is_stepped(checkout: &Checkout, complaint: &str, solution: &str) {
    let steps = "cargo run -- step -- ";
    let command = complaint.lines().find_map(|line| line.split_once(steps));
    let (_, command) = command.expect("the complaint names a command");
    let command: Vec<&str> = command.split_whitespace().collect();
    let step = || checkout.sidestep("step", &[&["--plain", "--"], &command[..]].concat());
    let (code, words) = step();
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("1 job 1 is finished"), "{words}");
    assert!(words.contains("expected  who ran"), "{words}");
    let mistake = checkout.read("exercise.rs");
    checkout.write(solution);
    let (code, words) = step();
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("1 job 1 is finished"), "{words}");
    checkout.write(&mistake);

    // A check that is not there, or shows nothing as threads, is no success.
    let (_, without_name) = command
        .split_last()
        .expect("the last word is the check's name");
    for name in ["alchemy", "textbook_tables"] {
        let command = [&["--plain", "--"], without_name, &[name]].concat();
        let (code, words) = checkout.sidestep("step", &command);
        assert_eq!(code, 65, "{words}");
        assert!(words.contains(&format!("no check '{name}'")), "{words}");
    }
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
    a_failed_check_is_stepped(&checkout, &words, &solution);

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

    a_save_is_checked_and_a_pass_is_remembered(&checkout, &solution);
    points_are_given_by_part_and_taken_by_nobody(&checkout, &solution);

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
