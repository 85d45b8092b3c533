//! `step`: opens the screen, or prints, and saves.
//!
//! Book: appendix "The stepper".

use crate::{
    app::App,
    children::groups::Groups,
    command_line::Step,
    exercise,
    failure::{Code, Failure},
    files,
    model::{Difference, Model, Overlay},
    plain,
    replay::Replay,
    signals,
    subject::Subject,
};
use std::{
    env,
    io::{self, IsTerminal, Write},
};

/// Steps a subject as the command line wants it.
///
/// # Errors
/// Whatever ends it early; a program that failed, if there is no screen.
pub(crate) fn run(subject: &Subject, step: &Step) -> Result<(), Failure> {
    let printed = step.plain || step.screen.is_some() || !is_screen();
    if printed && step.screen.is_none() && !step.at.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "--at is where a screen begins, and there is none: add --screen 80x24 to print \
             one, or leave --at out",
        ));
    }
    if let Some(path) = &step.save {
        files::check_name(path)?;
    }
    let raw = step.save.as_deref().is_some_and(files::wants_raw);
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    let opened = subject.open(&groups, raw);
    // A signal while cargo was at work has ended cargo.
    let opened = opened.map_err(|failure| note.failure().unwrap_or(failure))?;
    let mut model = Model::new(
        subject.heading(),
        subject.command(),
        opened.recordings,
        &step.at,
    );
    model.questions = opened.questions;
    if !step.greeting.is_empty() {
        model.overlay = Overlay::Greeting(step.greeting.clone());
    }
    if matches!(subject, Subject::Replay(replay) if replay.is_pair()) {
        model.difference = Difference::Sought;
    }
    let (mut twins, mut sources) = (opened.twins, opened.sources);
    let (mut model, outcome) = if printed {
        let asked = plain::wait(&mut model, &mut twins, &note)?;
        if step.src {
            sources.fetch_all(&mut model);
        } else {
            sources.fetch(&mut model);
        }
        let outcome = match step.screen {
            Some(size) => plain::picture(&model, size),
            None => plain::transcripts(&model, step.src),
        };
        let outcome = replayed(subject, &model).map_or(outcome, Err);
        (model, asked.map_or(outcome, Err))
    } else {
        let mut app = App {
            subject: subject.clone(),
            raw,
            model,
            twins,
            sources,
            groups,
            note,
            to_its_end: false,
        };
        let outcome = app.run();
        if let Subject::Lesson(lesson, ..) = subject {
            exercise::stepped(&lesson.name(), app.to_its_end);
        }
        sources = app.sources;
        (app.model, outcome)
    };
    if let Some(path) = &step.save {
        if !raw {
            sources.fetch_all(&mut model);
        }
        files::save(path, &model.recordings)?;
    }
    outcome
}

/// What is to be told of a program that was run along schedules: where two runs differ; a
/// failure, if one did not fit.
fn replayed(subject: &Subject, model: &Model) -> Option<Failure> {
    let Subject::Replay(replay) = subject else {
        return None;
    };
    if let Some(told) = Replay::difference(model) {
        // Nothing can be done about an output that takes no text.
        let _ = writeln!(io::stdout(), "{told}");
    }
    replay.misfit(model)
}

/// Whether the output is a terminal that a screen can be drawn on.
pub(crate) fn is_screen() -> bool {
    let dumb = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    io::stdout().is_terminal() && !dumb
}
