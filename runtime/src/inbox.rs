//! The inbox: wakes from other OS threads, and the way to get the loop's attention.
//!
//! A waker that is called anywhere but inside of its loop is *posted*: put into
//! a locked list, which the loop empties once a turn. If the loop sleeps in the
//! OS, or is about to, the Notifier wakes it. Threads of the pool for blocking
//! calls *nudge* the loop in the same way, and keep what they have to say.
//!
//! Invariants: (1) a posted waker is in the list at most once: its mark says
//! whether it is; (2) no wake is lost: the loop sleeps only after it said so
//! and found the list empty, under the same lock under which posters look;
//! (3) a task's next poll sees what whoever woke it did before; (4) after the
//! loop is gone nothing is kept.
//!
//! A model checker runs this file, as it stands, in every order that the memory
//! model allows: `tests/inbox_model.rs`. That is why it has its locks from
//! [`primitives`].
//!
//! Book: chapter 5. Mirror: `scheduler::preempt`, which shares more.
//!
//! [`primitives`]: crate::primitives

use crate::numbers::TaskId;
use crate::primitives::{AtomicBool, Mutex, MutexGuard, Ordering};
use crate::reactor::Notifier;
use std::mem;
use std::sync::Arc;

/// What a task's [`Waker`](std::task::Waker) points to.
#[derive(Debug)]
pub(crate) struct TaskWaker {
    /// Where to post a wake from elsewhere; its address says which loop is ours.
    inbox: Arc<Inbox>,
    /// The task's key in the slab: 32 bits, so that it and the mark share a word.
    key: u32,
    /// The task, since the key may belong to another one by now.
    pub(crate) id: TaskId,
    /// Whether this waker is in the inbox (invariant 1).
    posted: AtomicBool,
}

impl TaskWaker {
    /// The waker of a task whose loop has this inbox.
    pub(crate) fn new(inbox: Arc<Inbox>, key: usize, id: TaskId) -> Self {
        TaskWaker {
            inbox,
            key: u32::try_from(key).expect("a loop's memory ends before four billion tasks"),
            id,
            posted: AtomicBool::new(false),
        }
    }

    /// The task's key in the slab.
    #[inline]
    pub(crate) fn key(&self) -> usize {
        self.key as usize
    }

    /// Whether its task is one of the loop that has this inbox.
    #[inline]
    pub(crate) fn belongs_to(&self, inbox: &Arc<Inbox>) -> bool {
        Arc::ptr_eq(&self.inbox, inbox)
    }

    // ANCHOR: post
    /// Leaves the waker for its loop, from any thread.
    pub(crate) fn post(self: &Arc<Self>) {
        if self.posted.swap(true, Ordering::AcqRel) {
            return; // invariant 1
        }
        let inbox = &self.inbox;
        let mut posts = inbox.lock();
        if posts.closed {
            return; // invariant 4
        }
        posts.wakers.push(self.clone());
        inbox.hint.store(true, Ordering::Relaxed);
        inbox.end_sleep(posts);
    }
    // ANCHOR_END: post

    /// Takes the mark off. The wake comes after this.
    ///
    /// careful: by a read-modify-write, and before the wake: whoever finds the
    /// mark still set leaves again, and has published by it why the task was to
    /// be woken, which its next poll must see (invariant 3).
    fn take_mark_off(&self) {
        self.posted.swap(false, Ordering::AcqRel);
    }
}

/// A loop's inbox.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// What was posted, behind the one lock of this crate.
    posts: Mutex<Posts>,
    /// Whether there may be something inside: spares the loop the lock.
    hint: AtomicBool,
    /// Wakes the loop out of its sleep in the OS.
    notifier: Notifier,
}

/// What the lock protects.
#[derive(Debug, Default)]
struct Posts {
    /// Wakers in the order in which they were called.
    wakers: Vec<Arc<TaskWaker>>,
    /// The loop is to look around: a thread of the pool has something to say.
    nudged: bool,
    /// The loop is asleep in the OS, or about to be.
    asleep: bool,
    /// The loop is gone: nobody will ever look.
    closed: bool,
}

impl Inbox {
    /// An empty inbox.
    pub(crate) fn new(notifier: Notifier) -> Self {
        Inbox {
            posts: Mutex::default(),
            hint: AtomicBool::new(false),
            notifier,
        }
    }

    /// Whether it is worth a look. The lock decides, not this.
    #[inline]
    pub(crate) fn may_have_posts(&self) -> bool {
        self.hint.load(Ordering::Relaxed)
    }

    /// Has the loop look around, from any thread: if it sleeps it wakes up.
    pub(crate) fn nudge(&self) {
        let mut posts = self.lock();
        posts.nudged = true;
        self.end_sleep(posts);
    }

    /// Whether the loop was nudged since it last asked.
    pub(crate) fn take_nudge(&self) -> bool {
        mem::take(&mut self.lock().nudged)
    }

    /// Announces that the loop will sleep. `false`: it must not, since
    /// something was posted, or it was nudged (invariant 2).
    pub(crate) fn fall_asleep(&self) -> bool {
        let mut posts = self.lock();
        posts.asleep = posts.wakers.is_empty() && !posts.nudged;
        posts.asleep
    }

    /// The loop is awake: nobody needs to notify it.
    pub(crate) fn wake_up(&self) {
        self.lock().asleep = false;
    }

    /// Takes everything out, for the loop to wake.
    pub(crate) fn take(&self) -> impl Iterator<Item = Arc<TaskWaker>> + use<> {
        self.take_posts()
            .into_iter()
            .inspect(|waker| waker.take_mark_off())
    }

    /// The loop is gone: lets go of the wakers, which hold this inbox.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        drop(self.take_posts());
    }

    /// Takes everything out, marks and all.
    fn take_posts(&self) -> Vec<Arc<TaskWaker>> {
        let mut posts = self.lock();
        self.hint.store(false, Ordering::Relaxed);
        mem::take(&mut posts.wakers)
    }

    /// Whoever has changed `posts` leaves, and wakes the loop if it sleeps.
    fn end_sleep(&self, mut posts: MutexGuard<'_, Posts>) {
        let asleep = mem::take(&mut posts.asleep);
        drop(posts);
        if asleep {
            self.notifier.notify();
        }
    }

    /// The lock.
    fn lock(&self) -> MutexGuard<'_, Posts> {
        self.posts
            .lock()
            .expect("nothing panics while the inbox is locked")
    }
}
