//! The third model: worker processes that share nothing.
//!
//! Tasks share a thread, threads share memory; processes share neither. Each has
//! memory of its own, and can use a processor of its own; what one does to its
//! memory, or to itself, no other notices. The price: a process is heavy to start,
//! and what one has to tell another is a message, written, carried and read.
//!
//! ```
//! use scheduler::process::{self, Pool};
//!
//! fn square(n: u64) -> u64 {
//!     n * n
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     process::init!(square); // a worker process begins here, and gets no further
//!     let pool = Pool::new(2, square)?;
//!     let squares: Result<Vec<u64>, _> = pool.map(1..=5).collect();
//!     assert_eq!(squares?, [1, 4, 9, 16, 25]);
//!     Ok(())
//! }
//! ```
//!
//! # A map, in reading order
//!
//! 1. `init`: how a process knows that it is a worker; `worker`: its life;
//! 2. [`Pool`]: jobs in, results out: `pool` has a map of its own;
//! 3. [`spawn()`]: one process for one call;
//! 4. `wire`, `descriptors`: messages as bytes, and what goes along with them;
//!    `journal`: what a worker that was killed had done;
//! 5. [`channel()`]: from one process to another without the pool in between;
//! 6. [`SharedMemory`]: what processes share if they insist, and a lock for it;
//! 7. `failure`: what can go wrong; `trace`: a log record for every step.
//!
//! Invariants: (1) no `fork` without `exec`: a process begins with a program; (2) a
//! job ends once, with a result or an error; (3) no worker outlives its pool, nor
//! the pool's process, however that ends.
//!
//! Left out: systems other than Linux; other machines.
//!
//! Book: chapter 22. Mirror: none; `runtime::process` starts other programs.

mod channel;
mod descriptors;
mod failure;
mod init;
mod journal;
mod pool;
mod shared_memory;
mod spawn;
pub mod trace;
mod wire;
mod worker;

pub use crate::__process_init as init;
pub use channel::{ChannelError, Receiver, Sender, channel};
pub use failure::{Failure, JobError, PoolError};
pub use init::{Entry, init};
pub use pool::{Builder, JobHandle, Map, Pool};
pub use shared_memory::{SharedGuard, SharedMemory};
pub use spawn::{Process, spawn};
