//! A child's pipes: sources that are read, or written, like a stream.
//!
//! Invariants: as a stream's: a read is done or not begun, `write_all` may be
//! half done when it is dropped; a child that does not read makes the writer wait.

use crate::net::transfer::{Filling, Transfer, TransferAll};
use crate::reactor::fd::{OsReceiver, OsSender};
use crate::reactor::{Direction, Interest, Source};
use crate::state::LoopState;
use crate::trace::{Ends, Place};
use crate::wait_list::Ticket;
use std::io::{self, Read as _, Write as _};
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// What a child reads. Dropping it is the end of the child's input.
#[derive(Debug)]
pub struct ChildInput {
    /// The pipe's end.
    source: Source<OsSender>,
}

impl ChildInput {
    /// Makes a source of a pipe.
    pub(super) fn new(state: &Rc<LoopState>, pipe: OsSender, place: Place) -> io::Result<Self> {
        pipe.set_nonblocking(true)?;
        let (writable, ends) = (Interest::Writable, Ends::default());
        let source = Source::register(state, pipe, "pipe", writable, &ends, place)?;
        Ok(ChildInput { source })
    }

    /// Writes as much of `bytes` as there is room for, and waits only if there
    /// is none. Returns the number of bytes that the OS took.
    ///
    /// # Errors
    ///
    /// As the OS says: `BrokenPipe` if the child has closed its input or ended.
    pub fn write<'a>(&'a self, bytes: &'a [u8]) -> impl Future<Output = io::Result<usize>> {
        let operation = |mut pipe: &OsSender| pipe.write(bytes);
        Transfer::new(&self.source, "write", Direction::Write, operation)
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    ///
    /// As [`write`](ChildInput::write); some bytes may have been taken by then.
    pub fn write_all<'a>(&'a self, bytes: &'a [u8]) -> impl Future<Output = io::Result<()>> {
        TransferAll::write(&self.source, bytes.len(), |mut pipe: &OsSender, done| {
            pipe.write(&bytes[done..])
        })
    }
}

/// What a child writes. Dropping it breaks the child's pipe.
#[derive(Debug)]
pub struct ChildOutput {
    /// The pipe's end.
    source: Source<OsReceiver>,
}

impl ChildOutput {
    /// Makes a source of a pipe.
    pub(super) fn new(state: &Rc<LoopState>, pipe: OsReceiver, place: Place) -> io::Result<Self> {
        pipe.set_nonblocking(true)?;
        let (readable, ends) = (Interest::Readable, Ends::default());
        let source = Source::register(state, pipe, "pipe", readable, &ends, place)?;
        Ok(ChildOutput { source })
    }

    /// Reads what is there into `buffer`, and waits only if nothing is. Returns
    /// the number of bytes: 0 says that the child, and whoever has its pipe from
    /// it, will write no more.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn read<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> {
        Filling((!buffer.is_empty()).then(|| {
            let operation = |mut pipe: &OsReceiver| pipe.read(buffer);
            Transfer::new(&self.source, "read", Direction::Read, operation)
        }))
    }

    /// Reads to the end, into `bytes`. What is read stays there if this is given up.
    pub(super) fn poll_read_all(
        &self,
        bytes: &mut Vec<u8>,
        ticket: &mut Option<Ticket>,
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut buffer = [0; 4096];
            let read = |mut pipe: &OsReceiver| pipe.read(&mut buffer);
            let direction = Direction::Read;
            let attempt = self
                .source
                .attempt("read", direction, ticket, place, context, read);
            let count = ready!(attempt)?;
            self.source.transferred("read", count, place);
            if count == 0 {
                return Poll::Ready(Ok(()));
            }
            bytes.extend_from_slice(&buffer[..count]);
        }
    }

    /// Gives up such a wait.
    pub(super) fn forget(&self, ticket: &mut Option<Ticket>) {
        self.source.forget(Direction::Read, ticket);
    }
}
