//! A program along a schedule, to its next real choice; and what can follow.
//!
//! Nothing is asked while the program runs. It goes along the schedule that it is given,
//! tells what each thread would do next, and ends: so to pick is to run it again along a
//! longer schedule, and to take back along a shorter one.
//!
//! ```text
//!   SCHEDULE=v1,4:2/stop5 ──► program ──trace, and one line──► Run
//!   EXPLORE=..,after=v1,4:2/stop5 ──► its search ──► Found: what can still come
//! ```
//!
//! Invariants: (1) one schedule is run once; (2) a signal ends the program, and so does
//! [`LONGEST`], save in the first run of a command: then the learner is told.
//!
//! Book: chapter 18.

use crate::{
    children::{Piece, Program, Running, groups::Groups},
    explore::{
        Subject,
        child::Child,
        own_directives,
        told::{Followed, Found, MARK, Told},
    },
    failure::{Code, Failure},
    recording::{Ending, Recording},
    replay::What,
    signals::Note,
};
use scheduler::Schedule;
use std::{
    collections::HashMap,
    rc::Rc,
    thread,
    time::{Duration, Instant},
};
use stepper::{Side, trace::EventKind, transcript};

/// A program takes so long at most from its start to a choice (2).
const LONGEST: Duration = Duration::from_secs(20);
/// A search of what follows ends after so many seconds.
const SEARCH: u64 = 20;
/// How long to sleep when the program has written nothing.
const PAUSE: Duration = Duration::from_millis(1);
/// For how long a search is heard at a time.
const BUDGET: Duration = Duration::from_millis(50);

/// One run: along a schedule to a choice, or to the end.
#[derive(Debug)]
pub(crate) struct Run {
    /// What the program has told of it.
    pub(crate) told: Followed,
    /// The schedule that leads here.
    pub(crate) schedule: Schedule,
    /// What it wrote, from its start to there.
    recording: Recording,
}

/// The program that is driven.
#[derive(Debug)]
pub(crate) struct Driven {
    /// It.
    pub(crate) subject: Subject,
    /// Which of its searches' programs, from 1; 0 is its first run.
    pub(crate) of: u32,
    /// Where it is listed while it runs.
    groups: Groups,
    /// Whether a signal came.
    note: Note,
    /// What was run, by schedule (1).
    known: HashMap<String, Rc<Run>>,
}

impl Driven {
    /// Nothing is run yet.
    pub(crate) fn new(subject: Subject, of: u32, groups: &Groups, note: &Note) -> Driven {
        Driven {
            subject,
            of,
            groups: groups.clone(),
            note: note.clone(),
            known: HashMap::new(),
        }
    }

    /// Runs it along `schedule`, and on to the next choice.
    ///
    /// # Errors
    /// It cannot be started, tells nothing, or the schedule is not its; a signal.
    pub(crate) fn run(&mut self, schedule: &Schedule) -> Result<Rc<Run>, Failure> {
        let text = schedule.to_string();
        if let Some(run) = self.known.get(&text) {
            return Ok(Rc::clone(run)); // (1)
        }
        let program = Program {
            command: self.subject.program.clone(),
            folder: self.subject.folder.clone(),
            takes_input: false,
            variables: vec![
                ("SCHEDULE", text.clone()),
                ("RUST_BACKTRACE", "0".to_owned()), // in the pane of the output it says nothing
                ("EXPLORE", format!("only={},stop=choice", self.of)),
                (
                    "RUST_LOG",
                    format!("{},scheduler=trace,explore=trace", own_directives()),
                ),
            ],
        };
        let run = Rc::new(read(&self.written(&program)?, self.of)?);
        self.known.insert(text, Rc::clone(&run));
        Ok(run)
    }

    /// All that the program writes.
    fn written(&self, program: &Program) -> Result<Vec<u8>, Failure> {
        // A learner's own command may be cargo, which builds first; Ctrl-C ends it then.
        let may_build = self.known.is_empty() && matches!(self.subject.what, What::Command(_));
        let began = Instant::now();
        let running = Running::start(program, &self.groups)?;
        let mut bytes = Vec::new();
        loop {
            match running.next() {
                Some(Piece::Bytes(piece)) => bytes.extend(piece),
                Some(Piece::Over(_)) => return Ok(bytes),
                None => thread::sleep(PAUSE),
            }
            if let Some(failure) = self.note.failure() {
                return Err(failure); // which ends it (2)
            }
            if began.elapsed() > LONGEST && !may_build {
                let sentence = "the program came to no choice within 20 seconds, and was ended: \
                                does it loop, or wait for the world outside?";
                return Err(Failure::new(Code::ProgramFailed, sentence));
            }
        }
    }

