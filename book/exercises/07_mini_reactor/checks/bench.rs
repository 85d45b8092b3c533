//! A reactor of the learner's with sockets, and a record of what was done to it.

use super::Complaint;
use exercises::tasks::{Wakes, counting_waker};
use mio::event::Source;
use mio::net::UnixStream;
use mio::{Interest, Registry, Token};
use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream as Peer;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A reactor as the checks see it.
pub(crate) trait Reactor {
    /// Registers a source.
    fn register(&mut self, source: &mut dyn Source) -> io::Result<Token>;
    /// Deregisters it.
    fn deregister(&mut self, token: Token, source: &mut dyn Source) -> io::Result<()>;
    /// Tries to read, or to write.
    fn attempt(
        &mut self,
        token: Token,
        reads: bool,
        context: &mut Context<'_>,
        operation: &mut dyn FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>>;
    /// Waits for readiness.
    fn poll(&mut self, timeout: Option<Duration>) -> io::Result<()>;
}

/// Makes a reactor.
pub(crate) type NewReactor = fn() -> io::Result<Box<dyn Reactor>>;

/// A socket that counts what mio is asked to do with it.
#[derive(Debug)]
struct Counted {
    /// The socket.
    stream: UnixStream,
    /// How often it was registered.
    registered: u32,
    /// How often it was deregistered.
    deregistered: u32,
}

impl Source for Counted {
    fn register(&mut self, registry: &Registry, token: Token, how: Interest) -> io::Result<()> {
        self.registered += 1;
        self.stream.register(registry, token, how)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, how: Interest) -> io::Result<()> {
        self.stream.reregister(registry, token, how)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.deregistered += 1;
        self.stream.deregister(registry)
    }
}

/// A socket that was registered, and its other end.
#[derive(Debug)]
pub(super) struct Socket {
    /// What it is called in complaints.
    pub(super) name: &'static str,
    /// The socket.
    source: Counted,
    /// The token that the reactor gave it.
    pub(super) token: Token,
    /// The other end, which does not know of the reactor.
    pub(super) peer: Peer,
}

/// A task that waits, as far as a reactor knows it.
#[derive(Debug)]
pub(super) struct Task {
    /// How often it was woken.
    wakes: Arc<Wakes>,
    /// What wakes it.
    waker: Waker,
}

impl Task {
    /// One that was not woken yet.
    pub(super) fn new() -> Task {
        let (count, waker) = counting_waker();
        Task {
            wakes: count,
            waker,
        }
    }

    /// How often it was woken.
    pub(super) fn wakes(&self) -> usize {
        self.wakes.count()
    }
}

/// More pieces of 4 KiB than a socket takes.
const WRITES: u32 = 100_000;

/// What went wrong in a check.
pub(super) type Result<T = ()> = std::result::Result<T, Complaint>;

/// A reactor of the learner's under observation.
pub(super) struct Bench {
    /// The reactor.
    reactor: Box<dyn Reactor>,
    /// What was done so far, a line each.
    done: Vec<String>,
}

impl Bench {
    /// One without sources.
    pub(super) fn new(new: NewReactor) -> Result<Bench> {
        let done = vec!["Reactor::new()".to_owned()];
        match new() {
            Ok(reactor) => Ok(Bench { reactor, done }),
            Err(error) => Err(Complaint {
                tried: done.concat(),
                expected: "a reactor".to_owned(),
                happened: format!("an error: {error}"),
                ..Complaint::default()
            }),
        }
    }

    /// Registers one end of a new pair of sockets. What the system says of it at
    /// once, that it is writable, is fetched.
    pub(super) fn socket(&mut self, name: &'static str) -> Result<Socket> {
        let (socket, peer) = Peer::pair().expect("the system gives two sockets");
        socket
            .set_nonblocking(true)
            .expect("a socket need not block");
        let mut source = Counted {
            stream: UnixStream::from_std(socket),
            registered: 0,
            deregistered: 0,
        };
        self.done.push(format!("register socket {name}"));
        let token = self.reactor.register(&mut source);
        let token = token.map_err(|error| self.complaint("a token", format!("{error}")))?;
        self.expect("calls of mio's register", 1, source.registered)?;
        self.poll()?;
        Ok(Socket {
            name,
            source,
            token,
            peer,
        })
    }

    /// Deregisters a socket, and says what the reactor answered.
    pub(super) fn deregister(&mut self, socket: &mut Socket) -> String {
        self.done.push(format!("deregister {}", socket.name));
        let answer = self.reactor.deregister(socket.token, &mut socket.source);
        match answer {
            Ok(()) => "done".to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        }
    }

    /// How often mio was asked to deregister a socket.
    pub(super) fn deregistered(socket: &Socket) -> u32 {
        socket.source.deregistered
    }

