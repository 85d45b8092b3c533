//! The lines of one column: a step in a few words, or a line of output.

use crate::{
    fold::{State, UnitState, Wait},
    sentence::words::{label, ordinal, short},
    time,
    trace::{Event, EventKind, Key, Place, Reference, Side, Thing},
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
/// them.
pub(super) fn lines(side: &Side) -> impl Iterator<Item = Line> {
    let mut before = State::new(side.target);
    let mut printed = 0;
    (0..=side.len()).flat_map(move |step| {
        let mut lines = Vec::new();
        if let Some(event) = side.event_of_step(step) {
            let mut teller = Teller {
                side,
                event: &event,
                before: &before,
                after: &before,
            };
            let mut after = before.clone();
            after.apply(&event);
            teller.after = &after;
            if let Some(text) = teller.tell() {
                let place = teller.shows_place().then(|| event.at().cloned()).flatten();
                lines.push(Line { text, place });
            }
            if let Some(complaint) = &after.complaint {
                lines.push(Line::plain(format!("⚠ {complaint}")));
            }
            before = after;
        }
        let until = side.output.count_at(step);
        for index in printed..until {
            if let Some(piece) = side.output.get(index) {
                let text = piece.text.replace('\t', "    ");
                lines.push(Line::plain(format!("│{text}")));
            }
        }
        printed = until;
        lines
    })
}

/// Tells an event in a few words.
struct Teller<'trace> {
    /// Where the event is from.
    side: &'trace Side,
    /// The event.
    event: &'trace Event<'trace>,
    /// The state before it.
    before: &'trace State,
    /// The state after it.
    after: &'trace State,
}

