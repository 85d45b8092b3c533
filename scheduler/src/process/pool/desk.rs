//! One worker, as its pool sees it: a process, a socket, and what it has to do.
//!
//! Invariants: (1) `assigned` is in the order of sending, which is the order in
//! which the worker runs it, so only its first chunk's first job can have begun and
//! not be over; (2) nothing here waits, but for [`end`](Desk::end), which
//! kills first.

use super::chunk::Chunk;
use super::launch::Launched;
use crate::process::failure::Failure;
use crate::process::wire::{Inbox, Kind, Outgoing};
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::time::Instant;

/// A worker of a pool.
#[derive(Debug)]
pub(super) struct Desk {
    /// Its number in the pool, from 1.
    pub(super) number: u32,
    /// The process.
    child: Child,
    /// To it and from it. The keeper holds it too while it waits.
    pub(super) socket: Arc<OwnedFd>,
    /// What has come from it.
    pub(super) inbox: Inbox,
    /// What is still to go to it.
    outbox: VecDeque<Outgoing>,
    /// What it has noted down.
    pub(super) journal: File,
    /// What it has to do (1).
    pub(super) assigned: VecDeque<Chunk>,
    /// Whether it has said that it is ready.
    pub(super) is_ready: bool,
    /// Whether its first job was told as failed, so that nothing of what it has
    /// has begun: it is about to exit.
    pub(super) leaves: bool,
    /// When its patience, or its job's time, is over.
    pub(super) deadline: Option<Instant>,
    /// When it was started.
    pub(super) born: Instant,
    /// Why the pool wants it to end, if it does.
    pub(super) verdict: Option<Failure>,
}

impl Desk {
    /// A worker that was started, and is told who it is.
    pub(super) fn new(number: u32, launched: Launched, limit: usize) -> Desk {
        Desk {
            number,
            child: launched.child,
            socket: Arc::new(launched.socket),
            inbox: Inbox::new(limit),
            outbox: VecDeque::from([launched.hello]),
            journal: launched.journal,
            assigned: VecDeque::new(),
            is_ready: false,
            leaves: false,
            deadline: None,
            born: Instant::now(),
            verdict: None,
        }
    }

    /// Its number, and its process's.
    pub(super) fn identity(&self) -> (u32, u32) {
        (self.number, self.child.id())
    }

    /// Sends a chunk, or as much of it as goes now.
    pub(super) fn send(&mut self, mut chunk: Chunk) {
        let (first, count) = (chunk.first.to_le_bytes(), chunk.count.to_le_bytes());
        let along = std::mem::take(&mut chunk.descriptors);
        let payload: [&[u8]; 3] = [&first, &count, chunk.rest()];
        let frame = Outgoing::new(Kind::Jobs, &payload, along);
        chunk.sent = Some(Instant::now());
        self.outbox.push_back(frame);
        self.assigned.push_back(chunk);
        self.flush();
    }

    /// Sends as much as goes. That the other side is gone, reading will tell.
    pub(super) fn flush(&mut self) {
        while let Some(frame) = self.outbox.front_mut() {
            match frame.send(self.socket.as_fd()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.outbox.clear(),
                Ok(()) => drop(self.outbox.pop_front()),
            }
        }
    }

    /// Whether something is still to go.
    pub(super) fn has_more_to_send(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// Ends the process, if it has not ended by itself, and takes its status.
    pub(super) fn end(&mut self) -> Option<ExitStatus> {
        let _ = self.child.kill(); // it may be over
        self.child.wait().ok() // not ours any more if the program waited for it
    }

    /// Lets the process end by itself: there will be no more jobs.
    pub(super) fn dismiss(&self) {
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Write);
    }
}
