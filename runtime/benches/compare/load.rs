//! The load generator: a thread on the other processor that asks and waits.
//!
//! Every connection has one request out at any time, and sends the next when
//! the whole answer is here. All connections stand, and have had an answer,
//! before the time begins to count.
//!
//! Invariants: (1) an answer is as long as the first one was; (2) the generator
//! does less for a request than any server: one write, one read.

use crate::stopwatch::{Stopwatch, pin_to};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What is asked of a server, and by how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How many connections there are.
    pub(crate) connections: usize,
    /// What each of them sends again and again.
    pub(crate) request: &'static [u8],
    /// Where the answer ends, if it is all here.
    pub(crate) end_of_answer: fn(&[u8]) -> Option<usize>,
    /// For how long.
    pub(crate) window: Duration,
}

/// What a request cost, in ns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served {
    /// Of the window: its length over the number of requests.
    pub(crate) time: f64,
    /// Of the server's thread: its CPU time over the number of requests.
    pub(crate) cpu: f64,
}

impl Load {
    /// Has `server` serve on this thread, while another one asks. The server
    /// sends its address, and returns once all connections are closed.
    pub(crate) fn ask(self, server: impl FnOnce(Sender<SocketAddr>)) -> Served {
        let (tell, address) = channel();
        let generator = thread::spawn(move || self.generate(&address));
        let _pinned = pin_to(0);
        let stopwatch = Stopwatch::of_thread();
        server(tell);
        let cpu = stopwatch.elapsed();
        let asked = generator.join().expect("the generator does not panic");
        let (time, requests) = asked.expect("the server answers");
        Served {
            time,
            cpu: cpu.as_secs_f64() * 1e9 / f64::from(requests),
        }
    }

    /// Asks until the window is over. Returns how long a request took in the
    /// window, ns, and how many there were in all.
    fn generate(self, address: &Receiver<SocketAddr>) -> io::Result<(f64, u32)> {
        let _pinned = pin_to(1);
        let address = address.recv().map_err(io::Error::other)?;
        let mut poll = Poll::new()?;
        let mut events = Events::with_capacity(1_024);
        let mut streams = Vec::new();
        let mut length = 0; // of an answer
        for key in 0..self.connections {
            let mut stream = std::net::TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            length = self.first_answer(&mut stream)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry()
                .register(&mut stream, Token(key), Interest::READABLE)?;
            streams.push((stream, length));
        }
        for (stream, _) in &mut streams {
            stream.write_all(self.request)?;
        }
        let warm = Instant::now() + self.window / 8;
        let mut began = None;
        let (mut answers, mut before) = (0_u32, 0);
        loop {
            poll.poll(&mut events, Some(Duration::from_secs(5)))?;
            if events.is_empty() {
                return Err(ErrorKind::TimedOut.into());
            }
            for event in &events {
                let (stream, missing) = &mut streams[event.token().0];
                if receive(stream, missing)? {
                    answers += 1;
                    *missing = length;
                    stream.write_all(self.request)?;
                }
            }
            let now = Instant::now();
            match began {
                None if now >= warm => {
                    began = Some(now);
                    before = answers;
                }
                Some(began) if now >= began + self.window => {
                    let nanoseconds = (now - began).as_secs_f64() * 1e9;
                    streams.into_iter().try_for_each(last_answer)?;
                    return Ok((nanoseconds / f64::from(answers - before), answers));
                }
                _ => {}
            }
        }
    }

    /// Asks once, and returns how long the answer is.
    fn first_answer(self, stream: &mut std::net::TcpStream) -> io::Result<usize> {
        stream.write_all(self.request)?;
        let mut answer = [0; 4_096];
        let mut length = 0;
        loop {
            match stream.read(&mut answer[length..])? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                more => length += more,
            }
            if let Some(end) = (self.end_of_answer)(&answer[..length]) {
                return Ok(end);
            }
        }
    }
}

/// Waits for the answer that is still out, and closes the connection. To close
/// it without having read everything would be to break it off.
fn last_answer((stream, missing): (TcpStream, usize)) -> io::Result<()> {
    let mut stream = std::net::TcpStream::from(stream);
    stream.set_nonblocking(false)?;
    stream.read_exact(&mut vec![0; missing])
}

/// Reads what is there of an answer of which so much is missing. Returns
/// whether it is complete.
fn receive(stream: &mut TcpStream, missing: &mut usize) -> io::Result<bool> {
    let mut buffer = [0; 4_096];
    while *missing > 0 {
        match stream.read(&mut buffer) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => *missing -= bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
