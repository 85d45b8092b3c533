//! A set of tasks that are waited for together, and that end with the set.
//!
//! Results come in the order in which tasks end. A set is also how no task
//! outlives the one that started it: a parent that keeps its children in a set,
//! and so is dropped with it, takes them along, however it ends.
//!
//! ```text
//!   insert ──► running ──(its end)──► finished, in order ──(join_next)──► gone
//!                 └──(abort_all, or the drop of the set)──► cancelled
//! ```
//!
//! Invariants: (1) a task's end costs the set O(1), however many there are: it
//! leaves its key in a queue, and wakes the one who waits for the set; (2) every
//! task's result is given once, in the order of the ends; (3) once a set is
//! dropped no task of it is polled again; the loop drops each on its next turn,
//! since no destructor runs in the middle of somebody else's poll. To have them
//! dropped before the parent goes on: [`JoinSet::abort_all`], then `join_next`
//! until it is `None`.
//!
//! Cost: what the task costs, and one allocation for the way back to its set.
//!
//! Left out: a `scope` whose tasks may borrow from their parent. A future can be
//! forgotten at any `.await`, with its destructor, so nothing but `unsafe` and a
//! promise could say that the borrow ends in time: the children are `'static`,
//! and then a scope is no more than a set in a local variable.
//!
//! Book: chapter 10. Mirror: a thread that joins all that it has spawned.

use crate::join_handle::{JoinError, JoinHandle, Joiner};
use crate::numbers::TaskId;
use crate::spawn::spawn;
use crate::sync::Kind;
use crate::sync::object::{self, Object, Polled};
use crate::trace::here;
use crate::wait_list::Waiter;
use slab::Slab;
use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Tasks whose results are taken as they come; dropping it aborts them all.
///
/// ```
/// # use runtime::{Clock, EventLoop, JoinSet, sleep};
/// # use std::time::Duration;
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let mut set = JoinSet::new();
/// for n in [3, 1, 2] {
///     set.spawn(async move {
///         sleep(Duration::from_secs(n)).await;
///         n
///     });
/// }
/// let mut order = Vec::new();
/// while let Some(result) = set.join_next().await {
///     order.push(result.expect("none of them panics"));
/// }
/// assert_eq!(order, [1, 2, 3]);
/// # });
/// ```
pub struct JoinSet<T> {
    /// Whose results were not taken yet.
    members: Slab<JoinHandle<T>>,
    /// Who waits for the set.
    set: Rc<Object<Inside>>,
}

impl<T: 'static> JoinSet<T> {
    /// A set without tasks.
    pub fn new() -> Self {
        JoinSet {
            members: Slab::new(),
            set: Object::new(Kind::Set, Inside::default()),
        }
    }

    /// Starts a task of the set on the running loop.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> TaskId
    where
        F: Future<Output = T> + 'static,
    {
        self.insert(spawn(future))
    }

    /// Adds a task that was started otherwise: with a name, say. From now on it
    /// ends with the set.
    pub fn insert(&mut self, handle: JoinHandle<T>) -> TaskId {
        let (id, state) = (handle.id(), handle.state.clone());
        let (task, is_over) = (handle.key, handle.is_finished());
        let key = self.members.insert(handle);
        let over = self.set.inside().over.clone();
        if is_over {
            over.tell(key);
            return id;
        }
        let waker = Waker::from(Arc::new(Member { key, over }));
        let joiner = Joiner::Waiting(Waiter::of_nobody(waker));
        let before = mem::replace(&mut state.tasks.borrow_mut()[task].joiner, joiner);
        drop(before); // somebody's waker, if the handle was polled: nothing is borrowed
        id
    }

    /// Waits for the next task of the set that ends. `None`: no task is left.
    ///
    /// # Errors
    ///
    /// If that task panicked, or was cancelled.
    ///
    /// # Panics
    ///
    /// When it is polled: outside of an event loop; or if a handle was inserted
    /// that had given its result already.
    pub fn join_next(&mut self) -> JoinNext<'_, T> {
        JoinNext { set: self }
    }

    /// Cancels every task that is not over, as [`JoinHandle::abort`] does. Their
    /// results are still to be taken, or dropped with the set.
    pub fn abort_all(&self) {
        for (_, handle) in &self.members {
            handle.abort();
        }
    }
}

impl<T> JoinSet<T> {
    /// How many results were not taken yet.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether every result was taken.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl<T: 'static> Default for JoinSet<T> {
    fn default() -> Self {
        JoinSet::new()
    }
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        for (_, handle) in &self.members {
            handle.abort(); // invariant 3
        }
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet")
            .field("len", &self.len())
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}

/// See [`JoinSet::join_next`].
#[derive(Debug)]
#[must_use = "nothing is joined unless this is awaited"]
pub struct JoinNext<'a, T> {
    /// Of which set.
    set: &'a mut JoinSet<T>,
}

impl<T: 'static> Future for JoinNext<'_, T> {
    type Output = Option<Result<T, JoinError>>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("join_next()", context, here!());
        let JoinSet { members, set } = &mut *self.set;
        if members.is_empty() {
            return Poll::Ready(None);
        }
        let next = set.poll(
            &polled,
            &mut None, // there is one place, for whoever holds the set
            |inside, _| {
                let key = inside.over.lock().finished.pop_front();
                key.map_or(Poll::Pending, Poll::Ready)
            },
            |inside, _, waiter| inside.over.lock().waiter.replace(waiter),
        );
        let Poll::Ready(key) = next else {
            return Poll::Pending;
        };
        let mut handle = members.remove(key);
        Pin::new(&mut handle).poll(context).map(Some)
    }
}

impl<T> Drop for JoinNext<'_, T> {
    fn drop(&mut self) {
        let set = &self.set.set;
        let waiter = set.inside().over.lock().waiter.take();
        set.give_up(waiter); // nothing is borrowed
    }
}

/// The inside of a set, as whoever waits for it sees it.
#[derive(Debug, Default)]
struct Inside {
    /// What the tasks' ends change.
    over: Arc<Over>,
}

impl object::Inside for Inside {
    fn each_waiter(&self, tell: &mut dyn FnMut(&Waiter)) {
        self.over.lock().waiter.iter().for_each(tell);
    }
}

/// What the tasks' ends change. A task announces its end by a waker, which has
/// to be fit for every OS thread: that is why there is a lock, though nobody
/// ever waits for it.
#[derive(Debug, Default)]
struct Over(Mutex<Ends>);

/// The ends that were not seen yet.
#[derive(Debug, Default)]
struct Ends {
    /// The keys of the members that are over, in that order.
    finished: VecDeque<usize>,
    /// Who waits for the next.
    waiter: Option<Waiter>,
}

impl Over {
    /// Looks inside.
    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The member of this key is over.
    fn tell(&self, key: usize) {
        let waiter = {
            let mut ends = self.lock();
            ends.finished.push_back(key);
            ends.waiter.take()
        };
        if let Some(waiter) = waiter {
            waiter.wake(); // nothing is locked
        }
    }
}

/// The way from a task's end to its set.
struct Member {
    /// Its key there.
    key: usize,
    /// The set's side.
    over: Arc<Over>,
}

impl Wake for Member {
    fn wake(self: Arc<Self>) {
        self.over.tell(self.key);
    }
}
