//! The last and the next events, the one of the step marked.
//!
//! Book: appendix "The stepper".

use super::{
    Context,
    text::{line, put, width},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// The step that each row shows, from the first; None for an empty row.
pub(super) fn steps(context: &Context<'_>, rows: u16) -> impl Iterator<Item = Option<usize>> {
    let step = context.view.step();
    let last = if context.model.hides_the_future() {
        step
    } else {
        context.side.len()
    };
    let before = usize::from(rows / 2);
    (0..usize::from(rows)).map(move |row| {
        (step + row)
            .checked_sub(before)
            .filter(|shown| (1..=last).contains(shown))
    })
}

/// Draws the events around the step.
pub(super) fn draw(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    for (row, step) in (0..).zip(steps(context, area.height)) {
        let Some(step) = step else {
            continue;
        };
        let Some(event) = context.side.event_of_step(step) else {
            continue;
        };
        let now = context.view.step();
        let differs = context.model.difference.step() == Some(step);
        let mark = match (step == now, differs) {
            (_, true) => '≠',
            (true, false) => '▶',
            (false, false) => ' ',
        };
        let text = format!("{mark}{step:>5} {}", event.summary());
        let style = match step.cmp(&now) {
            std::cmp::Ordering::Less => Style::new(),
            std::cmp::Ordering::Equal => context.look.here(),
            std::cmp::Ordering::Greater => context.look.quiet(),
        };
        line(buffer, area, row, &text, style);
        // Where there is room the line of the program, at the right.
        if let Some(at) = event.at() {
            let place = format!(" {}:{} ", at.file_name(), at.line);
            let cells = width(&place);
            if cells + width(&text) <= area.width.into() {
                let cells = u16::try_from(cells).expect("it fits into the area");
                let x = area.right() - cells;
                put(buffer, x, area.y + row, cells, &place, context.look.quiet());
            }
        }
    }
}
