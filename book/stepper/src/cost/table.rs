//! The figures as text: all kinds beside each other, then each from 1 to its most.
//!
//! Invariants: (1) a figure has three digits that count, and its unit; (2) what was
//! not measured is a dash, and so is memory of less than two pages, which the system
//! does not tell.

use super::results::Results;
use crate::words::grouped;
use std::io::{self, Write};
use units::{Kind, Sample};

/// What is said below which the system tells nothing of memory: two pages (2).
const TELLING: f64 = 8_192.0;

/// Writes everything.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(results: &Results, output: &mut impl Write) -> io::Result<()> {
    let machine = &results.machine;
    let processors = match machine.processors {
        1 => "1 processor".to_owned(),
        several => format!("{several} processors"),
    };
    writeln!(
        output,
        "What one more costs: medians of {} rounds. {processors}, {}",
        results.rounds, machine.system
    )?;
    if !machine.optimised {
        writeln!(
            output,
            "Built without optimisation: these figures are for tests."
        )?;
    }
    writeln!(output, "{}", machine.python)?;
    beside(results, output)?;
    for kind in Kind::ALL {
        alone(results, kind, output)?;
    }
    idle(results, output)?;
    writeln!(
        output,
        "\nmemory: what each has touched while it waits. start, end: of all at once, by their
number. switch, message (and its answer): between two more, while all others wait.
- : not measured, or too little to tell. Read: book/src/what_a_thread_costs.md"
    )
}

/// All kinds at the largest number that each of them has reached.
fn beside(results: &Results, output: &mut impl Write) -> io::Result<()> {
    let measured = |kind: &Kind| !kind.is_connection() && !results.of(*kind).is_empty();
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(measured).collect();
    let last = |kind: &Kind| results.of(*kind).last().map(|(count, _)| *count);
    let Some(common) = kinds.iter().filter_map(last).min() else {
        return Ok(());
    };
    writeln!(
        output,
        "\n{:<31}{HEADINGS}",
        format!("{} of each", grouped(common.into()))
    )?;
    for kind in kinds {
        let rows = results.of(kind);
        let row = rows.iter().find(|(count, _)| *count == common);
        if let Some((count, sample)) = row {
            writeln!(output, "{:<31}{}", kind.title(), cells(*count, sample))?;
        }
    }
    Ok(())
}

/// One kind from 1 to its most, and why no more.
fn alone(results: &Results, kind: Kind, output: &mut impl Write) -> io::Result<()> {
    let rows = results.of(kind);
    let stops = results.stops.iter().filter(|stop| stop.kind == kind);
    let stops: Vec<_> = stops.collect();
    if rows.is_empty() && stops.is_empty() {
        return Ok(());
    }
    writeln!(output, "\n{} (--kind {kind})", kind.title())?;
    if !rows.is_empty() {
        writeln!(output, "{:>10}{HEADINGS}", "")?;
    }
    for (count, sample) in &rows {
        let number = grouped((*count).into());
        writeln!(output, "{number:>10}{}", cells(*count, sample))?;
    }
    for stop in stops {
        writeln!(output, "  not {}: {}", grouped(stop.count.into()), stop.why)?;
    }
    Ok(())
}

/// What idle connections take as tasks, and as threads.
fn idle(results: &Results, output: &mut impl Write) -> io::Result<()> {
    let most = |kind: Kind| results.of(kind).pop();
    let both = (most(Kind::TaskConnection), most(Kind::ThreadConnection));
    let (Some((tasks, task)), Some((threads, thread))) = both else {
        return Ok(());
    };
    let all = |count: u32, sample: &Sample| bytes(f64::from(count) * sample.memory);
    writeln!(
        output,
        "\nidle connections in one process: {} as tasks {}, {} as threads {}",
        grouped(tasks.into()),
        all(tasks, &task),
        grouped(threads.into()),
        all(threads, &thread),
    )
}

/// Over the figures.
const HEADINGS: &str = "   memory    start      end   switch  message";

