//! What the signal handler must know of the thread that it interrupts.
//!
//! The dispatcher's side and the thread's side of every hand-over are here,
//! one beside the other. A thread's control block embeds a [`Context`];
//! [`enter`](super::current::enter) makes it an OS thread's current one.
//!
//! Invariants: (1) every field is an atomic, or never changes: the handler may
//! run between any two instructions; (2) the order of a hand-over is deadline,
//! state, gate, and behind the gate the timer: armed first, a timer can fire at a
//! thread that does not run yet, and the tick is lost; (3) a thread whose
//! `preempt_count` is not 0 is never frozen; (4) of a state that both sides may
//! leave, each leaves it by a compare-and-exchange: one of them wins.
//!
//! Here is the dispatcher's side. The thread's own is in [`stops`], [`slice`](mod@slice)
//! and [`calls`].
//!
//! Left out: who runs next, and why a thread blocked.
//!
//! Book: chapter 13. Mirror: the task that `runtime`'s loop is polling.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::callers::{Callers, Notebook};
use super::clock;
use super::futex::Gate;
use super::image;
use super::inbox::{Inbox, Node};
use super::syscalls;
use super::timer::Timer;

mod calls;
mod slice;
mod state;
mod stops;

pub(crate) use state::{Reason, State};

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
    /// When its slice is over, or how long it lasts once it has begun: see
    /// [`slice`](mod@slice). Also written while it runs, when another becomes runnable.
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
    /// When its latest slice began (ns of [`clock`]).
    began_at: AtomicU64,
    /// How long it takes lately to begin one (ns), on average.
    lead: AtomicU64,
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
    /// The context of thread number `thread`, whose notices go to `inbox`, and
    /// whose CPU is `wanted` or not.
    pub(crate) fn new(thread: u64, inbox: Arc<Inbox<Notice>>, wanted: Arc<AtomicBool>) -> Self {
        let note = |kind| Node::new(Notice { thread, kind });
        Self {
            deadline: AtomicU64::new(slice::NEVER),
            gate: Gate::new(),
            state: AtomicU8::new(State::Stopped as u8),
            reason: AtomicU8::new(Reason::Arrived as u8),
            preempt_count: AtomicU32::new(0),
            reschedule: AtomicBool::new(false),
            program_counter: AtomicUsize::new(0),
            callers: Notebook::new(),
            began_at: AtomicU64::new(0),
            lead: AtomicU64::new(0),
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
    /// Lets the stopped thread run, for `quantum` ns if that has an end.
    pub(crate) fn dispatch(&self, quantum: Option<u64>) {
        self.reschedule.store(false, Ordering::Relaxed);
        // (2)
        self.deadline
            .store(slice::lasting(quantum), Ordering::Release);
        self.state.store(State::Running as u8, Ordering::Release);
        self.gate.open();
    }
    // ANCHOR_END: dispatch

    /// Lets the slice of a thread that runs be over at `end`, since somebody else
    /// wants its CPU.
    pub(crate) fn set_deadline(&self, end: u64) {
        self.deadline.store(end, Ordering::Release);
        self.timer.arm(end);
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
        (deadline != slice::NEVER).then(|| clock::now() >= deadline)
    }

    /// When its latest slice began (ns of [`clock`]).
    pub(crate) fn began_at(&self) -> u64 {
        self.began_at.load(Ordering::Acquire)
    }

    /// When it last stopped, or began a call (ns of [`clock`]).
    pub(crate) fn stopped_at(&self) -> u64 {
        self.stopped_at.load(Ordering::Acquire)
    }
}
