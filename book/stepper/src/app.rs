//! The stepper in a terminal: draw, wait for a key or for more to read, repeat.
//!
//! One turn, in these numbers:
//! 1. a signal ends it;
//! 2. what the programs wrote is read, for a short while at most;
//! 3. playing takes a step if one is due;
//! 4. if anything changed, a frame is drawn;
//! 5. keys and the mouse change the model.
//!
//! Invariants: (1) a key is answered within a frame, however much there is to
//! read; (2) nothing is drawn while nothing changes.
//!
//! Book: appendix "The stepper".

use crate::{
    children::{Twins, groups::Groups},
    failure::{Code, Failure},
    keys,
    model::{Effect, Model, Move, SPEEDS},
    mouse::mouse,
    screen::{self, Look},
    signals::Note,
    sources::Sources,
    subject::{Opened, Subject},
    terminal::{self, HANGUP, Screen},
};
use crossterm::{
    clipboard::CopyToClipboard,
    event::{self, Event, KeyEventKind},
    execute,
};
use ratatui::layout::Rect;
use std::{
    io::{self, Write},
    thread,
    time::{Duration, Instant},
};

/// For how long programs are read in a turn.
const BUDGET: Duration = Duration::from_millis(20);
/// How long a turn waits for a key while programs run.
const WHILE_RUNNING: Duration = Duration::from_millis(40);
/// How long a turn waits for a key otherwise; signals are seen this late.
const WHILE_IDLE: Duration = Duration::from_millis(200);

/// A stepper in a terminal.
#[derive(Debug)]
pub(crate) struct App {
    /// What is stepped, to run it again.
    pub(crate) subject: Subject,
    /// Whether its bytes are to be saved.
    pub(crate) raw: bool,
    /// What is shown.
    pub(crate) model: Model,
    /// The programs.
    pub(crate) twins: Twins,
    /// The source files.
    pub(crate) sources: Sources,
    /// Where programs are listed.
    pub(crate) groups: Groups,
    /// Whether a signal came.
    pub(crate) note: Note,
    /// Whether the learner saw the last step of any side.
    pub(crate) to_its_end: bool,
}

impl App {
    /// Runs until the learner leaves. The programs are ended by then.
    ///
    /// # Errors
    /// A signal came, the terminal refused, or a program cannot be started.
    pub(crate) fn run(&mut self) -> Result<(), Failure> {
        if matches!(self.subject, Subject::Lesson(..) | Subject::Replay(_)) {
            terminal::forget_keys(); // a lesson was built; a file's keys may be early, but are meant
        }
        let mut screen = Screen::take().map_err(refused)?;
        let look = Look::of_environment();
        let mut changed = true;
        let mut next_step = Instant::now();
        loop {
            if let Some(failure) = self.note.failure() {
                return Err(failure); // 1
            }
            let moved = self.twins.pump(&mut self.model.recordings, BUDGET)?; // 2
            if moved {
                self.model.refresh();
                changed = true;
            }
            if self.model.playing && Instant::now() >= next_step {
                self.play(); // 3
                next_step = Instant::now() + Duration::from_millis(SPEEDS[self.model.speed]);
                changed = true;
            }
            if changed {
                self.sources.fetch(&mut self.model);
                let model = &self.model;
                let draw = |frame: &mut ratatui::Frame<'_>| {
                    screen::draw(model, look, frame.buffer_mut());
                };
                screen.terminal.draw(draw).map_err(refused)?; // 4
                self.to_its_end |= self.model.is_at_an_end();
                changed = false;
            }
            let wait = match (moved, self.model.is_open()) {
                (true, _) => Duration::ZERO,
                (false, true) => WHILE_RUNNING,
                (false, false) => WHILE_IDLE,
            };
            let due = next_step.saturating_duration_since(Instant::now());
            let wait = if self.model.playing {
                wait.min(due)
            } else {
                wait
            };
            let mut ready = terminal::wait(wait).map_err(|error| self.lost(error))?;
            while ready {
                changed = true;
                if !self.take(&event::read().map_err(refused)?, &mut screen)? {
                    return Ok(());
                }
                ready = terminal::wait(Duration::ZERO).map_err(|error| self.lost(error))?;
            }
        }
    }

    /// The end after the terminal is gone: the signal that said so, if one did.
    fn lost(&self, error: io::Error) -> Failure {
        thread::sleep(HANGUP);
        self.note.failure().unwrap_or_else(|| refused(error))
    }

    /// Takes a step while it plays; stops at the end and at a breakpoint.
    fn play(&mut self) {
        let moved = self.model.make(Move::Forward);
        if self.model.at_breakpoint(self.model.focus) || !(moved || self.model.is_open()) {
            self.model.playing = false;
        }
    }

    /// What came from the terminal (5); false if the learner leaves.
    fn take(&mut self, event: &Event, screen: &mut Screen) -> Result<bool, Failure> {
        let effect = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                keys::press(&mut self.model, *key)
            }
            Event::Mouse(event) => {
                let size = screen.terminal.size().map_err(refused)?;
                mouse(
                    &mut self.model,
                    *event,
                    Rect::from((ratatui::layout::Position::ORIGIN, size)),
                );
                Effect::None
            }
            _ => Effect::None,
        };
        match effect {
            Effect::None => {}
            Effect::Leave => return Ok(false),
            Effect::Copy(text) => {
                execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
                    .map_err(refused)?;
            }
            Effect::Suspend => screen.suspend().map_err(refused)?,
            Effect::RunAgain => screen.lend(|| self.run_again()).map_err(refused)??,
        }
        Ok(true)
    }

    /// Builds and runs it again, and goes to the same steps. A lesson that does
    /// not compile any more leaves everything as it is, after cargo's message.
    fn run_again(&mut self) -> Result<(), Failure> {
        self.twins.end();
        let steps: Vec<usize> = self
            .model
            .views
            .iter()
            .map(crate::model::View::step)
            .collect();
        match self.subject.open(&self.groups, self.raw) {
            Ok(opened) => {
                terminal::forget_keys();
                self.renew(opened, &steps);
                Ok(())
            }
            Err(failure) if failure.code == Code::BuildFailed as u8 => {
                writeln!(
                    io::stderr(),
                    "\n{failure}. Enter goes back to the run before."
                )?;
                let mut line = String::new();
                io::stdin().read_line(&mut line)?;
                self.model.message = Some("this is the run before the edit".to_owned());
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Takes over a new run, with what the learner had set in the one before.
    fn renew(&mut self, opened: Opened, steps: &[usize]) {
        let old = &mut self.model;
        let mut model = Model::new(&*old.heading, &*old.command, opened.recordings, steps);
        model.questions = opened.questions;
        model.linked = old.linked;
        model.speed = old.speed;
        model.ours = old.ours;
        model.sought = old.sought.take();
        model.breakpoint = old.breakpoint.take();
        model.focus = old.focus.min(model.views.len() - 1);
        model.message = Some("run again".to_owned());
        self.model = model;
        self.twins = opened.twins;
        self.sources = opened.sources;
    }
}

/// The terminal refused.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` passes")]
fn refused(error: io::Error) -> Failure {
    let sentence = format!("the terminal refused ({error}): try again with --plain");
    Failure::new(Code::System, sentence)
}
