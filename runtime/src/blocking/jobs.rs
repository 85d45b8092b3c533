//! The jobs that the loop has handed over, and what it knows of each.
//!
//! ```text
//!           1 hand_over        2 Started          3 Finished         4 awaited
//!  (a call) ──────────► queued ─────────► running ──────────► over ──────────► forgotten
//!                └──────────────────────────▲                  └─ detached ───────▲
//! ```
//!
//! 1 [`LoopState::hand_over`], also straight to `running`; 2 and 3
//! [`LoopState::take_reports`]; 4 [`Job`](super::Job)'s poll or drop.
//!
//! Invariants: (1) a job is known from its making until it was awaited, or is
//! over and detached; (2) the records of a job are written by the loop, in the
//! order in which it learns of things; (3) the drop of the loop waits for the
//! calls that run, as long as the limits say, and warns of what it leaves.

use super::pool::{Call, Handed, Outcome, Pool, Report, Run};
use super::{JobError, Kind, Limits, Operation};
use crate::account::KeepsWaiters;
use crate::clock::Clock;
use crate::foreign::discard;
use crate::join_handle::Joiner;
use crate::numbers::Numbers;
use crate::state::LoopState;
use crate::trace::{Place, Reference, record};
use crate::wait_list::Waiter;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The loop's side of the pool.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    /// The pool. Empty until the first call.
    pool: OnceCell<Arc<Pool>>,
    /// What it may use.
    limits: Cell<Limits>,
    /// Every job that is not forgotten, by its number (invariant 1).
    known: RefCell<BTreeMap<u64, Known>>,
    /// How many of them are queued or running.
    out: Cell<usize>,
    /// How many of those hold virtual time.
    holding: Cell<usize>,
    /// A read of the standard input that was given up, and is still out.
    input: RefCell<Option<Operation<()>>>,
    /// The loop is over: calls are dropped and not handed over.
    closed: Cell<bool>,
}

/// What the loop knows of a job.
#[derive(Debug)]
struct Known {
    /// What its call waits for.
    kind: Kind,
    /// Where it was handed over: the learner's line.
    place: Place,
    /// Which thread has it. `None`: it is queued.
    thread: Option<usize>,
    /// Who wants the result.
    joiner: Joiner,
    /// The result. `None`: the call is not over.
    result: Option<Result<Outcome, JobError>>,
}

impl Jobs {
    /// Sets what the pool may use.
    pub(super) fn set_limits(&self, limits: Limits) {
        self.limits.set(limits);
    }

    /// Whether any call is not over.
    pub(crate) fn any_out(&self) -> bool {
        self.out.get() > 0
    }

    /// Whether a call is out for which virtual time stands still.
    pub(crate) fn hold_time(&self) -> bool {
        self.holding.get() > 0
    }

    /// Whether a job's call is over.
    pub(super) fn is_over(&self, number: u64) -> bool {
        let known = self.known.borrow();
        known
            .get(&number)
            .is_none_or(|known| known.result.is_some())
    }

    /// Keeps a read of the standard input for the next who reads.
    pub(crate) fn keep_input(&self, mut out: Operation<()>) {
        out.pause();
        let before = self.input.replace(Some(out)); // detached, when nothing is borrowed
        drop(before);
    }

    /// Takes that read.
    pub(crate) fn take_input(&self) -> Option<Operation<()>> {
        self.input.take()
    }

    /// Counts a call in (1) or out (-1).
    fn count(&self, kind: Kind, change: isize) {
        let changed = |count: &Cell<usize>| {
            count.set(count.get().checked_add_signed(change).expect("counted"));
        };
        changed(&self.out);
        if kind.holds_time() {
            changed(&self.holding);
        }
    }

    /// A call is over, or never will be: keeps the result, if anybody holds the
    /// job. Returns who waits for it, and else what is to be dropped.
    fn end(
        &self,
        number: u64,
        result: Result<Outcome, JobError>,
    ) -> (Option<Waiter>, Option<Result<Outcome, JobError>>) {
        let mut all = self.known.borrow_mut();
        let known = all.get_mut(&number).expect("a call that is out is known");
        self.count(known.kind, -1);
        match mem::replace(&mut known.joiner, Joiner::Held) {
            Joiner::Gone => {
                all.remove(&number);
                (None, Some(result))
            }
            joiner => {
                known.result = Some(result);
                (joiner.waiter(), None)
            }
        }
    }
}

impl KeepsWaiters for Jobs {
    fn each_waiter(&self, tell: &mut dyn FnMut(Reference, &Waiter)) {
        for (number, known) in self.known.borrow().iter() {
            if let Joiner::Waiting(waiter) = &known.joiner {
                tell(Reference::Job(*number), waiter);
            }
        }
    }
}

impl LoopState {
    /// Hands a call to the pool. Returns its job's number.
    pub(super) fn hand_over(&self, kind: Kind, run: Run, place: Place) -> u64 {
        let jobs = &self.blocking;
        let number = Numbers::next(&self.numbers.jobs);
        let known = Known {
            kind,
            place,
            thread: None,
            joiner: Joiner::Held,
            result: None,
        };
        jobs.known.borrow_mut().insert(number, known);
        jobs.count(kind, 1);
        let call = Call { number, run };
        if jobs.closed.get() {
            self.end_job(number, Err(JobError::cancelled(number)));
            discard(call);
            return number;
        }
        let pool = jobs.pool.get_or_init(|| Pool::new(self.inbox.clone()));
        let handed = pool.hand_over(call, jobs.limits.get());
        if let Handed::Refused(call, error) = handed {
            log::warn!(
                target: "runtime",
                "the OS refuses a thread for the blocking call at {}:{}, and there is none that \
                 could take it: {error}",
                place.file(),
                place.line(),
            );
            self.end_job(number, Err(JobError::no_thread(number, error)));
            discard(call);
            return number;
        }
        record!(self, "blocking_queued" at Some(place); job = number; task = self.running_task());
        if let Handed::Begun(thread) = handed {
            self.job_begins(number, thread);
        }
        number
    }

