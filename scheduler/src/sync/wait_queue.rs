//! Threads that wait for one object, first come, first out.
//!
//! A chain through the control blocks, since nothing may be allocated where it
//! is changed: see [`Critical`](crate::critical::Critical).
//!
//! Invariants: (1) a thread is in at most one queue, at most once, and only
//! while it waits: one that is unwound [leaves](WaitQueue::leave); (2) a thread
//! that is taken out must be [woken](wake) by whoever took it; (3) the queue is
//! changed only under the lock of its object, and so are the chain's links;
//! (4) a thread that awakes while it is queued keeps its place, or withdraws: the
//! wake was for a wait that it had left already, since its time was over.
//!
//! Mirror: `runtime::wait_list`.

use crate::control::Control;
use crate::place::Place;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};

/// A queue of waiting threads.
#[derive(Debug, Default)]
pub(crate) struct WaitQueue {
    /// Who has waited longest.
    first: Option<Arc<Control>>,
    /// Who came last; None exactly if `first` is.
    last: Option<Arc<Control>>,
}

/// A thread's part of the chain.
#[derive(Debug, Default)]
pub(crate) enum Link {
    /// It waits in no queue.
    #[default]
    Out,
    /// It waits, before this thread; before nobody if it came last.
    Before(Option<Arc<Control>>),
}

/// What a thread waits for in a queue, where that is more than its turn; and
/// whether it was granted. Read and written under the lock of the object.
#[derive(Debug, Default)]
pub(crate) struct Claim {
    /// How much it wants, or in which round it came: as the object counts.
    wanted: AtomicUsize,
    /// Whoever took it out of the queue gave it what it waits for.
    granted: AtomicBool,
}

impl Claim {
    /// The thread is about to wait for `wanted`.
    fn set(&self, wanted: usize) {
        self.wanted.store(wanted, Ordering::Relaxed);
        self.granted.store(false, Ordering::Relaxed);
    }

    /// What the thread waits for.
    pub(super) fn wanted(&self) -> usize {
        self.wanted.load(Ordering::Relaxed)
    }

    /// The thread has it.
    fn grant(&self) {
        self.granted.store(true, Ordering::Relaxed);
    }

    /// Whether it was granted since the thread was queued; says so once.
    pub(super) fn take_grant(&self) -> bool {
        self.granted.swap(false, Ordering::Relaxed)
    }
}

impl WaitQueue {
    /// Nobody waits.
    pub(crate) const fn new() -> WaitQueue {
        WaitQueue {
            first: None,
            last: None,
        }
    }

    /// Adds `thread` behind all others, or before them if it has waited
    /// already, was woken, and came too late. It keeps its place if it has one.
    pub(crate) fn add(&mut self, thread: &Arc<Control>, was_woken: bool) {
        if is_queued(thread) {
            return; // (4)
        }
        if was_woken {
            let second = self.first.replace(Arc::clone(thread));
            if second.is_none() {
                self.last = Some(Arc::clone(thread));
            }
            *link(thread) = Link::Before(second);
        } else {
            *link(thread) = Link::Before(None);
            match self.last.replace(Arc::clone(thread)) {
                None => self.first = Some(Arc::clone(thread)),
                Some(last) => *link(&last) = Link::Before(Some(Arc::clone(thread))),
            }
        }
    }

    /// Takes out who has waited longest. The caller must wake it, after the
    /// object's lock is released.
    #[must_use = "who is taken out must be woken"]
    pub(crate) fn pop(&mut self) -> Option<Arc<Control>> {
        let first = self.first.take()?;
        if let Link::Before(second) = mem::take(&mut *link(&first)) {
            self.first = second;
        }
        if self.first.is_none() {
            // Not the last reference: `first` holds another, so nothing is freed.
            self.last = None;
        }
        Some(first)
    }

    /// Adds `thread`, which waits for `wanted`: see [`WaitQueue::add`].
    pub(super) fn claim(&mut self, thread: &Arc<Control>, wanted: usize, was_woken: bool) {
        thread.claim.set(wanted);
        self.add(thread, was_woken);
    }

