//! Why a unit does what it does: the chain of steps that led there.
//!
//! Each event has a nearest cause: a poll was caused by a wake, the wake by a
//! timer that fired, the timer's firing by the step that armed it. The chain
//! follows these backwards.
//!
//! Invariant: a cause lies before its effect, so every chain ends.

use super::sentence;
use crate::{
    fold::UnitId,
    trace::{Event, EventKind, Key, Reference, Side, Thing},
};

/// The most links that a reader wants to see.
const LINKS: usize = 8;

/// The chain of events that led to what `unit` does at `step`, latest first:
/// each with its step, so that a reader can go there.
pub fn why(side: &Side, step: usize, unit: UnitId) -> Vec<(usize, String)> {
    let state = side.state_at(step);
    let mut next = state.unit(unit).map(|unit| unit.since_step);
    let mut chain = Vec::new();
    while let Some(step) = next
        && chain.len() < LINKS
        && let Some(event) = side.event_of_step(step)
    {
        chain.push((step, sentence(side, step)));
        next = Cause { side, event }
            .find()
            .map(|cause| cause.index() + 1)
            .filter(|&cause| cause < step);
    }
    chain
}

/// The search for the cause of one event.
struct Cause<'trace> {
    /// Where to look.
    side: &'trace Side,
    /// What was caused.
    event: Event<'trace>,
}

impl<'trace> Cause<'trace> {
    /// The nearest event that caused this one.
    fn find(&self) -> Option<Event<'trace>> {
        use EventKind as E;
        let unit = self.event.unit();
        match self.event.kind()? {
            // It runs because it was made able to.
            E::Polled | E::Dispatched => self.last(|event| {
                event.unit() == unit
                    && matches!(
                        event.kind(),
                        Some(E::Woken | E::Runnable | E::Preempted | E::Yielded)
                    )
                    && !event.flag(Key::Already)
            }),
            // It can run because of what `by` names.
            E::Woken => self.cause_of_wake(),
            E::Runnable => match self.event.text(Key::Why).as_deref() {
                Some("new") => self.last_of(unit, &[E::Spawned]),
                Some("preempted" | "yielded") => self.last_of(unit, &[E::Preempted, E::Yielded]),
                Some("slept") => self.last_of(unit, &[E::Blocked]),
                _ => self.cause_of_wake(),
            },
            E::TimerFired | E::TimerDropped => self.last_with(Key::Timer, &[E::TimerArmed]),
            E::Readiness => self.last_with(Key::Source, &[E::Registered, E::Reregistered]),
            // A task says what it waits for before it gives way.
            E::Pending => self.last_wait().or_else(|| self.start_of_stay()),
            E::Waiting | E::Blocked | E::Contended => {
                self.cause_of_wait().or_else(|| self.start_of_stay())
            }
            E::BlockingStarted => self.last_with(Key::Job, &[E::BlockingQueued]),
            E::BlockingFinished => self.last_with(Key::Job, &[E::BlockingStarted]),
            E::Spawned | E::Joined | E::Changed => {
                self.last_of(self.event.by_unit(), &[E::Polled, E::Dispatched])
            }
            _ => self.start_of_stay(),
        }
    }

    /// What woke, or unblocked: the deed of whom `by` names.
    fn cause_of_wake(&self) -> Option<Event<'trace>> {
        use EventKind as E;
        let by = self.event.reference(Key::By)?;
        let unit = Some(UnitId {
            driver: self.event.driver(),
            number: by.number,
        });
        match by.thing {
            Thing::Timer => self.last(|event| {
                event.kind() == Some(E::TimerFired) && event.number32(Key::Timer) == Some(by.number)
            }),
            Thing::Source => self.last(|event| {
                event.kind() == Some(E::Readiness) && event.number32(Key::Source) == Some(by.number)
            }),
            Thing::Job => self.last(|event| {
                event.kind() == Some(E::BlockingFinished)
                    && event.number32(Key::Job) == Some(by.number)
            }),
            thing if thing.is_unit() => self.last(|event| {
                let spawned_it = event.kind() == Some(E::Spawned)
                    && event.unit() == self.event.unit()
                    && event.by_unit() == unit;
                let did_it = event.unit() == unit && is_deed(event.kind());
                spawned_it || did_it
            }),
            _ => None,
        }
    }

    /// The last thing that the event's task said it waits for, in this stay.
    fn last_wait(&self) -> Option<Event<'trace>> {
        let kinds = [EventKind::Waiting, EventKind::Polled];
        let last = self.last_of(self.event.unit(), &kinds)?;
        (last.kind() == Some(EventKind::Waiting)).then_some(last)
    }

    /// Whoever holds what the unit waits for: the step that took it. A call on
    /// the pool was handed over, and is not finished.
    fn cause_of_wait(&self) -> Option<Event<'trace>> {
        use EventKind as E;
        let under = |key, thing| {
            let number = self.event.number32(key)?;
            Some(Reference { thing, number })
        };
        let on = self
            .event
            .reference(Key::On)
            .or_else(|| under(Key::Rwlock, Thing::Rwlock))
            .or_else(|| under(Key::Mutex, Thing::Mutex))?;
        let (key, kinds): (Key, &[EventKind]) = match on.thing {
            Thing::Mutex => (Key::Mutex, &[E::Locked]),
            Thing::Rwlock => (Key::Rwlock, &[E::Locked]),
            Thing::Semaphore => (Key::Semaphore, &[E::Acquired]),
            Thing::Job => (Key::Job, &[E::BlockingQueued, E::BlockingStarted]),
            _ => return None,
        };
        self.last(|event| {
            event.kind().is_some_and(|kind| kinds.contains(&kind))
                && event.number32(key) == Some(on.number)
        })
    }

    /// The poll or dispatch within which the unit took this step.
    fn start_of_stay(&self) -> Option<Event<'trace>> {
        self.last_of(
            self.event.unit(),
            &[EventKind::Polled, EventKind::Dispatched],
        )
    }

    /// The last event of some kinds about a unit.
    fn last_of(&self, unit: Option<UnitId>, kinds: &[EventKind]) -> Option<Event<'trace>> {
        self.last(|event| {
            event.unit() == unit && event.kind().is_some_and(|kind| kinds.contains(&kind))
        })
    }

    /// The last event of some kinds that has this event's number under `key`.
    fn last_with(&self, key: Key, kinds: &[EventKind]) -> Option<Event<'trace>> {
        let number = self.event.number(key);
        self.last(|event| {
            event.kind().is_some_and(|kind| kinds.contains(&kind)) && event.number(key) == number
        })
    }

    /// The last event before this one, of the same driver, that `is`.
    fn last(&self, is: impl Fn(&Event<'trace>) -> bool) -> Option<Event<'trace>> {
        let driver = self.event.driver();
        self.side
            .events(0..self.event.index())
            .rev()
            .find(|event| event.driver() == driver && is(event))
    }
}

/// Whether a step of a unit can make others able to run.
const fn is_deed(kind: Option<EventKind>) -> bool {
    use EventKind as E;
    matches!(
        kind,
        Some(
            E::Unlocked
                | E::Released
                | E::Notified
                | E::Arrived
                | E::Initialized
                | E::Sent
                | E::Received
                | E::Closed
                | E::Completed
                | E::Finished
                | E::Panicked
                | E::Cancelled
                | E::Polled
                | E::Dispatched
        )
    )
}
