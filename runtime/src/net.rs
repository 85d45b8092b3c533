//! Sockets, for tasks: whatever would block waits, and lets the other tasks run.
//!
//! | to talk to | in bytes that flow | in messages |
//! |---|---|---|
//! | another machine | [`TcpStream`], from a [`TcpListener`] | [`UdpSocket`] |
//! | a process of this one | `UnixStream`, from a `UnixListener` | `UnixDatagram` |
//!
//! The two rows are two [families](Family), and what they have in common is
//! written once: [`Stream`], [`Listener`] and [`Datagram`]. Names are looked up
//! off the loop: by [`TcpStream::connect`], or by [`lookup_host`].
//!
//! An operation is tried first, and waits for readiness only if the OS says
//! `WouldBlock`. Everything takes `&self`: two tasks can share a socket through
//! an [`Rc`](std::rc::Rc), or through the halves of [`Stream::into_split`].
//!
//! A socket belongs to the loop in which it was made: who waits for it is woken
//! in that loop's turns, and who would wait when that loop is over panics.
//!
//! ```
//! use runtime::net::{TcpListener, TcpStream};
//! use runtime::{Clock, EventLoop, spawn};
//!
//! # fn main() -> std::io::Result<()> {
//! EventLoop::new(Clock::Virtual).block_on(async {
//!     let listener = TcpListener::bind("127.0.0.1:0")?;
//!     let address = listener.local_addr()?;
//!     let server = spawn(async move {
//!         let (stream, _) = listener.accept().await?;
//!         let mut buffer = [0; 64];
//!         let count = stream.read(&mut buffer).await?;
//!         stream.write_all(&buffer[..count]).await // and back it goes
//!     });
//!     let client = TcpStream::connect(address).await?;
//!     client.write_all(b"hello").await?;
//!     let mut answer = [0; 5];
//!     client.read_exact(&mut answer).await?;
//!     assert_eq!(&answer, b"hello");
//!     server.await.expect("the server does not panic")
//! })
//! # }
//! ```
//!
//! Left out: TLS, and raw sockets. Book: chapter 9.

mod address;
mod connect;
mod convert;
mod datagram;
mod family;
#[cfg(feature = "futures-io")]
mod futures_io;
mod listener;
mod lookup;
mod split;
mod stream;
mod tcp;
pub(crate) mod transfer;
mod udp;
#[cfg(unix)]
mod unix;

pub use address::ToAddresses;
pub use connect::Connect;
pub use datagram::{Datagram, TooLong};
pub use family::{Family, Ip};
pub use listener::{Accept, Listener};
pub use lookup::lookup_host;
pub use split::{NotHalves, OwnedReadHalf, OwnedWriteHalf, ReadHalf, WriteHalf};
pub use stream::Stream;
pub use tcp::{TcpListener, TcpStream};
pub use udp::UdpSocket;
#[cfg(unix)]
pub use {
    family::Unix,
    unix::{UnixDatagram, UnixListener, UnixStream},
};
