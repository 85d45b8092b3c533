//! What a workload is, and where a contender's time went, in sentences.
//!
//! The sentences are made of what was measured: the server's time is known, the
//! processors' was counted, and what is neither is the model's own price.

use super::{
    plan,
    results::{Row, Section},
    table::ms,
};
use crate::words::grouped;
use contenders::{Model, Order, Workload, server};
use std::fmt::Write as _;

/// What is done in a section, and how long it would take at best.
pub(super) fn work(section: &Section) -> String {
    let order = &section.rows[0].order;
    let Order {
        jobs, units, wait, ..
    } = order;
    let each = ms(server::least(order.wait, order.bytes).as_secs_f64());
    let what = match section.workload {
        Workload::Downloads => format!(
            "{jobs} downloads of {} kB, {units} at a time, from a local server that waits {wait} ms \
             and sends {} MB/s: {each} ms each",
            order.bytes / 1000,
            server::BANDWIDTH / 1_000_000
        ),
        Workload::Squares => format!(
            "{jobs} sums of the squares below {} and up, {units} at a time",
            grouped(order.numbers)
        ),
        Workload::Mixed => format!(
            "{jobs} times a download ({each} ms) and the sum of the squares below {} and up, \
             {units} at a time",
            grouped(order.numbers)
        ),
        Workload::Idle => {
            format!(
                "{jobs} connections, all there at the same time, on which nothing comes for \
                 {wait} ms"
            )
        }
        Workload::Chatty => format!(
            "a number goes round in a ring of {units} units, {} messages in all",
            grouped(*jobs)
        ),
        Workload::Shared => format!(
            "{} changes of a counter and a map that {units} units share",
            grouped(*jobs)
        ),
    };
    let best = section.rows.iter().find(|row| !row.order.model.is_alone());
    let best = best.and_then(|row| section.ideal(row));
    let best = best.map_or(String::new(), |best| {
        let why = match section.workload {
            Workload::Squares => "all CPUs at once",
            Workload::Mixed => "the server's time, or all CPUs at once if that is longer",
            _ => "the server's time",
        };
        format!("; at best {} ms ({why})", ms(best))
    });
    format!("{}: {what}{best}.", section.workload.word())
}

/// Who was the quickest, of ours and of Python's: a line below the section.
pub(super) fn section(section: &Section) -> Option<String> {
    let quickest = |python: bool| {
        let of = section.rows.iter();
        let of = of.filter(|row| row.order.model.script().is_some() == python);
        of.filter_map(|row| Some((row.wall()?.median, row)))
            .min_by(|one, other| one.0.total_cmp(&other.0))
    };
    let (time, ours) = quickest(false)?;
    let mut told = format!("Quickest: {}, {} ms", ours.order.model.title(), ms(time));
    if let Some((time, python)) = quickest(true) {
        let title = python.order.model.title();
        let _ = write!(told, "; of Python's: {title}, {} ms", ms(time));
    }
    told.push('.');
    Some(told)
}

/// Where a contender's time went.
pub(super) fn row(section: &Section, row: &Row) -> String {
    let title = row.order.model.title();
    let Some(wall) = row.wall() else {
        let why = row.trouble.as_deref().unwrap_or("it was not measured yet");
        return format!("{title}: no figures. {why}.");
    };
    let median =
        |figure: fn(&contenders::Sample) -> f64| row.summary(figure).map_or(0.0, |it| it.median);
    let mut told = vec![format!(
        "{title}: {} ms, between {} and {} in {}.",
        ms(wall.median),
        ms(wall.least),
        ms(wall.most),
        times(row.samples.len(), "run")
    )];
    let by_server = plan::least(&row.order).as_secs_f64();
    if by_server > 0.0 {
        told.push(format!(
            "{} ms of it, {}, are the server's, for whoever waits for {} at a time.",
            ms(by_server),
            percent(by_server / wall.median),
            if row.order.model.is_alone() {
                1
            } else {
                row.order.units
            }
        ));
    }
    let cpu = median(|it| it.cpu);
    let cpus = f64::from(row.order.cpus);
    told.push(format!(
        "The processors worked {} ms for it: {} of what {} can do in that time.",
        ms(cpu),
        percent(cpu / (wall.median * cpus)),
        times(row.order.cpus as usize, "CPU")
    ));
    let rest = wall.median - by_server.max(cpu / cpus.min(at_once(row)));
    if rest > wall.median * 0.02 {
        told.push(format!(
            "The rest, {} ms, went into starting units, into handing over, and into waiting in \
             line: for a CPU, a lock or a message.",
            ms(rest)
        ));
    }
    told.push(format!(
        "{:.0} switches because of a wait, {:.0} forced; {:.1} MB at most, {:.1} of them before \
         the first unit.",
        median(|it| float(it.waits)),
        median(|it| float(it.forced)),
        median(|it| float(it.memory)) / 1e6,
        median(|it| float(it.before)) / 1e6,
    ));
    told.push(remark(row.order.model, section.workload).to_owned());
    if let Some(trouble) = &row.trouble {
        told.push(format!("It did not go on: {trouble}."));
    }
    told.join(" ")
}

