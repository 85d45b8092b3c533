//! The pool: the OS threads that run the calls, and the queue before them.
//!
//! Whoever hands a call over also decides who runs it: an idle thread, a new
//! one, or, from the queue, whoever is free first. So the loop knows at once
//! which thread it is, and the trace needs nobody else to say so.
//!
//! Invariants: (1) while a call is queued no thread is idle: a thread that is
//! done takes the queue's head before it rests; (2) foreign code (a call, the
//! drop of its result) runs outside of the lock; (3) a report is in the list
//! before the loop is nudged, so that a loop that was nudged finds it; (4) after
//! [`Pool::leave`] nothing is reported: results are dropped where they came to be.
//!
//! Left out: thieves, priorities, and a count of threads kept warm.

use super::Limits;
use crate::foreign::discard;
use crate::inbox::Inbox;
use slab::Slab;
use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// What a call gave, or what its panic carries.
pub(super) type Outcome = thread::Result<Box<dyn Any + Send>>;

/// What a thread is to run.
pub(super) type Run = Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>;

/// A call that was handed over.
pub(super) struct Call {
    /// Its job's number.
    pub(super) number: u64,
    /// The call itself.
    pub(super) run: Run,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.number)
    }
}

/// What became of a call when it was handed over.
#[derive(Debug)]
pub(super) enum Handed {
    /// This thread runs it.
    Begun(usize),
    /// It waits for a thread.
    Queued,
    /// There is no thread, and the OS gives none, for this reason.
    Refused(Call, io::Error),
}

/// What a thread has to say to the loop.
#[derive(Debug)]
pub(super) enum Report {
    /// It took this job's call from the queue.
    Started {
        /// The job.
        number: u64,
        /// The thread.
        thread: usize,
    },
    /// This job's call is over.
    Finished {
        /// The job.
        number: u64,
        /// The thread.
        thread: usize,
        /// What came of it.
        outcome: Outcome,
    },
}

/// A pool, which the loop shares with its threads.
#[derive(Debug)]
pub(super) struct Pool {
    /// What changes, behind a lock.
    inside: Mutex<Inside>,
    /// Rung when there is a report, for a loop that waits for the last ones.
    reported: Condvar,
    /// Where the loop sleeps.
    inbox: Arc<Inbox>,
}

/// What the lock protects.
#[derive(Debug, Default)]
struct Inside {
    /// Calls that no thread has, in the order in which they came.
    queue: VecDeque<Call>,
    /// The threads. A key is a thread's number less one, and is used again when
    /// the thread has ended.
    threads: Slab<Worker>,
    /// What the loop does not know yet, in the order in which it happened.
    reports: Vec<Report>,
    /// No more calls will come: threads end instead of resting.
    closing: bool,
    /// The loop is gone: nobody will read a report (invariant 4).
    gone: bool,
}

/// A thread, as others see it.
#[derive(Debug)]
struct Worker {
    /// What it has.
    desk: Desk,
    /// Rung when something is laid on its desk, or the pool closes.
    bell: Arc<Condvar>,
}

/// What a thread has to do.
#[derive(Debug)]
enum Desk {
    /// Nothing: it rests.
    Empty,
    /// This call, which it has not seen yet.
    Laid(Call),
    /// The call that it runs.
    Busy,
}

impl Pool {
    /// A pool without threads, for the loop that has this inbox.
    pub(super) fn new(inbox: Arc<Inbox>) -> Arc<Self> {
        Arc::new(Pool {
            inside: Mutex::default(),
            reported: Condvar::new(),
            inbox,
        })
    }

    /// Gives a call to an idle thread, else to a new one, else to the queue.
    pub(super) fn hand_over(self: &Arc<Self>, call: Call, limits: Limits) -> Handed {
        let mut inside = self.lock();
        let idle = inside.threads.iter_mut().find(|(_, worker)| worker.rests());
        if let Some((key, worker)) = idle {
            worker.desk = Desk::Laid(call);
            worker.bell.notify_one();
            return Handed::Begun(key + 1);
        }
        if inside.threads.len() < limits.threads {
            let vacant = inside.threads.vacant_entry();
            let (key, bell) = (vacant.key(), Arc::new(Condvar::new()));
            // The new thread waits at the lock until its desk is there.
            match self.start(key, bell.clone(), limits) {
                Ok(()) => {
                    let desk = Desk::Laid(call);
                    vacant.insert(Worker { desk, bell });
                    return Handed::Begun(key + 1);
                }
                Err(error) if inside.threads.is_empty() => return Handed::Refused(call, error),
                Err(_) => {} // then one of those that are there will come to it
            }
        }
        inside.queue.push_back(call);
        Handed::Queued
    }

