//! Text in cells: how wide it is, cut to fit, wrapped, put into the buffer.
//!
//! Invariants: (1) nothing is written outside the area, whatever the text;
//! (2) a wide character is never cut in half; (3) what was cut ends in `…`.
//!
//! Book: appendix "The stepper".

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How far apart tab stops are.
const TAB: usize = 4;

/// How many cells a text takes.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text without tabs: spaces up to the next stop.
pub(super) fn without_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.to_owned();
    }
    let mut spaced = String::with_capacity(text.len() + TAB);
    let mut column = 0;
    for letter in text.chars() {
        if letter == '\t' {
            let stop = column + TAB - column % TAB;
            spaced.extend(std::iter::repeat_n(' ', stop - column));
            column = stop;
        } else {
            spaced.push(letter);
            column += letter.width().unwrap_or(0);
        }
    }
    spaced
}

/// The text, or as much of it as fits and `…` (2, 3).
pub(super) fn cut(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut fits = String::new();
    let mut used = 0;
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used + 1 > cells {
            break;
        }
        fits.push(letter);
    }
    if cells > 0 {
        fits.push('…');
    }
    fits
}

/// The text in lines of at most so many cells, broken between words, or
/// inside one that is longer than a line.
pub(super) fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let space = usize::from(used > 0);
        if used + space + width(word) <= cells {
            let line = lines.last_mut().expect("there is a first line");
            if space > 0 {
                line.push(' ');
            }
            line.push_str(word);
            used += space + width(word);
            continue;
        }
        if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        for letter in word.chars() {
            let wide = letter.width().unwrap_or(0);
            if used > 0 && used + wide > cells {
                lines.push(String::new());
                used = 0;
            }
            lines
                .last_mut()
                .expect("there is a first line")
                .push(letter);
            used += wide;
        }
    }
    lines
}

/// The wrapped text in at most `rows` lines; `…` ends it if that is too few.
pub(super) fn wrap_in(text: &str, cells: usize, rows: usize) -> Vec<String> {
    let mut lines = wrap(text, cells);
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.last_mut() {
            *last = cut(&format!("{last} ……"), cells.min(width(last) + 2));
        }
    }
    lines
}

/// Writes a text at a place of the buffer, cut to `cells` and to the area.
/// Returns the column after it.
pub(super) fn put(
    buffer: &mut Buffer,
    x: u16,
    y: u16,
    cells: u16,
    text: &str,
    style: Style,
) -> u16 {
    let area = buffer.area;
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
        return x; // (1)
    }
    let cells = cells.min(area.right() - x);
    let fitting = cut(text, cells.into());
    let (end, _) = buffer.set_stringn(x, y, fitting, cells.into(), style);
    end
}

/// Writes a text on a line of `area`, if it has that line.
pub(super) fn line(buffer: &mut Buffer, area: Rect, row: u16, text: &str, style: Style) {
    if row < area.height {
        put(buffer, area.x, area.y + row, area.width, text, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_text_ends_in_an_ellipsis_and_never_in_half_a_character() {
        assert_eq!(cut("hello", 5), "hello");
        assert_eq!(cut("hello", 4), "hel…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("hello", 1), "…");
        assert_eq!(cut("hello", 0), "");
    }

    #[test]
    fn wrapping_breaks_between_words_and_inside_long_ones() {
        assert_eq!(
            wrap("it gave way by itself", 8),
            ["it gave", "way by", "itself"]
        );
        assert_eq!(wrap("a abcdefgh", 3), ["a", "abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("日本", 1), ["日", "本"]);
    }

    #[test]
    fn wrapping_in_too_few_rows_says_that_there_is_more() {
        assert_eq!(wrap_in("one two three", 5, 2), ["one", "two …"]);
        assert_eq!(wrap_in("abcde fghij k", 5, 2), ["abcde", "fghi…"]);
    }

    #[test]
    fn tabs_go_to_the_next_stop() {
        assert_eq!(without_tabs("a\tb\t\tc"), "a   b       c");
    }

    #[test]
    fn nothing_is_written_outside_the_area() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        put(&mut buffer, 2, 0, 10, "abcdef", Style::new());
        put(&mut buffer, 9, 9, 10, "abcdef", Style::new());
        assert_eq!(buffer, Buffer::with_lines(["  a…"]));
    }
}