/// The figures of one row.
fn cells(count: u32, sample: &Sample) -> String {
    let memory = if f64::from(count) * sample.memory < TELLING {
        "-".to_owned()
    } else {
        bytes(sample.memory)
    };
    let maybe = |figure: Option<f64>| figure.map_or("-".to_owned(), time);
    format!(
        "{memory:>9}{:>9}{:>9}{:>9}{:>9}",
        time(sample.start),
        time(sample.end),
        maybe(sample.switch),
        maybe(sample.message),
    )
    .trim_end()
    .to_owned()
}

/// ns, in the unit that fits (1).
fn time(nanoseconds: f64) -> String {
    in_units(nanoseconds, &["ns", "µs", "ms", "s"])
}

/// Bytes, in the unit that fits (1).
pub(super) fn bytes(bytes: f64) -> String {
    in_units(bytes.max(0.0), &["B", "kB", "MB", "GB", "TB"])
}

/// A figure in the largest of `units` in which it is 1 or more, each a thousand of
/// the one before.
fn in_units(mut figure: f64, units: &[&str]) -> String {
    let mut rest = units;
    while let [_, larger @ ..] = rest
        && !larger.is_empty()
        && figure >= 999.5
    {
        (figure, rest) = (figure / 1e3, larger);
    }
    let decimals = match figure {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{figure:.decimals$} {}", rest[0])
}

#[cfg(test)]
mod tests {
    use super::{
        super::results::{
            Stop,
            tests::{nothing, sample},
        },
        *,
    };
    use units::Order;

    /// What is written of these results.
    fn written(results: &Results) -> String {
        let mut output = Vec::new();
        write(results, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn figures_have_three_digits_and_the_unit_that_fits() {
        let shown = [0.0, 43.21, 999.4, 999.6, 12_345.0, 4.5e6, 2e9, 3e13].map(time);
        assert_eq!(
            shown,
            [
                "0.00 ns", "43.2 ns", "999 ns", "1.00 µs", "12.3 µs", "4.50 ms", "2.00 s",
                "30000 s"
            ]
        );
        assert_eq!(bytes(12_288.0), "12.3 kB");
        assert_eq!(bytes(-5.0), "0.00 B");
    }

    #[test]
    fn kinds_stand_beside_each_other_at_a_number_that_all_have_reached() {
        let mut results = nothing();
        for (kind, count) in [(Kind::Task, 1), (Kind::Task, 10), (Kind::Process, 1)] {
            let sample = Sample {
                memory: 10_000.0,
                ..sample(1_000.0 * f64::from(count), Some(40.0))
            };
            results.add(Order { kind, count }, sample);
        }
        let text = written(&results);
        let from = text.find("1 of each").expect("a common number");
        let lines: Vec<&str> = text[from..].lines().take(3).collect();
        assert_eq!(
            lines[1],
            "task of our event loop           10.0 kB  1.00 µs  0.00 ns  40.0 ns        -"
        );
        assert!(lines[2].starts_with("worker process of ours"), "{text}");
    }

    #[test]
    fn where_a_kind_stopped_is_told_below_its_figures() {
        let mut results = nothing();
        let (kind, why) = (Kind::OsThread, "the machine is full".to_owned());
        results.add(Order { kind, count: 1 }, sample(5.0, None));
        results.stop(Stop {
            kind,
            count: 10_000,
            why,
        });
        let text = written(&results);
        assert!(
            text.contains("\n  not 10,000: the machine is full\n"),
            "{text}"
        );
        assert!(
            text.contains("\n         1        -  5.00 ns  0.00 ns        -        -\n"),
            "{text}"
        );
        assert!(!text.contains("asyncio"), "nobody asked for it: {text}");
    }

    #[test]
    fn idle_connections_are_summed_up() {
        let mut results = nothing();
        for (kind, memory) in [(Kind::TaskConnection, 600.0), (Kind::ThreadConnection, 9e3)] {
            let sample = Sample {
                memory,
                ..sample(5.0, None)
            };
            results.add(Order { kind, count: 1_000 }, sample);
        }
        assert!(written(&results).contains(
            "\nidle connections in one process: 1,000 as tasks 600 kB, 1,000 as threads 9.00 MB\n"
        ));
    }
}
