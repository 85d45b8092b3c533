//! The standard output.
//!
//! Invariants: (1) what is written through one handle comes out in order; (2) a
//! write that is dropped is written all the same, and an error of its is the
//! next write's error.

use crate::blocking::{Action, Series};
use std::io::{self, Write as _};

/// The standard output. Its buffer is the one of [`print!`].
#[derive(Debug)]
pub struct Stdout {
    /// What is written.
    series: Series,
}

/// A handle to the standard output.
///
/// ```no_run
/// # runtime::EventLoop::new(runtime::Clock::Real).block_on(async {
/// let mut output = runtime::stdio::stdout();
/// output.write_all(b"written while the other tasks run\n").await?;
/// # std::io::Result::Ok(())
/// # });
/// ```
pub fn stdout() -> Stdout {
    Stdout {
        series: Series::default(),
    }
}

impl Stdout {
    /// Writes all of `bytes`, and does not leave them in the buffer.
    ///
    /// # Errors
    ///
    /// As the OS says: `BrokenPipe` if nobody will read them; or the error of a
    /// write that was dropped: nothing is written then.
    pub fn write_all(&mut self, bytes: &[u8]) -> Action<'_, ()> {
        let bytes = bytes.to_vec();
        let write = move |_: &mut Vec<u8>| {
            let mut output = io::stdout().lock();
            output.write_all(&bytes)?;
            output.flush()?;
            Ok(0)
        };
        Action::new(&mut self.series, "Stdout::write_all()", write, drop)
    }

    /// Waits until everything is written, what `print!` left in the buffer too.
    ///
    /// # Errors
    ///
    /// As the OS says; or the error of a write that was dropped.
    pub fn flush(&mut self) -> Action<'_, ()> {
        let flush = |_: &mut Vec<u8>| io::stdout().flush().map(|()| 0);
        Action::new(&mut self.series, "Stdout::flush()", flush, drop)
    }
}
