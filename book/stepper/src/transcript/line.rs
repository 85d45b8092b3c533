//! The lines of one column: a step in a few words, or a line of output.

use crate::{
    fold::{State, UnitState, Wait},
    sentence::words::label,
    time,
    trace::{Event, EventKind, Key, Place, Side},
};

/// One line of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What it says.
    pub(super) text: String,
    /// Where the learner's program stands.
    pub(super) place: Option<Place>,
}

impl Line {
    /// A line without a place.
    pub(super) const fn plain(text: String) -> Self {
        Self { text, place: None }
    }
}

/// The lines of a side: the steps that tell the story, and the output between
/// them. With `ours` every step, and below it our line that took it.
pub(super) fn lines(side: &Side, ours: bool) -> impl Iterator<Item = Line> {
    let mut state = State::new(side.target);
    let mut printed = 0;
    let mark = if side.output_may_be_early() {
        '≈'
    } else {
        '│'
    };
    (0..=side.len()).flat_map(move |step| {
        let mut lines = Vec::new();
        if let Some(event) = side.event_of_step(step) {
            let unit = event.unit().and_then(|unit| state.unit(unit));
            let was = unit.map(|unit| unit.state);
            let was_on = unit.and_then(|unit| unit.last_cpu);
            let waited = unit.map_or_else(Vec::new, |unit| unit.waits.clone());
            state.apply(&event);
            let teller = Teller {
                side,
                event: &event,
                was,
                was_on,
                waited,
                after: &state,
            };
            let text = teller.tell();
            if let Some(text) = text.or_else(|| ours.then(|| event.summary())) {
                let place = teller.shows_place().then(|| event.at().cloned()).flatten();
                lines.push(Line { text, place });
            }
            if ours {
                lines.extend(our_line(side, &event));
            }
            if let Some(complaint) = &state.complaint {
                lines.push(Line::plain(format!("⚠ {complaint}")));
            }
        }
        let until = side.output.count_at(step);
        for index in printed..until {
            if let Some(piece) = side.output.get(index) {
                let text = piece.text.replace('\t', "    ");
                lines.push(Line::plain(format!("{mark}{text}")));
            }
        }
        printed = until;
        lines
    })
}

/// A step in a few words; none for one that tells no story of its own.
pub(super) fn words(side: &Side, step: usize) -> Option<String> {
    let mut state = side.state_at(step.checked_sub(1)?);
    let event = side.event_of_step(step)?;
    let unit = event.unit().and_then(|unit| state.unit(unit));
    let was = unit.map(|unit| unit.state);
    let was_on = unit.and_then(|unit| unit.last_cpu);
    let waited = unit.map_or_else(Vec::new, |unit| unit.waits.clone());
    state.apply(&event);
    let teller = Teller {
        side,
        event: &event,
        was,
        was_on,
        waited,
        after: &state,
    };
    teller.tell()
}

/// Our line that took a step: `    runtime/src/waker.rs:30 wake()  record!(..)`.
fn our_line(side: &Side, event: &Event<'_>) -> Option<Line> {
    let src = event.src()?;
    let lines = side.sources.get(&*src.file);
    let number = (src.line as usize).checked_sub(1)?;
    let text = lines.and_then(|lines| lines.get(number));
    let text = text.map_or("", |text| text.trim());
    let within = lines.and_then(|lines| function_around(lines, number));
    let within = within.map_or_else(String::new, |name| format!(" {name}()"));
    let text = format!("    {src}{within}  {text}").replace('\t', " ");
    Some(Line::plain(text.trim_end().to_owned()))
}

/// The name of the function around a line: of the nearest one above that is
/// indented less.
fn function_around(lines: &[String], number: usize) -> Option<&str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let inside = indent(lines.get(number)?);
    let above = lines[..number].iter().rev();
    let mut outer = above.filter(|line| indent(line) < inside);
    outer.find_map(|line| {
        let (before, after) = line.split_once("fn ")?;
        let words = before.split_whitespace();
        let is_function = words
            .into_iter()
            .all(|word| matches!(word, "const" | "async") || word.starts_with("pub"));
        let name = after.split(['(', '<']).next()?.trim();
        is_function.then_some(name)
    })
}

/// Tells an event in a few words.
pub(super) struct Teller<'trace> {
    /// Where the event is from.
    pub(super) side: &'trace Side,
    /// The event.
    pub(super) event: &'trace Event<'trace>,
    /// What its unit was doing before it, if the unit was there.
    pub(super) was: Option<UnitState>,
    /// The CPU that its unit was on last before it.
    pub(super) was_on: Option<u32>,
    /// What its unit waited for before it.
    pub(super) waited: Vec<Wait>,
    /// The state after it.
    pub(super) after: &'trace State,
}

