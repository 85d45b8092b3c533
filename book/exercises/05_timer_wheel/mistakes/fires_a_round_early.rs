//! A planted mistake: whatever lies in a slot fires, also what belongs to a later round.

/// How many slots the wheel has: one round of it is so many ticks.
const SLOTS: u64 = 8;

/// Means one timer, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The slot in which the timer is.
    slot: usize,
    /// The timer's number.
    number: u64,
}

/// A timer that has not fired.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// When it fires.
    deadline: u64,
    /// No other timer's number; later ones are greater.
    number: u64,
    /// What is handed out when it fires.
    timer: u32,
}

/// Timers, in slots by their deadlines.
#[derive(Debug)]
pub(crate) struct TimerWheel {
    /// The slots, each with its timers in the order of insertion.
    slots: Vec<Vec<Entry>>,
    /// The tick up to which everything has fired.
    now: u64,
    /// The number of the next timer.
    next_number: u64,
}

impl TimerWheel {
    /// A wheel without timers, at tick 0.
    pub(crate) fn new() -> TimerWheel {
        TimerWheel {
            slots: (0..SLOTS).map(|_| Vec::new()).collect(),
            now: 0,
            next_number: 0,
        }
    }

    /// Sets up a timer. One that is overdue goes where the wheel stands, since
    /// that slot is looked at next (rule 7).
    pub(crate) fn insert(&mut self, deadline: u64, timer: u32) -> Key {
        let slot = slot_of(deadline.max(self.now));
        let number = self.next_number;
        self.next_number += 1;
        self.slots[slot].push(Entry {
            deadline,
            number,
            timer,
        });
        Key { slot, number }
    }

    /// Gives a timer up, if it is there still (rules 5 and 6).
    pub(crate) fn cancel(&mut self, key: Key) -> bool {
        let slot = &mut self.slots[key.slot];
        let index = slot.iter().position(|entry| entry.number == key.number);
        index.is_some_and(|index| {
            slot.remove(index);
            true
        })
    }

    /// Mistake: takes out all that the hand comes by.
    pub(crate) fn advance(&mut self, now: u64) -> Vec<u32> {
        let now = now.max(self.now);
        // More than one round would come to the same slots again.
        let ticks = (now - self.now).min(SLOTS - 1);
        let mut due = Vec::new();
        for tick in 0..=ticks {
            let slot = &mut self.slots[slot_of(self.now + tick)];
            due.append(slot);
        }
        self.now = now;
        due.sort_by_key(|entry| (entry.deadline, entry.number));
        due.into_iter().map(|entry| entry.timer).collect()
    }

    /// The earliest deadline (rule 8).
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        let entries = self.slots.iter().flatten();
        entries.map(|entry| entry.deadline).min()
    }
}

/// The slot for a deadline (rule 1).
fn slot_of(deadline: u64) -> usize {
    usize::try_from(deadline % SLOTS).expect("there are few slots")
}
