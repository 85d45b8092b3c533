//! Where the dispatcher runs: on the processor of the thread that calls it.
//!
//! On one processor a hand-over is two switches of the kernel's, a few
//! microseconds each. From one processor to another it is an interrupt, and the
//! end of an idle processor's sleep: some tens of microseconds in a virtual
//! machine, there and back. So a thread that stops calls the sleeping dispatcher
//! to its own processor, which is about to be free.
//!
//! Invariants: (1) this is a hint: wherever the dispatcher runs, all is right;
//! (2) it costs one system call, and only if the dispatcher was elsewhere, so a
//! handler may do it.
//!
//! Left out: threads that are bound to no processor (`Preemption::Never` and
//! `Checkpoint`): the kernel chooses.
//!
//! Book: chapter 13. Mirror: none; a loop is one thread.

use std::sync::atomic::{AtomicI32, Ordering};

use super::affinity;

/// A thread that is called to others, if it wants to be.
#[derive(Debug, Default)]
pub(crate) struct Vicinity {
    /// Its number; 0 while it does not want to be called.
    listener: AtomicI32,
    /// The processor to which it was called last, plus 1; 0 before the first call.
    processor: AtomicI32,
}

impl Vicinity {
    /// Nobody is called.
    pub(crate) const fn new() -> Self {
        Self {
            listener: AtomicI32::new(0),
            processor: AtomicI32::new(0),
        }
    }

    /// From now on the calling thread is called.
    pub(crate) fn follow(&self) {
        self.listener.store(affinity::tid(), Ordering::Release);
    }

    /// Calls the listener, which should be asleep, to the calling thread's own
    /// processor.
    pub(super) fn call_here(&self) {
        let listener = self.listener.load(Ordering::Acquire);
        if listener == 0 {
            return;
        }
        let here = affinity::here();
        if self.processor.swap(here + 1, Ordering::Relaxed) != here + 1 {
            affinity::call_to(listener, here); // (2)
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use affinity::Affinity;
    use std::thread;

    #[test]
    fn whoever_listens_is_called_to_the_processor_of_who_calls() {
        let all: Vec<usize> = Affinity::of(0).unwrap().processors().collect();
        let vicinity = Vicinity::new();
        vicinity.follow();
        for &processor in &all {
            thread::scope(|scope| {
                scope.spawn(|| {
                    affinity::pin(affinity::tid(), processor).unwrap();
                    vicinity.call_here();
                });
            });
            assert!(Affinity::of(0).unwrap().processors().eq([processor]));
        }
    }

    #[test]
    fn nobody_is_called_who_does_not_listen() {
        let before: Vec<usize> = Affinity::of(0).unwrap().processors().collect();
        Vicinity::new().call_here();
        assert!(Affinity::of(0).unwrap().processors().eq(before));
    }
}
