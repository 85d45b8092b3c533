//! Objects as the search knows them: which, and how they stand.
//!
//! An object's number in the trace depends on who came first; the search needs
//! names that are the same in every execution. So an object is known by the thread
//! that made it, and by how many that thread had made before; one that was made
//! outside of the program by its address, which stays.
//!
//! Invariants: (1) two executions that do the same in another order give the same
//! objects the same names; (2) how an object stands follows from the operations
//! that were announced, and nothing else.
//!
//! Left out: values. Who waits in an object's queue, the object knows.

use super::births::Births;
use super::operation::{Access, Op, Room, Target};
use crate::run::Number;
use std::collections::HashMap;

/// What a name is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// Made by this thread, as its so manyth.
    Made(u32, u32),
    /// Made outside, and found at this address.
    Found(usize),
    /// Whether a thread is over.
    End(u32),
    /// Whether a thread was unparked.
    Token(u32),
}

/// The name of the one order of all `SeqCst` operations, where memory is weak: its fences
/// are on it, and its accesses on their atomic and, in [`Causes`](super::causes::Causes),
/// on it, too.
pub(super) const RANKED: u32 = 1;

/// The names, the same over all executions of a search.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Each with its number, from 2.
    numbers: HashMap<Key, u32>,
}

impl Names {
    /// The name of `target`, in run number `run`, whose threads have the names `births`.
    pub(super) fn of(&mut self, target: Target<'_>, run: u32, births: &Births) -> u32 {
        let key = match target {
            Target::Nothing => return 0,
            Target::Object(_, number) => match number.birth(run) {
                Some((thread, index)) => Key::Made(births.of(thread), index),
                None => Key::Found(std::ptr::from_ref::<Number>(number).addr()),
            },
            Target::End(thread) => Key::End(births.of(thread.0)),
            Target::Token(thread) => Key::Token(births.of(thread.0)),
        };
        let next = u32::try_from(self.numbers.len()).expect("memory ends before") + RANKED + 1;
        *self.numbers.entry(key).or_insert(next)
    }
}

/// How an object stands: what decides whether an operation is possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Levels {
    /// A lock is held; a thread is over; a token is there.
    pub(crate) is_held: bool,
    /// Every sender is gone.
    pub(crate) no_senders: bool,
    /// Every receiver is gone.
    pub(crate) no_receivers: bool,
    /// How many values are inside.
    pub(crate) inside: u32,
    /// The threads that may go on with a notification, a bit for each.
    pub(crate) notified: u64,
}

/// Who waits for a condition, and which notifications are there.
#[derive(Clone, Debug, Default)]
struct Waiting {
    /// The threads that wait, a bit for each.
    threads: u64,
    /// The notifications of one that nobody has taken, each with those who waited
    /// when it came: one of them takes it, whoever is first. The earliest first.
    /// Whoever of an earlier one still waits is in each later one, too.
    ones: Vec<u64>,
    /// Those who were notified together.
    all: u64,
}

impl Waiting {
    /// Who may go on.
    fn notified(&self) -> u64 {
        self.ones.iter().fold(self.all, |all, one| all | one)
    }

    /// `thread` waits no more.
    fn leave(&mut self, thread: u32) {
        let its = 1 << thread;
        if self.all & its == 0
            && let Some(taken) = self.ones.iter().position(|one| one & its != 0)
        {
            self.ones.remove(taken);
        }
        self.all &= !its;
        self.threads &= !its;
        for one in &mut self.ones {
            *one &= !its;
        }
    }
}

/// How all objects of an execution stand.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// By name.
    levels: Vec<Levels>,
    /// The conditions, by name.
    conditions: HashMap<u32, Waiting>,
}

impl Objects {
    /// As at the beginning.
    pub(super) fn reset(&mut self) {
        self.levels.clear();
        self.conditions.clear();
    }

    /// How object `name` stands.
    pub(super) fn levels(&self, name: u32) -> Levels {
        self.levels.get(name as usize).copied().unwrap_or_default()
    }

    /// The last sender, or receiver, of channel `name` is gone.
    pub(super) fn close(&mut self, name: u32, senders: bool) {
        let levels = self.at(name);
        if senders {
            levels.no_senders = true;
        } else {
            levels.no_receivers = true;
        }
    }

    /// How object `name` stands, to be changed.
    fn at(&mut self, name: u32) -> &mut Levels {
        let index = name as usize;
        if self.levels.len() <= index {
            self.levels.resize(index + 1, Levels::default());
        }
        &mut self.levels[index]
    }

    /// `thread` does something to a condition.
    fn change(&mut self, op: Op, thread: u32) -> u64 {
        let condition = self.conditions.entry(op.object).or_default();
        match op.access {
            Access::Await => condition.threads |= 1 << thread,
            Access::Notify => {
                // Who was notified with all others has a notification already.
                let waiting = condition.threads & !condition.all;
                if condition.ones.len() < waiting.count_ones() as usize {
                    condition.ones.push(waiting);
                }
            }
            Access::NotifyAll => {
                condition.all = condition.threads;
                condition.ones.clear();
            }
            _ => condition.leave(thread),
        }
        condition.notified()
    }

    /// `op` is done by `thread`; how its object stood before.
    pub(super) fn apply(&mut self, op: Op, thread: u32) -> Levels {
        let before = self.levels(op.object);
        let mut after = before;
        match op.access {
            Access::Lock | Access::TryLock | Access::Finish | Access::Unpark => {
                after.is_held = true;
            }
            Access::Unlock | Access::Park => after.is_held = false,
            Access::Await
            | Access::Take
            | Access::TakeOrLate
            | Access::Notify
            | Access::NotifyAll => {
                after.is_held = false; // a token, if it is one
                after.notified = self.change(op, thread);
            }
            Access::Send(room) | Access::TrySend(room) if !before.no_receivers => {
                let has_room = match room {
                    Room::Meeting => false,
                    Room::For(room) => before.inside < room,
                    Room::Endless => true,
                };
                after.inside += u32::from(has_room);
            }
            Access::Receive(_) | Access::TryReceive | Access::ResumeOrLate => {
                after.is_held = false; // a token, if it is one
                after.inside = before.inside.saturating_sub(1);
            }
            _ => return before,
        }
        *self.at(op.object) = after;
        before
    }
}
