//! A pipe for values: from one process to another, without the pool in between.
//!
//! Both ends are made in one process, and travel to others as part of what a job
//! is given. Underneath is a pair of sockets that keep messages apart
//! (`SOCK_SEQPACKET`), so several processes can send into one channel and none of
//! their messages is torn.
//!
//! Invariants: (1) a message arrives whole, or not at all; messages of one sender
//! arrive in the order of sending; (2) when every sender is gone, and what they
//! sent was received, receiving says so, and when every receiver is gone sending
//! does: the kernel counts the ends, so it is also true if a process was killed.
//!
//! careful: an end that was moved into a message is still open in the sending
//! process until the message has gone. A copy that is kept keeps the channel open.
//!
//! Left out: a bound that one can set: how many messages fit is the kernel's
//! affair; records in the trace, since no process sees both ends.
//!
//! Book: chapter 22. Mirror: [`crate::sync::channel`], `runtime::sync::channel`.

use super::descriptors;
use super::init::write;
use rustix::cmsg_space;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::io::{self, IoSlice, IoSliceMut};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::{error, fmt};

/// The most bytes of a message: below what every Linux lets through at once.
const MOST_BYTES: usize = 64 * 1024;
/// The most descriptors that travel with a message.
const MOST_DESCRIPTORS: usize = 8;
/// What a message begins with: it is never empty, since that would look like the
/// other side's end.
const BEGIN: u8 = 1;

/// Makes a channel for values of one type: its two ends.
///
/// # Errors
///
/// If the system has no descriptors left.
pub fn channel<T>() -> io::Result<(Sender<T>, Receiver<T>)> {
    let flags = SocketFlags::CLOEXEC;
    let (one, other) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    // Each end does one thing, so that it is gone for the other when it is closed.
    Ok((Sender::of(one), Receiver::of(other)))
}

/// Why nothing was sent or received.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChannelError {
    /// The other side is gone, in every process.
    Closed,
    /// The value has so many bytes, and [`Sender::MOST_BYTES`] is the limit.
    TooLarge(usize),
    /// The value cannot be written as a message, or not be read from one.
    Unreadable(String),
    /// The system refused.
    System(io::Error),
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChannelError::Closed => f.write_str("the other side of the channel is gone"),
            ChannelError::TooLarge(bytes) => write!(
                f,
                "a value of {bytes} bytes is too large for a channel between processes: the \
                 limit is {MOST_BYTES}"
            ),
            ChannelError::Unreadable(what) => {
                write!(f, "a message cannot be written or read: {what}")
            }
            ChannelError::System(error) => error.fmt(f),
        }
    }
}

impl error::Error for ChannelError {}

impl From<Errno> for ChannelError {
    fn from(errno: Errno) -> ChannelError {
        match errno {
            Errno::PIPE | Errno::CONNRESET | Errno::CONNREFUSED => ChannelError::Closed,
            errno => ChannelError::System(errno.into()),
        }
    }
}

/// The end that sends. It can travel to another process in a message.
pub struct Sender<T> {
    /// The socket.
    socket: OwnedFd,
    /// What goes in.
    value: PhantomData<fn(T)>,
}

/// The end that receives. It can travel to another process in a message.
pub struct Receiver<T> {
    /// The socket.
    socket: OwnedFd,
    /// Where the next message comes to; made when the first one does.
    space: Vec<u8>,
    /// What comes out.
    value: PhantomData<fn() -> T>,
}

impl<T> Sender<T> {
    /// The most bytes of a message.
    pub const MOST_BYTES: usize = MOST_BYTES;

    /// The end with this socket.
    fn of(socket: OwnedFd) -> Self {
        Sender {
            socket,
            value: PhantomData,
        }
    }

    /// A second sender for the same channel.
    ///
    /// # Errors
    ///
    /// If the system has no descriptors left.
    pub fn try_clone(&self) -> io::Result<Self> {
        self.socket.try_clone().map(Self::of)
    }
}

