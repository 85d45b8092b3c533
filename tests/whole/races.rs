//! What the lessons on races say of themselves is so.
//!
//! Such a lesson prints a report of its broken program, and one of its repaired one:
//! blocks that begin with `broken` and `repaired`.

use crate::support::{lesson, lessons, read, root, run_lesson};
use std::process::Command;

/// The lessons that search, each with the blocks that it prints.
fn reports() -> Vec<(String, Vec<String>)> {
    let searches = |name: &String| read(format!("examples/{name}.rs")).contains(" explore(");
    let names = lessons().into_iter().filter(searches);
    names
        .map(|name| {
            let run = run_lesson(&name, "off");
            assert!(run.status.success(), "{name}: {run:?}");
            let mut blocks: Vec<String> = Vec::new();
            for line in String::from_utf8(run.stdout).unwrap().lines() {
                if line.starts_with(' ') || line.starts_with("fails ") {
                    let block = blocks.last_mut().expect("a block has a first line");
                    block.push('\n');
                    block.push_str(line);
                } else {
                    blocks.push(line.to_owned());
                }
            }
            (name, blocks)
        })
        .collect()
}

#[test]
fn every_repaired_program_is_searched_to_the_end_and_does_not_fail() {
    let reports = reports();
    assert!(reports.len() >= 2);
    for (name, blocks) in reports {
        let repaired = blocks.iter().filter(|it| it.starts_with("repaired"));
        let mut searched = 0;
        for block in repaired {
            searched += 1;
            assert!(block.contains(", one of each kind"), "{name}: {block}");
            assert!(!block.contains("\nfails "), "{name}: {block}");
        }
        assert!(searched >= 1, "{name} repairs nothing");
    }
}

#[test]
fn every_broken_program_fails_again_under_the_schedule_that_was_printed() {
    for (name, blocks) in reports() {
        let mut replayed = 0;
        for block in blocks.iter().filter(|it| it.starts_with("broken")) {
            let Some((_, failure)) = block.split_once(": SCHEDULE=") else {
                continue;
            };
            replayed += 1;
            let (schedule, trouble) = failure.split_once('\n').unwrap();
            let run = Command::new(lesson(&name))
                .env("SCHEDULE", schedule)
                .env("RUST_LOG", "off")
                .current_dir(root())
                .output()
                .unwrap();
            let stderr = String::from_utf8_lossy(&run.stderr);
            assert_eq!(run.status.code(), Some(101), "{name}: {stderr}");
            let why = match trouble.split_once(" panicked at ") {
                Some((_, panic)) => panic.split_once(": ").unwrap().1,
                None if trouble.contains("lost wake-up: ") => "nobody can wake any",
                None => "deadlock: ",
            };
            assert!(stderr.contains(why), "{name}: no '{why}' in {stderr}");
        }
        assert_eq!(replayed, 1, "{name} has one broken program that fails");
    }
}
