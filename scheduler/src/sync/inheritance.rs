//! Priority inheritance: who waits for a mutex lends its priority to the holder.
//!
//! Without it a thread of middling priority, which wants nothing of anybody,
//! keeps an important one waiting for as long as it likes: it takes the CPU from
//! the unimportant holder of what the important one needs.
//!
//! Source: L. Sha, R. Rajkumar and J. P. Lehoczky, "Priority Inheritance
//! Protocols: An Approach to Real-Time Synchronization", IEEE Transactions on
//! Computers 39(9), 1990: the basic protocol. As rules:
//!
//! 1. A holder is scheduled by the highest of its own priority and those of all
//!    who wait for any mutex that it holds (*nested* loans).
//! 2. What is lent is lent on, where the holder waits in its turn (*chained*).
//! 3. Whoever gives a mutex up keeps what is lent to it for the others. (The
//!    paper says: the priority it had when it took the mutex. A thread that began
//!    to wait for an outer mutex meanwhile would lend in vain.)
//! 4. The mutex goes to the highest who waits; of equals to the first.
//! 5. A priority that is set is its own: the same rules hold from then on.
//!
//! Invariants: (1) all loans of the process change under one lock, which is
//! entered before the lock of any inheriting mutex; (2) while it is free, every
//! thread is scheduled by what rules 1 and 2 say; (3) nothing is allocated: who
//! holds what is a chain through the mutexes.
//!
//! Left out: other locks, and joins. Book: chapter 16.

use super::lock::Lock;
use crate::control::Control;
use crate::critical::{Critical, Section};
use crate::policy::ThreadId;
use crate::preempt::context::{Notice, NoticeKind};
use crate::preempt::inbox::Node;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A thread's priority, and what it is made of. Written in [`Loans`], read by
/// the dispatcher, which is told.
#[derive(Debug)]
pub(crate) struct Standing {
    /// Its own.
    own: AtomicI32,
    /// What it is scheduled by: never less than its own.
    effective: AtomicI32,
    /// Who set its own last: see [`number`].
    set_by: AtomicU32,
    /// Who lends what it is scheduled by.
    lent_by: AtomicU32,
    /// Its place among those that hold and wait; locked in [`Loans`] only.
    links: Mutex<Links>,
    /// The notice that something here changed; queued at most once.
    note: Arc<Node<Notice>>,
}

/// Where a thread stands in the chains of holders and waiters.
#[derive(Debug, Default)]
struct Links {
    /// The inheriting mutex that it took last and still holds; the others follow
    /// from there.
    held: Option<Arc<Lock>>,
    /// The one that it waited for last, and has not taken since.
    wanted: Option<Arc<Lock>>,
}

/// An inheriting mutex's part of the chains.
#[derive(Debug, Default)]
pub(super) struct Heir {
    /// Who holds the mutex, and so is lent to.
    pub(super) holder: Option<Arc<Control>>,
    /// Another mutex that it holds, which it took before.
    pub(super) next_held: Option<Arc<Lock>>,
}

/// A thread's number in an atomic, plus 1; 0 for none of the same scheduler.
fn number(thread: Option<&Control>, of: &Control) -> u32 {
    let thread = thread.filter(|thread| Arc::ptr_eq(&thread.run, &of.run));
    thread.map_or(0, |thread| thread.id.0 + 1)
}

impl Standing {
    /// Of thread `thread`, whose own priority is `priority`.
    pub(crate) fn new(thread: u64, priority: i32) -> Standing {
        Standing {
            own: AtomicI32::new(priority),
            effective: AtomicI32::new(priority),
            set_by: AtomicU32::new(0),
            lent_by: AtomicU32::new(0),
            links: Mutex::default(),
            note: Node::new(Notice {
                thread,
                kind: NoticeKind::Changed,
            }),
        }
    }

    /// The thread's own priority.
    pub(crate) fn own(&self) -> i32 {
        self.own.load(Ordering::Acquire)
    }

    /// What it is scheduled by.
    pub(crate) fn effective(&self) -> i32 {
        self.effective.load(Ordering::Acquire)
    }

    /// Who set its own priority last, where that is a thread of its scheduler.
    pub(crate) fn set_by(&self) -> Option<ThreadId> {
        let number = self.set_by.load(Ordering::Acquire);
        number.checked_sub(1).map(ThreadId)
    }

    /// Who lends what it is scheduled by, where that is a thread of its scheduler.
    pub(crate) fn lent_by(&self) -> Option<ThreadId> {
        let number = self.lent_by.load(Ordering::Acquire);
        number.checked_sub(1).map(ThreadId)
    }

