//! The whole page of text: for each workload what it is, a table, bars, and whoever
//! could not do it.

use super::{
    bars, explain,
    results::{Machine, Results, Section},
    table,
};
use crate::words::wrapped;
use std::io::{self, Write};

/// Writes the page; with `in_words` it explains each row.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(
    results: &Results,
    in_words: bool,
    width: usize,
    output: &mut impl Write,
) -> io::Result<()> {
    for line in conditions(&results.machine, results.runs).lines() {
        writeln!(output, "{}", wrapped(line, width))?;
    }
    let everywhere = everywhere(results);
    for section in &results.sections {
        let lines = troubles(section);
        if lines.is_empty() && section.rows.iter().all(|row| row.samples.is_empty()) {
            continue; // it was not begun
        }
        writeln!(output)?;
        table::write(section, width, output)?;
        writeln!(output)?;
        bars::write(section, width, output)?;
        let mut lines = lines;
        lines.retain(|line| !everywhere.contains(line));
        lines.extend(explain::section(section));
        if in_words {
            let rows = section.rows.iter().filter(|row| !row.samples.is_empty());
            lines.extend(rows.map(|row| explain::row(section, row)));
        }
        for line in lines {
            writeln!(output, "{}", wrapped(&line, width))?;
        }
    }
    for line in everywhere {
        writeln!(output, "\n{}", wrapped(&line, width))?;
    }
    Ok(())
}

/// The troubles that are the same in all of several sections: told once, at the end.
fn everywhere(results: &Results) -> Vec<String> {
    let Some((first, others)) = results.sections.split_first() else {
        return Vec::new();
    };
    let mut common = troubles(first);
    common.retain(|line| !others.is_empty() && others.iter().all(|it| troubles(it).contains(line)));
    common
}

/// Where it was measured, in a line or two.
pub(super) fn conditions(machine: &Machine, runs: u32) -> String {
    let cpus = match machine.cpus {
        1 => "1 CPU: nothing can be faster by computing at the same time".to_owned(),
        cpus => format!("{cpus} CPUs"),
    };
    let unoptimised = if machine.optimised {
        ""
    } else {
        "\nThe contenders are built without optimisation: these are no figures."
    };
    let times = if runs == 1 { "once" } else { "times" };
    let runs = if runs == 1 {
        String::new()
    } else {
        format!("{runs} ")
    };
    format!(
        "{cpus} ({}), {}; {}\nEach was run {runs}{times}, in turns, after one run to warm up: \
         the median, ± half of the distance between the quartiles.{unoptimised}",
        machine.processor, machine.system, machine.python
    )
}

/// A line for each contender that could not do it, or not to the end; a reason that
/// several share is told once.
pub(super) fn troubles(section: &Section) -> Vec<String> {
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for row in &section.rows {
        let Some(trouble) = &row.trouble else {
            continue;
        };
        let title = row.order.model.title();
        match told.iter_mut().find(|(known, _)| known == trouble) {
            Some((_, titles)) => titles.push(title),
            None => told.push((trouble.clone(), vec![title])),
        }
    }
    let line = |(trouble, titles): (String, Vec<&str>)| format!("{}: {trouble}", titles.join(", "));
    told.into_iter().map(line).collect()
}
