//! Atomics: variables of which each access is one step, and orders others.
//!
//! As std's, with a step of the trace, and a choice of the search, at each access. An
//! update (`fetch_add`, `compare_exchange`, ..) reads and writes in one step: nothing
//! comes between. An acquiring read that sees a releasing write comes after it, and
//! so does what follows: two accesses of a [`Shared`](crate::Shared) that are ordered
//! in this way do not race.
//!
//! Invariants: (1) all accesses of an atomic come in one order, and a read sees the
//! last write in it: the orderings that are weaker than `SeqCst` decide which races of
//! *other* variables are reported, and nothing else.
//!
//! Left out: what weaker orderings allow hardware to do (a read that sees an older
//! write), fences, pointers.
//!
//! Book: chapter 18. Mirror: a `Cell` between tasks.

use crate::control::{Control, current};
use crate::explore::{Access, Operation};
use crate::place::Place;
use crate::run::Number;
use crate::trace::{Kind, Text, Value, record};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic as std_atomic;

pub use std::sync::atomic::Ordering;

/// The trace's word for an ordering.
fn word(ordering: Ordering) -> &'static str {
    match ordering {
        Ordering::Relaxed => "relaxed",
        Ordering::Acquire => "acquire",
        Ordering::Release => "release",
        Ordering::AcqRel => "acqrel",
        _ => "seqcst",
    }
}

/// Whether a read with this ordering comes after the releasing write that it sees.
fn acquires(ordering: Ordering) -> bool {
    !matches!(ordering, Ordering::Relaxed | Ordering::Release)
}

/// Whether a write with this ordering comes before the acquiring read that sees it.
fn releases(ordering: Ordering) -> bool {
    !matches!(ordering, Ordering::Relaxed | Ordering::Acquire)
}

/// Which atomic: everything but the value.
struct Identity {
    /// What the trace calls it.
    name: &'static str,
    /// Which one.
    number: Number,
}

impl Identity {
    /// An atomic called `name`, that is made now.
    fn new(name: &'static str) -> Identity {
        let number = Number::default();
        if let Some(thread) = current() {
            number.of(Kind::Shared, &thread);
        }
        Identity { name, number }
    }

    /// The checkpoint before `access` at `at`; the calling thread.
    fn step(&self, access: Access, at: Place) -> Option<Arc<Control>> {
        let thread = current()?;
        thread.checkpoint(Operation::on(Kind::Shared, &self.number, access), at);
        Some(thread)
    }

    /// Records that `thread` read `value`.
    fn loaded(&self, thread: Option<&Control>, value: impl fmt::Debug, how: Ordering, at: Place) {
        let Some(thread) = thread else { return };
        let number = self.number.of(Kind::Shared, thread);
        record!(
            thread.run, "loaded", at Some(at),
            [number, Value::Name(self.name), Value::Text, thread.id],
            optional [word(how)],
            text Text::of(format_args!("{value:?}")),
        );
    }

    /// Records that `thread` wrote `value`.
    fn stored(&self, thread: Option<&Control>, value: impl fmt::Debug, how: Ordering, at: Place) {
        let Some(thread) = thread else { return };
        let number = self.number.of(Kind::Shared, thread);
        record!(
            thread.run, "stored", at Some(at),
            [number, Value::Name(self.name), Value::Text, thread.id],
            optional [word(how)],
            text Text::of(format_args!("{value:?}")),
        );
    }
}

