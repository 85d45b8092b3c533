//! Synchronization that tells the dispatcher who waits for what.
//!
//! Used by scheduled threads these block the thread and give its CPU up. Each
//! operation is a checkpoint and a step of the trace.
//!
//! Outside a scheduler they work as long as nobody has to wait. A thread that
//! is not scheduled and would have to wait panics instead: nobody could tell
//! who waits for whom.
//!
//! Left out: condition variables, semaphores, barriers and read-write locks.
//!
//! Book: chapters 3 and 16. Mirror: `runtime::sync`.

mod channel;
pub(crate) mod lock;
mod mutex;
pub(crate) mod wait_queue;

pub use channel::{Receiver, RecvError, SendError, Sender, channel};
pub use mutex::{Mutex, MutexGuard};
