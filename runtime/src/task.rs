//! A task: a future that the loop polls until it is over.
//!
//! ```text
//!   1 ──► Ready ────2────► Running ────5────► Over
//!          ▲ ▲              │   │              ▲
//!          3 │              6   4              │
//!          │ └───6───┐      │   ▼              │
//!          │         └──────┼─ Rewoken ───5────┘
//!          │                ▼
//!          └───────────── Waiting
//! ```
//!
//! 1 [`Task::new`], and its first wake; 2 [`Task::begin`]; 3 and 4
//! [`Task::wake`]; 5 [`Task::finish`]; 6 [`Task::pause`]. A cancelled task goes
//! from Ready or Waiting to Over by way of Leaving: see [`Task::leave`].
//!
//! Invariants: (1) a task is queued if and only if it is Ready or Rewoken;
//! (2) while it is polled or dropped its future is not here.
//!
//! Book: chapter 2. Mirror: `scheduler::thread`.

use crate::class::Class;
use crate::join_handle::Joiner;
use crate::numbers::TaskId;
use crate::outcome::Outcome;
use crate::polling::Runnable;
use crate::trace::{self, Place, Reference};
use std::mem;
use std::ptr;
use std::task::Waker;

/// What the loop knows of one task.
#[derive(Debug)]
pub(crate) struct Task {
    // Who it is: written once, by spawn.
    /// Its number, which no other task will have.
    pub(crate) id: TaskId,
    /// Where it was spawned.
    pub(crate) spawned_at: Place,

    // How it stands: written by the loop and by wakers.
    /// In which queue it stands while it is ready.
    pub(crate) class: Class,
    /// See the diagram.
    pub(crate) state: State,
    /// Its last `.await`; where it was spawned, before the first.
    pub(crate) stands_at: Place,
    /// How often it was polled, for its dump. At the greatest it stands.
    pub(crate) polls: u32,
    /// Which of the loop's polls was its last.
    pub(crate) last_poll: u64,
    /// What is left of it.
    body: Body,

    // Its handle's side.
    /// Who waits for its result.
    pub(crate) joiner: Joiner,

    /// What few tasks have, and costs the others nothing but this pointer.
    rare: Option<Box<Rare>>,
}

/// What few tasks have.
#[derive(Debug, Default)]
struct Rare {
    /// What its spawner calls it.
    name: Option<Box<str>>,
    /// Who asked for its end. The loop sees to it on the task's next turn.
    aborted: Option<Reference>,
}

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// In the ready queue.
    Ready,
    /// Being polled.
    Running,
    /// Being polled, and in the ready queue again.
    Rewoken,
    /// Until a waker is called.
    Waiting,
    /// Cancelled, and being dropped: a wake changes nothing any more.
    Leaving,
    /// It will never be polled again.
    Over,
}

/// What a task is made of, which changes with its life. Two variants, or it
/// would need a word more to tell them apart.
#[derive(Debug)]
enum Body {
    /// Not over: what to poll, and the waker to poll it with.
    Here(Runnable),
    /// `None`: being polled or dropped (invariant 2), or `block_on`'s, which
    /// never is here. Else over: what came of it, for its handle.
    Away(Option<Outcome>),
}

/// What a wake did.
pub(crate) enum Woken {
    /// The task must be pushed to the ready queue.
    Queued,
    /// It is there already.
    Already,
    /// There is no such task any more, or will be none at once.
    Stale,
}

impl Task {
    /// A task that nobody has woken yet, and without a body: see [`Task::fill`].
    pub(crate) fn new(id: TaskId, class: Class, place: Place) -> Self {
        Task {
            id,
            spawned_at: place,
            class,
            state: State::Waiting,
            stands_at: place,
            polls: 0,
            last_poll: 0,
            body: Body::Away(None),
            joiner: Joiner::Held,
            rare: None,
        }
    }

    /// Calls it by a name.
    pub(crate) fn set_name(&mut self, name: Box<str>) {
        self.rare.get_or_insert_default().name = Some(name);
    }

    /// What its spawner calls it.
    pub(crate) fn name(&self) -> Option<&str> {
        self.rare.as_ref()?.name.as_deref()
    }

    /// Who asked for its end, if somebody did.
    pub(crate) fn aborted(&self) -> Option<Reference> {
        self.rare.as_ref()?.aborted
    }

    /// `by` asks for its end, and is noted if nobody did before.
    pub(crate) fn abort(&mut self, by: Reference) {
        let rare = self.rare.get_or_insert_default();
        rare.aborted.get_or_insert(by);
    }

