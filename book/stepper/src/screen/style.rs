//! The look: the terminal's own 16 colours, and none where they are unwanted.
//!
//! Invariant: no colour carries a meaning that a shape does not carry as well.
//!
//! Book: appendix "The stepper".

use ratatui::style::{Color, Modifier, Style};
use std::env;
use stepper::fold::Mark;

/// Whether colours are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Whether to use them.
    pub(crate) colours: bool,
}

impl Look {
    /// As the environment wants it: `NO_COLOR`, if set to anything, means none.
    pub(crate) fn of_environment() -> Look {
        Look {
            colours: env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// A style with a colour, if colours are wanted.
    fn colour(self, colour: Color) -> Style {
        if self.colours {
            Style::new().fg(colour)
        } else {
            Style::new()
        }
    }

    /// What is there only to separate or to explain.
    pub(super) fn quiet(self) -> Style {
        if self.colours {
            Style::new().fg(Color::DarkGray)
        } else {
            Style::new().add_modifier(Modifier::DIM)
        }
    }

    /// The frame of a side.
    pub(super) fn frame(self, focused: bool) -> Style {
        if focused {
            self.colour(Color::Cyan)
        } else {
            self.quiet()
        }
    }

    /// A heading.
    pub(super) fn heading(self, focused: bool) -> Style {
        self.frame(focused).add_modifier(Modifier::BOLD)
    }

    /// The bars at the top and at the bottom.
    pub(super) fn bar() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What a key is called.
    pub(super) fn key(self) -> Style {
        self.colour(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// Where the program stands.
    pub(super) fn here(self) -> Style {
        self.colour(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// What must not be overlooked.
    pub(super) fn warning(self) -> Style {
        self.colour(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// The selected unit.
    pub(super) fn selected(style: Style) -> Style {
        style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD)
    }

    /// What a unit does, by its mark.
    pub(super) fn mark(self, mark: Mark) -> Style {
        match mark {
            Mark::Running | Mark::Moved => self.colour(Color::Green),
            Mark::Ready => self.colour(Color::Yellow),
            Mark::Waiting => self.colour(Color::Blue),
            Mark::Preempted => self.colour(Color::Red).add_modifier(Modifier::BOLD),
            Mark::Over | Mark::Absent => self.quiet(),
        }
    }
}
