//! `exercise next`: which exercise comes now, and how to begin it.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::{Catalog, Exercise, unreadable};
use super::progress::Progress;
use crate::failure::Failure;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Tells which exercise comes now: what it is about, and every command for it.
///
/// # Errors
/// Its task cannot be read, or the output takes no more.
pub(super) fn tell(catalog: &Catalog, progress: &Progress) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let Some(exercise) = catalog.next(progress) else {
        writeln!(out, "All done. `cargo run -- exercise list` shows what.")?;
        return Ok(());
    };
    let (name, about) = (&exercise.name, &exercise.about);
    writeln!(out, "{} ({} points)\n", about.title, about.points)?;
    let path = exercise.file("README.md");
    let readme = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    for line in first_lines(&readme) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out)?;
    match page(&catalog.root, name) {
        Some((title, page)) => writeln!(out, "chapter  {title}: {page}")?,
        None => writeln!(out, "chapter  {}", about.chapter)?,
    }
    if !about.needs.is_empty() {
        writeln!(out, "needs    {}", about.needs.join(", "))?;
    }
    writeln!(out, "task     {}", exercise.shown("README.md"))?;
    writeln!(out, "edit     {}", exercise.shown("exercise.rs"))?;
    writeln!(out, "check    cargo run -- exercise check {name}")?;
    writeln!(out, "watch    cargo run -- exercise watch {name}")?;
    writeln!(out, "hint     cargo run -- exercise hint {name}")?;
    Ok(())
}

/// A sentence on what `exercise` builds on and is not done yet, if anything.
pub(super) fn missing(exercise: &Exercise, progress: &Progress) -> Option<String> {
    let needs = exercise.about.needs.iter();
    let missing: Vec<&str> = needs
        .filter(|need| !progress.is_over(need))
        .map(String::as_str)
        .collect();
    (!missing.is_empty()).then(|| {
        format!(
            "{} builds on {}, which you have not done yet.",
            exercise.name,
            missing.join(" and ")
        )
    })
}

/// The first paragraph of the task.
fn first_lines(readme: &str) -> impl Iterator<Item = &str> {
    let (_, task) = readme.split_once("## The task").unwrap_or(("", readme));
    let lines = task.lines().map(str::trim_end);
    lines
        .skip_while(|line| line.is_empty() || line.starts_with('#'))
        .take_while(|line| !line.is_empty())
}

/// The chapter that sets the exercise: its title, and its page from the root.
fn page(root: &Path, exercise: &str) -> Option<(String, String)> {
    let pages = root.join("book/src");
    let summary = fs::read_to_string(pages.join("SUMMARY.md")).ok()?;
    summary.lines().find_map(|line| {
        let (title, file) = line.trim().strip_prefix("- [")?.split_once("](")?;
        let file = file.strip_suffix(')')?;
        let text = fs::read_to_string(pages.join(file)).ok()?;
        let (_, exercises) = text.split_once("\n## Exercises\n")?;
        let section = exercises.split("\n## ").next()?;
        let sets = section.contains(&format!("`{exercise}`"));
        sets.then(|| (title.to_owned(), format!("book/src/{file}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_are_the_first_paragraph_of_the_task() {
        let readme = "# Join\n\nChapter 5.\n\n## The task\n\nTwo futures\nbecome one.\n\nMore.\n";
        let lines: Vec<&str> = first_lines(readme).collect();
        assert_eq!(lines, ["Two futures", "become one."]);
        assert_eq!(first_lines("").count(), 0);
    }
}
