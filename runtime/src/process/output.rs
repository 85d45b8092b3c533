//! What a child writes, collected to its end.

use super::{Child, ChildOutput};
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::process;
use std::task::{Context, Poll, ready};

/// See [`Command::output`](super::Command::output).
#[derive(Debug)]
#[must_use = "nothing is started unless this is awaited"]
pub struct Output<'a> {
    /// What is to be started. Both pipes are asked for already.
    command: &'a mut process::Command,
    /// The child, once it was started.
    child: Option<Child>,
    /// What it wrote.
    stdout: Collected,
    /// Its errors.
    stderr: Collected,
    /// The place among those who wait for its end.
    ticket: Option<Ticket>,
}

/// What came through a pipe.
#[derive(Debug, Default)]
struct Collected {
    /// So far.
    bytes: Vec<u8>,
    /// The place among those who wait for more.
    ticket: Option<Ticket>,
}

impl Collected {
    /// Reads to the end of the pipe, and closes it.
    fn poll(
        &mut self,
        pipe: &mut Option<ChildOutput>,
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(open) = pipe {
            let Collected { bytes, ticket } = self;
            ready!(open.poll_read_all(bytes, ticket, place, context))?;
            *pipe = None;
        }
        Poll::Ready(Ok(()))
    }
}

impl<'a> Output<'a> {
    /// Will start `command`.
    pub(super) fn new(command: &'a mut process::Command) -> Self {
        Output {
            command,
            child: None,
            stdout: Collected::default(),
            stderr: Collected::default(),
            ticket: None,
        }
    }
}

impl Future for Output<'_> {
    type Output = io::Result<process::Output>;

    /// # Panics
    ///
    /// If it is first polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let this = &mut *self;
        if this.child.is_none() {
            let mut child = Child::start(this.command, true, place)?;
            child.stdin = None;
            this.child = Some(child);
        }
        let child = this.child.as_mut().expect("it was started");
        // Both, or a child that fills the one while the other is read would wait for ever.
        let stdout = this.stdout.poll(&mut child.stdout, place, context)?;
        let stderr = this.stderr.poll(&mut child.stderr, place, context)?;
        if stdout.is_pending() || stderr.is_pending() {
            return Poll::Pending;
        }
        let status = ready!(child.poll_end(&mut this.ticket, place, context))?;
        Poll::Ready(Ok(process::Output {
            status,
            stdout: std::mem::take(&mut this.stdout.bytes),
            stderr: std::mem::take(&mut this.stderr.bytes),
        }))
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        if let Some(child) = &self.child {
            child.forget(&mut self.ticket);
            for (pipe, collected) in [
                (&child.stdout, &mut self.stdout),
                (&child.stderr, &mut self.stderr),
            ] {
                if let Some(pipe) = pipe {
                    pipe.forget(&mut collected.ticket);
                }
            }
        }
    }
}
