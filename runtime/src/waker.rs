//! Wakers: how a waiting task gets back into the ready queue.
//!
//! Each task has one waker, made once when it is spawned and cloned by whatever
//! it waits for. On the loop's own thread, inside the loop, to wake is to push
//! to the queue. From anywhere else the waker is posted into the loop's
//! [`Inbox`], and the Notifier wakes the loop if it sleeps in the OS.
//!
//! Invariants: (1) a task is queued at most once, however often it is woken;
//! (2) a stale waker wakes nobody: a slab's key is reused, a [`TaskId`] never
//! is, and a waker holds both; (3) a posted waker is in the inbox at most once;
//! (4) no wake is lost: the loop sleeps only after it said so in the inbox and
//! found it empty, under the same lock under which posters look.
//!
//! Book: chapter 5. Mirror: `unblock` in `scheduler::dispatcher`.

use crate::context;
use crate::reactor::Notifier;
use crate::state::LoopState;
use crate::task::{TaskId, Woken};
use crate::trace::record;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Wake, Waker};

/// What a task's [`Waker`] points to.
#[derive(Debug)]
struct TaskWaker {
    /// Where to post a wake from elsewhere; its address says which loop is ours.
    inbox: Arc<Inbox>,
    /// The task's key in the slab.
    key: usize,
    /// The task, since the key may belong to another one by now (invariant 2).
    id: TaskId,
    /// Whether this waker is in the inbox (invariant 3).
    posted: AtomicBool,
}

/// A new task's waker.
pub(crate) fn new(inbox: &Arc<Inbox>, key: usize, id: TaskId) -> Waker {
    Waker::from(Arc::new(TaskWaker {
        inbox: inbox.clone(),
        key,
        id,
        posted: AtomicBool::new(false),
    }))
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        match context::current() {
            Some(state) if Arc::ptr_eq(&state.inbox, &self.inbox) => state.wake(self.key, self.id),
            _ => Inbox::post(self),
        }
    }
}

impl LoopState {
    /// Puts a task at the tail of the ready queue, unless it is there already.
    pub(crate) fn wake(&self, key: usize, id: TaskId) {
        let woken = match self.tasks.borrow_mut().get_mut(key) {
            Some(task) if task.id == id => task.wake(), // invariant 2
            _ => Woken::Stale,
        };
        let by = self.cause.get();
        match woken {
            Woken::Queued => {
                self.ready.borrow_mut().push(key); // invariant 1
                record!(self, "woken"; task = id, by = by, class = "normal");
            }
            Woken::Already => {
                record!(self, "woken"; task = id, by = by, class = "normal"; already = Some(true));
            }
            Woken::Stale => record!(self, "stale_wake"; task = id),
        }
    }

    /// Takes what other threads have posted, and wakes those tasks.
    pub(crate) fn take_posted(&self) {
        for waker in self.inbox.take() {
            // careful: the mark is taken off before the wake, by a read-modify-
            // write: whoever finds it still set has published why the task
            // was to be woken, and its next poll must see that.
            waker.posted.swap(false, Ordering::AcqRel);
            self.wake(waker.key, waker.id);
        }
    }
}

/// Wakes from outside of the loop, and the way to get its attention.
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

    /// Leaves `waker` for the loop, from any thread.
    fn post(waker: &Arc<TaskWaker>) {
        if waker.posted.swap(true, Ordering::AcqRel) {
            return; // invariant 3
        }
        let inbox = &waker.inbox;
        let mut posts = inbox.lock();
        if posts.closed {
            return;
        }
        posts.wakers.push(waker.clone());
        inbox.hint.store(true, Ordering::Relaxed);
        let asleep = mem::take(&mut posts.asleep);
        drop(posts);
        if asleep {
            inbox.notifier.notify();
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
        let asleep = mem::take(&mut posts.asleep);
        drop(posts);
        if asleep {
            self.notifier.notify();
        }
    }

    /// Whether the loop was nudged since it last asked.
    pub(crate) fn take_nudge(&self) -> bool {
        mem::take(&mut self.lock().nudged)
    }

    /// Announces that the loop will sleep. `false`: it must not, since
    /// something was posted, or it was nudged (invariant 4).
    pub(crate) fn fall_asleep(&self) -> bool {
        let mut posts = self.lock();
        posts.asleep = posts.wakers.is_empty() && !posts.nudged;
        posts.asleep
    }

    /// The loop is awake: nobody needs to notify it.
    pub(crate) fn wake_up(&self) {
        self.lock().asleep = false;
    }

    /// Takes everything out.
    fn take(&self) -> Vec<Arc<TaskWaker>> {
        let mut posts = self.lock();
        self.hint.store(false, Ordering::Relaxed);
        mem::take(&mut posts.wakers)
    }

    /// The loop is gone: lets go of the wakers, which hold this inbox.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        drop(self.take());
    }

    /// The lock.
    fn lock(&self) -> MutexGuard<'_, Posts> {
        self.posts
            .lock()
            .expect("nothing panics while the inbox is locked")
    }
}
