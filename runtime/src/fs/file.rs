//! An open file, read and written in parts.
//!
//! Invariants: (1) its operations are carried out in order, one at a time; (2) a
//! read that is dropped loses nothing: what it gave comes first in the next; (3)
//! a write that is dropped is written all the same, and an error of its is the
//! next operation's error: [`File::flush`] waits for both; (4) to the caller the
//! file stands where it has read to, whatever was read for nobody.

use crate::blocking::{Action, Done, Kind, Operation, Series};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// How much a read asks of the OS, at most.
const CHUNK: usize = 64 * 1024;

/// An open file.
///
/// Dropping it closes it, once the operation that is out is over.
pub struct File {
    /// The OS's file.
    file: Arc<fs::File>,
    /// What is done with it.
    series: Series,
}

impl File {
    /// Opens a file to read it.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::open`].
    pub fn open(path: impl AsRef<Path>) -> Opening {
        File::open_with(OpenOptions::new().read(true), path)
    }

    /// Opens a file to write it: a new one, or an old one, emptied.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::create`].
    pub fn create(path: impl AsRef<Path>) -> Opening {
        let mut options = OpenOptions::new();
        File::open_with(options.write(true).create(true).truncate(true), path)
    }

    /// Opens a file in another way.
    ///
    /// # Errors
    ///
    /// As [`std::fs::OpenOptions::open`].
    pub fn open_with(options: &OpenOptions, path: impl AsRef<Path>) -> Opening {
        let (options, path) = (options.clone(), path.as_ref().to_owned());
        Opening(Operation::new("fs::File::open()", Kind::Work, move || {
            options.open(path)
        }))
    }

    /// Reads into `buffer`. Returns the number of bytes: 0 at the file's end.
    ///
    /// # Errors
    ///
    /// As the OS says; or the error of an operation that was dropped.
    pub fn read<'a>(&'a mut self, buffer: &'a mut [u8]) -> Reading<'a> {
        Reading {
            file: self,
            buffer,
            has_begun: false,
        }
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    ///
    /// As the OS says, some bytes may be written by then; or the error of an
    /// operation that was dropped: nothing is written then.
    pub fn write_all(&mut self, bytes: &[u8]) -> Action<'_, ()> {
        let bytes = bytes.to_vec();
        self.act("fs::File::write_all()", drop, move |mut file, unread| {
            step_back(file, unread)?;
            file.write_all(&bytes)?;
            Ok(0)
        })
    }

    /// Goes to another place in the file. Returns where that is.
    ///
    /// # Errors
    ///
    /// As the OS says: `InvalidInput` before the beginning; or the error of an
    /// operation that was dropped.
    pub fn seek(&mut self, to: SeekFrom) -> Action<'_, u64> {
        let at = |at| at;
        self.act("fs::File::seek()", at, move |mut file, unread| {
            step_back(file, unread)?;
            file.seek(to)
        })
    }

    /// Waits until everything is handed to the OS: at once, unless a write was dropped.
    ///
    /// # Errors
    ///
    /// The error of an operation that was dropped.
    pub fn flush(&mut self) -> Action<'_, ()> {
        self.act("fs::File::flush()", drop, |file, unread| {
            step_back(file, unread)?;
            Ok(0)
        })
    }

    /// Waits until everything is on the disk, as far as the OS knows.
    ///
    /// # Errors
    ///
    /// As the OS says; or the error of an operation that was dropped.
    pub fn sync_all(&mut self) -> Action<'_, ()> {
        self.act("fs::File::sync_all()", drop, |file, unread| {
            step_back(file, unread)?;
            file.sync_all()?;
            Ok(0)
        })
    }

    /// Will do something that reads nothing.
    fn act<T>(
        &mut self,
        what: &'static str,
        finish: fn(u64) -> T,
        act: impl FnOnce(&fs::File, &mut Vec<u8>) -> io::Result<u64> + Send + 'static,
    ) -> Action<'_, T> {
        let file = self.file.clone();
        Action::new(
            &mut self.series,
            what,
            move |unread| act(&file, unread),
            finish,
        )
    }
}

/// Goes back over what was read for nobody (invariant 4). In a pipe there is no
/// going back: the bytes stay for the next read.
fn step_back(mut file: &fs::File, unread: &mut Vec<u8>) -> io::Result<()> {
    if unread.is_empty() {
        return Ok(());
    }
    let back = i64::try_from(unread.len()).expect("a buffer has less than i64::MAX bytes");
    match file.seek_relative(-back) {
        Err(error) if error.kind() == io::ErrorKind::NotSeekable => {}
        done => {
            done?;
            unread.clear();
        }
    }
    Ok(())
}

impl From<fs::File> for File {
    fn from(file: fs::File) -> Self {
        File {
            file: Arc::new(file),
            series: Series::default(),
        }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)
    }
}

/// See [`File::open`].
#[derive(Debug)]
#[must_use = "nothing is opened unless this is awaited"]
pub struct Opening(Operation<fs::File>);

impl Future for Opening {
    type Output = io::Result<File>;

    /// # Panics
    ///
    /// If it is first polled outside of an event loop, or after it was ready.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|opened| opened.map(File::from))
    }
}

/// See [`File::read`].
#[derive(Debug)]
#[must_use = "nothing is read unless this is awaited"]
pub struct Reading<'a> {
    /// Whence.
    file: &'a mut File,
    /// Whither.
    buffer: &'a mut [u8],
    /// Whether it has asked the OS.
    has_begun: bool,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.file.series.pause();
    }
}

impl Future for Reading<'_> {
    type Output = io::Result<usize>;

    /// # Panics
    ///
    /// If it is first polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Reading {
            file: File { file, series },
            buffer,
            has_begun,
        } = &mut *self;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0)); // careful: not what a file's end would say
        }
        loop {
            ready!(series.settle(context))?;
            let count = series.take_unread(buffer);
            if count > 0 || *has_begun {
                return Poll::Ready(Ok(count));
            }
            let (file, limit) = (file.clone(), buffer.len().min(CHUNK));
            series.begin("fs::File::read()", Kind::Query, move || {
                let mut bytes = vec![0; limit];
                let count = (&*file).read(&mut bytes)?;
                bytes.truncate(count);
                Ok(Done::Read(bytes))
            });
            *has_begun = true;
        }
    }
}
