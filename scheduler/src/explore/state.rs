//! What the conductor knows, and how it decides who moves next.
//!
//! Invariants: those of the [conductor](super::conductor), whose numbers stand here.
//!
//! Mirror: `dispatcher`'s steps 2 to 4.

use super::births::Births;
use super::crew::Crew;
use super::drive::offers;
use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide};
use super::memory::{Atomic, Deed, Doer, Histories, Memory};
use super::objects::{Levels, Names, Objects, RANKED};
use super::operation::{Access, Event, Op, Operation, Target};
use super::order::Order;
use super::seat::{Life, Seat};
use super::show::Show;
use crate::control::Control;
use crate::deadlock::{Deadlock, Waits};
use crate::preempt::futex::Gate;
use crate::run::Run;
use std::sync::Arc;

/// How many threads an execution may have, since a set of them is a number.
const MOST_THREADS: u32 = 64;

/// What the conductor knows.
pub(super) struct State {
    /// The run; None between two executions.
    pub(super) run: Option<Arc<Run>>,
    /// The threads, by number.
    pub(super) seats: Vec<Seat>,
    /// What each will do next.
    pub(super) pending: Vec<Op>,
    /// How many are over.
    pub(super) over: usize,
    /// How far the execution is.
    pub(super) phase: Phase,
    /// How the objects stand.
    pub(super) objects: Objects,
    /// What was done.
    pub(super) execution: Execution,
    /// What is ordered before what, to find data races.
    pub(super) order: Order,
    /// What is known of the atomics.
    pub(super) memory: Histories,
    /// The trace, if anybody listens.
    pub(super) show: Show,

    // Kept from one execution to the next.
    /// Who decides.
    pub(super) guide: Box<dyn Guide>,
    /// An execution may have so many steps.
    pub(super) steps_limit: usize,
    /// What objects are called.
    names: Names,
    /// What threads are called.
    births: Births,
    /// The OS threads.
    pub(super) crew: Crew,
}

/// How far an execution is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It goes on.
    Going,
    /// It is doomed, and its threads are unwound.
    Unwinding,
}

/// What has to be seen to know memory's options.
#[derive(Clone, Copy)]
struct Sight<'a> {
    /// The threads.
    seats: &'a [Seat],
    /// What each will do next.
    pending: &'a [Op],
    /// What is known of the atomics.
    memory: &'a Histories,
    /// What each thread knows.
    order: &'a Order,
    /// What was done.
    events: &'a [Event],
}

impl Sight<'_> {
    /// The places that memory has to choose among in `thread`'s next step; none where it
    /// is not asked.
    fn places(self, thread: u32) -> Vec<usize> {
        let index = thread as usize;
        let asks = |atomic: &&Atomic| {
            self.memory.memory == Memory::C11 && !matches!(atomic.deed, Deed::Fence(_))
        };
        let Some(atomic) = self.seats[index].atomic.as_ref().filter(asks) else {
            return Vec::new();
        };
        let next = Event {
            thread,
            op: self.pending[index],
            wakes: 0,
            levels: Levels::default(),
            option: None,
        };
        let doer = Doer {
            next,
            clock: self.order.known(thread),
            events: self.events,
        };
        self.memory.places(self.pending[index].object, atomic, doer)
    }
}

/// Who moves next.
pub(super) enum Turn {
    /// Whoever asked.
    Mine,
    /// Whoever waits at this gate.
    Others(Arc<Gate>),
    /// Nobody: all are over, or left behind.
    Nobody,
}

impl State {
    /// Nothing yet, for a guide, and executions of so many steps at most.
    pub(super) fn new(guide: Box<dyn Guide>, steps_limit: usize) -> State {
        State {
            run: None,
            seats: Vec::new(),
            pending: Vec::new(),
            over: 0,
            phase: Phase::Going,
            objects: Objects::default(),
            execution: Execution::default(),
            order: Order::default(),
            memory: Histories::default(),
            show: Show::default(),
            guide,
            steps_limit,
            names: Names::default(),
            births: Births::default(),
            crew: Crew::default(),
        }
    }

