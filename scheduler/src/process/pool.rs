//! A pool of worker processes: jobs go in, results come out.
//!
//! ```text
//!  submit, map ──▶ queue ──▶ worker 1 ─┐
//!                    ▲   └──▶ worker 2 ─┴─▶ results, in whatever order
//!                    └── jobs of a worker that is over, which it had not begun
//! ```
//!
//! What callers and the pool's own thread, the *keeper*, share is the [`State`]
//! behind one lock. Whoever puts a job in also sends it, if a worker is free;
//! the keeper receives results, and sends the next job then.
//!
//! Invariants: (1) every job ends once: with a result or with an error, whatever
//! happens to workers; (2) a job is begun once, and once more for each retry
//! that was asked for; (3) a caller waits for the pool inside
//! [`blocking`](crate::blocking()), so a scheduled thread gives its CPU up; (4) when a
//! pool is dropped, its processes are gone before `drop` returns.
//!
//! Left out: priorities among jobs; workers on other machines.
//!
//! Book: chapter 22. Mirror: none: `runtime::blocking` has threads.

mod chunk;
mod desk;
mod handle;
mod keeper;
mod launch;
mod map;
mod settings;
mod state;

pub use handle::JobHandle;
pub use map::Map;
pub use settings::Builder;

pub(super) use settings::Settings;

use super::failure::PoolError;
use super::init;
use super::trace::Recorder;
use crate::place::Place;
use crate::preempt::clock;
use launch::Launcher;
use rustix::event::{EventfdFlags, eventfd};
use serde::Serialize;
use serde::de::DeserializeOwned;
use state::{Phase, State};
use std::any::type_name;
use std::marker::PhantomData;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{fmt, io, thread};

/// How many pools this process has made: the trace's `pool`.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Lets the pools of this process be numbered from `first` on: a worker's, whose
/// trace goes where its parent's does.
pub(super) fn number_from(first: u32) {
    NEXT.store(first, Ordering::Relaxed);
}

/// Worker processes that run one function, `fn(A) -> B`, again and again.
///
/// See the [module](crate::process) for an example. Dropping it ends its workers,
/// in the middle of a job if need be; [`finish`](Pool::finish) waits for the jobs.
pub struct Pool<A, B> {
    /// What callers and the keeper share.
    shared: Arc<Shared>,
    /// The keeper, until it was waited for.
    keeper: Option<thread::JoinHandle<()>>,
    /// What goes in and what comes out.
    types: PhantomData<fn(A) -> B>,
}

impl<A, B> fmt::Debug for Pool<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({} workers)", self.shared.settings.workers)
    }
}

/// What callers and the keeper share.
#[derive(Debug)]
pub(super) struct Shared {
    /// What was asked for.
    settings: Settings,
    /// Jobs, workers and results.
    state: Mutex<State>,
    /// Notified when a result came, when there is room, and at the end.
    news: Condvar,
    /// Wakes the keeper.
    bell: OwnedFd,
    /// Where steps are recorded.
    trace: Recorder,
}

impl Shared {
    /// The state, locked. A panic under the lock leaves nothing half done that
    /// matters: the keeper notices its own.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for news.
    fn wait<'state>(&self, mut state: MutexGuard<'state, State>) -> MutexGuard<'state, State> {
        state.waiters += 1;
        let mut state = self
            .news
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiters -= 1;
        state
    }

    /// Wakes the keeper, if it sleeps.
    fn ring(&self, state: &mut State) {
        if std::mem::take(&mut state.keeper_sleeps) {
            // It can fail only if 2^64 - 2 were not yet taken out.
            let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
        }
    }
}

