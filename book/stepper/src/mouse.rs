//! The mouse: a click selects or goes, the wheel steps.
//!
//! Book: appendix "The stepper".

use crate::{
    model::{Model, Move, Overlay},
    screen::{Spot, spot},
};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

/// What the mouse did, to the model. Whether it changed anything.
pub(crate) fn mouse(model: &mut Model, event: MouseEvent, size: Rect) -> bool {
    let busy = model.prompt.is_some()
        || model.predict.question.is_some()
        || !matches!(model.overlay, Overlay::None);
    let place = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) if !busy => {
            model.message = None;
            model.playing = false;
            match spot(model, size, place) {
                Some(Spot::Unit(view, unit)) => {
                    model.focus = view;
                    let selected = model.views[view].selected;
                    model.select(view, (selected != Some(unit)).then_some(unit));
                }
                Some(Spot::Step(view, step)) => {
                    model.focus = view;
                    model.go(view, step);
                }
                Some(Spot::View(view)) => model.focus = view,
                None => return false,
            }
        }
        MouseEventKind::Down(_) if !matches!(model.overlay, Overlay::None) => {
            model.overlay = Overlay::None;
        }
        MouseEventKind::ScrollDown if !busy => _ = model.make(Move::Forward),
        MouseEventKind::ScrollUp if !busy => _ = model.make(Move::Back),
        _ => return false,
    }
    true
}