impl Teller<'_> {
    /// The line; `None` for a step that tells no story of its own.
    fn tell(&self) -> Option<String> {
        use EventKind as E;
        let unit = label(self.after, self.side, self.event.unit());
        Some(match self.event.kind()? {
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
            E::Readiness => format!("source {} is ready", self.value(Key::Source)),
            E::WouldBlock => format!(
                "{} on source {}: not yet",
                self.value(Key::Op),
                self.value(Key::Source)
            ),
            E::Transferred => format!(
                "{} {} bytes, source {}",
                self.value(Key::Op),
                self.value(Key::Bytes),
                self.value(Key::Source)
            ),
            E::Sent => format!("{unit} sends {}", self.message("to")),
            E::Received => format!("{unit} receives {}", self.message("from")),
            E::Closed => format!("{unit} closes channel {}", self.value(Key::Channel)),
            E::Marked => format!("{unit} at '{}'", self.value(Key::Name)),
            E::Dispatched => {
                let cpu = self.value(Key::Cpu);
                match self.event.number(Key::Quantum) {
                    Some(quantum) if quantum > 0 => {
                        format!("CPU {cpu} → {unit}, for {}", time::show(quantum))
                    }
                    _ => format!("CPU {cpu} → {unit}"),
                }
            }
            E::Preempted => format!("{unit} preempted"),
            E::Yielded => format!("{unit} gives way: yield_now"),
            E::Blocked => format!("{unit} {}", self.waits()),
            E::Runnable => self.runnable(&unit)?,
            E::CallEntered => format!("{unit} enters {}", self.value(Key::Call)),
            E::CallLeft => format!("{unit} leaves {}", self.value(Key::Call)),
            E::Locked => format!("{unit} locks mutex {}", self.value(Key::Mutex)),
            E::Unlocked => format!("{unit} unlocks mutex {}", self.value(Key::Mutex)),
            E::Loaded => format!(
                "{unit} loads {} = {}",
                self.value(Key::Name),
                self.value(Key::Value)
            ),
            E::Stored => format!(
                "{unit} stores {} = {}",
                self.value(Key::Name),
                self.value(Key::Value)
            ),
            E::Deadlock => format!("deadlock: {}", self.value(Key::Cycle).replace('>', " → ")),
            E::Lost => format!("{} steps are missing here", self.value(Key::Count)),
            E::Ended => self.ended(),
            // Bookkeeping, and what the lines above already say.
            E::Started
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
            | E::Contended => return None,
        })
    }

    /// Whether the line says where the program stands: where it is the unit's
    /// own step, rather than one that was done to it.
    fn shows_place(&self) -> bool {
        !matches!(
            self.event.kind(),
            Some(EventKind::Woken | EventKind::Runnable | EventKind::Dispatched)
        )
    }

    /// A value in words, `?` if it is missing.
    fn value(&self, key: Key) -> String {
        self.event.text(key).unwrap_or_else(|| "?".to_owned())
    }

    /// A duration or an instant.
    fn duration(&self, key: Key) -> String {
        time::show(self.event.number(key).unwrap_or(0))
    }

    /// How a task gave way: `gives way: yield_now`, or `waits for timer 1`.
    fn reason_of_pending(&self) -> Option<String> {
        let unit = self.after.unit(self.event.unit()?)?;
        if unit.state != UnitState::Ready {
            return Some(self.waits());
        }
        let by = unit.woken.and_then(|(_, by)| by);
        Some(match by {
            Some(by) if self.is_self(by) => "gives way: yield_now".to_owned(),
            Some(by) => format!("gives way: woken by {}", short(self.after, self.side, by)),
            None => "gives way: woken meanwhile".to_owned(),
        })
    }

    /// What the event's unit waits for, as the end of a line.
    fn waits(&self) -> String {
        let unit = self.event.unit().and_then(|unit| self.after.unit(unit));
        let waits = unit.map_or(&[][..], |unit| &unit.waits);
        match waits {
            [] => "waits".to_owned(),
            [Wait::Sleep(Some(until))] => format!("sleeps until {}", time::show(*until)),
            [Wait::Sleep(None)] => "sleeps".to_owned(),
            waits => {
                let waits: Vec<String> = waits.iter().map(|wait| self.wait(wait)).collect();
                format!("waits for {}", waits.join(" or "))
            }
        }
    }

    /// One thing that a unit waits for: `mutex 1 of 2 pong`, `timer 1 (5 ms)`.
    fn wait(&self, wait: &Wait) -> String {
        let reference = match wait {
            Wait::Thing(reference) => *reference,
            Wait::Sleep(_) => return "the time".to_owned(),
            Wait::Call(what) | Wait::Other(what) => return what.to_string(),
        };
        let what = short(self.after, self.side, reference);
        let Some(driver) = self.after.driver() else {
            return what;
        };
        match reference.thing {
            Thing::Mutex => match driver.mutexes.get(reference.number) {
                Some(mutex) if mutex.owner.is_some() => {
                    format!("{what} of {}", label(self.after, self.side, mutex.owner))
                }
                _ => what,
            },
            Thing::Timer => match driver.timers.get(reference.number) {
                Some(timer) => format!("{what} ({})", time::show(timer.deadline)),
                None => what,
            },
            _ => what,
        }
    }

    /// A wake, unless a neighbouring line tells it: that a task is new, or
    /// woke itself to give way.
    fn woken(&self, unit: &str) -> Option<String> {
        let by = self.event.reference(Key::By);
        let state = self.before.unit(self.event.unit()?)?.state;
        if state == UnitState::New
            || self.event.flag(Key::Already)
            || by.is_some_and(|by| self.is_self(by))
        {
            return None;
        }
        let place = self
            .after
            .driver()?
            .queue
            .position(self.event.unit()?.number)?;
        let by = by.map_or_else(
            || self.value(Key::By),
            |by| short(self.after, self.side, by),
        );
        let place = match place {
            1 => "next".to_owned(),
            place => format!("{} in line", ordinal(place)),
        };
        Some(format!("{by} wakes {unit}: {place}"))
    }

    /// A thread that can run again, unless a neighbouring line tells it.
    fn runnable(&self, unit: &str) -> Option<String> {
        match self.event.text(Key::Why)?.as_str() {
            "new" | "preempted" | "yielded" => None,
            "slept" => Some(format!("{unit} has slept")),
            _ => match self.event.reference(Key::By) {
                Some(by) => Some(format!(
                    "{} unblocks {unit}",
                    short(self.after, self.side, by)
                )),
                None => Some(format!("{unit} can run")),
            },
        }
    }

    /// A value and the channel that it went through: `3 to channel 1 (2 of 2)`.
    fn message(&self, direction: &str) -> String {
        let value = self.event.text(Key::Value).map(|value| format!("{value} "));
        format!(
            "{}{direction} channel {} ({} of {})",
            value.unwrap_or_default(),
            self.value(Key::Channel),
            self.value(Key::Len),
            self.value(Key::Cap)
        )
    }

    /// The end of a loop or a scheduler.
    fn ended(&self) -> String {
        match self.event.number(Key::Turns) {
            Some(turns) => format!("the loop ends after {turns} turns"),
            None => match self.event.number(Key::Preemptions) {
                Some(1) => "the end, after 1 preemption".to_owned(),
                preemptions => format!("the end, after {} preemptions", preemptions.unwrap_or(0)),
            },
        }
    }

    /// Whether a reference is to the event's own unit.
    fn is_self(&self, by: Reference) -> bool {
        by.thing == self.side.target.unit()
            && Some(by.number) == self.event.unit().map(|unit| unit.number)
    }
}
