//! Puzzles: a program, and an end to bring it to, or to find out that nobody can.
//!
//! They stand in `puzzles.toml`. What such a page says of a puzzle, that its goal can be
//! reached and with how few preemptions, is held against a search: `drive --verify`.
//!
//! Invariants: (1) a puzzle's goal is an end as the search calls it; (2) one without a
//! `par` cannot be solved, and says why.
//!
//! Book: chapter 18. Modelled on: the Deadlock Empire, whose programs are not run.

use crate::{
    failure::{Code, Failure},
    nearest::nearest,
};
use serde::Deserialize;

/// The puzzles, in the order in which they are best solved.
const PUZZLES: &str = include_str!("../../puzzles.toml");

/// See the module.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Puzzle {
    /// What it is called on the command line.
    pub(crate) name: String,
    /// Whose program it is: a lesson.
    pub(crate) lesson: Option<String>,
    /// Or an example of this name.
    pub(crate) example: Option<String>,
    /// The program of this search, from 1.
    pub(crate) of: u32,
    /// What to do, in a line.
    pub(crate) task: String,
    /// The end to come to, as the search calls it.
    pub(crate) goal: String,
    /// The fewest preemptions; None if it cannot be done (2).
    pub(crate) par: Option<u32>,
    /// Why it comes about, or cannot: told in the end.
    pub(crate) why: String,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Puzzles {
    /// All of it.
    puzzle: Vec<Puzzle>,
}

/// All puzzles.
pub(crate) fn all() -> Vec<Puzzle> {
    let puzzles: Puzzles = toml::from_str(PUZZLES).expect("a test reads puzzles.toml");
    puzzles.puzzle
}

/// The puzzle of this name, if it can be one.
pub(crate) fn find(name: &str) -> Option<Puzzle> {
    all().into_iter().find(|puzzle| puzzle.name == name)
}

/// The end of a search for `name`, which is neither a puzzle's nor a lesson's.
pub(crate) fn unknown(name: &str, lesson: Failure) -> Failure {
    let names: Vec<String> = all().into_iter().map(|puzzle| puzzle.name).collect();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => Failure::new(
            Code::NoInput,
            format!("there is no puzzle or lesson '{name}'. Did you mean {near}?"),
        ),
        None => lesson,
    }
}

/// `1 preemption`, `2 preemptions`.
pub(crate) fn preemptions(number: u32) -> String {
    match number {
        1 => "1 preemption".to_owned(),
        number => format!("{number} preemptions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_puzzle_has_a_name_of_its_own_one_program_and_a_reason() {
        let all = all();
        assert!(all.len() >= 8, "{}", all.len());
        for (index, puzzle) in all.iter().enumerate() {
            let earlier = &all[..index];
            assert!(
                earlier.iter().all(|it| it.name != puzzle.name),
                "{puzzle:?}"
            );
            assert!(
                puzzle.lesson.is_some() != puzzle.example.is_some(),
                "{puzzle:?}"
            );
            assert!(puzzle.of > 0 && !puzzle.why.is_empty(), "{puzzle:?}");
            let lines = puzzle.why.lines().chain([&*puzzle.task]);
            for line in lines {
                assert!(line.chars().count() <= 75, "{line}"); // a screen's 80, framed
            }
        }
        assert!(all.iter().any(|puzzle| puzzle.par.is_none()));
    }
}