impl<T: Serialize> Sender<T> {
    /// Sends a value. Waits while too many wait to be received.
    ///
    /// # Errors
    ///
    /// If every receiver is gone, or the value cannot be a message: see
    /// [`ChannelError`].
    pub fn send(&self, value: &T) -> Result<(), ChannelError> {
        let mut bytes = vec![BEGIN];
        let (written, along) = descriptors::pack(|| write(value, &mut bytes));
        written.map_err(|error| ChannelError::Unreadable(error.to_string()))?;
        if bytes.len() > MOST_BYTES {
            return Err(ChannelError::TooLarge(bytes.len() - 1));
        }
        if along.len() > MOST_DESCRIPTORS {
            let what = format!("it has more than {MOST_DESCRIPTORS} descriptors");
            return Err(ChannelError::Unreadable(what));
        }
        let along: Vec<BorrowedFd<'_>> = along.iter().map(AsFd::as_fd).collect();
        crate::blocking(|| {
            loop {
                let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
                let mut control = SendAncillaryBuffer::new(&mut space);
                if !along.is_empty() {
                    control.push(SendAncillaryMessage::ScmRights(&along));
                }
                let bytes = [IoSlice::new(&bytes)];
                match sendmsg(&self.socket, &bytes, &mut control, SendFlags::NOSIGNAL) {
                    Err(Errno::INTR) => {}
                    Err(errno) => return Err(errno.into()),
                    Ok(_) => return Ok(()), // (1): never a part
                }
            }
        })
    }
}

impl<T> Receiver<T> {
    /// The end with this socket.
    fn of(socket: OwnedFd) -> Self {
        Receiver {
            socket,
            space: Vec::new(),
            value: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> Receiver<T> {
    /// Waits for the next value.
    ///
    /// # Errors
    ///
    /// If every sender is gone and nothing is left, or what came is not a value of
    /// this type: see [`ChannelError`].
    pub fn recv(&mut self) -> Result<T, ChannelError> {
        self.space.resize(MOST_BYTES, 0);
        let (bytes, came) = crate::blocking(|| receive(&self.socket, &mut self.space))?;
        let value = match self.space[..bytes].split_first() {
            None => return Err(ChannelError::Closed), // (2)
            Some((&BEGIN, value)) => value,
            Some(_) => return Err(ChannelError::Unreadable("it is no message".to_owned())),
        };
        let read = || match postcard::take_from_bytes(value) {
            Ok((value, [])) => Ok(value),
            Ok((_, rest)) => Err(format!("{} bytes are left over", rest.len())),
            Err(error) => Err(error.to_string()),
        };
        descriptors::unpack(came, read).map_err(ChannelError::Unreadable)
    }
}

/// Receives one message: how many bytes, and what came along.
fn receive(socket: &OwnedFd, space: &mut [u8]) -> Result<(usize, Vec<OwnedFd>), Errno> {
    loop {
        let mut control = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
        let mut control = RecvAncillaryBuffer::new(&mut control);
        let mut into = [IoSliceMut::new(space)];
        let received = match recvmsg(socket, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => continue,
            received => received?,
        };
        let mut came = Vec::new();
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                came.extend(descriptors);
            }
        }
        return Ok((received.bytes, came));
    }
}

/// Each value until every sender is gone. What cannot be read ends it, too.
impl<T: DeserializeOwned> Iterator for Receiver<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.recv().ok()
    }
}

/// What both ends have in common: they travel.
macro_rules! travels {
    ($end:ident) => {
        impl<T> Serialize for $end<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let copy = self.socket.try_clone().map_err(ser::Error::custom)?;
                let place = descriptors::put(copy).map_err(ser::Error::custom)?;
                place.serialize(serializer)
            }
        }

        impl<'de, T> Deserialize<'de> for $end<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let place = u32::deserialize(deserializer)?;
                let socket = descriptors::take(place).map_err(de::Error::custom)?;
                Ok($end::of(socket))
            }
        }

        impl<T> fmt::Debug for $end<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($end))
            }
        }
    };
}
travels!(Sender);
travels!(Receiver);
