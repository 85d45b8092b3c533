//! Scoped threads: they may borrow from whoever spawns them, who does not go on
//! before all of them are over.
//!
//! std's scope is underneath and answers for the borrows: no unsafe code is
//! needed. It waits for OS threads, though, without giving a CPU up, so the end
//! of the scope waits for every thread in the scheduler's way first.
//!
//! Invariants: (1) when [`scope`] returns or panics, every thread of it is over,
//! so std's own wait never takes long; that holds in a run that cannot go on,
//! too, where the wait is like that of a destructor; (2) a thread is known to its
//! scope before its OS thread starts.
//!
//! It differs from std's in two points: a thread that spawns others in its scope
//! takes a clone of the [`Scope`] along, and handles are ordinary
//! [`JoinHandle`]s.
//!
//! Mirror: `runtime::JoinSet`.

use crate::builder::Builder;
use crate::control::{Control, On, Request, current};
use crate::critical::Critical;
use crate::explore::{Access, Operation};
use crate::join_handle::{JoinHandle, Packet};
use crate::place::Place;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;

/// Calls `body` with a scope in which it can spawn threads that borrow, and
/// returns what it returned, once all of them are over.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, policy::RoundRobin, scope};
/// # use std::time::Duration;
/// # let policy = RoundRobin::new(Duration::from_millis(1));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let numbers = [1, 2, 3, 4];
/// let (first, second) = numbers.split_at(2);
/// let total = scope(|scope| {
///     let half = scope.spawn(|| first.iter().sum::<i32>()); // borrows
///     second.iter().sum::<i32>() + half.join().unwrap()
/// });
/// assert_eq!(total, 10);
/// # }).unwrap();
/// ```
///
/// # Panics
///
/// Outside a scheduler. If `body` panics, once the threads are over. If a thread
/// panics whose result nobody has taken.
#[track_caller]
pub fn scope<'env, T>(body: impl for<'scope> FnOnce(&Scope<'scope, 'env>) -> T) -> T {
    let at = Place::caller();
    let owner = current().expect(
        "`scope` starts threads of the scheduler that runs the caller: \
         call it inside `Scheduler::run`, outside `blocking`",
    );
    owner.checkpoint(Operation::local(Access::Local), at);
    let (result, panics) = thread::scope(|threads| {
        let scope = Scope {
            threads,
            started: Arc::default(),
        };
        let result = catch_unwind(AssertUnwindSafe(|| {
            let result = body(&scope);
            owner.checkpoint(Operation::local(Access::Local), at);
            result
        }));
        (result, scope.started.wait(&owner, at)) // (1)
    });
    owner.unwind_if_doomed();
    match result {
        Err(payload) => resume_unwind(payload),
        Ok(_) if panics > 0 => panic!("a scoped thread panicked"),
        Ok(value) => value,
    }
}

/// A scope to spawn threads in: see [`scope`].
pub struct Scope<'scope, 'env> {
    /// std's scope.
    threads: &'scope thread::Scope<'scope, 'env>,
    /// What was spawned.
    started: Arc<Started<'scope>>,
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread that runs `body`. Short for
    /// `Builder::new().spawn_scoped(scope, body)`.
    ///
    /// # Panics
    ///
    /// As [`Builder::spawn`].
    #[track_caller]
    pub fn spawn<T, F>(&self, body: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        Builder::new().spawn_scoped(self, body)
    }

    /// A thread is about to start (2).
    pub(crate) fn add<T: Send + 'scope>(&self, control: &Arc<Control>, packet: &Arc<Packet<T>>) {
        let entry = Box::new(Entry {
            control: Arc::clone(control),
            packet: Arc::clone(packet) as Arc<dyn Outcome + 'scope>,
            before: None,
        });
        self.started.add(entry);
    }
}

impl<'scope, 'env> Scope<'scope, 'env> {
    /// std's scope.
    pub(crate) fn threads(&self) -> &'scope thread::Scope<'scope, 'env> {
        self.threads
    }
}

impl Clone for Scope<'_, '_> {
    fn clone(&self) -> Self {
        Scope {
            threads: self.threads,
            started: Arc::clone(&self.started),
        }
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

/// The result of a thread, whatever its type.
trait Outcome: Send + Sync {
    /// Whether it panicked, and nobody has taken the panic.
    fn is_untold_panic(&self) -> bool;
}

impl<T: Send> Outcome for Packet<T> {
    fn is_untold_panic(&self) -> bool {
        self.has_panic()
    }
}

/// One thread of a scope.
struct Entry<'scope> {
    /// The thread.
    control: Arc<Control>,
    /// Its result.
    packet: Arc<dyn Outcome + 'scope>,
    /// The one that was spawned before it.
    before: Option<Box<Entry<'scope>>>,
}

/// The threads of a scope that were spawned and not waited for: a chain, since
/// nothing may be allocated where it is changed.
#[derive(Default)]
struct Started<'scope>(Critical<Option<Box<Entry<'scope>>>>);

impl<'scope> Started<'scope> {
    /// One more thread.
    fn add(&self, mut entry: Box<Entry<'scope>>) {
        let mut latest = self.0.enter();
        entry.before = latest.take();
        *latest = Some(entry);
    }

    /// Waits, on the thread of `owner`, until all are over, those too that they
    /// spawn meanwhile. Says how many panicked without anybody being told.
    fn wait(&self, owner: &Control, at: Place) -> usize {
        let mut panics = 0;
        loop {
            let mut latest = self.0.enter().take();
            let mut entries = Vec::new();
            while let Some(mut entry) = latest {
                latest = entry.before.take();
                entries.push(entry);
            }
            if entries.is_empty() {
                return panics;
            }
            for entry in entries.into_iter().rev() {
                while !entry.control.is_over() {
                    // Not unwound: their borrows must end first.
                    let on = On::Thread(entry.control.id);
                    owner.ask(Request::Wait(on, None), Some(at));
                    owner.abort_if_left_behind();
                }
                panics += usize::from(entry.packet.is_untold_panic());
            }
        }
    }
}
