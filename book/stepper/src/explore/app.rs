//! The searches in a terminal: draw, hear what is told, wait for a key, repeat.
//!
//! Invariants: (1) a key is answered within a frame, however much is told; (2) whoever
//! steps executions comes back to where they were.
//!
//! Book: chapter 19. Mirror: `crate::app`, of `step`.

use super::{
    child::Child,
    model::{Effect, Model},
};
use crate::{
    command_line::Step,
    failure::{Code, Failure},
    screen::{self, Look},
    signals::Note,
    steps,
    subject::Subject,
    terminal::{self, HANGUP, Screen},
};
use crossterm::{
    clipboard::CopyToClipboard,
    event::{self, Event, KeyCode, KeyEvent, KeyEventKind, MouseEventKind},
    execute,
};
use std::{io, thread, time::Duration};

/// For how long the program is heard in a turn.
const BUDGET: Duration = Duration::from_millis(20);
/// How long a turn waits for a key while the program runs.
const WHILE_RUNNING: Duration = Duration::from_millis(40);
/// How long a turn waits for a key otherwise; signals are seen this late.
const WHILE_IDLE: Duration = Duration::from_millis(200);

/// Shows the searches until the learner leaves. The program is ended by then.
///
/// # Errors
/// A signal came, the terminal refused, or the program told nothing.
pub(super) fn run(mut model: Model, mut child: Child, note: &Note) -> Result<(), Failure> {
    terminal::forget_keys(); // a lesson was built
    let mut screen = Screen::take().map_err(refused)?;
    let look = Look::of_environment();
    let mut changed = true;
    loop {
        if let Some(failure) = note.failure() {
            return Err(failure);
        }
        let was_over = child.is_over();
        let moved = model.take(child.hear(BUDGET));
        changed |= moved || was_over != child.is_over();
        if changed {
            if !model.ending.failed() {
                model.ending = child.ending;
            }
            child.output().clone_into(&mut model.output);
            let draw = |frame: &mut ratatui::Frame<'_>| {
                screen::explore::draw(&model, look, frame.buffer_mut());
            };
            screen.terminal.draw(draw).map_err(refused)?;
            changed = false;
        }
        if child.is_over() && model.silence().is_some() {
            break; // there is nothing to show
        }
        let wait = match (moved, child.is_over()) {
            (true, _) => Duration::ZERO, // (1)
            (false, false) => WHILE_RUNNING,
            (false, true) => WHILE_IDLE,
        };
        let mut ready = terminal::wait(wait).map_err(|error| lost(error, note))?;
        while ready {
            changed = true;
            let effect = take(&mut model, &event::read().map_err(refused)?);
            match effect {
                Effect::None => {}
                Effect::Leave => return Ok(()),
                Effect::Suspend => screen.suspend().map_err(refused)?,
                Effect::Stop => {
                    let told = if child.is_over() {
                        "the program is over: there is nothing to end"
                    } else {
                        child.end();
                        "ended: what was found stays"
                    };
                    model.message = Some(told.to_owned());
                }
                Effect::Copy(text) => {
                    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
                        .map_err(refused)?;
                }
                Effect::Step(of, schedules) => {
                    let stepped = screen.lend(|| step(&model, of, &schedules));
                    if let Err(failure) = stepped.map_err(refused)? {
                        if let Some(failure) = note.failure() {
                            return Err(failure);
                        }
                        model.message = Some(failure.sentence);
                    }
                }
            }
            ready = terminal::wait(Duration::ZERO).map_err(|error| lost(error, note))?;
        }
    }
    drop(screen);
    model.verdict()
}

/// What came from the terminal: the wheel moves the selection.
fn take(model: &mut Model, event: &Event) -> Effect {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => model.press(*key),
        Event::Mouse(mouse) => {
            let code = match mouse.kind {
                MouseEventKind::ScrollDown => KeyCode::Down,
                MouseEventKind::ScrollUp => KeyCode::Up,
                _ => return Effect::None,
            };
            model.press(KeyEvent::from(code))
        }
        _ => Effect::None,
    }
}

/// Steps executions of search `of` beside each other, in a stepper of their own (2).
fn step(model: &Model, of: u32, schedules: &[String]) -> Result<(), Failure> {
    let replay = model.subject.replay(Some(of), schedules);
    steps::run(&Subject::Replay(replay), &Step::default())
}

/// The end after the terminal is gone: the signal that said so, if one did.
fn lost(error: io::Error, note: &Note) -> Failure {
    thread::sleep(HANGUP);
    note.failure().unwrap_or_else(|| refused(error))
}

/// The terminal refused.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` passes")]
fn refused(error: io::Error) -> Failure {
    let sentence = format!("the terminal refused ({error}): try again with --plain");
    Failure::new(Code::System, sentence)
}
