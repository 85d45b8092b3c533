//! The keys: what each does to the model.
//!
//! A pure function: [`press`] changes the model and returns an [`Effect`] for
//! what only the program can do. The help is made from the same table.
//!
//! Book: appendix "The stepper".

use crate::model::{Effect, Model, Move, Overlay, SPEEDS, prompt::Purpose};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use stepper::{fold::UnitId, trace::Direction};

/// Every key with what it does, in the order of the help.
pub(crate) const HELP: &[(&str, &str)] = &[
    ("→ ←", "one step on, one back"),
    ("↓ ↑", "to the next, the previous change of who runs"),
    ("PgDn PgUp", "20 steps"),
    ("Home End", "to the beginning, to the end"),
    ("space", "play, or stop;  + -  faster, slower"),
    ("tab", "to the next side"),
    (
        "l",
        "linked: all sides step (a marked place waits for its twins)",
    ),
    (
        "1 2 ..",
        "select a unit; Enter: that of the step, or none again",
    ),
    ("] [", "next, previous step of the selected unit"),
    ("/ n N", "find in events, names and output; next; previous"),
    (
        "b c",
        "stop at (preempted, pong, :14, total > 2); run to it; b and Enter, or \
         the same again, removes it",
    ),
    ("g", "go to a step (7) or a time (5 ms)"),
    (
        "s",
        "the source: the program's line, or ours that took the step",
    ),
    (
        "d",
        "to the first difference (≠) of two runs, if that is what is shown",
    ),
    ("p", "predict: who runs next, what is stored; again to stop"),
    ("w", "why: the chain of steps that led here"),
    ("y", "copy the command that shows just this"),
    ("r", "run again, after an edit"),
    ("mouse", "click a unit, an event or a lane; the wheel steps"),
    ("Ctrl-Z", "stop until `fg`"),
    (
        "q Esc",
        "leave (Ctrl-C does, too); Esc clears a message first",
    ),
];

/// What a key does to the model, and what is left to the program.
pub(crate) fn press(model: &mut Model, key: KeyEvent) -> Effect {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let told = model.message.take().is_some();
    if control && key.code == KeyCode::Char('z') {
        return Effect::Suspend;
    }
    if control && key.code == KeyCode::Char('c') {
        return Effect::Leave;
    }
    if model.prompt.is_some() {
        model.type_key(key);
        return Effect::None;
    }
    if model.predict.question.is_some() {
        model.answer_key(key);
        return Effect::None;
    }
    if !matches!(model.overlay, Overlay::None) {
        return in_overlay(model, key);
    }
    if control || (told && key.code == KeyCode::Esc) {
        return Effect::None; // the message is cleared, nothing more
    }
    let moved = match key.code {
        KeyCode::Right => Some(Move::Forward),
        KeyCode::Left => Some(Move::Back),
        KeyCode::Down => Some(Move::NextSwitch),
        KeyCode::Up => Some(Move::PreviousSwitch),
        KeyCode::PageDown => Some(Move::PageForward),
        KeyCode::PageUp => Some(Move::PageBack),
        KeyCode::Home => Some(Move::Home),
        KeyCode::End => Some(Move::End),
        _ => None,
    };
    if let Some(moved) = moved {
        model.playing = false;
        if !model.make(moved) {
            say_why_not(model, moved);
        }
        return Effect::None;
    }
    other(model, key.code)
}

/// Says why a move led nowhere, unless it asked a question or waits for more.
fn say_why_not(model: &mut Model, moved: Move) {
    let goes_along = moved == Move::End && model.is_open();
    let asked = model.predict.question.is_some() || model.message.is_some();
    if asked || goes_along || model.side(model.focus).is_none() {
        return;
    }
    let sentence = match (moved.is_forward(), model.is_open()) {
        (true, true) => "this is the last step so far",
        (true, false) => "this is the last step",
        (false, _) => "this is the first step",
    };
    model.message = Some(sentence.to_owned());
}

