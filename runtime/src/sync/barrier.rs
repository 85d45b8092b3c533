//! A barrier: tasks wait until so many have arrived, and then all go on.
//!
//! Invariants: (1) the last to arrive opens the barrier, and is the leader; all
//! the others are woken in the order in which they arrived; (2) then the next
//! round begins, whoever is still on its way out of this one; (3) a task that
//! gives up before the barrier opens takes its arrival back: the others wait
//! for somebody else. With tokio's it would count, and they would go on.
//!
//! Mirror: `scheduler::sync::Barrier`.

use super::object::{self, Kind, Object, Polled, wake_all};
use crate::trace::{here, record};
use crate::wait_list::{Ticket, WaitList, Waiter};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Where so many tasks wait for each other.
///
/// ```
/// # use runtime::{Clock, EventLoop, spawn, sync::Barrier};
/// # use std::rc::Rc;
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let barrier = Rc::new(Barrier::new(3));
/// let tasks = [(); 3].map(|()| {
///     let barrier = barrier.clone();
///     spawn(async move { barrier.wait().await.is_leader() })
/// });
/// let mut leaders = 0;
/// for task in tasks {
///     leaders += usize::from(task.await.expect("it does not panic"));
/// }
/// assert_eq!(leaders, 1);
/// # });
/// ```
#[derive(Debug)]
pub struct Barrier {
    /// Who waits.
    barrier: Rc<Object<Inside>>,
}

/// What changes, but for the first.
struct Inside {
    /// How many tasks open the barrier.
    size: usize,
    /// How many of them have arrived in this round.
    arrived: usize,
    /// How often the barrier was opened.
    round: u64,
    /// Who waits.
    waiting: WaitList,
}

impl object::Inside for Inside {
    fn each_waiter(&self, tell: &mut dyn FnMut(&Waiter)) {
        self.waiting.iter().for_each(tell);
    }
}

impl Barrier {
    /// A barrier for so many tasks. For 0, as for 1, nobody waits.
    pub fn new(size: usize) -> Self {
        let inside = Inside {
            size: size.max(1),
            arrived: 0,
            round: 0,
            waiting: WaitList::default(),
        };
        Barrier {
            barrier: Object::new(Kind::Barrier, inside),
        }
    }

    /// Arrives, at the first poll, and waits until so many have.
    ///
    /// Dropped before the barrier opens, the future takes its arrival back.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn wait(&self) -> BarrierWaiting {
        BarrierWaiting {
            barrier: self.barrier.clone(),
            round: None,
            ticket: None,
        }
    }
}

/// See [`Barrier::wait`].
#[derive(Debug)]
#[must_use = "a task arrives when this is awaited"]
pub struct BarrierWaiting {
    /// Where it waits.
    barrier: Rc<Object<Inside>>,
    /// In which round it arrived, if it did.
    round: Option<u64>,
    /// Its place among those who wait.
    ticket: Option<Ticket>,
}

impl Future for BarrierWaiting {
    type Output = BarrierWaitResult;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("a barrier's wait()", context, here!());
        if self.round.is_none() {
            let opened = self.arrive(&polled);
            if let Some(others) = opened {
                wake_all(others); // nothing is borrowed
                return Poll::Ready(BarrierWaitResult { is_leader: true });
            }
        }
        let BarrierWaiting {
            barrier,
            round,
            ticket,
        } = &mut *self;
        let arrived_in = *round;
        let is_open = barrier.poll(
            &polled,
            ticket,
            |inside, _| {
                if arrived_in == Some(inside.round) {
                    Poll::Pending
                } else {
                    Poll::Ready(())
                }
            },
            |inside, ticket, waiter| {
                let (kept, before) = inside.waiting.wait(*ticket, waiter);
                *ticket = Some(kept);
                before
            },
        );
        is_open.map(|()| {
            (*round, *ticket) = (None, None);
            BarrierWaitResult { is_leader: false }
        })
    }
}

impl BarrierWaiting {
    /// Arrives. Returns the others, to be woken, if it is the last.
    fn arrive(&mut self, polled: &Polled<'_>) -> Option<Vec<Waiter>> {
        let (count, size) = {
            let mut inside = self.barrier.inside();
            inside.arrived += 1;
            (inside.arrived, inside.size)
        };
        let state = &polled.state;
        if let Some(task) = state.running_task() {
            record!(state, "arrived" at Some(polled.place);
                barrier = self.barrier.number(state), count = count, of = size, task = task);
        }
        let mut inside = self.barrier.inside();
        if count < size {
            self.round = Some(inside.round);
            return None;
        }
        inside.round += 1; // invariant 2
        inside.arrived = 0;
        Some(inside.waiting.take_all()) // invariant 1
    }
}

impl Drop for BarrierWaiting {
    fn drop(&mut self) {
        let mut inside = self.barrier.inside();
        if self.round == Some(inside.round) {
            inside.arrived -= 1; // invariant 3
            let waiter = self.ticket.and_then(|ticket| inside.waiting.remove(ticket));
            drop(inside);
            self.barrier.give_up(waiter);
        }
    }
}

/// What [`Barrier::wait`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierWaitResult {
    /// Whether it opened the barrier.
    is_leader: bool,
}

impl BarrierWaitResult {
    /// Whether this task was the last to arrive: one in each round is.
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }
}
