//! The contest as plain text: the jobs, a Gantt chart a policy, the table.
//!
//! Invariants: (1) no line is wider than asked, if that is at least 80; (2)
//! what is left out is said to be.
//!
//! Book: chapter 15.

use super::{
    contest::{Contest, OWN, Run},
    gantt::{self, Cell},
    measures::index,
    table,
    workload::Workload,
};
use scheduler::{
    policy::{CpuId, Queues},
    simulation::{Job, Step},
    time::Time,
};
use std::{
    io::{self, Write},
    time::Duration,
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The narrowest page: the table needs it.
pub(super) const NARROWEST: usize = 80;
/// How many cells stand before a chart's row.
const LABEL: usize = 10;
/// How many CPUs' shares of time are listed.
const BUSY: usize = 12;
/// How many jobs are listed.
const LISTED: usize = 26;

/// Writes it all, `width` cells wide.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(contest: &Contest, width: usize, output: &mut impl Write) -> io::Result<()> {
    let workload = &contest.workload;
    let width = width.max(NARROWEST);
    let heading = match workload.title.as_str() {
        "" => workload.name.clone(),
        title => format!("{}: {title}", workload.name),
    };
    writeln!(output, "{}", cut(&heading, width))?;
    writeln!(output, "{}\n", conditions(workload))?;
    jobs(workload, width, output)?;
    writeln!(output)?;
    let column = gantt::column(contest, width - LABEL);
    for run in &contest.runs {
        for cpu in 0..workload.cpus {
            writeln!(
                output,
                "{}",
                chart(run, cpu, workload.cpus, column).trim_end()
            )?;
        }
    }
    writeln!(
        output,
        "{:LABEL$}{}",
        "",
        axis(column, contest.end(), width - LABEL)
    )?;
    writeln!(output, "{}\n", legend(contest, column))?;
    for line in table::headings() {
        writeln!(output, "{line}")?;
    }
    for line in table::rows(contest) {
        writeln!(output, "{line}")?;
    }
    speed_ups(contest, output)
}

/// What several CPUs were good for: how busy each was, and all of them together.
fn speed_ups(contest: &Contest, output: &mut impl Write) -> io::Result<()> {
    if contest.workload.cpus == 1 {
        return Ok(());
    }
    writeln!(output, "\npolicy  speed-up  busy CPUs")?;
    let end = (contest.end() - Time::ZERO).as_secs_f64();
    for run in &contest.runs {
        let last = (run.outcome.end() - Time::ZERO).as_secs_f64().min(end);
        let busy = run.outcome.busy.iter().take(BUSY);
        let busy = busy.map(|busy| format!("{:3.0}%", 100.0 * busy.as_secs_f64() / last.max(1e-9)));
        let busy: Vec<String> = busy.collect();
        let more = if run.outcome.busy.len() > BUSY {
            " …"
        } else {
            ""
        };
        writeln!(
            output,
            "{:8}{:>8.2}  {}{more}",
            run.label,
            run.measures.speed_up,
            busy.join(" ")
        )?;
    }
    Ok(())
}

/// One queue or several, as people type it.
pub(super) fn queues(queues: Queues) -> &'static str {
    match queues {
        Queues::Shared => "shared",
        Queues::PerCpu => "per-cpu",
    }
}

/// On what the jobs ran: `4 jobs, 1 CPU, quanta of 10 ms`.
pub(super) fn conditions(workload: &Workload) -> String {
    let plural =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut conditions = format!(
        "{}, {}, quanta of {}",
        plural(workload.jobs.len(), "job"),
        plural(workload.cpus as usize, "CPU"),
        show(workload.quantum)
    );
    if workload.queues == Queues::PerCpu {
        conditions.push_str(", a run queue for each CPU");
    }
    if !workload.switch_cost.is_zero() {
        conditions.extend([", ", &show(workload.switch_cost), " a switch"]);
    }
    conditions
}

/// A length as people read it.
pub(super) fn show(length: Duration) -> String {
    stepper::time::show((Time::ZERO + length).as_nanos())
}

