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
//! | read and write in one step | [`atomic`] |
//! | hand values over | [`channel()`], [`unbounded()`] |
//!
//! Outside a scheduler they work as long as nobody has to wait. A thread that
//! is not scheduled and would have to wait panics instead: nobody could tell
//! who waits for whom.
//!
//! # As std's, but for
//!
//! Names and behaviour are those of [`std::sync`], and of `std::thread` for what
//! the crate's root has, with these differences:
//!
//! | here | std | why |
//! |---|---|---|
//! | `lock`, `read`, `write`, `wait` return the guard, `try_` an `Option` | a `Result`, for poison | a panic reaches whoever joins the thread; lessons need no `unwrap` a line |
//! | `Mutex::unlock(guard)`, the same of both guards of a `RwLock` | `drop(guard)` | the trace then knows the line |
//! | readers and writers of a `RwLock` come in their order | no order is promised | neither side starves |
//! | a `Receiver` can be cloned and shared | one consumer | queues with several workers |
//! | `channel(n)` is bounded, `unbounded()` is not | `sync_channel(n)`, `channel()` | the bound is the usual case |
//! | `Condvar` and `park` never wake without a reason | they may | a trace would tell of a wake that nobody sent |
//! | nothing has a `const fn new`: not for a `static` | most have | each has a number in the run that meets it |
//! | a scoped thread has the `JoinHandle` that every thread has | `ScopedJoinHandle` | one type to learn |
//! | `spawn` of a [`Builder`](crate::Builder) returns the handle | an `io::Result` | it panics where the system has no thread left |
//! | [`Local::get`](crate::Local::get) clones | `Cell` or `RefCell` inside | its changes are traced |
//! | `Semaphore`, `Mutex::inheriting`, rendezvous by `channel(0)` | the last alone | textbooks have them |
//!
//! Left out: a time limit for locks, `LazyLock` and `Once::wait`; mapped guards.
//!
//! Book: chapters 3 and 16. Mirror: `runtime::sync`.

pub mod atomic;
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
    IntoIter, Iter, Receiver, RecvError, RecvTimeoutError, SendError, Sender, TryIter,
    TryRecvError, TrySendError, UnboundedSender, channel, unbounded,
};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use once_lock::{Once, OnceLock};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::{AcquireError, AcquireTimeoutError, Permit, Semaphore, TryAcquireError};
