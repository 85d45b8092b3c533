//! The prompt: a line that the learner types.
//!
//! Book: appendix "The stepper".

use super::{Model, breakpoint::Breakpoint};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use stepper::trace::Direction;

/// What the line is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// `/`
    Search,
    /// `b`
    Breakpoint,
    /// `g`
    Go,
}

impl Purpose {
    /// What stands before the line.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Purpose::Search => "find: ",
            Purpose::Breakpoint => "stop at (preempted, pong, :14, total > 2): ",
            Purpose::Go => "go to (7, 5 ms): ",
        }
    }
}

/// A line in the making.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Prompt {
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// What has been typed.
    pub(crate) text: String,
}

/// As long as a line may get: it is shown in one.
const LONGEST: usize = 200;

impl Model {
    /// Begins a line.
    pub(crate) fn ask(&mut self, purpose: Purpose) {
        self.prompt = Some(Prompt {
            purpose,
            text: String::new(),
        });
    }

    /// A key for the line that is being typed.
    pub(crate) fn type_key(&mut self, key: KeyEvent) {
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => self.prompt = None,
            KeyCode::Char('u') if control => prompt.text.clear(),
            KeyCode::Backspace if prompt.text.is_empty() => self.prompt = None,
            KeyCode::Backspace => _ = prompt.text.pop(),
            KeyCode::Char(letter) if !control && prompt.text.len() < LONGEST => {
                prompt.text.push(letter);
            }
            KeyCode::Enter => {
                if let Some(prompt) = self.prompt.take() {
                    self.typed(prompt);
                }
            }
            _ => {}
        }
    }

    /// Whether this is the breakpoint that is set.
    fn stops_at(&self, text: &str) -> bool {
        let set = self.breakpoint.as_ref();
        set.is_some_and(|(_, set)| set.trim() == text.trim())
    }

    /// The line is complete. An empty one repeats the search, takes the
    /// breakpoint away (so does the same one again), or goes nowhere.
    fn typed(&mut self, Prompt { purpose, text }: Prompt) {
        match purpose {
            Purpose::Search => {
                if !text.is_empty() {
                    self.sought = Some(text);
                }
                self.seek(Direction::Forwards);
            }
            Purpose::Breakpoint if text.trim().is_empty() || self.stops_at(&text) => {
                self.breakpoint = None;
                self.message = Some("no breakpoint any more".to_owned());
            }
            Purpose::Breakpoint => {
                let Some(side) = self.side(self.focus) else {
                    return;
                };
                match Breakpoint::parse(&text, side) {
                    Ok(breakpoint) => {
                        self.message = Some(format!("c runs to `{}`", text.trim()));
                        self.breakpoint = Some((breakpoint, text));
                    }
                    Err(sentence) => self.message = Some(sentence),
                }
            }
            Purpose::Go if text.trim().is_empty() => {}
            Purpose::Go => self.go_to(&text),
        }
    }
}