    /// Gives a new task its body. `block_on`'s keeps its own.
    pub(crate) fn fill(&mut self, runnable: Runnable) {
        self.body = Body::Here(runnable);
    }

    /// Arrow 2: the task left the head of the queue, to be polled. `block_on`'s
    /// has its future elsewhere.
    pub(crate) fn begin(&mut self, poll: u64) -> Option<Runnable> {
        self.state = State::Running;
        self.last_poll = poll;
        self.polls = self.polls.saturating_add(1);
        self.take_runnable()
    }

    /// The task is cancelled, and left the queue if it was there: what to drop.
    pub(crate) fn leave(&mut self) -> Option<Runnable> {
        self.state = State::Leaving;
        self.take_runnable()
    }

    /// Its waker, if it is here.
    pub(crate) fn waker(&self) -> Option<&Waker> {
        match &self.body {
            Body::Here(runnable) => Some(&runnable.waker),
            Body::Away(_) => None,
        }
    }

    /// What to poll or to drop, if it is here.
    fn take_runnable(&mut self) -> Option<Runnable> {
        match mem::replace(&mut self.body, Body::Away(None)) {
            Body::Here(runnable) => Some(runnable),
            Body::Away(_) => None,
        }
    }

    /// Arrows 3 and 4: somebody called the task's waker.
    pub(crate) fn wake(&mut self) -> Woken {
        let (state, woken) = match self.state {
            State::Waiting => (State::Ready, Woken::Queued),
            State::Running => (State::Rewoken, Woken::Queued),
            state @ (State::Ready | State::Rewoken) => (state, Woken::Already),
            state @ (State::Leaving | State::Over) => (state, Woken::Stale),
        };
        self.state = state;
        woken
    }

    /// Arrow 6: the poll returned `Pending`, at `place` as far as is known.
    pub(crate) fn pause(&mut self, runnable: Option<Runnable>, place: Option<Place>) {
        // Most tasks stand again where they stood.
        if let Some(place) = place.filter(|place| !ptr::eq(*place, self.stands_at)) {
            self.stands_at = trace::learners(place).unwrap_or(self.stands_at);
        }
        self.state = match self.state {
            State::Rewoken => State::Ready,
            _ => State::Waiting,
        };
        if let Some(runnable) = runnable {
            self.body = Body::Here(runnable);
        }
    }

    /// Arrow 5: the task is over, and this came of it. Returns who waits for it.
    pub(crate) fn finish(&mut self, outcome: Outcome) -> Joiner {
        self.state = State::Over;
        self.body = Body::Away(Some(outcome));
        match &self.joiner {
            Joiner::Gone => Joiner::Gone,
            _ => mem::replace(&mut self.joiner, Joiner::Held),
        }
    }

    /// Whether it is in the ready queue (invariant 1).
    pub(crate) fn is_queued(&self) -> bool {
        matches!(self.state, State::Ready | State::Rewoken)
    }

    /// Takes the result, if the task is over.
    pub(crate) fn take_outcome(&mut self) -> Option<Outcome> {
        match &mut self.body {
            Body::Away(outcome) => outcome.take(),
            Body::Here(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{State, Task, TaskId, Woken};
    use crate::class::Class;
    use std::panic::Location;

    /// A task that nobody has woken yet.
    fn new() -> Task {
        Task::new(TaskId::new(1), Class::Normal, Location::caller())
    }

    #[test]
    fn a_task_is_queued_once_however_often_it_is_woken() {
        let mut task = new();
        assert!(matches!(task.wake(), Woken::Queued)); // arrow 1
        assert!(matches!(task.wake(), Woken::Already));
        task.begin(1);
        assert!(!task.is_queued());
        assert!(matches!(task.wake(), Woken::Queued)); // arrow 4
        assert!(matches!(task.wake(), Woken::Already));
        assert!(task.is_queued());
        task.pause(None, None);
        assert_eq!(task.state, State::Ready);
    }

    #[test]
    fn a_task_that_is_not_woken_while_it_runs_waits() {
        let mut task = new();
        task.wake();
        task.begin(1);
        task.pause(None, None);
        assert_eq!(task.state, State::Waiting);
        assert!(matches!(task.wake(), Woken::Queued)); // arrow 3
    }

    #[test]
    fn a_task_costs_less_than_two_cache_lines_beside_its_future() {
        assert!(size_of::<Task>() <= 112, "{}", size_of::<Task>());
    }
}