    /// Searches what can follow `after`; None if there is nothing to search, since it is no
    /// search's program.
    ///
    /// # Errors
    /// It cannot be started, or tells nothing; a signal.
    pub(crate) fn search(&self, after: &Schedule) -> Result<Option<Found>, Failure> {
        if self.of == 0 {
            return Ok(None);
        }
        let words = format!("only={},seconds={SEARCH},after={after}", self.of);
        let mut child = Child::start(&self.subject, &words, &self.groups)?;
        let mut found = None;
        loop {
            let was_over = child.is_over();
            for told in child.hear(BUDGET) {
                if let Told::Ended(all) = told {
                    found = Some(all);
                }
            }
            if was_over {
                break;
            }
            if let Some(failure) = self.note.failure() {
                return Err(failure);
            }
            thread::sleep(PAUSE);
        }
        found.map(Some).ok_or_else(|| silent(self.of))
    }
}

/// The end of a program that told nothing.
fn silent(of: u32) -> Failure {
    let sentence = match of {
        0 => "the program has no choice to offer: it needs `env_logger::init()` and, after it, a \
              scheduler in checkpoint mode, or a search; what waits for real input or output, as \
              lesson 03 does, cannot be driven"
            .to_owned(),
        of => {
            format!("the program does not begin {of} searches: `cargo run -- explore` lists them")
        }
    };
    Failure::new(Code::Usage, sentence)
}

/// Where `needle` stands in `bytes`.
fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|part| part == needle)
}

/// What a program has told, and its trace until then.
fn read(bytes: &[u8], of: u32) -> Result<Run, Failure> {
    let mark = format!("{MARK}{{\"event\":\"followed\"");
    let at = find(bytes, mark.as_bytes()).ok_or_else(|| silent(of))?;
    let json = &bytes[at + MARK.len()..];
    let json = &json[..json
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(json.len())];
    let not_ours = |why: String| {
        let sentence = format!("the program speaks another version of this language: {why}");
        Failure::new(Code::NoTrace, sentence)
    };
    let told = serde_json::from_slice(json).map_err(|error| not_ours(error.to_string()))?;
    let Told::Followed(told) = told else {
        return Err(not_ours("it says something else".to_owned()));
    };
    if told.text == "the schedule does not fit" {
        let sentence = told.trouble.unwrap_or(told.text);
        return Err(Failure::new(Code::Usage, sentence));
    }
    let schedule = told.schedule.parse();
    let schedule: Schedule = schedule.map_err(|error| not_ours(format!("{error}")))?;
    let start = bytes[..at]
        .iter()
        .rposition(|&byte| byte == b'[')
        .unwrap_or(at);
    let mut recording = Recording::growing("", true);
    recording.push(&bytes[..start]);
    recording.finish(Ending::Exited(0));
    Ok(Run {
        told,
        schedule,
        recording,
    })
}

impl Run {
    /// A recording of it, to be shown.
    pub(crate) fn recording(&self, title: &str) -> Recording {
        let mut recording = Recording::growing(title, false);
        recording.push(self.recording.raw.as_deref().unwrap_or_default());
        recording.finish(Ending::Exited(0));
        recording
    }

    /// Its trace.
    pub(crate) fn side(&self) -> Option<&Side> {
        self.recording.trace().sides.first()
    }

    /// How many steps were taken.
    pub(crate) fn steps(&self) -> usize {
        self.told.steps.len()
    }

    /// What step number `step` did, from 0, in a few words: `1 ping loads total = 0`.
    pub(crate) fn words(&self, step: usize) -> Option<String> {
        use EventKind as E;
        let side = self.side()?;
        let by = self.told.steps.get(step)?.t;
        let mut choices = 0; // how many came until now
        let mut asked = None; // whom the last offer was made
        for event in side.events(0..side.len()) {
            let unit = event.unit().map(|unit| unit.number);
            if event.kind() == Some(EventKind::Offered) {
                choices += usize::from(asked.is_none_or(|asked| Some(asked) >= unit));
                asked = unit;
                continue;
            }
            asked = None;
            if choices <= step {
                continue;
            }
            if choices > step + 1 {
                break;
            }
            let is_its = unit == Some(by)
                && !matches!(
                    event.kind(),
                    Some(E::Dispatched | E::Preempted | E::Yielded | E::Runnable | E::Raced)
                );
            if is_its && let Some(words) = transcript::words(side, event.index() + 1) {
                return Some(words);
            }
        }
        None
    }