/// A column of the list of jobs: its heading, and what it says of one.
type Fact = (&'static str, fn(&Job) -> Option<String>);

/// What may be said of a job; a column in which no job has anything is left out.
const FACTS: [Fact; 9] = [
    ("arrives", |job| Some(show(job.arrival - Time::ZERO))),
    ("CPU", |job| Some(show(job.cpu_time()))),
    ("I/O", |job| {
        let wait = |step: &Step| match step {
            Step::Wait(wait) => *wait,
            Step::Run(_) | Step::Yield => Duration::ZERO,
        };
        let waits: Duration = job.steps.iter().map(wait).sum();
        (!waits.is_zero()).then(|| show(waits))
    }),
    ("priority", |job| {
        (job.priority != 0).then(|| job.priority.to_string())
    }),
    ("weight", |job| job.weight.map(|weight| weight.to_string())),
    ("period", |job| job.period.map(show)),
    ("times", |job| {
        job.period.map(|_| (u64::from(job.repeats) + 1).to_string())
    }),
    ("deadline", |job| job.deadline.map(show)),
    ("on CPU", |job| job.affinity.map(|cpu| cpu.to_string())),
];

/// The list of jobs.
fn jobs(workload: &Workload, width: usize, output: &mut impl Write) -> io::Result<()> {
    let listed = &workload.jobs[..workload.jobs.len().min(LISTED)];
    let mut columns: Vec<Vec<String>> = Vec::new();
    for (heading, fact) in FACTS {
        let facts: Vec<Option<String>> = listed.iter().map(fact).collect();
        if facts.iter().any(Option::is_some) {
            let facts = facts
                .into_iter()
                .map(|fact| fact.unwrap_or_else(|| "-".to_owned()));
            columns.push(std::iter::once(heading.to_owned()).chain(facts).collect());
        }
    }
    let widths: Vec<usize> = columns
        .iter()
        .map(|column| column.iter().map(|text| text.width()).max().unwrap_or(0) + 2)
        .collect();
    let room = width
        .saturating_sub(2 + widths.iter().sum::<usize>())
        .max(4);
    let longest = workload
        .names
        .iter()
        .map(|name| name.width())
        .max()
        .unwrap_or(0);
    let room = room.min(longest.max(3));
    for row in 0..=listed.len() {
        let name = match row.checked_sub(1) {
            None => "  job".to_owned(),
            Some(job) => format!(
                "{} {}",
                Workload::sign(job),
                cut(&workload.names[job], room)
            ),
        };
        let mut line = format!(
            "{name}{}",
            " ".repeat((room + 2).saturating_sub(name.width()))
        );
        for (column, cells) in columns.iter().zip(&widths) {
            let text = &column[row];
            line.push_str(&" ".repeat(cells - text.width()));
            line.push_str(text);
        }
        writeln!(output, "{}", line.trim_end())?;
    }
    match workload.jobs.len() - listed.len() {
        0 => Ok(()),
        more => writeln!(output, "… and {more} more (--format json lists all)"),
    }
}

/// A job by its sign and its name of at most `cells`; by one of them, if they
/// are the same.
pub(super) fn named(workload: &Workload, job: usize, cells: usize) -> String {
    let (sign, name) = (Workload::sign(job).to_string(), &workload.names[job]);
    if *name == sign {
        return sign;
    }
    format!("{sign} {}", cut(name, cells))
}

/// The row of one CPU, with its label.
fn chart(run: &Run, cpu: u32, cpus: u32, column: Duration) -> String {
    let label = label(run, cpu, cpus);
    let row = gantt::row(run, CpuId(cpu), column);
    let row: String = row.into_iter().map(sign).collect();
    format!("{label:LABEL$}{row}")
}

/// What stands before a row: the policy, and the CPU where there are several.
pub(super) fn label(run: &Run, cpu: u32, cpus: u32) -> String {
    match (cpu, cpus) {
        (0, 1) => run.label.clone(),
        (0, _) => format!("{:8}0", run.label),
        _ => format!("{:7}{cpu:2}", ""),
    }
}

/// A cell of a chart as a sign.
pub(super) fn sign(cell: Cell) -> char {
    match cell {
        Cell::Over => ' ',
        Cell::Idle => '·',
        Cell::Switching => '/',
        Cell::Runs(thread) => Workload::sign(index(thread)),
    }
}

/// The times below the charts.
pub(super) fn axis(column: Duration, end: Time, width: usize) -> String {
    let mut axis = String::new();
    let mut used = 0;
    for (place, time) in gantt::ticks(column, end, 10) {
        let text = stepper::time::show(time.as_nanos());
        if place >= used && place + text.width() <= width {
            axis.push_str(&" ".repeat(place - used));
            axis.push_str(&text);
            used = place + text.width();
        }
    }
    axis
}

/// What the signs mean.
fn legend(contest: &Contest, column: Duration) -> String {
    let workload = &contest.workload;
    let mut legend = format!(
        "A column is {}, and shows who had most of it; · idle",
        show(column)
    );
    if !workload.switch_cost.is_zero() {
        legend.push_str(", / switching");
    }
    if workload.jobs.len() > 62 {
        legend.push_str(", # other jobs");
    }
    if contest.runs.iter().any(|run| run.label.ends_with(OWN)) {
        legend.extend([", ", &OWN.to_string(), " yours"]);
    }
    legend
}

/// The text, or as much of it as fits and `…`.
pub(super) fn cut(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used > cells {
            break;
        }
        cut.push(letter);
    }
    cut + "…"
}
