//! Who holds a mutex, and who waits for it: a mutex without its value.
//!
//! [`OnceLock`](super::OnceLock) has one, too: who initializes it holds that.
//!
//! ```text
//!            (1) take                (3) release: wakes the first that waits
//!   FREE ───────────────► HELD ───────────────► FREE
//!                          │ ▲
//!               (2) queue  └─┘  the caller waits, and tries again when woken
//! ```
//!
//! Invariants: (1) at most one thread holds it; (2) who waits is woken in the
//! order of arrival, but a thread that comes at the right moment may be faster
//! (*barging*), as with std's: the woken one then waits again, before all
//! others; (3) a lock that is released wakes at most one; (4) the dispatcher
//! may look at it when no thread can move, without waiting; (5) one that
//! *inherits* wakes the highest instead of the first, and is changed while all
//! [`Loans`] are locked, so that priorities change with it.
//!
//! Book: chapter 16.

use super::holders::Holders;
use super::inheritance::{Heir, Loans};
use super::wait_queue::{self, WaitQueue};
use crate::control::{Control, On, current};
use crate::critical::Critical;
use crate::explore::{Access, Operation};
use crate::place::Place;
use crate::policy::ThreadId;
use crate::run::{Number, Run};
use crate::trace::{Kind, account_is_wanted, record};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The lock of a mutex.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Of a mutex, or of what happens once.
    kind: Kind,
    /// Whether its holder inherits the priorities of those who wait (5).
    inherits: bool,
    /// Which one.
    number: Number,
    /// The rest, changed in one piece.
    state: Critical<State>,
}

/// The state of a [`Lock`].
#[derive(Debug)]
struct State {
    /// Who holds it; None while it is free.
    holder: Option<Holder>,
    /// Who waits.
    waiting: WaitQueue,
    /// Its part of the chains of loans, if it inherits.
    heir: Heir,
}

/// Whether a thread that waits was woken before, and came too late.
#[derive(Clone, Copy, Debug)]
pub(super) struct Woken(bool);

/// Who holds a mutex.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    /// The thread; None if it is not scheduled.
    pub(crate) thread: Option<ThreadId>,
    /// The number of the run that schedules it: other runs have threads of the
    /// same numbers.
    run: Option<u32>,
    /// Where it locked.
    pub(crate) at: Place,
}

impl Holder {
    /// `thread`, which may be none of ours, took it at line `at`.
    pub(crate) fn new(thread: Option<&Control>, at: Place) -> Holder {
        Holder {
            thread: thread.map(|thread| thread.id),
            run: thread.map(|thread| thread.run.number),
            at,
        }
    }

    /// The same, by numbers.
    #[cfg(test)]
    pub(crate) fn of_run(run: u32, thread: ThreadId, at: Place) -> Holder {
        Holder {
            thread: Some(thread),
            run: Some(run),
            at,
        }
    }

    /// Whether it is the same thread as that of `other`, wherever that took it.
    pub(super) fn is_thread_of(&self, other: &Holder) -> bool {
        (self.run, self.thread) == (other.run, other.thread)
    }

    /// The thread, if it is one of this run.
    pub(crate) fn thread_in(&self, run: u32) -> Option<ThreadId> {
        self.thread.filter(|_| self.run == Some(run))
    }
}

impl Lock {
    /// The lock of a mutex or a once, that nobody holds.
    pub(super) fn new(kind: Kind) -> Arc<Lock> {
        Lock::with(kind, false)
    }

    /// The lock of a mutex whose holder inherits.
    pub(super) fn inheriting() -> Arc<Lock> {
        Lock::with(Kind::Mutex, true)
    }

    /// A lock that nobody holds.
    fn with(kind: Kind, inherits: bool) -> Arc<Lock> {
        let lock = Arc::new(Lock {
            kind,
            inherits,
            number: Number::default(),
            state: Critical::new(State {
                holder: None,
                waiting: WaitQueue::new(),
                heir: Heir::default(),
            }),
        });
        if let Some(thread) = current() {
            lock.number_in(&thread.run);
        }
        lock
    }

