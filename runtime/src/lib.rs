//! The cooperative half: one thread, one event loop, tasks that give way at `.await`.
//!
//! ```
//! use runtime::{Clock, EventLoop, sleep, spawn};
//! use std::time::Duration;
//!
//! let mut event_loop = EventLoop::new(Clock::Virtual);
//! let sum = event_loop.block_on(async {
//!     let slow = spawn(async {
//!         sleep(Duration::from_hours(1)).await; // virtual time: no wait
//!         40
//!     });
//!     slow.await.expect("the task does not panic") + 2
//! });
//! assert_eq!(sum, 42);
//! ```
//!
//! # Where to begin
//!
//! 1. [`event_loop`] is the loop itself: one turn is a list of four steps. [`polling`]
//!    is the first of them, [`jump`] the third in virtual time, [`ending`] the end.
//! 2. [`task`] is what it runs, [`waker`] how a task gets back into the
//!    [`ready_queue`] of its [`class`] (by way of the [`inbox`] from another OS thread),
//!    [`join_handle`] how its [`outcome`](mod@outcome) gets out.
//! 3. [`timer`] and [`clock`] are time; [`sleep()`], [`timeout()`] and
//!    [`yield_now()`] are the smallest futures that wait for something,
//!    [`interval()`] ticks, and [`work()`] keeps the loop.
//! 4. [`reactor`] asks the OS, and alone knows mio; [`net`] is built on it.
//! 5. [`sync`] is how tasks talk; [`wait_list`] is where they queue for it.
//!    A [`JoinSet`] keeps tasks together, a [`CancellationToken`] tells them to
//!    stop, and of a [`Local`] each has its own value.
//! 6. [`blocking`] is for calls that would keep the loop; [`fs`] and [`stdio`],
//!    which the OS can only do so, go through it. `signal` and `process` are sources.
//! 7. [`trace`] tells of every step; [`account`] tells the whole state, and
//!    [`dump()`] tells it to you, through an [`observer`] to other OS threads;
//!    [`statistics`] count.
//! 8. [`explore`](explore()) runs a program in every order in which its tasks can come.
//!
//! [`state`] holds what all of these share, [`context`] says in which loop we are,
//! [`numbers`] tell things apart, and [`foreign`] code may panic.
//!
//! # Features
//!
//! None is on by default, since each adds a dependency. `signal`: the OS's signals
//! (signal-hook). `process`: children (rustix; with `signal`, which it falls back on).
//! `futures-io`: its traits for streams. `hyper`: its traits for the loop.
//!
//! # What is not there
//!
//! - There is no `unsafe`. Outside of [`blocking`] no thread is ever started.
//! - Only `reactor` imports mio.
//! - No borrow of the loop's state is held while a future is polled or dropped,
//!   or a waker called: each of them may call back into the loop.
//! - Nothing is global but the thread-local that says which loop is entered, and
//!   what was read of the standard input, which the process has once.
//!
//! Mirror: the crate `scheduler`, whose words are the same where its concepts are.

#![forbid(unsafe_code)]

mod account;
mod awaited;
pub mod blocking;
mod cancellation;
mod class;
mod clock;
mod context;
mod dump;
mod ending;
mod endless_sleep;
mod event_loop;
mod explore;
mod foreign;
pub mod fs;
#[cfg(feature = "hyper")]
pub mod hyper;
mod inbox;
mod interval;
mod join_handle;
mod join_set;
mod jump;
mod local;
pub mod net;
mod numbers;
mod observer;
mod outcome;
mod polling;
mod primitives;
#[cfg(all(feature = "process", unix))]
pub mod process;
mod reactor;
mod ready_queue;
#[cfg(all(feature = "signal", unix))]
pub mod signal;
mod sleep;
mod slow_poll;
mod spawn;
mod state;
mod statistics;
pub mod stdio;
pub mod sync;
mod task;
mod timeout;
mod timer;
pub mod trace;
mod wait_list;
mod waker;
mod work;
mod yield_now;

pub use cancellation::{CancellationToken, Cancelled, RunUntilCancelled};
pub use class::{Class, set_class};
pub use clock::{Clock, now};
pub use dump::{Dump, TaskDump, TaskState, WaitsFor, dump};
pub use event_loop::EventLoop;
pub use explore::{
    Diverged, Explore, Failure, Found, Outcome, Replayed, Schedule, ScheduleError, Search, Stopped,
    Trouble, Waits, explore, outcome, replay,
};
pub use interval::{Interval, MissedTicks, Tick, interval};
pub use join_handle::{JoinError, JoinHandle};
pub use join_set::{JoinNext, JoinSet};
pub use local::Local;
pub use numbers::TaskId;
pub use observer::{ObserveError, Observer};
pub use sleep::{Sleep, sleep, sleep_until};
pub use spawn::{Builder, spawn};
pub use statistics::{Statistics, stats};
pub use timeout::{Elapsed, Timeout, timeout};
pub use work::work;
pub use yield_now::{YieldNow, yield_now};
