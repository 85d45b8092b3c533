//! The screen: a frame as a function of the model and the size.
//!
//! ```text
//!  title bar: what is stepped, which step, which time
//!  ┌ side ──────┐┌ side ──────┐   each a column of panes (`layout`)
//!  │ panes      ││ panes      │
//!  └────────────┘└────────────┘
//!  key line, or a message, or what is being typed
//! ```
//!
//! Invariants: (1) drawing changes nothing and never fails, whatever the size;
//! (2) a frame costs a short fold, however long the trace.
//!
//! Left out: the terminal (`terminal`) and when to draw (`app`).
//!
//! Book: appendix "The stepper".

mod bars;
mod column;
mod events;
pub(crate) mod explore;
mod hit;
mod lanes;
mod layout;
mod objects;
mod overlay;
mod queue;
mod source;
mod stack;
mod state;
mod style;
mod text;
mod units;
pub(crate) mod watch;
mod words;

pub(crate) use hit::{Spot, spot};
pub(crate) use style::Look;
pub(crate) use words::without_trace;

use crate::model::{Model, View};
use layout::{Column, Facts};
use ratatui::{buffer::Buffer, layout::Rect};
use stepper::{Side, State};

/// What every pane needs to draw itself.
#[derive(Clone, Copy)]
struct Context<'model> {
    /// The model.
    model: &'model Model,
    /// The look.
    look: Look,
    /// The position of the view.
    index: usize,
    /// The view.
    view: &'model View,
    /// Its side.
    side: &'model Side,
    /// Its state.
    state: &'model State,
}

/// Draws a frame.
pub(crate) fn draw(model: &Model, look: Look, buffer: &mut Buffer) {
    let area = buffer.area;
    let Some(columns) = columns(model, area) else {
        too_small(area, look, buffer);
        return;
    };
    bars::title(model, columns.len(), buffer);
    for column in &columns {
        column::draw(model, look, column, buffer);
    }
    bars::keys(model, look, buffer);
    overlay::draw(model, look, buffer);
}

/// The columns of a frame; None if it is too small for any.
fn columns(model: &Model, area: Rect) -> Option<Vec<Column>> {
    let facts: Vec<Facts> = (0..model.views.len())
        .map(|view| facts(model, view))
        .collect();
    layout::columns(area, &facts, model.focus)
}

/// What of a view's trace the layout depends on.
fn facts(model: &Model, view: usize) -> Facts {
    let rows = model.stand.as_ref().map_or(0, |stand| stand.lines.len());
    let small = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    let driver = model.side(view).and_then(|side| side.last_state().driver());
    let facts = Facts {
        stand: small(rows),
        ..Facts::default()
    };
    driver.map_or(facts, |driver| Facts {
        cpus: u16::try_from(driver.settings.cpus).unwrap_or(u16::MAX),
        units: small(driver.units.len()),
        ..facts
    })
}

/// Asks for more room.
fn too_small(area: Rect, look: Look, buffer: &mut Buffer) {
    let (width, height) = layout::SMALLEST;
    let sentence = format!(
        "This window is too small: {}x{}. Please make it {width}x{height} or larger. q leaves.",
        area.width, area.height
    );
    let lines = text::wrap_in(&sentence, area.width.into(), area.height.into());
    for (row, words) in (0..).zip(lines) {
        text::line(buffer, area, row, &words, look.here());
    }
}

#[cfg(test)]
mod tests;
