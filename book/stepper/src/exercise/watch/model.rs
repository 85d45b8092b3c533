//! What the watcher shows, and what its keys do.
//!
//! A pure state: [`Model::press`] returns an [`Effect`] for what only the program
//! can do.
//!
//! Invariants: (1) what a check said stays until the next one has said something:
//! no key and no save clears it away; (2) nothing is reset unless `y` was pressed
//! after the question.
//!
//! Book: "Exercises" in the introduction.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The keys, for the line below.
pub(crate) const KEYS: [(&str, &str); 7] = [
    ("h", "hint"),
    ("n", "next"),
    ("r", "reset"),
    ("s", "step it"),
    ("↑↓", "scroll"),
    ("c", "check"),
    ("q", "quit"),
];

/// What only the program can do for a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// Nothing more.
    None,
    /// Leave.
    Leave,
    /// Stop, until `fg`.
    Suspend,
    /// Check, although nothing changed.
    Check,
    /// Show the next hint.
    Hint,
    /// Go to the next exercise.
    Next,
    /// Bring the skeleton back.
    Reset,
    /// Step what failed.
    Step,
}

/// What a check said.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Verdict {
    /// Whether every check passed.
    pub(crate) passed: bool,
    /// In full.
    pub(crate) text: String,
    /// The words after `cargo run --` that step what failed; empty if nothing does.
    pub(crate) step: Vec<String>,
}

/// The watcher's state.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The exercise: `02 bounded channel`.
    pub(crate) heading: String,
    /// Its file, as people see it.
    pub(crate) file: String,
    /// What the last check said (1).
    pub(crate) verdict: Option<Verdict>,
    /// Whether a check is running.
    pub(crate) checking: bool,
    /// The hint that was asked for last.
    pub(crate) hint: Option<String>,
    /// A sentence in place of the keys, until the next key.
    pub(crate) message: Option<String>,
    /// Whether it asks if it may reset (2).
    pub(crate) asks: bool,
    /// The first line shown.
    pub(crate) top: usize,
}

impl Model {
    /// A watcher of the exercise, before its first check.
    pub(crate) fn new(heading: String, file: String) -> Model {
        Model {
            heading,
            file,
            ..Model::default()
        }
    }

    /// What stands in the title bar.
    pub(crate) fn state(&self) -> &'static str {
        match (&self.verdict, self.checking) {
            (None, _) => "checking",
            (Some(_), true) => "checking again",
            (Some(verdict), false) if verdict.passed => "passed",
            (Some(_), false) => "not yet",
        }
    }

    /// All that is to be read, in lines of at most `cells` letters: the hint, then
    /// what the check said.
    pub(crate) fn lines(&self, cells: usize) -> Vec<String> {
        let mut text = String::new();
        if let Some(hint) = &self.hint {
            text.extend([hint.as_str(), "\n\n"]);
        }
        match &self.verdict {
            Some(verdict) => text.push_str(&verdict.text),
            None => text.extend(["Edit ", &self.file, ": it is checked when you save it."]),
        }
        text.lines().flat_map(|line| broken(line, cells)).collect()
    }

    /// Takes in what a check said.
    pub(crate) fn hear(&mut self, verdict: Verdict) {
        self.verdict = Some(verdict);
        self.hint = None;
        self.top = 0;
    }

    /// A key.
    pub(crate) fn press(&mut self, key: KeyEvent) -> Effect {
        self.message = None;
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c') => Effect::Leave,
                KeyCode::Char('z') => Effect::Suspend,
                _ => Effect::None,
            };
        }
        if std::mem::take(&mut self.asks) {
            return match key.code {
                KeyCode::Char('y' | 'Y') => Effect::Reset,
                _ => self.say("nothing was changed"),
            };
        }
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Effect::Leave,
            KeyCode::Char('c') | KeyCode::Enter => return Effect::Check,
            KeyCode::Char('h') => return Effect::Hint,
            KeyCode::Char('n') => return Effect::Next,
            KeyCode::Char('r') => {
                self.asks = true;
                let asks = "Bring the skeleton back? What you wrote is kept beside it. y/N";
                self.message = Some(asks.to_owned());
            }
            KeyCode::Char('s') => match &self.verdict {
                Some(verdict) if !verdict.step.is_empty() => return Effect::Step,
                _ => return self.say("there is nothing here that can be stepped"),
            },
            KeyCode::Down => self.top += 1,
            KeyCode::Up => self.top = self.top.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.top += 10,
            KeyCode::PageUp => self.top = self.top.saturating_sub(10),
            KeyCode::Home => self.top = 0,
            _ => {}
        }
        Effect::None
    }

    /// Says something in place of the keys.
    fn say(&mut self, sentence: &str) -> Effect {
        self.message = Some(sentence.to_owned());
        Effect::None
    }
}

