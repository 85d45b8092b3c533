//! The local server: it answers after a while, and no faster than it may.
//!
//! A client asks in three numbers, big-endian: so many bytes, after so many ms, counted
//! from when so many wait at the same time. They come at [`BANDWIDTH`] for each connection,
//! in [`PIECES`] pieces. It is tasks on one event loop, in a process of its own, so it
//! serves thousands of connections and costs the measured process nothing but its share
//! of the machine.
//!
//! Invariants: (1) the last byte of an answer leaves when latency and bandwidth
//! together say, counted from the request, so lateness does not add up.
//!
//! Book: chapter 25.

mod meeting;

use meeting::Meeting;
use nix::sys::socket::{Backlog, listen};
use runtime::net::{TcpListener, TcpStream};
use runtime::{Clock, EventLoop, now, sleep, sleep_until, spawn};
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

/// How many bytes a second a connection carries.
pub const BANDWIDTH: u32 = 1_000_000;
/// How many bytes a request has.
pub const REQUEST: usize = 12;
/// In how many pieces an answer comes.
const PIECES: u32 = 4;
/// How long to wait when no connection can be taken, for want of files.
const AGAIN: Duration = Duration::from_millis(20);

/// How long a download takes at least: latency and bandwidth.
pub fn least(wait: u32, bytes: u32) -> Duration {
    Duration::from_millis(wait.into()) + Duration::from_secs(bytes.into()) / BANDWIDTH
}

/// Serves for ever; says on `output` where, as its first line.
///
/// # Errors
///
/// If there is no port, or nobody reads the line.
pub fn serve(mut output: impl Write) -> io::Result<()> {
    EventLoop::new(Clock::Real).block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        // careful: the usual queue is short, and who finds it full tries again after a
        // second: whoever connects quickly would be the slowest.
        listen(&listener, Backlog::MAXALLOWABLE)?;
        writeln!(output, "{}", listener.local_addr()?)?;
        output.flush()?;
        let meeting = Rc::new(Meeting::default());
        loop {
            match listener.accept().await {
                // A client that goes away early is its own affair.
                Ok((stream, _peer)) => drop(spawn(answer(stream, Rc::clone(&meeting)))),
                Err(_) => sleep(AGAIN).await,
            }
        }
    })
}

/// Answers what one client asks for, until it is done.
async fn answer(stream: TcpStream, meeting: Rc<Meeting>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = [0; REQUEST];
    loop {
        stream.read_exact(&mut request).await?;
        let [wait, bytes, among] = [0, 4, 8].map(|from| {
            let number = request[from..from + 4].try_into();
            u32::from_be_bytes(number.expect("it is four bytes"))
        });
        if among > 1 && !meeting.wait(among, &stream).await {
            return Ok(());
        }
        let came = now();
        for piece in 1..=PIECES {
            let [from, to] = [piece - 1, piece].map(|end| part(bytes, end));
            sleep_until(came + least(wait, to)).await; // (1)
            stream.write_all(&vec![b'x'; (to - from) as usize]).await?;
        }
    }
}

/// How many of the bytes the first `pieces` pieces have.
fn part(bytes: u32, pieces: u32) -> u32 {
    let part = u64::from(bytes) * u64::from(pieces) / u64::from(PIECES);
    u32::try_from(part).expect("a part is not more than the whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole_and_the_time_is_latency_and_bandwidth() {
        for bytes in [0, 1, 3, 10_000, u32::MAX] {
            assert_eq!(part(bytes, PIECES), bytes);
        }
        assert_eq!(least(40, 10_000), Duration::from_millis(50));
    }
}
