//! The loop's state: what the loop shares with wakers, handles and futures.
//!
//! [`EventLoop`](crate::EventLoop) owns it; whoever must find it again (a timer
//! to be given up, a source to be forgotten, a handle) holds a counted
//! reference. Each part has its own cell, and each concept its own file with
//! the methods that use it.
//!
//! Invariants: (1) no cell is borrowed while foreign code runs: a poll, a
//! destructor, a waker, which may all come back here; (2) a slab's key is used
//! again, a number never is: see [`numbers`](crate::numbers).
//!
//! Left out: locks. All of this lives on one OS thread, but for the inbox.

use crate::awaited::Awaited;
use crate::blocking::Jobs;
use crate::clock::{Clock, Timekeeper};
use crate::inbox::Inbox;
use crate::numbers::{Numbers, TaskId};
use crate::observer::Desk;
use crate::reactor::Reactor;
use crate::ready_queue::ReadyQueue;
use crate::slow_poll::Watch;
use crate::statistics::Counters;
use crate::task::Task;
use crate::timer::Timers;
use crate::trace::{Place, Reference};
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Everything that a loop knows.
#[derive(Debug)]
pub(crate) struct LoopState {
    /// Which loop of this process, from 0: the trace's key `loop`.
    pub(crate) number: u64,
    /// What time it is.
    pub(crate) time: Timekeeper,

    // Queues and slabs.
    /// Every task that is not forgotten: alive, or over with its handle held.
    pub(crate) tasks: RefCell<Slab<Task>>,
    /// The keys of those that can run.
    pub(crate) ready: RefCell<ReadyQueue>,
    /// The timers that are armed.
    pub(crate) timers: RefCell<Timers>,
    /// The sources of readiness.
    pub(crate) reactor: RefCell<Reactor>,
    /// Wakes from other OS threads.
    pub(crate) inbox: Arc<Inbox>,
    /// Questions of observers on other OS threads.
    pub(crate) desk: Arc<Desk>,
    /// Calls that block, on the pool's threads.
    pub(crate) blocking: Jobs,
    /// Child processes that nobody holds, until they end.
    #[cfg(all(feature = "process", unix))]
    pub(crate) orphans: crate::process::Orphans,
    /// What tasks have for themselves.
    pub(crate) locals: RefCell<crate::local::Locals>,

    // What is going on now.
    /// Who causes what happens now: the `by` of wakes. Set around every poll,
    /// and around every wake that the loop itself gives.
    pub(crate) cause: Cell<Reference>,
    /// The key of the task that runs, or ran last.
    pub(crate) running: Cell<usize>,
    /// Where the running task's future gave way: set by the leaf futures,
    /// emptied before each poll.
    pub(crate) place: Cell<Option<Place>>,
    /// What the running task waits for, as far as it has come. For the trace alone.
    pub(crate) awaited: RefCell<Vec<Awaited>>,
    /// The polls whose time is not measured yet.
    pub(crate) watch: Watch,
    /// Whether it was said that the loop sleeps for ever.
    pub(crate) warned_of_sleep: Cell<bool>,

    // Counters.
    /// Turns begun.
    pub(crate) turns: Cell<u64>,
    /// Polls begun: the number of the current one tells fresh waits from old.
    pub(crate) polls: Cell<u64>,
    /// What it keeps for a search, if one leads it.
    pub(crate) led: crate::explore::Led,
    /// For the statistics alone.
    pub(crate) counters: Counters,
    /// Tasks alive: neither over nor forgotten.
    pub(crate) alive: Cell<usize>,
    /// The last numbers given.
    pub(crate) numbers: Numbers,
    /// Whether there has been a task 0.
    pub(crate) had_main: Cell<bool>,
    /// When the OS was last asked, and after how many polls.
    pub(crate) asked: Cell<(Duration, u64)>,

    /// Channels and the like on which somebody has waited, for the dump and the account.
    pub(crate) waited_on: RefCell<Vec<Weak<dyn crate::account::KeepsWaiters>>>,
}

/// How many loops this process has made.
static LOOPS: AtomicU64 = AtomicU64::new(0);

impl LoopState {
    /// The state of a new loop: nothing is ready.
    pub(crate) fn new(clock: Clock) -> io::Result<Rc<Self>> {
        let (reactor, notifier) = Reactor::new()?;
        Ok(Rc::new(LoopState {
            number: LOOPS.fetch_add(1, Ordering::Relaxed),
            time: Timekeeper::new(clock),
            tasks: RefCell::default(),
            ready: RefCell::default(),
            timers: RefCell::default(),
            reactor: RefCell::new(reactor),
            inbox: Arc::new(Inbox::new(notifier)),
            desk: Arc::default(),
            blocking: Jobs::default(),
            #[cfg(all(feature = "process", unix))]
            orphans: crate::process::Orphans::default(),
            locals: RefCell::default(),
            cause: Cell::new(Reference::Outside),
            running: Cell::new(0),
            place: Cell::new(None),
            awaited: RefCell::default(),
            watch: Watch::default(),
            warned_of_sleep: Cell::new(false),
            turns: Cell::new(0),
            polls: Cell::new(0),
            led: crate::explore::Led::default(),
            counters: Counters::default(),
            alive: Cell::new(0),
            numbers: Numbers::default(),
            had_main: Cell::new(false),
            asked: Cell::new((Duration::ZERO, 0)),
            waited_on: RefCell::default(),
        }))
    }

    /// The task that runs now. `None`: the loop itself does, or its caller.
    pub(crate) fn running_task(&self) -> Option<TaskId> {
        match self.cause.get() {
            Reference::Task(id) => Some(id),
            _ => None,
        }
    }

    /// Runs `action` with everything that it wakes woken by `cause`.
    pub(crate) fn caused_by(&self, cause: Reference, action: impl FnOnce()) {
        let before = self.cause.replace(cause);
        action();
        self.cause.set(before);
    }
}
