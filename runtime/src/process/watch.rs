//! Watching a child: a source that is ready when it may have ended.
//!
//! On Linux that is a descriptor of the process itself. Where there is none, it
//! is the signal that the OS sends when any child has ended.
//!
//! Invariants: (1) the child is asked first, and waited for only if it lives;
//! (2) what watches is there before the child is first asked: no end is missed.

use crate::process::Orphans;
use crate::reactor::fd::Descriptor;
use crate::reactor::{Direction, Interest, Source};
use crate::signal::{Kind, Signal};
use crate::state::LoopState;
use crate::trace::{Ends, Place, Reference};
use crate::wait_list::Ticket;
use std::io;
use std::process::{Child, ExitStatus};
use std::rc::Rc;
use std::task::{Context, Poll};

/// What tells of a child's end.
#[derive(Debug)]
pub(super) enum Watch {
    /// The process itself.
    Process(Source<Descriptor>),
    /// The signal of every child's end.
    Signal(Signal),
}

impl Watch {
    /// Watches `child`.
    #[track_caller]
    pub(super) fn new(state: &Rc<LoopState>, child: &Child, place: Place) -> io::Result<Self> {
        match open(child) {
            Ok(process) => {
                let (readable, ends) = (Interest::Readable, Ends::default());
                Source::register(state, process, "process", readable, &ends, place)
                    .map(Watch::Process)
            }
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                Signal::new("Command::spawn()", Kind::child(), place).map(Watch::Signal)
            }
            Err(error) => Err(error),
        }
    }

    /// Asks whether `child` has ended, and else has the task woken when it may have.
    pub(super) fn poll(
        &self,
        child: &mut Child,
        ticket: &mut Option<Ticket>,
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<ExitStatus>> {
        let mut ask = || {
            child
                .try_wait()?
                .ok_or_else(|| io::ErrorKind::WouldBlock.into())
        };
        let read = Direction::Read;
        match self {
            Watch::Process(source) => {
                source.attempt("wait", read, ticket, place, context, |_| ask())
            }
            Watch::Signal(signal) => {
                let source = signal.source();
                source.attempt("wait", read, ticket, place, context, |socket| {
                    // careful: emptied before the child is asked, or its end would
                    // be missed that comes between the two.
                    match crate::signal::drain(socket) {
                        Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
                        _ => ask(),
                    }
                })
            }
        }
    }

    /// Asks as [`poll`](Watch::poll), but has the loop look after it, and no task.
    pub(super) fn poll_as_orphan(
        &self,
        state: &LoopState,
        child: &mut Child,
        ticket: &mut Option<Ticket>,
        place: Place,
    ) -> Poll<io::Result<ExitStatus>> {
        // careful: whichever task is running does not wait for this.
        let (awaited, stands_at) = (state.awaited.take(), state.place.get());
        let mut polled = Poll::Pending;
        state.caused_by(Reference::Outside, || {
            let context = Context::from_waker(Orphans::waker());
            polled = self.poll(child, ticket, place, &context);
        });
        state.awaited.replace(awaited);
        state.place.set(stands_at);
        polled
    }

    /// Gives up a wait.
    pub(super) fn forget(&self, ticket: &mut Option<Ticket>) {
        match self {
            Watch::Process(source) => source.forget(Direction::Read, ticket),
            Watch::Signal(signal) => signal.source().forget(Direction::Read, ticket),
        }
    }
}

/// The descriptor of a process. `Unsupported`: this OS has none.
#[cfg(target_os = "linux")]
fn open(child: &Child) -> io::Result<Descriptor> {
    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    match pidfd_open(Pid::from_child(child), PidfdFlags::empty()) {
        Ok(process) => Ok(Descriptor(process)),
        // An old kernel, or a sandbox that does not know it.
        Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) => Err(io::ErrorKind::Unsupported.into()),
        Err(error) => Err(error.into()),
    }
}

/// The descriptor of a process, of which this OS has none.
#[cfg(not(target_os = "linux"))]
fn open(_child: &Child) -> io::Result<Descriptor> {
    Err(io::ErrorKind::Unsupported.into())
}
