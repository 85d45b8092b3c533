//! What the screen shows of a contest, and what the keys change of it.
//!
//! Pure: a key in, an [`Effect`] out for what only the program can do.
//!
//! Invariants: (1) the cursor stands on a decision of the selected policy, if
//! that ever decided; (2) `order` names every run once.
//!
//! Book: appendix "The stepper". Mirror: `crate::model`, of the `step` screen.

use super::{
    contest::{Contest, Run},
    measures::index,
    table::COLUMNS,
    text,
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use scheduler::{
    policy::{Queue, ThreadId},
    time::Time,
};

/// How many decisions a page is.
const PAGE: usize = 20;

/// What is left to the program after a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// Leave the screen.
    Leave,
    /// Stop until `fg`.
    Suspend,
    /// Write the picture.
    Export,
}

/// A contest on a screen.
#[derive(Debug)]
pub(super) struct Model {
    /// The contest.
    pub(super) contest: Contest,
    /// The runs in the order of the rows (2).
    pub(super) order: Vec<usize>,
    /// The column that the rows are sorted by; None: as they were asked for.
    pub(super) sorted_by: Option<usize>,
    /// The row whose policy is selected.
    pub(super) selected: usize,
    /// The decision of that policy at which the cursor stands (1).
    pub(super) cursor: usize,
    /// What to tell, until the next key.
    pub(super) message: Option<String>,
}

impl Model {
    /// The first policy's first decision. A contest has at least one run.
    pub(super) fn new(contest: Contest) -> Model {
        Model {
            order: (0..contest.runs.len()).collect(),
            contest,
            sorted_by: None,
            selected: 0,
            cursor: 0,
            message: None,
        }
    }

    /// The selected policy's run.
    pub(super) fn run(&self) -> &Run {
        &self.contest.runs[self.order[self.selected]]
    }

    /// The instant at which the cursor stands.
    pub(super) fn time(&self) -> Time {
        let decision = self.run().decision(self.cursor);
        decision.map_or(Time::ZERO, |decision| decision.now)
    }

    /// What a key does.
    pub(super) fn press(&mut self, key: KeyEvent) -> Effect {
        self.message = None;
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c') => Effect::Leave,
                KeyCode::Char('z') => Effect::Suspend,
                _ => Effect::None,
            };
        }
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Effect::Leave,
            KeyCode::Char('e') => return Effect::Export,
            KeyCode::Right => self.go(self.cursor.saturating_add(1)),
            KeyCode::Left => self.go(self.cursor.saturating_sub(1)),
            KeyCode::PageDown => self.go(self.cursor.saturating_add(PAGE)),
            KeyCode::PageUp => self.go(self.cursor.saturating_sub(PAGE)),
            KeyCode::Home => self.go(0),
            KeyCode::End => self.go(usize::MAX),
            KeyCode::Down | KeyCode::Tab => self.select(self.selected.saturating_add(1)),
            KeyCode::Up | KeyCode::BackTab => self.select(self.selected.saturating_sub(1)),
            KeyCode::Char('s') => self.sort(match self.sorted_by {
                None => Some(0),
                Some(column) => Some(column + 1).filter(|next| *next < COLUMNS.len()),
            }),
            KeyCode::Char('S') => self.sort(match self.sorted_by {
                None => Some(COLUMNS.len() - 1),
                Some(column) => column.checked_sub(1),
            }),
            _ => {}
        }
        Effect::None
    }

    /// To a decision of the selected policy, or to its last (1).
    fn go(&mut self, decision: usize) {
        self.cursor = decision.min(self.run().decisions().saturating_sub(1));
    }

    /// To a row, or to the last; the cursor stays at the same time.
    fn select(&mut self, row: usize) {
        let time = self.time();
        self.selected = row.min(self.order.len() - 1);
        self.cursor = self.run().decision_at(time);
    }

    /// Sorts by a column, the best first; the same policy stays selected.
    fn sort(&mut self, column: Option<usize>) {
        let selected = self.order[self.selected];
        self.sorted_by = column;
        self.order.sort_unstable(); // as they were asked for
        if let Some(column) = column.map(|column| &COLUMNS[column]) {
            let figure = |run: &usize| (column.figure)(&self.contest.runs[*run].measures);
            self.order.sort_by(|one, other| {
                let order = figure(one).total_cmp(&figure(other));
                if column.larger_is_better {
                    order.reverse()
                } else {
                    order
                }
            });
        }
        let row = self.order.iter().position(|run| *run == selected);
        self.selected = row.expect("sorting loses nobody");
    }

    /// What the policy decided at the cursor, and why.
    pub(super) fn decided(&self) -> String {
        let run = self.run();
        let Some(decision) = run.decision(self.cursor) else {
            return format!("{} had nothing to decide", run.policy);
        };
        let quantum = match decision.pick.quantum {
            Some(quantum) => format!("for {} at most", text::show(quantum)),
            None => "until it stops".to_owned(),
        };
        let why = decision.pick.why.map(|why| format!(": {why}"));
        format!(
            "{} at {}: CPU {} to {}, {quantum}{}",
            run.policy,
            stepper::time::show(decision.now.as_nanos()),
            decision.cpu,
            self.name(decision.pick.thread),
            why.unwrap_or_default()
        )
    }

    /// Whom the policy stores after the decision, a line for each of its queues.
    pub(super) fn queues(&self) -> Vec<String> {
        let count = self.run().queue(self.cursor).len();
        if count == 0 {
            return vec!["nobody else can run".to_owned()];
        }
        let queues = self.run().queues(&self.contest.workload, self.cursor);
        match &*queues {
            [] => vec![format!(
                "{count} can run, as they came: {}",
                self.as_they_came()
            )],
            [only] => vec![format!(
                "{count} can run, first to last: {}",
                self.members(only)
            )],
            queues => queues
                .iter()
                .map(|queue| format!("{}: {}", queue.name, self.members(queue)))
                .collect(),
        }
    }

    /// The stored threads in the order in which the policy was told of them.
    fn as_they_came(&self) -> String {
        let queue = self.run().queue(self.cursor);
        let names: Vec<String> = queue.iter().map(|thread| self.name(*thread)).collect();
        names.join(", ")
    }

    /// The threads of a queue, each with what it is sorted by.
    fn members(&self, queue: &Queue) -> String {
        let member = |(thread, note): &(ThreadId, String)| match note.as_str() {
            "" => self.name(*thread),
            note => format!("{} ({note})", self.name(*thread)),
        };
        let members: Vec<String> = queue.threads.iter().map(member).collect();
        if members.is_empty() {
            return "–".to_owned();
        }
        members.join(", ")
    }

    /// A thread by its sign and its job's name.
    fn name(&self, thread: ThreadId) -> String {
        text::named(&self.contest.workload, index(thread), 24)
    }
}
