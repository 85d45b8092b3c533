//! `drive`: the learner is the scheduler, and picks who goes next.
//!
//! The program is a lesson's, as its search runs it. It is run again for each move, along
//! a schedule that is longer by one; so each move can be taken back, and a hint is a search
//! of what can follow.
//!
//! ```text
//!  key ──► game ──schedule──► child ──trace──► the screen of `step`, with the choices
//!            └──────hint─────► the child's search
//! ```
//!
//! Invariants: (1) without a terminal what is printed is the same at every run; (2) a
//! puzzle that says it can be solved can be, and one that says it cannot, cannot: see
//! `--verify`.
//!
//! Book: chapter 18.

mod app;
mod child;
mod game;
mod options;
mod puzzle;
mod stand;

pub(crate) use app::HELP;
pub(crate) use options::Drive;
pub(crate) use stand::{Stand, Tone};

use crate::{
    children::groups::Groups,
    explore::{self, Subject, source::Lines},
    failure::{Code, Failure},
    lessons, plain,
    replay::{self, What},
    signals::{self, Note},
    steps,
};
use child::Driven;
use game::{Game, Outlook};
use puzzle::{Puzzle, preemptions};
use std::io::{self, Write};

/// Drives, lists or verifies, as the command line wants it.
///
/// # Errors
/// There is no such puzzle or lesson, a move that cannot be made, a signal.
pub(crate) fn run(asked: &Drive) -> Result<(), Failure> {
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    if asked.verify {
        return verify(&groups, &note);
    }
    let (what, of, puzzle) = match &asked.subject {
        Some(name) => find(name, asked.of)?,
        None if asked.command.is_empty() => return list(),
        None => (
            What::Command(asked.command.clone()),
            asked.of.unwrap_or(1),
            None,
        ),
    };
    let heading = match &puzzle {
        Some(puzzle) => format!("{} · {}", puzzle.name, what.heading()),
        None => what.heading(),
    };
    let subject = Subject::new(what, &groups);
    let subject = subject.map_err(|failure| note.failure().unwrap_or(failure))?;
    let lines = Lines::new(subject.folder.clone());
    let driven = Driven::new(subject, of, &groups, &note);
    let mut game = Game::new(driven, puzzle)?;
    for (index, thread) in asked.moves.iter().enumerate() {
        game.pick(*thread).map_err(|failure| Failure {
            sentence: format!("move {}: {}", index + 1, failure.sentence),
            ..failure
        })?;
    }
    if let Some(size) = asked.screen {
        let model = app::model(&game, &heading, &lines);
        return plain::picture(&model, size);
    }
    if asked.plain || !steps::is_screen() {
        return print(&mut game, &heading, &lines, asked.hint);
    }
    app::run(game, &heading, &lines, &note)
}

/// The program that is called `name`, which of its searches, and the puzzle, if it is one.
///
/// # Errors
/// There is neither; or it has no threads.
fn find(name: &str, of: Option<u32>) -> Result<(What, u32, Option<Puzzle>), Failure> {
    if let Some(puzzle) = puzzle::find(name) {
        if of.is_some() {
            let sentence = "--of is for lessons: a puzzle says itself which search it is of";
            return Err(Failure::new(Code::Usage, sentence));
        }
        return Ok((program(&puzzle)?, puzzle.of, Some(puzzle)));
    }
    let lesson = replay::lesson(name);
    let (lesson, checkout) = lesson.map_err(|failure| puzzle::unknown(name, failure))?;
    let first = u32::from(explore::searches(&checkout, &lesson.name()));
    Ok((What::Lesson(lesson, checkout), of.unwrap_or(first), None))
}

/// The program of a puzzle.
fn program(puzzle: &Puzzle) -> Result<What, Failure> {
    match (&puzzle.lesson, &puzzle.example) {
        (Some(lesson), _) => {
            let (lesson, checkout) = replay::lesson(lesson)?;
            Ok(What::Lesson(lesson, checkout))
        }
        (None, Some(example)) => Ok(What::Example(example.clone(), lessons::checkout()?)),
        (None, None) => unreachable!("a test sees that each has a program"),
    }
}

/// Lists the puzzles.
fn list() -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    writeln!(
        output,
        "These puzzles are programs: you decide who goes next."
    )?;
    for puzzle in puzzle::all() {
        writeln!(output, "  {:<22} {}", puzzle.name, puzzle.task)?;
    }
    writeln!(
        output,
        "\ncargo run -- drive lost-update, or any lesson: drive 22"
    )?;
    Ok(())
}

