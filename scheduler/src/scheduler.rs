//! The scheduler: CPUs, a policy, and a way to take CPUs away.
//!
//! Built by a few methods, and used up by [`Scheduler::run`], which turns the
//! calling OS thread into thread 0 and starts the
//! [dispatcher](crate::dispatcher).
//!
//! Invariants: (1) when `run` returns, every thread is over, and the calling
//! OS thread is again what it was before; (2) schedulers in Signal mode take
//! turns in a process, since each pins its threads to the same processors;
//! (3) a thread of one scheduler never runs another.
//!
//! Left out: several processes that share one scheduler.
//!
//! Book: chapter 2. Mirror: `runtime::EventLoop`.

mod pinned;

use crate::builder::panicked;
use crate::clerk::{Clerk, Tray};
use crate::control::{Control, Unwound, is_scheduled};
use crate::dispatcher::{Dispatcher, Report};
use crate::error::RunError;
use crate::explore::{outlet_of_run, run_along, schedule_of_environment};
use crate::local;
use crate::place::Place;
use crate::policy::{Attributes, Policy, ThreadId};
use crate::preempt::current::enter;
use crate::preempt::{forked, heap, last_words, panics};
use crate::run::Run;
use crate::supervision::Supervision;
use crate::time::Time;
use crate::trace::{log_account, step};
use crate::unannounced::{Probe, Unannounced};
use crate::watchdog::{Watch, Watched};
use pinned::Pinned;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How a CPU is taken from a thread whose quantum is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preemption {
    /// By a signal, wherever the thread is, in the middle of a statement. Time
    /// is real. On Linux only.
    ///
    /// While a thread holds a CPU it is pinned to one processor, and so are OS
    /// threads and processes that it starts by other means than this crate.
    ///
    /// Records are logged by a thread of our own, and whoever is far ahead of it
    /// waits. So a program that is traced must not hold stderr's lock (or that
    /// of whatever its logger writes to) for thousands of steps: nobody could go
    /// on. The same holds for [`Preemption::Never`].
    #[default]
    Signal,
    /// At checkpoints only: calls of this crate. Time is virtual, each
    /// checkpoint takes one tick, and every run is the same.
    ///
    /// Records are then logged by the thread that takes the step. So a program
    /// that is traced must not hold stderr's lock across a checkpoint (or the
    /// lock of whatever its logger writes to): nobody could go on. Nor must it
    /// hold a lock that is not of this crate, such as std's `Mutex`, across a
    /// checkpoint if another thread waits for it: nobody would know.
    Checkpoint,
    /// Not at all: a thread runs until it blocks or yields. Time is real.
    Never,
}

impl Preemption {
    /// The trace's word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Preemption::Signal => "signal",
            Preemption::Checkpoint => "checkpoint",
            Preemption::Never => "never",
        }
    }
}

/// A scheduler that has not run yet.
///
/// ```
/// use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn};
/// use std::time::Duration;
///
/// let policy = RoundRobin::new(Duration::from_millis(3));
/// let answer = Scheduler::new(Preemption::Checkpoint, policy)
///     .run(|| spawn(|| 6 * 7).join().expect("it does not panic"))
///     .expect("no deadlock");
/// assert_eq!(answer, 42);
/// ```
#[must_use = "a scheduler does nothing until `run`"]
pub struct Scheduler {
    /// How CPUs are taken away.
    preemption: Preemption,
    /// Who is next.
    policy: Box<dyn Policy>,
    /// How many CPUs there are.
    cpus: u32,
    /// How much virtual time a checkpoint takes.
    tick: Duration,
    /// What happens when the policy does wrong.
    pub(crate) supervision: Supervision,
    /// How it learns of calls that nobody announced.
    unannounced: Unannounced,
}

impl Scheduler {
    /// A scheduler of one CPU, whose checkpoints take 1 ms.
    pub fn new(preemption: Preemption, policy: impl Policy + 'static) -> Scheduler {
        Scheduler {
            preemption,
            policy: Box::new(policy),
            cpus: 1,
            tick: Duration::from_millis(1),
            supervision: Supervision::default(),
            unannounced: Unannounced::Automatic,
        }
    }

