//! One access of an atomic: the choice before it, and its record after it.
//!
//! Book: chapters 18 and 21. Mirror: none.

use crate::control::{Control, current};
use crate::explore::{Access, Atomic, Deed, Operation, Seen};
use crate::place::Place;
use crate::run::Number;
use crate::trace::{Kind, Text, Value, record};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Which atomic: everything but the value.
pub(super) struct Identity {
    /// What the trace calls it.
    name: &'static str,
    /// Which one.
    number: Number,
}

impl Identity {
    /// An atomic called `name`, that is made now.
    pub(super) fn new(name: &'static str) -> Identity {
        let number = Number::default();
        if let Some(thread) = current() {
            number.of(Kind::Shared, &thread);
        }
        Identity { name, number }
    }

    /// The checkpoint before `deed` at `at`, which is done to an atomic worth `initial` if
    /// nobody did anything to it before.
    pub(super) fn step(&self, deed: Deed, initial: u64, at: Place) -> Stepped {
        let thread = current();
        let seen = thread.as_ref().and_then(|thread| {
            let access = match deed {
                Deed::Load(_) => Access::AtomicLoad,
                Deed::Store(..) => Access::AtomicStore,
                _ => Access::Update,
            };
            let operation = Operation::on(Kind::Shared, &self.number, access);
            thread.checkpoint(operation.of_memory(Atomic { deed, initial }), at);
            thread.run.conductor.as_ref()?.seen(thread)
        });
        Stepped { thread, seen, at }
    }

    /// Records that a load read `value`.
    pub(super) fn loaded(&self, stepped: &Stepped, value: impl fmt::Debug, how: Ordering) {
        let Some(thread) = &stepped.thread else {
            return;
        };
        let number = self.number.of(Kind::Shared, thread);
        let from = stepped.seen.map(|seen| seen.from);
        record!(
            thread.run, "loaded", at Some(stepped.at),
            [number, Value::Name(self.name), Value::Text, thread.id],
            optional [word(how), from, stepped.newer()],
            text Text::of(format_args!("{value:?}")),
        );
    }

    /// Records that a store, or an update, wrote `value`.
    pub(super) fn stored(&self, stepped: &Stepped, value: impl fmt::Debug, how: Ordering) {
        let Some(thread) = &stepped.thread else {
            return;
        };
        let number = self.number.of(Kind::Shared, thread);
        record!(
            thread.run, "stored", at Some(stepped.at),
            [number, Value::Name(self.name), Value::Text, thread.id],
            optional [word(how), stepped.newer()],
            text Text::of(format_args!("{value:?}")),
        );
    }
}

/// An access that the calling thread may do now.
pub(super) struct Stepped {
    /// The thread, if it is a scheduled one.
    thread: Option<Arc<Control>>,
    /// What memory does, where it has a choice (invariant 2 of [atomics](super)); else the atomic's own value is the one.
    pub(super) seen: Option<Seen>,
    /// The learner's line.
    at: Place,
}

impl Stepped {
    /// How many writes are newer than what was read or written, if any are.
    fn newer(&self) -> Option<u32> {
        self.seen.map(|seen| seen.newer).filter(|&newer| newer > 0)
    }

    /// Whether what is written is the newest now, as it is where memory has no choice.
    pub(super) fn is_newest(&self) -> bool {
        self.newer().is_none()
    }

    /// Tells memory what an update has written, in bits.
    pub(super) fn wrote(&self, value: u64) {
        if let Some(thread) = &self.thread
            && let Some(conductor) = &thread.run.conductor
        {
            conductor.wrote(value);
        }
    }
}

/// The trace's word for an ordering.
pub(super) fn word(ordering: Ordering) -> &'static str {
    match ordering {
        Ordering::Relaxed => "relaxed",
        Ordering::Acquire => "acquire",
        Ordering::Release => "release",
        Ordering::AcqRel => "acqrel",
        _ => "seqcst",
    }
}
