//! The dispatcher: the thread of our own that decides who holds a CPU.
//!
//! It goes round and round:
//!
//! 1. *listen*: collect what the threads have said, or wait until they speak
//!    or an instant comes;
//! 2. all that happened now, in the order that [`Policy`] states:
//!    - 2a. threads that stopped leave their CPUs;
//!    - 2b. the policy's timer, if it is due;
//!    - 2c. threads that can run from now on enter the run queue, each followed
//!      by the question whether it preempts;
//! 3. *pick* a thread for every CPU that is free; if that is not enough, free
//!    those whose threads are in calls, and pick again;
//! 4. *dispatch* those that were picked.
//!
//! Invariants: (1) all scheduling state is here, and the dispatcher alone
//! touches it and calls the policy; (2) it never waits for a lock, the log or
//! the program's heap in Signal mode: a frozen thread may hold any of them;
//! (3) a thread is in exactly one place: running on one CPU, runnable, blocked,
//! asleep, in a call, or over; (4) it waits only in step 1, and never busily.
//!
//! Left out: what the kernel does with threads that hold no CPU of ours.
//!
//! Book: chapter 2. Mirror: `runtime::event_loop`.

mod account;
mod calls;
mod changes;
mod checks;
mod cycles;
mod doom;
mod listen;
mod picks;
mod readies;
mod run_queue;
mod stops;
mod supervised;

use crate::control::Control;
use crate::error::RunError;
use crate::place::Place;
use crate::policy::{CpuId, Policy, ThreadId};
use crate::preempt::context::NoticeKind;
use crate::run::Run;
use crate::scheduler::Preemption;
use crate::thread::Thread;
use crate::time::Time;
use crate::trace::{Text, Value, account_is_wanted, record};
use run_queue::RunQueue;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// The dispatcher's state: see the module.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    /// What it shares with the threads.
    run: Arc<Run>,
    /// The policy, and who is runnable.
    queue: RunQueue,
    /// Every thread that is not over.
    threads: BTreeMap<ThreadId, Thread>,
    /// The CPUs, with what runs there.
    cpus: Vec<Cpu>,
    /// Threads that sleep or wait with a limit, the soonest first; those of one instant in the order
    /// in which they lay down.
    sleepers: BTreeSet<(Time, u64, ThreadId)>,
    /// How many threads ever lay down.
    laid_down: u64,
    /// How many threads are in blocking calls.
    in_calls: usize,
    /// The threads that are looked at, where calls are found by polling.
    looks: calls::Looks,

    /// What step 1 collected, for step 2.
    notices: VecDeque<(ThreadId, NoticeKind)>,
    /// Threads that began to wait, without a limit: each may have closed a cycle.
    may_close: Vec<ThreadId>,
    /// Threads that can run from now on, for step 2c.
    becoming_runnable: VecDeque<Becoming>,
    /// New threads whose OS thread was started, until they arrive.
    expected: BTreeMap<ThreadId, Arc<Control>>,
    /// New threads that arrived before their spawner told of them.
    early: BTreeSet<ThreadId>,

    /// Checkpoint mode: step 1 found that all running threads have taken their
    /// step, and moved the clock.
    tick_passed: bool,
    /// When the policy's timer is due.
    timer: Option<Time>,
    /// The policy's timer is due, and waits for the running threads to stop.
    timer_waits: bool,
    /// Whether to log the state before every dispatch.
    accounts: bool,
    /// How the run ends.
    report: Report,
}

/// A virtual CPU.
#[derive(Debug)]
struct Cpu {
    /// Who holds it; None while it is free.
    stay: Option<Stay>,
    /// The last record said that it is idle, or nobody ever ran there.
    idle: bool,
    /// The processor that threads are pinned to, in Signal mode.
    processor: Option<usize>,
}

/// One stay of a thread on a CPU.
#[derive(Debug)]
struct Stay {
    /// Who.
    thread: ThreadId,
    /// Since when.
    since: Time,
    /// Until when its CPU time is charged already.
    charged: Time,
    /// The policy's grant, if it has an end.
    quantum: Option<Duration>,
    /// When the quantum is over.
    deadline: Time,
    /// Where it stands in the present step.
    turn: Turn,
    /// Checkpoint mode: the line at which it stood last.
    at: Option<Place>,
    /// Signal mode: its timer is armed, and this is when a tick that was not
    /// obeyed is repeated.
    repeat_at: Option<Time>,
    /// It was told to leave before its quantum is over.
    evicted: bool,
}

/// Where a running thread stands in the present step. In the real modes it is
/// always moving, save while it spawns in Never mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// It stands at its gate, and is to be let go.
    Due,
    /// It moves: its OS thread runs.
    Moving,
    /// It started a thread, and goes on when that has arrived.
    Spawning,
    /// It has taken its step, and stands at its next checkpoint.
    Taken {
        /// The checkpoint is a `yield_now`.
        yields: bool,
    },
}

