//! One run of a scheduler: what its threads and its dispatcher share.
//!
//! Everything else about a run belongs to one side alone: the state of every
//! thread to the [`dispatcher`](crate::dispatcher), the rest to the threads.
//!
//! Invariants: (1) nobody who uses it ever waits; (2) virtual time is moved by
//! one thread at a time: by the only one that runs, or by the dispatcher while
//! nobody does.
//!
//! Mirror: `runtime::context`.

use crate::explore::Conductor;
pub(crate) use crate::number::Number;
use crate::policy::ThreadId;
use crate::preempt::clock;
use crate::preempt::context::Notice;
use crate::preempt::inbox::Inbox;
use crate::scheduler::Preemption;
use crate::supervision::Supervision;
use crate::sync::lock::Locks;
use crate::time::Time;
use crate::trace::Outlet;
use crate::unannounced::Unannounced;
use crate::watchdog::Watch;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// What the threads and the dispatcher of one run share.
#[derive(Debug)]
pub(crate) struct Run {
    // Never changes.
    /// Which scheduler of this process, from 0: the trace's `sched`.
    pub(crate) number: u32,
    /// How CPUs are taken away.
    pub(crate) mode: Preemption,
    /// How many CPUs there are.
    pub(crate) cpus: u32,
    /// How much virtual time a checkpoint takes.
    pub(crate) tick: Duration,
    /// What happens when the policy does wrong.
    pub(crate) supervision: Supervision,
    /// Where the threads' notices go.
    pub(crate) inbox: Arc<Inbox<Notice>>,
    /// Where records go.
    pub(crate) trace: Outlet,
    /// Who decides at every step, in place of a dispatcher: in a search, or where a
    /// schedule is followed.
    pub(crate) conductor: Option<Arc<Conductor>>,
    /// How we learn of calls that nobody announced: never `Automatic`.
    pub(crate) unannounced: Unannounced,

    // Written by any thread.
    /// The mutexes, for the dispatcher's account.
    pub(crate) locks: Locks,
    /// How many units and objects of each kind there are.
    pub(crate) counts: Counts,

    // Written by the dispatcher.
    /// What the watchdog sees of it.
    pub(crate) watch: Arc<Watch>,
    /// Set while a thread is runnable that has no CPU: who begins a call tells.
    pub(crate) wanted: Arc<AtomicBool>,
    /// Set when the run cannot go on: every thread that calls the scheduler is
    /// unwound from then on.
    doomed: AtomicBool,
    /// Set when even unwinding could not bring all threads to their end.
    abandoned: AtomicBool,

    // Checkpoint mode only: see invariant (2).
    /// Virtual time, in ns.
    virtual_now: Arc<AtomicU64>,
    /// Under a conductor, for whose threads time stands still: how many ns the
    /// steps until now have taken in the trace.
    shown_steps: AtomicU64,
    /// The instant, in ns, before which nothing can happen but the steps of the
    /// only running thread, so that it may take them without asking anybody.
    /// Written by the dispatcher before it lets that thread go.
    next_event: AtomicU64,

    // Real modes only.
    /// When the run began, in ns of [`clock`].
    origin: u64,
}

/// How many units and objects of each kind were made so far.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Threads, the first one (number 0) not counted.
    pub(crate) threads: AtomicU32,
    /// Mutexes.
    pub(crate) mutexes: AtomicU32,
    /// Read-write locks.
    pub(crate) rwlocks: AtomicU32,
    /// Semaphores.
    pub(crate) semaphores: AtomicU32,
    /// Condition variables.
    pub(crate) condvars: AtomicU32,
    /// Barriers.
    pub(crate) barriers: AtomicU32,
    /// Calls that happen once.
    pub(crate) onces: AtomicU32,
    /// Channels.
    pub(crate) channels: AtomicU32,
    /// Shared variables.
    pub(crate) shareds: AtomicU32,
}

impl Run {
    /// Scheduler number `number`, at its start.
    pub(crate) fn new(
        number: u32,
        tick: Duration,
        supervision: Supervision,
        trace: Outlet,
        unannounced: Unannounced,
        watch: Arc<Watch>,
    ) -> Run {
        Run {
            number,
            mode: watch.mode,
            cpus: watch.cpus,
            tick,
            supervision,
            inbox: Arc::new(Inbox::new()),
            trace,
            conductor: None,
            unannounced,
            wanted: Arc::default(),
            locks: Locks::new(),
            counts: Counts::default(),
            doomed: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            virtual_now: Arc::clone(&watch.virtual_now),
            shown_steps: AtomicU64::new(0),
            watch,
            next_event: AtomicU64::new(0),
            origin: clock::now(),
        }
    }

    /// The same, led by a conductor in place of a dispatcher.
    pub(crate) fn led_by(self, conductor: Arc<Conductor>) -> Run {
        Run {
            conductor: Some(conductor),
            ..self
        }
    }

    /// The present instant on the scheduler's clock.
    pub(crate) fn now(&self) -> Time {
        Time::from_nanos(match self.mode {
            Preemption::Checkpoint => self.virtual_now.load(Ordering::Acquire),
            Preemption::Signal | Preemption::Never => clock::now() - self.origin,
        })
    }

    /// The present instant, as the trace tells it.
    pub(crate) fn stamp(&self) -> Time {
        self.now() + Duration::from_nanos(self.shown_steps.load(Ordering::Relaxed))
    }

    /// A step was taken under a conductor: in the trace it takes a tick.
    pub(crate) fn show_step(&self) {
        let tick = u64::try_from(self.tick.as_nanos()).unwrap_or(u64::MAX);
        self.shown_steps.fetch_add(tick, Ordering::Relaxed);
    }

    /// The instant `machine` of [`clock`] on the scheduler's own.
    pub(crate) fn of_machine(&self, machine: u64) -> Time {
        Time::from_nanos(machine.saturating_sub(self.origin))
    }

    /// The instant `time` of the scheduler's clock on the machine's.
    pub(crate) fn to_machine(&self, time: Time) -> u64 {
        time.as_nanos().saturating_add(self.origin)
    }

    /// Moves virtual time to `to`: see invariant (2).
    pub(crate) fn advance(&self, to: Time) {
        self.virtual_now.store(to.as_nanos(), Ordering::Release);
    }

    /// Nothing but the running thread's own steps can happen before `event`.
    pub(crate) fn expect_nothing_before(&self, event: Time) {
        self.next_event.store(event.as_nanos(), Ordering::Release);
    }

    /// Takes one step of the only running thread without asking anybody, if
    /// nothing can happen before its end. Says whether it did.
    pub(crate) fn step_alone(&self) -> bool {
        let end = self.now() + self.tick;
        let alone = end.as_nanos() < self.next_event.load(Ordering::Acquire);
        if alone {
            self.advance(end);
        }
        alone
    }

    /// The run cannot go on; its threads are unwound from now on.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::Release);
    }

    /// Whether the run's threads are to be unwound.
    pub(crate) fn is_doomed(&self) -> bool {
        self.doomed.load(Ordering::Acquire)
    }

    /// Unwinding did not help either: threads are left behind.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
    }

    /// Whether threads were left behind.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    /// How many threads were ever spawned, the first one not counted.
    pub(crate) fn threads_so_far(&self) -> u32 {
        self.counts.threads.load(Ordering::Relaxed)
    }

    /// The next number of a thread.
    pub(crate) fn next_thread(&self) -> ThreadId {
        ThreadId(self.counts.threads.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
