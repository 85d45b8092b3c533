//! The table: each instruction, beside its line, and what came of a stop before it.
//!
//! ```text
//! in laboratory::add
//!    36  fn add() {
//!     0  push rax                                   kept
//!    39      unsafe { COUNTER += 1 };
//!     1  mov rax,[COUNTER]                          kept
//!     2  inc rax                                    LOST 20 of 20
//! ```
//!
//! Invariants: (1) a stop is drawn before the instruction that was to come next; (2) what
//! was not tried has no outcome; (3) a line of the source is told where it begins, and
//! again where the program comes back to it.
//!
//! Book: chapter 18.

use super::{
    Laboratory, SOURCE, Subject, disassembly,
    told::{Next, Stop, Told},
};
use std::fmt::Write;

/// The table of `told`, with lines of `source`.
pub(super) fn table(told: &Told, source: &str, asked: &Laboratory) -> String {
    let texts = disassembly::texts(told);
    let lines: Vec<&str> = source.lines().collect();
    let mut table = heading(asked);
    let (mut place, mut function) = (None, None::<&str>);
    for (k, stop) in told.stops.iter().enumerate() {
        let text = match &stop.next {
            None => "(it is over)",
            Some(next) => {
                let now = (next.at.as_deref(), next.function.as_deref());
                if now.1.is_some() && now.1 != function {
                    let _ = writeln!(table, "in {}", now.1.unwrap_or_default());
                }
                if place != Some(now.0) {
                    let _ = writeln!(table, "{}", line_of(next, &lines)); // (3)
                }
                (place, function) = (Some(now.0), now.1.or(function));
                &texts[k]
            }
        };
        if asked.after == Some(k) {
            let _ = writeln!(table, "{}", cut(stop)); // (1)
        }
        let outcome = outcome(stop, asked.after.is_none());
        let row = format!("{k:>5}  {text:<46}  {outcome}");
        let _ = writeln!(table, "{}", row.trim_end());
    }
    table.push('\n');
    table.push_str(&verdict(told, &texts));
    table
}

/// What is done.
fn heading(asked: &Laboratory) -> String {
    let what = match asked.program {
        Subject::Add => "a plain variable, `COUNTER += 1`",
        Subject::Apart => "an atomic, by a load and a store",
        Subject::AtOnce => "an atomic, by `fetch_add`",
    };
    let build = if asked.release {
        "as a release build has it"
    } else {
        "as a debug build has it (--release: as the compiler optimises it)"
    };
    let when = match asked.after {
        None => "Before the instruction of each row".to_owned(),
        Some(after) => format!("After {after} instructions"),
    };
    format!(
        "Two threads add 1 to {what},\n{build}.\n\
         {when} the first one loses its CPU, the second\n\
         does all of its own, and the first goes on: {} times.\n\n{SOURCE}\n",
        asked.times
    )
}

/// The line of the source to which an instruction belongs (3).
fn line_of(next: &Next, lines: &[&str]) -> String {
    let Some(at) = &next.at else {
        return "       (of no line)".to_owned();
    };
    let (file, line) = at.rsplit_once(':').unwrap_or((at, ""));
    let text = line
        .parse::<usize>()
        .ok()
        .and_then(|line| lines.get(line.checked_sub(1)?));
    match text {
        Some(text) if file == SOURCE => format!("{line:>5}  {}", text.trim_end()),
        _ => {
            // The standard library, wherever its sources were when it was compiled.
            let file = file.rsplit_once("/library/").map_or(file, |(_, file)| file);
            format!("       ({file}:{line})")
        }
    }
}

/// What came of a stop (2).
fn outcome(stop: &Stop, is_told: bool) -> String {
    match stop.lost {
        Some((0, _)) if is_told => "kept".to_owned(),
        Some((lost, times)) if is_told => format!("LOST {lost} of {times}"),
        _ => String::new(),
    }
}

/// The line that is drawn where the first thread was stopped.
fn cut(stop: &Stop) -> String {
    let came = match stop.lost {
        Some((0, times)) => format!("nothing is lost, {times} of {times} times"),
        Some((lost, times)) => format!("an update is LOST, {lost} of {times} times"),
        None => "not tried".to_owned(),
    };
    format!("-----  stopped here, and the second adds 1: {came}")
}

/// What the table says, in a sentence for each stretch in which an update is lost.
fn verdict(told: &Told, texts: &[String]) -> String {
    let is_lost = |stop: &Stop| stop.lost.is_some_and(|(lost, _)| lost > 0);
    let lost: Vec<usize> = (0..told.stops.len())
        .filter(|&k| is_lost(&told.stops[k]))
        .collect();
    if lost.is_empty() {
        return "Nothing is lost, wherever it was stopped.\n".to_owned();
    }
    let mut text = String::new();
    for stretch in lost.chunk_by(|one, next| one + 1 == *next) {
        let (begin, end) = (stretch[0], stretch[stretch.len() - 1]);
        let from = match begin.checked_sub(1).and_then(|k| texts.get(k)) {
            None => "before its first instruction".to_owned(),
            Some(before) => format!("behind `{before}`"),
        };
        let until = match texts.get(end) {
            None => "after its last one".to_owned(),
            Some(next) => format!("before `{next}`"),
        };
        let _ = writeln!(
            text,
            "An update is lost after {begin} to {end} instructions:\n  {from}, and {until}."
        );
    }
    text
}
