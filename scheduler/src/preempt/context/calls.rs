//! Calls that block: how a thread gives its CPU up in the kernel, and gets one
//! again.
//!
//! A call begins with a mark and ends by taking it back. If the dispatcher has
//! wanted the CPU meanwhile, it took it, by a mark of its own, and the thread
//! waits for another one; if not, nobody was told and nothing else happened.
//!
//! ```text
//!    thread                         dispatcher
//!    Running ─► Calling             wanted = true
//!    wanted? then ring              Calling ─► InCall?  then the CPU is free
//!    .. the call ..
//!    Calling ─► Running?  then go on, else stop and wait for a CPU
//! ```
//!
//! Each side writes before it reads, sequentially consistent: the thread sees
//! that its CPU is wanted, or the dispatcher sees that it is in a call.
//!
//! Invariants: (1) a CPU that was taken is not used again by who lost it: both
//! leave `Calling` by a compare-and-exchange; (2) where every call is to be told
//! (a trace, checkpoint mode) the thread gives its CPU up itself, at once;
//! (3) the time in calls is nobody's CPU time.
//!
//! Left out: which calls these are (see [`syscalls`] and
//! [`polling`](super::super::polling)).
//!
//! Book: chapter 13.

use std::sync::atomic::Ordering;

use super::super::{clock, syscalls};
use super::{Context, Reason, State};

/// The thread's own side: to be called on that thread.
impl Context {
    /// Begins a blocking call that was announced: the thread goes on, and its CPU
    /// is to be had.
    pub(crate) fn enter_call(&self) {
        self.hold();
        self.let_calls_pass();
        self.disarm();
        self.system_call.store(0, Ordering::Relaxed);
        self.begin(State::Calling);
        self.unhold();
    }

    /// Ends it: goes on, or waits for a CPU.
    pub(crate) fn leave_call(&self) {
        self.hold();
        if self.take_back() {
            self.arm();
        } else {
            self.wait_for_cpu(Reason::Returned, 0);
        }
        self.unhold();
    }

    // ANCHOR: system_call
    /// Begins the system call `number`, which nobody announced and which `waits`,
    /// as far as we know. To be called in the handler of SIGSYS, where no tick
    /// comes.
    pub(in crate::preempt) fn enter_system_call(&self, number: i64, waits: bool) {
        let number = u32::try_from(number).unwrap_or(u32::MAX - 1) + 1;
        self.system_call.store(number, Ordering::Relaxed);
        if waits {
            self.let_calls_pass(); // those of a handler that interrupts it
        }
        self.begin(if waits { State::Calling } else { State::Brief });
    }

    /// Ends it: goes on, or waits for a CPU.
    pub(in crate::preempt) fn leave_system_call(&self) {
        if !self.take_back() {
            self.wait_for_cpu(Reason::Returned, 0);
        }
    }
    // ANCHOR_END: system_call

    /// Whether the thread may give its CPU up for a call: it has one, and holds
    /// no guard.
    pub(in crate::preempt) fn may_call(&self) -> bool {
        self.state() == State::Running && !self.is_held()
    }

    /// Whether it was found asleep and has no CPU, though it goes on.
    pub(crate) fn is_away(&self) -> bool {
        self.state() == State::Away
    }

    /// Waits for a CPU after having been away.
    ///
    /// careful: a tick between the caller's look and the guard here has done so already.
    pub(crate) fn come_back(&self) {
        self.hold();
        if self.is_away() {
            self.wait_for_cpu(Reason::Returned, 0); // (8) of `State`
        }
        self.unhold();
    }

    /// The kernel makes the thread's system calls, without asking.
    pub(in crate::preempt) fn let_calls_pass(&self) {
        self.selector.store(syscalls::ALLOW, Ordering::Relaxed);
    }

    /// The same for the handler of a fault, during which the thread is not frozen.
    pub(in crate::preempt) fn enter_fault(&self) {
        self.hold();
        self.let_calls_pass();
    }

    /// That handler ends.
    pub(in crate::preempt) fn leave_fault(&self) {
        self.unhold();
    }

    /// The kernel dispatches the thread's system calls to us, if it ever does.
    pub(super) fn watch_calls(&self) {
        if self.is_watched.load(Ordering::Relaxed) {
            self.selector.store(syscalls::DISPATCH, Ordering::Relaxed);
        }
    }

    /// Marks the thread as in a call: `Calling`, or `Brief`.
    fn begin(&self, mark: State) {
        let keeps_cpu = mark == State::Brief || self.may_keep_cpu.load(Ordering::Relaxed);
        let mark = if keeps_cpu { mark } else { State::InCall }; // (2)
        loop {
            self.stopped_at.store(clock::now(), Ordering::Release);
            match self.exchange(State::Running, mark) {
                Err(State::Away) => self.come_back(),
                _ => break, // (3) of `State`
            }
        }
        if !keeps_cpu || mark == State::Calling && self.wanted.load(Ordering::SeqCst) {
            self.inbox.post_here(&self.call_note);
        }
    }

    /// Takes the mark back, if the dispatcher has not taken the CPU.
    fn take_back(&self) -> bool {
        let mark = self.state();
        let keeps_cpu = mark != State::InCall && self.exchange(mark, State::Running).is_ok(); // (1)
        if keeps_cpu && mark == State::Calling {
            let waited = clock::now() - self.stopped_at.load(Ordering::Relaxed);
            self.waited.fetch_add(waited, Ordering::Release); // (3)
        }
        if keeps_cpu {
            self.watch_calls();
        }
        keeps_cpu
    }
}

/// The dispatcher's side.
impl Context {
    /// Takes the CPU from the thread if it is in a call that waits; if it is
    /// `late`, its quantum being over for long, in any system call.
    pub(crate) fn take_cpu(&self, late: bool) -> bool {
        self.exchange(State::Calling, State::InCall).is_ok() // (4) of `State`
            || late && self.exchange(State::Brief, State::InCall).is_ok()
    }

    /// Whether the CPU is free of the thread that said that it began a call: it
    /// may be back already.
    pub(crate) fn has_left_for_call(&self) -> bool {
        !self.may_keep_cpu.load(Ordering::Relaxed) || self.take_cpu(false)
    }

    /// The CPU of the thread, which sleeps in the kernel, is given away, unless it
    /// does something else meanwhile, or holds a guard: then it waits for one that
    /// runs.
    pub(crate) fn find_away(&self) -> bool {
        let found = !self.is_held() && self.exchange(State::Running, State::Away).is_ok();
        if found {
            self.stopped_at.store(clock::now(), Ordering::Release);
            self.timer.disarm();
        }
        found // (7) of `State`
    }

    /// The system call that the thread is in, if nobody announced it.
    pub(crate) fn system_call(&self) -> Option<i64> {
        let number = self.system_call.load(Ordering::Relaxed);
        number.checked_sub(1).map(i64::from)
    }

    /// The part of its present stay that the thread spent in calls (ns); counted
    /// anew from here.
    pub(crate) fn take_waited(&self) -> u64 {
        self.waited.swap(0, Ordering::AcqRel)
    }
}