    /// The links; to be asked in [`Loans`] only, so nobody waits for them.
    fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lock of all loans (1).
static LOANS: Critical<()> = Critical::new(());

/// All loans of the process, while this lives.
#[derive(Debug)]
pub(super) struct Loans {
    /// The lock.
    _section: Section<'static, ()>,
}

#[expect(
    clippy::unused_self,
    reason = "who has one may read and write every link: that is what it is for"
)]
impl Loans {
    /// Nobody else changes them until this is dropped.
    pub(super) fn enter() -> Loans {
        Loans {
            _section: LOANS.enter(),
        }
    }

    /// `thread` has just taken `lock`: those who still wait for it lend to it
    /// (rule 1). Says whether its priority changed.
    pub(super) fn took(&self, thread: &Arc<Control>, lock: &Arc<Lock>) -> bool {
        let next_held = {
            let mut links = thread.standing.links();
            links.wanted = None;
            links.held.replace(Arc::clone(lock))
        };
        lock.set_heir(Heir {
            holder: Some(Arc::clone(thread)),
            next_held,
        });
        self.settle(thread)
    }

    /// `thread` waits for `lock` from now on, and lends to the holder.
    pub(super) fn wants(&self, thread: &Control, lock: &Arc<Lock>) {
        thread.standing.links().wanted = Some(Arc::clone(lock));
        if let Some(holder) = lock.heir_holder() {
            self.settle(&holder);
        }
    }

    /// `thread` waits for `lock` no more, and did not take it.
    pub(super) fn left(&self, thread: &Control, lock: &Lock) {
        thread.standing.links().wanted = None;
        if let Some(holder) = lock.heir_holder() {
            self.settle(&holder);
        }
    }

    /// `lock` was given up: its holder keeps what is lent for others (rule 3).
    pub(super) fn gave_up(&self, lock: &Arc<Lock>) {
        let Heir { holder, next_held } = lock.set_heir(Heir::default());
        let Some(holder) = holder else {
            return; // not scheduled
        };
        let mut held = holder.standing.links().held.take();
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(held, lock)) {
            held = next_held;
        } else {
            // It was taken before others that are still held.
            let mut before = held.clone();
            while let Some(mutex) = before {
                let next = mutex.next_held();
                if next.as_ref().is_some_and(|next| Arc::ptr_eq(next, lock)) {
                    mutex.set_next_held(next_held);
                    break;
                }
                before = next;
            }
        }
        holder.standing.links().held = held;
        self.settle(&holder);
    }

    /// `thread`'s own priority is `priority` from now on; `by` has set it (rule 5).
    pub(super) fn set(&self, thread: &Arc<Control>, priority: i32, by: Option<&Control>) {
        let standing = &thread.standing;
        if standing.own.swap(priority, Ordering::AcqRel) == priority {
            return;
        }
        standing.set_by.store(number(by, thread), Ordering::Release);
        if !self.settle(thread) {
            thread.run.inbox.post(&standing.note);
        }
    }

    // ANCHOR: settle
    /// What `thread` is scheduled by changes, and so what it lends, and so on, as
    /// far as that makes a difference (2). Says whether it made one for `thread`.
    fn settle(&self, thread: &Arc<Control>) -> bool {
        let mut next = Some(Arc::clone(thread));
        let mut changed = false;
        while let Some(thread) = next {
            let standing = &thread.standing;
            let (priority, lent_by) = self.due_to(&thread);
            standing.lent_by.store(lent_by, Ordering::Release);
            if standing.effective.swap(priority, Ordering::AcqRel) == priority {
                break; // round a cycle, too: nothing rises for ever
            }
            changed = true;
            thread.run.inbox.post(&standing.note);
            let wanted = standing.links().wanted.clone();
            next = wanted.and_then(|lock| lock.heir_holder()); // rule 2
        }
        changed
    }
    // ANCHOR_END: settle

    /// By what `thread` is to be scheduled (rule 1), and the number of who lends
    /// that: 0 if it is its own.
    fn due_to(&self, thread: &Control) -> (i32, u32) {
        let mut highest = (thread.standing.own(), 0);
        let mut held = thread.standing.links().held.clone();
        while let Some(lock) = held {
            if let Some(waiter) = lock.highest_waiter()
                && waiter.standing.effective() > highest.0
            {
                highest = (waiter.standing.effective(), number(Some(&waiter), thread));
            }
            held = lock.next_held();
        }
        highest
    }
}

/// Makes `priority` the own one of `thread`; `by`, which calls this, did it.
pub(crate) fn set_priority(thread: &Arc<Control>, priority: i32, by: Option<&Control>) {
    Loans::enter().set(thread, priority, by);
}
