//! The event loop: takes one turn after the other until nothing is left to do.
//!
//! A turn, whose numbers the code repeats:
//!
//! 1. Poll as many tasks as were ready when the turn began. No more, whatever
//!    they wake, so neither timers nor I/O are starved.
//! 2. Fire the timers that are due.
//! 3. Ask the OS which sources are ready: without waiting if a task is ready
//!    (and then not on every turn), else until the next deadline, else for ever.
//! 4. Turn each readiness, each wake from another thread, and each end of a
//!    blocking call into wakes.
//!
//! Invariants: (1) while tasks are ready the OS is asked at the end of the first
//! turn by which [`ASK_AFTER_POLLS`] polls or [`ASK_AFTER`] have passed since it
//! was asked; (2) the loop waits in the OS only if no task is ready; (3) when
//! `block_on`'s future is over the turn ends at once, where it stands, unless the
//! OS must be asked by (1): then its steps 2 to 4 are taken first, without
//! waiting, or one `block_on` after the other would starve timers and I/O.
//!
//! So, while R tasks are always ready, a timer fires at the end of the turn in
//! which it is due, at most R polls late; a readiness is seen at most 63 polls
//! and a turn late, and no later than [`ASK_AFTER`] and a turn. Then its task is
//! queued, and polled within a turn more, or first of all if it is urgent. A turn
//! lasts as long as its R polls: who polls long makes everybody late.
//!
//! Left out: several threads. Book: chapters 2 and 12. Mirror:
//! `scheduler::dispatcher`.

use crate::clock::Clock;
use crate::context::{self, Entered};
use crate::join_handle::JoinHandle;
use crate::outcome::Outcome;
use crate::polling::{Main, MainRoutine};
use crate::spawn::Builder;
use crate::state::LoopState;
use crate::statistics::Counters;
use crate::trace::{self, Reference, nanoseconds, record};
use std::io;
use std::panic::{Location, resume_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

/// After how many polls the OS is asked though tasks are ready: asking costs
/// about as much as five polls, so this makes it a few percent.
const ASK_AFTER_POLLS: u64 = 64;

/// After what time the OS is asked though tasks are ready.
const ASK_AFTER: Duration = Duration::from_millis(1);

/// One OS thread's loop, with its tasks.
///
/// Dropping it drops every task that is left: their handles say `cancelled`.
#[derive(Debug)]
pub struct EventLoop {
    /// What it shares with its tasks.
    pub(crate) state: Rc<LoopState>,
}

impl EventLoop {
    /// A loop with nothing to do.
    ///
    /// # Panics
    ///
    /// If the OS refuses what [`EventLoop::try_new`] needs.
    #[track_caller]
    pub fn new(clock: Clock) -> Self {
        match EventLoop::try_new(clock) {
            Ok(event_loop) => event_loop,
            Err(error) => panic!("the OS refuses an event loop: {error}"),
        }
    }

    /// A loop with nothing to do.
    ///
    /// # Errors
    ///
    /// If the OS has no file descriptors left, of which it takes two.
    #[track_caller]
    pub fn try_new(clock: Clock) -> io::Result<Self> {
        let state = LoopState::new(clock)?;
        record!(state, "started" at Some(Location::caller());
            version = trace::VERSION, clock = clock);
        Ok(EventLoop { state })
    }

    /// Starts a task from outside of the loop. It runs when the loop turns.
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.state.spawn(Builder::new(), future, Location::caller())
    }

    /// Takes turns until `future`, which is a task like the others, is over.
    ///
    /// Tasks that are left then stay in the loop; they go on when it turns again.
    ///
    /// In virtual time it obeys the variable `SCHEDULE` of the environment, which says
    /// who is next: see [`explore()`](crate::explore()).
    ///
    /// # Panics
    ///
    /// If the future panics; if it is called inside of an event loop; if `SCHEDULE` is no
    /// schedule, or does not fit.
    #[track_caller]
    pub fn block_on<F: Future>(&mut self, future: F) -> F::Output {
        let _entered = self.enter("block_on()");
        let mut output = None;
        let future = pin!(Some(future));
        let routine = pin!(MainRoutine::new(future, &mut output));
        let mut main = self.state.spawn_main(routine, Location::caller());
        self.state.follow_schedule(&mut main); // which is over then, if there is one
        while !main.is_over {
            self.state.turn(Some(&mut main));
        }
        let outcome = self.state.tasks.borrow_mut()[main.key].take_outcome();
        drop(main);
        if let Some(Outcome::Panicked(panic)) = outcome {
            resume_unwind(panic);
        }
        output.expect("a future that is over and did not panic has an output")
    }

    /// Takes one turn. Returns whether any task is left.
    ///
    /// If no task is ready the turn waits for one.
    ///
    /// # Panics
    ///
    /// If it is called inside of an event loop.
    #[track_caller]
    pub fn turn(&mut self) -> bool {
        let _entered = self.enter("turn()");
        self.state.turn(None);
        self.state.alive.get() > 0
    }

    /// Takes turns until no task is left.
    ///
    /// # Panics
    ///
    /// If it is called inside of an event loop.
    #[track_caller]
    pub fn run(&mut self) {
        while self.turn() {}
    }

    /// Enters the loop, for `what`.
    #[track_caller]
    fn enter(&self, what: &str) -> Entered {
        assert!(
            context::current().is_none(),
            "{what} was called inside of an event loop: it would keep that loop, and every \
             task in it; `.await` the future or `spawn` it instead"
        );
        self.state.time.now(); // time has passed outside
        self.state.cause.set(Reference::Outside); // whatever a panic left there
        context::enter(&self.state)
    }
}

