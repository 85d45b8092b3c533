//! What each key does to the model, and what only the program can do for it.
//!
//! Book: chapter 19.

use super::Model;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

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

impl Model {
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
                    let command = self.subject.replay(Some(of), &schedules).command();
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

#[cfg(test)]
mod tests {
    use super::super::tests::told;
    use super::*;

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
}
