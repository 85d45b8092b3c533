//! `exercise watch`: checks whenever the learner saves, and shows what it says.
//!
//! One turn, in these numbers:
//! 1. a signal ends it;
//! 2. what a check that is over said is shown, and a pass remembered;
//! 3. if the file is not what was checked last, a check begins beside us;
//! 4. if anything changed, a frame is drawn;
//! 5. keys.
//!
//! Invariants: (1) a key is answered within a frame, also while cargo is at work;
//! (2) what a check said is printed again when the screen is left, so it can be read
//! and copied.
//!
//! Left out: the operating system's word on files that change. Editors write them in
//! many ways, and networks tell of none; the text itself is read a few times a second.
//!
//! Book: "Exercises" in the introduction.

mod model;

use super::catalog::{Catalog, Exercise};
use super::progress::Progress;
use super::workshop::Workshop;
use super::{hint_text, reset, telling};
use crate::failure::{Code, Failure};
use crate::screen::{self, Look};
use crate::steps;
use crate::terminal::{self, HANGUP, Screen};
use crossterm::event::{self, Event, KeyEventKind, MouseEventKind};
use model::Effect;
pub(crate) use model::{KEYS, Model, Verdict};
use std::io::{self, Write};
use std::process::Command;
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;
use std::{env, fs};

/// How long a turn waits for a key: so late a save is seen.
const IDLE: Duration = Duration::from_millis(150);

/// A check beside us, or the reason why there was none.
type Checking<'scope> = ScopedJoinHandle<'scope, Result<Verdict, Failure>>;

/// A watcher.
#[derive(Debug)]
struct Watcher<'a, 'scope> {
    /// The exercises.
    catalog: &'a Catalog,
    /// Where they are built and run.
    workshop: &'a Workshop,
    /// What was done.
    progress: &'a mut Progress,
    /// The exercise that is watched.
    exercise: &'a Exercise,
    /// What is shown.
    model: Model,
    /// The text that was checked last, or is being checked.
    checked: Option<Vec<u8>>,
    /// The check that is running, and of which exercise.
    checking: Option<(&'a Exercise, Checking<'scope>)>,
}

/// Watches the exercise until the learner leaves.
///
/// # Errors
/// There is no terminal, or it refused; a signal came; a file cannot be written.
pub(super) fn watch(
    catalog: &Catalog,
    exercise: &Exercise,
    progress: &mut Progress,
) -> Result<(), Failure> {
    if !steps::is_screen() {
        let sentence =
            "there is no terminal to watch in: `cargo run -- exercise check` checks once";
        return Err(Failure::new(Code::Usage, sentence));
    }
    let workshop = Workshop::open(&catalog.root)?;
    let (workshop, last) = (&workshop, &mut None);
    let outcome = thread::scope(|scope| {
        let mut watcher = Watcher {
            catalog,
            workshop,
            progress,
            exercise,
            model: model_of(exercise),
            checked: None,
            checking: None,
        };
        let outcome = watcher.run(scope);
        workshop.close(); // a check that is running is for nobody now
        *last = watcher.model.verdict;
        outcome
    });
    if let Some(verdict) = last {
        write!(io::stdout(), "{}", verdict.text)?; // (2)
    }
    outcome
}

/// What is shown of an exercise before its first check.
fn model_of(exercise: &Exercise) -> Model {
    let name = exercise.name.replace('_', " ");
    Model::new(
        format!("{} {name}", exercise.number),
        exercise.shown("exercise.rs"),
    )
}

