//! How tasks of one loop talk to each other.
//!
//! None of this is for several OS threads: nothing here is `Send`, and nothing
//! takes a lock. A task runs alone from one `.await` to the next, so a value
//! needs protection only across an `.await`.
//!
//! Mirror: `scheduler::sync`.

mod channel;

pub use channel::{Receiver, Receiving, RecvError, SendError, Sender, Sending, channel};
