//! The game: what was picked, who can be picked now, and how near the goal is.
//!
//! ```text
//!   choice 1 ──pick──► choice 2 ──pick──► choice 3 ──pick──► the end
//!              ◄─undo──           ◄─undo──
//! ```
//!
//! Invariants: (1) there is always a position, and one of them is shown; (2) who picks at
//! an earlier one drops what came after it; (3) what a thread would do is not guessed: it
//! is done, in a run of its own.
//!
//! Book: chapter 18.

use super::{
    child::{Driven, Run},
    puzzle::Puzzle,
};
use crate::{
    explore::told::{self, Found, Offer},
    failure::{Code, Failure},
};
use scheduler::Schedule;
use std::{collections::HashMap, rc::Rc};

/// What a thread does first of all, as the program calls it.
const BEGINS: &str = "start";

/// A choice, or the end.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    /// What leads here.
    pub(crate) run: Rc<Run>,
    /// Who can be picked; nobody at the end.
    pub(crate) choices: Vec<Choice>,
    /// Who was picked to come here; None where it begins.
    pub(crate) picked: Option<u32>,
}

/// One thread that can be picked.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// The thread.
    pub(crate) thread: u32,
    /// What it would do: `1 ping loads total = 0`.
    pub(crate) would: String,
    /// In which line, as `file:line`.
    pub(crate) at: Option<String>,
    /// Whether that takes the CPU from a thread that could go on.
    pub(crate) preempts: bool,
    /// Whether it is the one that went last, and goes on.
    pub(crate) goes_on: bool,
    /// Whether it would begin, and then could do nothing: that is offered in need only.
    is_idle: bool,
    /// The schedule that picks it.
    schedule: Schedule,
}

/// What is known of what can still come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outlook {
    /// It is no search's program.
    Unknown,
    /// The end of the goal can be reached along this schedule. With so many preemptions in
    /// all, and not with fewer, where that is known.
    Reachable(String, Option<u32>),
    /// It cannot: everything that can follow was tried, in so many schedules.
    Never(u64),
    /// It was not found, and not everything was tried, for this reason.
    NotFound(String),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Game {
    /// The program.
    driven: Driven,
    /// What is to be reached; None for anything that fails.
    pub(crate) puzzle: Option<Puzzle>,
    /// Each choice until now (1).
    line: Vec<Position>,
    /// The one that is shown.
    at: usize,
    /// The fewest preemptions that the goal takes, if it is known, and can be reached.
    pub(crate) par: Option<u32>,
}

impl Game {
    /// At the first choice.
    ///
    /// # Errors
    /// The program cannot be run, or tells nothing.
    pub(crate) fn new(mut driven: Driven, puzzle: Option<Puzzle>) -> Result<Game, Failure> {
        let first = position(&mut driven, &Schedule::open(), None)?;
        let par = puzzle.as_ref().and_then(|puzzle| puzzle.par);
        Ok(Game {
            driven,
            puzzle,
            line: vec![first],
            at: 0,
            par,
        })
    }

    /// The program.
    pub(crate) fn driven(&self) -> &Driven {
        &self.driven
    }

    /// The position that is shown.
    pub(crate) fn here(&self) -> &Position {
        &self.line[self.at]
    }

    /// How many moves lead here, and how many there are in all.
    pub(crate) fn moves(&self) -> (usize, usize) {
        (self.at, self.line.len() - 1)
    }

    /// Who was picked until here, in order.
    pub(crate) fn picked(&self) -> impl Iterator<Item = u32> {
        self.line[..=self.at].iter().filter_map(|it| it.picked)
    }

    /// Picks `thread` here (2).
    ///
    /// # Errors
    /// It cannot go; or the program cannot be run.
    pub(crate) fn pick(&mut self, thread: u32) -> Result<(), Failure> {
        let choices = &self.here().choices;
        let Some(choice) = choices.iter().find(|choice| choice.thread == thread) else {
            let all: Vec<String> = choices.iter().map(|it| it.thread.to_string()).collect();
            let sentence = match all.len() {
                0 => "it is over: nobody can go".to_owned(),
                _ => format!("thread {thread} cannot go here: {} can", all.join(", ")),
            };
            return Err(Failure::new(Code::Usage, sentence));
        };
        let schedule = choice.schedule.clone();
        let next = position(&mut self.driven, &schedule, Some(thread))?;
        self.line.truncate(self.at + 1);
        self.line.push(next);
        self.at += 1;
        Ok(())
    }

