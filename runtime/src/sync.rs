//! How tasks of one loop talk to each other, and wait for each other.
//!
//! None of this is for several OS threads: nothing here is `Send`, and nothing
//! takes a lock. A task runs alone from one `.await` to the next, so a value
//! needs protection only across an `.await`.
//!
//! | to | use |
//! |---|---|
//! | hand values over, and hold back who is too fast | [`channel()`] |
//! | hand values over, whose number something else bounds | [`unbounded()`] |
//! | answer once | [`oneshot()`], or a task's `JoinHandle` |
//! | show the latest value to many | [`watch()`] |
//! | use one value across an `.await` | [`Mutex`]; read by many: [`RwLock`] |
//! | let so many do something at a time | [`Semaphore`] |
//! | say that something happened | [`Notify`] |
//! | go on together | [`Barrier`] |
//! | use a value between two `.await`s | no more than a `Cell` or a `RefCell` |
//!
//! ```
//! use runtime::sync::{OneshotSender, channel, oneshot};
//! use runtime::{Clock, EventLoop, spawn};
//!
//! let total = EventLoop::new(Clock::Virtual).block_on(async {
//!     let (orders, inbox) = channel::<(u32, OneshotSender<u32>)>(8);
//!     // A task that owns its value: who wants it sends a way to answer along.
//!     drop(spawn(async move {
//!         let mut total = 0;
//!         while let Ok((amount, answer)) = inbox.recv().await {
//!             total += amount;
//!             answer.send(total).expect("it was asked");
//!         }
//!     }));
//!     let mut last = 0;
//!     for amount in [3, 4] {
//!         let (answer, total) = oneshot();
//!         orders.send((amount, answer)).await.expect("the task is there");
//!         last = total.await.expect("it answers");
//!     }
//!     last
//! });
//! assert_eq!(total, 7);
//! ```
//!
//! # What holds for all of them
//!
//! - **Order.** Who began to wait first is served first. What it is woken for is
//!   granted to it: nobody who comes later takes it, `try_` calls neither.
//! - **Cancellation.** Every future may be dropped at any time, by a timeout, by
//!   `select!` or with its task. It gives up its place; what it was woken for
//!   goes to the next; a value that was not sent is dropped with its future.
//! - **Loops.** Futures are polled inside of an event loop, and panic outside of
//!   one. All other calls work anywhere, and the tasks of two loops of one OS
//!   thread can wait on the same object: each is woken in its own loop.
//!
//! Book: chapter 3. Mirror: `scheduler::sync`.

mod barrier;
mod channel;
mod mutex;
mod notify;
pub(crate) mod object;
mod permits;
mod queue;
mod rwlock;
mod semaphore;
mod watch;

pub use barrier::{Barrier, BarrierWaitResult, BarrierWaiting};
pub use channel::{
    OneshotReceiver, OneshotSender, Receiver, Receiving, RecvError, SendError, Sender, Sending,
    TryRecvError, TrySendError, UnboundedSender, channel, oneshot, unbounded,
};
pub use mutex::{Locking, Mutex, MutexGuard};
pub use notify::{Notified, Notify};
pub(crate) use object::Kind;
pub use rwlock::{Reading, RwLock, RwLockReadGuard, RwLockWriteGuard, Writing};
pub use semaphore::{AcquireError, Acquiring, Permit, Semaphore, TryAcquireError};
pub use watch::{Changing, WatchReceiver, WatchSender, watch};