    /// Its number in the trace.
    pub(crate) fn number(&self) -> u32 {
        self.number.latest()
    }

    /// What is done to it.
    pub(super) fn op(&self, access: Access) -> Operation<'_> {
        Operation::on(self.kind, &self.number, access)
    }

    /// The same; as long as it is not possible the thread waits for the lock.
    pub(super) fn op_that_waits(self: &Arc<Self>, access: Access) -> Operation<'_> {
        let lock = Arc::clone(self);
        self.op(access).waits_for(match self.kind {
            Kind::Once => On::Once(lock),
            _ => On::Mutex(lock),
        })
    }

    /// Who holds it, unless somebody is changing that right now.
    pub(crate) fn holder(&self) -> Option<Holder> {
        self.state.peek(|state| state.holder).flatten()
    }

    /// Who holds it: one, or nobody; None if somebody is changing that right now.
    pub(crate) fn holders(&self) -> Option<Holders> {
        self.state.peek(|state| state.holder.into_iter().collect())
    }

    /// Its number in `run`, which is told of it when it first meets it.
    pub(super) fn number_in(self: &Arc<Lock>, run: &Run) -> u32 {
        let is_mutex = self.kind == Kind::Mutex;
        let (number, is_new) = self.number.get(run, |counts| {
            if is_mutex {
                &counts.mutexes
            } else {
                &counts.onces
            }
        });
        if is_new && is_mutex {
            run.locks.add(self);
        }
        number
    }

    /// Takes it for `thread`, and waits as long as another holds it: `on` says
    /// for what.
    ///
    /// # Panics
    ///
    /// If there is no thread, and it would have to wait.
    pub(super) fn wait(
        self: &Arc<Lock>,
        thread: Option<&Arc<Control>>,
        at: Place,
        on: impl Fn() -> On,
    ) {
        let mut woken = Woken(false);
        while !self.take(thread, at, Some(woken)) {
            let Some(thread) = thread else {
                let what = match self.kind {
                    Kind::Mutex => "a mutex is held",
                    _ => "another thread initializes it",
                };
                panic!(
                    "{what}, and only a thread that a scheduler runs, outside `blocking`, \
                     can wait for it"
                );
            };
            thread.park(on(), at, || self.leave(thread));
            woken = Woken(true);
        }
    }

    /// Takes it for `thread` if it is free. Else, if the thread `waits`, queues
    /// it: before the others if it waited already, and was woken. Says whether
    /// the lock was taken.
    pub(super) fn take(
        self: &Arc<Lock>,
        thread: Option<&Arc<Control>>,
        at: Place,
        waits: Option<Woken>,
    ) -> bool {
        let thread = thread.map(|thread| (thread, self.number_in(&thread.run)));
        let loans = self.inherits.then(Loans::enter); // (5)
        let mut state = self.state.enter();
        if state.holder.is_none() {
            state.holder = Some(Holder::new(thread.map(|(thread, _)| &**thread), at)); // (1)
            if let (Some((thread, _)), Some(Woken(true))) = (thread, waits) {
                state.waiting.withdraw(thread); // if it was not taken out
            }
            if let Some((thread, number)) = thread
                && self.kind == Kind::Mutex
            {
                record!(thread.run, "locked", at Some(at), [number, thread.id]);
            }
            drop(state);
            if let (Some(loans), Some((thread, _))) = (loans, thread)
                && loans.took(thread, self)
            {
                drop(loans);
                thread.let_it_be_seen(Some(at));
            }
            return true;
        }
        if let (Some((thread, number)), Some(Woken(was_woken))) = (thread, waits) {
            if !was_woken && self.kind == Kind::Mutex {
                record!(thread.run, "contended", at Some(at), [number, thread.id]);
            }
            state.waiting.add(thread, was_woken); // (2), invariant (2)
            drop(state);
            if let Some(loans) = loans {
                loans.wants(thread, self);
            }
        }
        false
    }

    /// `thread` waits no more, since its run is doomed.
    fn leave(&self, thread: &Arc<Control>) {
        let loans = self.inherits.then(Loans::enter);
        let next = self.state.enter().waiting.leave(thread);
        if let Some(loans) = loans {
            loans.left(thread, self);
        }
        wait_queue::wake(next, || self.state.enter().waiting.pop(), None, None);
    }

    /// Gives it up, and wakes the first that waits.
    pub(super) fn release(self: &Arc<Lock>, at: Option<Place>) {
        let thread = current();
        if let Some(thread) = &thread {
            thread.note(self.op(Access::Unlock), at);
        }
        let number = thread.as_ref().map(|thread| self.number_in(&thread.run));
        let loans = self.inherits.then(Loans::enter);
        let next = {
            let mut state = self.state.enter();
            state.holder = None; // (3)
            if let (Some(thread), Some(number)) = (&thread, number)
                && self.kind == Kind::Mutex
            {
                record!(thread.run, "unlocked", at at, [number, thread.id]);
            }
            if self.inherits {
                state.waiting.pop_highest()
            } else {
                state.waiting.pop()
            }
        };
        let thread = thread.as_deref();
        let Some(loans) = loans else {
            // Only now that the lock is released.
            let pop = || self.state.enter().waiting.pop();
            wait_queue::wake(next, pop, thread, at);
            return;
        };
        // careful: the wake comes first. Else the dispatcher could take the CPU
        // from the thread, which is unimportant again, for one of middling
        // priority, while the important one was not yet known to be runnable.
        if let Some(next) = &next {
            next.post_wake(thread);
        }
        loans.gave_up(self);
        drop(loans);
        if let (Some(_), Some(thread)) = (next, thread) {
            thread.let_it_be_seen(at);
        }
    }
}

