//! What lies under the mouse: the layout, read backwards.
//!
//! Book: appendix "The stepper".

use super::{Context, columns, events, lanes, layout::Pane, stack::Slot, style::Look};
use crate::model::Model;
use ratatui::layout::{Position, Rect};
use stepper::fold::UnitId;

/// What a click means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Spot {
    /// A unit of a view.
    Unit(usize, UnitId),
    /// A step of a view.
    Step(usize, usize),
    /// Nothing in particular of a view.
    View(usize),
}

/// What lies at a place of a screen of this size.
pub(crate) fn spot(model: &Model, size: Rect, place: Position) -> Option<Spot> {
    let columns = columns(model, size)?;
    let column = columns.iter().find(|column| column.area.contains(place))?;
    let index = column.view;
    let view = &model.views[index];
    let slot = column.slots.iter().find(|slot| slot.area.contains(place));
    let inside = slot.and_then(|slot| {
        let context = Context {
            model,
            look: Look { colours: false },
            index,
            view,
            side: model.side(index)?,
            state: view.state(),
        };
        in_pane(&context, slot, place)
    });
    Some(inside.unwrap_or(Spot::View(index)))
}

/// What lies at a place of a pane, if it is anything in particular.
fn in_pane(context: &Context<'_>, slot: &Slot, place: Position) -> Option<Spot> {
    let row = usize::from(place.y - slot.area.y);
    let index = context.index;
    match slot.pane {
        Pane::Units => {
            let rows = usize::from(slot.area.height.saturating_sub(1));
            let unit = *lanes::units(context, rows).get(row.checked_sub(1)?)?;
            Some(Spot::Unit(index, unit.id))
        }
        Pane::Events => {
            let step = events::steps(context, slot.area.height).nth(row)??;
            Some(Spot::Step(index, step))
        }
        Pane::Lanes | Pane::LongLanes => {
            let window = lanes::window(context, slot.area, slot.pane == Pane::LongLanes);
            let unit = *window.units.get(row)?;
            match place.x.checked_sub(window.x) {
                None => Some(Spot::Unit(index, unit)),
                Some(cell) => {
                    let step = window.steps.start + usize::from(cell);
                    window
                        .steps
                        .contains(&step)
                        .then_some(Spot::Step(index, step))
                }
            }
        }
        _ => None,
    }
}