    /// A part of a turn's step 4: hears what the threads report, and wakes
    /// whoever waits for it.
    pub(crate) fn take_reports(&self) {
        if !self.blocking.any_out() {
            return;
        }
        // careful: when a call ends, in real time, must not be seen in virtual time.
        let may_look = self.time.clock == Clock::Real || self.ready.borrow().is_empty();
        if may_look
            && self.inbox.take_nudge()
            && let Some(pool) = self.blocking.pool.get()
        {
            for report in pool.take_reports() {
                self.hear(report);
            }
        }
    }

    /// Hears one report.
    fn hear(&self, report: Report) {
        match report {
            Report::Started { number, thread } => self.job_begins(number, thread),
            Report::Finished {
                number,
                thread,
                outcome,
            } => {
                record!(self, "blocking_finished"; job = number, thread = thread);
                self.end_job(number, Ok(outcome));
            }
        }
    }

    /// A thread runs the job's call.
    fn job_begins(&self, number: u64, thread: usize) {
        if let Some(known) = self.blocking.known.borrow_mut().get_mut(&number) {
            known.thread = Some(thread);
        }
        record!(self, "blocking_started"; job = number, thread = thread);
    }

    /// The job's call is over, or never will be: wakes whoever waits for it.
    fn end_job(&self, number: u64, result: Result<Outcome, JobError>) {
        let (waiter, unwanted) = self.blocking.end(number, result);
        discard(unwanted); // nothing is borrowed: foreign code may run
        if let Some(waiter) = waiter {
            self.caused_by(Reference::Job(number), || waiter.wake());
        }
    }

    /// Takes the result out, if the job is over; else leaves `waiter` there, and
    /// returns the one that it replaces.
    pub(super) fn take_result(
        &self,
        number: u64,
        waiter: Waiter,
    ) -> Result<Result<Outcome, JobError>, Option<Waiter>> {
        let mut all = self.blocking.known.borrow_mut();
        let known = all.get_mut(&number).expect("a job that is held is known");
        match known.result.take() {
            Some(result) => {
                all.remove(&number);
                Ok(result)
            }
            None => Err(mem::replace(&mut known.joiner, Joiner::Waiting(waiter)).waiter()),
        }
    }

    /// Nobody waits for the result now, but the job is held.
    pub(super) fn leave_job(&self, number: u64) {
        let mut all = self.blocking.known.borrow_mut();
        let Some(known) = all.get_mut(&number) else {
            return; // the result was taken
        };
        let waiter = mem::replace(&mut known.joiner, Joiner::Held).waiter();
        drop(all);
        self.give_up(Reference::Job(number), waiter);
    }

    /// Nobody wants the result any more (invariant 1).
    pub(super) fn detach_job(&self, number: u64) {
        let mut all = self.blocking.known.borrow_mut();
        let Some(known) = all.get_mut(&number) else {
            return; // the result was taken
        };
        let joiner = mem::replace(&mut known.joiner, Joiner::Gone);
        let is_over = known.result.is_some();
        let forgotten = is_over.then(|| all.remove(&number));
        drop(all);
        self.give_up(Reference::Job(number), joiner.waiter());
        discard(forgotten);
    }

    /// The loop ends: drops what is queued, waits for what runs (invariant 3).
    pub(crate) fn end_jobs(&self) {
        self.blocking.closed.set(true);
        drop(self.blocking.take_input()); // careful: it holds this state
        let Some(pool) = self.blocking.pool.get() else {
            return;
        };
        for call in pool.close() {
            self.warn_of_job(call.number, "had not begun, and is dropped");
            self.end_job(call.number, Err(JobError::cancelled(call.number)));
            discard(call);
        }
        let limit = self.blocking.limits.get().shutdown;
        let began = Instant::now();
        loop {
            for report in pool.take_reports() {
                self.hear(report);
            }
            let rest = limit.saturating_sub(began.elapsed());
            if self.jobs_out(Kind::holds_end).is_empty() || rest == Duration::ZERO {
                break;
            }
            pool.wait_for_reports(rest);
        }
        for report in pool.leave() {
            self.hear(report);
        }
        for number in self.jobs_out(Kind::holds_end) {
            self.warn_of_job(
                number,
                "still runs: it is left, and its result will be dropped",
            );
        }
        for number in self.jobs_out(|_| true) {
            self.end_job(number, Err(JobError::cancelled(number)));
        }
    }

    /// The numbers of those jobs that are out and of one of these kinds.
    fn jobs_out(&self, is_meant: impl Fn(Kind) -> bool) -> Vec<u64> {
        let known = self.blocking.known.borrow();
        let out = known
            .iter()
            .filter(|(_, known)| known.result.is_none() && is_meant(known.kind));
        out.map(|(number, _)| *number).collect()
    }

    /// Says what becomes of a job at the loop's end.
    fn warn_of_job(&self, number: u64, fate: &str) {
        if let Some(known) = self.blocking.known.borrow().get(&number) {
            log::warn!(
                target: "runtime",
                "the loop ends, but the blocking call at {}:{} (job {number}) {fate}",
                known.place.file(),
                known.place.line(),
            );
        }
    }
}
