//! The model: the searches of a program, and which execution is selected.
//!
//! Invariants: (1) there is a selected row wherever there is a row; (2) what was found
//! so far is told as such until the program has said that the search is over.
//!
//! Book: chapter 19.

mod keys;
mod search;

pub(crate) use keys::{Effect, HELP};
pub(crate) use search::Search;

use super::{
    Subject,
    source::{Lines, short},
    told::{Execution, Step, Told},
    tree::{Row, Why},
};
use crate::{
    failure::{Code, Failure},
    recording::Ending,
};

/// Everything that is shown.
#[derive(Debug)]
pub(crate) struct Model {
    /// The program.
    pub(crate) subject: Subject,
    /// Its source.
    pub(super) lines: Lines,
    /// Its searches, in their order.
    pub(crate) searches: Vec<Search>,
    /// Which one is shown.
    pub(crate) shown: usize,
    /// The selected row of its tree (1).
    pub(crate) row: usize,
    /// Whether the learner has moved: until then a failure is selected.
    moved: bool,
    /// How the program ended.
    pub(super) ending: Ending,
    /// The end of its own output.
    pub(super) output: String,
    /// What to tell in the last line, until the next key.
    pub(crate) message: Option<String>,
    /// Whether the keys lie over the screen.
    pub(crate) helps: bool,
}

impl Model {
    /// Of a program that has told nothing yet.
    pub(super) fn new(subject: Subject, lines: Lines) -> Model {
        Model {
            subject,
            lines,
            searches: Vec::new(),
            shown: 0,
            row: 0,
            moved: false,
            ending: Ending::Running,
            output: String::new(),
            message: None,
            helps: false,
        }
    }

    /// Takes what was told; whether there was anything.
    pub(super) fn take(&mut self, told: Vec<Told>) -> bool {
        let is_some = !told.is_empty();
        let mut grown = Vec::new();
        for line in told {
            match line {
                Told::Search(begun) => self.searches.push(Search {
                    number: begun.search,
                    at: begun.at,
                    how: begun.how,
                    ..Search::default()
                }),
                Told::Execution(execution) => {
                    let number = execution.search;
                    if let Some(search) = self.search_mut(number) {
                        search.tree.add(execution);
                        grown.push(number);
                    }
                }
                Told::Progress(found) => {
                    if let Some(search) = self.search_mut(found.search) {
                        search.found = found;
                    }
                }
                Told::Ended(found) => {
                    if let Some(search) = self.search_mut(found.search) {
                        search.found = found;
                        search.is_over = true;
                    }
                }
                Told::Followed(_) | Told::Chance(_) | Told::ChanceEnded(_) => {}
            }
        }
        for search in &mut self.searches {
            if grown.contains(&search.number) {
                search.rows = search.tree.rows();
            }
        }
        if is_some && !self.moved {
            self.select_failure();
        }
        is_some
    }

    /// The search of this number.
    fn search_mut(&mut self, number: u32) -> Option<&mut Search> {
        self.searches
            .iter_mut()
            .find(|search| search.number == number)
    }

    /// The search that is shown.
    pub(crate) fn search(&self) -> Option<&Search> {
        self.searches.get(self.shown)
    }

    /// Whether the program runs.
    pub(crate) fn is_running(&self) -> bool {
        self.ending.is_open()
    }

    /// The step at which the selected row branches off, from 0.
    pub(crate) fn branch(&self) -> Option<usize> {
        self.search()?.rows.get(self.row)?.step
    }

    /// The execution of the selected row.
    fn selected(&self) -> Option<&Execution> {
        let search = self.search()?;
        search
            .tree
            .executions
            .get(search.rows.get(self.row)?.through)
    }

    /// Selects the first failure, or the first execution.
    fn select_failure(&mut self) {
        let Some(search) = self.search() else { return };
        let fails = |row: &Row| {
            row.leaf
                .is_some_and(|leaf| search.tree.executions[leaf].fails)
        };
        let row = search.rows.iter().position(fails);
        let first = search.rows.iter().position(|row| row.leaf.is_some());
        self.row = row.or(first).unwrap_or(0);
    }