/// Declares an atomic.
macro_rules! atomic {
    ($name:ident, $std:ident, $value:ty, $doc:literal) => {
        #[doc = $doc]
        pub struct $name {
            /// Which one.
            identity: Identity,
            /// The value.
            value: std_atomic::$std,
        }

        impl $name {
            /// One worth `value`.
            pub fn new(value: $value) -> $name {
                $name::named(stringify!($name), value)
            }

            /// One worth `value`, that the trace calls `name`.
            pub fn named(name: &'static str, value: $value) -> $name {
                $name {
                    identity: Identity::new(name),
                    value: std_atomic::$std::new(value),
                }
            }

            /// The value.
            ///
            /// # Panics
            ///
            /// If `ordering` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn load(&self, ordering: Ordering) -> $value {
                let at = Place::caller();
                let access = Access::AtomicLoad {
                    acquires: acquires(ordering),
                };
                let thread = self.identity.step(access, at);
                let value = self.value.load(ordering);
                self.identity.loaded(thread.as_deref(), value, ordering, at);
                value
            }

            /// Replaces the value.
            ///
            /// # Panics
            ///
            /// If `ordering` is `Acquire` or `AcqRel`.
            #[track_caller]
            pub fn store(&self, value: $value, ordering: Ordering) {
                let at = Place::caller();
                let access = Access::AtomicStore {
                    releases: releases(ordering),
                };
                let thread = self.identity.step(access, at);
                self.value.store(value, ordering);
                self.identity.stored(thread.as_deref(), value, ordering, at);
            }

            /// Replaces the value, and returns the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, ordering: Ordering) -> $value {
                self.update(ordering, Place::caller(), |it| {
                    (it.swap(value, ordering), value)
                })
            }

            /// Replaces the value by `new` if it is `current`; returns the one before.
            ///
            /// # Errors
            ///
            /// If it is another one: that one.
            ///
            /// # Panics
            ///
            /// If `failure` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                let at = Place::caller();
                let access = Access::Update {
                    acquires: acquires(success) || acquires(failure),
                    releases: releases(success),
                };
                let thread = self.identity.step(access, at);
                let result = self.value.compare_exchange(current, new, success, failure);
                let thread = thread.as_deref();
                match result {
                    Ok(_) => self.identity.stored(thread, new, success, at),
                    Err(found) => self.identity.loaded(thread, found, failure, at),
                }
                result
            }

            /// The same: here it fails for no other reason than its name says.
            ///
            /// # Errors
            ///
            /// As [`compare_exchange`](Self::compare_exchange).
            ///
            /// # Panics
            ///
            /// As [`compare_exchange`](Self::compare_exchange).
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(current, new, success, failure)
            }

            /// One step that reads and writes: the value before.
            fn update(
                &self,
                ordering: Ordering,
                at: Place,
                change: impl FnOnce(&std_atomic::$std) -> ($value, $value),
            ) -> $value {
                let access = Access::Update {
                    acquires: acquires(ordering),
                    releases: releases(ordering),
                };
                let thread = self.identity.step(access, at);
                let (before, after) = change(&self.value);
                self.identity.stored(thread.as_deref(), after, ordering, at);
                before
            }
        }

        impl Default for $name {
            fn default() -> $name {
                $name::new(Default::default())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // No step of the program.
                self.value.fmt(f)
            }
        }
    };
}

/// Declares what numbers have besides.
macro_rules! numbers {
    ($($name:ident: $value:ty),*) => {$(
        impl $name {
            /// Adds `more`, beginning anew behind the largest number; the value before.
            #[track_caller]
            pub fn fetch_add(&self, more: $value, ordering: Ordering) -> $value {
                self.update(ordering, Place::caller(), |it| {
                    let before = it.fetch_add(more, ordering);
                    (before, before.wrapping_add(more))
                })
            }

            /// Subtracts `less`, going on with the largest number below the smallest; the
            /// value before.
            #[track_caller]
            pub fn fetch_sub(&self, less: $value, ordering: Ordering) -> $value {
                self.update(ordering, Place::caller(), |it| {
                    let before = it.fetch_sub(less, ordering);
                    (before, before.wrapping_sub(less))
                })
            }

            /// Makes the value `other`, if that is larger; the value before.
            #[track_caller]
            pub fn fetch_max(&self, other: $value, ordering: Ordering) -> $value {
                self.update(ordering, Place::caller(), |it| {
                    let before = it.fetch_max(other, ordering);
                    (before, before.max(other))
                })
            }
        }
    )*};
}

atomic!(
    AtomicBool,
    AtomicBool,
    bool,
    "A `bool` of which each access is one step."
);
atomic!(
    AtomicU32,
    AtomicU32,
    u32,
    "A `u32` of which each access is one step."
);
atomic!(
    AtomicU64,
    AtomicU64,
    u64,
    "A `u64` of which each access is one step."
);
atomic!(
    AtomicUsize,
    AtomicUsize,
    usize,
    "A `usize` of which each access is one step."
);
atomic!(
    AtomicI32,
    AtomicI32,
    i32,
    "An `i32` of which each access is one step."
);
atomic!(
    AtomicI64,
    AtomicI64,
    i64,
    "An `i64` of which each access is one step."
);
numbers!(AtomicU32: u32, AtomicU64: u64, AtomicUsize: usize, AtomicI32: i32, AtomicI64: i64);
