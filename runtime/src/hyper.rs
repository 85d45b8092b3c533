//! hyper on our loop: its streams, its executor and its timer are ours.
//!
//! hyper speaks HTTP and knows no event loop. It asks for four traits, and gets
//! them here: [`Connection`] reads and writes, [`Executor`] spawns, [`Timer`]
//! and its [`Sleep`] wait.
//!
//! ```
//! use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
//! use runtime::{net::TcpListener, spawn};
//! use std::convert::Infallible;
//!
//! async fn serve(listener: TcpListener) -> std::io::Result<()> {
//!     loop {
//!         let (stream, _) = listener.accept().await?;
//!         let answer = service_fn(async |_: Request<Incoming>| {
//!             Ok::<_, Infallible>(Response::new("hello\n".to_owned()))
//!         });
//!         let connection = runtime::hyper::Connection::new(stream);
//!         spawn(http1::Builder::new().serve_connection(connection, answer));
//!     }
//! }
//! ```
//!
//! Left out: a connection pool for clients, and TLS; crates that speak hyper's
//! traits bring both.
//!
//! Book: chapter 10.

mod connection;
mod timer;

pub use connection::Connection;
pub use timer::{Sleep, Timer};

use crate::spawn;

/// Spawns on the running loop what hyper wants done beside a connection.
///
/// A future may hold what is not `Send`: everything stays on this thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Executor;

impl<F> hyper::rt::Executor<F> for Executor
where
    F: Future + 'static,
    F::Output: 'static,
{
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    fn execute(&self, future: F) {
        drop(spawn(future));
    }
}