/// Prints what was done, and how the game stands.
fn print(game: &mut Game, heading: &str, lines: &Lines, hints: bool) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let stand = Stand::of(game, lines);
    writeln!(output, "drive {heading}")?;
    let run = &game.here().run;
    for step in 0..run.steps() {
        if let Some(words) = run.words(step) {
            writeln!(output, "  {words}")?;
        }
    }
    writeln!(output, "{}", stand.heading)?;
    for (line, _) in &stand.lines {
        writeln!(output, "  {line}")?;
    }
    if hints {
        let told = hint(game)?;
        writeln!(output, "hint: {told}")?;
    }
    writeln!(output, "{}", command(game))?;
    output.flush()?;
    Ok(())
}

/// The command that steps what was driven.
fn command(game: &Game) -> String {
    let schedule = game.here().run.schedule.to_string();
    let driven = game.driven();
    let all = [schedule];
    match driven.of {
        0 => driven.subject.replay(None, &all).command(),
        of => driven.subject.replay(Some(of), &all).command(),
    }
}

/// What a hint says here: who is to be picked, how far to go back, or why it is no use.
///
/// # Errors
/// The search cannot be run.
fn hint(game: &mut Game) -> Result<String, Failure> {
    let goal = stand::goal(game);
    let moves = game.moves().0;
    Ok(match (game.outlook(moves)?, game.outlook(0)?) {
        (Outlook::Unknown, _) => {
            "this program is no search's: nobody knows what can come of it".to_owned()
        }
        (Outlook::Reachable(schedule, _), _) if is_weak(&schedule) => format!(
            "{goal} takes more than an order: memory has to show somebody an older store, and \
             here only who goes next is picked. SCHEDULE={schedule} shows it"
        ),
        (Outlook::Reachable(schedule, _), _) => {
            let more = preemptions(game.cost_along(&schedule)?);
            match game.next_along(&schedule)? {
                Some(thread) => format!("pick {thread}: {goal} is {more} away"),
                None => format!("this is it: {goal}"),
            }
        }
        (Outlook::Never(_), Outlook::Never(tried)) => {
            let why = game.puzzle.as_ref().map_or("", |puzzle| puzzle.why.trim());
            let tried = stand::so_many(tried, "schedule");
            let told = format!(
                "{goal} cannot be reached, whoever drives: {tried} tried, one of each kind. {why}"
            );
            told.replace('\n', " ").trim_end().to_owned()
        }
        (Outlook::Never(_), Outlook::Reachable(..)) => {
            let back = stand::so_many(game.undo_to_reach()? as u64, "move");
            format!("{goal} cannot be reached from here any more: take {back} back (u)")
        }
        (Outlook::NotFound(why), _) | (_, Outlook::NotFound(why)) => {
            format!("{goal} was not found from here, and not everything was tried: {why}")
        }
        (Outlook::Never(_), Outlook::Unknown) => unreachable!("it is a search's, or not"),
    })
}

/// Whether a schedule says what memory does, besides who goes next.
fn is_weak(schedule: &str) -> bool {
    let schedule = schedule.parse::<scheduler::Schedule>();
    schedule.is_ok_and(|schedule| schedule.is_weak())
}

/// Holds what the puzzles say against the searches of their programs.
fn verify(groups: &Groups, note: &Note) -> Result<(), Failure> {
    let mut wrong = 0;
    let mut output = io::stdout().lock();
    for puzzle in puzzle::all() {
        let subject = Subject::new(program(&puzzle)?, groups);
        let subject = subject.map_err(|failure| note.failure().unwrap_or(failure))?;
        let driven = Driven::new(subject, puzzle.of, groups, note);
        let mut game = Game::new(driven, Some(puzzle.clone()))?;
        let told = match (game.outlook(0)?, puzzle.par) {
            (Outlook::Reachable(schedule, fewest), Some(par)) => {
                let moves = stand::so_many(game.follow(&schedule)? as u64, "move");
                let spent = game.here().run.told.preemptions;
                if game.is_reached() && spent == par && fewest == Some(par) {
                    Ok(format!("{} in {moves}", preemptions(par)))
                } else {
                    let reached = game.is_reached();
                    Err(format!(
                        "it says {par}: reached is {reached}, with {spent}, of at least {fewest:?}"
                    ))
                }
            }
            (Outlook::Never(tried), None) => Ok(format!(
                "cannot be solved: {} tried",
                stand::so_many(tried, "schedule")
            )),
            (outlook, par) => Err(format!("it says {par:?}, and it is {outlook:?}")),
        };
        let (mark, words) = match told {
            Ok(words) => ('✓', words),
            Err(words) => {
                wrong += 1;
                ('✗', words)
            }
        };
        writeln!(output, "{mark} {:<22} {words}", puzzle.name)?;
    }
    if wrong > 0 {
        let sentence = format!("{wrong} puzzles are not what they say: mend puzzles.toml");
        return Err(Failure::new(Code::ProgramFailed, sentence));
    }
    Ok(())
}
