//! A hashed timing wheel: timers that are cheap to set up and to give up.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check timer_wheel`.

/// How many slots the wheel has: one round of it is so many ticks.
const SLOTS: u64 = 8;

/// Means one timer, for ever. Give it the fields that you need; it stays `Copy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key;

/// Timers, in slots by their deadlines.
#[derive(Debug)]
pub(crate) struct TimerWheel {
    /// The tick up to which everything has fired.
    now: u64,
    // The timers must be kept somewhere, in slots.
}

impl TimerWheel {
    /// A wheel without timers, at tick 0.
    pub(crate) fn new() -> TimerWheel {
        TimerWheel { now: 0 }
    }

    /// Sets up a timer that fires when the tick `deadline` comes. `timer` is
    /// what `advance` hands out then; in an event loop it would be a waker.
    pub(crate) fn insert(&mut self, deadline: u64, timer: u32) -> Key {
        let _ = (&self, timer, deadline % SLOTS); // what to put, and where
        Key
    }

    /// Gives a timer up. Returns whether it was there still: not fired, and not
    /// given up before.
    pub(crate) fn cancel(&mut self, key: Key) -> bool {
        let _ = (&self, key); // where to look, and for whom
        false
    }

    /// Turns the wheel on to the tick `now`, and takes out whatever is due, the
    /// earliest deadline first.
    pub(crate) fn advance(&mut self, now: u64) -> Vec<u32> {
        self.now = now;
        Vec::new()
    }

    /// The deadline of the timer that fires next: until then the loop may sleep.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        let _ = self; // which timers there are
        None
    }
}
