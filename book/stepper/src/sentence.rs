//! What just happened and why, in plain words.
//!
//! A sentence looks at the state before the step and after it, so that it can
//! give the reason: that a task had woken itself and is last in the queue, or
//! that a thread was stopped between its load and its store. For the latter it
//! looks ahead in the trace as well: what is about to happen is known.
//!
//! Invariants: (1) every event kind has its sentence, in one exhaustive match;
//! (2) a sentence says nothing that the trace does not; (3) times are ms, or
//! µs where that is too coarse.
//!
//! Left out: the one-line form, which [`mod@crate::transcript`] has.

mod driver;
mod objects;
mod pool;
mod shared;
mod sync;
mod tasks;
mod threads;
mod why;
pub(crate) mod words;
mod workers;

pub use why::why;

use crate::{
    fold::State,
    trace::{Event, EventKind, Side},
};

/// What happened at `step` and why: one or more whole sentences. A record that
/// contradicts the state adds one that begins with ⚠.
pub fn sentence(side: &Side, step: usize) -> String {
    let Some(event) = side.event_of_step(step) else {
        return "Nothing has happened yet.".to_owned();
    };
    let before = side.state_at(step - 1);
    let mut after = before.clone();
    after.apply(&event);
    sentence_between(side, &event, &before, &after)
}

/// The sentence of an event, for a caller that has the state before it and the
/// state after it already.
pub fn sentence_between(side: &Side, event: &Event<'_>, before: &State, after: &State) -> String {
    let speech = Speech {
        side,
        event,
        before,
        after,
    };
    let mut text = speech.say();
    if after.drivers.len() > 1 {
        let noun = match side.target {
            crate::trace::Target::Runtime => "Loop",
            crate::trace::Target::Scheduler => "Scheduler",
            crate::trace::Target::Process => "Pool",
        };
        text.insert_str(0, &format!("{noun} {}: ", event.driver()));
    }
    if let Some(complaint) = &after.complaint {
        text.push_str(" ⚠ ");
        text.push_str(complaint);
    }
    text
}

/// An event with all that a sentence about it may need.
struct Speech<'trace> {
    /// Where to look for what came before and what comes after.
    side: &'trace Side,
    /// The event.
    event: &'trace Event<'trace>,
    /// The state before it.
    before: &'trace State,
    /// The state after it.
    after: &'trace State,
}

impl Speech<'_> {
    /// The sentence. Exhaustive: a new kind does not compile without one.
    fn say(&self) -> String {
        use EventKind as E;
        let Some(kind) = self.event.kind() else {
            let summary = self.event.summary();
            return format!("An event that this stepper does not know: {summary}.");
        };
        if let Some(text) = self.of_workers(kind) {
            return text;
        }
        match kind {
            E::Started => self.started(),
            E::Turn => self.turn(),
            E::Parked => self.parked(),
            E::Unparked => self.unparked(),
            E::Advanced => self.advanced(),
            E::Ended => self.ended(),
            E::Idle => self.idle(),
            E::Faulted => self.faulted(),
            E::Deadlock => self.deadlock(),
            E::Resolved => self.resolved(),
            E::Lost => self.lost(),
            E::Spawned => self.spawned(),
            E::Joined => self.joined(),
            E::Completed | E::Finished => self.finished(),
            E::Panicked => self.panicked(),
            E::Cancelled => self.cancelled(),
            E::Woken => self.woken(),
            E::StaleWake => self.stale_wake(),
            E::Polled => self.polled(),
            E::Waiting => self.waiting(),
            E::Pending => self.pending(),
            E::SlowPoll => self.slow_poll(),
            E::Runnable => self.runnable(),
            E::Dispatched => self.dispatched(),
            E::Preempted => self.preempted(),
            E::Yielded => self.yielded(),
            E::Blocked => self.blocked(),
            E::Checkpoint => self.checkpoint(),
            E::CallEntered => self.call_entered(),
            E::CallLeft => self.call_left(),
            E::TimerArmed => self.timer_armed(),
            E::TimerFired => self.timer_fired(),
            E::TimerDropped => self.timer_dropped(),
            E::Registered => self.registered(),
            E::Reregistered => self.reregistered(),
            E::Deregistered => self.deregistered(),
            E::WouldBlock => self.would_block(),
            E::Transferred => self.transferred(),
            E::Readiness => self.readiness(),
            E::Sent => self.sent(),
            E::Received => self.received(),
            E::Closed => self.closed(),
            E::Locked => self.locked(),
            E::Contended => self.contended(),
            E::Unlocked => self.unlocked(),
            E::Acquired => self.acquired(),
            E::Released => self.released(),
            E::Notified => self.notified(),
            E::Arrived => self.arrived(),
            E::Initialized => self.initialized(),
            E::LocalSet => self.local_set(),
            E::Changed => self.changed(),
            E::BlockingQueued => self.blocking_queued(),
            E::BlockingStarted => self.blocking_started(),
            E::BlockingFinished => self.blocking_finished(),
            E::Loaded => self.loaded(),
            E::Stored => self.stored(),
            E::Raced => self.raced(),
            E::Fenced => self.fenced(),
            E::Offered => self.offered(),
            E::Marked => self.marked(),
            // Of a target that never says it: `of_workers` had no word for it.
            E::Ready
            | E::Exited
            | E::Replaced
            | E::JobQueued
            | E::JobSent
            | E::JobBegun
            | E::JobDone
            | E::JobFailed
            | E::JobReturned => {
                let summary = self.event.summary();
                format!("An event that this half does not have: {summary}.")
            }
        }
    }
}
