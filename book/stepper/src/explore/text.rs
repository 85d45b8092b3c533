//! Searches as text: for a pipe, a file, or `--plain`.
//!
//! Invariants: (1) nothing in it depends on how fast the machine is, unless the search
//! was ended early; (2) whoever waits at a terminal is told how far it is, beside it.
//!
//! Book: chapter 19.

use super::{
    child::Child,
    model::{Model, Search, fine},
    source::short,
    told::Outcome,
    tree::{Row, Why},
};
use crate::{failure::Failure, recording::Ending, signals::Note, words::grouped};
use std::{
    io::{self, IsTerminal, Write},
    thread,
    time::{Duration, Instant},
};

/// For how long the program is heard at a time.
const BUDGET: Duration = Duration::from_millis(50);
/// How long to sleep when it has told nothing.
const PAUSE: Duration = Duration::from_millis(2);
/// How often somebody who watches is told how far it is (2).
const OFTEN: Duration = Duration::from_secs(2);
/// So many rows of a tree are printed.
const ROWS: usize = 20;

/// Hears the program to its end. A signal ends it, and is returned.
///
/// # Errors
/// The output cannot be written.
pub(super) fn wait(
    model: &mut Model,
    mut child: Child,
    note: &Note,
) -> Result<Option<Failure>, Failure> {
    let is_watched = io::stderr().is_terminal();
    let (mut told, mut asked) = (Instant::now(), None);
    while !child.is_over() {
        if !model.take(child.hear(BUDGET)) {
            thread::sleep(PAUSE);
        }
        if asked.is_none() {
            asked = note.failure();
            if asked.is_some() {
                child.end();
            }
        }
        if is_watched && told.elapsed() > OFTEN {
            told = Instant::now();
            let search = model.searches.last();
            let account = search.map_or_else(|| "no search yet".to_owned(), Search::account);
            writeln!(
                io::stderr(),
                "{account}: Ctrl-C ends it and prints what there is"
            )?;
        }
    }
    model.take(child.hear(BUDGET));
    model.ending = if asked.is_some() {
        Ending::Stopped
    } else {
        child.ending
    };
    child.output().clone_into(&mut model.output);
    Ok(asked)
}

/// Prints every search.
///
/// # Errors
/// The output cannot be written.
pub(super) fn print(model: &Model, output: &mut impl Write) -> Result<(), Failure> {
    for (index, search) in model.searches.iter().enumerate() {
        if index > 0 {
            writeln!(output)?;
        }
        write_search(model, search, output)?;
    }
    output.flush()?;
    Ok(())
}

/// Prints one search.
fn write_search(model: &Model, search: &Search, output: &mut impl Write) -> io::Result<()> {
    let found = &search.found;
    writeln!(output, "search {}: {}", search.number, model.place(search))?;
    writeln!(output, "{}", search.account())?;
    for (line, _) in outcomes(search) {
        writeln!(output, "  {line}")?;
    }
    if let Some(failure) = found.shortest() {
        let preemptions = match failure.preemptions {
            0 => "without a preemption".to_owned(),
            1 => "with 1 preemption".to_owned(),
            more => format!("with {more} preemptions"),
        };
        let fewest = if failure.fewest {
            ", and not with fewer"
        } else {
            ", or fewer"
        };
        writeln!(
            output,
            "fails {preemptions}{fewest}: SCHEDULE={}",
            failure.schedule
        )?;
        for line in failure.trouble.replace("; ", "\n").lines() {
            writeln!(output, "  {line}")?;
        }
        if let Some(schedules) = Model::shortest_pair(search) {
            let command = model
                .subject
                .replay(Some(search.number), &schedules)
                .command();
            writeln!(
                output,
                "step it, beside the nearest that is fine:\n  {command}"
            )?;
        }
    }
    write_tree(model, search, output)
}

