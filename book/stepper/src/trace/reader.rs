//! From lines to events and output, as they arrive.

use std::{borrow::Cow, collections::HashSet, io, io::BufRead};

use super::{
    Account, Side, Target, Trace, Value,
    fields::Fields,
    line::{Line, Lines},
    record::{self, Keys, Origin, Raw},
    shown::show,
    words,
};

/// Reads what a program prints, in portions of any size.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// Turns bytes into lines.
    lines: Lines,
    /// Turns lines into sides.
    sorter: Sorter,
}

impl Reader {
    /// A reader that has read nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes. Events and output of every line that they
    /// complete are in [`Reader::trace`] afterwards.
    pub fn push(&mut self, bytes: &[u8]) {
        let sorter = &mut self.sorter;
        self.lines.push(bytes, |line| sorter.line(&line));
    }

    /// The input is over: a last line without a line break counts as well.
    /// More may be pushed nevertheless.
    pub fn finish(&mut self) {
        let sorter = &mut self.sorter;
        self.lines.finish(|line| sorter.line(&line));
    }

    /// What has been read so far.
    pub const fn trace(&self) -> &Trace {
        &self.sorter.trace
    }

    /// What has been read so far, to fill in titles and sources.
    pub const fn trace_mut(&mut self) -> &mut Trace {
        &mut self.sorter.trace
    }

    /// The trace, after [`Reader::finish`].
    pub fn into_trace(mut self) -> Trace {
        self.finish();
        self.sorter.trace
    }

    /// The beginning of a line that is not complete yet, such as a prompt.
    pub fn partial(&self) -> String {
        let mut text = String::new();
        show(self.lines.partial(), &mut text);
        text
    }

    /// Reads everything from a source of bytes: a `.trace` file, a pipe.
    ///
    /// # Errors
    /// Those of `input`.
    pub fn read(mut input: impl BufRead) -> io::Result<Trace> {
        let mut reader = Self::new();
        loop {
            let bytes = match input.fill_buf() {
                Ok([]) => return Ok(reader.into_trace()),
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            reader.push(bytes);
            let length = bytes.len();
            input.consume(length);
        }
    }
}

/// Sorts lines into the events and the output of sides.
#[derive(Clone, Debug, Default)]
struct Sorter {
    /// What has been read.
    trace: Trace,
    /// The position of the side that wrote the last record: output is its.
    current: usize,
    /// Which unknown words have been warned of.
    warned: HashSet<String>,
}

impl Sorter {
    /// Takes one line: a record, output, or output and then a record.
    fn line(&mut self, line: &Line<'_>) {
        let found = record::find(line.bytes);
        let Some((start, text, origin)) = found else {
            self.output(line.bytes, line.ends, line.cut);
            return;
        };
        if start > 0 {
            self.output(&line.bytes[..start], false, 0);
        }
        let text = std::str::from_utf8(&line.bytes[text..]).map_or_else(
            |_| {
                let mut shown = String::new();
                show(&line.bytes[text..], &mut shown);
                Cow::Owned(shown)
            },
            Cow::Borrowed,
        );
        let text = text.trim_end_matches('\r');
        match origin {
            Origin::Step(target) => {
                self.record(target, text);
                self.after_record(line);
            }
            Origin::Account if self.account(text) => {}
            Origin::Account => self.output(&line.bytes[start..], line.ends, line.cut),
        }
    }

    /// Notes what was wrong with the line that held a record.
    fn after_record(&mut self, line: &Line<'_>) {
        let Some(side) = self.trace.sides.get_mut(self.current) else {
            return;
        };
        if line.cut > 0 {
            side.note(format!(
                "The line of this step was longer than 64 KiB; {} bytes of it were cut off.",
                line.cut
            ));
        } else if !line.ends {
            side.note("The trace ends in the middle of this line.".to_owned());
        }
    }

    /// Takes output: of the side that wrote the last record.
    fn output(&mut self, bytes: &[u8], ends: bool, cut: usize) {
        let side = self.trace.sides.get_mut(self.current);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        match side {
            Some(side) => {
                side.output.push(side.columns.len(), bytes, ends);
                if cut > 0 {
                    side.note(format!(
                        "A line of output was longer than 64 KiB; {cut} bytes of it were cut off."
                    ));
                }
            }
            None => self.trace.orphan.push(0, bytes, ends),
        }
    }

    /// Takes a record of a step.
    fn record(&mut self, target: Target, text: &str) {
        self.current = self.side_of(target);
        let side = &mut self.trace.sides[self.current];
        let (name, keys) = record::split_name(text);
        let mut fields = Fields::default();
        for (key, raw) in Keys::new(keys) {
            match &raw {
                Raw::Bare(word) => fields.take(side, key, Value::bare(word)),
                Raw::Quoted(text) => fields.take(side, key, Value::Text(text)),
            }
        }
        fields.finish(side, name);
        side.fold();
        self.warn_of_unknown();
    }

    /// Notes once each the words of the last event that the vocabulary lacks.
    fn warn_of_unknown(&mut self) {
        let side = &mut self.trace.sides[self.current];
        let event = side.event(side.len() - 1).expect("it was pushed");
        let unknown = words::unknown(&event);
        for sentence in unknown {
            if self.warned.insert(sentence.clone()) {
                side.note(sentence);
            }
        }
    }

    /// Takes a half's own account; `false` if it does not say whose it is.
    fn account(&mut self, text: &str) -> bool {
        let (_, keys) = record::split_name(text);
        let mut rest = keys;
        let mut found = None;
        // `t` and the driver come first; what follows them is the account.
        while let Some((pair, after)) = rest.split_once(' ') {
            let Some((key, value)) = pair.split_once('=') else {
                break;
            };
            match key {
                "t" => {}
                "loop" => found = Some((Target::Runtime, value)),
                "sched" => found = Some((Target::Scheduler, value)),
                "pool" => found = Some((Target::Process, value)),
                _ => break,
            }
            rest = after;
        }
        let Some((target, driver)) = found else {
            return false;
        };
        // Our own line, which every record ends with, is no part of it.
        let rest = rest.rfind(" src=").map_or(rest, |end| &rest[..end]);
        let index = self.side_of(target);
        let side = &mut self.trace.sides[index];
        side.accounts.push(Account {
            step: side.columns.len(),
            driver: driver.parse().unwrap_or(u32::MAX),
            text: rest.to_owned(),
        });
        true
    }

    /// The position of a target's side, which is made if there is none. The
    /// first one inherits the output that came before any record.
    fn side_of(&mut self, target: Target) -> usize {
        let sides = &mut self.trace.sides;
        if let Some(index) = sides.iter().position(|side| side.target == target) {
            return index;
        }
        let mut side = Side::new(target);
        side.output = std::mem::take(&mut self.trace.orphan);
        sides.push(side);
        sides.len() - 1
    }
}
