//! A child process: its end, its pipes, and what happens when it is dropped.

use super::watch::Watch;
use super::{ChildInput, ChildOutput, Orphans};
use crate::context;
use crate::state::LoopState;
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::fmt;
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::process::{self, ExitStatus};
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// A child process. What its drop does is the second invariant of [`process`](super).
pub struct Child {
    /// Where a task writes what the child reads. `None`: that is no pipe, or it
    /// was taken or closed.
    pub stdin: Option<ChildInput>,
    /// Whence a task reads what the child writes. `None`: that is no pipe, or it was taken.
    pub stdout: Option<ChildOutput>,
    /// Whence a task reads the child's errors. `None`: that is no pipe, or it was taken.
    pub stderr: Option<ChildOutput>,
    /// Its loop.
    state: Rc<LoopState>,
    /// The child and what tells of its end. Empty while it starts, and in the drop.
    alive: Option<(process::Child, Watch)>,
    /// How it ended, once that was heard.
    status: Option<ExitStatus>,
    /// Whether it is killed if this is dropped.
    kill_on_drop: bool,
    /// Where it was started.
    place: Place,
}

/// Why [`Child::alive`] is there.
const HELD: &str = "a child is watched until it is dropped";

impl Child {
    /// Starts a child.
    #[track_caller]
    pub(super) fn start(
        command: &mut process::Command,
        kill_on_drop: bool,
        place: Place,
    ) -> io::Result<Self> {
        let state = context::expect_current("Command::spawn()");
        Orphans::bury_left();
        let mut child = command.spawn().map_err(|error| {
            let program = command.get_program().display();
            // careful: if the folder is what is missing, the OS says the same.
            let folder = command.get_current_dir();
            let folder =
                folder.map_or_else(String::new, |folder| format!(" in '{}'", folder.display()));
            io::Error::new(
                error.kind(),
                format!("cannot start '{program}'{folder}: {error}"),
            )
        })?;
        let watched = Child::watch(&state, &mut child, kill_on_drop, place)
            .and_then(|watched| Ok((watched, Watch::new(&state, &child, place)?)));
        match watched {
            Ok((mut watched, watch)) => {
                watched.alive = Some((child, watch));
                Ok(watched)
            }
            Err(error) => Err(undo(child, error)),
        }
    }

    /// Makes sources of the child's pipes.
    fn watch(
        state: &Rc<LoopState>,
        child: &mut process::Child,
        kill_on_drop: bool,
        place: Place,
    ) -> io::Result<Self> {
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let input = stdin.map(|pipe| ChildInput::new(state, pipe.into(), place));
        let output = stdout.map(|pipe| ChildOutput::new(state, pipe.into(), place));
        let errors = stderr.map(|pipe| ChildOutput::new(state, pipe.into(), place));
        Ok(Child {
            stdin: input.transpose()?,
            stdout: output.transpose()?,
            stderr: errors.transpose()?,
            state: state.clone(),
            alive: None,
            status: None,
            kill_on_drop,
            place,
        })
    }

    /// The OS's number of the process. It may belong to another one once the end
    /// of this was heard.
    pub fn id(&self) -> u32 {
        self.held().0.id()
    }

    /// Waits for the child's end, after closing its input. Again after that, it
    /// says the same.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn wait(&mut self) -> Wait<'_> {
        Wait {
            child: self,
            ticket: None,
        }
    }

    /// How it ended; `None` if it has not.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = self.held_mut().0.try_wait()?;
        }
        Ok(self.status)
    }

    /// Has the OS end it, by a signal that it cannot refuse. Wait for it after
    /// that. If it has ended already nothing happens.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn kill(&mut self) -> io::Result<()> {
        if self.status.is_some() {
            return Ok(());
        }
        self.held_mut().0.kill()
    }

    /// The child and its watch.
    fn held(&self) -> &(process::Child, Watch) {
        self.alive.as_ref().expect(HELD)
    }

    /// The same.
    fn held_mut(&mut self) -> &mut (process::Child, Watch) {
        self.alive.as_mut().expect(HELD)
    }

    /// Asks whether it has ended.
    pub(super) fn poll_end(
        &mut self,
        ticket: &mut Option<Ticket>,
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<ExitStatus>> {
        if let Some(status) = self.status {
            return Poll::Ready(Ok(status));
        }
        let (child, watch) = self.held_mut();
        let status = ready!(watch.poll(child, ticket, place, context))?;
        self.status = Some(status);
        Poll::Ready(Ok(status))
    }

    /// Gives up such a wait.
    pub(super) fn forget(&self, ticket: &mut Option<Ticket>) {
        if let Some((_, watch)) = &self.alive {
            watch.forget(ticket);
        }
    }
}

/// Ends a child that cannot be watched: who started it is told that it failed.
fn undo(mut child: process::Child, error: io::Error) -> io::Error {
    // A child that was just started and is killed ends at once: this waits for no more.
    let ended = child.kill().and_then(|()| child.wait());
    match ended {
        Ok(_) => error,
        Err(also) => io::Error::new(error.kind(), format!("{error}; and it goes on: {also}")),
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let Some((mut child, watch)) = self.alive.take() else {
            return;
        };
        if self.status.is_some() {
            return; // it is buried
        }
        if self.kill_on_drop
            && let Err(error) = child.kill()
        {
            log::warn!(target: "runtime", "process {} cannot be killed: {error}", child.id());
        }
        self.state.adopt(child, watch, self.place);
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("id", &self.alive.as_ref().map(|(child, _)| child.id()))
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// See [`Child::wait`].
#[derive(Debug)]
#[must_use = "nothing is waited for unless this is awaited"]
pub struct Wait<'a> {
    /// The child.
    child: &'a mut Child,
    /// Its place among those who wait.
    ticket: Option<Ticket>,
}

impl Future for Wait<'_> {
    type Output = io::Result<ExitStatus>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Wait { child, ticket } = &mut *self;
        child.stdin = None; // or it might wait for more, and this for it
        child.poll_end(ticket, Location::caller(), context)
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.child.forget(&mut self.ticket);
    }
}