/// What [`Loans`] ask of an inheriting lock.
impl Lock {
    /// Who holds it, if that is a scheduled thread.
    pub(super) fn heir_holder(&self) -> Option<Arc<Control>> {
        self.state.enter().heir.holder.clone()
    }

    /// The inheriting mutex that its holder took before, and still holds.
    pub(super) fn next_held(&self) -> Option<Arc<Lock>> {
        self.state.enter().heir.next_held.clone()
    }

    /// Another one stands in that place.
    pub(super) fn set_next_held(&self, next: Option<Arc<Lock>>) {
        self.state.enter().heir.next_held = next;
    }

    /// Its part of the chains is another one; the one until now.
    pub(super) fn set_heir(&self, heir: Heir) -> Heir {
        std::mem::replace(&mut self.state.enter().heir, heir)
    }

    /// Who of those that wait has the highest priority.
    pub(super) fn highest_waiter(&self) -> Option<Arc<Control>> {
        self.state.enter().waiting.highest()
    }
}

/// The mutexes of a run, if the dispatcher's account is wanted.
#[derive(Debug)]
pub(crate) struct Locks {
    /// Those that the run has met; None if nobody wants the account.
    met: Option<Mutex<Vec<Weak<Lock>>>>,
}

impl Locks {
    /// None yet.
    pub(crate) fn new() -> Locks {
        let wanted = account_is_wanted();
        Locks {
            met: wanted.then(Mutex::default),
        }
    }

    /// The run has met `lock`.
    fn add(&self, lock: &Arc<Lock>) {
        if let Some(met) = &self.met {
            let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
            met.push(Arc::downgrade(lock));
        }
    }

    /// Which mutex is held by which thread, in the order of the mutexes. Never
    /// waits: where a thread is adding one right now, there is no answer.
    pub(crate) fn owners(&self) -> Vec<(u32, ThreadId)> {
        let met = self.met.as_ref().and_then(|met| met.try_lock().ok());
        let locks = met
            .iter()
            .flat_map(|met| met.iter().filter_map(Weak::upgrade));
        let held = locks.filter_map(|lock| Some((lock.number(), lock.holder()?.thread?)));
        let mut owners: Vec<_> = held.collect();
        owners.sort_unstable();
        owners
    }
}
