//! A condition variable: a thread that holds a mutex waits for what another
//! thread, which must take that mutex for it, will have done.
//!
//! ```text
//!   holds the mutex ──(1) wait: queued, then unlocks──► waits
//!          ▲                                              │
//!          └──(3) locks again, as one among others ◄──────┘ (2) notify
//! ```
//!
//! Invariants: (1) a thread is queued before it unlocks the mutex: whatever is
//! notified from then on is not missed; (2) who has waited longest is notified
//! first; [`Condvar::notify_all`] notifies those who wait at that moment, in
//! their order, and nobody who comes later; (3) a notification for which nobody
//! waits is forgotten; (4) a wait ends by a notification, or because its time is
//! over, and for no other reason, in every mode; (5) a thread that was notified
//! and whose time is over, both before it runs, was notified.
//!
//! careful: (4) does not make a loop superfluous. A notified thread takes the
//! mutex as one among others, and one that was faster may have undone what it
//! waited for: use [`Condvar::wait_while`].
//!
//! Book: chapter 16. Mirror: `runtime::sync::Notify`.

use super::mutex::MutexGuard;
use super::wait_queue::{WaitQueue, is_queued};
use crate::clock::now;
use crate::control::{Control, On, current};
use crate::critical::Critical;
use crate::explore::{Access, Operation};
use crate::place::Place;
use crate::run::{Number, Run};
use crate::trace::{Kind, record};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A condition for which threads wait: see the module.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn};
/// # use scheduler::sync::{Condvar, Mutex};
/// # use std::{sync::Arc, time::Duration};
/// # let policy = RoundRobin::new(Duration::from_millis(1));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let shared = Arc::new((Mutex::new(false), Condvar::new()));
/// let other = shared.clone();
/// let child = spawn(move || {
///     *other.0.lock() = true;
///     other.1.notify_one();
/// });
/// let (is_ready, changed) = &*shared;
/// let guard = changed.wait_while(is_ready.lock(), |is_ready| !*is_ready);
/// assert!(*guard);
/// # drop(guard);
/// # child.join().unwrap();
/// # }).unwrap();
/// ```
pub struct Condvar {
    /// Which one.
    number: Number,
    /// Who waits.
    state: Critical<State>,
}

/// The state of a condition variable.
#[derive(Debug)]
struct State {
    /// How often all were notified; it may begin anew at 0.
    round: usize,
    /// Who waits, each with the round in which it came: the present one.
    waiting: WaitQueue,
    /// Who was notified with all others, and is about to be woken; each with an
    /// earlier round.
    notified: WaitQueue,
}

impl Condvar {
    /// A condition for which nobody waits.
    pub fn new() -> Condvar {
        let condvar = Condvar {
            number: Number::default(),
            state: Critical::new(State {
                round: 0,
                waiting: WaitQueue::new(),
                notified: WaitQueue::new(),
            }),
        };
        if let Some(thread) = current() {
            condvar.number_in(&thread.run);
        }
        condvar
    }

    /// Its number in `run`.
    fn number_in(&self, run: &Run) -> u32 {
        self.number.get(run, |counts| &counts.condvars).0
    }