    /// What an attempt answers to read at most `size` bytes.
    pub(super) fn read(&mut self, socket: &mut Socket, size: usize, task: &Task) -> String {
        let says = self.read_quietly(socket, size, task);
        let line = format!("attempt to read {size} bytes from {}: {says}", socket.name);
        self.done.push(line);
        says
    }

    /// The same, where it is told otherwise what was done.
    pub(super) fn read_quietly(&mut self, socket: &mut Socket, size: usize, task: &Task) -> String {
        let mut buffer = vec![0; size];
        let stream = &mut socket.source.stream;
        let mut operation = || stream.read(&mut buffer);
        let mut context = Context::from_waker(&task.waker);
        let answer = self
            .reactor
            .attempt(socket.token, true, &mut context, &mut operation);
        says(answer)
    }

    /// Writes until an attempt does not answer with a number, and says what it
    /// answers then.
    pub(super) fn fill(&mut self, socket: &mut Socket, task: &Task) -> String {
        let mut answer = "Ready again and again".to_owned();
        for _ in 0..WRITES {
            let stream = &mut socket.source.stream;
            let mut operation = || stream.write(&[0; 4096]);
            let mut context = Context::from_waker(&task.waker);
            let answered = self
                .reactor
                .attempt(socket.token, false, &mut context, &mut operation);
            if !matches!(answered, Poll::Ready(Ok(_))) {
                answer = says(answered);
                break;
            }
        }
        let name = socket.name;
        let line = format!("attempt to write to {name} until it is full: {answer}");
        self.done.push(line);
        answer
    }

    /// The other end writes `size` bytes.
    pub(super) fn peer_writes(&mut self, socket: &mut Socket, size: usize) {
        let line = format!("the other end of {} writes {size} bytes", socket.name);
        self.done.push(line);
        let written = socket.peer.write_all(&vec![1; size]);
        written.expect("the other end has room");
    }

    /// The other end reads whatever is there.
    pub(super) fn peer_reads_all(&mut self, socket: &mut Socket) {
        let line = format!("the other end of {} reads all of it", socket.name);
        self.done.push(line);
        let blocks = |blocks: bool| {
            let set = socket.peer.set_nonblocking(!blocks);
            set.expect("a socket need not block");
        };
        blocks(false);
        let mut peer = &socket.peer;
        // Until it would block.
        let mut buffer = vec![0; 65_536];
        while peer.read(&mut buffer).is_ok_and(|size| size > 0) {}
        blocks(true);
    }

    /// Somebody else reads what there is at this end.
    pub(super) fn another_reads(&mut self, socket: &mut Socket) {
        self.done
            .push(format!("another reads from {} what there is", socket.name));
        let read = socket.source.stream.read(&mut [0; 64]);
        read.expect("there is something to read");
    }

    /// Asks for readiness without waiting.
    pub(super) fn poll(&mut self) -> Result {
        self.done.push("poll without waiting".to_owned());
        self.poll_for(Some(Duration::ZERO))
    }

    /// Asks for readiness.
    pub(super) fn poll_for(&mut self, timeout: Option<Duration>) -> Result {
        match self.reactor.poll(timeout) {
            Ok(()) => Ok(()),
            // A signal is nobody's mistake.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(self.complaint("poll succeeds", format!("an error: {error}"))),
        }
    }

    /// What is tried, where that is not told by what was done.
    pub(super) fn say(&mut self, what: &str) {
        self.done.push(what.to_owned());
    }

    /// Whether what was found is what was expected.
    pub(super) fn expect<T: PartialEq + Debug + Copy>(
        &self,
        what: &str,
        expected: T,
        found: T,
    ) -> Result {
        if expected == found {
            return Ok(());
        }
        Err(self.complaint(
            &format!("{what}: {expected:?}"),
            format!("{what}: {found:?}"),
        ))
    }

    /// The same, of an answer of the reactor's.
    pub(super) fn expect_answer(&self, expected: &str, found: &str) -> Result {
        if expected == found {
            return Ok(());
        }
        Err(self.complaint(expected, found.to_owned()))
    }

    /// A complaint about what was done last.
    pub(super) fn complaint(&self, expected: &str, happened: String) -> Complaint {
        Complaint {
            tried: self.done.join("\n"),
            expected: expected.to_owned(),
            happened,
            ..Complaint::default()
        }
    }
}

/// An answer in words.
fn says(answer: Poll<io::Result<usize>>) -> String {
    match answer {
        Poll::Pending => "Pending".to_owned(),
        Poll::Ready(Ok(size)) => format!("Ready with {size} bytes"),
        Poll::Ready(Err(error)) => format!("Ready with the error {:?}", error.kind()),
    }
}