    /// The same with `cpus` virtual CPUs: so many threads run at once.
    ///
    /// # Panics
    ///
    /// If `cpus` is 0, or more than 1,024.
    pub fn cpus(self, cpus: u32) -> Scheduler {
        assert!(cpus > 0, "threads need a CPU to run on: `cpus` was 0");
        assert!(
            cpus <= MOST_CPUS,
            "every CPU is looked at in every step, so there are {MOST_CPUS} at most: `cpus` was {cpus}"
        );
        Scheduler { cpus, ..self }
    }

    /// The same with checkpoints that take `tick` each.
    ///
    /// # Panics
    ///
    /// If `tick` is zero: virtual time would stand still.
    pub fn tick(self, tick: Duration) -> Scheduler {
        assert!(
            !tick.is_zero(),
            "virtual time would stand still: `tick` was zero"
        );
        Scheduler { tick, ..self }
    }

    /// The same, that learns of blocking calls which nobody announced in this way,
    /// in [Signal mode](Preemption::Signal). Unless told otherwise it takes the best
    /// that the system has.
    pub fn unannounced(self, unannounced: Unannounced) -> Scheduler {
        Scheduler {
            unannounced,
            ..self
        }
    }

    /// How this scheduler takes CPUs away, and learns of calls that block, on this
    /// system: tried out, without a run. In Signal mode a run logs the same sentence
    /// as it begins, at level INFO.
    ///
    /// # Errors
    ///
    /// If the system lacks what the scheduler was told to use.
    pub fn probe(&self) -> io::Result<Probe> {
        Probe::new(self.preemption, self.unannounced)
    }

    /// Runs `main` as thread 0, named "main", on the calling OS thread, and
    /// every thread that is spawned from it; returns what `main` returned, once
    /// all of them are over.
    ///
    /// # Errors
    ///
    /// [`RunError::Deadlock`] when no thread can go on (OS threads that are not
    /// scheduled do not count: let a scheduled one wait for them in
    /// [`blocking`](crate::blocking())), [`RunError::Policy`]
    /// when the policy breaks a rule or panics (but see
    /// [`fall_back_to_round_robin`](Scheduler::fall_back_to_round_robin)), and in
    /// every such case the threads are unwound
    /// (what they wait for panics, silently), and the trace ends. While they
    /// are, a destructor that waits waits in earnest; if that cannot end, its
    /// thread is left behind for ever, or the process aborted if it is `main`.
    /// [`RunError::System`] when the operating system lacks what the mode needs.
    ///
    /// In checkpoint mode the environment's variable `SCHEDULE` takes the policy's place:
    /// the run follows that [`Schedule`](crate::Schedule).
    /// [`RunError::Schedule`] if it is none, [`RunError::Diverged`] where it does not fit,
    /// [`RunError::ScheduleEnds`] if it is open and ends before the program does.
    ///
    /// # Panics
    ///
    /// If `main` panics, after every thread is over. If the caller is itself a
    /// scheduled thread.
    #[track_caller]
    pub fn run<T>(self, main: impl FnOnce() -> T) -> Result<T, RunError> {
        let at = Place::caller();
        assert!(
            !is_scheduled(),
            "a scheduler cannot run inside another: `Scheduler::run` was called \
             by a thread that is scheduled already"
        );
        let _running = forked::begin_run()?; // before (2), for which a child would wait
        if self.preemption == Preemption::Checkpoint
            && let Some(schedule) = schedule_of_environment().map_err(RunError::Schedule)?
        {
            return run_along(&schedule, self.tick, at, main);
        }
        let signal = self.preemption == Preemption::Signal;
        // Held until the end, over a run that panics too.
        let _turn = signal.then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner)); // (2)
        self.run_in_turn(at, main)
    }

    /// The run itself.
    fn run_in_turn<T>(self, at: Place, main: impl FnOnce() -> T) -> Result<T, RunError> {
        let Scheduler {
            preemption,
            policy,
            cpus,
            tick,
            supervision,
            unannounced,
        } = self;
        let probe = Probe::new(preemption, unannounced)?;
        let signal = preemption == Preemption::Signal;
        if signal {
            log::info!(target: "scheduler", "{probe}");
        }
        panics::install();
        let number = next_number();
        let real = preemption != Preemption::Checkpoint;
        let watch = Arc::new(Watch::new(supervision.watchdog, preemption, cpus));
        let tray = real.then(|| Arc::new(Tray::new(Arc::clone(&watch))));
        let trace = outlet_of_run(number, tray.clone());
        let run = Arc::new(Run::new(
            number,
            tick,
            supervision,
            trace,
            probe.unannounced,
            watch,
        ));
        let attributes = Attributes::new(ThreadId(0), Time::ZERO);
        let name = "main".to_owned();
        let first = Arc::new(Control::new(attributes, name, None, at, Arc::clone(&run)));

        let _watched = Watched::new(&run.watch);
        let pinned = if signal {
            Pinned::new(cpus)?
        } else {
            Pinned::default()
        };
        let clerk = tray.map(|tray| Clerk::start(number, tray)).transpose()?;
        let entered = enter(Arc::clone(&first));
        let started = first.attach().and_then(|()| {
            let (run, first) = (Arc::clone(&run), Arc::clone(&first));
            let processors = pinned.processors.clone();
            start_dispatcher(move || {
                run.watch.begin();
                Dispatcher::new(run, first, policy, cpus, &processors).serve()
            })
        });
        let dispatcher = match started {
            Ok(dispatcher) => dispatcher,
            Err(error) => {
                drop(entered);
                if let Some(clerk) = clerk {
                    clerk.finish();
                }
                return Err(error.into());
            }
        };

        first.context.arrive();
        let result = catch_unwind(AssertUnwindSafe(|| {
            first.unwind_if_doomed();
            main()
        }));
        let result = local::drop_values(result);
        let panicked = result.as_ref().err().map(|payload| panicked(&**payload));
        first.finish(panicked);
        drop(entered);
        let report = dispatcher.join();
        if let Some(clerk) = clerk {
            clerk.finish();
        }
        heap::reclaim(); // where there is no clerk, nobody else does
        drop(pinned);
        let report = report.unwrap_or_else(|panic| resume_unwind(panic));
        conclude(&run, &report);
        match (report.error, result) {
            (Some(error), Err(payload)) if payload.is::<Unwound>() => Err(error),
            (_, Err(payload)) => resume_unwind(payload),
            (Some(error), Ok(_)) => Err(error),
            (None, Ok(value)) => Ok(value),
        }
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheduler")
            .field("preemption", &self.preemption)
            .field("policy", &self.policy.name())
            .field("cpus", &self.cpus)
            .field("tick", &self.tick)
            .field("supervision", &self.supervision)
            .field("unannounced", &self.unannounced)
            .finish()
    }
}

