//! The book says nothing that the code does not: listings, transcripts, names.
//!
//! A transcript in a page or in the README is a block `console` that begins with
//! `$` and the command that printed it. The test runs the command and compares.
//! `BLESS=1 cargo test --test whole` writes what the commands print now.

use crate::support::{lessons, read, root};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The README and the book's pages.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(root().join("book/src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    pages.push(root().join("README.md"));
    pages
}

/// Whether to write what the commands print, in place of comparing.
fn bless() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// What a command prints when it is typed at the root of the checkout, without
/// the blanks at the ends of its lines.
fn output_of(command: &str) -> String {
    let run = Command::new("sh")
        .args(["-c", command])
        .current_dir(root())
        .env_remove("RUST_LOG")
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    assert!(run.status.success(), "{command}: {run:?}");
    let text = String::from_utf8(run.stdout).unwrap();
    text.lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

/// Compares a transcript on file with the command's output, or replaces it.
fn check_transcript(page: &Path, command: &str, on_page: &str, replace: impl FnOnce(&str)) {
    let printed = output_of(command);
    if bless() {
        replace(&printed);
    } else {
        assert_eq!(
            on_page,
            printed,
            "{}: `{command}` prints something else now; BLESS=1 renews it",
            page.display()
        );
    }
}

#[test]
fn every_transcript_is_what_its_command_prints() {
    let mut transcripts = 0;
    for page in pages() {
        let text = read(&page);
        for rest in text.split("```console\n$ ").skip(1) {
            transcripts += 1;
            let (command, rest) = rest.split_once('\n').expect("a command is a line");
            let (block, _) = rest.split_once("```").expect("the transcript ends");
            if let Some(include) = block.strip_prefix("{{#include ") {
                let file = page
                    .parent()
                    .unwrap()
                    .join(include.trim_end().trim_end_matches("}}"));
                let on_file = std::fs::read_to_string(&file).unwrap_or_default();
                check_transcript(&page, command, &on_file, |printed| {
                    std::fs::write(&file, printed).unwrap();
                });
            } else {
                let whole = |text: &str| format!("$ {command}\n{text}```");
                check_transcript(&page, command, block, |printed| {
                    let renewed = read(&page).replacen(&whole(block), &whole(printed), 1);
                    std::fs::write(&page, renewed).unwrap();
                });
            }
        }
    }
    assert!(transcripts >= 10);
}

#[test]
fn every_listing_is_included_from_a_file_by_an_anchor_that_exists() {
    let mut listings = 0;
    for page in pages() {
        let text = read(&page);
        for include in text.split("{{#include ").skip(1) {
            let include = include.split_once("}}").expect("the include ends").0;
            let (file, anchor) = include
                .split_once(':')
                .map_or((include, None), |(file, anchor)| (file, Some(anchor)));
            let source = std::fs::read_to_string(page.parent().unwrap().join(file))
                .unwrap_or_else(|error| panic!("{}: {file}: {error}", page.display()));
            if let Some(anchor) = anchor {
                listings += 1;
                let lines = |marker: &str| {
                    source
                        .lines()
                        .filter(|line| line.trim() == format!("// {marker}: {anchor}"))
                        .count()
                };
                assert_eq!(
                    (lines("ANCHOR"), lines("ANCHOR_END")),
                    (1, 1),
                    "{}: {include}",
                    page.display()
                );
            }
        }
        let fences = text
            .lines()
            .filter(|line| line.starts_with("```rust"))
            .count();
        let included = text.matches("```rust,ignore\n{{#include").count();
        assert_eq!(
            fences,
            included,
            "{}: a listing was typed by hand",
            page.display()
        );
    }
    assert!(listings >= 10);
}

#[test]
fn every_lesson_and_exercise_has_its_page() {
    let book: String = pages().iter().map(read).collect();
    for name in lessons() {
        let topic = name
            .strip_suffix("_tasks")
            .or(name.strip_suffix("_threads"))
            .or(name.strip_suffix("_processes"))
            .unwrap();
        assert!(book.contains(topic), "no page mentions {topic}");
    }
    for entry in std::fs::read_dir(root().join("book/exercises")).unwrap() {
        let path = entry.unwrap().path();
        if path.join("exercise.toml").exists() {
            let name = path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .split_once('_')
                .unwrap()
                .1;
            assert!(book.contains(name), "no page mentions the exercise {name}");
        }
    }
}

/// The exercises: their names, and the chapters that their `exercise.toml` names.
fn exercises() -> BTreeMap<String, usize> {
    let mut exercises = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("book/exercises")).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(toml) = std::fs::read_to_string(folder.join("exercise.toml")) else {
            continue;
        };
        let line = toml
            .lines()
            .find_map(|line| line.strip_prefix("chapter = "));
        let folder = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let (_, name) = folder.split_once('_').unwrap();
        exercises.insert(name.to_owned(), line.unwrap().parse().unwrap());
    }
    exercises
}

