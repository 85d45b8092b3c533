//! Idle connections: a unit for each, which waits for what never comes.
//!
//! The other ends are held by a process of its own (this program, asked by
//! [`HOLD`]), so that what is counted is one side, as in a server.
//!
//! Left out: switches and messages. They are those of the same units without
//! connections.

use crate::meter::Meter;
use crate::order::{Sample, Trouble};
use runtime::net::TcpStream;
use runtime::{Clock, EventLoop, spawn};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::thread::Builder;

/// The argument that makes of this program the holder of the other ends: it is
/// followed by an address.
pub const HOLD: &str = "--hold";

/// Connects to `address` once for each byte that comes in, and holds all of these
/// connections until no more bytes can come: what [`HOLD`] asks for.
///
/// # Errors
/// The system refuses one.
pub fn hold(address: SocketAddr) -> io::Result<()> {
    let (mut input, mut held, mut byte) = (io::stdin().lock(), Vec::new(), [0]);
    while input.read_exact(&mut byte).is_ok() {
        held.push(std::net::TcpStream::connect(address)?);
    }
    Ok(())
}

/// Where units' connections come from.
struct Source {
    /// Where they arrive.
    listener: TcpListener,
    /// Who holds the other ends.
    holder: Child,
}

impl Source {
    /// Starts the holder.
    fn new() -> io::Result<Source> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let holder = Command::new(std::env::current_exe()?)
            .args([HOLD, &listener.local_addr()?.to_string()])
            .stdin(Stdio::piped())
            .spawn()?;
        Ok(Source { listener, holder })
    }

    /// One more connection.
    fn next(&mut self) -> io::Result<std::net::TcpStream> {
        let asked = self.holder.stdin.as_mut().expect("it is taken at the end");
        asked.write_all(&[1])?;
        if let Some(status) = self.holder.try_wait()? {
            let sentence = format!("the other ends cannot be held ({status})");
            return Err(io::Error::other(sentence));
        }
        Ok(self.listener.accept()?.0)
    }

    /// Closes all other ends.
    fn close(&mut self) -> io::Result<()> {
        drop(self.holder.stdin.take());
        self.holder.wait().map(drop)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // It may be closed already; a holder whose input has ended ends.
        let _ = self.close();
    }
}

/// Measures so many tasks.
///
/// # Errors
/// The system has no descriptor left.
pub(crate) fn of_tasks(count: u32) -> Result<Sample, Trouble> {
    EventLoop::new(Clock::Real).block_on(async {
        let mut source = Source::new().map_err(|error| Trouble::at(0, error))?;
        let mut meter = Meter::begin(count);
        let mut units = Vec::new();
        for reached in 0..count {
            let refused = |error| Trouble::at(reached, error);
            let stream = source.next().map_err(refused)?;
            stream.set_nonblocking(true).map_err(refused)?;
            let stream = TcpStream::from_std(stream).map_err(refused)?;
            units.push(spawn(async move { stream.read(&mut [0]).await.is_ok() }));
        }
        runtime::yield_now().await; // each has begun to wait
        meter.there(&[]);
        meter.ends();
        source.close().map_err(|error| Trouble::at(count, error))?;
        for unit in units {
            unit.await.expect("no task panics");
        }
        Ok(meter.over())
    })
}

/// Measures so many threads of the system's.
///
/// # Errors
/// The system has no descriptor, or no thread, left.
pub(crate) fn of_threads(count: u32) -> Result<Sample, Trouble> {
    let mut source = Source::new().map_err(|error| Trouble::at(0, error))?;
    let mut meter = Meter::begin(count);
    let (tell, told) = std::sync::mpsc::channel();
    let mut units = Vec::new();
    for reached in 0..count {
        let refused = |error| Trouble::at(reached, error);
        let (mut stream, tell) = (source.next().map_err(refused)?, tell.clone());
        let unit = Builder::new().spawn(move || {
            let _ = tell.send(());
            stream.read(&mut [0]).is_ok()
        });
        units.push(unit.map_err(refused)?);
    }
    for _ in 0..count {
        told.recv().expect("each of them tells");
    }
    meter.there(&[]);
    meter.ends();
    source.close().map_err(|error| Trouble::at(count, error))?;
    for unit in units {
        unit.join().expect("no thread panics");
    }
    Ok(meter.over())
}
