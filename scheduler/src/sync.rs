//! Synchronization that tells the dispatcher who waits for what.
//!
//! Used by scheduled threads these block the thread and give its CPU up. Each
//! operation is a checkpoint and a step of the trace.
//!
//! | to | use |
//! |---|---|
//! | use a value, one thread at a time | [`Mutex`]; read by many: [`RwLock`] |
//! | the same, without keeping the important waiting | [`Mutex::inheriting`] |
//! | wait for what another does under a mutex | [`Condvar`] |
//! | let so many do something at a time | [`Semaphore`] |
//! | go on together | [`Barrier`] |
//! | do something once | [`Once`]; make a value once: [`OnceLock`] |
//! | hand values over | [`channel()`], [`unbounded()`] |
//!
//! Outside a scheduler they work as long as nobody has to wait. A thread that
//! is not scheduled and would have to wait panics instead: nobody could tell
//! who waits for whom.
//!
//! Left out: a time limit for locks; std has none either.
//!
//! Book: chapters 3 and 16. Mirror: `runtime::sync`.

pub(crate) mod barrier;
mod channel;
mod condvar;
pub(crate) mod holders;
pub(crate) mod inheritance;
pub(crate) mod lock;
mod mutex;
pub(crate) mod on;
mod once_lock;
pub(crate) mod permits;
mod rwlock;
mod semaphore;
pub(crate) mod wait_queue;

pub use barrier::{Barrier, BarrierWaitResult};
pub use channel::{
    Receiver, RecvError, RecvTimeoutError, SendError, Sender, TryRecvError, TrySendError,
    UnboundedSender, channel, unbounded,
};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use once_lock::{Once, OnceLock};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::{AcquireError, AcquireTimeoutError, Permit, Semaphore, TryAcquireError};