    /// A new execution begins.
    pub(super) fn reset(&mut self) {
        self.seats.clear();
        self.pending.clear();
        self.over = 0;
        self.phase = Phase::Going;
        self.objects.reset();
        self.execution.clear();
        self.order.reset();
        self.memory.reset();
        self.crew.reset();
        self.births.reset();
    }

    /// One more thread.
    pub(super) fn add(&mut self, control: Arc<Control>, gate: Arc<Gate>) {
        let id = control.id.0;
        assert!(
            id < MOST_THREADS,
            "an explored program has at most {MOST_THREADS} threads"
        );
        if let Some(event) = self.execution.events.last_mut() {
            event.wakes |= 1 << id;
            self.order.spawned(event.thread, id);
        }
        self.births.add(control.spawned_by.map(|by| by.0));
        self.execution.names.push(self.births.of(id));
        self.pending.push(Op {
            access: Access::Start,
            object: 0,
            is_ranked: false,
        });
        self.seats.push(Seat::new(control, gate));
    }

    /// What the search calls `target`, in run number `run`.
    pub(super) fn name(&mut self, target: Target<'_>, run: u32) -> u32 {
        self.names.of(target, run, &self.births)
    }

    /// `operation` as the search knows it, in run number `run`.
    pub(super) fn op(&mut self, operation: &Operation<'_>, run: u32) -> Op {
        let is_ranked = self.memory.memory == Memory::C11
            && operation.atomic.is_some_and(|it| it.deed.is_ranked());
        let (access, object) = match operation.access {
            Access::Fence if is_ranked => (Access::RankedFence, RANKED),
            access => (access, self.name(operation.target, run)),
        };
        Op {
            access,
            object,
            is_ranked,
        }
    }

    /// The threads that could take the next step (2).
    pub(super) fn enabled(&self) -> u64 {
        let mut enabled = 0;
        for (index, (seat, op)) in self.seats.iter().zip(&self.pending).enumerate() {
            let can = !seat.is_over()
                && match op.access {
                    access if access.only_goes_on() => seat.is_woken,
                    Access::ResumeOrLate => seat.is_woken || seat.until.is_some(),
                    access => access.is_possible(self.objects.levels(op.object), seat.control.id.0),
                };
            enabled |= u64::from(can) << index;
        }
        enabled
    }

    /// Who moves next; `me` asks, unless that one is over.
    pub(super) fn next(&mut self, me: Option<u32>) -> Turn {
        if self.phase == Phase::Going {
            match self.decide() {
                Ok(Some(thread)) if Some(thread) == me => return Turn::Mine,
                Ok(Some(thread)) => {
                    return Turn::Others(Arc::clone(&self.seats[thread as usize].gate));
                }
                Ok(None) => return Turn::Nobody,
                Err(ending) => self.doom(ending),
            }
        }
        self.unwind_next(me)
    }

    /// The guide's decision, which is noted: None if all are over. An error if the
    /// execution cannot go on, or is not worth it.
    fn decide(&mut self) -> Result<Option<u32>, Ending> {
        if self.over == self.seats.len() {
            return Ok(None);
        }
        let enabled = self.enabled();
        self.show.offer(&self.seats, &self.pending, enabled);
        if enabled == 0 {
            return Err(Ending::Stuck(self.deadlock()));
        }
        if self.execution.events.len() >= self.steps_limit {
            return Err(Ending::TooLong);
        }
        let sight = Sight {
            seats: &self.seats,
            pending: &self.pending,
            memory: &self.memory,
            order: &self.order,
            events: &self.execution.events,
        };
        let choice = Choice {
            events: &self.execution.events,
            enabled,
            pending: &self.pending,
            names: self.births.names(),
            options: &|thread| u32::try_from(sight.places(thread).len()).unwrap_or(u32::MAX),
        };
        match self.guide.choose(&choice) {
            Decision::Run(thread, option) => {
                debug_assert!(choice.can(thread), "a guide chooses among the enabled");
                let usual = choice.usual(u64::MAX) == Some(thread);
                let place = option.map(|option| sight.places(thread)[option as usize]);
                self.execution.usual.push(usual);
                self.commit(thread, (option, place), enabled);
                Ok(Some(thread))
            }
            Decision::Known => Err(Ending::Known),
            Decision::Open => {
                self.execution.offers = offers(&choice, &self.seats);
                Err(Ending::Open)
            }
            Decision::Differs(how) => Err(Ending::Differs(how)),
        }
    }

