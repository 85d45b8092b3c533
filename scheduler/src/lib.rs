//! The preemptive half: OS threads from which a scheduler takes the processor.
//!
//! A [`Scheduler`] has virtual CPUs, one unless told otherwise. Its threads are
//! real OS threads, but one runs only while it holds a CPU. A thread of our own,
//! the *dispatcher*, asks a [`Policy`](policy::Policy) who is next, hands the
//! CPU over, and takes it back when the quantum is over: [`Preemption`] says how.
//!
//! ```
//! use scheduler::{Builder, Preemption, Scheduler, policy::RoundRobin, yield_now};
//! use std::time::Duration;
//!
//! let policy = RoundRobin::new(Duration::from_millis(3));
//! Scheduler::new(Preemption::Checkpoint, policy)
//!     .run(|| {
//!         let [ping, pong] = ["ping", "pong"].map(|name| {
//!             Builder::new().name(name).spawn(move || {
//!                 for n in 1..=3 {
//!                     println!("{name} {n}");
//!                     yield_now();
//!                 }
//!             })
//!         });
//!         ping.join().expect("ping does not panic");
//!         pong.join().expect("pong does not panic");
//!     })
//!     .expect("no deadlock");
//! ```
//!
//! # A map, in reading order
//!
//! 1. [`scheduler`](Scheduler): what is configured, and a run from outside;
//!    `unannounced`: what the system can do for it;
//! 2. `dispatcher`: who holds a CPU; its loop is a numbered list. `thread`: the
//!    states of a thread and what leads from one to the other;
//! 3. [`policy`]: who is next; [`simulation`]: the same on paper;
//! 4. `control`: where a thread and the dispatcher meet; `run`: what all share;
//! 5. what threads call: `builder`, `scope`, `join_handle`, `checkpoint`, `clock`,
//!    `sleep`, `park`, `blocking`, `work`, `shared`, `local`, [`sync`];
//! 6. [`explore`](explore()): the same program under every schedule that matters;
//! 7. [`trace`]: a log record for every step, with `clerk`, who logs them where
//!    the others must not; `deadlock`, `error` and `watchdog`: why a run cannot go on;
//!    [`laboratory`]: preempted after exactly so many instructions;
//! 8. [`process`]: the third model, worker processes that share nothing;
//! 9. `preempt`: how the processor is taken away. All `unsafe` code is there.
//!
//! Mirror: the crate `runtime`, whose tasks are interrupted only at an `.await`.

pub mod laboratory;
pub mod policy;
#[cfg(all(feature = "process", target_os = "linux"))]
pub mod process;
pub mod simulation;
pub mod sync;
pub mod time;
pub mod trace;

mod blocking;
mod builder;
mod checkpoint;
mod clerk;
mod clock;
mod control;
mod critical;
mod deadlock;
mod dispatcher;
mod error;
mod explore;
mod join_handle;
mod local;
mod number;
mod park;
mod place;
#[expect(
    unsafe_code,
    reason = "signals, futexes and a heap: all unsafe code of the crate is here"
)]
pub(crate) mod preempt;
mod primitives;
mod run;
mod scheduler;
mod scope;
mod shared;
mod sleep;
mod supervision;
mod thread;
mod unannounced;
mod watchdog;
mod work;

pub use blocking::blocking;
pub use builder::{Builder, spawn};
pub use checkpoint::{checkpoint, yield_now};
pub use clock::now;
pub use deadlock::Deadlock;
pub use error::{PolicyError, RunError};
pub use explore::{
    Diverged, Explore, Failure, Found, Memory, Outcome, Replayed, Schedule, ScheduleError, Search,
    Stopped, Trouble, explore, outcome, replay, replay_traced,
};
pub use join_handle::JoinHandle;
pub use local::Local;
pub use park::{Thread, current, park, park_timeout};
pub use scheduler::{Preemption, Scheduler};
pub use scope::{Scope, scope};
pub use shared::Shared;
pub use sleep::sleep;
pub use supervision::WATCHDOG_STATUS;
pub use unannounced::{Probe, Unannounced};
pub use work::work;
