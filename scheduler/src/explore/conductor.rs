//! The conductor: who moves next, where a guide decides it at every step.
//!
//! It stands in for the dispatcher, and has no thread of its own: whoever comes to
//! a checkpoint announces what it will do, asks who moves next, and hands the CPU
//! over itself, or goes on.
//!
//! ```text
//!   announce ──► all that could happen is known ──► the guide chooses
//!      ▲                                                   │
//!      │            the chosen one does what it announced  ▼
//!      └──────────────────── and runs to its next checkpoint
//! ```
//!
//! Invariants: (1) one thread moves at any time, and it alone touches the state;
//! (2) who has announced what is not possible now is not enabled; (3) time stands
//! still, save that it jumps to where a sleep, or a wait with a limit, ends: a
//! sleeper may wake at any moment, so a sleep orders nothing; (4) when nobody is
//! enabled, or the guide has seen enough, the run is doomed: then the threads
//! are unwound, one after the other, and nothing is recorded.
//!
//! Left out: several CPUs, preemption by time, blocking calls (they keep the CPU).
//!
//! Book: chapter 18. Mirror: `dispatcher`, which policies drive.

use super::crew::Job;
use super::execution::{Execution, Fall};
use super::guide::Guide;
use super::memory::{Memory, Seen};
use super::operation::{Access, Op, Operation, Target};
use super::seat::{Life, Shown};
use super::state::{Phase, State, Turn};
use crate::control::{Control, On, Panicked, Request};
use crate::place::Place;
use crate::policy::ThreadId;
use crate::preempt::futex::Gate;
use crate::run::{Number, Run};
use crate::time::Time;
use crate::trace::{Kind, Object};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// See the module.
pub(crate) struct Conductor {
    /// No panic is printed.
    quiet: bool,
    /// Everything; never contended (1).
    state: Mutex<State>,
}

impl Conductor {
    /// A conductor that follows a guide, with this memory, for executions of so many steps
    /// at most.
    ///
    /// A `quiet` one lets no panic be printed.
    pub(super) fn new(
        (guide, memory): (Box<dyn Guide>, Memory),
        steps_limit: usize,
        quiet: bool,
    ) -> Arc<Conductor> {
        let mut state = State::new(guide, steps_limit);
        state.memory.memory = memory;
        Arc::new(Conductor {
            quiet,
            state: Mutex::new(state),
        })
    }

    /// Whether panics are not printed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The state.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new execution begins; the calling OS thread is its thread 0, `first`.
    pub(super) fn begin(&self, first: &Arc<Control>) {
        let mut state = self.lock();
        state.reset();
        state.run = Some(Arc::clone(&first.run));
        state.add(Arc::clone(first), Arc::new(Gate::new()));
        state.show.begin(&first.run);
    }

    /// What the execution was, for the guide and `look`, which also learns how many
    /// interleavings are of its kind; whether there is another
    /// one to be tried.
    pub(super) fn conclude<R>(
        &self,
        look: impl FnOnce(&mut Execution, Option<u128>) -> R,
    ) -> (R, bool) {
        let mut state = self.lock();
        let state = &mut *state;
        state.seats.clear();
        state.run = None;
        let goes_on = state.guide.learn(&state.execution);
        let looked = look(&mut state.execution, state.guide.interleavings());
        (looked, goes_on)
    }

    /// What the only execution was, and its run, with the trace's account.
    pub(super) fn end<R>(&self, look: impl FnOnce(&Execution, &Run, (u64, u64, usize)) -> R) -> R {
        let mut state = self.lock();
        state.seats.clear();
        let run = state.run.take().expect("there was an execution");
        look(&state.execution, &run, state.show.account())
    }

    /// The share of the search that is done, if its guide can tell.
    pub(super) fn behind(&self) -> Option<f64> {
        self.lock().guide.behind()
    }

    /// The search is over: its OS threads end.
    pub(super) fn dismiss(&self) {
        let crew = std::mem::take(&mut self.lock().crew);
        crew.dismiss();
    }

    /// Whose turn it is first: the first thread's start.
    pub(super) fn start(&self) {
        Conductor::pass(self.lock(), 0);
    }

