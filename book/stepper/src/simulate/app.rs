//! The contest in a terminal: draw, wait for a key, repeat.
//!
//! Invariant: (1) exporting never writes over a file.
//!
//! Book: appendix "The stepper". Mirror: `crate::app`, of `step`.

use super::{
    contest::Contest,
    model::{Effect, Model},
    screen, svg,
};
use crate::{
    children::groups::Groups,
    failure::{Code, Failure},
    screen::Look,
    signals::{self, Note},
    terminal::{self, HANGUP, Screen},
};
use crossterm::event::{self, Event, KeyEventKind, MouseEventKind};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    thread,
    time::Duration,
};

/// How long a turn waits for a key; signals are seen this late.
const IDLE: Duration = Duration::from_millis(200);
/// How many pictures of one workload a folder may hold.
const PICTURES: u32 = 1000;

/// Shows the contest until somebody leaves.
///
/// # Errors
/// A signal came, or the terminal refused.
pub(super) fn run(contest: Contest) -> Result<(), Failure> {
    let note = signals::watch(Groups::default())?;
    let mut model = Model::new(contest);
    let mut screen = Screen::take().map_err(refused)?;
    let look = Look::of_environment();
    loop {
        let draw = |frame: &mut ratatui::Frame<'_>| {
            screen::draw(&model, look, frame.buffer_mut());
        };
        screen.terminal.draw(draw).map_err(refused)?;
        while !terminal::wait(IDLE).map_err(|error| lost(error, &note))? {
            if let Some(failure) = note.failure() {
                return Err(failure);
            }
        }
        match event::read().map_err(refused)? {
            Event::Key(key) if key.kind != KeyEventKind::Release => match model.press(key) {
                Effect::None => {}
                Effect::Leave => return Ok(()),
                Effect::Suspend => screen.suspend().map_err(refused)?,
                Effect::Export => model.message = Some(export(&model.contest)),
            },
            Event::Mouse(mouse) => wheel(&mut model, mouse.kind),
            _ => {}
        }
        if let Some(failure) = note.failure() {
            return Err(failure);
        }
    }
}

/// The wheel steps.
fn wheel(model: &mut Model, kind: MouseEventKind) {
    let code = match kind {
        MouseEventKind::ScrollDown => event::KeyCode::Right,
        MouseEventKind::ScrollUp => event::KeyCode::Left,
        _ => return,
    };
    model.press(event::KeyEvent::new(code, event::KeyModifiers::NONE));
}

/// Writes the picture into the present folder, and says how that went.
fn export(contest: &Contest) -> String {
    let stem = Path::new(&contest.workload.name).file_stem();
    let stem = stem.map_or("simulation".into(), |stem| stem.to_string_lossy());
    for number in 1..=PICTURES {
        let name = match number {
            1 => format!("{stem}.svg"),
            _ => format!("{stem}-{number}.svg"),
        };
        let written = File::create_new(&name).and_then(|mut file| {
            let mut picture = Vec::new();
            svg::write(contest, &mut picture)?;
            file.write_all(&picture)
        });
        match written {
            Ok(()) => return format!("written: {name}"),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {} // (1)
            Err(error) => return format!("{name} cannot be written: {error}"),
        }
    }
    format!("there are {PICTURES} pictures called {stem} here already")
}

/// The end after the terminal is gone: the signal that said so, if one did.
fn lost(error: io::Error, note: &Note) -> Failure {
    thread::sleep(HANGUP);
    note.failure().unwrap_or_else(|| refused(error))
}

/// The terminal refused.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` passes")]
fn refused(error: io::Error) -> Failure {
    let sentence = format!("the terminal refused ({error}): try again with --format text");
    Failure::new(Code::System, sentence)
}
