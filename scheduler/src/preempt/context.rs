//! What the signal handler must know of the thread that it interrupts.
//!
//! The dispatcher's side and the thread's side of every hand-over are here,
//! one beside the other. A thread's control block embeds a [`Context`];
//! [`enter`](super::current::enter) makes it an OS thread's current one.
//!
//! Invariants: (1) every field is an atomic, or never changes: the handler may
//! run between any two instructions; (2) the order of [`Context::dispatch`] is
//! deadline, state, timer, gate: armed first, a timer can fire at a thread that
//! does not run yet, and the tick is lost; (3) a thread whose `preempt_count`
//! is not 0 is never frozen; (4) of a state that both sides may leave, each
//! leaves it by a compare-and-exchange: one of them wins.
//!
//! Left out: who runs next, and why a thread blocked. Calls are in [`calls`].
//!
//! Book: chapter 13. Mirror: the task that `runtime`'s loop is polling.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, compiler_fence,
};

use super::callers::{Callers, Notebook};
use super::clock;
use super::futex::Gate;
use super::handler;
use super::image;
use super::inbox::{Inbox, Node};
use super::syscalls;
use super::timer::Timer;

mod calls;
mod state;

pub(crate) use state::{Reason, State};

/// A thread whose quantum was over before it got going still runs so long (ns),
/// and a tick that found it at a bad moment comes again after it. Without it a
/// slow machine would hand threads the processor and never let them use it.
pub(crate) const MOMENT: u64 = 30_000;

/// A note to the dispatcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The number of the thread that it is about.
    pub(crate) thread: u64,
    /// What happened to it.
    pub(crate) kind: NoticeKind,
}

/// What a [`Notice`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    /// It stands at its gate, or is over: see [`Context::reason`].
    Stopped,
    /// It began a blocking call, and needs no CPU.
    Called,
    /// What it waits for has happened.
    Woken,
    /// Its priority is another one.
    Changed,
}

/// The part of a thread's control block that its signal handler uses.
#[derive(Debug)]
pub(crate) struct Context {
    // Written by the dispatcher while the thread is stopped.
    /// When its quantum is over (ns of [`clock`]); [`Context::NEVER`] if it has
    /// none. Also written while it runs, when another becomes runnable.
    deadline: AtomicU64,
    /// Opened to let it run.
    gate: Gate,

    // Written by both: see the diagram at `State`.
    /// A [`State`].
    state: AtomicU8,

    // Written by the thread alone, its handler included.
    /// A [`Reason`]; meaningful while stopped.
    reason: AtomicU8,
    /// How many guards forbid to freeze it (3).
    preempt_count: AtomicU32,
    /// A tick came while a guard was held: the last guard gives way.
    reschedule: AtomicBool,
    /// Where the handler froze it; 0 when it stopped by itself.
    program_counter: AtomicUsize,
    /// The callers of that place, if somebody wants to know them.
    callers: Notebook,
    /// When it last stopped, or began a call (ns of [`clock`]).
    stopped_at: AtomicU64,
    /// The part of its present stay on a CPU that it spent in calls (ns).
    waited: AtomicU64,
    /// The number of its latest system call that nobody announced, plus 1; 0 for
    /// a call that was announced.
    system_call: AtomicU32,
    /// Whether the kernel dispatches its system calls: read by the kernel at each.
    selector: AtomicU8,
    /// Whether it does so at all: see [`syscalls`].
    is_watched: AtomicBool,
    /// Whether a call may keep its CPU until somebody wants it. False where every
    /// call is to be told.
    may_keep_cpu: AtomicBool,
    /// What interrupts it; empty where nothing ever does.
    timer: Timer,

    // Never written again.
    /// Says that it stopped.
    stop_note: Arc<Node<Notice>>,
    /// Says that it began a blocking call.
    call_note: Arc<Node<Notice>>,
    /// Where both go.
    inbox: Arc<Inbox<Notice>>,
    /// Set by the dispatcher while a thread is runnable that has no CPU.
    wanted: Arc<AtomicBool>,
}

/// The dispatcher's side.
impl Context {
    /// The deadline of a quantum without an end.
    const NEVER: u64 = u64::MAX;

    /// The context of thread number `thread`, whose notices go to `inbox`, and
    /// whose CPU is `wanted` or not.
    pub(crate) fn new(thread: u64, inbox: Arc<Inbox<Notice>>, wanted: Arc<AtomicBool>) -> Self {
        let note = |kind| Node::new(Notice { thread, kind });
        Self {
            deadline: AtomicU64::new(Self::NEVER),
            gate: Gate::new(),
            state: AtomicU8::new(State::Stopped as u8),
            reason: AtomicU8::new(Reason::Arrived as u8),
            preempt_count: AtomicU32::new(0),
            reschedule: AtomicBool::new(false),
            program_counter: AtomicUsize::new(0),
            callers: Notebook::new(),
            stopped_at: AtomicU64::new(clock::now()),
            waited: AtomicU64::new(0),
            system_call: AtomicU32::new(0),
            selector: AtomicU8::new(syscalls::ALLOW),
            is_watched: AtomicBool::new(false),
            may_keep_cpu: AtomicBool::new(false),
            timer: Timer::new(),
            stop_note: note(NoticeKind::Stopped),
            call_note: note(NoticeKind::Called),
            inbox,
            wanted,
        }
    }

    // ANCHOR: dispatch
    /// Lets the stopped thread run, until `deadline` if there is one.
    pub(crate) fn dispatch(&self, deadline: Option<u64>) {
        self.reschedule.store(false, Ordering::Relaxed);
        // (2)
        self.deadline
            .store(deadline.unwrap_or(Self::NEVER), Ordering::Release);
        self.state.store(State::Running as u8, Ordering::Release);
        if let Some(deadline) = deadline {
            self.timer.arm(deadline);
        }
        self.gate.open();
    }
    // ANCHOR_END: dispatch

