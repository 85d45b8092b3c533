//! The form for people: a line a part, and what is wrong with those that lost.
//!
//! Book: "For teachers".

use super::points::{self, Graded};
use std::fmt::Write as _;

/// `graded` as lines.
pub(super) fn lines(graded: &[Graded]) -> String {
    let mut out = String::new();
    for graded in graded {
        line(&mut out, graded);
    }
    let (score, points) = points::total(graded);
    let _ = writeln!(out, "{score} of {points} points");
    out
}

/// The lines of one exercise. Writing into a text never fails.
fn line(out: &mut String, graded: &Graded) {
    let (score, points) = (graded.score(), graded.points);
    let _ = writeln!(out, "{}: {score} of {points}", graded.name);
    for part in &graded.parts {
        let mark = if part.passed() { '✓' } else { '✗' };
        let (word, score, points) = (part.group.word(), part.score(), part.points);
        let _ = write!(out, "  {mark} {word:10} {score:>2} of {points:>2}");
        let failed = super::super::telling::first_complaint(&part.checks);
        match failed {
            Some((check, _)) => {
                let _ = writeln!(out, "   {}", check.rule);
            }
            None => out.push('\n'),
        }
    }
    if let Some(sentence) = &graded.trouble {
        let _ = writeln!(out, "  ✗ {sentence}");
    }
}

/// What to say of an exercise that was not run.
pub(super) fn trouble(graded: &Graded) -> String {
    let sentence = graded.trouble.as_deref().unwrap_or_default();
    format!("{sentence}\n\n{}", graded.words)
        .trim_end()
        .to_owned()
}
