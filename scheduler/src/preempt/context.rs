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
//! is not 0 is never frozen.
//!
//! Left out: who runs next, and why a thread blocked.
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
use super::timer::Timer;

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

/// What a thread is doing, as far as its handler is concerned.
///
/// ```text
///               (1) dispatch
///    Stopped ───────────────► Running
///      ▲  ▲                    │  │
///      │  └────────────────────┘  │ (3) enter_call
///      │    (2) give_way, or      ▼
///      │        the handler     InCall
///      └──────────────────────────┘
///               (4) leave_call
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// It stands at its gate (or is on the way there, or over).
    Stopped,
    /// It holds a CPU.
    Running,
    /// It is in a blocking call and holds no CPU.
    InCall,
}

impl State {
    /// In the order of their numbers, which an atomic holds.
    const ALL: [Self; 3] = [Self::Stopped, Self::Running, Self::InCall];
}

/// Why a thread last stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reason {
    /// It is new, and stands at its gate for the first time.
    Arrived,
    /// Its quantum was over.
    Preempted,
    /// It asked to: it offers its CPU, or waits for something.
    Asked,
    /// Its blocking call is over: it needs a CPU again.
    Returned,
    /// It is over.
    Finished,
}

impl Reason {
    /// In the order of their numbers, which an atomic holds.
    const ALL: [Self; 5] = [
        Self::Arrived,
        Self::Preempted,
        Self::Asked,
        Self::Returned,
        Self::Finished,
    ];
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
    /// When it last stopped (ns of [`clock`]).
    stopped_at: AtomicU64,
    /// What interrupts it; empty where nothing ever does.
    timer: Timer,

    // Never written again.
    /// Says that it stopped.
    stop_note: Arc<Node<Notice>>,
    /// Says that it began a blocking call.
    call_note: Arc<Node<Notice>>,
    /// Where both go.
    inbox: Arc<Inbox<Notice>>,
}

/// The dispatcher's side.
impl Context {
    /// The deadline of a quantum without an end.
    const NEVER: u64 = u64::MAX;

    /// The context of thread number `thread`, whose notices go to `inbox`.
    pub(crate) fn new(thread: u64, inbox: Arc<Inbox<Notice>>) -> Self {
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
            timer: Timer::new(),
            stop_note: note(NoticeKind::Stopped),
            call_note: note(NoticeKind::Called),
            inbox,
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
        State::ALL[usize::from(self.state.load(Ordering::Acquire))]
    }

    /// Why it stopped; meaningful once its notice has been collected.
    pub(crate) fn reason(&self) -> Reason {
        Reason::ALL[usize::from(self.reason.load(Ordering::Acquire))]
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

    /// When it last stopped (ns of [`clock`]).
    pub(crate) fn stopped_at(&self) -> u64 {
        self.stopped_at.load(Ordering::Acquire)
    }
}

/// The thread's own side: to be called on that thread.
impl Context {
    /// Makes the calling thread, whose current context this is, interruptible:
    /// creates its timer and lets the signal through. With `notes_callers` the
    /// handler notes who called the function in which it freezes the thread.
    ///
    /// # Errors
    /// When this system or its limits allow no (further) timer.
    pub(crate) fn attach(&self, notes_callers: bool) -> io::Result<()> {
        let signal = handler::install()?;
        if notes_callers {
            self.callers.open();
        }
        self.timer.create(signal)?;
        handler::unblock(signal)
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

    /// Begins a blocking call: the thread goes on, without a CPU of ours.
    pub(crate) fn enter_call(&self) {
        self.hold();
        self.stopped_at.store(clock::now(), Ordering::Release);
        self.state.store(State::InCall as u8, Ordering::Release); // (3)
        self.disarm();
        self.inbox.post(&self.call_note);
        self.unhold();
    }

    /// Ends a blocking call: waits for a CPU.
    pub(crate) fn leave_call(&self) {
        self.give_way(Reason::Returned); // (4)
    }

    /// Reports that the thread is over, and does not wait.
    pub(crate) fn finish(&self) {
        self.hold(); // for ever: nobody may freeze it any more
        self.disarm();
        self.report(Reason::Finished, 0);
    }

    /// Gives the timer back: nothing interrupts the thread any more.
    pub(super) fn detach(&self) {
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
        self.report(reason, program_counter);
        self.gate.wait();
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

    /// Tells the dispatcher that the thread stopped, and why.
    fn report(&self, reason: Reason, program_counter: usize) {
        self.reason.store(reason as u8, Ordering::Release);
        self.program_counter
            .store(program_counter, Ordering::Release);
        self.stopped_at.store(clock::now(), Ordering::Release);
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
