//! A barrier: threads wait until so many have arrived, and then all go on.
//!
//! Invariants: (1) the last to arrive opens the barrier, and is the leader; all
//! the others are woken in the order in which they arrived; (2) then the next
//! round begins, whoever is still on its way out of this one: a thread goes on
//! when its own round is over, and for no other reason; (3) a thread that is
//! unwound before the barrier opens takes its arrival back.
//!
//! Book: chapter 16. Mirror: `runtime::sync::Barrier`.

use super::wait_queue::{WaitQueue, is_queued};
use crate::control::{Control, On, current};
use crate::critical::Critical;
use crate::explore::{Access, Operation};
use crate::place::Place;
use crate::run::{Number, Run};
use crate::trace::{Kind, record};
use std::fmt;
use std::sync::Arc;

/// Where so many threads wait for each other.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn, sync::Barrier};
/// # use std::{sync::Arc, time::Duration};
/// # let policy = RoundRobin::new(Duration::from_millis(1));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let barrier = Arc::new(Barrier::new(3));
/// let threads = [(); 3].map(|()| {
///     let barrier = barrier.clone();
///     spawn(move || barrier.wait().is_leader())
/// });
/// let mut leaders = 0;
/// for thread in threads {
///     leaders += usize::from(thread.join().expect("it does not panic"));
/// }
/// assert_eq!(leaders, 1);
/// # }).unwrap();
/// ```
pub struct Barrier {
    /// Who waits.
    gathering: Arc<Gathering>,
}

/// Those who are at a barrier.
#[derive(Debug)]
pub(crate) struct Gathering {
    /// Which barrier.
    number: Number,
    /// How many threads open it.
    size: usize,
    /// The rest, changed in one piece.
    state: Critical<State>,
}

/// The state of a barrier.
#[derive(Debug)]
struct State {
    /// How many have arrived in this round.
    arrived: usize,
    /// How often the barrier was opened; it may begin anew at 0.
    round: usize,
    /// Who waits, each with the round in which it came.
    waiting: WaitQueue,
}

/// Whether a thread may leave the barrier.
enum Way {
    /// It opened it.
    Leads,
    /// Another has opened it.
    Follows,
    /// It waits.
    Waits,
}

impl Barrier {
    /// A barrier for so many threads. For 0, as for 1, nobody waits.
    pub fn new(size: usize) -> Barrier {
        let gathering = Arc::new(Gathering {
            number: Number::default(),
            size: size.max(1),
            state: Critical::new(State {
                arrived: 0,
                round: 0,
                waiting: WaitQueue::new(),
            }),
        });
        if let Some(thread) = current() {
            gathering.number_in(&thread.run);
        }
        Barrier { gathering }
    }

    /// Arrives, and waits until so many threads have.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let at = Place::caller();
        let gathering = &self.gathering;
        let thread = current();
        if let Some(thread) = &thread {
            let op = Operation::on(Kind::Barrier, &gathering.number, Access::Arrive);
            thread.checkpoint(op, at);
        }
        loop {
            match gathering.arrive(thread.as_ref(), at) {
                Way::Leads => {
                    gathering.open(thread.as_deref(), at);
                    return BarrierWaitResult { is_leader: true };
                }
                Way::Follows => return BarrierWaitResult { is_leader: false },
                Way::Waits => {}
            }
            let Some(thread) = &thread else {
                panic!(
                    "others have not arrived at a barrier yet, and only a thread that a \
                     scheduler runs, outside `blocking`, can wait for them"
                );
            };
            let on = On::Barrier(Arc::clone(gathering));
            thread.park(on, at, || gathering.leave(thread));
        }
    }
}

impl Gathering {
    /// Its number in the trace.
    pub(crate) fn number(&self) -> u32 {
        self.number.latest()
    }

    /// Its number in `run`.
    fn number_in(&self, run: &Run) -> u32 {
        self.number.get(run, |counts| &counts.barriers).0
    }

    /// How many have arrived, and of how many; none if that changes right now.
    pub(crate) fn arrived(&self) -> (usize, usize) {
        let arrived = self.state.peek(|state| state.arrived);
        (arrived.unwrap_or(0), self.size)
    }

    /// `thread` arrives, unless it waits already or was let go.
    fn arrive(&self, thread: Option<&Arc<Control>>, at: Place) -> Way {
        let number = thread.map_or(0, |thread| self.number_in(&thread.run));
        let mut state = self.state.enter();
        if let Some(thread) = thread {
            if thread.claim.take_grant() {
                return Way::Follows; // (2)
            }
            if is_queued(thread) {
                return Way::Waits;
            }
        } else if state.arrived + 1 < self.size {
            return Way::Waits; // it cannot: it does not count
        }
        state.arrived += 1;
        if let Some(thread) = thread {
            let (count, at) = (state.arrived, Some(at));
            record!(thread.run, "arrived", at at, [number, count, self.size, thread.id]);
        }
        if state.arrived == self.size {
            state.arrived = 0;
            state.round = state.round.wrapping_add(1); // (2)
            return Way::Leads;
        }
        if let Some(thread) = thread {
            let round = state.round;
            state.waiting.claim(thread, round, false);
        }
        Way::Waits
    }

    /// Wakes everybody who came in an earlier round (1).
    fn open(&self, by: Option<&Control>, at: Place) {
        loop {
            let next = {
                let mut state = self.state.enter();
                let now = state.round;
                state.waiting.grant(|round| round != now)
            };
            match next {
                Some(next) => next.unpark(by, Some(at)), // the section is left
                None => return,
            }
        }
    }

    /// `thread` waits no more, since its run is doomed.
    fn leave(&self, thread: &Arc<Control>) {
        let mut state = self.state.enter();
        let of_this_round = thread.claim.wanted() == state.round;
        if state.waiting.withdraw(thread) && of_this_round {
            state.arrived -= 1; // (3)
        }
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (arrived, of) = self.gathering.arrived();
        f.debug_struct("Barrier")
            .field("number", &self.gathering.number())
            .field("arrived", &arrived)
            .field("of", &of)
            .finish()
    }
}

/// What a thread learns when a barrier has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierWaitResult {
    /// It was the last to arrive.
    is_leader: bool,
}

impl BarrierWaitResult {
    /// Whether this thread opened the barrier, as one in each round does.
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }
}
