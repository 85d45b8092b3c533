//! Frames: how messages between a program and its workers look as bytes.
//!
//! A frame is a header of eight bytes and a payload: two bytes that no text
//! begins with, what kind of frame it is, how many descriptors travel with it,
//! and the payload's length, the lowest byte first.
//!
//! Invariants: (1) a header that is none, or that announces more than the limit,
//! is told as [`Nonsense`] and nothing after it is read; (2) a frame comes out
//! whole or not at all: what is cut off by the other side's end never does;
//! (3) a descriptor is received with the frame that it was sent with, and is
//! closed if a program is started meanwhile.
//!
//! Left out: what is in a payload, which only `worker` and `pool` know.
//!
//! Book: chapter 22. Mirror: none.

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// What every frame begins with: no letter, and no valid UTF-8 either.
const MAGIC: [u8; 2] = [0xFF, 0x5E];
/// The length of a header.
const HEADER: usize = 8;
/// The most descriptors that travel with one frame.
pub(super) const MOST_DESCRIPTORS: usize = 32;
/// How many bytes are asked for at a time.
const PORTION: usize = 64 * 1024;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// To a worker: who it is and what it does, with its journal and its stdout.
    Hello = 1,
    /// To a worker: jobs.
    Jobs = 2,
    /// From a worker: it is ready for jobs.
    Ready = 3,
    /// From a worker: it will not do, and why.
    Refused = 4,
    /// From a worker: results.
    Results = 5,
    /// From a worker: the job that failed, and why.
    Failed = 6,
}

impl Kind {
    /// The kind with a number.
    fn of(number: u8) -> Option<Kind> {
        use Kind::{Failed, Hello, Jobs, Ready, Refused, Results};
        [Hello, Jobs, Ready, Refused, Results, Failed]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}

/// One whole frame.
#[derive(Debug)]
pub(super) struct Frame {
    /// What it is for.
    pub(super) kind: Kind,
    /// What it says.
    pub(super) payload: Vec<u8>,
    /// What came with it.
    pub(super) descriptors: Vec<OwnedFd>,
}

/// What came is no frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nonsense(pub(super) String);

impl fmt::Display for Nonsense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What has been received and is not yet a frame.
pub(super) struct Inbox {
    /// The bytes, of which the first `taken` are frames that came out already.
    bytes: Vec<u8>,
    /// How many bytes have come out.
    taken: usize,
    /// The descriptors whose frames are still to come out.
    descriptors: VecDeque<OwnedFd>,
    /// Where the next bytes are received.
    space: Box<[u8]>,
    /// The longest payload that is believed, in bytes.
    limit: usize,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inbox({} bytes)", self.bytes.len() - self.taken)
    }
}

impl Inbox {
    /// Nothing received yet; payloads have at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Inbox {
        Inbox {
            bytes: Vec::new(),
            taken: 0,
            descriptors: VecDeque::new(),
            space: vec![0; PORTION].into_boxed_slice(),
            limit,
        }
    }

    /// Receives what is there, once: how many bytes. 0: the other side is gone.
    pub(super) fn receive(&mut self, socket: BorrowedFd<'_>) -> io::Result<usize> {
        let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut into = [IoSliceMut::new(&mut self.space)];
        let received = recvmsg(socket, &mut into, &mut control, RecvFlags::CMSG_CLOEXEC)?; // (3)
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                self.descriptors.extend(descriptors);
            }
        }
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(&self.space[..received.bytes]);
        Ok(received.bytes)
    }

    /// The next whole frame, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, Nonsense> {
        let rest = &self.bytes[self.taken..];
        let Some((header, rest)) = rest.split_first_chunk::<HEADER>() else {
            let begins = &rest[..rest.len().min(MAGIC.len())];
            return if MAGIC.starts_with(begins) {
                Ok(None)
            } else {
                Err(no_frame(rest)) // (1): it need not come whole
            };
        };
        let [first, second, kind, count, length @ ..] = *header;
        let kind = match Kind::of(kind) {
            Some(kind) if [first, second] == MAGIC => kind,
            _ => return Err(no_frame(header)),
        };
        let length = u32::from_le_bytes(length) as usize;
        if length > self.limit {
            let limit = self.limit;
            return Err(Nonsense(format!(
                "a message of {length} bytes was announced, and {limit} is the limit"
            )));
        }
        if rest.len() < length {
            return Ok(None); // (2)
        }
        let count = usize::from(count);
        if self.descriptors.len() < count {
            return Err(Nonsense(format!(
                "{count} descriptors were announced, and {} came",
                self.descriptors.len()
            )));
        }
        let frame = Frame {
            kind,
            payload: rest[..length].to_vec(),
            descriptors: self.descriptors.drain(..count).collect(),
        };
        self.taken += HEADER + length;
        Ok(Some(frame))
    }

    /// How many bytes of a frame that is not whole are here.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.taken
    }
}