    /// Lets the thread go on that went last; which one that is, if it can.
    pub(crate) fn who_goes_on(&self) -> Option<u32> {
        let mut choices = self.here().choices.iter();
        choices.find(|it| it.goes_on).map(|it| it.thread)
    }

    /// Takes the last move back, and what came after; whether there was one.
    pub(crate) fn undo(&mut self) -> bool {
        if self.at == 0 {
            return false;
        }
        self.at -= 1;
        self.line.truncate(self.at + 1);
        true
    }

    /// Drops what came after the position that is shown.
    pub(crate) fn forget(&mut self) {
        self.line.truncate(self.at + 1);
    }

    /// Shows the position after so many moves, or the last one.
    pub(crate) fn go(&mut self, moves: usize) {
        self.at = moves.min(self.line.len() - 1);
    }

    /// Whether `text` is the end that is to be reached.
    fn is_goal(&self, text: &str, fails: bool) -> bool {
        match &self.puzzle {
            Some(puzzle) => text == puzzle.goal,
            None => fails,
        }
    }

    /// Whether this is the end that was to be reached.
    pub(crate) fn is_reached(&self) -> bool {
        let told = &self.here().run.told;
        !told.open && self.is_goal(&told.text, told.trouble.is_some())
    }

    /// What can still come after the first `moves` moves.
    ///
    /// # Errors
    /// The search cannot be run.
    pub(crate) fn outlook(&self, moves: usize) -> Result<Outlook, Failure> {
        // Before the first move nothing is decided, not even what is no choice.
        let beginning = match moves {
            0 => Schedule::open(),
            moves => {
                let schedule = &self.line[moves.min(self.line.len() - 1)].run.schedule;
                schedule.first(schedule.steps())
            }
        };
        let found = self.driven.search(&beginning)?;
        Ok(found.map_or(Outlook::Unknown, |found| self.read(&found)))
    }

    /// What a search says of the goal.
    fn read(&self, found: &Found) -> Outlook {
        let reaches = |failure: &&told::Failure| self.is_goal(&failure.text, true);
        let nearest = found
            .failures
            .iter()
            .filter(reaches)
            .min_by_key(|failure| (failure.preemptions, failure.schedule.len()));
        match (nearest, &found.stopped) {
            (Some(failure), _) => {
                let fewest = failure.fewest.then_some(failure.preemptions);
                Outlook::Reachable(failure.schedule.clone(), fewest)
            }
            (None, None) => Outlook::Never(found.explored),
            (None, Some(why)) => Outlook::NotFound(why.clone()),
        }
    }

    /// How few moves have to be taken back until the goal can be reached again. What can be
    /// reached after some moves can be after fewer; from the beginning it can be.
    ///
    /// # Errors
    /// The search cannot be run.
    pub(crate) fn undo_to_reach(&self) -> Result<usize, Failure> {
        let can = |moves| -> Result<bool, Failure> {
            Ok(matches!(self.outlook(moves)?, Outlook::Reachable(..)))
        };
        let (mut reaches, mut fails) = (0, self.at);
        while fails - reaches > 1 {
            let middle = usize::midpoint(reaches, fails);
            if can(middle)? {
                reaches = middle;
            } else {
                fails = middle;
            }
        }
        Ok(self.at - reaches)
    }

    /// How many preemptions it takes to go along `schedule` from here, which begins as it
    /// went until here.
    ///
    /// # Errors
    /// The program cannot be run along it.
    pub(crate) fn cost_along(&mut self, schedule: &str) -> Result<u32, Failure> {
        let Ok(schedule) = schedule.parse::<Schedule>() else {
            return Ok(0);
        };
        let all = self.driven.run(&schedule)?.told.preemptions;
        Ok(all.saturating_sub(self.here().run.told.preemptions))
    }