impl LoopState {
    // ANCHOR: turn
    /// Takes one turn.
    fn turn(&self, mut main: Option<&mut Main<'_>>) {
        self.give_account();
        let batch = self.ready.borrow().len();
        self.turns.set(self.turns.get() + 1);
        record!(self, "turn"; turn = self.turns.get(), ready = batch);

        // 1. Poll as many tasks as were ready when the turn began.
        let mut is_over = false;
        self.counters.begin_polls(self.time.seen());
        for _ in 0..batch {
            let next = self.ready.borrow_mut().pop();
            let key = next.expect("no fewer are queued than were ready and are not polled yet");
            self.run_task(key, main.as_deref_mut());
            is_over = main.as_ref().is_some_and(|main| main.is_over);
            if is_over {
                break;
            }
        }
        self.measure_polls();
        self.counters.end_polls(self.time.seen());
        if is_over && !self.must_ask() {
            return; // invariant 3
        }

        // 2. Fire the timers that are due.
        self.fire_timers();

        // 3. Ask the OS which sources are ready.
        if is_over || !self.ready.borrow().is_empty() {
            if self.must_ask() {
                self.ask(Some(Duration::ZERO)); // invariant 1
            }
        } else if self.alive.get() > 0 {
            self.ask_and_wait();
        }

        // 4. Turn each readiness, each wake from another thread, and each end
        // of a blocking call into wakes.
        self.wake_the_ready();
        if self.inbox.may_have_posts() {
            self.take_posted();
        }
        // careful: when a call ends must not show in virtual time: it is heard
        // of where the loop would wait, and a turn that was cut short does not.
        if !is_over || self.time.clock == Clock::Real {
            self.take_reports();
        }
        self.answer_observers();
    }
    // ANCHOR_END: turn

    /// Whether the OS must be asked though the loop will not wait (invariant 1).
    fn must_ask(&self) -> bool {
        let (time, polls) = self.asked.get();
        self.polls.get() - polls >= ASK_AFTER_POLLS
            || self.time.seen().saturating_sub(time) >= ASK_AFTER
    }

    /// Step 3 while no task is ready: waits for whatever comes first.
    fn ask_and_wait(&self) {
        let is_virtual = self.time.clock == Clock::Virtual;
        // Virtual time stands still while a blocking call is out.
        let stands = is_virtual && self.blocking.hold_time();
        let deadline = self.timers.borrow().next_deadline().filter(|_| !stands);
        match deadline {
            Some(deadline) if is_virtual => return self.jump(deadline),
            Some(_) => {}
            None => self.warn_of_endless_sleep(),
        }
        let asleep = self.inbox.fall_asleep();
        if asleep || stands {
            record!(self, "parked"; ; until = deadline.map(nanoseconds));
            let began = self.time.now();
            let limit = deadline.map(|deadline| deadline.saturating_sub(began));
            // careful: a call that has ended by now must not show in virtual time.
            let events = if asleep { self.ask(limit) } else { 0 };
            let waited = self.time.now().saturating_sub(began);
            self.inbox.wake_up();
            Counters::add(&self.counters.parked, waited);
            record!(self, "unparked"; waited = nanoseconds(waited), events = events);
        } else if !self.blocking.any_out() {
            // careful: or a nudge of which the cause was seen before it came, as
            // an observer's is, would keep the loop awake for ever.
            self.inbox.take_nudge();
        }
    }

    /// Asks the OS, and waits up to `limit`. Returns the number of answers.
    pub(crate) fn ask(&self, limit: Option<Duration>) -> usize {
        let answers = self.reactor.borrow_mut().ask(limit);
        self.asked.set((self.time.seen(), self.polls.get()));
        answers
    }
}
