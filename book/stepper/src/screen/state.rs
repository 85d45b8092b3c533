//! Who runs, who can run, who waits, and the values that are shared: a row each.
//!
//! Book: appendix "The stepper".

use super::{
    Context, objects,
    text::{line, put},
    words,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use stepper::{
    fold::{Driver, Mark},
    trace::Target,
};

/// How many cells the name of a row takes.
const NAME: u16 = 11;
/// How many entries of a row are made at most: more never fit.
const ENTRIES: usize = 100;

/// Draws the rows, those of the CPUs first.
pub(super) fn draw(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    if context.side.target == Target::Process {
        return draw_pool(context, area, buffer);
    }
    let tasks = context.side.target == Target::Runtime;
    let Some(driver) = context.state.driver() else {
        let names = if tasks {
            ["running", "ready", "waiting"]
        } else {
            ["CPU 0", "runnable", "blocked"]
        };
        for (row, name) in (0..).zip(names) {
            self::row(context, area, row, name, "–", Style::new(), buffer);
        }
        return;
    };
    let look = context.look;
    let cpus = area.height.saturating_sub(2).max(1);
    for cpu in 0..cpus {
        let name = if tasks {
            "running".to_owned()
        } else {
            format!("CPU {cpu}")
        };
        let (who, style) = match driver.running_on(cpu.into()) {
            Some(unit) => (unit.label(), look.mark(Mark::Running)),
            None => (words::nobody(driver), Style::new()),
        };
        row(context, area, cpu, &name, &who, style, buffer);
    }
    let (ready, waiting) = if tasks {
        ("ready", "waiting")
    } else {
        ("runnable", "blocked")
    };
    row(
        context,
        area,
        cpus,
        ready,
        &queued(driver),
        look.mark(Mark::Ready),
        buffer,
    );
    let blocked: Vec<String> = driver
        .waiting()
        .take(ENTRIES)
        .map(|unit| format!("{}: {}", unit.label(), words::waits(context, unit)))
        .collect();
    row(
        context,
        area,
        cpus + 1,
        waiting,
        &list(&blocked),
        look.mark(Mark::Waiting),
        buffer,
    );
}

/// Draws the rows of a pool of processes: who is at a job, who has none, and the
/// jobs that are at no worker yet.
fn draw_pool(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    let rows = context.state.driver().map(|driver| {
        [
            words::at_work(driver),
            words::without_a_job(driver),
            words::queued_jobs(driver),
        ]
    });
    let look = context.look;
    let names = ["at work", "no job", "jobs wait"];
    let marks = [Mark::Running, Mark::Waiting, Mark::Ready];
    for (row, (name, mark)) in (0..).zip(names.into_iter().zip(marks)) {
        let entries = rows
            .as_ref()
            .map_or(&[][..], |rows| &rows[usize::from(row)]);
        let style = look.mark(mark);
        self::row(context, area, row, name, &list(entries), style, buffer);
    }
}

/// Those who can run, next first; by class where there are several:
/// `U 3 · N 1, 2 · B 4`.
fn queued(driver: &Driver) -> String {
    let queue = &driver.queue;
    let labels = |units: &mut dyn Iterator<Item = u32>| -> Vec<String> {
        units.take(ENTRIES).map(|unit| driver.label(unit)).collect()
    };
    if !queue.has_classes() {
        return list(&labels(&mut queue.iter()));
    }
    let classes = queue.classes.iter().filter(|class| !class.units.is_empty());
    let classes: Vec<String> = classes
        .map(|class| {
            let units = labels(&mut class.units.iter().copied());
            format!("{} {}", words::class_letter(&class.name), units.join(", "))
        })
        .collect();
    if classes.is_empty() {
        "–".to_owned()
    } else {
        classes.join(" · ")
    }
}

/// Draws the row of what is shared: variables, channels, locks; and of what is
/// on the pool, and a unit's own.
pub(super) fn draw_values(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    let values = context
        .state
        .driver()
        .map(|driver| values(context, driver))
        .unwrap_or_default();
    row(
        context,
        area,
        0,
        "values",
        &list(&values),
        Style::new(),
        buffer,
    );
}

/// What each shared thing holds.
fn values(context: &Context<'_>, driver: &Driver) -> Vec<String> {
    let variables = driver
        .shared
        .values()
        .map(|shared| format!("{} {}", shared.name, shared.value));
    let channels = driver.channels.iter().map(|(number, channel)| {
        let inside = if channel.values.is_empty() {
            String::new()
        } else {
            format!(" [{}]", channel.values.join(" "))
        };
        format!("channel {number}: {}{inside}", channel.fill())
    });
    variables
        .chain(channels)
        .chain(objects::all(context, driver))
        .take(ENTRIES)
        .collect()
}

/// Entries as a row shows them.
fn list(entries: &[String]) -> String {
    if entries.is_empty() {
        "–".to_owned()
    } else {
        entries.join(", ")
    }
}

/// A row: its name, and what it says.
fn row(
    context: &Context<'_>,
    area: Rect,
    row: u16,
    name: &str,
    text: &str,
    style: Style,
    buffer: &mut Buffer,
) {
    if row >= area.height {
        return;
    }
    line(buffer, area, row, &format!(" {name}"), context.look.quiet());
    let text = super::text::without_tabs(text);
    let cells = area.width.saturating_sub(NAME);
    put(buffer, area.x + NAME, area.y + row, cells, &text, style);
}
