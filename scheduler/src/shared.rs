//! A variable that is meant to be raced on.
//!
//! Each load and each store is a checkpoint, and a step of the trace with its
//! value. Between a load and the store that follows, another thread may store:
//! then one of the two updates is lost.
//!
//! Invariants: (1) a load or a store is one step: no value is ever half old and
//! half new; (2) nothing orders two accesses but their threads.
//!
//! Left out: read-modify-write operations. That is what locks are for.
//!
//! Book: chapters 2 and 18. Mirror: a `Cell` between tasks.

use crate::control::current;
use crate::critical::Critical;
use crate::explore::{Access, Operation};
use crate::place::Place;
use crate::run::Number;
use crate::trace::{Kind, Text, Value, is_wanted, record};
use std::fmt;

/// A variable that several threads read and write, with no lock.
///
/// Outside a scheduler it works as well; then nothing is traced.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, Shared, policy::RoundRobin};
/// # let policy = RoundRobin::new(std::time::Duration::from_millis(3));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let total = Shared::new("total", 0);
/// let seen = total.load();
/// total.store(seen + 1); // between the two lines, anybody may have stored
/// # assert_eq!(total.load(), 1);
/// # }).unwrap();
/// ```
pub struct Shared<T> {
    /// What the trace calls it.
    name: &'static str,
    /// Which one, for those of the same name.
    number: Number,
    /// The value.
    current: Critical<Current<T>>,
}

/// A value, and what the trace says of it.
struct Current<T> {
    /// The value.
    value: T,
    /// The value as text; empty if nobody listened when it was stored. Made
    /// beforehand, since the learner's `Debug` must not run inside the section.
    text: Text,
}

impl<T: Copy + fmt::Debug> Current<T> {
    /// `value` with its text, if a text is wanted.
    fn new(value: T) -> Current<T> {
        let text = if is_wanted() {
            Text::of(format_args!("{value:?}"))
        } else {
            Text::EMPTY
        };
        Current { value, text }
    }
}

impl<T: Copy + fmt::Debug> Shared<T> {
    /// A variable called `name`, worth `value`.
    pub fn new(name: &'static str, value: T) -> Shared<T> {
        let number = Number::default();
        if let Some(thread) = current() {
            number.get(&thread.run, |counts| &counts.shareds);
        }
        Shared {
            name,
            number,
            current: Critical::new(Current::new(value)),
        }
    }

    /// What is done to it.
    fn op(&self, access: Access) -> Operation<'_> {
        Operation::on(Kind::Shared, &self.number, access)
    }

    /// The value at this moment.
    #[track_caller]
    pub fn load(&self) -> T {
        let at = Place::caller();
        let Some(thread) = current() else {
            return self.current.enter().value;
        };
        thread.checkpoint(self.op(Access::Load), at);
        let (number, _) = self.number.get(&thread.run, |counts| &counts.shareds);
        let current = self.current.enter();
        record!(
            thread.run, "loaded", at Some(at),
            [number, Value::Name(self.name), Value::Text, thread.id],
            text current.text,
        );
        current.value
    }

    // ANCHOR: store
    /// Replaces the value.
    #[track_caller]
    pub fn store(&self, value: T) {
        let at = Place::caller();
        let new = Current::new(value);
        let Some(thread) = current() else {
            *self.current.enter() = new;
            return;
        };
        thread.checkpoint(self.op(Access::Store), at);
        let (number, _) = self.number.get(&thread.run, |counts| &counts.shareds);
        let mut current = self.current.enter();
        *current = new;
        record!(
            thread.run, "stored", at Some(at),
            [number, Value::Name(self.name), Value::Text, thread.id],
            text current.text,
        );
    }
    // ANCHOR_END: store
}

impl<T: Copy + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No step of the program: nothing is traced, and no control moves. The
        // learner's `Debug` runs on a copy, outside the section.
        match self.current.peek(|current| current.value) {
            Some(value) => write!(f, "{}: {value:?}", self.name),
            None => write!(f, "{}: ?", self.name),
        }
    }
}
