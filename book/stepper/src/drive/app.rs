//! Driving in a terminal: the screen of `step`, one side, with the choices in it.
//!
//! Invariants: (1) a move that cannot be made changes nothing, and says why; (2) a key that
//! takes a search is answered at once, with what is being done.
//!
//! Book: chapter 18. Mirror: `crate::app`, of `step`.

use super::{Game, Stand, command, hint, stand::thread_of};
use crate::{
    explore::source::Lines,
    failure::{Code, Failure},
    model::{Model, Overlay},
    screen::{self, Look},
    signals::Note,
    terminal::{self, HANGUP, Screen},
};
use crossterm::{
    clipboard::CopyToClipboard,
    event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    execute,
};
use std::{io, thread, time::Duration};

/// How long a turn waits for a key; signals are seen this late.
const IDLE: Duration = Duration::from_millis(200);

/// Every key with what it does, in the order of the help.
pub(crate) const HELP: &[(&str, &str)] = &[
    (
        "0 to 9",
        "pick this thread (from 10 on: the letter before its name)",
    ),
    (
        "Enter",
        "the one that went last goes on (▶); all others preempt it (↯)",
    ),
    ("u", "take the last move back"),
    (
        "← →",
        "look at the choice before, after; pick there to go another way",
    ),
    ("Home End", "the first choice, the last one"),
    ("h", "hint: can the goal still be reached, and by whom?"),
    ("S", "say the schedule, and copy the command that steps it"),
    ("r", "begin again"),
    ("q Esc", "leave (Ctrl-C does, too)"),
];

/// What a key wants.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// Nothing.
    None,
    /// To leave.
    Leave,
    /// To stop until `fg`.
    Suspend,
    /// A hint, which takes a while.
    Hint,
    /// This text on the clipboard.
    Copy(String),
}

/// What is shown of a game.
pub(super) fn model(game: &Game, heading: &str, lines: &Lines) -> Model {
    let run = &game.here().run;
    let recording = run.recording(heading);
    let mut model = Model::new(
        format!("drive {heading}"),
        command(game),
        vec![recording],
        &[run.shown()],
    );
    model.stand = Some(Stand::of(game, lines));
    let folder = game.driven().subject.folder.clone();
    crate::sources::Sources::new(folder.into_iter().collect()).fetch(&mut model);
    model
}

/// Drives until the learner leaves.
///
/// # Errors
/// A signal came, the terminal refused, or the program cannot be run.
pub(super) fn run(
    mut game: Game,
    heading: &str,
    lines: &Lines,
    note: &Note,
) -> Result<(), Failure> {
    terminal::forget_keys(); // a lesson was built
    let mut screen = Screen::take().map_err(refused)?;
    let look = Look::of_environment();
    let mut shown = model(&game, heading, lines);
    let mut changed = true;
    loop {
        if let Some(failure) = note.failure() {
            return Err(failure);
        }
        if changed {
            let draw = |frame: &mut ratatui::Frame<'_>| {
                screen::draw(&shown, look, frame.buffer_mut());
            };
            screen.terminal.draw(draw).map_err(refused)?;
            changed = false;
        }
        let mut ready = terminal::wait(IDLE).map_err(|error| lost(error, note))?;
        while ready {
            changed = true;
            let before = game.moves();
            let picked: Vec<u32> = game.picked().collect();
            let wish = match event::read().map_err(refused)? {
                Event::Key(key) if key.kind != KeyEventKind::Release => {
                    press(&mut game, &mut shown, key)?
                }
                _ => Wish::None,
            };
            if game.moves() != before || !game.picked().eq(picked) {
                let message = shown.message.take();
                shown = model(&game, heading, lines);
                shown.message = message;
            }
            match wish {
                Wish::None => {}
                Wish::Leave => return Ok(()),
                Wish::Suspend => screen.suspend().map_err(refused)?,
                Wish::Copy(text) => {
                    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
                        .map_err(refused)?;
                }
                Wish::Hint => {
                    shown.message = Some("searching what can still come ..".to_owned());
                    let draw = |frame: &mut ratatui::Frame<'_>| {
                        screen::draw(&shown, look, frame.buffer_mut());
                    };
                    screen.terminal.draw(draw).map_err(refused)?; // (2)
                    shown.message = None;
                    let told = hint(&mut game)?;
                    shown.overlay = Overlay::Told("hint".to_owned(), told);
                }
            }
            ready = terminal::wait(Duration::ZERO).map_err(|error| lost(error, note))?;
        }
    }
}

/// A key.
///
/// # Errors
/// The program cannot be run; a move that cannot be made is told instead (1).
fn press(game: &mut Game, shown: &mut Model, key: KeyEvent) -> Result<Wish, Failure> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    shown.message = None;
    match key.code {
        KeyCode::Char('c') if control => return Ok(Wish::Leave),
        KeyCode::Char('z') if control => return Ok(Wish::Suspend),
        _ if control => return Ok(Wish::None),
        KeyCode::Up | KeyCode::Down if let Overlay::Help(top) = &mut shown.overlay => {
            let last = HELP.len() - 1;
            let step = if key.code == KeyCode::Down { 1 } else { -1 };
            *top = top.saturating_add_signed(step).min(last);
            return Ok(Wish::None);
        }
        _ if !matches!(shown.overlay, Overlay::None) => {
            shown.overlay = Overlay::None;
            // Whoever knows the answer picks at once.
            if !matches!(key.code, KeyCode::Char('0'..='9')) {
                return Ok(Wish::None);
            }
        }
        _ => {}
    }
    match key.code {
        KeyCode::Char('q') | KeyCode::Esc => return Ok(Wish::Leave),
        KeyCode::Char('?') => shown.overlay = Overlay::Help(0),
        KeyCode::Char('h') => return Ok(Wish::Hint),
        KeyCode::Char('u') | KeyCode::Backspace => {
            let undone = game.undo();
            shown.message = (!undone).then(|| "nothing was picked yet".to_owned());
        }
        KeyCode::Left => game.go(game.moves().0.saturating_sub(1)),
        KeyCode::Right => game.go(game.moves().0 + 1),
        KeyCode::Home => game.go(0),
        KeyCode::End => game.go(usize::MAX),
        KeyCode::Char('r') => {
            game.go(0);
            game.forget();
        }
        KeyCode::Char('S') => {
            let command = command(game);
            shown.message = Some(format!("copied: {command}"));
            return Ok(Wish::Copy(command));
        }
        KeyCode::Enter => {
            if let Some(thread) = game.who_goes_on() {
                pick(game, shown, thread)?;
            } else {
                let text = "nobody goes on by itself here: pick one";
                shown.message = Some(text.to_owned());
            }
        }
        KeyCode::Char(letter) => match thread_of(letter) {
            Some(thread) => pick(game, shown, thread)?,
            None => shown.message = Some(format!("{letter} means nothing here: ? lists the keys")),
        },
        _ => {}
    }
    Ok(Wish::None)
}

/// Picks `thread`, or says why not (1).
fn pick(game: &mut Game, shown: &mut Model, thread: u32) -> Result<(), Failure> {
    match game.pick(thread) {
        Err(failure) if failure.code == Code::Usage as u8 => {
            shown.message = Some(failure.sentence);
            Ok(())
        }
        done => done,
    }
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
