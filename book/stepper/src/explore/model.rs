//! The model: the searches of a program, and which execution is selected.
//!
//! Invariants: (1) there is a selected row wherever there is a row; (2) what was found
//! so far is told as such until the program has said that the search is over.
//!
//! Book: chapter 19.

use super::{
    Subject,
    source::{Lines, short},
    told::{Execution, Found, Step, Told},
    tree::{Row, Tree, Why},
};
use crate::{
    failure::{Code, Failure},
    recording::Ending,
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One search.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Its number in the program, from 1.
    pub(super) number: u32,
    /// Where it is, as `file:line`.
    pub(super) at: String,
    /// How, as the scheduler's `Search` is written.
    pub(super) how: String,
    /// What was found.
    pub(super) found: Found,
    /// Whether that is all.
    pub(super) is_over: bool,
    /// The tree of choices.
    pub(super) tree: Tree,
    /// Its rows.
    pub(crate) rows: Vec<Row>,
}

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

/// What only the program can do for a key.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// Nothing more.
    None,
    /// Leave.
    Leave,
    /// Stop until `fg`.
    Suspend,
    /// End the program; what was found stays.
    Stop,
    /// Step through these schedules of this search.
    Step(u32, Vec<String>),
    /// Put this text on the terminal's clipboard.
    Copy(String),
}

/// Every key with what it does, in the order of the help.
pub(crate) const HELP: &[(&str, &str)] = &[
    ("↑ ↓", "the execution before, after"),
    ("PgUp PgDn", "ten of them;  Home End  the first, the last"),
    ("tab", "the program's next search"),
    ("Enter", "step it, beside the nearest that ends otherwise"),
    ("f", "step the failure of the fewest preemptions"),
    ("y", "copy the command that does what Enter does"),
    ("x", "end the search; what was found stays"),
    ("q Esc", "leave (Ctrl-C does, too)"),
];

impl Search {
    /// Whether it tries one execution of each kind.
    pub(super) fn is_optimal(&self) -> bool {
        self.how == "Exhaustive"
    }

    /// Whether this execution fails.
    pub(crate) fn fails(&self, execution: usize) -> bool {
        self.tree.executions[execution].fails
    }

    /// How long it has taken so far.
    pub(crate) fn seconds(&self) -> f64 {
        self.found.seconds
    }

    /// How it searches, in words.
    pub(super) fn how(&self) -> String {
        let numbers: Vec<&str> = self
            .how
            .split(|letter: char| !letter.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .collect();
        match (
            self.how.split([' ', '(']).next().unwrap_or_default(),
            &numbers[..],
        ) {
            ("Exhaustive", _) => "one of each kind".to_owned(),
            ("Plain", _) => "every interleaving".to_owned(),
            ("Preemptions", [most]) => format!("at most {most} preemptions"),
            ("Random", [seed, runs]) => format!("{runs} random walks, seed {seed}"),
            ("Pct", [seed, depth, runs]) => {
                format!("{runs} runs of random priorities, depth {depth}, seed {seed}")
            }
            _ => self.how.clone(),
        }
    }

    /// How far it is, in a line: how many were tried, of how many.
    pub(crate) fn account(&self) -> String {
        let found = &self.found;
        let tried = format!("{} tried", grouped(found.explored));
        if !self.is_over {
            let estimate = found.behind.filter(|behind| *behind > 0.0).map(|behind| {
                let percent = (behind * 100.0).floor();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_precision_loss,
                    clippy::cast_sign_loss,
                    reason = "an estimate"
                )]
                let all = (found.explored as f64 / behind) as u64;
                format!(
                    ", about {percent} % done, {} in all by estimate",
                    grouped(all)
                )
            });
            return format!("{tried} so far{}", estimate.unwrap_or_default());
        }
        match (&found.stopped, &found.interleavings) {
            (Some(why), _) => format!("{tried}, and not all: {why}"),
            (None, Some(all)) if self.is_optimal() => {
                let all = all.parse().map_or_else(|_| all.clone(), grouped);
                format!("{tried}, one of each kind, for all {all} interleavings: exhausted")
            }
            (None, _) => format!("{tried}, {}: exhausted", self.how()),
        }
    }
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
                Told::Chance(_) | Told::ChanceEnded(_) => {}
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

    /// A key.
    pub(crate) fn press(&mut self, key: KeyEvent) -> Effect {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let told = self.message.take().is_some();
        match key.code {
            KeyCode::Char('c') if control => return Effect::Leave,
            KeyCode::Char('z') if control => return Effect::Suspend,
            _ if control => return Effect::None,
            _ if self.helps => {
                self.helps = false;
                return Effect::None;
            }
            KeyCode::Esc if told => return Effect::None,
            KeyCode::Char('q') | KeyCode::Esc => return Effect::Leave,
            KeyCode::Char('?') => self.helps = true,
            KeyCode::Char('x') => return Effect::Stop,
            KeyCode::Down => self.go(1),
            KeyCode::Up => self.go(-1),
            KeyCode::PageDown => self.go(10),
            KeyCode::PageUp => self.go(-10),
            KeyCode::Home => self.go(isize::MIN),
            KeyCode::End => self.go(isize::MAX),
            KeyCode::Tab | KeyCode::BackTab if !self.searches.is_empty() => {
                self.shown = (self.shown + 1) % self.searches.len();
                self.moved = false;
                self.select_failure();
            }
            KeyCode::Enter => match self.pair() {
                Some((of, schedules)) => return Effect::Step(of, schedules),
                None => self.message = Some("nothing was tried yet".to_owned()),
            },
            KeyCode::Char('y') => {
                if let Some((of, schedules)) = self.pair() {
                    let command = self.subject.replay(of, &schedules).command();
                    self.message = Some(format!("copied: {command}"));
                    return Effect::Copy(command);
                }
            }
            KeyCode::Char('f') => {
                let search = self.search();
                match search.and_then(|it| Some((it.number, Model::shortest_pair(it)?))) {
                    Some((of, schedules)) => return Effect::Step(of, schedules),
                    None => self.message = Some("no failure was found in this search".to_owned()),
                }
            }
            _ => {}
        }
        Effect::None
    }

    /// Moves the selection by so many rows.
    fn go(&mut self, rows: isize) {
        let last = self
            .search()
            .map_or(0, |search| search.rows.len().saturating_sub(1));
        self.moved = true;
        self.row = self.row.saturating_add_signed(rows).min(last);
    }
}