    /// Goes along `schedule`, in which the same moves come first, to its end; how many
    /// moves that were.
    ///
    /// # Errors
    /// The program cannot be run along it.
    pub(crate) fn follow(&mut self, schedule: &str) -> Result<usize, Failure> {
        let before = self.at;
        while let Some(thread) = self.next_along(schedule)? {
            self.pick(thread)?;
        }
        Ok(self.at - before)
    }

    /// Who is to be picked here to go along `schedule`, in which the same moves come first;
    /// None at its end.
    ///
    /// # Errors
    /// The program cannot be run along it.
    pub(crate) fn next_along(&mut self, schedule: &str) -> Result<Option<u32>, Failure> {
        let Ok(schedule) = schedule.parse::<Schedule>() else {
            return Ok(None);
        };
        let whole = self.driven.run(&schedule)?;
        let here = self.here();
        // How often each thread has moved until here: its next move is the one after that,
        // however many steps that are no choices come before.
        let mut moved = HashMap::new();
        for step in &here.run.told.steps {
            *moved.entry(step.t).or_insert(0) += 1;
        }
        let who = whole.told.steps.iter().find(|step| {
            let left = moved.entry(step.t).or_insert(0);
            let is_new = *left == 0;
            *left -= i32::from(!is_new);
            is_new && step.op != BEGINS && here.choices.iter().any(|it| it.thread == step.t)
        });
        Ok(who.map(|step| step.t))
    }
}

/// Where `schedule` leads, and who can be picked there. If that is one thread alone, it is
/// no choice, and it leads on.
fn position(
    driven: &mut Driven,
    schedule: &Schedule,
    picked: Option<u32>,
) -> Result<Position, Failure> {
    let run = driven.run(schedule)?;
    let told = &run.told;
    let can_be = |offer: &&Offer| told.open && offer.can && !offer.at_once;
    let offers: Vec<Offer> = told.offers.iter().filter(can_be).cloned().collect();
    let goes_on = told
        .last
        .filter(|last| offers.iter().any(|offer| offer.t == *last));
    let mut choices = Vec::new();
    for offer in &offers {
        let choice = choice(driven, &run, offer, goes_on)?;
        choices.extend((!choice.is_idle).then_some(choice));
    }
    if choices.is_empty() {
        for offer in &offers {
            choices.push(choice(driven, &run, offer, goes_on)?);
        }
    }
    if let [only] = &choices[..] {
        return position(driven, &only.schedule.clone(), picked);
    }
    Ok(Position {
        run,
        choices,
        picked,
    })
}

/// The choice that `offer` is, at the end of `run`, where `goes_on` would go on.
fn choice(
    driven: &mut Driven,
    run: &Run,
    offer: &Offer,
    goes_on: Option<u32>,
) -> Result<Choice, Failure> {
    let thread = offer.t;
    let mut schedule = run.schedule.clone().then(thread, offer.usual);
    let mut next = driven.run(&schedule)?; // (3)
    let mut is_idle = false;
    let (mut step, mut at) = (run.steps(), offer.at.clone());
    if offer.op == BEGINS && next.told.open {
        // To begin is half a move: the other half is what it does first.
        let mut offers = next.told.offers.iter();
        let first = offers.find(|it| it.t == thread && it.can).cloned();
        is_idle = first.is_none();
        if let Some(first) = first {
            step = next.steps();
            schedule = next.schedule.clone().then(thread, first.usual);
            next = driven.run(&schedule)?;
            at = first.at;
        }
    }
    let would = next.words(step).unwrap_or_else(|| {
        let on = offer.on.as_deref().unwrap_or_default().replace(':', " ");
        format!("{thread} {}: {} {on}", offer.name, offer.op)
    });
    Ok(Choice {
        thread,
        would: would.trim_end().to_owned(),
        at,
        preempts: goes_on.is_some_and(|last| last != thread),
        goes_on: goes_on == Some(thread),
        is_idle,
        schedule,
    })
}