    /// What there is to say if no search was told.
    pub(crate) fn silence(&self) -> Option<String> {
        if !self.searches.is_empty() {
            return None;
        }
        Some(match &self.ending {
            Ending::Running | Ending::NotStarted => "waiting for the first search".to_owned(),
            ending => format!(
                "the program told nothing of a search ({ending}): does it call `explore`, after \
                 `env_logger::init()`?"
            ),
        })
    }

    /// How it all ends: a failure if there was no search, or the program failed.
    ///
    /// # Errors
    /// See above. A search that found a failure did what it should.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        if let Some(silence) = self.silence() {
            let sentence = format!("{silence}\n{}", self.output.trim_end());
            return Err(Failure::new(Code::NoTrace, sentence));
        }
        if self.ending.failed() {
            let sentence = format!(
                "{}: {}\n{}",
                self.subject.what.heading(),
                self.ending,
                self.output.trim_end()
            );
            return Err(Failure::new(Code::ProgramFailed, sentence));
        }
        Ok(())
    }

    /// The schedules to step for the selected execution: itself, and beside it the
    /// nearest that ends otherwise; the failing one first.
    fn pair(&self) -> Option<(u32, Vec<String>)> {
        let (search, execution) = (self.search()?, self.selected()?);
        let other = search.tree.nearest(&execution.schedule, !execution.fails);
        let mut schedules = vec![execution.schedule.clone()];
        schedules.extend(other.map(|other| other.schedule.clone()));
        if !execution.fails {
            schedules.reverse();
        }
        Some((search.number, schedules))
    }

    /// The same for the failure of the fewest preemptions.
    pub(super) fn shortest_pair(search: &Search) -> Option<Vec<String>> {
        let failure = search.found.shortest()?;
        let mut schedules = vec![failure.schedule.clone()];
        let fine = search.tree.nearest(&failure.schedule, false);
        schedules.extend(fine.map(|fine| fine.schedule.clone()));
        Some(schedules)
    }

    /// What a step did, in words: `thread 2 stores   total.store(seen + 1)`.
    pub(super) fn words(&self, step: &Step) -> String {
        let source = step
            .at
            .as_deref()
            .map(|at| self.lines.at(at))
            .unwrap_or_default();
        format!("{} {:<8} {source}", step.t, step.op)
    }

    /// Why somebody did not take a step, in words; steps are counted from 1.
    pub(super) fn why(why: Why) -> String {
        match why {
            Why::Tried => "tried, on another branch".to_owned(),
            Why::Asleep(step) => format!(
                "left out: tried at step {}, and nothing since depends on it",
                step + 1
            ),
            Why::Later(step) => format!(
                "left out: it first meets step {}, and both orders are tried there",
                step + 1
            ),
            Why::Alike => "left out: nothing before its step depends on it".to_owned(),
            Why::Ended => "left out: the execution ended before its step".to_owned(),
        }
    }

    /// Where a search is, and what stands there.
    pub(crate) fn place(&self, search: &Search) -> String {
        format!("{}  {}", short(&search.at), self.lines.at(&search.at))
    }
}

/// An outcome's text; `fine` for nothing special.
pub(super) fn fine(text: &str) -> &str {
    if text.is_empty() { "fine" } else { text }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::{source::Lines, told::Listener};
    use super::*;
    use crate::replay::What;

    /// Lesson 22's first search, as it was told.
    pub(crate) fn told() -> Model {
        let subject = Subject {
            what: What::Command(vec!["./mine".into()]),
            program: Vec::new(),
            folder: None,
        };
        let mut model = Model::new(subject, Lines::new(None));
        let text = include_bytes!("../../tests/told/22_lost_update.txt");
        model.take(Listener::default().hear(text));
        model.ending = Ending::Exited(0);
        model
    }
}
