//! What a program tells of its searches: lines of JSON among its output.
//!
//! `scheduler` writes them through the log, with the target `explore`; its module
//! `explore::tell` says what each holds.
//!
//! Invariants: (1) a line that is none of them is the program's output, and kept; (2)
//! bytes come in pieces of any size.
//!
//! Book: chapter 19.

use serde::Deserialize;

/// What stands before the JSON in a line of the log.
pub(crate) const MARK: &str = " TRACE explore] ";
/// So much of the program's own output is kept, in bytes: its end.
const KEPT: usize = 16 * 1024;

/// One line.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Told {
    /// A search begins.
    Search(Begun),
    /// One execution of it.
    Execution(Execution),
    /// What was found so far.
    Progress(Found),
    /// What was found in the end.
    Ended(Found),
    /// A schedule was followed.
    Followed(Followed),
    /// What came of runs by chance, so far.
    Chance(Chance),
    /// And in the end.
    ChanceEnded(Chance),
}

/// A search begins.
#[derive(Debug, Deserialize)]
pub(crate) struct Begun {
    /// Which search of the program, from 1.
    pub(super) search: u32,
    /// Where, as `file:line`.
    pub(super) at: String,
    /// How, as the scheduler's `Search` is written.
    pub(super) how: String,
}

/// One execution.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Execution {
    /// Of which search.
    pub(super) search: u32,
    /// What came out; empty for nothing special.
    pub(super) text: String,
    /// Whether that is a failure.
    pub(super) fails: bool,
    /// The schedule that leads there.
    pub(super) schedule: String,
    /// Its steps.
    pub(super) steps: Vec<Step>,
    /// Who wanted to do what and could not, at the end.
    pub(super) wanted: Vec<(u32, String)>,
}

/// One step.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Step {
    /// The thread that took it.
    pub(crate) t: u32,
    /// What it did.
    pub(crate) op: String,
    /// The line, as `file:line`.
    pub(super) at: Option<String>,
    /// Who else could have: the thread, which step its next one is, and the first step
    /// from here on that depends on that one.
    pub(super) others: Vec<(u32, Option<usize>, Option<usize>)>,
}

/// A schedule was followed, and this came of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Followed {
    /// Whether it goes on, and somebody has to choose.
    pub(crate) open: bool,
    /// What came out, if it is over; empty for nothing special.
    pub(crate) text: String,
    /// What went wrong, in full.
    pub(crate) trouble: Option<String>,
    /// The schedule that leads here.
    pub(crate) schedule: String,
    /// How often the CPU was taken from a thread that could go on.
    pub(crate) preemptions: u32,
    /// Who took the last step that was not taken without asking.
    pub(crate) last: Option<u32>,
    /// The steps.
    pub(crate) steps: Vec<Step>,
    /// What each thread would do next, where it is open.
    pub(crate) offers: Vec<Offer>,
}

/// What a thread would do next.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Offer {
    /// The thread.
    pub(crate) t: u32,
    /// Its name.
    pub(crate) name: String,
    /// What it would do.
    pub(crate) op: String,
    /// To what, as the trace calls it.
    pub(crate) on: Option<String>,
    /// The line, as `file:line`.
    pub(crate) at: Option<String>,
    /// Whether it can.
    pub(crate) can: bool,
    /// Whether the rule of schedules gives it the step.
    pub(crate) usual: bool,
    /// Whether it is taken without asking.
    pub(crate) at_once: bool,
}

/// What was found.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Found {
    /// Of which search.
    pub(super) search: u32,
    /// After so many seconds.
    pub(super) seconds: f64,
    /// How many executions there were.
    pub(crate) explored: u64,
    /// How many interleavings those stand for, if that could be counted.
    pub(crate) interleavings: Option<String>,
    /// The share of the tree that is done, as far as it can be told.
    pub(super) behind: Option<f64>,
    /// Why not everything was tried; None if it was, or is being.
    pub(crate) stopped: Option<String>,
    /// What came out.
    pub(super) outcomes: Vec<Outcome>,
    /// What failed.
    pub(crate) failures: Vec<Failure>,
    /// The data races, by their lines.
    pub(super) races: Vec<(String, String)>,
}

