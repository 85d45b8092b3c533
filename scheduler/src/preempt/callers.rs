//! The callers of the place where a thread was frozen: a note for the trace.
//!
//! Written by the signal handler, if the trace is wanted; read by the
//! dispatcher while the thread is frozen.
//!
//! Invariants: (1) writing allocates nothing; (2) calls are noted as distances
//! from the start of the program, so they are the same in every run.
//!
//! Left out: calls in libraries, and more than [`Callers::ROOM`].
//!
//! Book: chapter 13.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use super::unwind;

/// The calls that led to a place, the innermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Callers([u32; Callers::ROOM]);

impl Callers {
    /// How many are noted at most.
    pub(crate) const ROOM: usize = 32;
    /// None.
    pub(crate) const NONE: Callers = Callers([0; Callers::ROOM]);

    /// The calls.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        let calls = self.0.iter().take_while(|&&call| call != 0);
        calls.map(|&call| call as usize)
    }
}

/// Where a thread's handler notes them.
#[derive(Debug)]
pub(super) struct Notebook {
    /// The calls; 0 ends the list.
    calls: [AtomicU32; Callers::ROOM],
    /// Where the thread's stack begins and ends; empty if nobody wants to know
    /// the callers.
    stack: [AtomicUsize; 2],
}

impl Notebook {
    /// A notebook for a thread whose callers nobody wants to know.
    pub(super) const fn new() -> Self {
        Self {
            calls: [const { AtomicU32::new(0) }; Callers::ROOM],
            stack: [const { AtomicUsize::new(0) }; 2],
        }
    }

    /// Somebody wants to know the callers of the calling thread.
    pub(super) fn open(&self) {
        let Range { start, end } = unwind::stack();
        self.stack[0].store(start, Ordering::Relaxed);
        self.stack[1].store(end, Ordering::Relaxed);
    }

    /// Where the thread's stack lies, if its callers are to be noted.
    pub(super) fn stack(&self) -> Option<Range<usize>> {
        let [start, end] = &self.stack;
        let stack = start.load(Ordering::Relaxed)..end.load(Ordering::Relaxed);
        (!stack.is_empty()).then_some(stack)
    }

    /// Notes the calls, and drops those that have no room.
    pub(super) fn write(&self, calls: &Callers) {
        for (place, call) in self.calls.iter().zip(calls.0) {
            place.store(call, Ordering::Relaxed);
        }
    }

    /// What was noted last.
    pub(super) fn read(&self) -> Callers {
        Callers(std::array::from_fn(|index| {
            self.calls[index].load(Ordering::Relaxed)
        }))
    }
}

/// A list of calls that is being made.
#[derive(Debug)]
pub(super) struct List {
    /// The calls so far.
    calls: Callers,
    /// How many.
    length: usize,
}

impl List {
    /// An empty list.
    pub(super) const fn new() -> Self {
        Self {
            calls: Callers::NONE,
            length: 0,
        }
    }

    /// Adds a call, a distance from the start of the program, and says whether
    /// there is room for another.
    pub(super) fn add(&mut self, call: usize) -> bool {
        if let (Some(place), Ok(call)) = (self.calls.0.get_mut(self.length), u32::try_from(call)) {
            *place = call;
            self.length += 1;
        }
        self.length < Callers::ROOM
    }

    /// The calls.
    pub(super) fn finish(self) -> Callers {
        self.calls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_as_they_were_noted() {
        let notebook = Notebook::new();
        assert_eq!(notebook.read(), Callers::NONE);
        assert_eq!(notebook.stack(), None);
        let mut list = List::new();
        assert!(list.add(7) && list.add(9));
        notebook.write(&list.finish());
        assert!(notebook.read().iter().eq([7, 9]));
    }

    #[test]
    fn a_list_that_is_full_takes_no_more() {
        let mut list = List::new();
        assert!((1..Callers::ROOM).all(|call| list.add(call)));
        assert!(!list.add(Callers::ROOM), "that was the last");
        assert!(!list.add(99));
        assert!(list.finish().iter().eq(1..=Callers::ROOM));
    }
}
