//! The program whose searches are shown, while it runs.
//!
//! Book: chapter 19.

use super::{
    Subject,
    told::{Listener, Told},
};
use crate::{
    children::{Piece, Running, groups::Groups},
    failure::Failure,
    recording::Ending,
};
use std::time::{Duration, Instant};

/// A program that runs, or has run.
#[derive(Debug)]
pub(crate) struct Child {
    /// It.
    running: Running,
    /// Takes lines out of what it writes.
    listener: Listener,
    /// How it ended, once it has.
    pub(super) ending: Ending,
}

impl Child {
    /// Starts the program, asked for `words`.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn start(subject: &Subject, words: &str, groups: &Groups) -> Result<Child, Failure> {
        Ok(Child {
            running: Running::start(&subject.asked(words), groups)?,
            listener: Listener::default(),
            ending: Ending::Running,
        })
    }

    /// What it has told since the last call, for no longer than `budget`.
    pub(crate) fn hear(&mut self, budget: Duration) -> Vec<Told> {
        let enough = Instant::now() + budget;
        let mut told = Vec::new();
        while let Some(piece) = self.running.next() {
            match piece {
                Piece::Bytes(bytes) => told.extend(self.listener.hear(&bytes)),
                Piece::Over(status) => self.ending = Ending::from(status),
            }
            if Instant::now() >= enough {
                break;
            }
        }
        told
    }

    /// Whether it is over, and all that it wrote was heard.
    pub(crate) fn is_over(&self) -> bool {
        !self.ending.is_open()
    }

    /// The end of its own output.
    pub(super) fn output(&self) -> &str {
        &self.listener.output
    }

    /// Ends it. What it wrote until then can still be heard.
    pub(crate) fn end(&mut self) {
        self.running.end();
    }
}
