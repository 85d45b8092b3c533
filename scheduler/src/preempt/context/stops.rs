//! How a thread stops: by itself, or frozen by its handler.
//!
//! Everything here is done by the thread to itself: it says what it does, and
//! waits at its gate until the dispatcher lets it go on.
//!
//! Invariants: (1) between the note that it stopped and the gate nobody freezes
//! the thread: it holds a guard, or is in its handler; (2) a tick that a guard
//! put off is obeyed when the last guard is dropped.
//!
//! Left out: calls that block (see [`calls`](super::calls)).
//!
//! Book: chapter 13.

use std::io;
use std::sync::atomic::{Ordering, compiler_fence};

use super::super::callers::Notebook;
use super::super::{clock, handler, syscalls};
use super::{Context, Reason, State};

/// The thread's own side: to be called on that thread.
impl Context {
    /// Makes the calling thread, whose current context this is, interruptible:
    /// creates its timer and lets the signal through. If `somebody_listens`, the
    /// handler notes who called the function in which it freezes the thread, and
    /// every call is told. With `watches` its system calls are dispatched to us.
    ///
    /// # Errors
    /// When this system or its limits allow no (further) timer, or no dispatch.
    pub(crate) fn attach(&self, somebody_listens: bool, watches: bool) -> io::Result<()> {
        let signal = handler::install()?;
        if somebody_listens {
            self.callers.open();
        }
        self.may_keep_cpu
            .store(!somebody_listens, Ordering::Relaxed);
        self.timer.create(signal)?;
        handler::unblock(signal)?;
        if watches {
            syscalls::enable(&self.selector)?;
            self.is_watched.store(true, Ordering::Relaxed); // from the first dispatch on
        }
        Ok(())
    }

    /// Reports the new thread, and waits until it is dispatched.
    ///
    /// Its last step before: a thread that is dispatched earlier can be stuck
    /// in the C library's start-up, behind a lock that a frozen thread holds.
    pub(crate) fn arrive(&self) {
        self.give_way(Reason::Arrived);
    }

    /// Stops for `reason`, and waits until it is dispatched again.
    pub(crate) fn give_way(&self, reason: Reason) {
        self.hold();
        self.disarm();
        self.stop(reason, 0);
        self.unhold();
    }

    /// Reports that the thread is over, and does not wait.
    pub(crate) fn finish(&self) {
        self.hold(); // for ever: nobody may freeze it any more
        self.disarm();
        self.leave_cpu();
        self.let_calls_pass();
        self.report(Reason::Finished, 0);
    }

    /// Gives the timer back, and ends the dispatch of system calls: nothing
    /// interrupts the thread any more.
    pub(in crate::preempt) fn detach(&self) {
        self.let_calls_pass();
        if self.is_watched.swap(false, Ordering::Relaxed) {
            syscalls::disable();
        }
        self.timer.delete();
    }

    /// What the handler does once it knows that it may: freezes the thread.
    pub(in crate::preempt) fn freeze(&self, program_counter: usize) {
        self.stop(Reason::Preempted, program_counter);
    }

    /// Where the handler notes the callers.
    pub(in crate::preempt) fn notebook(&self) -> &Notebook {
        &self.callers
    }

    /// Whether a guard forbids to freeze it.
    pub(in crate::preempt) fn is_held(&self) -> bool {
        self.preempt_count.load(Ordering::Relaxed) != 0
    }

    /// Notes that the tick could not be obeyed, for the last guard.
    pub(in crate::preempt) fn note_reschedule(&self) {
        self.reschedule.store(true, Ordering::Relaxed);
    }

    // ANCHOR: stop
    /// Reports a stop and waits at the gate. Nobody may freeze the thread
    /// meanwhile: it is held, or in its handler.
    fn stop(&self, reason: Reason, program_counter: usize) {
        self.leave_cpu();
        self.wait_for_cpu(reason, program_counter);
    }

    /// The same for a thread that has no CPU any more.
    pub(super) fn wait_for_cpu(&self, reason: Reason, program_counter: usize) {
        self.let_calls_pass();
        self.report(reason, program_counter);
        self.gate.wait();
        self.watch_calls();
        self.begin_slice();
    }
    // ANCHOR_END: stop

    /// Ceases to run, if the thread does. One that runs without a CPU, since it
    /// was found asleep, waits for one first.
    fn leave_cpu(&self) {
        while self.exchange(State::Running, State::Stopped) == Err(State::Away) {
            self.come_back();
        }
    }

    /// Replaces the state `from` by `to`, or says which other state it found (4).
    pub(super) fn exchange(&self, from: State, to: State) -> Result<(), State> {
        let exchanged =
            self.state
                .compare_exchange(from as u8, to as u8, Ordering::SeqCst, Ordering::Acquire);
        exchanged.map(drop).map_err(State::of_number)
    }

    /// Tells the dispatcher that the thread stopped, and why.
    fn report(&self, reason: Reason, program_counter: usize) {
        self.reason.store(reason as u8, Ordering::Release);
        self.program_counter
            .store(program_counter, Ordering::Release);
        if reason != Reason::Returned {
            // Who returns left its CPU when it began the call.
            self.stopped_at.store(clock::now(), Ordering::Release);
        }
        self.state.store(State::Stopped as u8, Ordering::Release); // (2) of `State`
        self.inbox.post_here(&self.stop_note);
    }

    /// Forbids to freeze the thread.
    pub(in crate::preempt) fn hold(&self) {
        // Only this thread writes it, and its handler leaves it as it was, so
        // a load and a store are enough. Only this thread's handler reads it,
        // too, so that the compiler alone must be kept from moving what is
        // guarded out of the guard.
        let count = self.preempt_count.load(Ordering::Relaxed);
        self.preempt_count.store(count + 1, Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
    }

    /// Undoes one [`Context::hold`].
    pub(super) fn unhold(&self) {
        compiler_fence(Ordering::SeqCst);
        let count = self.preempt_count.load(Ordering::Relaxed);
        self.preempt_count.store(count - 1, Ordering::Relaxed);
    }

    /// Undoes one [`Context::hold`], and obeys a tick that came meanwhile.
    pub(in crate::preempt) fn release(&self) {
        if self.preempt_count.load(Ordering::Relaxed) == 1
            && self.reschedule.swap(false, Ordering::Relaxed)
            && self.is_due()
        {
            self.stop(Reason::Preempted, 0);
        }
        // A tick between the look and this line comes again in a `MOMENT`.
        self.unhold();
    }
}