/// How many processors a model can use at a time.
fn at_once(row: &Row) -> f64 {
    match row.order.model {
        Model::OneByOne
        | Model::Tasks
        | Model::Threads1
        | Model::PyOneByOne
        | Model::PyThreads
        | Model::PyAsyncio => 1.0,
        _ => f64::from(row.order.units),
    }
}

/// What the model amounts to at this work.
fn remark(model: Model, workload: Workload) -> &'static str {
    let computes = matches!(workload, Workload::Squares | Workload::Mixed);
    let talks = matches!(workload, Workload::Chatty | Workload::Shared);
    match model {
        Model::OneByOne | Model::PyOneByOne if talks => {
            "Nobody to talk to and nothing to protect: what the others pay, they pay for the model."
        }
        Model::OneByOne | Model::PyOneByOne => {
            "Nothing overlaps: every wait and every sum adds up."
        }
        Model::Tasks | Model::PyAsyncio if computes => {
            "One thread: a task that computes keeps all others, so only waiting overlaps."
        }
        Model::Tasks | Model::PyAsyncio if talks => {
            "To hand over is a push to a queue in the same thread: the kernel is not asked."
        }
        Model::Tasks | Model::PyAsyncio => {
            "One thread waits for everything at once: a unit more costs bytes, not a stack."
        }
        Model::TasksPool if talks => {
            "Each step goes to a thread of the pool and back: for work so small that is all it does."
        }
        Model::TasksPool => "The loop waits, and threads of the pool do what blocks or computes.",
        Model::Threads1 if computes => {
            "One virtual CPU: threads take turns at computing, as under a global lock, and the \
             switches are paid on top."
        }
        Model::Threads1 => {
            "A thread that waits gives its virtual CPU to another; each time the dispatcher is asked."
        }
        Model::Threads => {
            "As many run at a time as there are CPUs; who runs, our dispatcher decides, and is paid \
             for it."
        }
        Model::OsThreads if talks => "Whoever waits sleeps in the kernel, and is woken by it.",
        Model::OsThreads => "The kernel decides; a thread that waits costs its stack.",
        Model::Processes | Model::PyProcesses if talks => {
            "Nothing is shared: what one has to tell another is written, carried by the kernel, and \
             read."
        }
        Model::Processes | Model::PyProcesses if computes => {
            "Each has a processor and a memory of its own, for the price of starting them."
        }
        Model::Processes | Model::PyProcesses => {
            "A whole process for each wait: that is memory and a start for something that needs \
             neither."
        }
        Model::PyThreads if computes => "The global lock: one thread at a time computes.",
        Model::PyThreads => "Whoever waits lets go of the global lock, so waiting overlaps.",
        Model::PyFree => {
            "No global lock: threads compute at the same time, and must lock for themselves."
        }
    }
}

/// A count with its word: `1 run`, `5 runs`.
fn times(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

/// A share as percent.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A count as a figure.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts and bytes are far below 2^53"
)]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::section;
    use super::*;

    #[test]
    fn a_row_is_explained_by_what_was_measured() {
        let models: [(Model, &[f64]); 1] = [(Model::Tasks, &[0.5, 0.6, 0.4])];
        let section = section(Workload::Downloads, &models);
        let told = row(&section, &section.rows[0]);
        for part in [
            "tasks: 500.0 ms, between 400.0 and 600.0 in 3 runs.",
            "400.0 ms of it, 80 %, are the server's, for whoever waits for 2 at a time.",
            "worked 500.0 ms for it: 50 % of what 2 CPUs can do",
            "One thread waits for everything at once",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }
}
