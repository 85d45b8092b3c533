//! The programs that are explored.

use super::{Locks, NewLock};
use scheduler::sync::atomic::{AtomicU32, Ordering, fence};
use scheduler::{Builder, JoinHandle, Shared, spawn};
use std::sync::Arc;

/// A thread alone locks and unlocks twice.
pub(super) fn alone(new: NewLock) -> Arc<dyn Locks> {
    let lock = new();
    for _ in 0..2 {
        lock.lock();
        lock.unlock();
    }
    lock
}

/// Main holds the lock for ever, and waits for another thread, which wants it.
pub(super) fn shut_out(new: NewLock) {
    let lock = new();
    lock.lock();
    let its = Arc::clone(&lock);
    let other = Builder::new().name("other").spawn(move || {
        its.lock();
        panic!("it is inside, though main holds the lock");
    });
    let _: Result<(), _> = other.join();
}

/// How a thread is inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It is counted in and out.
    Counted,
    /// It adds 1 to a plain variable.
    Plain,
    /// The same, behind a fence that acquires.
    Fenced,
}

/// A lock, and what it guards.
pub(super) struct Guarded {
    /// The lock.
    lock: Arc<dyn Locks>,
    /// How many are inside.
    inside: AtomicU32,
    /// How often somebody was.
    total: Shared<u32>,
}

impl Guarded {
    /// With a new lock.
    pub(super) fn new(new: NewLock) -> Arc<Guarded> {
        Arc::new(Guarded {
            lock: new(),
            inside: AtomicU32::named("inside", 0),
            total: Shared::new("total", 0),
        })
    }

    /// So many threads go in and out so often each.
    pub(super) fn run(self: &Arc<Guarded>, threads: u32, rounds: u32, way: Way) {
        let all = self.start(threads, rounds, way);
        if end(all) && way != Way::Counted {
            let total = self.total.load();
            assert!(total == threads * rounds, "an addition is lost");
        }
    }

    /// So many threads want to go in while main is inside.
    pub(super) fn run_behind_main(self: &Arc<Guarded>, threads: u32) {
        self.lock.lock();
        let all = self.start(threads, 1, Way::Counted);
        self.lock.unlock();
        end(all);
    }

    /// Starts so many threads, which go in and out so often each.
    fn start(self: &Arc<Guarded>, threads: u32, rounds: u32, way: Way) -> Vec<JoinHandle<()>> {
        let start = |_| {
            let guarded = Arc::clone(self);
            spawn(move || {
                for _ in 0..rounds {
                    guarded.once(way);
                }
            })
        };
        (0..threads).map(start).collect()
    }

    /// A thread goes in and out.
    fn once(&self, way: Way) {
        self.lock.lock();
        match way {
            Way::Counted => {
                let others = self.inside.fetch_add(1, Ordering::Relaxed);
                assert!(others == 0, "two threads are inside at once");
                self.inside.fetch_sub(1, Ordering::Relaxed);
            }
            Way::Plain => self.total.store(self.total.load() + 1),
            Way::Fenced => {
                fence(Ordering::Acquire);
                self.total.store(self.total.load() + 1);
            }
        }
        self.lock.unlock();
    }
}

/// Waits for the end of these threads; whether none of them panicked: what it said is the
/// failure then.
fn end(threads: Vec<JoinHandle<()>>) -> bool {
    threads.into_iter().all(|thread| thread.join().is_ok())
}