    /// Changes the end of the quantum of a thread that runs: `Some` once
    /// somebody else wants its CPU, `None` when nobody does any more.
    pub(crate) fn set_deadline(&self, deadline: Option<u64>) {
        self.deadline
            .store(deadline.unwrap_or(Self::NEVER), Ordering::Release);
        match deadline {
            Some(deadline) => self.timer.arm(deadline),
            None => self.timer.disarm(),
        }
    }

    /// Interrupts a thread again whose tick is late.
    pub(crate) fn rearm(&self) {
        self.timer.arm(clock::now());
    }

    /// What it is doing.
    pub(crate) fn state(&self) -> State {
        State::of_number(self.state.load(Ordering::Acquire))
    }

    /// Why it stopped; meaningful once its notice has been collected.
    pub(crate) fn reason(&self) -> Reason {
        Reason::of_number(self.reason.load(Ordering::Acquire))
    }

    /// Where it was frozen, as a distance from the start of the program, which
    /// is the same in every run; `None` if it stopped by itself.
    pub(crate) fn program_counter(&self) -> Option<usize> {
        match self.program_counter.load(Ordering::Acquire) {
            0 => None,
            address => Some(image::relative(address)),
        }
    }

    /// Who called the function in which it was frozen.
    pub(crate) fn callers(&self) -> Callers {
        match self.program_counter.load(Ordering::Acquire) {
            0 => Callers::NONE,
            _ => self.callers.read(),
        }
    }

    /// Who made the system call that it is in.
    pub(crate) fn callers_of_call(&self) -> Callers {
        self.callers.read()
    }

    /// Whether its quantum is over, if it has one.
    pub(crate) fn is_overdue(&self) -> Option<bool> {
        let deadline = self.deadline.load(Ordering::Acquire);
        (deadline != Self::NEVER).then(|| clock::now() >= deadline)
    }

    /// When it last stopped, or began a call (ns of [`clock`]).
    pub(crate) fn stopped_at(&self) -> u64 {
        self.stopped_at.load(Ordering::Acquire)
    }
}

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
    pub(super) fn detach(&self) {
        self.let_calls_pass();
        if self.is_watched.swap(false, Ordering::Relaxed) {
            syscalls::disable();
        }
        self.timer.delete();
    }

    /// What the handler does once it knows that it may: freezes the thread.
    pub(super) fn freeze(&self, program_counter: usize) {
        self.stop(Reason::Preempted, program_counter);
    }

    /// Where the handler notes the callers.
    pub(super) fn notebook(&self) -> &Notebook {
        &self.callers
    }

    /// Whether the thread holds a CPU and its quantum is over.
    pub(super) fn is_due(&self) -> bool {
        self.state.load(Ordering::Acquire) == State::Running as u8
            && clock::now() >= self.deadline.load(Ordering::Acquire)
    }

    /// Whether a guard forbids to freeze it.
    pub(super) fn is_held(&self) -> bool {
        self.preempt_count.load(Ordering::Relaxed) != 0
    }

    /// Notes that the tick could not be obeyed, for the last guard.
    pub(super) fn note_reschedule(&self) {
        self.reschedule.store(true, Ordering::Relaxed);
    }

    /// Lets the tick come again in a [`MOMENT`].
    pub(super) fn try_again(&self) {
        self.timer.arm(clock::now() + MOMENT);
    }

    // ANCHOR: stop
    /// Reports a stop and waits at the gate. Nobody may freeze the thread
    /// meanwhile: it is held, or in its handler.
    fn stop(&self, reason: Reason, program_counter: usize) {
        self.leave_cpu();
        self.wait_for_cpu(reason, program_counter);
    }

    /// The same for a thread that has no CPU any more.
    fn wait_for_cpu(&self, reason: Reason, program_counter: usize) {
        self.let_calls_pass();
        self.report(reason, program_counter);
        self.gate.wait();
        self.watch_calls();
        let now = clock::now();
        let deadline = self.deadline.load(Ordering::Acquire);
        if now >= deadline {
            // Compared, because the dispatcher may change it at this moment.
            let later = self.deadline.compare_exchange(
                deadline,
                now + MOMENT,
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
            if later.is_ok() {
                self.timer.arm(now + MOMENT);
            }
        }
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
    fn exchange(&self, from: State, to: State) -> Result<(), State> {
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
        self.inbox.post(&self.stop_note);
    }

    /// Saves the next blocking call from being interrupted by a stale tick.
    fn disarm(&self) {
        if self.deadline.load(Ordering::Relaxed) != Self::NEVER {
            self.timer.disarm();
        }
    }

    /// Forbids to freeze the thread.
    pub(super) fn hold(&self) {
        // Only this thread writes it, and its handler leaves it as it was, so
        // a load and a store are enough. Only this thread's handler reads it,
        // too, so that the compiler alone must be kept from moving what is
        // guarded out of the guard.
        let count = self.preempt_count.load(Ordering::Relaxed);
        self.preempt_count.store(count + 1, Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
    }

    /// Undoes one [`Context::hold`].
    fn unhold(&self) {
        compiler_fence(Ordering::SeqCst);
        let count = self.preempt_count.load(Ordering::Relaxed);
        self.preempt_count.store(count - 1, Ordering::Relaxed);
    }

    /// Undoes one [`Context::hold`], and obeys a tick that came meanwhile.
    pub(super) fn release(&self) {
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