    /// Takes out who has waited longest, and grants what it waits for, if that
    /// `can` be done. Who was left behind by a run that was given up waits for
    /// ever, and is passed over.
    ///
    /// The caller must wake it, after the object's lock is released.
    #[must_use = "who is taken out must be woken"]
    pub(super) fn grant(&mut self, can: impl Fn(usize) -> bool) -> Option<Arc<Control>> {
        while let Some(first) = &self.first
            && can(first.claim.wanted())
        {
            let first = self.pop()?;
            // Not the last reference: its own OS thread holds another.
            if !first.run.is_abandoned() {
                first.claim.grant();
                return Some(first);
            }
        }
        None
    }

    /// Moves all who wait in `other` behind those who wait here.
    pub(super) fn append(&mut self, other: &mut WaitQueue) {
        let WaitQueue { first, last } = mem::take(other);
        match &self.last {
            None => self.first = first,
            Some(before) if first.is_some() => *link(before) = Link::Before(first),
            Some(_) => return,
        }
        self.last = last;
    }

    /// Those who wait, in their order.
    fn iter(&self) -> impl Iterator<Item = Arc<Control>> {
        // Not the last references: the queue holds others.
        std::iter::successors(self.first.clone(), |thread| match &*link(thread) {
            Link::Before(next) => next.clone(),
            Link::Out => None,
        })
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.iter().count()
    }

    /// Who is scheduled by the highest priority; of equals who has waited
    /// longest. Who was left behind by a run that was given up is passed over.
    pub(super) fn highest(&self) -> Option<Arc<Control>> {
        let alive = self.iter().filter(|thread| !thread.run.is_abandoned());
        alive.reduce(|highest, thread| {
            let is_higher = thread.standing.effective() > highest.standing.effective();
            if is_higher { thread } else { highest }
        })
    }

    /// The same thread, taken out: see [`WaitQueue::pop`].
    #[must_use = "who is taken out must be woken"]
    pub(super) fn pop_highest(&mut self) -> Option<Arc<Control>> {
        let highest = self.highest()?;
        self.withdraw(&highest);
        Some(highest)
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// `thread` waits no more, if it does: others are not touched.
    pub(super) fn withdraw(&mut self, thread: &Arc<Control>) -> bool {
        let waits = is_queued(thread);
        if waits {
            let next = self.leave(thread);
            debug_assert!(next.is_none(), "it waits here");
        }
        waits
    }

    /// `thread` waits no more, woken or not. If it was taken out already, who
    /// did that relies on it to go on: then the next one is taken out instead,
    /// and must be woken.
    pub(crate) fn leave(&mut self, thread: &Arc<Control>) -> Option<Arc<Control>> {
        let mut others = WaitQueue::new();
        let mut waited = false;
        while let Some(next) = self.pop() {
            if Arc::ptr_eq(&next, thread) {
                waited = true;
            } else {
                others.add(&next, false);
            }
        }
        *self = others;
        if waited { None } else { self.pop() }
    }
}

/// Wakes `first`, which was taken out of a queue, for `by`, which stands at
/// `at`. If it was left behind by a run that was given up, it waits for ever:
/// then the next one is woken instead, which `pop` takes out.
///
/// To be called after the object's lock is released.
pub(crate) fn wake(
    first: Option<Arc<Control>>,
    mut pop: impl FnMut() -> Option<Arc<Control>>,
    by: Option<&Control>,
    at: Option<Place>,
) {
    let mut next = first;
    while let Some(thread) = next {
        if !thread.run.is_abandoned() {
            thread.unpark(by, at);
            return;
        }
        next = pop();
    }
}

/// Whether `thread` waits in a queue: to be asked under the lock of the object.
pub(super) fn is_queued(thread: &Control) -> bool {
    matches!(*link(thread), Link::Before(_))
}

/// The part of `thread` in the chain.
fn link(thread: &Control) -> MutexGuard<'_, Link> {
    thread.link.lock().unwrap_or_else(PoisonError::into_inner)
}