/// One thing that came out.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Outcome {
    /// What; empty for nothing special.
    pub(super) text: String,
    /// In how many executions.
    pub(super) executions: u64,
}

/// One way to fail.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Failure {
    /// As it is called among the outcomes.
    pub(crate) text: String,
    /// In full.
    pub(super) trouble: String,
    /// How many preemptions its schedule takes.
    pub(crate) preemptions: u32,
    /// Whether no other takes fewer.
    pub(crate) fewest: bool,
    /// The schedule.
    pub(crate) schedule: String,
}

/// What came of runs by chance.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Chance {
    /// Of which search's program.
    pub(super) search: u32,
    /// How many runs there were.
    pub(super) runs: u64,
    /// What came out, how often, and whether it is a failure.
    pub(super) outcomes: Vec<(String, u64, bool)>,
    /// Why it cannot be run by chance here, if it cannot.
    pub(super) error: Option<String>,
}

impl Found {
    /// The failure with the fewest preemptions, and of those the shortest text.
    pub(super) fn shortest(&self) -> Option<&Failure> {
        let length = |failure: &&Failure| (failure.preemptions, failure.schedule.len());
        self.failures.iter().min_by_key(length)
    }

    /// The failure that an outcome is, if it is one.
    pub(super) fn failure(&self, outcome: &Outcome) -> Option<&Failure> {
        let same = |failure: &&Failure| failure.text == outcome.text;
        self.failures
            .iter()
            .filter(same)
            .min_by_key(|failure| failure.preemptions)
    }

    /// The outcomes, failures first.
    pub(super) fn in_order(&self) -> Vec<&Outcome> {
        let mut outcomes: Vec<&Outcome> = self.outcomes.iter().collect();
        outcomes.sort_by_key(|outcome| self.failure(outcome).is_none());
        outcomes
    }
}

/// Takes lines out of a program's output.
#[derive(Debug, Default)]
pub(super) struct Listener {
    /// A line without its end (2).
    begun: Vec<u8>,
    /// The end of the program's own output (1).
    pub(super) output: String,
}

impl Listener {
    /// What is told in these bytes, and in those before that were not a line yet.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Vec<Told> {
        let mut told = Vec::new();
        self.begun.extend_from_slice(bytes);
        while let Some(end) = self.begun.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let read = line.split_once(MARK).and_then(|(before, json)| {
                // What the program printed without an end of its line stands before.
                let own = before.rfind('[').map_or("", |at| &before[..at]);
                self.output.push_str(own);
                serde_json::from_str(json).ok()
            });
            match read {
                Some(read) => told.push(read),
                None => self.output.push_str(&line),
            }
        }
        if self.output.len() > KEPT {
            let mut start = self.output.len() - KEPT;
            while !self.output.is_char_boundary(start) {
                start += 1;
            }
            self.output.drain(..start);
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart_from_output_in_pieces_of_any_size() {
        let text = "hello\nno end [2026-11-30T00:00:00Z TRACE explore] {\"event\":\"search\",\
                    \"search\":1,\"at\":\"a.rs:3\",\"how\":\"Exhaustive\"}\nbroken: tried 4\n\
                    [2026-11-30T00:00:00Z TRACE explore] {\"event\":\"nothing\"}\n";
        let mut listener = Listener::default();
        let mut told = Vec::new();
        for piece in text.as_bytes().chunks(7) {
            told.extend(listener.hear(piece));
        }
        assert!(matches!(&told[..], [Told::Search(it)] if it.search == 1 && it.at == "a.rs:3"));
        assert!(
            listener
                .output
                .starts_with("hello\nno end broken: tried 4\n")
        );
    }
}
