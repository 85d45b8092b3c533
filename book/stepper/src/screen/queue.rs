//! Who runs and who can run, as boxes in a row; of a pool, who is at which job.
//!
//! ```text
//!          ┌────────┐          ┌────────┬────────┐
//!  running │ 1 ping │   ready  │ 2 pong │ 0 main │  next is left
//!          └────────┘          └────────┴────────┘
//! ```
//!
//! Book: appendix "The stepper".

use super::{
    Context,
    text::{put, width},
    words,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use stepper::{fold::Mark, trace::Target};

/// Draws the boxes of the CPUs and of each class of the queue.
pub(super) fn draw(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    let tasks = context.side.target == Target::Runtime;
    let Some(driver) = context.state.driver() else {
        return;
    };
    let look = context.look;
    let mut x = area.x + 1;
    if context.side.target == Target::Process {
        let or_none = |entries: Vec<String>| {
            if entries.is_empty() {
                vec!["–".to_owned()]
            } else {
                entries
            }
        };
        for (name, entries, mark) in [
            ("at work", words::at_work(driver), Mark::Running),
            ("jobs wait", words::queued_jobs(driver), Mark::Ready),
        ] {
            let (entries, style) = (or_none(entries), look.mark(mark));
            x = boxes(area, x, name, &entries, style, context, buffer) + 2;
        }
        return;
    }
    let cpus = u32::try_from(driver.settings.cpus).unwrap_or(1).clamp(1, 4);
    for cpu in 0..cpus {
        let name = if tasks {
            "running".to_owned()
        } else {
            format!("CPU {cpu}")
        };
        let who = match driver.running_on(cpu) {
            Some(unit) => unit.label(),
            None => words::nobody(driver),
        };
        x = boxes(
            area,
            x,
            &name,
            &[who],
            look.mark(Mark::Running),
            context,
            buffer,
        ) + 2;
    }
    let ready = if tasks { "ready" } else { "runnable" };
    let mut named = false;
    for class in &driver.queue.classes {
        if class.units.is_empty() {
            continue;
        }
        let name = match &*class.name {
            "" | "normal" => ready.to_owned(),
            class => format!("{ready}, {class}"),
        };
        let fits = usize::from(area.width); // a box takes more than a cell
        let units: Vec<String> = class
            .units
            .iter()
            .take(fits)
            .map(|&unit| driver.label(unit))
            .collect();
        x = boxes(
            area,
            x,
            &name,
            &units,
            look.mark(Mark::Ready),
            context,
            buffer,
        ) + 2;
        named = true;
    }
    if !named {
        boxes(
            area,
            x,
            ready,
            &["–".to_owned()],
            look.quiet(),
            context,
            buffer,
        );
    }
}

/// Draws a name and a row of boxes; returns the column after them.
fn boxes(
    area: Rect,
    x: u16,
    name: &str,
    entries: &[String],
    style: Style,
    context: &Context<'_>,
    buffer: &mut Buffer,
) -> u16 {
    let cells = |x: u16| area.right().saturating_sub(x);
    let x = put(
        buffer,
        x,
        area.y + 1,
        cells(x),
        &format!("{name} "),
        context.look.quiet(),
    );
    let joined = |left: &str, join: &str, right: &str, fill: &dyn Fn(&String) -> String| {
        let entries: Vec<String> = entries.iter().map(fill).collect();
        format!("{left}{}{right}", entries.join(join))
    };
    let rule = |entry: &String| "─".repeat(width(entry) + 2);
    let words = |entry: &String| format!(" {entry} ");
    let rows = [
        joined("┌", "┬", "┐", &rule),
        joined("│", "│", "│", &words),
        joined("└", "┴", "┘", &rule),
    ];
    let mut end = x;
    for (row, text) in (0..area.height.min(3)).zip(rows) {
        end = put(buffer, x, area.y + row, cells(x), &text, style);
    }
    end
}
