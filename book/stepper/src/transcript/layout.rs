//! Columns of a fixed width, counted as a terminal counts them.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::line::Line;
use crate::trace::Place;

/// What stands between two columns.
const RULE: &str = "│ ";

/// How wide a place is at most: `01_…:1234`.
const PLACE: usize = 9;

/// Below this width a column shows no places: its text needs the room.
const ROOMY: usize = 30;

/// Where the columns stand: in 80, the left is 40 wide, the right 38 and its rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// How wide a column is together with its rule; the first has none.
    width: usize,
}

impl Layout {
    /// So many columns in a width.
    pub(super) fn new(width: usize, columns: usize) -> Self {
        let width = width / columns.max(1);
        Self {
            width: width.max(10),
        }
    }

    /// A line of the transcript: a cell a column, without space at its end.
    pub(super) fn row(self, cells: &[Option<Line>]) -> String {
        let mut row = String::new();
        for (index, cell) in cells.iter().enumerate() {
            let rule = if index > 0 { RULE } else { "" };
            row.push_str(rule);
            let width = self.width - rule.width();
            let text = cell
                .as_ref()
                .map_or_else(String::new, |line| self.cell(line, width));
            row.push_str(&text);
            row.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width())));
        }
        row.truncate(row.trim_end().len());
        row
    }

    /// The text of a line, and its place where there is room for one: in the
    /// same position in every column.
    fn cell(self, line: &Line, width: usize) -> String {
        match &line.place {
            Some(place) if width >= ROOMY => {
                let start = self.width - RULE.width() - PLACE;
                let text = cut(&line.text, start - 1);
                let room = start - text.width();
                format!("{text}{}{}", " ".repeat(room), short_place(place, PLACE))
            }
            _ => cut(&line.text, width),
        }
    }
}

/// The text in at most `width` columns, ending in `…` if it is cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1; // the `…`
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// A place in at most `width` columns: `01_…:13`, `main.rs:7`.
fn short_place(place: &Place, width: usize) -> String {
    let name = place.file_name();
    let line = format!(":{}", place.line);
    let whole = format!("{name}{line}");
    if whole.width() <= width {
        return whole;
    }
    // A lesson is known by its number: the same for both twins.
    let number = name.find('_').map_or("", |end| &name[..=end]);
    let room = width.saturating_sub(line.len() + 1);
    let head = if !number.is_empty() && number.width() <= room {
        number.to_owned()
    } else {
        let cut = cut(name, room + 1);
        cut.trim_end_matches('…').to_owned()
    };
    format!("{head}…{line}")
}

#[cfg(test)]
mod tests {
    use super::{Layout, cut, short_place};
    use crate::{trace::Place, transcript::line::Line};
    use unicode_width::UnicodeWidthStr;

    fn place(text: &str) -> Place {
        Place::parse(text)
    }

    #[test]
    fn a_text_that_fits_is_not_cut() {
        assert_eq!(cut("ping 1", 6), "ping 1");
    }

    #[test]
    fn a_wide_character_is_never_halved() {
        // Each of these characters is two columns wide.
        assert_eq!(cut("時間時間", 8), "時間時間");
        assert_eq!(cut("時間時間", 6), "時間…");
        assert_eq!(cut("時間時間", 5), "時間…");
    }

    #[test]
    fn a_lesson_is_known_by_its_number() {
        let lesson = place("examples/01_two_counters_tasks.rs:13");
        assert_eq!(short_place(&lesson, 9), "01_…:13");
        assert_eq!(short_place(&place("src/main.rs:7"), 9), "main.rs:7");
        assert_eq!(short_place(&place("src/something.rs:7"), 9), "someth…:7");
    }

    #[test]
    fn no_row_is_wider_than_asked_for() {
        for width in [20, 40, 79, 80, 120, 160] {
            let layout = Layout::new(width, 2);
            let line = || {
                Some(Line {
                    text: "a text that is much too long for most columns, 時間".repeat(3),
                    place: Some(place("examples/01_two_counters_tasks.rs:1234")),
                })
            };
            let row = layout.row(&[line(), line()]);
            assert!(row.width() <= width, "{width}: {row}");
        }
    }
}