/// What a page says under "Exercises"; nothing if it sets none.
fn exercises_section(page: impl AsRef<Path>) -> String {
    let text = read(page);
    let section = text.split_once("\n## Exercises\n").map(|(_, rest)| rest);
    let section = section.and_then(|rest| rest.split("\n## ").next());
    section.unwrap_or_default().to_owned()
}

#[test]
fn every_exercise_that_a_page_sets_exists() {
    let exercises = exercises();
    let mut named = 0;
    for page in pages() {
        let section = exercises_section(&page);
        for code in section.split('`').skip(1).step_by(2) {
            let words: Vec<&str> = code.split_whitespace().collect();
            let ([name] | ["cargo", "run", "--", "exercise", "check" | "step", name, ..]) =
                words.as_slice()
            else {
                continue;
            };
            named += 1;
            assert!(
                exercises.contains_key(*name),
                "{}: there is no exercise `{name}`",
                page.display()
            );
        }
    }
    assert!(named >= 16);
    // And the reverse: each is set by the chapter that it says it belongs to.
    let summary = read("book/src/SUMMARY.md");
    let chapters: Vec<&str> = summary
        .lines()
        .filter(|line| line.starts_with("- ["))
        .map(|line| line.split(['(', ')']).nth(1).unwrap())
        .collect();
    for (name, chapter) in exercises {
        let page = chapters[chapter - 1];
        assert!(
            exercises_section(root().join("book/src").join(page)).contains(&format!("`{name}`")),
            "{page}, chapter {chapter}, does not set the exercise `{name}`"
        );
    }
}

/// The cells of each row of a page's tables, but for their headings.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let rows = page.lines().filter(|line| line.starts_with("| "));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn every_claim_of_the_article_names_what_shows_it() {
    let page = read("book/src/the_article.md");
    let (claims, _) = page.split_once("\n## What we would correct").unwrap();
    let mut claims = rows(claims);
    claims.retain(|row| row[0] != "The article");
    let mut shown = 0;
    for claim in &claims {
        let commands = claim[1].split('`').skip(1).step_by(2);
        for command in commands {
            shown += 1;
            let words: Vec<&str> = command.split(' ').collect();
            let after = |word: &str| {
                let place = words.iter().position(|it| *it == word)?;
                words.get(place + 1).copied()
            };
            let there = match (after("--example"), after("--bench"), after("--")) {
                (Some(example), ..) => lessons().iter().any(|name| name == example),
                (_, Some(bench), _) => root().join("scheduler/benches").join(bench).exists(),
                (.., Some("step")) => {
                    let lesson = format!("{}_", after("step").unwrap());
                    lessons().iter().any(|name| name.starts_with(&lesson))
                }
                (.., Some("choose")) => true,
                _ => false,
            };
            assert!(there, "`{command}` shows nothing");
        }
        assert!(claim[1].contains('`'), "nothing shows: {}", claim[0]);
    }
    assert!(claims.len() >= 30 && shown >= claims.len(), "{shown}");
}