    /// Starts a thread.
    fn start(self: &Arc<Self>, key: usize, bell: Arc<Condvar>, limits: Limits) -> io::Result<()> {
        let mut builder = thread::Builder::new().name(format!("blocking {}", key + 1));
        if let Some(stack) = limits.stack {
            builder = builder.stack_size(stack);
        }
        let pool = self.clone();
        builder
            .spawn(move || pool.work(key, &bell, limits.idle))
            .map(drop)
    }

    /// The life of a thread: runs what is laid on its desk, until nothing has
    /// been for too long.
    fn work(&self, key: usize, bell: &Condvar, idle: Duration) {
        let mut inside = self.lock();
        loop {
            let rests = |inside: &mut Inside| !inside.closing && inside.threads[key].rests();
            let waited = bell.wait_timeout_while(inside, idle, rests);
            (inside, _) = waited.expect(UNPOISONED);
            let Desk::Laid(call) = mem::replace(&mut inside.threads[key].desk, Desk::Busy) else {
                inside.threads.remove(key);
                return;
            };
            drop(inside);
            let Call { number, run } = call;
            let outcome = catch_unwind(AssertUnwindSafe(run)); // invariant 2
            inside = self.report(key, number, outcome);
        }
    }

    /// Reports the end of a call, and lays the next one on the same desk (invariant 1).
    fn report(&self, key: usize, number: u64, outcome: Outcome) -> MutexGuard<'_, Inside> {
        let thread = key + 1;
        let mut inside = self.lock();
        if inside.gone {
            drop(inside);
            discard(outcome); // invariants 2, 4
            inside = self.lock();
            inside.threads[key].desk = Desk::Empty;
            return inside;
        }
        let finished = Report::Finished {
            number,
            thread,
            outcome,
        };
        inside.reports.push(finished);
        inside.threads[key].desk = match inside.queue.pop_front() {
            Some(call) => {
                let number = call.number;
                inside.reports.push(Report::Started { number, thread });
                Desk::Laid(call)
            }
            None => Desk::Empty,
        };
        drop(inside);
        self.reported.notify_one();
        self.inbox.nudge(); // invariant 3
        self.lock()
    }

    /// What the threads have to say.
    pub(super) fn take_reports(&self) -> Vec<Report> {
        mem::take(&mut self.lock().reports)
    }

    /// Waits until a thread has something to say, but no longer than `limit`.
    pub(super) fn wait_for_reports(&self, limit: Duration) {
        let inside = self.lock();
        let nothing = |inside: &mut Inside| inside.reports.is_empty();
        let waited = self.reported.wait_timeout_while(inside, limit, nothing);
        drop(waited.expect(UNPOISONED));
    }

    /// No more calls will come: sends the idle threads away. Returns the calls
    /// that have not begun.
    pub(super) fn close(&self) -> VecDeque<Call> {
        let mut inside = self.lock();
        inside.closing = true;
        for (_, worker) in &inside.threads {
            worker.bell.notify_one();
        }
        mem::take(&mut inside.queue)
    }

    /// Nobody will ask for reports any more. Returns those that were not read.
    pub(super) fn leave(&self) -> Vec<Report> {
        let mut inside = self.lock();
        inside.gone = true;
        mem::take(&mut inside.reports)
    }

    /// The lock.
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect(UNPOISONED)
    }
}

impl Worker {
    /// Whether it has nothing to do.
    fn rests(&self) -> bool {
        matches!(self.desk, Desk::Empty)
    }
}

/// Why the lock can always be had.
const UNPOISONED: &str = "nothing panics while the pool is locked";
