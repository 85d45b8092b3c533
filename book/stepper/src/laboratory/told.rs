//! What the program tells: its variables, and a line for each stop.
//!
//! The format is in the header of `scheduler/examples/laboratory.rs`.
//!
//! Invariant: what cannot be read is refused, with the line.
//!
//! Book: chapter 18.

use crate::failure::{Code, Failure};

/// All of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Told {
    /// The variables: name and address.
    pub(super) variables: Vec<(String, u64)>,
    /// After no instruction, after one, .. and after the last one.
    pub(super) stops: Vec<Stop>,
}

/// A stop after so many instructions.
#[derive(Debug, PartialEq)]
pub(super) struct Stop {
    /// The instruction that came next; None behind the last one.
    pub(super) next: Option<Next>,
    /// How often an update was lost, and of how often; None if it was not tried.
    pub(super) lost: Option<(u32, u32)>,
}

/// An instruction.
#[derive(Debug, PartialEq)]
pub(super) struct Next {
    /// Where it is.
    pub(super) address: u64,
    /// Its bytes, and some of the next one's.
    pub(super) code: Vec<u8>,
    /// Its file and line, if they are known.
    pub(super) at: Option<String>,
    /// Its function, if that is known.
    pub(super) function: Option<String>,
}

impl Told {
    /// Reads it all.
    ///
    /// # Errors
    /// A line cannot be read, or there is none.
    pub(super) fn read(text: &str) -> Result<Told, Failure> {
        let mut told = Told::default();
        for line in text.lines() {
            told.line(line).ok_or_else(|| {
                let sentence = format!("the experiment told what nobody understands: `{line}`");
                Failure::new(Code::NoTrace, sentence)
            })?;
        }
        if told.stops.is_empty() {
            let sentence = "the experiment told nothing: `git checkout scheduler/examples` \
                            brings it back as it was";
            return Err(Failure::new(Code::NoTrace, sentence));
        }
        Ok(told)
    }

    /// Reads one line; None if it is no such line.
    fn line(&mut self, line: &str) -> Option<()> {
        let parts: Vec<&str> = line.split('\t').collect();
        match parts[..] {
            ["variable", name, address] => {
                let address = u64::from_str_radix(address, 16).ok()?;
                self.variables.push((name.to_owned(), address));
            }
            [k, address, bytes, at, function, lost, times] => {
                let known = |text: &str| (text != "-").then(|| text.to_owned());
                let next = match known(address) {
                    None => None,
                    Some(address) => Some(Next {
                        address: u64::from_str_radix(&address, 16).ok()?,
                        code: of_hex(known(bytes).as_deref().unwrap_or_default())?,
                        at: known(at),
                        function: known(function),
                    }),
                };
                let lost = match known(lost) {
                    None => None,
                    Some(lost) => Some((lost.parse().ok()?, times.parse().ok()?)),
                };
                if k.parse() != Ok(self.stops.len()) {
                    return None;
                }
                self.stops.push(Stop { next, lost });
            }
            _ => return None,
        }
        Some(())
    }
}

/// The bytes that are written as two digits each.
fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_stops_are_read() {
        let text = "variable\tCOUNTER\t20\n0\t10\t90c3\tf.rs:3\tf\t0\t5\n1\t11\tc3\t-\t-\t-\t-\n2\t-\t-\t-\t-\t5\t5\n";
        let told = Told::read(text).unwrap();
        assert_eq!(told.variables, [("COUNTER".to_owned(), 0x20)]);
        let first = told.stops[0].next.as_ref().unwrap();
        assert_eq!((first.address, &first.code[..]), (0x10, &[0x90, 0xC3][..]));
        assert_eq!(first.at.as_deref(), Some("f.rs:3"));
        assert_eq!(told.stops[0].lost, Some((0, 5)));
        assert_eq!(told.stops[1].lost, None);
        assert_eq!(told.stops[2].next, None);
    }

    #[test]
    fn nonsense_is_refused_with_its_line() {
        for text in ["hello", "1\t-\t-\t-\t-\t0\t1", "0\t-\tzz\t-\t-\tx\t1", ""] {
            let refused = Told::read(text).unwrap_err();
            assert_eq!(refused.code, 65, "{text}");
            assert!(refused.sentence.contains(text), "{}", refused.sentence);
        }
    }
}
