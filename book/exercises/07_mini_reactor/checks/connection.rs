//! A whole connection: an OS thread at the other end, a megabyte each way.

use super::bench::{Bench, NewReactor, Result, Task};
use super::{Check, Part};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;

/// This check.
pub(super) fn checks() -> Vec<Check<NewReactor>> {
    vec![Check {
        name: "thread_at_the_other_end",
        rule: "a connection to an OS thread carries a megabyte, and not a byte gets lost",
        part: Part::Threads,
        run: Box::new(|new| echo(*new)),
        step: None, // it is no event loop: there is no trace
    }]
}

/// How many bytes the other end writes.
const BYTES: usize = 1 << 20;

/// Reads with a small buffer what an OS thread writes, and sleeps in `poll`
/// whenever there is nothing.
fn echo(new: NewReactor) -> Result {
    let mut bench = Bench::new(new)?;
    let (reader, mut read) = (Task::new(), 0);
    let mut socket = bench.socket("A")?;
    let mut peer = socket.peer.try_clone().expect("a socket can be shared");
    let other_end = thread::spawn(move || {
        for piece in 0..64 {
            if peer.write_all(&[piece; BYTES / 64]).is_err() {
                return; // the check is over
            }
            if piece % 8 == 0 {
                thread::yield_now();
            }
        }
        // The check goes on until it reads the end.
        let _ = peer.shutdown(Shutdown::Write);
        let _ = peer.read(&mut [0]);
    });
    bench.say("an OS thread writes 1 MiB at the other end of A, and closes it");
    bench.say("attempt to read 1000 bytes; when Pending, poll without limit until woken");
    let mut told = 0;
    loop {
        let answer = bench.read_quietly(&mut socket, 1000, &reader);
        match answer.as_str() {
            "Pending" => {
                while reader.wakes() == told {
                    bench.poll_for(None)?;
                }
                told = reader.wakes();
            }
            "Ready with 0 bytes" => break,
            _ => match answer.split(' ').nth(2).map(str::parse::<usize>) {
                Some(Ok(size)) => read += size,
                _ => return bench.expect_answer("bytes, Pending, or the end", &answer),
            },
        }
    }
    drop(socket);
    other_end.join().expect("the other end does not panic");
    bench.expect("bytes that were read", BYTES, read)
}