impl<'a, 'scope> Watcher<'a, 'scope>
where
    'a: 'scope,
{
    /// Runs until the learner leaves.
    fn run<'env>(&mut self, scope: &'scope Scope<'scope, 'env>) -> Result<(), Failure> {
        let mut screen = Screen::take().map_err(refused)?;
        let look = Look::of_environment();
        loop {
            if let Some(failure) = self.workshop.failure() {
                return Err(failure); // 1
            }
            self.hear()?; // 2
            self.begin(scope); // 3
            let model = &mut self.model;
            let draw = |frame: &mut ratatui::Frame<'_>| {
                screen::watch::draw(model, look, frame.buffer_mut());
            };
            screen.terminal.draw(draw).map_err(refused)?; // 4
            let mut ready = terminal::wait(IDLE).map_err(|error| self.lost(error))?;
            while ready {
                let effect = match event::read().map_err(refused)? {
                    Event::Key(key) if key.kind != KeyEventKind::Release => self.model.press(key),
                    Event::Mouse(mouse) => {
                        self.wheel(mouse.kind);
                        Effect::None
                    }
                    _ => Effect::None,
                };
                if effect == Effect::Leave {
                    return Ok(());
                }
                self.take(effect, &mut screen)?; // 5
                ready = terminal::wait(Duration::ZERO).map_err(|error| self.lost(error))?;
            }
        }
    }

    /// Shows what a check that is over said (2).
    fn hear(&mut self) -> Result<(), Failure> {
        let over = |(_, checking): &mut (&Exercise, Checking<'_>)| checking.is_finished();
        let Some((exercise, checking)) = self.checking.take_if(over) else {
            return Ok(());
        };
        self.model.checking = false;
        let verdict = checking.join().expect("checking does not panic")?;
        if verdict.passed {
            let kept = self.progress.pass(exercise);
            self.say_failure(kept);
        }
        if exercise.name == self.exercise.name {
            self.model.hear(verdict);
        }
        Ok(())
    }

    /// Begins a check if the text is another one (3).
    fn begin<'env>(&mut self, scope: &'scope Scope<'scope, 'env>) {
        if self.checking.is_some() {
            return; // what was saved meanwhile is seen after it
        }
        // What cannot be read is another text too: the check says why.
        let text = fs::read(self.exercise.file("exercise.rs")).unwrap_or_default();
        if self.checked.as_ref() == Some(&text) {
            return;
        }
        self.checked = Some(text);
        let (workshop, exercise) = (self.workshop, self.exercise);
        let checking = scope.spawn(move || check(workshop, exercise));
        self.checking = Some((exercise, checking));
        self.model.checking = true;
    }

    /// Does what only the program can do for a key.
    fn take(&mut self, effect: Effect, screen: &mut Screen) -> Result<(), Failure> {
        match effect {
            Effect::None | Effect::Leave => {}
            Effect::Check => self.checked = None,
            Effect::Suspend => screen.suspend().map_err(refused)?,
            Effect::Hint => {
                let told = hint_text(self.exercise, self.progress).and_then(|(hint, kept)| {
                    self.model.hint = Some(hint);
                    self.model.top = 0;
                    kept
                });
                self.say_failure(told);
            }
            Effect::Next => self.go_on(),
            Effect::Reset => {
                let mut words = Vec::new();
                let done = reset::reset(self.exercise, true, self.progress, &mut words);
                let words = String::from_utf8_lossy(&words).replace('\n', " ");
                self.model.message = Some(words);
                self.say_failure(done);
            }
            Effect::Step => screen.lend(|| self.step()).map_err(refused)??,
        }
        Ok(())
    }

    /// Says what went wrong, which ends nothing.
    fn say_failure(&mut self, done: Result<(), Failure>) {
        if let Err(failure) = done {
            self.model.message = Some(failure.sentence);
        }
    }

    /// Goes to the exercise to do after this one, the first after the last.
    fn go_on(&mut self) {
        let all = &self.catalog.exercises;
        let here = all
            .iter()
            .position(|exercise| exercise.name == self.exercise.name);
        let (before, after) = all.split_at(here.map_or(0, |here| here + 1));
        let mut others = after.iter().chain(before);
        let next = others.find(|exercise| {
            !self.progress.is_over(&exercise.name) && exercise.name != self.exercise.name
        });
        match next {
            None => self.model.message = Some("there is no other that is to do".to_owned()),
            Some(next) => {
                self.exercise = next;
                self.model = model_of(next);
                self.model.checking = self.checking.is_some();
                self.checked = None;
            }
        }
    }

    /// Steps what failed, in a stepper of its own.
    fn step(&self) -> Result<(), Failure> {
        let words = self.model.verdict.iter().flat_map(|it| &it.step);
        let stepper = env::current_exe()?;
        Command::new(stepper)
            .args(words)
            .current_dir(&self.catalog.root)
            .status()?;
        Ok(())
    }

    /// The wheel scrolls.
    fn wheel(&mut self, kind: MouseEventKind) {
        match kind {
            MouseEventKind::ScrollDown => self.model.top += 3,
            MouseEventKind::ScrollUp => self.model.top = self.model.top.saturating_sub(3),
            _ => {}
        }
    }

    /// The end after the terminal is gone: the signal that said so, if one did.
    fn lost(&self, error: io::Error) -> Failure {
        thread::sleep(HANGUP);
        self.workshop.failure().unwrap_or_else(|| refused(error))
    }
}

/// Builds and runs the checks of one exercise.
fn check(workshop: &Workshop, exercise: &Exercise) -> Result<Verdict, Failure> {
    let shown = exercise.shown("exercise.rs");
    let program = match workshop.build_quietly(&exercise.name)? {
        Ok(program) => program,
        Err(said) => {
            return Ok(Verdict {
                text: format!("✗ {shown} does not compile:\n\n{said}\n"),
                ..Verdict::default()
            });
        }
    };
    let run = workshop.judge(exercise, &program, "exercise", 0)?;
    let mut text = Vec::new();
    telling::tell(&mut text, exercise, &run)?;
    Ok(Verdict {
        passed: run.passed(),
        text: String::from_utf8_lossy(&text).into_owned(),
        step: telling::step(&run),
    })
}

/// The terminal refused.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` passes")]
fn refused(error: io::Error) -> Failure {
    let sentence = format!("the terminal refused ({error}): try `cargo run -- exercise check`");
    Failure::new(Code::System, sentence)
}
