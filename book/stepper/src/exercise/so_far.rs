//! What a learner has done in the whole course: for the greeting and the list.
//!
//! Invariant: (1) who has a checkout that takes no writing, or a file of progress
//! that makes no sense, can step lessons all the same.
//!
//! Book: "Before you begin".

use super::catalog::Catalog;
use super::progress::Progress;
use crate::failure::Failure;

/// The exercises, and what was done.
#[derive(Debug)]
pub(crate) struct SoFar {
    /// The exercises.
    catalog: Catalog,
    /// What was done.
    progress: Progress,
}

/// An exercise as others see it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Seen {
    /// Its number: `01`.
    pub(crate) number: String,
    /// Its name.
    pub(crate) name: String,
    /// Its name for people.
    pub(crate) title: String,
    /// Its chapter.
    pub(crate) chapter: u32,
    /// Whether it was passed once.
    pub(crate) done: bool,
    /// Its state in words.
    pub(crate) state: String,
}

impl SoFar {
    /// What was done in the nearest checkout.
    ///
    /// # Errors
    /// There are no exercises, or the file of progress makes no sense.
    pub(crate) fn read() -> Result<SoFar, Failure> {
        SoFar::of(Catalog::open()?)
    }

    /// What was done of these exercises, and of the lessons beside them.
    fn of(catalog: Catalog) -> Result<SoFar, Failure> {
        let progress = Progress::read(&catalog.root)?;
        Ok(SoFar { catalog, progress })
    }

    /// What was done in this folder.
    #[cfg(test)]
    pub(crate) fn at(root: &std::path::Path) -> SoFar {
        let catalog = Catalog::read(root.to_owned());
        SoFar::of(catalog.expect("the test made exercises")).expect("it makes sense")
    }

    /// What was done last: the name of a lesson or of an exercise.
    pub(crate) fn last(&self) -> Option<&str> {
        self.progress.last()
    }

    /// Whether the lesson of this name was stepped to its end.
    pub(crate) fn is_stepped(&self, lesson: &str) -> bool {
        self.progress.is_stepped(lesson)
    }

    /// Every exercise, in order.
    pub(crate) fn exercises(&self) -> Vec<Seen> {
        let all = self.catalog.exercises.iter();
        all.map(|exercise| Seen {
            number: exercise.number.clone(),
            name: exercise.name.clone(),
            title: exercise.about.title.clone(),
            chapter: exercise.about.chapter,
            done: self.progress.is_done(exercise),
            state: self.progress.state(exercise),
        })
        .collect()
    }

    /// The name of the next exercise.
    pub(crate) fn next(&self) -> Option<&str> {
        let next = self.catalog.next(&self.progress)?;
        Some(&next.name)
    }
}

/// Remembers that a lesson was stepped, and whether to its end, if that can be (1).
pub(crate) fn stepped(lesson: &str, to_its_end: bool) {
    if let Ok(mut so_far) = SoFar::read() {
        let _ = so_far.progress.stepped(lesson, to_its_end);
    }
}
