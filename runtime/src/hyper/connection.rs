//! A connection: a stream as hyper reads and writes it.
//!
//! hyper reads into memory that need not be initialized, through a cursor that
//! only `unsafe` code can move over what it has read. So the bytes are read
//! here, and copied.
//!
//! Invariants: (1) what was read is with hyper before the poll returns: nothing
//! is kept in between, so that a connection that waits needs no buffer.
//!
//! Book: chapter 10.

use ::hyper::rt::{Read, ReadBufCursor, Write};
use futures_io::{AsyncRead, AsyncWrite};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How many bytes are read at once: hyper begins with a buffer of as many.
const CHUNK: usize = 8 * 1024;

/// A stream as hyper reads and writes it: a [`TcpStream`](crate::net::TcpStream),
/// a `UnixStream`, or whatever else has the traits of `futures-io`.
#[derive(Debug)]
pub struct Connection<S>(S);

impl<S> Connection<S> {
    /// The stream `stream`, for hyper.
    pub fn new(stream: S) -> Self {
        Connection(stream)
    }

    /// The stream.
    pub fn get_ref(&self) -> &S {
        &self.0
    }

    /// The stream again, when hyper has let go of it, as after an upgrade.
    pub fn into_inner(self) -> S {
        self.0
    }
}

// ANCHOR: read
impl<S: AsyncRead + Unpin> Read for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut chunk = [0; CHUNK];
        let room = &mut chunk[..CHUNK.min(buffer.remaining())];
        let bytes = ready!(Pin::new(&mut self.0).poll_read(context, room))?;
        buffer.put_slice(&room[..bytes]);
        Poll::Ready(Ok(()))
    }
}
// ANCHOR_END: read

impl<S: AsyncWrite + Unpin> Write for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match ready!(Pin::new(&mut self.0).poll_close(context)) {
            // The peer has broken the connection off: nothing is left to end.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Poll::Ready(Ok(())),
            done => Poll::Ready(done),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, slices)
    }
}