/// The keys that do not move.
fn other(model: &mut Model, code: KeyCode) -> Effect {
    match code {
        KeyCode::Char('q') | KeyCode::Esc => return Effect::Leave,
        KeyCode::Char('r') => return Effect::RunAgain,
        KeyCode::Char('y') => {
            let command = model.reproduce();
            model.message = Some(format!("copied: {command}"));
            return Effect::Copy(command);
        }
        KeyCode::Char(' ') => model.playing = !model.playing,
        KeyCode::Char('+' | '=') => change_speed(model, 1),
        KeyCode::Char('-') => change_speed(model, -1),
        KeyCode::Tab | KeyCode::BackTab => model.focus = (model.focus + 1) % model.views.len(),
        KeyCode::Char('l') => {
            model.linked = !model.linked;
            let how = if model.linked {
                "together"
            } else {
                "each by itself"
            };
            model.message = Some(format!("the sides step {how}"));
        }
        KeyCode::Char(digit @ '0'..='9') => select_by_digit(model, digit),
        KeyCode::Enter => select_current(model),
        KeyCode::Char(']') => _ = model.along_unit(true),
        KeyCode::Char('[') => _ = model.along_unit(false),
        KeyCode::Char('/') => model.ask(Purpose::Search),
        KeyCode::Char('n') => model.seek(Direction::Forwards),
        KeyCode::Char('N') => model.seek(Direction::Backwards),
        KeyCode::Char('b') => model.ask(Purpose::Breakpoint),
        KeyCode::Char('c') => model.run_to_breakpoint(),
        KeyCode::Char('g') => model.ask(Purpose::Go),
        KeyCode::Char('s') => model.ours = !model.ours,
        KeyCode::Char('p') => model.toggle_predicting(),
        KeyCode::Char('w') => ask_why(model),
        KeyCode::Char('d') => model.go_to_difference(),
        KeyCode::Char('?') => model.overlay = Overlay::Help(0),
        _ => {}
    }
    Effect::None
}

/// Keys while something lies over the screen.
fn in_overlay(model: &mut Model, key: KeyEvent) -> Effect {
    match (&mut model.overlay, key.code) {
        (Overlay::Help(top), KeyCode::Down) => *top = (*top + 1).min(HELP.len() - 1),
        (Overlay::Help(top), KeyCode::Up) => *top = top.saturating_sub(1),
        (Overlay::Why(chain, selected), KeyCode::Down) => {
            *selected = (*selected + 1).min(chain.len().saturating_sub(1));
        }
        (Overlay::Why(_, selected), KeyCode::Up) => *selected = selected.saturating_sub(1),
        (Overlay::Why(chain, selected), KeyCode::Enter) => {
            let step = chain.get(*selected).map(|link| link.0);
            model.overlay = Overlay::None;
            if let Some(step) = step {
                model.go(model.focus, step);
            }
        }
        (Overlay::Greeting(_), KeyCode::Char('q') | KeyCode::Esc) => return Effect::Leave,
        _ => model.overlay = Overlay::None,
    }
    Effect::None
}

/// Plays faster or slower, within what there is.
fn change_speed(model: &mut Model, change: isize) {
    let speed = model.speed.saturating_add_signed(change);
    model.speed = speed.min(SPEEDS.len() - 1);
    model.message = Some(format!("a step every {} ms", SPEEDS[model.speed]));
}

/// Selects the unit of a digit, or, right after another, of both digits.
fn select_by_digit(model: &mut Model, digit: char) {
    let digit = digit.to_digit(10).expect("the caller matched a digit");
    let driver = model.focused().state().driver();
    let longer = model
        .focused()
        .selected
        .and_then(|unit| unit.number.checked_mul(10)?.checked_add(digit));
    let there = |number: &u32| driver.is_some_and(|driver| driver.units.get(*number).is_some());
    let found = longer.filter(|&number| number > 9).filter(there);
    let found = found.or(Some(digit).filter(there));
    if let (Some(driver), Some(number)) = (driver, found) {
        let unit = UnitId {
            driver: driver.number,
            number,
        };
        model.message = Some(format!("selected: {}", driver.label(number)));
        model.select(model.focus, Some(unit));
    } else {
        let unit = model
            .side(model.focus)
            .map_or("unit", |side| side.target.unit().word());
        model.message = Some(format!("there is no {unit} {digit} at this step"));
    }
}

/// Selects the unit of the step; none if it already is.
fn select_current(model: &mut Model) {
    let view = model.focused();
    let side = model.side(model.focus);
    let current = side
        .and_then(|side| side.event_of_step(view.step()))
        .and_then(|event| event.unit());
    let unit = if view.selected == current {
        None
    } else {
        current
    };
    model.select(model.focus, unit);
}

/// Shows the chain that led to what the unit does.
fn ask_why(model: &mut Model) {
    let chain = match (model.side(model.focus), model.unit(model.focus)) {
        (Some(side), Some(unit)) => stepper::why(side, model.focused().step(), unit),
        _ => Vec::new(),
    };
    if chain.is_empty() {
        model.message = Some("nothing led here: select a unit first (1, 2, ..)".to_owned());
    } else {
        model.overlay = Overlay::Why(chain, 0);
    }
}