impl<A, B> Pool<A, B>
where
    A: Serialize + DeserializeOwned,
    B: Serialize + DeserializeOwned,
{
    /// A pool of so many workers that run `work`, a function that
    /// [`init!`](super::init!) was given, with the usual settings.
    ///
    /// # Errors
    ///
    /// See [`Builder::start`].
    #[track_caller]
    pub fn new<F: Fn(A) -> B + 'static>(workers: u32, work: F) -> Result<Pool<A, B>, PoolError> {
        Pool::<A, B>::builder().workers(workers).start(work)
    }

    /// Makes a pool of the function whose name is `F`'s.
    fn start<F>(settings: Settings, at: Place) -> Result<Pool<A, B>, PoolError> {
        settings.check()?;
        let work = type_name::<F>();
        let (arguments, depth) = init::look_up(work)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let epoch = clock::now();
        let trace = Recorder::new(number, epoch);
        trace.started(settings.workers, work, at);
        let of = settings.workers;
        let refused = |error: io::Error| PoolError::Start {
            worker: 1,
            of,
            error,
        };
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK);
        let bell = bell.map_err(|error| refused(error.into()))?;
        let launcher = Launcher {
            work,
            arguments,
            depth,
            pool: number,
            epoch,
            limit: settings.message_limit,
            command: settings.command.clone(),
        };
        let shared = Arc::new(Shared {
            settings,
            state: Mutex::new(State::new(launcher)),
            news: Condvar::new(),
            bell,
            trace,
        });
        let own = Arc::clone(&shared);
        let spawn = || {
            let keeper = thread::Builder::new().name(format!("pool {number}"));
            keeper.spawn(move || keeper::keep(&own))
        };
        let keeper = crate::blocking(spawn).map_err(refused)?;
        let mut pool = Pool {
            shared,
            keeper: Some(keeper),
            types: PhantomData,
        };
        match pool.await_start() {
            None => Ok(pool),
            Some(error) => {
                pool.join_keeper();
                Err(error)
            }
        }
    }

    /// Waits until the first workers were started: why they were not, if so.
    fn await_start(&self) -> Option<PoolError> {
        crate::blocking(|| {
            let mut state = self.shared.lock();
            while state.phase == Phase::Starting {
                state = self.shared.wait(state);
            }
            state.refused.take()
        })
    }

    /// Hands one job in. The handle's [`join`](JobHandle::join) has its result.
    /// Waits while the queue is full ([`Builder::queue`]).
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a channel's end must be closed here when it has gone"
    )]
    pub fn submit(&self, given: A) -> JobHandle<B> {
        JobHandle::submit(&self.shared, &given, Place::caller())
    }

    /// Runs a job for each of `items`; the results come in the order of the items.
    ///
    /// Nothing happens before the first result is asked for. Then so many items are
    /// taken as keep all workers busy, and more as results are taken.
    #[track_caller]
    pub fn map<I: IntoIterator<Item = A>>(&self, items: I) -> Map<'_, A, B, I::IntoIter> {
        Map::new(self, items.into_iter(), true, Place::caller())
    }

    /// Runs a job for each of `items`; the results come as they are ready. With
    /// each comes the position of its item, from 0, if asked for:
    /// [`Map::with_positions`].
    #[track_caller]
    pub fn map_unordered<I: IntoIterator<Item = A>>(&self, items: I) -> Map<'_, A, B, I::IntoIter> {
        Map::new(self, items.into_iter(), false, Place::caller())
    }
}

impl<A, B> Pool<A, B> {
    /// How many workers the pool has, or would have if the system let it.
    pub fn workers(&self) -> u32 {
        self.shared.settings.workers
    }

    /// The process numbers of the workers that live, by the workers' numbers.
    pub fn processes(&self) -> Vec<(u32, u32)> {
        let state = self.shared.lock();
        let mut processes: Vec<_> = state.workers.iter().map(desk::Desk::identity).collect();
        processes.sort_unstable();
        processes
    }

    /// Waits until every job is over, and ends the workers.
    pub fn finish(mut self) {
        self.end(Phase::Finishing);
    }

    /// Takes no more jobs: its end begins when those that it has are over.
    pub(super) fn last_call(mut self) -> Pool<(), ()> {
        let mut state = self.shared.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Finishing;
        }
        self.shared.ring(&mut state);
        drop(state);
        Pool {
            shared: Arc::clone(&self.shared),
            keeper: self.keeper.take(),
            types: PhantomData,
        }
    }

    /// Begins the end, and waits for it.
    fn end(&mut self, how: Phase) {
        {
            let mut state = self.shared.lock();
            if matches!(state.phase, Phase::Open | Phase::Finishing) {
                state.phase = how;
            }
            self.shared.ring(&mut state);
        }
        self.join_keeper();
    }

    /// Waits for the keeper's end.
    fn join_keeper(&mut self) {
        if let Some(keeper) = self.keeper.take() {
            let _ = crate::blocking(|| keeper.join()); // it catches its panics
        }
    }
}

impl<A, B> Drop for Pool<A, B> {
    fn drop(&mut self) {
        if self.keeper.is_some() {
            self.end(Phase::Dropped); // (4)
        }
    }
}
