//! Connecting: a stream that is not there yet.
//!
//! The OS is told to begin, and says `writable` when it is done, with or without
//! success. Only then is it asked about reading, too. A Unix listener whose
//! queue is full takes nobody and tells nobody when it has room again: it is
//! asked again after [`REST`].
//!
//! Invariants: (1) one address is tried at a time, in order; (2) a connect that
//! is dropped early closes what it has begun.
//!
//! Left out: a limit of time, which is [`timeout`](crate::timeout())'s; and two
//! addresses at once ("happy eyeballs").
//!
//! Book: chapter 9.

use super::address::{Addresses, ToAddresses, invalid};
use super::family::{Family, Ip};
use super::lookup::lookup_host;
use super::stream::Stream;
use crate::blocking::Operation;
use crate::context;
use crate::reactor::{Direction, Interest};
use crate::sleep::{Sleep, sleep};
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::io;
use std::mem;
use std::panic::Location;
#[cfg(unix)]
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::vec;

/// How long to wait for room in a listener's queue.
const REST: Duration = Duration::from_millis(2);

/// A stream that is being connected.
///
/// Awaiting it panics outside of an event loop, or after it was ready.
#[derive(Debug)]
#[must_use = "nothing is connected unless this is awaited"]
pub struct Connect<F: Family> {
    /// The addresses that were not tried yet.
    targets: vec::IntoIter<F::Target>,
    /// Why the last one failed. Empty once it was returned.
    error: Option<io::Error>,
    /// Where the attempt that is going on has come to.
    stage: Stage<F>,
}

/// How far it has come.
#[derive(Debug)]
enum Stage<F: Family> {
    /// The name is being looked up, on a thread of the pool.
    LookingUp(Operation<vec::IntoIter<F::Target>>),
    /// Nothing goes on: the next address is to be tried.
    Idle,
    /// The listener's queue was full.
    Resting(F::Target, Sleep),
    /// The OS has begun; with the place among those who wait for the stream.
    Begun(Stream<F>, Option<Ticket>),
}

impl<F: Family> Connect<F> {
    /// Will connect to the first of `targets` that answers.
    fn to(targets: io::Result<Vec<F::Target>>, stage: Stage<F>) -> Self {
        let (targets, error) = match targets {
            Ok(targets) => (targets, invalid("there is no address to connect to")),
            Err(error) => (Vec::new(), error),
        };
        Connect {
            targets: targets.into_iter(),
            error: Some(error),
            stage,
        }
    }
}

impl Connect<Ip> {
    /// Will connect to an address, or to one of a name's.
    pub(super) fn to_address(address: &impl ToAddresses) -> Self {
        match address.to_addresses() {
            Ok(Addresses::Known(addresses)) => Connect::to(Ok(addresses), Stage::Idle),
            Ok(Addresses::Named(host, port)) => {
                let looking_up = Stage::LookingUp(lookup_host((host, port)));
                Connect::to(Ok(Vec::new()), looking_up)
            }
            Err(error) => Connect::to(Err(error), Stage::Idle),
        }
    }
}

#[cfg(unix)]
impl Connect<super::Unix> {
    /// Will connect to the listener at `path`.
    pub(super) fn to_path(path: PathBuf) -> Self {
        Connect::to(Ok(vec![path]), Stage::Idle)
    }
}

impl<F: Family> Unpin for Connect<F> {} // nothing in it is pinned

impl<F: Family> Future for Connect<F> {
    type Output = io::Result<Stream<F>>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        loop {
            let begun = match mem::replace(&mut self.stage, Stage::Idle) {
                Stage::LookingUp(mut lookup) => match Pin::new(&mut lookup).poll(context) {
                    Poll::Ready(found) => found.map(|addresses| {
                        self.targets = addresses;
                        Stage::Idle
                    }),
                    Poll::Pending => {
                        self.stage = Stage::LookingUp(lookup);
                        return Poll::Pending;
                    }
                },
                Stage::Idle => match self.targets.next() {
                    Some(target) => begin(target, place),
                    None => return Poll::Ready(Err(self.error.take().expect("ready once"))),
                },
                Stage::Resting(target, mut rest) => match Pin::new(&mut rest).poll(context) {
                    Poll::Ready(()) => begin(target, place),
                    Poll::Pending => {
                        self.stage = Stage::Resting(target, rest);
                        return Poll::Pending;
                    }
                },
                Stage::Begun(mut stream, mut ticket) => {
                    match poll_connected(&mut stream, &mut ticket, place, context) {
                        Poll::Ready(Ok(())) => return Poll::Ready(Ok(stream)),
                        Poll::Ready(Err(error)) => Err(error),
                        Poll::Pending => {
                            self.stage = Stage::Begun(stream, ticket);
                            return Poll::Pending;
                        }
                    }
                }
            };
            match begun {
                Ok(stage) => self.stage = stage,
                Err(error) => self.error = Some(error),
            }
        }
    }
}

/// Has the OS begin to connect.
#[track_caller]
fn begin<F: Family>(target: F::Target, place: Place) -> io::Result<Stage<F>> {
    let state = context::expect_current(F::CONNECT);
    match F::connect(&target) {
        Ok(stream) => {
            let stream = Stream::register(&state, stream, Interest::Writable, place)?;
            Ok(Stage::Begun(stream, None))
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            Ok(Stage::Resting(target, sleep(REST)))
        }
        Err(error) => Err(error),
    }
}

/// Looks whether `stream` is connected by now. If so, the OS is asked about both
/// directions from now on.
fn poll_connected<F: Family>(
    stream: &mut Stream<F>,
    ticket: &mut Option<Ticket>,
    place: Place,
    context: &Context<'_>,
) -> Poll<io::Result<()>> {
    let write = Direction::Write; // the OS says writable when it is connected
    let is_connected = is_connected::<F>;
    let source = &mut stream.source;
    ready!(source.attempt("connect", write, ticket, place, context, is_connected))?;
    Poll::Ready(source.reregister(Interest::ReadableAndWritable, place))
}

/// Asks the OS how far it has come with connecting.
fn is_connected<F: Family>(stream: &F::Stream) -> io::Result<()> {
    if let Some(error) = F::stream_error(stream)? {
        return Err(error);
    }
    match F::stream_peer(stream) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        Err(error) => Err(error),
    }
}
