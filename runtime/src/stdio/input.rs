//! The standard input.
//!
//! A process has one, whatever loops come and go, so what was read and nobody
//! has had yet is kept for the process, in [`KEPT`].
//!
//! Invariants: (1) no byte is lost: a thread puts all that it reads into `KEPT`;
//! (2) a thread asks the OS only if nothing was put there since its reader
//! looked; (3) neither the loop's end nor virtual time waits for it; (4) a read
//! that is given up stays out, and the loop's next one waits for it instead of
//! for a second thread.
//!
//! Left out: two tasks that read at once: each byte goes to one of them. And
//! `std::io::stdin`, whose buffer is not ours: use one of the two.
//!
//! Book: chapter 8.

use crate::blocking::{Kind, Operation};
use crate::context;
use std::io::{self, BufRead as _};
use std::mem;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, ready};

/// What was read and nobody has had yet. Never locked while anything blocks.
static KEPT: Mutex<Kept> = Mutex::new(Kept {
    bytes: Vec::new(),
    searched: 0,
    at_end: false,
    puts: 0,
});

/// What the lock protects.
#[derive(Debug)]
struct Kept {
    /// The bytes.
    bytes: Vec<u8>,
    /// So many of them are known to hold no end of a line: to look at them again
    /// each time that more comes would cost n² for a long line.
    searched: usize,
    /// After the bytes the input ends, and nobody was told yet.
    at_end: bool,
    /// How often a thread has put something here.
    puts: u64,
}

impl Kept {
    /// The lock.
    fn lock() -> MutexGuard<'static, Kept> {
        KEPT.lock()
            .expect("nothing panics while what was read is locked")
    }

    /// Fills `buffer` with what is there; with nothing, at the end.
    fn take_bytes(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let count = buffer.len().min(self.bytes.len());
        buffer[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes.drain(..count);
        self.searched = self.searched.saturating_sub(count);
        (count > 0 || mem::take(&mut self.at_end)).then_some(count)
    }

    /// Takes a line with its end, or what is left before the end of the input.
    fn take_line(&mut self) -> Option<Vec<u8>> {
        let before = mem::take(&mut self.searched);
        let mut new = self.bytes[before..].iter();
        let end = new.position(|&byte| byte == b'\n');
        match end {
            Some(end) => Some(self.bytes.drain(..=before + end).collect()),
            None if self.at_end => {
                // careful: a terminal ends once; whoever gets the rest did not see it.
                self.at_end = !self.bytes.is_empty();
                Some(mem::take(&mut self.bytes))
            }
            None => {
                self.searched = self.bytes.len();
                None
            }
        }
    }
}

/// Asks the OS once, unless something was put since `puts` were counted.
fn fetch(puts: u64) -> io::Result<()> {
    let mut input = io::stdin().lock(); // waits for another thread that asks
    if Kept::lock().puts != puts {
        return Ok(()); // invariant 2
    }
    let count = loop {
        match input.fill_buf() {
            Ok(bytes) => {
                let mut kept = Kept::lock();
                kept.bytes.extend(bytes);
                kept.at_end = bytes.is_empty();
                kept.puts += 1;
                break bytes.len();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    };
    input.consume(count);
    Ok(())
}

/// The standard input.
///
/// Dropping it loses nothing: what was read, or is read later by the thread that
/// waits for it, is there for the next handle.
#[derive(Debug)]
pub struct Stdin {
    /// A thread that asks the OS.
    out: Option<Operation<()>>,
}

/// A handle to the standard input.
///
/// ```no_run
/// # runtime::EventLoop::new(runtime::Clock::Real).block_on(async {
/// let mut input = runtime::stdio::stdin();
/// while let Some(line) = input.next_line().await? {
///     println!("{}", line.to_uppercase());
/// }
/// # std::io::Result::Ok(())
/// # });
/// ```
pub fn stdin() -> Stdin {
    Stdin { out: None }
}

impl Stdin {
    /// Reads a line, and gives it without its end; `None` at the end of the input.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// `InvalidData` if the line is not UTF-8: the next one can be read all the
    /// same. Else as the OS says.
    pub fn next_line(&mut self) -> NextLine<'_> {
        NextLine(self)
    }

    /// Reads what is there into `buffer`, and waits only if nothing is. Returns
    /// the number of bytes: 0 at the end of the input.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> ReadInput<'a> {
        ReadInput(self, buffer)
    }

    /// Waits until `take` finds what it wants among what was read.
    #[track_caller]
    fn poll_take<T>(
        &mut self,
        context: &mut Context<'_>,
        mut take: impl FnMut(&mut Kept) -> Option<T>,
    ) -> Poll<io::Result<T>> {
        loop {
            let puts = {
                let mut kept = Kept::lock();
                if let Some(taken) = take(&mut kept) {
                    return Poll::Ready(Ok(taken));
                }
                kept.puts
            };
            let state = context::expect_current("Stdin");
            let out = &mut self.out;
            if out.is_none() {
                *out = state.blocking.take_input(); // invariant 4
            }
            let asking = out
                .get_or_insert_with(|| Operation::new("Stdin", Kind::Input, move || fetch(puts)));
            let result = ready!(Pin::new(asking).poll(context));
            *out = None;
            result?;
        }
    }

    /// A read was given up, and nobody is to be woken for it.
    fn pause(&mut self) {
        if let Some(out) = &mut self.out {
            out.pause();
        }
    }
}

