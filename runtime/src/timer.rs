//! Timers: who is to be woken when.
//!
//! One ordered map from (deadline, number) to the waiter. Arming and giving up
//! a timer both cost a search, O(log n), and leave nothing behind; the next
//! deadline is the first key. Most timers are timeouts that are given up before
//! they are due: a binary heap would push faster but could not remove, and
//! would keep each of them until its deadline.
//!
//! Invariants: (1) a timer never fires before its deadline; (2) equal deadlines
//! fire in the order of arming, since numbers only grow; (3) a timer in the map
//! is armed: it has neither fired nor been given up.
//!
//! Left out: a timer wheel, O(1) at the price of precision: an exercise.
//!
//! Book: chapter 6. Mirror: `scheduler::sleep`.

use crate::numbers::{Numbers, TaskId};
use crate::state::LoopState;
use crate::trace::{Place, Reference, nanoseconds, record};
use crate::wait_list::Waiter;
use std::collections::BTreeMap;
use std::mem;
use std::task::Waker;
use std::time::Duration;

/// An armed timer: the order of these is the order of firing (invariant 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timer {
    /// When it is due, on the loop's clock.
    pub(crate) deadline: Duration,
    /// Its number.
    pub(crate) number: u64,
}

/// The timers that are armed.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Each with whom to wake. The first is due next.
    armed: BTreeMap<Timer, Waiter>,
}

impl Timers {
    /// When the next one is due. `None`: no timer is armed, or none ever will be
    /// due: careful, virtual time would jump to its end, and stand there.
    #[inline]
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        let (first, _) = self.armed.first_key_value()?;
        (first.deadline < Duration::MAX).then_some(first.deadline)
    }

    /// Takes the first out, if it is due.
    fn pop_due(&mut self, now: Duration) -> Option<(Timer, Waiter)> {
        let first = self.armed.first_entry()?;
        (first.key().deadline <= now).then(|| first.remove_entry())
    }

    /// Takes `timer` out, if it is armed.
    pub(crate) fn take(&mut self, timer: &Timer) -> Option<Waiter> {
        self.armed.remove(timer)
    }

    /// Every armed timer, in the order of firing.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&Timer, &Waiter)> {
        self.armed.iter()
    }
}

impl LoopState {
    // ANCHOR: fire
    /// Step 2 of a turn: wakes whose timers are due.
    pub(crate) fn fire_timers(&self) {
        if self.timers.borrow().armed.is_empty() {
            return;
        }
        let now = self.time.seen();
        // One at a time: to wake is to run foreign code, which may come back here.
        loop {
            let due = self.timers.borrow_mut().pop_due(now);
            let Some((timer, waiter)) = due else { return };
            self.fire(now, timer, waiter);
        }
    }
    // ANCHOR_END: fire

    /// Fires a timer that was taken out: wakes who waits for it.
    pub(crate) fn fire(&self, now: Duration, timer: Timer, waiter: Waiter) {
        let late = now.saturating_sub(timer.deadline);
        record!(self, "timer_fired"; timer = timer.number, late = nanoseconds(late));
        self.caused_by(Reference::Timer(timer.number), || waiter.wake());
    }

    /// Arms a timer that wakes the running task at `deadline`.
    pub(crate) fn arm(&self, deadline: Duration, waker: &Waker, place: Place) -> Timer {
        let number = Numbers::next(&self.numbers.timers);
        let timer = Timer { deadline, number };
        let waiter = Waiter::new(self, waker);
        let task = self.running_task().map_or(0, TaskId::number);
        record!(self, "timer_armed" at Some(place);
            timer = number, deadline = nanoseconds(deadline), task = task);
        self.timers.borrow_mut().armed.insert(timer, waiter);
        timer
    }

    /// Whether `timer` is still to fire. If so, its waker is `waker` from now on.
    pub(crate) fn rearm(&self, timer: Timer, waker: &Waker) -> bool {
        let mut waiter = Waiter::new(self, waker);
        let is_armed = match self.timers.borrow_mut().armed.get_mut(&timer) {
            Some(armed) => {
                mem::swap(armed, &mut waiter);
                true
            }
            None => false,
        };
        self.give_up(Reference::Timer(timer.number), Some(waiter));
        is_armed
    }

    /// Gives `timer` up, unless it has fired.
    pub(crate) fn disarm(&self, timer: Timer) {
        let waiter = self.timers.borrow_mut().take(&timer);
        if waiter.is_some() {
            record!(self, "timer_dropped"; timer = timer.number);
        }
        self.give_up(Reference::Timer(timer.number), waiter);
    }
}