/// So many virtual CPUs may a scheduler have.
const MOST_CPUS: u32 = 1_024;
/// How many schedulers this process has run: the trace's `sched`.
static NEXT: AtomicU32 = AtomicU32::new(0);
/// The number of the next scheduler of this process.
pub(crate) fn next_number() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Lets the schedulers of this process be numbered from `first` on: a worker
/// process's, whose trace goes where its parent's does.
#[cfg(all(feature = "process", target_os = "linux"))]
pub(crate) fn number_from(first: u32) {
    NEXT.store(first, Ordering::Relaxed);
}

/// Held by the scheduler of Signal mode whose turn it is.
static TURN: Mutex<()> = Mutex::new(());

/// Starts the dispatcher's OS thread.
fn start_dispatcher(
    serve: impl FnOnce() -> Report + Send + 'static,
) -> io::Result<thread::JoinHandle<Report>> {
    thread::Builder::new()
        .name("dispatcher".to_owned())
        .spawn(move || {
            let _own = heap::enter_dispatcher();
            catch_unwind(AssertUnwindSafe(serve)).unwrap_or_else(|_| die())
        })
}

/// Ends the process: the dispatcher has a fault, and without it no thread would
/// ever move again.
fn die() -> ! {
    let panic = panics::take().map_or_else(String::new, |panic| {
        format!(" at {}:{}: {}", panic.file, panic.line, panic.message)
    });
    last_words::say(&format!("scheduler: the dispatcher has a fault{panic}\n"));
    std::process::abort()
}

/// Logs the last records of `run`.
fn conclude(run: &Run, report: &Report) {
    if let Some(account) = &report.account {
        log_account(account);
    }
    run.trace.close(&step!(
        report.end,
        "ended",
        [report.dispatches, report.preemptions, report.left],
    ));
    if let Some(error) = &report.error {
        log::error!(target: "scheduler", "{error}");
    }
}