/// A thread that can run from now on.
#[derive(Clone, Copy, Debug)]
struct Becoming {
    /// Which.
    thread: ThreadId,
    /// Why: the trace's word.
    why: &'static str,
    /// Who made it so.
    by: Option<ThreadId>,
}

/// What is left of a run for whoever started it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// When the last thing happened.
    pub(crate) end: Time,
    /// How often a CPU was given to a thread.
    pub(crate) dispatches: u64,
    /// How often one was taken away.
    pub(crate) preemptions: u64,
    /// How many threads were not over at the end.
    pub(crate) left: usize,
    /// The dispatcher's last account, if anybody wants it.
    pub(crate) account: Option<Vec<(&'static str, String)>>,
    /// Why the run could not go on.
    pub(crate) error: Option<RunError>,
}

impl Dispatcher {
    /// A dispatcher of `cpus` CPUs that expects the run's first thread.
    pub(crate) fn new(
        run: Arc<Run>,
        first: Arc<Control>,
        policy: Box<dyn Policy>,
        cpus: u32,
        processors: &[usize],
    ) -> Dispatcher {
        let cpu = |number: usize| Cpu {
            stay: None,
            idle: true,
            processor: processors.get(number % processors.len().max(1)).copied(),
        };
        Dispatcher {
            queue: RunQueue::new(
                policy,
                Arc::clone(&run.watch),
                run.supervision.starvation_limit,
            ),
            threads: BTreeMap::new(),
            cpus: (0..cpus as usize).map(cpu).collect(),
            sleepers: BTreeSet::new(),
            laid_down: 0,
            in_calls: 0,
            looks: calls::Looks::new(),
            notices: VecDeque::new(),
            may_close: Vec::new(),
            becoming_runnable: VecDeque::new(),
            expected: BTreeMap::from([(first.id, first)]),
            early: BTreeSet::new(),
            tick_passed: false,
            timer: None,
            timer_waits: false,
            accounts: account_is_wanted(),
            report: Report::default(),
            run,
        }
    }

    // ANCHOR: round
    /// Runs every thread to its end: the numbered list of the module.
    pub(crate) fn serve(mut self) -> Report {
        self.begin();
        while !self.threads.is_empty() || !self.expected.is_empty() {
            self.listen(); // 1
            let now = self.run.now();
            self.take_stops(now); // 2a
            self.look(now);
            self.run_timer(now); // 2b
            self.take_readies(now); // 2c
            self.pick_for_free_cpus(now); // 3
            while self.take_cpus_of_calls(now) {
                self.pick_for_free_cpus(now);
            }
            self.check_policy(now);
            self.dispatch(); // 4
            self.look_out(now);
            self.see_whether_anybody_can_go_on();
        }
        self.end();
        let Dispatcher {
            queue, mut report, ..
        } = self;
        if let Some(broken) = queue.finish(report.end) {
            report.error.get_or_insert(RunError::Policy(broken));
        }
        report
    }
    // ANCHOR_END: round

    /// Says what is about to run.
    fn begin(&mut self) {
        let run = Arc::clone(&self.run);
        if run.mode == Preemption::Signal {
            run.inbox.follow();
        }
        let checkpoint = run.mode == Preemption::Checkpoint;
        let quantum = self.queue.usual_quantum();
        record!(
            run,
            "started",
            [
                env!("CARGO_PKG_VERSION"),
                if checkpoint { "virtual" } else { "real" },
                if checkpoint { run.tick } else { Duration::ZERO },
                run.mode.word(),
                Value::Bare,
                self.cpus.len(),
                quantum_value(quantum),
                run.unannounced.word(),
            ],
            text Text::of(self.queue.policy().name()),
        );
    }

    /// The trace ends here: nothing that follows is told.
    fn end(&mut self) {
        if self.report.error.is_none() {
            self.conclude();
        }
    }

    /// Notes how the run ends, for the last record.
    fn conclude(&mut self) {
        self.report.end = self.run.now();
        self.report.left = self.threads.len() + self.expected.len();
        self.report.account = self.accounts.then(|| self.account());
        self.run.trace.fall_silent();
    }

    /// CPU number `index`.
    fn cpu_id(index: usize) -> CpuId {
        CpuId(u32::try_from(index).expect("there were at most 2^32 CPUs to begin with"))
    }
}

/// A quantum as the trace writes it: `-` where it has no end.
fn quantum_value(quantum: Option<Duration>) -> Value {
    quantum.map_or(Value::Word("-"), Value::from)
}
