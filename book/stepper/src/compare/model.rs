//! What the screen of a comparison shows, and what a key does to it.
//!
//! Pure: no terminal, no process. Results come from outside as they grow.
//!
//! Invariants: (1) the selected row is one that there is.
//!
//! Book: chapter 25.

use super::results::{Results, Row, Section};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The state of the screen.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// What was measured so far.
    pub(super) results: Results,
    /// How far it is.
    pub(super) told: String,
    /// Whether every run was made.
    pub(super) is_over: bool,
    /// The selected row, counted over all sections (1).
    pub(super) selected: usize,
    /// Whether it is explained.
    pub(super) is_explained: bool,
}

/// What a key asks for besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// To leave, with what is done.
    Leave,
    /// To stop until `fg`.
    Suspend,
}

impl Model {
    /// Nothing measured yet.
    pub(super) fn new(results: Results) -> Model {
        Model {
            results,
            told: "getting ready".to_owned(),
            is_over: false,
            selected: 0,
            is_explained: false,
        }
    }

    /// How many rows there are.
    fn rows(&self) -> usize {
        let rows = self.results.sections.iter();
        rows.map(|section| section.rows.len()).sum()
    }

    /// The selected row, and its section.
    pub(super) fn selection(&self) -> Option<(&Section, &Row)> {
        let sections = self.results.sections.iter();
        sections
            .flat_map(|section| section.rows.iter().map(move |row| (section, row)))
            .nth(self.selected)
    }

    /// Does what a key is for.
    pub(super) fn press(&mut self, key: KeyEvent) -> Effect {
        let last = self.rows().saturating_sub(1);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => return Effect::Leave,
            KeyCode::Char('z') if control => return Effect::Suspend,
            KeyCode::Char('q') => return Effect::Leave,
            KeyCode::Esc if !self.is_explained => return Effect::Leave,
            KeyCode::Esc => self.is_explained = false,
            KeyCode::Enter => self.is_explained = !self.is_explained,
            KeyCode::Up => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down => self.selected = (self.selected + 1).min(last),
            KeyCode::PageUp => self.selected = self.selected.saturating_sub(12),
            KeyCode::PageDown => self.selected = (self.selected + 12).min(last),
            KeyCode::Home => self.selected = 0,
            KeyCode::End => self.selected = last,
            _ => {}
        }
        Effect::None
    }
}