impl Drop for Stdin {
    fn drop(&mut self) {
        if let (Some(out), Some(state)) = (self.out.take(), context::current()) {
            state.blocking.keep_input(out); // invariant 4
        }
    }
}

/// See [`Stdin::next_line`].
#[derive(Debug)]
#[must_use = "nothing is read unless this is awaited"]
pub struct NextLine<'a>(&'a mut Stdin);

impl Future for NextLine<'_> {
    type Output = io::Result<Option<String>>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop, and no line is there.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut line = ready!(self.0.poll_take(context, Kept::take_line))?;
        if line.is_empty() {
            return Poll::Ready(Ok(None));
        }
        if line.ends_with(b"\n") {
            line.pop();
            if line.ends_with(b"\r") {
                line.pop();
            }
        }
        let line = String::from_utf8(line);
        let line = line.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error));
        Poll::Ready(line.map(Some))
    }
}

impl Drop for NextLine<'_> {
    fn drop(&mut self) {
        self.0.pause();
    }
}

/// See [`Stdin::read`].
#[derive(Debug)]
#[must_use = "nothing is read unless this is awaited"]
pub struct ReadInput<'a>(&'a mut Stdin, &'a mut [u8]);

impl Future for ReadInput<'_> {
    type Output = io::Result<usize>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop, and nothing is there.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let ReadInput(input, buffer) = &mut *self;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0)); // careful: not what the end would say
        }
        input.poll_take(context, |kept| kept.take_bytes(buffer))
    }
}

impl Drop for ReadInput<'_> {
    fn drop(&mut self) {
        self.0.pause();
    }
}

#[cfg(test)]
mod tests {
    use super::Kept;

    /// Nothing was read.
    const NOTHING: Kept = Kept {
        bytes: Vec::new(),
        searched: 0,
        at_end: false,
        puts: 0,
    };

    #[test]
    fn of_a_long_line_only_what_is_new_is_searched() {
        let mut kept = NOTHING;
        for part in [&b"ab"[..], b"cd", b"ef"] {
            kept.bytes.extend(part);
            assert_eq!(kept.take_line(), None);
            assert_eq!(kept.searched, kept.bytes.len());
        }
        assert_eq!(kept.take_bytes(&mut [0; 4]), Some(4));
        assert_eq!(kept.searched, 2);
        kept.bytes.extend(b"g\nnext\n");
        assert_eq!(kept.take_line().unwrap(), b"efg\n");
        assert_eq!(kept.take_line().unwrap(), b"next\n");
        assert_eq!(kept.take_line(), None);
        kept.at_end = true;
        assert_eq!(kept.take_line().unwrap(), b"");
    }
}