/// A number with a comma before every three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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

    /// Presses a key.
    fn press(model: &mut Model, code: KeyCode) -> Effect {
        model.press(KeyEvent::from(code))
    }

    #[test]
    fn a_failure_is_selected_and_stepped_beside_the_nearest_that_is_fine() {
        let mut model = told();
        assert!(model.selected().is_some_and(|execution| execution.fails));
        let both = |schedules: [&str; 2]| Effect::Step(1, schedules.map(str::to_owned).into());
        assert_eq!(
            press(&mut model, KeyCode::Enter),
            both(["v1,5:2/15", "v1/15"])
        );
        assert_eq!(
            press(&mut model, KeyCode::Char('f')),
            both(["v1,5:2/15", "v1/15"])
        );
        // The last one is fine: the failing one stands at the left all the same.
        press(&mut model, KeyCode::End);
        assert_eq!(
            press(&mut model, KeyCode::Enter),
            both(["v1,5:2/15", "v1,4:2/15"])
        );
        let Effect::Copy(command) = press(&mut model, KeyCode::Char('y')) else {
            panic!("nothing was copied");
        };
        assert_eq!(
            command,
            "cargo run -- step --schedule v1,5:2/15 --schedule v1,4:2/15 --of 1 -- ./mine"
        );
    }

    #[test]
    fn keys_stay_within_the_rows_and_do_nothing_where_there_is_none() {
        let mut model = told();
        for (code, row) in [
            (KeyCode::Home, 0),
            (KeyCode::Up, 0),
            (KeyCode::PageDown, 6),
            (KeyCode::Down, 6),
            (KeyCode::PageUp, 0),
        ] {
            press(&mut model, code);
            assert_eq!(model.row, row, "{code:?}");
        }
        model.searches.clear();
        for code in [
            KeyCode::Enter,
            KeyCode::Down,
            KeyCode::Tab,
            KeyCode::Char('f'),
        ] {
            assert_eq!(press(&mut model, code), Effect::None);
        }
        assert_eq!(press(&mut model, KeyCode::Char('q')), Effect::Leave);
    }

    #[test]
    fn a_search_that_goes_on_says_how_far_it_is_and_one_that_was_bounded_why() {
        let mut model = told();
        let search = &mut model.searches[0];
        search.is_over = false;
        search.found.explored = 1200;
        search.found.behind = Some(0.25);
        assert_eq!(
            search.account(),
            "1,200 tried so far, about 25 % done, 4,800 in all by estimate"
        );
        search.is_over = true;
        search.found.stopped = Some("the time was over".to_owned());
        assert_eq!(
            search.account(),
            "1,200 tried, and not all: the time was over"
        );
        search.found.stopped = None;
        search.how = "Plain".to_owned();
        assert_eq!(
            search.account(),
            "1,200 tried, every interleaving: exhausted"
        );
        search.how = "Pct { seed: 7, depth: 3, runs: 9 }".to_owned();
        assert_eq!(search.how(), "9 runs of random priorities, depth 3, seed 7");
    }
}