    /// What is done to it.
    fn op(&self, access: Access) -> Operation<'_> {
        Operation::on(Kind::Condvar, &self.number, access)
    }

    /// Unlocks the guard's mutex, waits until the condition is notified, and
    /// locks the mutex again.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled: it would have to wait.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.wait_at(guard, None, Place::caller()).0
    }

    /// [Waits](Condvar::wait) again and again, as long as the value under the
    /// mutex makes `condition` true; not at all if it does not.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'a, T> {
        let at = Place::caller();
        while condition(&mut *guard) {
            guard = self.wait_at(guard, None, at).0;
        }
        guard
    }

    /// [Waits](Condvar::wait) for at most so long, on the scheduler's clock; then
    /// locks the mutex again, which can take longer.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled: it would have to wait.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
    ) -> (MutexGuard<'a, T>, WaitTimeoutResult) {
        let (guard, timed_out) = self.wait_at(guard, Some(limit), Place::caller());
        (guard, WaitTimeoutResult { timed_out })
    }

    /// [Waits](Condvar::wait_while) as long as the value makes `condition` true,
    /// but for at most so long in all. It timed out if `condition` is true in the
    /// end.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn wait_timeout_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        limit: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> (MutexGuard<'a, T>, WaitTimeoutResult) {
        let at = Place::caller();
        let mut end = None;
        loop {
            let timed_out = condition(&mut *guard);
            if !timed_out {
                return (guard, WaitTimeoutResult { timed_out });
            }
            let end = *end.get_or_insert_with(|| now().saturating_add(limit));
            let left = end.saturating_sub(now());
            if left.is_zero() {
                return (guard, WaitTimeoutResult { timed_out });
            }
            guard = self.wait_at(guard, Some(left), at).0;
        }
    }

    /// See [`Condvar::wait`] and [`Condvar::wait_timeout`]; also says whether the
    /// time was over.
    fn wait_at<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Option<Duration>,
        at: Place,
    ) -> (MutexGuard<'a, T>, bool) {
        let Some(thread) = current() else {
            panic!(
                "only a thread that a scheduler runs, outside `blocking`, can wait for a \
                 condition"
            );
        };
        thread.checkpoint(self.op(Access::Await), at);
        let mutex = guard.mutex();
        let number = self.number_in(&thread.run);
        let until = limit.and_then(|limit| thread.until(limit));
        if let Some(conductor) = &thread.run.conductor {
            // Which of those who wait is notified is the search's choice: it has them.
            super::Mutex::unlock_at(guard, at);
            let timed_out = conductor.take_notification(&thread, &self.number, until, at);
            thread.unwind_if_doomed();
            return (mutex.lock_again(&thread, at), timed_out);
        }
        self.state.enter().queue(&thread); // (1)
        super::Mutex::unlock_at(guard, at);
        let timed_out = loop {
            thread.park_until(until, On::Condvar(number), at, || self.leave(&thread));
            let mut state = self.state.enter();
            if thread.claim.take_grant() {
                break false; // (4), (5)
            }
            if thread.is_late(until) {
                break state.withdraw(&thread);
            }
            if !is_queued(&thread) {
                // In a destructor while the run is unwound: it waits in earnest.
                state.queue(&thread);
            }
        };
        (mutex.lock_again(&thread, at), timed_out)
    }

    /// Notifies the thread that has waited longest, if one waits.
    #[track_caller]
    pub fn notify_one(&self) {
        let at = Place::caller();
        let thread = self.begin_to_notify(Access::Notify, at);
        let woken = {
            let mut state = self.state.enter();
            let woken = state.waiting.grant(|_| true); // (2)
            self.tell(thread.as_ref(), usize::from(woken.is_some()), at);
            woken
        };
        if let Some(woken) = woken {
            woken.unpark(thread.as_deref(), Some(at)); // the section is left
        }
    }

    /// Notifies every thread that waits now.
    #[track_caller]
    pub fn notify_all(&self) {
        let at = Place::caller();
        let thread = self.begin_to_notify(Access::NotifyAll, at);
        {
            let mut state = self.state.enter();
            let State {
                round,
                waiting,
                notified,
            } = &mut *state;
            self.tell(thread.as_ref(), waiting.len(), at);
            // Who comes from now on waits for another notification (2).
            *round = round.wrapping_add(1);
            notified.append(waiting);
        }
        loop {
            let woken = self.state.enter().notified.grant(|_| true);
            match woken {
                Some(woken) => woken.unpark(thread.as_deref(), Some(at)),
                None => return,
            }
        }
    }

    /// The checkpoint before a notification at `at`; whoever notifies.
    fn begin_to_notify(&self, access: Access, at: Place) -> Option<Arc<Control>> {
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(self.op(access), at);
            self.number_in(&thread.run);
        }
        thread
    }

    /// Records that `thread` notifies `woke` threads.
    fn tell(&self, thread: Option<&Arc<Control>>, woke: usize, at: Place) {
        if let Some(thread) = thread {
            let number = self.number_in(&thread.run);
            record!(thread.run, "notified", at Some(at), [number, woke, thread.id]);
        }
    }

    /// `thread` waits no more, since its run is doomed. A notification that it
    /// got alone goes to the next.
    fn leave(&self, thread: &Arc<Control>) {
        let next = {
            let mut state = self.state.enter();
            let was_notified = thread.claim.take_grant();
            let of_this_round = thread.claim.wanted() == state.round;
            if !was_notified {
                state.withdraw(thread);
            }
            if was_notified && of_this_round {
                state.waiting.grant(|_| true)
            } else {
                None
            }
        };
        if let Some(next) = next {
            next.unpark(None, None);
        }
    }
}

impl State {
    /// `thread` waits from now on.
    fn queue(&mut self, thread: &Arc<Control>) {
        let round = self.round;
        self.waiting.claim(thread, round, false);
    }

    /// `thread` waits no more, and was not woken. Says whether it was not even
    /// notified, with all others, and about to be (5).
    fn withdraw(&mut self, thread: &Arc<Control>) -> bool {
        let of_this_round = thread.claim.wanted() == self.round;
        if of_this_round {
            self.waiting.withdraw(thread);
        } else {
            self.notified.withdraw(thread);
        }
        of_this_round
    }
}

/// Whether a wait with a limit ended because its time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult {
    /// It did.
    timed_out: bool,
}

impl WaitTimeoutResult {
    /// Whether the time was over.
    pub fn timed_out(&self) -> bool {
        self.timed_out
    }
}

impl Default for Condvar {
    fn default() -> Condvar {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar")
            .field("number", &self.number.latest())
            .finish_non_exhaustive()
    }
}