    /// A new thread, whose body an OS thread of the crew will run.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub(crate) fn employ(&self, control: &Arc<Control>, job: Job) -> std::io::Result<()> {
        let mut state = self.lock();
        let gate = state.crew.employ(job)?;
        state.add(Arc::clone(control), gate);
        Ok(())
    }

    /// A new thread, that has an OS thread of its own. It has to
    /// [arrive](Conductor::arrive).
    pub(crate) fn expect(&self, control: &Arc<Control>) {
        self.lock().add(Arc::clone(control), Arc::new(Gate::new()));
    }

    /// A thread with an OS thread of its own waits for its first turn.
    pub(crate) fn arrive(&self, control: &Control) {
        let gate = Arc::clone(&self.lock().seats[control.id.0 as usize].gate);
        gate.wait();
    }

    /// `control`, the calling thread, is about to do `operation`.
    pub(crate) fn announce(&self, control: &Control, operation: Operation<'_>, at: Option<Place>) {
        let me = control.id.0 as usize;
        let mut state = self.lock();
        if state.phase == Phase::Unwinding {
            return;
        }
        let op = state.op(&operation, control.run.number);
        state.pending[me] = op;
        if state.show.listens() {
            state.seats[me].target = shown(operation.target, control);
        }
        let seat = &mut state.seats[me];
        (seat.at, seat.on) = (at, operation.on);
        seat.atomic = operation.atomic;
        Conductor::pass(state, control.id.0);
    }

    /// What memory did in the last step of `control`, the calling thread; None where it
    /// has no options, and the atomic's own value is the one.
    pub(crate) fn seen(&self, control: &Control) -> Option<Seen> {
        self.lock().seats[control.id.0 as usize].seen.take()
    }

    /// The calling thread has written `value`, in bits, in the update that is its last step.
    pub(crate) fn wrote(&self, value: u64) {
        self.lock().memory.wrote(value);
    }

    /// `control`, the calling thread, goes on with a notification of the condition
    /// `number`, once there is one, or when `until` has come. Whether it had.
    pub(crate) fn take_notification(
        &self,
        control: &Control,
        number: &Number,
        until: Option<Time>,
        at: Place,
    ) -> bool {
        self.lock().seats[control.id.0 as usize].until = until;
        let access = until.map_or(Access::Take, |_| Access::TakeOrLate);
        let on = On::Condvar(number.of(Kind::Condvar, control));
        let op = Operation::on(Kind::Condvar, number, access).waits_for(on);
        self.announce(control, op, Some(at));
        self.lock().seats[control.id.0 as usize].is_late
    }

    /// The last end of one side of a channel is gone, which `operation` drops.
    pub(crate) fn closed(&self, control: &Control, operation: &Operation<'_>) {
        let mut state = self.lock();
        let name = state.name(operation.target, control.run.number);
        let senders = operation.access == Access::DropSender;
        state.objects.close(name, senders);
    }

    /// `control`, the calling thread, asks for `request` at `at`.
    pub(crate) fn ask(&self, control: &Control, request: Request, at: Option<Place>) {
        match request {
            Request::Step | Request::Notify | Request::Spawn(_) | Request::Call(_) => {}
            Request::Yield => self.announce(control, Operation::local(Access::Yield), at),
            Request::Sleep(until) => {
                self.lock().seats[control.id.0 as usize].until = Some(until);
                self.announce(control, Operation::local(Access::Sleep), at);
            }
            Request::Wait(On::Thread(id), _) => {
                if self.lock().phase == Phase::Unwinding {
                    return self.wait_in_earnest(control, On::Thread(id));
                }
                let op = Operation::new(Access::Join, Target::End(id));
                self.announce(control, op.waits_for(On::Thread(id)), at);
            }
            Request::Wait(on, until) => self.wait(control, on, until, at),
            Request::Finish(panicked) => self.finish(control, panicked),
        }
    }

    /// `control` waits for `on` until somebody wakes it, or until an instant.
    fn wait(&self, control: &Control, on: On, until: Option<Time>, at: Option<Place>) {
        let mut state = self.lock();
        if state.phase == Phase::Unwinding {
            drop(state);
            self.wait_in_earnest(control, on);
            return;
        }
        let me = control.id.0 as usize;
        let object = state.seats[me].queued_at;
        let (access, object) = match (&on, until) {
            (_, Some(_)) => (Access::ResumeOrLate, object),
            (On::Channel(_), None) => (Access::Meet, object),
            (On::Permits(_), None) => (Access::Fetch, object),
            _ => (Access::Resume, 0),
        };
        state.pending[me] = Op {
            access,
            object,
            is_ranked: false,
        };
        let seat = &mut state.seats[me];
        seat.target = Some(on.object());
        (seat.at, seat.on, seat.until) = (at, Some(on), until);
        Conductor::pass(state, control.id.0);
    }

    /// In a doomed run a destructor waits in earnest, for whoever is still unwound.
    fn wait_in_earnest(&self, control: &Control, on: On) {
        let mut state = self.lock();
        let seat = &mut state.seats[control.id.0 as usize];
        seat.on = Some(on);
        if std::mem::take(&mut seat.is_woken) {
            return;
        }
        seat.life = Life::WaitsInEarnest;
        Conductor::pass(state, control.id.0);
    }

    /// Somebody woke `thread`: `by`, if that is a thread of the run.
    pub(crate) fn wake(&self, thread: ThreadId, by: Option<&Control>) {
        let mut state = self.lock();
        let seat = &mut state.seats[thread.0 as usize];
        seat.is_woken = true;
        seat.no_longer_waits();
        if by.is_some()
            && state.phase == Phase::Going
            && let Some(event) = state.execution.events.last_mut()
        {
            event.wakes |= 1 << thread.0;
        }
    }

    /// `control`, the calling thread, is over. Thread 0 waits here for all others.
    fn finish(&self, control: &Control, panicked: Option<Panicked>) {
        let id = control.id;
        let mut state = self.lock();
        if state.phase == Phase::Going
            && let Some(Panicked { message, at }) = panicked
        {
            let thread = id.0;
            state.execution.panics.push(Fall {
                thread,
                message,
                at,
            });
        }
        drop(state);
        self.announce(
            control,
            Operation::new(Access::Finish, Target::End(id)),
            None,
        );
        let mut state = self.lock();
        let me = id.0 as usize;
        state.seats[me].life = Life::Over;
        state.over += 1;
        control.set_over();
        if state.phase == Phase::Going {
            state.show.finished(control, panicked);
        }
        for seat in &mut state.seats {
            if matches!(seat.on, Some(On::Thread(other)) if other == id) {
                seat.no_longer_waits();
            }
        }
        let mine = (me == 0).then(|| Arc::clone(&state.seats[0].gate));
        let turn = state.next(None);
        if matches!(turn, Turn::Nobody) && me != 0 {
            state.seats[0].gate.open(); // which waits below
            return;
        }
        drop(state);
        match turn {
            Turn::Others(gate) => gate.open(),
            Turn::Nobody => return,
            Turn::Mine => unreachable!("nobody asked for itself"),
        }
        if let Some(mine) = mine {
            mine.wait();
        }
    }

    /// Lets whoever is next move, and returns when that is `me` again.
    fn pass(mut state: MutexGuard<'_, State>, me: u32) {
        match state.next(Some(me)) {
            Turn::Mine => {}
            Turn::Others(gate) => {
                let mine = Arc::clone(&state.seats[me as usize].gate);
                drop(state);
                gate.open();
                mine.wait();
            }
            Turn::Nobody => {
                // It waits in a destructor for what cannot come: it is left behind.
                let mine = Arc::clone(&state.seats[me as usize].gate);
                state.seats[0].gate.open(); // which waits for the end
                drop(state);
                mine.wait();
            }
        }
    }

    /// An object was made by `control`, the calling thread; its so manyth.
    pub(crate) fn birth(&self, control: &Control) -> u32 {
        let mut state = self.lock();
        let made = &mut state.seats[control.id.0 as usize].made;
        *made += 1;
        *made
    }

    /// The program says what came out.
    pub(crate) fn tell_outcome(&self, text: &str) {
        let mut state = self.lock();
        let outcome = state.execution.outcome.get_or_insert_default();
        if !outcome.is_empty() {
            outcome.push_str(", ");
        }
        outcome.push_str(text);
    }
}

impl fmt::Debug for Conductor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conductor").finish_non_exhaustive()
    }
}

/// The object of `target` as the trace writes it.
fn shown(target: Target<'_>, control: &Control) -> Shown {
    let (kind, number) = match target {
        Target::Nothing => return None,
        Target::Object(kind, number) => (kind, number.of(kind, control)),
        Target::End(thread) | Target::Token(thread) => (Kind::Thread, thread.0),
    };
    Some(Object { kind, number })
}
