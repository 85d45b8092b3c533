//! Every lesson keeps the rules for lessons, and prints what it says it prints.

use crate::support::{lessons, read, run_lesson};

/// The comment at a lesson's end that says what it prints, if it has one.
fn promised_output(source: &str) -> Option<String> {
    let (_, promise) = source.split_once("\n// Prints:\n")?;
    Some(
        promise
            .lines()
            .map(|line| line.strip_prefix("// ").unwrap_or_default().to_owned() + "\n")
            .collect(),
    )
}

#[test]
fn every_lesson_prints_what_its_last_lines_say() {
    for name in lessons() {
        let promise = promised_output(&read(format!("examples/{name}.rs")))
            .unwrap_or_else(|| panic!("{name} does not say what it prints"));
        let run = run_lesson(&name, "off");
        assert!(run.status.success(), "{name}: {run:?}");
        assert_eq!(String::from_utf8(run.stdout).unwrap(), promise, "{name}");
        assert_eq!(String::from_utf8(run.stderr).unwrap(), "", "{name}");
    }
}

#[test]
fn every_lesson_has_a_twin_or_says_why_not() {
    for name in lessons() {
        if read(format!("examples/{name}.rs")).contains(" Twin: none, ") {
            continue;
        }
        let (topic, kind) = name.rsplit_once('_').expect("a topic and a kind");
        let twin = match kind {
            "tasks" | "processes" => format!("{topic}_threads"),
            "threads" => format!("{topic}_tasks"),
            other => panic!("{name}: tasks, threads or processes, not {other}"),
        };
        assert!(lessons().contains(&twin), "{name} lacks its twin {twin}");
        assert!(
            read(format!("examples/{name}.rs")).contains(&format!("Twin: `{twin}.rs`")),
            "{name}"
        );
    }
}

#[test]
fn every_header_asks_a_question_and_answers_it_and_proposes_a_change() {
    for name in lessons() {
        let source = read(format!("examples/{name}.rs"));
        let header: Vec<&str> = source
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        let parts = [
            "Run it: `cargo run --example ",
            "Step ",
            "Predict:",
            "  a) ",
            "Answer: ",
            "Change:",
            "Book: chapter",
        ];
        let mut rest = header.iter();
        for part in parts {
            assert!(
                rest.any(|line| line[3..].trim_start_matches(' ').starts_with(part.trim())),
                "{name}: no '{part}' in its place"
            );
        }
    }
}

#[test]
fn every_lesson_fits_on_eighty_lines() {
    for name in lessons() {
        let source = read(format!("examples/{name}.rs"));
        let lines = source.split("\n// Prints:").next().unwrap().lines().count();
        assert!(lines <= 80, "{name}: {lines} lines");
    }
}

#[test]
fn a_lesson_refuses_what_it_does_not_know() {
    for name in lessons() {
        let run = std::process::Command::new(crate::support::lesson(&name))
            .arg("--rael")
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(2), "{name}");
        assert!(
            String::from_utf8_lossy(&run.stderr).contains("'--rael'"),
            "{name}"
        );
    }
}
