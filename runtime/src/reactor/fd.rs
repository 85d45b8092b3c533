//! What else of Unix can be a source: a bare file descriptor, and pipes.
//!
//! Book: chapter 9.

use mio::event::Source;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};

pub(crate) use mio::unix::pipe::{Receiver as OsReceiver, Sender as OsSender};

/// A descriptor of which the OS tells when it is ready, and no more is known.
#[derive(Debug)]
pub(crate) struct Descriptor(pub(crate) OwnedFd);

impl Source for Descriptor {
    fn register(&mut self, registry: &Registry, token: Token, ask: Interest) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).register(registry, token, ask)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, ask: Interest) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).reregister(registry, token, ask)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).deregister(registry)
    }
}
