//! Traces that the two halves really wrote, held against their own account.
//!
//! Each file of `fixtures/` was recorded with
//! `RUST_LOG=runtime=trace,scheduler=trace,process=trace,account=trace`: lessons,
//! a deadlock, and two threads in a loop that calls nothing, under signals. A pool
//! of processes gives no account: no process knows its whole state.

mod common;

use std::{fs, path::Path};

use stepper::{
    Side, sentence,
    trace::{EventKind, Target},
};

/// Every recorded side, with the name of its file.
fn recorded() -> Vec<(String, Side)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = fs::read_dir(folder).expect("the fixtures are there");
    let mut sides = Vec::new();
    for file in files {
        let path = file.expect("a file of the folder").path();
        let name = path.display().to_string();
        let trace = common::read(&fs::read(&path).expect("a fixture can be read"));
        sides.extend(trace.sides.into_iter().map(|side| (name.clone(), side)));
    }
    assert_eq!(sides.len(), 9, "one side a file");
    sides
}

#[test]
fn the_fold_equals_the_half_s_own_account_at_every_step_that_has_one() {
    for (file, side) in recorded() {
        let is_pool = side.target == Target::Process;
        assert_eq!(side.accounts.is_empty(), is_pool, "{file}: an account");
        for account in &side.accounts {
            let state = side.state_at(account.step);
            let driver = state.driver_of(account.driver).expect("it has started");
            let folded = driver.account(side.target);
            assert_eq!(folded, account.text, "{file}, step {}", account.step);
        }
    }
}

#[test]
fn no_record_of_the_halves_contradicts_the_state_or_is_unknown() {
    for (file, side) in recorded() {
        assert_eq!(side.complaints(), &[], "{file}");
        assert_eq!(side.notes, &[], "{file}");
        for step in 1..=side.len() {
            assert!(!sentence(&side, step).contains('?'), "{file}, step {step}");
        }
    }
}

#[test]
fn a_thread_stopped_by_a_signal_stands_within_its_loop() {
    let sides = recorded();
    let is_it = |(file, _): &&(String, Side)| file.ends_with("preempted_by_signal.txt");
    let (_, side) = sides.iter().find(is_it).expect("it was recorded");
    let places = side
        .events(0..side.len())
        .filter(|event| event.kind() == Some(EventKind::Preempted))
        .map(|event| event.at().expect("it was resolved later"));
    let mut in_loop = 0;
    for place in places {
        // `while n < N { n = black_box(n + 1); }`: lines 21 and 22 of the program.
        match (place.file_name(), place.line) {
            ("main.rs", 21 | 22) => in_loop += 1,
            ("hint.rs", _) => {}
            _ => panic!("{place} is not in the loop"),
        }
    }
    assert!(in_loop > 0);
}
