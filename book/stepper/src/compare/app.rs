//! The comparison in a terminal: bars that grow as runs are made.
//!
//! One thread measures, and sends what there is after each run; this one draws, and
//! waits for a key. A frame is drawn when something has changed, so that the measured
//! have the machine to themselves.
//!
//! Invariants: (1) to leave ends the run that is under way, and keeps those before.
//!
//! Book: chapter 25. Mirror: `crate::simulate::app`.

use super::{
    bench::Bench,
    model::{Effect, Model},
    plan::Plan,
    results::Results,
    runs, screen,
};
use crate::{
    children::groups::Groups,
    failure::{Code, Failure},
    screen::Look,
    signals::Note,
    terminal::{self, HANGUP, Screen},
};
use crossterm::event::{self, Event, KeyEventKind};
use std::{
    io,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

/// How long a turn waits for a key; news are seen this late.
const IDLE: Duration = Duration::from_millis(250);

/// Measures and shows it until somebody leaves: what was measured, and the signal or the
/// refusal that ended it early.
pub(super) fn run(
    plan: &Plan,
    bench: &Bench,
    groups: &Groups,
    note: &Note,
    mut results: Results,
) -> (Results, Option<Failure>) {
    let stop = AtomicBool::new(false);
    let mut model = Model::new(results.clone());
    let (send, news) = channel();
    let ended = thread::scope(|scope| {
        let measuring = scope.spawn(|| {
            let send = send; // its end is the last of the news
            runs::make(plan, bench, note, &stop, &mut results, |results, told| {
                // Nobody listens once the screen was left.
                let _ = send.send((results.clone(), told.to_owned()));
            })
        });
        let ended = show(&mut model, &news, note).err();
        stop.store(true, Ordering::Release);
        if !measuring.is_finished() {
            groups.close(); // (1)
        }
        let interrupted = measuring.join().unwrap_or(None);
        ended.or(interrupted)
    });
    (results, ended)
}

/// Shows what comes until somebody leaves.
fn show(model: &mut Model, news: &Receiver<(Results, String)>, note: &Note) -> Result<(), Failure> {
    terminal::forget_keys(); // those typed while cargo was at work are for nobody
    let mut screen = Screen::take().map_err(refused)?;
    let look = Look::of_environment();
    let mut is_new = true;
    loop {
        loop {
            match news.try_recv() {
                Ok((results, told)) => (model.results, model.told, is_new) = (results, told, true),
                Err(std::sync::mpsc::TryRecvError::Empty) => break,
                Err(std::sync::mpsc::TryRecvError::Disconnected) => {
                    is_new |= !model.is_over;
                    model.is_over = true;
                    break;
                }
            }
        }
        if is_new {
            let draw = |frame: &mut ratatui::Frame<'_>| {
                screen::draw(model, look, frame.buffer_mut());
            };
            screen.terminal.draw(draw).map_err(refused)?;
            is_new = false;
        }
        if let Some(failure) = note.failure() {
            return Err(failure);
        }
        if !terminal::wait(IDLE).map_err(|error| lost(error, note))? {
            continue;
        }
        is_new = true;
        if let Event::Key(key) = event::read().map_err(refused)?
            && key.kind != KeyEventKind::Release
        {
            match model.press(key) {
                Effect::None => {}
                Effect::Leave => return Ok(()),
                Effect::Suspend => screen.suspend().map_err(refused)?,
            }
        }
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