/// Says what came where a header should be.
fn no_frame(bytes: &[u8]) -> Nonsense {
    let shown = bytes.escape_ascii();
    Nonsense(format!("\"{shown}\" came, which is no message"))
}

/// A frame on its way out.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// Header and payload.
    bytes: Vec<u8>,
    /// How many bytes have gone.
    sent: usize,
    /// What goes with the first byte.
    descriptors: Vec<OwnedFd>,
}

impl Outgoing {
    /// The frame of a payload, which has at most 4 GiB, as limits see to.
    pub(super) fn new(kind: Kind, payload: &[&[u8]], descriptors: Vec<OwnedFd>) -> Outgoing {
        let length: usize = payload.iter().map(|part| part.len()).sum();
        let length = u32::try_from(length).expect("the limit of a message is below 4 GiB");
        let count = u8::try_from(descriptors.len()).expect("fewer than 32 are let through");
        let mut bytes = Vec::with_capacity(HEADER + length as usize);
        bytes.extend_from_slice(&[MAGIC[0], MAGIC[1], kind as u8, count]);
        bytes.extend_from_slice(&length.to_le_bytes());
        for part in payload {
            bytes.extend_from_slice(part);
        }
        Outgoing {
            bytes,
            sent: 0,
            descriptors,
        }
    }

    /// Sends as much as goes: whether that was all. An error `WouldBlock` says
    /// that more goes later, if the socket does not wait.
    pub(super) fn send(&mut self, socket: BorrowedFd<'_>) -> io::Result<()> {
        while self.sent < self.bytes.len() {
            let with: Vec<BorrowedFd<'_>> = self.descriptors.iter().map(AsFd::as_fd).collect();
            let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
            let mut control = SendAncillaryBuffer::new(&mut space);
            if !with.is_empty() {
                control.push(SendAncillaryMessage::ScmRights(&with));
            }
            let from = [IoSlice::new(&self.bytes[self.sent..])];
            match sendmsg(socket, &from, &mut control, SendFlags::NOSIGNAL) {
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(sent) => {
                    self.sent += sent;
                    drop(with);
                    self.descriptors.clear(); // they have gone with the first byte
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    /// Two ends of a socket.
    fn ends() -> (OwnedFd, OwnedFd) {
        let flags = SocketFlags::CLOEXEC;
        socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap()
    }

    /// Puts bytes into an inbox as if they had been received.
    fn inbox(bytes: &[u8]) -> Inbox {
        let mut inbox = Inbox::new(1 << 20);
        inbox.bytes.extend_from_slice(bytes);
        inbox
    }

    #[test]
    fn a_frame_arrives_as_it_was_sent_with_its_descriptors() {
        let (one, other) = ends();
        let (inside, _outside) = ends();
        let mut out = Outgoing::new(Kind::Jobs, &[b"ab", b"c"], vec![inside]);
        out.send(one.as_fd()).unwrap();
        let mut inbox = Inbox::new(1 << 20);
        inbox.receive(other.as_fd()).unwrap();
        let frame = inbox.next().unwrap().unwrap();
        assert_eq!((frame.kind, &*frame.payload), (Kind::Jobs, &b"abc"[..]));
        assert_eq!(frame.descriptors.len(), 1);
        assert!(inbox.next().unwrap().is_none());
    }

    #[test]
    fn a_message_above_the_limit_is_not_waited_for() {
        let frame = Outgoing::new(Kind::Jobs, &[&[0; 100]], Vec::new());
        let mut inbox = Inbox::new(99);
        inbox.bytes.extend_from_slice(&frame.bytes[..HEADER]);
        let error = inbox.next().unwrap_err();
        assert!(
            error.0.contains("100 bytes was announced, and 99"),
            "{error}"
        );
    }

    #[test]
    fn one_byte_of_text_is_enough_to_know_that_it_is_no_message() {
        let error = inbox(b"h").next().unwrap_err();
        assert_eq!(error.0, "\"h\" came, which is no message");
    }

    proptest! {
        #[test]
        fn frames_come_out_whole_however_they_are_cut(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..8),
            cuts in prop::collection::vec(1_usize..40, 1..40),
        ) {
            let mut bytes = Vec::new();
            for payload in &payloads {
                bytes.extend(Outgoing::new(Kind::Results, &[payload], Vec::new()).bytes);
            }
            let mut inbox = inbox(&[]);
            let (mut seen, mut rest, mut cuts) = (Vec::new(), &bytes[..], cuts.iter().cycle());
            while !rest.is_empty() {
                let (now, later) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                inbox.bytes.extend_from_slice(now);
                rest = later;
                while let Some(frame) = inbox.next().unwrap() {
                    seen.push(frame.payload);
                }
            }
            prop_assert_eq!(seen, payloads);
            prop_assert_eq!(inbox.left(), 0);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut inbox = inbox(&bytes);
            while let Ok(Some(_)) = inbox.next() {}
        }
    }
}
