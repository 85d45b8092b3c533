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
//! *other* variables are reported, and nothing else; (2) unless a search is told that
//! [memory is weaker](crate::Memory::C11): then memory says what a read sees, and where in
//! the order a write comes.
//!
//! Left out: pointers, and weak exchanges that fail for no reason.
//!
//! Book: chapters 18 and 21. Mirror: a `Cell` between tasks.

mod bits;
mod step;

use crate::control::current;
use crate::explore::{Access, Atomic, Deed, Operation};
use crate::place::Place;
use crate::trace::record;
use bits::Bits;
use std::fmt;
use std::sync::atomic as std_atomic;
use step::{Identity, Stepped, word};

pub use std::sync::atomic::Ordering;

/// Orders the accesses of the calling thread: as std's `fence`.
///
/// # Panics
///
/// If `ordering` is `Relaxed`.
#[track_caller]
pub fn fence(ordering: Ordering) {
    let at = Place::caller();
    if let Some(thread) = current() {
        let atomic = Atomic {
            deed: Deed::Fence(ordering),
            initial: 0,
        };
        thread.checkpoint(Operation::local(Access::Fence).of_memory(atomic), at);
        record!(
            thread.run, "fenced", at Some(at),
            [thread.id, word(ordering)],
        );
    }
    std_atomic::fence(ordering);
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
                let stepped = self.step(Deed::Load(ordering), Place::caller());
                let newest = self.value.load(ordering);
                let value = stepped.seen.map_or(newest, |seen| Bits::of(seen.value));
                self.identity.loaded(&stepped, value, ordering);
                value
            }

            /// Replaces the value.
            ///
            /// # Panics
            ///
            /// If `ordering` is `Acquire` or `AcqRel`.
            #[track_caller]
            pub fn store(&self, value: $value, ordering: Ordering) {
                let stepped = self.step(Deed::Store(value.bits(), ordering), Place::caller());
                if stepped.is_newest() {
                    self.value.store(value, ordering);
                }
                self.identity.stored(&stepped, value, ordering);
            }

            /// Replaces the value, and returns the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, ordering: Ordering) -> $value {
                let swap = |it: &std_atomic::$std| it.swap(value, ordering);
                self.update(ordering, Place::caller(), swap, |_| value)
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
                let deed = Deed::Exchange(current.bits(), success, failure);
                let stepped = self.step(deed, Place::caller());
                let result = match stepped.seen.map(|seen| <$value>::of(seen.value)) {
                    None => self.value.compare_exchange(current, new, success, failure),
                    Some(found) if found == current => {
                        stepped.wrote(new.bits());
                        if stepped.is_newest() {
                            self.value.store(new, Ordering::SeqCst);
                        }
                        Ok(found)
                    }
                    Some(found) => Err(found),
                };
                match result {
                    Ok(_) => self.identity.stored(&stepped, new, success),
                    Err(found) => self.identity.loaded(&stepped, found, failure),
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

            /// The checkpoint before `deed`.
            fn step(&self, deed: Deed, at: Place) -> Stepped {
                let initial = self.value.load(Ordering::SeqCst).bits();
                self.identity.step(deed, initial, at)
            }

            /// One step that reads and writes, as std does it, or where memory has a choice
            /// as `after` says: the value before.
            fn update(
                &self,
                ordering: Ordering,
                at: Place,
                std: impl FnOnce(&std_atomic::$std) -> $value,
                after: impl FnOnce($value) -> $value,
            ) -> $value {
                let stepped = self.step(Deed::Update(ordering), at);
                let (before, after) = match stepped.seen {
                    None => {
                        let before = std(&self.value);
                        (before, after(before))
                    }
                    Some(seen) => {
                        let before = Bits::of(seen.value);
                        let after = after(before);
                        stepped.wrote(after.bits());
                        if stepped.is_newest() {
                            self.value.store(after, Ordering::SeqCst);
                        }
                        (before, after)
                    }
                };
                self.identity.stored(&stepped, after, ordering);
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
                let add = |it: &std_atomic::$name| it.fetch_add(more, ordering);
                self.update(ordering, Place::caller(), add, |it| it.wrapping_add(more))
            }

            /// Subtracts `less`, going on with the largest number below the smallest; the
            /// value before.
            #[track_caller]
            pub fn fetch_sub(&self, less: $value, ordering: Ordering) -> $value {
                let subtract = |it: &std_atomic::$name| it.fetch_sub(less, ordering);
                self.update(ordering, Place::caller(), subtract, |it| it.wrapping_sub(less))
            }

            /// Makes the value `other`, if that is larger; the value before.
            #[track_caller]
            pub fn fetch_max(&self, other: $value, ordering: Ordering) -> $value {
                let larger = |it: &std_atomic::$name| it.fetch_max(other, ordering);
                self.update(ordering, Place::caller(), larger, |it| it.max(other))
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
