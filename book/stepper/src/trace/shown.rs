//! Text that is safe to show: control codes are spelled out, never obeyed.
//!
//! Everything in a trace comes from outside: a program may print what clears
//! the screen, and a task's name may hold it. `\x1b` is shown for an escape,
//! `\n` for a line break within a value, `\xff` for a byte that is no UTF-8.
//!
//! Invariant: no text of a [`Side`](super::Side) holds a control code, but for
//! the tabs of its output.

use std::{borrow::Cow, fmt::Write as _};

/// Appends the bytes of a line; tabs stay.
pub(super) fn show(bytes: &[u8], shown: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\t' => shown.push('\t'),
                _ => show_character(character, shown),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
}

/// A value, a name or a path; tabs are spelled out too.
pub(super) fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_spelled_out) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for character in text.chars() {
        show_character(character, &mut shown);
    }
    Cow::Owned(shown)
}

/// Appends a character, spelled out if it must not be obeyed.
fn show_character(character: char, shown: &mut String) {
    if is_spelled_out(character) {
        let _ = match character {
            '\n' | '\r' | '\t' => write!(shown, "{}", character.escape_default()),
            '\0'..='\u{ff}' => write!(shown, "\\x{:02x}", u32::from(character)),
            _ => write!(shown, "\\u{{{:x}}}", u32::from(character)),
        };
    } else {
        shown.push(character);
    }
}

/// Control codes, and what would turn the text on the screen around.
fn is_spelled_out(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{safe, show};

    #[test]
    fn plain_text_is_left_as_it_is() {
        assert!(matches!(
            safe("a plain text, äλ時"),
            std::borrow::Cow::Borrowed(_)
        ));
    }

    #[test]
    fn a_line_keeps_its_tabs_and_a_value_does_not() {
        let mut line = String::new();
        show(b"a\tb\x1b[2J\xff", &mut line);
        assert_eq!(line, "a\tb\\x1b[2J\\xff");
        assert_eq!(safe("a\tb\n\u{1b}\u{202e}"), "a\\tb\\n\\x1b\\u{202e}");
    }
}
