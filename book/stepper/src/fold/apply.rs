//! One step of the fold: an event, and the arm of the fold that it takes.

use std::{fmt::Write as _, sync::Arc};

use super::{Driver, State, Unit, UnitId};
use crate::trace::{Event, EventKind, Key, Target, Value};

impl State {
    /// Changes what `event`, the next of this state's side, says has changed.
    pub fn apply(&mut self, event: &Event<'_>) {
        self.step += 1;
        self.complaint = None;
        self.changed.clear();
        let number = event.driver();
        let position = self
            .drivers
            .iter()
            .position(|driver| driver.number == number);
        self.current = position.unwrap_or_else(|| {
            self.drivers.push(Driver::new(number));
            self.drivers.len() - 1
        });
        let driver = &mut self.drivers[self.current];
        driver.time = event.time();
        let Some(kind) = event.kind() else {
            return; // fold's invariant 3
        };
        let mut step = Step {
            target: self.target,
            number: self.step,
            driver,
            event,
            touched: &mut self.changed,
            complaint: String::new(),
        };
        step.take(kind);
        if !step.complaint.is_empty() {
            self.complaint = Some(step.complaint.into());
        }
    }
}

/// An event on its way into a driver.
pub(super) struct Step<'step> {
    /// Which half it is of.
    pub(super) target: Target,
    /// The number of the step, from 1.
    pub(super) number: usize,
    /// What it changes.
    pub(super) driver: &'step mut Driver,
    /// What it says.
    pub(super) event: &'step Event<'step>,
    /// The units that it has changed.
    touched: &'step mut Vec<UnitId>,
    /// What of it does not fit.
    complaint: String,
}

impl Step<'_> {
    /// The arm of an event kind. Exhaustive: a new kind does not compile here.
    fn take(&mut self, kind: EventKind) {
        use EventKind as E;
        match kind {
            // The driver.
            E::Started => self.started(),
            E::Turn => self.turn(),
            E::Parked => self.parked(),
            E::Unparked => self.unparked(),
            E::Advanced => self.advanced(),
            E::Ended => self.ended(),
            E::Faulted => self.faulted(),
            E::Deadlock => self.driver.deadlock = Some(self.word(Key::Cycle)),
            E::Lost => self.driver.lost += self.event.number(Key::Count).unwrap_or(0),
            // `resolved` has named places already, and an idle CPU is one
            // that nothing runs on: both say nothing new. What threads could do
            // changes nothing, either.
            E::Resolved | E::Idle | E::Offered => {}
            // Units.
            E::Spawned => self.spawned(),
            E::Woken => self.woken(),
            E::Polled => self.polled(),
            E::Waiting => self.waiting(),
            E::Pending => self.pending(),
            E::Completed | E::Finished | E::Panicked | E::Cancelled => self.over(kind),
            E::Joined => self.joined(),
            E::Changed => self.changed(),
            E::Runnable => self.runnable(),
            E::Dispatched => self.dispatched(),
            E::Preempted | E::Yielded => self.stopped(kind),
            E::Blocked => self.blocked(),
            E::StaleWake | E::SlowPoll | E::Checkpoint | E::Raced | E::Replaced | E::Fenced => {
                self.touch();
            }
            E::CallEntered => self.call_entered(),
            E::CallLeft => self.call_left(),
            // Objects.
            E::TimerArmed => self.timer_armed(),
            E::TimerFired | E::TimerDropped => self.timer_over(),
            E::Registered => self.registered(),
            E::Reregistered => self.reregistered(),
            E::Deregistered => self.deregistered(),
            E::WouldBlock | E::Transferred | E::Readiness => self.source_used(kind),
            E::Sent | E::Received | E::Closed => self.channel_used(kind),
            E::Locked | E::Contended | E::Unlocked => self.lock_used(kind),
            E::Acquired => self.acquired(),
            E::Released => self.released(),
            E::Notified => self.notified(),
            E::Arrived => self.arrived(),
            E::Initialized => self.initialized(),
            E::LocalSet => self.local_set(),
            E::BlockingQueued | E::BlockingStarted | E::BlockingFinished => self.job_used(kind),
            E::Loaded | E::Stored => self.shared_used(kind),
            // Worker processes and their jobs.
            E::Ready => self.worker_ready(),
            E::Exited => self.worker_exited(),
            E::JobQueued => self.job_queued(),
            E::JobSent => self.job_sent(),
            E::JobBegun => self.job_begun(),
            E::JobDone | E::JobFailed => self.job_over(),
            E::JobReturned => self.job_returned(),
            E::Marked => {
                self.driver.marked = Some(self.word(Key::Name));
                self.touch();
            }
        }
    }

    /// Adds to what does not fit.
    pub(super) fn complain(&mut self, sentence: std::fmt::Arguments<'_>) {
        if !self.complaint.is_empty() {
            self.complaint.push(' ');
        }
        let _ = self.complaint.write_fmt(sentence);
    }

    /// A value as text, kept by the state; empty if the key is missing.
    pub(super) fn word(&self, key: Key) -> Arc<str> {
        self.word_if_there(key).unwrap_or_else(|| "".into())
    }

    /// A value as text, if the key is there.
    pub(super) fn word_if_there(&self, key: Key) -> Option<Arc<str>> {
        Some(match self.event.get(key)? {
            Value::Text(text) | Value::Word(text) => text.into(),
            value => value.to_string().into(),
        })
    }

    /// A number that may be negative.
    pub(super) fn signed(&self, key: Key) -> Option<i64> {
        self.event.text(key)?.parse().ok()
    }

    /// The number of the event's unit; complains if it names none.
    pub(super) fn unit_number(&mut self) -> Option<u32> {
        let key = self.target.unit_key();
        let number = self.event.number32(key);
        if number.is_none() {
            let name = self.event.name();
            self.complain(format_args!(
                "This `{name}` does not say which {}.",
                key.word()
            ));
        }
        number
    }

    /// The number of an object under a key; complains if there is none.
    pub(super) fn object(&mut self, key: Key) -> Option<u32> {
        let number = self.event.number32(key);
        if number.is_none() {
            let name = self.event.name();
            self.complain(format_args!(
                "This `{name}` does not say which {}.",
                key.word()
            ));
        }
        number
    }

    /// A unit to change, made (with a complaint) if it was never spawned.
    pub(super) fn unit(&mut self, number: u32) -> &mut Unit {
        if self.driver.units.get(number).is_none() {
            let noun = self.target.unit().word();
            self.complain(format_args!("Nothing has spawned {noun} {number}."));
        }
        self.new_unit(number)
    }

    /// A unit to change, made if it is not there.
    pub(super) fn new_unit(&mut self, number: u32) -> &mut Unit {
        let id = UnitId {
            driver: self.driver.number,
            number,
        };
        if !self.touched.contains(&id) {
            self.touched.push(id);
        }
        let (time, step) = (self.driver.time, self.number);
        self.driver
            .units
            .entry(number, || Unit::new(id, time, step))
    }

    /// The unit that took the step, at its present place.
    pub(super) fn touch(&mut self) {
        let at = self.event.at_id();
        if let (Some(number), Some(_)) = (self.event.number32(self.target.unit_key()), at)
            && self.driver.units.get(number).is_some()
        {
            self.new_unit(number).at = at;
        }
    }
}
