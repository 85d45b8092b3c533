//! TCP, for tasks: whatever would block waits, and lets the other tasks run.
//!
//! An operation is tried first, and waits for readiness only if the OS says
//! `WouldBlock`. Everything takes `&self`, so that two tasks can share a stream
//! through an [`Rc`](std::rc::Rc): one reads, one writes.
//!
//! Left out: UDP and Unix sockets.
//!
//! Book: chapter 4.

mod lookup;
mod tcp_connect;
mod tcp_listener;
mod tcp_stream;
mod tcp_transfer;

pub use lookup::lookup_host;
pub use tcp_connect::Connect;
pub use tcp_listener::{Accept, TcpListener};
pub use tcp_stream::TcpStream;
pub use tcp_transfer::{Read, ReadExact, Write, WriteAll};