#[test]
fn the_pages_of_a_chapter_are_short_and_end_with_their_sources() {
    let chapters = pages()
        .into_iter()
        .filter(|page| read(page).contains("> **Predict.**"));
    for page in chapters {
        let text = read(&page);
        let words = text.split_whitespace().count();
        assert!(words <= 1_500, "{}: {words} words", page.display());
        let parts = [
            "# ",
            "> **Predict.**",
            "## The program",
            "## Its run",
            "## The idea",
            "## Its name",
            "## Where our code does it",
            "## Check yourself",
            "## Where it came from",
        ];
        let mut from = 0;
        for part in parts {
            from += text[from..]
                .find(part)
                .unwrap_or_else(|| panic!("{}: no '{part}' in its place", page.display()));
        }
        let questions = text.split("## Check yourself").nth(1).unwrap();
        assert_eq!(
            questions.matches("<details>").count(),
            3,
            "{}: three questions",
            page.display()
        );
    }
}

#[test]
fn the_introduction_names_the_rust_version_that_the_workspace_asks_for() {
    let manifest = read("Cargo.toml");
    let version = manifest
        .split_once("rust-version = \"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0;
    for page in ["README.md", "book/src/introduction.md"] {
        assert!(
            read(page).contains(&format!("Rust {version} or later")),
            "{page}: Rust {version}"
        );
    }
}

#[test]
fn the_page_of_events_is_made_from_the_vocabularies() {
    let mut page = String::from(
        "# Events\n\nEvery record that the runtime, the scheduler and pools of processes can write, with its keys; those in brackets may be\nmissing. Each record also begins with `t` (ns since its loop, scheduler or pool started, on its own clock) and `loop`,\n`sched` or `pool` (which one of this process), and ends with `at` (the line of your program, where there is one) and `src` (ours).\nUnits and objects are numbered from 1 in the order in which they came to be; `KIND:N` refers to either. Instants and\ndurations are in ns.\n\nTo watch them: `RUST_LOG=runtime=trace,scheduler=trace cargo run --example 02_queue_tasks`\n",
    );
    let mut table = |title: &str, rows: Vec<[&str; 4]>| {
        write!(
            page,
            "\n## {title}\n\n| event | keys | what it says |\n|---|---|---|\n"
        )
        .unwrap();
        for [name, keys, optional, meaning] in rows {
            let mut all: Vec<String> = keys
                .split_whitespace()
                .map(|key| format!("`{key}`"))
                .collect();
            all.extend(optional.split_whitespace().map(|key| format!("[`{key}`]")));
            writeln!(page, "| `{name}` | {} | {meaning} |", all.join(" ")).unwrap();
        }
    };
    table(
        "Of the runtime",
        runtime::trace::VOCABULARY
            .iter()
            .map(|event| [event.name, event.keys, event.optional, event.meaning])
            .collect(),
    );
    table(
        "Of the scheduler",
        scheduler::trace::VOCABULARY
            .iter()
            .map(|event| [event.name, event.keys, event.optional, event.meaning])
            .collect(),
    );
    table(
        "Of pools of processes",
        scheduler::process::trace::VOCABULARY
            .iter()
            .map(|event| [event.name, event.keys, event.optional, event.meaning])
            .collect(),
    );
    if bless() {
        std::fs::write(root().join("book/src/events.md"), &page).unwrap();
    }
    assert_eq!(read("book/src/events.md"), page, "BLESS=1 renews it");
}

#[test]
fn every_shipped_policy_is_on_the_page_of_policies_in_its_own_words() {
    let page = read("book/src/policies.md");
    for policy in scheduler::policy::SHIPPED {
        let row = format!("| `{}` | {} |\n", policy.name, policy.next);
        assert!(page.contains(&row), "no row {row}");
    }
}
