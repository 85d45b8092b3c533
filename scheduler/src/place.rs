//! A line of the program: where a step was taken.
//!
//! Small and `Copy`, so that records can carry it through a queue.
//!
//! Mirror: `std::panic::Location`, which only the compiler can make.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

/// A file, as the compiler names it, and a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: &'static str,
    /// The line, from 1.
    pub(crate) line: u32,
}

impl Place {
    /// Where the caller of the calling function stands, if that is
    /// `#[track_caller]`, as all functions are that the learner calls.
    #[track_caller]
    pub(crate) fn caller() -> Place {
        let location = Location::caller();
        Place {
            file: location.file(),
            line: location.line(),
        }
    }

    /// A line of `file`, a name that may not live long. Files have few names,
    /// and each is kept for ever, once.
    pub(crate) fn in_file(file: &str, line: u32) -> Place {
        /// The names.
        static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let file = names.get(file).copied().unwrap_or_else(|| {
            let name: &'static str = String::from(file).leak();
            names.insert(name);
            name
        });
        Place { file, line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_kept_once() {
        let [one, other] = [1, 2].map(|line| Place::in_file(&String::from("a.rs"), line));
        assert!(std::ptr::eq(one.file, other.file));
        assert_eq!(other.to_string(), "a.rs:2");
    }
}