/// What came out, failures first, each with whether it is one; then the data races.
pub(crate) fn outcomes(search: &Search) -> Vec<(String, bool)> {
    let found = &search.found;
    let outcome = |outcome: &Outcome| {
        let failure = found.failure(outcome);
        let mark = if failure.is_some() { '✗' } else { '✓' };
        let times = if outcome.executions == 1 {
            "time"
        } else {
            "times"
        };
        let text = fine(&outcome.text);
        let line = format!("{mark} {} {times}: {text}", grouped(outcome.executions));
        (line, failure.is_some())
    };
    let mut lines: Vec<(String, bool)> = found.in_order().into_iter().map(outcome).collect();
    let race = |(first, second): &(String, String)| {
        let line = format!("data race: {} and {}", short(first), short(second));
        (line, false)
    };
    lines.extend(found.races.iter().map(race));
    lines
}

/// Prints the tree, and what was left out.
fn write_tree(model: &Model, search: &Search, output: &mut impl Write) -> io::Result<()> {
    if search.tree.executions.len() < 2 {
        return Ok(());
    }
    writeln!(output, "the tree of choices:")?;
    for row in search.rows.iter().take(ROWS) {
        writeln!(output, "  {}", row_text(model, search, row).trim_end())?;
    }
    if let Some(more @ 1..) = search.rows.len().checked_sub(ROWS) {
        writeln!(output, "  and {more} rows more")?;
    }
    for line in left_out(search) {
        writeln!(output, "{line}")?;
    }
    Ok(())
}

/// A row of the tree.
pub(crate) fn row_text(model: &Model, search: &Search, row: &Row) -> String {
    let execution = &search.tree.executions[row.through];
    let indent = "  ".repeat(row.depth);
    let what = match row.step {
        None => "the beginning".to_owned(),
        Some(at) => match execution.steps.get(at) {
            Some(step) => format!("step {}: {}", at + 1, model.words(step)),
            None => format!("step {}: nobody can go on", at + 1),
        },
    };
    let end = match row.leaf {
        None => format!("{} ways", row.executions),
        Some(_) if execution.fails => format!("✗ {}", fine(&execution.text)),
        Some(_) => format!("✓ {}", fine(&execution.text)),
    };
    format!("{indent}{} → {end}", what.trim_end())
}

/// What was left out, in sentences.
pub(crate) fn left_out(search: &Search) -> Vec<String> {
    let counts = search.tree.counts();
    let all: usize = counts.left_out.iter().sum();
    let told = u64::try_from(search.tree.executions.len()).unwrap_or(u64::MAX);
    let of = if told < search.found.explored {
        format!(" of the first {told} executions")
    } else {
        String::new()
    };
    let mut lines = vec![format!(
        "at {} choices{of}, {} branches were tried and {all} left out",
        counts.choices, counts.tried
    )];
    if !search.is_optimal() {
        return lines;
    }
    let [alike, later, asleep, ended] = counts.left_out;
    for (count, why) in [
        (
            alike,
            "nothing before their step depends on it: one kind, wherever it stands",
        ),
        (
            later,
            "their step first meets a later one, and both orders are tried there",
        ),
        (
            asleep,
            "tried at an earlier choice, and nothing since depends on it",
        ),
        (ended, "their step never came: the execution ended"),
    ] {
        if count > 0 {
            lines.push(format!("  {count:>4}  {why}"));
        }
    }
    lines
}

/// The path of the execution of the selected row: each step, and under it who else could
/// have taken it, and why not. The number is the step's, from 0.
pub(crate) fn path(model: &Model) -> Vec<(usize, String, bool)> {
    let mut lines = Vec::new();
    let Some(search) = model.search() else {
        return lines;
    };
    let Some(row) = search.rows.get(model.row) else {
        return lines;
    };
    let execution = &search.tree.executions[row.through];
    for (index, step) in execution.steps.iter().enumerate() {
        lines.push((
            index,
            format!("{:>3} {}", index + 1, model.words(step)),
            true,
        ));
        for (thread, next, why) in search.tree.others(row.through, index) {
            if !search.is_optimal() && why != Why::Tried {
                continue;
            }
            let would = next.map_or_else(String::new, |next| format!(" {}", next.op));
            let text = format!("      {thread}{would}: {}", Model::why(why));
            lines.push((index, text, false));
        }
    }
    for (thread, op) in &execution.wanted {
        let text = format!("      {thread} waits for ever: {op}");
        lines.push((execution.steps.len(), text, false));
    }
    lines
}