/// A line in pieces of at most so many letters, broken at spaces where there are
/// any: nothing else of an error is cut away.
fn broken(line: &str, cells: usize) -> Vec<String> {
    let (mut rest, cells) = (line.chars().collect::<Vec<char>>(), cells.max(1));
    let mut pieces = Vec::new();
    while rest.len() > cells {
        let space = rest[..=cells].iter().rposition(|letter| *letter == ' ');
        let words = space.filter(|&space| rest[..space].iter().any(|letter| *letter != ' '));
        let after = rest.split_off(words.unwrap_or(cells));
        pieces.push(rest.into_iter().collect());
        rest = after;
        if words.is_some() {
            rest.remove(0); // the space
        }
    }
    pieces.push(rest.into_iter().collect());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A watcher in which something failed.
    fn failed() -> Model {
        let mut model = Model::new("01 round robin".to_owned(), "exercise.rs".to_owned());
        model.hear(Verdict {
            text: "✗ a rule\nwhy".to_owned(),
            ..Verdict::default()
        });
        model
    }

    /// Presses a letter.
    fn press(model: &mut Model, letter: char) -> Effect {
        model.press(KeyEvent::from(KeyCode::Char(letter)))
    }

    #[test]
    fn no_key_and_no_save_clears_an_error_away() {
        let mut model = failed();
        for letter in ('a'..='z').chain([' ', '?']) {
            press(&mut model, letter);
            model.checking = true; // the file was saved
            let lines = model.lines(80).join("\n");
            assert!(lines.ends_with("✗ a rule\nwhy"), "{letter}: {lines}");
        }
        assert_eq!(model.state(), "checking again");
    }

    #[test]
    fn reset_is_for_who_says_yes_to_the_question() {
        let mut model = failed();
        assert_eq!(press(&mut model, 'y'), Effect::None, "nobody asked");
        assert_eq!(press(&mut model, 'r'), Effect::None);
        assert!(model.message.as_ref().unwrap().contains("y/N"));
        assert_eq!(
            press(&mut model, 'n'),
            Effect::None,
            "not the next exercise"
        );
        assert_eq!(press(&mut model, 'y'), Effect::None, "it asks once");
        press(&mut model, 'r');
        assert_eq!(press(&mut model, 'y'), Effect::Reset);
    }

    #[test]
    fn what_cannot_be_stepped_is_said() {
        let mut model = failed();
        assert_eq!(press(&mut model, 's'), Effect::None);
        assert!(model.message.as_ref().unwrap().contains("nothing here"));
        model.verdict.as_mut().unwrap().step = vec!["step".to_owned()];
        assert_eq!(press(&mut model, 's'), Effect::Step);
    }

    #[test]
    fn a_long_line_is_broken_and_nothing_of_it_is_lost() {
        assert_eq!(broken("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(broken("ab cde fg", 6), ["ab cde", "fg"]);
        assert_eq!(broken("    abcdef", 6), ["    ab", "cdef"]);
        assert_eq!(broken("", 4), [""]);
        assert_eq!(broken("ab", 0), ["a", "b"]);
    }
}
