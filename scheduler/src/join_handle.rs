//! The handle of a thread: waits for its end, and takes its result.
//!
//! Invariants: (1) a thread's result is there before its end is told; (2) it is
//! taken once. Dropping the handle detaches the thread: it goes on, and
//! `Scheduler::run` waits for it all the same.
//!
//! Book: chapter 2. Mirror: `runtime::JoinHandle`.

use crate::control::{Control, On, current};
use crate::explore::{Access, Operation, Target};
use crate::park::Thread;
use crate::place::Place;
use crate::policy::ThreadId;
use crate::trace::{Kind, Object, record};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The handle of a spawned thread: see the module.
pub struct JoinHandle<T> {
    /// The thread.
    control: Arc<Control>,
    /// Where its result is, once it is over.
    packet: Arc<Packet<T>>,
}

/// Where a thread leaves its result.
pub(crate) struct Packet<T> {
    /// The result. Locked by the thread at its end, and by the handle after it.
    result: Mutex<Option<thread::Result<T>>>,
}

impl<T> Packet<T> {
    /// Nothing yet.
    pub(crate) fn new() -> Packet<T> {
        Packet {
            result: Mutex::new(None),
        }
    }

    /// Leaves the result.
    pub(crate) fn put(&self, result: thread::Result<T>) {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    /// Whether a panic is there, which nobody has taken.
    pub(crate) fn has_panic(&self) -> bool {
        let result = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*result, Some(Err(_)))
    }

    /// Takes the result.
    fn take(&self) -> Option<thread::Result<T>> {
        self.result
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl<T> JoinHandle<T> {
    /// The handle of `control`, whose result will be in `packet`.
    pub(crate) fn new(control: Arc<Control>, packet: Arc<Packet<T>>) -> JoinHandle<T> {
        JoinHandle { control, packet }
    }

    /// The thread's number.
    pub fn id(&self) -> ThreadId {
        self.control.id
    }

    /// The thread's name.
    pub fn name(&self) -> &str {
        &self.control.name
    }

    /// The thread, to unpark it.
    pub fn thread(&self) -> Thread {
        Thread::new(Arc::clone(&self.control))
    }

    /// Whether the thread is over.
    pub fn is_finished(&self) -> bool {
        self.control.is_over()
    }

    /// Waits until the thread is over, and returns its result.
    ///
    /// # Errors
    ///
    /// If it panicked: what it panicked with.
    ///
    /// # Panics
    ///
    /// If the thread is not over and the caller belongs to another scheduler,
    /// or to none.
    #[track_caller]
    pub fn join(self) -> thread::Result<T> {
        let at = Place::caller();
        let JoinHandle { control, packet } = self;
        let thread = current();
        let thread = thread.filter(|thread| Arc::ptr_eq(&thread.run, &control.run));
        if let Some(thread) = &thread {
            let op = Operation::new(Access::Join, Target::End(control.id));
            thread.checkpoint(op.waits_for(On::Thread(control.id)), at);
            while !control.is_over() {
                thread.park(On::Thread(control.id), at, || ());
            }
            let by = Object {
                kind: Kind::Thread,
                number: thread.id.0,
            };
            record!(thread.run, "joined", at Some(at), [control.id, by]);
        }
        assert!(
            control.is_over(),
            "only a thread of the same scheduler can wait for thread {} '{}'",
            control.id,
            control.name,
        );
        packet
            .take()
            .expect("a thread's result is there at its end, and is taken once")
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle")
            .field("thread", &self.control.id)
            .field("name", &self.control.name)
            .field("finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}