    /// `thread` does what it announced, at the place of an atomic's history that is
    /// memory's `option`.
    fn commit(&mut self, thread: u32, (option, place): (Option<u32>, Option<usize>), enabled: u64) {
        let index = thread as usize;
        let op = self.pending[index];
        let levels = self.objects.apply(op, thread);
        let run = self.run.as_ref().expect("an execution is under way");
        let seat = &mut self.seats[index];
        match op.access {
            Access::Resume
            | Access::Fetch
            | Access::Meet
            | Access::ResumeOrLate
            | Access::Sleep => {
                if !std::mem::take(&mut seat.is_woken)
                    && let Some(until) = seat.until
                {
                    run.advance(until.max(run.now())); // (3)
                }
                seat.until = None;
            }
            Access::TakeOrLate => {
                seat.is_late = levels.notified >> thread & 1 == 0;
                if let Some(until) = seat.until.take()
                    && seat.is_late
                {
                    run.advance(until.max(run.now())); // (3)
                }
            }
            Access::Await
            | Access::Arrive
            | Access::Acquire
            | Access::Share
            | Access::Send(_)
            | Access::Receive(_)
            | Access::TryReceive => seat.queued_at = op.object,
            _ => {}
        }
        let at = seat.at;
        if let Some(race) = self.order.step(thread, op, at) {
            let lines = (race.first_at, race.second_at);
            if !self.execution.races.contains(&lines) {
                self.execution.races.push(lines);
            }
            self.show.raced(&self.seats[index], race);
        }
        self.seats[index].seen = None;
        if let Some(atomic) = self.seats[index].atomic.take() {
            let place = place.unwrap_or_else(|| self.memory.newest(op.object));
            let step = (thread, self.execution.events.len());
            let clock = self.order.of(thread);
            let seen = (self.memory).perform((op.object, &atomic), place, step, clock);
            if self.memory.memory == Memory::C11 {
                self.seats[index].seen = Some(seen);
            }
        }
        self.show
            .commit(&self.seats, &self.pending, thread, enabled);
        self.execution.events.push(Event {
            thread,
            op,
            wakes: 0,
            levels,
            option,
        });
        self.execution.enabled.push(enabled);
        self.execution.places.push(at);
    }

    /// Who waits for whom, now that nobody can go on.
    fn deadlock(&self) -> Deadlock {
        let blocked = self.seats.iter().filter(|seat| !seat.is_over());
        let blocked = blocked.filter_map(|seat| {
            let waits = Waits::new(&seat.control, seat.on.as_ref()?, seat.at);
            Some((seat.control.id, waits))
        });
        Deadlock::find(&blocked.collect())
    }

    /// The execution ends here (4).
    fn doom(&mut self, ending: Ending) {
        let pending = self.pending.iter().enumerate();
        let left = pending.filter(|&(index, _)| !self.seats[index].is_over());
        let wanted = left.map(|(index, &op)| (u32::try_from(index).expect("few"), op));
        self.execution.wanted = wanted.collect();
        let run = self.run.as_ref().expect("an execution is under way");
        self.show.ends(&self.seats, &ending);
        self.execution.ending = ending;
        self.phase = Phase::Unwinding;
        run.doom();
    }

    /// Whose turn it is to be unwound.
    fn unwind_next(&mut self, me: Option<u32>) -> Turn {
        let could = |seat: &&Seat| seat.life == Life::Alive;
        if let Some(me) = me
            && could(&&self.seats[me as usize])
        {
            return Turn::Mine;
        }
        if let Some(seat) = self.seats.iter().find(could) {
            return Turn::Others(Arc::clone(&seat.gate));
        }
        if self.over == self.seats.len() {
            return Turn::Nobody;
        }
        // Destructors that wait for each other: their threads are left behind.
        let run = self.run.as_ref().expect("an execution is under way");
        run.abandon();
        self.crew.abandon();
        if self.seats[0].is_over() {
            Turn::Nobody
        } else if me == Some(0) {
            Turn::Mine // which ends the process
        } else {
            Turn::Others(Arc::clone(&self.seats[0].gate))
        }
    }
}
