//! How a game stands, in words: for the screen, and for a pipe.
//!
//! Invariant: the same moves give the same words, on every machine.
//!
//! Book: chapter 18.

use super::{
    game::{Choice, Game},
    puzzle::preemptions,
};
use crate::explore::source::Lines;

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As any other.
    Plain,
    /// It says what to do.
    Task,
    /// Somebody who can be picked.
    Pick,
    /// It explains.
    Quiet,
    /// The goal is reached.
    Reached,
    /// It is over, and the goal was not reached.
    Missed,
}

/// How a game stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stand {
    /// What stands above.
    pub(crate) heading: String,
    /// The lines.
    pub(crate) lines: Vec<(String, Tone)>,
}

/// The key that picks `thread`: its number, or from 10 on a letter. None beyond that.
pub(crate) fn key_of(thread: u32) -> Option<char> {
    match thread {
        0..10 => char::from_digit(thread, 10),
        _ => LETTERS.chars().nth(usize::try_from(thread).ok()? - 10),
    }
}

/// The letters that pick somebody: those that mean nothing else.
const LETTERS: &str = "abcdefgijklmnop";

/// The thread that a key picks.
pub(crate) fn thread_of(key: char) -> Option<u32> {
    (0..)
        .map_while(|thread| Some((key_of(thread)?, thread)))
        .find_map(|(its, thread)| (its == key).then_some(thread))
}

impl Stand {
    /// Of a game, whose source is in `lines`.
    pub(crate) fn of(game: &Game, lines: &Lines) -> Stand {
        let told = &game.here().run.told;
        let heading = if told.open {
            "who goes next?"
        } else {
            "the end"
        };
        let mut all = vec![(task(game), Tone::Task), (score(game), Tone::Plain)];
        for choice in &game.here().choices {
            all.push((row(choice, lines), Tone::Pick));
        }
        if told.open {
            let waits = told.offers.iter().filter(|offer| !offer.can);
            for offer in waits {
                let on = offer.on.as_deref().unwrap_or_default().replace(':', " ");
                let text = format!("  {} {} cannot {} {on}", offer.t, offer.name, offer.op);
                all.push((text.trim_end().to_owned(), Tone::Quiet));
            }
        } else {
            all.extend(end(game));
        }
        Stand {
            heading: heading.to_owned(),
            lines: all,
        }
    }
}

/// What is to be done.
fn task(game: &Game) -> String {
    match &game.puzzle {
        Some(puzzle) => puzzle.task.clone(),
        None => "Drive it as you like: can you make it fail?".to_owned(),
    }
}

/// How many moves, how many preemptions, and how few it takes.
pub(crate) fn score(game: &Game) -> String {
    let (here, all) = game.moves();
    let moves = if here == all {
        format!("move {here}")
    } else {
        format!("move {here} of {all}")
    };
    let spent = preemptions(game.here().run.told.preemptions);
    let par = match game.par {
        Some(par) => format!(" · par: {}", preemptions(par)),
        None => String::new(),
    };
    format!("{moves} · {spent}{par}")
}

/// One who can be picked: `▶ 1 ping loads total = 0     32 let seen = total.load();`
fn row(choice: &Choice, lines: &Lines) -> String {
    let mark = match (choice.goes_on, choice.preempts) {
        (true, _) => '▶',
        (_, true) => '↯',
        _ => ' ',
    };
    let key = match key_of(choice.thread) {
        Some(key) if choice.thread >= 10 => format!("{key}: "),
        _ => String::new(),
    };
    let at = choice.at.as_deref().unwrap_or_default();
    let line = at.rsplit_once(':').map_or("", |(_, line)| line);
    let source = lines.at(at);
    format!("{mark} {key}{:<34} {line:>4} {source}", choice.would)
        .trim_end()
        .to_owned()
}

/// What came of it.
fn end(game: &Game) -> Vec<(String, Tone)> {
    let told = &game.here().run.told;
    let text = if told.text.is_empty() {
        "fine"
    } else {
        &told.text
    };
    let tone = if game.is_reached() {
        Tone::Reached
    } else {
        Tone::Missed
    };
    let mut lines = vec![(format!("It came to: {text}."), tone)];
    let Some(puzzle) = &game.puzzle else {
        let more = match &told.trouble {
            Some(trouble) => trouble.clone(),
            None => "u takes the last move back; h says whether it can fail at all.".to_owned(),
        };
        lines.push((more, Tone::Plain));
        return lines;
    };
    if game.is_reached() {
        let spent = told.preemptions;
        let judged = match puzzle.par {
            Some(par) if spent > par => {
                format!("Reached. {} would do.", capital(&preemptions(par)))
            }
            _ => "Reached, and nobody can with fewer preemptions.".to_owned(),
        };
        lines.push((judged, Tone::Reached));
        lines.extend(
            puzzle
                .why
                .trim()
                .lines()
                .map(|line| (line.to_owned(), Tone::Plain)),
        );
    } else {
        let text = "Not what was asked for: u takes the last move back, h hints.";
        lines.push((text.to_owned(), Tone::Plain));
    }
    lines
}

/// The text with its first letter large.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What is to be reached, in a hint's words.
pub(crate) fn goal(game: &Game) -> String {
    match &game.puzzle {
        Some(puzzle) => format!("'{}'", puzzle.goal),
        None => "a failure".to_owned(),
    }
}

/// `1 move`, `2 moves`: so many of a thing.
pub(crate) fn so_many(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_picks_one_thread_and_no_letter_that_means_something_else() {
        for thread in 0..25 {
            let key = key_of(thread).unwrap();
            assert_eq!(thread_of(key), Some(thread));
            assert!(!"hqrus?S".contains(key), "{key}");
        }
        assert_eq!((key_of(25), thread_of('h')), (None, None));
    }
}
