//! What happens once, however many threads want it: [`OnceLock`], a value that
//! the first who wants it makes, and [`Once`], a call.
//!
//! Invariants: (1) at most one thread at a time makes the value, and all who
//! come meanwhile wait; (2) a thread that panics while it does has not done it:
//! the next who wants it tries again; (3) once there, the value never changes,
//! and to get it costs a checkpoint and no wait.
//!
//! (2) is std's rule for its `OnceLock`; std's `Once` is poisoned instead, which
//! nothing here is.
//!
//! careful: whoever asks for the value while it makes it waits for itself.
//!
//! Left out: `LazyLock`.
//!
//! Book: chapter 16. Mirror: none; a task needs no more than a `OnceCell`.

use super::lock::Lock;
use crate::control::{Control, On, current};
use crate::explore::Access;
use crate::place::Place;
use crate::trace::{Kind, record};
use std::fmt;
use std::sync::Arc;

/// A value that is made once, by the first thread that wants it.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, policy::RoundRobin, sleep, spawn};
/// # use scheduler::sync::OnceLock;
/// # use std::{sync::Arc, time::Duration};
/// # let policy = RoundRobin::new(Duration::from_millis(1));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let table = Arc::new(OnceLock::new());
/// let threads = [1, 2, 3].map(|number| {
///     let table = table.clone();
///     spawn(move || {
///         *table.get_or_init(|| {
///             sleep(Duration::from_millis(9)); // the others wait for it
///             number
///         })
///     })
/// });
/// assert_eq!(threads.map(|thread| thread.join().unwrap()), [1, 1, 1]);
/// # }).unwrap();
/// ```
pub struct OnceLock<T> {
    /// Held by the thread that makes the value.
    lock: Arc<Lock>,
    /// The value; set by the holder alone, so nobody waits for it.
    value: std::sync::OnceLock<T>,
}

/// Gives the lock up when it is dropped, by a panic too (2).
struct Making<'a>(&'a Arc<Lock>);

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.0.release(None);
    }
}

impl<T> OnceLock<T> {
    /// No value yet.
    pub fn new() -> OnceLock<T> {
        OnceLock {
            lock: Lock::new(Kind::Once),
            value: std::sync::OnceLock::new(),
        }
    }

    /// The value, if it is there.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        self.step(Access::Arrive, Place::caller());
        self.value.get()
    }

    /// The value, made by `make` if it is not there; waits while another thread
    /// makes it.
    ///
    /// # Panics
    ///
    /// If `make` panics; if the calling thread is not scheduled and would have
    /// to wait.
    #[track_caller]
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        let at = Place::caller();
        let thread = self.step(Access::Enter, at);
        loop {
            if let Some(value) = self.value.get() {
                return value; // (3)
            }
            let lock = &self.lock;
            if let Some(thread) = &thread {
                thread.note(lock.op_that_waits(Access::Lock), Some(at));
            }
            lock.wait(thread.as_ref(), at, || On::Once(Arc::clone(lock)));
            let making = Making(lock); // (1)
            if self.value.get().is_none() {
                self.put(thread.as_ref(), make(), at);
                drop(making);
                break;
            }
        }
        self.value.get().expect("it was put there")
    }

    /// Makes `value` the value; waits while another thread makes one.
    ///
    /// # Errors
    ///
    /// If there is a value already: `value` comes back.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let at = Place::caller();
        let thread = self.step(Access::Lock, at);
        let lock = &self.lock;
        lock.wait(thread.as_ref(), at, || On::Once(Arc::clone(lock)));
        let _making = Making(lock);
        if self.value.get().is_some() {
            return Err(value);
        }
        self.put(thread.as_ref(), value, at);
        Ok(())
    }

    /// The value, to be changed: nobody else can know it.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Takes the value out: there is none then, and one can be made again.
    pub fn take(&mut self) -> Option<T> {
        self.value.take()
    }

    /// The value.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// The checkpoint of an operation at `at`; the calling thread.
    fn step(&self, access: Access, at: Place) -> Option<Arc<Control>> {
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(self.lock.op_that_waits(access), at);
        }
        thread
    }

    /// Puts the value there, for `thread`, which holds the lock.
    fn put(&self, thread: Option<&Arc<Control>>, value: T, at: Place) {
        let put = self.value.set(value);
        assert!(put.is_ok(), "only the holder puts it there");
        if let Some(thread) = thread {
            let number = self.lock.number_in(&thread.run);
            record!(thread.run, "initialized", at Some(at), [number, thread.id]);
        }
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}

/// With this value.
impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> OnceLock<T> {
        OnceLock {
            lock: Lock::new(Kind::Once),
            value: std::sync::OnceLock::from(value),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceLock")
            .field("number", &self.lock.number())
            .field("value", &self.value.get())
            .finish()
    }
}

/// A call that happens once.
#[derive(Debug, Default)]
pub struct Once {
    /// There when the call is over.
    done: OnceLock<()>,
}

impl Once {
    /// It has not happened.
    pub fn new() -> Once {
        Once::default()
    }

    /// Calls `call`, unless that has happened; waits while another thread is in
    /// such a call. When this returns it has happened.
    ///
    /// # Panics
    ///
    /// If `call` panics; if the calling thread is not scheduled and would have
    /// to wait.
    #[track_caller]
    pub fn call_once(&self, call: impl FnOnce()) {
        self.done.get_or_init(call);
    }

    /// Whether it has happened.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        self.done.get().is_some()
    }
}