    /// The step of the trace to look at: where whoever went last stands, or the end.
    pub(crate) fn shown(&self) -> usize {
        let Some(side) = self.side() else { return 0 };
        let events = side.events(0..side.len());
        let mut its = None;
        for event in events {
            let unit = event.unit().map(|unit| unit.number);
            if event.kind() == Some(EventKind::Offered) && unit == self.told.last {
                its = Some(event.index() + 1);
            }
        }
        let end = side.len() - usize::from(self.told.open && !side.is_empty());
        its.filter(|_| self.told.open).unwrap_or(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program writes that went along a schedule, with this instead of `steps`.
    fn written(steps: &str) -> Vec<u8> {
        let trace = "[2026-11-30T00:00:00Z TRACE scheduler]";
        let lines = [
            "begun".to_owned(),
            format!(
                "{trace} started t=0 sched=1 version=0.1.0 clock=virtual tick=1000000 mode=checkpoint policy=schedule cpus=1 quantum=1000000 calls=announced"
            ),
            format!("{trace} spawned t=0 sched=1 thread=0 name=\"main\" priority=0 weight=1"),
            format!("{trace} runnable t=0 sched=1 thread=0 why=new"),
            format!("{trace} offered t=0 sched=1 thread=0 op=start can=yes"),
            format!("{trace} dispatched t=0 sched=1 thread=0 cpu=0 quantum=-"),
            format!("{trace} offered t=1000000 sched=1 thread=0 op=load can=yes on=shared:1"),
            format!(
                "{trace} loaded t=2000000 sched=1 shared=1 name=\"total\" value=\"7\" thread=0"
            ),
            format!("{trace} offered t=2000000 sched=1 thread=0 op=store can=yes on=shared:1"),
            format!("{trace} ended t=2000000 sched=1 dispatches=1 preemptions=0 left=1"),
            format!("no end{MARK}").replace("no end", "no end[2026-11-30T00:00:00Z")
                + "{\"event\":\"followed\",\"open\":true,\"text\":\"\",\"trouble\":null,\
                   \"schedule\":\"v1/stop2\",\"preemptions\":0,\"last\":0,"
                + steps
                + ",\"offers\":[]}",
            "and what it printed later".to_owned(),
        ];
        lines.join("\n").into_bytes()
    }

    /// Two steps.
    const STEPS: &str = r#""steps":[{"t":0,"op":"start","at":null,"others":[]},
        {"t":0,"op":"load","at":"a.rs:3","others":[]}]"#;

    #[test]
    fn what_was_told_ends_the_trace_and_each_step_has_its_words() {
        let run = read(&written(&STEPS.replace('\n', "")), 1).unwrap();
        assert_eq!(run.schedule.to_string(), "v1/stop2");
        assert_eq!(run.words(0), None);
        assert_eq!(run.words(1).as_deref(), Some("0 main loads total = 7"));
        assert_eq!(run.words(2), None);
        // At the last offer, and not at the end: there the thread still stands somewhere.
        assert_eq!(run.shown(), run.side().unwrap().len() - 1);
        let recording = run.recording("x");
        let output = &recording.trace().sides[0].output;
        let printed: Vec<String> = output.iter().map(|line| line.text.to_string()).collect();
        assert_eq!(printed.last().map(String::as_str), Some("no end"));
    }

    #[test]
    fn program_that_tells_nothing_or_something_else_is_refused() {
        let refused = |bytes: &[u8], of| read(bytes, of).unwrap_err();
        assert!(
            refused(b"hello\n", 0)
                .sentence
                .contains("the program has no choice to offer")
        );
        assert!(
            refused(b"", 3)
                .sentence
                .contains("does not begin 3 searches")
        );
        let failure = refused(&written("\"steps\":7"), 1);
        assert_eq!(failure.code, Code::NoTrace as u8);
        assert!(failure.sentence.contains("another version"), "{failure}");
    }
}