impl Teller<'_> {
    /// The line; `None` for a step that tells no story of its own.
    fn tell(&self) -> Option<String> {
        use EventKind as E;
        let unit = label(self.after, self.side, self.event.unit());
        let kind = self.event.kind()?;
        if self.side.target == crate::trace::Target::Process {
            return self.of_workers(kind);
        }
        Some(match kind {
            E::Turn => format!(
                "turn {}: {} ready",
                self.value(Key::Turn),
                self.value(Key::Ready)
            ),
            E::Spawned => {
                let by = self.event.by_unit()?;
                format!("{} spawns {unit}", label(self.after, self.side, Some(by)))
            }
            E::Polled => format!("{unit} runs"),
            E::Pending => format!("{unit} {}", self.reason_of_pending()?),
            E::Woken => self.woken(&unit)?,
            E::Completed => format!("{unit} is complete"),
            E::Finished => format!("{unit} is finished"),
            E::Panicked => format!("{unit} panicked: {}", self.value(Key::Message)),
            E::Cancelled => format!("{unit} is cancelled"),
            E::SlowPoll => format!("{unit} kept the loop for {}", self.duration(Key::Ran)),
            E::TimerFired => format!("timer {} is due", self.value(Key::Timer)),
            E::Advanced => format!("time jumps to {}", self.duration(Key::To)),
            E::Parked => "the loop sleeps".to_owned(),
            E::Marked => format!("{unit} at '{}'", self.value(Key::Name)),
            E::Dispatched => self.dispatched(&unit),
            E::Preempted => format!("{unit} preempted"),
            E::Yielded => format!("{unit} gives way: yield_now"),
            E::Blocked => format!("{unit} {}", self.waits()),
            E::Runnable => self.runnable(&unit)?,
            E::CallEntered => match self.event.text(Key::Call) {
                Some(call) => format!("{unit} enters {call}"),
                None => format!("{unit} enters a blocking call"),
            },
            E::CallLeft => format!("{unit} is back from its call"),
            // Objects.
            E::Readiness
            | E::WouldBlock
            | E::Transferred
            | E::Sent
            | E::Received
            | E::Closed
            | E::Locked
            | E::Unlocked
            | E::Acquired
            | E::Released
            | E::Notified
            | E::Arrived
            | E::Initialized
            | E::LocalSet
            | E::BlockingQueued
            | E::BlockingStarted
            | E::BlockingFinished
            | E::Loaded
            | E::Stored
            | E::Raced
            | E::Fenced => return self.used(&unit),
            E::Faulted => self.faulted(),
            E::Changed => format!(
                "{unit}: {} {} → {}",
                self.value(Key::What),
                self.value(Key::From),
                self.value(Key::To)
            ),
            E::Deadlock => self.deadlock(),
            E::Lost => format!("{} steps are missing here", self.value(Key::Count)),
            E::Ended => self.ended(),
            // Bookkeeping, and what the lines above already say.
            E::Started
            | E::Offered
            | E::Unparked
            | E::StaleWake
            | E::Waiting
            | E::Joined
            | E::TimerArmed
            | E::TimerDropped
            | E::Registered
            | E::Reregistered
            | E::Deregistered
            | E::Idle
            | E::Resolved
            | E::Checkpoint
            | E::Contended
            // Of worker processes: see above.
            | E::Ready
            | E::Exited
            | E::Replaced
            | E::JobQueued
            | E::JobSent
            | E::JobBegun
            | E::JobDone
            | E::JobFailed
            | E::JobReturned => return None,
        })
    }

    /// `dispatched`.
    fn dispatched(&self, unit: &str) -> String {
        let cpu = self.value(Key::Cpu);
        let moved = self.moved();
        match self.event.number(Key::Quantum) {
            Some(quantum) if quantum > 0 => {
                format!("CPU {cpu} → {unit}{moved}, for {}", time::show(quantum))
            }
            _ => format!("CPU {cpu} → {unit}{moved}"),
        }
    }

    /// `deadlock`.
    fn deadlock(&self) -> String {
        let cycle = self.value(Key::Cycle).replace('>', " → ").replace(':', " ");
        match self.event.number(Key::Others) {
            None => format!("deadlock: {cycle}"),
            Some(_) => format!("deadlock among some: {cycle}"),
        }
    }
}
