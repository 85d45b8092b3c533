//! One record: where it begins in a line, and what its text says.
//!
//! ```text
//! ping 1[2026-11-24T05:04:22Z TRACE runtime] polled t=5 loop=0 task=1 at=src/a b.rs:3 src=..
//! └output┘└────────── prefix ──────────────┘ └name┘ └─────── keys ─────────────────────────┘
//! ```
//!
//! Values hold no space unless they are quoted, but for `at` and `src`: those
//! come last, and what separates them is found from the right, so that a
//! path may hold spaces.

use super::Target;

/// Whose record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A step.
    Step(Target),
    /// A half's account of its own state.
    Account,
}

/// Where a record begins in `line`, where its text begins, and whose it is.
pub(crate) fn find(line: &[u8]) -> Option<(usize, usize, Origin)> {
    const LEVEL: &[u8] = b"TRACE ";
    let mut from = 0;
    while let Some(found) = position(&line[from..], LEVEL) {
        let level = from + found;
        from = level + LEVEL.len();
        let Some((origin, length)) = origin(&line[from..]) else {
            continue;
        };
        let stamp = line[..level]
            .iter()
            .rev()
            .take_while(|byte| {
                matches!(
                    byte,
                    b'0'..=b'9' | b'-' | b':' | b'.' | b'+' | b'T' | b'Z' | b' '
                )
            })
            .count();
        if let Some(start) = (level - stamp).checked_sub(1)
            && line[start] == b'['
        {
            return Some((start, from + length, origin));
        }
    }
    None
}

/// The target at the start of `text`, and the length of it with its `] `.
fn origin(text: &[u8]) -> Option<(Origin, usize)> {
    let candidates: [(&[u8], Origin); 4] = [
        (b"runtime] ", Origin::Step(Target::Runtime)),
        (b"scheduler] ", Origin::Step(Target::Scheduler)),
        (b"process] ", Origin::Step(Target::Process)),
        (b"account] ", Origin::Account),
    ];
    candidates
        .into_iter()
        .find(|(prefix, _)| text.starts_with(prefix))
        .map(|(prefix, origin)| (origin, prefix.len()))
}

/// Where `needle` first occurs.
fn position(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len())
        .position(|window| window == needle)
}

/// Splits a record's text into its name and the text of its keys.
pub(crate) fn split_name(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// The keys of a record, in order.
#[derive(Debug)]
pub(crate) struct Keys<'line> {
    /// What is still to be read.
    rest: &'line str,
}

/// A value as it stands in the line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Raw<'line> {
    /// Without quotes.
    Bare(&'line str),
    /// Between quotes, with its escapes undone.
    Quoted(String),
}

impl<'line> Keys<'line> {
    /// The keys in the text after a record's name.
    pub(crate) const fn new(rest: &'line str) -> Self {
        Self { rest }
    }
}

impl<'line> Iterator for Keys<'line> {
    /// A key and its value; a text that is no pair has an empty key.
    type Item = (&'line str, Raw<'line>);

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_start_matches(' ');
        if self.rest.is_empty() {
            return None;
        }
        let Some(length) = key_length(self.rest) else {
            // No pair begins here: up to the next space it is a word alone.
            let (word, rest) = self.rest.split_once(' ').unwrap_or((self.rest, ""));
            self.rest = rest;
            return Some(("", Raw::Bare(word)));
        };
        let (key, value) = (&self.rest[..length], &self.rest[length + 1..]);
        let (raw, rest) = match key {
            "at" => match value.rfind(" src=") {
                Some(end) => (Raw::Bare(&value[..end]), &value[end..]),
                None => (Raw::Bare(value), ""),
            },
            "src" => (Raw::Bare(value), ""),
            _ => {
                if let Some((text, rest)) = unquote(value) {
                    (Raw::Quoted(text), rest)
                } else {
                    let end = bare_length(value);
                    (Raw::Bare(&value[..end]), &value[end..])
                }
            }
        };
        self.rest = rest;
        Some((key, raw))
    }
}

/// The length of the key that `text` begins with, if `=` follows it.
fn key_length(text: &str) -> Option<usize> {
    let length = text
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    (length > 0 && text.as_bytes().get(length) == Some(&b'=')).then_some(length)
}

/// The length of a value without quotes: up to the next space after which a
/// key begins. (`value=Some(1, 2) at=..`: a careless writer's value is whole.)
fn bare_length(text: &str) -> usize {
    text.match_indices(' ')
        .map(|(space, _)| space)
        .find(|&space| key_length(&text[space + 1..]).is_some())
        .unwrap_or(text.len())
}

/// Undoes `{:?}` of a text; the text, and what follows the closing quote.
fn unquote(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut plain = String::new();
    let mut characters = inner.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((plain, &inner[index + 1..])),
            '\\' => plain.push(unescape(&mut characters)?),
            _ => plain.push(character),
        }
    }
    None // The line was cut within the quotes.
}

/// The character that an escape stands for, after its backslash.
fn unescape(characters: &mut std::str::CharIndices<'_>) -> Option<char> {
    match characters.next()?.1 {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '0' => Some('\0'),
        'x' => {
            let high = characters.next()?.1.to_digit(16)?;
            let low = characters.next()?.1.to_digit(16)?;
            char::from_u32(high * 16 + low)
        }
        'u' => {
            let _open = characters.next().filter(|&(_, open)| open == '{')?;
            let mut code: u32 = 0;
            loop {
                match characters.next()?.1 {
                    '}' => return char::from_u32(code),
                    digit => code = code.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
                }
            }
        }
        character @ ('"' | '\'' | '\\') => Some(character),
        _ => None,
    }
}
