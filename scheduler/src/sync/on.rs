//! What a thread waits for, as the dispatcher is told.
//!
//! Invariants: (1) where somebody is known who could end the wait, the object
//! itself is here, and can be asked who: a [`Deadlock`](crate::Deadlock) is told
//! from it; (2) the trace's name of it is the object's number in the run that
//! met it last.
//!
//! Mirror: the waker in `runtime::task`.

use super::barrier::Gathering;
use super::lock::Lock;
use super::permits::Permits;
use crate::policy::ThreadId;
use crate::trace::{Kind, Object};
use std::sync::Arc;

/// What a thread waits for.
#[derive(Clone, Debug)]
pub(crate) enum On {
    /// A mutex that another holds.
    Mutex(Arc<Lock>),
    /// Permits of a read-write lock or a semaphore.
    Permits(Arc<Permits>),
    /// Others at a barrier.
    Barrier(Arc<Gathering>),
    /// To be notified.
    Condvar(u32),
    /// A call that happens once, while another thread is in it.
    Once(Arc<Lock>),
    /// A channel that is full, or empty.
    Channel(u32),
    /// The end of a thread.
    Thread(ThreadId),
    /// To be unparked, by whoever will.
    Unpark,
}

impl On {
    /// The trace's name of it.
    pub(crate) fn object(&self) -> Object {
        let (kind, number) = match self {
            On::Mutex(lock) => (Kind::Mutex, lock.number()),
            On::Permits(permits) => (permits.kind(), permits.number()),
            On::Barrier(gathering) => (Kind::Barrier, gathering.number()),
            On::Condvar(number) => (Kind::Condvar, *number),
            On::Once(lock) => (Kind::Once, lock.number()),
            On::Channel(number) => (Kind::Channel, *number),
            On::Thread(id) => (Kind::Thread, id.0),
            On::Unpark => (Kind::Unpark, 0),
        };
        Object { kind, number }
    }
}
